using Dolphin.Actors.Cluster;

namespace Dolphin.Actors.Funding;

/// <summary>Writes what is published of funding onto this process's board.</summary>
public sealed class FundingListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public FundingListenerActor(FundingBoard board, IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<FundingProtocol.Known>(known =>
        {
            foreach (var symbol in known.Symbols) board.Publish(symbol);
        });
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.FundingRates, Self);
}
