using Dolphin.Actors.Cluster;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Tests.Market;

/// <summary>Bars never queue.</summary>
public sealed class FeedStories : ActorStage
{
    private static readonly Symbol Eth = new("ETHUSDT");
    private readonly TestProbe _slow, _quick, _topic;
    private readonly IActorRef _feed;

    public FeedStories()
    {
        (_slow, _quick, _topic) = (CreateTestProbe("slow"), CreateTestProbe("quick"), CreateTestProbe("topic"));
        Cluster.Subscribe(Topics.Slices, _topic.Ref);
        var cluster = Cluster;
        Sys.ActorOf(Props.Create(() => new Core(Props.Create(() => new FeedActor(cluster)))), "core");
        _feed = Resolve("/user/core/feed");
        AttachBoth();
    }

    /// <summary>Supervises as a node does.</summary>
    private sealed class Core(Props feed) : ReceiveActor
    {
        protected override void PreStart() => Context.ActorOf(feed, "feed");
        protected override SupervisorStrategy SupervisorStrategy() => Supervision.Core(Context, (_, _) => { });
    }

    private void AttachBoth()
    {
        _slow.Send(_feed, new Attach(Btc));
        _quick.Send(_feed, new Attach(Eth));
        Settle();
    }

    private void Close(int minute, decimal open, decimal high, decimal low, decimal close)
    {
        var bar = new Bar(minute * 60_000L, Price.Of(open), Price.Of(high), Price.Of(low), Price.Of(close), new Quantity(1m));
        _feed.Tell(new SliceClosed(new MarketSlice(bar.OpenTimeMs, Minute, new[] { new SymbolBar(Btc, bar), new SymbolBar(Eth, bar) })), ActorRefs.NoSender);
        Settle();
        foreach (var _ in Heard<BarClosed>(_quick)) _quick.Send(_feed, new BarSeen(Eth));
        Settle();
    }

    [Fact(DisplayName = "An asset that is slow gets one bar that says what all it missed said, and holds nobody else up")]
    public void Merged()
    {
        Close(0, 100m, 101m, 99m, 100m);
        Assert.Equal(0, Assert.Single(Heard<BarClosed>(_slow)).Bar.OpenTimeMs);
        Close(1, 100m, 107m, 100m, 105m);
        Close(2, 105m, 106m, 93m, 94m);
        Close(3, 94m, 95m, 94m, 95m);
        Assert.Empty(Heard<BarClosed>(_slow));
        _slow.Send(_feed, new BarSeen(Btc));
        var merged = Assert.Single(Heard<BarClosed>(_slow)).Bar;
        Assert.Equal((180_000L, 100m, 107m, 93m, 95m, 3m), (merged.OpenTimeMs, merged.Open.QuotePerBase, merged.High.QuotePerBase, merged.Low.QuotePerBase, merged.Close.QuotePerBase, merged.Volume.Base));
        _slow.Send(_feed, new BarSeen(Btc));
        Assert.Empty(Heard<BarClosed>(_slow));
        Close(4, 95m, 96m, 95m, 96m);
        Assert.Equal(240_000L, Assert.Single(Heard<BarClosed>(_slow)).Bar.OpenTimeMs);
    }

    [Fact(DisplayName = "Sensors hear of every slice, whoever is slow")]
    public void Topic()
    {
        for (var minute = 0; minute < 5; minute++) Close(minute, 100m, 100m, 100m, 100m);
        Assert.Equal(5, Heard<SliceClosed>(_topic).Count);
    }

    [Fact(DisplayName = "An asset that has left this node gets no more bars, and the others do")]
    public void Gone()
    {
        Sys.Stop(_slow.Ref);
        Settle();
        var dead = CreateTestProbe("dead");
        Sys.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));
        Close(0, 100m, 101m, 99m, 100m);
        Assert.Empty(Heard<DeadLetter>(dead));
        Close(1, 101m, 101m, 99m, 100m);
        Assert.Equal(2, Heard<SliceClosed>(_topic).Count);
    }

    [Fact(DisplayName = "A feed that was restarted tells so on its node, and serves those who attach again")]
    public void Restarted()
    {
        var assets = CreateTestProbe("assets");
        Cluster.Subscribe(Topics.Feed, assets.Ref);
        _feed.Tell(Kill.Instance);
        Assert.Single(Heard<FeedRestarted>(assets));
        Close(0, 100m, 101m, 99m, 100m);
        Assert.Empty(Heard<BarClosed>(_slow));
        AttachBoth();
        Close(1, 100m, 101m, 99m, 100m);
        Assert.Equal(60_000L, Assert.Single(Heard<BarClosed>(_slow)).Bar.OpenTimeMs);
    }
}
