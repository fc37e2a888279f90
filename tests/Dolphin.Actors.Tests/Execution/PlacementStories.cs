using System.Collections.Immutable;
using System.Text;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>Legs that are worked through a book of prices around 10,000, where a basis point is ten ticks.</summary>
public sealed class PlacementStories : ActorStage
{
    private static readonly PlacementPlan Usual = new(PlacementPolicy.Usual, WorksExits: false, BooksShowOwnOrders: false);

    private readonly NotedVenue _venue;
    private readonly AssetDirectory _assets = new();
    private readonly TestProbe _asset, _strategy;
    private IActorRef _execution;
    private int _lives;

    public PlacementStories()
    {
        _venue = new NotedVenue(Journal);
        (_asset, _strategy) = (CreateTestProbe("asset"), CreateTestProbe("strategy"));
        _assets.Open([KeyValuePair.Create(Btc, _asset.Ref)]);
        _execution = Start(Usual);
        Assess(Posture.Apex);
    }

    private IActorRef Start(PlacementPlan? plan, bool wireWasLost = false) =>
        StartExecution($"execution-{++_lives}", Policy with { Placement = plan }, _venue, _assets, wireWasLost);

    private void KillAndStart(PlacementPlan? plan)
    {
        Sys.Stop(_execution);
        Settle();
        _execution = Start(plan, wireWasLost: true);
    }

