using System.Collections.Concurrent;
using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Event;

/// <summary>Publish and subscribe inside one system, by type: a subscriber gets everything assignable to what it asked for.</summary>
/// <remarks>Thread-safe. Subscribers are told in order of subscription, each event once. Ended actors are unsubscribed.</remarks>
public class EventStream
{
    private readonly Lock _gate = new();
    private readonly List<(IActorRef Subscriber, Type Channel)> _subscriptions = [];
    private readonly HashSet<IActorRef> _subscribers = []; // Only asked, never walked.
    private volatile ConcurrentDictionary<Type, IActorRef[]> _byType = new();

    /// <returns>False if it was subscribed to that channel already.</returns>
    public virtual bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_gate)
        {
            if (_subscriptions.Contains((subscriber, channel))) return false;
            _subscriptions.Add((subscriber, channel));
            _subscribers.Add(subscriber);
            _byType = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        lock (_gate)
        {
            if (!_subscriptions.Remove((subscriber, channel))) return false;
            if (!_subscriptions.Exists(s => s.Subscriber.Equals(subscriber))) _subscribers.Remove(subscriber);
            _byType = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber)
    {
        lock (_gate)
        {
            if (!_subscribers.Remove(subscriber)) return false;
            _subscriptions.RemoveAll(s => s.Subscriber.Equals(subscriber));
            _byType = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        foreach (var subscriber in SubscribersOf(@event.GetType())) subscriber.Tell(@event, ActorRefs.NoSender);
    }

    /// <summary>True if anybody would hear of such an event; spares making it.</summary>
    internal bool HasSubscribers(Type type) => SubscribersOf(type).Length > 0;

    private IActorRef[] SubscribersOf(Type type)
    {
        var byType = _byType;
        if (byType.TryGetValue(type, out var known)) return known;
        lock (_gate)
        {
            var found = _subscriptions.Where(s => s.Channel.IsAssignableFrom(type)).Select(static s => s.Subscriber).Distinct().ToArray();
            _byType[type] = found;
            return found;
        }
    }
}

public static class EventStreamExtensions
{
    public static bool Subscribe<TEvent>(this EventStream bus, IActorRef subscriber) => bus.Subscribe(subscriber, typeof(TEvent));
    public static bool Unsubscribe<TEvent>(this EventStream bus, IActorRef subscriber) => bus.Unsubscribe(subscriber, typeof(TEvent));
}
