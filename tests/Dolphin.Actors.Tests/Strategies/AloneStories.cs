using Dolphin.Actors.Execution;
using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Tests.Strategies;

/// <summary>A strategy that has its asset for itself, and legs that somebody else opened.</summary>
public sealed class AloneStories : ActorStage
{
    private readonly TestProbe _execution, _feed;
    private IActorRef _asset = ActorRefs.Nobody;
    private RunBoard _board = new([]);
    private long _trade;

    public AloneStories()
    {
        (_execution, _feed) = (CreateTestProbe("execution"), CreateTestProbe("feed"));
        Assess(Dolphin.Domain.Survival.Posture.Apex);
    }

    private static StrategyPlan Compression => CompressionOf(new CompressionSettings { WarmUpBars = 2 });

    private static CompressionPlan CompressionOf(CompressionSettings settings)
    {
        var errors = new List<string>();
        var policy = CompressionPolicy.Create(settings, "test", errors) ?? throw new ArgumentException(string.Join(' ', errors));
        return new CompressionPlan("compression-BTCUSDT", Btc, policy, Instrument);
    }

    private static StrategyPlan Protector => ProtectorOf(new ProtectorSettings());

    private static ProtectorPlan ProtectorOf(ProtectorSettings settings)
    {
        var errors = new List<string>();
        var policy = ProtectorPolicy.Create(settings, "test", errors) ?? throw new ArgumentException(string.Join(' ', errors));
        return new ProtectorPlan("protector-BTCUSDT", Btc, policy, Instrument);
    }

    private void Stand(StrategyPlan strategy)
    {
        var plan = AssetPlan.Alone(strategy, new Money(20_000m));
        var board = _board = new RunBoard([plan]);
        var (cluster, invariants, slot) = (Cluster, Invariants, board.Of(Btc));
        var ground = new AssetGround(
            new StrategyContext(_execution.Ref, Risk, board, Invariants, new FeeBoard(Fees)), Props.Create(() => new PositionBookActor(Btc, cluster, invariants, slot)), _feed.Ref, ActorRefs.Nobody,
            Cluster, board);
        _asset = Sys.ActorOf(Props.Create(() => new AssetActor(plan, ground)), "asset");
        Settle();
        Heard<object>(_feed);
    }

    private void Bar(decimal price)
    {
        Wait(Minute);
        Assess(Dolphin.Domain.Survival.Posture.Apex);
        _feed.Send(_asset, Hedges.Bar(Clock - Minute, price));
        Settle();
    }

    private Fill Bought(PositionSide leg, decimal quantity, decimal price) => new(
        new ClientOrderId($"web_{++_trade}"), _trade, Btc, leg, leg.Increasing(), Price.Of(price), new Quantity(quantity), Money.Zero, IsMaker: false, new Quantity(quantity), Clock);

    private void TellBook(Fill fill) => _execution.Send(_asset, new BookProtocol.BookFill(fill, IsExternal: true));
    private void TellStrategy(Fill fill) => _execution.Send(_asset, new ExternalFill(fill));
    private List<CompressionEvent.Adopted> Adopted => [.. Journal.EventsOf("strategy-compression-BTCUSDT").OfType<CompressionEvent.Adopted>()];

    private void Tell(Fill fill)
    {
        TellBook(fill);
        TellStrategy(fill);
        Settle();
    }

    /// <summary>Both legs under water: longs bought at 105, shorts sold at 96.</summary>
    private void Lock()
    {
        Tell(Bought(PositionSide.Long, 0.8m, 105m));
        Tell(Bought(PositionSide.Short, 1.0m, 96m));
    }

    [Fact(DisplayName = "It takes over legs that a stranger opened with the first bar, as the book has them; the fills it was told of are not added to them")]
    public void Takes_over()
    {
        Stand(Compression);
        Lock();
        Assert.Equal([1L, 2L], Heard<FillTaken>(_execution).Select(t => t.TradeId));
        Assert.Empty(Adopted);
        Bar(100m);
        Assert.Equal(new Legs(new Quantity(0.8m), new Quantity(1.0m)), Assert.Single(Adopted).Legs.Legs);
        Bar(100m);
        Assert.Single(Adopted);
    }

