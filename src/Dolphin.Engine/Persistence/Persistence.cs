using Dolphin.Engine.Actor;
using Dolphin.Engine.Event;
using Dolphin.Journal;

namespace Dolphin.Engine.Persistence;

/// <summary>The key of the persistence extension; <see cref="ActorSystemJournals.Journal"/> is what it opens.</summary>
public sealed class Persistence : ExtensionIdProvider<PersistenceExtension>
{
    public static Persistence Instance { get; } = new();
    public override PersistenceExtension CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>
/// The journal and snapshot store of a system, opened (and verified) when the extension is first applied: by the first persistent
/// actor, or before that by a driver that wants to rewind.
/// </summary>
public sealed class PersistenceExtension : IExtension
{
    /// <exception cref="JournalException">The journal cannot be opened.</exception>
    /// <exception cref="ConfigurationException">The durability mode does not fit the system's kind of time.</exception>
    public PersistenceExtension(ExtendedActorSystem system)
    {
        Settings = system.Settings.Persistence ?? new JournalSettings { InMemory = new InMemoryJournal() };
        Serialization = new Serialization.Serialization(system.Settings.Serializers(system));
        Permits = new RecoveryPermits(Settings.MaxConcurrentRecoveries);
        WriteReminders = new WriteReminders(system.Scheduler, Settings.WriteTimeout);
        if (Settings.InMemory is { } memory)
        {
            Store = memory.Attach(new SchedulerClock(system.Scheduler), Serialization);
        }
        else
        {
            RequireFittingTime(system);
            Store = Journal = JournalSet.Open(Settings, Serialization, system.Name, warning => system.Log.Warning("{0}", warning));
            foreach (var row in Journal.Damage)
                system.Log.Error("{0} The entity will not recover.", row);
        }

        system.RegisterOnTermination(Store.Dispose);
    }

    public JournalSettings Settings { get; }
    public Serialization.Serialization Serialization { get; }
    /// <summary>The files: damage, checkpoints, facts, counters. Null if everything is in memory.</summary>
    public JournalSet? Journal { get; }
    internal IEventStore Store { get; }
    internal RecoveryPermits Permits { get; }
    internal WriteReminders WriteReminders { get; }

    private void RequireFittingTime(ExtendedActorSystem system)
    {
        if (Settings.MisfitFor(system.Name, system.Settings.Time == EngineTime.Virtual) is { } misfit)
            throw new ConfigurationException(misfit);
    }

    private sealed class SchedulerClock(IScheduler scheduler) : IJournalClock
    {
        public DateTimeOffset Now => scheduler.Now;
        public void After(TimeSpan delay, Action action) => scheduler.Advanced.ScheduleOnce(delay, action);
    }
}

public static class ActorSystemJournals
{
    /// <summary>The journal files of a system, opened and verified if nobody has before; null if it stores in memory.</summary>
    /// <exception cref="JournalException">They cannot be opened.</exception>
    /// <exception cref="ConfigurationException">The durability mode does not fit the system's kind of time.</exception>
    public static JournalSet? Journal(this ActorSystem system) => Persistence.Instance.Apply(system).Journal;
}
