namespace Dolphin.Engine.Actor;

internal sealed partial class ActorCell
{
    // By reference, in order of watching: ends are told in an order that is the same in every run.
    private InsertionOrdered<IActorRef, object?>? _watching; // Value: the message of WatchWith.
    private InsertionOrdered<IActorRef, bool>? _watchedBy;
    private InsertionOrdered<IActorRef, bool>? _terminatedQueued;

    public IActorRef Watch(IActorRef subject)
    {
        Watch(subject, message: null);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Watch(subject, message);
        return subject;
    }

    private void Watch(IActorRef subject, object? message)
    {
        var target = Unwrapped(subject);
        if (ReferenceEquals(target, _self)) return;
        _watching ??= new InsertionOrdered<IActorRef, object?>();
        if (_watching.TryGetValue(target, out var before))
        {
            if (!Equals(before, message))
            {
                throw new InvalidOperationException(
                    $"{_self} already watches {target} {(before is null ? "without a message" : $"with {before}")}; Unwatch it before watching " +
                    $"{(message is null ? "without one" : $"with {message}")}.");
            }

            return;
        }

        _watching.TryAdd(target, message);
        target.SendSystemMessage(new Watch(target, _self));
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        var target = Unwrapped(subject);
        if (!ReferenceEquals(target, _self) && (_watching?.Remove(target, out _) ?? false))
            target.SendSystemMessage(new Unwatch(target, _self));
        _terminatedQueued?.Remove(target, out _);
        return subject;
    }

    private static InternalActorRef Unwrapped(IActorRef subject) => (subject is IWrappedActorRef w ? w.Wrapped : subject) as InternalActorRef
        ?? throw new ArgumentException($"{subject} is no reference of this engine; it cannot be watched.", nameof(subject));

    private void AddWatcher(InternalActorRef watchee, InternalActorRef watcher)
    {
        // The parent is told of the end anyway, with the same message: nothing to remember of it.
        if (ReferenceEquals(watchee, _self) && !ReferenceEquals(watcher, _self) && !ReferenceEquals(watcher, _parent))
            (_watchedBy ??= new InsertionOrdered<IActorRef, bool>()).TryAdd(watcher, value: true);
    }

    private void RemoveWatcher(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (ReferenceEquals(watchee, _self)) _watchedBy?.Remove(watcher, out _);
    }

    private void WatchedActorTerminated(InternalActorRef actor, bool existenceConfirmed)
    {
        if (_watching is not null && _watching.Remove(actor, out var message) && !_isTerminating)
        {
            if (message is not null)
            {
                _self.Tell(message, actor);
            }
            else
            {
                (_terminatedQueued ??= new InsertionOrdered<IActorRef, bool>()).TryAdd(actor, value: true);
                _self.Tell(new Terminated(actor, existenceConfirmed, addressTerminated: false), actor);
            }
        }

        if (StatsOf(actor) is { } stats) ChildHasTerminated(stats);
    }

    private void TellWatchers()
    {
        if (_watchedBy is null) return;
        foreach (var watcher in _watchedBy.Keys)
            ((InternalActorRef)watcher).SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true));

        _watchedBy = null;
    }

    private void UnwatchAll()
    {
        if (_watching is not null)
        {
            foreach (var target in _watching.Keys)
                ((InternalActorRef)target).SendSystemMessage(new Unwatch((InternalActorRef)target, _self));
            _watching = null;
        }

        _terminatedQueued = null;
    }
}
