namespace Dolphin.Journal;

/// <summary>Something for the writer thread to do.</summary>
internal abstract class JournalRequest
{
    /// <summary>The file it writes to; null if it only reads.</summary>
    public JournalFile? File { get; init; }
    /// <summary>How much of the queue's bound it takes, in events.</summary>
    public virtual int Weight => 1;
    /// <summary>Somebody is told when it is durable, or fails. Any other is forgotten as soon as it is done: what it holds would outlive many collections.</summary>
    public virtual bool IsAwaited => true;
    /// <summary>Does it, in the file's open transaction if it writes. A SqliteException is fatal for the journal, any other for the request.</summary>
    public abstract void Perform(JournalWriter writer);
    /// <summary>What it wrote is durable.</summary>
    public virtual void Committed()
    {
        // Nobody waits for this one.
    }
    public abstract void Failed(Exception cause);
}

/// <summary>Stores events of one entity.</summary>
internal sealed class WriteRequest(string persistenceId, List<JournalEvent> events, IWriteObserver? observer) : JournalRequest
{
    private Dictionary<JournalEvent, Exception>? _rejections;

    public override int Weight => events.Count;
    public override bool IsAwaited => observer is not null;

    public override void Perform(JournalWriter writer)
    {
        var file = File!;
        var entity = file.Entities.GetOrAdd(persistenceId);
        if (entity.Damage is { } damage)
            throw new DamagedJournalException(damage);
        var encoded = writer.EncodingBuffer;
        encoded.Clear();
        for (var i = 0; i < events.Count;)
            i = EncodeGroup(writer, i, encoded);

        var last = entity.LastSequenceNr;
        foreach (var (@event, _) in encoded)
        {
            if (@event.SequenceNr <= last)
                throw new JournalException(
                    $"{file.Path}: '{persistenceId}': expected a sequence number above {last}, got {@event.SequenceNr}; do two actors use this "
                    + "persistence id? Nothing was stored.");
            last = @event.SequenceNr;
        }

        if (encoded.Count == 0)
            return;
        file.Begin();
        foreach (var (@event, bytes) in encoded)
            file.Append(entity, @event.SequenceNr, @event.CreatedTicks, bytes);
        writer.CountWritten(encoded.Count);
    }

    public override void Committed()
    {
        if (observer is null)
            return;
        foreach (var @event in events)
        {
            if (_rejections is not null && _rejections.TryGetValue(@event, out var cause))
                observer.Rejected(@event, cause);
            else
                observer.Stored(@event);
        }
    }

    public override void Failed(Exception cause)
    {
        if (observer is null)
            return;
        foreach (var @event in events)
            observer.Failed(@event, cause);
    }

    /// <summary>Serializes the events that are stored all or none, starting at <paramref name="start"/>; rejects them together.</summary>
    private int EncodeGroup(JournalWriter writer, int start, List<(JournalEvent Event, EncodedEvent Bytes)> encoded)
    {
        var before = encoded.Count;
        var end = start;
        try
        {
            for (; end < events.Count && events[end].AtomicGroup == events[start].AtomicGroup; end++)
            {
                if (events[end].IsStored)
                    encoded.Add((events[end], writer.Encode(events[end].Payload)));
            }

            return end;
        }
        catch (Exception e) when (observer is not null)
        {
            // A serializer may throw anything; the event is refused and its actor goes on. With nobody to tell (write-behind: the
            // handler has already run) it is fatal instead.
            encoded.RemoveRange(before, encoded.Count - before);
            for (end = start; end < events.Count && events[end].AtomicGroup == events[start].AtomicGroup; end++)
                (_rejections ??= []).Add(events[end], e);
            return end;
        }
    }
}

/// <summary>Saves a snapshot: at once, or in write-behind mode with the next checkpoint.</summary>
internal sealed class SaveSnapshotRequest(SnapshotKey key, object snapshot, Action<Exception?>? done) : JournalRequest
{
    public override void Perform(JournalWriter writer)
    {
        var entity = File!.Entities.GetOrAdd(key.PersistenceId);
        if (entity.Damage is { } damage)
            throw new DamagedJournalException(damage);
        writer.SaveSnapshot(File, entity, key, writer.Encode(snapshot));
    }

    public override void Committed() => done?.Invoke(null);
    public override void Failed(Exception cause) => done?.Invoke(cause);
}

/// <summary>Any other write.</summary>
internal sealed class ChangeRequest(Action<JournalWriter> change, Action<Exception?>? done) : JournalRequest
{
    public override void Perform(JournalWriter writer) => change(writer);
    public override void Committed() => done?.Invoke(null);
    public override void Failed(Exception cause) => done?.Invoke(cause);
}

/// <summary>Reads, after everything before it is durable, while its caller waits.</summary>
internal sealed class CallRequest<T>(Func<JournalWriter, T> call) : JournalRequest
{
    private readonly ManualResetEventSlim _done = new();
    private T? _result;
    private Exception? _failure;

    public override void Perform(JournalWriter writer)
    {
        writer.Settle();
        _result = call(writer);
        _done.Set();
    }

    public override void Failed(Exception cause)
    {
        _failure = cause;
        _done.Set();
    }

    /// <exception cref="JournalException">The call failed, or the journal has.</exception>
    public T Wait(TimeSpan patience)
    {
        if (!_done.Wait(patience))
            throw new JournalTimeoutException($"The journal's writer did not answer for {patience.TotalSeconds:0.###} s; does the disk hang?");
        if (_failure is JournalException known)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(known);
        if (_failure is not null)
            throw new JournalException(_failure.Message, _failure);
        return _result!;
    }
}

/// <summary>Replays events to an observer, a piece per turn of the writer, so that others' writes are not held up.</summary>
internal sealed class ReplayRequest(string persistenceId, long from, long to, long max, IReplayObserver observer) : JournalRequest
{
    private const int Piece = 1024;
    private readonly List<StoredEvent> _events = [];
    private JournalReplay? _replay;
    private JournalEntity? _entity;

    public override void Perform(JournalWriter writer)
    {
        writer.Settle();
        _entity = File!.Entities.GetOrAdd(persistenceId);
        if (_entity.Damage is { } damage)
            throw new DamagedJournalException(damage);
        _replay = File.Replay(_entity, from, to, max);
        writer.Continue(this);
    }

    public override void Failed(Exception cause) => observer.Failed(cause);

    /// <returns>True if there is more to come.</returns>
    public bool Step(JournalWriter writer)
    {
        _events.Clear();
        _replay!.Read(Piece, _events);
        foreach (var stored in _events)
        {
            if (!observer.Replayed(stored.SequenceNr, writer.Decode(File!, _entity!, stored)))
                return false;
        }

        if (!_replay.IsComplete)
            return true;
        observer.Completed(_entity!.LastSequenceNr);
        return false;
    }
}
