using System.Runtime.CompilerServices;
using Dolphin.Engine.Event;

namespace Dolphin.Engine.Actor;

/// <summary>Whatever takes a message.</summary>
public interface ICanTell
{
    /// <summary>Sends without waiting: at most once, in order per sender and receiver.</summary>
    /// <exception cref="InvalidMessageException">The message is null.</exception>
    void Tell(object message, IActorRef? sender);
}

/// <summary>The address of one incarnation of an actor. Outlives it: what is sent after its end becomes a dead letter.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}

/// <summary>What the engine itself needs of a reference, beyond telling.</summary>
public abstract class InternalActorRef : IActorRef
{
    private protected InternalActorRef() { }

    public abstract ActorPath Path { get; }
    public abstract void Tell(object message, IActorRef? sender);
    public virtual bool IsTerminated => false;

    internal abstract void SendSystemMessage(SystemMessage message);

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other) || (other is IWrappedActorRef w && ReferenceEquals(this, w.Wrapped));
    public override bool Equals(object? obj) => Equals(obj as IActorRef);
    public override int GetHashCode() => Path.Uid != 0 ? Path.Uid.GetHashCode() : Path.GetHashCode();

    public int CompareTo(IActorRef? other)
    {
        if (other is null) return 1;
        var byPath = Path.CompareTo(other.Path);
        return byPath != 0 ? byPath : Path.Uid.CompareTo(other.Path.Uid);
    }

    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        IActorRef other => CompareTo(other),
        _ => throw new ArgumentException($"Cannot compare an actor reference with {obj.GetType().Name}; expected IActorRef.", nameof(obj)),
    };

    public override string ToString() => $"[{Path.ToStringWithUid()}]";
}

/// <summary>A reference that stands for another one, as a test reference does.</summary>
internal interface IWrappedActorRef
{
    IActorRef Wrapped { get; }
}

/// <summary>A reference without an actor behind it: it acts on a message at once, on the sender's thread.</summary>
internal abstract class MinimalActorRef : InternalActorRef
{
    /// <summary>Watching a thing that has no life answers that it is gone, as watching a stopped actor does.</summary>
    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch && ReferenceEquals(watch.Watchee, this) && !ReferenceEquals(watch.Watcher, this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: false));
    }
}

/// <summary>The references everybody knows.</summary>
public static class ActorRefs
{
    /// <summary>A reference to no one; what it is told is lost.</summary>
    public static readonly IActorRef Nobody = new Nobody();
    /// <summary>"No sender": answers to it become dead letters.</summary>
    public static readonly IActorRef? NoSender;
}

/// <summary>Takes everything and does nothing.</summary>
internal sealed class Nobody : MinimalActorRef
{
    public override ActorPath Path { get; } = ActorPath.RootOf(new Address("akka", "all-systems")) / "Nobody";

    public override void Tell(object message, IActorRef? sender)
    {
        // Telling nobody is allowed and has no effect, as documented for ActorRefs.Nobody.
    }
}

/// <summary>The reference of a running actor; two machine words and nothing to look up when telling.</summary>
internal sealed class LocalActorRef : InternalActorRef
{
    internal readonly ActorCell Cell;
    internal readonly Mailbox Mailbox;

    internal LocalActorRef(ActorCell cell, Mailbox mailbox, ActorPath path)
    {
        Cell = cell;
        Mailbox = mailbox;
        Path = path;
    }

    public override ActorPath Path { get; }
    public override bool IsTerminated => Cell.IsTerminated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void Tell(object message, IActorRef? sender)
    {
        if (message is null) InvalidMessageException.ThrowNull(this);
        Mailbox.Post(message, sender);
    }

    internal override void SendSystemMessage(SystemMessage message) => Mailbox.PostSystem(message);
}

/// <summary>Where undeliverable messages end: each becomes a <see cref="DeadLetter"/> on the event stream.</summary>
internal sealed class DeadLetterActorRef(ActorPath path, EventStream events) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override void Tell(object message, IActorRef? sender)
    {
        if (message is null) InvalidMessageException.ThrowNull(this);
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, subject: null), this);
                break;
            case AllDeadLetters letter:
                events.Publish(letter);
                break;
            case IDeadLetterSuppression suppressed:
                events.Publish(new SuppressedDeadLetter(suppressed, sender ?? this, this));
                break;
            default:
                events.Publish(new DeadLetter(message, sender ?? this, this));
                break;
        }
    }

    /// <summary>Publishes what <paramref name="recipient"/> can no longer take.</summary>
    internal void Undeliverable(object message, IActorRef? sender, IActorRef recipient)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, subject: null), recipient);
                break;
            case TimerTick tick:
                Undeliverable(tick.Payload, sender, recipient);
                break;
            case IDeadLetterSuppression suppressed:
                events.Publish(new SuppressedDeadLetter(suppressed, sender ?? this, recipient));
                break;
            case AllDeadLetters letter:
                events.Publish(letter);
                break;
            default:
                events.Publish(new DeadLetter(message, sender ?? this, recipient));
                break;
        }
    }
}

/// <summary>Calls a function with each message; the seam by which tests and bridges listen to the event stream.</summary>
internal sealed class FunctionRef(ActorPath path, Action<object, IActorRef?> tell) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;
    public override void Tell(object message, IActorRef? sender) => tell(message, sender);
}

/// <summary>Telling with the running actor as the sender.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Tells, with the actor whose handler is running on this thread as the sender, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tell(this ICanTell receiver, object message) => receiver.Tell(message, ActorCell.CurrentSelf);

    /// <summary>Passes a message on with the sender it came from.</summary>
    public static void Forward(this IActorRef receiver, object message) =>
        receiver.Tell(message, (ActorCell.Current
            ?? throw new NotSupportedException("Forward needs the current message's sender, and no actor is running on this thread.")).Sender);

    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Actor.Nobody;
}
