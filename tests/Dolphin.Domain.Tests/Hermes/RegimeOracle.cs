using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Hermes;

/// <summary>The features worked out anew from all bars, in plain arithmetic of the platform: slow, and with no state to get wrong.</summary>
internal static class RegimeOracle
{
    public static RegimeFeatures Measure(RegimePolicy policy, IReadOnlyList<Bar> bars, TimeSpan interval)
    {
        var slots = Slots(policy, bars, interval);
        var er = slots.TakeLast(policy.EfficiencySlots).Where(s => s.Seen).Select(s => s.Return).ToList();
        var ranges = slots.TakeLast(policy.VolOfVolSlots).Where(s => s.Seen).Select(s => s.Range).ToList();
        var moved = ranges.Where(r => r > 0).Select(r => Math.Log(r)).ToList();
        var idle = ranges.Count - moved.Count;
        var spread = moved.Count < 2 || moved.Count < idle ? double.NaN
            : Math.Sqrt(Math.Max(0, moved.Sum(r => Math.Pow(r - moved.Average(), 2)) / (moved.Count - 1) - 0.29 * 0.29));
        var path = er.Sum(Math.Abs);
        return new RegimeFeatures(
            Volatility(policy, bars, interval),
            Covered(policy, ranges.Count, policy.VolOfVolSlots) ? spread : double.NaN, double.NaN, double.NaN,
            Covered(policy, ranges.Count, policy.VolOfVolSlots) ? idle / (double)ranges.Count : double.NaN,
            !Covered(policy, er.Count, policy.EfficiencySlots) ? double.NaN : path == 0 ? 0 : Math.Abs(er.Sum()) / path,
            VarianceRatio(policy, slots.TakeLast(policy.VarianceRatioSlots).ToList()), Math.Sign(Math.Round(er.Sum() * 1e9)));
    }

    private static List<(bool Seen, double Return, double Range)> Slots(RegimePolicy policy, IReadOnlyList<Bar> bars, TimeSpan interval)
    {
        var byslot = bars.GroupBy(b => b.OpenTimeMs / policy.SlotMs).ToDictionary(g => g.Key, g => g.ToList());
        var (first, last) = (bars[0].OpenTimeMs / policy.SlotMs, bars[^1].OpenTimeMs / policy.SlotMs);
        if (bars[^1].OpenTimeMs + (long)interval.TotalMilliseconds < (last + 1) * policy.SlotMs) last--; // Not over yet.
        var slots = new List<(bool, double, double)>();
        for (var slot = first; slot <= last; slot++)
        {
            if (!byslot.TryGetValue(slot, out var inside) || !byslot.TryGetValue(slot - 1, out var before))
            {
                slots.Add((false, 0, 0));
                continue;
            }
            var from = (double)before[^1].Close.QuotePerBase;
            var high = Math.Max(from, inside.Max(b => (double)b.High.QuotePerBase));
            var low = Math.Min(from, inside.Min(b => (double)b.Low.QuotePerBase));
            slots.Add((true, Math.Log((double)inside[^1].Close.QuotePerBase / from), Math.Log(high / low)));
        }
        return slots;
    }

    private static double VarianceRatio(RegimePolicy policy, List<(bool Seen, double Return, double Range)> slots)
    {
        var (q, seen) = (policy.LagSlots, slots.Where(s => s.Seen).Select(s => s.Return).ToList());
        if (!Covered(policy, seen.Count, policy.VarianceRatioSlots)) return double.NaN;
        var mean = seen.Average();
        var runs = Enumerable.Range(0, Math.Max(0, slots.Count - q + 1)).Select(i => slots.GetRange(i, q)).Where(r => r.All(s => s.Seen)).ToList();
        var variance = seen.Sum(r => Math.Pow(r - mean, 2)) / (seen.Count - 1);
        if (seen.Count <= q || runs.Count < q || variance < 1e-19) return double.NaN;
        var longer = runs.Sum(r => Math.Pow(r.Sum(s => s.Return) - q * mean, 2)) / (q * (double)runs.Count * (1 - (double)q / seen.Count));
        return longer / variance;
    }

    private static double Volatility(RegimePolicy policy, IReadOnlyList<Bar> bars, TimeSpan interval)
    {
        var (sum, weight) = (0.0, 0.0);
        var end = bars[^1].OpenTimeMs;
        for (var i = 0; i < bars.Count; i++)
        {
            var previous = i > 0 ? (double)bars[i - 1].Close.QuotePerBase : (double)bars[i].Close.QuotePerBase;
            var hours = i > 0 ? (bars[i].OpenTimeMs - bars[i - 1].OpenTimeMs) / 3.6e6 : interval.TotalHours;
            var range = Math.Log(Math.Max(previous, (double)bars[i].High.QuotePerBase) / Math.Min(previous, (double)bars[i].Low.QuotePerBase));
            var age = (end - bars[i].OpenTimeMs) / 3.6e6 / policy.Settings.VolatilityHalfLife.TotalHours;
            var own = (1 - Math.Pow(0.5, hours / policy.Settings.VolatilityHalfLife.TotalHours)) * Math.Pow(0.5, age);
            sum += own * range * range / (4 * Math.Log(2)) / hours;
            weight += own;
        }
        return weight >= 0.5 ? Math.Sqrt(sum / weight) : double.NaN;
    }

    private static bool Covered(RegimePolicy policy, int seen, int slots) => seen >= policy.Settings.Coverage * slots;
}
