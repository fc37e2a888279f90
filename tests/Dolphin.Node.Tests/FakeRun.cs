using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Web;
using Serilog;
using Leg = Dolphin.Domain.Reporting.Leg;
using Legs = Dolphin.Domain.Reporting.Legs;

namespace Dolphin.Node.Tests;

/// <summary>A run that shows what it is told to, and writes down what it is asked.</summary>
public sealed class FakeRun : IRunView, IRunControl, IRunMachinery, IRunningNode
{
    private readonly TaskCompletionSource<RunReport> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunSnapshot Picture { get; set; } = Pictures.Replay();
    public RunReport Report { get; set; } = Pictures.Report();
    public List<string> Asked { get; } = [];
    public RunOptions? Options { get; private set; }
    public TradingPlan? Plan { get; private set; }
    public CliException? RefuseToStart { get; set; }
    public IRunView? OnDisk { get; set; }
    /// <summary>Called when the run has started; ends it at once where nothing else is set.</summary>
    public Func<FakeRun, Task> WhenStarted { get; set; } = run =>
    {
        run.End();
        return Task.CompletedTask;
    };

    /// <summary>Health and control of this run at a free port.</summary>
    public async Task<ControlServer> ServedAsync()
    {
        var server = await ControlServer.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), exactly: true, null, default);
        server.Attach(this, this);
        return server;
    }

    public RunSnapshot Snapshot() => Picture;

    public Task<Explanation?> ExplainAsync(DateTimeOffset? at, CancellationToken cancellation) =>
        Task.FromResult(at < Pictures.Start ? null : Picture.Risk);

    public Task<ControlAnswer> ResumeAsync(string strategy, string by, CancellationToken cancellation)
    {
        Asked.Add($"resume {strategy} by {by}");
        return Task.FromResult<ControlAnswer>(strategy switch
        {
            "hedge-ethusdt" => new ControlAnswer.Done("hedge-ethusdt goes on."),
            "hedge-btcusdt" => new ControlAnswer.Refused(new Refusal("hedge.is-leaving", "hedge-btcusdt is leaving.")),
            _ => new ControlAnswer.NoSuchStrategy(["hedge-btcusdt", "hedge-ethusdt"]),
        });
    }

    public Task<ControlAnswer> ExitAsync(string strategy, string by, CancellationToken cancellation)
    {
        Asked.Add($"exit {strategy} by {by}");
        return Task.FromResult<ControlAnswer>(strategy switch
        {
            "hedge-btcusdt" => new ControlAnswer.Done("hedge-btcusdt leaves its position step by step."),
            "hedge-ethusdt" => new ControlAnswer.Refused(new Refusal("hedge.not-active", "hedge-ethusdt is Terminated; nothing to leave.")),
            _ => new ControlAnswer.NoSuchStrategy(["hedge-btcusdt", "hedge-ethusdt"]),
        });
    }

    public Task<ControlAnswer> AcknowledgeDrawdownAsync(string by, CancellationToken cancellation)
    {
        Asked.Add($"ack-drawdown by {by}");
        return Task.FromResult<ControlAnswer>(new ControlAnswer.Done("The capital layer may recover."));
    }

    public Task<ControlAnswer> AcknowledgeLedgerAsync(string by, CancellationToken cancellation)
    {
        Asked.Add($"ack-ledger by {by}");
        return Task.FromResult<ControlAnswer>(new ControlAnswer.Refused(new Refusal("ledger.not-broken", "There is nothing to acknowledge.")));
    }

    public Task<ControlAnswer> TellHermesAsync(OperatorWord word, string by, CancellationToken cancellation)
    {
        Asked.Add($"{word.Symbol} {word.Holder?.Name() ?? "lift"} {word.Posture} {word.Priority} {word.For} ({word.Why}) by {by}");
        return Task.FromResult<ControlAnswer>(word.Symbol.Name switch
        {
            "BTCUSDT" => new ControlAnswer.Done($"{word.Holder?.Name() ?? "Hermes"}, as you say."),
            "ETHUSDT" => new ControlAnswer.Refused(new Refusal("hermes.override-stands", "ETHUSDT: There is override 1 already.")),
            _ => new ControlAnswer.NoSuchSymbol(["BTCUSDT", "ETHUSDT"]),
        });
    }

    public Task<ControlAnswer> SignalAsync(SignalWord word, string by, CancellationToken cancellation)
    {
        Asked.Add(string.Create(CultureInfo.InvariantCulture, $"signal {word.Symbol} {word.Side} {word.Confidence} {word.Id ?? "-"} by {by}"));
        return Task.FromResult<ControlAnswer>(word.Symbol.Name switch
        {
            "BTCUSDT" => new ControlAnswer.Done("directional-BTCUSDT has taken it."),
            "ETHUSDT" => new ControlAnswer.Refused(new Refusal("directional.not-confident", "Signal x: its confidence is too low.")),
            _ => new ControlAnswer.NoSuchSymbol(["BTCUSDT", "ETHUSDT"]),
        });
    }

    public async Task<IRunningNode> StartAsync(RunOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation)
    {
        (Options, Plan) = (options, plan);
        if (RefuseToStart is { } refusal) throw refusal;
        Directory.CreateDirectory(options.StateFolder);
        log.Information("Started with {Symbols} symbols and api-key={ApiKey}", plan.Symbols?.Length, "canary-1");
        await WhenStarted(this);
        return this;
    }

    public VenueOptions? VenueOptions { get; private set; }

    /// <summary>There is no made-up venue: whoever gets this far has been understood.</summary>
    public Task<IRunningVenue> StartVenueAsync(VenueOptions options, TradingPlan plan, ILogger log, CancellationToken cancellation)
    {
        (VenueOptions, Plan) = (options, plan);
        throw RefuseToStart ?? new CliException(ExitCode.StateRefused, "No venue is made up here.");
    }

    public CopyOptions? CopyOptions { get; private set; }

    /// <summary>There is no database: what it is asked is written down, and the answer is made up.</summary>
    public Task<StateCopyReport> CopyStateAsync(CopyOptions options, Action<string> say, CancellationToken cancellation)
    {
        CopyOptions = options;
        if (RefuseToStart is { } refusal) throw refusal;
        say("Half of it is done.");
        return Task.FromResult(Pictures.Copy(options.StateFolder));
    }

    public IRunView? OpenState(string stateFolder) => OnDisk;

    public IRunView View => this;
    public IRunControl Control => this;
    public Task<RunReport> Completion => _completion.Task;
    public void Stop() => End();
    public void End() => _completion.TrySetResult(Report);
    public void Break(Exception e) => _completion.TrySetException(e);
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Made-up pictures of runs.</summary>
public static class Pictures
{
    public static readonly DateTimeOffset Start = DateTimeOffset.Parse("2025-05-12T00:00:00Z", CultureInfo.InvariantCulture);

