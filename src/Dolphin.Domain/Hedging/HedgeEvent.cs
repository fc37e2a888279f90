using System.Text.Json.Serialization;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Hedging;

/// <summary>Which of the two promises of a graceful exit was broken.</summary>
public enum ExitBound { Steps, Cost }

/// <summary>What has happened to a hedging strategy. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record HedgeEvent
{
    private HedgeEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>The orders this event asks for, or null if it asks for none.</summary>
    public virtual LegTargets? Orders => null;

    /// <param name="By">Who started it; <see cref="HedgeDecider.RestartRule"/> when nobody had to.</param>
    public sealed record Started(int Incarnation, string By, DateTimeOffset At) : HedgeEvent;

    /// <param name="Cycle">Counts over all incarnations, from 1.</param>
    /// <param name="Sizing">What the legs were sized by; null where the plan's numbers and R_total were all.</param>
    /// <param name="Wish">Who asked for it; null where the strategy opened by itself.</param>
    public sealed record CycleOpened(
        int Cycle, LegTargets Targets, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpeningSizing? Sizing = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GrowWish? Wish = null) : HedgeEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>The legs of an opening did not fill alike, so the larger one goes down to the smaller: no direction may stay.</summary>
    public sealed record OpeningEvened(LegTargets Targets, DateTimeOffset At) : HedgeEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>An opening or a rebuild was wanted and not allowed; the same reason is not repeated.</summary>
    public sealed record EntryRefused(string Code, string Reason, DateTimeOffset At) : HedgeEvent;

    /// <summary>The band was crossed with no profit worth a trade; only the reference moved.</summary>
    /// <param name="Profit">Quote; what the winning side would have realised.</param>
    /// <param name="RoundTripFee">Quote; what it would have cost, in and out.</param>
    public sealed record ReferenceMoved(Price From, Price To, Money Profit, Money RoundTripFee, DateTimeOffset At) : HedgeEvent;

    /// <param name="Winner">The leg that took profit.</param>
    /// <param name="Profit">Quote; Pi, at the decision price.</param>
    /// <param name="Repair">Base wanted off the losing leg: alpha * Pi / P, at most all of it.</param>
    /// <param name="Rebuild">Base wanted on each leg, already scaled by R_total and zero where entries are refused.</param>
    /// <param name="RebuildDropped">Base per leg that the seed would have rebuilt beyond <paramref name="Rebuild"/>; it is not carried.</param>
    /// <param name="CarryLong">Signed base: wanted long quantity minus the target.</param>
    /// <param name="CarryShort">Signed base: wanted short quantity minus the target.</param>
    /// <param name="EndsCycle">The structure had become too small: both targets are as near to zero as the venue takes.</param>
    public sealed record Rebalanced(
        LegTargets Targets, PositionSide Winner, Money Profit, Quantity Repair, Quantity Rebuild, Quantity RebuildDropped,
        Quantity CarryLong, Quantity CarryShort, bool EndsCycle, DateTimeOffset At) : HedgeEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <param name="VariancePerHour">sigma_eff^2 of log price; E[tau] is MES^2 / sigma_eff^2 hours. Kept as variance because E[tau] is
    /// infinite in a market that does not move.</param>
    public sealed record Paused(double VariancePerHour, DateTimeOffset At) : HedgeEvent;
    public sealed record Resumed(double VariancePerHour, DateTimeOffset At) : HedgeEvent;

    /// <summary>Accepted; the exit starts at the next price after the pending decision, if any, has settled.</summary>
    public sealed record ExitRequested(string By, DateTimeOffset At) : HedgeEvent;

    /// <param name="Reference">P_ref_exit.</param>
    /// <param name="Initial">Both legs when the exit started; Q0 is their sum.</param>
    /// <param name="StepBound">max(1, ceil(log(epsilon / (Q0 P)) / log(1 - eta))).</param>
    /// <param name="CostBound">Quote: 2 f Q0 P / eta.</param>
    public sealed record ExitStarted(
        ExitCauses Causes, Price Reference, Legs Initial, int StepBound, Money CostBound, DateTimeOffset At) : HedgeEvent;

    /// <param name="Step">From 1.</param>
    /// <param name="Closing">The last step: what is left is closed as a whole.</param>
    public sealed record ExitStepped(
        int Step, LegTargets Targets, Quantity CarryLong, Quantity CarryShort, bool Closing, DateTimeOffset At) : HedgeEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A promise of the graceful exit was broken: a fault, reported once per exit and bound. The exit goes on.</summary>
    public sealed record ExitBoundExceeded(ExitBound Bound, decimal Value, decimal Limit, DateTimeOffset At) : HedgeEvent;

    public sealed record FillBooked(long Sequence, Fill Fill, DateTimeOffset At) : HedgeEvent;

    public sealed record OrderFinished(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : HedgeEvent;

    /// <summary>An alarm: somebody else changed a leg. No entry follows in this incarnation; what is left exits gracefully.</summary>
    /// <param name="Applied">Base of the fill that concerned this strategy: a reduction, at most what it held. Never an increase:
    /// a position that somebody else opened is not absorbed.</param>
    public sealed record ExternalFillBooked(Fill Fill, Quantity Applied, DateTimeOffset At) : HedgeEvent;

    /// <summary>Both legs were taken over as they stand, instead of being opened.</summary>
    /// <param name="Mark">Quote per base; the price of that moment, and the first P_ref.</param>
    public sealed record Adopted(int Incarnation, string By, HandOver Legs, Price Mark, DateTimeOffset At) : HedgeEvent;

    /// <summary>Somebody wants the legs; they are given up when the decision under way has settled.</summary>
    public sealed record ReleaseWanted(string By, DateTimeOffset At) : HedgeEvent;

    /// <summary>Both legs were given up without a trade.</summary>
    public sealed record Released(string By, HandOver Legs, DateTimeOffset At) : HedgeEvent;

    /// <summary>Somebody wants the legs smaller while orders are open; it is begun at the first look at the market after they are final. Of several that
    /// wait the newest counts.</summary>
    public sealed record TrimWanted(TrimWish Wish, DateTimeOffset At) : HedgeEvent;

    /// <summary>The legs go down because somebody who watches the portfolio asked for it: all of it at once, or what is left of it after orders
    /// that were not filled. Without orders where nothing is above the wish, or what is above it may not or cannot be traded.</summary>
    /// <param name="TooSmall">Base by which each target stays above the wish because the venue takes no such order; it is not carried.</param>
    /// <param name="HeldBack">Base by which each target stays above the wish because less would make the net position larger.</param>
    /// <param name="Waited">A look at the market asked for the orders, and not the input that brought the wish.</param>
    public sealed record TrimAsked(TrimWish Wish, LegTargets Targets, Legs TooSmall, Legs HeldBack, bool Waited, DateTimeOffset At) : HedgeEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A wish lapsed while it waited, or its orders were not filled however often they were asked for.</summary>
    /// <param name="Left">Base by which each leg is above what was wanted.</param>
    public sealed record TrimEnded(long Id, Legs Left, string Code, string Reason, DateTimeOffset At) : HedgeEvent;

    /// <summary>Both legs grow alike, or the smaller one towards the larger, because somebody who watches the portfolio asked for it.</summary>
    public sealed record GrowthAsked(GrowWish Wish, LegTargets Targets, DateTimeOffset At) : HedgeEvent
    {
        public override LegTargets? Orders => Targets;
    }

    /// <summary>The legs did not grow alike, so what one of them got more is taken back: no direction may stay.</summary>
    public sealed record GrowthEvened(long Id, LegTargets Targets, DateTimeOffset At) : HedgeEvent
    {
        public override LegTargets? Orders => Targets;
    }

    /// <summary>What one leg got more of a growth could not be taken back.</summary>
    /// <param name="Left">Base of it, by leg.</param>
    public sealed record GrowthEnded(long Id, Legs Left, string Code, string Reason, DateTimeOffset At) : HedgeEvent;

    /// <param name="Dust">Base that the venue would not take; usually zero.</param>
    /// <param name="ExitSteps">Steps of the exit that led here.</param>
    /// <param name="ExitCost">Quote; fees paid for it.</param>
    public sealed record Terminated(Legs Dust, int ExitSteps, Money ExitCost, DateTimeOffset At) : HedgeEvent;
}
