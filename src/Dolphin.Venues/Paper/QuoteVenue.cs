using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>How a venue that only quotes differs from the market it quotes; validated before anybody sees it.</summary>
/// <param name="Seed">Of noise and outages.</param>
/// <param name="Lag">How old its price is when it is heard; 0 to <see cref="MostLag"/>.</param>
/// <param name="Noise">Standard deviation of its price around the market's; each bar's is independent of the last one's.</param>
/// <param name="OutageShare">Of all stretches of <paramref name="OutageLength"/>, those in which it says nothing of any symbol; 0 to 1.</param>
/// <param name="OutageLength">A stretch, on a grid of absolute time; above zero.</param>
public sealed record QuoteVenuePolicy(ulong Seed, TimeSpan Lag, Bps Noise, double OutageShare, TimeSpan OutageLength)
{
    public static readonly TimeSpan MostLag = TimeSpan.FromMinutes(1);
}

/// <summary>A price that the market is known to have had: a close, or where none came before it, an open.</summary>
/// <param name="ClosedAtMs">Unix milliseconds at which it had it.</param>
public readonly record struct ShownClose(long ClosedAtMs, decimal Price);

/// <summary>What is remembered of one symbol: the prices between which what is shown lies, oldest first.</summary>
public sealed record QuoteMemory(Symbol Symbol, ImmutableArray<ShownClose> Closes);

/// <summary>
/// A second venue that has prices and takes no orders: the recorded market, some time late and a little off. Its price is a function of seed,
/// symbol and bars alone, so a replay repeats it, and who starts late sees what who started early sees.
/// </summary>
/// <remarks>
/// A lag is seldom a whole number of bars, and of a bar nobody knows its inside. The price of a moment within one is taken to be on the straight line from the
/// close before it to its own: of the whole move of a bar of 15 minutes a venue two seconds late lacks 2/900. That is what the lag came to on average, not what
/// the market did in those seconds. Remembers the prices of one lag, and one more. Not for several threads.
/// </remarks>
public sealed class QuoteVenue
{
    private const double FarthestNoise = 6; // Standard deviations; one draw in five hundred million, and a price stays one.
    private readonly QuoteVenuePolicy _policy;
    private readonly Dictionary<Symbol, List<ShownClose>> _closes = []; // Looked up; never walked but in order.

    public QuoteVenue(QuoteVenuePolicy policy) => _policy = policy;

    /// <summary>Goes on from what <see cref="Capture"/> once gave.</summary>
    public QuoteVenue(QuoteVenuePolicy policy, ImmutableArray<QuoteMemory> memory) : this(policy)
    {
        foreach (var symbol in memory) TrackOf(symbol.Symbol).AddRange(symbol.Closes);
    }

    /// <summary>Takes a bar of the market that has closed, and quotes.</summary>
    /// <returns>The price it shows at the close, which is that of a lag before; null while it is out, or has nothing old enough to show.</returns>
    public Price? Quote(Symbol symbol, in Bar bar, TimeSpan interval)
    {
        var closes = TrackOf(symbol);
        var closedAt = bar.OpenTimeMs + (long)interval.TotalMilliseconds;
        var shownBy = closedAt - (long)_policy.Lag.TotalMilliseconds;
        // After a gap the line begins at the open: what lies between the bars is no move of this one.
        if (closes.Count == 0 || closes[^1].ClosedAtMs < bar.OpenTimeMs) closes.Add(new ShownClose(bar.OpenTimeMs, bar.Open.QuotePerBase));
        closes.Add(new ShownClose(closedAt, bar.Close.QuotePerBase));
        while (closes.Count > 1 && closes[1].ClosedAtMs <= shownBy) closes.RemoveAt(0);
        return closes[0].ClosedAtMs > shownBy || IsOut(bar.OpenTimeMs) ? null : Price.Of(At(closes, shownBy) * Noise(symbol, bar.OpenTimeMs));
    }

    // Nine digits of the share: a price and not a quotient without an end.
    private static decimal At(List<ShownClose> closes, long atMs)
    {
        var before = closes[0];
        if (closes.Count == 1 || before.ClosedAtMs == atMs) return before.Price;
        var after = closes[1];
        return before.Price + (after.Price - before.Price) * decimal.Round((decimal)(atMs - before.ClosedAtMs) / (after.ClosedAtMs - before.ClosedAtMs), 9);
    }

    /// <summary>Whether it says nothing in the bar that opened then.</summary>
    public bool IsOut(long openTimeMs) => _policy.OutageShare > 0
        && new Chance(StableHash.Of(_policy.Seed, (int)Purpose.Outage, "", openTimeMs / (long)_policy.OutageLength.TotalMilliseconds)).NextBool(_policy.OutageShare);

    /// <summary>In ordinal order of symbol.</summary>
    public ImmutableArray<QuoteMemory> Capture() => [.. _closes.OrderBy(t => t.Key).Select(t => new QuoteMemory(t.Key, [.. t.Value]))];

    // Nine digits: a statistic becomes money here, and money is exact.
    private decimal Noise(Symbol symbol, long openTimeMs)
    {
        if (_policy.Noise.Value == 0m) return 1m;
        var chance = new Chance(StableHash.Of(_policy.Seed, (int)Purpose.Noise, symbol.Name, openTimeMs));
        return 1m + decimal.Round((decimal)Math.Clamp(chance.NextNormal(), -FarthestNoise, FarthestNoise) * _policy.Noise.Value / 10_000m, 9);
    }

    private List<ShownClose> TrackOf(Symbol symbol)
    {
        if (!_closes.TryGetValue(symbol, out var closes)) _closes.Add(symbol, closes = []);
        return closes;
    }

    private enum Purpose { Noise = 101, Outage = 102 }
}