    private static readonly (string Name, decimal Price)[] Sixteen =
    [
        ("ADAUSDT", 0.8012m), ("AVAXUSDT", 24.113m), ("BCHUSDT", 412.55m), ("BNBUSDT", 651.2m), ("BTCUSDT", 103_912.4m), ("ENAUSDT", 0.3821m),
        ("ETCUSDT", 18.902m), ("ETHUSDT", 2498.31m), ("LAYERUSDT", 1.4021m), ("LINKUSDT", 16.71m), ("LTCUSDT", 99.12m), ("SOLUSDT", 171.88m),
        ("SUIUSDT", 3.9811m), ("XLMUSDT", 0.30122m), ("XMRUSDT", 333.4m), ("XRPUSDT", 2.3911m),
    ];

    public static RunSnapshot Replay(double progress = 0.43, string? failedInvariant = null, int assets = 16) => new(
        "Embedded", "replay", 42, RunPhase.Running, Start.AddYears(1), Start.AddMinutes(43_200 * progress),
        new RunProgress((long)(708_000 * progress), 708_000, 512_345, 0.6),
        [.. Enumerable.Range(0, assets).Select(i => Row(i, progress))],
        Risk(progress, failedInvariant),
        new MoneyPicture(new Money(100_000m + (decimal)(1234.5 * Math.Sin(progress * 9))), new Money(4321.09m), new Money(-2103.77m), new Money(912.4411m), new Money(-33.08m), 0.0123, 0.0388),
        new RunCounts(10_234, 9_981, 12, 3, 81_223),
        [
            new PostureChange(Start.AddHours(5), "APEX", "STALKER", 0.84, "L7_EXF_SERVICE"),
            new PostureChange(Start.AddHours(6), "STALKER", "APEX", 0.93, "L7_EXF_SERVICE"),
        ],
        [new InvariantCount("book = sum of fills = venue", 120_311, failedInvariant is null ? 0 : 1), new InvariantCount("no trade inside the band", 708_000, 0)],
        failedInvariant is null ? [] : [new HaltedEntity("book-ltcusdt", failedInvariant, Start.AddHours(3))],
        [
            new NotableEvent(Start.AddHours(1), NotableKind.Info, "hedge-btcusdt", "cycle 3 opened: 0.036 each side at 103,912.4"),
            new NotableEvent(Start.AddHours(2), NotableKind.Warning, "hedge-layerusdt", "C1 holds 30 checks in a row; exiting [step 1]"),
            new NotableEvent(Start.AddHours(5.2), NotableKind.Fault, "sensor-l4", "restarted after InvalidOperationException"),
        ]);

