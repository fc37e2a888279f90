using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Tests.Funding;

/// <summary>Rates on their way from a market to the board that strategies read.</summary>
public sealed class FundingStories : ActorStage
{
    private static readonly Symbol Eth = new("ETHUSDT");
    private FundingBoard _board = null!;
    private IActorRef _funding = ActorRefs.Nobody;
    private int _lives;

    public FundingStories() => Live();

    private void Live()
    {
        Sys.Stop(_funding);
        Settle();
        var (cluster, board) = (Cluster, _board = new FundingBoard([Btc, Eth]));
        Sys.ActorOf(Props.Create(() => new FundingListenerActor(board, cluster)), $"listener-{++_lives}");
        _funding = Sys.ActorOf(Props.Create(() => new FundingActor(cluster)), $"funding-{_lives}");
        Settle();
    }

    private void Told(bool isForecast, params (Symbol Symbol, DateTimeOffset At, decimal Rate)[] rates)
    {
        var feed = Sys.ActorOf(Props.Create(() => new FeedActor(Cluster)));
        feed.Tell(new MarketProtocol.FundingTold([.. rates.Select(r => new FundingRate(r.Symbol, r.At, r.Rate))], isForecast), ActorRefs.NoSender);
        Settle();
    }

    private ImmutableArray<FundingEvent.Told> Stored => [.. Journal.EventsOf(FundingActor.Id).OfType<FundingEvent.Told>()];

    [Fact(DisplayName = "A rate that is told with the bar it falls due in counts from then on; of a symbol that nobody trades nothing is kept on the board")]
    public void Settles()
    {
        Assert.Null(_board.Read(Btc, Clock));
        Told(false, (Btc, Clock.AddSeconds(30), 0.0001m), (new Symbol("XXXUSDT"), Clock, 0.5m));
        Assert.Null(_board.Read(Btc, Clock));
        Wait(TimeSpan.FromSeconds(30));
        Assert.Equal(0.0001m, _board.Read(Btc, Clock)?.PerEightHours);
        Assert.Null(_board.Read(Eth, Clock));
        Assert.Null(_board.Read(new Symbol("XXXUSDT"), Clock));
    }

    [Fact(DisplayName = "Told again it is stored once, and after a crash without a snapshot it is what it was")]
    public void Survives()
    {
        var at = Clock;
        Told(false, (Eth, at, 0.0003m), (Btc, at, 0.0001m));
        Told(false, (Btc, at, 0.0001m));
        Assert.Equal([new FundingRate(Btc, at, 0.0001m), new FundingRate(Eth, at, 0.0003m)], Assert.Single(Stored).Rates.ToArray());
        var before = (_board.Read(Btc, Clock), _board.Read(Eth, Clock));
        Live();
        Assert.Equal(before, (_board.Read(Btc, Clock), _board.Read(Eth, Clock)));
        Assert.NotNull(before.Item1);
        Told(false, (Btc, at, 0.0001m));
        Assert.Single(Stored);
    }

    [Fact(DisplayName = "Forecasts are not stored; a snapshot has them")]
    public void Forecasts()
    {
        Told(true, (Btc, Clock, -0.0002m));
        Assert.Equal(new FundingQuote(Clock, -0.0002m, IsForecast: true), _board.Read(Btc, Clock));
        Assert.Empty(Stored);
        _funding.Tell(DurableProtocol.TakeSnapshot.Now, ActorRefs.NoSender);
        Settle();
        Live();
        Assert.Equal(new FundingQuote(Clock, -0.0002m, IsForecast: true), _board.Read(Btc, Clock));
    }

    [Fact(DisplayName = "A node that joins later hears within ten minutes what is known")]
    public void Late()
    {
        Told(false, (Btc, Clock, 0.0001m));
        var (cluster, late) = (Cluster, new FundingBoard([Btc]));
        Sys.ActorOf(Props.Create(() => new FundingListenerActor(late, cluster)), "late");
        Settle();
        Assert.Null(late.Read(Btc, Clock));
        Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(0.0001m, late.Read(Btc, Clock)?.PerEightHours);
    }
}
