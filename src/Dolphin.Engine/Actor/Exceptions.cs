using System.Diagnostics.CodeAnalysis;

namespace Dolphin.Engine.Actor;

/// <summary>Base of the engine's own exceptions.</summary>
public abstract class AkkaException : Exception
{
    protected AkkaException() { }
    protected AkkaException(string? message) : base(message) { }
    protected AkkaException(string? message, Exception? cause) : base(message, cause) { }
    /// <summary>The exception behind this one, if any.</summary>
    protected Exception? Cause => InnerException;
}

/// <summary>A message was null.</summary>
public class InvalidMessageException : AkkaException
{
    public InvalidMessageException() : base("A message is null; expected an object.") { }
    public InvalidMessageException(string? message) : base(message) { }
    public InvalidMessageException(string? message, Exception? cause) : base(message, cause) { }

    [DoesNotReturn]
    internal static void ThrowNull(IActorRef receiver) =>
        throw new InvalidMessageException($"A null message was told to {receiver}; expected an object. Nothing was sent.");
}

/// <summary>An actor could not be constructed or did not get through PreStart.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException() { }
    public ActorInitializationException(string? message) : base(message) { }
    public ActorInitializationException(string? message, Exception? cause) : base(message, cause) { }

    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null) : base(message, cause) => Actor = actor;

    public IActorRef? Actor { get; }
    public override string ToString() => Actor is null ? base.ToString() : $"{Actor}: {base.ToString()}";
}

/// <summary>PreRestart failed; the restart goes on.</summary>
public class PreRestartException : AkkaException
{
    public PreRestartException() { }
    public PreRestartException(string? message) : base(message) { }
    public PreRestartException(string? message, Exception? cause) : base(message, cause) { }

    public PreRestartException(IActorRef actor, Exception restartException, Exception cause, object? optionalMessage)
        : base($"PreRestart of {actor} failed ({restartException.GetType().Name}: {restartException.Message}) while restarting it after " +
               $"{cause.GetType().Name}: {cause.Message}; message was {optionalMessage ?? "none"}.", restartException)
    {
        Actor = actor;
        RestartException = restartException;
        OptionalMessage = optionalMessage;
    }

    public IActorRef? Actor { get; }
    public Exception? RestartException { get; }
    public object? OptionalMessage { get; }
}

/// <summary>The new instance of a restarted actor could not be made.</summary>
public class PostRestartException : ActorInitializationException
{
    public PostRestartException() { }
    public PostRestartException(string? message) : base(message) { }
    public PostRestartException(string? message, Exception? cause) : base(message, cause) { }

    public PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Restarting {actor} after {originalCause.GetType().Name} failed: {cause.Message}", cause) => OriginalCause = originalCause;

    public Exception? OriginalCause { get; }
}

/// <summary>The actor was told <see cref="Kill"/>.</summary>
public class ActorKilledException : AkkaException
{
    public ActorKilledException() { }
    public ActorKilledException(string? message) : base(message) { }
    public ActorKilledException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>A watched actor ended and the watcher has no handler for <see cref="Terminated"/>.</summary>
public class DeathPactException : AkkaException
{
    public DeathPactException() { }
    public DeathPactException(string? message) : base(message) { }
    public DeathPactException(string? message, Exception? cause) : base(message, cause) { }

    public DeathPactException(IActorRef deadActor)
        : base($"Monitored actor {deadActor} terminated and its watcher has no handler for Terminated.") => DeadActor = deadActor;

    public IActorRef? DeadActor { get; }
}

/// <summary>A name is empty, malformed or taken.</summary>
public class InvalidActorNameException : AkkaException
{
    public InvalidActorNameException() { }
    public InvalidActorNameException(string? message) : base(message) { }
    public InvalidActorNameException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>Nobody lives where a selection looked.</summary>
public class ActorNotFoundException : AkkaException
{
    public ActorNotFoundException() { }
    public ActorNotFoundException(string? message) : base(message) { }
    public ActorNotFoundException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>Something was asked of an actor that it is in no state to do.</summary>
public class IllegalActorStateException : AkkaException
{
    public IllegalActorStateException() { }
    public IllegalActorStateException(string? message) : base(message) { }
    public IllegalActorStateException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>A bounded stash is full.</summary>
public class StashOverflowException : AkkaException
{
    public StashOverflowException() { }
    public StashOverflowException(string? message) : base(message) { }
    public StashOverflowException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>No answer came in time.</summary>
public class AskTimeoutException : AkkaException
{
    public AskTimeoutException() { }
    public AskTimeoutException(string? message) : base(message) { }
    public AskTimeoutException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>A setting is missing or wrong.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException() { }
    public ConfigurationException(string? message) : base(message) { }
    public ConfigurationException(string? message, Exception? cause) : base(message, cause) { }
}

/// <summary>A scheduler was asked for something it cannot do.</summary>
public class SchedulerException : AkkaException
{
    public SchedulerException() { }
    public SchedulerException(string? message) : base(message) { }
    public SchedulerException(string? message, Exception? cause) : base(message, cause) { }
}
