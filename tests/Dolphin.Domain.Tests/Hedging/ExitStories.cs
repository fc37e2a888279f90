using Dolphin.Domain.Books;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class ModeStories
{
    [Fact(DisplayName = "C3 alone pauses; a pause trades nothing and ends when the condition clears, acting on the price it finds")]
    public void Pauses()
    {
        var run = HedgeStage.Opened();
        run.Monitor = HedgeStage.Market(3e-6); // E[tau] = 16e-6 / 3e-6 = 5.3 h > 4 h; C1 needs less than 2e-6.
        Assert.Equal(3e-6, Assert.IsType<HedgeEvent.Paused>(Assert.Single(HedgeStage.At(run, 2, 101m))).VariancePerHour);
        Assert.Equal(HedgeMode.Pause, run.State.Mode);
        Assert.Empty(HedgeStage.At(run, 3, 105m));
        run.Monitor = HedgeStage.Market(5e-6);
        Assert.Collection(HedgeStage.At(run, 4, 101m), e => Assert.IsType<HedgeEvent.Resumed>(e), e => Assert.IsType<HedgeEvent.Rebalanced>(e));
        Assert.Equal(HedgeMode.Active, run.State.Mode);
    }

    [Theory(DisplayName = "C1 exits only after K checks in a row, from Active and from Pause")]
    [InlineData(false)]
    [InlineData(true)]
    public void Friction(bool paused)
    {
        var run = HedgeStage.Opened();
        if (paused)
        {
            run.Monitor = HedgeStage.Market(3e-6);
            HedgeStage.At(run, 1.5, 100m);
            Assert.Equal(HedgeMode.Pause, run.State.Mode);
        }
        run.Monitor = HedgeStage.Market(1e-6, frictionChecks: 29);
        HedgeStage.At(run, 2, 100m);
        Assert.Equal(HedgeMode.Pause, run.State.Mode);
        run.Monitor = HedgeStage.Market(1e-6, frictionChecks: 30);
        Assert.Equal(ExitCauses.Friction, Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 3, 100m))).Causes);
        Assert.Equal(HedgeMode.Exit, run.State.Mode);
    }

    [Fact(DisplayName = "C2 exits when the net position exceeds gamma2 * E_max opening legs, and not before")]
    public void Capital()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m); // Net short 9.975; the limit is 1100.
        Assert.IsNotType<HedgeEvent.ExitStarted>(HedgeStage.At(run, 3, 110.2m).FirstOrDefault()); // 1099.2
        Assert.Equal(HedgeMode.Active, run.State.Mode);
        Assert.Equal(ExitCauses.Capital, Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 4, 111.2m))).Causes);
    }

    [Fact(DisplayName = "C2 exits from a pause as well, and both causes are named when both hold")]
    public void CapitalWhilePaused()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        run.Monitor = HedgeStage.Market(3e-6);
        HedgeStage.At(run, 3, 101m);
        run.Monitor = HedgeStage.Market(1e-6, frictionChecks: 30);
        Assert.Equal(ExitCauses.Friction | ExitCauses.Capital, Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 4, 112m))).Causes);
    }

    [Fact(DisplayName = "A strategy that is flat when its market dies ends at once")]
    public void FlatExit()
    {
        var run = HedgeStage.Started();
        run.Monitor = HedgeStage.Market(1e-6, frictionChecks: 30);
        Assert.Collection(HedgeStage.At(run, 1, 100m), e => Assert.IsType<HedgeEvent.ExitStarted>(e), e => Assert.IsType<HedgeEvent.Terminated>(e));
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
    }

    [Fact(DisplayName = "A broken price decides nothing and is refused with the range")]
    public void AbsurdPrice()
    {
        var run = HedgeStage.Opened();
        foreach (var price in new[] { 1_000_000_001m, 0.0000000001m })
            Assert.Equal("hedge.absurd-price", run.Look(Price.Of(price), HedgeStage.Minute(2)).Refusal?.Code);
        var zero = new HedgeMarket(default, HedgeStage.Minute(2), run.Monitor, run.Risk);
        Assert.Equal("hedge.absurd-price", HedgeDecider.Decide(run.Policy, run.Instrument, run.State, zero).Refusal?.Code);
    }
}

