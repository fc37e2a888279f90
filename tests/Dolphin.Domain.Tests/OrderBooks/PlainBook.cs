using Dolphin.Domain.OrderBooks;

namespace Dolphin.Domain.Tests.OrderBooks;

/// <summary>The oracle: a book as one would write it without a thought for speed.</summary>
public sealed class PlainBook
{
    private readonly SortedDictionary<long, long> _bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a))), _asks = [];

    public void Set(bool isBid, Level level)
    {
        var side = isBid ? _bids : _asks;
        if (level.Lots == 0) side.Remove(level.Ticks);
        else side[level.Ticks] = level.Lots;
    }

    public void AssertBest(OrderBook book)
    {
        Assert.Equal(First(_bids), book.BestBid);
        Assert.Equal(First(_asks), book.BestAsk);
        Assert.Equal((_bids.Count > 0, _asks.Count > 0), (book.HasBid, book.HasAsk));
        Assert.Equal(_bids.Count > 0 && _asks.Count > 0 && First(_bids).Ticks >= First(_asks).Ticks, book.IsCrossed);
    }

    public void AssertAll(OrderBook book)
    {
        AssertBest(book);
        Assert.Equal((_bids.Count, _asks.Count), (book.BidCount, book.AskCount));
        var levels = new Level[Math.Max(_bids.Count, _asks.Count) + 1];
        Assert.Equal(_bids.Select(l => new Level(l.Key, l.Value)), levels[..book.CopyBids(levels)]);
        Assert.Equal(_asks.Select(l => new Level(l.Key, l.Value)), levels[..book.CopyAsks(levels)]);
        foreach (var (ticks, lots) in _bids) Assert.Equal(lots, book.BidLotsAt(ticks));
        foreach (var (ticks, lots) in _asks) Assert.Equal(lots, book.AskLotsAt(ticks));
    }

    private static Level First(SortedDictionary<long, long> side) => side.Count == 0 ? default : side.First() is var (ticks, lots) ? new(ticks, lots) : default;
}
