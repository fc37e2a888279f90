using System.Collections.Immutable;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Forewarning;

/// <summary>What the forewarner of a run gathers, fits and keeps.</summary>
public sealed class KeptModelStories
{
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Five = TimeSpan.FromMinutes(5);
    private static readonly long T0 = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static MarketSlice Slice(int minute, params ReadOnlySpan<(Symbol Symbol, decimal Close)> closes)
    {
        var (open, bars) = (T0 + minute * 60_000L, new SymbolBar[closes.Length]);
        for (var i = 0; i < closes.Length; i++)
        {
            var close = Price.Of(closes[i].Close);
            bars[i] = new SymbolBar(closes[i].Symbol, new Bar(open, close, close, close, close, new Quantity(1m)));
        }
        return new MarketSlice(open, Minute, bars);
    }

    [Fact(DisplayName = "Of bars of a minute every fifth close makes a return; one over a gap is left out")]
    public void Gathers()
    {
        var gatherer = new ReturnGatherer(Five);
        for (var minute = 0; minute < 40; minute++)
            if (minute is < 15 or > 20) gatherer.Observe(Slice(minute, (Btc, 100m + minute), (Eth, 200m)));
        var sample = gatherer.Sample();
        // Closes at minutes 4, 9, 14, then 24, 29, 34, 39: the one over the hole is not there.
        double[] expected = [Math.Log(109 / 104.0), Math.Log(114 / 109.0), Math.Log(129 / 124.0), Math.Log(134 / 129.0), Math.Log(139 / 134.0)];
        Assert.Equal(expected.Length, sample.Series[0].Length);
        Assert.All(expected.Zip(sample.Series[0]), p => Assert.Equal(p.First, p.Second, 7));
        Assert.All(sample.Series[1], r => Assert.Equal(0, r));
        Assert.Equal(5, gatherer.Longest);
        Assert.Empty(gatherer.Recent(6));
        Assert.Equal(10, gatherer.Recent(5).Length);
    }

    [Fact(DisplayName = "Two weeks of sixteen symbols are kept and no more, whatever comes; stored and restored it goes on the same")]
    public void Bounded()
    {
        var (whole, broken) = (new ReturnGatherer(Minute), new ReturnGatherer(Minute));
        var symbols = Enumerable.Range(0, 20).Select(i => new Symbol($"A{i:00}")).ToArray();
        var chance = new Chance(5);
        for (var minute = 0; minute < ReturnGatherer.MostReturns + 100; minute++)
        {
            var slice = Slice(minute, [.. symbols.Select(s => (s, 100m + decimal.Round((decimal)chance.NextUnit(), 4)))]);
            whole.Observe(slice);
            broken.Observe(slice);
            if (minute % 997 != 0) continue;
            var (state, seen) = (broken.Capture(), broken.SeenAt);
            broken = new ReturnGatherer(Minute);
            broken.Restore(state, seen);
        }

        Assert.Equal((ReturnGatherer.MostSymbols, ReturnGatherer.MostReturns), (whole.Sample().Series.Length, whole.Longest));
        Assert.Equal(whole.Sample().Series.SelectMany(s => s), broken.Sample().Series.SelectMany(s => s));
        Assert.Equal(whole.SeenAt, broken.SeenAt);
    }

    [Fact(DisplayName = "A symbol that is gone is not recent any more: what is left of the market says that it has moved")]
    public void Gone_is_not_recent()
    {
        var (gatherer, settings, chance) = (new ReturnGatherer(Minute), new FitnessSettings(), new Random(1));
        var (btc, eth, minute) = (100.0, 100.0, 0);
        double Step(double volatility) => Math.Exp(volatility * Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble()));
        void Go(int minutes, double volatility, bool withEth)
        {
            for (var end = minute + minutes; minute < end; minute++)
            {
                (btc, eth) = (btc * Step(volatility), eth * Step(0.001));
                gatherer.Observe(withEth ? Slice(minute, (Btc, (decimal)btc), (Eth, (decimal)eth)) : Slice(minute, (Btc, (decimal)btc)));
            }
        }
        Go(2_000, 0.001, withEth: true);
        var drawnFrom = gatherer.Sample();