    private void ShowBook(decimal bid = 10_000m, decimal ask = 10_000.1m, bool isValid = true)
    {
        var book = new BookSummary(
            Btc, Clock, isValid, new BestQuote(Price.Of(bid), new Quantity(5m)), new BestQuote(Price.Of(ask), new Quantity(5m)), 1e6, 1e6, Clock, 1, 1, 0.1, 0, BidsTaken: 5, AsksTaken: 5);
        Cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([book]));
        Settle();
    }

    /// <summary>The same book with room in its spread: so many lots of 0.001 at the bid, and what was sold into it since the last look.</summary>
    private void ShowQueue(long standing, long sold = 0, decimal bid = 10_000m, double takenPerLook = 0)
    {
        var book = new OrderBook();
        book.Apply([new((long)(bid * 10), standing), new((long)(bid * 10) - 5, 40), new((long)(bid * 10) - 10, 40)], [new((long)(bid * 10) + 20, 5_000)]);
        var watch = new BookWatch(Btc, 0.1m, 0.001m);
        if (sold > 0) watch.Traded(OrderSide.Sell, new((long)(bid * 10), sold));
        var seen = watch.Look(book, isValid: true, Clock, 25, PlacementPolicy.Usual.Reach) with { BidsTaken = takenPerLook };
        Cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([seen]));
        Settle();
    }

    private void Accepted(NewOrder order) => Say(new VenueEvent.Accepted(order, Clock));
    private List<long?> Ahead() => [.. Desk().Open.OrderBy(o => o.Part).Select(o => o.Ahead)];

    [Fact(DisplayName = "An order is followed from the first look after the venue has spoken of it: behind all that stands there, and forward by trades and by what is left of the level")]
    public void Follows_queues()
    {
        ShowQueue(500, takenPerLook: 1_000);
        Decide(1, 0.3m, 0m);
        ShowQueue(600, sold: 10);
        Assert.Equal([null, null, null], Ahead());
        Accepted(Sent[0]);
        Accepted(Sent[1]);
        ShowQueue(700, sold: 50);
        Assert.Equal([700, 40, null], Ahead());
        ShowQueue(900, sold: 50);
        Assert.Equal([650, 40, null], Ahead());
        ShowQueue(300);
        Assert.Equal([300, 40, null], Ahead());
        Wait(Policy.CareEvery); // Nothing is shown, and nothing counts twice.
        Assert.Equal([300, 40, null], Ahead());
    }

    [Fact(DisplayName = "Where its queue stands still the first order goes a tick better; the rungs behind it stay")]
    public void Goes_to_the_head()
    {
        ShowQueue(500, takenPerLook: 1_000);
        Decide(1, 0.3m, 0m);
        Assert.Equal(10_000m, Sent[0].LimitPrice!.Value.QuotePerBase);
        foreach (var order in Sent.ToList()) Accepted(order);
        ShowQueue(5_000_000);
        Assert.Empty(_venue.Of<VenueCommand.Cancel>());
        Wait(TimeSpan.FromSeconds(3));
        ShowQueue(5_000_000);
        Assert.Equal(Sent[0].Id, Assert.Single(_venue.Of<VenueCommand.Cancel>()).Id);
        Gone(Sent[0]);
        ShowQueue(5_000_000);
        Assert.Equal((10_000.1m, 0.1m), (Sent[^1].LimitPrice!.Value.QuotePerBase, Sent[^1].Quantity.Base));
        Assert.Equal(4, Sent.Count);
    }

    [Fact(DisplayName = "After kill -9 an order's place is not known any more: it is taken to be behind all that stands at its price when that is next seen, and not moved before")]
    public void Killed_in_a_queue()
    {
        ShowQueue(500, takenPerLook: 1_000);
        Decide(1, 0.3m, 0m);
        foreach (var order in Sent.ToList()) Accepted(order);
        ShowQueue(100);
        Assert.Equal([100, 40, 40], Ahead());
        KillAndStart(Usual);
        Assert.Equal([null, null, null], Ahead());
        foreach (var order in Sent) Say(new VenueEvent.OrderStatus(order.Id, OrderState.Open, Quantity.Zero, [], Clock));
        ShowQueue(900, sold: 50);
        Assert.Equal([900, 40, 40], Ahead());
    }

    [Fact(DisplayName = "A snapshot keeps an order's place in its queue; one of before such places were kept is read as nobody knowing it")]
    public void Stored_place()
    {
        ShowQueue(500, takenPerLook: 1_000);
        Decide(1, 0.1m, 0m);
        foreach (var order in Sent.ToList()) Accepted(order);
        var before = StoredJson.Write(Desk());
        Assert.DoesNotContain("ahead", Encoding.UTF8.GetString(before), StringComparison.Ordinal);
        Assert.All(((OrderDeskState)StoredJson.Read(before, typeof(OrderDeskState))).Open, o => Assert.Null(o.Ahead));
        ShowQueue(500);
        Assert.Equal(Ahead(), ((OrderDeskState)StoredJson.Read(StoredJson.Write(Desk()), typeof(OrderDeskState))).Open.OrderBy(o => o.Part).Select(o => o.Ahead));
        Assert.Equal(500, Ahead()[0]);
    }

    [Fact(DisplayName = "Where the books show our own orders nobody waits behind oneself, and nobody goes a tick better than oneself")]
    public void Own_lots()
    {
        KillAndStart(Usual with { BooksShowOwnOrders = true });
        ShowQueue(500, takenPerLook: 0.5);
        Decide(1, 0.3m, 0m);
        foreach (var order in Sent.ToList()) Accepted(order);
        ShowQueue(600);
        Assert.Equal([500, 0, 0], Ahead());
        Filled(Sent[0], 1, 0.05m, 0.05m);
        ShowQueue(450);
        Assert.Equal([400, 0, 0], Ahead());
        Wait(TimeSpan.FromSeconds(25)); // Nobody has sold since: to who did not know better it would look like a queue that does not move.
        ShowQueue(50); // Only its own are left.
        Gone(Sent[1]);
        ShowQueue(50);
        Assert.Equal(9_999.5m, Sent[^1].LimitPrice!.Value.QuotePerBase);
    }

    private void Decide(long sequence, decimal longTo, decimal shortTo, decimal longFrom = 0m, decimal shortFrom = 0m, Price? limit = null)
    {
        var targets = new LegTargets(
            sequence, new Domain.Market.Legs(new Quantity(longFrom), new Quantity(shortFrom)), new Domain.Market.Legs(new Quantity(longTo), new Quantity(shortTo)), Price.Of(10_000m), limit);
        _strategy.Send(_execution, new Execute(Strategy, Btc, targets));
        Settle();
    }

    private void Say(VenueEvent said)
    {
        _execution.Tell(said, ActorRefs.NoSender);
        Settle();
    }

    private void Filled(NewOrder order, long trade, decimal quantity, decimal cumulative)
    {
        var fill = FillOf(order, trade, quantity, cumulative, order.LimitPrice?.QuotePerBase ?? 10_000m) with { IsMaker = order.Type == OrderType.Limit, At = Clock };
        Say(new VenueEvent.Filled(fill, Clock));
        if (cumulative == order.Quantity.Base) Say(new VenueEvent.Closed(order.Id, OrderState.Filled, order.Quantity, Clock));
    }

    private void Gone(NewOrder order, decimal cumulative = 0m) => Say(new VenueEvent.Closed(order.Id, OrderState.Cancelled, new Quantity(cumulative), Clock));
    private List<T> HeardByAsset<T>() => Heard<T>(_asset);
    private List<NewOrder> Sent => [.. _venue.Submits];
    private OrderDeskState Desk() => DeskOf(_execution);
    private ImmutableArray<ExecutionEvent> Stored => [.. Journal.EventsOf("execution").Cast<ExecutionEvent>()];

    [Fact(DisplayName = "An entry is a ladder of post-only orders; the placement is stored before its orders, and each of them before it leaves")]
    public void Ladder()
    {
        ShowBook();
        Decide(1, longTo: 0.3m, shortTo: 0m);
        Assert.Equal([(10_000m, 0.1m), (9_999.5m, 0.1m), (9_999m, 0.1m)], Sent.Select(o => (o.LimitPrice!.Value.QuotePerBase, o.Quantity.Base)));
        Assert.All(Sent, o => Assert.Equal((OrderType.Limit, TimeInForce.PostOnly, PositionSide.Long, OrderSide.Buy), (o.Type, o.TimeInForce, o.Leg, o.Side)));
        Assert.Equal([1, 2, 3], Sent.Select(o => ClientOrderIds.TryParse(o.Id, out var name) ? name.Value.Part : 0));
        Assert.IsType<ExecutionEvent.PlacementBegan>(Stored[0]);
        foreach (var (command, events) in _venue.Noted.Where(n => n.Command is VenueCommand.Submit))
            Assert.Contains(Journal.Events.Take(events).Select(e => e.Payload).OfType<ExecutionEvent.Intended>(), i => i.Order == ((VenueCommand.Submit)command).Order);
    }

    [Fact(DisplayName = "Each fill goes to book and strategy by the order it is of; the strategy hears of one end, with all of it")]
    public void One_end()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        Filled(Sent[0], 1, 0.1m, 0.1m);
        Filled(Sent[1], 2, 0.04m, 0.04m);
        Filled(Sent[2], 3, 0.1m, 0.1m);
        Assert.Empty(HeardByAsset<LegDone>());
        Filled(Sent[1], 4, 0.06m, 0.1m);
        Assert.Equal((new Quantity(0.3m), "filled"), Assert.Single(HeardByAsset<LegDone>()) is var done ? (done.Cumulative, done.Reason) : default);

        Settle(1, 1, 2, 3, 4);
        Assert.Equal(Assert.IsType<ExecutionEvent.PlacementEnded>(Stored.Single(e => e is ExecutionEvent.PlacementEnded)).Cumulative, new Quantity(0.3m));
        Assert.True(Desk() is { Open.IsEmpty: true, Placements: null, Unstored: null });
        Decide(1, 0.3m, 0m);
        Assert.Equal(new Quantity(0.3m), _strategy.FishForMessage<LegDone>(d => d.Leg == PositionSide.Long).Cumulative);
        Assert.Equal(3, Sent.Count);
    }

    [Fact(DisplayName = "Fills of two parts that come in the other order are told in the venue's: the newer waits until the venue has said what else the others got by then")]
    public void Out_of_order()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        foreach (var order in Sent.ToList()) Accepted(order);
        Heard<object>(_asset);
        var soon = Clock;
        Wait(TimeSpan.FromSeconds(1));
        var (older, newer) = (FillOf(Sent[1], 1, 0.04m, 0.04m, 9_999.5m) with { At = Clock }, FillOf(Sent[0], 2, 0.05m, 0.05m, 10_000m) with { At = Clock });
        Say(new VenueEvent.Filled(newer, Clock));
        Assert.Equal([Sent[1].Id, Sent[2].Id], _venue.Of<VenueCommand.Query>().Select(q => q.Id).Order());
        Say(new VenueEvent.OrderStatus(Sent[2].Id, OrderState.Open, Quantity.Zero, [], Clock));
        Say(new VenueEvent.OrderStatus(Sent[1].Id, OrderState.Open, Quantity.Zero, [], soon)); // To a question of before it was filled: it says nothing of that time.
        Assert.Empty(HeardByAsset<BookProtocol.BookFill>());
        Assert.Equal(2, _venue.Of<VenueCommand.Query>().Count(q => q.Id == Sent[1].Id));
        Say(new VenueEvent.OrderStatus(Sent[1].Id, OrderState.Open, Quantity.Zero, [], soon)); // Its clock went back: care asks on, nobody in a circle.
        Assert.Equal(2, _venue.Of<VenueCommand.Query>().Count(q => q.Id == Sent[1].Id));
        Say(new VenueEvent.Filled(older, Clock));
        Say(new VenueEvent.OrderStatus(Sent[1].Id, OrderState.Open, older.Cumulative, [older], Clock));
        Assert.Empty(HeardByAsset<BookProtocol.BookFill>()); // The third part may have been filled before either.
        Say(new VenueEvent.OrderStatus(Sent[2].Id, OrderState.Open, Quantity.Zero, [], Clock));
        Assert.DoesNotContain(Sent[0].Id, _venue.Of<VenueCommand.Query>().Select(q => q.Id)); // What it got before its newest fill is known.
        Assert.Equal([1L, 2L], HeardByAsset<BookProtocol.BookFill>().Select(b => b.Fill.TradeId));
    }

    // What strategy and book answer when they have stored it all.
    private void Settle(long sequence, params long[] trades)
    {
        foreach (var trade in trades) _execution.Tell(new FillTaken(Btc, PositionSide.Long, trade), ActorRefs.NoSender);
        foreach (var order in Sent) _execution.Tell(new FillStored(order.Id, order.Quantity), ActorRefs.NoSender);
        _execution.Tell(new LegStored(Strategy, sequence, PositionSide.Long), ActorRefs.NoSender);
        Settle();
    }

    [Fact(DisplayName = "A market that runs away is followed, and when the time is up what is left is taken")]
    public void Follows_and_takes()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        Wait(TimeSpan.FromSeconds(3));
        ShowBook(10_005m, 10_005.1m);
        Assert.Equal(Sent.Select(o => o.Id), _venue.Of<VenueCommand.Cancel>().Select(c => c.Id));
        foreach (var order in Sent.ToList()) Gone(order);
        ShowBook(10_005m, 10_005.1m);
        Assert.Equal([10_005m, 10_004.5m, 10_004m], Sent.Skip(3).Select(o => o.LimitPrice!.Value.QuotePerBase));
        Filled(Sent[3], 1, 0.1m, 0.1m);
        Wait(TimeSpan.FromSeconds(28));
        ShowBook(10_005m, 10_005.1m);
        foreach (var order in Sent.Skip(4).ToList()) Gone(order);
        ShowBook(10_005m, 10_005.1m);
        Assert.Equal((OrderType.Market, 0.2m), (Sent[^1].Type, Sent[^1].Quantity.Base));
        Assert.Equal(10_005.05m, Stored.OfType<ExecutionEvent.Intended>().Last().DecisionPrice.QuotePerBase);
        Filled(Sent[^1], 2, 0.2m, 0.2m);
        Assert.Equal(new Quantity(0.3m), Assert.Single(HeardByAsset<LegDone>()).Cumulative);
    }

    [Fact(DisplayName = "A posture that allows no more entries ends an entry: what rests is withdrawn, and the strategy hears what was filled")]
    public void Posture_falls()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        Filled(Sent[0], 1, 0.1m, 0.1m);
        Assess(Posture.Turtle, 0.8);
        ShowBook();
        Assert.Equal(Sent.Skip(1).Select(o => o.Id), _venue.Of<VenueCommand.Cancel>().Select(c => c.Id));
        foreach (var order in Sent.Skip(1).ToList()) Gone(order);
        ShowBook();
        var done = Assert.Single(HeardByAsset<LegDone>());
        Assert.Equal(new Quantity(0.1m), done.Cumulative);
        Assert.Contains("left", done.Reason, StringComparison.Ordinal);
        Assert.Equal(3, Sent.Count);
    }

    [Fact(DisplayName = "Where the posture only rests, what has not filled in time is left")]
    public void Left()
    {
        Assess(Posture.Stalker, 0.93);
        ShowBook();
        Decide(1, 0.3m, 0m);
        Wait(TimeSpan.FromSeconds(31));
        ShowBook();
        foreach (var order in Sent.ToList()) Gone(order);
        ShowBook();
        Assert.All(Sent, o => Assert.Equal(TimeInForce.PostOnly, o.TimeInForce));
        Assert.Equal(Quantity.Zero, Assert.Single(HeardByAsset<LegDone>()).Cumulative);
    }

    [Fact(DisplayName = "Books that are shown no more are not priced from, and the placement ends in its time all the same")]
    public void Books_fall_silent()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        Wait(TimeSpan.FromSeconds(45));
        Assert.Equal(3, _venue.Of<VenueCommand.Cancel>().Select(c => c.Id).Distinct().Count());
        foreach (var order in Sent.ToList()) Gone(order);
        Wait(Policy.CareEvery);
        Assert.Equal(3, Sent.Count);
        Assert.Equal(Quantity.Zero, HeardByAsset<LegDone>()[0].Cumulative);
    }

    [Fact(DisplayName = "Without a book, at a price of the strategy's own, and out of a leg an order goes as it is")]
    public void As_it_is()
    {
        Decide(1, 0.3m, 0m);
        Assert.Equal(OrderType.Market, Assert.Single(Sent).Type);
        ShowBook(isValid: false);
        Decide(2, 0.6m, 0m, longFrom: 0.3m);
        Assert.Equal(OrderType.Market, Sent[^1].Type);
        ShowBook();
        Decide(3, 0.9m, 0m, longFrom: 0.6m, limit: Price.Of(9_990m));
        Assert.Equal(9_990m, Sent[^1].LimitPrice!.Value.QuotePerBase);
        Decide(4, 0.1m, 0m, longFrom: 0.9m);
        Assert.Equal((OrderType.Market, OrderSide.Sell), (Sent[^1].Type, Sent[^1].Side));
        Assert.Equal(4, Sent.Count);
        Assert.Empty(Stored.OfType<ExecutionEvent.PlacementBegan>());
    }

    [Fact(DisplayName = "Exits are worked where the plan says so, and go on in TURTLE")]
    public void Exits()
    {
        KillAndStart(Usual with { WorksExits = true });
        Assess(Posture.Turtle, 0.8);
        ShowBook();
        Decide(1, longTo: 0m, shortTo: 0m, longFrom: 0.3m);
        Assert.Equal([(10_000.1m, OrderSide.Sell), (10_000.6m, OrderSide.Sell), (10_001.1m, OrderSide.Sell)], Sent.Select(o => (o.LimitPrice!.Value.QuotePerBase, o.Side)));
    }

    [Fact(DisplayName = "kill -9 in the middle: the venue is asked about every part, what it says counts, and the next part has a number of its own")]
    public void Killed()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        KillAndStart(Usual);
        var ids = Sent.Select(o => o.Id).ToList();
        Assert.Equal(ids.Order(), _venue.Of<VenueCommand.Query>().Select(q => q.Id).Order());
        Say(new VenueEvent.OrderStatus(ids[0], OrderState.Filled, Sent[0].Quantity, [FillOf(Sent[0], 1, 0.1m, 0.1m, 10_000m)], Clock));
        Say(new VenueEvent.OrderStatus(ids[1], OrderState.Open, Quantity.Zero, [], Clock));
        Say(new VenueEvent.OrderStatus(ids[2], OrderState.Cancelled, Quantity.Zero, [], Clock));
        ShowBook();
        Assert.Equal([(10_000m, 0.05m), (9_999m, 0.05m)], Sent.Skip(3).Select(o => (o.LimitPrice!.Value.QuotePerBase, o.Quantity.Base)));
        Assert.Equal([4, 5], Sent.Skip(3).Select(o => ClientOrderIds.TryParse(o.Id, out var name) ? name.Value.Part : 0));
    }

    [Fact(DisplayName = "A plan that works no orders any more ends what an earlier life worked")]
    public void Switched_off()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        KillAndStart(null);
        foreach (var order in Sent) Say(new VenueEvent.OrderStatus(order.Id, OrderState.Open, Quantity.Zero, [], Clock));
        Wait(Policy.CareEvery);
        Assert.Equal(3, _venue.Of<VenueCommand.Cancel>().Select(c => c.Id).Distinct().Count());
        foreach (var order in Sent.ToList()) Gone(order);
        Wait(Policy.CareEvery);
        Assert.NotEmpty(HeardByAsset<LegDone>());
        Assert.Equal(3, Sent.Count);
    }

    [Fact(DisplayName = "A market that has gone against who rested makes the next one take at once; when that is long ago it rests again")]
    public void Adverse()
    {
        ShowBook();
        Decide(1, 0.3m, 0m);
        foreach (var (order, trade) in Sent.Select((o, i) => (o, i + 1L)).ToList()) Filled(order, trade, 0.1m, 0.1m);
        Wait(TimeSpan.FromSeconds(4));
        ShowBook(9_950m, 9_950.1m);
        Wait(TimeSpan.FromSeconds(2));
        ShowBook(9_950m, 9_950.1m); // Fifty basis points lower.
        Assert.InRange(Desk().Market!.Symbols.Single().Adverse.Bps, 49, 51);
        Settle(1, 1, 2, 3);
        Decide(2, 0.6m, 0m, longFrom: 0.3m);
        Assert.Equal(OrderType.Market, Sent[^1].Type);
        Filled(Sent[^1], 4, 0.3m, 0.3m);
        Settle(2, 4);
        Wait(TimeSpan.FromMinutes(20));
        Assess(Posture.Apex);
        ShowBook();
        Decide(3, 0.9m, 0m, longFrom: 0.6m);
        Assert.Equal(OrderType.Limit, Sent[^1].Type);
    }
}
