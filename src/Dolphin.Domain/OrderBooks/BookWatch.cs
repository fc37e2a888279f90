using Dolphin.Domain.Market;

namespace Dolphin.Domain.OrderBooks;

/// <summary>Counts the updates of one book and how regularly they come, and sums the book up when somebody looks. Allocates nothing but what is shown of queues; not safe for several threads.</summary>
/// <param name="tick">Quote currency of one tick, above zero.</param>
/// <param name="lot">Base of one lot, above zero.</param>
public sealed class BookWatch(Symbol symbol, decimal tick, decimal lot)
{
    private DateTimeOffset? _movedAt;
    private int _updates, _intervals;
    private long _bidsTaken, _asksTaken; // Lots.
    private TakenTo _bidsTakenTo, _asksTakenTo;
    private double _mean, _squares; // Welford's recurrence: sums of squares would lose the digits that a variance is made of.

    /// <summary>The book began, or began again, by a snapshot. The time before is none between two updates: nobody knows what would have come.</summary>
    public void Began(DateTimeOffset at)
    {
        _updates++;
        _movedAt = at;
    }

    /// <summary>The book was updated. A clock that went back makes no interval.</summary>
    public void Moved(DateTimeOffset at)
    {
        _updates++;
        if (_movedAt is { } before && at >= before) Fold((at - before).TotalSeconds);
        _movedAt = at;
    }

    /// <summary>Somebody has traded with who rested.</summary>
    /// <param name="trade">At most <see cref="Level.MostTicks"/> lots together are counted between two looks.</param>
    public void Traded(OrderSide taker, Level trade)
    {
        ref var taken = ref taker == OrderSide.Sell ? ref _bidsTaken : ref _asksTaken;
        taken = Math.Min(Level.MostTicks, taken + Math.Min(Level.MostTicks, trade.Lots));
        if (taker == OrderSide.Sell) _bidsTakenTo = _bidsTakenTo.After(OrderSide.Buy, trade);
        else _asksTakenTo = _asksTakenTo.After(OrderSide.Sell, trade);
    }

    /// <summary>What the book is now, and what came since the last look, which begins anew.</summary>
    /// <param name="withinBps">How far from the middle notional is summed up, in basis points, above zero.</param>
    /// <param name="queues">How far the levels near the best are shown; <c>default</c>: not at all, and a look allocates nothing.</param>
    public BookSummary Look(OrderBook book, bool isValid, DateTimeOffset now, double withinBps, LevelReach queues = default)
    {
        var variance = _intervals > 1 ? _squares / (_intervals - 1) : 0d;
        var isWhole = isValid && book.HasBid && book.HasAsk;
        var (bids, asks) = isWhole ? NotionalWithin(book, withinBps) : default;
        var summary = new BookSummary(
            symbol, now, isValid, isValid && book.HasBid ? Quote(book.BestBid) : null, isValid && book.HasAsk ? Quote(book.BestAsk) : null,
            bids, asks, _movedAt, _updates, _intervals, _mean, variance, _bidsTaken * (double)lot, _asksTaken * (double)lot,
            isWhole && queues != default ? BookQueues.Of(book, tick, lot, queues, _bidsTakenTo, _asksTakenTo) : null);
        (_bidsTakenTo, _asksTakenTo) = (default, default);
        (_updates, _intervals, _mean, _squares, _bidsTaken, _asksTaken) = (0, 0, 0d, 0d, 0, 0);
        return summary;
    }

    private void Fold(double seconds)
    {
        _intervals++;
        var off = seconds - _mean;
        _mean += off / _intervals;
        _squares += off * (seconds - _mean);
    }

    private (double Bids, double Asks) NotionalWithin(OrderBook book, double bps)
    {
        var middle = (book.BestBid.Ticks + (double)book.BestAsk.Ticks) / 2d;
        var lowest = (long)Math.Ceiling(middle * (1d - bps / 10_000d));
        var highest = (long)Math.Floor(middle * (1d + bps / 10_000d));
        var step = (double)(tick * lot);
        return (book.BidTickLotsFrom(lowest) * step, book.AskTickLotsTo(highest) * step);
    }

    private BestQuote Quote(Level level) => new(Price.Of(level.Ticks * tick), new Quantity(level.Lots * lot));
}
