namespace Dolphin.Engine.Actor;

/// <summary>A place in the tree, looked up anew each time it is told something.</summary>
public class ActorSelection : ICanTell
{
    private readonly LocalActorSystem _system;
    private readonly ActorCell? _anchor;

    internal ActorSelection(LocalActorSystem system, LocalActorRef? anchor, string path)
    {
        _system = system;
        _anchor = anchor?.Cell;
        PathString = path;
        var start = anchor is null || path.StartsWith('/') ? new List<string>() : [.. anchor.Path.Elements];
        foreach (var element in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (element == "..")
            {
                if (start.Count > 0) start.RemoveAt(start.Count - 1);
            }
            else
            {
                start.Add(element);
            }
        }

        Elements = start;
    }

    public IActorRef Anchor => _anchor?.Self ?? _system.Guardian;
    public string PathString { get; }
    private List<string> Elements { get; }

    /// <summary>Tells whoever lives there now; nobody makes it a dead letter. A name may be '*' for all children.</summary>
    public void Tell(object message, IActorRef? sender = null)
    {
        if (message is null) InvalidMessageException.ThrowNull(Anchor);
        var found = false;
        foreach (var target in Targets())
        {
            found = true;
            target.Tell(message, sender);
        }

        if (!found) _system.DeadLetterRef.Tell(message, sender);
    }

    /// <exception cref="ActorNotFoundException">The task's failure when nobody lives there.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout)
    {
        _ = timeout; // Everything is in this process: the answer is known at once.
        _system.DriveUntilIdle();
        var target = Targets().FirstOrDefault();
        return target is null
            ? Task.FromException<IActorRef>(new ActorNotFoundException($"No actor lives at '{PathString}' in '{_system.Name}'."))
            : Task.FromResult<IActorRef>(target);
    }

    public Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct) =>
        ct.IsCancellationRequested ? Task.FromCanceled<IActorRef>(ct) : ResolveOne(timeout);

    internal LocalActorSystem System => _system;

    private IEnumerable<InternalActorRef> Targets()
    {
        if (!Elements.Contains("*")) return _system.Resolve(Elements) is { } one ? [one] : [];
        IEnumerable<InternalActorRef> found = [];
        for (var i = 0; i < Elements.Count; i++)
        {
            var name = Elements[i];
            if (i == 0) found = _system.Resolve([name]) is { } top ? [top] : [];
            else if (name == "*") found = found.OfType<LocalActorRef>().SelectMany(static a => a.Cell.GetChildren().Cast<InternalActorRef>());
            else found = found.OfType<LocalActorRef>().Select(a => a.Cell.ChildRef(name)).OfType<InternalActorRef>();
        }

        return found.ToArray();
    }

    public override string ToString() => $"ActorSelection[/{string.Join('/', Elements)}]";
}
