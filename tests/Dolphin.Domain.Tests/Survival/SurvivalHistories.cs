using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Tests.Survival.SurvivalRig;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>Random histories of reports: mostly healthy, at about a pulse's distance, with gaps, shocks, failures and losses among them.</summary>
internal static class SurvivalHistories
{
    /// <param name="At">Seconds from the start.</param>
    internal sealed record Step(double At, LayerId Layer, LayerReading Reading)
    {
        public LayerReport Report => new(Layer, Reading, SurvivalRig.At(At));
    }

    private static readonly double[] Gaps = [0.05, 0.2, 0.5, 1, 1, 1, 2.5, 15, 70, 400];

    /// <summary>Every installed layer reports healthy readings for five pulses, then 20 to 120 moments of anything, most with a heartbeat.</summary>
    public static Arbitrary<Step[]> Arbitrary =>
        (from length in Gen.Choose(20, 120)
         from raw in (from gap in Gen.Elements(Gaps)
                      from layer in Gen.Choose(0, All.Length - 1)
                      from x in Gen.Choose(0, 100)
                      from y in Gen.Choose(0, 100)
                      select (gap, layer, x, y)).ListOf(length)
         select Build(raw)).ToArbitrary();

    private static Step[] Build(IEnumerable<(double Gap, int Layer, int X, int Y)> raw)
    {
        const double TakeOff = 5; // Pulses of health first, or APEX would be a rare sight.
        var steps = Enumerable.Range(0, (int)TakeOff + 1).SelectMany(at => Nominal.Select(n => new Step(at, n.Layer, n.Reading))).ToList();
        var at = TakeOff;
        foreach (var (gap, layer, x, y) in raw)
        {
            at = Math.Round(at + gap, 3);
            // Mostly alive, or R_total would be 0 nearly always and every property on it empty.
            foreach (var invariant in (ReadOnlySpan<LayerId>)[LayerId.Quorum, LayerId.LedgerIntegrity])
                if (y % 25 != 0 && invariant != All[layer]) steps.Add(new Step(at, invariant, LayerReading.Invariant.Ok));
            steps.Add(new Step(at, All[layer], Reading(layer, at, x, y)));
        }
        return [.. steps];
    }

    private static LayerReading Reading(int layer, double at, int x, int y)
    {
        var age = TimeSpan.FromSeconds(x < 60 ? x / 2 : (x - 60) * (x - 60));
        return layer switch
        {
            0 or 1 => new LayerReading.Invariant(x <= 95, x <= 95 ? "" : "broken"),
            2 => new LayerReading.Envelope((y - 10) / 30.0, age),
            3 => new LayerReading.Scan(age, TimeSpan.FromSeconds(y / 60.0)),
            4 => new LayerReading.Book(TimeSpan.FromMilliseconds(x * x / 4), TimeSpan.FromMilliseconds(y * 8), (x * 7 + y * 3) % 101 / 100.0, (x * 3 + y * 11) % 101 / 100.0),
            5 => new LayerReading.Slippage(x < 60 ? y / 50.0 : x - 55, 1),
            6 => new LayerReading.Environment(y > 88 ? SurvivalRig.At(at - x * x) : null, TimeSpan.FromSeconds(x * 8)),
            7 => new LayerReading.Confidence(x / 100.0),
            _ => new LayerReading.Drawdown(x < 50 ? 0 : (x - 50) / 250.0),
        };
    }

    /// <summary>The same reading made worse in one of its channels.</summary>
    public static LayerReading Worsen(LayerReading reading, double at, int channel, double by) => reading switch
    {
        LayerReading.Invariant => new LayerReading.Invariant(Holds: false, "broken"),
        LayerReading.Envelope r => channel % 2 == 0 ? r with { Age = r.Age + TimeSpan.FromSeconds(by * 100) } : r with { Distance = r.Distance - by },
        LayerReading.Scan r => channel % 2 == 0
            ? r with { Age = r.Age + TimeSpan.FromSeconds(by * 100) } : r with { IntervalDrift = r.IntervalDrift + TimeSpan.FromSeconds(by * 10) },
        LayerReading.Book r => (channel % 4) switch
        {
            0 => r with { Age = r.Age + TimeSpan.FromSeconds(by) },
            1 => r with { Jitter = r.Jitter + TimeSpan.FromSeconds(by) },
            2 => r with { DepthDecay = Math.Min(1, r.DepthDecay + by / 4) },
            _ => r with { Imbalance = Math.Min(1, r.Imbalance + by / 4) },
        },
        LayerReading.Slippage r => r with { RealisedBps = r.RealisedBps + by * 10 },
        LayerReading.Environment r => channel % 2 == 0
            ? r with { Age = r.Age + TimeSpan.FromSeconds(by * 1000) }
            : r with { ShockAt = SurvivalRig.At(r.ShockAt is { } shock ? Math.Min(at, (shock - Start).TotalSeconds + by * 100) : at - 1) },
        LayerReading.Confidence r => r with { Value = Math.Max(0, r.Value - by / 4) },
        LayerReading.Drawdown r => r with { Fraction = r.Fraction + by / 20 },
        _ => throw new System.Diagnostics.UnreachableException($"No way to worsen {reading}."),
    };

    public static SurvivalController Fresh() => new(ReferencePolicy, All, Start, epoch: 1);
}
