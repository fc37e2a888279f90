using Dolphin.Domain.SizeLearning;

namespace Dolphin.Domain.Tests.SizeLearning;

public sealed class SizeContextStories
{
    private static readonly SizeLearningPolicy Policy = SizeRun.PolicyOf(new SizeLearningSettings());

    private static double[] Scaled(double confidence, double volatility, double pnl, double divergence, double funding, double margin)
    {
        var s = Policy.Scale(new SizeContext(confidence, volatility, pnl, divergence, funding, margin));
        return [s.Confidence, s.Volatility, s.Pnl, s.Divergence, s.Funding, s.Margin];
    }

    private static void Near(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual), x => Assert.Equal(x.First, x.Second, 12));

    [Fact(DisplayName = "Each of the six has its own scale: its neutral is 0, its ends are 1 and -1, and beyond them it stays there")]
    public void Scales()
    {
        Near([0, 0, 0, 0, 0, 0], Scaled(0.5, 0.01, 0, 0, 0, 0.425));
        Near([1, 0.5, 1, 1, 1, 1], Scaled(1, 0.03, 0.05, 0.03, 0.001, 0.85));
        Near([-1, -1, -1, 0, -1, -1], Scaled(0, 0, -0.05, 0, -0.001, 0));
        Near([0.5, -0.5, -0.4, 0.5, 0.1, -0.5], Scaled(0.75, 0.01 / 3, -0.02, 0.015, 0.0001, 0.2125));
        Near([1, 1, 1, 1, 1, 1], Scaled(7, 1e300, 1e300, 1e300, 1e300, 1e300).Select(x => Math.Round(x, 9)).ToArray());
        Near([-1, -1, -1, 0, -1, -1], Scaled(-7, -1, -1e300, -1, -1e300, -1e300));
    }

    [Fact(DisplayName = "What is not a finite number is missing: it counts as 0, and it is named")]
    public void Missing()
    {
        Assert.Equal(ScaledContext.Neutral, Policy.Scale(SizeContext.Unknown));
        var scaled = Policy.Scale(new SizeContext(1, double.NaN, 0.05, double.PositiveInfinity, double.NegativeInfinity, 0.85));
        Assert.Equal(new ScaledContext(1, 0, 1, 0, 0, 1, SizeFactors.Volatility | SizeFactors.Divergence | SizeFactors.Funding), scaled);
        Assert.Equal(SizeFactors.None, Policy.Scale(new SizeContext(0, 0, 0, 0, 0, 0)).Missing);
    }

    [Fact(DisplayName = "A factor alone is the context in which only it is known")]
    public void Alone()
    {
        foreach (var factor in Enum.GetValues<SizeFactor>())
        {
            var only = ScaledContext.Only(factor, 0.25);
            double[] values = [only.Confidence, only.Volatility, only.Pnl, only.Divergence, only.Funding, only.Margin];
            Assert.Equal(0.25, values[(int)factor]);
            Assert.Equal(0.25, values.Sum());
            Assert.Equal(Enum.Parse<SizeFactors>(factor.ToString()), ScaledContext.Neutral.Missing & ~only.Missing);
        }
    }
}

public sealed class SizeLearningPolicyStories
{
    [Fact(DisplayName = "Every mistake is reported at once, each with its key path, what came and what was expected")]
    public void All_at_once()
    {
        var errors = new List<string>();
        Assert.Null(SizeLearningPolicy.Create(new SizeLearningSettings
        {
            VolatilityReference = 0, PnlScale = 2, DivergenceFull = 0, FundingFull = double.NaN, MarginFull = 1.01, OutcomeBound = 0, HalfLife = 19, PriorEpisodes = 0,
            PriorSpread = 0, FullAt = 0, ExplorationShare = 0.51, ExplorationReach = 0, FalseAlarm = 0.21, MinEpisodes = 9, LoseAt = 2.1, MaxOpen = 0, ExpireAfter = TimeSpan.Zero,
        }, "dolphin.size-learning", errors));
        Assert.Equal(
        [
            "dolphin.size-learning.context.volatility-reference is 0; expected 0.0001 to 1 (per root hour).",
            "dolphin.size-learning.context.pnl-scale is 2; expected 0.001 to 1 (of capital).",
            "dolphin.size-learning.context.divergence-full is 0; expected 0.001 to 1 (a fraction of price).",
            "dolphin.size-learning.context.funding-full is NaN; expected 1E-05 to 0.1 (of notional in eight hours).",
            "dolphin.size-learning.context.margin-full is 1.01; expected 0.1 to 1 (used over total margin).",
            "dolphin.size-learning.outcome-bound is 0; expected 0.001 to 1 (of notional).",
            "dolphin.size-learning.half-life is 19; expected 20 to 100000 (closed episodes).",
            "dolphin.size-learning.prior-episodes is 0; expected 1 to 1000 (episodes).",
            "dolphin.size-learning.prior-spread is 0; expected 1E-05 to 1 (of notional).",
            "dolphin.size-learning.full-at is 0; expected 0.5 to 10 (standard errors).",
            "dolphin.size-learning.exploration.share is 0.51; expected 0 to 0.5 (of episodes).",
            "dolphin.size-learning.exploration.reach is 0; expected 0.01 to 0.25 (of the multiplier).",
            "dolphin.size-learning.trust.false-alarm is 0.21; expected 0.001 to 0.2 (a probability).",
            "dolphin.size-learning.trust.min-episodes is 9; expected 10 to 10000 (closed episodes).",
            "dolphin.size-learning.trust.lose-at is 2.1; expected 0.1 to 2 (evidence).",
            "dolphin.size-learning.max-open is 0; expected 1 to 256 (episodes).",
            "dolphin.size-learning.expire-after is 00:00:00; expected 00:01:00 to 366.00:00:00.",
        ], errors);
    }

    [Fact(DisplayName = "Both ends of every range are good, and exploration is off unless it is asked for")]
    public void Ends()
    {
        var errors = new List<string>();
        Assert.NotNull(SizeLearningPolicy.Create(new SizeLearningSettings
        {
            VolatilityReference = 0.0001, PnlScale = 0.001, DivergenceFull = 0.001, FundingFull = 0.00001, MarginFull = 0.1, OutcomeBound = 0.001, HalfLife = 20,
            PriorEpisodes = 1, PriorSpread = 0.00001, FullAt = 0.5, ExplorationShare = 0, ExplorationReach = 0.01, FalseAlarm = 0.001, MinEpisodes = 10, LoseAt = 0.1,
            MaxOpen = 1, ExpireAfter = TimeSpan.FromMinutes(1),
        }, "x", errors));
        Assert.NotNull(SizeLearningPolicy.Create(new SizeLearningSettings
        {
            VolatilityReference = 1, PnlScale = 1, DivergenceFull = 1, FundingFull = 0.1, MarginFull = 1, OutcomeBound = 1, HalfLife = 100_000,
            PriorEpisodes = 1_000, PriorSpread = 1, FullAt = 10, ExplorationShare = 0.5, ExplorationReach = 0.25, FalseAlarm = 0.2, MinEpisodes = 10_000, LoseAt = 2,
            MaxOpen = 256, ExpireAfter = TimeSpan.FromDays(366),
        }, "x", errors));
        Assert.Empty(errors);
        Assert.Equal(0, new SizeLearningSettings().ExplorationShare);
        Assert.Equal(20, SizeRun.PolicyOf(new SizeLearningSettings()).EvidenceNeeded, 9);
    }
}
