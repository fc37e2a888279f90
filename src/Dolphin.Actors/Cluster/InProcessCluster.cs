using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Dolphin.Actors.Cluster;

/// <summary>A cluster of one process: singletons and entities are children of whoever asks, a topic is a list of subscribers.</summary>
/// <param name="epoch">Taken by the composition root from the state folder; a replay that is resumed keeps its first one.</param>
public sealed class InProcessCluster(long epoch) : IClusterPort
{
    // Bounded by the code: every subscriber is a named actor of this process, subscribed once at its start.
    private readonly ConcurrentDictionary<Topic, ImmutableArray<IActorRef>> _subscribers = new();

    /// <summary>Every singleton's: all of them live as long as the process.</summary>
    public ITenure Tenure { get; } = new SoleTenure(epoch);

    public bool RevivesEntities => false;

    public string Node => "";

    public IActorRef Singleton(IActorRefFactory parent, string name, Func<ITenure, Props> props) => parent.ActorOf(props(Tenure), name);

    // Numbered, because an id may hold characters that no path allows.
    public IReadOnlyList<IActorRef> Entities(IActorRefFactory parent, string kind, IReadOnlyList<string> ids, Func<string, Props> props) =>
        [.. ids.Select((id, index) => parent.ActorOf(props(id), $"{kind}-{index:0000}"))];

    public void Subscribe(Topic topic, IActorRef subscriber) =>
        _subscribers.AddOrUpdate(topic, static (_, s) => [s], static (_, all, s) => all.Contains(s) ? all : all.Add(s), subscriber);

    public void Publish(Topic topic, object message)
    {
        if (!_subscribers.TryGetValue(topic, out var all)) return;
        foreach (var subscriber in all) subscriber.Tell(message);
    }
}
