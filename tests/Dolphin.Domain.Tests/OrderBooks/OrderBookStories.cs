using Dolphin.Domain.OrderBooks;

namespace Dolphin.Domain.Tests.OrderBooks;

public sealed class OrderBookStories
{
    [Fact(DisplayName = "Taking the best level away uncovers the next one, wherever it is")]
    public void Next_best()
    {
        var book = new OrderBook();
        book.Apply([new(100, 5), new(99, 2), new(40, 7)], [new(101, 1), new(500_000, 3)]);
        book.Apply([new(100, 0), new(99, 0)], [new(101, 0)]);
        Assert.Equal(new Level(40, 7), book.BestBid);
        Assert.Equal(new Level(500_000, 3), book.BestAsk);
        book.Apply([new(40, 0)], [new(500_000, 0)]);
        Assert.False(book.HasBid || book.HasAsk);
    }

    [Fact(DisplayName = "Taking a level away that is not there changes nothing, near or far, in an empty book or a full one")]
    public void Delete_nothing()
    {
        var book = new OrderBook();
        book.Apply([new(100, 0)], [new(9_000_000, 0)]);
        Assert.False(book.HasBid || book.HasAsk);
        book.Apply([new(100, 5)], [new(101, 1)]);
        book.Apply([new(101, 0), new(99, 0)], [new(100, 0), new(9_000_000, 0), new(Level.MostTicks, 0)]);
        Assert.Equal((new Level(100, 5), new Level(101, 1)), (book.BestBid, book.BestAsk));
    }

    [Fact(DisplayName = "A bid at or above the best ask leaves a crossed book, and says so until one of them is gone")]
    public void Crossed()
    {
        var book = new OrderBook();
        book.Apply([new(100, 5)], [new(101, 1)]);
        Assert.False(book.IsCrossed);
        book.Apply([new(101, 2)], []);
        Assert.True(book.IsCrossed);
        book.Apply([], [new(101, 0)]);
        Assert.False(book.IsCrossed);
        Assert.Equal(new Level(101, 2), book.BestBid);
    }

    [Fact(DisplayName = "Of more far levels than there is room for the nearest are kept, the rest are counted, and the best is right")]
    public void Far_list_is_bounded()
    {
        var book = new OrderBook();
        book.Apply([], [new(1_000, 1)]);
        var far = Enumerable.Range(0, BookSide.MostFar + 100).Select(i => new Level(1_000_000 + i * 10, i + 1)).ToArray();
        book.Apply([], [.. far.Reverse()]);
        Assert.Equal(100, book.Forgotten);
        Assert.Equal(BookSide.MostFar + 1, book.AskCount);
        book.Apply([], [new(1_000, 0)]);
        Assert.Equal(far[0], book.BestAsk);
        book.Clear();
        Assert.Equal(0, book.Forgotten);
    }

    [Fact(DisplayName = "A price that runs through the directory a hundred times over and back keeps every level")]
    public void Runaway_price()
    {
        var (book, plain) = (new OrderBook(), new PlainBook());
        for (var i = 0; i < 4_000; i++)
        {
            var ticks = 1 + Math.Abs(2_000 - i) * 13_107L;
            foreach (var level in (ReadOnlySpan<Level>)[new(ticks, i + 1), new(ticks + 700, i + 2)])
            {
                book.Apply([level], []);
                plain.Set(true, level);
            }
            plain.AssertBest(book);
        }
        plain.AssertAll(book);
        Assert.Equal(0, book.Forgotten);
    }

    [Fact(DisplayName = "An update allocates nothing, whether it sets, changes, takes away, moves the directory or goes far out")]
    public void Allocates_nothing()
    {
        var book = new OrderBook();
        Level[] bids = [new(1_000_000, 5), new(999_999, 3), new(600_000, 1), new(1, 9)], asks = [new(1_000_001, 5), new(1_400_000, 2), new(3_000_000, 2)];
        Level[] noBids = [.. bids.Select(l => l with { Lots = 0 })], noAsks = [.. asks.Select(l => l with { Lots = 0 })];
        Level[] high = [new(2_000_000, 1)], noHigh = [new(2_000_000, 0)];
        Round();
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            book.Apply(bids, asks);
            book.Apply(high, []);
            book.Apply(noHigh, []);
            book.Apply(noBids, noAsks);
        }
    }
}
