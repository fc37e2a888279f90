using System.Globalization;
using System.Text;
using Akka.Actor.Setup;
using Akka.Configuration;
using Dolphin.Journal;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>Creates and drives systems by <see cref="EngineSettings"/>, with the names that the default edition's engine has for it.</summary>
public static class SimulatedSystems
{
    extension(ActorSystem)
    {
        /// <summary>A system with no HOCON of its own.</summary>
        public static ActorSystem Create(string name, EngineSettings settings)
        {
            var setup = new EngineSetup(settings);
            var config = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(SimulationConfig.Of(settings)));
            return setup.Start(() =>
            {
                var system = ActorSystem.Create(name, ActorSystemSetup.Create(config, setup));
                foreach (var (type, serializer) in settings.Serializers((ExtendedActorSystem)system))
                {
                    system.Serialization.AddSerializer(type.FullName!, serializer);
                    system.Serialization.AddSerializationMap(type, serializer);
                }

                // What the guardians do at their start is no part of anybody's run.
                if (system.Scheduler is VirtualScheduler scheduler) scheduler.Time.RunUntilIdle();
                return system;
            });
        }
    }

    /// <summary>The driver of a virtual-time system.</summary>
    /// <exception cref="InvalidOperationException">The system runs in real time.</exception>
    public static VirtualTime VirtualTime(this ActorSystem system) => (system.Scheduler as VirtualScheduler)?.Time
        ?? throw new InvalidOperationException(
            $"Actor system '{system.Name}' runs in real time; create it with {nameof(EngineSettings)}.{nameof(EngineSettings.VirtualTime)} to drive it.");

    /// <summary>The journal files of a system, opened and verified if nobody has before; null if it stores in memory.</summary>
    /// <exception cref="JournalException">They cannot be opened.</exception>
    /// <exception cref="ConfigurationException">The durability mode does not fit the system's kind of time.</exception>
    public static JournalSet? Journal(this ActorSystem system) => EventStores.Instance.Apply(system).Journal;
}

/// <summary>The HOCON that a system by <see cref="EngineSettings"/> is created with.</summary>
internal static class SimulationConfig
{
    /// <summary>The persistence plugin of who names none; to the store its name is "".</summary>
    public const string DefaultPlugin = "dolphin-default";

    public static string Of(EngineSettings settings)
    {
        var hocon = new StringBuilder();
        hocon.Append(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = {{LevelOf(settings.LogLevel)}}
              stdout-loglevel = OFF
              loggers = []
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              coordinated-shutdown { run-by-actor-system-terminate = off, run-by-clr-shutdown-hook = off, exit-clr = off }
              actor.guardian-supervisor-strategy = "{{NameOf<GuardianStrategy>()}}"
              actor.default-dispatcher.throughput = {{settings.Throughput}}

            """);
        if (settings.Time == EngineTime.Real)
        {
            hocon.AppendLine(CultureInfo.InvariantCulture, $$"""
                  scheduler.implementation = "{{NameOf<RealTimeScheduler>()}}"
                """);
        }
        else
        {
            hocon.Append(CultureInfo.InvariantCulture, $$"""
                  scheduler.implementation = "{{NameOf<VirtualScheduler>()}}"
                  actor.default-dispatcher.type = "{{NameOf<VirtualDispatcherConfigurator>()}}"
                  actor.internal-dispatcher.type = "{{NameOf<VirtualDispatcherConfigurator>()}}"
                  actor.default-blocking-io-dispatcher.type = "{{NameOf<VirtualDispatcherConfigurator>()}}"

                """);
        }

        hocon.AppendLine("}");
        AppendPersistence(hocon, settings);
        return hocon.ToString();
    }

    private static void AppendPersistence(StringBuilder hocon, EngineSettings settings)
    {
        var journal = settings.Persistence ?? new JournalSettings();
        // Everybody may recover at once where that takes no time.
        var recoveries = settings.Time == EngineTime.Virtual ? int.MaxValue : journal.MaxConcurrentRecoveries;
        hocon.AppendLine(CultureInfo.InvariantCulture, $$"""
            akka.persistence {
              max-concurrent-recoveries = {{recoveries}}
              journal.plugin = "{{DefaultPlugin}}"
              snapshot-store.plugin = "{{DefaultPlugin}}"
            }
            dolphin-inline-dispatcher.type = "{{NameOf<InlineDispatcherConfigurator>()}}"
            """);
        var dispatcher = settings.Time == EngineTime.Virtual ? "dolphin-inline-dispatcher" : "akka.actor.default-dispatcher";
        foreach (var (path, plugin) in journal.Files.Select(file => (file.PluginId, file.PluginId)).Prepend((DefaultPlugin, "")))
        {
            hocon.AppendLine(CultureInfo.InvariantCulture, $$"""
                {{path}} {
                  class = "{{NameOf<EventStoreActor>()}}"
                  plugin-dispatcher = "{{dispatcher}}"
                  plugin-id = "{{plugin}}"
                  recovery-event-timeout = {{(long)journal.RecoveryEventTimeout.TotalMilliseconds}}ms
                }
                """);
        }
    }

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        _ => "ERROR",
    };
}
