using Dolphin.Journal;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>An event as Akka.Persistence gave it; <paramref name="Persistent"/> is null for a deferred handler.</summary>
internal sealed class WrittenEvent(IPersistentRepresentation? persistent, IActorRef sender) : JournalEvent
{
    public IPersistentRepresentation? Persistent { get; } = persistent;
    public IActorRef Sender { get; } = sender;
}

/// <summary>Tells a persistent actor what became of a write: of the whole first, then of each event, in order, and nothing twice.</summary>
internal sealed class WriteAnswers(WriteMessages write, List<JournalEvent> events, IActorRef journal, DateTimeOffset asked) : IWriteObserver
{
    private readonly Lock _gate = new();
    private int _answered;

    /// <summary>When, by the system's clock.</summary>
    public DateTimeOffset Asked { get; } = asked;

    public string PersistenceId => write.Messages.OfType<AtomicWrite>().FirstOrDefault()?.PersistenceId ?? "";

    public bool IsComplete
    {
        get
        {
            lock (_gate) return _answered == events.Count;
        }
    }

    // A store answers for the events in their order.
    public void Stored(JournalEvent @event) => Answer(default);
    public void Rejected(JournalEvent @event, Exception cause) => Answer(new WriteOutcome(cause, Rejected: true));
    public void Failed(JournalEvent @event, Exception cause) => Answer(new WriteOutcome(cause, Rejected: false));

    /// <summary>For the oldest event that has none; after the last one nothing happens.</summary>
    public void Answer(WriteOutcome outcome)
    {
        lock (_gate)
        {
            if (_answered < events.Count) Tell((WrittenEvent)events[_answered], outcome);
        }
    }

    /// <summary>It is not known what became of what has no answer yet; a later answer is not told.</summary>
    public void FailRest(Exception cause)
    {
        lock (_gate)
        {
            while (_answered < events.Count) Tell((WrittenEvent)events[_answered], new WriteOutcome(cause, Rejected: false));
        }
    }

    private void Tell(WrittenEvent @event, WriteOutcome outcome)
    {
        if (_answered++ == 0)
        {
            write.PersistentActor.Tell(
                outcome is { Cause: { } failure, Rejected: false } ? new WriteMessagesFailed(failure, write.Messages.OfType<AtomicWrite>().Count())
                    : WriteMessagesSuccessful.Instance, journal);
        }

        var id = write.ActorInstanceId;
        object answer = @event.Persistent is not { } persistent ? new LoopMessageSuccess(@event.Payload, id)
            : outcome.Cause is null ? new WriteMessageSuccess(persistent, id)
            : outcome.Rejected ? new WriteMessageRejected(persistent, outcome.Cause, id)
            : new WriteMessageFailure(persistent, outcome.Cause, id);
        // In the name of the command's sender: inside the handler, Sender is who sent the command.
        write.PersistentActor.Tell(answer, @event.Sender);
    }
}

/// <summary>Tells a persistent actor the events of a replay.</summary>
internal sealed class ReplayAnswers(ReplayMessages replay, IActorRef journal) : IReplayObserver
{
    public bool Replayed(long sequenceNr, object payload)
    {
        replay.PersistentActor.Tell(
            new ReplayedMessage(new Persistent(payload, sequenceNr, replay.PersistenceId, sender: ActorRefs.NoSender)), ActorRefs.NoSender);
        return true;
    }

    public void Completed(long highestSequenceNr) => replay.PersistentActor.Tell(new RecoverySuccess(highestSequenceNr), journal);
    public void Failed(Exception cause) => replay.PersistentActor.Tell(new ReplayMessagesFailure(cause), journal);
}
