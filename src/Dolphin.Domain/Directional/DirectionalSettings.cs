using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Directional;

/// <summary>
/// How signals become positions, before anyone trusts it: <see cref="DirectionalPolicy.Create"/> checks. The key of each under <c>dolphin.directional</c>
/// is its name in kebab-case. How positions end is <c>dolphin.exit-brain</c>.
/// </summary>
public sealed record DirectionalSettings
{
    /// <summary>How long after its time a signal may still open a position, 1 s to 1 day. Five bars of a minute: what it saw is then no longer there.</summary>
    public TimeSpan SignalLifetime { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>Confidence below which a signal is refused, 0 to 1. A half: a signal that does not claim to be better than a coin is not worth its fee.</summary>
    public double MinConfidence { get; init; } = 0.5;
    /// <summary>Confidence from which a signal closes a position of the other side first, min-confidence to 1. Higher than for an opening: it costs two fees
    /// and contradicts one that was believed.</summary>
    public double ReverseConfidence { get; init; } = 0.7;
    /// <summary>The posture at which, and below which, a position is closed whatever its plan: <c>turtle</c>, <c>hibernate</c> or <c>never</c> (null).
    /// Never: lower postures tighten the plan already.</summary>
    public Posture? CloseIn { get; init; }
}
