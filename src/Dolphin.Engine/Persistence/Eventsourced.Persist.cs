using Dolphin.Engine.Actor;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

public abstract partial class Eventsourced
{
    private PendingEvents _pending; // Everything whose handler has not run, oldest first.
    private Queue<WriteOutcome>? _outcomes; // Write-behind: outcomes of the front of _pending.
    private List<JournalEvent>? _batch; // The part of _pending that was not given to the journal yet.
    private int _inFlight; // Durable: events given to the journal and not answered.
    private int _stashing; // The events of _pending for which commands wait.
    private int _atomicGroup;
    private long _sequenceNr;
    private bool _asyncTaskRunning;
    private bool _writeTimerRunning;
    private DateTimeOffset _writeStarted;

    /// <summary>
    /// Stores an event and runs the handler when it is stored; no command is handled in between. Several calls in one handler keep
    /// their order.
    /// </summary>
    /// <exception cref="InvalidOperationException">The actor is recovering.</exception>
    public void Persist<TEvent>(TEvent @event, Action<TEvent> handler)
    {
        RequireRecovered();
        Add(@event, handler, stashing: true, stored: true, ++_atomicGroup);
    }

    /// <summary>As Persist, for several events that are stored all or none.</summary>
    public void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
    {
        RequireRecovered();
        if (events is null)
            return;
        _atomicGroup++;
        foreach (var @event in events)
            Add(@event, handler, stashing: true, stored: true, _atomicGroup);
    }

    /// <summary>As Persist, but commands are handled while the event is on its way.</summary>
    public void PersistAsync<TEvent>(TEvent @event, Action<TEvent> handler)
    {
        RequireRecovered();
        Add(@event, handler, stashing: false, stored: true, ++_atomicGroup);
    }

    /// <summary>As PersistAsync, for several events that are stored all or none.</summary>
    public void PersistAllAsync<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
    {
        RequireRecovered();
        _atomicGroup++;
        foreach (var @event in events)
            Add(@event, handler, stashing: false, stored: true, _atomicGroup);
    }

    /// <summary>Runs the handler after those of all events persisted before, at once if there are none; stores nothing. Commands wait.</summary>
    public void Defer<TEvent>(TEvent evt, Action<TEvent> handler) => AddDeferred(evt, handler, stashing: true);

    /// <summary>As Defer, but commands do not wait.</summary>
    public void DeferAsync<TEvent>(TEvent evt, Action<TEvent> handler) => AddDeferred(evt, handler, stashing: false);

    /// <summary>Saves a snapshot of the state at <see cref="LastSequenceNr"/>; answered by SaveSnapshotSuccess or SaveSnapshotFailure.</summary>
    /// <param name="snapshot">Immutable, because another thread serializes it.</param>
    public void SaveSnapshot(object snapshot)
    {
        var metadata = new SnapshotMetadata(SnapshotterId, SnapshotSequenceNr, Context.System.Scheduler.Now.UtcDateTime);
        _store.SaveSnapshot(SnapshotPlugin, metadata.ToKey(), snapshot, cause =>
            _self.Tell(cause is null ? new SaveSnapshotSuccess(metadata) : new SaveSnapshotFailure(metadata, cause), _self));
    }

    /// <summary>Asks for a snapshot outside recovery; answered by LoadSnapshotResult or LoadSnapshotFailed.</summary>
    public void LoadSnapshot(string persistenceId, SnapshotSelectionCriteria criteria, long toSequenceNr)
    {
        var limited = criteria.MaxSequenceNr <= toSequenceNr ? criteria
            : new SnapshotSelectionCriteria(toSequenceNr, criteria.MaxTimeStamp, criteria.MinSequenceNr, criteria.MinTimestamp);
        _store.LoadSnapshot(SnapshotPlugin, persistenceId, limited.ToRange(), (snapshot, cause) =>
            _self.Tell(cause is null ? new LoadSnapshotResult(SelectedSnapshot.Of(snapshot), toSequenceNr) : new LoadSnapshotFailed(cause), _self));
    }

