namespace Dolphin.Journal;

/// <summary>Reads every row of a journal once, in the order of writing, and follows each persistence id's chain of checksums.</summary>
internal static class JournalVerification
{
    /// <summary>Fills <paramref name="entities"/> with the heads of all chains and marks the damaged ones.</summary>
    /// <param name="events">What to select events from.</param>
    /// <returns>Every damaged row, in the order of the file.</returns>
    /// <exception cref="JournalException">SQLite cannot read the file at all.</exception>
    public static List<DamagedRow> Run(SqliteConnection db, JournalEntities entities, string events = "journal")
    {
        var damage = new List<DamagedRow>();
        var heads = ReadHeads(db, entities);
        try
        {
            FollowChains(db, entities, events, damage);
        }
        catch (SqliteException e) when (e.PrimaryCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            throw new JournalException(
                $"{db.Path}: SQLite cannot read the journal table ({e.ResultCode}): the structure of the file is damaged, not only a row. "
                + "Not opened; restore the file from a backup.", e);
        }

        CompareHeads(db.Path, heads, damage);
        FindHeadless(db.Path, entities, damage);
        return damage;
    }

    private readonly record struct Head(JournalEntity Entity, long SequenceNr, ulong Checksum);

    private static List<Head> ReadHeads(SqliteConnection db, JournalEntities entities)
    {
        var heads = new List<Head>();
        var waiting = IntakeHeads.NewestOf(db).ToDictionary(static end => end.Number); // Newer than what dolphin_entity says.
        using var query = db.PrepareOnce(
            "SELECT number, persistence_id, sequence_number, checksum, deleted_to, anchor_checksum FROM dolphin_entity ORDER BY number");
        while (query.Step())
        {
            var entity = entities.GetOrAdd(query.Bytes(1));
            entity.Number = query.Int64(0);
            entity.DeletedTo = query.Int64(4);
            entity.Checksum = entity.AnchorChecksum = (ulong)query.Int64(5);
            heads.Add(waiting.TryGetValue(entity.Number, out var end)
                ? new Head(entity, end.SequenceNr, end.Checksum)
                : new Head(entity, query.Int64(2), (ulong)query.Int64(3)));
        }

        return heads;
    }

    private static void FollowChains(SqliteConnection db, JournalEntities entities, string events, List<DamagedRow> damage)
    {
        using var query = db.PrepareOnce(
            $"SELECT ordering, created, deleted, persistence_id, sequence_number, message, manifest, identifier, checksum FROM {events} ORDER BY ordering");
        while (query.Step())
        {
            var entity = entities.GetOrAdd(query.Bytes(3));
            var sequenceNr = query.Int64(4);
            var stored = (ulong)query.Int64(8);
            var actual = RowChecksum.OfEvent(entity.Checksum, sequenceNr, query.Int64(1), (int)query.Int64(7), query.Bytes(6), query.Bytes(5));
            var deleted = query.Int64(2);
            string? reason = null;
            if (query.IsNull(8))
                reason = "expected a checksum, found none: the row was not written by this edition, or its header is damaged.";
            else if (sequenceNr <= entity.LastSequenceNr)
                reason = $"expected a sequence number above {entity.LastSequenceNr}, found {sequenceNr}: the rows are out of order.";
            else if (actual != stored)
                reason = Mismatch(entity, sequenceNr, stored, actual);
            else if (deleted != 0 && sequenceNr > entity.DeletedTo)
                reason = $"the row is marked deleted ({deleted}), but deletion was asked for up to {entity.DeletedTo} only.";

            if (reason is not null)
            {
                var row = new DamagedRow(db.Path, query.Int64(0), entity.Id, sequenceNr, reason);
                entity.MarkDamaged(row);
                damage.Add(row);
            }

            // Go on from what the row says, so that one damaged row does not make all later ones look damaged.
            entity.LastSequenceNr = Math.Max(entity.LastSequenceNr, sequenceNr);
            entity.Checksum = stored;
        }
    }

    private static string Mismatch(JournalEntity entity, long sequenceNr, ulong stored, ulong actual)
    {
        var expectedNext = Math.Max(entity.LastSequenceNr, entity.DeletedTo) + 1;
        return sequenceNr > expectedNext
            ? $"expected sequence number {expectedNext} before it: "
                + (sequenceNr == expectedNext + 1 ? "that row is missing." : $"the rows {expectedNext} to {sequenceNr - 1} are missing.")
            : $"expected checksum {stored:x16}, computed {actual:x16}: the row, or the one before it, is not what was written.";
    }

    /// <summary>The chain cannot show that its own end is missing; the separately kept head can.</summary>
    private static void CompareHeads(string file, List<Head> heads, List<DamagedRow> damage)
    {
        foreach (var (entity, sequenceNr, checksum) in heads)
        {
            var found = Math.Max(entity.LastSequenceNr, entity.DeletedTo);
            string? reason = null;
            if (found < sequenceNr)
                reason = found + 1 == sequenceNr
                    ? "the row is missing from the end of the journal."
                    : $"the rows {found + 1} to {sequenceNr} are missing from the end of the journal.";
            else if (found > sequenceNr)
                reason = $"expected {sequenceNr} to be the last row of this id, found {found}.";
            else if (entity.Checksum != checksum && entity.Damage is null)
                reason = $"expected the chain to end in {checksum:x16}, found {entity.Checksum:x16}.";
            entity.LastSequenceNr = Math.Max(found, sequenceNr);
            if (reason is null)
                continue;
            var row = new DamagedRow(file, 0, entity.Id, Math.Min(found + 1, sequenceNr), reason);
            entity.MarkDamaged(row);
            damage.Add(row);
        }
    }

    /// <summary>A damaged persistence id in a row, or in the table of heads, makes an id that nobody registered.</summary>
    private static void FindHeadless(string file, JournalEntities entities, List<DamagedRow> damage)
    {
        foreach (var entity in entities.All)
        {
            if (entity.Number != 0 || entity.Damage is not null)
                continue;
            var row = new DamagedRow(file, 0, entity.Id, entity.LastSequenceNr,
                "expected an entry for this id in dolphin_entity, found none: the name is damaged here or there.");
            entity.MarkDamaged(row);
            damage.Add(row);
        }
    }
}
