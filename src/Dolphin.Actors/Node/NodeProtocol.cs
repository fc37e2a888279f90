using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Node;

/// <summary>What <see cref="NodeActor"/> hears from whoever drives it.</summary>
public static class NodeProtocol
{
    /// <summary>Answered by <see cref="Started"/> when every actor of the node exists and has been told where the others are.</summary>
    public sealed record GetStarted;

    /// <summary>The node ends, on request or because it was taken down: what stops from now on has not failed.</summary>
    public sealed record Leaving
    {
        public static readonly Leaving Now = new();
    }

    /// <summary>A service has ended and stays down, as far as its parent knows.</summary>
    /// <param name="Entity">What people know it by: its persistence id, where it has one.</param>
    /// <param name="Reason">Why, and what the rest goes without.</param>
    public sealed record ServiceEnded(string Entity, string Reason);

    /// <summary>A service begins where one that ended may come back: in a cluster. In one process all begin together, with the process.</summary>
    public sealed record ServiceBegun(string Entity);

    /// <summary>A service begins in this process and is asked for signs of life from now on; on the system's event stream.</summary>
    /// <param name="Entity">What people know it by: its persistence id, where it has one.</param>
    public sealed record Enrolled(IActorRef Service, string Entity);

    /// <summary>Once a pulse: which services of a node have been asked and do not answer. The newest level.</summary>
    /// <param name="Node">See <see cref="Cluster.IClusterPort.Node"/>.</param>
    public sealed record SignsOfLife(string Node, ImmutableArray<SilentService> Silent);

    /// <summary>Tells whoever watches over the services of this process, if anybody does, that this one has begun.</summary>
    public static void Enrol(this IActorContext context, string entity) => context.System.EventStream.Publish(new Enrolled(context.Self, entity));

    /// <param name="Feed">Takes closed slices.</param>
    /// <param name="Execution">Takes the venue's events.</param>
    /// <param name="Survival">Takes an operator's acknowledgement of a drawdown.</param>
    /// <param name="Sensors">Take an operator's acknowledgement of books that differed.</param>
    /// <param name="Assets">Take an operator's exit.</param>
    /// <param name="Hermes">Takes an operator's word; nobody where Hermes decides on no asset.</param>
    public sealed record Started(IActorRef Feed, IActorRef Execution, IActorRef Survival, IActorRef Sensors, AssetDirectory Assets, IActorRef Hermes);
}
