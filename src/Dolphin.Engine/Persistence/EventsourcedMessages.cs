using Dolphin.Engine.Actor;
using Dolphin.Engine.Event;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

/// <summary>
/// What the journal tells a persistent actor through its mailbox. Each names the instance it is for: what was meant for an instance
/// that has been replaced since is dropped.
/// </summary>
internal abstract class EventsourcedMessage(Eventsourced instance) : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded,
    IDeadLetterSuppression
{
    public Eventsourced Instance { get; } = instance;
}

/// <summary>It is this actor's turn to recover.</summary>
internal sealed class RecoveryPermitted(Eventsourced instance) : EventsourcedMessage(instance);

internal sealed class SnapshotLoaded(Eventsourced instance, RestoredSnapshot? snapshot, Exception? cause) : EventsourcedMessage(instance)
{
    public RestoredSnapshot? Snapshot { get; } = snapshot;
    public Exception? Cause { get; } = cause;
}

internal sealed class EventReplayed(Eventsourced instance, long sequenceNr, object payload) : EventsourcedMessage(instance)
{
    public long SequenceNr { get; } = sequenceNr;
    public object Payload { get; } = payload;
}

internal sealed class ReplayCompleted(Eventsourced instance, long highestSequenceNr) : EventsourcedMessage(instance)
{
    public long HighestSequenceNr { get; } = highestSequenceNr;
}

internal sealed class ReplayFailed(Eventsourced instance, Exception cause) : EventsourcedMessage(instance)
{
    public Exception Cause { get; } = cause;
}

internal sealed class RecoveryTick(Eventsourced instance) : EventsourcedMessage(instance);

internal sealed class EventAnswered(Eventsourced instance, PendingEvent @event, WriteOutcome outcome) : EventsourcedMessage(instance)
{
    public PendingEvent Event { get; } = @event;
    public WriteOutcome Outcome { get; } = outcome;
}

internal sealed class WriteTick(Eventsourced instance) : EventsourcedMessage(instance);

/// <summary>Write-behind: a handler threw and the actor was resumed; the handlers behind it still have to run.</summary>
internal sealed class HandlersLeft(Eventsourced instance) : EventsourcedMessage(instance);
