using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Sizing;
using Dolphin.Node.Screen;

namespace Dolphin.Node.Report;

/// <summary>What the newest openings were sized by: leverage, what bound it, what multiplier and breaker did to it, and each of its seven factors.</summary>
internal static class LeverageText
{
    public static void Write(TextWriter output, ImmutableArray<SizedOpening> openings)
    {
        var sizes = new PlainTable(("newest opening", false), ("one leg", true), ("leverage", true), ("wished", true), ("allowed", true), ("set by", false), ("multiplier", true), ("in effect", true), ("breaker", true));
        foreach (var (symbol, o) in openings)
        {
            sizes.Add(
                symbol.Name, Figures.Amount(o.Notional), Figures.Times(o.Leverage), Figures.Times(o.Wished), Figures.Times(o.Uncut ?? o.Leverage), OpeningSizing.Word(o.Bound) + (o.Given is null ? "" : ", then as asked for"),
                o.Choice is { } choice ? Figures.Times(choice.Used) : "-", o.Choice is { } chosen ? Figures.Times(chosen.Effective) : "-",
                o.Breaker is { } breaker ? Figures.Times((decimal)breaker) : "-");
        }
        sizes.Write(output);
        output.WriteLine("Allowed is the smallest of wish and caps; multiplier and breaker below 1 cut it, above 1 they are in the wish, and in effect is what the caps left of the multiplier.");
        var adaptive = openings.Where(o => o.Sizing.Adaptive is not null).ToArray();
        if (adaptive.Length == 0)
        {
            output.WriteLine("Leverage before the multiplier is the plan's.");
            return;
        }

        output.WriteLine();
        var factors = new PlainTable([("factors of leverage", false), .. Enum.GetValues<LeverageFactor>().Select(f => (Word(f), true))]);
        foreach (var (symbol, o) in adaptive) factors.Add([symbol.Name, .. o.Adaptive!.Contributions.Select(c => c.Value is null ? "?" : Factor(c.Multiplier))]);
        factors.Write(output);
        output.WriteLine("Each multiplies the wish; ? was not measured and changes nothing.");
    }

    /// <summary>All openings in one line of a screen: leverage, what was wished, what bound it, what multiplier and breaker cut it to, and what the factors did on average, the strongest first.</summary>
    public static string Line(ImmutableArray<SizedOpening> openings)
    {
        var sizes = openings.Select(o => o.Sizing).ToArray();
        var bounds = string.Join(", ", sizes.GroupBy(s => s.Bound).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => $"{OpeningSizing.Word(g.Key)} {g.Count()}"));
        var cuts = sizes.Where(s => s.Uncut > 0m).Select(s => s.Leverage / s.Uncut!.Value).ToArray();
        var factors = string.Join(" ", sizes.SelectMany(s => s.Adaptive?.Contributions ?? []).Where(c => c.Value is not null).GroupBy(c => c.Factor)
            .Select(g => (Factor: g.Key, Mean: g.Average(c => c.Multiplier))).OrderByDescending(f => Math.Abs(f.Mean - 1)).ThenBy(f => f.Factor)
            .Select(f => $"{Word(f.Factor)} {Factor(f.Mean)}"));
        return $"leverage {Range(sizes, s => s.Leverage)} of {Range(sizes, s => s.Wished)} wished, set by {bounds}{(cuts.Length > 0 ? $", {cuts.Length} cut x{cuts.Average():0.00}" : "")}{(factors.Length > 0 ? $"  {factors}" : "")}";
    }

    private static string Range(OpeningSizing[] sizes, Func<OpeningSizing, decimal> of)
    {
        var (least, most) = (sizes.Min(of), sizes.Max(of));
        return least == most ? Figures.Times(most) : $"{Figures.Times(least)} to {Figures.Times(most)}";
    }

    private static string Word(LeverageFactor factor) => factor.ToString().ToLowerInvariant();
    private static string Factor(double multiplier) => string.Create(CultureInfo.InvariantCulture, $"x{multiplier:0.00}");
}
