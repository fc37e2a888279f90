using System.Runtime.InteropServices;
using System.Text;

namespace Dolphin.Journal;

/// <summary>
/// One SQLite file: its events, the heads of its chains, its snapshots and checkpoints. Owned by one thread at a time; the caller
/// decides what goes into one transaction.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>Rows that a transaction gathers before it writes them; bounds the memory of a large one.</summary>
    private const int Gathered = 1024;

    private readonly SqliteConnection _db;
    private readonly EventInsert _insert;
    private readonly Intake _intake;
    private readonly bool _mayScatter;
    private readonly IntakeHeads _intakeHeads;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _insertHead;
    private readonly SqliteStatement _moveHead;
    private readonly List<UnwrittenEvent> _rows = []; // Of the open transaction, not given to SQLite yet.
    private readonly List<JournalEntity> _moved = [];
    private readonly long _incarnationsBefore;
    private bool _incarnationWritten;

    public string Path => _db.Path;
    public string PluginId { get; }
    public JournalEntities Entities { get; } = new();
    public IReadOnlyList<DamagedRow> Damage { get; }
    public SnapshotTable Snapshots { get; }
    public CheckpointTable Checkpoints { get; }
    /// <summary>The newest row's <c>ordering</c>, once it is written; 0 in an empty journal.</summary>
    public long LastOrdering { get; private set; }

    /// <summary>Opens or creates the file and verifies all of it.</summary>
    /// <param name="maxBytes">At this size the file is treated as a full disk; 0 means no such bound.</param>
    /// <param name="mayScatter">Small commits of many entities may wait in the intake; of large ones every row would be written twice.</param>
    /// <exception cref="JournalException">See <see cref="JournalSchema.Prepare"/> and <see cref="JournalVerification.Run"/>.</exception>
    public JournalFile(string pluginId, string path, string writer, long maxBytes, bool mayScatter)
    {
        (PluginId, _mayScatter) = (pluginId, mayScatter);
        _db = new SqliteConnection(path, readOnly: false);
        try
        {
            _incarnationsBefore = JournalSchema.Prepare(_db);
            _begin = _db.Prepare("BEGIN IMMEDIATE");
            _commit = _db.Prepare("COMMIT");
            var writerUuid = $"{writer}-{_incarnationsBefore + 1}";
            _insert = new EventInsert(_db, "journal", writerUuid);
            _intake = new Intake(_db, writerUuid);
            _intakeHeads = new IntakeHeads(_db);
            TakeOverIntake();
            Damage = JournalVerification.Run(_db, Entities);
            // Not the highest in the table: a number is not given twice, whatever was deleted.
            LastOrdering = _db.Number("SELECT MAX(COALESCE((SELECT MAX(ordering) FROM journal), 0), COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0))");
            if (maxBytes > 0)
                _db.Execute($"PRAGMA max_page_count = {Math.Max(1, maxBytes / _db.Number("PRAGMA page_size"))}");
            _insertHead = _db.Prepare(
                "INSERT INTO dolphin_entity (persistence_id, sequence_number, checksum, deleted_to, anchor_checksum) VALUES (?1, ?2, ?3, ?4, ?5)");
            _moveHead = _db.Prepare("UPDATE dolphin_entity SET sequence_number = ?2, checksum = ?3, deleted_to = ?4, anchor_checksum = ?5 WHERE number = ?1");
            Snapshots = new SnapshotTable(_db);
            Checkpoints = new CheckpointTable(_db);
            Snapshots.FindNewest(Entities);
        }
        catch
        {
            _db.Dispose();
            throw;
        }
    }

    public bool InTransaction { get; private set; }

    public void Begin()
    {
        if (InTransaction)
            return;
        _begin.Run();
        InTransaction = true;
        if (_incarnationWritten)
            return;
        _db.Execute($"UPDATE dolphin_schema SET incarnation = {_incarnationsBefore + 1}");
    }

    /// <summary>Adds a row to the open transaction.</summary>
    public void Append(JournalEntity entity, long sequenceNr, long createdTicks, in EncodedEvent encoded)
    {
        var checksum = RowChecksum.OfEvent(entity.Checksum, sequenceNr, createdTicks, encoded.SerializerId, encoded.Manifest, encoded.Message);
        _rows.Add(new UnwrittenEvent(entity, sequenceNr, createdTicks, encoded, checksum));
        (entity.LastSequenceNr, entity.Checksum) = (sequenceNr, checksum);
        Moved(entity);
        if (_rows.Count == Gathered)
            WriteRows();
    }

    /// <summary>True if rows wait outside <c>journal</c>, where nothing in here looks for them.</summary>
    public bool HasIntake => _intake.Count > 0;

    /// <summary>Moves what waits in the intake to <c>journal</c>, durably.</summary>
    public void EmptyIntake()
    {
        if (!HasIntake)
            return;
        _begin.Run();
        InTransaction = true;
        MoveIntake();
        _commit.Run();
        InTransaction = false;
    }

    /// <summary>UTC ticks at which the newest undamaged event was stored; 0 if there is none. Walks the file.</summary>
    public long NewestCreated() => _db.Number(
        $"SELECT COALESCE(MAX(created), 0) FROM journal WHERE ordering NOT IN ({string.Join(',', Damage.Select(row => row.Ordering))})");

    /// <summary>Gives SQLite the rows that were gathered, so that the commit has less to do.</summary>
    public void WriteRows()
    {
        if (_rows.Count == 0)
            return;
        var scattered = _mayScatter && _intake.Suits(_rows.Count, _moved.Count);
        if (!scattered || _intake.IsFull)
            MoveIntake(); // Before what comes after it.
        foreach (ref readonly var row in CollectionsMarshal.AsSpan(_rows))
        {
            if (scattered)
                _intake.Add(++LastOrdering, row);
            else
                _insert.Run(++LastOrdering, row);
        }

        _rows.Clear();
    }

    /// <summary>Makes the transaction durable. No transaction, no work.</summary>
    public void Commit()
    {
        if (!InTransaction)
            return;
        WriteRows();
        WriteHeads();
        _commit.Run();
        InTransaction = false;
        _incarnationWritten = true;
    }

    /// <summary>Gives the transaction up. The entities' heads are then ahead of the file, so nothing may be written any more.</summary>
    public void Abandon()
    {
        if (InTransaction && _db.InTransaction)
            _db.Execute("ROLLBACK");
        InTransaction = false;
        _rows.Clear();
    }

    /// <summary>Deletes events of an entity up to and including <paramref name="toSequenceNr"/>, inside a transaction.</summary>
    public void DeleteEvents(JournalEntity entity, long toSequenceNr)
    {
        var to = Math.Min(toSequenceNr, entity.LastSequenceNr);
        if (to <= entity.DeletedTo)
            return;
        Begin();
        WriteRows();
        MoveIntake();
        // The last row of an id stays, marked, as in Akka.Persistence.Sql: from it a reader knows the highest sequence number.
        var remove = Math.Min(to, entity.LastSequenceNr - 1);
        using (var newest = _db.PrepareOnce(
            "SELECT checksum FROM journal WHERE persistence_id = ?1 AND sequence_number <= ?2 ORDER BY sequence_number DESC LIMIT 1"))
        {
            if (newest.BindText(1, entity.Utf8).Bind(2, remove).Step())
                entity.AnchorChecksum = (ulong)newest.Int64(0);
        }

        using (var delete = _db.PrepareOnce("DELETE FROM journal WHERE persistence_id = ?1 AND sequence_number <= ?2"))
            delete.BindText(1, entity.Utf8).Bind(2, remove).Run();
        using (var mark = _db.PrepareOnce("UPDATE journal SET deleted = 1 WHERE persistence_id = ?1 AND sequence_number <= ?2"))
            mark.BindText(1, entity.Utf8).Bind(2, to).Run();
        entity.DeletedTo = to;
        WriteHead(entity);
    }

    /// <summary>Reads and verifies events; see <see cref="JournalReplay"/>.</summary>
    public JournalReplay Replay(JournalEntity entity, long fromSequenceNr, long toSequenceNr, long max) =>
        new(_db, entity, fromSequenceNr, toSequenceNr, max);

    /// <summary>Calls <paramref name="fact"/> for every row after <paramref name="afterOrdering"/>, in the order of writing.</summary>
    public void ScanChecksums(long afterOrdering, Action<JournalEntity, JournalFact> fact)
    {
        using var query = _db.PrepareOnce(
            "SELECT ordering, persistence_id, sequence_number, checksum, created FROM journal WHERE ordering > ?1 ORDER BY ordering");
        query.Bind(1, afterOrdering);
        while (query.Step())
            fact(Entities.GetOrAdd(query.Bytes(1)), new JournalFact(query.Int64(2), query.Int64(0), (ulong)query.Int64(3)));
    }

    /// <summary>The stored checksum of one row, or null if there is none.</summary>
    public ulong? ChecksumAt(JournalEntity entity, long sequenceNr)
    {
        using var query = _db.PrepareOnce("SELECT checksum FROM journal WHERE persistence_id = ?1 AND sequence_number = ?2");
        return query.BindText(1, entity.Utf8).Bind(2, sequenceNr).Step() ? (ulong)query.Int64(0) : null;
    }

    /// <summary>Manifest, created and message of one row, for a message about it.</summary>
    public (string Manifest, long CreatedTicks, byte[] Message)? Row(long ordering)
    {
        using var query = _db.PrepareOnce("SELECT manifest, created, message FROM journal WHERE ordering = ?1");
        return query.Bind(1, ordering).Step() ? (Encoding.UTF8.GetString(query.Bytes(0)), query.Int64(1), query.Bytes(2).ToArray()) : null;
    }

    public void Dispose() => _db.Dispose();

    /// <summary>What somebody else left in the intake, who did not come to emptying it.</summary>
    private void TakeOverIntake()
    {
        if (!HasIntake)
            return;
        var ends = IntakeHeads.NewestOf(_db);
        _begin.Run();
        using (var move = _db.PrepareOnce("UPDATE dolphin_entity SET sequence_number = ?2, checksum = ?3 WHERE number = ?1"))
        {
            foreach (var end in ends)
                move.Bind(1, end.Number).Bind(2, end.SequenceNr).Bind(3, (long)end.Checksum).Run();
        }

        MoveIntake();
        _commit.Run();
    }

    private void MoveIntake()
    {
        if (!HasIntake)
            return;
        _intake.Empty();
        foreach (var entity in _intakeHeads.Behind)
            WriteHead(entity);
        _intakeHeads.Clear();
    }

    private void Moved(JournalEntity entity)
    {
        if (entity.HeadMoved)
            return;
        entity.HeadMoved = true;
        _moved.Add(entity);
    }

    private void WriteHeads()
    {
        foreach (var entity in _moved)
        {
            entity.HeadMoved = false;
            if (HasIntake && entity.Number != 0)
                _intakeHeads.Add(entity);
            else
                WriteHead(entity);
        }

        _moved.Clear();
        _intakeHeads.Write(LastOrdering);
    }

    private void WriteHead(JournalEntity entity)
    {
        if (entity.Number != 0)
        {
            _moveHead.Bind(1, entity.Number).Bind(2, entity.LastSequenceNr).Bind(3, (long)entity.Checksum)
                .Bind(4, entity.DeletedTo).Bind(5, (long)entity.AnchorChecksum).Run();
            return;
        }

        _insertHead.BindText(1, entity.Utf8).Bind(2, entity.LastSequenceNr).Bind(3, (long)entity.Checksum)
            .Bind(4, entity.DeletedTo).Bind(5, (long)entity.AnchorChecksum).Run();
        entity.Number = _db.LastRowId;
    }
}

/// <summary>A stored row that a re-execution must repeat.</summary>
internal readonly record struct JournalFact(long SequenceNr, long Ordering, ulong Checksum);
