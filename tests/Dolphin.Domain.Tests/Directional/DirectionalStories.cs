using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Directional;

public sealed class OpeningStories
{
    [Fact(DisplayName = "Worked example: a signal of 0.8 that the sizer gives 1250 opens 12.5 SOL for 1250, is planned at its average, and is closed at the target")]
    public void Worked()
    {
        var run = DirectionalRun.Started();
        run.OpeningNotional = new Money(1_250m);
        run.Signal(PositionSide.Long, confidence: 0.8, id: "scan-7");
        var opened = Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.At(100m)));
        Assert.Equal((1_250m, 12.5m, 0m), (opened.Notional.Quote, opened.Targets.To.Long.Base, opened.Targets.To.Short.Base));
        Assert.Equal(new PositionTerms("scan-7", 0.8, 3m, 0.01, Posture.Apex, Price.Of(100m)), opened.Terms);
        var plan = run.All<DirectionalEvent.Planned>().Single().Plan;
        Assert.Equal((100m, 0.8, run.State.Plan), (plan.Entry.QuotePerBase, plan.Confidence, plan));
        Assert.Equal(0.0345, Math.Log(100.0 / (double)plan.Stop.QuotePerBase), 9); // 1.5 units of 2 %, 15 % wider.
        var close = Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.At(108m)));
        Assert.Equal((CloseCause.TakeProfit, 0m), (close.Cause, close.Targets.To.Long.Base));
        var ended = run.All<DirectionalEvent.PositionEnded>().Single();
        Assert.Equal(("scan-7", CloseCause.TakeProfit, 0m), (ended.Terms!.SignalId, ended.Cause, ended.Dust.Base));
        Assert.Equal((100m, 1.3m), (ended.Result.Realised.Quote, ended.Result.Costs.Quote)); // 12.5 x 8; 0.05 % of 1250 and of 1350.
        Assert.Equal((DirectionalMode.Active, DirectionalStage.Flat), (run.State.Mode, run.State.Stage));
    }

    [Fact(DisplayName = "Worked example: margin and fee come out of the capital; where it is short the fee makes the opening smaller")]
    public void CapitalIsShort()
    {
        var run = DirectionalRun.Started();
        (run.OpeningNotional, run.Capital, run.FeeRate) = (new Money(3_000m), new Money(1_000m), 0.01m);
        run.Signal(PositionSide.Long);
        var opened = Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.At(100m)));
        Assert.Equal(29.126m, opened.Targets.To.Long.Base); // 3000 / (1 + 3 x 0.01) / 100.
        Assert.Equal(0.874m, opened.Dropped.Base);
    }

    [Fact(DisplayName = "A short is the mirror image: it sells, its stop is above, and it is closed below")]
    public void Short()
    {
        var run = DirectionalRun.Holding(PositionSide.Short);
        Assert.Equal((0m, 10m), run.Legs);
        Assert.True(run.State.Plan!.Stop.QuotePerBase > 103m && run.State.Plan.TakeProfit.QuotePerBase < 95m);
        Assert.Equal(CloseCause.StopLoss, run.At(103.1m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
        Assert.Equal(-31m, run.All<DirectionalEvent.PositionEnded>().Single().Result.Realised.Quote);
    }

    [Fact(DisplayName = "The same id again is the same signal; an older one than the newest is refused")]
    public void Ids()
    {
        var run = DirectionalRun.Started();
        Assert.Single(run.Signal(PositionSide.Long, id: "a").Events);
        var again = run.Signal(PositionSide.Short, id: "a");
        Assert.Equal((0, null), (again.Events.Length, again.Refusal));
        Assert.Equal("directional.older-signal", run.Signal(PositionSide.Short, at: run.Now.AddSeconds(-1)).Refusal?.Code);
        run.Signal(PositionSide.Short, id: "b"); // Of the same moment: the newer opinion takes its place.
        run.At(100m);
        Assert.Equal((0m, 10m), run.Legs);
    }

    [Fact(DisplayName = "A signal expires: on arrival it is refused, and one that waited too long opens nothing")]
    public void Expires()
    {
        var run = DirectionalRun.Started();
        Assert.Equal("directional.signal-expired", run.Signal(PositionSide.Long, at: run.Now.AddMinutes(-5)).Refusal?.Code);
        run.Signal(PositionSide.Long);
        Assert.Equal("directional.signal-expired", Assert.IsType<DirectionalEvent.EntryRefused>(Assert.Single(run.Bar(100m, 100m, 100m, minutes: 5))).Code);
        Assert.Empty(run.At(100m));
        run.Signal(PositionSide.Long);
        Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.Bar(100m, 100m, 100m, minutes: 4.99)));
    }

    [Fact(DisplayName = "A signal from the future is refused, or it would make every later one an older one")]
    public void Future()
    {
        var run = DirectionalRun.Started();
        Assert.Equal("directional.signal-from-the-future", run.Signal(PositionSide.Long, at: run.Now.AddMinutes(5)).Refusal?.Code);
    }

    [Theory(DisplayName = "What is no signal is refused: no id, or a confidence outside its range")]
    [InlineData("", 0.5)]
    [InlineData("x\u001b[2J", 0.5)]
    [InlineData("x", double.NaN)]
    [InlineData("x", 1.01)]
    public void Malformed(string id, double confidence) => Assert.Equal("directional.malformed-signal",
        DirectionalRun.Started().Signal(PositionSide.Long, confidence, id).Refusal?.Code);

    [Fact(DisplayName = "Too little confidence opens nothing")]
    public void Doubtful() => Assert.Equal("directional.not-confident", DirectionalRun.Started().Signal(PositionSide.Long, confidence: 0.49).Refusal?.Code);

    [Theory(DisplayName = "An entry that is not allowed is refused as an event with its reason, and the signal is gone")]
    [InlineData("directional.entries-not-allowed")]
    [InlineData("directional.no-risk-budget")]
    [InlineData("directional.no-volatility")]
    [InlineData("directional.no-leverage")]
    [InlineData("directional.no-size")]
    [InlineData("directional.no-room")]
    [InlineData("directional.opening-too-small")]
    [InlineData("directional.capital-short")]
    public void RefusedEntries(string code)
    {
        var run = DirectionalRun.Started();
        switch (code)
        {
            case "directional.entries-not-allowed": run.In(Posture.Turtle); break;
            case "directional.no-risk-budget": run.In(Posture.Apex, rTotal: 0d); break;
            case "directional.no-volatility": run.Volatility = double.NaN; break;
            case "directional.no-leverage": run.Leverage = 0m; break;
            case "directional.no-size": run.OpeningNotional = Money.Zero; break;
            case "directional.capital-short": run.Capital = new Money(1m); break; // 3 quote at 3 times; the venue asks for 5.
            case "directional.no-room": run.Leverage = 100m; break; // The venue offers 75 at most.
            default: run.OpeningNotional = new Money(4m); break;
        }
        run.Signal(PositionSide.Long);
        Assert.Equal(code, Assert.IsType<DirectionalEvent.EntryRefused>(Assert.Single(run.At(100m))).Code);
        run = Restored(run);
        Assert.Empty(run.At(100m));
    }

    private static DirectionalRun Restored(DirectionalRun run)
    {
        run.In(Posture.Apex);
        (run.Volatility, run.Leverage, run.OpeningNotional, run.Capital) = (0.01, 3m, new Money(1_000m), new Money(10_000m));
        return run;
    }

    [Fact(DisplayName = "HIBERNATE refuses entries too; where not even exits are allowed nothing is decided, and the signal waits until it expires")]
    public void Hibernates()
    {
        var run = DirectionalRun.Started();
        run.In(Posture.Hibernate);
        run.Signal(PositionSide.Long);
        Assert.Equal("directional.entries-not-allowed", Assert.IsType<DirectionalEvent.EntryRefused>(Assert.Single(run.At(100m))).Code);
        run.In(Posture.Hibernate, rTotal: 0d, exitsAllowed: false);
        run.Signal(PositionSide.Long);
        Assert.Empty(run.At(100m));
    }

    [Fact(DisplayName = "What the sizer gives does not pass the venue's bracket")]
    public void Bracket()
    {
        var run = DirectionalRun.Started();
        (run.OpeningNotional, run.Leverage) = (new Money(60_000m), 75m);
        run.Signal(PositionSide.Long);
        Assert.Equal(50_000m, Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.At(100m))).Notional.Quote);
    }

    [Fact(DisplayName = "An opening that got nothing leaves nothing, and one filled in part is guarded as it is")]
    public void PartlyFilled()
    {
        var run = DirectionalRun.Started();
        run.Venue.Answers = _ => Answer.Refusal;
        run.Signal(PositionSide.Long);
        run.At(100m);
        Assert.Equal((DirectionalStage.Flat, CloseCause.None), (run.State.Stage, run.All<DirectionalEvent.PositionEnded>().Single().Cause));
        run.Venue.Answers = _ => new Answer(0.4m, 2);
        run.Signal(PositionSide.Long);
        run.At(100m);
        Assert.Equal((4m, DirectionalStage.Holding), (run.Legs.Long, run.State.Stage));
        Assert.Single(run.All<DirectionalEvent.Planned>());
    }

    [Fact(DisplayName = "While the opening is under way nothing else is decided, whatever the price")]
    public void OneAtATime()
    {
        var run = DirectionalRun.Started();
        run.HoldOrders = true;
        run.Signal(PositionSide.Long);
        run.At(100m);
        Assert.Equal(DirectionalStage.Opening, run.State.Stage);
        Assert.Empty(run.At(50m, 150m));
        Assert.Equal("directional.already-held", run.Signal(PositionSide.Long).Refusal?.Code);
    }

    [Fact(DisplayName = "A fill that comes after its order was held to be over is a stray leg: closed at the next look")]
    public void Stray()
    {
        var run = DirectionalRun.Started();
        run.HoldOrders = true;
        run.Signal(PositionSide.Long);
        var opened = run.At(100m).OfType<DirectionalEvent.Opened>().Single();
        run.Send(new DirectionalInput.OrderClosed(opened.Targets.Sequence, PositionSide.Long, Quantity.Zero, run.Now));
        run.HoldOrders = false;
        run.Execute(opened.Targets);
        Assert.Equal((10m, DirectionalStage.Flat), (run.Legs.Long, run.State.Stage));
        run.Signal(PositionSide.Short);
        Assert.IsType<DirectionalEvent.StrayClosed>(Assert.Single(run.At(100m))); // Before the next opening.
        Assert.Equal((0m, 0m), run.Legs);
        Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.At(100m)));
    }
}

