using Dolphin.Actors.Market;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Venue;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;

namespace Dolphin.Actors.Tests.Venue;

/// <summary>The gate before a paper venue, in virtual time: sessions come and go, the venue is killed, and the counts go on.</summary>
public sealed class VenueGateStories : ActorStage
{
    private IActorRef _venue = ActorRefs.Nobody, _gate = ActorRefs.Nobody;
    private long _openMs;

    /// <summary>A client that writes down what it is told.</summary>
    private sealed class Session : IOrderSession
    {
        public List<VenueEvent> Heard { get; } = [];
        public string? Ended { get; private set; }
        public void Tell(VenueEvent said) => Heard.Add(said);
        public void End(string reason) => Ended = reason;
    }

    [Fact(DisplayName = "A session is told nothing before it enters, and nothing of it is taken; then it hears every event")]
    public void Enters()
    {
        Open();
        var (early, session) = (new Session(), Enter(1));
        Send(early, "early");
        Send(session, "a");
        Assert.Empty(early.Heard);
        Assert.Equal(["a"], session.Heard.OfType<VenueEvent.Accepted>().Select(e => e.Order.Id.Value));
        Assert.Single(session.Heard.OfType<VenueEvent.Filled>());
        Assert.Equal((1, 1), (Oracle().Orders.Received, Oracle().Orders.Fills));
    }

    [Fact(DisplayName = "An order that waited in the venue's own mailbox beyond its recvWindow is late there too, and counted")]
    public void Waits_at_the_venue()
    {
        Open();
        var session = Enter(1);
        _venue.Tell(new PaperVenueProtocol.Timely(new VenueCommand.Submit(Order("late")), Clock - TimeSpan.FromMilliseconds(1)), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Timely(new VenueCommand.Submit(Order("due")), Clock), ActorRefs.NoSender);
        Wait(TimeSpan.FromSeconds(1));
        var refused = Assert.Single(session.Heard.OfType<VenueEvent.Rejected>());
        Assert.Equal(("late", VenueCode.OutsideRecvWindow), (refused.Id.Value, refused.Code));
        Assert.Equal(["due"], session.Heard.OfType<VenueEvent.Accepted>().Select(e => e.Order.Id.Value));
        Assert.Equal((1, 1), (Oracle().ThisLife.Late, Oracle().Orders.Accepted));
    }

    private sealed class SetWall(Func<DateTimeOffset> now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now();
    }

    [Theory(DisplayName = "Gateways stamp by the wall clock, and by it a request is in time or late, however far it was set from the venue's own time")]
    [InlineData(-7_200)]
    [InlineData(7_200)]
    public void Wall_clock_was_set(int seconds)
    {
        var set = TimeSpan.FromSeconds(seconds);
        Open(new SetWall(() => Clock + set));
        var session = Enter(1);
        Ask("due", Clock + set);
        Ask("late", Clock + set - TimeSpan.FromSeconds(3));
        Ask("ahead", Clock + set + TimeSpan.FromSeconds(3));
        Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(["due"], session.Heard.OfType<VenueEvent.Accepted>().Select(e => e.Order.Id.Value));
        Assert.Equal(["late", "ahead"], session.Heard.OfType<VenueEvent.Rejected>().Select(e => e.Id.Value));

        void Ask(string id, DateTimeOffset sentAt) =>
            _gate.Tell(new VenueGateProtocol.Take(session, new OrderRequest.Order(new VenueCommand.Submit(Order(id)), sentAt, 2_000)), ActorRefs.NoSender);
    }

    [Fact(DisplayName = "Funding is told again to whoever enters: nobody can ask for it by an id")]
    public void Told_again()
    {
        Open();
        var first = Enter(1);
        Send(first, ClientOrderIds.For(Strategy, 1, PositionSide.Long, 1).Value);
        _venue.Tell(new PaperVenueProtocol.FundingAnnounced([new FundingRate(Btc, DateTimeOffset.FromUnixTimeMilliseconds(_openMs).AddSeconds(30), 0.0001m)]), ActorRefs.NoSender);
        Wait(DateTimeOffset.FromUnixTimeMilliseconds(_openMs) - Clock);
        Slice();
        var paid = Assert.Single(first.Heard.OfType<VenueEvent.FundingPaid>());
        Assert.Equal([paid], Enter(2).Heard);
        Assert.Equal(Money.Zero, Oracle().Books.CashGap);
    }

    [Fact(DisplayName = "What the journal holds of earlier lives counts as what happened now: an id that comes again, an older epoch after a newer one")]
    public void Earlier_lives()
    {
        var (a, b) = (Order(Id(1)), Order(Id(2)));
        Open(new PaperFact.OrderAccepted(1, Clock, b, Clock, 0), new PaperFact.OrderAccepted(2, Clock, a, Clock, 1), new PaperFact.DuplicateRefused(3, Clock, a.Id));
        var orders = Oracle().Orders;
        Assert.Equal((3, 2, 1, 1), (orders.Received, orders.Accepted, orders.Duplicates, orders.Overlaps));
        Assert.Equal(2, Oracle().ThisLife.HighestEpoch);

        static string Id(long epoch) => ClientOrderIds.For("hedge-BTCUSDT", epoch, PositionSide.Long, epoch).Value;
    }

