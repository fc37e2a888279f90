namespace Dolphin.Data.Simulation;

/// <summary>The mood of the whole market. Stored by number: add at the end only.</summary>
public enum Regime { Quiet, Normal, Trending, Volatile }

/// <summary>What a regime does, and which one follows: a Markov chain in continuous time.</summary>
/// <param name="MeanHours">How long it lasts on average; exponentially distributed.</param>
/// <param name="Volatility">Times the asset's own.</param>
/// <param name="JumpRate">Times the usual number of jumps.</param>
/// <param name="Next">Probability of each regime to follow, in the order of the enum; sums to 1, none to itself.</param>
internal sealed record RegimeProfile(double MeanHours, double Volatility, double JumpRate, double[] Next)
{
    private static readonly RegimeProfile[] All =
    [
        new(8, 0.60, 0.3, [0, 0.80, 0.15, 0.05]),
        new(12, 1.00, 1.0, [0.40, 0, 0.40, 0.20]),
        new(6, 1.15, 1.2, [0.10, 0.60, 0, 0.30]),
        new(3, 2.10, 4.0, [0.05, 0.70, 0.25, 0]),
    ];

    public static int Count => All.Length;

    public static RegimeProfile Of(Regime regime) => All[(int)regime];

    /// <param name="unit">Uniform in [0, 1).</param>
    public Regime Follower(double unit)
    {
        for (var i = 0; i < Next.Length; i++)
        {
            if (unit < Next[i])
                return (Regime)i;
            unit -= Next[i];
        }
        return Regime.Normal; // Only rounding leads here.
    }
}
