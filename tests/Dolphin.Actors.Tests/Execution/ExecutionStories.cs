using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>The only door to the venue.</summary>
public sealed class ExecutionStories : ActorStage
{
    private readonly NotedVenue _venue;
    private readonly AssetDirectory _assets = new();
    private readonly TestProbe _asset, _strategy;
    private IActorRef _execution;

    public ExecutionStories()
    {
        _venue = new NotedVenue(Journal);
        (_asset, _strategy) = (CreateTestProbe("asset"), CreateTestProbe("strategy"));
        _assets.Open([KeyValuePair.Create(Btc, _asset.Ref)]);
        _execution = Start("execution", wireWasLost: false);
        Assess(Posture.Apex);
    }

    private IActorRef Start(string name, bool wireWasLost) => StartExecution(name, Policy, _venue, _assets, wireWasLost);

    private void Execute(long sequence, decimal longTo, decimal shortTo, decimal longFrom = 0m, decimal shortFrom = 0m)
    {
        _strategy.Send(_execution, new Execute(Strategy, Btc, Targets(sequence, longTo, shortTo, longFrom, shortFrom)));
        Settle();
    }

    private void Say(VenueEvent said)
    {
        _execution.Tell(said, ActorRefs.NoSender);
        Settle();
    }

    private NewOrder Sent(PositionSide leg) => _venue.Submits.Last(o => o.Leg == leg);
    private OrderDeskState Desk() => DeskOf(_execution);
    private List<T> HeardByAsset<T>() => Heard<T>(_asset);

    [Fact(DisplayName = "Both legs move with one order each, and each intent is stored before its order leaves")]
    public void Intent_first()
    {
        Execute(1, longTo: 2m, shortTo: 2m);
        Assert.Equal([(PositionSide.Long, OrderSide.Buy, 2m), (PositionSide.Short, OrderSide.Sell, 2m)], _venue.Submits.Select(o => (o.Leg, o.Side, o.Quantity.Base)));
        foreach (var (command, stored) in _venue.Noted.Where(n => n.Command is VenueCommand.Submit))
        {
            var before = Journal.Events.Take(stored).Select(e => e.Payload).OfType<ExecutionEvent.Intended>();
            Assert.Contains(before, intent => intent.Order == ((VenueCommand.Submit)command).Order);
        }

        Assert.All(_venue.Submits, o => Assert.Equal(ClientOrderIds.For(Strategy, 1, o.Leg, 3), o.Id));
    }

    [Fact(DisplayName = "Funding goes to the book again until the book has stored it: nobody can ask the venue for it")]
    public void Funding_until_stored()
    {
        var paid = new VenueEvent.FundingPaid(Btc, PositionSide.Long, 0.0001m, new Money(-0.02m), Clock);
        Say(paid);
        Assert.Equal(paid, Assert.Single(HeardByAsset<BookProtocol.BookFunding>()).Funding);
        Wait(Policy.CareEvery);
        Assert.Equal(paid, Assert.Single(HeardByAsset<BookProtocol.BookFunding>()).Funding);
        _asset.Send(_execution, new BookProtocol.FundingStored(Btc, PositionSide.Long, paid.At));
        Wait(Policy.CareEvery * 3);
        Assert.Empty(HeardByAsset<BookProtocol.BookFunding>());
    }

    [Fact(DisplayName = "A way to the venue that was broken and is open again: the account and every open order are asked for")]
    public void Wire_returned()
    {
        Execute(1, longTo: 2m, shortTo: 2m);
        var before = _venue.Noted.Count;
        _execution.Tell(WireReturned.Now, ActorRefs.NoSender);
        Settle();
        Assert.Equal(
            [typeof(VenueCommand.GetAccount), typeof(VenueCommand.Query), typeof(VenueCommand.Query)], _venue.Noted.Skip(before).Select(n => n.Command.GetType()));
    }

    [Fact(DisplayName = "A journal that refuses the intent keeps the order in")]
    public void No_intent_no_order()
    {
        Journal.Faults = operation => operation is JournalOperation.Write ? new JournalFault.Fail("disk full") : null;
        Execute(1, 2m, 2m);
        Wait(TimeSpan.FromSeconds(5));
        Assert.Empty(_venue.Submits);
    }

