using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Depth;

/// <summary>A book beside its book ticker.</summary>
public sealed class TickerCheckStories
{
    private const int Kept = 4;
    private readonly DepthBook _book = new(new SymbolGrid(new(2), new(3)));
    private readonly TickerCheck _check;

    public TickerCheckStories()
    {
        _check = new TickerCheck(_book, Kept);
        Assert.Equal(SnapshotVerdict.Taken, _book.Begin(7, [new(100, 1)], [new(200, 1)], 1));
        Assert.Equal(DiffVerdict.Apply, _book.Take(new(6, 8, 5), [new(101, 1)], [], 2));
    }

    private bool Take(long id) => _check.Take(new BookTicker(id, _book.Levels.BestBid, _book.Levels.BestAsk), out _);

    [Fact(DisplayName = "A ticker that is not newer is passed over, as often as one of two connections says it")]
    public void Passed_over()
    {
        Assert.True(Take(8));
        for (var i = 0; i < Kept - 1; i++) Assert.False(Take(8));
        Assert.True(Take(9));
        Assert.False(Take(9));
        Assert.Equal(1, _check.Compared);
    }

    [Fact(DisplayName = "After an id that is none the comparison comes back when as many as are kept were passed over")]
    public void Wrong_id()
    {
        Assert.True(Take(9_000_000_000_000_000));
        for (var i = 0; i < Kept - 1; i++) Assert.False(Take(5 + i));
        Assert.True(Take(8));
        Assert.Equal((1, 1), (_check.Compared, _check.Agreed));
    }
}
