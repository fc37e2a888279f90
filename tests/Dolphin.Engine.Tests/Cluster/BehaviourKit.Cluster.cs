using System.Globalization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Debug = Akka.Event.Debug;

namespace Dolphin.EngineTests;

/// <summary>On Akka.NET: a scheduler and a dispatcher of the tests' own, so that the clock stands still and idleness can be seen.</summary>
/// <remarks>
/// Akka.NET's own TestScheduler is not used here, because it fires with the clock at the end of a step instead of at each due time, forgets the
/// cancelable of a scheduled action, and cannot schedule an IRunnable. TestKitStories show what can be relied on.
/// </remarks>
public abstract partial class BehaviourKit : TestKit
{
    protected BehaviourKit(Circumstances? given = null) : base(SetupFor(given ?? new Circumstances()))
    {
        // A surprise: a system does not wait until its loggers are subscribed, so an event of the first moments may pass an EventFilter by.
        var listener = Outcome(Sys.ActorSelection("/system/log*-TestEventListener").ResolveOne(Patience));
        foreach (var level in new[] { typeof(Debug), typeof(Info), typeof(Warning), typeof(Error) }) Sys.EventStream.Subscribe(listener, level);
    }

    private SteppedScheduler Clock => (SteppedScheduler)Sys.Scheduler;

    private static ActorSystemSetup SetupFor(Circumstances given) => ActorSystemSetup.Empty
        .WithSetup(BootstrapSetup.Create().WithConfig(ConfigFor(given).WithFallback(DefaultConfig)))
        .WithSetup(new JournalSetup(given.Journal ?? new InMemoryJournal()));

    private static Config ConfigFor(Circumstances given)
    {
        const string Own = "Dolphin.EngineTests.{0}, Dolphin.Engine.Tests";
        string Named(string type) => string.Format(CultureInfo.InvariantCulture, Own, type);
        // With a limit a write's answer comes by way of another thread, which the tests' own clock knows nothing of; so there is none by default.
        static string Ms(TimeSpan? time) => time is { } limit ? string.Create(CultureInfo.InvariantCulture, $"{limit.TotalMilliseconds}ms") : "infinite";
        var mailboxes = string.Join('\n', given.Mailboxes.Select(m =>
            $"{m.Name} {{ mailbox-type = \"Akka.Dispatch.BoundedMailbox, Akka\", mailbox-capacity = {m.Bound}, mailbox-push-timeout-time = 0s }}"));
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = {{given.LogLevel.ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant()}}
              stdout-loglevel = OFF
              log-dead-letters = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              scheduler.implementation = "{{Named(nameof(SteppedScheduler))}}"
              actor {
                default-dispatcher.type = "{{Named(nameof(SteppedDispatcherConfigurator))}}"
                internal-dispatcher.type = "{{Named(nameof(SteppedDispatcherConfigurator))}}"
                serializers.test = "Dolphin.EngineTests.Persistence.TestSerializer, Dolphin.Engine.Tests"
                serialization-bindings {
                  "Dolphin.EngineTests.Persistence.Noted, Dolphin.Engine.Tests" = test
                  "Dolphin.EngineTests.Persistence.Unwritable, Dolphin.Engine.Tests" = test
                }
              }
              persistence {
                max-concurrent-recoveries = {{given.MaxConcurrentRecoveries}}
                journal.plugin = "test-journal"
                snapshot-store.plugin = "test-snapshots"
              }
            }
            test-journal {
              class = "{{Named(nameof(FaultyJournal))}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              recovery-event-timeout = {{Ms(given.RecoveryEventTimeout)}}
              circuit-breaker.call-timeout = {{Ms(given.WriteTimeout)}}
            }
            test-snapshots {
              class = "{{Named(nameof(FaultySnapshots))}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              circuit-breaker.call-timeout = infinite
            }
            {{mailboxes}}
            """);
    }

    protected static TestScheduler ClockOf(TestKit kit) => (TestScheduler)kit.Sys.Scheduler;

    protected void Settle() => Clock.Settle(Patience);
    protected void Advance(TimeSpan by) => Clock.Advance(by, Patience);

    protected void Together(Action tell)
    {
        using (Clock.Hold()) tell();
        Settle();
    }

    protected void Outside(Action action)
    {
        action();
        Settle();
    }

    protected T Outcome<T>(Task<T> task)
    {
        Settle();
        // On a thread without the test's synchronization context, so that waiting cannot hold up what is waited for.
        Assert.True(Task.WhenAny(task).Wait(Patience), $"The task was not done within {Patience}.");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Nothing to do: what follows waits for the machine's clock.</summary>
    protected void LetPass(TimeSpan limit) => Settle();

    /// <remarks>Akka.NET measures the limits of Ask and GracefulStop by the machine's clock, whatever the scheduler: they must be short here.</remarks>
    protected T OutcomeAfter<T>(Task<T> task, TimeSpan limit) => Outcome(task);
}
