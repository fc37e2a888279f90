using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Balancing;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Domain.Tests.AutoExecution.ExecutorStage;

namespace Dolphin.Domain.Tests.AutoExecution;

public sealed class ExecutorStories
{
    private static (decimal Long, decimal Short) AtMost(ExecutorEvent.CarriedOut e) => (e.Trim!.Wish.LongAtMost.Base, e.Trim.Wish.ShortAtMost.Base);

    [Fact(DisplayName = "A reduction is asked of the one holder, by the command's own id and until it expires")]
    public void Asks()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m); // 400 of margin.
        var done = stage.CarriesOut(stage.Reduce(Btc, 200m));
        Assert.Equal(new TrimRequest(Btc, "hedge-BTCUSDT", new TrimWish(ExecutorDecider.By, 1, new(5m), new(5m), BalancerStage.At(60))), done.Trim);
        Assert.Equal((null, null, true), (done.Growth, done.Instead, done.Openings.IsEmpty));
    }

    [Theory(DisplayName = "The larger leg is closed first; if it is not enough both go down alike; rounded so that the margin is at or below the target")]
    [InlineData(10, 4, 200, 6, 4)]
    [InlineData(4, 10, 200, 4, 6)]
    [InlineData(10, 4, 100, 2.5, 2.5)]
    [InlineData(10, 0, 50, 2.5, 0)]
    [InlineData(10, 10, 399.99, 9.999, 9.999)]
    [InlineData(10, 4, 279.99, 9.999, 4)]
    [InlineData(10, 4, 0, 0, 0)]
    public void LargerFirst(double longLeg, double shortLeg, double target, double longAtMost, double shortAtMost)
    {
        var stage = new ExecutorStage().Holds(Btc, (decimal)longLeg, (decimal)shortLeg);
        foreach (var action in new[] { BalancerAction.Reduce, BalancerAction.ReduceMargin, BalancerAction.Rebalance })
            Assert.Equal(((decimal)longAtMost, (decimal)shortAtMost), AtMost(stage.CarriesOut(stage.Command(action, Btc, (decimal)target))));
    }

    [Fact(DisplayName = "Margins are what the venue says they are, where it says; else the legs at their price over the leverage")]
    public void Margins()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m, margin: 800m);
        Assert.Equal((5m, 5m), AtMost(stage.CarriesOut(stage.Reduce(Btc, 400m))));
    }

    [Fact(DisplayName = "A step that is less than the venue's smallest order is made as large as that")]
    public void SmallestOrder()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m);
        stage.Held[Btc] = stage.Held[Btc] with { Instrument = stage.Held[Btc].Instrument with { MinQuantity = new Quantity(0.5m) } };
        Assert.Equal((9.5m, 9.5m), AtMost(stage.CarriesOut(stage.Reduce(Btc, 399m))));
        stage.Holds(Btc, 0.3m, 0.3m);
        stage.Held[Btc] = stage.Held[Btc] with { Instrument = stage.Held[Btc].Instrument with { MinQuantity = new Quantity(0.5m) } };
        Assert.Equal("executor.too-small", stage.Refuses(stage.Reduce(Btc, 0m)).Code);
    }

    [Fact(DisplayName = "What is there already is done without a request: the target is met, or nothing is held")]
    public void DoneAlready()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m);
        Assert.IsType<ExecutorEvent.DoneAlready>(Assert.Single(stage.Do(stage.Reduce(Btc, 400m)).Events));
        Assert.IsType<ExecutorEvent.DoneAlready>(Assert.Single(stage.Do(stage.Reduce(Eth, 0m)).Events));
        Assert.IsType<ExecutorEvent.DoneAlready>(Assert.Single(stage.Do(stage.Command(BalancerAction.Rebalance, Btc, 400m, change: 1m)).Events));
        Assert.Equal((3L, 0L), (stage.State.Counts.DoneAlready, stage.State.Counts.Trims));
    }

    [Fact(DisplayName = "A hedge makes the opposite leg larger, until the legs are as far apart as the command wants them; never beyond the dominant one, and done where they are near enough")]
    public void Hedges()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 4m).Grows(Btc); // 120 net of 280.
        var order = new HedgeOrder(OrderSide.Sell, new Money(40m), Money.Zero, new Money(200m), "dear");
        var done = stage.CarriesOut(stage.Command(BalancerAction.Hedge, Btc, 120m, 40m, hedge: order));
        Assert.Equal((null, null), (done.Trim, done.Instead));
        Assert.Equal(new GrowRequest(Btc, "hedge-BTCUSDT", new Legs(new(10m), new(4m)), new GrowWish(ExecutorDecider.By, 1, new(10m), new(6m), BalancerStage.At(60))), Assert.Single(done.Asked!.Value));
        Assert.Equal((0L, 0L), (stage.State.Counts.Instead, stage.State.Counts.Trims));
        Assert.Equal(new Quantity(10m), Assert.Single(stage.CarriesOut(stage.Command(BalancerAction.Hedge, Btc, 200m, 120m, hedge: order with { Open = new Money(120m) })).Asked!.Value).Wish.ShortAtLeast);
        Assert.IsType<ExecutorEvent.DoneAlready>(Assert.Single(stage.Do(stage.Command(BalancerAction.Hedge, Btc, 80m, 1m, hedge: order)).Events));
    }

    [Fact(DisplayName = "Where the holder makes no leg larger when asked, entries are forbidden or there is no margin for it, a hedge makes the dominant leg smaller by as much instead, and says why")]
    public void Hedges_by_trim()
    {
        var order = new HedgeOrder(OrderSide.Sell, new Money(40m), Money.Zero, new Money(200m), "dear");
        var stage = new ExecutorStage().Holds(Btc, 10m, 4m, holder: "compression"); // 120 net of 280.
        var done = stage.CarriesOut(stage.Command(BalancerAction.Hedge, Btc, 120m, 40m, hedge: order));
        Assert.Equal((8m, 4m), AtMost(done));
        Assert.Null(done.Asked);
        Assert.Equal("executor.cannot-open-opposite", done.Instead?.Code);
        Assert.Equal("compression-BTCUSDT makes no leg larger because it is asked to, or declined it lately; instead of 40.00 of margin opened on the other side, the Long leg is made smaller by as much.", done.Instead!.Reason);
        Assert.Equal(1L, stage.State.Counts.Instead);

        var forbidden = new ExecutorStage { EntriesAllowed = false }.Holds(Btc, 10m, 4m).Grows(Btc);
        Assert.StartsWith("the posture allows no entries; instead", forbidden.CarriesOut(forbidden.Command(BalancerAction.Hedge, Btc, 120m, 40m, hedge: order)).Instead!.Reason, StringComparison.Ordinal);

        // Where the command opens and closes in equal parts, the net it wants is the same.
        var turn = new HedgeOrder(OrderSide.Sell, new Money(20m), new Money(20m), new Money(180m), null);
        var full = new ExecutorStage().Holds(Btc, 10m, 4m).Grows(Btc);
        var turned = full.CarriesOut(full.Command(BalancerAction.Hedge, Btc, 100m, 20m, hedge: turn));
        Assert.Equal((8m, 4m), AtMost(turned));
        Assert.StartsWith("there is no margin for all of it; instead", turned.Instead!.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A hedge that closes is a trim and nothing else; one that opens is rounded up to a whole lot, so that the next look does not ask for the lot that is missing")]
    public void Hedges_in_full()
    {
        var closing = new ExecutorStage().Holds(Btc, 10m, 4m, holder: "protector");
        var closed = closing.CarriesOut(closing.Command(BalancerAction.Hedge, Btc, 80m, 0m, hedge: new HedgeOrder(OrderSide.Sell, Money.Zero, new Money(40m), new Money(160m), null)));
        Assert.Equal((8m, 4m), AtMost(closed));
        Assert.Null(closed.Instead);
        var opening = new ExecutorStage().Holds(Btc, 10m, 4m).Grows(Btc);
        var opened = opening.CarriesOut(opening.Command(BalancerAction.Hedge, Btc, 120.01m, 40.01m, hedge: new HedgeOrder(OrderSide.Sell, new Money(40.01m), Money.Zero, new Money(200m), null)));
        Assert.Equal(new Quantity(6.001m), Assert.Single(opened.Asked!.Value).Wish.ShortAtLeast);
    }

    [Fact(DisplayName = "A symbol that an earlier command closes does not count as held for an expansion: as many are opened as will be missing")]
    public void Expands_beside_a_close()
    {
        var stage = new ExecutorStage().Holds(Btc, 5m, 5m).Holds(Eth, 1m, 1m);
        stage.Ranks.AddRange([Ranked(Sol, 3), Ranked(Doge, 2), Ranked(Xrp, 1)]);
        stage.CarriesOut(stage.Command(BalancerAction.ReduceMargin, Eth, 0m));
        Assert.Equal([Sol, Doge], stage.CarriesOut(stage.Command(BalancerAction.Expand, null, 30m, 60m, newSymbols: 2, symbolsWanted: 3)).Openings.Select(o => o.Symbol));
        var enough = new ExecutorStage().Holds(Btc, 5m, 5m).Holds(Eth, 1m, 1m);
        enough.Ranks.Add(Ranked(Sol, 3));
        enough.CarriesOut(enough.Command(BalancerAction.ReduceMargin, Eth, 0m));
        Assert.Equal([Sol], enough.CarriesOut(enough.Command(BalancerAction.Expand, null, 30m, 30m, newSymbols: 1, symbolsWanted: 2)).Openings.Select(o => o.Symbol));
    }

    [Fact(DisplayName = "A hedge never turns the net position round, is done where the legs are near enough, and refused where the net is on the other side now")]
    public void HedgeBounds()
    {
        var order = new HedgeOrder(OrderSide.Sell, new Money(120m), Money.Zero, new Money(200m), null);
        var stage = new ExecutorStage().Holds(Btc, 10m, 4m);
        Assert.Equal((4m, 4m), AtMost(stage.CarriesOut(stage.Command(BalancerAction.Hedge, Btc, 200m, 120m, hedge: order))));
        stage.Holds(Btc, 4m, 4m);
        Assert.IsType<ExecutorEvent.DoneAlready>(Assert.Single(stage.Do(stage.Command(BalancerAction.Hedge, Btc, 200m, 120m, hedge: order)).Events));
        stage.Holds(Btc, 4m, 10m);
        Assert.Equal("executor.net-turned", stage.Refuses(stage.Command(BalancerAction.Hedge, Btc, 200m, 120m, hedge: order)).Code);
        Assert.Equal((4m, 4m), AtMost(stage.CarriesOut(stage.Command(BalancerAction.Hedge, Btc, 200m, 120m, hedge: order with { Side = null })))); // Nobody said which way.
        stage.Holds(Eth, 4.0004m, 4m);
        Assert.Equal("executor.too-small", stage.Refuses(stage.Command(BalancerAction.Hedge, Eth, 200m, 120m, hedge: order)).Code);
    }

    [Fact(DisplayName = "A rebalance up asks the holder for both legs larger alike, by no more than was wished; who does not grow when asked is not asked")]
    public void Grows()
    {
        var stage = new ExecutorStage().Holds(Btc, 5m, 2m).Grows(Btc);
        var done = stage.CarriesOut(stage.Command(BalancerAction.Rebalance, Btc, 190.05m, change: 100m));
        Assert.Equal(new GrowthWish(Btc, "hedge-BTCUSDT", new Money(190.05m), new Money(50.05m), "Because.", BalancerStage.At(60)), done.Growth);
        Assert.Equal((6.251m, 3.251m), Assert.Single(done.Asked!.Value).Wish is var wish ? (wish.LongAtLeast.Base, wish.ShortAtLeast.Base) : default);
        Assert.Null(done.Trim);
        Assert.Equal("executor.not-held", stage.Refuses(stage.Command(BalancerAction.Rebalance, Eth, 250m, change: 100m)).Code);
        stage.Holds(Eth, 5m, 5m, holder: "protector");
        Assert.Equal("executor.holder-does-not-grow", stage.Refuses(stage.Command(BalancerAction.Rebalance, Eth, 250m, change: 50m)).Code);
        Assert.Equal("executor.too-small", stage.Refuses(stage.Command(BalancerAction.Rebalance, Btc, 140.01m, change: 1m)).Code);
    }

    [Fact(DisplayName = "What was closed within the hour is not opened again by an expansion")]
    public void Not_reopened()
    {
        var stage = new ExecutorStage().Holds(Btc, 5m, 5m).Holds(Sol, 5m, 5m);
        stage.CarriesOut(stage.Reduce(Sol, 0m));
        stage.Held.Remove(Sol);
        stage.Ranks.AddRange([Ranked(Sol, 9), Ranked(Doge, 1)]);
        stage.Now = BalancerStage.At(30);
        BalancerCommand Expansion() => stage.Command(BalancerAction.Expand, null, 30m, 30m, newSymbols: 1, symbolsWanted: 4) with { At = stage.Now };
        Assert.Equal(Doge, Assert.Single(stage.CarriesOut(Expansion()).Openings).Symbol);
        stage.Now = BalancerStage.At(3_661);
        Assert.Equal(Sol, Assert.Single(stage.CarriesOut(Expansion()).Openings).Symbol);
    }

    [Fact(DisplayName = "An expansion wishes for the best-ranked symbols that are not held, as many as are still missing")]
    public void Expands()
    {
        var stage = new ExecutorStage().Holds(Btc, 5m, 5m).Holds(Eth, 5m, 5m);
        stage.Ranks.AddRange([Ranked(Btc, 9), Ranked(Xrp, 2), Ranked(Sol, 2), Ranked(Doge, 7), Ranked(new Symbol("UNKNOWN"), 99), Ranked(Xrp, double.NaN), Ranked(Doge, 1)]);
        var done = stage.CarriesOut(stage.Command(BalancerAction.Expand, null, 30m, 60m, newSymbols: 2, symbolsWanted: 4));
        Assert.Equal([Doge, Sol], done.Openings.Select(o => o.Symbol)); // Equal ranks go by name.
        Assert.All(done.Openings, o => Assert.Equal((30m, BalancerStage.At(60)), (o.Margin.Quote, o.Until)));
        Assert.Null(done.Instead);
        // 30 of margin are 15 a leg, with leverage 5 and at a price of 100.
        Assert.Equal([(Doge, "hedge-DOGEUSDT", new GrowWish(ExecutorDecider.By, 1, new(0.75m), new(0.75m), BalancerStage.At(60))), (Sol, "hedge-SOLUSDT", new GrowWish(ExecutorDecider.By, 1, new(0.75m), new(0.75m), BalancerStage.At(60)))],
            done.Asked!.Value.Select(a => (a.Symbol, a.Holder, a.Wish)));

        stage.Holds(Sol, 1m, 1m); // Somebody opened one since: one less is missing.
        Assert.Equal(Doge, Assert.Single(stage.CarriesOut(stage.Command(BalancerAction.Expand, null, 30m, 60m, newSymbols: 2, symbolsWanted: 4)).Openings).Symbol);
        var few = stage.CarriesOut(stage.Command(BalancerAction.Expand, null, 30m, 60m, newSymbols: 5, symbolsWanted: 9));
        Assert.Equal((2, "executor.too-few-ranked"), (few.Openings.Length, few.Instead?.Code));
        stage.Ranks.Clear();
        Assert.Equal("executor.nothing-to-open", stage.Refuses(stage.Command(BalancerAction.Expand, null, 30m, 60m, newSymbols: 1, symbolsWanted: 4)).Code);
        Assert.Equal(5L, stage.State.Counts.Openings);
    }

    [Fact(DisplayName = "What the last look refuses is refused in its words; what is too old has expired")]
    public void Checked()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m);
        var refused = stage.Refuses(stage.Reduce(Btc, 500m));
        Assert.Equal("balancing.would-grow", refused.Code);
        Assert.StartsWith("Command 1 reduce: BTCUSDT has 400.00", refused.Reason, StringComparison.Ordinal);
        Assert.Equal("balancing.unknown-symbol", stage.Refuses(stage.Reduce(new Symbol("UNKNOWN"), 1m)).Code);
        stage.Now = BalancerStage.At(60);
        Assert.IsType<ExecutorEvent.Expired>(Assert.Single(stage.Do(stage.Reduce(Btc, 100m)).Events));
        Assert.Equal((0L, 0L, 2L, 1L, 3L), (stage.State.Counts.CarriedOut, stage.State.Counts.DoneAlready, stage.State.Counts.Refused, stage.State.Counts.Expired, stage.State.Counts.Commands));
    }

    [Fact(DisplayName = "Legs that no strategy holds are left alone, and so is a position that cannot be")]
    public void NobodysLegs()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m, holder: null).Holds(Eth, 10m, -1m).Holds(Sol, 10m, 10m, margin: 0m);
        Assert.Equal("executor.no-holder", stage.Refuses(stage.Reduce(Btc, 100m)).Code);
        Assert.Equal("executor.view-unusable", stage.Refuses(stage.Reduce(Eth, 100m)).Code);
        Assert.Equal("executor.view-unusable", stage.Refuses(stage.Reduce(Sol, 100m)).Code);
    }

    [Fact(DisplayName = "A command ends once, however it ended, and also when its id has been forgotten")]
    public void Once()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 10m);
        var (first, refused) = (stage.Reduce(Btc, 200m), stage.Reduce(Btc, 500m));
        stage.CarriesOut(first);
        stage.Refuses(refused);
        foreach (var again in new[] { first, refused })
        {
            var decision = stage.Do(again);
            Assert.Equal((0, "balancing.already-executed"), (decision.Events.Length, decision.Refusal?.Code));
        }
        for (var i = 0; i < RecentLog<EndedCommand>.Bound; i++) stage.Do(stage.Reduce(Btc, 400m));
        Assert.Equal((RecentLog<EndedCommand>.Bound, 2L, 2L), (stage.State.Ended.Count, stage.State.Ended.Dropped, stage.State.ForgottenUpTo));
        Assert.Equal("balancing.already-executed", stage.Do(first).Refusal?.Code);
        Assert.Equal("balancing.malformed", stage.Do(first with { Id = 0 }).Refusal?.Code);
        Assert.Equal("executor.unknown-action", stage.Do(stage.Reduce(Btc, 1m) with { Action = (BalancerAction)99 }).Refusal?.Code);
    }

    [Fact(DisplayName = "A command does not take back what one before it asked for, as long as that one is good")]
    public void Together()
    {
        var stage = new ExecutorStage().Holds(Btc, 10m, 4m);
        Assert.Equal((3m, 3m), AtMost(stage.CarriesOut(stage.Reduce(Btc, 120m))));
        // The holder has done nothing of it yet, and remembers the newest wish only.
        Assert.Equal((3m, 3m), AtMost(stage.CarriesOut(stage.Reduce(Btc, 240m))));
        Assert.Equal((3m, 3m), AtMost(stage.CarriesOut(stage.Command(BalancerAction.Hedge, Btc, 120m, 40m, hedge: new HedgeOrder(OrderSide.Sell, new Money(40m), Money.Zero, new Money(200m), null)))));
        stage.Now = BalancerStage.At(60);
        Assert.Equal((8m, 4m), AtMost(stage.CarriesOut(stage.Reduce(Btc, 240m) with { At = BalancerStage.At(60) })));
    }

    [Fact(DisplayName = "Margin overload, from the balancer's look to smaller legs: the smallest positions are closed and the last one is cut")]
    public void Overload()
    {
        var stage = new ExecutorStage().Holds(Btc, 75m, 75m).Holds(Eth, 100m, 25m).Holds(Sol, 50m, 50m).Holds(Doge, 0m, 75m);
        var snapshot = new PortfolioSnapshot(
            new Money(10_000m), [.. stage.Held.Select(p => PortfolioPosition.OfLegs(p.Key, new Money(p.Value.Legs.Long.Base * 20m), new Money(p.Value.Legs.Short.Base * 20m)))],
            0.9, 0d, BalancerStage.At(0));
        var commands = BalancerStage.Assess(snapshot, due: BalancerChecks.MarginOverload).Commands;
        Assert.Equal(["reduce_margin DOGEUSDT 1500 -> 500"], commands.Told());
        Assert.Equal((0m, 25m), AtMost(stage.CarriesOut(commands[0])));
    }
}
