using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Hedging;

/// <summary>A strategy on an instrument with lots of 0.001 that opens 10 units a leg at 100, in a market that is lively unless said.</summary>
internal static class HedgeStage
{
    public static readonly Instrument Sol = Instruments.Infer(new Symbol("SOLUSDT"), priceDecimals: 2, volumeDecimals: 3);
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset Minute(double minute) => Start.AddMinutes(minute);

    /// <summary>A warm market of the given variance per hour, clear since the epoch if neither limit is broken.</summary>
    public static StructureMonitor Market(double variancePerHour = 50e-6, int frictionChecks = 0) => new(
        variancePerHour, Weight: 1d, LastClose: 100d, LastOpenTimeMs: 0, BarsSeen: 10_000, frictionChecks, ClearSinceMs: variancePerHour < 4e-6 ? -1 : 0);

    public static HedgeRun Idle(HedgeSettings? settings = null) =>
        new(HedgeRun.PolicyOf(settings ?? new HedgeSettings()), Sol) { Monitor = Market() };

    public static HedgeRun Started(HedgeSettings? settings = null)
    {
        var run = Idle(settings);
        run.Send(new HedgeInput.Start("ada", 1, Minute(0)));
        return run;
    }

    public static HedgeRun Opened(HedgeSettings? settings = null)
    {
        var run = Started(settings);
        At(run, 1, 100m);
        Assert.Equal(new Legs(new(10m), new(10m)), run.State.Legs);
        return run;
    }

    public static HedgeEvent[] At(HedgeRun run, double minute, decimal price) => [.. run.Look(Price.Of(price), Minute(minute)).Events];
}

