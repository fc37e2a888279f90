using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Hermes;

/// <summary>Parent of one Hermes an asset: hands each its own bars, books and answers.</summary>
/// <remarks>Hermes holds no position. One that fails starts again from its journal; one that stays down leaves its asset to who holds it, opening nothing.</remarks>
public sealed class HermesActor : ReceiveActor
{
    private readonly ImmutableSortedDictionary<Symbol, AssetPlan> _plans;
    private readonly HermesGround _ground;
    private readonly Casualties _casualties;
    private readonly Dictionary<Symbol, IActorRef> _assets = [];

    public HermesActor(ImmutableArray<AssetPlan> plans, HermesGround ground)
    {
        (_plans, _ground, _casualties) = (plans.ToImmutableSortedDictionary(p => p.Symbol, p => p), ground, new Casualties(ground.Board));
        Receive<MarketProtocol.SliceClosed>(closed =>
        {
            foreach (ref readonly var bar in closed.Slice.Bars.Span) Of(bar.Symbol).Tell(new MarketProtocol.BarClosed(bar.Bar, closed.Slice.Interval));
        });
        Receive<BookProtocol.Booked>(m => Of(m.Book.Symbol).Forward(m));
        Receive<BookProtocol.Grounded>(_ => { }); // Its asset says so.
        Receive<HermesProtocol.Holding>(m => Of(m.Symbol).Forward(m));
        Receive<HermesProtocol.Override>(m => Of(m.Symbol).Forward(m));
        Receive<HermesProtocol.Lift>(m => Of(m.Symbol).Forward(m));
        Receive<DurableProtocol.TakeSnapshot>(m => ToAll(m));
        Receive<DurableProtocol.GetStored>(m => ToAll(m));
        Receive<Terminated>(OnTerminated);
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        Supervision.Sensors(Context, (failure, directive) => _casualties.Note(Sender, failure, directive));

    protected override void PreStart()
    {
        foreach (var plan in _plans.Values)
        {
            var (risk, board, asset) = (_ground.Risk, _ground.Board, _ground.Assets[plan.Symbol]);
            _assets[plan.Symbol] = Context.Watch(Context.ActorOf(Props.Create(() => new AssetHermesActor(plan, risk, board, asset)), NameOf(_assets.Count)));
        }

        _ground.Cluster.Subscribe(Topics.Slices, Self);
        _ground.Cluster.Subscribe(Topics.Bookings, Self);
        _ground.Cluster.Publish(Topics.BookRequests, BookProtocol.GetBook.Now); // A book may have told what it is before anybody listened.
    }

    // A symbol's name may have letters that no path takes.
    private static string NameOf(int number) => $"hermes-{number}";

    private IActorRef Of(Symbol symbol) => _assets.GetValueOrDefault(symbol, ActorRefs.Nobody);

    private void OnTerminated(Terminated terminated)
    {
        var symbol = _assets.First(a => a.Value.Equals(terminated.ActorRef)).Key;
        _casualties.Tell(terminated.ActorRef, AssetHermesActor.IdOf(symbol), "Whoever holds the legs keeps them, and opens nothing.", Context.GetLogger(), Context.System.Scheduler.Now);
    }

    private void ToAll(object message)
    {
        foreach (var (_, asset) in _assets) asset.Forward(message);
    }
}

/// <summary>What Hermes stands on.</summary>
public sealed record HermesGround(IClusterPort Cluster, RiskBoard Risk, RunBoard Board, AssetDirectory Assets);
