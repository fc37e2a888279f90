using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Tests.Hedging;

/// <summary>One hedge: stores what it decides, asks for what is stored, and goes on after a crash.</summary>
public sealed class HedgeStrategyStories : ActorStage
{
    private readonly List<(Execute Asked, bool WasStored)> _asked = [];
    private readonly TestProbe _feed, _execution, _operator;
    private readonly IActorRef _door;
    private IActorRef _strategy;

    public HedgeStrategyStories()
    {
        (_feed, _execution, _operator) = (CreateTestProbe("feed"), CreateTestProbe("execution"), CreateTestProbe("operator"));
        var (asked, journal, probe) = (_asked, Journal, _execution.Ref);
        _door = Sys.ActorOf(Props.Create(() => new Door(asked, journal, probe)), "door");
        _strategy = Start("strategy");
    }

    /// <summary>Stands where execution stands, and looks into the journal when it is asked.</summary>
    private sealed class Door : ReceiveActor
    {
        public Door(List<(Execute, bool)> asked, InMemoryJournal journal, IActorRef witness)
        {
            Receive<Execute>(e => asked.Add((e, journal.EventsOf(StrategyIds.PersistenceIdOf(Strategy)).OfType<HedgeEvent>().Any(stored => stored.Orders == e.Targets))));
            ReceiveAny(witness.Forward);
        }
    }

    private IActorRef Start(string name)
    {
        var plan = Hedges.Plan;
        var context = new StrategyContext(_door, Risk, Board, Invariants, new FeeBoard(Fees));
        var strategy = Sys.ActorOf(Props.Create(() => new HedgeStrategyActor(plan, context, StrategyProtocol.Stance.Alone)), name);
        Settle();
        return strategy;
    }

    private void Restart()
    {
        Sys.Stop(_strategy);
        Settle();
        _strategy = Start($"strategy-{++_lives}");
    }

    private int _lives = 1;

    private void Bar(decimal price, Posture posture = Posture.Apex, double rTotal = 1)
    {
        Wait(Minute);
        Assess(posture, rTotal);
        _feed.Send(_strategy, Hedges.Bar(Clock - Minute, price));
        Settle();
    }

    // Three bars that move by a percent: warm, and lively enough that neither C1 nor C3 holds.
    private void WarmUp(Posture posture = Posture.Apex, double rTotal = 1)
    {
        foreach (var price in (ReadOnlySpan<decimal>)[100m, 101m, 100m]) Bar(price, posture, rTotal);
    }

    private Execute Open()
    {
        WarmUp();
        return _asked[^1].Asked;
    }

    private Execute OpenAndFill()
    {
        var opening = Open();
        FillAll(opening);
        return opening;
    }

    private void Tell(object message)
    {
        _execution.Send(_strategy, message);
        Settle();
    }

    private OrderFilled FillOf(Execute asked, PositionSide leg, decimal quantity, decimal cumulative)
    {
        var order = Hedges.Order(asked, leg);
        return new OrderFilled(Strategy, asked.Targets.Sequence, FillOf(order, ++_trade, quantity, cumulative, asked.Targets.DecisionPrice.QuotePerBase) with { At = Clock });
    }

    private long _trade;

    private static LegDone Done(Execute asked, PositionSide leg, decimal cumulative) =>
        new(Strategy, asked.Targets.Sequence, leg, new Quantity(cumulative), cumulative > 0 ? "filled" : "nothing to do");

    private void FillAll(Execute asked)
    {
        foreach (var leg in Hedges.Legs)
        {
            var ordered = (asked.Targets.To[leg] - asked.Targets.From[leg]).Abs().Base;
            if (ordered > 0) Tell(FillOf(asked, leg, ordered, ordered));
            Tell(Done(asked, leg, ordered));
        }
    }

    private List<HedgeEvent> Stored => [.. Journal.EventsOf(StrategyIds.PersistenceIdOf(Strategy)).OfType<HedgeEvent>()];
    private HedgeState State => Stored.Aggregate(HedgeState.Initial, HedgeDecider.Evolve);
    private Domain.Market.Legs Held => State.Legs;

