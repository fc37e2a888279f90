using Dolphin.Actors.Books;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Actors.Venue;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues.Paper;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Execution;

/// <summary>Flattening a hedge at a venue that takes time, has little volume, and forgets answers.</summary>
public sealed class PanicAtTheVenueStories : ActorStage
{
    private static readonly ExecutionPolicy Flattens = Policy with { FlattenOnPanic = true };
    private readonly AssetDirectory _assets = new();
    private PaperExchange _exchange = null!;
    private IActorRef _venue = ActorRefs.Nobody, _execution = ActorRefs.Nobody;
    private long _openMs;

    /// <summary>A strategy and a book that store whatever they are told.</summary>
    private sealed class Obedient : ReceiveActor
    {
        public Obedient()
        {
            Receive<BookProtocol.BookFill>(fill => Sender.Tell(new FillStored(fill.Fill.Order, fill.Fill.Cumulative)));
            Receive<ExternalFill>(fill => Sender.Tell(new FillTaken(fill.Fill.Symbol, fill.Fill.Leg, fill.Fill.TradeId)));
            Receive<LegDone>(done => Sender.Tell(new LegStored(done.StrategyId, done.Sequence, done.Leg)));
            ReceiveAny(_ => { });
        }
    }

    private void Begin(params ReadOnlySpan<PaperFault> faults)
    {
        var latency = new PaperLatency(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(20));
        var policy = new PaperPolicy(
            7, new Money(10_000m), MakerFee: 0.0002m, TakerFee: 0.0005m, LiquidationFee: 0.0125m, Leverage: 20m, Participation: 0.1m,
            HalfSpread: new Bps(0.5m), FullImpact: new Bps(5m), latency, latency, MaxOrderQuantity: new Quantity(1e9m),
            MaxOpenOrdersPerSymbol: 200, ClosedOrdersKept: 2_000, KnownIdsKept: 65_536, [.. faults]);
        var exchange = _exchange = new PaperExchange(policy, [Instrument], []);
        _venue = Sys.ActorOf(Props.Create(() => new PaperVenueActor(exchange, "venue", false)), "venue");
        _assets.Open([KeyValuePair.Create(Btc, Sys.ActorOf(Props.Create(() => new Obedient()), "asset"))]);
        _openMs = Clock.ToUnixTimeMilliseconds();
        StartExecution("execution", wireWasLost: false);
    }

    private void StartExecution(string name, bool wireWasLost)
    {
        var instruments = new Dictionary<Symbol, Instrument> { [Btc] = Instrument };
        var peers = new ExecutionPeers(new OpenDoor(new PaperVenue(_venue)), _assets, Board);
        var (cluster, risk, invariants) = (Cluster, Risk, Invariants);
        _execution = Sys.ActorOf(Props.Create(() => new ExecutionActor(Flattens, instruments, peers, cluster, cluster.Tenure, risk, invariants)), name);
        _execution.Tell(new Begin(wireWasLost));
        _venue.Tell(new PaperVenueProtocol.Connect(_execution), ActorRefs.NoSender);
        Settle();
    }

    // One minute of a market that wanders by a dime, and of which a tenth of the volume is ours to have.
    private void Slice(decimal volume)
    {
        var (price, bar) = (Price.Of(100m), new SymbolBar[1]);
        bar[0] = new SymbolBar(Btc, new Bar(_openMs, price, Price.Of(100.1m), Price.Of(99.9m), price, new Quantity(volume)));
        _venue.Tell(new MarketProtocol.SliceOpened(new MarketSlice(_openMs, Minute, bar)), ActorRefs.NoSender);
        _openMs += (long)Minute.TotalMilliseconds;
        Wait(Minute);
    }

    private void OpenBothLegs()
    {
        Assess(Posture.Apex);
        _execution.Tell(new Execute(Strategy, Btc, Targets(1, longTo: 4m, shortTo: 4m)), ActorRefs.NoSender);
        Slice(volume: 200m);
        Assert.Equal([4m, 4m], Held);
    }

    private void Fail() => Assess(Posture.Hibernate, 0, invariantFailed: true);

    private IEnumerable<decimal> Held => _exchange.ViewAccount(null).Positions.Select(p => p.Quantity.Base);
    private List<PaperFact> Facts => [.. Journal.EventsOf("paper-venue").OfType<PaperFact>()];

    private void AssertOnlyClosed()
    {
        var orders = Facts.OfType<PaperFact.OrderAccepted>().Skip(2).Select(f => f.Order).ToList();
        Assert.All(orders, o => Assert.True(o.ReducesLeg && o.Type == OrderType.Market && o.Id.Value.StartsWith("panic.", StringComparison.Ordinal), $"{o} is no panic order."));
        Assert.Equal(8m, Facts.OfType<PaperFact.OrderFilled>().Where(f => f.Fill.Side == f.Fill.Leg.Reducing()).Sum(f => f.Fill.Quantity.Base));
        Assert.Empty(Facts.OfType<PaperFact.DuplicateRefused>());
        Assert.Equal([0m, 0m], Held);
        Assert.Equal(0, Board.Orders.Open);
        Assert.Empty(Violations);
    }

    [Fact(DisplayName = "Where there is volume both legs of a hedge are closed within a second, by one order each")]
    public void At_once()
    {
        Begin();
        OpenBothLegs();
        _venue.Tell(new MarketProtocol.SliceOpened(new MarketSlice(_openMs, Minute, new[] { new SymbolBar(Btc, new Bar(_openMs, Price.Of(100m), Price.Of(100.1m), Price.Of(99.9m), Price.Of(100m), new Quantity(200m))) })), ActorRefs.NoSender);
        Fail();
        Wait(TimeSpan.FromSeconds(1));
        AssertOnlyClosed();
        Assert.Equal(4, Facts.OfType<PaperFact.OrderAccepted>().Count());
    }

    [Theory(DisplayName = "In a thin market it takes many minutes and orders, a crash in between changes nothing, and never is anything opened or sold twice")]
    [InlineData(false)]
    [InlineData(true)]
    public void Thin_market(bool crash)
    {
        Begin();
        OpenBothLegs();
        Fail();
        for (var minute = 0; minute < 30; minute++)
        {
            if (crash && minute is 2 or 5)
            {
                Sys.Stop(_execution);
                Settle();
                StartExecution($"execution-{minute}", wireWasLost: true);
            }

            Fail();
            Slice(volume: 7m); // 0.7 of it is ours to have.
        }

        AssertOnlyClosed();
        Assert.True(Facts.OfType<PaperFact.OrderFilled>().Count() > 10, "The story needs a market that is thin.");
    }

    [Theory(DisplayName = "Answers that are lost, doubled or late delay it; they neither stop it nor make it close more than there is")]
    [InlineData(PaperFaultKind.DropAnswer, 1_000_000, 0)]
    [InlineData(PaperFaultKind.UnknownExecuted, 1_000_000, 0)]
    [InlineData(PaperFaultKind.UnknownLost, 500_000, 0)]
    [InlineData(PaperFaultKind.DuplicateDelivery, 1_000_000, 900)]
    [InlineData(PaperFaultKind.ReorderDelivery, 700_000, 1_200)]
    [InlineData(PaperFaultKind.DelayDelivery, 700_000, 20_000)]
    public void Faults(PaperFaultKind kind, int perMillion, int delayMs)
    {
        Begin(new PaperFault(kind, perMillion, "panic", 0, TimeSpan.FromMilliseconds(delayMs)));
        OpenBothLegs();
        for (var minute = 0; minute < 30; minute++)
        {
            Fail();
            Slice(volume: 20m);
        }

        AssertOnlyClosed();
    }
}
