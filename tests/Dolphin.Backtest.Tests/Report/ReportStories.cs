using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Node;
using Dolphin.Actors.Survival;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Reporting;
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Backtest.Tests.Report;

/// <summary>What a report says of a run, against what the run has stored.</summary>
public sealed class ReportStories
{
    private const int Slices = 600; // Ten hours, so that funding at 08:00 is among them.

    private static Money Sum(RunReport report, Func<StrategyReport, Money> amount) => report.Strategies.Aggregate(Money.Zero, (sum, s) => sum + amount(s));

    private static void AssertAddsUp(RunReport report)
    {
        Assert.Equal((report.RealisedPnl, report.UnrealisedPnl, report.Fees, report.Funding),
            (Sum(report, s => s.RealisedPnl), Sum(report, s => s.UnrealisedPnl), Sum(report, s => s.Fees), Sum(report, s => s.Funding)));
        Assert.Equal(Small.Deposit + report.RealisedPnl + report.UnrealisedPnl - report.Fees + report.Funding, report.Equity);
        var e = report.Economics!;
        Assert.Equal((report.Fees, report.Funding, e.Gross - e.Fees + e.Funding, report.Equity - Small.Deposit), (e.Fees, e.Funding, e.Net, e.Net + e.BroughtIn));
        Assert.Equal((e.Net, e.Turnover), (Sum(report, s => s.Economics!.Net), Sum(report, s => s.Economics!.Turnover)));
        foreach (var s in report.Strategies)
        {
            // Two legs are one net position plus a cost (design, 7.20).
            Assert.Equal(s.NetPositionPnl - s.Fees + s.Funding, s.RealisedPnl + s.UnrealisedPnl - s.Fees + s.Funding);
            Assert.Equal(s.NetPositionPnl - s.TwoLegCost.Total, s.RealisedPnl + s.UnrealisedPnl - s.Fees + s.Funding);
            Assert.Equal((s.Fees, s.Funding), (s.TwoLegCost.Fees, s.TwoLegCost.FundingLong + s.TwoLegCost.FundingShort));
        }
    }

    [Fact(DisplayName = "Totals are the sums of the strategies, and equity = deposit + realised + unrealised - fees + funding, to the last digit")]
    public void Finished()
    {
        using var folder = new RunFolder();
        var life = folder.Live(Slices);
        var report = life.Report;
        Assert.True(report.Fills > 50 && report.Fees > Money.Zero && report.Funding != Money.Zero && report.Strategies.Any(s => s.RealisedPnl != Money.Zero),
            $"{report.Fills} fills, fees {report.Fees}, funding {report.Funding}: the story needs some of each.");
        AssertAddsUp(report);

        var venue = life.States.Select(s => s.State).OfType<PaperState>().Single().Books;
        Assert.Equal(venue.Wallet, Small.Deposit + report.RealisedPnl - report.Fees + report.Funding);
        Assert.Equal(life.States.Select(s => s.State).OfType<OrderDeskState>().Single().Intents, report.Orders);
        Assert.Equal(venue.LastTradeId, report.Fills); // The venue counts its trades from one.
        Assert.Equal(life.States.Sum(s => s.SequenceNumber), report.EventsPersisted);
        Assert.Equal(2L * Slices, report.Bars);
        Assert.True(report.IsSound);
    }

    [Fact(DisplayName = "Turnover is what the venue filled, and time in the market lies where positions were held; a run that was stopped on the way says the same")]
    public void Dealt()
    {
        using RunFolder whole = new(), stopped = new();
        var report = whole.Live(Slices).Report;
        var filled = whole.Stored("paper-venue", StateFolder.VenueJournal).OfType<PaperFact.OrderFilled>().Select(f => f.Fill).ToList();
        Assert.Equal(filled.Aggregate(Money.Zero, (sum, f) => sum + f.Price * f.Quantity), report.Economics!.Turnover);
        foreach (var s in report.Strategies)
        {
            var opened = (filled.First(f => f.Symbol == s.Symbol).At - Small.Start) / (Slices * Small.Bar);
            Assert.InRange(s.Economics!.TimeInMarket, 0.1, 1 - opened); // Nothing is held before the first fill.
        }

        stopped.Live(Slices, (_, slice) => slice == 211);
        Assert.Equal(report.Economics, stopped.Live(Slices).Report.Economics);
    }

    [Theory(DisplayName = "Stopped at any slice, the report adds up as well: it tells of one moment, not of two")]
    [InlineData(97)]
    [InlineData(211)]
    [InlineData(479)]
    [InlineData(481)]
    public void Stopped(int stop)
    {
        using var folder = new RunFolder();
        var report = folder.Live(Slices, (_, slice) => slice == stop).Report;
        Assert.True(report.Fills > 10, $"Only {report.Fills} fills.");
        AssertAddsUp(report);
    }

    [Fact(DisplayName = "Stopped at the very instant of a funding payment, the venue's equity is ahead of the books by what is still on its way to them")]
    public void Stopped_at_funding()
    {
        using var folder = new RunFolder();
        var life = folder.Live(Slices, (_, slice) => slice == 480);
        var underWay = life.States.Select(s => s.State).OfType<PaperState>().Single().Wire.Deliveries.Select(d => d.Event).OfType<VenueEvent.FundingPaid>().ToList();
        Assert.NotEmpty(underWay);
        AssertAddsUp(life.Report with { Equity = life.Report.Equity - underWay.Aggregate(Money.Zero, (sum, paid) => sum + paid.Amount) });
    }

    [Fact(DisplayName = "Each strategy is told with its own legs, mode, cycles and exits, in ordinal order of symbol")]
    public void Strategies()
    {
        using var folder = new RunFolder();
        var life = folder.Live(Slices);
        Assert.Equal([Small.Strategy(0), Small.Strategy(1)], life.Report.Strategies.Select(s => s.Strategy));
        Assert.Equal(life.Report.Symbols.AsEnumerable(), life.Report.Strategies.Select(s => s.Symbol));
        foreach (var told in life.Report.Strategies)
        {
            var stored = (StrategySnapshot)life.States.Single(s => string.Equals(s.PersistenceId, StrategyIds.PersistenceIdOf(told.Strategy), StringComparison.Ordinal)).State;
            var book = life.States.Select(s => s.State).OfType<HedgedBook>().Single(b => b.Symbol == told.Symbol);
            Assert.Equal((stored.State.Mode.ToString(), (long)stored.State.Cycle, (long)stored.State.Exits), (told.Mode, told.Cycles, told.Exits));
            Assert.Equal((book.Long.Quantity, book.Short.Quantity), (told.Legs.Long.Quantity, told.Legs.Short.Quantity));
            Assert.Equal((stored.State.Long.Quantity, stored.State.Short.Quantity), (told.Legs.Long.Quantity, told.Legs.Short.Quantity));
            Assert.True(told.Cycles > 0, $"{told.Strategy} never opened.");
        }
    }

    [Fact(DisplayName = "The worst drawdown and the lowest R_total are what the run has stored, and the timeline of postures begins where every run does")]
    public void Risk()
    {
        using var folder = new RunFolder();
        var life = folder.Live(Slices);
        Assert.Equal(life.States.Select(s => s.State).OfType<SurvivalMemory>().Single().MinimumRTotal, life.Report.MinimumRTotal);
        Assert.InRange(life.Report.MaxDrawdown, double.Epsilon, 0.5);
        Assert.Equal("HIBERNATE", life.Report.Postures[0].From);
        Assert.Equal(life.Report.Postures.Skip(1).Select(p => p.From), life.Report.Postures.SkipLast(1).Select(p => p.To));
    }
}