    [Theory(DisplayName = "The posture decides: APEX takes, STALKER rests a basis point away, TURTLE refuses entries, a failed invariant refuses everything")]
    [InlineData(Posture.Apex, false, OrderType.Market, OrderType.Market)]
    [InlineData(Posture.Stalker, false, OrderType.Limit, OrderType.Limit)]
    [InlineData(Posture.Turtle, false, null, OrderType.Limit)]
    [InlineData(Posture.Hibernate, true, null, null)]
    public void Posture_decides(Posture posture, bool failed, OrderType? entry, OrderType? exit)
    {
        Assess(posture, failed ? 0 : 1, failed);
        Execute(1, longTo: 3m, shortTo: 1m, longFrom: 2m, shortFrom: 2m);
        Assert.Equal(entry, _venue.Submits.SingleOrDefault(o => o.Leg == PositionSide.Long)?.Type);
        Assert.Equal(exit, _venue.Submits.SingleOrDefault(o => o.Leg == PositionSide.Short)?.Type);
        Assert.All(_venue.Submits.Where(o => o.Type == OrderType.Limit), o => Assert.Equal(TimeInForce.PostOnly, o.TimeInForce));
        var refused = Heard<LegDone>(_strategy);
        Assert.All(refused, d => Assert.Contains("not allowed", d.Reason, StringComparison.Ordinal));
        Assert.Equal(entry is null, refused.Any(d => d.Leg == PositionSide.Long));
        Assert.Equal(exit is null, refused.Any(d => d.Leg == PositionSide.Short));
    }

    [Theory(DisplayName = "An order for which the strategy wants a price rests there, whatever the posture would let it do")]
    [InlineData(Posture.Apex)]
    [InlineData(Posture.Stalker)]
    [InlineData(Posture.Turtle)]
    public void Limit_of_the_strategy(Posture posture)
    {
        Assess(posture);
        var targets = new LegTargets(1, new Legs(new Quantity(3m), Quantity.Zero), new Legs(new Quantity(2m), Quantity.Zero), Price.Of(100m), Limit: Price.Of(102.5m));
        _strategy.Send(_execution, new Execute(Strategy, Btc, targets));
        Settle();
        var order = Assert.Single(_venue.Submits);
        Assert.Equal((OrderType.Limit, TimeInForce.PostOnly, Price.Of(102.5m), OrderSide.Sell), (order.Type, order.TimeInForce, order.LimitPrice!.Value, order.Side));
    }

    [Fact(DisplayName = "Reductions go before increases, and a leg that has nothing to do is done at once")]
    public void Reductions_first()
    {
        Execute(1, longTo: 3m, shortTo: 1m, longFrom: 2m, shortFrom: 2m);
        Assert.Equal([PositionSide.Short, PositionSide.Long], _venue.Submits.Select(o => o.Leg));
        Execute(2, longTo: 3m, shortTo: 0m, longFrom: 3m, shortFrom: 1m);
        Assert.Equal(("nothing to do", Quantity.Zero), _strategy.FishForMessage<LegDone>(d => d is { Sequence: 2, Leg: PositionSide.Long }) is var done ? (done.Reason, done.Cumulative) : default);
    }

    [Fact(DisplayName = "The same decision asked twice sends nothing new and is answered from what was done; an older one is not heard")]
    public void Asked_twice()
    {
        Execute(4, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.Accepted(order, Clock));
        Say(new VenueEvent.Filled(FillOf(order, 1, 2m, 2m), Clock));
        Say(new VenueEvent.Closed(order.Id, OrderState.Filled, new Quantity(2m), Clock));
        Assert.Single(HeardByAsset<LegDone>());
        Execute(4, 2m, 0m);
        Execute(3, 9m, 9m);
        Assert.Single(_venue.Submits);
        Assert.Equal(new Quantity(2m), Assert.Single(HeardByAsset<LegDone>()).Cumulative);
        _execution.Tell(new LegStored(Strategy, 4, PositionSide.Long));
        _execution.Tell(new FillStored(order.Id, new Quantity(2m)));
        Execute(4, 2m, 0m);
        Assert.Single(_venue.Submits);
        Assert.Equal(new Quantity(2m), _strategy.FishForMessage<LegDone>(d => d.Leg == PositionSide.Long).Cumulative);
    }

