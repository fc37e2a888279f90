using Dolphin.Domain.Forewarning;

namespace Dolphin.Domain.Tests.Forewarning;

public sealed class TrialStories
{
    [Fact(DisplayName = "The same seed gives the same trials, bit for bit, on one thread and on four")]
    public void Threads()
    {
        var (plan, sample, settings) = (ForewarnerStage.Plan(), ForewarnerStage.Sample(), ForewarnerStage.Small(60));
        var (one, four) = (Trials.Run(plan, sample, settings), Trials.Run(plan, sample, settings, threads: 4));
        for (var i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i].Vector.AsEnumerable(), four[i].Vector);
            Assert.Equal((one[i].Outcome, one[i].IsCatastrophe), (four[i].Outcome, four[i].IsCatastrophe));
        }
        Assert.NotEqual(one.Select(t => t.Outcome), Trials.Run(plan, sample, settings with { Seed = 2 }).Select(t => t.Outcome));
    }

    [Theory(DisplayName = "Each strategy alone: small and unlevered nobody is ruined, large and levered most are")]
    [InlineData(TradedStrategies.Hedging)]
    [InlineData(TradedStrategies.Compression)]
    [InlineData(TradedStrategies.Protection)]
    public void Ruin(TradedStrategies trades)
    {
        var settings = ForewarnerStage.Small() with { PathsPerTrial = 20 };
        var paths = MarketPath.Draw(ForewarnerStage.Sample(), settings.Law, settings.Paths, seed: 5);
        var small = Trials.Play(ForewarnerStage.Plan(trades, fraction: 0.02m, leverage: 1m), paths, settings, seed: 6);
        var large = Trials.Play(ForewarnerStage.Plan(trades, fraction: 0.8m, leverage: 20m), paths, settings, seed: 6);
        Assert.False(settings.Rule.IsMetBy(small), small.ToString());
        Assert.True(small.Drawdown > 0, "Nothing was traded, so nothing was tried.");
        Assert.True(settings.Rule.IsMetBy(large), large.ToString());
    }

    [Fact(DisplayName = "The deciders are the real ones: C2 ends the losses of a hedge that a trend runs away from")]
    public void Real()
    {
        // Twenty bars of rest to open on, then one percent a bar upwards.
        var quiet = Enumerable.Range(0, 80).Select(i => i % 2 == 0 ? 100m : 100.3m);
        var path = new MarketPath(TimeSpan.FromMinutes(5), [.. quiet.Concat(Enumerable.Range(1, 60).Select(i => decimal.Round(100m * (1m + i * 0.01m), 3))).Select(Price.Of)]);
        var settings = ForewarnerStage.Small() with { PathsPerTrial = 1 };
        TrialOutcome Play(decimal maxRisk) => Trials.Play(
            ForewarnerStage.Plan(TradedStrategies.Hedging) with { Hedging = ForewarnerStage.Plan().Hedging with { MaxRisk = maxRisk, WarmUpBars = 60 } }, [path], settings, seed: 1);
        var (tight, loose) = (Play(1.1m), Play(50m));
        Assert.InRange(tight.Drawdown, 0.01, loose.Drawdown * 0.7);
    }

    [Theory(DisplayName = "Any of the three is a catastrophe: a fall from the best, a loss at the end, a price move away from liquidation")]
    [InlineData(0.25, 0.0, 1.0, true)]
    [InlineData(0.0, 0.2, 1.0, true)]
    [InlineData(0.0, 0.0, 0.05, true)]
    [InlineData(0.249, 0.199, 0.051, false)]
    public void Rule(double drawdown, double loss, double distance, bool catastrophe) =>
        Assert.Equal(catastrophe, new CatastropheRule().IsMetBy(new TrialOutcome(drawdown, loss, distance)));

    [Fact(DisplayName = "A trial stops when it is asked to, and says how far it is")]
    public void Cancelled()
    {
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trials.Run(
            ForewarnerStage.Plan(), ForewarnerStage.Sample(), ForewarnerStage.Small(), threads: 2, progress: done => { if (done >= 3) cancel.Cancel(); }, cancel.Token));
    }
}

public sealed class PathStories
{
    [Fact(DisplayName = "Paths are at least as wild as the sample and at most some times, and the same for the same seed")]
    public void Volatility()
    {
        var sample = ForewarnerStage.Sample(volatility: 0.008, days: 30);
        var law = new PathLaw { Length = TimeSpan.FromDays(3) };
        var paths = MarketPath.Draw(sample, law, 60, seed: 9);
        Assert.Equal(paths.SelectMany(p => p.Closes), MarketPath.Draw(sample, law, 60, seed: 9).SelectMany(p => p.Closes));
        Assert.All(paths, p => Assert.Equal((865, 100m), (p.Closes.Length, p.Closes[0].QuotePerBase)));
        double Of(MarketPath path) => ReturnSample.Of(path.Interval, [path.Closes.Select((c, i) => (i * 300_000L, c))]).VolatilityPerRootHour / sample.VolatilityPerRootHour;
        var ratios = paths.Select(Of).Order().ToArray();
        Assert.InRange(ratios[0], 0.6, 1.3);
        Assert.InRange(ratios[30], 1.3, 2.6);
        Assert.InRange(ratios[^1], 2.5, 6);
        // Fat tails: the sample's days differ, and there are jumps.
        var returns = paths.SelectMany(p => p.Closes.Zip(p.Closes.Skip(1), (a, b) => Math.Log((double)(b.QuotePerBase / a.QuotePerBase)))).ToArray();
        var (second, fourth) = (returns.Average(r => r * r), returns.Average(r => Math.Pow(r, 4)));
        Assert.True(fourth / (second * second) > 6, $"Kurtosis is {fourth / (second * second):0.0}; a normal one has 3.");
    }

    [Fact(DisplayName = "A gap in the bars is no return, and a block never goes on from one symbol into the next")]
    public void Gaps()
    {
        var sample = ReturnSample.Of(TimeSpan.FromMinutes(1), [
            [(0L, Price.Of(100m)), (60_000, Price.Of(101m)), (300_000, Price.Of(150m)), (360_000, Price.Of(150m))],
            [(0L, Price.Of(5m))]]);
        Assert.Equal(2, sample.Count);
        Assert.Single(sample.Series);
        Assert.Equal(Math.Log(1.01), sample.Series[0][0], 12);
        var apart = new ReturnSample(TimeSpan.FromMinutes(5), [[0.01, 0.01], [-0.01, -0.01]]);
        Assert.Equal(289, MarketPath.Draw(apart, new PathLaw { Length = TimeSpan.FromDays(1), Block = TimeSpan.FromDays(9), JumpsPerDay = 0 }, 1, seed: 1)[0].Closes.Length);
    }

    [Fact(DisplayName = "Latin hypercube: every axis has one point in each slice")]
    public void Latin()
    {
        var points = LatinHypercube.Draw(100, 7, seed: 4);
        for (var d = 0; d < 7; d++)
            Assert.Equal(Enumerable.Range(0, 100), Enumerable.Range(0, 100).Select(i => (int)(points[i * 7 + d] * 100)).Order());
    }
}
