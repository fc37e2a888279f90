using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.External;

namespace Dolphin.Domain.Reporting;

/// <summary>What one factor does to the sizes of all assets.</summary>
/// <param name="CutsMost">Of so many assets it cuts more than any other factor.</param>
/// <param name="Unknown">Of so many it is not known, or no longer.</param>
public sealed record BreakerFactorPicture(BreakerFactor Factor, int CutsMost, int Unknown);

/// <summary>What alpha said last: the best of the rank, what the breaker takes off, and the signals of a plunge.</summary>
/// <param name="Ranked">How many assets have a rank, of <paramref name="Assets"/>.</param>
/// <param name="Best">At most <see cref="Shown"/>, best first.</param>
/// <param name="LeastMultiplier">What the breaker leaves of a size where it leaves the least, and where the most.</param>
/// <param name="Signals">Of a plunge that is still good; empty without one.</param>
/// <param name="Breaker">Why the breaker leaves what it leaves; factors that cut nothing and are known of every asset are left out. Null in pictures from before there was this.</param>
public sealed record AlphaPicture(
    DateTimeOffset At, long Epoch, long Sequence, int Ranked, int Assets, ImmutableArray<AlphaFeatures> Best, double LeastMultiplier, double MostMultiplier,
    ImmutableArray<AlphaSignal> Signals, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<BreakerFactorPicture>? Breaker = null)
{
    public const int Shown = 5;

    public static AlphaPicture Of(AlphaSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new AlphaPicture(
            snapshot.At, snapshot.Epoch, snapshot.Sequence, snapshot.Ranked.Length, snapshot.Assets.Length, [.. snapshot.Ranked.Take(Shown)],
            snapshot.Assets.Select(a => a.Multiplier).DefaultIfEmpty(1).Min(), snapshot.Assets.Select(a => a.Multiplier).DefaultIfEmpty(1).Max(), snapshot.Signals,
            [.. Enum.GetValues<BreakerFactor>().Select(f => FactorOf(snapshot, f)).Where(f => f.CutsMost + f.Unknown > 0)]);
    }

    /// <summary>One line for a screen.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"alpha: {Ranked} of {Assets} ranked, x {LeastMultiplier:0.00} to {MostMultiplier:0.00}")
        + (Best.IsEmpty ? "" : $"  best {string.Join(' ', Best.Select(a => a.Symbol.Name))}")
        + (Signals.IsEmpty ? "" : $"  signals {string.Join(' ', Signals.Select(s => $"{s.Side.ToString().ToLowerInvariant()} {s.Symbol}"))}");

    /// <summary>As lines of text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"alpha {Epoch}.{Sequence} at {At:yyyy-MM-dd HH:mm:ss}: {Ranked} of {Assets} assets ranked, the breaker leaves {LeastMultiplier:0.00} to {MostMultiplier:0.00} of a size\n");
        foreach (var f in Breaker ?? [])
        {
            string[] said = [.. f.CutsMost > 0 ? (string[])[$"cuts the most of {f.CutsMost}"] : [], .. f.Unknown > 0 ? (string[])[$"is not known of {f.Unknown}"] : []];
            text.Append(CultureInfo.InvariantCulture, $"  breaker: {Name(f.Factor)} {string.Join(", ", said)} assets\n");
        }
        foreach (var a in Best)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  {a.Rank}. {a.Symbol} score {a.Score:0.000}  loading {Number(a.Loading, "0.0000")}  momentum {Number(a.Momentum, "+0.00 %;-0.00 %;0.00 %")}  volatility {Number(a.Volatility, "0.00 %")}  liquidity {Number(a.Liquidity, "0")}  x {a.Multiplier:0.00}{Why(a)}{Book(a)}\n");
        }
        foreach (var s in Signals) text.Append(CultureInfo.InvariantCulture, $"  signal {s.Side.ToString().ToLowerInvariant()} {s.Symbol} of strength {s.Strength:0.00}\n");
        return text.ToString();
    }

    private static string Why(AlphaFeatures a)
    {
        string[] unknown = [.. Enum.GetValues<BreakerFactor>().Where(f => IsUnknown(a, f)).Select(Name)];
        return (a.Worst is { } worst ? $", cut most by {Name(worst)}" : "") + (unknown.Length > 0 ? $", without {string.Join(" and ", unknown)}" : "");
    }

    // Where no book is seen none counts, and it is as a thin one.
    private static string Book(AlphaFeatures a) => a.BookQuality is { } quality
        ? string.Create(CultureInfo.InvariantCulture, $"  book {quality:0.00}{(a.Imbalance is { } leans ? $", leans {leans:+0.00;-0.00;0.00}" : "")}") : "";

    private static BreakerFactorPicture FactorOf(AlphaSnapshot snapshot, BreakerFactor factor) =>
        new(factor, snapshot.Assets.Count(a => a.Worst == factor), snapshot.Assets.Count(a => IsUnknown(a, factor)));

    private static bool IsUnknown(AlphaFeatures a, BreakerFactor factor) => a.Unknown.HasFlag((BreakerFactors)(1 << (int)factor));

    internal static string Name(BreakerFactor factor) => factor switch
    {
        BreakerFactor.Funding => Factors.Funding,
        BreakerFactor.TakerRatio => Factors.TakerRatio,
        _ => Factors.Dvol,
    };

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "?";
}