public sealed class OpeningStories
{
    [Fact(DisplayName = "A started strategy opens both legs alike, at the size the sizer gives")]
    public void Opens()
    {
        var run = HedgeStage.Started();
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 1, 100m)));
        Assert.Equal(new LegTargets(1, default, new Legs(new(10m), new(10m)), Price.Of(100m)), opened.Orders);
        Assert.Equal(LegIntent.Entry, opened.Targets.Intent);
        Assert.Equal((1, 10m, 1_000m, 100m), (run.State.Cycle, run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote, run.State.Reference?.QuotePerBase));
        Assert.Null(run.State.Pending);
    }

    [Fact(DisplayName = "Before it is started it decides nothing")]
    public void Idle() => Assert.Empty(HedgeStage.At(HedgeStage.Idle(), 1, 100m));

    [Fact(DisplayName = "It waits for the warm-up, and for a market in which C1 and C3 are clear")]
    public void Waits()
    {
        var run = HedgeStage.Started();
        run.Monitor = HedgeStage.Market() with { BarsSeen = 59 };
        Assert.Empty(HedgeStage.At(run, 1, 100m));
        run.Monitor = HedgeStage.Market(1e-6, frictionChecks: 1);
        Assert.IsType<HedgeEvent.Paused>(Assert.Single(HedgeStage.At(run, 2, 100m)));
        Assert.Empty(HedgeStage.At(run, 3, 100m));
        run.Monitor = HedgeStage.Market();
        Assert.Collection(HedgeStage.At(run, 4, 100m), e => Assert.IsType<HedgeEvent.Resumed>(e), e => Assert.IsType<HedgeEvent.CycleOpened>(e));
    }

    [Fact(DisplayName = "A refused opening is one event with its reason, not one a bar, until the reason changes")]
    public void RefusedOnce()
    {
        var run = HedgeStage.Started();
        run.Risk = run.Risk with { EntriesAllowed = false };
        Assert.Equal("hedge.entries-not-allowed", Assert.IsType<HedgeEvent.EntryRefused>(Assert.Single(HedgeStage.At(run, 1, 100m))).Code);
        Assert.Empty(HedgeStage.At(run, 2, 101m));
        run.Risk = run.Risk with { EntriesAllowed = true, OpeningNotionalPerLeg = new Money(4.99m) };
        Assert.Equal("hedge.opening-too-small", Assert.IsType<HedgeEvent.EntryRefused>(Assert.Single(HedgeStage.At(run, 3, 100m))).Code);
        Assert.Empty(HedgeStage.At(run, 4, 100m));
        run.Risk = run.Risk with { OpeningNotionalPerLeg = default };
        Assert.Equal("hedge.no-size", Assert.IsType<HedgeEvent.EntryRefused>(Assert.Single(HedgeStage.At(run, 5, 100m))).Code);
        run.Risk = run.Risk with { RTotal = double.NaN, OpeningNotionalPerLeg = new Money(1_000m) };
        Assert.Equal("hedge.no-risk-budget", Assert.IsType<HedgeEvent.EntryRefused>(Assert.Single(HedgeStage.At(run, 6, 100m))).Code);
        run.Risk = run.Risk with { RTotal = 1d };
        Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 7, 100m)));
        Assert.Null(run.State.RefusedCode);
    }

    [Fact(DisplayName = "Worked example: margin of both legs and their fees come out of the capital; where it is short the fee makes the legs smaller, and nothing else")]
    public void CapitalIsShort()
    {
        // Half of 1000 at 3 times is 1500 a leg, less the fee: 1500 / (1 + 3 x 0.01) is 1456.31.
        var run = HedgeStage.Started();
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(1_500m), FeeRate = 0.01m };
        HedgeStage.At(run, 1, 100m);
        Assert.Equal(new Legs(new(14.563m), new(14.563m)), run.State.Legs);

        run = HedgeStage.Started();
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(1_500m), FeeRate = 0m };
        HedgeStage.At(run, 1, 100m);
        Assert.Equal(new Legs(new(15m), new(15m)), run.State.Legs);

        run = HedgeStage.Started();
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(1_400m), FeeRate = 0.01m };
        HedgeStage.At(run, 1, 100m);
        Assert.Equal(new Legs(new(14m), new(14m)), run.State.Legs);
    }

    [Fact(DisplayName = "A capital that does not pay for the smallest order opens nothing, with the reason")]
    public void CapitalIsTooShort()
    {
        var run = HedgeStage.Started(new HedgeSettings { Capital = 3m, Epsilon = 1m });
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(10m) };
        var refused = Assert.IsType<HedgeEvent.EntryRefused>(Assert.Single(HedgeStage.At(run, 1, 100m)));
        Assert.Equal("hedge.capital-short", refused.Code);
        Assert.Contains("pays for 0.044 with its fee; the smallest order allowed is 0.05", refused.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "When not even exits are allowed, nothing is decided")]
    public void NothingAllowed()
    {
        var run = HedgeStage.Opened();
        run.Risk = run.Risk with { ExitsAllowed = false };
        Assert.Empty(HedgeStage.At(run, 2, 110m));
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(3)));
        Assert.Empty(HedgeStage.At(run, 4, 110m));
        Assert.Equal(HedgeMode.Active, run.State.Mode);
    }

    [Fact(DisplayName = "Legs that did not fill alike are made even at once, by reducing the larger")]
    public void Evens()
    {
        var run = HedgeStage.Started();
        run.Answers = order => order.Leg == PositionSide.Short ? new Answer(0.6m, 2) : Answer.Full;
        HedgeStage.At(run, 1, 100m);
        Assert.Equal(new Legs(new(10m), new(6m)), run.State.Legs);
        var evened = Assert.IsType<HedgeEvent.OpeningEvened>(Assert.Single(HedgeStage.At(run, 2, 100.1m)));
        Assert.Equal(LegIntent.Exit, evened.Targets.Intent);
        Assert.Equal(new Legs(new(6m), new(6m)), run.State.Legs);
        Assert.Equal((6m, 0m, 0m), (run.State.OpeningQuantity.Base, run.State.Long.Carry.Base, run.State.Short.Carry.Base));
        Assert.Empty(HedgeStage.At(run, 3, 100.2m));
    }

    [Fact(DisplayName = "An opening that cannot be made even becomes an exit, not a direction")]
    public void CannotEven()
    {
        var run = HedgeStage.Started();
        run.Answers = order => order.Leg == PositionSide.Short ? Answer.Refusal : Answer.Full;
        HedgeStage.At(run, 1, 100m);
        run.Answers = _ => Answer.Refusal;
        for (var look = 0; look < HedgeDecider.MaxEvenings; look++)
            Assert.IsType<HedgeEvent.OpeningEvened>(HedgeStage.At(run, 2 + look, 100m)[0]);
        var exit = Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 2 + HedgeDecider.MaxEvenings, 100m)));
        Assert.Equal((ExitCauses.UnevenOpening, 10m), (exit.Causes, exit.Initial.Gross.Base));
    }

    [Fact(DisplayName = "An opening that got nothing is tried again after a while, not at the next bar")]
    public void Retries()
    {
        var run = HedgeStage.Started();
        run.Answers = _ => Answer.Refusal;
        HedgeStage.At(run, 1, 100m);
        Assert.False(run.State.InCycle);
        run.Answers = _ => Answer.Full;
        Assert.Empty(HedgeStage.At(run, 15.9, 100m));
        Assert.Equal(2, Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 16, 100m))).Cycle);
    }

    [Fact(DisplayName = "While the orders of a decision are open nothing new is decided, and its legs move by fills only")]
    public void Pending()
    {
        var run = HedgeStage.Started();
        run.HoldOrders = true;
        var targets = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 1, 100m))).Targets;
        Assert.True(run.State.Legs.AreFlat);
        Assert.Empty(HedgeStage.At(run, 2, 150m));
        var half = run.FillOf(PositionSide.Long, OrderSide.Buy, 100m, 4m, HedgeStage.Minute(2));
        run.Send(new HedgeInput.OrderFilled(1, half));
        Assert.Equal(4m, run.State.Long.Quantity.Base);
        // The order is final with 9 filled, but only 4 have been seen: it stays pending until the rest comes.
        run.Send(new HedgeInput.OrderClosed(1, PositionSide.Long, new Quantity(9m), HedgeStage.Minute(3)));
        run.Send(new HedgeInput.OrderClosed(1, PositionSide.Short, default, HedgeStage.Minute(3)));
        Assert.NotNull(run.State.Pending);
        run.Send(new HedgeInput.OrderFilled(1, run.FillOf(PositionSide.Long, OrderSide.Buy, 100m, 5m, HedgeStage.Minute(4))));
        Assert.Null(run.State.Pending);
        Assert.Equal(10m, targets.LongTarget.Base);
        Assert.Equal(0, run.NewFromRepeats);
    }
}

