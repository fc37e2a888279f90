using Dolphin.Actors.Execution;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Strategies.StrategyProtocol;

namespace Dolphin.Actors.Tests.Balancing;

/// <summary>One asset whose legs are to become smaller because somebody who watches the portfolio asks for it.</summary>
public sealed class TrimStories : ActorStage
{
    private readonly TestProbe _execution, _feed, _balancer, _holders;
    private AssetPlan _plan = Hedges.Asset;
    private RunBoard _board = new([Hedges.Asset]);
    private IActorRef _asset = ActorRefs.Nobody;
    private int _lives;
    private long _trade;
    private ChangedRules? _rules;

    public TrimStories()
    {
        (_execution, _feed, _balancer, _holders) = (CreateTestProbe("execution"), CreateTestProbe("feed"), CreateTestProbe("balancer"), CreateTestProbe("holders"));
        Cluster.Subscribe(Topics.Holders, _holders.Ref);
        Assess(Posture.Apex);
    }

    private void Live(AssetPlan plan)
    {
        (_plan, _board) = (plan, new RunBoard([plan]));
        Start();
    }

    private void Start()
    {
        var (plan, cluster, invariants, slot) = (_plan, Cluster, Invariants, _board.Of(Btc));
        var ground = new AssetGround(
            new StrategyContext(_execution.Ref, Risk, _board, Invariants, new FeeBoard(Fees)) { ChangedRules = _ => _rules }, Props.Create(() => new PositionBookActor(Btc, cluster, invariants, slot)), _feed.Ref, ActorRefs.Nobody,
            Cluster, _board);
        _asset = Sys.ActorOf(Props.Create(() => new AssetActor(plan, ground)), $"asset-{++_lives}");
        Settle();
        Heard<object>(_feed);
    }

    private void Crash()
    {
        Sys.Stop(_asset);
        Settle();
        Start();
    }

    private void Bar(decimal price)
    {
        Wait(Minute);
        Assess(Posture.Apex);
        _feed.Send(_asset, Hedges.Bar(Clock - Minute, price));
        Settle();
        Assert.Single(Heard<MarketProtocol.BarSeen>(_feed));
    }

    private Execute Asked() => Assert.Single(Heard<Execute>(_execution));

    /// <summary>Both orders of a decision are filled as a whole, and final.</summary>
    private void Fill(Execute asked)
    {
        foreach (var leg in Hedges.Legs)
        {
            var quantity = (asked.Targets.To[leg] - asked.Targets.From[leg]).Abs().Base;
            if (quantity > 0m)
                _execution.Send(_asset, new OrderFilled(asked.StrategyId, asked.Targets.Sequence, FillOf(Hedges.Order(asked, leg), ++_trade, quantity, quantity)));
            End(asked, leg, quantity);
        }
        Settle();
    }

    private void End(Execute asked, PositionSide leg, decimal filled) => _execution.Send(_asset, new LegDone(asked.StrategyId, asked.Targets.Sequence, leg, new Quantity(filled), "final"));

