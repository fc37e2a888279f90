using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Protection;

/// <summary>What has happened to an exposure protector. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record ProtectorEvent
{
    private ProtectorEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>The orders this event asks for, or null if it asks for none.</summary>
    public virtual LegTargets? Orders => null;

    /// <summary>Both legs were taken over as they stand.</summary>
    public sealed record Adopted(int Incarnation, string By, HandOver Legs, Price Mark, DateTimeOffset At) : ProtectorEvent;

    /// <param name="Tuning">What the stance made of the configured values; it counts until the next stance, whatever the plan says then.</param>
    public sealed record Enabled(string By, RiskPosture Posture, HolderPriority Priority, ProtectorTuning Tuning, DateTimeOffset At) : ProtectorEvent;

    /// <param name="By">Who; <see cref="ProtectorDecider.ExternalFillRule"/> when somebody else's trade was the reason.</param>
    public sealed record Disabled(string By, DateTimeOffset At) : ProtectorEvent;

    /// <summary>One action: a part of the dominating leg is to go, at a price that rests.</summary>
    /// <param name="Drift">Signed share before it.</param>
    /// <param name="Carry">Signed base: what the step wanted beyond the target because it was not a whole lot, or beyond a bound.</param>
    /// <param name="Tick">The look's number; spacing is counted from it.</param>
    public sealed record Trimmed(LegTargets Targets, PositionSide Leg, decimal Drift, Quantity Carry, long Tick, DateTimeOffset At) : ProtectorEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A trim was due and no order is both allowed and large enough; the same reason is not repeated.</summary>
    public sealed record TrimRefused(string Code, string Reason, DateTimeOffset At) : ProtectorEvent;

    /// <summary>The first look after an action that was filled: the cooldown in ticks is counted from here.</summary>
    public sealed record CooldownBegan(long Tick, DateTimeOffset At) : ProtectorEvent;

    /// <summary>The drift is within half the tolerance: trimming is over until it leaves the whole of it.</summary>
    public sealed record Balanced(decimal Drift, DateTimeOffset At) : ProtectorEvent;

    public sealed record FillBooked(long Sequence, Fill Fill, DateTimeOffset At) : ProtectorEvent;

    public sealed record OrderFinished(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : ProtectorEvent;

    /// <summary>An alarm: somebody else changed a leg. The protector is passive until it is enabled again.</summary>
    /// <param name="Applied">Base of the fill that concerned this strategy: a reduction, at most what it held.</param>
    public sealed record ExternalFillBooked(Fill Fill, Quantity Applied, DateTimeOffset At) : ProtectorEvent;

    /// <summary>Somebody wants the legs; they are given up when the decision under way has settled, and nothing new is decided until then.</summary>
    public sealed record ReleaseWanted(string By, DateTimeOffset At) : ProtectorEvent;

    /// <summary>Both legs were given up without a trade.</summary>
    public sealed record Released(string By, HandOver Legs, DateTimeOffset At) : ProtectorEvent;

    /// <summary>Somebody wants the legs smaller while orders are open; it is begun at the first look at the market after they are final. Of several that
    /// wait the newest counts.</summary>
    public sealed record TrimWanted(TrimWish Wish, DateTimeOffset At) : ProtectorEvent;

    /// <summary>The legs go down because somebody who watches the portfolio asked for it: all of it at once, or what is left of it after orders
    /// that were not filled. Without orders where nothing is above the wish, or what is above it may not or cannot be traded.</summary>
    /// <param name="TooSmall">Base by which each target stays above the wish because the venue takes no such order; it is not carried.</param>
    /// <param name="HeldBack">Base by which each target stays above the wish because less would make the net position larger.</param>
    /// <param name="Waited">A look at the market asked for the orders, and not the input that brought the wish.</param>
    public sealed record TrimAsked(TrimWish Wish, LegTargets Targets, Legs TooSmall, Legs HeldBack, bool Waited, DateTimeOffset At) : ProtectorEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A wish lapsed while it waited, or its orders were not filled however often they were asked for.</summary>
    /// <param name="Left">Base by which each leg is above what was wanted.</param>
    public sealed record TrimEnded(long Id, Legs Left, string Code, string Reason, DateTimeOffset At) : ProtectorEvent;
}