public sealed class ManualExitStories
{
    [Fact(DisplayName = "An operator's exit starts at the next price, from Active and from Pause")]
    public void Manual()
    {
        foreach (var variance in new[] { 50e-6, 3e-6 })
        {
            var run = HedgeStage.Opened();
            run.Monitor = HedgeStage.Market(variance);
            HedgeStage.At(run, 2, 100m);
            run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(3)));
            Assert.Equal("ada", run.Last<HedgeEvent.ExitRequested>().By);
            var started = Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 4, 100.1m)));
            Assert.Equal((ExitCauses.Manual, 100.1m), (started.Causes, started.Reference.QuotePerBase));
        }
    }

    [Fact(DisplayName = "It waits for the orders that are open, then goes before everything else")]
    public void WaitsForOrders()
    {
        var run = HedgeStage.Started();
        run.HoldOrders = true;
        var targets = ((HedgeEvent.CycleOpened)HedgeStage.At(run, 1, 100m)[0]).Targets;
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(2)));
        Assert.Empty(HedgeStage.At(run, 3, 100m));
        run.Execute(targets, Price.Of(100m), HedgeStage.Minute(3));
        Assert.Equal(20m, Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 4, 100m))).Initial.Gross.Base);
    }

    [Fact(DisplayName = "An idle strategy that is told to exit is over")]
    public void Idle()
    {
        var run = HedgeStage.Idle();
        Assert.IsType<HedgeEvent.Terminated>(Assert.Single(run.Send(new HedgeInput.RequestExit("ada", 0, HedgeStage.Minute(0))).Events));
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
    }

    [Fact(DisplayName = "A request for another incarnation, or for a strategy that is exiting or over, is refused with its reason")]
    public void Refused()
    {
        var run = HedgeStage.Opened();
        Assert.Equal("hedge.other-incarnation", Code(2));
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(2)));
        Assert.Null(Code(1)); // A second copy: accepted, nothing new.
        HedgeStage.At(run, 3, 100m);
        Assert.Equal("hedge.already-exiting", Code(1));
        while (run.State.Mode != HedgeMode.Terminated) HedgeStage.At(run, 4 + run.State.Exit!.Steps, run.State.Exit!.Steps % 2 == 0 ? 101m : 100m);
        Assert.Equal("hedge.terminated", Code(1));

        string? Code(int incarnation) => run.Send(new HedgeInput.RequestExit("ada", incarnation, HedgeStage.Minute(2))).Refusal?.Code;
    }
}

