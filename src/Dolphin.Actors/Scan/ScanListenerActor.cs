using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;

namespace Dolphin.Actors.Scan;

/// <summary>Writes what is published of scans onto the board that people see.</summary>
public sealed class ScanListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public ScanListenerActor(RunBoard board, IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<ScanProtocol.Scanned>(scanned => board.Scan = scanned.Picture);
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.Scan, Self);
}
