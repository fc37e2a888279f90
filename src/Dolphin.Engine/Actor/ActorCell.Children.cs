namespace Dolphin.Engine.Actor;

internal sealed partial class ActorCell
{
    /// <summary>Why the cell waits for children to end before it goes on.</summary>
    private enum WaitingFor
    {
        Nothing,
        Recreation,
        Creation,
        Termination,
    }

    // Null before the first. Under the lock: a selection may walk the tree, and the system may add a top-level actor, from any thread.
    private InsertionOrdered<string, ChildRestartStats>? _children;
    private object ChildrenLock => _mailbox; // Nobody else locks it, and most cells have no children to keep a lock for.
    private int _stoppingChildren;
    private long _nextName;
    private WaitingFor _waitingFor;
    private Exception? _recreationCause;
    private bool _noMoreChildren;

    public IActorRef ActorOf(Props props, string? name = null) => Attach(props, name, isGenerated: name is null);

    private InternalActorRef Attach(Props props, string? name, bool isGenerated)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (!isGenerated) CheckName(name);
        ActorCell child;
        lock (ChildrenLock)
        {
            if (_noMoreChildren)
                throw new InvalidOperationException($"{_self} is stopping and takes no children any more; '{name}' was not created.");
            name ??= NextName();
            _children ??= new InsertionOrdered<string, ChildRestartStats>();
            if (_children.ContainsKey(name))
                throw new InvalidActorNameException($"The name '{name}' is taken under {_self}; expected one that no living child has. Not created.");
            child = new ActorCell(_system, props, _self, _self.Path.Child(name, _system.NextUid()));
            _children.TryAdd(name, new ChildRestartStats(child._self));
        }

        child.Start();
        return child._self;
    }

    /// <summary>Names of the engine's choosing begin with '$', which no application may use.</summary>
    private string NextName() => "$" + Base64Name.Of(_nextName++);

    private void CheckName(string? name)
    {
        if (name is null || name.Length == 0)
            throw new InvalidActorNameException($"An actor under {_self} was given an empty name; expected at least one character. Not created.");
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"The name '{name}' is no path element; expected ASCII letters, digits or -_.*$+:@&=,!~';() and no leading $. Not created under {_self}.");
        }
    }

    public IEnumerable<IActorRef> GetChildren()
    {
        lock (ChildrenLock) return _children?.Values.Select(static s => (IActorRef)s.Child).ToArray() ?? [];
    }

    public IActorRef Child(string name)
    {
        lock (ChildrenLock) return _children is not null && _children.TryGetValue(name, out var stats) ? stats.Child : ActorRefs.Nobody;
    }

    internal LocalActorRef? ChildRef(string name)
    {
        lock (ChildrenLock) return _children is not null && _children.TryGetValue(name, out var stats) ? stats.Child as LocalActorRef : null;
    }

    private ChildRestartStats[] ChildStats()
    {
        lock (ChildrenLock) return _children is null ? [] : [.. _children.Values];
    }

    private ChildRestartStats? StatsOf(IActorRef child)
    {
        lock (ChildrenLock)
            return _children is not null && _children.TryGetValue(child.Path.Name, out var stats) && ReferenceEquals(stats.Child, child) ? stats : null;
    }

    /// <summary>Stops a child, or oneself. From the cell's own thread, or by the system for top-level actors.</summary>
    public void Stop(IActorRef child)
    {
        var target = child is IWrappedActorRef wrapped ? wrapped.Wrapped : child;
        if (StatsOf(target) is { } stats)
        {
            lock (ChildrenLock)
            {
                if (!stats.IsStopping)
                {
                    stats.IsStopping = true;
                    _stoppingChildren++;
                }
            }
        }

        (target as InternalActorRef)?.SendSystemMessage(new Terminate());
    }

    /// <summary>Begins to wait if any child is still stopping; false says there is nothing to wait for.</summary>
    private bool WaitForChildren(WaitingFor reason, Exception? cause = null)
    {
        lock (ChildrenLock)
        {
            if (_stoppingChildren == 0) return false;
            _waitingFor = reason;
            _recreationCause = cause;
            return true;
        }
    }

    private void ChildHasTerminated(ChildRestartStats stats)
    {
        var reason = WaitingFor.Nothing;
        Exception? cause = null;
        lock (ChildrenLock)
        {
            _children?.Remove(stats.Child.Path.Name, out _);
            if (stats.IsStopping && --_stoppingChildren == 0)
            {
                (reason, cause) = (_waitingFor, _recreationCause);
                (_waitingFor, _recreationCause) = (WaitingFor.Nothing, null);
            }
        }

        if (_actor is { } actor)
        {
            try
            {
                actor.StrategyInUse.HandleChildTerminated(this, stats.Child, GetChildren());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                HandleFailure(e, message: null);
            }
        }

        switch (reason)
        {
            case WaitingFor.Recreation:
                FinishRecreate(cause!);
                break;
            case WaitingFor.Creation:
                FinishCreate();
                break;
            case WaitingFor.Termination:
                FinishTerminate();
                break;
            case WaitingFor.Nothing:
                break;
        }
    }
}

/// <summary>The sequence a, b, ..., z, A, ..., Z, 0, ..., 9, +, ~, ba, ...: short names in order of creation.</summary>
internal static class Base64Name
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    internal static string Of(long number)
    {
        Span<char> text = stackalloc char[11];
        var length = 0;
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number > 0);
        return new string(text[..length]);
    }
}
