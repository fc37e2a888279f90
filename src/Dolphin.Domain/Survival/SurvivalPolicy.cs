using System.Collections.Immutable;

namespace Dolphin.Domain.Survival;

/// <summary>How a layer comes back after a fall. A fall is always followed at once.</summary>
/// <param name="RecoveryPerSecond">The steepest rise of the damped f, per second; infinite for invariants.</param>
/// <param name="Latch">Null unless recovery below a level needs an acknowledgement.</param>
public sealed record Damping(double RecoveryPerSecond, CapitalLatch? Latch);

/// <summary>Permanent damping on a layer's first channel (the drawdown, as a fraction).</summary>
/// <param name="At">From this input on the layer's value can only fall.</param>
/// <param name="ReleaseBelow">Released by itself at an input of zero (a new equity high), or once the input has been reported
/// at or under this for <paramref name="ReleaseAfterSeconds"/> with no silence in between.</param>
/// <param name="RelatchStep">After an acknowledgement it latches again when the input is this much worse than it was then.</param>
public sealed record CapitalLatch(double At, double ReleaseBelow, double ReleaseAfterSeconds, double RelatchStep);

/// <summary>One installed or installable layer: what it is, how f is computed, how it recovers, how silence counts.</summary>
/// <param name="Silence">Extra decay with the seconds by which its sensor's report is overdue. Not used by invariants.</param>
public sealed record LayerDefinition(LayerId Id, LayerCategory Category, LayerResponse Response, Damping Damping, StretchedDecay Silence);

/// <summary>Limits the survival controller acts on; already validated (<see cref="SurvivalSettings.ToPolicy"/>).</summary>
/// <param name="Pulse">How often every sensor is expected to report: 1 s live, the bar's length in a bar replay.</param>
/// <param name="HeartbeatLimit">How long past its pulse an invariant or the controller itself may be silent before it counts as 0.</param>
/// <param name="ClimbDwell">The least time in a posture before the next step up; above zero.</param>
/// <param name="RecordMove">A change of R_total since the last record that is worth a record of its own.</param>
/// <param name="Layers">In the order of multiplication.</param>
public sealed record SurvivalPolicy(
    TimeSpan Pulse, TimeSpan HeartbeatLimit, TimeSpan ClimbDwell, double RecordMove, PosturePolicy Postures,
    ImmutableArray<LayerDefinition> Layers)
{
    /// <summary>How long a sign of life may be owed: one that is due comes within a pulse, and the limit is borne beyond it.</summary>
    public TimeSpan Patience => Pulse + HeartbeatLimit;
}
