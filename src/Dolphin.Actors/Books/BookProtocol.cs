using System.Text.Json.Serialization;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Books;

/// <summary>Everything <see cref="PositionBookActor"/> hears and says.</summary>
public static class BookProtocol
{
    /// <summary>Safe to send again. Answered by <see cref="Execution.ExecutionProtocol.FillStored"/> when it is durable.</summary>
    /// <param name="IsExternal">No order of ours brought it: a person's beside us, or the venue's own, such as a liquidation.</param>
    /// <param name="After">The trade id before it that the book still lacks, as far as execution knows; a book that does not have that one stores
    /// nothing and answers nothing: both come again. 0: none, and in what versions without it send.</param>
    public sealed record BookFill(Fill Fill, bool IsExternal, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long After = 0);

    /// <summary>Safe to send again. Answered by <see cref="FundingStored"/> when it is durable.</summary>
    /// <param name="After">The payment to the same leg before it that the book still lacks, in the same sense. Null: none.</param>
    public sealed record BookFunding(
        VenueEvent.FundingPaid Funding, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? After = null);
    public sealed record FundingStored(Symbol Symbol, PositionSide Leg, DateTimeOffset At);

    /// <summary>On the topic of book requests: every book tells what it is. Answered by <see cref="Booked"/> on the topic of bookings.</summary>
    public sealed record GetBook
    {
        public static readonly GetBook Now = new();
    }

    /// <summary>From the asset: answered to it by <see cref="Shown"/>.</summary>
    public sealed record Show
    {
        public static readonly Show Now = new();
    }

    public sealed record Shown(HedgedBook Book);

    /// <summary>On the topic of bookings, after every one, once after recovery, and on request: what the book is now.</summary>
    public sealed record Booked(HedgedBook Book);

    /// <summary>On the topic of bookings: this symbol's book has stopped for good, and what it last said is not what it would say now.</summary>
    public sealed record Grounded(Symbol Symbol);
}
