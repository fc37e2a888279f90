using BenchmarkDotNet.Attributes;
using Dolphin.Domain;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Benchmarks;

/// <summary>Targets: nine layers in 1 microsecond, the sizer's read in 50 ns, no allocation.</summary>
[MemoryDiagnoser]
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(3), IterationCount(8)]
public class SurvivalBenchmarks
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    // A layer is computed once an instant, so every call has an instant of its own; the pulse is long enough for all of them.
    private static readonly TimeSpan Pulse = TimeSpan.FromHours(1);

    private static readonly (LayerId Layer, LayerReading Healthy, LayerReading Trouble)[] Readings =
    [
        (LayerId.Quorum, LayerReading.Invariant.Ok, LayerReading.Invariant.Ok),
        (LayerId.LedgerIntegrity, LayerReading.Invariant.Ok, LayerReading.Invariant.Ok),
        (LayerId.McForewarner, new LayerReading.Envelope(2, TimeSpan.Zero), new LayerReading.Envelope(0.4, TimeSpan.FromMinutes(9))),
        (LayerId.AlgoHeartbeat, new LayerReading.Scan(TimeSpan.FromSeconds(5), TimeSpan.Zero),
            new LayerReading.Scan(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(9))),
        (LayerId.ObStreamer, new LayerReading.Book(TimeSpan.FromSeconds(0.1), TimeSpan.Zero, 0),
            new LayerReading.Book(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), 0.6)),
        (LayerId.SlippageDrift, new LayerReading.Slippage(1, 1), new LayerReading.Slippage(9, 1)),
        (LayerId.ExfService, new LayerReading.Environment(null, TimeSpan.Zero), new LayerReading.Environment(Start, TimeSpan.FromMinutes(20))),
        (LayerId.EsofService, new LayerReading.Confidence(1), new LayerReading.Confidence(0.2)),
        (LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0), new LayerReading.Drawdown(0.08)),
    ];

    private readonly SurvivalController _healthy = Create(trouble: false);
    private readonly SurvivalController _troubled = Create(trouble: true);
    private readonly SurvivalController _reporting = Create(trouble: false);
    private readonly RiskBoard _board = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    private readonly LayerReport _report = new(LayerId.ObStreamer, Readings[4].Healthy, Start);
    private readonly BetRequest _bet = new(new Money(100_000m), 0.05m, 3m, EnvelopeCap: null, [], Money.Zero);
    private DateTimeOffset _now = Start, _overdue = Start + Pulse + TimeSpan.FromMinutes(2);

    public SurvivalBenchmarks()
    {
        var climbing = Create(trouble: false);
        var at = Start;
        while (climbing.Posture < Posture.Stalker)
        {
            at = at.AddSeconds(1);
            climbing.Report(_report with { At = at });
            climbing.Evaluate(at);
        }
        _board.Publish(climbing.Assess(at)); // Entries allowed, or the sizer would only be measured refusing.
    }

    [Benchmark(Description = "Evaluate nine layers, all nominal")]
    public double EvaluateNominal() => _healthy.Evaluate(_now = _now.AddTicks(1));

    [Benchmark(Description = "Evaluate nine layers, every curve active and every sensor overdue")]
    public double EvaluateTroubled() => _troubled.Evaluate(_overdue = _overdue.AddTicks(1));

    [Benchmark(Description = "Take a report and evaluate")]
    public double ReportAndEvaluate()
    {
        _now = _now.AddTicks(1);
        _reporting.Report(_report with { At = _now });
        return _reporting.Evaluate(_now);
    }

    [Benchmark(Description = "RiskBoard.Read")]
    public RiskView Read() => _board.Read(_now);

    [Benchmark(Description = "RiskBoard.Read and BetSizer.Size")]
    public Bet Size() => BetSizer.Size(_bet, _board.Read(_now));

    private static SurvivalController Create(bool trouble)
    {
        List<string> errors = [];
        // The heartbeat limit is long so that the overdue case still computes every layer.
        var policy = SurvivalSettings.Reference.Set("pulse", Pulse).Set("heartbeat-limit", TimeSpan.FromHours(1)).ToPolicy(errors)
            ?? throw new InvalidOperationException(string.Join('\n', errors));
        var controller = new SurvivalController(policy, policy.Layers.Select(l => l.Id), Start, epoch: 1);
        foreach (var (layer, healthy, bad) in Readings) controller.Report(new LayerReport(layer, trouble ? bad : healthy, Start));
        return controller;
    }
}