public sealed class RebalancingStories
{
    [Fact(DisplayName = "Inside the band nothing happens, at the edge it does")]
    public void Band()
    {
        var run = HedgeStage.Opened();
        Assert.Empty(HedgeStage.At(run, 2, 100.40m)); // ln 1.0040 = 0.003992 < 0.004
        Assert.Empty(HedgeStage.At(run, 3, 99.61m)); // ln 0.9961 = -0.003908
        Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 4, 100.41m)));
    }

    [Fact(DisplayName = "Up half a percent: the long takes 5, half repairs the short, a quarter rebuilds each leg; worked by hand")]
    public void Up()
    {
        var run = HedgeStage.Opened();
        var e = Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 2, 100.5m)));
        // Pi = 10 * 0.5 = 5; repair 2.5 / 100.5; rebuild 2.5 / 201.
        Assert.Equal((PositionSide.Long, 5m, 0.024875621890m, 0.012437810945m), (e.Winner, e.Profit.Quote, e.Repair.Base, e.Rebuild.Base));
        // qL = 0 + rebuild = 0.012437810945: 10 goes down by 9.987 in lots. qS = 10 - repair + rebuild = 9.987562189055: down by 0.012.
        Assert.Equal(new Legs(new(0.013m), new(9.988m)), e.Targets.To);
        Assert.Equal((-0.000562189055m, -0.000437810945m), (e.CarryLong.Base, e.CarryShort.Base));
        Assert.Equal(new Legs(new(0.012437810945m), new(9.987562189055m)), run.State.Wanted);
        Assert.Equal(LegIntent.Exit, e.Targets.Intent);
        Assert.Equal(100.5m, run.State.Reference?.QuotePerBase);
    }

    [Fact(DisplayName = "Down half a percent is its mirror image; worked by hand")]
    public void Down()
    {
        var run = HedgeStage.Opened();
        var e = Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 2, 99.5m)));
        // Pi = 10 * 0.5 = 5; repair 2.5 / 99.5; rebuild 2.5 / 199.
        Assert.Equal((PositionSide.Short, 5m, 0.025125628140m, 0.012562814070m), (e.Winner, e.Profit.Quote, e.Repair.Base, e.Rebuild.Base));
        Assert.Equal(new Legs(new(9.987437185930m), new(0.012562814070m)), run.State.Wanted);
        Assert.Equal(new Legs(new(9.988m), new(0.013m)), run.State.Legs);
    }

    [Fact(DisplayName = "What rebuilds a leg has to be paid for beside all that is held; what is not is carried, and the leg that shrinks shrinks all the same")]
    public void RebuildingIsPaidFor()
    {
        // Pi = 10 * 5 = 50; rebuild 50 / 210 = 0.238095238095 of each leg; 20 * 105 is held.
        foreach (var (leverage, grown) in new[] { (3m, 0.238m), (2.2m, 0.238m), (2.11m, 0.084m), (2.102m, 0m), (0m, 0m) })
        {
            var run = HedgeStage.Opened(new HedgeSettings { Alpha = 0m });
            run.Risk = run.Risk with { Leverage = leverage };
            var e = Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 2, 105m)));
            Assert.Equal(new Legs(new(0.239m), new(10m + grown)), e.Targets.To);
            Assert.Equal(new Legs(new(0.238095238095m), new(10.238095238095m)), run.State.Wanted);
        }
    }

    [Fact(DisplayName = "With beta = 1/2 half of the winning side is closed and half of its profit shared out")]
    public void HalfBeta()
    {
        var run = HedgeStage.Opened(new HedgeSettings { Beta = 0.5m });
        HedgeStage.At(run, 2, 102m);
        // Pi = 0.5 * 10 * 2 = 10; repair 5 / 102 = 0.049019607843; rebuild 5 / 204 = 0.024509803921.
        Assert.Equal(new Legs(new(5.024509803921m), new(9.975490196078m)), run.State.Wanted);
    }

    [Fact(DisplayName = "A crossing without profit trades nothing: the reference moves, and says why")]
    public void ReferenceMoves()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        var e = Assert.IsType<HedgeEvent.ReferenceMoved>(Assert.Single(HedgeStage.At(run, 3, 100.05m))); // The short is under water by 0.05.
        Assert.Null(e.Orders);
        Assert.Equal((100.5m, 100.05m), (e.From.QuotePerBase, e.To.QuotePerBase));
        Assert.True(e.Profit <= e.RoundTripFee);
        Assert.Equal(100.05m, run.State.Reference?.QuotePerBase);
    }

    [Fact(DisplayName = "What is too small to trade is carried until it can be traded")]
    public void Carries()
    {
        // Everything goes into rebuilding; 2.49 of notional is below the venue's minimum of 5.
        var run = HedgeStage.Opened(new HedgeSettings { Alpha = 0m, MaxRisk = 50m });
        HedgeStage.At(run, 2, 100.5m); // Rebuild 5 / 201 = 0.024875621890 a leg.
        Assert.Equal((10m, 0.024875621890m), (run.State.Short.Quantity.Base, run.State.Short.Carry.Base));
        HedgeStage.At(run, 3, 110m); // The long left in the structure is 0.025 at 100: Pi = 0.25, rebuild 0.25 / 220 = 0.001136363636.
        Assert.Equal((10m, 0.026011985526m), (run.State.Short.Quantity.Base, run.State.Short.Carry.Base));
        HedgeStage.At(run, 4, 220m); // The carried short is worth 5.72 now: it is traded, in lots, and the rest of a lot stays.
        Assert.Equal(10.026m, run.State.Short.Quantity.Base);
        Assert.InRange(run.State.Short.Carry.Base, 0m, 0.001m);
    }

    [Fact(DisplayName = "Rebuilding is scaled by R_total, and dropped with its reason where entries are refused")]
    public void RebuildIsAnEntry()
    {
        var scaled = HedgeStage.Opened();
        scaled.Risk = scaled.Risk with { RTotal = 0.5d };
        var e = Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(scaled, 2, 100.5m)));
        Assert.Equal((0.006218905472m, 0.006218905473m), (e.Rebuild.Base, e.RebuildDropped.Base));

        var refused = HedgeStage.Opened();
        refused.Risk = refused.Risk with { EntriesAllowed = false };
        var events = HedgeStage.At(refused, 2, 100.5m);
        Assert.Equal((0m, 0.012437810945m), (Assert.IsType<HedgeEvent.Rebalanced>(events[0]).Rebuild.Base, ((HedgeEvent.Rebalanced)events[0]).RebuildDropped.Base));
        Assert.Equal("hedge.entries-not-allowed", Assert.IsType<HedgeEvent.EntryRefused>(events[1]).Code);
        Assert.Equal(new Legs(default, new(9.975124378110m)), refused.State.Wanted); // Profit taken and loss repaired all the same.
    }

    [Fact(DisplayName = "A carried increase waits while entries are refused, however large it has become")]
    public void CarriedEntryWaits()
    {
        var run = HedgeStage.Opened(new HedgeSettings { Alpha = 0m, MaxRisk = 50m });
        HedgeStage.At(run, 2, 100.5m);
        run.Risk = run.Risk with { EntriesAllowed = false };
        HedgeStage.At(run, 3, 220m); // The carried 0.0248... is worth 5.47.
        Assert.Equal((10m, 0.024875621890m), (run.State.Short.Quantity.Base, run.State.Short.Carry.Base));
        Assert.Equal(LegIntent.Exit, run.Last<HedgeEvent.Rebalanced>().Targets.Intent);
    }

    [Fact(DisplayName = "What an order did not fill has not happened: the next crossing decides from what is held")]
    public void PartialFills()
    {
        var run = HedgeStage.Opened();
        run.Answers = order => order.Leg == PositionSide.Long ? new Answer(0.5m, 3) : Answer.Refusal;
        HedgeStage.At(run, 2, 100.5m); // 4.993 of 9.987 sold.
        Assert.Equal(new Legs(new(5.007m), new(10m)), run.State.Legs);
        Assert.Equal(-0.000562189055m, run.State.Long.Carry.Base); // What was too small for a lot, and no more.
        run.Answers = _ => Answer.Full;
        Assert.IsType<HedgeEvent.ReferenceMoved>(Assert.Single(HedgeStage.At(run, 3, 100m))); // No profit now: the long is not sold for nothing.
        HedgeStage.At(run, 4, 101m);
        Assert.Equal(5.007m, run.Last<HedgeEvent.Rebalanced>().Profit.Quote);
    }

    [Fact(DisplayName = "A fill that comes after its order was given up is booked all the same")]
    public void LateFill()
    {
        var run = HedgeStage.Opened();
        run.HoldOrders = true;
        HedgeStage.At(run, 2, 100.5m);
        run.Send(new HedgeInput.OrderClosed(2, PositionSide.Long, default, HedgeStage.Minute(2)));
        run.Send(new HedgeInput.OrderClosed(2, PositionSide.Short, default, HedgeStage.Minute(2)));
        Assert.Null(run.State.Pending);
        run.Send(new HedgeInput.OrderFilled(2, run.FillOf(PositionSide.Long, OrderSide.Sell, 100.5m, 9.987m, HedgeStage.Minute(3))));
        Assert.Equal(0.013m, run.State.Long.Quantity.Base);
        Assert.Equal(0, run.NewFromRepeats);
    }
}

