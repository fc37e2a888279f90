using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Ticks;

namespace Dolphin.Venues.Tests.Ticks;

/// <summary>Orders beside a recorded book: bids of 10 lots at 100, 99, 98, asks of 10 at 101, 102, 103.</summary>
public sealed class TickVenueStories
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan There = TimeSpan.FromMilliseconds(40), Back = TimeSpan.FromMilliseconds(30);

    private readonly TickVenue _venue = new(There, Back);
    private readonly OrderBook _book = new();
    private readonly List<TickReport> _accepted = [];

    public TickVenueStories()
    {
        _book.Apply([new(100, 10), new(99, 10), new(98, 10)], [new(101, 10), new(102, 10), new(103, 10)]);
        _venue.OnBook(_book, Noon);
    }

    private static DateTimeOffset At(int milliseconds) => Noon.AddMilliseconds(milliseconds);

    private void Market(int ms, Level[] bids, Level[] asks)
    {
        _venue.Advance(At(ms));
        _book.Apply(bids, asks);
        _venue.OnBook(_book, At(ms));
    }

    private void Trade(int ms, long ticks, long lots, OrderSide taker)
    {
        _venue.Advance(At(ms));
        _venue.OnTrade(new Level(ticks, lots), taker, At(ms));
    }

    private List<TickReport> Heard(int ms)
    {
        _venue.Advance(At(ms));
        var heard = new List<TickReport>();
        while (_venue.TryHear(At(ms), out var report))
        {
            if (report.Kind == TickReportKind.Accepted) _accepted.Add(report);
            else heard.Add(report);
        }

        return heard;
    }

    [Fact(DisplayName = "What takes walks the levels that stand there when it arrives, and is heard of a latency later")]
    public void Takes()
    {
        _venue.Submit(1, OrderSide.Buy, null, 15, Noon);
        Market(20, [], [new(101, 3)]); // On the way there seven lots are gone.
        Assert.Empty(Heard(69));
        Assert.Equal([(101, 3), (102, 10), (103, 2)], Heard(70).Select(r => (r.Ticks, r.Lots)));
    }

    [Fact(DisplayName = "What the book does not have is not filled")]
    public void Runs_dry()
    {
        _venue.Submit(1, OrderSide.Sell, null, 35, Noon);
        var heard = Heard(100);
        Assert.Equal(30, heard.Sum(r => r.Lots));
        Assert.Equal(TickReportKind.Ended, heard[^1].Kind);
    }

    [Fact(DisplayName = "What rests waits until trades have gone through those before it")]
    public void Queues()
    {
        _venue.Submit(1, OrderSide.Buy, 100, 5, Noon);
        Trade(50, 100, 8, OrderSide.Sell);
        Assert.Empty(Heard(100));
        Trade(110, 100, 4, OrderSide.Buy); // Not of this side.
        Trade(120, 100, 4, OrderSide.Sell);
        var fill = Assert.Single(Heard(150));
        Assert.Equal((100, 2, true, At(120)), (fill.Ticks, fill.Lots, fill.IsMaker, fill.At));
        Trade(160, 100, 40, OrderSide.Sell);
        Assert.Equal(3, Assert.Single(Heard(200)).Lots);
        Assert.Equal(0, _venue.RestingCount);
    }

    [Fact(DisplayName = "That an order rests is told once, of when it came there; of one that takes or is refused never")]
    public void Accepts()
    {
        _venue.Submit(1, OrderSide.Buy, 100, 5, Noon);
        _venue.Submit(2, OrderSide.Buy, 101, 5, Noon);
        _venue.Submit(3, OrderSide.Buy, null, 5, Noon);
        Heard(69);
        Assert.Empty(_accepted);
        Heard(70);
        Assert.Equal((1L, At(40)), Assert.Single(_accepted) is var told ? (told.Order, told.At) : default);
    }

    [Fact(DisplayName = "A level with fewer lots than were ahead shortens the queue; one with more does not lengthen it")]
    public void Levels()
    {
        _venue.Submit(1, OrderSide.Buy, 100, 5, Noon);
        Market(50, [new(100, 2)], []);
        Market(60, [new(100, 90)], []);
        Trade(70, 100, 3, OrderSide.Sell);
        Assert.Equal(1, Assert.Single(Heard(110)).Lots);
    }

    [Fact(DisplayName = "A trade through its price, or a book that has come to it, fills it whole")]
    public void Through()
    {
        _venue.Submit(1, OrderSide.Buy, 99, 5, Noon);
        _venue.Submit(2, OrderSide.Sell, 103, 5, Noon);
        Trade(50, 98, 1, OrderSide.Sell);
        Assert.Equal((1L, 5L), Assert.Single(Heard(80)) is var a ? (a.Order, a.Lots) : default);
        Market(100, [new(103, 1)], [new(101, 0), new(102, 0), new(103, 0), new(104, 5)]);
        Assert.Equal((2L, 103L, 5L), Assert.Single(Heard(130)) is var b ? (b.Order, b.Ticks, b.Lots) : default);
    }

    [Fact(DisplayName = "Post-only is refused where it would take when it arrives, and everything while the book is not whole")]
    public void Refuses()
    {
        _venue.Submit(1, OrderSide.Buy, 100, 5, Noon);
        Market(20, [], [new(101, 0), new(100, 4), new(99, 1)]);
        Assert.Equal(TickReportKind.Refused, Assert.Single(Heard(70)).Kind);
        _venue.OnBook(null, At(80));
        _venue.Submit(2, OrderSide.Buy, null, 5, At(80));
        Assert.Equal(TickReportKind.Refused, Assert.Single(Heard(150)).Kind);
    }

    [Fact(DisplayName = "A cancel ends what rests; one that crosses with the fill finds nothing")]
    public void Cancels()
    {
        _venue.Submit(1, OrderSide.Buy, 99, 5, Noon);
        _venue.Cancel(1, At(50));
        Assert.Equal(TickReportKind.Ended, Assert.Single(Heard(120)).Kind);
        _venue.Submit(2, OrderSide.Buy, 99, 5, At(200));
        _venue.Advance(At(240));
        _venue.Cancel(2, At(250));
        Trade(260, 98, 1, OrderSide.Sell);
        Assert.Equal([TickReportKind.Filled], Heard(400).Select(r => r.Kind));
    }
}
