using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class HedgeHandOverStories
{
    private static readonly HandOver Given = new(new(new(8m), new(840m)), new(new(10m), new(950m)), 70, 71);

    private static HedgeInput.Adopt Adopt(int incarnation) => new("hermes", incarnation, Given, Price.Of(100m), HedgeStage.Minute(0));

    [Fact(DisplayName = "Legs that are handed over are taken as they stand: no order, the mark is the reference, the larger leg the unit of risk")]
    public void Adopts()
    {
        var run = HedgeStage.Idle();
        Assert.Null(Assert.Single(run.Send(Adopt(1)).Events).Orders);
        Assert.Equal((HedgeMode.Active, 1, true, new Legs(new(8m), new(10m))), (run.State.Mode, run.State.Incarnation, run.State.InCycle, run.State.Legs));
        Assert.Equal((100m, 10m, 1_000m), (run.State.Reference?.QuotePerBase, run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote));
        Assert.Equal((70L, 71L), (run.State.Long.LastTradeId, run.State.Short.LastTradeId));
        Assert.Equal(Decision<HedgeEvent>.Nothing, run.Send(Adopt(1)));
        Assert.Equal("hedge.cannot-adopt", run.Send(Adopt(2)).Refusal?.Code);
    }

    [Fact(DisplayName = "What it opened is known while others have the legs and when they come back; the next opening is a new one. Legs that it never opened are no opening")]
    public void Opened()
    {
        var run = HedgeStage.Idle();
        run.Send(Adopt(1));
        Assert.Equal(Money.Zero, run.State.OpenedNotional);

        run = HedgeStage.Opened(); // 10 of each leg at 100.
        Assert.Equal(new Money(1_000m), run.State.OpenedNotional);
        run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(2)));
        Assert.Equal(new Money(1_000m), run.State.OpenedNotional);
        run.Send(Adopt(2) with { Legs = new HandOver(new(new(3m), new(300m)), new(new(4m), new(400m)), 0, 0) });
        Assert.Equal((1_000m, 400m), (run.State.OpenedNotional.Quote, run.State.OpeningNotional.Quote));
        run.Send(new HedgeInput.Release("hermes", 2, HedgeStage.Minute(3)));
        run.Send(Adopt(3) with { Legs = new HandOver(default, default, 0, 0) });
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(500m) };
        Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 4, 100m)));
        Assert.Equal((500m, null), (run.State.OpenedNotional.Quote, run.State.OpenedBefore));
    }

    [Fact(DisplayName = "A trim and a growth of legs that were taken over move what was opened as they move the unit of risk")]
    public void OpenedMoves()
    {
        var run = HedgeStage.Opened();
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(2_000m), Leverage = 6m };
        run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(2)));
        run.Send(Adopt(2) with { Legs = new HandOver(new(new(8m), new(800m)), new(new(8m), new(800m)), 0, 0) });
        run.Send(new HedgeInput.Trim(new TrimWish("balancer", 1, new(4m), new(4m), HedgeStage.Minute(9)), Price.Of(100m), ExitsAllowed: true, HedgeStage.Minute(3)), Price.Of(100m), HedgeStage.Minute(3));
        Assert.Equal((500m, 400m), (run.State.OpenedNotional.Quote, run.State.OpeningNotional.Quote));
        run.Send(new HedgeInput.Grow(new GrowWish("balancer", 1, new(6m), new(6m), HedgeStage.Minute(9)),
            new HedgeMarket(Price.Of(100m), HedgeStage.Minute(4), run.Monitor, run.Risk)), Price.Of(100m), HedgeStage.Minute(4));
        Assert.Equal((700m, 600m), (run.State.OpenedNotional.Quote, run.State.OpeningNotional.Quote));
    }

    [Fact(DisplayName = "From there it trades by its own rule: nothing inside the band, and no evening of legs that it did not open")]
    public void Trades()
    {
        var run = HedgeStage.Idle();
        run.Send(Adopt(1));
        Assert.Empty(HedgeStage.At(run, 1, 100.3m));
        // At 106 the longs have earned 8; the band is 0.4 %.
        Assert.Equal(PositionSide.Long, Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 2, 106m))).Winner);
    }

    [Fact(DisplayName = "A flat pair may be handed over too, and is opened like any other")]
    public void Flat()
    {
        var run = HedgeStage.Idle();
        run.Send(Adopt(1) with { Legs = new HandOver(default, default, 5, 6) });
        Assert.False(run.State.InCycle);
        Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 1, 100m)));
    }

    [Fact(DisplayName = "Settled, it gives its legs up at once; what it gives is what it holds")]
    public void Releases()
    {
        var run = HedgeStage.Opened();
        Assert.Equal("hedge.other-incarnation", run.Send(new HedgeInput.Release("hermes", 2, HedgeStage.Minute(2))).Refusal?.Code);
        var released = Assert.IsType<HedgeEvent.Released>(Assert.Single(run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(2))).Events));
        Assert.Equal((run.Book.Long.Position, run.Book.Short.Position), (released.Legs.Long, released.Legs.Short));
        Assert.Equal((HedgeMode.Idle, true), (run.State.Mode, run.State.Legs.AreFlat));
        Assert.Empty(HedgeStage.At(run, 3, 110m));
        Assert.Equal("hedge.nothing-to-release", run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(3))).Refusal?.Code);
        // An old fill that comes again is still known.
        var old = run.FillOf(PositionSide.Long, OrderSide.Buy, 100m, 1m, HedgeStage.Minute(3)) with { TradeId = released.Legs.LongTradeId };
        Assert.Equal(Decision<HedgeEvent>.Nothing, run.Send(new HedgeInput.OrderFilled(1, old)));
    }

    [Fact(DisplayName = "While orders are open a release is refused, remembered, and done when they are final")]
    public void ReleaseWaits()
    {
        var run = HedgeStage.Started();
        run.HoldOrders = true;
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 1, 100m)));
        var asked = run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(2)));
        Assert.Equal("hedge.decision-under-way", asked.Refusal?.Code);
        Assert.IsType<HedgeEvent.ReleaseWanted>(Assert.Single(asked.Events));
        Assert.Empty(run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(2))).Events);
        run.HoldOrders = false;
        run.Execute(opened.Targets, Price.Of(100m), HedgeStage.Minute(3));
        Assert.Equal(10m, Assert.IsType<HedgeEvent.Released>(run.Events[^1]).Legs.Long.Quantity.Base);
        Assert.Null(run.State.ReleaseWantedBy);
    }
}
