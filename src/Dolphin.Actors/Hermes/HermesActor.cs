using System.Collections.Frozen;
using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Hermes;

/// <summary>Parent of one Hermes an asset: hands each its own bars, order books, positions and answers.</summary>
public sealed class HermesActor : RevivingParent
{
    private readonly FrozenDictionary<Symbol, int> _numbers;
    private readonly IClusterPort _cluster;

    public HermesActor(ImmutableArray<AssetPlan> plans, HermesGround ground)
        : base(SingletonNames.Hermes, [.. plans.Select((plan, number) => Place(plan, number, ground))], "Whoever holds the legs keeps them, as daring as it was told last.", ground.Cluster, ground.Board)
    {
        (_numbers, _cluster) = (plans.Select((plan, number) => KeyValuePair.Create(plan.Symbol, number)).ToFrozenDictionary(), ground.Cluster);
        Receive<MarketProtocol.SliceClosed>(closed =>
        {
            foreach (ref readonly var bar in closed.Slice.Bars.Span) Of(bar.Symbol).Tell(new MarketProtocol.BarClosed(bar.Bar, closed.Slice.Interval));
        });
        Receive<MarketProtocol.BooksSeen>(seen =>
        {
            foreach (ref readonly var book in seen.Books.AsSpan()) Of(book.Symbol).Tell(new MarketProtocol.BookSeen(book));
        });
        Receive<BookProtocol.Booked>(m => Of(m.Book.Symbol).Forward(m));
        Receive<BookProtocol.Grounded>(_ => { }); // Its asset says so.
        Receive<HermesProtocol.Holding>(m => Of(m.Symbol).Forward(m));
        Receive<HermesProtocol.Override>(m => Of(m.Symbol).Forward(m));
        Receive<HermesProtocol.Lift>(m => Of(m.Symbol).Forward(m));
        Receive<DurableProtocol.TakeSnapshot>(ForwardToAll);
        Receive<DurableProtocol.GetStored>(ForwardToAll);
    }

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Topics.Slices, Self);
        _cluster.Subscribe(Topics.OrderBooks, Self);
        _cluster.Subscribe(Topics.Bookings, Self);
        AskForBooks(); // A book may have told what it is before anybody listened.
    }

    protected override void OnRevived() => AskForBooks();

    private void AskForBooks() => _cluster.Publish(Topics.BookRequests, BookProtocol.GetBook.Now);

    // A symbol's name may have letters that no path takes: the actor has a number.
    private static ChildPlace Place(AssetPlan plan, int number, HermesGround ground) =>
        new(AssetHermesActor.IdOf(plan.Symbol), $"hermes-{number}", Props.Create(() => new AssetHermesActor(plan, ground.Risk, ground.Board, ground.Assets)));

    private IActorRef Of(Symbol symbol) => _numbers.TryGetValue(symbol, out var number) ? Child(number) : ActorRefs.Nobody;
}

/// <summary>What Hermes stands on.</summary>
public sealed record HermesGround(IClusterPort Cluster, RiskBoard Risk, RunBoard Board, AssetDirectory Assets);
