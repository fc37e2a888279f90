using System.Collections.Immutable;
using Dolphin.EngineTests.Persistence;

namespace Dolphin.EngineTests;

/// <summary>On Dolphin.Engine: virtual time, driven by the thread of the test.</summary>
public abstract partial class BehaviourKit : TestKit
{
    protected BehaviourKit(Circumstances? given = null) : base(SettingsFor(given ?? new Circumstances()), manualClock: true) { }

    private static EngineSettings SettingsFor(Circumstances given) => EngineSettings.VirtualTime with
    {
        LogLevel = given.LogLevel,
        MaxTurnsPerInstant = 1_000_000,
        Mailboxes = given.Mailboxes.ToImmutableDictionary(m => m.Name, m => m.Bound),
        Serializers = TestSerializer.Bindings,
        Persistence = new JournalSettings
        {
            InMemory = given.Journal ?? new InMemoryJournal(),
            RecoveryEventTimeout = given.RecoveryEventTimeout,
            WriteTimeout = given.WriteTimeout ?? TimeSpan.FromDays(1000),
            MaxConcurrentRecoveries = given.MaxConcurrentRecoveries,
        },
    };

    /// <summary>The hand on the clock of a kit that was made with a test scheduler.</summary>
    protected static TestScheduler ClockOf(TestKit kit) => kit.TestScheduler;

    /// <summary>Returns when no actor has anything to do before the clock moves.</summary>
    protected void Settle() => Sys.VirtualTime().RunUntilIdle();

    /// <summary>Moves the clock; everything due on the way happens, in order, each with all its consequences before the next.</summary>
    protected void Advance(TimeSpan by) => Sys.VirtualTime().RunFor(by);

    /// <summary>All that is told inside is in the mailboxes before any of it is handled.</summary>
    protected void Together(Action tell)
    {
        tell();
        Settle();
    }

    /// <summary>Does something as from outside the actors, such as completing a task that one of them awaits.</summary>
    protected void Outside(Action action)
    {
        Sys.VirtualTime().Post(action);
        Settle();
    }

    /// <summary>The result of a task that must have one, or its exception.</summary>
    protected T Outcome<T>(Task<T> task)
    {
        Settle();
        Assert.True(task.IsCompleted, "The task is not done, and no actor has anything left to do.");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Lets a time limit pass, by whichever clock the runtime measures it.</summary>
    protected void LetPass(TimeSpan limit) => Advance(limit);

    /// <summary>Lets a time limit pass, by whichever clock the runtime measures it, and returns the task's result or throws its exception.</summary>
    protected T OutcomeAfter<T>(Task<T> task, TimeSpan limit)
    {
        Settle();
        Assert.False(task.IsCompleted, "The task is done before its limit.");
        Advance(limit);
        return Outcome(task);
    }
}
