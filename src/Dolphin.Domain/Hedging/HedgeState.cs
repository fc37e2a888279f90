using System.Text.Json.Serialization;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

/// <summary>Idle: never started. Terminated: over until somebody, or the restart rule, starts the next incarnation.</summary>
public enum HedgeMode { Idle, Active, Pause, Exit, Terminated }

/// <summary>What a decision was for.</summary>
public enum HedgeDecision { Opening, Evening, Rebalance, CycleEnd, ExitStep, ExitClose, AskedTrim, AskedGrowth, GrowthEvening }

/// <summary>The graceful exit under way, or the last one.</summary>
/// <param name="Reference">P_ref_exit: the price of the last step, or of the start.</param>
/// <param name="Cost">Quote; fees paid since it started.</param>
/// <param name="ClosingGotNothing">The last order that was to close everything got no fill at all.</param>
public sealed record ExitProgress(
    ExitCauses Causes, Price Reference, Legs Initial, int Steps, int StepBound, Money Cost, Money CostBound,
    bool StepsReported, bool CostReported, bool ClosingGotNothing)
{
    /// <summary>Q0, base.</summary>
    public Quantity Q0 => Initial.Gross;
}

/// <summary>
/// Everything a hedging strategy remembers, and nothing it could not recover from its events. Legs move by fills, never by hope.
/// </summary>
/// <param name="Incarnation">0 before the first start.</param>
/// <param name="Sequence">The number of the last decision that has targets; 0 before the first.</param>
/// <param name="Reference">P_ref, or null before the first opening of the incarnation.</param>
/// <param name="Cycle">Cycles opened so far, over all incarnations.</param>
/// <param name="InCycle">A structure stands or is being opened or closed.</param>
/// <param name="OpeningQuantity">Base per leg that the cycle's opening really got; after a trim the same share of it that the trim left of gross;
/// after a growth of both legs as much more, up to the larger leg.</param>
/// <param name="OpeningNotional">Quote: <paramref name="OpeningQuantity"/> at the opening's decision price; the unit of C2.</param>
/// <param name="LastDecision">What the last settled decision was for that was the strategy's own, or null.</param>
/// <param name="OpeningFailedAt">When an opening last got no fill at all, or a trim closed the structure as a whole; or null.</param>
/// <param name="Evenings">How often the legs of the cycle's opening have been brought together.</param>
/// <param name="ExitWanted">Why an exit is to start at the next price; None if it is not.</param>
/// <param name="RefusedCode">The code of the last refused entry; cleared by an entry that was taken.</param>
/// <param name="DecidedAt">Time of the last look at the market that decided something.</param>
/// <param name="TerminatedAt">When the last incarnation ended, or null.</param>
/// <param name="LastEventAt">Time of the last event.</param>
/// <param name="Exits">Exits finished so far, over all incarnations.</param>
/// <param name="ReleaseWantedBy">Who wants the legs as soon as the decision under way has settled, or null.</param>
/// <param name="Trims">What was asked of the legs by whoever watches the portfolio; null before the first time.</param>
/// <param name="Growth">What growth was asked for by the same; null before the first time.</param>
/// <param name="OpenedBefore">Quote, of legs that were taken over: <see cref="OpenedNotional"/> of that moment, moved since by trims and growth as the unit of C2
/// is. Null where the cycle has an opening of its own.</param>
public sealed record HedgeState(
    HedgeMode Mode, int Incarnation, long Sequence, StrategyLeg Long, StrategyLeg Short, Price? Reference, int Cycle, bool InCycle,
    Quantity OpeningQuantity, Money OpeningNotional, PendingDecision<HedgeDecision>? Pending, HedgeDecision? LastDecision, DateTimeOffset? OpeningFailedAt, int Evenings,
    ExitCauses ExitWanted, ExitProgress? Exit, string? RefusedCode, DateTimeOffset? DecidedAt,
    DateTimeOffset? TerminatedAt, DateTimeOffset? LastEventAt, int Exits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReleaseWantedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TrimProgress? Trims = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GrowthProgress? Growth = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? OpenedBefore = null)
{
    public static HedgeState Initial { get; } = new(
        HedgeMode.Idle, Incarnation: 0, Sequence: 0, default, default, Reference: null, Cycle: 0, InCycle: false, default, default,
        Pending: null, LastDecision: null, OpeningFailedAt: null, Evenings: 0, ExitCauses.None, Exit: null, RefusedCode: null, DecidedAt: null,
        TerminatedAt: null, LastEventAt: null, Exits: 0);

    /// <summary>It has legs to decide on: they were opened or taken over, and neither given up nor closed for good.</summary>
    public bool IsLive => Mode is not (HedgeMode.Idle or HedgeMode.Terminated);

    /// <summary>Quote; what one leg of the newest opening got, also where others have had the legs since. Zero before the first. The larger leg of what was taken
    /// over, which C2 counts in, is no opening.</summary>
    public Money OpenedNotional => OpenedBefore ?? OpeningNotional;

    public StrategyLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    /// <summary>The part of the state that every strategy of two legs has.</summary>
    public LegLedger<HedgeDecision> Ledger => new(Sequence, Long, Short, Pending);
    internal HedgeState With(in LegLedger<HedgeDecision> ledger) => With(ledger, LastEventAt);
    internal HedgeState With(in LegLedger<HedgeDecision> ledger, DateTimeOffset? lastEventAt) =>
        this with { Sequence = ledger.Sequence, Long = ledger.Long, Short = ledger.Short, Pending = ledger.Pending, LastEventAt = lastEventAt };
    /// <summary>Held plus carried, never below zero: what the next decision starts from.</summary>
    public Legs Wanted => new(Long.Wanted, Short.Wanted);
}