        Go(settings.LeastReturns, 0.0025, withEth: false);
        Assert.Equal(2 * settings.LeastReturns, gatherer.Recent(settings.LeastReturns).Length); // It may come back yet.
        Go(1, 0.0025, withEth: false);
        Assert.Equal(settings.LeastReturns, gatherer.Recent(settings.LeastReturns).Length);
        Assert.True(FitnessMonitor.Read(drawnFrom, gatherer.Recent(settings.LeastReturns), settings).HasMoved);
    }

    [Fact(DisplayName = "A symbol that was silent for as long as returns are kept leaves its place to another; a whole market that was silent for longer goes on")]
    public void Gone_leaves_its_place()
    {
        var gatherer = new ReturnGatherer(Minute);
        var symbols = Enumerable.Range(0, ReturnGatherer.MostSymbols + 1).Select(i => (new Symbol($"A{i:00}"), 100m)).ToArray();
        gatherer.Observe(Slice(0, symbols[..^1]));
        gatherer.Observe(Slice(1, symbols[..^1]));
        for (var minute = 2; minute <= ReturnGatherer.MostReturns + 2; minute++) gatherer.Observe(Slice(minute, symbols[1..]));
        Assert.Equal(symbols[1..^1].Select(s => s.Item1), gatherer.Capture().Select(g => g.Symbol)); // Gone with this bar: its place is free from the next on.
        for (var minute = ReturnGatherer.MostReturns + 2; minute < ReturnGatherer.MostReturns + 5; minute++) gatherer.Observe(Slice(minute + 1, symbols[1..]));
        Assert.Equal(symbols[1..].Select(s => s.Item1), gatherer.Capture().Select(g => g.Symbol));

        var before = gatherer.Longest;
        gatherer.Observe(Slice(3 * ReturnGatherer.MostReturns, symbols[1..]));
        gatherer.Observe(Slice(3 * ReturnGatherer.MostReturns + 1, symbols[1..]));
        Assert.Equal((ReturnGatherer.MostSymbols, ReturnGatherer.MostReturns), (gatherer.Capture().Length, before));
        Assert.All(gatherer.Capture().Take(ReturnGatherer.MostSymbols - 1), g => Assert.Equal(ReturnGatherer.MostReturns * sizeof(float), g.Returns.Length));
    }

    private static ForewarnerSubject Subject(decimal fraction, decimal leverage) =>
        new([(Btc, ForewarnerStage.Plan(TradedStrategies.Hedging, fraction, leverage)), (Eth, ForewarnerStage.Plan(TradedStrategies.Hedging, 0.02m, 1m))]);

    private static FitOutcome Fit(long number, ForewarnerSubject subject, SafetyEnvelope? champion = null) =>
        ForewarnerFit.Run(number, seed: 7, subject, ForewarnerStage.Sample(), ForewarnerStage.Small(200), champion, Environment.ProcessorCount);

    [Fact(DisplayName = "A model that was stored judges to the last bit as it did before, and parameters outside have a cap of half their leverage and a way back")]
    public void Kept()
    {
        var subject = Subject(0.8m, 20m);
        var outcome = Fit(1, subject);
        Assert.Null(outcome.Why);
        var (model, envelope) = (outcome.Model!, outcome.Model!.ToEnvelope());
        foreach (var (symbol, settings) in subject.Live)
        {
            var (score, standing) = (envelope.Score(settings), model.Standings.Single(s => s.Symbol == symbol));
            Assert.Equal((score.DecisionValue, score.Distance, score.Band), (standing.DecisionValue, standing.Distance, standing.Band));
        }

        var worst = model.Worst;
        Assert.Equal((Btc, EnvelopeBand.Red, 10m), (worst.Symbol, worst.Band, worst.LeverageCap!.Value));
        Assert.NotEmpty(worst.WayBack);
        Assert.True(worst.Arrival > worst.Distance);
        Assert.Contains(worst.WayBack, m => m.Key is "sizing.leverage" or "sizing.fraction" && m.To < m.From);
        Assert.Equal(ForewarnerStage.Sample().Count, model.ToSample().Count);
    }

    [Fact(DisplayName = "A fit is a function of run, number and market: again it is the same, with another number it is not; and the champion is judged on its held-out trials")]
    public void Function()
    {
        var (first, again, second) = (Fit(1, Subject(0.2m, 3m)), Fit(1, Subject(0.2m, 3m)), Fit(2, Subject(0.2m, 3m)));
        Assert.Equal(first.Model!.Points, again.Model!.Points);
        Assert.Equal(first.Card, again.Card);
        Assert.NotEqual(first.Card!.Seed, second.Card!.Seed);
        var compared = Fit(2, Subject(0.2m, 3m), first.Model.ToEnvelope());
        Assert.Equal(second.Card.Proof.Catastrophes, compared.ChampionOnSame!.Value.Catastrophes);
    }
}