    [Fact(DisplayName = "While the book lacks a fill that the strategy was told of, the legs are not taken over: that fill would be missing for good")]
    public void Book_lags()
    {
        Stand(Compression);
        Lock();
        var late = Bought(PositionSide.Long, 0.1m, 105m);
        TellStrategy(late);
        Bar(100m);
        Assert.Empty(Adopted);
        TellBook(late);
        Bar(100m);
        Assert.Equal(new Quantity(0.9m), Assert.Single(Adopted).Legs.Legs.Long);
    }

    [Fact(DisplayName = "Legs that it will not have are offered with every bar, and people are told so once: again when the legs have changed, or what is said of them")]
    public void Declines()
    {
        Stand(Protector);
        Tell(Bought(PositionSide.Long, 1m, 100m)); // One leg alone has no share that trimming could change.
        for (var i = 0; i < 5; i++) Bar(100m + i);
        Assert.Contains("of long 1 and short 0", Assert.Single(_board.News).Text, StringComparison.Ordinal);
        Tell(Bought(PositionSide.Long, 1m, 100m));
        for (var i = 0; i < 3; i++) Bar(100m + i);
        Assert.Equal(2, _board.News.Length);
        Assert.Contains("of long 2 and short 0", _board.News[^1].Text, StringComparison.Ordinal);
        Tell(Bought(PositionSide.Short, 2m, 100m)); // It was asked all the time: now it has them.
        Bar(100m);
        Assert.Equal(2, _board.News.Length);
        Assert.Single(Journal.EventsOf("strategy-protector-BTCUSDT").OfType<ProtectorEvent.Adopted>());
    }

    [Fact(DisplayName = "People see what compression has earned and what is still locked: nothing of one that has never held legs")]
    public void Compression_is_shown()
    {
        Stand(Compression);
        Bar(100m);
        Assert.Null(RunPicture.Compression(_board));
        Lock();
        Bar(100m);
        var face = Assert.Single(RunPicture.Compression(_board)!.Value);
        Assert.Equal((Btc, CompressionMode.Active, new Money(-8.1m), Money.Zero), (face.Symbol, face.Mode, face.LockedLossLeft, face.Pnl)); // 1.8 held, each half of 105 - 96.
        Tell(Bought(PositionSide.Long, 0.1m, 105m) with { Side = OrderSide.Sell, Price = Price.Of(101.5m) }); // Somebody closes a part, a unit of it above the middle of the gap.
        face = Assert.Single(RunPicture.Compression(_board)!.Value);
        Assert.Equal((new Money(-0.45m), new Money(0.1m), new Money(-0.35m), new Money(-7.65m)), (face.LockedLossReleased, face.SwingGains, face.Pnl, face.LockedLossLeft));
    }

    [Fact(DisplayName = "People see where the protector stands at the newest bar, stored or not: drift, supervision, and what it still waits for")]
    public void Protector_is_shown()
    {
        Stand(Protector);
        Bar(100m);
        Assert.Null(RunPicture.Protectors(_board)); // It has held nothing.
        Tell(Bought(PositionSide.Long, 2m, 100m));
        Tell(Bought(PositionSide.Short, 1m, 100m));
        for (var i = 0; i < 3; i++) Bar(100m);
        var report = Assert.Single(RunPicture.Protectors(_board)!.Value).Report;
        Assert.Equal((ProtectorMode.Enabled, 0.1667m, Domain.Protection.Supervision.Severe, "an order is open"), (report.Mode, decimal.Round(report.Drift!.Value, 4), report.Supervision!.Value, report.CooldownText));
        Assert.Equal((100m, TimeSpan.FromSeconds(120)), (report.Anchor!.Value.QuotePerBase, report.Cooldown!.Value.Wait));
        var stored = Journal.EventsOf("strategy-protector-BTCUSDT").Length;
        Bar(100.1m);
        Assert.Equal(stored, Journal.EventsOf("strategy-protector-BTCUSDT").Length);
        var next = Assert.Single(RunPicture.Protectors(_board)!.Value).Report.Cooldown!.Value;
        Assert.Equal((TimeSpan.FromSeconds(60), 0.003m), (next.Wait, next.Move));
    }

    private List<HedgeEvent> Hedged => [.. Journal.EventsOf(StrategyIds.PersistenceIdOf(Strategy)).OfType<HedgeEvent>()];

