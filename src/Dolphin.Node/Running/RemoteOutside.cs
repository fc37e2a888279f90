using System.Collections.Frozen;
using System.Collections.Immutable;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>A venue and its market in another process. It may come and go: after each gap execution asks about every order it has open.</summary>
internal sealed class RemoteOutside : IOutside
{
    private readonly OutsidePlan.Remote _plan;
    private readonly FrozenSet<Symbol> _traded;
    private readonly RunBoard _board;
    private readonly ILogger _log;
    private readonly long _epoch;
    private readonly ulong _seed;
    private readonly LateVenue _venue = new();
    private RemoteVenue? _orders;
    private RemoteMarket? _market;

    /// <param name="epoch">Said in the hello, and in every order id.</param>
    /// <param name="seed">Of the waits between attempts to connect.</param>
    public RemoteOutside(OutsidePlan.Remote plan, IEnumerable<Symbol> traded, long epoch, ulong seed, RunBoard board, ILogger log) =>
        (_plan, _traded, _epoch, _seed, _board, _log) = (plan, traded.ToFrozenSet(), epoch, seed, board, log);

    public IVenue Venue => _venue;
    public ImmutableArray<IActorRef> Actors => [];
    public ImmutableArray<string> PersistenceIds => [];

    public Task OpenAsync(TimeSpan patience, CancellationToken cancellation) => Task.CompletedTask; // It runs whether we do or not.

    public void Connect(IActorRef execution, IActorRef feed)
    {
        var (address, venue) = (_plan.Address, _plan.Venue);
        _orders = _venue.Become(() => new RemoteVenue(
            address, venue.Venue, venue.Account, _epoch, RemoteProtocol.DefaultRecvWindow, _seed, TimeProvider.System, signal => OnOrders(signal, execution)));
        _market = new RemoteMarket(address, venue.Venue, _seed + 1, TimeProvider.System, signal => OnMarket(signal, feed));
    }

    public async Task RestAsync(TimeSpan patience)
    {
        if (_market is { } market) await market.DisposeAsync().AsTask().WaitAsync(patience);
        _market = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_market is { } market) await market.DisposeAsync();
        if (_orders is { } orders) await orders.DisposeAsync();
    }

    private void OnOrders(WireSignal<VenueEvent> signal, IActorRef execution)
    {
        switch (signal)
        {
            case WireSignal<VenueEvent>.Connected:
                _log.Information("Orders go to {Venue:l} at {Address:l}; every open one is asked about", _plan.Venue.Venue, _plan.Address.ToString());
                execution.Tell(ExecutionProtocol.WireReturned.Now, ActorRefs.NoSender);
                break;
            case WireSignal<VenueEvent>.Disconnected lost:
                _log.Warning("No orders can be sent to {Address:l}: {Reason:l}. It is tried again", _plan.Address.ToString(), lost.Reason);
                break;
            case WireSignal<VenueEvent>.Said { What: var said } when IsOurs(said):
                execution.Tell(said, ActorRefs.NoSender);
                break;
            default: // Of a symbol that only others trade on this account.
                break;
        }
    }

    private bool IsOurs(VenueEvent said) => said switch
    {
        VenueEvent.FundingPaid e => _traded.Contains(e.Symbol),
        VenueEvent.Liquidated e => _traded.Contains(e.Fill.Symbol),
        _ => true, // Execution knows its own ids.
    };

    private void OnMarket(WireSignal<MarketMessage> signal, IActorRef feed)
    {
        switch (signal)
        {
            case WireSignal<MarketMessage>.Said { What: MarketMessage.Closed closed }:
                _board.Bars += closed.Bars.Length;
                feed.Tell(new MarketProtocol.SliceClosed(closed.ToSlice()), ActorRefs.NoSender);
                break;
            case WireSignal<MarketMessage>.Said { What: MarketMessage.Ended ended }:
                _log.Warning("The venue's recording was over at {At:u}: there are no more bars", ended.At);
                break;
            case WireSignal<MarketMessage>.Disconnected lost:
                _log.Warning("No market from {Address:l}: {Reason:l}. It is tried again", _plan.Address.ToString(), lost.Reason);
                break;
            default: // Openings, marks and rates: nobody here decides by them.
                break;
        }
    }

    /// <summary>Whom the node's actors are given before there is a connection: what they say by then is asked again when there is one.</summary>
    private sealed class LateVenue : IVenue
    {
        private readonly Lock _gate = new();
        private RemoteVenue? _venue;

        // Whoever hears that it is connected may speak at once, and is not to find nobody here.
        public RemoteVenue Become(Func<RemoteVenue> venue)
        {
            lock (_gate) return _venue = venue();
        }

        public void Send(VenueCommand command)
        {
            RemoteVenue? venue;
            lock (_gate) venue = _venue;
            venue?.Send(command);
        }
    }
}