public sealed class CycleStories
{
    [Fact(DisplayName = "One swing up and one down end the cycle: the rest is closed in the same crossing, and the next look opens again")]
    public void Reopens()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        var end = Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 3, 99.5m)));
        Assert.True(end.EndsCycle);
        Assert.True(run.State.Legs.AreFlat);
        Assert.False(run.State.InCycle);
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 4, 99.6m)));
        Assert.Equal((2, 10.040m), (opened.Cycle, opened.Targets.LongTarget.Base)); // 1000 / 99.6 = 10.0401...
        Assert.Equal(99.6m, run.State.Reference?.QuotePerBase);
    }

    [Fact(DisplayName = "Reopening is an entry: where it is refused the strategy stays flat and says so once")]
    public void ReopeningRefused()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        run.Risk = run.Risk with { EntriesAllowed = false };
        HedgeStage.At(run, 3, 99.5m);
        Assert.True(run.State.Legs.AreFlat);
        Assert.IsType<HedgeEvent.EntryRefused>(Assert.Single(HedgeStage.At(run, 4, 99.6m)));
        Assert.Empty(HedgeStage.At(run, 5, 99.7m));
    }

    [Fact(DisplayName = "reopen = never is the literal seed: nearly flat after two swings, and no new cycle")]
    public void Never()
    {
        var run = HedgeStage.Opened(new HedgeSettings { ReopenBelow = null });
        HedgeStage.At(run, 2, 100.5m);
        HedgeStage.At(run, 3, 99.5m);
        // The short takes 9.988 * 0.5 = 4.994; the long, 0.0124, is repaired away; each leg is rebuilt by 2.497 / 199.
        Assert.Equal(new Legs(new(0.012547738693m), new(0.012547738693m)), run.State.Wanted);
        for (var minute = 4; minute < 100; minute++) HedgeStage.At(run, minute, minute % 2 == 0 ? 100.5m : 99.5m);
        Assert.Equal(1, run.State.Cycle);
        Assert.True(run.State.Legs.Gross.Base < 0.1m);
    }

    [Fact(DisplayName = "A closing that did not fill leaves the cycle open, and is decided again at a crossing, not inside the band")]
    public void ClosingRefused()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        run.Answers = _ => Answer.Refusal;
        HedgeStage.At(run, 3, 99.5m);
        Assert.True(run.State.InCycle);
        run.Answers = _ => Answer.Full;
        Assert.Empty(HedgeStage.At(run, 4, 99.2m));
        Assert.True(Assert.IsType<HedgeEvent.Rebalanced>(Assert.Single(HedgeStage.At(run, 5, 99m))).EndsCycle);
        Assert.False(run.State.InCycle);
        Assert.True(run.State.Legs.AreFlat);
    }

    [Fact(DisplayName = "Less than the venue trades stays in the leg and counts towards the next opening")]
    public void DustCounts()
    {
        var coarse = HedgeStage.Sol with { MinQuantity = new Quantity(0.02m) };
        var run = new HedgeRun(HedgeRun.PolicyOf(new HedgeSettings()), coarse) { Monitor = HedgeStage.Market() };
        run.Send(new HedgeInput.Start("ada", 1, HedgeStage.Minute(0)));
        HedgeStage.At(run, 1, 100m);
        HedgeStage.At(run, 2, 100.5m);
        Assert.Equal(0.013m, run.State.Long.Quantity.Base);
        HedgeStage.At(run, 3, 99.5m);
        Assert.Equal(new Legs(new(0.013m), default), run.State.Legs);
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 4, 100m)));
        Assert.Equal(new Legs(new(0.013m), default), opened.Targets.From);
        Assert.Equal(new Legs(new(10m), new(10m)), run.State.Legs);
    }
}
