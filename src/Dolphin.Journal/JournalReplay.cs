using System.Text;

namespace Dolphin.Journal;

/// <summary>An event as it is stored.</summary>
internal readonly record struct StoredEvent(long Ordering, long SequenceNr, long CreatedTicks, int SerializerId, string Manifest, byte[] Message);

/// <summary>
/// Reads the events of one entity in pieces and follows the chain again: opening verified the table, this verifies that the index
/// leads to the same rows.
/// </summary>
internal sealed class JournalReplay
{
    private readonly SqliteConnection _db;
    private readonly JournalEntity _entity;
    private readonly long _to;
    private long _next;
    private long _left;
    private ulong _checksum;
    private bool _anchored;

    public bool IsComplete { get; private set; }

    public JournalReplay(SqliteConnection db, JournalEntity entity, long fromSequenceNr, long toSequenceNr, long max)
    {
        (_db, _entity, _next, _to, _left) = (db, entity, Math.Max(1, fromSequenceNr), Math.Min(toSequenceNr, entity.LastSequenceNr), max);
        IsComplete = _next > _to || max <= 0;
    }

    /// <summary>Adds up to <paramref name="limit"/> events to <paramref name="events"/>.</summary>
    /// <exception cref="DamagedJournalException">A row is not what was written.</exception>
    public void Read(int limit, List<StoredEvent> events)
    {
        if (IsComplete)
            return;
        if (!_anchored)
            Anchor();
        var want = (int)Math.Min(limit, _left);
        using var query = _db.PrepareOnce(
            "SELECT ordering, created, deleted, sequence_number, message, manifest, identifier, checksum FROM journal "
            + "WHERE persistence_id = ?1 AND sequence_number BETWEEN ?2 AND ?3 ORDER BY sequence_number LIMIT ?4");
        query.BindText(1, _entity.Utf8).Bind(2, _next).Bind(3, _to).Bind(4, want);
        var rows = 0;
        for (; query.Step(); rows++)
        {
            var sequenceNr = query.Int64(3);
            var stored = (ulong)query.Int64(7);
            var actual = RowChecksum.OfEvent(_checksum, sequenceNr, query.Int64(1), (int)query.Int64(6), query.Bytes(5), query.Bytes(4));
            if (actual != stored)
                throw Damaged(query.Int64(0), sequenceNr, $"expected checksum {stored:x16}, computed {actual:x16} while replaying.");
            (_checksum, _next) = (stored, sequenceNr + 1);
            _left--;
            if (query.Int64(2) == 0)
                events.Add(new StoredEvent(query.Int64(0), sequenceNr, query.Int64(1), (int)query.Int64(6),
                    Encoding.UTF8.GetString(query.Bytes(5)), query.Bytes(4).ToArray()));
        }

        if (rows == want && _next <= _to && _left > 0)
            return;
        IsComplete = true;
        if (rows < want && _to == _entity.LastSequenceNr && _checksum != _entity.Checksum)
            throw Damaged(0, _next, $"the chain ends in {_checksum:x16} before it, expected {_entity.Checksum:x16}: rows cannot be found by their index.");
    }

    /// <summary>Finds the checksum that the first row to read is chained to.</summary>
    private void Anchor()
    {
        _anchored = true;
        using var query = _db.PrepareOnce(
            "SELECT checksum FROM journal WHERE persistence_id = ?1 AND sequence_number < ?2 ORDER BY sequence_number DESC LIMIT 1");
        _checksum = query.BindText(1, _entity.Utf8).Bind(2, _next).Step() ? (ulong)query.Int64(0) : _entity.AnchorChecksum;
    }

    private DamagedJournalException Damaged(long ordering, long sequenceNr, string reason)
    {
        var row = new DamagedRow(_db.Path, ordering, _entity.Id, sequenceNr, reason);
        _entity.MarkDamaged(row);
        return new DamagedJournalException([row]);
    }
}
