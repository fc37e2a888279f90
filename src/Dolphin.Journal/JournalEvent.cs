namespace Dolphin.Journal;

/// <summary>An event on its way into the journal.</summary>
internal class JournalEvent
{
    /// <summary>Never null; immutable, because another thread serializes it.</summary>
    public required object Payload { get; init; }
    /// <summary>0 for what only keeps its place in the order: nothing is stored.</summary>
    public required long SequenceNr { get; init; }
    /// <summary>.NET ticks, UTC, of the runtime's clock when the actor asked.</summary>
    public required long CreatedTicks { get; init; }
    /// <summary>Neighbours with the same number are stored all or none.</summary>
    public required int AtomicGroup { get; init; }

    public bool IsStored => SequenceNr > 0;
}

/// <summary>Hears what became of a write. Called from the writer's thread, in the order of the events.</summary>
internal interface IWriteObserver
{
    void Stored(JournalEvent @event);
    /// <summary>Not stored, and never will be (it could not be serialized); the journal works on.</summary>
    void Rejected(JournalEvent @event, Exception cause);
    /// <summary>Perhaps stored, perhaps not.</summary>
    void Failed(JournalEvent @event, Exception cause);
}
