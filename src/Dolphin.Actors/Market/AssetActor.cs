using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Venues;
using static Dolphin.Actors.Market.MarketProtocol;

namespace Dolphin.Actors.Market;

/// <summary>One asset: parent of its strategy and its book, and the one address under which both are found.</summary>
/// <remarks>
/// Both hold positions, so a failure of either stops and grounds it. A strategy whose book is grounded is grounded too:
/// what cannot be booked is not traded. The other assets go on.
/// </remarks>
public sealed class AssetActor : ReceiveActor
{
    private readonly Symbol _symbol;
    private readonly string _strategyId;
    private readonly IActorRef _feed;
    private readonly IClusterPort _cluster;
    private readonly RunBoard _board;
    private IActorRef _strategy = ActorRefs.Nobody, _book = ActorRefs.Nobody;
    private Exception? _failure;
    private bool _grounded;

    public AssetActor(Symbol symbol, string strategyId, Props strategy, Props book, IActorRef feed, IClusterPort cluster, RunBoard board)
    {
        (_symbol, _strategyId, _feed, _cluster, _board) = (symbol, strategyId, feed, cluster, board);
        Receive<BarClosed>(bar =>
        {
            if (_grounded) Sender.Tell(new BarSeen(_symbol));
            else _strategy.Forward(bar);
        });
        Receive<ExecutionProtocol.OrderFilled>(m => _strategy.Forward(m));
        Receive<ExecutionProtocol.LegDone>(m => _strategy.Forward(m));
        Receive<ExecutionProtocol.ExternalFill>(m => _strategy.Forward(m));
        Receive<VenueEvent.Liquidated>(m => _strategy.Forward(m)); // From an older node.
        Receive<StrategyProtocol.Exit>(m => _strategy.Forward(m));
        Receive<BookProtocol.BookFill>(m => _book.Forward(m));
        Receive<BookProtocol.BookFunding>(m => _book.Forward(m));
        Receive<Journal.DurableProtocol.TakeSnapshot>(m => ToBoth(m));
        Receive<Journal.DurableProtocol.GetStored>(m => ToBoth(m));
        Receive<FeedRestarted>(_ => Attach());
        Receive<Terminated>(OnTerminated);

        void ToBoth(object message)
        {
            _strategy.Forward(message);
            _book.Forward(message);
        }

        (_strategyProps, _bookProps) = (strategy, book);
    }

    private readonly Props _strategyProps, _bookProps;

    protected override void PreStart()
    {
        _book = Context.Watch(Context.ActorOf(_bookProps, "book"));
        _strategy = Context.Watch(Context.ActorOf(_strategyProps, "strategy"));
        _cluster.Subscribe(Topics.Feed, Self);
        Attach();
    }

    private void Attach() => _feed.Tell(new Attach(_symbol));

    protected override SupervisorStrategy SupervisorStrategy() => Supervision.Positions((failure, _) => _failure = failure);

    private void OnTerminated(Terminated terminated)
    {
        if (_grounded) return;
        if (_failure is null && _cluster.RevivesEntities)
        {
            // It did not fail: its journal did not answer, or refused. That passes; the whole asset comes back and recovers.
            Context.GetLogger().Warning("{0} has lost its journal; asset {1} starts again.", terminated.ActorRef.Path.Name, _symbol);
            Context.Stop(Self);
            return;
        }

        _grounded = true;
        var entity = terminated.ActorRef.Equals(_book) ? PositionBookActor.IdOf(_symbol) : HedgeStrategyActor.IdOf(_strategyId);
        _board.Halt(new HaltedEntity(entity, _failure?.Message ?? "It stopped itself; the log says why.", Context.System.Scheduler.Now));
        if (!terminated.ActorRef.Equals(_book)) return;
        _cluster.Publish(Topics.Bookings, new BookProtocol.Grounded(_symbol));
        Context.Stop(_strategy);
    }
}