public sealed class GracefulExitStories
{
    private static HedgeRun Exiting(HedgeSettings? settings = null)
    {
        var run = HedgeStage.Opened(settings);
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(2)));
        HedgeStage.At(run, 3, 100m);
        return run;
    }

    private static void Swing(HedgeRun run, int from, int times)
    {
        for (var i = 0; i < times; i++) HedgeStage.At(run, from + i, i % 2 == 0 ? 100.5m : 100m);
    }

    [Fact(DisplayName = "Both promises are worked out when the exit starts: 2000 down to 10 by 30 % is 15 steps, and at most 6.67 of fees")]
    public void Promises()
    {
        var exit = Exiting().State.Exit!;
        Assert.Equal((20m, 100m, 15), (exit.Q0.Base, exit.Reference.QuotePerBase, exit.StepBound)); // log(0.005) / log(0.7) = 14.85
        Assert.Equal(6.6667m, exit.CostBound.Quote, 4); // 2 * 0.0005 * 2000 / 0.3
    }

    [Fact(DisplayName = "A step comes only when the price has moved by MES_exit from the frozen reference, and takes eta off both legs")]
    public void Steps()
    {
        var run = Exiting();
        Assert.Empty(HedgeStage.At(run, 4, 100.30m)); // ln 1.0030 = 0.0029955 < 0.003
        var step = Assert.IsType<HedgeEvent.ExitStepped>(Assert.Single(HedgeStage.At(run, 5, 100.31m)));
        Assert.Equal((1, new Legs(new(7m), new(7m)), LegIntent.Exit), (step.Step, step.Targets.To, step.Targets.Intent));
        Assert.Equal(100.31m, run.State.Exit!.Reference.QuotePerBase);
        Assert.Empty(HedgeStage.At(run, 6, 100.1m));
        HedgeStage.At(run, 7, 100m);
        Assert.Equal(new Legs(new(4.9m), new(4.9m)), run.State.Legs);
    }

    [Fact(DisplayName = "It ends flat, within both promises")]
    public void Ends()
    {
        var run = Exiting();
        Swing(run, 4, 14);
        Assert.Equal(HedgeMode.Exit, run.State.Mode);
        Swing(run, 30, 1);
        var end = run.Last<HedgeEvent.Terminated>();
        Assert.Equal((HedgeMode.Terminated, 15), (run.State.Mode, end.ExitSteps));
        Assert.True(end.Dust.AreFlat);
        Assert.InRange(end.ExitCost.Quote, 0.9m, 1.1m); // About f * Q0 * P, once.
        Assert.Empty(run.All<HedgeEvent.ExitBoundExceeded>());
        Assert.Equal(1, run.State.Exits);
    }

    [Fact(DisplayName = "Lots too coarse for eta do not stop it: what a step cannot trade is carried and the last step closes")]
    public void CoarseLots()
    {
        var coarse = HedgeStage.Sol with { LotSize = 5m, MinQuantity = new Quantity(5m) };
        var run = new HedgeRun(HedgeRun.PolicyOf(new HedgeSettings()), coarse) { Monitor = HedgeStage.Market() };
        run.Send(new HedgeInput.Start("ada", 1, HedgeStage.Minute(0)));
        HedgeStage.At(run, 1, 100m);
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(2)));
        HedgeStage.At(run, 3, 100m);
        Swing(run, 4, 1);
        Assert.Equal(new Legs(new(10m), new(10m)), run.State.Legs); // 3 of 10 is less than a lot of 5.
        Assert.Equal(-3m, run.State.Long.Carry.Base);
        HedgeStage.At(run, 10, 100m);
        Assert.Equal(new Legs(new(5m), new(5m)), run.State.Legs); // 5.1 of 10 is a lot.
        Swing(run, 20, 13);
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
        Assert.True(run.State.Legs.AreFlat);
        Assert.Equal(15, run.Last<HedgeEvent.Terminated>().ExitSteps);
    }

    [Fact(DisplayName = "A price that rises tenfold during the exit cannot keep it from ending within its steps")]
    public void RisingPrice()
    {
        var run = Exiting();
        for (var i = 0; i < 15; i++) HedgeStage.At(run, 4 + i, 100m * (decimal)Math.Pow(1.17, i + 1));
        Assert.Equal(15, run.Last<HedgeEvent.Terminated>().ExitSteps);
    }

    [Fact(DisplayName = "Fees above the promise are a fault that is reported once, and the exit goes on")]
    public void CostExceeded()
    {
        var run = Exiting();
        run.FeeRate = 0.01m; // Twenty times the fee that was planned with.
        Swing(run, 4, 15);
        var fault = Assert.Single(run.All<HedgeEvent.ExitBoundExceeded>());
        Assert.Equal(ExitBound.Cost, fault.Bound);
        Assert.True(fault.Value > fault.Limit);
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
    }

    [Fact(DisplayName = "A venue that fills nothing breaks the promise of steps: reported once, and the exit ends when the venue is back")]
    public void StepsExceeded()
    {
        var run = Exiting();
        run.Answers = _ => Answer.Refusal;
        Swing(run, 4, 18);
        var fault = Assert.Single(run.All<HedgeEvent.ExitBoundExceeded>());
        Assert.Equal((ExitBound.Steps, 16m, 15m), (fault.Bound, fault.Value, fault.Limit));
        Assert.Equal((HedgeMode.Exit, 20m), (run.State.Mode, run.State.Legs.Gross.Base));
        run.Answers = _ => Answer.Full;
        Swing(run, 30, 1);
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
        Assert.True(run.State.Legs.AreFlat);
    }

    [Fact(DisplayName = "A rest smaller than epsilon that the venue will not take is recorded as dust, and the strategy ends")]
    public void Dust()
    {
        var run = Exiting();
        Swing(run, 4, 14);
        run.Answers = _ => Answer.Refusal;
        Swing(run, 30, 1);
        var end = run.Last<HedgeEvent.Terminated>();
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
        Assert.True(end.Dust.Gross.Base is > 0m and < 0.143m); // 10 / (1 - 0.3) / 100
        Assert.Equal(end.Dust, run.State.Legs);
    }

    [Fact(DisplayName = "Dust is in the book as well: who takes the symbol's legs over as the book has them has them once")]
    public void Dust_once()
    {
        var run = Exiting();
        Swing(run, 4, 14);
        run.Answers = _ => Answer.Refusal;
        Swing(run, 30, 1);
        var (dust, book) = (run.State.Legs, run.Book);
        Assert.NotEqual(Quantity.Zero, dust.Gross);
        Assert.Equal(dust, book.Legs);
        var all = new HandOver(book.Long.Position.Increase(Price.Of(100m), new Quantity(3m)), book.Short.Position, book.Long.LastTradeId + 1, book.Short.LastTradeId); // Somebody bought 3.
        Assert.Single(run.Send(new HedgeInput.Adopt("plan", run.State.Incarnation + 1, all, Price.Of(100m), HedgeStage.Minute(40))).Events);
        Assert.Equal((all.Long, all.Short), (run.State.Long.Position, run.State.Short.Position));
        Assert.Equal(book.Long.LastTradeId + 1, run.State.Long.LastTradeId);
    }

    [Fact(DisplayName = "A structure already smaller than epsilon still waits for the exit band, and is closed in one step")]
    public void TinyStructure()
    {
        var run = Exiting(new HedgeSettings { Epsilon = 5_000m });
        Assert.Equal(1, run.State.Exit!.StepBound);
        Assert.Empty(HedgeStage.At(run, 4, 100.1m));
        Swing(run, 5, 1);
        Assert.Equal(HedgeMode.Terminated, run.State.Mode);
    }
}

