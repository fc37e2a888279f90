using System.Text;

namespace Dolphin.Journal;

/// <summary>A snapshot as it is stored.</summary>
internal sealed record StoredSnapshot(long SequenceNr, long CreatedTicks, int SerializerId, string Manifest, byte[] Bytes, ulong Checksum, bool IsIntact);

/// <summary>The snapshots of a journal file. Snapshots only save time, so a damaged one is passed over, never fatal.</summary>
internal sealed class SnapshotTable
{
    private readonly SqliteConnection _db;
    private readonly SqliteStatement _save;
    private readonly SqliteStatement _select;
    private readonly SqliteStatement _delete;

    public SnapshotTable(SqliteConnection db)
    {
        _db = db;
        _save = db.Prepare(
            "INSERT OR REPLACE INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id, checksum) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _select = db.Prepare(
            "SELECT sequence_number, created, serializer_id, manifest, snapshot, checksum FROM snapshot WHERE persistence_id = ?1 "
            + "AND sequence_number BETWEEN ?2 AND ?3 AND created BETWEEN ?4 AND ?5 ORDER BY sequence_number DESC");
        _delete = db.Prepare("DELETE FROM snapshot WHERE persistence_id = ?1 AND sequence_number BETWEEN ?2 AND ?3 AND created BETWEEN ?4 AND ?5");
    }

    /// <summary>Tells each entity which snapshot is its newest.</summary>
    public void FindNewest(JournalEntities entities)
    {
        using var query = _db.PrepareOnce("SELECT persistence_id, sequence_number, checksum FROM snapshot ORDER BY persistence_id, sequence_number");
        while (query.Step())
        {
            // Only of ids that exist: an id may have snapshots and no events.
            entities.GetOrAdd(query.Bytes(0)).NewestSnapshot = new SnapshotReference(query.Int64(1), (ulong)query.Int64(2));
        }
    }

    /// <summary>Stores a snapshot, over one of the same sequence number if there is one.</summary>
    public void Save(JournalEntity entity, long sequenceNr, long createdTicks, in EncodedEvent encoded)
    {
        var checksum = RowChecksum.OfSnapshot(entity.Utf8, sequenceNr, createdTicks, encoded.SerializerId, encoded.Manifest, encoded.Message);
        _save.BindText(1, entity.Utf8).Bind(2, sequenceNr).Bind(3, createdTicks).BindBlob(4, encoded.Message).BindText(5, encoded.Manifest)
            .Bind(6, encoded.SerializerId).Bind(7, (long)checksum).Run();
        entity.NewestSnapshot = new SnapshotReference(sequenceNr, checksum);
        entity.VisibleSnapshots?.Add(sequenceNr);
    }

    /// <summary>The snapshots that fit, newest first, including damaged ones (marked so).</summary>
    public List<StoredSnapshot> Find(JournalEntity entity, long minSequenceNr, long maxSequenceNr, long minTicks, long maxTicks)
    {
        var found = new List<StoredSnapshot>();
        _select.BindText(1, entity.Utf8).Bind(2, minSequenceNr).Bind(3, maxSequenceNr).Bind(4, minTicks).Bind(5, maxTicks);
        try
        {
            while (_select.Step())
            {
                var sequenceNr = _select.Int64(0);
                if (entity.VisibleSnapshots is { } visible && !visible.Contains(sequenceNr))
                    continue;
                found.Add(Current(entity, sequenceNr));
            }
        }
        finally
        {
            _select.Reset();
        }

        return found;
    }

    /// <summary>True if exactly that snapshot is there and undamaged.</summary>
    public bool IsIntact(JournalEntity entity, SnapshotReference reference)
    {
        _select.BindText(1, entity.Utf8).Bind(2, reference.SequenceNr).Bind(3, reference.SequenceNr).Bind(4, long.MinValue).Bind(5, long.MaxValue);
        try
        {
            return _select.Step() && Current(entity, reference.SequenceNr) is { IsIntact: true } snapshot && snapshot.Checksum == reference.Checksum;
        }
        finally
        {
            _select.Reset();
        }
    }

    public void Delete(JournalEntity entity, long minSequenceNr, long maxSequenceNr, long minTicks, long maxTicks) =>
        _delete.BindText(1, entity.Utf8).Bind(2, minSequenceNr).Bind(3, maxSequenceNr).Bind(4, minTicks).Bind(5, maxTicks).Run();

    /// <summary>Deletes all snapshots of an id but those of two sequence numbers.</summary>
    public void DeleteAllBut(JournalEntity entity, long keep, long? keepToo)
    {
        using var delete = _db.PrepareOnce("DELETE FROM snapshot WHERE persistence_id = ?1 AND sequence_number NOT IN (?2, ?3)");
        delete.BindText(1, entity.Utf8).Bind(2, keep).Bind(3, keepToo ?? keep).Run();
    }

    private StoredSnapshot Current(JournalEntity entity, long sequenceNr)
    {
        var manifest = _select.Bytes(3);
        var bytes = _select.Bytes(4);
        var checksum = (ulong)_select.Int64(5);
        var actual = RowChecksum.OfSnapshot(entity.Utf8, sequenceNr, _select.Int64(1), (int)_select.Int64(2), manifest, bytes);
        return new StoredSnapshot(sequenceNr, _select.Int64(1), (int)_select.Int64(2), Encoding.UTF8.GetString(manifest), bytes.ToArray(),
            checksum, actual == checksum && !_select.IsNull(5));
    }
}
