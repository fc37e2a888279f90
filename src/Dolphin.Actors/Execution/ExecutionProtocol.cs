using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>Everything <see cref="ExecutionActor"/> hears and says, besides the venue's own events.</summary>
public static class ExecutionProtocol
{
    /// <summary>Everybody is in place: serve.</summary>
    /// <param name="WireWasLost">What was under way when the last life ended is gone, so the venue is asked about every open order first.
    /// Only a replay that goes back to a checkpoint, wire and all, has lost nothing.</param>
    public sealed record Begin(bool WireWasLost);

    /// <summary>The way to the venue was broken and is open again: what was under way is lost, so the venue is asked about every open order.</summary>
    public sealed record WireReturned
    {
        public static readonly WireReturned Now = new();
    }

    /// <summary>
    /// Bring the legs to the targets, with at most one order a leg. Safe to send again: the same strategy and sequence is answered
    /// from what was done. Answered by any number of <see cref="OrderFilled"/> and one <see cref="LegDone"/> for each leg.
    /// </summary>
    public sealed record Execute(string StrategyId, Symbol Symbol, LegTargets Targets);

    /// <summary>Something more urgent waits for this decision: take back its orders that rest. Safe to send again; what has been filled meanwhile stays filled, and each leg ends as ever.
    /// A leg that is worked through the book ends in its own short time.</summary>
    public sealed record Withdraw(string StrategyId, long Sequence);

    /// <summary>Safe to send again. Answered by <see cref="FillTaken"/> when it is durable.</summary>
    /// <param name="After">The trade id before it that the strategy still lacks; who does not have that one stores nothing and answers nothing: both come
    /// again. 0: none, and in what versions without it send.</param>
    public sealed record OrderFilled(
        string StrategyId, long Sequence, Fill Fill, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long After = 0);

    /// <summary>A fill that no order of the strategy asked for: the venue's own doing, a panic's, or a person's who trades beside us. Safe to send again. Answered by <see cref="FillTaken"/>.</summary>
    /// <param name="After">As for <see cref="OrderFilled"/>.</param>
    public sealed record ExternalFill(Fill Fill, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long After = 0);

    /// <summary>The strategy has stored a fill, had it already, or has refused it for good.</summary>
    public sealed record FillTaken(Symbol Symbol, PositionSide Leg, long TradeId);

    /// <summary>On the topic of fees: what the venue was seen to take, where that is not what the plan says. The newest level; said again with the account.</summary>
    public sealed record FeesCharged(VenueFees Fees);

    /// <summary>Nothing more will come for this leg of this decision.</summary>
    /// <param name="Cumulative">What was filled of it.</param>
    /// <param name="Reason">Why it ended: filled, cancelled, refused by the posture, rejected by the venue, nothing to do.</param>
    public sealed record LegDone(string StrategyId, long Sequence, PositionSide Leg, Quantity Cumulative, string Reason);

    /// <summary>The strategy has stored the end of a leg and every fill up to it: execution may forget the order.</summary>
    public sealed record LegStored(string StrategyId, long Sequence, PositionSide Leg);

    /// <summary>The book has stored an order's fills up to <paramref name="Cumulative"/>; of any order, ours or not.</summary>
    public sealed record FillStored(ClientOrderId Order, Quantity Cumulative);

    /// <summary>Ids that the venue already knows although our journal was rewound: they are not sent again, their events will come.</summary>
    public sealed record KnownAtVenue(ImmutableHashSet<ClientOrderId> Ids);

    /// <summary>On the topic of account requests: ask the venue what the account is now. Answered by its view on the topic of accounts.</summary>
    public sealed record ShowAccount
    {
        public static readonly ShowAccount Now = new();
    }
}
