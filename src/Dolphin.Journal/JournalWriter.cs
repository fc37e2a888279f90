namespace Dolphin.Journal;

/// <summary>
/// The one thread that owns the connections of all journal files: takes what is queued, writes it into one transaction per file,
/// commits the files in their order, and only then tells those who wait.
/// </summary>
internal sealed class JournalWriter
{
    /// <summary>
    /// With nothing asked for this long the intakes are emptied: far more than the gap between two commits of busy actors, and less than it takes a
    /// person to look into the file.
    /// </summary>
    private static readonly TimeSpan Lull = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How often what came while a transaction was written may join it. Those who were told of the last commit are back by then: without it half of
    /// the actors wait for a commit of the other half, and each commit, whose cost is mostly its fsync, carries half of what it could.
    /// </summary>
    private const int LateBatches = 2;

    /// <summary>
    /// Rows at which a write-behind transaction is committed, unless it is asked for or there is a lull before. Nobody waits for it, and each entity's
    /// leaf in the index is written once for all the rows that it gets in it.
    /// </summary>
    private const int LargeCommit = 32_768;

    private readonly JournalQueue _queue;
    private readonly EventEncoder _encoder;
    private readonly IPayloadCodec _codec;
    private readonly bool _writeBehind;
    private readonly Thread _thread;
    private readonly List<JournalRequest> _uncommitted = [];
    private readonly List<ReplayRequest> _replays = [];
    private readonly SnapshotBuffer _snapshots;
    private long _rowsWritten;
    private long _rowsCommitted;
    private long _commits;
    private volatile JournalException? _fault;

    public IReadOnlyList<JournalFile> Files { get; }
    public List<(JournalEvent Event, EncodedEvent Bytes)> EncodingBuffer { get; } = [];
    /// <summary>Why nothing is stored any more; null while all is well.</summary>
    public JournalException? Fault => _fault;
    public long RowsWritten => Interlocked.Read(ref _rowsWritten);
    /// <summary>Transactions committed, over all files.</summary>
    public long Commits => Interlocked.Read(ref _commits);
    public SnapshotBuffer SnapshotBuffer => _snapshots;

