namespace Dolphin.Domain.Scan;

/// <summary>The smoothed change of a leading eigenvalue's share from scan to scan. <c>default</c> has seen nothing.</summary>
/// <remarks>Design, 7.15. An exponential average of changes; dividing by the weight removes the bias of having started at zero.</remarks>
public readonly record struct Velocity(double? Share, double Weighted, double Weight)
{
    /// <summary>Share per scan; null before two shares in a row.</summary>
    public double? Value => Weight > 0 ? Weighted / Weight : null;

    /// <param name="share">lambda / N, 0 to 1; null where there is none: what was smoothed is forgotten.</param>
    /// <param name="market">The change that is the market's, where other assets take part than before (<see cref="MemberChange.MarketsPart"/>); null where the same do: all of it.</param>
    /// <param name="kept">Weight of what was before, 0 to 1.</param>
    public Velocity After(double? share, double? market, double kept)
    {
        if (share is not { } now) return default;
        if (Share is not { } before) return this with { Share = now };
        return new Velocity(now, kept * Weighted + (1 - kept) * (market ?? now - before), kept * Weight + (1 - kept));
    }
}

/// <summary>Other assets take part in a correlation matrix than at the scan before: what that may have done to its largest eigenvalue.</summary>
/// <remarks>
/// Let A be a correlation matrix with largest eigenvalue lambda and vector v of length 1, R some k of its assets, q the sum of their squared loadings, and mu the largest eigenvalue of the matrix M of the
/// others. Then
/// <list type="bullet">
/// <item>mu is at most lambda, since M is a principal submatrix (Cauchy's interlacing);</item>
/// <item>lambda - mu is at most k, since for a matrix without negative eigenvalues lambda(A) is at most lambda(M) + lambda(A of R alone), and that one's diagonal adds up to k;</item>
/// <item>lambda - mu is at most lambda q / (1 - q): what v has at the others, made length 1, gives M at least (lambda (1 - 2 q) + v_R' A_R v_R) / (1 - q), and the last term is not negative.</item>
/// </list>
/// So the largest eigenvalue of the assets that stayed is known before and after to within those bounds, and a change that they do not span is the market's.
/// </remarks>
/// <param name="Stayed">Assets that take part as before.</param>
/// <param name="Left">Assets that do not any more.</param>
/// <param name="LeftWeight">Sum of their squared loadings at the scan before, 0 to 1.</param>
/// <param name="Joined">Assets that did not before.</param>
/// <param name="JoinedWeight">Sum of their squared loadings now, 0 to 1.</param>
public readonly record struct MemberChange(int Stayed, int Left, double LeftWeight, int Joined, double JoinedWeight)
{
    /// <summary>How much the share of those who stayed has changed at the least, of either sign; 0 where the change of members can explain all of it.</summary>
    /// <param name="before">Largest eigenvalue of all at the scan before.</param>
    /// <param name="now">Of all now.</param>
    public double MarketsPart(double before, double now)
    {
        var change = now - before;
        var (most, least) = (Reach(now, Joined, JoinedWeight), -Reach(before, Left, LeftWeight));
        return Stayed == 0 ? 0 : (change > most ? change - most : change < least ? change - least : 0) / Stayed;
    }

    private static double Reach(double value, int assets, double weight) => value * weight < assets * (1 - weight) ? value * weight / (1 - weight) : assets;
}
