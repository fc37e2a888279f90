using Dolphin.Actors.Execution;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Tests.Market;

/// <summary>One asset, whose strategy and book can each fail.</summary>
public sealed class AssetStories : ActorStage
{
    private readonly TestProbe _feed, _strategySees, _bookSees, _bookings;
    private readonly IActorRef _asset;

    public AssetStories()
    {
        (_feed, _strategySees, _bookSees, _bookings) = (CreateTestProbe("feed"), CreateTestProbe("strategy"), CreateTestProbe("book"), CreateTestProbe("bookings"));
        Cluster.Subscribe(Topics.Bookings, _bookings.Ref);
        var book = _bookSees.Ref;
        var ground = new AssetGround(
            new StrategyContext(ActorRefs.Nobody, Risk, Board, Invariants, new FeeBoard(Fees)), Props.Create(() => new Fragile(book)), _feed.Ref, ActorRefs.Nobody, Cluster, Board);
        var plan = AssetPlan.Alone(new FragilePlan(_strategySees.Ref), new Money(1_000m));
        _asset = Sys.ActorOf(Props.Create(() => new AssetActor(plan, ground)), "asset");
        Assert.Equal(Btc, Assert.Single(Heard<Attach>(_feed)).Symbol);
    }

    private sealed record FragilePlan(IActorRef Witness) : StrategyPlan(Strategy, Btc, ActorStage.Instrument)
    {
        public override Dolphin.Domain.Refusal? Objection(Dolphin.Domain.TwoLegs.HandOver legs) => null;
        public override LegHolder Holder => LegHolder.BandLimitedHedging;

        public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance)
        {
            var witness = Witness;
            return Props.Create(() => new Fragile(witness));
        }
    }

    /// <summary>Passes on what it hears, and falls over when told to.</summary>
    private sealed class Fragile : ReceiveActor
    {
        public Fragile(IActorRef witness) => ReceiveAny(message =>
        {
            if (message is BookProtocol.BookFill { IsExternal: true } or StrategyProtocol.Exit { By: "chaos" }) throw new LedgerException("it cannot be right");
            witness.Forward(message);
        });
    }

    private static Fill SomeFill => FillOf(new NewOrder(new ClientOrderId("o"), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null), 1, 1m, 1m);
    private static BarClosed SomeBar => new(new Bar(0, Price.Of(100m), Price.Of(101m), Price.Of(99m), Price.Of(100m), new Quantity(5m)), Minute);

    private void Tell(object message) => _feed.Send(_asset, message);

    [Fact(DisplayName = "What concerns positions goes to the book, what concerns decisions to the strategy")]
    public void Routes()
    {
        Tell(SomeBar);
        Tell(new BookProtocol.BookFill(SomeFill, IsExternal: false));
        Assert.IsType<BarClosed>(Assert.Single(Heard<object>(_strategySees)));
        Assert.IsType<BookProtocol.BookFill>(Assert.Single(Heard<object>(_bookSees)));
    }

    [Fact(DisplayName = "A strategy that fails is grounded with its reason; its book goes on, and bars are answered so that the feed goes on")]
    public void Strategy_fails()
    {
        Tell(new StrategyProtocol.Exit(Strategy, "chaos"));
        Settle();
        var halted = Assert.Single(Board.Halted);
        Assert.Equal(StrategyIds.PersistenceIdOf(Strategy), halted.Entity);
        Assert.Contains("it cannot be right", halted.Reason, StringComparison.Ordinal);
        Tell(SomeBar);
        Assert.Equal(Btc, Assert.Single(Heard<BarSeen>(_feed)).Symbol);
        Assert.Empty(Heard<BarClosed>(_strategySees));
        Tell(new BookProtocol.BookFill(SomeFill, IsExternal: false));
        Assert.Single(Heard<BookProtocol.BookFill>(_bookSees));
        Assert.Empty(Heard<BookProtocol.Grounded>(_bookings));
    }

    [Fact(DisplayName = "A book that fails takes its strategy with it: what cannot be booked is not traded, and the ledger is told")]
    public void Book_fails()
    {
        Tell(new BookProtocol.BookFill(SomeFill, IsExternal: true));
        Settle();
        Assert.Equal(PositionBookActor.IdOf(Btc), Assert.Single(Board.Halted).Entity);
        Tell(SomeBar);
        Assert.Single(Heard<BarSeen>(_feed));
        Assert.Empty(Heard<BarClosed>(_strategySees));
        Assert.Equal(Btc, Assert.Single(Heard<BookProtocol.Grounded>(_bookings)).Symbol);
    }

    [Fact(DisplayName = "An asset attaches again to a feed that has forgotten it")]
    public void Attaches_again()
    {
        Cluster.Publish(Topics.Feed, FeedRestarted.Now);
        Assert.Equal(Btc, Assert.Single(Heard<Attach>(_feed)).Symbol);
    }
}