    /// <summary>Deletes one snapshot; answered by DeleteSnapshotSuccess or DeleteSnapshotFailure.</summary>
    public void DeleteSnapshot(long sequenceNr)
    {
        var metadata = new SnapshotMetadata(SnapshotterId, sequenceNr, DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc));
        _store.DeleteSnapshots(SnapshotPlugin, PersistenceId, new SnapshotRange(sequenceNr, sequenceNr, DateTime.MinValue, DateTime.MaxValue), cause =>
            _self.Tell(cause is null ? new DeleteSnapshotSuccess(metadata) : new DeleteSnapshotFailure(metadata, cause), _self));
    }

    /// <summary>Deletes snapshots; answered by DeleteSnapshotsSuccess or DeleteSnapshotsFailure.</summary>
    public void DeleteSnapshots(SnapshotSelectionCriteria criteria) =>
        _store.DeleteSnapshots(SnapshotPlugin, PersistenceId, criteria.ToRange(), cause =>
            _self.Tell(cause is null ? new DeleteSnapshotsSuccess(criteria) : new DeleteSnapshotsFailure(criteria, cause), _self));

    /// <summary>
    /// Deletes events up to and including <paramref name="toSequenceNr"/> (long.MaxValue: all so far); answered by
    /// DeleteMessagesSuccess or DeleteMessagesFailure.
    /// </summary>
    public void DeleteMessages(long toSequenceNr)
    {
        var to = toSequenceNr == long.MaxValue ? LastSequenceNr : toSequenceNr;
        if (to > LastSequenceNr)
        {
            _self.Tell(new DeleteMessagesFailure(new InvalidOperationException(
                $"'{PersistenceId}': expected toSequenceNr of at most LastSequenceNr ({LastSequenceNr}), got {to}; nothing was deleted."), to), _self);
            return;
        }

        _store.DeleteEvents(JournalPluginId, PersistenceId, to, cause =>
            _self.Tell(cause is null ? new DeleteMessagesSuccess(to) : new DeleteMessagesFailure(cause, to), _self));
    }

    /// <summary>Runs an asynchronous handler; the mailbox waits for it. Events it persists are stored when it is done.</summary>
    protected void RunTask(Func<Task> action)
    {
        if (_asyncTaskRunning)
            throw new NotSupportedException($"'{PersistenceId}': RunTask inside RunTask is not supported.");
        ActorTaskScheduler.RunTask(async () =>
        {
            var task = action();
            if (task.IsCompleted)
            {
                await task;
                return;
            }

            _asyncTaskRunning = true;
            var failed = true;
            try
            {
                await task;
                failed = false;
            }
            finally
            {
                _asyncTaskRunning = false;
                AfterCommand(failed, unstash: true);
            }
        });
    }

    private void RequireRecovered()
    {
        if (IsRecovering)
            throw new InvalidOperationException(
                $"'{PersistenceId}' is recovering and cannot persist; expected to be called on RecoveryCompleted or later.");
    }

    private void Add<TEvent>(TEvent payload, Action<TEvent> handler, bool stashing, bool stored, int group)
    {
        var @event = new PendingEvent<TEvent>(handler)
        {
            Payload = payload ?? throw new ArgumentNullException(nameof(payload), $"'{PersistenceId}' was asked to persist null; expected an event."),
            SequenceNr = stored ? ++_sequenceNr : 0,
            CreatedTicks = Context.System.Scheduler.Now.UtcTicks,
            AtomicGroup = group,
            Stashing = stashing,
            Sender = Sender,
        };
        if (stashing)
            _stashing++;
        _pending.Enqueue(@event);
        (_batch ??= []).Add(@event);
    }

    private void AddDeferred<TEvent>(TEvent evt, Action<TEvent> handler, bool stashing)
    {
        RequireRecovered();
        if (_pending.IsEmpty)
            handler(evt);
        else
            Add(evt, handler, stashing, stored: false, ++_atomicGroup);
    }

    private void HandleCommand(Receive receive, object message)
    {
        var failed = true;
        try
        {
            base.AroundReceive(receive, message);
            failed = false;
        }
        finally
        {
            if (failed || !IsAtRest) AfterCommand(failed, unstash: true); // Most commands of most actors store nothing.
        }
    }

    private bool HasOutcomes => _outcomes is { Count: > 0 };
    private bool IsAtRest => _pending.IsEmpty && _internalStash.IsEmpty;

    /// <summary>What the handler persisted goes to the journal, even if it threw afterwards: the promise was made.</summary>
    private void AfterCommand(bool failed, bool unstash)
    {
        if (_phase == Phase.Ended)
            return;
        FlushEvents();
        if (_asyncTaskRunning)
            return;
        var threw = true;
        try
        {
            if (!failed)
                RunHandlers();
            threw = false;
        }
        finally
        {
            Settle(failed || threw, unstash);
        }
    }

    /// <summary>Decides what may be handled next.</summary>
    private void Settle(bool failed, bool unstash)
    {
        if (_phase == Phase.Ended)
            return;
        // An exception is on its way to the supervisor. If it resumes this instance, the other handlers still have to run.
        if (HasOutcomes)
            _self.Tell(new HandlersLeft(this), _pending.Oldest.Sender);
        if (_stashing > 0 || HasOutcomes)
        {
            _phase = Phase.Persisting;
            return;
        }

        _phase = Phase.HandlingCommands;
        if (unstash)
            UnstashNext(all: failed);
    }

    /// <summary>
    /// Gives the batch to the journal. Durable: one write at a time, so that a failed one is never followed by a later one that works,
    /// and so that what gathers meanwhile becomes one batch.
    /// </summary>
    private void FlushEvents(bool last = false)
    {
        if (_batch is not { } events || (_inFlight > 0 && !last) || _phase == Phase.Ended)
            return;
        _batch = null;
        try
        {
            if (_store.IsWriteBehind)
            {
                var outcomes = _store.WriteNow(JournalPluginId, PersistenceId, events);
                _outcomes ??= new Queue<WriteOutcome>();
                for (var i = 0; i < events.Count; i++)
                    _outcomes.Enqueue(outcomes is null ? default : outcomes[i]);
                return;
            }

            _inFlight += events.Count;
            StartWriteTimer();
            _store.Write(JournalPluginId, PersistenceId, events, this);
        }
        catch (JournalException e)
        {
            FailPersist(e, (PendingEvent)events[0]);
        }
    }

    /// <summary>Durable: the journal answered for the oldest pending event.</summary>
    private void OnAnswered(PendingEvent @event, WriteOutcome outcome)
    {
        if (--_inFlight > 0)
            _writeStarted = Context.System.Scheduler.Now; // The journal lives: the timeout counts from the last sign of it.
        var failed = true;
        try
        {
            Conclude(@event, outcome);
            failed = false;
        }
        finally
        {
            FlushEvents();
            if (!_asyncTaskRunning)
                Settle(failed, unstash: true);
        }
    }

    /// <summary>Write-behind: runs the handlers at once, in the same virtual instant, and those of what they persist.</summary>
    private void RunHandlers()
    {
        while (HasOutcomes && _phase != Phase.Ended)
            RunNextHandler();
    }

    private void RunNextHandler()
    {
        try
        {
            Conclude(_pending.Oldest, _outcomes!.Dequeue());
        }
        finally
        {
            FlushEvents();
        }
    }

    private void RunHandlersLeft()
    {
        if (!HasOutcomes)
            return;
        var failed = true;
        try
        {
            RunNextHandler(); // One per message, because each has its own sender.
            failed = false;
        }
        finally
        {
            Settle(failed, unstash: true);
        }
    }

    /// <summary>Runs the handler of the oldest pending event, or says why not.</summary>
    private void Conclude(PendingEvent @event, WriteOutcome outcome)
    {
        try
        {
            if (@event.IsStored && (outcome.Cause is null || outcome.Rejected))
                LastSequenceNr = @event.SequenceNr;
            if (outcome.Cause is null)
                @event.RunHandler();
            else if (!outcome.Rejected)
                FailPersist(outcome.Cause, @event);
            else if (@event.IsStored)
                OnPersistRejected(outcome.Cause, @event.Payload, @event.SequenceNr);
        }
        finally
        {
            // Only now, so that what the handler defers waits for the handler's end.
            _pending.Dequeue();
            if (@event.Stashing)
                _stashing--;
        }
    }

    private void FailPersist(Exception cause, PendingEvent @event)
    {
        try
        {
            OnPersistFailure(cause, @event.Payload, @event.SequenceNr);
        }
        finally
        {
            Stop();
        }
    }

    /// <summary>One reminder per actor and timeout, however many writes there are: at its end it looks how old the current write is.</summary>
    private void StartWriteTimer()
    {
        _writeStarted = Context.System.Scheduler.Now;
        if (_writeTimerRunning)
            return;
        _writeTimerRunning = true;
        _extension.WriteReminders.Remind(this);
    }

    /// <summary>From any thread.</summary>
    internal void RemindOfWrite() => _self.Tell(new WriteTick(this), _self);

    private void OnWriteTick()
    {
        _writeTimerRunning = false;
        if (_inFlight == 0)
            return;
        var timeout = _extension.Settings.WriteTimeout;
        var waited = Context.System.Scheduler.Now - _writeStarted;
        if (waited < timeout)
        {
            _writeTimerRunning = true;
            Context.System.Scheduler.ScheduleTellOnce(timeout - waited, _self, new WriteTick(this), _self);
            return;
        }

        FailPersist(new JournalTimeoutException(
            $"'{PersistenceId}': the journal did not answer for {timeout.TotalSeconds:0.###} s; whether the event is stored is not known."), _pending.Oldest);
    }
}
