namespace Dolphin.Domain.Scan;

/// <summary>The smoothed change of a leading eigenvalue's share from scan to scan. <c>default</c> has seen nothing.</summary>
/// <remarks>Design, 7.15. An exponential average of changes; dividing by the weight removes the bias of having started at zero.</remarks>
public readonly record struct Velocity(double? Share, double Weighted, double Weight)
{
    /// <summary>Share per scan; null before two shares in a row.</summary>
    public double? Value => Weight > 0 ? Weighted / Weight : null;

    /// <param name="share">lambda / N, 0 to 1; null where there is none: what was smoothed is forgotten.</param>
    /// <param name="sameAssets">False: other assets take part than before, so that the change is not the market's; it is left out.</param>
    /// <param name="kept">Weight of what was before, 0 to 1.</param>
    public Velocity After(double? share, bool sameAssets, double kept)
    {
        if (share is not { } now) return default;
        if (Share is not { } before || !sameAssets) return this with { Share = now };
        return new Velocity(now, kept * Weighted + (1 - kept) * (now - before), kept * Weight + (1 - kept));
    }
}
