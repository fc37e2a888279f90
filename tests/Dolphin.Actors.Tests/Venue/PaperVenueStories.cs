using Dolphin.Actors.Execution;
using Dolphin.Actors.Market;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Venue;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Venue.PaperVenueProtocol;

namespace Dolphin.Actors.Tests.Venue;

/// <summary>What the paper venue tells those who come to it.</summary>
public sealed class PaperVenueStories : ActorStage
{
    private readonly TestProbe _client;
    private readonly IActorRef _venue;

    public PaperVenueStories()
    {
        _client = CreateTestProbe("client");
        var policy = new PaperPolicy(
            7, new Money(10_000m), MakerFee: 0.0002m, TakerFee: 0.0005m, LiquidationFee: 0.0125m, Leverage: 20m, Participation: 0.1m, HalfSpread: new Bps(0.5m),
            FullImpact: new Bps(5m), new PaperLatency(TimeSpan.FromMilliseconds(1), TimeSpan.Zero), default, MaxOrderQuantity: new Quantity(1e9m), MaxOpenOrdersPerSymbol: 200, ClosedOrdersKept: 2_000, KnownIdsKept: 65_536, []);
        var exchange = new PaperExchange(policy, [Instrument], []);
        _venue = Sys.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
    }

    private void Tell(object message)
    {
        _venue.Tell(message, ActorRefs.NoSender);
        Settle();
    }

    private void OpenMinute()
    {
        var openMs = Clock.ToUnixTimeMilliseconds();
        var bar = new Bar(openMs, Price.Of(100m), Price.Of(100m), Price.Of(100m), Price.Of(100m), new Quantity(1_000m));
        Tell(new MarketProtocol.SliceOpened(new MarketSlice(openMs, Minute, new[] { new SymbolBar(Btc, bar) })));
        Wait(Minute);
    }

    private static PaperFact.FundingSettled Settled(DateTimeOffset at, decimal amount) =>
        new(1, at, [new FundingLine(Btc, PositionSide.Long, 0.0001m, Price.Of(100m), new Quantity(1m), new Money(amount))]);

    private List<Money> Paid() => [.. Heard<VenueEvent.FundingPaid>(_client).Select(p => p.Amount)];

    [Fact(DisplayName = "An execution that was restarted in place is told again what nobody can ask for: of earlier lives and of this one, the oldest first; the first one is told once")]
    public void Reopened_in_place()
    {
        var door = new OpenDoor(new PaperVenue(_venue));
        Tell(new TellAgain([Settled(Clock, -0.5m)]));
        door.Open(Cluster.Tenure, _client.Ref);
        Tell(new Connect(_client.Ref));
        Assert.Equal([new Money(-0.5m)], Paid());

        OpenMinute();
        Tell(new VenueCommand.Submit(new NewOrder(new ClientOrderId("a"), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null)));
        OpenMinute();
        Tell(new FundingAnnounced([new FundingRate(Btc, Clock.AddSeconds(30), 0.001m)]));
        OpenMinute();
        var paid = Assert.Single(Paid());
        door.Open(Cluster.Tenure, _client.Ref);
        Assert.Equal([new Money(-0.5m), paid], Paid());
    }

    private void Buy(string id) => Tell(new VenueCommand.Submit(
        new NewOrder(new ClientOrderId(id), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null)));

    [Fact(DisplayName = "A fill of an order that no gateway of ours sent is told again to who opens: nobody would ask for it. A fill of ours is not")]
    public void Others_again()
    {
        var door = new OpenDoor(new PaperVenue(_venue));
        door.Open(Cluster.Tenure, _client.Ref);
        Tell(new Connect(_client.Ref));
        OpenMinute();
        Buy("web_1");
        Buy(ClientOrderIds.For(Strategy, 1, PositionSide.Long, 3).Value);
        OpenMinute();
        Assert.Equal(2, Heard<VenueEvent.Filled>(_client).Count);
        door.Open(Cluster.Tenure, _client.Ref);
        Assert.Equal("web_1", Assert.Single(Heard<VenueEvent.Filled>(_client)).Fill.Order.Value);
    }
}