public sealed class RestartStories
{
    private static HedgeRun EndedBy(ExitCauses cause, HedgeSettings? settings = null)
    {
        var run = HedgeStage.Opened(settings);
        if (cause == ExitCauses.Friction) run.Monitor = HedgeStage.Market(1e-6, frictionChecks: 30);
        else run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(1)));
        HedgeStage.At(run, 2, 100m);
        for (var i = 0; run.State.Mode != HedgeMode.Terminated; i++) HedgeStage.At(run, 3 + i, i % 2 == 0 ? 100.5m : 100m);
        run.Monitor = HedgeStage.Market() with { ClearSinceMs = HedgeStage.Minute(60).ToUnixTimeMilliseconds() };
        return run;
    }

    [Fact(DisplayName = "After a C1 exit it starts by itself once the market has been clear for the cool-down")]
    public void ByRule()
    {
        var run = EndedBy(ExitCauses.Friction);
        Assert.Empty(HedgeStage.At(run, 299.9, 100m)); // Clear since minute 60; the cool-down is four hours.
        var started = Assert.IsType<HedgeEvent.Started>(Assert.Single(HedgeStage.At(run, 300, 100m)));
        Assert.Equal((2, HedgeDecider.RestartRule), (started.Incarnation, started.By));
        Assert.Empty(HedgeStage.At(run, 300, 100m));
        Assert.Equal(2, Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 301, 100m))).Cycle);
        Assert.Equal(0, run.NewFromRepeats);
    }

    [Fact(DisplayName = "It does not while a condition is broken")]
    public void NotWhileBroken()
    {
        var run = EndedBy(ExitCauses.Friction);
        run.Monitor = run.Monitor with { ClearSinceMs = -1 };
        Assert.Empty(HedgeStage.At(run, 100_000, 100m));
    }

    [Fact(DisplayName = "After a manual exit only a command starts the next incarnation, with sequence and trades going on")]
    public void ByCommand()
    {
        var run = EndedBy(ExitCauses.Manual);
        Assert.Empty(HedgeStage.At(run, 100_000, 100m));
        var sequence = run.State.Sequence;
        Assert.Equal("hedge.cannot-start", run.Send(new HedgeInput.Start("ada", 1, HedgeStage.Minute(100_001))).Refusal?.Code);
        Assert.Equal("hedge.cannot-start", run.Send(new HedgeInput.Start("ada", 3, HedgeStage.Minute(100_001))).Refusal?.Code);
        run.Send(new HedgeInput.Start("ada", 2, HedgeStage.Minute(100_002)));
        Assert.Equal((HedgeMode.Active, 2), (run.State.Mode, run.State.Incarnation));
        HedgeStage.At(run, 100_003, 100m);
        Assert.Equal(sequence + 1, run.State.Sequence);
        Assert.Equal(0, run.NewFromRepeats);
    }

    [Fact(DisplayName = "The plan decides which exits may be followed by a start without a command")]
    public void Allowed()
    {
        var run = EndedBy(ExitCauses.Manual, new HedgeSettings { RestartAfter = ExitCauses.Manual, RestartCoolDown = TimeSpan.Zero });
        Assert.IsType<HedgeEvent.Started>(Assert.Single(HedgeStage.At(run, 400, 100m)));
    }
}

