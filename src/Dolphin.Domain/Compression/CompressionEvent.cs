using System.Text.Json.Serialization;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Compression;

/// <summary>What has happened to a compression. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record CompressionEvent
{
    private CompressionEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <summary>The orders this event asks for, or null if it asks for none.</summary>
    public virtual LegTargets? Orders => null;

    /// <summary>Both legs were taken over as they stand.</summary>
    /// <param name="Residual">Base; r, for as long as this structure lasts.</param>
    /// <param name="Mark">Quote per base; the price of that moment.</param>
    /// <param name="Choice">The learned multiplier that is in the residual; null where no learner was asked.</param>
    /// <param name="GoesOn">They are the locked legs that this strategy gave up last: lock, residual and result are as they were.</param>
    public sealed record Adopted(
        int Incarnation, string By, HandOver Legs, Quantity Residual, Price Mark, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SizeChoice? Choice = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool GoesOn = false) : CompressionEvent;

    /// <summary>The first move: the smaller leg is made larger. The only entry there is.</summary>
    /// <param name="Wanted">Base that brings it to the larger leg less the residual.</param>
    /// <param name="Dropped">Base of it that R_total, the caps or the venue's steps took away; it is not carried.</param>
    public sealed record ToppedUp(LegTargets Targets, PositionSide Leg, Quantity Wanted, Quantity Dropped, DateTimeOffset At) : CompressionEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A swing has ended, and the leg that it made dominant goes down to the other less the residual.</summary>
    /// <param name="Swing">The swing that ended.</param>
    /// <param name="Turn">Quote per base; its far end.</param>
    /// <param name="CarryLong">Signed base: wanted long quantity minus the target.</param>
    /// <param name="CarryShort">Signed base: wanted short quantity minus the target.</param>
    /// <param name="Closing">What would be left is too small: both legs are closed.</param>
    public sealed record Reduced(
        LegTargets Targets, PositionSide Leg, Swing Swing, Price Turn, Quantity CarryLong, Quantity CarryShort, bool Closing, DateTimeOffset At) : CompressionEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A swing ended and nothing may trade; the same reason is not repeated.</summary>
    public sealed record SwingPassed(Swing Swing, string Code, string Reason, DateTimeOffset At) : CompressionEvent;

    /// <summary>A top-up was wanted and not allowed; the same reason is not repeated.</summary>
    public sealed record EntryRefused(string Code, string Reason, DateTimeOffset At) : CompressionEvent;

    /// <summary>Accepted; everything is closed from the next price on, after the decision under way has settled.</summary>
    public sealed record ExitRequested(string By, DateTimeOffset At) : CompressionEvent;

    /// <summary>All that is held is to be closed at once, because somebody asked for it or changed a leg, or a closing left some of it.</summary>
    public sealed record Unwound(LegTargets Targets, CompressionExits Causes, DateTimeOffset At) : CompressionEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    public sealed record FillBooked(long Sequence, Fill Fill, DateTimeOffset At) : CompressionEvent;

    public sealed record OrderFinished(long Sequence, PositionSide Leg, Quantity Cumulative, DateTimeOffset At) : CompressionEvent;

    /// <summary>An alarm: somebody else changed a leg. No entry follows; what is left is closed.</summary>
    /// <param name="Applied">Base of the fill that concerned this strategy: a reduction, at most what it held.</param>
    public sealed record ExternalFillBooked(Fill Fill, Quantity Applied, DateTimeOffset At) : CompressionEvent;

    /// <summary>Somebody wants the legs; they are given up when the decision under way has settled, and nothing new is decided until then.</summary>
    public sealed record ReleaseWanted(string By, DateTimeOffset At) : CompressionEvent;

    /// <summary>Both legs were given up without a trade.</summary>
    public sealed record Released(string By, HandOver Legs, DateTimeOffset At) : CompressionEvent;

    /// <summary>Somebody wants the legs smaller while orders are open; it is begun at the first look at the market after they are final. Of several that
    /// wait the newest counts.</summary>
    public sealed record TrimWanted(TrimWish Wish, DateTimeOffset At) : CompressionEvent;

    /// <summary>The legs go down because somebody who watches the portfolio asked for it: all of it at once, or what is left of it after orders
    /// that were not filled. Without orders where nothing is above the wish, or what is above it may not or cannot be traded.</summary>
    /// <param name="TooSmall">Base by which each target stays above the wish because the venue takes no such order; it is not carried.</param>
    /// <param name="HeldBack">Base by which each target stays above the wish because less would leave the legs further apart than the residual and than before.</param>
    /// <param name="Waited">A look at the market asked for the orders, and not the input that brought the wish.</param>
    public sealed record TrimAsked(TrimWish Wish, LegTargets Targets, Legs TooSmall, Legs HeldBack, bool Waited, DateTimeOffset At) : CompressionEvent
    {
        public override LegTargets? Orders => Targets.AsksForNothing ? null : Targets;
    }

    /// <summary>A wish lapsed while it waited, or its orders were not filled however often they were asked for.</summary>
    /// <param name="Left">Base by which each leg is above what was wanted.</param>
    public sealed record TrimEnded(long Id, Legs Left, string Code, string Reason, DateTimeOffset At) : CompressionEvent;

    /// <param name="Dust">Base that the venue would not take; usually zero.</param>
    /// <param name="Result">Of the whole structure.</param>
    public sealed record Terminated(Legs Dust, CompressionResult Result, DateTimeOffset At) : CompressionEvent;
}
