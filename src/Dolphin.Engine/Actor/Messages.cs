namespace Dolphin.Engine.Actor;

/// <summary>Marks a message the engine handles itself before an actor's behaviour sees it.</summary>
public interface IAutoReceivedMessage;
/// <summary>Marks a message that may harm its receiver; remoting filters such messages.</summary>
public interface IPossiblyHarmful;
/// <summary>Marks a message that does not restart the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout;
/// <summary>Marks a message that never leaves the process.</summary>
public interface INoSerializationVerificationNeeded;
/// <summary>Marks a message whose loss is normal, so that it makes no noise among the dead letters.</summary>
public interface IDeadLetterSuppression;

/// <summary>Base of everything the cell looks at first: one class check per message, not one interface search.</summary>
public abstract class AutoReceivedMessage : IAutoReceivedMessage
{
    private protected AutoReceivedMessage() { }
}

/// <summary>Stops the actor when it gets to this message, after all that was sent before.</summary>
public sealed class PoisonPill : AutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    private PoisonPill() { }
    public static PoisonPill Instance { get; } = new();
    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/>, so that its supervisor decides.</summary>
public sealed class Kill : AutoReceivedMessage, IPossiblyHarmful
{
    private Kill() { }
    public static Kill Instance { get; } = new();
    public override string ToString() => "<Kill>";
}

/// <summary>Sent to an actor that heard nothing for the time it set with SetReceiveTimeout.</summary>
public sealed class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout() { }
    public static ReceiveTimeout Instance { get; } = new();
    public override string ToString() => "<ReceiveTimeout>";
}

/// <summary>A watched actor has ended. Delivered once per watch.</summary>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    : AutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    public IActorRef ActorRef { get; } = actorRef;
    /// <summary>False where the actor had been gone when the watch began.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;
    public bool AddressTerminated { get; } = addressTerminated;
    public override string ToString() => $"<Terminated {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}>";
}

/// <summary>Asks an actor (or what a selection finds) who it is; answered by <see cref="ActorIdentity"/>.</summary>
public sealed class Identify(object messageId) : AutoReceivedMessage, INotInfluenceReceiveTimeout
{
    public object MessageId { get; } = messageId;
    public override string ToString() => $"<Identify {MessageId}>";
}

public sealed class ActorIdentity(object messageId, IActorRef? subject)
{
    public object MessageId { get; } = messageId;
    /// <summary>Null where nobody lives at the asked place.</summary>
    public IActorRef? Subject { get; } = subject;
    public override string ToString() => $"<ActorIdentity MessageId={MessageId} - Subject={Subject}>";
}

/// <summary>Answers that say whether something worked.</summary>
public abstract class Status
{
    private Status() { }

    public sealed class Success(object? status) : Status
    {
        public static readonly Success Instance = new(status: null);
        public object? Status { get; } = status;
        public override string ToString() => $"Success: {Status}";
    }

    public sealed class Failure(Exception cause, object? state = null) : Status
    {
        public Exception Cause { get; } = cause;
        public object? State { get; } = state;
        public override string ToString() => State is null ? $"Failure: {Cause}" : $"Failure[state={State}]: {Cause}";
    }
}

/// <summary>The value of a task that has no other: it is done.</summary>
public sealed class Done
{
    private Done() { }
    public static Done Instance { get; } = new();
    public override string ToString() => "Done";
}

/// <summary>A message and who sent it.</summary>
public readonly struct Envelope(object message, IActorRef? sender)
{
    public Envelope(object message, IActorRef? sender, ActorSystem system) : this(message, sender ?? system.DeadLetters) { }
    public object Message { get; } = message;
    public IActorRef Sender { get; } = sender!;
    public override string ToString() => $"<{Message}> from {Sender?.ToString() ?? "NoSender"}";
}

/// <summary>A timer's message on its way; the cell drops it if the timer was cancelled or replaced meanwhile.</summary>
internal sealed class TimerTick(TimerScheduler owner, object key, long generation, object payload, bool repeats) : AutoReceivedMessage
{
    internal TimerScheduler Owner => owner;
    internal object Key => key;
    internal long Generation => generation;
    internal object Payload => payload;
    internal bool Repeats => repeats;
    public override string ToString() => $"<Timer {key}: {payload}>";
}

/// <summary>The receive timer fired; whether it is a timeout depends on when the last message was handled.</summary>
/// <param name="of">What it counts the silence of; another timeout may have been set since.</param>
internal sealed class ReceiveTimerFired(object of) : AutoReceivedMessage, IDeadLetterSuppression
{
    internal object Of => of;
}