    [Fact(DisplayName = "Once warm, in APEX, it opens both legs alike, and what it asks for is stored before it asks")]
    public void Opens()
    {
        Bar(100m);
        Bar(101m);
        Assert.Empty(_asked);
        Bar(100m);
        var (opening, stored) = Assert.Single(_asked);
        Assert.True(stored, "Execution was asked before the decision was stored.");
        Assert.Equal(new Quantity(120m), opening.Targets.LongTarget); // 20,000 x 0.2 x 3 at 100.
        Assert.Equal(opening.Targets.LongTarget, opening.Targets.ShortTarget);
        Assert.Equal((1L, Price.Of(100m)), (opening.Targets.Sequence, opening.Targets.DecisionPrice));
        Assert.Equal((Quantity.Zero, Quantity.Zero), (Held.Long, Held.Short)); // Legs move by fills, never by hope.
        Assert.Equal(3, Heard<BarSeen>(_feed).Count);
    }

    [Fact(DisplayName = "A slow journal holds back the orders and the answer to the feed; one that fails holds them for good")]
    public void Durable_first()
    {
        Bar(100m);
        Bar(101m);
        Heard<object>(_feed);
        Journal.Faults = operation => operation is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(2)) : null;
        Bar(100m);
        Wait(TimeSpan.FromSeconds(1));
        Assert.Empty(_asked);
        Assert.Empty(Heard<BarSeen>(_feed));
        Wait(TimeSpan.FromSeconds(2));
        Assert.Single(_asked);
        Assert.Single(Heard<BarSeen>(_feed));

