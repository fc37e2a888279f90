using Akka.Configuration;
using Dolphin.Journal;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>The key of the extension that holds a system's event store.</summary>
internal sealed class EventStores : ExtensionIdProvider<EventStoreExtension>
{
    public static EventStores Instance { get; } = new();
    public override EventStoreExtension CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>
/// The journal and snapshot store of a system, opened (and verified) when it is first asked for: by the first persistent actor, or
/// before that by a driver that wants to rewind.
/// </summary>
internal sealed class EventStoreExtension : IExtension
{
    /// <exception cref="JournalException">The journal cannot be opened.</exception>
    /// <exception cref="ConfigurationException">The durability mode does not fit the system's kind of time.</exception>
    public EventStoreExtension(ExtendedActorSystem system)
    {
        var setup = EngineSetup.Of(system) ?? throw new ConfigurationException(
            $"Actor system '{system.Name}' has no EngineSettings; expected ActorSystem.Create(name, EngineSettings). Nothing was opened.");
        Settings = setup.Settings.Persistence ?? new JournalSettings { InMemory = new InMemoryJournal() };
        var codec = new SerializationCodec(system.Serialization);
        if (Settings.InMemory is { } memory)
        {
            Store = memory.Attach(new SchedulerClock(system.Scheduler), codec);
        }
        else
        {
            RequireFittingTime(system, setup.Settings.Time);
            Store = Journal = JournalSet.Open(Settings, codec, system.Name, warning => system.Log.Warning("{0}", warning));
            foreach (var row in Journal.Damage) system.Log.Error("{0} The entity will not recover.", row);
        }

        system.RegisterOnTermination(Store.Dispose);
    }

    public JournalSettings Settings { get; }
    /// <summary>The files: damage, checkpoints, facts, counters. Null if everything is in memory.</summary>
    public JournalSet? Journal { get; }
    public IEventStore Store { get; }

    private void RequireFittingTime(ExtendedActorSystem system, EngineTime time)
    {
        if (Settings.MisfitFor(system.Name, time == EngineTime.Virtual) is { } misfit) throw new ConfigurationException(misfit);
    }

    private sealed class SchedulerClock(IScheduler scheduler) : IJournalClock
    {
        public DateTimeOffset Now => scheduler.Now;
        public void After(TimeSpan delay, Action action) => scheduler.Advanced.ScheduleOnce(delay, action);
    }
}
