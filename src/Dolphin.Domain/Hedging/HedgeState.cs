using Dolphin.Domain.Books;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hedging;

/// <summary>Idle: never started. Terminated: over until somebody, or the restart rule, starts the next incarnation.</summary>
public enum HedgeMode { Idle, Active, Pause, Exit, Terminated }

/// <summary>What a decision was for.</summary>
public enum HedgeDecision { Opening, Evening, Rebalance, CycleEnd, ExitStep, ExitClose }

/// <summary>One leg as the strategy's own fills made it.</summary>
/// <param name="Carry">Signed base: what the last decision wanted beyond its target because it was too small to trade. What an order did
/// not fill is not carried: the next crossing decides from what is held then, or it would close at a loss what was to be closed at a profit.</param>
/// <param name="LastTradeId">The newest trade id taken; trade ids of a leg rise.</param>
public readonly record struct HedgeLeg(LegPosition Position, Quantity Carry, long LastTradeId)
{
    public Quantity Quantity => Position.Quantity;
    public Quantity Wanted => Position.Quantity.Base + Carry.Base > 0m ? Position.Quantity + Carry : default;
}

/// <summary>How far the order of one leg has come.</summary>
/// <param name="Ordered">Signed base: above zero makes the leg larger; zero if this leg has no order.</param>
/// <param name="Filled">Base, zero or more, in the direction of the order.</param>
/// <param name="Final">Base: all the order ever filled, once that is known.</param>
public readonly record struct PendingLeg(Quantity Ordered, Quantity Filled, Quantity? Final)
{
    public bool IsSettled => Filled >= Ordered.Abs() || (Final is { } final && Filled >= final);
    /// <summary>Signed base that was ordered and not filled.</summary>
    public Quantity Unfilled => Ordered.Base >= 0m ? Ordered - Filled : Ordered + Filled;
}

/// <summary>The decision whose orders are not final yet. While there is one, nothing new is decided.</summary>
public sealed record PendingDecision(LegTargets Targets, HedgeDecision Kind, PendingLeg Long, PendingLeg Short)
{
    public long Sequence => Targets.Sequence;
    public PendingLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public bool IsSettled => Long.IsSettled && Short.IsSettled;
    /// <summary>Nothing of what was asked for was filled.</summary>
    public bool GotNothing => Long.Filled.Base == 0m && Short.Filled.Base == 0m;
}

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
/// <param name="OpeningQuantity">Base per leg that the cycle's opening really got.</param>
/// <param name="OpeningNotional">Quote: <paramref name="OpeningQuantity"/> at the opening's decision price; the unit of C2.</param>
/// <param name="LastDecision">What the last settled decision was for, or null.</param>
/// <param name="OpeningFailedAt">When an opening last got no fill at all, or null.</param>
/// <param name="ExitWanted">Why an exit is to start at the next price; None if it is not.</param>
/// <param name="RefusedCode">The code of the last refused entry; cleared by an entry that was taken.</param>
/// <param name="DecidedAt">Time of the last look at the market that decided something.</param>
/// <param name="TerminatedAt">When the last incarnation ended, or null.</param>
/// <param name="LastEventAt">Time of the last event.</param>
/// <param name="Exits">Exits finished so far, over all incarnations.</param>
public sealed record HedgeState(
    HedgeMode Mode, int Incarnation, long Sequence, HedgeLeg Long, HedgeLeg Short, Price? Reference, int Cycle, bool InCycle,
    Quantity OpeningQuantity, Money OpeningNotional, PendingDecision? Pending, HedgeDecision? LastDecision, DateTimeOffset? OpeningFailedAt,
    ExitCauses ExitWanted, ExitProgress? Exit, string? RefusedCode, DateTimeOffset? DecidedAt,
    DateTimeOffset? TerminatedAt, DateTimeOffset? LastEventAt, int Exits)
{
    public static HedgeState Initial { get; } = new(
        HedgeMode.Idle, Incarnation: 0, Sequence: 0, default, default, Reference: null, Cycle: 0, InCycle: false, default, default,
        Pending: null, LastDecision: null, OpeningFailedAt: null, ExitCauses.None, Exit: null, RefusedCode: null, DecidedAt: null,
        TerminatedAt: null, LastEventAt: null, Exits: 0);

    public HedgeLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    /// <summary>Held plus carried, never below zero: what the next decision starts from.</summary>
    public Legs Wanted => new(Long.Wanted, Short.Wanted);
}