    [Fact(DisplayName = "A hedge that has never started takes over the legs it finds, as the book has them, and opens none beside them")]
    public void Hedge_takes_over()
    {
        Stand(Hedges.Plan);
        Lock();
        for (var i = 0; i < 6; i++) Bar(100m);
        var adopted = Assert.Single(Hedged.OfType<HedgeEvent.Adopted>());
        Assert.Equal((new Legs(new Quantity(0.8m), new Quantity(1.0m)), "plan", 100m), (adopted.Legs.Legs, adopted.By, adopted.Mark.QuotePerBase));
        Assert.DoesNotContain(Hedged, e => e is HedgeEvent.Started or HedgeEvent.CycleOpened);
        Assert.Equal(new Legs(new Quantity(0.8m), new Quantity(1.0m)), Hedged.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Legs);
    }

    [Fact(DisplayName = "A hedge on a book that nobody has traded starts with the first bar")]
    public void Hedge_starts()
    {
        Stand(Hedges.Plan);
        Bar(100m);
        Assert.IsType<HedgeEvent.Started>(Assert.Single(Hedged));
    }

    [Fact(DisplayName = "Legs that were opened and closed before a hedge has started are none: it opens its own as usual")]
    public void Hedge_finds_nothing()
    {
        Stand(Hedges.Plan);
        var bought = Bought(PositionSide.Long, 0.8m, 105m);
        Tell(bought);
        Tell(bought with { TradeId = ++_trade, Side = OrderSide.Sell });
        for (var i = 0; i < 4; i++) Bar(100m + i % 2); // A price that never moves is one to pause at.
        Assert.True(Assert.Single(Hedged.OfType<HedgeEvent.Adopted>()).Legs.Legs.AreFlat);
        Assert.Single(Hedged.OfType<HedgeEvent.CycleOpened>());
        Assert.Equal(1, Hedged.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Incarnation);
    }

    [Fact(DisplayName = "A hedge whose book lacks a fill that it was told of asks with every bar until the book has it, and neither starts nor trades meanwhile")]
    public void Hedge_waits()
    {
        Stand(Hedges.Plan);
        var late = Bought(PositionSide.Long, 0.1m, 105m);
        TellStrategy(late);
        for (var i = 0; i < 4; i++) Bar(100m);
        Assert.DoesNotContain(Hedged, e => e is not HedgeEvent.ExternalFillBooked);
        TellBook(late);
        Bar(100m);
        Assert.Equal(new Quantity(0.1m), Assert.Single(Hedged.OfType<HedgeEvent.Adopted>()).Legs.Legs.Long);
    }

    private object Asked(object request)
    {
        var @operator = CreateTestProbe();
        @operator.Send(_asset, request);
        Settle();
        return Assert.Single(Heard<object>(@operator));
    }

    private string Resumed(string strategy) => Asked(new StrategyProtocol.Resume(strategy, "ada")) switch
    {
        StrategyProtocol.Done done => done.What,
        StrategyProtocol.Refused { Refusal: var refusal } => refusal.Code,
        var other => throw new InvalidOperationException($"{other}"),
    };

    [Fact(DisplayName = "A hedge that has ended goes on when an operator says so, and not before; one that is leaving leaves")]
    public void Hedge_goes_on()
    {
        Stand(Hedges.Plan);
        Assert.Equal("hedge.cannot-start", Resumed(Strategy)); // It has not begun.
        Bar(100m);
        Assert.IsType<StrategyProtocol.Done>(Asked(new StrategyProtocol.Exit(Strategy, "ada")));
        Assert.Equal("hedge.is-leaving", Resumed(Strategy));
        for (var i = 0; i < 6; i++) Bar(100m + i % 2);
        Assert.Equal(HedgeMode.Terminated, Hedged.Aggregate(HedgeState.Initial, HedgeDecider.Evolve).Mode);
        Assert.Equal($"{Strategy} goes on, by ada.", Resumed(Strategy));
        Assert.Equal((2, "ada"), Hedged.OfType<HedgeEvent.Started>().Last() is var started ? (started.Incarnation, started.By) : default);
        Assert.Equal($"{Strategy} goes on already; nothing changed.", Resumed(Strategy));
        Assert.Equal(2, Hedged.OfType<HedgeEvent.Started>().Count());
        for (var i = 0; i < 6; i++) Bar(100m + i % 2);
        Assert.Single(Hedged.OfType<HedgeEvent.CycleOpened>());
    }

