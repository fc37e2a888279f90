using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Cluster;

/// <summary>How one node of the cluster is, by its own word.</summary>
/// <param name="Node">Its name in the cluster, <c>host:port</c>.</param>
/// <param name="At">When it said so.</param>
/// <param name="Slice">When the newest slice that its feed saw closed; null before the first.</param>
/// <param name="RTotal">What its near cache says a sizer may use; 0 while it has not heard the controller.</param>
/// <param name="Entities">Ids of the assets that live there, in order.</param>
/// <param name="Singletons">Names of the singletons that act there, in order.</param>
/// <param name="Halted">How many entities are grounded there.</param>
public sealed record NodeHealth(
    string Node, DateTimeOffset At, DateTimeOffset? Slice, double RTotal, Posture Posture, ImmutableArray<string> Entities,
    ImmutableArray<string> Singletons, int Halted);

/// <summary>What this node knows of all nodes that trade, itself included.</summary>
/// <param name="Members">Names of those that belong to the cluster, reachable or not; each has a vote.</param>
/// <param name="Reachable">Those of them that this node can hear.</param>
/// <param name="Health">What each said last; a node that has not spoken yet is missing.</param>
public sealed record HealthGrid(ImmutableSortedSet<string> Members, ImmutableSortedSet<string> Reachable, ImmutableSortedDictionary<string, NodeHealth> Health)
{
    /// <summary>More than half of the members can be heard: two halves of a cluster never both have it.</summary>
    public bool HasMajority => Reachable.Count * 2 > Members.Count;
}
