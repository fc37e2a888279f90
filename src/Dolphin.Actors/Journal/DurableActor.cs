using System.Collections.Immutable;
using Dolphin.Actors.Node;
using static Dolphin.Actors.Journal.DurableProtocol;

namespace Dolphin.Actors.Journal;

/// <summary>An actor whose whole state is one snapshot plus the events since; the snapshot also holds what is measured, not decided.</summary>
public abstract class DurableActor<TSnapshot> : ReceivePersistentActor where TSnapshot : class
{
    private long _previousSnapshot;

    protected DurableActor()
    {
        Recover<SnapshotOffer>(offer => Restore((TSnapshot)offer.Snapshot));
        Command<TakeSnapshot>(_ => WhenWhole(Snapshot));
        Command<GetStored>(_ => WhenWhole(() => Sender.Tell(new StoredState(PersistenceId, LastSequenceNr, Told()))));
        Command<SaveSnapshotSuccess>(saved => KeepTwo(saved.Metadata.SequenceNr));
        Command<SaveSnapshotFailure>(failed => Context.GetLogger().Warning(
            "Snapshot of {0} at {1} failed: {2}. Nothing is lost, recovery replays more events; the next snapshot tries again.",
            PersistenceId, failed.Metadata.SequenceNr, failed.Cause.Message));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(failed => Context.GetLogger().Warning(
            "Old snapshots of {0} stay: {1}.", PersistenceId, failed.Cause.Message));
    }

    // Who recovers is not late: it may wait for others that recover, and the journal has a limit of its own.
    protected override void OnReplaySuccess()
    {
        base.OnReplaySuccess();
        Context.Enrol(PersistenceId);
    }

    protected abstract TSnapshot Capture();
    protected abstract void Restore(TSnapshot snapshot);

    /// <summary>What <see cref="GetStored"/> is answered with; of what is too large to be told, a hash.</summary>
    protected virtual TSnapshot Told() => Capture();

    protected virtual void Snapshot() => SaveSnapshot(Capture());

    /// <summary>False in the middle of something that takes several messages: whoever asks for the state waits, until the actor unstashes.</summary>
    protected virtual bool IsWhole => true;

    private void WhenWhole(Action act)
    {
        if (IsWhole) act();
        else Stash.Stash();
    }

    // By default the actor goes on without the event, and some journals call a lost connection a rejection: it must not decide on what
    // nobody stored.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        Context.GetLogger().Error(cause, "{0} stops: its journal refused event {1} ({2}).", PersistenceId, sequenceNr, @event.GetType().Name);
        Context.Stop(Self);
    }

    /// <summary>
    /// Stores all events in one write. What follows runs when the last one is durable, or at once if there is none: never answer with a hope.
    /// </summary>
    /// <param name="each">Once for every stored event, in order.</param>
    protected void Store<TEvent>(ImmutableArray<TEvent> events, Action<TEvent> each, Action then)
    {
        if (events.IsEmpty)
        {
            then();
            return;
        }

        var left = events.Length;
        PersistAll(events, stored =>
        {
            each(stored);
            if (--left == 0) then();
        });
    }

    protected DateTimeOffset Now => Context.System.Scheduler.Now;

    // The newest may be damaged one day; the one before it is the way back.
    private void KeepTwo(long newest)
    {
        if (_previousSnapshot > 1 && _previousSnapshot < newest) DeleteSnapshots(new SnapshotSelectionCriteria(_previousSnapshot - 1));
        _previousSnapshot = newest;
    }
}
