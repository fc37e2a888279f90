using System.Text.Json.Serialization;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Directional;

/// <summary>What has happened to a directional strategy. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record DirectionalEvent
{
    private DirectionalEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>The orders this event asks for, or null if it asks for none.</summary>
    public virtual LegTargets? Orders => null;

    public sealed record Started(int Incarnation, string By, DateTimeOffset At) : DirectionalEvent;

    /// <summary>One leg was taken over as it stands; its plan is made at the next look at the market.</summary>
    public sealed record Adopted(int Incarnation, string By, HandOver Legs, PositionSide Side, Price Mark, DateTimeOffset At) : DirectionalEvent;

    /// <summary>A signal waits for the next look at the market. It takes the place of one that waited before.</summary>
    public sealed record SignalTaken(DirectionalSignal Signal, DateTimeOffset At) : DirectionalEvent;

    /// <summary>Signals were shown and not taken. Stored, so that nobody is shown them again when it might decide otherwise.</summary>
    /// <param name="Until">Signals of the plan of this time and before; null: none of the plan.</param>
    /// <param name="PlungesUntil">The same of plunges.</param>
    public sealed record SignalsPassed(
        DateTimeOffset? Until, DateTimeOffset At, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? PlungesUntil = null) : DirectionalEvent;

    /// <summary>The signal that waited opens nothing, and is gone.</summary>
    public sealed record EntryRefused(string SignalId, string Code, string Reason, DateTimeOffset At) : DirectionalEvent;

    /// <summary>A position is to be opened.</summary>
    /// <param name="Terms">What it is opened on.</param>
    /// <param name="Notional">Quote; what the sizer gave, within the venue's bracket.</param>
    /// <param name="Dropped">Base of it that was no whole lot; it is not carried.</param>
    /// <param name="Sizing">What it was sized by, with the learned multiplier; null where plan and R_total size alone.</param>
    public sealed record Opened(
        LegTargets Targets, PositionSide Side, PositionTerms Terms, Money Notional, Quantity Dropped, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpeningSizing? Sizing = null) : DirectionalEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>The position stands and has its first plan.</summary>
    public sealed record Planned(ExitPlan Plan, DateTimeOffset At) : DirectionalEvent;

    /// <summary>Volatility or posture have changed by a step, and the plan with them.</summary>
    public sealed record Replanned(ExitPlan Plan, DateTimeOffset At) : DirectionalEvent;

    /// <summary>The trailing stop has followed the price.</summary>
    public sealed record StopMoved(StopMove Move, DateTimeOffset At) : DirectionalEvent;

    /// <summary>The whole leg is to be closed. Repeated, with the first cause, until nothing is left that the venue would take.</summary>
    /// <param name="Hold">Why it is held no longer, where that is the cause; null else.</param>
    public sealed record CloseOrdered(
        LegTargets Targets, PositionSide Side, CloseCause Cause, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HoldDecision? Hold = null) : DirectionalEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A wish that came while orders were open; it is begun at the first look at the market after they are final.</summary>
    public sealed record TrimWanted(TrimWish Wish, DateTimeOffset At) : DirectionalEvent;

    /// <summary>The legs are brought to what whoever watches the portfolio asked for, or as near as the venue takes orders. Only ever smaller.</summary>
    /// <param name="TooSmall">As in <see cref="TrimPlan"/>; what it holds back is nothing here, for no leg needs the other.</param>
    /// <param name="Waited">Decided by a look at the market, and not by the wish itself.</param>
    public sealed record TrimAsked(TrimWish Wish, LegTargets Targets, Legs TooSmall, bool Waited, DateTimeOffset At) : DirectionalEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A wish that lapsed before it was begun, or was given up before its goal.</summary>
    /// <param name="Left">Base by which each leg is above what was wanted.</param>
    public sealed record TrimEnded(long Id, Legs Left, string Code, string Reason, DateTimeOffset At) : DirectionalEvent;

    /// <summary>A leg that is not the position's is to be closed: a fill came after its order was held to be over. One leg at a time.</summary>
    public sealed record StrayClosed(LegTargets Targets, PositionSide Leg, DateTimeOffset At) : DirectionalEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>Nothing is left of the position that the venue would take. What the learner learns from.</summary>
    /// <param name="Cause">Why it was closed; None if nobody decided it: it was never filled, was trimmed to nothing, or somebody else closed it.</param>
    /// <param name="Terms">What it was opened on; null if it was taken over.</param>
    /// <param name="Dust">Base left of its leg; it stays in the leg and goes with the next position of that side.</param>
    /// <param name="Result">Of this position alone.</param>
    public sealed record PositionEnded(
        PositionSide Side, CloseCause Cause, PositionTerms? Terms, Quantity Dust, DirectionalResult Result, DateTimeOffset At) : DirectionalEvent;

    public sealed record FillBooked(long Sequence, Fill Fill, DateTimeOffset At) : DirectionalEvent;

    public sealed record OrderFinished(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : DirectionalEvent;

    /// <summary>An alarm: somebody else traded on this symbol.</summary>
    /// <param name="Applied">Base of the fill that concerned this strategy: a reduction, at most what it held.</param>
    public sealed record ExternalFillBooked(Fill Fill, Quantity Applied, DateTimeOffset At) : DirectionalEvent;

    /// <param name="By">Who; <see cref="DirectionalDecider.ExternalFillRule"/> when somebody else's trade was the reason.</param>
    public sealed record Paused(string By, DateTimeOffset At) : DirectionalEvent;

    public sealed record Resumed(string By, DateTimeOffset At) : DirectionalEvent;

    /// <summary>Accepted; the position is closed from the next look on, after the decision under way has settled, and then the strategy ends.</summary>
    public sealed record ExitRequested(string By, DateTimeOffset At) : DirectionalEvent;

    /// <summary>Somebody wants the legs; they are given up when the decision under way has settled, and nothing new is decided until then.</summary>
    public sealed record ReleaseWanted(string By, DateTimeOffset At) : DirectionalEvent;

    /// <summary>Both legs were given up without a trade.</summary>
    public sealed record Released(string By, HandOver Legs, DateTimeOffset At) : DirectionalEvent;

    /// <param name="Dust">What is left; the venue would not take it.</param>
    /// <param name="Result">Of the whole incarnation.</param>
    public sealed record Terminated(Legs Dust, DirectionalResult Result, DateTimeOffset At) : DirectionalEvent;
}
