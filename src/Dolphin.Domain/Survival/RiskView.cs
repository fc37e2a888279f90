namespace Dolphin.Domain.Survival;

/// <summary>What the sizer and the execution gate may do right now. <c>default</c> allows nothing but exits; see <see cref="Silent"/>.</summary>
/// <param name="MaxLeverage">Times; the posture's cap.</param>
/// <param name="InvariantFailed">An invariant is 0, or the controller has been silent past the heartbeat limit.</param>
public readonly record struct RiskView(
    double RTotal, Posture Posture, decimal MaxLeverage, bool InvariantFailed, long Epoch, long Sequence)
{
    public bool TakerAllowed => Posture == Posture.Apex;
    public bool EntriesAllowed => Posture >= Posture.Stalker;

    /// <summary>In every posture but HIBERNATE with a failed invariant.</summary>
    public bool ExitsAllowed => !(Posture == Posture.Hibernate && InvariantFailed);

    /// <summary>What counts when the controller <paramref name="epoch"/>, <paramref name="sequence"/> has not been heard for too long.</summary>
    public static RiskView Silent(long epoch, long sequence) => new(0.0, Posture.Hibernate, 0m, InvariantFailed: true, epoch, sequence);
}
