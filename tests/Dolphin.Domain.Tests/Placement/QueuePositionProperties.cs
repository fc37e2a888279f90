using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Placement;

public sealed class QueuePositionProperties
{
    [Fact(DisplayName = "A queue never moves back, and only trades or a level that has become smaller than it move it forward")]
    public void Queue() => Prop.ForAll(
        (from standing in Gen.Choose(0, 1_000)
         from steps in (from isTrade in Gen.Elements(true, false) from lots in Gen.Choose(0, 300) select (isTrade, lots)).ListOf(20)
         select (standing, steps)).ToArbitrary(), story =>
        {
            var queue = QueuePosition.Behind(story.standing);
            foreach (var (isTrade, lots) in story.steps)
            {
                var before = queue;
                var reached = 0L;
                queue = isTrade ? queue.AfterTrade(lots, out reached) : queue.AfterLevel(lots);
                Assert.InRange(queue.Ahead, 0, before.Ahead);
                Assert.Equal(isTrade ? Math.Max(0, lots - before.Ahead) : 0, reached);
                if (!isTrade) Assert.Equal(Math.Min(before.Ahead, lots), queue.Ahead);
            }
        }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Who looks now and then never thinks an order nearer to the front than who sees every trade and every level; it comes forward all the same")]
    public void Prudent()
    {
        var forward = 0;
        Prop.ForAll(
            (from side in Gen.Elements(OrderSide.Buy, OrderSide.Sell)
             from standing in Gen.Choose(0, 500)
             from steps in (from kind in Gen.Choose(0, 5) from away in Gen.Elements(-1, 0, 0, 0) from lots in Gen.Choose(1, 200) select (kind, away, lots)).ListOf(30)
             select (side, standing, steps)).ToArbitrary(), story =>
        {
            var (truth, level, taken, seen) = (QueuePosition.Behind(story.standing), (long)story.standing, default(TakenTo), (QueuePosition?)null);
            foreach (var (kind, away, lots) in story.steps)
            {
                if (kind < 2)
                {
                    // Nobody trades at a better price with it; at its own, or, to be sure, at one that is not of its concern.
                    var ticks = story.side == OrderSide.Buy ? 1_000 - away : 1_000 + away;
                    taken = taken.After(story.side, new Level(ticks, lots));
                    if (away != 0) continue;
                    truth = truth.AfterTrade(lots, out _);
                    level = Math.Max(0, level - lots);
                }
                else if (kind < 4) level = lots;
                else
                {
                    var before = seen;
                    seen = QueuePosition.Seen(seen, taken.LotsAt(story.side, 1_000), level, own: 0);
                    taken = default;
                    if (seen?.Ahead < before?.Ahead) forward++;
                }

                truth = truth.AfterLevel(level);
                if (kind >= 4) Assert.True(seen!.Value.Ahead >= truth.Ahead, $"{seen} was thought, {truth} is true.");
            }
        }).Check(Draws.Same(300));
        Assert.True(forward > 100, $"{forward} times forward.");
    }

    [Fact(DisplayName = "Of an order that nobody has looked at nothing is known, and the first look puts it behind all that stands there but its own")]
    public void First_look()
    {
        Assert.Null(QueuePosition.Seen(null, 40, standing: null, own: 0));
        Assert.Equal(100, QueuePosition.Seen(null, 40, standing: 100, own: 0)!.Value.Ahead);
        Assert.Equal(90, QueuePosition.Seen(null, 40, standing: 100, own: 10)!.Value.Ahead);
        Assert.Equal(0, QueuePosition.Seen(null, 40, standing: 0, own: 10)!.Value.Ahead);
    }

    [Fact(DisplayName = "Own lots that the level shows are not ahead; a look that does not reach its price shows the trades alone; a trade through it leaves nobody ahead")]
    public void Later_looks()
    {
        var queue = new QueuePosition(100);
        Assert.Equal(60, QueuePosition.Seen(queue, 40, standing: 500, own: 0)!.Value.Ahead);
        Assert.Equal(50, QueuePosition.Seen(queue, 40, standing: 60, own: 10)!.Value.Ahead);
        Assert.Equal(60, QueuePosition.Seen(queue, 40, standing: null, own: 10)!.Value.Ahead);
        Assert.Equal(0, QueuePosition.Seen(queue, TakenTo.Through, standing: 500, own: 0)!.Value.Ahead);
    }

    [Fact(DisplayName = "Of the trades the farthest price and what was traded there is kept: a better price was traded through, a worse one was not come to")]
    public void Taken_to()
    {
        var taken = default(TakenTo).After(OrderSide.Buy, new(100, 5)).After(OrderSide.Buy, new(99, 2)).After(OrderSide.Buy, new(100, 7)).After(OrderSide.Buy, new(99, 4));
        Assert.Equal(new TakenTo(99, 6), taken);
        Assert.Equal((TakenTo.Through, 6, 0), (taken.LotsAt(OrderSide.Buy, 100), taken.LotsAt(OrderSide.Buy, 99), taken.LotsAt(OrderSide.Buy, 98)));
        var asks = default(TakenTo).After(OrderSide.Sell, new(100, 5)).After(OrderSide.Sell, new(101, 2));
        Assert.Equal((TakenTo.Through, 2, 0), (asks.LotsAt(OrderSide.Sell, 100), asks.LotsAt(OrderSide.Sell, 101), asks.LotsAt(OrderSide.Sell, 102)));
        Assert.Equal(0, default(TakenTo).LotsAt(OrderSide.Sell, 100));
        Assert.Equal(Level.MostTicks, default(TakenTo).After(OrderSide.Buy, new(9, long.MaxValue)).After(OrderSide.Buy, new(9, long.MaxValue)).Lots);
    }
}
