using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Venues.Remote;
using Serilog;

namespace Dolphin.Node.Running;

/// <summary>The market of a venue in another process, on its way to this node's feed. It may come and go: what was missed is a gap.</summary>
internal sealed class RemoteFeed(OutsidePlan.Remote plan, ulong seed, RunBoard board, ILogger log) : IAsyncDisposable
{
    private RemoteMarket? _market;

    public void Connect(IActorRef feed) =>
        _market = new RemoteMarket(plan.Address, plan.Venue.Venue, seed, TimeProvider.System, signal => Hear(signal, feed));

    public async ValueTask DisposeAsync()
    {
        if (_market is { } market) await market.DisposeAsync();
        _market = null;
    }

    private void Hear(WireSignal<MarketMessage> signal, IActorRef feed)
    {
        switch (signal)
        {
            case WireSignal<MarketMessage>.Said { What: MarketMessage.Closed closed }:
                board.Bars += closed.Bars.Length;
                feed.Tell(new MarketProtocol.SliceClosed(closed.ToSlice()), ActorRefs.NoSender);
                break;
            case WireSignal<MarketMessage>.Said { What: MarketMessage.Funding funding }:
                feed.Tell(new MarketProtocol.FundingTold(funding.Rates), ActorRefs.NoSender);
                break;
            case WireSignal<MarketMessage>.Said { What: MarketMessage.Ended ended }:
                log.Warning("The venue's recording was over at {At:u}: there are no more bars", ended.At);
                break;
            case WireSignal<MarketMessage>.Disconnected lost:
                log.Warning("No market from {Address:l}: {Reason:l}. It is tried again", plan.Address.ToString(), lost.Reason);
                break;
            default: // Openings and marks: nobody here decides by them.
                break;
        }
    }
}
