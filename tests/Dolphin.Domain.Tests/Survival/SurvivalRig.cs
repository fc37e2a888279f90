using System.Collections.Immutable;
using System.Text.Json;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>A controller with the reference policy and sensors that report as told; time is in seconds from the start.</summary>
internal sealed class SurvivalRig
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Every layer of the reference policy with a reading that costs nothing, in the policy's order.</summary>
    public static readonly ImmutableArray<(LayerId Layer, LayerReading Reading)> Nominal =
    [
        (LayerId.Quorum, LayerReading.Invariant.Ok),
        (LayerId.LedgerIntegrity, LayerReading.Invariant.Ok),
        (LayerId.McForewarner, new LayerReading.Envelope(2.0, TimeSpan.Zero)),
        (LayerId.AlgoHeartbeat, new LayerReading.Scan(TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(100))),
        (LayerId.ObStreamer, new LayerReading.Book(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50), 0.1)),
        (LayerId.SlippageDrift, new LayerReading.Slippage(1.5, 1.0)),
        (LayerId.ExfService, new LayerReading.Environment(null, TimeSpan.FromSeconds(30))),
        (LayerId.EsofService, new LayerReading.Confidence(1.0)),
        (LayerId.PortfolioDrawdown, new LayerReading.Drawdown(0.0)),
    ];

    public static readonly SurvivalPolicy ReferencePolicy = PolicyOf(SurvivalSettings.Reference);
    public static readonly ImmutableArray<LayerId> All = [.. Nominal.Select(n => n.Layer)];

    private readonly SortedDictionary<LayerId, Func<double, LayerReading?>> _sensors = [];

    public SurvivalRig(SurvivalPolicy? policy = null, params LayerId[] installed)
    {
        Policy = policy ?? ReferencePolicy;
        Controller = new SurvivalController(Policy, installed.Length == 0 ? All : [.. installed], Start, epoch: 1);
        foreach (var (layer, reading) in Nominal)
            if (installed.Length == 0 || installed.Contains(layer)) Sensor(layer, reading);
    }

    public SurvivalPolicy Policy { get; }
    public SurvivalController Controller { get; private set; }
    public double Now { get; private set; }
    public double RTotal { get; private set; }
    public Posture Posture => Controller.Posture;

    public static SurvivalPolicy PolicyOf(SurvivalSettings settings, ImmutableArray<ResponseKind> kinds = default)
    {
        List<string> errors = [];
        var policy = settings.ToPolicy(errors, kinds);
        Assert.Empty(errors);
        return policy!;
    }

    public static DateTimeOffset At(double seconds) => Start.AddTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
    public static LayerReading NominalOf(LayerId layer) => Nominal.First(n => n.Layer == layer).Reading;

    /// <summary>What this layer's sensor says from now on.</summary>
    public SurvivalRig Sensor(LayerId layer, LayerReading reading) => Sensor(layer, _ => reading);
    public SurvivalRig Sensor(LayerId layer, Func<double, LayerReading?> readingAt)
    {
        _sensors[layer] = readingAt;
        return this;
    }

    public SurvivalRig Kill(LayerId layer) => Sensor(layer, _ => null);
    public SurvivalRig Revive(LayerId layer) => Sensor(layer, NominalOf(layer));

    /// <summary>One pulse after another until the given time: every sensor reports, then the controller evaluates.</summary>
    public SurvivalRig RunTo(double seconds)
    {
        for (; Now <= seconds; Now += Policy.Pulse.TotalSeconds)
        {
            foreach (var (layer, readingAt) in _sensors)
                if (readingAt(Now) is { } reading) Controller.Report(new LayerReport(layer, reading, At(Now)));
            RTotal = Controller.Evaluate(At(Now));
        }
        Now -= Policy.Pulse.TotalSeconds;
        return this;
    }

    public SurvivalRig Run(double seconds)
    {
        Now += Policy.Pulse.TotalSeconds;
        return RunTo(Now - Policy.Pulse.TotalSeconds + seconds);
    }

    public RiskSnapshot Assess() => Controller.Assess(At(Now));
    public LayerEntry Layer(LayerId layer) => Assess().Layers.First(e => e.Layer == layer);

    /// <summary>Captures, stores as JSON, reads back, and goes on in a new controller.</summary>
    public SurvivalRig Restart()
    {
        Controller = Reborn(Controller, Policy, All);
        return this;
    }

    public static SurvivalController Reborn(SurvivalController old, SurvivalPolicy policy, IEnumerable<LayerId> installed)
    {
        var stored = Json(old.Capture());
        var next = new SurvivalController(policy, installed, Start, epoch: 0);
        next.Restore(JsonSerializer.Deserialize<SurvivalState>(stored)!);
        return next;
    }

    public static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
