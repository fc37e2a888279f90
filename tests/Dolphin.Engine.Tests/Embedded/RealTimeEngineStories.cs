namespace Dolphin.EngineTests;

/// <summary>What only the engine promises on the thread pool, or only it can be asked for.</summary>
public sealed class RealTimeEngineStories : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _system = ActorSystem.Create("real", EngineSettings.RealTime with { Throughput = 1 });

    public void Dispose()
    {
        _system.Terminate().Wait(Long);
        _system.Dispose();
    }

    private sealed record Numbered(int Sender, int Number);

    private sealed class Checker : ReceiveActor
    {
        public Checker(int senders, int each, TaskCompletionSource<string> verdict)
        {
            var next = new int[senders];
            var handled = 0;
            Receive<Numbered>(m =>
            {
                if (m.Number != next[m.Sender]++) verdict.TrySetResult($"sender {m.Sender}: {m.Number} out of order");
                if (++handled == senders * each) verdict.TrySetResult("all in order");
            });
        }
    }

    [Fact(DisplayName = "With one message a turn nothing is lost either, and the order of each sender is kept")]
    public async Task One_message_a_turn()
    {
        const int Senders = 4;
        const int Each = 50_000;
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var checker = _system.ActorOf(Props.Create<Checker>(Senders, Each, verdict));
        var threads = Enumerable.Range(0, Senders).Select(s => new Thread(() =>
        {
            for (var i = 0; i < Each; i++) checker.Tell(new Numbered(s, i));
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal("all in order", await verdict.Task.WaitAsync(Long));
    }

    [Fact(DisplayName = "A timer never fires early, and a timeout of an ask does come")]
    public async Task Timers()
    {
        using var kit = new TestKit(_system);
        var due = TimeSpan.FromMilliseconds(30);
        var before = _system.Scheduler.MonotonicClock;
        _system.Scheduler.ScheduleTellOnce(due, kit.TestActor, "now", ActorRefs.NoSender);
        kit.ExpectMsg("now", Long);
        Assert.True(_system.Scheduler.MonotonicClock - before >= due);
        await Assert.ThrowsAsync<AskTimeoutException>(() => kit.TestActor.Ask<string>("?", TimeSpan.FromMilliseconds(10)));
    }

    private sealed class SteeredClock : TimeProvider
    {
        public TimeSpan Set { get; set; }
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Set;
    }

    [Fact(DisplayName = "Setting the wall clock moves neither the time of a system nor its timers")]
    public async Task Set_clock()
    {
        var clock = new SteeredClock();
        using var system = ActorSystem.Create("set", EngineSettings.RealTime with { Clock = clock });
        var (time, passed) = (system.Scheduler.Now, system.Scheduler.MonotonicClock);
        foreach (var hours in (int[])[2, -2, -48])
        {
            clock.Set = TimeSpan.FromHours(hours);
            var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            system.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(5), fired.SetResult);
            await fired.Task.WaitAsync(Long);
            var (now, later) = (system.Scheduler.Now, system.Scheduler.MonotonicClock);
            Assert.True(now > time);
            Assert.InRange((now - time) - (later - passed), -Long / 2, Long / 2); // Read one after the other, and never hours apart.
        }
    }

    [Fact(DisplayName = "A bounded mailbox under several senders holds no more than its bound and loses nothing silently")]
    public async Task Bounded()
    {
        const int Senders = 4;
        const int Each = 5_000;
        using var kit = new TestKit(_system);
        var lost = 0;
        var handled = 0;
        var letters = _system.ActorOf(Props.Create(() => new Counter(() => Interlocked.Increment(ref lost))));
        _system.EventStream.Subscribe<DeadLetter>(letters);
        var actor = _system.ActorOf(Props.Create(() => new Counter(() => Interlocked.Increment(ref handled))).WithMailboxBound(50));
        var threads = Enumerable.Range(0, Senders).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++) actor.Tell(i);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.True(await actor.GracefulStop(Long));
        kit.AwaitCondition(() => Volatile.Read(ref lost) + Volatile.Read(ref handled) == Senders * Each, Long, TimeSpan.FromMilliseconds(5));
    }

    private sealed class Counter : ReceiveActor
    {
        public Counter(Action count) => ReceiveAny(_ => count());
    }
}
