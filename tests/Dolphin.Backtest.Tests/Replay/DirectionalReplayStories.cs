using System.Collections.Immutable;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Venues.Paper;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A replay that trades on signals: opened, guarded, closed, and the same however often it is stopped.</summary>
public sealed class DirectionalReplayStories
{
    private const int Slices = 600;
    private static readonly Symbol A = new("AAAUSDT"), B = new("BBBUSDT");

    // Every quarter of an hour one for each asset, now long and now short, with half a minute between the bar and the signal.
    private static ImmutableArray<DirectionalSignal> SignalsOf(Symbol symbol) =>
    [
        .. Enumerable.Range(1, 38).Select(i => new DirectionalSignal(
            $"{symbol}-{i}", (i + (symbol == A ? 0 : 1)) % 3 == 0 ? PositionSide.Short : PositionSide.Long, i % 4 == 0 ? 0.9 : 0.6, Small.Start.AddMinutes(15 * i).AddSeconds(30))),
    ];

    private static ReplayOptions OnSignals(ReplayOptions options) => options with
    {
        Plan = options.Plan with
        {
            Assets = [.. options.Plan.Assets.Select(a => AssetPlan.Alone(PlanOf(a.Symbol, a.Instrument), Small.Deposit))],
            Sizing = new SizingPlan(
                new SizingPolicy(null, SizeLearningPolicy.Create(new SizeLearningSettings(), "test", []), Small.Seed), Small.Deposit, TimeSpan.FromDays(1),
                ImmutableSortedDictionary<Symbol, double>.Empty),
        },
    };

    private static DirectionalPlan PlanOf(Symbol symbol, Instrument instrument) => new(
        StrategyIds.Of(LegHolder.Directional, symbol), symbol,
        DirectionalPolicy.Create(new DirectionalSettings(), ExitPolicy.Create(
            new ExitSettings { WarmUpBars = 20, Horizon = TimeSpan.FromMinutes(30), LongestHold = TimeSpan.FromMinutes(90), SigmaHorizon = TimeSpan.FromMinutes(30) }, "test", [])!, "test", [])!,
        instrument, new BetRequest(new Money(20_000m), 0.2m, 3m, EnvelopeCap: null, instrument.Brackets, Money.Zero), SignalsOf(symbol));

    private static List<DirectionalEvent> Of(RunFolder folder, Symbol symbol) => [.. folder.Stored($"strategy-directional-{symbol}").Cast<DirectionalEvent>()];