public sealed class HoldingStories
{
    [Fact(DisplayName = "A bar in which both the stop and the target lie takes the stop")]
    public void Both() => Assert.Equal(CloseCause.StopLoss,
        DirectionalRun.Holding().Bar(90m, 110m, 100m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);

    [Fact(DisplayName = "The stop follows the price in stored moves, and closes on the way back")]
    public void Trails()
    {
        var run = DirectionalRun.Holding();
        Assert.IsType<DirectionalEvent.StopMoved>(Assert.Single(run.At(104m)));
        Assert.IsType<DirectionalEvent.StopMoved>(Assert.Single(run.At(105m)));
        Assert.Empty(run.At(104m));
        Assert.Equal(CloseCause.TrailingStop, Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.At(102.9m))).Cause);
        Assert.Equal(29m, run.All<DirectionalEvent.PositionEnded>().Single().Result.Realised.Quote);
    }

    [Fact(DisplayName = "A position that is neither right nor wrong is closed after its longest hold")]
    public void Horizon()
    {
        var run = DirectionalRun.Holding();
        Assert.Equal(CloseCause.Horizon, Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.Bar(100m, 100m, 100m, minutes: 24 * 60))).Cause);
    }

    [Fact(DisplayName = "A lower posture makes a tighter plan, and closes in the same look what is then past its stop")]
    public void Postures()
    {
        var run = DirectionalRun.Holding();
        run.In(Posture.Stalker);
        Assert.IsType<DirectionalEvent.Replanned>(Assert.Single(run.At(98m)));
        run.In(Posture.Turtle);
        Assert.Collection(run.At(98m),
            e => Assert.IsType<DirectionalEvent.Replanned>(e), e => Assert.Equal(CloseCause.StopLoss, Assert.IsType<DirectionalEvent.CloseOrdered>(e).Cause));
    }

    [Fact(DisplayName = "close-in: a position is closed in that posture and below it, whatever its plan")]
    public void CloseIn()
    {
        var run = DirectionalRun.Holding(settings: new DirectionalSettings { CloseIn = Posture.Turtle });
        run.In(Posture.Stalker);
        Assert.DoesNotContain(run.At(100m), e => e is DirectionalEvent.CloseOrdered);
        run.In(Posture.Hibernate);
        Assert.Equal(CloseCause.Posture, run.At(100m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
    }

    [Fact(DisplayName = "A hold that is over closes a position that its plan would keep; where the plan closes it too, that is the cause; the event says what the book said")]
    public void HoldOver()
    {
        var run = DirectionalRun.Holding();
        run.Hold = new HoldDecision(HoldVerdict.Hold, 59, 60, TradeHoldState.Opened(PositionSide.Long, run.Now));
        Assert.Empty(run.At(100m));
        var over = run.Hold = run.Hold.Value with { Verdict = HoldVerdict.EjectContradicted, Bars = 61 };
        var closed = Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.At(100m)));
        Assert.Equal((CloseCause.Hold, over), (closed.Cause, closed.Hold));

        run = DirectionalRun.Holding();
        run.Hold = over;
        closed = run.At(96m).OfType<DirectionalEvent.CloseOrdered>().Single();
        Assert.Equal((CloseCause.StopLoss, (HoldDecision?)null), (closed.Cause, closed.Hold));
    }

    [Fact(DisplayName = "In HIBERNATE the plan stays as it is, and its stop still closes where exits are allowed")]
    public void Hibernates()
    {
        var run = DirectionalRun.Holding();
        run.In(Posture.Hibernate);
        run.Volatility = 0.03;
        Assert.Empty(run.At(98m));
        run.In(Posture.Hibernate, exitsAllowed: false);
        Assert.Empty(run.At(90m));
        run.In(Posture.Hibernate);
        Assert.Equal(CloseCause.StopLoss, run.At(90m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
    }

    [Fact(DisplayName = "A closing that the venue refuses is ordered again at the next look, with its first cause, wherever the price is by then")]
    public void ClosesAgain()
    {
        var run = DirectionalRun.Holding();
        run.Venue.Answers = _ => Answer.Refusal;
        run.At(97m);
        run.Venue.Answers = _ => new Answer(0.5m, 1);
        Assert.Equal(CloseCause.StopLoss, run.At(101m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
        Assert.Equal((5m, DirectionalStage.Closing), (run.Legs.Long, run.State.Stage));
        run.Venue.Answers = _ => Answer.Full;
        run.At(101m);
        Assert.Equal((0m, DirectionalStage.Flat), (run.Legs.Long, run.State.Stage));
        Assert.Single(run.All<DirectionalEvent.PositionEnded>());
    }

    [Fact(DisplayName = "What is left and too small for the venue is dust: the position is over, and the dust goes with the next one of that side")]
    public void Dust()
    {
        var run = DirectionalRun.Holding(instrument: HedgeStage.Sol with { MinQuantity = new Quantity(0.05m) });
        run.Venue.Answers = _ => new Answer(0.998m, 1);
        run.At(97m);
        Assert.Equal((0.02m, 0.02m), (run.All<DirectionalEvent.PositionEnded>().Single().Dust.Base, run.Legs.Long));
        run.Venue.Answers = _ => Answer.Full;
        run.Signal(PositionSide.Long);
        run.At(100m);
        Assert.Equal(9.98m, run.Events.OfType<DirectionalEvent.Opened>().Last().Targets is var t ? (t.To.Long - t.From.Long).Base : 0m);
        run.Exit();
        run.At(100m);
        Assert.Equal((0m, DirectionalMode.Terminated), (run.Legs.Long, run.State.Mode));
    }
}

public sealed class ReversalStories
{
    [Fact(DisplayName = "A signal of the other side that is believed enough closes first, and opens at the next look")]
    public void Reverses()
    {
        var run = DirectionalRun.Holding();
        Assert.Single(run.Signal(PositionSide.Short, confidence: 0.7).Events);
        Assert.Equal(CloseCause.Reversal, Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.At(101m))).Cause);
        Assert.Equal((0m, 0m), run.Legs);
        Assert.Equal(PositionSide.Short, Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.At(101m))).Side);
        Assert.Equal(0m, run.Legs.Long);
    }

    /// <summary>A long is held, and a signal of the other side is shown with the bar of a quarter of an hour that closes now: it is closed.</summary>
    private static DirectionalRun TurnsAfterQuarter(bool fills = true)
    {
        var run = DirectionalRun.Holding();
        var from = run.Now;
        run.Now = from.AddMinutes(15);
        Assert.Single(run.Signal(PositionSide.Short, confidence: 0.9).Events);
        run.HoldOrders = !fills;
        Assert.Equal(CloseCause.Reversal, Assert.IsType<DirectionalEvent.CloseOrdered>(Assert.Single(run.Look(new PriceSpan(from, Price.Of(101m), Price.Of(100m), Price.Of(101m))).Events)).Cause);
        return run;
    }

    [Fact(DisplayName = "With bars longer than a signal lives a reversal opens as well, at the first look after it is flat")]
    public void Reverses_with_long_bars()
    {
        var run = TurnsAfterQuarter();
        Assert.Equal(PositionSide.Short, Assert.IsType<DirectionalEvent.Opened>(Assert.Single(run.Bar(101m, 101m, 101m, minutes: 15))).Side);
        Assert.True(run.Legs is (0m, > 0m));
    }

    [Fact(DisplayName = "All else is judged anew at that look, and the signal is gone if it is refused")]
    public void Judged_anew()
    {
        var run = TurnsAfterQuarter();
        run.In(Posture.Turtle);
        Assert.Equal("directional.entries-not-allowed", Assert.IsType<DirectionalEvent.EntryRefused>(Assert.Single(run.Bar(101m, 101m, 101m, minutes: 15))).Code);
        run.In(Posture.Apex);
        Assert.Empty(run.Bar(101m, 101m, 101m, minutes: 15));
    }

    [Fact(DisplayName = "A closing that took longer than a signal lives does not keep it: what it saw is no longer there")]
    public void Slow_closing()
    {
        var run = TurnsAfterQuarter(fills: false);
        var pending = run.State.Pending!;
        Assert.Empty(run.Bar(101m, 101m, 101m, minutes: 15));
        run.HoldOrders = false;
        run.Execute(pending.Targets);
        Assert.Equal("directional.signal-expired", Assert.IsType<DirectionalEvent.EntryRefused>(Assert.Single(run.Bar(101m, 101m, 101m, minutes: 15))).Code);
    }

    [Fact(DisplayName = "A look that comes after bars that nobody saw is not the first one after it is flat")]
    public void Gap()
    {
        var run = TurnsAfterQuarter();
        run.Now = run.Now.AddHours(1);
        Assert.Equal("directional.signal-expired", Assert.IsType<DirectionalEvent.EntryRefused>(Assert.Single(run.Bar(101m, 101m, 101m, minutes: 15))).Code);
    }

    [Fact(DisplayName = "The same side is refused while it is held, and so is the other side with less confidence than it takes")]
    public void Refused()
    {
        var run = DirectionalRun.Holding();
        Assert.Equal("directional.already-held", run.Signal(PositionSide.Long, confidence: 1).Refusal?.Code);
        Assert.Equal("directional.not-confident", run.Signal(PositionSide.Short, confidence: 0.69).Refusal?.Code);
    }

    [Fact(DisplayName = "Nothing is closed for the sake of an entry that is not allowed")]
    public void NotAllowed()
    {
        var run = DirectionalRun.Holding();
        run.Signal(PositionSide.Short, confidence: 1);
        run.In(Posture.Turtle);
        Assert.Collection(run.At(100m), e => Assert.IsType<DirectionalEvent.Replanned>(e),
            e => Assert.Equal("directional.entries-not-allowed", Assert.IsType<DirectionalEvent.EntryRefused>(e).Code));
        Assert.Equal((10m, 0m), run.Legs);
    }
}

