namespace Dolphin.Journal;

/// <summary>Names one snapshot.</summary>
/// <param name="Created">When it was asked for, UTC, by the runtime's clock.</param>
internal readonly record struct SnapshotKey(string PersistenceId, long SequenceNr, DateTime Created);

/// <summary>A snapshot that was read back.</summary>
internal sealed record RestoredSnapshot(SnapshotKey Key, object State);

/// <summary>Which snapshots of a persistence id are meant; all bounds are inclusive.</summary>
internal readonly record struct SnapshotRange(long MinSequenceNr, long MaxSequenceNr, DateTime MinCreated, DateTime MaxCreated)
{
    public static SnapshotRange All { get; } = UpTo(long.MaxValue);

    public static SnapshotRange UpTo(long sequenceNr) => new(0, sequenceNr, DateTime.MinValue, DateTime.MaxValue);

    public bool Holds(SnapshotKey key) => key.SequenceNr >= MinSequenceNr && key.SequenceNr <= MaxSequenceNr
        && key.Created >= MinCreated && key.Created <= MaxCreated;
}
