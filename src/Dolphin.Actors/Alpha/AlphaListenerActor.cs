using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Alpha;

/// <summary>Writes what is published of alpha onto this process's boards: the one that sizers read, and the one that people see.</summary>
public sealed class AlphaListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public AlphaListenerActor(AlphaBoard board, RunBoard run, IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<AlphaSnapshot>(snapshot =>
        {
            if (board.Publish(snapshot)) run.Alpha = AlphaPicture.Of(snapshot);
        });
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.Alpha, Self);
}
