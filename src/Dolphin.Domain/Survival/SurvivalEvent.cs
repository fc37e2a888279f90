using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>Why an assessment was worth a row in the journal.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<RecordReason>))]
public enum RecordReason
{
    None = 0,
    First = 1,
    Posture = 2,
    Invariant = 4,
    LayerSet = 8,
    Binding = 16,
    Moved = 32,
    Latch = 64,
}

/// <summary>What the survival controller's journal holds. Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record SurvivalEvent
{
    private SurvivalEvent() { } // Closed: only the cases below exist.

    public sealed record PostureChanged(Posture From, Posture To, double RTotal, LayerId? Binding, DateTimeOffset At) : SurvivalEvent;

    /// <param name="Reason">The sensor's words, or that it has been silent.</param>
    public sealed record InvariantFailed(LayerId Layer, string Reason, DateTimeOffset At) : SurvivalEvent;
    public sealed record InvariantRestored(LayerId Layer, DateTimeOffset At) : SurvivalEvent;

    /// <param name="Loss">The layer's input, a fraction of the best equity for L9.</param>
    public sealed record DrawdownLatched(LayerId Layer, double Loss, double Damped, DateTimeOffset At) : SurvivalEvent;

    /// <summary>The stated criterion was met: a new high, or a small loss for long enough.</summary>
    public sealed record DrawdownReleased(LayerId Layer, double Loss, DateTimeOffset At) : SurvivalEvent;

    /// <summary>An operator took responsibility; the value recovers by its slope from here.</summary>
    public sealed record DrawdownAcknowledged(LayerId Layer, string Operator, double Loss, DateTimeOffset At) : SurvivalEvent;

    /// <param name="State">What a restarted controller goes on from; null in events not meant for recovery.</param>
    public sealed record Assessed(RecordReason Because, RiskSnapshot Snapshot, SurvivalState? State) : SurvivalEvent;
}
