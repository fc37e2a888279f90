using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>The price inside a bar: open, low, high, close if it closes at or above its open, else open, high, low, close;
/// straight lines between them, turning at the thirds of the interval.</summary>
/// <remarks>The path ends one millisecond before the interval does, as Binance's close times do: a bar owns
/// [open, open + interval), so that no instant belongs to two bars.</remarks>
public static class IntrabarPath
{
    /// <summary>Money and prices of the venue that are not exact are rounded to this many decimals, half to even.</summary>
    internal const int Decimals = 8;

    /// <summary>The path price at <paramref name="atMs"/>; the open before the bar and the close after it.</summary>
    public static Price PriceAt(in Bar bar, long intervalMs, long atMs)
    {
        var t0 = bar.OpenTimeMs;
        if (atMs <= t0) return bar.Open;
        var t3 = t0 + intervalMs - 1;
        if (atMs >= t3) return bar.Close;
        var (first, second) = Extremes(bar);
        var t1 = t0 + (intervalMs / 3);
        if (atMs <= t1) return Between(bar.Open, first, atMs - t0, t1 - t0);
        var t2 = t0 + (2 * intervalMs / 3);
        return atMs <= t2 ? Between(first, second, atMs - t1, t2 - t1) : Between(second, bar.Close, atMs - t2, t3 - t2);
    }

    /// <summary>When the path first trades strictly through <paramref name="limit"/>: below it for a BUY, above it for a SELL.</summary>
    /// <returns>Unix milliseconds, at or after <paramref name="fromMs"/>; <see cref="long.MaxValue"/> if it never does in this bar.</returns>
    public static long FirstThrough(in Bar bar, long intervalMs, long fromMs, OrderSide side, Price limit)
    {
        // The extreme decides first: most bars come nowhere near most orders.
        if (!IsThrough(side == OrderSide.Buy ? bar.Low : bar.High, side, limit)) return long.MaxValue;
        var t0 = bar.OpenTimeMs;
        var t3 = t0 + intervalMs - 1;
        var from = Math.Max(fromMs, t0);
        if (from > t3) return long.MaxValue;
        if (IsThrough(PriceAt(bar, intervalMs, from), side, limit)) return from;
        var (first, second) = Extremes(bar);
        var (t1, t2) = (t0 + (intervalMs / 3), t0 + (2 * intervalMs / 3));
        return Within(bar.Open, first, t0, t1) ?? Within(first, second, t1, t2) ?? Within(second, bar.Close, t2, t3) ?? long.MaxValue;

        long? Within(Price a, Price b, long ta, long tb)
        {
            if (tb <= from || !IsThrough(b, side, limit)) return null;
            if (IsThrough(a, side, limit)) return Math.Max(ta, from);
            var share = (a.QuotePerBase - limit.QuotePerBase) * (tb - ta) / (a.QuotePerBase - b.QuotePerBase);
            return Math.Max(ta + (long)Math.Floor(share) + 1, from);
        }
    }

    /// <summary>No price of the path is below it.</summary>
    internal static decimal Lowest(in Bar bar) => Math.Round(bar.Low.QuotePerBase, Decimals, MidpointRounding.ToZero);

    /// <summary>No price of the path is above it.</summary>
    internal static decimal Highest(in Bar bar) => Math.Round(bar.High.QuotePerBase, Decimals, MidpointRounding.ToPositiveInfinity);

    public static bool IsThrough(Price traded, OrderSide side, Price limit) => side == OrderSide.Buy ? traded < limit : traded > limit;

    private static (Price First, Price Second) Extremes(in Bar bar) =>
        bar.Close >= bar.Open ? (bar.Low, bar.High) : (bar.High, bar.Low);

    private static Price Between(Price a, Price b, long elapsed, long whole)
    {
        var exact = a.QuotePerBase + ((b.QuotePerBase - a.QuotePerBase) * elapsed / whole);
        var rounded = Math.Round(exact, Decimals, MidpointRounding.ToEven);
        return Price.Of(rounded > 0m ? rounded : exact); // A price below 5e-9 would round to nothing.
    }
}
