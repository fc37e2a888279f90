using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Venues.Paper;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A run on an account that already holds legs: they reach book and strategy, once, whatever happens to the run.</summary>
public sealed class FoundPositionsStories
{
    private const int Slices = 300;
    private static readonly Symbol Compressed = new("AAAUSDT"), Protected = new("BBBUSDT");
    private static readonly PaperPosition[] Held =
    [
        new(Compressed, PositionSide.Long, new Quantity(20m), Price.Of(125m)), new(Compressed, PositionSide.Short, new Quantity(18m), Price.Of(80m)),
        new(Protected, PositionSide.Long, new Quantity(20_000m), Price.Of(0.21m)), new(Protected, PositionSide.Short, new Quantity(10_000m), Price.Of(0.19m)),
    ];

    private static ReplayOptions Underwater(ReplayOptions options)
    {
        var instruments = options.Plan.Assets.ToDictionary(a => a.Symbol, a => a.Instrument);
        var compression = new CompressionPlan(
            StrategyIds.Of(Dolphin.Domain.Hermes.LegHolder.HedgeCompression, Compressed), Compressed,
            Good(e => CompressionPolicy.Create(new CompressionSettings { WarmUpBars = 5, MaxVolatility = 0.5m, Capital = 20_000m }, "test", e)), instruments[Compressed]);
        var protector = new ProtectorPlan(
            StrategyIds.Of(Dolphin.Domain.Hermes.LegHolder.ExposureProtector, Protected), Protected, Good(e => ProtectorPolicy.Create(new ProtectorSettings { TrailDistancePct = 0.002m }, "test", e)), instruments[Protected]);
        return options with
        {
            Plan = options.Plan with { Assets = [AssetPlan.Alone(compression, Small.Deposit), AssetPlan.Alone(protector, Small.Deposit)] },
            Venue = options.Venue with { Positions = [.. Held] },
        };
    }

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        return create(errors) ?? throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    [Fact(DisplayName = "Compression and protector alone take what the account holds over with the first bar, and work on it")]
    public void Taken_over()
    {
        using var folder = new RunFolder();
        var report = folder.Live(Slices, change: Underwater).Report;
        Assert.True(report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0)));
        Assert.Equal(4, report.FillsNotOurs);
        foreach (var symbol in new[] { Compressed, Protected })
        {
            var found = folder.Stored(PositionBookActor.IdOf(symbol)).OfType<BookEvent.FillBooked>().Take(2).ToList();
            Assert.All(found, f => Assert.True(f.IsExternal));
            Assert.Equal(Held.Where(p => p.Symbol == symbol).Select(p => (p.Leg, p.Quantity, p.Entry)), found.Select(f => (f.Fill.Leg, f.Fill.Quantity, f.Fill.Price)));
        }

        var compressed = folder.Stored($"strategy-compression-{Compressed}");
        Assert.Equal((new Legs(new Quantity(20m), new Quantity(18m)), Small.Start + Small.Bar), Assert.Single(compressed.OfType<CompressionEvent.Adopted>().Select(e => (e.Legs.Legs, e.At))));
        Assert.NotEmpty(compressed.OfType<CompressionEvent.Reduced>());
        var guarded = folder.Stored($"strategy-protector-{Protected}");
        Assert.Equal(Small.Start + Small.Bar, Assert.Single(guarded.OfType<ProtectorEvent.Adopted>()).At);
        Assert.NotEmpty(guarded.OfType<ProtectorEvent.FillBooked>());
        Assert.Equal(Small.Deposit + report.RealisedPnl + report.UnrealisedPnl - report.Fees + report.Funding, report.Equity);

        var first = Small.Market().Slices(Small.Start.ToUnixTimeMilliseconds(), long.MaxValue).First().Bars.ToArray().ToDictionary(b => b.Symbol, b => b.Bar.Open.QuotePerBase);
        var broughtIn = Held.Sum(p => p.Leg.Sign() * p.Quantity.Base * (first[p.Symbol] - p.Entry.QuotePerBase));
        Assert.True(broughtIn < 0m, "The story is about legs under water.");
        Assert.Equal((new Money(broughtIn), report.Equity - Small.Deposit), (report.Economics!.BroughtIn, report.Economics.Net + report.Economics.BroughtIn));
        Assert.Equal(1d, report.Strategies[1].Economics!.TimeInMarket);
    }

    [Fact(DisplayName = "Stopped before the first checkpoint or long after it, the run finds the legs once and ends as one that was not stopped")]
    public void Once()
    {
        using RunFolder whole = new();
        var expected = whole.Live(Slices, change: Underwater);
        foreach (var stop in new[] { 1, 2, 177 })
        {
            using var stopped = new RunFolder();
            Assert.False(stopped.Live(Slices, (_, slice) => slice == stop, change: Underwater).Finished);
            var came = stopped.Live(Slices, change: Underwater);
            Assert.Equal((0L, expected.Hash), (came.FactsOutstanding, came.Hash));
            Assert.Equal(4, came.Report.FillsNotOurs);
            Assert.True(came.Report.IsSound);
        }
    }
}