public sealed class ForeignFillStories
{
    [Fact(DisplayName = "A liquidated leg is booked as external, and what is left exits gracefully; nothing restarts it by itself")]
    public void Liquidation()
    {
        var run = HedgeStage.Opened(new HedgeSettings { RestartAfter = ExitCauses.Friction, RestartCoolDown = TimeSpan.Zero });
        var fill = run.FillOf(PositionSide.Long, OrderSide.Sell, 80m, 10m, HedgeStage.Minute(2));
        var booked = Assert.IsType<HedgeEvent.ExternalFillBooked>(Assert.Single(run.Send(new HedgeInput.ExternalFill(fill)).Events));
        Assert.Equal(10m, booked.Applied.Base);
        Assert.Equal(new Legs(default, new(10m)), run.State.Legs);
        var started = Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 3, 80m)));
        Assert.Equal(ExitCauses.External, started.Causes & ExitCauses.External);
        for (var i = 0; run.State.Mode != HedgeMode.Terminated; i++) HedgeStage.At(run, 4 + i, i % 2 == 0 ? 81m : 80m);
        Assert.True(run.State.Legs.AreFlat);
        Assert.Empty(HedgeStage.At(run, 1_000, 80m));
        Assert.Equal(0, run.NewFromRepeats);
    }

    [Fact(DisplayName = "A position that somebody else opened is not absorbed, but stops the strategy")]
    public void HumanTrade()
    {
        var run = HedgeStage.Opened();
        var fill = run.FillOf(PositionSide.Long, OrderSide.Buy, 100m, 3m, HedgeStage.Minute(2));
        Assert.Equal(0m, Assert.IsType<HedgeEvent.ExternalFillBooked>(Assert.Single(run.Send(new HedgeInput.ExternalFill(fill)).Events)).Applied.Base);
        Assert.Equal(10m, run.State.Long.Quantity.Base);
        Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 3, 100m)));
    }

    [Fact(DisplayName = "A liquidation of both legs during an exit ends it")]
    public void LiquidatedWhileExiting()
    {
        var run = HedgeStage.Opened();
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(2)));
        HedgeStage.At(run, 3, 100m);
        run.Send(new HedgeInput.ExternalFill(run.FillOf(PositionSide.Long, OrderSide.Sell, 100m, 10m, HedgeStage.Minute(4))));
        Assert.Equal(HedgeMode.Exit, run.State.Mode);
        var last = run.Send(new HedgeInput.ExternalFill(run.FillOf(PositionSide.Short, OrderSide.Buy, 100m, 25m, HedgeStage.Minute(5))));
        Assert.Collection(last.Events, e => Assert.Equal(10m, Assert.IsType<HedgeEvent.ExternalFillBooked>(e).Applied.Base), e => Assert.IsType<HedgeEvent.Terminated>(e));
    }

    [Fact(DisplayName = "Fills that cannot be true are refused with their reason, and change nothing")]
    public void Impossible()
    {
        var run = HedgeStage.Opened();
        var before = run.State;
        var good = run.FillOf(PositionSide.Long, OrderSide.Sell, 100m, 1m, HedgeStage.Minute(2));
        Refused("hedge.fill-exceeds-leg", 1, good with { Quantity = new Quantity(10.001m) });
        Refused("hedge.unknown-decision", 2, good);
        Refused("hedge.unknown-decision", 0, good);
        Refused("hedge.wrong-symbol", 1, good with { Symbol = new Symbol("ETHUSDT") });
        Refused("hedge.absurd-fill", 1, good with { Quantity = new Quantity(-1m) });
        Refused("hedge.absurd-fill", 1, good with { Quantity = default });
        Refused("hedge.absurd-fill", 1, good with { Price = default });
        Refused("hedge.absurd-fill", 1, good with { Price = Price.Of(decimal.MaxValue) });
        Refused("hedge.absurd-fill", 1, good with { Fee = new Money(decimal.MinValue) });
        Assert.Equal("hedge.absurd-fill", run.Send(new HedgeInput.ExternalFill(good with { Quantity = new Quantity(decimal.MaxValue) })).Refusal?.Code);
        Assert.Equal(before, run.State);

        void Refused(string code, long sequence, Fill fill) =>
            Assert.Equal(code, run.Send(new HedgeInput.OrderFilled(sequence, fill)).Refusal?.Code);
    }

    [Fact(DisplayName = "A closed order that says it filled less than nothing is refused; one of another decision is ignored")]
    public void OddCloses()
    {
        var run = HedgeStage.Started();
        run.HoldOrders = true;
        HedgeStage.At(run, 1, 100m);
        Assert.Equal("hedge.negative-cumulative", Close(1, -1m).Refusal?.Code);
        Assert.Empty(Close(7, 0m).Events);
        Assert.NotEmpty(Close(1, 0m).Events);
        Assert.Empty(Close(1, 5m).Events);

        Decision<HedgeEvent> Close(long sequence, decimal cumulative) =>
            run.Send(new HedgeInput.OrderClosed(sequence, PositionSide.Long, new Quantity(cumulative), HedgeStage.Minute(2)));
    }
}
