using Dolphin.Actors.Cluster;
using Dolphin.Actors.Node;
using Dolphin.Domain.SizeLearning;

namespace Dolphin.Actors.Sizing;

/// <summary>Writes what is published of account and learner onto this process's boards.</summary>
public sealed class SizingListenerActor : ReceiveActor
{
    private readonly IClusterPort _cluster;

    public SizingListenerActor(SizingPlan plan, SizingBoard board, RunBoard run, IClusterPort cluster)
    {
        _cluster = cluster;
        Receive<SizingProtocol.Measured>(measured => board.Account = measured);
        Receive<SizingProtocol.Enveloped>(enveloped => board.Envelope = enveloped);
        Receive<SizingProtocol.Learned>(learned =>
        {
            board.Learner = learned.State;
            if (plan.Policy.Learning is { } policy) run.SizeLearning = SizeReport.Of(policy, learned.State);
        });
    }

    protected override void PreStart() => _cluster.Subscribe(Topics.Sizing, Self);
}
