using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.OrderBooks;

/// <summary>How far behind the best of its side a level is shown.</summary>
/// <param name="Distance">Of the best price, 0 or more.</param>
/// <param name="Ticks">And so many ticks, 0 or more. Both zero: nobody wants to know.</param>
public readonly record struct LevelReach(Bps Distance, int Ticks)
{
    /// <summary>Whole ticks behind a best price that is so many ticks.</summary>
    public long TicksAt(long best) => (long)(Distance.Value * best / 10_000m) + Ticks;
}

/// <summary>What those who rest in a book want to know of it: the levels near the best, and how far trades have gone since the last look. Never changes.</summary>
public sealed class BookQueues
{
    /// <summary>Levels a side that are shown: of a market with more of them within reach the nearest.</summary>
    public const int MostLevels = 256;

    private readonly decimal _tick, _lot;
    private readonly (ImmutableArray<Level> Levels, long Farthest, TakenTo Taken) _bids, _asks;

    private BookQueues(decimal tick, decimal lot, (ImmutableArray<Level>, long, TakenTo) bids, (ImmutableArray<Level>, long, TakenTo) asks) =>
        (_tick, _lot, _bids, _asks) = (tick, lot, bids, asks);

    /// <param name="book">With both sides.</param>
    /// <param name="tick">Quote currency of one of the book's ticks.</param>
    /// <param name="lot">Base of one of its lots.</param>
    public static BookQueues Of(OrderBook book, decimal tick, decimal lot, LevelReach reach, TakenTo bidsTaken, TakenTo asksTaken)
    {
        Span<Level> levels = stackalloc Level[MostLevels];
        var lowest = book.BestBid.Ticks - reach.TicksAt(book.BestBid.Ticks);
        var bids = Within(levels[..book.CopyBids(levels)], lowest);
        if (bids.Length == MostLevels) lowest = bids[^1].Ticks;
        var highest = book.BestAsk.Ticks + reach.TicksAt(book.BestAsk.Ticks);
        var asks = Within(levels[..book.CopyAsks(levels)], highest);
        if (asks.Length == MostLevels) highest = asks[^1].Ticks;
        return new BookQueues(tick, lot, (bids, lowest, bidsTaken), (asks, highest, asksTaken));

        static ImmutableArray<Level> Within(ReadOnlySpan<Level> all, long last)
        {
            var count = 0;
            while (count < all.Length && Math.Abs(all[count].Ticks - all[0].Ticks) <= Math.Abs(last - all[0].Ticks)) count++;
            return [.. all[..count]];
        }
    }

    /// <summary>What stands at a price: zero where nobody does, null where the look does not reach.</summary>
    public Quantity? StandingAt(OrderSide side, Price price)
    {
        var (ticks, (levels, farthest, _)) = (price.QuotePerBase / _tick, side == OrderSide.Buy ? _bids : _asks);
        foreach (ref readonly var level in levels.AsSpan())
            if (level.Ticks == ticks) return new Quantity(level.Lots * _lot);
        return (side == OrderSide.Buy ? ticks < farthest : ticks > farthest) ? null : Quantity.Zero;
    }

    /// <summary>What was traded at a price since the last look; null where trades went through it.</summary>
    public Quantity? TradedAt(OrderSide side, Price price)
    {
        var ticks = price.QuotePerBase / _tick;
        if (ticks != decimal.Truncate(ticks)) ticks = side == OrderSide.Buy ? decimal.Floor(ticks) : decimal.Ceiling(ticks); // Between two of the book's prices nobody trades.
        var lots = (side == OrderSide.Buy ? _bids : _asks).Taken.LotsAt(side, (long)ticks);
        return lots == TakenTo.Through ? null : new Quantity(lots * _lot);
    }
}
