
namespace Dolphin.Journal;

/// <summary>One stored thing as it lies in the file; its bytes are the serializer's.</summary>
public sealed record StoredRow(long Ordering, string PersistenceId, long SequenceNr, DateTimeOffset Created, string Manifest, byte[] Bytes);

/// <summary>Looks into a journal file without a lock and without changing a byte, also while a process writes it.</summary>
/// <remarks>Events are not verified where they are read: <see cref="Damage"/> looks at all of them, as a node does that opens the file.</remarks>
public sealed class JournalReader : IDisposable
{
    private readonly SqliteConnection _db;
    private readonly string _events; // What to select them from.

    /// <exception cref="JournalException">The file is missing or no journal.</exception>
    /// <exception cref="JournalSchemaException">A newer program wrote it.</exception>
    public JournalReader(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        if (!File.Exists(path)) throw new JournalException($"There is no journal {path}.");
        _db = new SqliteConnection(path, readOnly: true);
        try
        {
            // A file that somebody is about to make has no tables yet; one of another program has none of ours.
            if (JournalSchema.Exists(_db, "dolphin_schema")) JournalSchema.RequireReadable(_db);
            _events = Intake.AndJournalOf(_db);
        }
        catch
        {
            _db.Dispose();
            throw;
        }
    }

    /// <summary>Every event row that is not what was written, in the order of the file, and every one that is missing. Reads the file once.</summary>
    /// <exception cref="JournalException">SQLite cannot read the file at all.</exception>
    public IReadOnlyList<DamagedRow> Damage()
    {
        if (!JournalSchema.Exists(_db, "dolphin_entity")) return [];
        _db.Execute("BEGIN"); // Rows and the heads of their chains as of one moment, also while somebody writes.
        try
        {
            return JournalVerification.Run(_db, new JournalEntities(), _events);
        }
        finally
        {
            _db.Execute("ROLLBACK");
        }
    }

    /// <summary>The newest event of a persistence id and manifest that was stored at or before a time; null if there is none.</summary>
    public StoredRow? Newest(string persistenceId, string manifest, DateTimeOffset notAfter)
    {
        using var query = _db.PrepareOnce(
            $"SELECT ordering, sequence_number, created, message FROM {_events} WHERE persistence_id = ?1 AND manifest = ?2 AND created <= ?3 "
            + "ORDER BY sequence_number DESC LIMIT 1");
        query.BindText(1, persistenceId).BindText(2, manifest).Bind(3, notAfter.UtcTicks);
        return query.Step()
            ? new StoredRow(query.Int64(0), persistenceId, query.Int64(1), new DateTimeOffset(query.Int64(2), TimeSpan.Zero), manifest, query.Bytes(3).ToArray())
            : null;
    }

    /// <summary>The events of a persistence id beyond a sequence number, oldest first, streamed.</summary>
    public IEnumerable<StoredRow> Events(string persistenceId, long after = 0)
    {
        using var query = _db.PrepareOnce(
            $"SELECT ordering, sequence_number, created, manifest, message FROM {_events} WHERE persistence_id = ?1 AND sequence_number > ?2 ORDER BY sequence_number");
        query.BindText(1, persistenceId).Bind(2, after);
        while (query.Step())
        {
            yield return new StoredRow(query.Int64(0), persistenceId, query.Int64(1), new DateTimeOffset(query.Int64(2), TimeSpan.Zero),
                query.Text(3), query.Bytes(4).ToArray());
        }
    }

    /// <summary>The newest snapshot of every persistence id that is what was written, in ordinal order of id: a damaged one is passed over, as by whoever recovers.</summary>
    public IReadOnlyList<StoredRow> NewestSnapshots()
    {
        using var query = _db.PrepareOnce(
            "SELECT persistence_id, sequence_number, created, manifest, snapshot, serializer_id, checksum FROM snapshot ORDER BY persistence_id, sequence_number DESC");
        var rows = new List<StoredRow>();
        while (query.Step())
        {
            var id = query.Text(0);
            if (rows.Count > 0 && string.Equals(rows[^1].PersistenceId, id, StringComparison.Ordinal)) continue;
            var (sequenceNr, created) = (query.Int64(1), query.Int64(2));
            if (IsWhole(query, sequenceNr, created)) rows.Add(SnapshotRow(query, id, sequenceNr, created));
        }

        return rows;
    }

    /// <summary>The newest snapshot of a persistence id that was stored at or before a time and is what was written; null if none is left.</summary>
    public StoredRow? NewestSnapshot(string persistenceId, DateTimeOffset notAfter)
    {
        using var query = _db.PrepareOnce(
            "SELECT persistence_id, sequence_number, created, manifest, snapshot, serializer_id, checksum FROM snapshot WHERE persistence_id = ?1 AND created <= ?2 ORDER BY sequence_number DESC");
        query.BindText(1, persistenceId).Bind(2, notAfter.UtcTicks);
        while (query.Step())
        {
            var (sequenceNr, created) = (query.Int64(1), query.Int64(2));
            if (IsWhole(query, sequenceNr, created)) return SnapshotRow(query, persistenceId, sequenceNr, created);
        }

        return null;
    }

    private static bool IsWhole(SqliteStatement row, long sequenceNr, long created) =>
        !row.IsNull(6) && (ulong)row.Int64(6) == RowChecksum.OfSnapshot(row.Bytes(0), sequenceNr, created, (int)row.Int64(5), row.Bytes(3), row.Bytes(4));

    private static StoredRow SnapshotRow(SqliteStatement row, string persistenceId, long sequenceNr, long created) =>
        new(0, persistenceId, sequenceNr, new DateTimeOffset(created, TimeSpan.Zero), row.Text(3), row.Bytes(4).ToArray());

    /// <summary>Every persistence id that has events, in ordinal order.</summary>
    public IReadOnlyList<string> PersistenceIds()
    {
        using var query = _db.PrepareOnce($"SELECT DISTINCT persistence_id FROM {_events} ORDER BY persistence_id");
        var ids = new List<string>();
        while (query.Step()) ids.Add(query.Text(0));
        return ids;
    }

    /// <summary>The newest checkpoint that is whole; null if there is none. Whether the files still fit it is not looked at.</summary>
    public Checkpoint? NewestCheckpoint() => new CheckpointTable(_db).ReadAll().Select(c => c.Checkpoint).FirstOrDefault(c => c is not null);

    /// <summary>When the newest row was stored, event or snapshot, by the clock of who stored it; null if there is none.</summary>
    public DateTimeOffset? NewestTime() => JournalSchema.Exists(_db, "snapshot")
        && _db.Number($"SELECT max(created) FROM (SELECT max(created) AS created FROM {_events} UNION ALL SELECT max(created) FROM snapshot)") is > 0 and var ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

    public long CountEvents() => _db.Number($"SELECT count(*) FROM {_events}");

    public void Dispose() => _db.Dispose();
}
