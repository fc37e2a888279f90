using Dolphin.Engine.Actor;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

// The journal's answers come on its own thread; here they go into the actor's mailbox.
public abstract partial class Eventsourced
{
    private volatile bool _detached; // Spares the journal the rest of a replay; a late event more does no harm.

    void IWriteObserver.Stored(JournalEvent @event) => Answer(@event, default);
    void IWriteObserver.Rejected(JournalEvent @event, Exception cause) => Answer(@event, new WriteOutcome(cause, Rejected: true));
    void IWriteObserver.Failed(JournalEvent @event, Exception cause) => Answer(@event, new WriteOutcome(cause, Rejected: false));

    bool IReplayObserver.Replayed(long sequenceNr, object payload)
    {
        _self.Tell(new EventReplayed(this, sequenceNr, payload), _self);
        return !_detached;
    }

    void IReplayObserver.Completed(long highestSequenceNr) => _self.Tell(new ReplayCompleted(this, highestSequenceNr), _self);
    void IReplayObserver.Failed(Exception cause) => _self.Tell(new ReplayFailed(this, cause), _self);

    // Told in the name of the command's sender: inside the handler, Sender is who sent the command.
    private void Answer(JournalEvent written, WriteOutcome outcome)
    {
        var @event = (PendingEvent)written;
        _self.Tell(new EventAnswered(this, @event, outcome), @event.Sender);
    }
}
