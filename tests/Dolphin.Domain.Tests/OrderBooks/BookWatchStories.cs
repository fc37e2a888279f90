using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.OrderBooks;

public sealed class BookWatchStories
{
    private static readonly Symbol Btc = new("BTCUSDT");
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly OrderBook _book = new();
    private readonly BookWatch _watch = new(Btc, tick: 0.1m, lot: 0.001m);

    [Fact(DisplayName = "A look says the best of both sides in prices and quantities, and what stands within the distance")]
    public void Says_what_stands_there()
    {
        // The middle is 10000.0 ticks; 25 bp of it are 25 ticks, and the level at exactly that distance counts.
        _book.Apply([new(9_999, 5), new(9_975, 7), new(9_974, 100)], [new(10_001, 3), new(10_025, 4), new(10_026, 100), new(900_000, 1)]);

        var seen = _watch.Look(_book, isValid: true, Noon, withinBps: 25);

        Assert.Equal(new BestQuote(Price.Of(999.9m), new Quantity(0.005m)), seen.Bid);
        Assert.Equal(new BestQuote(Price.Of(1000.1m), new Quantity(0.003m)), seen.Ask);
        Assert.Equal(1000m, seen.Middle);
        Assert.Equal(999.9 * 0.005 + 997.5 * 0.007, seen.BidNotional, 9);
        Assert.Equal(1000.1 * 0.003 + 1002.5 * 0.004, seen.AskNotional, 9);
        Assert.Equal((Btc, Noon, true), (seen.Symbol, seen.At, seen.IsValid));
    }

    [Fact(DisplayName = "Of a book that is not valid no price is told, but that it still moves is")]
    public void Tells_nothing_of_what_may_be_wrong()
    {
        _book.Apply([new(9_999, 5)], [new(10_001, 3)]);
        _watch.Moved(Noon);

        var seen = _watch.Look(_book, isValid: false, Noon.AddSeconds(1), withinBps: 25);

        Assert.Equal((null, null, null, 0d, 0d), (seen.Bid, seen.Ask, seen.Middle, seen.BidNotional, seen.AskNotional));
        Assert.Equal((1, Noon), (seen.Updates, seen.MovedAt!.Value));
    }

    [Fact(DisplayName = "An empty side has no quote, and there is no middle to sum up from")]
    public void One_side_alone()
    {
        _book.Apply([new(9_999, 5)], []);

        var seen = _watch.Look(_book, isValid: true, Noon, withinBps: 25);

        Assert.NotNull(seen.Bid);
        Assert.Equal((null, null, 0d, 0d), (seen.Ask, seen.Middle, seen.BidNotional, seen.AskNotional));
    }

    [Fact(DisplayName = "Updates and the times between them count from one look to the next; the time across a look counts in the later one")]
    public void Counts_between_looks()
    {
        foreach (var ms in (int[])[0, 100, 300]) _watch.Moved(Noon.AddMilliseconds(ms));
        var first = _watch.Look(_book, isValid: true, Noon.AddMilliseconds(350), withinBps: 25);
        _watch.Moved(Noon.AddMilliseconds(700));
        var second = _watch.Look(_book, isValid: true, Noon.AddSeconds(1), withinBps: 25);
        var third = _watch.Look(_book, isValid: true, Noon.AddSeconds(2), withinBps: 25);

        Assert.Equal((3, 2), (first.Updates, first.Intervals));
        Assert.Equal(0.150, first.MeanInterval, 12);
        Assert.Equal(0.005, first.IntervalVariance, 12);
        Assert.Equal((1, 1, 0.4, 0d), (second.Updates, second.Intervals, Math.Round(second.MeanInterval, 12), second.IntervalVariance));
        Assert.Equal((0, 0, 0d, 0d, Noon.AddMilliseconds(700)), (third.Updates, third.Intervals, third.MeanInterval, third.IntervalVariance, third.MovedAt!.Value));
    }

    [Fact(DisplayName = "A book that begins again has moved, and the time that it was away is no interval")]
    public void Begins_again()
    {
        _watch.Moved(Noon);
        _watch.Began(Noon.AddHours(8));
        _watch.Moved(Noon.AddHours(8).AddSeconds(0.5));

        var seen = _watch.Look(_book, isValid: true, Noon.AddHours(8).AddSeconds(1), withinBps: 25);

        Assert.Equal((3, 1, 0.5, 0d, Noon.AddHours(8).AddSeconds(0.5)), (seen.Updates, seen.Intervals, seen.MeanInterval, seen.IntervalVariance, seen.MovedAt!.Value));
    }

    [Fact(DisplayName = "A clock that went back makes no interval, and what comes after it is counted again")]
    public void Clock_went_back()
    {
        _watch.Moved(Noon);
        _watch.Moved(Noon.AddSeconds(-30));
        _watch.Moved(Noon.AddSeconds(-29));

        var seen = _watch.Look(_book, isValid: true, Noon, withinBps: 25);

        Assert.Equal((3, 1, 1d), (seen.Updates, seen.Intervals, seen.MeanInterval));
    }

