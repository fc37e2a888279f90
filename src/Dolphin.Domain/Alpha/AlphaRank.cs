namespace Dolphin.Domain.Alpha;

/// <summary>What is known of one asset; NaN or infinite counts as not known.</summary>
/// <param name="Loading">On the leading eigenvector of the scan, of unit length: -1 to 1.</param>
/// <param name="Momentum">Log return over the plan's window; 0.01 is 1 %.</param>
/// <param name="Volatility">Of log price per root hour.</param>
/// <param name="Liquidity">Quote currency traded in a day.</param>
/// <param name="Depth">Quote currency on the weaker side of the book near its middle. Not known where the book is old.</param>
/// <param name="Spread">Basis points.</param>
public readonly record struct AlphaInput(double Loading, double Momentum, double Volatility, double Liquidity, double Depth, double Spread);

/// <summary>The alpha rank score (ARS) of one asset, and where it comes from.</summary>
/// <param name="Score">0 to 1 + book bonus: (weighted mean of the four parts) x <paramref name="Book"/>.</param>
/// <param name="Loading">This part, 0 to 1, and so the next three.</param>
/// <param name="BookQuality">0 thin to 1 liquid: of depth and spread what is worse.</param>
/// <param name="Book">What the score is multiplied by: 1 - penalty at quality 0, 1 at 0.5, 1 + bonus at 1, straight lines between.</param>
public readonly record struct AlphaScore(
    double Score, double Loading, double Momentum, double Volatility, double Liquidity, double BookQuality, double Book);

/// <summary>
/// How attractive one asset is now (seed dolphin-survival-stack, "The Alpha Engine": "order book depth quality penalizes thin assets by up to -10 % and
/// rewards liquid ones").
/// </summary>
/// <remarks>Momentum counts by its size: the rank says which asset moves, the signal which way. A part that is not known is 0 and a book that is not known
/// is thin, so that nothing ranks higher for being unknown.</remarks>
public static class AlphaRank
{
    /// <param name="universe">Assets in the scan, at least 1: an even share of the leading eigenvector is 1/sqrt of it.</param>
    public static AlphaScore Score(AlphaRankPolicy policy, in AlphaInput input, int universe)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(universe, 1);
        var s = policy.Settings;
        var loading = Part(Math.Abs(input.Loading) * Math.Sqrt(universe) / s.LoadingFull);
        var momentum = Part(Math.Abs(input.Momentum) / s.MomentumFull);
        var volatility = Part(Math.Min(input.Volatility / s.VolatilityBest, (s.VolatilityWorst - input.Volatility) / (s.VolatilityWorst - s.VolatilityBest)));
        var liquidity = Part(Share(input.Liquidity, s.LiquidityThin, s.LiquidityFull));
        var quality = Quality(policy, input.Depth, input.Spread);
        var book = quality < 0.5 ? 1 - s.BookPenalty * (1 - 2 * quality) : 1 + s.BookBonus * (2 * quality - 1);
        var weights = s.LoadingWeight + s.MomentumWeight + s.VolatilityWeight + s.LiquidityWeight;
        var mean = (s.LoadingWeight * loading + s.MomentumWeight * momentum + s.VolatilityWeight * volatility + s.LiquidityWeight * liquidity) / weights;
        return new AlphaScore(mean * book, loading, momentum, volatility, liquidity, quality, book);
    }

    /// <summary>Of a book, 0 thin to 1 liquid: the worse of depth and spread, and 0 where one of them is not known.</summary>
    public static double Quality(AlphaRankPolicy policy, double depth, double spread)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var s = policy.Settings;
        var narrow = spread >= 0 ? Part((s.SpreadThin - spread) / (s.SpreadThin - s.SpreadLiquid)) : 0;
        return Math.Min(Part(Share(depth, s.DepthThin, s.DepthLiquid)), narrow);
    }

    // 0 at the first, 1 at the second, straight in the logarithm; NaN for what has no logarithm.
    private static double Share(double value, double zero, double one) => PortableMath.Log(value / zero) / PortableMath.Log(one / zero);

    // An infinite input is a mistake of whoever measured, not the best of all.
    private static double Part(double share) => double.IsFinite(share) ? Math.Clamp(share, 0, 1) : 0;
}
