namespace Dolphin.EngineTests;

public sealed class CoordinatedShutdownStories : BehaviourKit
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _ran = new();

    private CoordinatedShutdown Shutdowns => CoordinatedShutdown.Get(Sys);

    private void Add(string phase, string name, Func<Task>? work = null) => Shutdowns.AddTask(phase, name, async () =>
    {
        _ran.Enqueue(name);
        if (work is not null) await work();
        return Done.Instance;
    });

    private Task<Done> Run(string? fromPhase = null)
    {
        Task<Done>? run = null;
        Outside(() => run = Shutdowns.Run(CoordinatedShutdown.UnknownReason.Instance, fromPhase));
        return run!;
    }

    [Fact(DisplayName = "Phases run in order whatever the order of adding, the system ends last, and Run runs once")]
    public void In_order()
    {
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        Add(CoordinatedShutdown.PhaseServiceStop, "stop");
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "first");
        Sys.RegisterOnTermination(() => _ran.Enqueue("system"));
        var run = Shutdowns.Run(CoordinatedShutdown.ClrExitReason.Instance);
        Outcome(run);
        Outcome(Shutdowns.Run(CoordinatedShutdown.UnknownReason.Instance));
        Assert.Equal(["first", "stop", "last", "system"], _ran);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Shutdowns.ShutdownReason);
        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "All tasks of a phase run, and the next phase waits for the slowest")]
    public void Phases_wait()
    {
        var slow = new TaskCompletionSource();
        Add(CoordinatedShutdown.PhaseServiceStop, "slow", () => slow.Task);
        Add(CoordinatedShutdown.PhaseServiceStop, "quick");
        Add(CoordinatedShutdown.PhaseClusterLeave, "after");
        var run = Run();
        SpinWait.SpinUntil(() => _ran.Count == 2, Patience);
        Assert.Equal(["quick", "slow"], _ran.Order(StringComparer.Ordinal));
        Outside(slow.SetResult);
        Outcome(run);
        Assert.Equal("after", _ran.Last());
    }

    [Fact(DisplayName = "A task that fails does not keep the rest from running")]
    public void Recovers_from_failure()
    {
        Add(CoordinatedShutdown.PhaseServiceUnbind, "fails", () => throw new TimeoutException("no route"));
        Add(CoordinatedShutdown.PhaseServiceUnbind, "fails late", async () =>
        {
            await Task.CompletedTask;
            throw new TimeoutException("no route");
        });
        Add(CoordinatedShutdown.PhaseClusterLeave, "after");
        EventFilter.Warning(contains: "no route").Expect(2, () => Outcome(Run()));
        Assert.Equal("after", _ran.Last());
    }

    // Exactly that long with the engine (Embedded/EngineAloneStories); Akka.NET begins to count on a thread of the pool.
    [Fact(DisplayName = "A task that never ends holds up its phase for the time the phase has, and then the rest runs")]
    public void Recovers_from_hanging()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "hangs", () => new TaskCompletionSource().Task);
        Add(CoordinatedShutdown.PhaseClusterLeave, "after");
        var limit = Shutdowns.Timeout(CoordinatedShutdown.PhaseServiceStop);
        Assert.Equal(5 * Second, limit);
        var run = Run();
        SpinWait.SpinUntil(() => _ran.Count == 1, Patience);
        Assert.False(run.IsCompleted);
        SpinWait.SpinUntil(
            () =>
            {
                Advance(limit);
                return run.IsCompleted;
            },
            Patience);
        Assert.Equal(["hangs", "after"], _ran);
    }

    [Fact(DisplayName = "Running from a phase skips the earlier ones")]
    public void From_phase()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "skipped");
        Add(CoordinatedShutdown.PhaseClusterShutdown, "run");
        Outcome(Run(CoordinatedShutdown.PhaseClusterLeave));
        Assert.Equal(["run"], _ran);
    }

    [Fact(DisplayName = "A task can ask actors while they still live")]
    public void Asks_actors()
    {
        var probe = CreateTestProbe();
        Add(CoordinatedShutdown.PhaseServiceStop, "flush", async () => _ran.Enqueue(await probe.Ref.Ask<string>("flush", Second)));
        var run = Run();
        probe.ExpectMsg("flush");
        probe.Reply("flushed");
        Outcome(run);
        Assert.Equal(["flush", "flushed"], _ran);
    }

    [Fact(DisplayName = "An unknown phase is refused")]
    public void Unknown_phase() => Assert.Throws<ConfigurationException>(() => Add("tea-time", "x"));
}
