using System.Collections.Immutable;
using Akka.Persistence.Journal;
using Akka.Persistence.Snapshot;

namespace Dolphin.EngineTests;

/// <summary>Does what it is asked when its faults let it: the order of asking is kept, and time is the scheduler's.</summary>
internal sealed class Operations(IScheduler scheduler, InMemoryJournal journal)
{
    private readonly Queue<Action> _delayed = new();
    private DateTimeOffset _busyUntil = DateTimeOffset.MinValue;

    public Task<T> Do<T>(JournalOperation operation, Func<T> work)
    {
        var fault = journal.Faults(operation);
        var done = new TaskCompletionSource<T>(); // Continuations run at once, so that the answer is sent before the clock moves on.
        if (fault is JournalFault.NoAnswer) return done.Task;
        var delay = fault is JournalFault.Delay by ? by.By : TimeSpan.Zero;
        TimeSpan? wait = null;
        lock (_delayed)
        {
            var now = scheduler.Now;
            if (delay > TimeSpan.Zero || _delayed.Count > 0)
            {
                _busyUntil = now + delay > _busyUntil ? now + delay : _busyUntil;
                wait = _busyUntil - now;
                _delayed.Enqueue(Finish);
            }
        }

        if (wait is { } time) scheduler.Advanced.ScheduleOnce(time, Next);
        else Finish();
        return done.Task;

        void Finish()
        {
            switch (fault)
            {
                case JournalFault.Fail fail:
                    done.SetException(new JournalFaultException(fail.Reason));
                    break;
                case JournalFault.Reject reject when operation is not JournalOperation.Write:
                    done.SetException(new JournalFaultException(reject.Reason));
                    break;
                default:
                    try
                    {
                        done.SetResult(work());
                    }
                    catch (Exception e)
                    {
                        done.TrySetException(e); // As a database's driver would: the caller hears of it by the task.
                    }

                    break;
            }
        }
    }

    private void Next()
    {
        Action finish;
        lock (_delayed) finish = _delayed.Dequeue();
        finish();
    }
}

/// <summary>The journal plugin over <see cref="InMemoryJournal"/>. Rows hold bytes and are read on every replay.</summary>
public sealed class FaultyJournal : AsyncWriteJournal
{
    private readonly InMemoryJournal _journal;
    private readonly Operations _operations;
    private readonly ActorSystem _system = Context.System;

    public FaultyJournal()
    {
        _journal = JournalSetup.Of(_system);
        _operations = new Operations(_system.Scheduler, _journal);
    }

    protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var writes = messages.ToList();
        var operation = new JournalOperation.Write(writes[0].PersistenceId, writes[0].LowestSequenceNr, writes[^1].HighestSequenceNr);
        var rejection = _journal.Faults(operation) is JournalFault.Reject reject ? new JournalFaultException(reject.Reason) : null;
        return _operations.Do<IImmutableList<Exception?>?>(operation, () => writes.Select(write => rejection ?? Store(write)).ToImmutableList());
    }

    /// <summary>One atomic write: all of it or, when a serializer refuses, nothing.</summary>
    private Exception? Store(AtomicWrite write)
    {
        try
        {
            _journal.Add([.. ((IEnumerable<IPersistentRepresentation>)write.Payload).Select(p =>
                Rows.Encode(_system, p.PersistenceId, p.SequenceNr, p.Payload, _system.Scheduler.Now.UtcDateTime))]);
            return null;
        }
        catch (Exception e)
        {
            return e; // Whatever it is: this event cannot be written, and others can.
        }
    }

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        // The faults of a replay were asked for when the highest number was read, which comes first.
        foreach (var row in _journal.Events(persistenceId, fromSequenceNr, toSequenceNr).Take((int)Math.Min(max, int.MaxValue)))
            recoveryCallback(new Persistent(Rows.Decode(_system, row), row.SequenceNr, persistenceId, timestamp: row.Timestamp.Ticks));
        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
        _operations.Do(new JournalOperation.Replay(persistenceId, fromSequenceNr), () => _journal.HighestOf(persistenceId));

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr) => _operations.Do(new JournalOperation.Delete(persistenceId), () =>
    {
        _journal.Delete(persistenceId, toSequenceNr);
        return true;
    });
}

/// <summary>The snapshot store over <see cref="InMemoryJournal"/>.</summary>
public sealed class FaultySnapshots : SnapshotStore
{
    private readonly InMemoryJournal _journal;
    private readonly Operations _operations;
    private readonly ActorSystem _system = Context.System;

    public FaultySnapshots()
    {
        _journal = JournalSetup.Of(_system);
        _operations = new Operations(_system.Scheduler, _journal);
    }

    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        _operations.Do(new JournalOperation.LoadSnapshot(persistenceId), () => _journal.Newest(persistenceId, criteria) is { } row
            ? new SelectedSnapshot(new SnapshotMetadata(persistenceId, row.SequenceNr, row.Timestamp), Rows.Decode(_system, row))
            : null);

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot) =>
        _operations.Do(new JournalOperation.SaveSnapshot(metadata.PersistenceId, metadata.SequenceNr), () =>
        {
            _journal.Save(Rows.Encode(_system, metadata.PersistenceId, metadata.SequenceNr, snapshot, metadata.Timestamp));
            return true;
        });

    protected override Task DeleteAsync(SnapshotMetadata metadata) => Delete(metadata.PersistenceId, s => s.SequenceNr == metadata.SequenceNr);

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        Delete(persistenceId, s => InMemoryJournal.Fits(s, criteria));

    private Task Delete(string persistenceId, Predicate<StoredRow> which) => _operations.Do(new JournalOperation.Delete(persistenceId), () =>
    {
        _journal.DeleteSnapshots(persistenceId, which);
        return true;
    });
}

/// <summary>Objects to rows and back, through the serializers of a system.</summary>
internal static class Rows
{
    public static StoredRow Encode(ActorSystem system, string persistenceId, long sequenceNr, object payload, DateTime at)
    {
        var serializer = system.Serialization.FindSerializerFor(payload);
        var manifest = Serialization.ManifestFor(serializer, payload);
        return new StoredRow(persistenceId, sequenceNr, serializer.Identifier, manifest, serializer.ToBinary(payload), at);
    }

    public static object Decode(ActorSystem system, StoredRow row) => system.Serialization.Deserialize(row.Bytes, row.SerializerId, row.Manifest);
}
