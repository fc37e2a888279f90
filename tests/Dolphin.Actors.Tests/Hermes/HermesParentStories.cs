using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using static Dolphin.Actors.Hermes.HermesProtocol;

namespace Dolphin.Actors.Tests.Hermes;

/// <summary>The parent of all Hermes: what becomes of one whose journal is away, and whom they speak to.</summary>
public sealed class HermesParentStories : ActorStage
{
    private readonly AssetDirectory _assets = new();
    private readonly TestProbe _asset, _books;
    private readonly IActorRef _hermes;

    public HermesParentStories()
    {
        (_asset, _books) = (CreateTestProbe("asset"), CreateTestProbe("books"));
        Cluster.Subscribe(Topics.BookRequests, _books.Ref);
        var ground = new HermesGround(new RevivingCluster(Cluster), Risk, Board, _assets);
        _hermes = Sys.ActorOf(Props.Create(() => new HermesActor(new[] { HandOverStories.Plan }.ToImmutableArray(), ground)), "hermes");
        Settle();
    }

    private void Override(string why)
    {
        _asset.Send(_hermes, new Override(Btc, "ada", why, LegHolder.ExposureProtector, Posture: null, For: null));
        Settle();
    }

    [Fact(DisplayName = "Assets that are known only after Hermes began are spoken to all the same")]
    public void Directory_opens_later()
    {
        _assets.Open([KeyValuePair.Create(Btc, _asset.Ref)]);
        Override("a delisting");
        Assert.Equal(Btc, Assert.Single(Heard<Assignment>(_asset)).Symbol);
    }

    [Fact(DisplayName = "What the feed sees of all order books each asset's Hermes hears of its own, and keeps")]
    public void Order_books()
    {
        var book = new BookSummary(Btc, Clock, IsValid: true, new BestQuote(Price.Of(99m), new Quantity(1m)), new BestQuote(Price.Of(101m), new Quantity(1m)), 40_000, 30_000, Clock, 1, 0, 0, 0);
        Cluster.Publish(Topics.OrderBooks, new MarketProtocol.BooksSeen([book, book with { Symbol = new Symbol("ELSEUSDT"), BidNotional = 1 }]));
        _asset.Send(_hermes, DurableProtocol.GetStored.Now);
        Settle();
        var regime = ((HermesSnapshot)Assert.Single(Heard<DurableProtocol.StoredState>(_asset)).State).Regime;
        Assert.Equal((200d, 30_000d), (regime.Spread.Value, regime.Depth.Value));
    }

    [Fact(DisplayName = "In a cluster one whose journal was away starts again after a pause, knows what it knew, and asks for the books")]
    public void Journal_away()
    {
        _assets.Open([KeyValuePair.Create(Btc, _asset.Ref)]);
        Override("a delisting");
        Assert.Single(Heard<BookProtocol.GetBook>(_books));
        Journal.Faults = operation => operation is JournalOperation.Write ? new JournalFault.Fail("gone") : null;
        _asset.Send(_hermes, new Lift(Btc, "ada", "it is over"));
        Settle();
        Journal.Faults = static _ => null;
        Heard<object>(_asset);
        Wait(TimeSpan.FromSeconds(6));
        Assert.Single(Heard<Assignment>(_asset));
        Assert.Single(Heard<BookProtocol.GetBook>(_books));
        Assert.Empty(Board.Halted);
        _asset.Send(_hermes, new Lift(Btc, "ada", "it is over"));
        Settle();
        Assert.Single(Heard<HermesProtocol.Done>(_asset));
    }
}
