using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Depth;

/// <summary>How a book comes together from a snapshot and diffs, and how it is known that it has not.</summary>
public sealed class DepthBookStories
{
    private readonly DepthBook _book = new(new SymbolGrid(new(2), new(3)));
    private long _now;

    private DiffVerdict Futures(long first, long last, long previous, params Level[] bids) => _book.Take(new(first, last, previous), bids, [], ++_now);
    private DiffVerdict Spot(long first, long last, params Level[] bids) => _book.Take(new(first, last, null), bids, [], ++_now);
    private SnapshotVerdict Snapshot(long id, long bid = 100) => _book.Begin(id, [new(bid, 1)], [new(200, 1)], ++_now);

    [Fact(DisplayName = "Futures: diffs are kept until a snapshot comes; those before it are dropped, the one that covers it is the first")]
    public void Futures_bridge()
    {
        Assert.Equal(BookTrouble.NotBegun, _book.Trouble);
        Assert.Equal(DiffVerdict.Keep, Futures(1, 4, 0, new Level(150, 9)));
        Assert.Equal(DiffVerdict.Keep, Futures(5, 9, 4, new Level(110, 2)));
        Assert.Equal(DiffVerdict.Keep, Futures(12, 15, 9, new Level(111, 3)));
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(7));
        Assert.Equal((true, 15, new Level(111, 3)), (_book.IsValid, _book.LastId, _book.Levels.BestBid));
        Assert.Equal(0, _book.Levels.BidLotsAt(150)); // It was in a diff that the snapshot has already.
        Assert.Equal((1, 2), (_book.Counts.BeforeSnapshot, _book.Counts.Applied));
    }

    [Fact(DisplayName = "Spot: the first diff covers the id after the snapshot's, and ids follow on one another")]
    public void Spot_bridge()
    {
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(7));
        Assert.Equal(BookState.Bridging, _book.State);
        Assert.Equal(DiffVerdict.BeforeSnapshot, Spot(5, 7));
        Assert.Equal(BookState.Bridging, _book.State);
        Assert.Equal(DiffVerdict.Apply, Spot(6, 8));
        Assert.Equal(DiffVerdict.Apply, Spot(9, 9));
        Assert.Equal(DiffVerdict.Gap, Spot(11, 12));
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.Gap), (_book.State, _book.Trouble));
    }

    [Fact(DisplayName = "A futures diff that names the snapshot's id as the one before it follows, whatever number it begins with")]
    public void Follows_by_name()
    {
        Snapshot(7);
        Assert.Equal(DiffVerdict.Apply, Futures(40, 50, 7));
    }

    [Fact(DisplayName = "A snapshot from before the diffs that were kept is too old; the next one is taken, with those diffs")]
    public void Snapshot_too_old()
    {
        Futures(10, 14, 9, new Level(110, 2));
        Futures(15, 19, 14, new Level(111, 3));
        Assert.Equal(SnapshotVerdict.TooOld, Snapshot(5));
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.SnapshotTooOld, 2), (_book.State, _book.Trouble, _book.Kept));
        Assert.Equal(DiffVerdict.Keep, Futures(20, 24, 19, new Level(112, 4)));
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(16));
        Assert.Equal((true, 24, new Level(112, 4), new Level(111, 3)), (_book.IsValid, _book.LastId, _book.Levels.BestBid, new Level(111, _book.Levels.BidLotsAt(111))));
        Assert.Equal(0, _book.Levels.BidLotsAt(110));
    }

    [Fact(DisplayName = "A snapshot that comes first, and a stream that begins too late for it: another snapshot is asked for")]
    public void Stream_too_late()
    {
        Snapshot(5);
        Assert.Equal(DiffVerdict.SnapshotTooOld, Futures(10, 14, 9));
        Assert.True(_book.WantsSnapshot);
        Assert.Equal(1, _book.Kept);
    }

    [Fact(DisplayName = "After a gap nothing is applied until a new snapshot; the diffs since the gap are kept for it")]
    public void Gap()
    {
        Snapshot(5);
        Futures(5, 9, 4, new Level(110, 2));
        Assert.Equal(DiffVerdict.Gap, Futures(14, 19, 13, new Level(120, 2)));
        Assert.False(_book.IsValid);
        Assert.Equal(DiffVerdict.Keep, Futures(20, 24, 19, new Level(130, 2)));
        Assert.Equal(new Level(110, 2), _book.Levels.BestBid);
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(21, bid: 90));
        Assert.Equal((true, new Level(130, 2), 0), (_book.IsValid, _book.Levels.BestBid, _book.Levels.BidLotsAt(110)));
        Assert.Equal((1, 2), (_book.Counts.Gaps, _book.Counts.SnapshotsTaken));
    }

    [Fact(DisplayName = "A diff that came already and one that comes late are dropped by name, and the book goes on")]
    public void Duplicates_and_stragglers()
    {
        Snapshot(5);
        Futures(5, 9, 4, new Level(110, 2));
        Futures(10, 14, 9, new Level(111, 2));
        Assert.Equal(DiffVerdict.Duplicate, Futures(10, 14, 9, new Level(150, 9)));
        Assert.Equal(DiffVerdict.OutOfOrder, Futures(5, 9, 4, new Level(150, 9)));
        Assert.Equal(DiffVerdict.Impossible, Futures(20, 15, 14, new Level(150, 9)));
        Assert.Equal(DiffVerdict.Apply, Futures(15, 19, 14));
        Assert.Equal((true, new Level(111, 2)), (_book.IsValid, _book.Levels.BestBid));
    }

    [Fact(DisplayName = "A diff that covers what was there, and more, breaks the book: somebody's ids are wrong")]
    public void Overlap()
    {
        Snapshot(5);
        Futures(5, 9, 4);
        Assert.Equal(DiffVerdict.Overlap, Futures(8, 14, 7));
        Assert.Equal(BookTrouble.Overlap, _book.Trouble);
    }

    [Fact(DisplayName = "A crossed snapshot is refused, and a book that a diff crosses is valid no more")]
    public void Crossed()
    {
        Assert.Equal(SnapshotVerdict.Crossed, _book.Begin(5, [new(200, 1)], [new(200, 1)], 1));
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.SnapshotCrossed), (_book.State, _book.Trouble));
        Snapshot(5);
        Assert.Equal(DiffVerdict.Apply, Futures(5, 9, 4, new Level(201, 1)));
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.Crossed, 1), (_book.State, _book.Trouble, _book.Counts.Crossed));
    }

    [Fact(DisplayName = "A snapshot that nobody asked for changes nothing, however new it is")]
    public void Snapshot_not_needed()
    {
        Snapshot(5);
        Futures(5, 9, 4, new Level(110, 2));
        Assert.Equal(SnapshotVerdict.NotNeeded, Snapshot(50));
        Assert.Equal((true, 9, new Level(110, 2)), (_book.IsValid, _book.LastId, _book.Levels.BestBid));
    }

    [Fact(DisplayName = "Connected but silent is stale; so is a book that never began, and late or kept diffs are no progress")]
    public void Stale()
    {
        Assert.True(_book.IsStale(0, 1_000));
        _book.Begin(5, [], [], 1_000);
        _book.Take(new(5, 9, 4), [], [], 2_000);
        Assert.False(_book.IsStale(3_000, 1_000));
        _book.Take(new(5, 9, 4), [], [], 3_000);
        Assert.True(_book.IsStale(3_001, 1_000));
    }

    [Fact(DisplayName = "Whoever owns the connection can say that a book is not to be trusted; it begins again with a snapshot")]
    public void Invalidated()
    {
        Snapshot(5);
        Futures(5, 9, 4);
        _book.Invalidate();
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.Invalidated), (_book.State, _book.Trouble));
        Assert.Equal(DiffVerdict.Keep, Futures(30, 34, 29));
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(33));
        Assert.True(_book.IsValid);
    }

    [Fact(DisplayName = "What waits for a snapshot is bounded, by diffs and by levels; a snapshot that is new enough still finds its diffs")]
    public void Bounded()
    {
        for (var i = 0; i < KeptDiffs.MostDiffs + 10; i++) Futures(i * 10 + 1, i * 10 + 10, i * 10);
        Assert.Equal(10, _book.Kept);
        Assert.Equal(SnapshotVerdict.TooOld, Snapshot(105));
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(KeptDiffs.MostDiffs * 10 + 15));
        Assert.True(_book.IsValid);

        _book.Invalidate();
        var many = new Level[KeptDiffs.MostLevels / 2 + 1];
        Array.Fill(many, new Level(100, 1));
        Futures(1, 2, 0, many);
        Futures(3, 4, 2, many);
        Assert.Equal(1, _book.Kept);
        Futures(5, 6, 4, [.. many, .. many]);
        Assert.Equal(0, _book.Kept);
    }

    [Fact(DisplayName = "A diff inside of what the newest one says it covers: one of the two is wrong, and the book begins again with it")]
    public void Inside_of_the_newest()
    {
        Snapshot(5);
        Assert.Equal(DiffVerdict.Apply, Futures(5, 9, 4));
        Assert.Equal(DiffVerdict.Apply, Futures(10, long.MaxValue, 9));
        Assert.Equal(DiffVerdict.OutOfOrder, Futures(5, 9, 4)); // From before it: nothing is known of it.
        Assert.Equal(DiffVerdict.Overlap, Futures(10, 14, 9));
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.Overlap, 1, 14), (_book.State, _book.Trouble, _book.Kept, _book.LastId));
    }

    [Fact(DisplayName = "Older diffs that follow on one another are the stream when there are enough of them, and the newest had ids that are none")]
    public void Renumbered()
    {
        Assert.Equal(DiffVerdict.Keep, Futures(9_000, 9_001, 8_999));
        for (var i = 1; i < DepthChain.MostOlder; i++)
        {
            Assert.Equal(DiffVerdict.OutOfOrder, Futures(i * 10 + 1, i * 10 + 10, i * 10));
            Assert.Equal(DiffVerdict.OutOfOrder, Futures(i * 10 + 1, i * 10 + 10, i * 10)); // Another connection has it too: neither more nor less.
            if (i % 4 == 0) Assert.Equal(SnapshotVerdict.TooOld, Snapshot(i * 10 + 5)); // For an id that is none every snapshot is.
        }
        const int last = DepthChain.MostOlder * 10;
        Assert.Equal(DiffVerdict.Renumbered, Futures(last + 1, last + 10, last, new Level(110, 2)));
        Assert.Equal((BookState.WantsSnapshot, BookTrouble.Renumbered, 1, last + 10), (_book.State, _book.Trouble, _book.Kept, _book.LastId));
        Assert.Equal(SnapshotVerdict.Taken, Snapshot(last + 5));
        Assert.Equal((true, new Level(110, 2)), (_book.IsValid, _book.Levels.BestBid));
    }

    [Fact(DisplayName = "Older diffs that do not follow on one another, or between which the book goes on, are only dropped")]
    public void Only_older()
    {
        Snapshot(1_000);
        Assert.Equal(DiffVerdict.Apply, Futures(1_000, 1_001, 999));
        for (var i = 0; i < 3 * DepthChain.MostOlder; i++) Assert.Equal(DiffVerdict.OutOfOrder, Futures(i * 10 + 1, i * 10 + 10, i * 10 - 3));
        for (var i = 1; i < 3 * DepthChain.MostOlder; i++)
        {
            Assert.Equal(DiffVerdict.OutOfOrder, Futures(i * 10 + 1, i * 10 + 10, i * 10)); // The slower of two connections.
            Assert.Equal(DiffVerdict.Apply, Futures(1_001 + i, 1_001 + i, 1_000 + i));
        }
        Assert.True(_book.IsValid);
    }
}