    /// <summary>One that has decided and looks, one that has not looked yet.</summary>
    public static ImmutableArray<HermesExplanation> Hermes { get; } =
    [
        new(
            new Symbol("BTCUSDT"), Start, Regime.Ranging, Start.AddHours(-3), "variance ratio 0.95 over 12 h is below 1.55, and no other feature shows more.",
            new RegimeFeatures(0.0123, 0.2, double.NaN, double.NaN, 0, 0.21, 0.95, Direction: -1), LegHolder.Nobody, LegHolder.BandLimitedHedging, Start.AddHours(-5),
            LegHolder.HedgeCompression, HermesRule.Override, "ada wants hedge-compression: a test", RiskPosture.Cautious, HolderPriority.High, MayOpen: false, "ada set it: a test",
            RiskPosture.Cautious, TimeSpan.FromMinutes(30), TimeSpan.FromHours(4), TimeSpan.Zero,
            new PendingHandOver(3, LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HermesRule.Override, HandOverStage.Adopting, Start, Start.AddMinutes(10), new(new Quantity(0.5m), new Quantity(0.4m))),
            new HermesOverride(2, "ada", "a test", LegHolder.HedgeCompression, RiskPosture.Cautious, Start.AddHours(4), Start, HolderPriority.High)),
        HermesExplanation.Unseen(new Symbol("ETHUSDT"), HermesState.Initial, Start, "It has not looked yet."),
    ];

    /// <summary>One that trails what it holds, and one that is flat.</summary>
    public static ImmutableArray<DirectionalFace> OnSignals { get; } =
    [
        new(
            new Symbol("BTCUSDT"), DirectionalMode.Active, DirectionalStage.Holding, PositionSide.Long, new Quantity(0.036m), Price.Of(103_912.4m),
            new ExitPlan(PositionSide.Long, Price.Of(103_912.4m), Price.Of(110_000m), Price.Of(104_100m), Price.Of(105_000m), 0.01m, Price.Of(105_500m), 0.01, 0.8, Posture.Stalker, Start, TimeSpan.FromHours(24)),
            "scan-7", 0.8, Start, null, 9, new DirectionalTally(Nobody: 1, StopLoss: 3, TrailingStop: 1, TakeProfit: 2, Horizon: 0, Manual: 0, Posture: 0, Reversal: 1), "",
            new DirectionalResult(new Money(120.5m), new Money(20.25m))),
        new(
            new Symbol("ETHUSDT"), DirectionalMode.Pause, DirectionalStage.Flat, null, Quantity.Zero, null, null, null, null, null, "scan-9", 0, default, "directional.no-risk-budget",
            default),
    ];

    /// <summary>One at work, and one that has given its legs up.</summary>
    public static ImmutableArray<CompressionFace> Compressions { get; } =
    [
        new(
            new Symbol("BTCUSDT"), CompressionMode.Active, 1, 4, new(new Quantity(0.02m), new Quantity(0.018m)), new Money(-120.5m), new Money(88.25m), new Money(12.125m), new Money(-44.375m),
            new Money(-300m)),
        new(new Symbol("ETHUSDT"), CompressionMode.Idle, 2, 1, default, new Money(-10m), new Money(4m), new Money(1m), new Money(-7m), Money.Zero),
    ];

    /// <summary>One that waits, one whose plan nobody has at hand, and one that has given its legs up.</summary>
    public static ImmutableArray<ProtectorFace> Protectors { get; } =
    [
        new(
            new Symbol("BTCUSDT"), new ProtectorReport(
                ProtectorMode.Enabled, RiskPosture.Cautious, HolderPriority.High, new ProtectorTuning(0.02m, 0.15m, 90, 0.0025m), new(new Quantity(0.06m), new Quantity(0.04m)), 0.6m, 0.5m, 0.1m, 0.04m,
                Trimming: true, PositionSide.Long, Price.Of(103_912.4m), new Cooldown(0, 2, TimeSpan.FromSeconds(90), 0.003m), OrderOpen: false, 12, new Money(1.25m), new Money(0.31m), Supervision.Attach)),
        new(
            new Symbol("ETHUSDT"), ProtectorReport.Stored(ProtectorState.Initial with
            {
                Mode = ProtectorMode.Passive, Incarnation = 1, Long = new StrategyLeg(new LegPosition(new Quantity(1m), new Money(2_500m)), default, 0),
            })),
        new(new Symbol("XRPUSDT"), ProtectorReport.Stored(ProtectorState.Initial with { Incarnation = 1 })),
    ];

