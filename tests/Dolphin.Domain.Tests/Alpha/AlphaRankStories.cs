using Dolphin.Domain.Alpha;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class AlphaRankStories
{
    private static readonly AlphaRankSettings Defaults = new();

    /// <summary>Best in every part and in its book; of 100 assets, so that an even share is 0.1.</summary>
    private static readonly AlphaInput Finest = new(Loading: 0.2, Momentum: 0.02, Volatility: 0.01, Liquidity: 1e9, Depth: 2e6, Spread: 1);

    internal static AlphaRankPolicy PolicyOf(AlphaRankSettings settings)
    {
        var errors = new List<string>();
        var policy = AlphaRankPolicy.Create(settings, "dolphin.alpha.rank", errors);
        Assert.Empty(errors);
        return policy!;
    }

    private static AlphaScore Score(AlphaInput input) => AlphaRank.Score(PolicyOf(Defaults), input, universe: 100);

    [Fact(DisplayName = "A thin book takes 10 % off a score, a middling one nothing, and a liquid one adds 5 %")]
    public void Book()
    {
        Assert.Equal(1.05, Score(Finest).Score, 12);
        Assert.Equal(1.0, Score(Finest with { Depth = 200_000 }).Score, 12); // Half way in the logarithm.
        Assert.Equal(0.9, Score(Finest with { Depth = 20_000 }).Score, 12);
        Assert.Equal(0.9, Score(Finest with { Spread = 10 }).Score, 12);
    }

    [Fact(DisplayName = "A book nobody knows is thin, however narrow its spread was")]
    public void Unknown_book() => Assert.Equal(0.9, Score(Finest with { Depth = double.NaN }).Score, 12);

    [Fact(DisplayName = "Each part counts a quarter: loading and momentum by their size, either way")]
    public void Parts()
    {
        var middling = Finest with { Depth = 200_000 };
        Assert.Equal(1.0, Score(middling with { Loading = -0.2, Momentum = -0.02 }).Score, 12);
        Assert.Equal(0.875, Score(middling with { Loading = 0.1 }).Score, 12); // An even share is half the part.
        Assert.Equal(0.75, Score(middling with { Momentum = 0 }).Score, 12);
        Assert.Equal(0.75, Score(middling with { Liquidity = 1e6 }).Score, 12);
    }

    [Fact(DisplayName = "Volatility is best at one percent: half of it and half way to five are worth half")]
    public void Volatility()
    {
        double Part(double volatility) => Score(Finest with { Volatility = volatility }).Volatility;
        Assert.Equal((0.0, 0.5, 1.0, 0.0, 0.0), (Part(0), Part(0.005), Part(0.01), Part(0.05), Part(0.5)));
        Assert.Equal(0.5, Part(0.03), 12);
    }

    private static readonly Gen<AlphaInput> Inputs =
        from part in Gen.Choose(-20, 20).Select(i => i / 40.0).ArrayOf(3)
        from size in Gen.Choose(0, 200).Select(i => Math.Pow(10, i / 15.0)).ArrayOf(2)
        from spread in Gen.Choose(-1, 15)
        from hole in Gen.Choose(0, 12)
        select Unknown(new AlphaInput(part[0], part[1] / 10, Math.Abs(part[2]) / 8, size[0], size[1], spread), hole);

    private static AlphaInput Unknown(AlphaInput input, int part, double value = double.NaN) => part switch
    {
        0 => input with { Loading = value },
        1 => input with { Momentum = value },
        2 => input with { Volatility = value },
        3 => input with { Liquidity = value },
        4 => input with { Depth = value },
        5 => input with { Spread = value },
        _ => input,
    };

    [Fact(DisplayName = "A score is 0 to 1.05, the book never moves it by more than -10 % and +5 %, and nothing ranks higher for being unknown or infinite")]
    public void Bounds() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var score = Score(input);
        return score.Score is >= 0 and <= 1.05 + 1e-12 && score.Book is >= 0.9 - 1e-12 and <= 1.05 + 1e-12
            && Enumerable.Range(0, 6).All(part => Score(Unknown(input, part)).Score <= score.Score
                && Score(Unknown(input, part, double.PositiveInfinity)).Score <= score.Score);
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "More loading, momentum, turnover or depth and less spread never lower a score")]
    public void Monotone() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        AlphaInput[] better =
        [
            input with { Loading = input.Loading * 1.1 }, input with { Momentum = input.Momentum * 1.1 }, input with { Liquidity = input.Liquidity * 1.1 },
            input with { Depth = input.Depth * 1.1 }, input with { Spread = Math.Max(0, input.Spread) * 0.9 },
        ];
        return better.All(b => Score(b).Score >= Score(input).Score - 1e-12);
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Every mistake in the settings is told at once, with its key")]
    public void Settings()
    {
        var errors = new List<string>();
        Assert.Null(AlphaRankPolicy.Create(Defaults with
        {
            LoadingWeight = 0, MomentumWeight = 0, VolatilityWeight = 0, LiquidityWeight = 0, LoadingFull = double.NaN, VolatilityWorst = 0.01,
            DepthLiquid = 10, SpreadThin = 1, BookPenalty = 0.05, BookBonus = 0.06,
        }, "dolphin.alpha.rank", errors));
        foreach (var key in new[] { "weights", "loading-full", "volatility-worst", "depth-liquid", "spread-thin", "book-bonus" })
            Assert.Contains(errors, e => e.StartsWith($"dolphin.alpha.rank.{key} is ", StringComparison.Ordinal));
    }
}
