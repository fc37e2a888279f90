using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>Whether a layer has anything to say.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LayerStatus>))]
public enum LayerStatus
{
    /// <summary>No sensor is installed; counts exactly 1.</summary>
    Absent,

    /// <summary>Installed, and nothing heard yet. An invariant counts 0.</summary>
    Awaiting,

    /// <summary>The last report is not older than one pulse.</summary>
    Reporting,

    /// <summary>The next report is late.</summary>
    Overdue,
}

/// <summary>Everything about one layer at the moment of an assessment.</summary>
/// <param name="Channels">The reading as numbers, before the filter; <see cref="ChannelNames"/> names them.</param>
/// <param name="Filtered">The same after the filter, at the moment of the assessment.</param>
/// <param name="OverdueSeconds">How late the next report is.</param>
/// <param name="F">Before damping.</param>
/// <param name="Damped">What R_total is multiplied by.</param>
/// <param name="Since">When the damped f last left 1.0 or came back to it; null while absent.</param>
/// <param name="Latched">It can only fall until the latch is released.</param>
/// <param name="Acknowledged">An operator released the latch and the loss is not yet made good.</param>
public sealed record LayerEntry(
    LayerId Layer, LayerCategory Category, LayerStatus Status, LayerReading? Reading, DateTimeOffset? ReportedAt,
    ImmutableArray<string> ChannelNames, LayerChannels Channels, LayerChannels Filtered, double OverdueSeconds, double F, double Damped,
    DateTimeOffset? Since, bool Latched, bool Acknowledged);

/// <summary>One immutable assessment of the whole survival stack: what is published, recorded and explained.</summary>
/// <param name="Epoch">Of the controller that made it; a later controller has a higher one.</param>
/// <param name="Sequence">Rising by one within an epoch.</param>
/// <param name="InvariantFailed">At <paramref name="At"/>. R_total is 0 exactly when it is true.</param>
/// <param name="Tripped">An invariant that failed since the assessment before, even if it holds again.</param>
/// <param name="Binding">The layer with the lowest damped f under 1; null when everything is nominal.</param>
public sealed record RiskSnapshot(
    long Epoch, long Sequence, DateTimeOffset At, double RTotal, Posture Posture, DateTimeOffset PostureSince, decimal MaxLeverage,
    bool InvariantFailed, LayerId? Tripped, LayerId? Binding, ImmutableArray<LayerEntry> Layers)
{
    /// <summary>True when this is newer than <paramref name="other"/>: a higher epoch, or the same epoch and a higher sequence.</summary>
    public bool Supersedes(RiskSnapshot? other) =>
        other is null || Epoch > other.Epoch || (Epoch == other.Epoch && Sequence > other.Sequence);

    public RiskView ToView() => new(RTotal, Posture, MaxLeverage, InvariantFailed, Epoch, Sequence);
}
