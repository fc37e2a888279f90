using Akka.Actor;

namespace Dolphin.Hosting.Akka.Joining;

/// <summary>Ends an actor system that its cluster has removed.</summary>
/// <remarks>
/// Akka.NET does so itself but in one case (seen with 1.5.30): a leader that has downed itself and all others, and that one of them could not reach,
/// removes itself like any unreachable member. Then it is not found among those that are down, and would be a node of no cluster for ever, its parts
/// stopped and its place in the others' cluster empty.
/// </remarks>
public static class Removal
{
    public static void Ends(ActorSystem system) => global::Akka.Cluster.Cluster.Get(system).RegisterOnMemberRemoved(() =>
    {
        // Runs once: in a node that leaves of its own accord it is under way already.
        _ = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    });
}