    [Fact(DisplayName = "Each fill goes to book and strategy once, however often the venue tells it")]
    public void Fills_once()
    {
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        foreach (var fill in (ReadOnlySpan<Fill>)[FillOf(order, 1, 0.5m, 0.5m), FillOf(order, 1, 0.5m, 0.5m), FillOf(order, 2, 1.5m, 2m), FillOf(order, 1, 0.5m, 0.5m)])
            Say(new VenueEvent.Filled(fill, Clock));
        var heard = HeardByAsset<object>();
        Assert.Equal([1L, 2L], heard.OfType<BookProtocol.BookFill>().Select(b => b.Fill.TradeId));
        Assert.Equal([1L, 2L], heard.OfType<OrderFilled>().Select(b => b.Fill.TradeId));
    }

    [Fact(DisplayName = "An order is over only when strategy and book have stored all of it")]
    public void Closed_after_both()
    {
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.Filled(FillOf(order, 1, 2m, 2m), Clock));
        Say(new VenueEvent.Closed(order.Id, OrderState.Filled, new Quantity(2m), Clock));
        Assert.Single(Desk().Open);
        _execution.Tell(new LegStored(Strategy, 1, PositionSide.Long));
        Assert.Single(Desk().Open);
        _execution.Tell(new FillStored(order.Id, new Quantity(2m)));
        Assert.Empty(Desk().Open);
        Assert.Single(Journal.EventsOf("execution").OfType<ExecutionEvent.Finished>());
    }

    [Fact(DisplayName = "A close that tells of more than was heard asks for the missing fill first")]
    public void Close_never_hides_a_fill()
    {
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.Closed(order.Id, OrderState.Cancelled, new Quantity(0.5m), Clock));
        Assert.Equal(order.Id, Assert.Single(_venue.Of<VenueCommand.Query>()).Id);
        Assert.Empty(HeardByAsset<LegDone>());
        Say(new VenueEvent.OrderStatus(order.Id, OrderState.Cancelled, new Quantity(0.5m), [FillOf(order, 1, 0.5m, 0.5m)], Clock));
        Assert.Equal(new Quantity(0.5m), Assert.Single(HeardByAsset<LegDone>()).Cumulative);
    }

    [Fact(DisplayName = "Who has not stored what it was told is told again")]
    public void Reminders()
    {
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.Filled(FillOf(order, 1, 2m, 2m), Clock));
        Say(new VenueEvent.Closed(order.Id, OrderState.Filled, new Quantity(2m), Clock));
        Assert.NotEmpty(HeardByAsset<object>());
        Wait(Policy.CareEvery);
        var again = HeardByAsset<object>();
        Assert.Single(again.OfType<BookProtocol.BookFill>());
        Assert.Single(again.OfType<LegDone>());
        _execution.Tell(new LegStored(Strategy, 1, PositionSide.Long));
        _execution.Tell(new FillStored(order.Id, new Quantity(2m)));
        Wait(Policy.CareEvery * 3);
        Assert.Empty(HeardByAsset<object>());
    }

    [Fact(DisplayName = "Outcome unknown: the venue is asked and found to have it; nothing is sent again")]
    public void Unknown_and_found()
    {
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.OutcomeUnknown(order.Id, VenueCode.Timeout, Clock));
        Wait(Policy.CareEvery);
        Assert.Equal(order.Id, Assert.Single(_venue.Of<VenueCommand.Query>()).Id);
        Say(new VenueEvent.OrderStatus(order.Id, OrderState.Filled, new Quantity(2m), [FillOf(order, 1, 2m, 2m)], Clock));
        Assert.Equal((new Quantity(2m), "filled"), Assert.Single(HeardByAsset<LegDone>()) is var done ? (done.Cumulative, done.Reason) : default);
        Assert.Single(_venue.Submits);
    }

    [Fact(DisplayName = "Outcome unknown and not found: believed only after its time, and the next decision has a new id")]
    public void Unknown_and_lost()
    {
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.OutcomeUnknown(order.Id, VenueCode.Timeout, Clock));
        Wait(Policy.CareEvery);
        Say(new VenueEvent.OrderStatus(order.Id, OrderState.Unknown, Quantity.Zero, [], Clock));
        Assert.Empty(HeardByAsset<LegDone>());
        Wait(Policy.NotFoundAfter);
        Assert.True(_venue.Of<VenueCommand.Query>().Count() > 1, "It must ask again while the order may still be on its way.");
        Say(new VenueEvent.OrderStatus(order.Id, OrderState.Unknown, Quantity.Zero, [], Clock));
        Assert.Equal("it never reached the venue", Assert.Single(HeardByAsset<LegDone>()).Reason);
        Execute(2, 2m, 0m);
        Assert.Equal(2, _venue.Submits.Select(o => o.Id).Distinct().Count());
    }

    [Theory(DisplayName = "A definite refusal ends the order with its code, and nothing identical is sent")]
    [InlineData(VenueCode.MarginNotSufficient, null)]
    [InlineData(VenueCode.PostOnlyWouldTake, null)]
    [InlineData(VenueCode.ReduceOnlyRejected, null)]
    [InlineData(VenueCode.MinNotional, null)] // It was worth enough when it was decided: the price has moved.
    [InlineData(VenueCode.QuantityNotPositive, Invariant.OrderFitsFilters)]
    [InlineData(VenueCode.DuplicateClientOrderId, Invariant.OrderSentOnce)]
    public void Refused(int code, Invariant? violated)
    {
        Execute(1, 2m, 0m);
        Say(new VenueEvent.Rejected(Sent(PositionSide.Long).Id, code, "no", Clock));
        var done = Assert.Single(HeardByAsset<LegDone>());
        Assert.Contains($"({code})", done.Reason, StringComparison.Ordinal);
        Wait(Minute);
        Assert.Single(_venue.Submits);
        Assert.Equal(violated is null ? [] : [violated.Value], Invariants.Counts.Where(c => c.Violated > 0).Select(c => c.Name));
    }

    [Fact(DisplayName = "Two strategies whose orders of one symbol are open at once are a violation that is told; one after the other are none")]
    public void One_trader()
    {
        Execute(1, 2m, 0m);
        Say(new VenueEvent.Closed(Sent(PositionSide.Long).Id, OrderState.Cancelled, Quantity.Zero, Clock));
        Other(1);
        Assert.Equal(2, Invariants.Counts.Single(c => c.Name == Invariant.OneTraderPerSymbol).Checked);
        Assert.Empty(Violations);
        Execute(2, 2m, 0m); // The other one's is open.
        Assert.Equal($"OneTraderPerSymbol: {Strategy} trades BTCUSDT while orders of protector-BTCUSDT are open there.", Assert.Single(Violations));

        void Other(long sequence)
        {
            _strategy.Send(_execution, new Execute("protector-BTCUSDT", Btc, Targets(sequence, 2m, 0m)));
            Settle();
        }
    }

    [Fact(DisplayName = "An order that has lived long enough is cancelled, and a refused cancel proves nothing")]
    public void Order_life()
    {
        Assess(Posture.Stalker, 0.7);
        Execute(1, 2m, 0m);
        var order = Sent(PositionSide.Long);
        Say(new VenueEvent.Accepted(order, Clock));
        var end = Clock + Policy.OrderLife;
        while (Clock < end - Policy.CareEvery)
        {
            Wait(Policy.CareEvery);
            Assess(Posture.Stalker, 0.7);
        }

        Assert.Empty(_venue.Of<VenueCommand.Cancel>());
        Wait(Policy.CareEvery * 2);
        Assert.Contains(_venue.Of<VenueCommand.Cancel>(), c => c.Id == order.Id);
        Say(new VenueEvent.CancelRejected(order.Id, VenueCode.CancelRejected, "unknown order", Clock));
        Assert.Empty(HeardByAsset<LegDone>());
        Assert.Contains(_venue.Of<VenueCommand.Query>(), q => q.Id == order.Id);
        Say(new VenueEvent.Closed(order.Id, OrderState.Cancelled, Quantity.Zero, Clock));
        Assert.Equal("cancelled", Assert.Single(HeardByAsset<LegDone>()).Reason);
    }

    [Fact(DisplayName = "A decision that its strategy takes back has its resting orders cancelled, and again with every care until they are final; a second copy, another decision and an order that takes change nothing")]
    public void Withdraws()
    {
        Execute(1, 2m, 0m); // It takes.
        _execution.Tell(new Withdraw(Strategy, 1));
        Settle();
        Assert.Empty(_venue.Of<VenueCommand.Cancel>());
        Assess(Posture.Stalker, 0.7);
        Execute(2, 3m, 0m, longFrom: 2m);
        var order = _venue.Submits.Last();
        Say(new VenueEvent.Accepted(order, Clock));
        _execution.Tell(new Withdraw(Strategy, 1));
        Settle();
        Assert.Empty(_venue.Of<VenueCommand.Cancel>());
        for (var copy = 0; copy < 2; copy++) _execution.Tell(new Withdraw(Strategy, 2));
        Settle();
        Assert.Equal(order.Id, Assert.Single(_venue.Of<VenueCommand.Cancel>()).Id);
        Wait(Policy.CareEvery);
        Assert.Equal(2, _venue.Of<VenueCommand.Cancel>().Count(c => c.Id == order.Id));
        Say(new VenueEvent.Closed(order.Id, OrderState.Cancelled, Quantity.Zero, Clock));
        Assert.Equal((2L, "cancelled"), Assert.Single(HeardByAsset<LegDone>()) is var done ? (done.Sequence, done.Reason) : default);
    }

    [Fact(DisplayName = "Entering HIBERNATE cancels everything, once")]
    public void Hibernate_cancels_once()
    {
        Assess(Posture.Hibernate, 0.1);
        Assess(Posture.Hibernate, 0.1);
        Assert.Single(_venue.Of<VenueCommand.CancelAll>());
        Assess(Posture.Turtle, 0.4);
        Assess(Posture.Hibernate, 0.1);
        Assert.Equal(2, _venue.Of<VenueCommand.CancelAll>().Select(c => c.RequestId).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory(DisplayName = "An order of which nobody knew anything when everything was cancelled is cancelled as soon as the venue has it, and again with every care: beside a failed invariant also an exit")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Unknown_when_all_was_cancelled(bool invariantFailed, bool isFound)
    {
        Assess(Posture.Stalker, 0.7);
        Execute(1, longTo: 2m, shortTo: 1m, shortFrom: 3m);
        var (entry, exit) = (Sent(PositionSide.Long), Sent(PositionSide.Short));
        Assess(Posture.Hibernate, 0, invariantFailed);
        Assert.Empty(_venue.Of<VenueCommand.Cancel>()); // CancelAll has them, if they are there.
        foreach (var order in new[] { entry, exit })
            Say(isFound ? new VenueEvent.OrderStatus(order.Id, OrderState.Open, Quantity.Zero, [], Clock) : new VenueEvent.Accepted(order, Clock));
        ClientOrderId[] unwanted = invariantFailed ? [entry.Id, exit.Id] : [entry.Id];
        Assert.Equal(unwanted.Order(), _venue.Of<VenueCommand.Cancel>().Select(c => c.Id).Order());
        Wait(Policy.CareEvery);
        Assert.All(unwanted, id => Assert.Equal(2, _venue.Of<VenueCommand.Cancel>().Count(c => c.Id == id)));
        Assert.Equal(unwanted.Length * 2, _venue.Of<VenueCommand.Cancel>().Count());
    }

    [Fact(DisplayName = "What rests for an entry is taken back with the next care where the posture allows no more entries; an exit goes on resting")]
    public void Entries_do_not_outlive_their_posture()
    {
        Assess(Posture.Stalker, 0.7);
        Execute(1, longTo: 2m, shortTo: 1m, shortFrom: 3m);
        var (entry, exit) = (Sent(PositionSide.Long), Sent(PositionSide.Short));
        foreach (var order in new[] { entry, exit }) Say(new VenueEvent.Accepted(order, Clock));
        Wait(Policy.CareEvery);
        Assert.Empty(_venue.Of<VenueCommand.Cancel>());
        Assess(Posture.Turtle, 0.4);
        Wait(Policy.CareEvery);
        Assert.Equal(entry.Id, Assert.Single(_venue.Of<VenueCommand.Cancel>()).Id);
    }

    [Fact(DisplayName = "After a crash every open order is asked about before anything else leaves, and what was done is not done again")]
    public void Restart_asks_first()
    {
        Execute(1, 2m, 2m);
        var ids = _venue.Submits.Select(o => o.Id).Order().ToList();
        Sys.Stop(_execution);
        Settle();
        _venue.Noted.Clear();
        _execution = Start("execution-2", wireWasLost: true);
        Execute(1, 2m, 2m);
        Assert.Equal(ids, _venue.Of<VenueCommand.Query>().Select(q => q.Id).Order());
        Assert.Single(_venue.Of<VenueCommand.GetAccount>());
        Execute(2, 3m, 3m);
        Assert.True(_venue.Noted.FindIndex(n => n.Command is VenueCommand.Submit) > _venue.Noted.FindLastIndex(n => n.Command is VenueCommand.Query));
        Assert.All(_venue.Submits, o => Assert.DoesNotContain(o.Id, ids));
    }

    [Fact(DisplayName = "A replay that goes back to a checkpoint, wire and all, asks and cancels nothing again")]
    public void Rewound_replay_is_silent()
    {
        Execute(1, 2m, 0m);
        Assess(Posture.Hibernate, 0.1);
        _execution.Tell(Actors.Journal.DurableProtocol.TakeSnapshot.Now);
        Settle();
        Sys.Stop(_execution);
        Settle();
        _venue.Noted.Clear();
        _execution = Start("execution-2", wireWasLost: false);
        Assess(Posture.Hibernate, 0.1);
        Assert.Empty(_venue.Noted);
    }

    [Fact(DisplayName = "An actor that was restarted by its supervisor asks about every open order and cancels again in HIBERNATE")]
    public void Supervised_restart_catches_up()
    {
        Execute(1, 2m, 0m);
        Assess(Posture.Hibernate, 0.1);
        var order = Sent(PositionSide.Long);
        _venue.Noted.Clear();
        _execution.Tell(new Execute("hedge-NOPE", new Symbol("NOPE"), Targets(1, 1m, 1m))); // No such instrument: the handler throws.
        Settle();
        Assert.Contains(_venue.Of<VenueCommand.Query>(), q => q.Id == order.Id);
        Assess(Posture.Hibernate, 0.1);
        Assert.Single(_venue.Of<VenueCommand.CancelAll>());
    }

    [Fact(DisplayName = "Ids that the venue knows already are intended again and not sent again")]
    public void Known_at_venue()
    {
        var known = ClientOrderIds.For(Strategy, 1, PositionSide.Long, 3);
        _execution.Tell(new KnownAtVenue(ImmutableHashSet.Create(known)));
        Execute(1, 2m, 2m);
        Assert.Equal([PositionSide.Short], _venue.Submits.Select(o => o.Leg));
        Assert.Equal(2, Journal.EventsOf("execution").OfType<ExecutionEvent.Intended>().Count());
    }

    [Fact(DisplayName = "A liquidation reaches book and strategy as somebody else's doing")]
    public void Liquidation()
    {
        var fill = FillOf(new NewOrder(new ClientOrderId("autoclose-9"), Btc, PositionSide.Long, OrderSide.Sell, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null), 9, 1m, 1m);
        Say(new VenueEvent.Liquidated(fill, Clock));
        var heard = HeardByAsset<object>();
        Assert.True(Assert.Single(heard.OfType<BookProtocol.BookFill>()).IsExternal);
        Assert.Equal(fill, Assert.Single(heard.OfType<ExternalFill>()).Fill);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "Funding of a symbol that the plan does not have is told, and kept for no book")]
    public void Funding_elsewhere()
    {
        Say(new VenueEvent.FundingPaid(new Symbol("NOPE"), PositionSide.Long, 0.0001m, new Money(-0.02m), Clock));
        Wait(Policy.CareEvery * 2);
        Assert.Contains("the plan does not have the symbol", Assert.Single(Board.News).Text, StringComparison.Ordinal);
        Assert.Null(Desk().Unstored);
    }

    [Fact(DisplayName = "A stranger's trade of a symbol that the plan does not have is told, and kept for no book")]
    public void Stranger_elsewhere()
    {
        var elsewhere = new NewOrder(new ClientOrderId("web_1"), new Symbol("NOPE"), PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null);
        Say(new VenueEvent.Filled(FillOf(elsewhere, 9, 1m, 1m), Clock));
        Wait(Policy.CareEvery * 2);
        Assert.Empty(HeardByAsset<object>());
        Assert.Contains("the plan does not have the symbol", Assert.Single(Board.News).Text, StringComparison.Ordinal);
    }
}
