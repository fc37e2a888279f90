namespace Dolphin.EngineTests;

/// <summary>What a test wants of its actor system beyond the usual.</summary>
public sealed record Circumstances
{
    /// <summary>Bounds, in messages, by the name given to <c>Props.WithMailbox</c>.</summary>
    public IReadOnlyList<(string Name, int Bound)> Mailboxes { get; init; } = [];
    /// <summary>Journal and snapshot store in one; null is an empty one.</summary>
    public InMemoryJournal? Journal { get; init; }
    /// <summary>How long a recovery waits for the next sign of life of its journal.</summary>
    public TimeSpan RecoveryEventTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>How long a write may go unanswered; null is for ever. Measured by the virtual clock with one runtime, by the machine's with the other.</summary>
    public TimeSpan? WriteTimeout { get; init; }
    public int MaxConcurrentRecoveries { get; init; } = 50;
    public LogLevel LogLevel { get; init; } = LogLevel.DebugLevel;
}
