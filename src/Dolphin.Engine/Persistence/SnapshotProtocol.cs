using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

/// <summary>Which snapshot.</summary>
/// <param name="Timestamp">When it was asked for, UTC, by the engine's clock.</param>
public sealed record SnapshotMetadata(string PersistenceId, long SequenceNr, DateTime Timestamp)
{
    internal static SnapshotMetadata Of(SnapshotKey key) => new(key.PersistenceId, key.SequenceNr, key.Created);
    internal SnapshotKey ToKey() => new(PersistenceId, SequenceNr, Timestamp);
}

/// <summary>Offered to a recovering actor before the events that are newer than the snapshot.</summary>
public sealed record SnapshotOffer(SnapshotMetadata Metadata, object Snapshot);

/// <summary>A snapshot as loaded.</summary>
public sealed record SelectedSnapshot(SnapshotMetadata Metadata, object Snapshot)
{
    internal static SelectedSnapshot? Of(RestoredSnapshot? snapshot) =>
        snapshot is null ? null : new SelectedSnapshot(SnapshotMetadata.Of(snapshot.Key), snapshot.State);
}

/// <summary>The answer to a LoadSnapshot asked for outside recovery; <paramref name="Snapshot"/> is null if none fits.</summary>
public sealed record LoadSnapshotResult(SelectedSnapshot? Snapshot, long ToSequenceNr);

public sealed record LoadSnapshotFailed(Exception Cause);
public sealed record SaveSnapshotSuccess(SnapshotMetadata Metadata);
public sealed record SaveSnapshotFailure(SnapshotMetadata Metadata, Exception Cause);
public sealed record DeleteSnapshotSuccess(SnapshotMetadata Metadata);
public sealed record DeleteSnapshotFailure(SnapshotMetadata Metadata, Exception Cause);
public sealed record DeleteSnapshotsSuccess(SnapshotSelectionCriteria Criteria);
public sealed record DeleteSnapshotsFailure(SnapshotSelectionCriteria Criteria, Exception Cause);
public sealed record DeleteMessagesSuccess(long ToSequenceNr);
public sealed record DeleteMessagesFailure(Exception Cause, long ToSequenceNr);

/// <summary>Which snapshots are meant; all bounds are inclusive.</summary>
public sealed record SnapshotSelectionCriteria
{
    public static SnapshotSelectionCriteria Latest { get; } = new(long.MaxValue);
    public static SnapshotSelectionCriteria None { get; } = new(0, DateTime.MinValue);

    public long MaxSequenceNr { get; }
    public DateTime MaxTimeStamp { get; }
    public long MinSequenceNr { get; }
    public DateTime? MinTimestamp { get; }

    public SnapshotSelectionCriteria(long maxSequenceNr, DateTime maxTimeStamp, long minSequenceNr = 0, DateTime? minTimestamp = null) =>
        (MaxSequenceNr, MaxTimeStamp, MinSequenceNr, MinTimestamp) = (maxSequenceNr, maxTimeStamp, minSequenceNr, minTimestamp ?? DateTime.MinValue);

    public SnapshotSelectionCriteria(long maxSequenceNr) : this(maxSequenceNr, DateTime.MaxValue) { }

    internal SnapshotRange ToRange() => new(MinSequenceNr, MaxSequenceNr, MinTimestamp ?? DateTime.MinValue, MaxTimeStamp);
}
