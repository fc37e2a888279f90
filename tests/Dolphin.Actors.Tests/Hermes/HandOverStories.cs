using Dolphin.Actors.Execution;
using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using static Dolphin.Actors.Execution.ExecutionProtocol;
using static Dolphin.Actors.Hermes.HermesProtocol;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Actors.Tests.Hermes;

/// <summary>One asset with three strategies and its book: who has the legs, and how they change hands.</summary>
public sealed class HandOverStories : ActorStage
{
    private static readonly Legs Locked = new(new Quantity(0.8m), new Quantity(1.0m));
    private readonly TestProbe _execution, _hermes, _feed;
    private readonly RunBoard _board = new([Plan]);
    private IActorRef _asset = ActorRefs.Nobody;
    private int _lives;
    private ChangedRules? _rules;

    public HandOverStories()
    {
        (_execution, _hermes, _feed) = (CreateTestProbe("execution"), CreateTestProbe("hermes"), CreateTestProbe("feed"));
        Assess(Dolphin.Domain.Survival.Posture.Apex);
        Live();
    }

    public static AssetPlan Plan { get; } = new(
        Btc, Instrument,
        [
            Hedges.Plan, new CompressionPlan("compression-BTCUSDT", Btc, Good(e => CompressionPolicy.Create(new CompressionSettings { WarmUpBars = 2 }, "test", e)), Instrument),
            new ProtectorPlan("protector-BTCUSDT", Btc, Good(e => ProtectorPolicy.Create(new ProtectorSettings(), "test", e)), Instrument),
        ],
        new Money(20_000m), Good(e => HermesPolicy.Create(new HermesSettings(), new RegimeSettings(), "test", e)), new Money(12_000m));

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        return create(errors) ?? throw new ArgumentException(string.Join(Environment.NewLine, errors));
    }

    private void Live() => Live(Plan);

    private void Live(AssetPlan plan)
    {
        var (cluster, invariants, slot) = (Cluster, Invariants, _board.Of(Btc));
        var ground = new AssetGround(
            new StrategyContext(_execution.Ref, Risk, _board, Invariants, new FeeBoard(Fees)) { ChangedRules = _ => _rules }, Props.Create(() => new PositionBookActor(Btc, cluster, invariants, slot)), _feed.Ref, _hermes.Ref,
            Cluster, _board);
        _asset = Sys.ActorOf(Props.Create(() => new AssetActor(plan, ground)), $"asset-{++_lives}");
        Settle();
        Heard<object>(_feed);
    }

    private void Crash()
    {
        Sys.Stop(_asset);
        Settle();
        Live();
    }

    private void Bar(decimal price)
    {
        Wait(Minute);
        Assess(Dolphin.Domain.Survival.Posture.Apex);
        _feed.Send(_asset, Hedges.Bar(Clock - Minute, price));
        Settle();
        Assert.Equal(Btc, Assert.Single(Heard<MarketProtocol.BarSeen>(_feed)).Symbol);
    }

    private long _trade;

    private Fill Traded(PositionSide leg, OrderSide side, decimal quantity, decimal price) => new(
        new ClientOrderId($"autoclose-{++_trade}"), _trade, Btc, leg, side, Price.Of(price), new Quantity(quantity), Money.Zero, IsMaker: false, new Quantity(quantity), Clock);

    /// <summary>Both legs under water: longs bought at 105, shorts sold at 96.</summary>
    private void BookIsLocked()
    {
        foreach (var fill in new[] { Traded(PositionSide.Long, OrderSide.Buy, 0.8m, 105m), Traded(PositionSide.Short, OrderSide.Sell, 1.0m, 96m) })
            _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
        Settle();
        Heard<object>(_execution);
    }

    private void Say(LegHolder enabled, HandOverOrder? order = null)
    {
        _hermes.Send(_asset, new Assignment(Btc, enabled, MayOpen: true, RiskPosture.Balanced, HolderPriority.Normal, RegimeGate.Open, order));
        Settle();
    }

    private Holding Told() => Heard<Holding>(_hermes)[^1];

    private static HandOverOrder Order(LegHolder from, LegHolder to, HandOverStage stage, Legs legs = default) => new(1, from, to, stage, legs);

    [Fact(DisplayName = "Before Hermes has said anything nobody trades, and every bar is answered once")]
    public void Passive()
    {
        for (var i = 0; i < 6; i++) Bar(100m);
        Assert.Empty(Heard<Execute>(_execution));
        Assert.Equal(LegHolder.Nobody, Told().Holder);
    }

    [Fact(DisplayName = "Whom Hermes enables takes over what the book has, without a trade")]
    public void Takes_over()
    {
        BookIsLocked();
        Bar(100m);
        Say(LegHolder.HedgeCompression);
        var told = Told();
        Assert.Equal((LegHolder.HedgeCompression, Locked), (told.Holder, told.Legs));
        var adopted = Assert.Single(Journal.EventsOf("strategy-compression-BTCUSDT").OfType<CompressionEvent.Adopted>());
        Assert.Equal((Locked, 1L, 2L, new Money(84m)), (adopted.Legs.Legs, adopted.Legs.LongTradeId, adopted.Legs.ShortTradeId, adopted.Legs.Long.Cost));
        Assert.Empty(Heard<Execute>(_execution));
    }

    [Fact(DisplayName = "A flat asset is taken over as well: the hedge that is enabled opens when it is warm")]
    public void Flat()
    {
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        Assert.Equal(LegHolder.BandLimitedHedging, Told().Holder);
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 103m : 100m);
        _opening = Assert.Single(Heard<Execute>(_execution));
        Assert.Equal("hedge-BTCUSDT", _opening.StrategyId);
    }

    private Execute? _opening;

    [Fact(DisplayName = "Hermes hears what was opened, while the one who opened has the legs, when another has them, and after a crash")]
    public void Opened()
    {
        Flat();
        for (var i = 0; i < 2; i++) // The orders are filled at 103.
        {
            var leg = (PositionSide)i;
            var order = Hedges.Order(_opening!, leg);
            var fill = new Fill(order.Id, ++_trade, Btc, leg, order.Side, Price.Of(103m), order.Quantity, Money.Zero, IsMaker: false, order.Quantity, Clock);
            _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: false));
            _execution.Send(_asset, new OrderFilled(_opening!.StrategyId, 1, fill));
            _execution.Send(_asset, new LegDone(_opening.StrategyId, 1, leg, order.Quantity, "filled"));
            Settle();
        }

        var told = Told();
        var opened = _opening!.Targets.DecisionPrice * told.Legs.Long;
        Assert.True(opened.Quote > 0m);
        Assert.Equal(opened, told.Opened);
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Releasing));
        var gone = Told();
        Assert.Equal((LegHolder.Nobody, opened), (gone.Holder, gone.Opened));
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Adopting, gone.Legs));
        told = Told();
        Assert.Equal((LegHolder.ExposureProtector, opened), (told.Holder, told.Opened));
        Crash();
        Say(LegHolder.ExposureProtector);
        told = Told();
        Assert.Equal((LegHolder.ExposureProtector, opened), (told.Holder, told.Opened));
    }

    [Fact(DisplayName = "In a hand-over the holder lets go first, then the heir takes the very legs; nobody asks for an order, and no two hold them at once")]
    public void In_stages()
    {
        BookIsLocked();
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        Assert.Equal(LegHolder.BandLimitedHedging, Told().Holder);
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Releasing));
        var letGo = Told();
        Assert.Equal((LegHolder.Nobody, Locked), (letGo.Holder, letGo.Legs));
        Bar(100.1m);
        Assert.False(_board.Of(Btc).Face!.Holds);
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Adopting, Locked));
        Assert.Equal(LegHolder.HedgeCompression, Told().Holder);
        Say(LegHolder.HedgeCompression);
        Bar(100.2m);
        Assert.Empty(Heard<Execute>(_execution));
        Assert.Equal("compression-BTCUSDT", _board.Of(Btc).Face!.StrategyId);
        Assert.Equal((2L, 0L), Handed()); // The one from the book, and this one.
    }

    private (long Checked, long Violated) Handed() => Invariants.Counts.Single(c => c.Name == Invariant.HandOverKeepsLegs) is var count ? (count.Checked, count.Violated) : default;

    [Fact(DisplayName = "An heir that takes other legs than were let go of is a violation that is told")]
    public void Takes_other_legs()
    {
        Sys.Stop(_asset);
        Settle();
        Live(Plan with { Strategies = [Plan.Strategies[0], new GreedyPlan(Plan.Strategies[1])] });
        BookIsLocked();
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Releasing));
        Assert.Equal((1L, 0L), Handed());
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Adopting, Locked));
        Assert.Equal((2L, 1L), Handed());
        Assert.Equal("HandOverKeepsLegs: BTCUSDT: hedge-compression was given long 0.8, short 1, and took long 0.8, short 1.5.", Assert.Single(Violations));
    }

    /// <summary>A compression that takes more than it is given.</summary>
    private sealed record GreedyPlan(StrategyPlan Like) : StrategyPlan(Like.StrategyId, Like.Symbol, Like.Instrument)
    {
        public override LegHolder Holder => Like.Holder;
        public override Domain.Refusal? Objection(Domain.TwoLegs.HandOver legs) => null;
        public override Props ToProps(StrategyContext context, StrategyProtocol.Stance stance) => Props.Create(() => new Greedy(Like.Holder));

        private sealed class Greedy : ReceiveActor
        {
            public Greedy(LegHolder holder)
            {
                Receive<StrategyProtocol.Adopt>(a => Context.Parent.Tell(
                    new LegHolding(holder, Holds: true, Ended: false, a.Legs.Legs with { Short = a.Legs.Legs.Short + new Quantity(0.5m) })));
                ReceiveAny(_ => { });
                Context.Parent.Tell(new LegHolding(holder, Holds: false, Ended: false, default));
            }
        }
    }

    [Fact(DisplayName = "A holder that comes to its own end is not started again by its asset: Hermes hears that it ended")]
    public void Ended()
    {
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        _execution.Send(_asset, new StrategyProtocol.Exit("hedge-BTCUSDT", "ada"));
        for (var i = 0; i < 6; i++) Bar(i % 2 == 0 ? 103m : 100m);
        Say(LegHolder.BandLimitedHedging);
        var told = Told();
        Assert.Equal((LegHolder.Nobody, true), (told.Holder, told.Ended));
        Bar(100m);
        Assert.Single(Journal.EventsOf("strategy-hedge-BTCUSDT").OfType<Dolphin.Domain.Hedging.HedgeEvent.Adopted>());
        Assert.Single(Journal.EventsOf("strategy-hedge-BTCUSDT").OfType<Dolphin.Domain.Hedging.HedgeEvent.Terminated>());
    }

    [Fact(DisplayName = "While its orders are open the holder does not let go, and nobody calls that a refusal; it does when they are final")]
    public void Orders_open()
    {
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 103m : 100m);
        var asked = Assert.Single(Heard<Execute>(_execution));
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Releasing));
        Bar(103m);
        var told = Told();
        Assert.Equal(LegHolder.BandLimitedHedging, told.Holder);
        Assert.Null(told.Declined);
        foreach (var leg in Hedges.Legs) _execution.Send(_asset, new LegDone("hedge-BTCUSDT", asked.Targets.Sequence, leg, Quantity.Zero, "cancelled"));
        Settle();
        Assert.Equal(LegHolder.Nobody, Told().Holder);
    }

    [Fact(DisplayName = "What is let go of with the last fill of the last order is what that fill left, and not what was there before it")]
    public void Last_fill()
    {
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        for (var i = 0; i < 4; i++) Bar(i % 2 == 0 ? 103m : 100m);
        var asked = Assert.Single(Heard<Execute>(_execution));
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Releasing));
        foreach (var leg in Hedges.Legs)
        {
            var order = Hedges.Order(asked, leg);
            _execution.Send(_asset, new OrderFilled("hedge-BTCUSDT", asked.Targets.Sequence, FillOf(order, 1, order.Quantity.Base, order.Quantity.Base)));
            Settle();
        }

        var told = Told();
        Assert.Equal((LegHolder.Nobody, asked.Targets.To), (told.Holder, told.Legs));
    }

    [Fact(DisplayName = "An heir that takes the legs after it was given up waiting for gives them back to the one who has them")]
    public void Two_holders()
    {
        BookIsLocked();
        Bar(100m);
        // Slow is whoever stores slowly: the protector takes the legs only when the hedge has them again.
        var stuck = true;
        Journal.Faults = operation => stuck && operation is JournalOperation.Write { PersistenceId: "strategy-protector-BTCUSDT" } ? new JournalFault.Delay(TimeSpan.FromSeconds(5)) : null;
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Adopting, Locked));
        Say(LegHolder.BandLimitedHedging);
        Wait(TimeSpan.FromSeconds(10));
        stuck = false;
        Bar(100m);
        Assert.Equal(LegHolder.BandLimitedHedging, Told().Holder);
        Assert.Single(Journal.EventsOf("strategy-protector-BTCUSDT").OfType<ProtectorEvent.Released>());
    }

    [Fact(DisplayName = "An heir takes nothing but what was let go of: while the book still lacks a fill it waits")]
    public void Other_legs()
    {
        BookIsLocked();
        Bar(100m);
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Adopting, Locked with { Long = new Quantity(0.9m) }));
        Assert.Equal(LegHolder.Nobody, Told().Holder);
        _execution.Send(_asset, new BookProtocol.BookFill(Traded(PositionSide.Long, OrderSide.Buy, 0.1m, 105m), IsExternal: true));
        Bar(100m);
        Assert.Equal(LegHolder.HedgeCompression, Told().Holder);
    }

    [Fact(DisplayName = "After a crash between letting go and taking, the one whom Hermes names takes the legs from the book")]
    public void Crash_between()
    {
        BookIsLocked();
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Releasing));
        Crash();
        Heard<object>(_hermes);
        Bar(100m);
        Say(LegHolder.BandLimitedHedging, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Releasing));
        var again = Told();
        Assert.Equal((LegHolder.Nobody, Locked), (again.Holder, again.Legs));
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, HandOverStage.Adopting, Locked));
        Say(LegHolder.ExposureProtector);
        Assert.Equal(LegHolder.ExposureProtector, Told().Holder);
        Crash();
        Heard<object>(_hermes);
        Say(LegHolder.ExposureProtector);
        Assert.Equal(LegHolder.ExposureProtector, Told().Holder);
        Assert.Single(Journal.EventsOf("strategy-protector-BTCUSDT").OfType<ProtectorEvent.Adopted>());
    }

    [Fact(DisplayName = "An heir that does not want the legs says why, and the old holder takes them back when Hermes says so")]
    public void Declines()
    {
        foreach (var fill in new[] { Traded(PositionSide.Long, OrderSide.Buy, 0.8m, 96m), Traded(PositionSide.Short, OrderSide.Sell, 0.8m, 105m) })
            _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
        Bar(100m);
        var legs = new Legs(new Quantity(0.8m), new Quantity(0.8m));
        Say(LegHolder.Nobody, Order(LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, HandOverStage.Adopting, legs));
        var declined = Told().Declined;
        Assert.Equal((1L, LegHolder.HedgeCompression), (declined!.Number, declined.By));
        Assert.Contains("nothing to compress", declined.Reason, StringComparison.Ordinal);
        Say(LegHolder.BandLimitedHedging);
        var taken = Told();
        Assert.Equal((LegHolder.BandLimitedHedging, legs), (taken.Holder, taken.Legs));
    }

    [Fact(DisplayName = "What no strategy's order brought goes to the holder alone; while nobody holds the legs it is not taken, so that it comes again")]
    public void External()
    {
        BookIsLocked();
        var fill = new ExternalFill(Traded(PositionSide.Long, OrderSide.Sell, 0.1m, 100m), After: 0);
        _execution.Send(_asset, fill);
        Settle();
        Assert.Empty(Heard<FillTaken>(_execution));
        Bar(100m);
        Say(LegHolder.ExposureProtector);
        _execution.Send(_asset, fill);
        Settle();
        Assert.Single(Heard<FillTaken>(_execution));
        Assert.Single(Journal.EventsOf("strategy-protector-BTCUSDT").OfType<ProtectorEvent.ExternalFillBooked>());
        Assert.Empty(Journal.EventsOf("strategy-hedge-BTCUSDT").OfType<Dolphin.Domain.Hedging.HedgeEvent.ExternalFillBooked>());
    }

    [Fact(DisplayName = "While nobody holds the legs a stranger's fill is done with as soon as the book has it: whoever takes the legs takes it with them")]
    public void Nobody_holds()
    {
        BookIsLocked();
        var fill = Traded(PositionSide.Long, OrderSide.Buy, 0.1m, 105m);
        _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
        _execution.Send(_asset, new ExternalFill(fill));
        Settle();
        Assert.Equal(fill.TradeId, Assert.Single(Heard<FillTaken>(_execution)).TradeId);
        Bar(100m);
        Say(LegHolder.HedgeCompression);
        Assert.Equal(new Quantity(0.9m), Told().Legs.Long);
    }

    [Fact(DisplayName = "A stranger's fill that comes while the legs are on their way to an heir is told to the heir, who may have taken them without it")]
    public void While_handing_over()
    {
        BookIsLocked();
        Bar(100m);
        Journal.Faults = operation => operation is JournalOperation.Write { PersistenceId: "strategy-protector-BTCUSDT" } ? new JournalFault.Delay(TimeSpan.FromSeconds(5)) : null;
        Say(LegHolder.ExposureProtector);
        var fill = Traded(PositionSide.Long, OrderSide.Sell, 0.1m, 100m);
        _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
        _execution.Send(_asset, new ExternalFill(fill));
        Settle();
        Assert.Empty(Heard<FillTaken>(_execution));
        Wait(TimeSpan.FromSeconds(10));
        Journal.Faults = static _ => null;
        _execution.Send(_asset, new ExternalFill(fill));
        Settle();
        Assert.Equal(fill.TradeId, Assert.Single(Heard<FillTaken>(_execution)).TradeId);
        Assert.Equal(new Quantity(0.1m), Assert.Single(Journal.EventsOf("strategy-protector-BTCUSDT").OfType<ProtectorEvent.ExternalFillBooked>()).Applied);
    }

    private List<string> Warned => [.. _board.News.Where(n => n.Kind == NotableKind.Warning).Select(n => $"{n.Source}: {n.Text}")];

    private DateTimeOffset Ends(TimeSpan settledIn, TimeSpan closedFor)
    {
        var delivery = Clock + settledIn;
        _rules = new ChangedRules(Btc, "the venue settles it", null, null).EndingAt(delivery, delivery - closedFor);
        return delivery;
    }

    [Fact(DisplayName = "Legs that nobody holds when the venue is about to settle them are told of once for each end that is announced, with what to do; hedging that is given them then closes them")]
    public void Unheld_at_the_end()
    {
        BookIsLocked();
        var delivery = Ends(30 * Minute, closedFor: 28 * Minute);
        Bar(100m);
        Say(LegHolder.Nobody);
        Assert.Empty(Warned); // Not yet.
        for (var i = 0; i < 5; i++) Bar(100m);
        Assert.Equal(
            $"BTCUSDT: nobody holds BTCUSDT's legs (long 0.8, short 1), so nobody closes them, and the venue settles them at {delivery:u}. To let Hermes decide again: dolphin hermes lift BTCUSDT. "
            + "To have them closed with the next bars, after that if an override holds: dolphin hermes override BTCUSDT hedging.", Assert.Single(Warned));
        Assert.Empty(Heard<Execute>(_execution));

        var later = Ends(60 * Minute, closedFor: 60 * Minute);
        for (var i = 0; i < 5; i++) Bar(100m);
        Assert.Contains($"at {later:u}", Warned[1], StringComparison.Ordinal);
        Assert.Equal(2, Warned.Count);

        Say(LegHolder.BandLimitedHedging);
        Bar(100m);
        Assert.Equal((Locked, default), (Assert.Single(Heard<Execute>(_execution)).Targets is var closing ? (closing.From, closing.To) : default));
        Assert.Equal(2, Warned.Count);
    }

    [Fact(DisplayName = "Nothing is told of legs that are flat, held or on their way to somebody, nor when the end is not announced any more or is over")]
    public void Nothing_unheld()
    {
        Ends(60 * Minute, closedFor: 60 * Minute);
        Say(LegHolder.Nobody);
        for (var i = 0; i < 3; i++) Bar(100m); // Flat.
        BookIsLocked();
        Say(LegHolder.Nobody, Order(LegHolder.Nobody, LegHolder.HedgeCompression, HandOverStage.Adopting, Locked with { Long = new Quantity(0.9m) }));
        for (var i = 0; i < 3; i++) Bar(100m); // On their way.
        _rules = null;
        Say(LegHolder.Nobody);
        for (var i = 0; i < 3; i++) Bar(100m);
        _rules = ChangedRules.NotTrading(Btc, "it is SETTLING");
        for (var i = 0; i < 3; i++) Bar(100m);
        Ends(TimeSpan.Zero, closedFor: 60 * Minute);
        for (var i = 0; i < 3; i++) Bar(100m);
        Assert.Empty(Warned);

        Ends(60 * Minute, closedFor: 60 * Minute);
        Bar(100m);
        Assert.Single(Warned); // Of this end: nobody holds them now.

        Ends(90 * Minute, closedFor: 90 * Minute);
        Say(LegHolder.ExposureProtector);
        for (var i = 0; i < 3; i++) Bar(100m); // Held.
        Assert.Single(Warned);
    }

    [Fact(DisplayName = "Legs that come while the end is near and nobody trades are told of then; so are those that whom Hermes names declines")]
    public void Unheld_later()
    {
        Ends(60 * Minute, closedFor: 60 * Minute);
        Say(LegHolder.Nobody);
        Bar(100m);
        Assert.Empty(Warned);
        foreach (var fill in new[] { Traded(PositionSide.Long, OrderSide.Buy, 0.8m, 96m), Traded(PositionSide.Short, OrderSide.Sell, 0.8m, 105m) })
            _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
        Settle();
        Bar(100m);
        Assert.Single(Warned);

        Ends(60 * Minute, closedFor: 58 * Minute);
        Say(LegHolder.HedgeCompression);
        for (var i = 0; i < 4; i++) Bar(100m);
        Assert.Contains(_board.News, n => n.Text.Contains("nothing to compress", StringComparison.Ordinal));
        Assert.Equal(2, Warned.Count);
    }

    [Fact(DisplayName = "A holder that fails is grounded and said to be; bars go on being answered")]
    public void Grounded()
    {
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        Heard<object>(_hermes);
        Sys.ActorSelection($"/user/asset-{_lives}/band-limited-hedging").Tell(Kill.Instance);
        Settle();
        var told = Told();
        Assert.True(told is { Holder: LegHolder.BandLimitedHedging, Grounded: true });
        Assert.Equal("strategy-hedge-BTCUSDT", Assert.Single(_board.Halted).Entity);
        Bar(101m);
    }

    [Fact(DisplayName = "A holder that fails with a bar before it does not keep the feed waiting")]
    public void Grounded_with_a_bar()
    {
        Bar(100m);
        Say(LegHolder.BandLimitedHedging);
        Bar(101m);
        Wait(Minute);
        Sys.ActorSelection($"/user/asset-{_lives}/band-limited-hedging").Tell(Kill.Instance);
        _feed.Send(_asset, Hedges.Bar(Clock - Minute, 102m));
        Settle();
        Assert.Equal("strategy-hedge-BTCUSDT", Assert.Single(_board.Halted).Entity);
        Assert.Equal(Btc, Assert.Single(Heard<MarketProtocol.BarSeen>(_feed)).Symbol);
        Bar(103m);
    }

    private void Say(RegimeGate gate, RiskPosture posture = RiskPosture.Balanced)
    {
        _hermes.Send(_asset, new Assignment(Btc, LegHolder.ExposureProtector, MayOpen: true, posture, HolderPriority.Normal, gate, null));
        Settle();
    }

    private List<string> OfProtector => [.. Journal.EventsOf("strategy-protector-BTCUSDT").Select(e => e.GetType().Name)];

    private void Protected()
    {
        BookIsLocked();
        Bar(100m);
        Say(RegimeGate.Open);
        Bar(100m);
        Heard<object>(_execution);
    }

    private object Stopped(string by = "ada")
    {
        var @operator = CreateTestProbe("operator-" + by);
        @operator.Send(_asset, new StrategyProtocol.Exit("protector-BTCUSDT", by));
        Settle();
        return Assert.Single(Heard<object>(@operator));
    }

    [Theory(DisplayName = "A protector that an operator stopped stays stopped, whatever else Hermes says of it and with or without a crash, until it takes legs over again")]
    [InlineData(false)]
    [InlineData(true)]
    public void Stopped_by_operator(bool crash)
    {
        Protected();
        Assert.Contains("keeps the legs and trades nothing, by ada", Assert.IsType<StrategyProtocol.Done>(Stopped()).What, StringComparison.Ordinal);
        Bar(100m);
        var stopped = OfProtector;
        Assert.Equal("Disabled", stopped[^1]);
        if (crash) Crash();
        Say(RegimeGate.Shut);
        Bar(100m);
        Say(RegimeGate.Shut, RiskPosture.Defensive);
        for (var i = 0; i < 3; i++) Bar(100m);
        Assert.Equal(stopped, OfProtector);
        Say(LegHolder.ExposureProtector, Order(LegHolder.ExposureProtector, LegHolder.BandLimitedHedging, HandOverStage.Releasing));
        Assert.Equal(stopped.Append("Released"), OfProtector);
        Say(LegHolder.Nobody, Order(LegHolder.ExposureProtector, LegHolder.ExposureProtector, HandOverStage.Adopting, Locked));
        Say(LegHolder.ExposureProtector);
        Bar(100m);
        Assert.Equal([.. stopped, "Released", "Adopted", "Enabled"], OfProtector.Take(stopped.Count + 3));
    }

    [Theory(DisplayName = "A protector that a stranger's trade stopped stays stopped, with or without a crash")]
    [InlineData(false)]
    [InlineData(true)]
    public void Stopped_by_stranger(bool crash)
    {
        Protected();
        _execution.Send(_asset, new ExternalFill(Traded(PositionSide.Short, OrderSide.Buy, 0.01m, 100m), 0));
        Settle();
        Bar(100m);
        var stopped = OfProtector;
        Assert.Equal(["ExternalFillBooked", "Disabled"], stopped[^2..]);
        if (crash) Crash();
        Say(RegimeGate.Open);
        for (var i = 0; i < 3; i++) Bar(100m);
        Assert.Equal(stopped, OfProtector);
    }

    [Fact(DisplayName = "A protector that was stopped and has the legs goes on when an operator says so; one that Hermes has not given them does not, and says who decides")]
    public void Goes_on()
    {
        object Resumed()
        {
            var @operator = CreateTestProbe();
            @operator.Send(_asset, new StrategyProtocol.Resume("protector-BTCUSDT", "ada"));
            Settle();
            return Assert.Single(Heard<object>(@operator));
        }

        Assert.Equal("strategy.legs-not-given", Assert.IsType<StrategyProtocol.Refused>(Resumed()).Refusal.Code);
        Protected();
        Stopped();
        Assert.Equal("protector-BTCUSDT goes on, by ada.", Assert.IsType<StrategyProtocol.Done>(Resumed()).What);
        Assert.Equal("Enabled", OfProtector[^1]);
        Stopped();
        Say(LegHolder.Nobody);
        Assert.Equal("strategy.legs-not-given", Assert.IsType<StrategyProtocol.Refused>(Resumed()).Refusal.Code);
        Assert.Equal("Disabled", OfProtector[^1]);
    }

    [Fact(DisplayName = "A protector that is stopped before the first bar after it took legs over does not begin with that bar; one that holds nothing says that there is nothing to stop")]
    public void Stopped_before_the_first_bar()
    {
        Assert.Equal("protector.holds-nothing", Assert.IsType<StrategyProtocol.Refused>(Stopped()).Refusal.Code);
        BookIsLocked();
        Bar(100m);
        Say(RegimeGate.Open);
        Assert.IsType<StrategyProtocol.Done>(Stopped("bob"));
        for (var i = 0; i < 3; i++) Bar(100m);
        Assert.Equal(["Adopted", "Disabled"], OfProtector);
    }

    [Fact(DisplayName = "Whom Hermes itself stopped, because legs were to change hands and then did not, it starts again")]
    public void Stopped_by_hermes()
    {
        Protected();
        Say(LegHolder.Nobody);
        Assert.Equal("Disabled", OfProtector[^1]);
        Say(RegimeGate.Open);
        Assert.Equal("Enabled", OfProtector[^1]);
    }
}
