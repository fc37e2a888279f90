namespace Dolphin.Journal;

/// <summary>The checkpoints of the first journal file.</summary>
internal sealed class CheckpointTable(SqliteConnection db)
{
    /// <summary>Stores a checkpoint and forgets all but it and <paramref name="previous"/>; inside the caller's transaction.</summary>
    public void Save(Checkpoint checkpoint, long? previous)
    {
        var cursor = checkpoint.Cursor.AsSpan();
        var content = CheckpointFormat.WriteContent(checkpoint);
        var at = checkpoint.At.UtcTicks;
        using (var save = db.PrepareOnce("INSERT OR REPLACE INTO dolphin_checkpoint (number, at, cursor, content, checksum) VALUES (?1, ?2, ?3, ?4, ?5)"))
        {
            save.Bind(1, checkpoint.Number).Bind(2, at).BindBlob(3, cursor).BindBlob(4, content)
                .Bind(5, (long)CheckpointFormat.Checksum(checkpoint.Number, at, cursor, content)).Run();
        }

        using var forget = db.PrepareOnce("DELETE FROM dolphin_checkpoint WHERE number NOT IN (?1, ?2)");
        forget.Bind(1, checkpoint.Number).Bind(2, previous ?? checkpoint.Number).Run();
    }

    /// <summary>All checkpoints, newest first; null for a damaged row.</summary>
    public List<(long Number, Checkpoint? Checkpoint)> ReadAll()
    {
        var all = new List<(long, Checkpoint?)>();
        using var query = db.PrepareOnce("SELECT number, at, cursor, content, checksum FROM dolphin_checkpoint ORDER BY number DESC");
        while (query.Step())
        {
            var (number, at) = (query.Int64(0), query.Int64(1));
            var cursor = query.Bytes(2);
            var content = query.Bytes(3);
            var intact = CheckpointFormat.Checksum(number, at, cursor, content) == (ulong)query.Int64(4);
            all.Add((number, intact ? CheckpointFormat.Read(number, at, cursor.ToArray(), content.ToArray()) : null));
        }

        return all;
    }
}
