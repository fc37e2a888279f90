using Dolphin.Domain.Survival;
using static Dolphin.Domain.Tests.Survival.SurvivalHistories;

namespace Dolphin.Domain.Tests.Survival;

/// <summary>
/// The reference stack written plainly from the design's table: one layer at a time, walking through time in small steps with the
/// template's rule "follow a fall at once, climb by the slope". Slow and mutable nowhere else; the controller must agree with it.
/// </summary>
internal static class SurvivalOracle
{
    private const double Pulse = 1, HeartbeatLimit = 10, Floor = 1e-6, StepSeconds = 2;

    public static double RTotal(IReadOnlyList<Step> history, double now) =>
        SurvivalRig.All.Aggregate(1.0, (product, layer) => product * Value(layer, [.. history.Where(s => s.Layer == layer && s.At <= now)], now));

    private static double Value(LayerId layer, Step[] reports, double now)
    {
        if (layer == LayerId.Quorum || layer == LayerId.LedgerIntegrity)
        {
            if (reports.Length == 0 || now - reports[^1].At - Pulse > HeartbeatLimit) return 0;
            return ((LayerReading.Invariant)reports[^1].Reading).Holds ? 1 : 0;
        }
        double t = 0, value = 1;
        bool latched = false;
        double? calmSince = null;
        for (var i = 0; i <= reports.Length; i++)
        {
            var until = i < reports.Length ? reports[i].At : now;
            while (t < until)
            {
                var next = Math.Min(until, t + StepSeconds);
                var risen = latched ? value : value + Slope(layer) * (next - t);
                value = Math.Min(Raw(layer, reports[..i], next), risen);
                t = next;
            }
            if (i == reports.Length) break;
            if (layer == LayerId.PortfolioDrawdown) TurnLatch(reports, i, ref latched, ref calmSince);
            value = Math.Min(value, Raw(layer, reports[..(i + 1)], t));
        }
        return value;
    }

    private static void TurnLatch(Step[] reports, int i, ref bool latched, ref double? calmSince)
    {
        var loss = ((LayerReading.Drawdown)reports[i].Reading).Fraction;
        if (!latched)
        {
            latched = loss >= 0.10;
            calmSince = null;
            return;
        }
        if (loss > 0.05) calmSince = null;
        else if (calmSince is null || reports[i].At - reports[i - 1].At > Pulse + HeartbeatLimit) calmSince = reports[i].At;
        if (loss == 0 || (calmSince is { } since && reports[i].At - since >= 86_400)) (latched, calmSince) = (false, null);
    }

    private static double Slope(LayerId layer) => layer.Name switch
    {
        "L5_OB_STREAMER" or "L6_SLIPPAGE_DRIFT" => 0.01,
        "L9_PORTFOLIO_DD" => 0.001,
        _ => 0.01 / 60,
    };

    /// <summary>f at t, told by these reports only.</summary>
    private static double Raw(LayerId layer, Step[] reports, double t)
    {
        var last = reports.Length == 0 ? null : reports[^1];
        var silent = Math.Max(0, t - (last?.At ?? 0) - Pulse);
        var f = layer.Name switch
        {
            "L3_MC_FOREWARNER" => Envelope(last?.Reading as LayerReading.Envelope, silent),
            "L4_ALGO_HEARTBEAT" => Decay(Age((last?.Reading as LayerReading.Scan)?.Age) + silent, 60)
                * Decay(Filtered(reports, t, 30, r => ((LayerReading.Scan)r).IntervalDrift.TotalSeconds), 0.5),
            "L5_OB_STREAMER" => Sigmoid(Age((last?.Reading as LayerReading.Book)?.Age) + silent, 0.6, 5.5, 0.5)
                * Sigmoid(Filtered(reports, t, 5, r => ((LayerReading.Book)r).Jitter.TotalSeconds), 3, 1.5, 0.25)
                * Sigmoid(Filtered(reports, t, 5, r => ((LayerReading.Book)r).DepthDecay), 10, 0.4, 0.3)
                * Sigmoid(Filtered(reports, t, 5, r => ((LayerReading.Book)r).Imbalance), 15, 0.3, 0.6),
            "L6_SLIPPAGE_DRIFT" => Sigmoid(Filtered(reports, t, 60, r =>
                Math.Max(0, ((LayerReading.Slippage)r).RealisedBps - ((LayerReading.Slippage)r).ExpectedBps)), 0.35, 10, 2),
            "L7_EXF_SERVICE" => Glide(reports, t) * Decay(Age((last?.Reading as LayerReading.Environment)?.Age) + silent, 600),
            "L8_ESOF_SERVICE" => Math.Min(1, 0.9 + 0.1 * ((last?.Reading as LayerReading.Confidence)?.Value ?? 1) * Math.Pow(0.5, silent / 11_182)),
            _ => Sigmoid((last?.Reading as LayerReading.Drawdown)?.Fraction ?? 0, 15, 0.15, 0),
        };
        var (deadband, lambda) = layer.Name switch
        {
            "L5_OB_STREAMER" or "L6_SLIPPAGE_DRIFT" => (2.0, 0.005),
            "L7_EXF_SERVICE" or "L8_ESOF_SERVICE" => (3600.0, 5e-5),
            _ => (60.0, 4.75e-4),
        };
        return Math.Max(layer.Name == "L8_ESOF_SERVICE" ? 0.98 : Floor, f * Decay(silent, deadband, lambda));
    }

    private static double Age(TimeSpan? age) => age?.TotalSeconds ?? 0;
    private static double Decay(double x, double deadband, double lambda = 4.75e-4) => Math.Exp(-Math.Pow(lambda * Math.Max(0, x - deadband), 0.77));

    private static double Sigmoid(double x, double k, double mid, double deadband)
    {
        double S(double z) => 1 / (1 + Math.Exp(k * (z - mid)));
        return S(Math.Max(0, x - deadband)) / S(0);
    }

    private static double Envelope(LayerReading.Envelope? reading, double silent)
    {
        if (reading is null) return Decay(silent, 60);
        var d = Math.Clamp(reading.Distance, 0, 1);
        return Decay(reading.Age.TotalSeconds + silent, 60) * (0.5 + 0.5 * (3 * d * d - 2 * d * d * d));
    }

    // Every shock there was starts 0.3 and climbs along the curve, at most by the slope; the last one counts.
    private static double Glide(Step[] reports, double t)
    {
        var shocks = reports.Select(r => ((LayerReading.Environment)r.Reading).ShockAt).OfType<DateTimeOffset>()
            .Select(at => (at - SurvivalRig.Start).TotalSeconds).ToArray();
        if (shocks.Length == 0) return 1;
        var since = t - shocks.Max();
        var curve = since >= 3600 ? 1 : 1 - 0.7 * Math.Pow(1 - since / 3600, 2);
        return Math.Min(curve, 0.3 + since * 0.01 / 60);
    }

    // Each reading pulls the filtered value from its own time to the next reading's; a pull towards better for a pulse at most, and
    // not before the next reading.
    private static double Filtered(Step[] reports, double t, double tau, Func<LayerReading, double> channel)
    {
        if (reports.Length == 0) return 0;
        var filtered = channel(reports[0].Reading);
        for (var i = 0; i < reports.Length; i++)
        {
            var held = channel(reports[i].Reading);
            var isLast = i == reports.Length - 1;
            var span = (isLast ? t : reports[i + 1].At) - reports[i].At;
            if (held < filtered) span = isLast ? 0 : Math.Min(span, Pulse);
            filtered = held + (filtered - held) * Math.Exp(-span / tau);
        }
        return filtered;
    }
}
