namespace Dolphin.Journal;

/// <summary>
/// What a persistent actor needs of a journal and a snapshot store. Callbacks come on another thread, or later, unless
/// <see cref="IsWriteBehind"/>: then they all come on the caller's thread before the call returns.
/// </summary>
internal interface IEventStore : IDisposable
{
    /// <summary>True if events are taken at once by <see cref="WriteNow"/> and made durable later.</summary>
    bool IsWriteBehind { get; }

    /// <exception cref="JournalException">No such plugin.</exception>
    void RequirePlugin(string? pluginId, string persistenceId);

    /// <summary>Stores events in order; the observer hears of each of them, in order. Not in write-behind mode.</summary>
    void Write(string? pluginId, string persistenceId, List<JournalEvent> events, IWriteObserver observer);

    /// <summary>Takes events in write-behind mode.</summary>
    /// <returns>Null if all were taken; else the outcome of each.</returns>
    List<WriteOutcome>? WriteNow(string? pluginId, string persistenceId, List<JournalEvent> events);

    void Replay(string? pluginId, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, IReplayObserver observer);
    void DeleteEvents(string? pluginId, string persistenceId, long toSequenceNr, Action<Exception?> done);
    void SaveSnapshot(string? pluginId, SnapshotKey key, object snapshot, Action<Exception?> done);
    void LoadSnapshot(string? pluginId, string persistenceId, SnapshotRange range, Action<RestoredSnapshot?, Exception?> done);
    void DeleteSnapshots(string? pluginId, string persistenceId, SnapshotRange range, Action<Exception?> done);
}

/// <summary>What became of one event.</summary>
/// <param name="Rejected">True: not stored, the journal works on. False with a cause: failed.</param>
/// <param name="Cause">Null if the event was taken.</param>
internal readonly record struct WriteOutcome(Exception? Cause, bool Rejected);

/// <summary>Hears the events of a replay.</summary>
internal interface IReplayObserver
{
    /// <returns>False to end the replay early.</returns>
    bool Replayed(long sequenceNr, object payload);
    void Completed(long highestSequenceNr);
    void Failed(Exception cause);
}