    [Fact(DisplayName = "What stands within any distance is what a plain sum over all levels comes to, far levels too")]
    public void Sums_as_plainly() => Prop.ForAll(
        (from bids in Gen.Choose(1, 400_000).Select(t => 1_000_000L - t).ArrayOf()
         from asks in Gen.Choose(1, 400_000).Select(t => 1_000_000L + t).ArrayOf()
         from bps in Gen.Choose(1, 5_000)
         select (bids, asks, bps)).ToArbitrary(), drawn =>
    {
        var (bids, asks) = (drawn.bids.Select((t, i) => new Level(t, i + 1)).ToArray(), drawn.asks.Select((t, i) => new Level(t, i + 1)).ToArray());
        var book = new OrderBook();
        book.Apply(bids, asks);
        var seen = new BookWatch(Btc, 1m, 1m).Look(book, isValid: true, Noon, drawn.bps);
        if (!book.HasBid || !book.HasAsk) return seen is { BidNotional: 0d, AskNotional: 0d };

        var middle = (double)seen.Middle!.Value;
        var (low, high) = (middle * (1 - drawn.bps / 1e4), middle * (1 + drawn.bps / 1e4));
        return seen.BidNotional == Last(bids).Where(l => l.Key >= low).Sum(l => (double)l.Key * l.Value)
            && seen.AskNotional == Last(asks).Where(l => l.Key <= high).Sum(l => (double)l.Key * l.Value);

        // The last word on a price holds.
        static Dictionary<long, long> Last(Level[] levels) => levels.GroupBy(l => l.Ticks).ToDictionary(g => g.Key, g => g.Last().Lots);
    }).Check(Draws.Same(60));

    [Fact(DisplayName = "What takers had of each side is counted since the last look, and no count runs over")]
    public void Taken()
    {
        var watch = new BookWatch(Btc, 0.1m, 0.001m);
        watch.Traded(OrderSide.Sell, new(100, 1_500));
        watch.Traded(OrderSide.Buy, new(101, 200));
        watch.Traded(OrderSide.Sell, new(100, 500));
        Assert.Equal((2d, 0.2), watch.Look(_book, isValid: true, Noon, 25) is var seen ? (seen.BidsTaken, Math.Round(seen.AsksTaken, 9)) : default);
        Assert.Equal((0d, 0d), watch.Look(_book, isValid: true, Noon, 25) is var next ? (next.BidsTaken, next.AsksTaken) : default);
        for (var i = 0; i < 3; i++) watch.Traded(OrderSide.Buy, new(101, long.MaxValue));
        Assert.Equal(Level.MostTicks * 0.001, watch.Look(_book, isValid: true, Noon, 25).AsksTaken);
    }

    [Fact(DisplayName = "Where somebody wants to know of queues, a look shows what stands within reach of the best and what was traded there since the last; elsewhere nothing of it")]
    public void Queues()
    {
        _book.Apply([new(9_999, 5), new(9_990, 7), new(9_900, 100)], [new(10_001, 3), new(10_005, 4), new(10_030, 9)]);
        _watch.Traded(OrderSide.Sell, new(9_990, 20));
        _watch.Traded(OrderSide.Sell, new(9_999, 30));
        var queues = _watch.Look(_book, isValid: true, Noon, 25, new LevelReach(new Bps(10m), 3)).Queues!; // Ten basis points are nine ticks and some.

        Assert.Equal((5, 7, 0), (Standing(OrderSide.Buy, 999.9m), Standing(OrderSide.Buy, 999.0m), Standing(OrderSide.Buy, 999.5m)));
        Assert.Equal((3, 4), (Standing(OrderSide.Sell, 1000.1m), Standing(OrderSide.Sell, 1000.5m)));
        Assert.Equal((0, 0), (Standing(OrderSide.Buy, 1000.0m), Standing(OrderSide.Sell, 1000.0m))); // In the spread nobody stands.
        Assert.Equal((null, null), (queues.StandingAt(OrderSide.Buy, Price.Of(990.0m)), queues.StandingAt(OrderSide.Sell, Price.Of(1003.0m))));
        Assert.Equal((null, new Quantity(0.020m), Quantity.Zero), (queues.TradedAt(OrderSide.Buy, Price.Of(999.9m)), queues.TradedAt(OrderSide.Buy, Price.Of(999.0m)), queues.TradedAt(OrderSide.Buy, Price.Of(998.9m))));
        Assert.Equal(Quantity.Zero, queues.TradedAt(OrderSide.Sell, Price.Of(1000.1m)));
        Assert.Equal(Quantity.Zero, _watch.Look(_book, isValid: true, Noon, 25, new LevelReach(new Bps(10m), 3)).Queues!.TradedAt(OrderSide.Buy, Price.Of(999.0m)));
        Assert.Null(_watch.Look(_book, isValid: false, Noon, 25, new LevelReach(new Bps(10m), 3)).Queues);
        Assert.Null(_watch.Look(_book, isValid: true, Noon, 25).Queues);

        long Standing(OrderSide side, decimal price) => (long)(queues.StandingAt(side, Price.Of(price))!.Value.Base * 1_000m);
    }

    [Fact(DisplayName = "Of more levels than are shown the nearest are, and of those behind them nothing is said")]
    public void Many_levels()
    {
        _book.Apply([.. Enumerable.Range(1, 400).Select(i => new Level(10_000 - i, i))], [new(10_001, 3)]);
        var queues = _watch.Look(_book, isValid: true, Noon, 25, new LevelReach(default, 1_000)).Queues!;
        Assert.Equal(new Quantity(0.256m), queues.StandingAt(OrderSide.Buy, Price.Of(1000m - 25.6m)));
        Assert.Null(queues.StandingAt(OrderSide.Buy, Price.Of(1000m - 25.7m)));
    }

    [Fact(DisplayName = "Noting an update and looking at the book allocate nothing")]
    public void Allocates_nothing()
    {
        _book.Apply([new(9_999, 5), new(9_975, 7)], [new(10_001, 3), new(10_025, 4)]);
        Turn(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = Turn(1_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.True(sum > 0);

        double Turn(int times)
        {
            var total = 0d;
            for (var i = 0; i < times; i++)
            {
                _watch.Moved(Noon.AddMilliseconds(i));
                total += _watch.Look(_book, isValid: true, Noon, withinBps: 25).BidNotional;
            }
            return total;
        }
    }
}
