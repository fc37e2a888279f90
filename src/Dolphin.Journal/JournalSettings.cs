namespace Dolphin.Journal;

/// <summary>When a persist handler runs.</summary>
public enum DurabilityMode
{
    /// <summary>After the event is on disk (fsync). For real time.</summary>
    Durable,

    /// <summary>
    /// At once, in the same virtual instant: the event waits in a bounded queue and is committed behind the actor's back, in order.
    /// A crash loses the newest events, which a re-execution from a checkpoint derives again. For replays in virtual time only.
    /// </summary>
    WriteBehind,
}

/// <summary>One SQLite file with events and snapshots.</summary>
/// <param name="PluginId">What a persistent actor gives as JournalPluginId and SnapshotPluginId.</param>
/// <param name="FileName">Inside <see cref="JournalSettings.Directory"/>.</param>
public sealed record JournalFileSettings(string PluginId, string FileName = "");

/// <summary>Where and how events and snapshots are stored, whichever actors store them.</summary>
public sealed record JournalSettings
{
    /// <summary>The state folder; created if it is missing. Not used with <see cref="InMemory"/>.</summary>
    public string Directory { get; init; } = "";

    /// <summary>
    /// The files in the order in which a batch is committed: what a later file knows, the earlier ones know durably. The first one is
    /// the default ("" means it) and holds the checkpoints. With <see cref="InMemory"/> only their plugin ids count: which ones an actor may name.
    /// </summary>
    public IReadOnlyList<JournalFileSettings> Files { get; init; } = [new("node", "journal.db")];

    public DurabilityMode Mode { get; init; } = DurabilityMode.Durable;

    /// <summary>Events that may wait for the writer thread; at the bound whoever persists blocks until there is room.</summary>
    public int QueueBound { get; init; } = 65_536;

    /// <summary>A file that would grow beyond this many bytes counts as a full disk: the journal fails. 0: no bound but the disk's.</summary>
    public long MaxFileBytes { get; init; }

    /// <summary>A write with no answer after this long fails the actor, as OnPersistFailure.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A recovery that sees neither snapshot nor event for this long fails.</summary>
    public TimeSpan RecoveryEventTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many actors may recover at the same time; the others wait for their turn.</summary>
    public int MaxConcurrentRecoveries { get; init; } = 50;

    /// <summary>Keep everything in memory, with faults on demand, and no files: for tests.</summary>
    public InMemoryJournal? InMemory { get; init; }

    /// <summary>A disk's answer has no place in virtual time, and an order must not leave on a promise in real time.</summary>
    /// <param name="system">The actor system's name, for the message.</param>
    /// <returns>What is wrong with the mode, in words; null if it fits.</returns>
    public string? MisfitFor(string system, bool isVirtual) => (isVirtual, Mode) switch
    {
        (true, not DurabilityMode.WriteBehind) =>
            $"Actor system '{system}' runs in virtual time: expected DurabilityMode.WriteBehind, got {Mode}. When a disk answers is not deterministic. The journal was not opened.",
        (false, not DurabilityMode.Durable) =>
            $"Actor system '{system}' runs in real time: expected DurabilityMode.Durable, got {Mode}. An order could leave before its intent is on disk. The journal was not opened.",
        _ => null,
    };
}
