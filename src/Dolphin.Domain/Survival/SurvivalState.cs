using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>All a <see cref="SurvivalController"/> remembers: restored from it, a controller goes on bit by bit as if it had never stopped.</summary>
/// <param name="Clock">The latest time the controller has seen; it never runs backwards.</param>
/// <param name="UnseenFall">The posture fell in a report and no evaluation has shown it yet; the next one must not climb.</param>
/// <param name="Tripped">The last invariant that failed since the last assessment, even if it holds again.</param>
/// <param name="Layers">Installed layers only, in the policy's order.</param>
public sealed record SurvivalState(
    long Epoch, long Sequence, DateTimeOffset Clock, Posture Posture, DateTimeOffset PostureSince, bool UnseenFall, LayerId? Tripped,
    ImmutableArray<LayerState> Layers);

/// <summary>What is remembered of one installed layer.</summary>
/// <param name="ReportedAt">Time of the last accepted reading; null before the first.</param>
/// <param name="Channels">The last reading as numbers; what earlier readings left in it is merged in.</param>
/// <param name="Filtered">The filter's output at <paramref name="ReportedAt"/>.</param>
/// <param name="Anchor">The damped f at <paramref name="AnchorAt"/>; the recovery slope starts there.</param>
/// <param name="Since">When the damped f last left 1.0 or came back to it.</param>
/// <param name="AcknowledgedAt">The loss at which an operator released the latch; 0 when there is none to remember.</param>
/// <param name="CalmSince">Since when the loss has been reported under the release level without a gap.</param>
public sealed record LayerState(
    LayerId Layer, DateTimeOffset InstalledAt, DateTimeOffset? ReportedAt, LayerReading? Reading, LayerChannels Channels,
    LayerChannels Filtered, double Anchor, DateTimeOffset AnchorAt, bool Degraded, DateTimeOffset Since, bool Latched, double AcknowledgedAt,
    DateTimeOffset? CalmSince);