    [Fact(DisplayName = "A protector that a stranger's trade stopped stays so until an operator says that it is to go on: then it trims again")]
    public void Protector_goes_on()
    {
        Stand(Protector);
        Assert.Equal("protector.holds-nothing", Resumed("protector-BTCUSDT"));
        Tell(Bought(PositionSide.Long, 1m, 100m));
        Tell(Bought(PositionSide.Short, 1m, 100m));
        for (var i = 0; i < 2; i++) Bar(100m);
        Tell(Bought(PositionSide.Short, 0.5m, 100m) with { Side = OrderSide.Buy });
        for (var i = 0; i < 5; i++) Bar(100m);
        Assert.Empty(Heard<Execute>(_execution));
        Assert.Equal("BTCUSDT Short: bought 0.5 at 100 by web_3, no order of this strategy: the venue's own doing, panic, or somebody who trades beside it. It keeps what is left and trades nothing until dolphin resume protector-BTCUSDT.",
            _board.News[^1].Text);
        Assert.IsType<ProtectorEvent.Disabled>(Journal.EventsOf("strategy-protector-BTCUSDT")[^1]);
        Assert.Equal("protector-BTCUSDT goes on, by ada.", Resumed("protector-BTCUSDT"));
        Assert.Equal("ada", Assert.IsType<ProtectorEvent.Enabled>(Journal.EventsOf("strategy-protector-BTCUSDT")[^1]).By);
        var trim = FirstOrder(_ => 100m).Targets;
        Assert.True(trim.To.Long < trim.From.Long && trim.To.Short == trim.From.Short);
    }

    [Fact(DisplayName = "Nobody has to tell a compression to go on: it begins by itself, and says so")]
    public void Compression_goes_on()
    {
        Stand(Compression);
        Assert.Equal("compression.not-active", Resumed("compression-BTCUSDT"));
        Lock();
        Bar(100m);
        Assert.Equal("compression-BTCUSDT goes on already; nothing changed.", Resumed("compression-BTCUSDT"));
        Assert.IsType<StrategyProtocol.Done>(Asked(new StrategyProtocol.Exit("compression-BTCUSDT", "ada")));
        Assert.Equal("compression.is-leaving", Resumed("compression-BTCUSDT"));
    }

    [Theory(DisplayName = "A protector that is asked to logs each order, and once why there is none; one that is not logs neither")]
    [InlineData(true)]
    [InlineData(false)]
    public void Debug_orders(bool asked)
    {
        Stand(ProtectorOf(new ProtectorSettings { DebugOrders = asked }));
        Tell(Bought(PositionSide.Long, 0.5m, 100m));
        Tell(Bought(PositionSide.Short, 1.5m, 100m));
        Bar(100m); // It takes over, and is enabled with the next.
        Bar(100m);
        EventFilter.Info(contains: "protector-BTCUSDT: buy 0.").Expect(asked ? 1 : 0, () => Bar(100m));
        EventFilter.Info(contains: "protector-BTCUSDT: no order: one is open").Expect(asked ? 1 : 0, () =>
        {
            Bar(100m);
            Bar(100m);
        });
    }

