using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Tests.Hedging;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
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

    private static StrategyPlan Compression
    {
        get
        {
            var errors = new List<string>();
            var policy = CompressionPolicy.Create(new CompressionSettings { WarmUpBars = 2 }, "test", errors) ?? throw new ArgumentException(string.Join(' ', errors));
            return new CompressionPlan("compression-BTCUSDT", Btc, policy, Instrument);
        }
    }

    private static StrategyPlan Protector
    {
        get
        {
            var errors = new List<string>();
            var policy = ProtectorPolicy.Create(new ProtectorSettings(), "test", errors) ?? throw new ArgumentException(string.Join(' ', errors));
            return new ProtectorPlan("protector-BTCUSDT", Btc, policy, Instrument);
        }
    }

    private void Stand(StrategyPlan strategy)
    {
        var plan = AssetPlan.Alone(strategy, new Money(20_000m));
        var board = _board = new RunBoard([plan]);
        var (cluster, invariants, slot) = (Cluster, Invariants, board.Of(Btc));
        var ground = new AssetGround(
            new StrategyContext(_execution.Ref, Risk, board, Invariants, Fees), Props.Create(() => new PositionBookActor(Btc, cluster, invariants, slot)), _feed.Ref, ActorRefs.Nobody,
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
}
