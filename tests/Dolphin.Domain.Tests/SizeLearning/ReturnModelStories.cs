using System.Collections.Immutable;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Domain.Tests.SizeLearning;

public sealed class ReturnModelStories
{
    private static readonly SizeLearningPolicy Policy = SizeRun.PolicyOf(new SizeLearningSettings());

    private static ScaledContext Next(ref Chance chance) => Policy.Scale(SizeMarkets.Context(ref chance));

    private static double[] Features(in ScaledContext c) => [1, c.Confidence, c.Volatility, c.Pnl, c.Divergence, c.Funding, c.Margin];

    [Fact(DisplayName = "Before any outcome nothing is expected, as unsurely as the prior says")]
    public void Prior()
    {
        Assert.Equal(new ReturnEstimate(0, 0.005 / Math.Sqrt(20)), ReturnModel.Empty.At(Policy, ScaledContext.Neutral));
        Assert.Equal(0.005 * Math.Sqrt(2 / 20.0), ReturnModel.Empty.At(Policy, ScaledContext.Only(SizeFactor.Pnl, 1)).Error, 15);
        Assert.Equal(1m, SizeLearner.Offer(Policy, ReturnModel.Empty, ScaledContext.Only(SizeFactor.Pnl, 1)));
    }

    [Fact(DisplayName = "The sums give what a regression over the whole weighted history gives, solved another way")]
    public void Oracle()
    {
        foreach (var (seed, count) in new[] { (1UL, 1), (2UL, 5), (3UL, 60), (4UL, 900) })
        {
            var chance = new Chance(seed);
            var (model, history) = (ReturnModel.Empty, new List<(ScaledContext X, double Y)>());
            for (var i = 0; i < count; i++)
            {
                var x = Next(ref chance);
                var y = 0.003 * x.Confidence - 0.002 * x.Margin + 0.001 + 0.004 * chance.NextNormal();
                model = model.After(x, y, Policy.Kept);
                history.Add((x, y));
            }
            var at = Next(ref chance);
            var (mean, error) = Solved(history, Features(at));
            var estimate = model.At(Policy, at);
            Assert.Equal(mean, estimate.Mean, 12);
            Assert.Equal(error, estimate.Error, 12);
            Assert.True(estimate.Error > 0);
            Assert.Equal(Solved(history, Features(ScaledContext.Only(SizeFactor.Funding, 1)).Select((f, i) => i == 0 ? 0 : f).ToArray()).Mean, model.Slope(Policy, SizeFactor.Funding).Mean, 12);
        }
    }

    // (X'WX + kI)^-1 by Gauss and Jordan, from the history and not from sums.
    private static (double Mean, double Error) Solved(List<(ScaledContext X, double Y)> history, double[] at)
    {
        const int N = ReturnModel.Features;
        const double Prior = 20, Spread = 0.005;
        var rows = new double[N, N + 2]; // The matrix, then X'Wy, then the point.
        var (squares, weights) = (0.0, 0.0);
        for (var t = 0; t < history.Count; t++)
        {
            var weight = Math.Pow(0.5, (history.Count - 1 - t) / 500.0);
            var x = Features(history[t].X);
            for (var i = 0; i < N; i++)
            {
                for (var j = 0; j < N; j++) rows[i, j] += weight * x[i] * x[j];
                rows[i, N] += weight * x[i] * history[t].Y;
            }
            squares += weight * history[t].Y * history[t].Y;
            weights += weight;
        }
        var right = Enumerable.Range(0, N).Select(i => rows[i, N]).ToArray();
        for (var i = 0; i < N; i++) (rows[i, i], rows[i, N + 1]) = (rows[i, i] + Prior, at[i]);
        for (var p = 0; p < N; p++)
        {
            for (var i = 0; i < N; i++)
            {
                if (i == p) continue;
                var factor = rows[i, p] / rows[p, p];
                for (var j = p; j < N + 2; j++) rows[i, j] -= factor * rows[p, j];
            }
        }
        var (mean, leverage, explained) = (0.0, 0.0, 0.0);
        for (var i = 0; i < N; i++)
        {
            mean += at[i] * rows[i, N] / rows[i, i];
            explained += right[i] * rows[i, N] / rows[i, i];
            leverage += at[i] * rows[i, N + 1] / rows[i, i];
        }
        return (mean, Math.Sqrt((Prior * Spread * Spread + squares - explained) / (Prior + weights) * leverage));
    }

    [Fact(DisplayName = "A slope in the noise is found where it is, and none where there is none")]
    public void Finds()
    {
        var (chance, model) = (new Chance(11), ReturnModel.Empty);
        for (var i = 0; i < 1_000; i++)
        {
            var x = Next(ref chance);
            model = model.After(x, -0.004 * x.Volatility + 0.01 * chance.NextNormal(), Policy.Kept);
        }
        foreach (var factor in Enum.GetValues<SizeFactor>())
        {
            var (slope, truth) = (model.Slope(Policy, factor), factor == SizeFactor.Volatility ? -0.004 : 0);
            Assert.InRange(slope.Mean, truth - 3.5 * slope.Error, truth + 3.5 * slope.Error);
            Assert.InRange(slope.Error, 0.0003, 0.002);
        }
        Assert.True(SizeLearner.Offer(Policy, model, ScaledContext.Only(SizeFactor.Volatility, 1)) < 0.6m);
        Assert.True(SizeLearner.Offer(Policy, model, ScaledContext.Only(SizeFactor.Volatility, -1)) > 1.4m);
    }