    [Theory(DisplayName = "A compression that reads its market's regime itself passes the swings of one that trends, or that it does not know yet; it goes on after a crash as it would have")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Own_regime(bool trends, bool crashes)
    {
        var errors = new List<string>();
        var regime = RegimePolicy.Create(new RegimeSettings { Slot = Minute, EfficiencyWindow = 8 * Minute, VarianceRatioWindow = 12 * Minute, VarianceRatioLag = 2 * Minute, VolOfVolWindow = 8 * Minute }, "test", errors);
        Assert.Empty(errors);
        var plan = CompressionOf(new CompressionSettings { WarmUpBars = 2, MaxVolatility = 1m }) with { Regime = regime };
        Stand(plan);
        Lock();
        for (var i = 0; i < 8; i++) Bar(i % 2 == 0 ? 100m : 99.4m); // Swings that end before anything is known.
        Assert.Equal("compression.regime-shut", Assert.Single(Passed).Code);
        if (trends) for (var i = 0; i < 16; i++) Bar(97m + i * 0.2m);
        if (crashes)
        {
            _execution.Send(_asset, Dolphin.Actors.Journal.DurableProtocol.TakeSnapshot.Now);
            Settle();
            Sys.Stop(_asset);
            Settle();
            Stand(plan);
        }

        foreach (var price in trends ? (decimal[])[100.6m, 101.2m, 100.6m] : [100m, 99.4m, 100m, 99.4m]) Bar(price);
        Assert.Equal(trends, !Stored.Any(e => e.Orders is not null));
    }

    [Fact(DisplayName = "A compression that has its lock is watched: what makes gross smaller is counted, and a fill that makes it larger is a violation that is told")]
    public void Compression_is_watched()
    {
        Stand(CompressionOf(new CompressionSettings { WarmUpBars = 2, MaxVolatility = 1m }));
        Lock();
        var asked = FirstOrder(i => i % 2 == 0 ? 100m : 99.4m);
        Fill(asked);
        Assert.True(Assert.IsType<CompressionState>(_board.Of(Btc).Compression).Locked);
        for (var i = 0; i < 12 && Counted(Invariant.CompressionNeverGrows) == 0; i++) Bar(i % 2 == 0 ? 100m : 99.4m);
        Assert.True(Counted(Invariant.CompressionNeverGrows) > 0);
        Assert.Empty(Violations);
        Enlarge(asked, PositionSide.Long);
        Assert.Equal("CompressionNeverGrows: strategy-compression-BTCUSDT: trade 99 of wrong-99 makes Long larger, by 0.1.", Assert.Single(Violations));
    }

    [Fact(DisplayName = "A protector is watched: orders and fills that make a leg smaller are counted, and a fill that makes one larger is a violation that is told")]
    public void Protector_is_watched()
    {
        Stand(Protector);
        Tell(Bought(PositionSide.Long, 0.5m, 100m));
        Tell(Bought(PositionSide.Short, 1.5m, 100m));
        var asked = FirstOrder(_ => 100m);
        Fill(asked);
        Assert.Equal(2, Counted(Invariant.ProtectorNeverEnlarges)); // The order and its fill.
        Assert.Empty(Violations);
        Enlarge(asked, PositionSide.Short);
        Assert.Equal("ProtectorNeverEnlarges: strategy-protector-BTCUSDT: trade 99 of wrong-99 makes Short larger, by 0.1.", Assert.Single(Violations));
    }

    private long Counted(Invariant invariant) => Invariants.Counts.Single(c => c.Name == invariant).Checked;

    private Execute FirstOrder(Func<int, decimal> price)
    {
        for (var i = 0; i < 30; i++)
        {
            Bar(price(i));
            if (Heard<Execute>(_execution) is [var asked, ..]) return asked;
        }
        throw new InvalidOperationException("It has asked for no order.");
    }

    private void Fill(Execute asked)
    {
        foreach (var leg in (ReadOnlySpan<PositionSide>)[PositionSide.Long, PositionSide.Short])
        {
            if (asked.Targets.To[leg] == asked.Targets.From[leg]) continue;
            var order = Hedges.Order(asked, leg);
            var fill = new Fill(order.Id, ++_trade, Btc, leg, order.Side, asked.Targets.DecisionPrice, order.Quantity, Money.Zero, IsMaker: false, order.Quantity, Clock);
            _execution.Send(_asset, new OrderFilled(asked.StrategyId, asked.Targets.Sequence, fill));
            _execution.Send(_asset, new LegDone(asked.StrategyId, asked.Targets.Sequence, leg, order.Quantity, "filled"));
            Settle();
        }
    }

    // No order of ours can bring it: a venue that fills on the wrong side can.
    private void Enlarge(Execute asked, PositionSide leg)
    {
        var wrong = new Fill(new ClientOrderId("wrong-99"), 99, Btc, leg, leg.Increasing(), Price.Of(100m), new Quantity(0.1m), Money.Zero, IsMaker: false, new Quantity(0.1m), Clock);
        _execution.Send(_asset, new OrderFilled(asked.StrategyId, asked.Targets.Sequence, wrong));
        Settle();
    }

    private List<CompressionEvent> Stored => [.. Journal.EventsOf("strategy-compression-BTCUSDT").OfType<CompressionEvent>()];
    private IEnumerable<CompressionEvent.SwingPassed> Passed => Stored.OfType<CompressionEvent.SwingPassed>();
}
