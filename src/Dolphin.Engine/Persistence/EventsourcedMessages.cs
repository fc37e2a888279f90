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

/// <summary>Carries the journal's answers, which come on its own thread, into an actor's mailbox.</summary>
internal sealed class MailboxObserver(Eventsourced instance, IActorRef self) : IWriteObserver, IReplayObserver
{
    private bool _ended;

    public void Stored(JournalEvent @event) => Answer(@event, default);
    public void Rejected(JournalEvent @event, Exception cause) => Answer(@event, new WriteOutcome(cause, Rejected: true));
    void IWriteObserver.Failed(JournalEvent @event, Exception cause) => Answer(@event, new WriteOutcome(cause, Rejected: false));

    public bool Replayed(long sequenceNr, object payload)
    {
        self.Tell(new EventReplayed(instance, sequenceNr, payload), self);
        return !_ended;
    }

    public void Completed(long highestSequenceNr) => self.Tell(new ReplayCompleted(instance, highestSequenceNr), self);
    void IReplayObserver.Failed(Exception cause) => self.Tell(new ReplayFailed(instance, cause), self);

    /// <summary>The actor is gone: spare the journal the rest of the replay. From any thread; a late event more does no harm.</summary>
    public void End() => Volatile.Write(ref _ended, true);

    // Told in the name of the command's sender: inside the handler, Sender is who sent the command.
    private void Answer(JournalEvent written, WriteOutcome outcome)
    {
        var @event = (PendingEvent)written;
        self.Tell(new EventAnswered(instance, @event, outcome), @event.Sender);
    }
}