public sealed class DirectionalModeStories
{
    [Fact(DisplayName = "Before it is started it does nothing; it is started once")]
    public void Starts()
    {
        var run = new DirectionalRun(DirectionalRun.PolicyOf(), HedgeStage.Sol);
        Assert.Equal("directional.not-active", run.Signal(PositionSide.Long).Refusal?.Code);
        Assert.Empty(run.At(100m));
        Assert.Equal("directional.cannot-start", run.Send(new DirectionalInput.Start("ada", 2, run.Now)).Refusal?.Code);
        Assert.Single(run.Send(new DirectionalInput.Start("ada", 1, run.Now)).Events);
        Assert.Empty(run.Send(new DirectionalInput.Start("ada", 1, run.Now)).Events);
    }

    [Theory(DisplayName = "An exit by hand is valid in every live mode: the position is closed, and the strategy ends")]
    [InlineData(DirectionalMode.Active)]
    [InlineData(DirectionalMode.Pause)]
    public void Exits(DirectionalMode mode)
    {
        var run = DirectionalRun.Holding();
        if (mode == DirectionalMode.Pause) run.Send(new DirectionalInput.Pause("ada", 1, run.Now));
        Assert.Equal(mode, run.State.Mode);
        Assert.IsType<DirectionalEvent.ExitRequested>(Assert.Single(run.Exit().Events));
        Assert.Equal(DirectionalMode.Exit, run.State.Mode);
        Assert.Equal((0, null), (run.Exit().Events.Length, run.Exit().Refusal)); // It is under way.
        Assert.Equal("directional.not-active", run.Signal(PositionSide.Short, confidence: 1).Refusal?.Code);
        Assert.Equal(CloseCause.Manual, run.At(100m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
        Assert.Equal((DirectionalMode.Terminated, 0m), (run.State.Mode, run.Legs.Long));
        Assert.Equal("directional.not-active", run.Exit().Refusal?.Code);
        Assert.Equal("directional.other-incarnation", run.Send(new DirectionalInput.RequestExit("ada", 2, run.Now)).Refusal?.Code);
    }

    [Fact(DisplayName = "Holding nothing it ends at once, and a signal that waited goes with it")]
    public void ExitsFlat()
    {
        var run = DirectionalRun.Started();
        run.Signal(PositionSide.Long);
        Assert.Collection(run.Exit().Events, e => Assert.IsType<DirectionalEvent.ExitRequested>(e), e => Assert.IsType<DirectionalEvent.Terminated>(e));
        run.Send(new DirectionalInput.Start("ada", 2, run.Now));
        Assert.Empty(run.At(100m));
    }

    [Fact(DisplayName = "An exit asked for while the opening is under way closes what it got")]
    public void ExitsWhileOpening()
    {
        var run = DirectionalRun.Started();
        run.HoldOrders = true;
        run.Signal(PositionSide.Long);
        var opened = run.At(100m).OfType<DirectionalEvent.Opened>().Single();
        run.Exit();
        run.HoldOrders = false;
        run.Execute(opened.Targets);
        run.At(100m);
        Assert.Equal((DirectionalMode.Terminated, 0m), (run.State.Mode, run.Legs.Long));
    }

    [Fact(DisplayName = "Paused it takes no signal and drops the one that waited; what is held is guarded as before")]
    public void Pauses()
    {
        var run = DirectionalRun.Holding();
        run.Signal(PositionSide.Short, confidence: 1);
        run.Send(new DirectionalInput.Pause("hermes", 1, run.Now));
        Assert.Empty(run.At(100m));
        Assert.Equal("directional.not-active", run.Signal(PositionSide.Short, confidence: 1).Refusal?.Code);
        Assert.Equal(CloseCause.StopLoss, run.At(97m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
        Assert.Single(run.Send(new DirectionalInput.Resume("hermes", 1, run.Now)).Events);
        Assert.Single(run.Signal(PositionSide.Short).Events);
    }

    [Fact(DisplayName = "Somebody else's trade reduces the leg and pauses the strategy; what is left keeps its plan")]
    public void External()
    {
        var run = DirectionalRun.Holding();
        run.Liquidate(PositionSide.Long, 99m, 4m);
        Assert.Equal((6m, DirectionalMode.Pause, DirectionalDecider.ExternalFillRule), (run.Legs.Long, run.State.Mode, run.All<DirectionalEvent.Paused>().Single().By));
        Assert.NotNull(run.State.Plan);
        run.Liquidate(PositionSide.Long, 99m, 6m);
        Assert.Equal((DirectionalStage.Flat, CloseCause.None), (run.State.Stage, run.All<DirectionalEvent.PositionEnded>().Single().Cause));
        Assert.Equal(-10m, run.All<DirectionalEvent.PositionEnded>().Single().Result.Realised.Quote);
    }

    [Fact(DisplayName = "What somebody else opens is not absorbed, and is no reason to pause")]
    public void Foreign()
    {
        var run = DirectionalRun.Holding();
        run.Send(new DirectionalInput.ExternalFill(run.Venue.FillOf("human", PositionSide.Short, OrderSide.Sell, 100m, 3m, run.Now)));
        Assert.Equal((10m, 0m, DirectionalMode.Active), (run.Legs.Long, run.Legs.Short, run.State.Mode));
    }
}

public sealed class DirectionalHandOverStories
{
    [Fact(DisplayName = "One leg is taken over as it stands and planned at the next look, with a confidence that nobody gave")]
    public void Adopts()
    {
        var run = new DirectionalRun(DirectionalRun.PolicyOf(), HedgeStage.Sol);
        Assert.Single(Adopt(run, run.Venue.Open(5m, 101m, 0m, 0m), 100m).Events);
        Assert.Equal((DirectionalMode.Active, DirectionalStage.Holding, null), (run.State.Mode, run.State.Stage, run.State.Plan));
        var plan = Assert.IsType<DirectionalEvent.Planned>(Assert.Single(run.At(100m))).Plan;
        Assert.Equal((101m, 0.5), (plan.Entry.QuotePerBase, plan.Confidence));
        Assert.Equal(CloseCause.StopLoss, run.At(97m).OfType<DirectionalEvent.CloseOrdered>().Single().Cause);
        Assert.Null(run.All<DirectionalEvent.PositionEnded>().Single().Terms);
    }

    [Fact(DisplayName = "Two legs, none, and one that has lost more than any plan may risk are not taken over")]
    public void Refused()
    {
        Refusal? Of(decimal longQuantity, decimal shortQuantity, decimal mark)
        {
            var run = new DirectionalRun(DirectionalRun.PolicyOf(), HedgeStage.Sol);
            return Adopt(run, run.Venue.Open(longQuantity, 100m, shortQuantity, 100m), mark).Refusal;
        }
        Assert.Equal("directional.not-one-leg", Of(1m, 1m, 100m)?.Code);
        Assert.Equal("directional.not-one-leg", Of(0m, 0m, 100m)?.Code);
        Assert.Equal("directional.beyond-any-stop", Of(1m, 0m, 95.1m)?.Code); // 100 e^-0.05 is 95.12.
        Assert.Null(Of(1m, 0m, 95.13m));
        Assert.Equal("directional.beyond-any-stop", Of(0m, 1m, 105.13m)?.Code);
        var live = DirectionalRun.Holding();
        Assert.Equal("directional.cannot-adopt", Adopt(live, live.State.Ledger.HandOver, 100m).Refusal?.Code);
    }

    [Fact(DisplayName = "Settled, it gives its leg up at once, without a trade; another one takes it and goes on")]
    public void Releases()
    {
        var run = DirectionalRun.Holding();
        var released = Assert.IsType<DirectionalEvent.Released>(Assert.Single(run.Send(new DirectionalInput.Release("hermes", 1, run.Now)).Events));
        Assert.Equal(run.Venue.Book.Long.Position, released.Legs.Long);
        Assert.Equal((DirectionalMode.Idle, 0m, null), (run.State.Mode, run.Legs.Long, run.State.Plan));
        Adopt(run, released.Legs, 100m);
        run.At(100m);
        Assert.Equal((10m, 2), (run.Legs.Long, run.State.Incarnation));
    }

    [Fact(DisplayName = "While an order is open a release is refused, remembered, and done when the order is final")]
    public void ReleaseWaits()
    {
        var run = DirectionalRun.Started();
        run.HoldOrders = true;
        run.Signal(PositionSide.Long);
        var opened = run.At(100m).OfType<DirectionalEvent.Opened>().Single();
        var asked = run.Send(new DirectionalInput.Release("hermes", 1, run.Now));
        Assert.Equal("directional.decision-under-way", asked.Refusal?.Code);
        Assert.Equal("directional.not-active", run.Signal(PositionSide.Short, confidence: 1).Refusal?.Code);
        run.HoldOrders = false;
        run.Execute(opened.Targets);
        Assert.Equal(10m, Assert.IsType<DirectionalEvent.Released>(run.Events[^1]).Legs.Long.Quantity.Base);
    }

    private static Decision<DirectionalEvent> Adopt(DirectionalRun run, HandOver legs, decimal mark) =>
        run.Send(new DirectionalInput.Adopt("hermes", run.State.Incarnation + 1, legs, Price.Of(mark), run.Now));
}

public sealed class DirectionalCrashStories
{
    [Fact(DisplayName = "Where a journal kept the end of an order and not what followed from it, the next look makes up for it")]
    public void Torn()
    {
        var run = DirectionalRun.Holding();
        run.At(97m);
        foreach (var kept in Enumerable.Range(1, run.Events.Count))
        {
            var state = run.Events.Take(kept).Aggregate(DirectionalState.Initial, DirectionalDecider.Evolve);
            if (state.Pending is not null) continue;
            var at = run.Now.AddMinutes(1);
            var look = run.View(PriceSpan.Moment(at, Price.Of(97m))) with { At = at };
            var decided = DirectionalDecider.Decide(run.Policy, run.Instrument, state, look);
            var after = decided.Events.Aggregate(state, DirectionalDecider.Evolve);
            // Flat, or guarded and (at 97) being closed; never held without a plan.
            Assert.True(after.Stage is DirectionalStage.Flat or DirectionalStage.Opening || after.Pending is { Kind: DirectionalDecision.Closing }, $"{kept} events kept: {after.Stage}");
            Assert.Empty(DirectionalDecider.Decide(run.Policy, run.Instrument, after, look).Events);
        }
    }
}
