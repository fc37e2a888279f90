using System.Text;

namespace Dolphin.Journal;

/// <summary>An event as its row has it, column by column.</summary>
/// <param name="Created">.NET ticks, UTC.</param>
/// <param name="IsDeleted">It stays only to say which sequence number was the highest.</param>
/// <param name="Writer">Which life of which program wrote it; null if the row does not say.</param>
public sealed record EventRow(
    string PersistenceId, long SequenceNr, long Created, bool IsDeleted, int SerializerId, string Manifest, string? Writer, byte[] Message);

/// <summary>A snapshot as its row has it.</summary>
/// <param name="IsIntact">Its checksum is what its bytes say; one that is not is passed over by whoever recovers.</param>
public sealed record SnapshotRow(string PersistenceId, long SequenceNr, long Created, int SerializerId, string Manifest, byte[] Snapshot, bool IsIntact);

/// <param name="LastSequenceNr">Of the newest event; 0 if it has only snapshots.</param>
/// <param name="DeletedTo">Events up to here were deleted on request: only a snapshot from here on knows what they said.</param>
public sealed record StoredEntity(string PersistenceId, long LastSequenceNr, long DeletedTo);

/// <summary>A journal file that nobody writes, every row of it verified, to be read from its first row to its last. Nothing of it is changed.</summary>
/// <remarks>For whoever holds the folder's lock. A log that a crash left beside the file is read with it.</remarks>
public sealed class WholeJournal : IDisposable
{
    private readonly SqliteConnection _db;
    private readonly string _events; // What to select them from.

    public string Path => _db.Path;

    /// <summary>Rows that are not what was written, in the order of the file.</summary>
    public IReadOnlyList<DamagedRow> Damage { get; }

    /// <summary>Every persistence id, in ordinal order.</summary>
    public IReadOnlyList<StoredEntity> Entities { get; }

    public long EventCount { get; }
    public long SnapshotCount { get; }
    public long CheckpointCount { get; }

    /// <exception cref="JournalSchemaException">It is no journal of this layout.</exception>
    /// <exception cref="JournalException">It is missing or cannot be read.</exception>
    public WholeJournal(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        if (!File.Exists(path)) throw new JournalException($"There is no journal {path}.");
        _db = new SqliteConnection(path, readOnly: true, isAtRest: !HasLog(path));
        try
        {
            RequireLayout();
            var entities = new JournalEntities();
            Damage = JournalVerification.Run(_db, entities, _events = Intake.AndJournalOf(_db));
            Entities = [.. entities.All.OrderBy(e => e.Id, StringComparer.Ordinal).Select(e => new StoredEntity(e.Id, e.LastSequenceNr, e.DeletedTo))];
            EventCount = _db.Number($"SELECT count(*) FROM {_events}");
            SnapshotCount = _db.Number("SELECT count(*) FROM snapshot");
            CheckpointCount = _db.Number("SELECT count(*) FROM dolphin_checkpoint");
        }
        catch
        {
            _db.Dispose();
            throw;
        }
    }

    /// <summary>Events and snapshots of one persistence id.</summary>
    public long RowsOf(string persistenceId)
    {
        using var query = _db.PrepareOnce(
            $"SELECT (SELECT count(*) FROM {_events} WHERE persistence_id = ?1) + (SELECT count(*) FROM snapshot WHERE persistence_id = ?1)");
        return query.BindText(1, persistenceId).Step() ? query.Int64(0) : 0;
    }

    /// <summary>Every event, in the order of writing, streamed.</summary>
    public IEnumerable<EventRow> Events()
    {
        using var query = _db.PrepareOnce(
            $"SELECT persistence_id, sequence_number, created, deleted, identifier, manifest, writer_uuid, message FROM {_events} ORDER BY ordering");
        while (query.Step())
        {
            yield return new EventRow(
                query.Text(0), query.Int64(1), query.Int64(2), query.Int64(3) != 0, (int)query.Int64(4), query.Text(5),
                query.IsNull(6) ? null : query.Text(6), query.Bytes(7).ToArray());
        }
    }

    /// <summary>Every snapshot, in order of persistence id and sequence number, damaged ones too (marked so).</summary>
    public IEnumerable<SnapshotRow> Snapshots()
    {
        using var query = _db.PrepareOnce(
            "SELECT persistence_id, sequence_number, created, serializer_id, manifest, snapshot, checksum FROM snapshot ORDER BY persistence_id, sequence_number");
        while (query.Step()) yield return Snapshot(query);
    }

    public void Dispose() => _db.Dispose();

    private static SnapshotRow Snapshot(SqliteStatement row)
    {
        var (sequenceNr, created, serializer) = (row.Int64(1), row.Int64(2), (int)row.Int64(3));
        var actual = RowChecksum.OfSnapshot(row.Bytes(0), sequenceNr, created, serializer, row.Bytes(4), row.Bytes(5));
        return new SnapshotRow(
            Encoding.UTF8.GetString(row.Bytes(0)), sequenceNr, created, serializer, row.Text(4), row.Bytes(5).ToArray(),
            IsIntact: !row.IsNull(6) && actual == (ulong)row.Int64(6));
    }

    private void RequireLayout()
    {
        if (_db.Number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'dolphin_schema'") == 0)
            throw new JournalSchemaException($"{Path}: expected a journal with a dolphin_schema table, found none: another program wrote it. Nothing was changed.");
        JournalSchema.RequireReadable(_db);
    }

    private static bool HasLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
}
