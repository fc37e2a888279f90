using Dolphin.Actors.Market;
using Dolphin.Actors.Venue;
using Dolphin.Venues.Remote;

namespace Dolphin.Node.Running;

/// <summary>What the sockets ask, put to the actors that know.</summary>
internal sealed class VenueDesk(VenueHello hello, IActorRef gate, IActorRef market) : IVenueDesk
{
    // Both are in this process; longer means that they are gone, and the client comes back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public VenueHello Hello { get; } = hello;

    public async Task<string?> EnterAsync(IOrderSession session, OrderRequest.Hello hello, CancellationToken cancellation) =>
        await AskAsync(gate, new VenueGateProtocol.Enter(session, hello), cancellation) is VenueGateProtocol.Refused refused ? refused.Reason : null;

    public void Take(IOrderSession session, OrderRequest.Order order) => gate.Tell(new VenueGateProtocol.Take(session, order), ActorRefs.NoSender);
    public void Leave(IOrderSession session) => gate.Tell(new VenueGateProtocol.Leave(session), ActorRefs.NoSender);

    public async Task<string?> WatchAsync(MarketOutbox reader, CancellationToken cancellation) =>
        await AskAsync(market, new MarketDeskProtocol.Watch(reader), cancellation) is MarketDeskProtocol.Refused refused ? refused.Reason : null;

    public void Unwatch(MarketOutbox reader) => market.Tell(new MarketDeskProtocol.Unwatch(reader), ActorRefs.NoSender);

    public Task<OracleReport> OracleAsync(int newest, CancellationToken cancellation) =>
        gate.Ask<OracleReport>(new VenueGateProtocol.GetOracle(newest), Patience, cancellation);

    private static async Task<object> AskAsync(IActorRef actor, object question, CancellationToken cancellation)
    {
        try
        {
            return await actor.Ask<object>(question, Patience, cancellation);
        }
        catch (AskTimeoutException e)
        {
            throw new IOException($"The venue does not answer itself: {e.Message}", e); // The session ends as if the connection had broken.
        }
    }
}
