namespace Dolphin.Journal;

/// <summary>
/// Holds, in write-behind mode, the newest snapshot of each entity until the next checkpoint: a snapshot that is committed earlier
/// would overwrite one that the last checkpoint needs.
/// </summary>
/// <remarks>Bound: one snapshot per persistence id; a newer one replaces it.</remarks>
internal sealed class SnapshotBuffer
{
    private readonly Dictionary<JournalFile, OrderedDictionary<JournalEntity, HeldSnapshot>> _held = [];

    public SnapshotBuffer(IReadOnlyList<JournalFile> files)
    {
        foreach (var file in files)
            _held.Add(file, []);
    }

    public void Hold(JournalFile file, JournalEntity entity, SnapshotKey key, EncodedEvent encoded) =>
        _held[file][entity] = new HeldSnapshot(key, encoded);

    public HeldSnapshot? Find(JournalFile file, JournalEntity entity) => _held[file].GetValueOrDefault(entity);

    public void Drop(JournalFile file, JournalEntity entity) => _held[file].Remove(entity);

    public bool IsEmpty(JournalFile file) => _held[file].Count == 0;

    /// <summary>Writes the file's held snapshots into its open transaction; deletes those that no checkpoint needs any more.</summary>
    /// <param name="neededToo">The snapshot of an entity that the checkpoint before this one needs.</param>
    public void Write(JournalFile file, Func<JournalEntity, long?> neededToo)
    {
        foreach (var (entity, snapshot) in _held[file])
        {
            file.Snapshots.Save(entity, snapshot.Key.SequenceNr, snapshot.Key.Created.Ticks, snapshot.Encoded);
            file.Snapshots.DeleteAllBut(entity, snapshot.Key.SequenceNr, neededToo(entity));
        }

        _held[file].Clear();
    }
}

/// <summary>A snapshot that waits for the next checkpoint.</summary>
internal sealed record HeldSnapshot(SnapshotKey Key, EncodedEvent Encoded);
