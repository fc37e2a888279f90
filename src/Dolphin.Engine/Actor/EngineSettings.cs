using System.Collections.Immutable;
using Dolphin.Engine.Event;
using Dolphin.Engine.Serialization;
using Dolphin.Journal;
using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>Which clock and which threads a system runs on.</summary>
public enum EngineTime
{
    /// <summary>The thread pool, all cores, time as it passes.</summary>
    Real,
    /// <summary>One thread and a clock moved by <see cref="VirtualTime"/>; deterministic.</summary>
    Virtual,
}

/// <summary>How an actor system runs. The Embedded edition's counterpart of a HOCON configuration.</summary>
public sealed record EngineSettings
{
    public static EngineSettings RealTime { get; } = new();
    public static EngineSettings VirtualTime { get; } = new() { Time = EngineTime.Virtual };

    public EngineTime Time { get; init; } = EngineTime.Real;
    /// <summary>The clock of a real-time system. Of one that is not steady only what passes is used: its wall clock is read once.</summary>
    public TimeProvider Clock { get; init; } = SteadyClock.Machine;
    /// <summary>Where a virtual clock begins.</summary>
    public DateTimeOffset VirtualStart { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    /// <summary>Chance for jitter of backoffs.</summary>
    public ulong Seed { get; init; } = 1;
    /// <summary>
    /// In virtual time: with a seed, the next actor to run is chosen at random among those that have messages, one message at a
    /// time. Null is first come, first served.
    /// </summary>
    public ulong? ExplorationSeed { get; init; }
    /// <summary>Supervises the top-level actors; null is <see cref="SupervisorStrategy.DefaultStrategy"/>.</summary>
    public SupervisorStrategy? GuardianStrategy { get; init; }
    /// <summary>User messages any mailbox holds before further ones become dead letters; null is no bound.</summary>
    public int? MailboxBound { get; init; }
    /// <summary>Bounds by the name given to <see cref="Props.WithMailbox"/>.</summary>
    public ImmutableDictionary<string, int> Mailboxes { get; init; } = ImmutableDictionary<string, int>.Empty;
    /// <summary>Messages an actor handles in a row before another gets its turn.</summary>
    /// <remarks>
    /// Two actors that talk much stay on one core as long as each works off in one turn what the other sent: the rest of a turn that is over goes to
    /// the common queue, where another core takes it, and their mailboxes then move to and fro between two caches. So more than usually waits; a turn
    /// of 256 messages of 10 us is still over in 3 ms.
    /// </remarks>
    public int Throughput { get; init; } = 256;
    /// <summary>In virtual time: turns without the clock moving after which a run is given up as endless.</summary>
    public long MaxTurnsPerInstant { get; init; } = 200_000_000;
    /// <summary>The least severe level that is published.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.InfoLevel;
    /// <summary>
    /// In virtual time: an Ask (or a Terminate) made by the driver itself runs the system until the answer is there or its
    /// timeout has passed, because nobody else could. For tests.
    /// </summary>
    public bool AskDrivesTime { get; init; }
    /// <summary>Where persistent actors store; null is in memory.</summary>
    public JournalSettings? Persistence { get; init; }
    /// <summary>The serializers of events and snapshots. Types that fit none are rejected (OnPersistRejected).</summary>
    public Func<ExtendedActorSystem, IEnumerable<SerializerBinding>> Serializers { get; init; } = static _ => [];

    /// <exception cref="ConfigurationException">A value is out of its range; all of them are named.</exception>
    internal void Validate(string system)
    {
        var errors = new List<string>();
        if (Throughput < 1) errors.Add($"Throughput is {Throughput}; expected at least 1.");
        if (MailboxBound is < 1) errors.Add($"MailboxBound is {MailboxBound}; expected at least 1, or null for no bound.");
        if (MaxTurnsPerInstant < 1) errors.Add($"MaxTurnsPerInstant is {MaxTurnsPerInstant}; expected at least 1.");
        if (ExplorationSeed is not null && Time == EngineTime.Real) errors.Add("ExplorationSeed is set; it has a meaning in virtual time only.");
        foreach (var (name, bound) in Mailboxes.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (bound < 1) errors.Add($"Mailboxes[{name}] is {bound}; expected at least 1.");
        }

        if (errors.Count > 0) throw new ConfigurationException($"Actor system '{system}' not created. {string.Join(" ", errors)}");
    }
}