    /// <summary>A hedge that has opened, and what it holds.</summary>
    private Legs Open()
    {
        Live(Hedges.Asset);
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 103m : 100m);
        var opening = Asked();
        Fill(opening);
        Heard<object>(_execution);
        return opening.Targets.To;
    }

    private TrimWish Wish(long id, Legs atMost, int seconds = 60) => new("auto-executor", id, atMost.Long, atMost.Short, Clock.AddSeconds(seconds));

    private static Legs Half(Legs legs) => new(Half(legs.Long), Half(legs.Short));
    private static Quantity Half(Quantity leg) => new(decimal.Round(leg.Base / 2m, 3));

    private void Trim(TrimWish wish)
    {
        _balancer.Send(_asset, new Trim(Btc, wish));
        Settle();
    }

    private List<HedgeEvent> Stored => [.. Journal.EventsOf("strategy-hedge-BTCUSDT").OfType<HedgeEvent>()];

    [Fact(DisplayName = "The holder stores a trim, asks for its orders at once and says so; a second copy does nothing, and when the legs are there it is over")]
    public void Trims()
    {
        var held = Open();
        var wish = Wish(1, Half(held));
        Trim(wish);
        Assert.Equal(new TrimTaken(Btc, Strategy, 1), Assert.Single(Heard<TrimTaken>(_balancer)));
        var asked = Asked();
        Assert.Equal((held, Half(held)), (asked.Targets.From, asked.Targets.To));
        Trim(wish);
        Assert.Single(Heard<TrimTaken>(_balancer));
        Assert.Empty(Heard<Execute>(_execution));
        Fill(asked);
        Trim(wish);
        Assert.Equal(new WishOver(Btc, Strategy, 1, Half(held)), Assert.Single(Heard<WishOver>(_balancer)));
        Assert.Empty(Heard<Execute>(_execution));
        Assert.Single(Stored.OfType<HedgeEvent.TrimAsked>());
    }

    [Fact(DisplayName = "Before the venue settles its symbol the holder closes both legs by an order like any other, through a crash too; the balancer's next wish is taken as before")]
    public void Leaves_in_time()
    {
        var held = Open();
        var delivery = Clock.AddMinutes(10);
        _rules = new ChangedRules(Btc, "the venue settles it", null, null).EndingAt(delivery, delivery.AddMinutes(-8));
        Bar(100m);
        Assert.Empty(Heard<Execute>(_execution)); // Not yet.

        Bar(100m);
        Bar(100m);
        var asked = Asked();
        Assert.Equal((held, new Legs(Quantity.Zero, Quantity.Zero)), (asked.Targets.From, asked.Targets.To));
        var wish = Assert.Single(Stored.OfType<HedgeEvent.TrimAsked>()).Wish;
        Assert.Equal(("delivery-rule", 1L, delivery), (wish.By, wish.Id, wish.Until));
        Crash();
        Assert.Equal(asked, Asked());
        Fill(asked);
        Bar(100m);
        Bar(100m);
        Assert.Empty(Heard<Execute>(_execution)); // Nothing is held, and nothing opens yet.

        Trim(Wish(2, new Legs(Quantity.Zero, Quantity.Zero)));
        Assert.Equal("hedge.nothing-to-trim", Assert.Single(Heard<TrimDeclined>(_balancer)).Refusal.Code);
    }

    [Fact(DisplayName = "The end of a symbol does not wait for a smaller trim that the venue does not fill: both legs are closed in its place")]
    public void Leaves_in_spite_of_a_trim()
    {
        var held = Open();
        Trim(Wish(1, Half(held)));
        var first = Asked();
        foreach (var leg in Hedges.Legs) End(first, leg, 0m);
        Settle();
        Assert.True(Stored.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Trims is { HasWork: true });
        Heard<object>(_execution);
        _rules = new ChangedRules(Btc, "the venue settles it", null, null).EndingAt(Clock.AddHours(1), Clock);
        Bar(100m);
        foreach (var asked in Heard<Execute>(_execution)) // The trim's next try may come first.
        {
            foreach (var leg in Hedges.Legs) End(asked, leg, 0m);
            Settle();
        }
        Bar(100m);
        Assert.Equal(("delivery-rule", 2L), Stored.OfType<HedgeEvent.TrimAsked>().Last().Wish is var wish ? (wish.By, wish.Id) : default);
    }

    [Fact(DisplayName = "What the venue does not fill is asked for again with the next bars, by the next id when ten tries are over, until the venue settles it; what does not trade is not asked for")]
    public void Leaves_again()
    {
        var held = Open();
        var delivery = Clock.AddMinutes(30);
        _rules = ChangedRules.NotTrading(Btc, "it is PRE_SETTLE");
        Bar(100m);
        Assert.Empty(Heard<Execute>(_execution));

        _rules = new ChangedRules(Btc, "the venue settles it", null, null).EndingAt(delivery, Clock);
        while (Clock < delivery.AddMinutes(5))
        {
            Bar(100m);
            foreach (var asked in Heard<Execute>(_execution))
            {
                foreach (var leg in Hedges.Legs) End(asked, leg, 0m);
                Settle();
            }
        }

        Assert.Equal([1L, 2L, 3L], Stored.OfType<HedgeEvent.TrimAsked>().Select(t => t.Wish.Id).Distinct());
        Assert.All(Stored.OfType<HedgeEvent.TrimAsked>().GroupBy(t => t.Wish.Id), wish => Assert.InRange(wish.Count(), 1, TrimProgress.MaxTries));
        Assert.All(Stored.OfType<HedgeEvent.TrimAsked>(), t => Assert.Equal(held, t.Targets.From));
    }

    [Fact(DisplayName = "Asked to grow the holder stores it and asks for an entry of both legs, at most to what the sizer gives; killed before the answer it is asked for by the same id, and over when it is filled")]
    public void Grows()
    {
        var held = Open();
        Trim(Wish(1, Half(held)));
        Fill(Asked());
        Heard<object>(_balancer);
        var wish = new GrowWish("auto-executor", 2, held.Long + held.Long, held.Short + held.Short, Clock.AddSeconds(60));
        void Grow()
        {
            _balancer.Send(_asset, new Grow(Btc, wish));
            Settle();
        }

        Grow();
        Assert.Equal(new GrowTaken(Btc, Strategy, 2), Assert.Single(Heard<GrowTaken>(_balancer)));
        var asked = Asked();
        var most = new Legs(new Quantity(120m), new Quantity(120m)); // A leg of an opening at the price now, and no more.
        Assert.Equal((Half(held), most, LegIntent.Entry), (asked.Targets.From, asked.Targets.To, asked.Targets.Intent));
        Crash();
        Assert.Equal(asked.Targets, Asked().Targets);
        Grow();
        Assert.Single(Heard<GrowTaken>(_balancer));
        Assert.Empty(Heard<Execute>(_execution));
        Fill(asked);
        Grow();
        Assert.Equal(new WishOver(Btc, Strategy, 2, most), Assert.Single(Heard<WishOver>(_balancer)));
        Assert.Single(Stored.OfType<HedgeEvent.GrowthAsked>());
    }

    [Theory(DisplayName = "Where entries are forbidden nothing grows, whoever asks")]
    [InlineData(Posture.Turtle, 0.4)]
    [InlineData(Posture.Hibernate, 0.0)]
    public void Never_grows(Posture posture, double rTotal)
    {
        var held = Open();
        Trim(Wish(1, Half(held)));
        Fill(Asked());
        Heard<object>(_balancer);
        Assess(posture, rTotal: rTotal);
        _balancer.Send(_asset, new Grow(Btc, new GrowWish("auto-executor", 2, held.Long, held.Short, Clock.AddSeconds(60))));
        Settle();
        Assert.Equal("hedge.entries-not-allowed", Assert.Single(Heard<GrowDeclined>(_balancer)).Refusal.Code);
        Assert.Empty(Heard<Execute>(_execution));
    }

    [Fact(DisplayName = "Legs that no strategy holds are made larger by nobody, nor those of one that opens by its own rule alone, and whoever asked hears it")]
    public void Nobody_grows()
    {
        Live(Hedges.Asset);
        void Grow(long id)
        {
            _balancer.Send(_asset, new Grow(Btc, new GrowWish("auto-executor", id, new Quantity(1m), new Quantity(1m), Clock.AddSeconds(60))));
            Settle();
        }

        Grow(1);
        Assert.Equal("asset.no-holder", Assert.Single(Heard<GrowDeclined>(_balancer)).Refusal.Code);
        var errors = new List<string>();
        var policy = ProtectorPolicy.Create(new ProtectorSettings(), "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        Sys.Stop(_asset);
        Settle();
        Live(AssetPlan.Alone(new ProtectorPlan("protector-BTCUSDT", Btc, policy, Instrument), new Money(20_000m)));
        foreach (var (leg, price) in new[] { (PositionSide.Long, 105m), (PositionSide.Short, 96m) })
        {
            var order = new NewOrder(new ClientOrderId($"autoclose-{leg}"), Btc, leg, leg.Increasing(), OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null);
            _execution.Send(_asset, new BookProtocol.BookFill(FillOf(order, ++_trade, 1m, 1m, price), IsExternal: true));
        }
        Bar(100m);
        Bar(100m);
        Grow(2);
        Assert.Equal("strategy.grows-by-its-own-rule", Assert.Single(Heard<GrowDeclined>(_balancer)).Refusal.Code);
    }

    [Fact(DisplayName = "While orders are open a wish is stored and counts as taken; it is begun with the first bar after they are final")]
    public void Waits()
    {
        Live(Hedges.Asset);
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 103m : 100m);
        var opening = Asked();
        Trim(Wish(1, Half(opening.Targets.To), seconds: 600));
        Assert.Single(Heard<TrimTaken>(_balancer));
        Assert.Single(Stored.OfType<HedgeEvent.TrimWanted>());
        Assert.Empty(Heard<Execute>(_execution));
        Fill(opening);
        Heard<object>(_execution);
        Bar(100m);
        Assert.Equal(Half(opening.Targets.To), Asked().Targets.To);
    }

    [Fact(DisplayName = "A protector whose own order rests takes it back for a wish, and begins the wish when it is asked again and the order is final: within the minute, whatever the order's life")]
    public void Takes_back_what_rests()
    {
        var errors = new List<string>();
        var policy = ProtectorPolicy.Create(new ProtectorSettings(), "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        Live(AssetPlan.Alone(new ProtectorPlan("protector-BTCUSDT", Btc, policy, Instrument), new Money(20_000m)));
        foreach (var (leg, price, quantity) in new[] { (PositionSide.Long, 105m, 9m), (PositionSide.Short, 96m, 1m) })
        {
            var order = new NewOrder(new ClientOrderId($"autoclose-{leg}"), Btc, leg, leg.Increasing(), OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(quantity), null);
            _execution.Send(_asset, new BookProtocol.BookFill(FillOf(order, ++_trade, quantity, quantity, price), IsExternal: true));
        }
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 100m : 103m);
        var resting = Asked();
        Assert.NotNull(resting.Targets.Limit);
        var wish = Wish(1, new Legs(new Quantity(5m), new Quantity(1m)));
        Trim(wish);
        Assert.Single(Heard<TrimTaken>(_balancer));
        Assert.Equal([new Withdraw("protector-BTCUSDT", resting.Targets.Sequence)], Heard<object>(_execution));
        Trim(wish); // The cancel is on its way, or was lost.
        Assert.Equal([new Withdraw("protector-BTCUSDT", resting.Targets.Sequence)], Heard<object>(_execution));
        foreach (var leg in Hedges.Legs) End(resting, leg, filled: 0m);
        Settle();
        Heard<object>(_execution);
        Wait(TimeSpan.FromSeconds(10));
        Trim(wish);
        var asked = Asked();
        Assert.Equal((new Legs(new Quantity(5m), new Quantity(1m)), null), (asked.Targets.To, asked.Targets.Limit));
    }

    [Fact(DisplayName = "A wish that waited too long lapses without an order")]
    public void Lapses()
    {
        Live(Hedges.Asset);
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 103m : 100m);
        var opening = Asked();
        Trim(Wish(1, Half(opening.Targets.To), seconds: 60));
        Fill(opening);
        Heard<object>(_execution);
        Bar(100m);
        Assert.Empty(Heard<Execute>(_execution));
        Assert.Equal("hedge.trim-lapsed", Assert.Single(Stored.OfType<HedgeEvent.TrimEnded>()).Code);
    }

    [Fact(DisplayName = "Killed after the trim was stored and before anybody heard of it: asked again the holder takes the same id, and its orders go out by the same sequence")]
    public void Killed_before_the_answer()
    {
        var held = Open();
        var wish = Wish(1, Half(held));
        Trim(wish);
        var asked = Asked();
        Heard<object>(_balancer); // Lost.
        Crash();
        Assert.Equal(asked.Targets, Asked().Targets);
        Trim(wish);
        Assert.Equal(1L, Assert.Single(Heard<TrimTaken>(_balancer)).Id);
        Assert.Empty(Heard<Execute>(_execution));
        Fill(asked);
        Assert.Equal(Half(held), Stored.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Legs);
    }

    [Fact(DisplayName = "A holder that may not even close declines with its reason, and takes the same id when it may")]
    public void No_exits()
    {
        var held = Open();
        Assess(Posture.Hibernate, rTotal: 0, invariantFailed: true);
        Trim(Wish(1, Half(held)));
        Assert.Equal((1L, "hedge.exits-not-allowed"), Assert.Single(Heard<TrimDeclined>(_balancer)) is var no ? (no.Id, no.Refusal.Code) : default);
        Assert.Empty(Heard<Execute>(_execution));
        Assess(Posture.Turtle, rTotal: 0.4);
        Trim(Wish(1, Half(held)));
        Assert.Single(Heard<TrimTaken>(_balancer));
        Assert.Equal(Half(held), Asked().Targets.To);
    }

    [Fact(DisplayName = "A wish for more than is held makes nothing larger")]
    public void Never_larger()
    {
        var held = Open();
        Trim(Wish(1, new Legs(held.Long + held.Long, Half(held.Short))));
        Assert.Equal(held, Assert.Single(Heard<WishOver>(_balancer)).Held); // Less of one leg alone would make the net position larger.
        foreach (var asked in Heard<Execute>(_execution))
            Assert.True(asked.Targets.To.Long <= held.Long && asked.Targets.To.Short <= held.Short);
    }

    [Fact(DisplayName = "Legs that no strategy holds are trimmed by nobody, and whoever asked hears it")]
    public void No_holder()
    {
        Live(Hedges.Asset);
        Trim(Wish(1, default));
        Assert.Equal("asset.no-holder", Assert.Single(Heard<TrimDeclined>(_balancer)).Refusal.Code);
    }

    [Fact(DisplayName = "Who holds the legs is told when it changes and on request; a holder that has failed holds nothing that could be asked for")]
    public void Says_who_holds()
    {
        Live(Hedges.Asset);
        Assert.Empty(Heard<HeldBy>(_holders));
        Bar(100m);
        Assert.Equal(new HeldBy(Btc, Strategy), Assert.Single(Heard<HeldBy>(_holders)));
        Bar(101m);
        Assert.Empty(Heard<HeldBy>(_holders));
        Cluster.Publish(Topics.HolderRequests, GetHolders.Now);
        Assert.Equal(new HeldBy(Btc, Strategy), Assert.Single(Heard<HeldBy>(_holders)));
        Sys.ActorSelection($"/user/asset-{_lives}/strategy").Tell(Kill.Instance);
        Assert.Equal(new HeldBy(Btc, null), Assert.Single(Heard<HeldBy>(_holders)));
        Trim(Wish(1, default));
        Assert.Equal("asset.no-holder", Assert.Single(Heard<TrimDeclined>(_balancer)).Refusal.Code);
    }

    [Fact(DisplayName = "A protector that somebody made passive still brings a trim to its end")]
    public void Passive_protector()
    {
        var errors = new List<string>();
        var policy = ProtectorPolicy.Create(new ProtectorSettings(), "test", errors) ?? throw new InvalidOperationException(string.Join(' ', errors));
        Live(AssetPlan.Alone(new ProtectorPlan("protector-BTCUSDT", Btc, policy, Instrument), new Money(20_000m)));
        foreach (var (leg, price) in new[] { (PositionSide.Long, 105m), (PositionSide.Short, 96m) })
        {
            var order = new NewOrder(new ClientOrderId($"autoclose-{leg}"), Btc, leg, leg.Increasing(), OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(1m), null);
            _execution.Send(_asset, new BookProtocol.BookFill(FillOf(order, ++_trade, 1m, 1m, price), IsExternal: true));
        }
        Bar(100m);
        Bar(100m);
        _execution.Send(_asset, new Exit("protector-BTCUSDT", "ada"));
        Settle();
        Heard<object>(_execution);
        Trim(Wish(1, new Legs(new Quantity(0.5m), new Quantity(0.5m))));
        Assert.Single(Heard<TrimTaken>(_balancer));
        var asked = Asked();
        foreach (var leg in Hedges.Legs) End(asked, leg, filled: 0m);
        Settle();
        Heard<object>(_execution);
        Bar(100m);
        Assert.Equal(new Legs(new Quantity(0.5m), new Quantity(0.5m)), Asked().Targets.To);
        Assert.Equal([false, true], Journal.EventsOf("strategy-protector-BTCUSDT").OfType<ProtectorEvent.TrimAsked>().Select(e => e.Waited));
    }
}