    [Fact(DisplayName = "Each signal is heard with the first bar that closes after it; positions are opened, guarded and closed by their plans, and every invariant holds")]
    public void Whole()
    {
        using var folder = new RunFolder();
        var life = folder.Live(Slices, change: OnSignals);
        var report = life.Report;
        Assert.True(life.Finished && report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0)));
        Assert.Equal(Small.Deposit + report.RealisedPnl + report.UnrealisedPnl - report.Fees + report.Funding, report.Equity);
        foreach (var symbol in new[] { A, B })
        {
            var stored = Of(folder, symbol);
            Assert.Single(stored.OfType<DirectionalEvent.Started>());
            var taken = stored.OfType<DirectionalEvent.SignalTaken>().ToList();
            Assert.NotEmpty(taken);
            Assert.All(taken, t => Assert.Equal(TimeSpan.FromSeconds(30), t.At - t.Signal.At)); // No bar earlier, and none later.
            var opened = stored.OfType<DirectionalEvent.Opened>().ToList();
            var ended = stored.OfType<DirectionalEvent.PositionEnded>().ToList();
            Assert.True(opened.Count >= 4 && ended.Count >= opened.Count - 1, $"{symbol}: {opened.Count} opened, {ended.Count} ended.");
            // What turns a position around closes it first, for its own sake or because its stop lies in that bar, and opens at the bar after it.
            var closings = stored.OfType<DirectionalEvent.CloseOrdered>().ToList();
            Assert.Contains(closings, c => c.Cause == CloseCause.Reversal);
            Assert.All(opened, o => Assert.Equal(
                taken.Single(t => t.Signal.Id == o.Terms.SignalId).At is var at && closings.Exists(c => c.At == at) ? at + Small.Bar : at, o.At));
            var face = report.Directional!.Value.Single(f => f.Symbol == symbol);
            Assert.Equal((opened.Count, ended.Count), (face.Positions, face.Ended.Total));
            foreach (var cause in Enum.GetValues<CloseCause>())
                Assert.Equal(ended.Count(e => e.Cause == cause), cause == CloseCause.None ? face.Ended.Nobody : Counted(face.Ended, cause));
        }

        Assert.True(report.Directional!.Value.Sum(f => f.Ended.StopLoss + f.Ended.TrailingStop + f.Ended.TakeProfit + f.Ended.Horizon) > 4, "The story needs plans that close.");
        var episodes = folder.Stored(SizeLearnerActor.Id);
        Assert.Equal(report.Directional!.Value.Sum(f => f.Positions), episodes.OfType<SizeEvent.EpisodeOpened>().Count());
        Assert.All(episodes.OfType<SizeEvent.EpisodeOpened>(), e => Assert.False(e.Choice.Context.Missing.HasFlag(SizeFactors.Confidence)));
        var closed = episodes.OfType<SizeEvent.EpisodeClosed>().ToList();
        Assert.Equal(report.Directional!.Value.Sum(f => f.Ended.Total), closed.Count + episodes.OfType<SizeEvent.EpisodeWithdrawn>().Count());
    }

    private static int Counted(DirectionalTally ended, CloseCause cause) => (int)typeof(DirectionalTally).GetProperty(cause.ToString())!.GetValue(ended)!;

    [Fact(DisplayName = "Stopped anywhere and taken up again, it ends in the hash of one that was never stopped")]
    public void Resumes()
    {
        using var whole = new RunFolder();
        var expected = whole.Live(Slices, change: OnSignals);
        foreach (var stop in (int[])[1, 47, 211, 480])
        {
            using var folder = new RunFolder();
            Assert.False(folder.Live(Slices, (_, slice) => slice == stop, change: OnSignals).Finished);
            var resumed = folder.Live(Slices, change: OnSignals);
            Assert.Equal((true, 0L, expected.Hash), (resumed.Finished, resumed.FactsOutstanding, resumed.Hash));
            Assert.Equal(Of(whole, A), Of(folder, A));
        }
    }

    // Half a minute after each of these ends there is a signal that would be taken.
    [Theory(DisplayName = "What signals say after a moment changes nothing that was decided before it")]
    [InlineData(180)]
    [InlineData(240)]
    [InlineData(360)]
    [InlineData(420)]
    public void No_look_ahead(int until)
    {
        var cut = Small.Start.AddMinutes(until);
        using RunFolder all = new(), early = new();
        all.Live(until, change: OnSignals);
        early.Live(until, change: o => OnSignals(o) is var options ? options with
        {
            Plan = options.Plan with
            {
                Assets = [.. options.Plan.Assets.Select(a => a with { Strategies = [.. a.Strategies.Cast<DirectionalPlan>().Select(p => p with { Signals = [.. p.Signals.Where(s => s.At <= cut)] })] })],
            },
        } : o);
        Assert.Equal(Of(all, A), Of(early, A));
        Assert.Contains(Of(all, A), e => e is DirectionalEvent.Opened);
    }

    [Fact(DisplayName = "One leg that the account holds is taken over with the first bar; two are left alone, and nothing is opened beside them")]
    public void Found()
    {
        using var folder = new RunFolder();
        var report = folder.Live(120, change: o => OnSignals(o) with
        {
            Venue = o.Venue with
            {
                Positions =
                [
                    new PaperPosition(A, PositionSide.Long, new Quantity(20m), Price.Of(100m)),
                    new PaperPosition(B, PositionSide.Long, new Quantity(20_000m), Price.Of(0.2m)), new PaperPosition(B, PositionSide.Short, new Quantity(20_000m), Price.Of(0.2m)),
                ],
            },
        }).Report;
        Assert.True(report.IsSound, string.Join(' ', report.Invariants.Where(i => i.Violated > 0)));
        var adopted = Assert.Single(Of(folder, A).OfType<DirectionalEvent.Adopted>());
        Assert.Equal((PositionSide.Long, Small.Start + Small.Bar), (adopted.Side, adopted.At));
        Assert.NotEmpty(Of(folder, A).OfType<DirectionalEvent.Planned>());
        Assert.DoesNotContain(Of(folder, B), e => e is DirectionalEvent.Started or DirectionalEvent.Opened);
        Assert.Equal((20_000m, 20_000m), report.Strategies.Single(s => s.Symbol == B).Legs is var legs ? (legs.Long.Quantity.Base, legs.Short.Quantity.Base) : default);
    }

    [Fact(DisplayName = "An operator's signal reaches the strategy between two slices, is stored, and is heard again there when the run goes on after a stop")]
    public async Task Of_an_operator()
    {
        ReplayOptions Quiet(ReplayOptions options) => OnSignals(options) is var o ? o with
        {
            Plan = o.Plan with { Assets = [.. o.Plan.Assets.Select(a => a with { Strategies = [.. a.Strategies.Cast<DirectionalPlan>().Select(p => p with { Signals = [] })] })] },
        } : options;
        Task<ControlAnswer>? answer = null;
        using var whole = new RunFolder();
        var expected = whole.Live(200, (run, slice) =>
        {
            if (slice == 60) answer = run.Operator.SignalAsync(new SignalWord(A, PositionSide.Short, 0.9, "scan-7"), "ada", default);
            return false;
        }, change: Quiet);
        Assert.Contains("directional-AAAUSDT has taken signal scan-7, short", Assert.IsType<ControlAnswer.Done>(await answer!).What, StringComparison.Ordinal);
        var opened = Assert.Single(Of(whole, A).OfType<DirectionalEvent.Opened>());
        Assert.Equal(("scan-7", PositionSide.Short), (opened.Terms.SignalId, opened.Side));
        Assert.IsType<ControlAnswer.NoSuchSymbol>(await Asked(new SignalWord(new Symbol("XUSDT"), PositionSide.Long, 0.9)));
        Assert.Equal("directional.malformed-signal", Assert.IsType<ControlAnswer.Refused>(await Asked(new SignalWord(A, PositionSide.Long, double.NaN))).Refusal.Code);

        // Stopped after it was stored and beyond the last checkpoint: the next life hears it from its journal.
        using var folder = new RunFolder();
        Assert.False(folder.Live(200, (run, slice) =>
        {
            if (slice == 60) _ = run.Operator.SignalAsync(new SignalWord(A, PositionSide.Short, 0.9, "scan-7"), "ada", default);
            return slice == 70;
        }, change: Quiet, checkpointEvery: 110).Finished);
        var resumed = folder.Live(200, change: Quiet, checkpointEvery: 110);
        Assert.Equal((true, expected.Hash), (resumed.Finished, resumed.Hash));

        async Task<ControlAnswer> Asked(SignalWord word)
        {
            Task<ControlAnswer>? given = null;
            using var place = new RunFolder();
            place.Live(3, (run, slice) =>
            {
                given ??= run.Operator.SignalAsync(word, "ada", default);
                return false;
            }, change: Quiet);
            return await given!;
        }
    }
}
