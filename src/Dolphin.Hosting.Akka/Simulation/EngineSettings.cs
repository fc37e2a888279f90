using Dolphin.Journal;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Which clock and which threads a system runs on.</summary>
public enum EngineTime
{
    /// <summary>The thread pool, all cores, time as it passes.</summary>
    Real,
    /// <summary>One thread and a clock moved by <see cref="VirtualTime"/>; deterministic.</summary>
    Virtual,
}

/// <summary>
/// How an actor system of Akka.NET runs when nobody configures it in HOCON: in virtual time, or alone in real time. What the default
/// edition calls so in its engine, as far as the two have it in common.
/// </summary>
public sealed record EngineSettings
{
    public static EngineSettings RealTime { get; } = new();
    public static EngineSettings VirtualTime { get; } = new() { Time = EngineTime.Virtual };

    public EngineTime Time { get; init; } = EngineTime.Real;
    /// <summary>The clock of a real-time system. Of one that is not steady only what passes is used: its wall clock is read once.</summary>
    public TimeProvider Clock { get; init; } = SteadyClock.Machine;
    /// <summary>Where a virtual clock begins.</summary>
    public DateTimeOffset VirtualStart { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    /// <summary>
    /// In virtual time: with a seed, the next actor to run is chosen at random among those that have messages, one message at a
    /// time. Null is first come, first served.
    /// </summary>
    public ulong? ExplorationSeed { get; init; }
    /// <summary>Supervises the top-level actors: a OneForOneStrategy or an AllForOneStrategy; null is Akka.NET's default.</summary>
    public SupervisorStrategy? GuardianStrategy { get; init; }
    /// <summary>Messages an actor handles in a row before another gets its turn.</summary>
    public int Throughput { get; init; } = 64;
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
}

/// <summary>All objects of <paramref name="Type"/>, and of types derived from it or implementing it, go through <paramref name="Serializer"/>.</summary>
public sealed record SerializerBinding(Type Type, Serializer Serializer);
