namespace Dolphin.Actors.Cluster;

/// <summary>What Dolphin asks of a cluster. Actors know this port, never the adapter behind it.</summary>
public interface IClusterPort
{
    /// <summary>The one instance of <paramref name="name"/> in the cluster.</summary>
    /// <param name="parent">Supervises the instance where it runs in this process.</param>
    /// <param name="props">Of the instance, for the tenure that it begins. Called on the node that runs it, once for each.</param>
    /// <returns>Reaches the instance wherever it runs; what is told while there is none waits, up to a bound.</returns>
    IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props);

    /// <summary>Actors of one kind, each alive on exactly one node, which come back on another if that node ends.</summary>
    /// <param name="parent">Supervises those that live in this process.</param>
    /// <param name="kind">A path segment, such as <c>asset</c>.</param>
    /// <param name="ids">All of them, in an order that is the same on every node.</param>
    /// <param name="props">Called on the node that runs the entity.</param>
    /// <returns>Reach the entities wherever they run, in the order of <paramref name="ids"/>.</returns>
    IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props);

    /// <summary>True: an entity that stops is started again after a while, here or on another node. False: who stops stays down.</summary>
    bool RevivesEntities { get; }

    /// <summary>This node's name, as the members of a <see cref="HealthGrid"/> are called; empty where there is one process.</summary>
    string Node { get; }

    void Subscribe(Topic topic, IActorRef subscriber);

    /// <summary>To every subscriber within the topic's reach, this node's included; at most once, in order per publisher.</summary>
    void Publish(Topic topic, object message);
}
