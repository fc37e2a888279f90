using System.Text.Json.Serialization;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

/// <summary>Idle: holds no legs. Passive: holds some and does nothing. Enabled: trims.</summary>
public enum ProtectorMode { Idle, Passive, Enabled }

/// <summary>What a decision was for.</summary>
public enum ProtectorDecision
{
    /// <summary>An action of its own.</summary>
    Trim,
    /// <summary>Somebody who watches the portfolio asked for it.</summary>
    AskedTrim,
}

/// <summary>
/// Everything an exposure protector remembers, and nothing it could not recover from its events. Legs move by fills, never by hope.
/// </summary>
/// <param name="Incarnation">0 before the first take-over.</param>
/// <param name="Sequence">The number of the last decision that has targets; 0 before the first.</param>
/// <param name="Trimming">The drift has left the tolerance and is not yet back within half of it.</param>
/// <param name="Anchor">Quote per base; the price when the last order was placed, or null before the first of the incarnation.</param>
/// <param name="OrderedAt">When the last order was placed.</param>
/// <param name="OrderedTick">The tick of the last order.</param>
/// <param name="AwaitsCooldown">An action was filled, and no look has come since.</param>
/// <param name="CooldownTick">The tick from which the cooldown of the last filled action is counted.</param>
/// <param name="Actions">Orders placed in this incarnation.</param>
/// <param name="Realised">Quote, before fees, of this incarnation's trims, its own and those it was asked for.</param>
/// <param name="Costs">Quote, above zero is paid: fees of this incarnation.</param>
/// <param name="RefusedCode">The code of the last refused trim; cleared by one that was placed.</param>
/// <param name="DecidedAt">Time of the last look at the market that decided something.</param>
/// <param name="LastEventAt">Time of the last event.</param>
/// <param name="ReleaseWantedBy">Who wants the legs as soon as the decision under way has settled, or null.</param>
/// <param name="DisabledBy">Who made it passive, <see cref="ProtectorDecider.ExternalFillRule"/> where somebody else's trade was the reason; null while it is enabled, and before
/// anybody has. Null as well of one that was made passive by an earlier version.</param>
/// <param name="Trims">What was asked of the legs by whoever watches the portfolio; null before the first time.</param>
public sealed record ProtectorState(
    ProtectorMode Mode, int Incarnation, long Sequence, StrategyLeg Long, StrategyLeg Short, PendingDecision<ProtectorDecision>? Pending,
    RiskPosture? Posture, HolderPriority? Priority, ProtectorTuning? Tuning, bool Trimming, Price? Anchor, DateTimeOffset? OrderedAt, long? OrderedTick,
    bool AwaitsCooldown, long? CooldownTick, int Actions, Money Realised, Money Costs, string? RefusedCode, DateTimeOffset? DecidedAt, DateTimeOffset? LastEventAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReleaseWantedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TrimProgress? Trims = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisabledBy = null)
{
    public static ProtectorState Initial { get; } = new(
        ProtectorMode.Idle, Incarnation: 0, Sequence: 0, default, default, Pending: null, Posture: null, Priority: null, Tuning: null, Trimming: false,
        Anchor: null, OrderedAt: null, OrderedTick: null, AwaitsCooldown: false, CooldownTick: null, Actions: 0, default, default, RefusedCode: null,
        DecidedAt: null, LastEventAt: null);

    /// <summary>It has legs to decide on: they were opened or taken over, and neither given up nor closed for good.</summary>
    public bool IsLive => Mode != ProtectorMode.Idle;

    /// <summary>It is passive because an operator or somebody else's trade made it so, and not because Hermes did: Hermes does not enable it.</summary>
    public bool IsStopped => Mode == ProtectorMode.Passive && DisabledBy is not (null or ProtectorDecider.Hermes);

    public StrategyLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    /// <summary>The part of the state that every strategy of two legs has.</summary>
    public LegLedger<ProtectorDecision> Ledger => new(Sequence, Long, Short, Pending);
    internal ProtectorState With(in LegLedger<ProtectorDecision> ledger) =>
        this with { Sequence = ledger.Sequence, Long = ledger.Long, Short = ledger.Short, Pending = ledger.Pending };
}
