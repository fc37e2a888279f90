namespace Dolphin.Engine.Actor;

/// <summary>What the engine tells a cell, ahead of all user messages. One instance goes to one cell once: it is its own list node.</summary>
internal abstract record SystemMessage
{
    internal SystemMessage? Next;
}

internal sealed record CreateActor : SystemMessage;
internal sealed record Recreate(Exception Cause) : SystemMessage;
internal sealed record Suspend : SystemMessage;
internal sealed record Resume(Exception? CausedByFailure) : SystemMessage;
internal sealed record Terminate : SystemMessage;
internal sealed record Watch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;
internal sealed record Unwatch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;
internal sealed record DeathWatchNotification(InternalActorRef Actor, bool ExistenceConfirmed) : SystemMessage;
internal sealed record Failed(InternalActorRef Child, Exception Cause) : SystemMessage;

/// <summary>A continuation of an asynchronous handler, to be run as the actor.</summary>
internal sealed record ActorContinuation(ActorTaskScheduler Scheduler, Task Task) : SystemMessage;

/// <summary>An asynchronous handler cannot go on.</summary>
internal sealed record ActorContinuationFailed(ActorTaskScheduler Scheduler, Exception Cause) : SystemMessage;
