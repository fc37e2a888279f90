namespace Dolphin.Domain.Alpha;

/// <summary>
/// How assets are ranked, before anyone trusts it: <see cref="AlphaRankPolicy.Create"/> checks. Keys are under <c>dolphin.alpha.rank</c>.
/// </summary>
/// <remarks>The seed (dolphin-survival-stack, "The Alpha Engine") gives the order book's penalty, up to -10 %, and that liquid books are rewarded;
/// every other number is decided here.</remarks>
public sealed record AlphaRankSettings
{
    /// <summary>Keys <c>weights.*</c>, each 0 to 1, one of them above 0: what the four parts count for, relative to their sum. Equal, since nothing says
    /// that one of them tells more.</summary>
    public double LoadingWeight { get; init; } = 0.25;
    public double MomentumWeight { get; init; } = 0.25;
    public double VolatilityWeight { get; init; } = 0.25;
    public double LiquidityWeight { get; init; } = 0.25;

    /// <summary>Key <c>loading-full</c>, 1 to 10 even shares: an asset that carries so much of the leading eigenvector has the whole part. One even share is
    /// 1/sqrt(N); where the market moves as one every asset has about that, and half the part.</summary>
    public double LoadingFull { get; init; } = 2;

    /// <summary>Key <c>momentum-full</c>, 0.0001 to 1 of log price: a move of this size, up or down, has the whole part. Three hours of the volatility below,
    /// and some.</summary>
    public double MomentumFull { get; init; } = 0.02;

    /// <summary>Key <c>volatility-best</c>, 0.0001 to 1 per root hour: the whole part. Below it moves do not pay their fees. Adaptive leverage's reference.</summary>
    public double VolatilityBest { get; init; } = 0.01;

    /// <summary>Key <c>volatility-worst</c>, above best, at most 10 per root hour: nothing is left of the part, since the stop would be luck.</summary>
    public double VolatilityWorst { get; init; } = 0.05;

    /// <summary>Keys <c>liquidity-thin</c>, <c>-full</c>, quote currency traded in a day, 1 to 1e15: none and the whole of the part, with a straight line
    /// in the logarithm between. A position of some thousands is a hundredth of a percent of the second and one of the first.</summary>
    public double LiquidityThin { get; init; } = 1e6;
    public double LiquidityFull { get; init; } = 1e9;

    /// <summary>Keys <c>depth-thin</c>, <c>-liquid</c>, quote currency on the weaker side of the book, 1 to 1e12: quality 0 and 1, straight in the logarithm
    /// between. Hermes calls a market thin at the first; the second is a hundred times that.</summary>
    public double DepthThin { get; init; } = 20_000;
    public double DepthLiquid { get; init; } = 2_000_000;

    /// <summary>Keys <c>spread-liquid</c>, <c>-thin</c>, basis points, 0 to 1000: quality 1 and 0. Hermes calls a market thin at the second, a taker's round trip.</summary>
    public double SpreadLiquid { get; init; } = 1;
    public double SpreadThin { get; init; } = 10;

    /// <summary>Key <c>book-penalty</c>, 0 to 0.5: taken off the score of a book of quality 0. The seed's 10 %.</summary>
    public double BookPenalty { get; init; } = 0.10;

    /// <summary>Key <c>book-bonus</c>, 0 to 0.5, at most the penalty: added to the score of a book of quality 1. Half the penalty: a book that is liquid
    /// now may not be when the exit comes, one that is thin costs already.</summary>
    public double BookBonus { get; init; } = 0.05;
}

/// <summary>How assets are ranked, known to be good.</summary>
public sealed class AlphaRankPolicy
{
    private AlphaRankPolicy(AlphaRankSettings settings) => Settings = settings;

    public AlphaRankSettings Settings { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.alpha.rank</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static AlphaRankPolicy? Create(AlphaRankSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Within(double value, string key, double least, double most) => check.Expect(value >= least && value <= most, key, value, $"{least} to {most}");
        void Rising(double low, string lowKey, double high, string highKey, double least, double most)
        {
            Within(low, lowKey, least, most);
            Within(high, highKey, least, most);
            check.Expect(low < high, highKey, high, $"above {lowKey} ({low})");
        }
        Within(settings.LoadingWeight, "weights.loading", 0, 1);
        Within(settings.MomentumWeight, "weights.momentum", 0, 1);
        Within(settings.VolatilityWeight, "weights.volatility", 0, 1);
        Within(settings.LiquidityWeight, "weights.liquidity", 0, 1);
        var sum = settings.LoadingWeight + settings.MomentumWeight + settings.VolatilityWeight + settings.LiquidityWeight;
        check.Expect(sum > 0, "weights", $"{sum} in sum", "one of them above 0");
        Within(settings.LoadingFull, "loading-full", 1, 10);
        Within(settings.MomentumFull, "momentum-full", 0.0001, 1);
        Rising(settings.VolatilityBest, "volatility-best", settings.VolatilityWorst, "volatility-worst", 0.0001, 10);
        Rising(settings.LiquidityThin, "liquidity-thin", settings.LiquidityFull, "liquidity-full", 1, 1e15);
        Rising(settings.DepthThin, "depth-thin", settings.DepthLiquid, "depth-liquid", 1, 1e12);
        Rising(settings.SpreadLiquid, "spread-liquid", settings.SpreadThin, "spread-thin", 0, 1000);
        Within(settings.BookPenalty, "book-penalty", 0, 0.5);
        Within(settings.BookBonus, "book-bonus", 0, 0.5);
        check.Expect(!(settings.BookBonus > settings.BookPenalty), "book-bonus", settings.BookBonus, $"at most book-penalty ({settings.BookPenalty})");
        return errors.Count == before ? new AlphaRankPolicy(settings) : null;
    }
}
