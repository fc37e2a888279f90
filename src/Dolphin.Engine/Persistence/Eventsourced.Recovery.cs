using Dolphin.Engine.Actor;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

public abstract partial class Eventsourced
{
    private Recovery _recovery = Recovery.Default;
    private ICancelable? _recoveryTimer;
    private bool _eventSeenSinceTick;
    private Receive? _recoverBehaviour;

    private void RequestRecovery()
    {
        // With write-behind a recovery is one step of virtual time: there is never a second one to wait for.
        if (_store.IsWriteBehind)
            _self.Tell(new RecoveryPermitted(this), _self);
        else
            _extension.Permits.Request(this, _self);
    }

    private void StartRecovery()
    {
        var recovery = _recovery = Recovery;
        _phase = Phase.LoadingSnapshot;
        _recoverBehaviour = ReceiveRecover;
        StartRecoveryTimer();
        var criteria = recovery.FromSnapshot;
        if (criteria.MaxSequenceNr > recovery.ToSequenceNr)
            criteria = new SnapshotSelectionCriteria(recovery.ToSequenceNr, criteria.MaxTimeStamp, criteria.MinSequenceNr, criteria.MinTimestamp);
        if (ReferenceEquals(recovery.FromSnapshot, SnapshotSelectionCriteria.None))
            OnSnapshotLoaded(snapshot: null, cause: null);
        else
            _store.LoadSnapshot(SnapshotPlugin, PersistenceId, criteria.ToRange(), OnLoaded);
    }

    private void OnLoaded(RestoredSnapshot? snapshot, Exception? cause)
    {
        if (_store.IsWriteBehind)
            OnSnapshotLoaded(snapshot, cause);
        else
            _self.Tell(new SnapshotLoaded(this, snapshot, cause), _self);
    }

    private void OnSnapshotLoaded(RestoredSnapshot? snapshot, Exception? cause)
    {
        if (_phase != Phase.LoadingSnapshot)
            return;
        if (cause is not null)
        {
            FailRecovery(cause, @event: null);
            return;
        }

        if (snapshot is not null && !Offer(new SnapshotOffer(SnapshotMetadata.Of(snapshot.Key), snapshot.State)))
            return;
        _phase = Phase.Replaying;
        _store.Replay(JournalPluginId, PersistenceId, LastSequenceNr + 1, _recovery.ToSequenceNr, _recovery.ReplayMax,
            _store.IsWriteBehind ? new InlineReplay(this) : this);
    }

    /// <returns>False if recovery failed.</returns>
    private bool Offer(SnapshotOffer offer)
    {
        var before = LastSequenceNr;
        try
        {
            LastSequenceNr = offer.Metadata.SequenceNr;
            if (_recoverBehaviour!(offer))
                return true;
            LastSequenceNr = before; // Nobody wanted the snapshot: replay everything.
            Unhandled(offer);
            return true;
        }
        catch (Exception e)
        {
            // Whatever state the snapshot left is no state to go on from; the actor stops, its supervisor and the log hear why.
            FailRecovery(e, @event: null);
            return false;
        }
    }

    private void OnReplayed(long sequenceNr, object payload)
    {
        if (_phase != Phase.Replaying)
            return;
        _eventSeenSinceTick = true;
        try
        {
            LastSequenceNr = Math.Max(LastSequenceNr, sequenceNr);
            if (!_recoverBehaviour!(payload))
                Unhandled(payload);
        }
        catch (Exception e)
        {
            // A state that misses an event is wrong: the actor stops, its supervisor and the log hear why.
            FailRecovery(e, payload);
        }
    }

    private void OnReplayCompleted(long highestSequenceNr)
    {
        if (_phase != Phase.Replaying)
            return;
        StopRecoveryTimer();
        _extension.Permits.Return(this);
        OnReplaySuccess();
        LastSequenceNr = _sequenceNr = Math.Max(highestSequenceNr, LastSequenceNr);
        _phase = Phase.HandlingCommands;
        var failed = true;
        try
        {
            if (!_recoverBehaviour!(RecoveryCompleted.Instance))
                Unhandled(RecoveryCompleted.Instance);
            failed = false;
        }
        finally
        {
            _recoverBehaviour = null;
            // Also after an exception: the supervisor may resume the actor.
            _internalStash.UnstashAll();
            AfterCommand(failed, unstash: false);
        }
    }

    private void FailRecovery(Exception cause, object? @event)
    {
        if (!IsRecovering)
            return;
        StopRecoveryTimer();
        _extension.Permits.Return(this);
        try
        {
            OnRecoveryFailure(cause, @event);
        }
        finally
        {
            Stop();
        }
    }

    private void StartRecoveryTimer()
    {
        if (_store.IsWriteBehind)
            return;
        var timeout = _extension.Settings.RecoveryEventTimeout;
        _eventSeenSinceTick = false;
        _recoveryTimer = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(timeout, timeout, _self, new RecoveryTick(this), _self);
    }

    // What is cancelled is let go of: an actor lives much longer than its recovery.
    private void StopRecoveryTimer()
    {
        _recoveryTimer.CancelIfNotNull();
        _recoveryTimer = null;
    }

    private void OnRecoveryTick()
    {
        if (!IsRecovering)
            return; // It was in the mailbox already when the timer was cancelled.
        if (_eventSeenSinceTick)
        {
            _eventSeenSinceTick = false;
            return;
        }

        var timeout = _extension.Settings.RecoveryEventTimeout.TotalSeconds;
        FailRecovery(new RecoveryTimedOutException(_phase == Phase.LoadingSnapshot
            ? $"'{PersistenceId}': no answer about a snapshot within {timeout:0.###} s."
            : $"'{PersistenceId}': no event within {timeout:0.###} s, highest sequence number seen {LastSequenceNr}."), @event: null);
    }

    /// <summary>Replays within the one message that started the recovery.</summary>
    private sealed class InlineReplay(Eventsourced actor) : IReplayObserver
    {
        public bool Replayed(long sequenceNr, object payload)
        {
            actor.OnReplayed(sequenceNr, payload);
            return actor.IsRecovering;
        }

        public void Completed(long highestSequenceNr) => actor.OnReplayCompleted(highestSequenceNr);
        public void Failed(Exception cause) => actor.FailRecovery(cause, @event: null);
    }
}