    [Fact(DisplayName = "Old outcomes are forgotten by half each half-life: a world that turns is followed")]
    public void Forgets()
    {
        var policy = SizeRun.PolicyOf(new SizeLearningSettings { HalfLife = 20 });
        var model = ReturnModel.Empty;
        for (var i = 0; i < 400; i++) model = model.After(ScaledContext.Neutral, 0.01, policy.Kept);
        Assert.True(model.At(policy, ScaledContext.Neutral).Mean > 0.005);
        Assert.Equal(1 / (1 - Math.Pow(0.5, 1 / 20.0)), model.Weight, 3);
        for (var i = 0; i < 60; i++) model = model.After(ScaledContext.Neutral, -0.01, policy.Kept);
        Assert.True(model.At(policy, ScaledContext.Neutral).Mean < -0.003);
    }

    [Fact(DisplayName = "The same context over and over, or returns without any scatter, leave it solvable")]
    public void Degenerate()
    {
        var model = ReturnModel.Empty;
        var corner = new ScaledContext(1, 1, 1, 1, 1, 1, SizeFactors.None);
        for (var i = 0; i < 100_000; i++) model = model.After(corner, 0.02, kept: 1);
        var estimate = model.At(Policy, corner);
        Assert.Equal(0.02, estimate.Mean, 5);
        Assert.True(estimate.Error is > 0 and < 0.001);
        Assert.Equal(1.5m, SizeLearner.Offer(Policy, model, corner));
    }

    [Fact(DisplayName = "It can be stored as its sums and comes back to the bit; other numbers are refused")]
    public void Stored()
    {
        var chance = new Chance(5);
        var model = ReturnModel.Empty;
        for (var i = 0; i < 30; i++) model = model.After(Next(ref chance), 0.01 * chance.NextNormal(), Policy.Kept);
        Assert.Equal(model, new ReturnModel([.. model.Sums]));
        Assert.NotEqual(model, new ReturnModel(model.Sums.SetItem(3, Math.BitIncrement(model.Sums[3]))));
        Assert.Throws<ArgumentException>(() => new ReturnModel([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new ReturnModel(default));
        Assert.Throws<ArgumentException>(() => new ReturnModel(model.Sums.SetItem(0, double.NaN)));
    }
}

public sealed class TrustWagerStories
{
    [Fact(DisplayName = "A fair bet of any size leaves the expected fortune as it is, whatever has gone before")]
    public void Fair()
    {
        var chance = new Chance(3);
        var wager = TrustWager.Initial;
        Assert.Equal(1, wager.Evidence, 15);
        for (var i = 0; i < 2_000; i++)
        {
            var gain = chance.NextUnit();
            Assert.Equal(1, (wager.After(gain).Evidence + wager.After(-gain).Evidence) / 2 / wager.Evidence, 12);
            wager = wager.After(chance.NextBool(0.55) ? gain : -gain).AtMost(50);
        }
    }

    [Fact(DisplayName = "A gain makes it more, a loss less, nothing leaves it; it never reaches zero")]
    public void Direction()
    {
        Assert.True(TrustWager.Initial.After(0.5).Evidence > 1.05);
        Assert.True(TrustWager.Initial.After(-0.5).Evidence < 0.95);
        Assert.Equal(1, TrustWager.Initial.After(0).Evidence, 15);
        var wager = TrustWager.Initial;
        for (var i = 0; i < 10_000; i++) wager = wager.After(-1);
        Assert.True(wager.Evidence is > 0 and < 1e-10);
    }

    [Fact(DisplayName = "What is above the bound is put away in proportion; below it nothing happens")]
    public void Bound()
    {
        var wager = TrustWager.Initial;
        for (var i = 0; i < 20; i++) wager = wager.After(1);
        Assert.True(wager.Evidence > 100);
        Assert.Equal(20, wager.AtMost(20).Evidence, 12);
        Assert.Equal(wager.Accounts[5] / wager.Accounts[0], wager.AtMost(20).Accounts[5] / wager.AtMost(20).Accounts[0], 9);
        Assert.Same(wager, wager.AtMost(1e9));
        Assert.Equal(wager, new TrustWager([.. wager.Accounts]));
        Assert.Throws<ArgumentException>(() => new TrustWager([1, 2]));
        Assert.Throws<ArgumentException>(() => new TrustWager(wager.Accounts.SetItem(0, -1)));
    }

    [Fact(DisplayName = "After a long bad time the bets that suit a good one come back")]
    public void Recovers()
    {
        var wager = TrustWager.Initial;
        for (var i = 0; i < 500; i++) wager = wager.After(i % 2 == 0 ? 0.9 : -1);
        var low = wager.Evidence;
        Assert.True(low < 0.2);
        for (var i = 0; i < 40; i++) wager = wager.After(0.5);
        Assert.True(wager.Evidence > 20 * 20 * low, $"{low} to {wager.Evidence}");
    }
}
