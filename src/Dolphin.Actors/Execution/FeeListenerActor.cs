using Dolphin.Actors.Cluster;

namespace Dolphin.Actors.Execution;

/// <summary>Writes what execution has seen the venue take onto this process's board.</summary>
public sealed class FeeListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public FeeListenerActor(FeeBoard board, IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<ExecutionProtocol.FeesCharged>(charged => board.Now = charged.Fees);
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.Fees, Self);
}
