using Dolphin.Actors.Cluster;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Survival;

/// <summary>Writes what the controller publishes onto this process's board: the near cache that every sizer reads.</summary>
public sealed class RiskListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public RiskListenerActor(RiskBoard board, IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<RiskSnapshot>(snapshot => board.Publish(snapshot, Context.System.Scheduler.Now));
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.Risk, Self);
}
