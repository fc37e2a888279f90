using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Report;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Node.Screen;
using Dolphin.Scenarios.Stage;

namespace Dolphin.Node.Tests.Running;

/// <summary>What <c>dolphin status</c> says of a run that no process plays.</summary>
public sealed class StoredRunStories : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private const int Slices = 1_000, CheckpointEvery = 300; // Two symbols: a checkpoint every 150 slices.
    private readonly TemporaryFolder _place = new();

    public void Dispose() => _place.Dispose();

    [Fact(DisplayName = "Of a finished replay it says what the report says: bars, marks, money, fills, the events of both journals, the invariants")]
    public void Finished()
    {
        var report = Play(stopBefore: Slices, out _);
        var stored = StoredRun.Open(_place.Path)!.Snapshot();

        Assert.Equal((RunPhase.Stopped, (long?)report.Bars, 2L * Slices), (stored.Phase, stored.Progress.BarsDone, report.Bars));
        Assert.Equal(report.UnrealisedPnl, stored.Money.UnrealisedPnl);
        Assert.NotEqual(Money.Zero, stored.Money.UnrealisedPnl);
        Assert.Equal(report.Equity, stored.Money.Equity);
        Assert.Equal((report.Orders, report.Fills, report.EventsPersisted), (stored.Counts.Orders, stored.Counts.Fills, stored.Counts.EventsPersisted));
        Assert.True(report.Fills > 0);
        Assert.Equal(report.Invariants.Select(i => (i.Name, i.Checked > 0, i.Violated)), stored.Invariants.Select(i => (i.Name, i.Checked > 0, i.Violated)));
        Assert.InRange(stored.At!.Value, Start.AddMinutes(Slices), Start.AddMinutes(Slices + 1));
        Assert.Null(stored.StartedAt);
        Assert.Null(stored.Progress.WallSeconds);
        Assert.Contains("2,000 bars when it last stored where it was", Text(stored), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Of a replay that was stopped between two checkpoints it says the bars of the last one, and books and events up to the stop")]
    public void Stopped()
    {
        var report = Play(stopBefore: 500, out var eventsStored);
        var stored = StoredRun.Open(_place.Path)!.Snapshot();

        Assert.Equal((2L * 500, (long?)900), (report.Bars, stored.Progress.BarsDone));
        Assert.Equal((report.Orders, report.Fills, eventsStored), (stored.Counts.Orders, stored.Counts.Fills, stored.Counts.EventsPersisted));
        Assert.Equal(report.RealisedPnl, stored.Money.RealisedPnl);
        Assert.True(stored.At > Start.AddMinutes(450));
        Assert.NotEmpty(stored.Invariants);
    }

    [Fact(DisplayName = "Of a folder that has lost its venue it says so, and what follows from it")]
    public void Venue_is_gone()
    {
        Play(stopBefore: 500, out _);
        Assert.Empty(StoredRun.Open(_place.Path)!.Snapshot().Notable);
        foreach (var file in Directory.GetFiles(_place.Path, "venue.db*")) File.Delete(file);
        var text = Text(StoredRun.Open(_place.Path)!.Snapshot());
        Assert.Contains("fault venue.db: it is not in the folder. Positions are shown at the prices of the books", text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A replay that goes on counts the events of its earlier lives too, each once")]
    public void Goes_on()
    {
        Play(stopBefore: 500, out var before);
        Assert.Equal(before, Events());
        var report = Play(stopBefore: Slices, out var after);
        Assert.Equal((report.EventsPersisted, Events()), (after, after));
        Assert.True(after > before);

        long Events() => StoredRun.Open(_place.Path)!.Snapshot().Counts.EventsPersisted;
    }

    [Fact(DisplayName = "Of a replay that made no checkpoint it says that the bars are not known, never that there are none")]
    public void No_checkpoint()
    {
        Play(stopBefore: 100, out _);
        var stored = StoredRun.Open(_place.Path)!.Snapshot();
        Assert.Null(stored.Progress.BarsDone);
        Assert.Contains("how many bars it has seen is not known", Text(stored), StringComparison.Ordinal);
        Assert.Empty(stored.Invariants);
        Assert.True(stored.Money.Equity > Money.Zero);
    }

    [Theory(DisplayName = "Where a row of a stopped run is not what was written, status, explain and hermes name it, show nothing, and end with the code for that; of one that is whole they do not")]
    [InlineData("status")]
    [InlineData("explain")]
    [InlineData("hermes")]
    public async Task Damaged(string verb)
    {
        Play(stopBefore: 100, out _, more: ", hermes.enabled = true", word: new OperatorWord(new Symbol("BTCUSDT"), "a story", LegHolder.BandLimitedHedging));
        Assert.Equal((ExitCode.Ok, ""), await Look());
        var journal = Path.Combine(_place.Path, StateFolder.NodeJournal);
        var row = JournalDamage.FlipOneByte(journal, "survival", 1);
        var (code, wrong) = await Look();
        Assert.Equal(ExitCode.StateRefused, code);
        Assert.Contains($"a row is not what was written. {journal}: row {row} ('survival', sequence number 1): expected checksum ", wrong, StringComparison.Ordinal);
        Assert.Contains("Nothing is shown", wrong, StringComparison.Ordinal);

        async Task<(ExitCode, string)> Look()
        {
            var (said, errors) = (new StringWriter(), new StringWriter());
            var ended = (ExitCode)await DolphinCli.RunAsync([verb, "--state", _place.Path], new RunMachinery(), new Terminal(said, errors, IsLive: false, Width: 2_000));
            Assert.Equal(ended == ExitCode.Ok, said.ToString().Length > 0);
            return (ended, errors.ToString());
        }
    }

    [Theory(DisplayName = "What the account had lost before the run is no drawdown of the run: of legs under water that were brought in it says what the report says, checkpoint or not")]
    [InlineData(Slices)]
    [InlineData(100)]
    public void Brought_in(int stopBefore)
    {
        var report = Play(stopBefore, out _, more: UnderWater);
        var stored = StoredRun.Open(_place.Path)!.Snapshot();

        Assert.True(report.UnrealisedPnl < new Money(-1_000m), $"{report.UnrealisedPnl} is not under water.");
        Assert.InRange(report.MaxDrawdown, 0, 0.02); // A twentieth of the deposit is what was lost before.
        if (stopBefore == Slices) Assert.Equal(report.MaxDrawdown, stored.Money.MaxDrawdown);
        else Assert.InRange(stored.Money.MaxDrawdown, 0, report.MaxDrawdown + 1e-9); // Before a checkpoint the worst is stored by nobody.
    }

    [Fact(DisplayName = "Of a run with Hermes it says who holds what, how daring and since when, and an override that holds; of one without, that there is none")]
    public void Hermes()
    {
        Play(stopBefore: 100, out _);
        Assert.Null(StoredRun.Open(_place.Path)!.Snapshot().Hermes);
        using var governed = new TemporaryFolder();
        var report = Play(stopBefore: 400, out _, governed, ", hermes.enabled = true", new OperatorWord(new Symbol("BTCUSDT"), "a story", LegHolder.BandLimitedHedging, RiskPosture.Balanced));
        var stored = StoredRun.Open(governed.Path)!.Snapshot();
        var btc = Assert.Single(stored.Hermes!.Value, h => h.Symbol.Name == "BTCUSDT");
        Assert.Equal((LegHolder.BandLimitedHedging, RiskPosture.Balanced, "ada", "a story"), (btc.Holder, btc.Posture, btc.Override!.By, btc.Override.Why));
        Assert.InRange(btc.Since!.Value, Start.AddMinutes(10), Start.AddMinutes(20));
        Assert.Equal(Dolphin.Domain.Hermes.Regime.Unknown, btc.Regime);
        Assert.Contains("BTCUSDT  unknown  band-limited-hedging", Text(stored), StringComparison.Ordinal);
        Assert.Contains("OVERRIDE ada", Text(stored), StringComparison.Ordinal);
        var reported = Assert.Single(report.Hermes!.Value, h => h.Symbol.Name == "BTCUSDT");
        Assert.Equal((btc.Holder, btc.Since, btc.Posture, btc.Priority, btc.HandOvers, btc.Override), (reported.Holder, reported.Since, reported.Posture, reported.Priority, reported.HandOvers, reported.Override));
        Assert.True(reported.HandOvers > 0);
    }

    [Fact(DisplayName = "Of compression and protector it says what the report says, but for what a plan was set to, which is in no folder")]
    public void Strategies()
    {
        var report = Play(stopBefore: Slices, out _, more: """
            , strategies.symbols { BTCUSDT.strategy = hedge-compression, ETHUSDT.strategy = exposure-protector }
            venue.paper.positions {
              BTCUSDT { long { quantity = 0.05, entry = 99000 }, short { quantity = 0.06, entry = 91000 } }
              ETHUSDT { long { quantity = 2, entry = 2900 }, short { quantity = 3, entry = 2300 } }
            }
            """);
        var stored = StoredRun.Open(_place.Path)!.Snapshot();

        var compression = Assert.Single(report.Compression!.Value);
        Assert.Equal(compression, Assert.Single(stored.Compression!.Value));
        Assert.Equal((new Symbol("BTCUSDT"), 1), (compression.Symbol, compression.Incarnation));
        Assert.True(compression.Costs > Money.Zero && compression.LockedLossLeft < Money.Zero, compression.ToString());
        Assert.Equal(compression.Pnl, compression.LockedLossReleased + compression.SwingGains - compression.Costs);

        var protector = Assert.Single(report.Protectors!.Value);
        Assert.True(protector.Report is { Actions: > 0, Anchor: not null, Cooldown: not null, Drift: < 0m, Supervision: Domain.Protection.Supervision.Attach or Domain.Protection.Supervision.Severe }, protector.ToString());
        var unset = protector.Report with { Target = null, Drift = null, Tolerance = null, Dominating = null, Cooldown = null, Supervision = null };
        Assert.Equal(protector with { Report = unset }, Assert.Single(stored.Protectors!.Value));
        Assert.Contains("its target is in the plan", Text(stored), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Of a balancer that made no snapshot yet it says what it asked for and what became of it; its limits are not known, so it has no statistics")]
    public void Balancer()
    {
        var report = Play(stopBefore: 100, out _, more: ", exposure-balancer { enabled = true, max-symbol-exposure = 1 %, min-diversification = 1 }");
        var stored = StoredRun.Open(_place.Path)!.Snapshot();
        Assert.Null(stored.ExposureBalancer);
        Assert.True(report.Executor!.Value.Commands > 0);
        Assert.Equal((report.Executor, report.ExposureBalancer!.ActionsTaken), (stored.BalancerStreams!.Executor, stored.BalancerStreams.Commands.Length));
        Assert.Equal(report.ExposureBalancer.Outcomes.Done, stored.BalancerStreams.Commands.LongCount(c => c.Fate == CommandFate.Done));
        Assert.Contains("executor carried out", Text(stored), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Of a run in which L1's sensor was not heard for an hour report, status and explain say that it was silent, that the quorum was lost, and that it came back; explain of a moment before says nothing of it, and a run without a fault has nothing to say")]
    public async Task Heartbeats()
    {
        using var quiet = new TemporaryFolder();
        Assert.Null(Play(stopBefore: Slices, out _, quiet).Quorum);
        Assert.Null(StoredRun.Open(quiet.Path)!.Snapshot().Quorum);

        var report = Play(stopBefore: Slices, out _, fault: new SensorFault(LayerId.Quorum, SensorFaultKind.Killed, Start.AddHours(4), Start.AddHours(5), TimeSpan.Zero));
        var run = StoredRun.Open(_place.Path)!;
        var (stored, text) = (run.Snapshot(), new StringWriter());
        ReportText.Write(text, report);
        foreach (var said in (string[])["L1_QUORUM: its sensor has been silent", "the quorum is lost", "the quorum is there again", "is heard again after"])
        {
            Assert.Contains(said, text.ToString(), StringComparison.Ordinal);
            Assert.Contains(said, Text(stored), StringComparison.Ordinal);
            Assert.Contains(said, (await run.ExplainAsync(null, CancellationToken.None))!.ToText(), StringComparison.Ordinal);
        }

        Assert.Equal((1L, 1L, false), (report.Quorum!.Losses, report.Quorum.Silences, report.Quorum.IsAlarmed));
        var during = (await run.ExplainAsync(Start.AddHours(4.5), CancellationToken.None))!;
        Assert.NotNull(during.Quorum!.LostSince);
        Assert.Contains("QUORUM LOST", during.ToText(), StringComparison.Ordinal);
        Assert.Null((await run.ExplainAsync(Start.AddHours(3.9), CancellationToken.None))!.Quorum);
        Assert.Contains("heartbeats: quorum, everybody is heard; lost 1 times", RunScreen.Render(stored, 160, 60, colours: false), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Explain of a moment has the sky of that moment, reckoned from the time, and of alpha what the journal holds by then with its age, in words where it holds nothing; a run without alpha has nothing to say of it")]
    public async Task Then()
    {
        using var without = new TemporaryFolder();
        Play(stopBefore: 100, out _, without);
        Assert.Null((await StoredRun.Open(without.Path)!.ExplainAsync(null, CancellationToken.None))!.AlphaThen);

        Play(stopBefore: Slices, out _, more: ", scan { enabled = true, windows = [10, 20] }, alpha { enabled = true, meter.warm-up-bars = 5 }", senses: true);
        var run = StoredRun.Open(_place.Path)!;
        var (early, late) = ((await run.ExplainAsync(Start.AddHours(3), CancellationToken.None))!, (await run.ExplainAsync(null, CancellationToken.None))!);

        var sky = EsotericReading.Of(Start.AddHours(3));
        Assert.Equal((sky.At, sky.Moon.Illumination, sky.Hazard, sky.NextPhase, sky.NextStation), (early.Esof!.At, early.Esof.Illumination, early.Esof.Hazard, early.Esof.NextPhase, early.Esof.NextStation));
        Assert.Null(early.Esof.Did);
        Assert.Contains("EsoF then: Moon", early.ToText(), StringComparison.Ordinal);
        Assert.Contains("what EsoF had done by then is not written down", early.ToText(), StringComparison.Ordinal);
        Assert.NotNull(late.Esof!.Did!.MeanFactor);
        Assert.Contains("EsoF watches: Moon", late.ToText(), StringComparison.Ordinal);
        Assert.Contains("f of that moment is not written down", late.ToText(), StringComparison.Ordinal);

        Assert.Null(early.AlphaThen!.Kept);
        Assert.InRange(early.AlphaThen.Opening!.At, Start, Start.AddHours(3));
        Assert.Equal(0.51, early.AlphaThen.Opening.Breaker, 1e-9); // Nobody tells of factors.
        Assert.Null(early.AlphaThen.Signal);
        foreach (var said in (string[])["snapshot: none. The newest two are kept, and they are of later", $"had a word in: {early.AlphaThen.Opening.Symbol} 2026-01-05 0", "before), x 0.51", "no signal that was taken up"])
            Assert.Contains(said, early.ToText(), StringComparison.Ordinal);

        var kept = late.AlphaThen!.Kept!;
        Assert.Equal((2, 2), (kept.Assets, kept.Members));
        Assert.InRange(kept.ScannedAt!.Value, Start.AddMinutes(Slices - 2), Start.AddMinutes(Slices));
        Assert.Equal([0, 0, 0], kept.Factors.Select(f => f.Assets));
        Assert.Contains("2 assets measured, 2 of them in the scan of", late.ToText(), StringComparison.Ordinal);
        Assert.Contains("dvol of no asset: it was not known", late.ToText(), StringComparison.Ordinal);
    }

    // Both legs half of their entries away from the price: what they have lost was lost before the run.
    private const string UnderWater = ", venue.paper.positions { BTCUSDT { long { quantity = 0.05, entry = 205000 }, short { quantity = 0.06, entry = 55000 } } }";

    private static string Text(RunSnapshot run)
    {
        var text = new StringWriter();
        StatusText.Write(text, run, "state", isRunning: false);
        return text.ToString();
    }

    /// <param name="word">Said to Hermes after ten slices.</param>
    /// <param name="senses">With EsoF and, if the plan has them, scan and alpha.</param>
    private RunReport Play(int stopBefore, out long eventsStored, TemporaryFolder? place = null, string more = "", OperatorWord? word = null, SensorFault? fault = null, bool senses = false)
    {
        place ??= _place;
        var loaded = TradingPlan.Load(place.File("plan.hocon",
            $"dolphin {{ universe.symbols = [BTCUSDT, ETHUSDT], hedging {{ warm-up-bars = 5, k = 6 }}{more} }}"), _ => null).Plan!;
        ReplayRun? run = null;
        using var stop = new CancellationTokenSource();
        // Bars of the plan's two symbols are what the stories count.
        ImmutableArray<AssetProfile> assets = [.. loaded.Simulation.Assets.Where(a => loaded.Symbols!.Value.Contains(a.Symbol))];
        var market = new WatchedMarket(new SimulatedMarket(42, Start, TimeSpan.FromMinutes(1), assets), given =>
        {
            if (given == stopBefore) stop.Cancel();
            if (given == 10 && word is not null) _ = run!.Operator.TellHermesAsync(word, "ada", CancellationToken.None);
        });
        var plan = RunMachinery.NodePlanOf(loaded, market, market.Interval) with { SensorFault = fault };
        if (senses) plan = plan with { Sizing = loaded.Sizing?.For(loaded.Account.Capital, 42), Scan = loaded.Scan, Alpha = loaded.Alpha?.For(market.Interval), Esof = loaded.Esof?.For(plan.Survival) };
        var options = new ReplayOptions(
            plan, loaded.Paper.ToPolicy(42), market,
            new RunIdentity(RunIdentity.CurrentFormat, Edition.Name, "sim", market.Fingerprint, loaded.Fingerprint, 42, null, null, loaded.Account.Capital.Quote),
            new StateFolder(place.Path), Start.ToUnixTimeMilliseconds(), Start.AddMinutes(Slices).ToUnixTimeMilliseconds(), null, CheckpointEvery,
            loaded.Journal.ToSettings());
        using var playing = run = new ReplayRun(options);
        run.Start();
        Assert.Equal(stopBefore == Slices, run.Run(stop.Token));
        eventsStored = run.EventsWritten;
        return ReportBuilder.Build(plan.Assets, run.States(), new RunFacts(
            Edition.Name, 42, run.BarsDone, run.BarsDone, 1, run.Board.Postures, run.Invariants.Counts, run.Board.Halted, Interval: market.Interval));
    }
}
