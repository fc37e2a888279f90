namespace Dolphin.Engine.Persistence;

/// <summary>How an actor recovers: from which snapshot, up to which event, and how many events at most.</summary>
public sealed class Recovery
{
    /// <summary>From the newest snapshot to the last event.</summary>
    public static Recovery Default { get; } = new(SnapshotSelectionCriteria.Latest);

    /// <summary>No snapshot, no events; the actor still learns the highest sequence number, so that its next event follows it.</summary>
    public static Recovery None { get; } = new(SnapshotSelectionCriteria.None, toSequenceNr: 0);

    public SnapshotSelectionCriteria FromSnapshot { get; }
    /// <summary>Inclusive.</summary>
    public long ToSequenceNr { get; }
    /// <summary>Events, not counting the snapshot.</summary>
    public long ReplayMax { get; }

    public Recovery() : this(SnapshotSelectionCriteria.Latest) { }
    public Recovery(SnapshotSelectionCriteria fromSnapshot) : this(fromSnapshot, long.MaxValue) { }
    public Recovery(SnapshotSelectionCriteria fromSnapshot, long toSequenceNr) : this(fromSnapshot, toSequenceNr, long.MaxValue) { }
    public Recovery(SnapshotSelectionCriteria? fromSnapshot = null, long toSequenceNr = long.MaxValue, long replayMax = long.MaxValue) =>
        (FromSnapshot, ToSequenceNr, ReplayMax) = (fromSnapshot ?? SnapshotSelectionCriteria.Latest, toSequenceNr, replayMax);
}

/// <summary>The last message of a recovery: all stored events have been replayed. The actor may persist from here on.</summary>
public sealed class RecoveryCompleted
{
    public static readonly RecoveryCompleted Instance = new();
    private RecoveryCompleted() { }
    public override bool Equals(object? obj) => obj is RecoveryCompleted;
    public override int GetHashCode() => 1;
    public override string ToString() => "<RecoveryCompleted>";
}

/// <summary>Neither snapshot nor event came for <see cref="Dolphin.Journal.JournalSettings.RecoveryEventTimeout"/>.</summary>
public sealed class RecoveryTimedOutException : Actor.AkkaException
{
    public RecoveryTimedOutException() { }
    public RecoveryTimedOutException(string message, Exception? cause = null) : base(message, cause) { }
}