    [Fact(DisplayName = "Before the venue is open nobody enters: its books may not be whole yet")]
    public void Not_open()
    {
        Open();
        var (policy, venue) = (new VenueGatePolicy("paper", new Money(10_000m), Fence: false), _venue);
        var closed = Sys.ActorOf(Props.Create(() => new VenueGateActor(policy, venue, null)), "closed-gate");
        closed.Tell(new VenueGateProtocol.Enter(new Session(), new OrderRequest.Hello(RemoteProtocol.Version, 1, "paper")), TestActor);
        Assert.Contains("still starting", ExpectMsg<VenueGateProtocol.Refused>().Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "How long after the newest bar an order arrives is counted, and of nothing but orders")]
    public void Bar_to_order()
    {
        Open();
        var session = Enter(1);
        Send(session, "before-any-bar");
        Assert.Equal(0, Oracle().ThisLife.BarToOrder.Orders);
        _gate.Tell(new MarketProtocol.SliceClosed(new MarketSlice(_openMs, Minute, Array.Empty<SymbolBar>())), ActorRefs.NoSender);
        Wait(TimeSpan.FromMilliseconds(40));
        Send(session, "after-one");
        _gate.Tell(new VenueGateProtocol.Take(session, new OrderRequest.Order(new VenueCommand.GetAccount("a"), Clock, 2_000)), ActorRefs.NoSender);
        Wait(TimeSpan.FromSeconds(1));
        var delay = Oracle().ThisLife.BarToOrder;
        Assert.Equal(1, delay.Orders);
        Assert.InRange(delay.P50, 40, 45);
        Assert.Equal((delay.P50, delay.P50), (delay.P999, delay.Max));
    }

    private void Open(params PaperFact[] past) => Open(wall: null, past);

    private void Open(TimeProvider? wall, params PaperFact[] past)
    {
        var none = new PaperLatency(TimeSpan.FromMilliseconds(1), TimeSpan.Zero);
        var policy = new PaperPolicy(
            7, new Money(10_000m), MakerFee: 0.0002m, TakerFee: 0.0005m, LiquidationFee: 0.0125m, Leverage: 20m, Participation: 0.1m,
            HalfSpread: new Bps(0.5m), FullImpact: new Bps(5m), none, default, MaxOrderQuantity: new Quantity(1e9m),
            MaxOpenOrdersPerSymbol: 200, ClosedOrdersKept: 2_000, KnownIdsKept: 65_536, []);
        var exchange = new PaperExchange(policy, [Instrument], []);
        var venue = _venue = Sys.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
        var gate = new VenueGatePolicy("paper", policy.InitialWallet, Fence: false);
        _gate = Sys.ActorOf(Props.Create(() => new VenueGateActor(gate, venue, wall)), "gate");
        _gate.Tell(new VenueGateProtocol.Past([.. past]), ActorRefs.NoSender);
        _venue.Tell(new PaperVenueProtocol.Connect(_gate, Auditor: _gate), ActorRefs.NoSender);
        _gate.Tell(new VenueGateProtocol.Open("v"), ActorRefs.NoSender);
        _openMs = Clock.ToUnixTimeMilliseconds();
        Settle();
        Slice();
        Slice(isOver: false);
    }

    private void Slice(bool isOver = true)
    {
        var price = Price.Of(100m);
        SymbolBar[] bar = [new SymbolBar(Btc, new Bar(_openMs, price, Price.Of(100.1m), Price.Of(99.9m), price, new Quantity(10_000m)))];
        _venue.Tell(new MarketProtocol.SliceOpened(new MarketSlice(_openMs, Minute, bar)), ActorRefs.NoSender);
        _openMs += (long)Minute.TotalMilliseconds;
        if (isOver) Wait(Minute);
        else Settle();
    }

    private Session Enter(long epoch)
    {
        var session = new Session();
        _gate.Tell(new VenueGateProtocol.Enter(session, new OrderRequest.Hello(RemoteProtocol.Version, epoch, "paper")), TestActor);
        ExpectMsg<VenueGateProtocol.Entered>();
        return session;
    }

    private void Send(Session session, string id)
    {
        _gate.Tell(new VenueGateProtocol.Take(session, new OrderRequest.Order(new VenueCommand.Submit(Order(id)), Clock, 2_000)), ActorRefs.NoSender);
        Wait(TimeSpan.FromSeconds(1));
    }

    private OracleReport Oracle()
    {
        _gate.Tell(new VenueGateProtocol.GetOracle(0), TestActor);
        return ExpectMsg<OracleReport>();
    }

    private static NewOrder Order(string id) => new(new(id), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new(1m), null);
}