    private static AssetRow Row(int i, double progress)
    {
        var (name, price) = i < Sixteen.Length ? Sixteen[i] : ($"COIN{i:000}USDT", 1m + i);
        var last = Math.Round(price * (1m + (decimal)Math.Sin(i + (progress * 40)) / 50m), 5);
        var quantity = Math.Round(3750m / price, 3);
        var legs = new Legs(new Leg(new Quantity(quantity), Price.Of(price)), i % 3 == 0 ? new Leg(Quantity.Zero, null) : new Leg(new Quantity(quantity / 2), Price.Of(price * 1.01m)));
        return new AssetRow(
            new Symbol(name), Price.Of(last), $"hedge-{name.ToLowerInvariant()}", i switch { 8 => "Exit", 11 => "Pause", _ => "Active" }, 3 + (i % 5), legs,
            legs.Long.Quantity - legs.Short.Quantity, new Money(121.5m - (i * 31)), new Money((i * 7.25m) - 50), new Money(57.02m + i), new Money((i % 4) - 2.11m),
            i == 8 ? "C1 holds" : "");
    }

    private static Explanation Risk(double progress, string? failedInvariant)
    {
        var shock = 1 - (0.7 * Math.Max(0, 1 - progress));
        ImmutableArray<ExplainedLayer> layers =
        [
            Layer("L1_QUORUM", LayerCategory.Invariant, 1, 1, ""),
            Layer("L2_LEDGER_INTEGRITY", LayerCategory.Invariant, failedInvariant is null ? 1 : 0, failedInvariant is null ? 1 : 0, failedInvariant is null ? "" : "FAILED"),
            Layer("L3_MC_FOREWARNER", LayerCategory.Structural, 1, 1, "absent"),
            Layer("L4_ALGO_HEARTBEAT", LayerCategory.Structural, 1, 0.99971, "recovering"),
            Layer("L5_OB_STREAMER", LayerCategory.Microstructure, 1, 1, "absent"),
            Layer("L6_SLIPPAGE_DRIFT", LayerCategory.Microstructure, 1, 1, ""),
            Layer("L7_EXF_SERVICE", LayerCategory.Environmental, 1, shock, "recovering", binds: true),
            Layer("L8_ESOF_SERVICE", LayerCategory.Environmental, 1, 1, "absent"),
            Layer("L9_PORTFOLIO_DD", LayerCategory.Capital, 0.981, 0.981, ""),
        ];
        var total = layers.Aggregate(1.0, (r, l) => r * l.Damped);
        return new Explanation(
            Start.AddHours(6), 1, 4711, total, total switch { > 0.85 => Posture.Apex, > 0.55 => Posture.Stalker, > 0.2 => Posture.Turtle, _ => Posture.Hibernate },
            Start.AddHours(5), LayerId.ExfService, layers);
    }

    private static ExplainedLayer Layer(string id, LayerCategory category, double f, double damped, string flags, bool binds = false) =>
        new(new LayerId(id), category, "age 3 s", "", f, damped, damped < 1 ? Start : null, flags, binds, binds ? 0.9 : 0);

    public static StateCopyReport Copy(string folder) => new(
        folder, "dolphin", "plan-1", "paper-1", 1_234, 3, 7, [new CopiedEntity("book-BTCUSDT", 1_234, 1_234, 3, "9f86d081")],
        [new LeftOut("checkpoints", 2, "Of a replay.")], ["A note."]);

    public static RunReport Report(long violated = 0) => new(
        "Embedded", 42, [new Symbol("BTCUSDT"), new Symbol("币安人生USDT")], 708_000, 10_234, 9_981,
        new Money(4321.09m), new Money(-2103.770m), new Money(912.4411m), new Money(-33.08m), new Money(101_271.7989m), 0.0388,
        [
            new StrategyReport(
                "hedge-btcusdt", new Symbol("BTCUSDT"), "Active",
                new Legs(new Leg(new Quantity(0.036m), Price.Of(103_912.4m)), new Leg(Quantity.Zero, null)), 41, 2,
                new Money(321.09m), new Money(-103.77m), new Money(57.0211m), new Money(-2.08m), new Money(217.32m),
                TwoLegCost.Of(new Money(57.0211m), new Money(-3.08m), new Money(1m)),
                new Economics(new Money(317.32m), new Money(57.0211m), new Money(-2.08m), new Money(258.2189m), new Money(114_042.2m), 0.875, new Money(-100m))),
        ],
        [new PostureChange(Start.AddHours(5), "APEX", "STALKER", 0.84, "L7_EXF_SERVICE")],
        0.3, 81_223, [new InvariantCount("book = sum of fills = venue", 120_311, violated)], [], 1.38, 512_345.6, "9f86d081884c7d65", FillsNotOurs: 3,
        new Economics(new Money(2_317.32m), new Money(912.4411m), new Money(-33.08m), new Money(1_371.7989m), new Money(1_824_882.2m), 0.4375, new Money(-100m)));
}