    public JournalWriter(IReadOnlyList<JournalFile> files, JournalQueue queue, IPayloadCodec codec, bool writeBehind)
    {
        (Files, _queue, _codec, _writeBehind) = (files, queue, codec, writeBehind);
        _encoder = new EventEncoder(codec);
        _snapshots = new SnapshotBuffer(files);
        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    public EncodedEvent Encode(object payload) => _encoder.Encode(payload);

    /// <exception cref="JournalException">The serializer refuses what is stored; names file and row.</exception>
    public object Decode(JournalFile file, JournalEntity entity, in StoredEvent stored)
    {
        try
        {
            return _codec.Deserialize(stored.Message, stored.SerializerId, stored.Manifest);
        }
        catch (Exception e)
        {
            throw new JournalException(
                $"{file.Path}: row {stored.Ordering} ('{entity.Id}', sequence number {stored.SequenceNr}, manifest '{stored.Manifest}', "
                + $"serializer {stored.SerializerId}) cannot be read back: {e.Message} The entity halts.", e);
        }
    }

    /// <returns>Null if the snapshot is damaged or cannot be read back: recovery goes on without it.</returns>
    public object? Decode(StoredSnapshot snapshot, out string? problem)
    {
        problem = snapshot.IsIntact ? null : "its checksum does not match";
        if (!snapshot.IsIntact)
            return null;
        try
        {
            return _codec.Deserialize(snapshot.Bytes, snapshot.SerializerId, snapshot.Manifest);
        }
        catch (Exception e)
        {
            problem = e.Message;
            return null;
        }
    }

    public void SaveSnapshot(JournalFile file, JournalEntity entity, SnapshotKey key, EncodedEvent encoded)
    {
        if (_writeBehind)
        {
            _snapshots.Hold(file, entity, key, encoded);
            return;
        }

        file.Begin();
        file.Snapshots.Save(entity, key.SequenceNr, key.Created.Ticks, encoded);
    }

    public void CountWritten(int rows) => Interlocked.Add(ref _rowsWritten, rows);
    public void Continue(ReplayRequest replay) => _replays.Add(replay);

    /// <summary>Commits every file, in order, and tells those who wait for it.</summary>
    /// <exception cref="SqliteException">A commit failed.</exception>
    public void CommitAll()
    {
        foreach (var file in Files)
        {
            Commit(file);
            for (var i = 0; i < _uncommitted.Count; i++)
            {
                if (!ReferenceEquals(_uncommitted[i].File, file))
                    continue;
                var request = _uncommitted[i];
                _uncommitted[i] = Done.Instance;
                request.Committed();
            }
        }

        foreach (var request in _uncommitted)
            request.Committed(); // Those that wrote to no file.
        _uncommitted.Clear();
        _rowsCommitted = _rowsWritten;
    }

    /// <summary>Commits one file now.</summary>
    public void Commit(JournalFile file)
    {
        if (!file.InTransaction)
            return;
        file.Commit();
        Interlocked.Increment(ref _commits);
    }

    /// <summary>Commits every file and empties its intake: before anything is read.</summary>
    /// <exception cref="SqliteException">A commit failed.</exception>
    public void Settle()
    {
        CommitAll();
        foreach (var file in Files)
        {
            if (!file.HasIntake)
                continue;
            file.EmptyIntake();
            Interlocked.Increment(ref _commits);
        }
    }

    private bool HasIntake
    {
        get
        {
            foreach (var file in Files)
            {
                if (file.HasIntake)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Waits until the thread has written all that was queued and ended.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        var batch = new List<JournalRequest>();
        while (_queue.TakeAll(ref batch, Patience))
        {
            if (batch.Count == 0 && _replays.Count == 0)
                Guarded(Settle);
            Write(batch);
            for (var late = 0; late < LateBatches && _queue.TakeAll(ref batch, TimeSpan.Zero) && batch.Count > 0; late++)
                Write(batch);
            if (!_writeBehind || _rowsWritten - _rowsCommitted >= LargeCommit)
                Guarded(CommitAll);
            StepReplays();
        }

        Guarded(Settle);
    }

    private void Write(List<JournalRequest> batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            Handle(batch[i]);
            batch[i] = Done.Instance;
        }

        batch.Clear();
        Guarded(WriteRows);
    }

    private void WriteRows()
    {
        foreach (var file in Files)
            file.WriteRows();
    }

    /// <summary>How long to wait for requests when there are none.</summary>
    private TimeSpan Patience =>
        _replays.Count > 0 ? TimeSpan.Zero
        : (HasIntake || _uncommitted.Count > 0 || _rowsWritten > _rowsCommitted) && _fault is null ? Lull
        : Timeout.InfiniteTimeSpan;

    private void Handle(JournalRequest request)
    {
        if (_fault is not null)
        {
            request.Failed(_fault);
            return;
        }

        try
        {
            request.Perform(this);
            if (request.IsAwaited)
                _uncommitted.Add(request);
        }
        catch (Exception e)
        {
            // Without this the thread would die and everybody wait for ever. Whoever asked hears it; if the file itself is the
            // trouble, or the actor has gone on already, everybody does.
            if (e is SqliteException || (_writeBehind && request is WriteRequest or SaveSnapshotRequest))
                Fail(e);
            request.Failed(_fault ?? e);
        }
    }

    private void StepReplays()
    {
        for (var i = 0; i < _replays.Count;)
        {
            var replay = _replays[i];
            var more = false;
            try
            {
                if (_fault is not null)
                    replay.Failed(_fault);
                else
                    more = replay.Step(this);
            }
            catch (Exception e)
            {
                if (e is SqliteException)
                    Fail(e);
                replay.Failed(_fault ?? e);
            }

            if (more)
                i++;
            else
                _replays.RemoveAt(i);
        }
    }

    private void Guarded(Action action)
    {
        if (_fault is not null)
            return;
        try
        {
            action();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>
    /// Stops all storing for good. After a failed write or fsync nobody knows what the disk holds, and going on would build on it: only
    /// opening the file again, which verifies it, says.
    /// </summary>
    private void Fail(Exception cause)
    {
        _fault ??= new JournalException($"The journal has failed and stores nothing more; restart to go on from what is on disk. {cause.Message}", cause);
        foreach (var file in Files)
        {
            try
            {
                file.Abandon();
            }
            catch (SqliteException)
            {
                // The cause is known already; a rollback that also fails changes nothing: SQLite rolls back when the file is opened.
            }
        }

        foreach (var request in _uncommitted)
            request.Failed(_fault);
        _uncommitted.Clear();
    }

    /// <summary>Takes the place of a request that is done with.</summary>
    private sealed class Done : JournalRequest
    {
        public static readonly Done Instance = new();
        public override void Perform(JournalWriter writer)
        {
            // Nothing is left to do.
        }
        public override void Failed(Exception cause)
        {
            // It did not fail: it was told so.
        }
    }
}
