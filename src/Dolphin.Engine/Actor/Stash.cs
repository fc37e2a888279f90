namespace Dolphin.Engine.Actor;

/// <summary>Messages put aside for later, in order.</summary>
public interface IStash
{
    /// <summary>Puts the message being handled aside.</summary>
    /// <exception cref="IllegalActorStateException">It is aside already.</exception>
    /// <exception cref="StashOverflowException">The stash is bounded and full.</exception>
    void Stash();
    /// <summary>Puts the oldest message back in front of the mailbox.</summary>
    void Unstash();
    /// <summary>Puts all messages back in front of the mailbox, in the order they were stashed.</summary>
    void UnstashAll();
    /// <summary>Puts back those that satisfy the predicate; the others are dropped, as in Akka.NET.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);
    /// <summary>Empties the stash and returns what was in it.</summary>
    IEnumerable<Envelope> ClearStash();
    void Prepend(IEnumerable<Envelope> envelopes);
    int Count { get; }
    bool IsEmpty { get; }
    bool NonEmpty { get; }
    bool IsFull { get; }
    /// <summary>Messages it can hold; -1 for no bound.</summary>
    int Capacity { get; }
}

public interface IActorStash
{
    /// <summary>Set by the engine after the constructor.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor with a stash; bounded if its props say so.</summary>
public interface IWithStash : IActorStash;
public interface IWithUnboundedStash : IActorStash;
public interface IWithBoundedStash : IActorStash;
public interface IWithUnrestrictedStash : IActorStash;

public static class StashFactory
{
    public static IStash CreateStash<T>(this IActorContext context) where T : ActorBase => CreateStash(context, typeof(T));
    public static IStash CreateStash(this IActorContext context, IActorStash actorInstance) => CreateStash(context, actorInstance.GetType());

    public static IStash CreateStash(this IActorContext context, Type actorType)
    {
        var cell = (ActorCell)context;
        var bounded = typeof(IWithBoundedStash).IsAssignableFrom(actorType) || typeof(IWithStash).IsAssignableFrom(actorType);
        return new MessageStash(cell, bounded ? cell.Props.StashCapacity ?? -1 : -1);
    }

    internal static void Inject(ActorCell cell, IActorStash actor)
    {
        if (actor is not Persistence.Eventsourced) actor.Stash = CreateStash(cell, actor); // A persistent actor makes its own when it uses one.
    }

    internal static void UnstashAll(IActorStash actor)
    {
        if (actor is not Persistence.Eventsourced) (actor.Stash as MessageStash)?.UnstashAll(); // It returns both of its stashes by itself.
    }
}

/// <summary>The stash of one actor instance. A persistent actor has a second one, of the engine's own.</summary>
internal sealed class MessageStash(ActorCell cell, int capacity) : IStash
{
    private LinkedList<Envelope>? _messages; // Null while there are none: most actors seldom stash.

    public int Count => _messages?.Count ?? 0;
    public bool IsEmpty => Count == 0;
    public bool NonEmpty => Count > 0;
    public bool IsFull => capacity >= 0 && Count >= capacity;
    public int Capacity => capacity;

    public void Stash()
    {
        var message = cell.CurrentMessage
            ?? throw new IllegalActorStateException($"{cell.Self} has no message to stash: none is being handled.");
        if (!cell.MarkStashed(this))
            throw new IllegalActorStateException($"{cell.Self} stashed the same message twice: {message}. It is kept once.");
        if (IsFull)
            throw new StashOverflowException($"The stash of {cell.Self} is full ({capacity} messages); {message.GetType().Name} was not stashed.");
        (_messages ??= []).AddLast(new Envelope(message, cell.RawSender));
    }

    public void Unstash()
    {
        if (_messages?.First is not { } first) return;
        _messages.RemoveFirst();
        if (_messages.Count == 0) _messages = null;
        cell.Mailbox.PushFront(first.Value);
    }

    public void UnstashAll()
    {
        while (_messages?.Last is { } last)
        {
            _messages.RemoveLast();
            cell.Mailbox.PushFront(last.Value);
        }

        _messages = null;
    }

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        while (_messages?.Last is { } last)
        {
            _messages.RemoveLast();
            if (predicate(last.Value)) cell.Mailbox.PushFront(last.Value);
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var messages = _messages?.ToArray() ?? [];
        _messages = null;
        return messages;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Reverse())
        {
            if (_messages?.Contains(envelope) != true) (_messages ??= []).AddFirst(envelope);
        }
    }
}