        Journal.Faults = operation => operation is JournalOperation.Write ? new JournalFault.Fail("disk full") : null;
        FillAll(_asked[0].Asked);
        Bar(101m);
        Assert.Single(_asked);
        Assert.Empty(Heard<LegStored>(_execution));
    }

    [Theory(DisplayName = "An opening is smaller as R_total is, and where it would be too small, or is not allowed, there is none but an event that says why")]
    [InlineData(Posture.Apex, 0.9, 108, null)]
    [InlineData(Posture.Apex, 0.5, 60, null)]
    [InlineData(Posture.Stalker, 0.5, 20, null)] // The stage caps the leverage of every posture but APEX at 1.
    [InlineData(Posture.Apex, 0.0004, null, "hedge.opening-too-small")]
    [InlineData(Posture.Turtle, 0.5, null, "hedge.entries-not-allowed")]
    [InlineData(Posture.Hibernate, 0.1, null, null)]
    public void Sized_by_risk(Posture posture, double rTotal, int? perLeg, string? refused)
    {
        WarmUp(posture, rTotal);
        Assert.Equal(perLeg, _asked.Count > 0 ? (int)_asked.Single().Asked.Targets.LongTarget.Base : null);
        if (refused is not null) Assert.Equal(refused, Assert.Single(Stored.OfType<HedgeEvent.EntryRefused>()).Code);
        if (perLeg is not null) return;
        Bar(101m, posture, rTotal);
        Assert.True(Stored.OfType<HedgeEvent.EntryRefused>().Count() <= 1, "The same reason is not repeated.");
        Bar(100m); // Nominal again.
        Assert.Single(_asked);
    }

    [Fact(DisplayName = "Fills move the legs, the end of each leg is acknowledged when it is stored, and only then the next decision comes")]
    public void Fills_move_state()
    {
        var opening = Open();
        Tell(FillOf(opening, PositionSide.Long, 70m, 70m));
        Assert.Equal((new Quantity(70m), Quantity.Zero), (Held.Long, Held.Short));
        Tell(FillOf(opening, PositionSide.Long, 50m, 120m));
        Tell(Done(opening, PositionSide.Long, 120m));
        Bar(103m); // Far outside the band, but half of the opening is still under way.
        Assert.Single(_asked);
        Tell(FillOf(opening, PositionSide.Short, 120m, 120m));
        Tell(Done(opening, PositionSide.Short, 120m));
        Assert.Equal([PositionSide.Long, PositionSide.Short], Heard<LegStored>(_execution).Select(s => s.Leg));
        Assert.Null(State.Pending);
        Bar(104m);
        var rebalance = _asked[^1];
        Assert.Equal((2L, true, Held), (rebalance.Asked.Targets.Sequence, rebalance.WasStored, rebalance.Asked.Targets.From));
        Assert.True(rebalance.Asked.Targets.LongTarget < Held.Long, "The winning leg takes its profit.");
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "What is told twice, fill or end of a leg, decides nothing new and is acknowledged each time")]
    public void Told_twice()
    {
        var opening = Open();
        var fill = FillOf(opening, PositionSide.Long, 120m, 120m);
        Tell(fill);
        Tell(Done(opening, PositionSide.Long, 120m));
        var (stored, state) = (Stored.Count, State);
        Heard<object>(_execution);
        Tell(fill);
        Tell(Done(opening, PositionSide.Long, 120m));
        Tell(Done(opening, PositionSide.Long, 120m));
        Assert.Equal((stored, state), (Stored.Count, State));
        Assert.Equal(2, Heard<LegStored>(_execution).Count);
        Assert.Single(_asked);
    }

    [Fact(DisplayName = "The end of a leg that tells of more than was heard keeps the decision open until the missing fill is there")]
    public void End_before_fill()
    {
        var opening = Open();
        Tell(Done(opening, PositionSide.Short, 0m));
        Tell(Done(opening, PositionSide.Long, 120m));
        Assert.NotNull(State.Pending);
        Bar(101m);
        Assert.Single(_asked);
        Tell(FillOf(opening, PositionSide.Long, 120m, 120m));
        Assert.Null(State.Pending);
    }

    [Fact(DisplayName = "An opening that was filled unevenly is made even at the next bar: the larger leg goes down to the smaller")]
    public void Uneven_opening()
    {
        var opening = Open();
        Tell(FillOf(opening, PositionSide.Long, 120m, 120m));
        Tell(Done(opening, PositionSide.Long, 120m));
        Tell(FillOf(opening, PositionSide.Short, 30m, 30m));
        Tell(Done(opening, PositionSide.Short, 30m));
        Bar(100m);
        var even = _asked[^1].Asked;
        Assert.Equal((2L, new Quantity(30m), new Quantity(30m)), (even.Targets.Sequence, even.Targets.LongTarget, even.Targets.ShortTarget));
        FillAll(even);
        Assert.Equal((new Quantity(30m), new Quantity(30m)), (Held.Long, Held.Short));
        Bar(100m);
        Assert.Equal(2, _asked.Count);
    }

    [Fact(DisplayName = "What is too small to trade is carried to the next decision and survives a restart")]
    public void Carry()
    {
        OpenAndFill();
        Bar(100.5m);
        var rebalance = _asked[^1].Asked;
        Assert.Equal(2, rebalance.Targets.Sequence);
        var carried = Assert.IsType<HedgeEvent.Rebalanced>(Stored[^1]);
        Assert.NotEqual((Quantity.Zero, Quantity.Zero), (carried.CarryLong, carried.CarryShort));
        FillAll(rebalance);
        Assert.Equal((carried.CarryLong, carried.CarryShort), (State.Long.Carry, State.Short.Carry));
        var before = State;
        Restart();
        Assert.Equal(before, State);
    }

    [Fact(DisplayName = "An order that was not filled at all leaves the legs where they are; the decision is over, and the next crossing decides anew")]
    public void Nothing_filled()
    {
        OpenAndFill();
        Bar(101m);
        var rebalance = _asked[^1].Asked;
        var held = Held;
        foreach (var leg in Hedges.Legs) Tell(Done(rebalance, leg, 0m));
        Assert.Equal((held, (PendingDecision<HedgeDecision>?)null), (Held, State.Pending));
        Bar(102m);
        Assert.Equal((3L, held), (_asked[^1].Asked.Targets.Sequence, _asked[^1].Asked.Targets.From));
    }

    [Fact(DisplayName = "Exit: answered when it is stored, then steps at each crossing of the exit band, never an entry, and Terminated when flat")]
    public void Exits()
    {
        OpenAndFill();
        _operator.Send(_strategy, new StrategyProtocol.Exit(Strategy, "ada"));
        Settle();
        Assert.Contains("ada", Assert.Single(Heard<StrategyProtocol.Done>(_operator)).What, StringComparison.Ordinal);
        Assert.IsType<HedgeEvent.ExitRequested>(Stored[^1]);
        Bar(100m);
        Assert.Equal(HedgeMode.Exit, State.Mode);
        var asked = _asked.Count;
        for (var step = 0; State.Mode == HedgeMode.Exit; step++)
        {
            Assert.True(step < 100, "The exit does not end.");
            var held = Held;
            Bar(step % 2 == 0 ? 101m : 100m);
            if (_asked.Count == asked) continue;
            Assert.Equal(++asked, _asked.Count);
            var (exit, stored) = _asked[^1];
            Assert.True(stored && exit.Targets.LongTarget < held.Long && exit.Targets.ShortTarget < held.Short, $"{exit.Targets} is no step of an exit from {held}.");
            FillAll(exit);
        }

        Assert.Equal((HedgeMode.Terminated, true), (State.Mode, Held.AreFlat));
        Assert.True(State.Exit!.Steps <= State.Exit.StepBound);
        for (var bar = 0; bar < 300; bar++) Bar(bar % 2 == 0 ? 101m : 100m); // The plan lets nobody come back from a manual exit.
        Assert.Equal(asked, _asked.Count);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "A second exit decides nothing new; one for a strategy that is leaving, or has left, is refused with the reason")]
    public void Exit_again()
    {
        OpenAndFill();
        for (var i = 0; i < 2; i++) _operator.Send(_strategy, new StrategyProtocol.Exit(Strategy, "ada"));
        Settle();
        Assert.Equal(2, Heard<StrategyProtocol.Done>(_operator).Count);
        Assert.Single(Stored.OfType<HedgeEvent.ExitRequested>());
        Bar(100m);
        _operator.Send(_strategy, new StrategyProtocol.Exit(Strategy, "bob"));
        Assert.Equal("hedge.already-exiting", Assert.Single(Heard<StrategyProtocol.Refused>(_operator)).Refusal.Code);
    }

    [Fact(DisplayName = "A crash between the decision and its orders loses neither: the same decision is asked for again, under the same number, until it ends")]
    public void Asks_again()
    {
        var opening = Open();
        for (var life = 0; life < 3; life++)
        {
            var stored = Stored.Count;
            Restart();
            Assert.Equal(opening, _asked[^1].Asked);
            Assert.Equal(stored, Stored.Count);
        }

        Assert.Equal(4, _asked.Count);
        Tell(FillOf(opening, PositionSide.Long, 120m, 120m));
        Tell(Done(opening, PositionSide.Long, 120m));
        Restart();
        Assert.Equal(opening, _asked[^1].Asked); // The short leg is still open.
        Tell(FillOf(opening, PositionSide.Short, 120m, 120m));
        Tell(Done(opening, PositionSide.Short, 120m));
        Assert.Equal((new Quantity(120m), new Quantity(120m)), (Held.Long, Held.Short));
        var before = _asked.Count;
        Restart();
        Assert.Equal(before, _asked.Count);
        Assert.Equal((new Quantity(120m), new Quantity(120m)), (Held.Long, Held.Short));
        Bar(101m);
        Assert.Equal(2, _asked[^1].Asked.Targets.Sequence);
    }

    [Fact(DisplayName = "A snapshot keeps what the strategy has measured: after a restart it need not warm up again")]
    public void Snapshot_keeps_measurements()
    {
        Bar(100m);
        Bar(101m);
        _strategy.Tell(Actors.Journal.DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        Restart();
        Bar(100m);
        Assert.Single(_asked);
    }

    [Fact(DisplayName = "A liquidated leg is booked once as somebody else's doing; no entry follows, and what is left leaves gracefully")]
    public void Liquidated()
    {
        OpenAndFill();
        var forced = new NewOrder(new ClientOrderId("autoclose-1"), Btc, PositionSide.Long, OrderSide.Sell, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(120m), null);
        var liquidated = new VenueEvent.Liquidated(FillOf(forced, ++_trade, 120m, 120m, 97m) with { At = Clock }, Clock);
        Tell(liquidated);
        Tell(liquidated);
        Assert.Single(Stored.OfType<HedgeEvent.ExternalFillBooked>());
        Assert.Equal((Quantity.Zero, new Quantity(120m)), (Held.Long, Held.Short));
        var asked = _asked.Count;
        for (var bar = 0; bar < 100 && State.Mode != HedgeMode.Terminated; bar++)
        {
            Bar(bar % 2 == 0 ? 97m : 98m);
            if (_asked.Count == asked) continue;
            asked = _asked.Count;
            var exit = _asked[^1].Asked;
            Assert.Equal(LegIntent.Exit, exit.Targets.Intent);
            FillAll(exit);
        }

        Assert.Equal((HedgeMode.Terminated, true), (State.Mode, Held.AreFlat));
        Assert.True((State.Exit!.Causes & ExitCauses.External) != ExitCauses.None);
    }

    [Fact(DisplayName = "Each fill, its own or somebody else's, is acknowledged when it is stored, and every time it comes again")]
    public void Acknowledges_fills()
    {
        var opening = Open();
        var own = FillOf(opening, PositionSide.Long, 50m, 50m);
        var forced = new ExternalFill(FillOf(opening, PositionSide.Long, 10m, 10m).Fill with { Order = new ClientOrderId("autoclose-1"), Side = OrderSide.Sell }, After: own.Fill.TradeId);
        Heard<object>(_execution);
        Tell(forced);
        Assert.Empty(Heard<FillTaken>(_execution)); // Taken now it would make the older one look like one that is known.
        Tell(own);
        Tell(forced);
        Tell(forced);
        Assert.Equal([own.Fill.TradeId, forced.Fill.TradeId, forced.Fill.TradeId], Heard<FillTaken>(_execution).Select(t => t.TradeId));
        Assert.Equal(new Quantity(40m), Held.Long);
        Assert.Single(Stored.OfType<HedgeEvent.ExternalFillBooked>());
    }

    [Fact(DisplayName = "An end that tells of more than the fills that came is not acknowledged until they have come")]
    public void End_before_its_fills()
    {
        var opening = Open();
        var fill = FillOf(opening, PositionSide.Long, 50m, 50m);
        Heard<object>(_execution);
        Tell(Done(opening, PositionSide.Long, 50m));
        Assert.Empty(Heard<LegStored>(_execution));
        Tell(fill);
        Tell(Done(opening, PositionSide.Long, 50m));
        Assert.Single(Heard<LegStored>(_execution));
    }

    [Fact(DisplayName = "The newest bar again, as a venue shows it to a node that came back within the bar, decides nothing, is no violation, and is answered")]
    public void Same_bar()
    {
        OpenAndFill();
        Bar(100m);
        Heard<object>(_feed);
        Assess(Posture.Apex);
        _feed.Send(_strategy, Hedges.Bar(Clock - Minute, 110m));
        Settle();
        Assert.Single(_asked);
        Assert.Single(Heard<BarSeen>(_feed));
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "A bar that is older is a violation that is told, decides nothing, and is answered so that the feed goes on")]
    public void Old_bar()
    {
        OpenAndFill();
        Bar(100m);
        Heard<object>(_feed);
        Assess(Posture.Apex);
        _feed.Send(_strategy, Hedges.Bar(Clock - Minute - Minute, 110m));
        Settle();
        Assert.Single(_asked);
        Assert.Single(Heard<BarSeen>(_feed));
        Assert.Contains(nameof(Invariant.TimeMovesForward), Assert.Single(Violations), StringComparison.Ordinal);
    }
}
