using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>What L6 hears of an order: fill prices against the prices that were to be expected.</summary>
public sealed class SlippageStories : ActorStage
{
    private const double TakingCosts = 1.5;

    [Fact(DisplayName = "What was taken is measured from the decision price, whichever way it was traded")]
    public void Taker()
    {
        Assert.Equal(new Slippage(Btc, 20, TakingCosts, new Money(200m)), Measure(Order(OrderSide.Buy), Taken(100.2m, 2m)));
        Assert.Equal(new Slippage(Btc, -20, TakingCosts, new Money(200m)), Measure(Order(OrderSide.Sell), Taken(100.2m, 2m)));
        Assert.Equal(new Slippage(Btc, 15, TakingCosts, new Money(200m)), Measure(Order(OrderSide.Buy), Taken(100.1m, 1m), Taken(100.2m, 1m)));
    }

    [Theory(DisplayName = "An order that rested costs what it was filled at beyond its limit, not what the market did while it waited")]
    [InlineData(OrderSide.Buy, "95.0", "95.0", 0)]
    [InlineData(OrderSide.Sell, "104.0", "104.0", 0)]
    [InlineData(OrderSide.Buy, "120.0", "120.0", 0)] // Decided at 100; the market ran away and came down to the limit that was set meanwhile.
    [InlineData(OrderSide.Buy, "100.0", "99.9", -10)]
    [InlineData(OrderSide.Sell, "100.0", "100.1", -10)]
    public void Maker(OrderSide side, string limit, string filled, double costs) =>
        Assert.Equal(new Slippage(Btc, costs, 0, new Money(2m * Amount(limit))), Measure(Order(side, Amount(limit)), Rested(Amount(filled), 2m)));

    [Fact(DisplayName = "A maker filled worse than its limit is an excess like any other: the venue broke its word")]
    public void Worse_than_limit() =>
        Assert.Equal(new Slippage(Btc, 20, 0, new Money(200m)), Measure(Order(OrderSide.Buy, limit: 100m), Rested(100.2m, 2m)));

    [Fact(DisplayName = "A limit order that takes first and rests after is measured fill by fill, and only its taken part may cost")]
    public void Both()
    {
        var both = Measure(Order(OrderSide.Buy, limit: 100m), Taken(100.4m, 1m), Rested(100m, 3m));
        Assert.Equal(10, both.RealisedBps, 9);
        Assert.Equal(TakingCosts / 4, both.ExpectedBps, 9);
    }

    [Fact(DisplayName = "A resting order that a quarter of an hour's bar fills far from its decision is no slippage to the layer")]
    public void Rested_through_a_bar()
    {
        var (venue, layer) = (new NotedVenue(Journal), CreateTestProbe("layer"));
        var (assets, strategy) = (new Actors.Node.AssetDirectory(), CreateTestProbe("strategy"));
        assets.Open([KeyValuePair.Create(Btc, CreateTestProbe("asset").Ref)]);
        var (cluster, risk, invariants, peers) = (Cluster, Risk, Invariants, new ExecutionPeers(new OpenDoor(venue), assets, Board));
        var instruments = new Dictionary<Symbol, Instrument> { [Btc] = Instrument };
        cluster.Subscribe(Topics.Slippage, layer.Ref);
        var execution = Sys.ActorOf(Props.Create(() => new ExecutionActor(Policy, instruments, peers, cluster, cluster.Tenure, risk, invariants)), "execution");
        execution.Tell(new Begin(WireWasLost: false));
        Settle();
        Assess(Posture.Stalker, rTotal: 0.7);
        strategy.Send(execution, new Execute(Strategy, Btc, Targets(1, longTo: 2m, shortTo: 0m)));
        Settle();
        var order = Assert.Single(venue.Submits);

        var fill = FillOf(order, 1, 2m, 2m, order.LimitPrice!.Value.QuotePerBase - 1.5m) with { IsMaker = true };
        execution.Tell(new VenueEvent.Filled(fill, Clock));
        execution.Tell(new VenueEvent.Closed(order.Id, OrderState.Filled, new Quantity(2m), Clock));
        var heard = Assert.Single(Heard<Slippage>(layer));
        Assert.Equal(0, heard.ExpectedBps);
        Assert.Equal(-150.15, heard.RealisedBps, 3); // 1.5 below the limit of 99.9, which is a tick below 100: an improvement, and no cost.
    }

    private static decimal Amount(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static OpenOrder Order(OrderSide side, decimal? limit = null)
    {
        var order = new NewOrder(
            ClientOrderIds.For(Strategy, 1, PositionSide.Long, 1), Btc, PositionSide.Long, side, limit is null ? OrderType.Market : OrderType.Limit,
            TimeInForce.GoodTillCancel, new Quantity(2m), limit is { } price ? Price.Of(price) : null);
        return new OpenOrder(Strategy, 1, order, Price.Of(100m), DateTimeOffset.UnixEpoch, [], Acknowledged: true, Quantity.Zero, StrategyStored: false, End: null, EndReason: "");
    }

    private static (decimal Price, decimal Quantity, bool IsMaker) Taken(decimal price, decimal quantity) => (price, quantity, false);
    private static (decimal Price, decimal Quantity, bool IsMaker) Rested(decimal price, decimal quantity) => (price, quantity, true);

    private static Slippage Measure(OpenOrder order, params (decimal Price, decimal Quantity, bool IsMaker)[] fills)
    {
        var done = 0m;
        var told = fills.Select((f, i) => FillOf(order.Order, i + 1, f.Quantity, done += f.Quantity, f.Price) with { IsMaker = f.IsMaker });
        return Slippage.Measure(order with { Fills = [.. told] }, TakingCosts);
    }
}
