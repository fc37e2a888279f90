using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Dolphin.Domain.Alpha;

namespace Dolphin.Domain.Reporting;

/// <summary>What alpha said last: the best of the rank, what the breaker takes off, and the signals of a plunge.</summary>
/// <param name="Ranked">How many assets have a rank, of <paramref name="Assets"/>.</param>
/// <param name="Best">At most <see cref="Shown"/>, best first.</param>
/// <param name="LeastMultiplier">What the breaker leaves of a size where it leaves the least, and where the most.</param>
/// <param name="Signals">Of a plunge that is still good; empty without one.</param>
public sealed record AlphaPicture(
    DateTimeOffset At, long Epoch, long Sequence, int Ranked, int Assets, ImmutableArray<AlphaFeatures> Best, double LeastMultiplier, double MostMultiplier,
    ImmutableArray<AlphaSignal> Signals)
{
    public const int Shown = 5;

    public static AlphaPicture Of(AlphaSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new AlphaPicture(
            snapshot.At, snapshot.Epoch, snapshot.Sequence, snapshot.Ranked.Length, snapshot.Assets.Length, [.. snapshot.Ranked.Take(Shown)],
            snapshot.Assets.Select(a => a.Multiplier).DefaultIfEmpty(1).Min(), snapshot.Assets.Select(a => a.Multiplier).DefaultIfEmpty(1).Max(), snapshot.Signals);
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
        foreach (var a in Best)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  {a.Rank}. {a.Symbol} score {a.Score:0.000}  loading {Number(a.Loading, "0.0000")}  momentum {Number(a.Momentum, "+0.00 %;-0.00 %;0.00 %")}  volatility {Number(a.Volatility, "0.00 %")}  liquidity {Number(a.Liquidity, "0")}  x {a.Multiplier:0.00}\n");
        }
        foreach (var s in Signals) text.Append(CultureInfo.InvariantCulture, $"  signal {s.Side.ToString().ToLowerInvariant()} {s.Symbol} of strength {s.Strength:0.00}\n");
        return text.ToString();
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "?";
}
