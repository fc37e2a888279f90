using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hermes;

/// <summary>Which answer a hand-over is waiting for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HandOverStage>))]
public enum HandOverStage
{
    /// <summary>The holder finishes what is under way; it opens nothing new.</summary>
    Releasing,

    /// <summary>Nobody trades: the legs have been let go of and the heir has not taken them yet.</summary>
    Adopting,
}

/// <summary>Why a hand-over came to nothing.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HandOverFailure>))]
public enum HandOverFailure
{
    Unanswered,
    Declined,
    /// <summary>An operator wants something else.</summary>
    Overruled,
    /// <summary>It was to be held by nobody because it was flat, and it was not.</summary>
    NotFlat,
}

/// <summary>What Hermes has decided about one asset. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
/// <remarks>None of them asks for an order: positions move from holder to holder without being closed.</remarks>
public abstract record HermesEvent
{
    private HermesEvent() { }

    public abstract DateTimeOffset At { get; init; }

    /// <param name="Number">Counts hand-overs of the asset, from 1.</param>
    /// <param name="From">Asked to finish and let go; Nobody lets go at once.</param>
    /// <param name="Why">The rule in a sentence.</param>
    /// <param name="Reading">The regime's sentence at that moment.</param>
    /// <param name="Deadline">When the holder must have answered.</param>
    public sealed record HandOverAsked(
        long Number, LegHolder From, LegHolder To, HermesRule Rule, string Why, Regime Regime, string Reading, DateTimeOffset Deadline, DateTimeOffset At) : HermesEvent;

    /// <param name="Deadline">When the heir must have answered.</param>
    public sealed record Released(long Number, Legs Legs, DateTimeOffset Deadline, DateTimeOffset At) : HermesEvent;

    /// <summary>From here on <paramref name="Holder"/> trades the asset.</summary>
    public sealed record Adopted(long Number, LegHolder Holder, Legs Legs, DateTimeOffset At) : HermesEvent;

    /// <summary>The old holder stays, and trades again if it had let go.</summary>
    /// <param name="Stays">Who that is.</param>
    public sealed record HandOverFailed(
        long Number, HandOverStage Stage, HandOverFailure Cause, LegHolder Stays, string Reason, DateTimeOffset At) : HermesEvent;

    /// <summary>The holder came to its own end; nobody holds the asset.</summary>
    public sealed record HolderEnded(LegHolder Holder, DateTimeOffset At) : HermesEvent;

    /// <param name="Why">What limits the posture; where only the priority changed, where that comes from.</param>
    public sealed record StanceChanged(RiskPosture Posture, HolderPriority Priority, string Why, DateTimeOffset At) : HermesEvent;

    /// <param name="Priority">Left out where it is Hermes's, as before there was one.</param>
    public sealed record OverrideSet(
        int Number, string By, string Why, LegHolder Holder, RiskPosture? Posture, DateTimeOffset? Until, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HolderPriority? Priority = null) : HermesEvent;

    /// <param name="By">Who; <see cref="HermesDecider.ExpiryRule"/> when its time was over.</param>
    public sealed record OverrideLifted(int Number, string By, string Why, DateTimeOffset At) : HermesEvent;
}
