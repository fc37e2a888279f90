using System.Collections.Immutable;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>Hermes on many assets.</summary>
internal static class HermesText
{
    /// <summary>As <c>dolphin hermes</c> prints it: a line each, with what the regime was read from.</summary>
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

    /// <summary>A row for each asset as a report has it.</summary>
    public static void Write(TextWriter output, ImmutableArray<HermesReport> assets)
    {
        var table = new PlainTable(
            ("Hermes", false), ("holder", false), ("regime", false), ("posture", false), ("priority", false), ("hand-overs", true), ("override", false));
        foreach (var a in assets)
        {
            table.Add(
                a.Symbol.Name, a.HandOver is { } h ? $"{a.Holder.ShortName()} -> {h.To.ShortName()}" : a.Holder.Name(), Word(a.Regime), a.Posture.ToString().ToUpperInvariant(), Word(a.Priority),
                Figures.Count(a.HandOvers), a.Override?.By ?? "-");
        }

        table.Write(output);
    }

    /// <summary>All assets in one line of a screen: how many in each regime, how many with each holder, and how often legs changed hands.</summary>
    public static string Line(ImmutableArray<HermesExplanation> assets)
    {
        var (underWay, overrides) = (assets.Count(a => a.HandOver is not null), assets.Count(a => a.Override is not null));
        return $"hermes  {Counts(assets.Select(a => Word(a.Regime)))}  |  {Counts(assets.Select(a => a.Holder.ShortName()))}  |  "
            + $"hand-overs {Figures.Count(assets.Sum(a => a.HandOvers))}{(underWay > 0 ? $", {underWay} under way" : "")}{(overrides > 0 ? $"  overrides {overrides}" : "")}";
    }

    private static string Counts(IEnumerable<string> words) =>
        string.Join(" ", words.GroupBy(w => w, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"));

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
