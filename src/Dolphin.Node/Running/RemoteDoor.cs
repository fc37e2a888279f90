using System.Collections.Frozen;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>The way to a venue in another process: one session for each instance of execution, for as long as that lives.</summary>
internal sealed class RemoteDoor(OutsidePlan.Remote plan, IEnumerable<Symbol> traded, TimeSpan recvWindow, ulong seed, ILogger log) : IVenueDoor
{
    private readonly FrozenSet<Symbol> _traded = traded.ToFrozenSet();

    public IVenue Open(ITenure tenure, IActorRef listener) => new Session(new RemoteVenue(
        plan.Address, plan.Venue.Venue, plan.Venue.Account, tenure.Epoch, recvWindow, seed, TimeProvider.System, signal => Hear(signal, listener),
        () => tenure.Holds));

    private void Hear(WireSignal<VenueEvent> signal, IActorRef listener)
    {
        switch (signal)
        {
            case WireSignal<VenueEvent>.Connected:
                log.Information("Orders go to {Venue:l} at {Address:l}; every open one is asked about", plan.Venue.Venue, plan.Address.ToString());
                listener.Tell(ExecutionProtocol.WireReturned.Now, ActorRefs.NoSender);
                break;
            case WireSignal<VenueEvent>.Disconnected lost:
                log.Warning("No orders can be sent to {Address:l}: {Reason:l}. It is tried again", plan.Address.ToString(), lost.Reason);
                break;
            case WireSignal<VenueEvent>.Said { What: var said } when IsOurs(said):
                listener.Tell(said, ActorRefs.NoSender);
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

    private sealed class Session(RemoteVenue venue) : IVenue, IDisposable
    {
        public void Send(VenueCommand command) => venue.Send(command);

        // Nobody waits for the goodbye: whoever ends must not be held up by a venue that does not answer.
        public void Dispose() => _ = venue.DisposeAsync().AsTask().ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
    }
}
