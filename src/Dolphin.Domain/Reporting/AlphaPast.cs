using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Reporting;

/// <summary>What a breaker had kept of one factor.</summary>
/// <param name="Assets">Of so many something was known.</param>
/// <param name="Newest">When the newest of them was true; null, like the next two, where nothing was known.</param>
/// <param name="Least">The smallest of the newest values of each asset.</param>
/// <param name="Most">The largest of them.</param>
public sealed record KeptFactor(BreakerFactor Factor, int Assets, DateTimeOffset? Newest, double? Least, double? Most);

/// <summary>What a stored snapshot of alpha says without the plan, which is not stored beside it: rank and cut follow from both.</summary>
/// <param name="ScannedAt">Of the newest scan; null before one.</param>
/// <param name="Assets">How many are measured.</param>
/// <param name="Members">How many of them took part in that scan.</param>
public sealed record KeptAlpha(DateTimeOffset StoredAt, DateTimeOffset? ScannedAt, int Assets, int Members, PlungeEvent? Plunge, ImmutableArray<KeptFactor> Factors);

/// <param name="Breaker">What the breaker multiplied the size by.</param>
public sealed record CutOpening(Symbol Symbol, double Breaker, DateTimeOffset At);

public sealed record TakenSignal(Symbol Symbol, string Id, PositionSide Side, double Confidence, DateTimeOffset At);

/// <summary>What the journal holds of alpha by a moment that is over. Alpha is measured and never decided, so nothing of it is written at each scan.</summary>
/// <param name="At">The moment; ages are before it.</param>
/// <param name="Kept">The newest snapshot by then; null where those that are kept are of later.</param>
/// <param name="Opening">The newest that the breaker had a word in; null before one.</param>
/// <param name="Signal">The newest that a strategy took up, a plunge's or a person's; null before one.</param>
public sealed record AlphaPast(DateTimeOffset At, KeptAlpha? Kept, CutOpening? Opening, TakenSignal? Signal)
{
    /// <summary>As lines of text.</summary>
    public string ToText()
    {
        var text = new StringBuilder("alpha then: rank, cut and signals of each moment are not written down. What the journal holds by then:\n");
        if (Kept is not { } kept) text.Append("  snapshot: none. The newest two are kept, and they are of later\n");
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"  snapshot of {When(kept.StoredAt)}: {kept.Assets} assets measured, ")
                .Append(kept.ScannedAt is { } scan ? string.Create(CultureInfo.InvariantCulture, $"{kept.Members} of them in the scan of {When(scan)}\n") : "no scan before it\n");
            text.Append(kept.Plunge is { } plunge ? string.Create(CultureInfo.InvariantCulture, $"  newest plunge {When(plunge.At)}, vel_div {plunge.VelDiv:0.000000}\n") : "  no plunge before it\n");
            foreach (var f in kept.Factors) text.Append(Line(f));
        }

        text.Append(Opening is { } opening
            ? string.Create(CultureInfo.InvariantCulture, $"  newest opening that the breaker had a word in: {opening.Symbol} {When(opening.At)}, x {opening.Breaker:0.00}\n")
            : "  no opening that the breaker had a word in\n");
        text.Append(Signal is { } signal
            ? string.Create(CultureInfo.InvariantCulture, $"  newest signal that was taken up: {signal.Side.ToString().ToLowerInvariant()} {signal.Symbol} {When(signal.At)}, confidence {signal.Confidence:0.00}, {signal.Id}\n")
            : "  no signal that was taken up\n");
        return text.ToString();
    }

    private string Line(KeptFactor f) => f is { Newest: { } newest, Least: { } least, Most: { } most }
        ? string.Create(CultureInfo.InvariantCulture, $"  breaker: {AlphaPicture.Name(f.Factor)} of {f.Assets} assets, newest {When(newest)}, {least:0.######}{(least == most ? "" : string.Create(CultureInfo.InvariantCulture, $" to {most:0.######}"))}\n")
        : $"  breaker: {AlphaPicture.Name(f.Factor)} of no asset: it was not known\n";

    private string When(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss} ({Age(At - time)} before)");

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Days} d {age.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Hours} h {age.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Minutes} min {age.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0.###} s"),
    };
}
