using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Dolphin.Actors.Cluster;

/// <summary>A cluster of one process: the singleton is a child of whoever asks, a topic is a list of subscribers.</summary>
/// <param name="epoch">Taken by the composition root from the state folder; a replay that is resumed keeps its first one.</param>
public sealed class InProcessCluster(long epoch) : IClusterPort
{
    // Bounded by the code: every subscriber is a named actor of this process, subscribed once at its start.
    private readonly ConcurrentDictionary<string, ImmutableArray<IActorRef>> _subscribers = new(StringComparer.Ordinal);

    public long Epoch { get; } = epoch;

    public IActorRef Singleton(IActorRefFactory parent, string name, Props props) => parent.ActorOf(props, name);

    public void Subscribe(string topic, IActorRef subscriber) =>
        _subscribers.AddOrUpdate(topic, static (_, s) => [s], static (_, all, s) => all.Contains(s) ? all : all.Add(s), subscriber);

    public void Publish(string topic, object message)
    {
        if (!_subscribers.TryGetValue(topic, out var all)) return;
        foreach (var subscriber in all) subscriber.Tell(message);
    }
}
