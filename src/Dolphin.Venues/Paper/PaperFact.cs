using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>What the venue stores: everything that changed its books. Folded again by <see cref="PaperExchange.Apply"/>.</summary>
/// <param name="Sequence">1, 2, 3, ... without gaps. After a rewind the same sequence is the same fact again.</param>
/// <param name="At">The venue's time, whole milliseconds; never falls.</param>
public abstract record PaperFact(long Sequence, DateTimeOffset At)
{
    /// <summary>What a client is told of a fact that it could not ask for by an id; nothing for any other.</summary>
    public static IEnumerable<VenueEvent> ToldAgain(PaperFact fact) => fact switch
    {
        FundingSettled f => f.Lines.Select(line => new VenueEvent.FundingPaid(line.Symbol, line.Leg, line.Rate, line.Amount, f.At)),
        LegSettled f => [new VenueEvent.Filled(f.Fill, f.At)],
        LegLiquidated f => [new VenueEvent.Liquidated(f.Fill, f.At)],
        PositionsFound f => f.Fills.Select(fill => new VenueEvent.Filled(fill, f.At)),
        OrderFilled { Fill: var fill } f when !ClientOrderIds.IsOurs(fill.Order) => [new VenueEvent.Filled(fill, f.At)], // Somebody else's.
        _ => [],
    };

    /// <param name="SentAt">When the order entered the wire at the client's end.</param>
    /// <param name="SentIndex">Its place among all commands sent at that very instant, from zero.</param>
    public sealed record OrderAccepted(long Sequence, DateTimeOffset At, NewOrder Order, DateTimeOffset SentAt, int SentIndex)
        : PaperFact(Sequence, At);

    /// <inheritdoc cref="OrderAccepted"/>
    public sealed record OrderRejected(
        long Sequence, DateTimeOffset At, NewOrder Order, int Code, string Reason, DateTimeOffset SentAt, int SentIndex)
        : PaperFact(Sequence, At);

    /// <summary>An id that was here before was sent again. Nothing changed but the count; the first order lives on.</summary>
    public sealed record DuplicateRefused(long Sequence, DateTimeOffset At, ClientOrderId Id) : PaperFact(Sequence, At);

    /// <summary>A fill that completes its order also closes it (<see cref="OrderState.Filled"/>).</summary>
    public sealed record OrderFilled(long Sequence, DateTimeOffset At, Fill Fill) : PaperFact(Sequence, At);

    /// <summary>Cancelled or expired; a completed order has no record of its own.</summary>
    public sealed record OrderClosed(long Sequence, DateTimeOffset At, ClientOrderId Id, OrderState State, Quantity Cumulative)
        : PaperFact(Sequence, At);

    /// <summary>All legs that paid or received at one funding time, in ordinal order of symbol, LONG first.</summary>
    public sealed record FundingSettled(long Sequence, DateTimeOffset At, ImmutableArray<FundingLine> Lines) : PaperFact(Sequence, At);

    /// <summary>A whole leg was closed by force. The order id is the venue's own: <c>autoclose-</c> and the trade id.</summary>
    public sealed record LegLiquidated(long Sequence, DateTimeOffset At, Fill Fill) : PaperFact(Sequence, At);

    /// <summary>A whole leg was closed because its symbol has come to its end. The order id is the venue's own: <c>settlement_autoclose-</c> and the trade id.</summary>
    public sealed record LegSettled(long Sequence, DateTimeOffset At, Fill Fill) : PaperFact(Sequence, At);

    /// <summary>What the account held before the first slice, in ordinal order of symbol, LONG first: all of it at once, and before any other trade.</summary>
    public sealed record PositionsFound(long Sequence, DateTimeOffset At, ImmutableArray<Fill> Fills) : PaperFact(Sequence, At);
}

/// <param name="Amount">Quote, rounded half to even to 8 decimals; above zero is received, below zero is paid.</param>
public sealed record FundingLine(Symbol Symbol, PositionSide Leg, decimal Rate, Price Mark, Quantity Quantity, Money Amount);
