using Dolphin.Actors.Cluster;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Node;

/// <summary>What a parent knows of children that ended for good: the failure of each, kept until the end is certain, then told.</summary>
/// <remarks>Bounded by the parent's named children.</remarks>
internal sealed class Casualties(RunBoard board, IClusterPort cluster)
{
    private readonly Dictionary<IActorRef, (string Reason, bool WasStopped)> _failures = [];

    /// <summary>A child failed, and is restarted or stopped for it.</summary>
    public void Note(IActorRef child, Exception failure, Directive directive) => _failures[child] = (failure.Message, directive == Directive.Stop);

    /// <summary>False for a child that stopped itself: its journal did not answer, or refused.</summary>
    public bool WasStopped(IActorRef child) => _failures.TryGetValue(child, out var failure) && failure.WasStopped;

    /// <summary>A child has ended and another comes in its place.</summary>
    public void Forget(IActorRef child) => _failures.Remove(child);

    /// <summary>A child has ended: puts it on the board as halted, into the log, and tells who keeps watch.</summary>
    /// <param name="entity">What people know it by: its persistence id, where it has one.</param>
    /// <param name="consequence">A sentence: what the rest goes without.</param>
    public void Tell(IActorRef child, string entity, string consequence, ILoggingAdapter log, DateTimeOffset at)
    {
        var reason = _failures.TryGetValue(child, out var failure) ? failure.Reason : "It stopped itself; the log says why.";
        log.Error("{0} stays down: {1} {2}", entity, reason, consequence);
        board.Halt(new HaltedEntity(entity, $"{reason} {consequence}", at));
        cluster.Publish(Topics.Services, new NodeProtocol.ServiceEnded(entity, $"{reason} {consequence}"));
    }
}
