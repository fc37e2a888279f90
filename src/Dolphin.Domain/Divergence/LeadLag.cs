namespace Dolphin.Domain.Divergence;

/// <summary>Whether one series of returns comes before another.</summary>
/// <remarks>
/// If a leads b, today's return of a is found again in tomorrow's of b: the cross-correlation is higher where a is the earlier one than where b is.
/// The best lag of either side is taken, and their difference is judged by R. A. Fisher's transformation, under which a correlation of n pairs has
/// a standard error of 1/sqrt(n - 3). That two venues are the same market and are correlated at lag zero does not count, on either side. Since the
/// best of several lags was picked, the chance of an error is multiplied by the number of lags (Bonferroni).
/// </remarks>
public static class LeadLag
{
    /// <summary>In place of a return that is unknown.</summary>
    public const int Absent = int.MinValue;

    /// <summary>Fewer pairs than this at a lag decide nothing.</summary>
    public const int FewestPairs = 24;

    /// <summary>Who would lead, if the confidence is worth it.</summary>
    /// <param name="FirstLeads">Or the second does, if anybody does.</param>
    /// <param name="Lag">Steps at which the correlation is highest, zero included.</param>
    public readonly record struct Verdict(bool FirstLeads, int Lag, double Correlation, double Confidence);

    /// <summary>Reads two series of the same length, oldest first, of at most <see cref="DivergencePolicy.MostSteps"/>.</summary>
    public static Verdict Of(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int lags)
    {
        if (Known(first) < FewestPairs || Known(second) < FewestPairs) return new Verdict(FirstLeads: true, 0, 0, 0); // As with bars longer than the window.
        var a = new ReturnSeries(first, stackalloc double[2 * first.Length]);
        var b = new ReturnSeries(second, stackalloc double[2 * second.Length]);
        var ahead = Best(a, b, lags); // First is earlier.
        var behind = Best(b, a, lags);
        var firstLeads = ahead.Correlation >= behind.Correlation;
        var (lead, other) = firstLeads ? (ahead, behind) : (behind, ahead);
        var pairs = Math.Min(lead.Pairs, other.Pairs);
        if (pairs < FewestPairs) return new Verdict(firstLeads, 0, 0, 0);
        var root = Math.Sqrt(pairs - 3);
        var significance = Fisher(lead.Correlation) * root;
        var asymmetry = (Fisher(lead.Correlation) - Fisher(Math.Max(0, other.Correlation))) * root / Math.Sqrt(2);
        var chance = 2 * lags * UpperTail(Math.Min(significance, asymmetry));
        var zero = ReturnSeries.Sums(a, b, 0).Correlation;
        return new Verdict(firstLeads, zero.Pairs >= FewestPairs && zero.Correlation > lead.Correlation ? 0 : lead.Lag, lead.Correlation, Math.Max(0, 1 - chance));
    }

    private static int Known(ReadOnlySpan<int> series) => series.Length - series.Count(Absent);

    private static (int Lag, double Correlation, int Pairs) Best(in ReturnSeries earlier, in ReturnSeries later, int lags)
    {
        var best = (Lag: 0, Correlation: double.NegativeInfinity, Pairs: 0);
        for (var lag = 1; lag <= lags; lag++)
        {
            var (correlation, pairs) = ReturnSeries.Sums(earlier, later, lag).Correlation;
            if (pairs >= FewestPairs && correlation > best.Correlation) best = (lag, correlation, pairs);
        }
        return best;
    }

    // artanh, kept finite: two venues that copy each other exactly are as sure as anything can be.
    private static double Fisher(double correlation)
    {
        if (double.IsNegativeInfinity(correlation)) return 0;
        var r = Math.Clamp(correlation, -0.999999, 0.999999);
        return 0.5 * PortableMath.Log((1 + r) / (1 - r));
    }

    /// <summary>Chance that a standard normal number exceeds <paramref name="z"/>, within 1.5e-7.</summary>
    /// <remarks>M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 7.1.26.</remarks>
    public static double UpperTail(double z)
    {
        if (z < 0) return 1 - UpperTail(-z);
        var x = z / Math.Sqrt(2);
        var t = 1 / (1 + 0.3275911 * x);
        var polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
        return 0.5 * polynomial * PortableMath.Exp(-x * x);
    }
}
