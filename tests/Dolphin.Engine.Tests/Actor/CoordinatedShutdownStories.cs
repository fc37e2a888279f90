namespace Dolphin.EngineTests;

public sealed class CoordinatedShutdownStories : TestKit
{
    private readonly List<string> _ran = [];

    private void Add(string phase, string name, Func<Task>? work = null) => CoordinatedShutdown.Get(Sys).AddTask(phase, name, async () =>
    {
        _ran.Add(name);
        if (work is not null) await work();
        return Done.Instance;
    });

    [Fact(DisplayName = "Phases run in order whatever the order of adding, the system ends last, and Run runs once")]
    public void In_order()
    {
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        Add(CoordinatedShutdown.PhaseServiceStop, "stop 1");
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "first");
        Add(CoordinatedShutdown.PhaseServiceStop, "stop 2");
        Sys.RegisterOnTermination(() => _ran.Add("system"));
        var shutdown = CoordinatedShutdown.Get(Sys);
        var run = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);
        Assert.Same(run, shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));
        AwaitCondition(() => run.IsCompleted);
        Assert.Equal(["first", "stop 1", "stop 2", "last", "system"], _ran);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, shutdown.ShutdownReason);
        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "A task that fails or never ends is logged, and the rest runs all the same")]
    public void Recovers()
    {
        Add(CoordinatedShutdown.PhaseServiceUnbind, "fails", () => throw new TimeoutException("no route"));
        Add(CoordinatedShutdown.PhaseServiceStop, "hangs", () => new TaskCompletionSource().Task);
        Add(CoordinatedShutdown.PhaseClusterLeave, "after");
        EventFilter.Warning(contains: "no route").ExpectOne(() =>
            EventFilter.Warning(start: "Shutdown phase service-stop was not done").ExpectOne(TimeSpan.FromSeconds(30), () =>
            {
                _ = CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.UnknownReason.Instance);
            }));
        AwaitCondition(() => Sys.WhenTerminated.IsCompleted);
        Assert.Equal(["fails", "hangs", "after"], _ran);
    }

    [Fact(DisplayName = "Running from a phase skips the earlier ones")]
    public void From_phase()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "skipped");
        Add(CoordinatedShutdown.PhaseClusterShutdown, "run");
        _ = CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseClusterLeave);
        AwaitCondition(() => Sys.WhenTerminated.IsCompleted);
        Assert.Equal(["run"], _ran);
    }

    [Fact(DisplayName = "A task can ask actors while they still live")]
    public void Asks_actors()
    {
        var probe = CreateTestProbe();
        Add(CoordinatedShutdown.PhaseServiceStop, "flush", async () => _ran.Add(await probe.Ref.Ask<string>("flush", TimeSpan.FromSeconds(1))));
        Sys.VirtualTime().Post(() => _ = CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.UnknownReason.Instance));
        probe.ExpectMsg("flush");
        probe.Reply("flushed");
        AwaitCondition(() => Sys.WhenTerminated.IsCompleted);
        Assert.Equal(["flush", "flushed"], _ran);
    }

    [Fact(DisplayName = "An unknown phase is refused with the names of the known ones")]
    public void Unknown_phase()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Add("tea-time", "x"));
        Assert.Contains(CoordinatedShutdown.PhaseServiceStop, refusal.Message, StringComparison.Ordinal);
    }
}
