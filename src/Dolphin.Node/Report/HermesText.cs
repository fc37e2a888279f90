using Dolphin.Domain.Hermes;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>Hermes on many assets as <c>dolphin hermes</c> prints it: a line each, with what the regime was read from.</summary>
internal static class HermesText
{
    public static void Write(TextWriter output, IEnumerable<HermesExplanation> assets)
    {
        var table = new PlainTable(
            ("symbol", false), ("regime", false), ("volatility", true), ("vol-of-vol", true), ("efficiency", true), ("variance", true), ("holder", false), ("since", false),
            ("wanted", false), ("posture", false), ("priority", false), ("override", false), ("why", false));
        foreach (var a in assets)
        {
            var f = a.Features;
            table.Add(
                a.Symbol.Name, Word(a.Regime), Show(RegimeFeature.Volatility), Show(RegimeFeature.VolatilityOfVolatility), Show(RegimeFeature.EfficiencyRatio),
                Show(RegimeFeature.VarianceRatio), a.HandOver is { } h ? $"{h.From.Name()} -> {h.To.Name()}" : a.Holder.Name(), a.Since is { } since ? Figures.Time(since) : "-",
                a.Wanted == a.Holder ? "-" : a.Wanted.Name(), a.Posture.ToString().ToUpperInvariant(), Word(a.Priority), a.Override?.By ?? "-", a.Why);

            string Show(RegimeFeature feature) => RegimeReading.Show(feature, f[feature]);
        }

        table.Write(output);
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
