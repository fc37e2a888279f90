namespace Dolphin.EngineTests;

/// <summary>The same semantics on the thread pool. Each waits for an end that must come, and for no length of time.</summary>
public sealed class RealTimeStories : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _system = ActorSystem.Create("real");

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
            var inside = 0;
            Receive<Numbered>(m =>
            {
                if (Interlocked.Increment(ref inside) != 1) verdict.TrySetResult("two at once");
                if (m.Number != next[m.Sender]++) verdict.TrySetResult($"sender {m.Sender}: {m.Number} out of order");
                if (++handled == senders * each) verdict.TrySetResult("all in order");
                Interlocked.Decrement(ref inside);
            });
        }
    }

    [Fact(DisplayName = "Several threads telling one actor: nothing lost, nothing twice, in order per sender, one at a time")]
    public async Task Nothing_lost()
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

    private sealed record Ball(int Left);

    private sealed class Player : ReceiveActor
    {
        public Player(TaskCompletionSource done) => Receive<Ball>(b =>
        {
            if (b.Left == 0) done.TrySetResult();
            else Sender.Tell(new Ball(b.Left - 1));
        });
    }

    [Fact(DisplayName = "Two actors on several threads that only ever wait for each other come to their end")]
    public async Task Ping_pong()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (a, b) = (_system.ActorOf(Props.Create<Player>(done)), _system.ActorOf(Props.Create<Player>(done)));
        a.Tell(new Ball(100_000), b);
        await done.Task.WaitAsync(Long);
    }

    private sealed class Flaky : ReceiveActor
    {
        private static readonly object Boom = new();

        public Flaky(IActorRef log)
        {
            Receive<int>(n =>
            {
                if (n % 100 == 0) throw new TimeoutException();
                log.Tell(n);
            });
        }
    }

    [Fact(DisplayName = "Restarts under load lose only the messages that failed, and keep the order")]
    public void Restarts_under_load()
    {
        using var kit = new TestKit(_system);
        var actor = _system.ActorOf(Props.Create<Flaky>(kit.TestActor));
        var numbers = Enumerable.Range(1, 2_000).ToList();
        foreach (var n in numbers) actor.Tell(n);
        Assert.Equal(numbers.Where(n => n % 100 != 0).Cast<object>(), kit.ReceiveN(1_980, Long));
    }

    private sealed class Awaiting : ReceiveActor
    {
        public Awaiting() => ReceiveAsync<Task<int>>(async t =>
        {
            var n = await t;
            await Task.Yield();
            Sender.Tell($"{n} {Self.Path.Name}");
        });
    }

    [Fact(DisplayName = "A handler that awaits another thread goes on as the actor, and the next message waits for it")]
    public void Awaiting_in_real_time()
    {
        using var kit = new TestKit(_system);
        var actor = _system.ActorOf(Props.Create<Awaiting>(), "awaiting");
        var slow = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Tell(slow.Task, kit.TestActor);
        actor.Tell(Task.FromResult(2), kit.TestActor);
        new Thread(() => slow.SetResult(1)).Start();
        Assert.Equal(["1 awaiting", "2 awaiting"], kit.ReceiveN(2, Long));
    }

    [Fact(DisplayName = "Terminating ends all actors, leaves first, and completes once")]
    public async Task Terminates()
    {
        var stopped = new System.Collections.Concurrent.ConcurrentQueue<string>();
        _system.ActorOf(Props.Create(() => new Nested(2, stopped)), "top");
        await _system.ActorSelection("/user/top").Ask<ActorIdentity>(new Identify(1), Long);
        await _system.Terminate().WaitAsync(Long);
        Assert.Equal(["0", "1", "2"], stopped);
        Assert.True(_system.WhenTerminated.IsCompletedSuccessfully);
    }

    private sealed class Nested : ReceiveActor
    {
        private readonly int _height;
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _stopped;

        public Nested(int height, System.Collections.Concurrent.ConcurrentQueue<string> stopped)
        {
            (_height, _stopped) = (height, stopped);
            if (height > 0) Context.ActorOf(Props.Create(() => new Nested(height - 1, stopped)));
        }

        protected override void PostStop() => _stopped.Enqueue(_height.ToString());
    }
}
