namespace Dolphin.EngineTests;

public sealed class VirtualTimeStories
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Passes a number on to the next of a ring, with a short timer in between now and then, and writes down all it sees.</summary>
    private sealed class Node : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        public Node(List<string> trace, int size)
        {
            Receive<int>(n =>
            {
                trace.Add($"{Context.System.Scheduler.MonotonicClock.TotalMilliseconds} {Self.Path.Name} {n}");
                if (n == 0) return;
                var next = Context.System.ActorSelection($"/user/{(int.Parse(Self.Path.Name) + n) % size}");
                if (n % 3 == 0) Timers.StartSingleTimer(n, n - 1, TimeSpan.FromMilliseconds(n));
                else next.Tell(n - 1, Self);
                if (n % 4 == 0) next.Tell(n / 2, Self);
            });
        }
    }

    private static List<string> Trace(ulong? seed)
    {
        var system = ActorSystem.Create("ring", EngineSettings.VirtualTime with { ExplorationSeed = seed });
        var trace = new List<string>();
        const int Size = 7;
        for (var i = 0; i < Size; i++) system.ActorOf(Props.Create(() => new Node(trace, Size)), i.ToString());
        for (var i = 0; i < Size; i++) system.ActorSelection($"/user/{i}").Tell(20 + i, ActorRefs.NoSender);
        system.VirtualTime().RunFor(10 * Second);
        return trace;
    }

    [Fact(DisplayName = "The same seed gives the same trace")]
    public void Same_seed_same_trace()
    {
        foreach (var seed in new ulong?[] { null, 1, 2, 3 }) Assert.Equal(Trace(seed), Trace(seed));
    }

    [Fact(DisplayName = "Different seeds explore different orders of the same work")]
    public void Seeds_explore()
    {
        var traces = Enumerable.Range(1, 10).Select(s => string.Join('\n', Trace((ulong)s))).ToList();
        Assert.True(traces.Distinct().Count() >= 9);
    }

    [Fact(DisplayName = "Exploring finds each order of two independent actors, and never breaks the order between one pair")]
    public void Explores_but_keeps_pairs()
    {
        var orders = new HashSet<string>();
        for (ulong seed = 1; seed <= 64; seed++)
        {
            var system = ActorSystem.Create("pairs", EngineSettings.VirtualTime with { ExplorationSeed = seed });
            var seen = new List<string>();
            var (a, b) = (system.ActorOf(Props.Create(() => new Names(seen)), "a"), system.ActorOf(Props.Create(() => new Names(seen)), "b"));
            system.VirtualTime().RunUntilIdle();
            foreach (var n in new[] { 1, 2 })
            {
                a.Tell(n);
                b.Tell(n);
            }

            system.VirtualTime().RunUntilIdle();
            Assert.True(seen.IndexOf("a1") < seen.IndexOf("a2") && seen.IndexOf("b1") < seen.IndexOf("b2"));
            orders.Add(string.Join(' ', seen));
        }

        Assert.Equal(6, orders.Count); // 4! / (2! 2!) interleavings
    }

    private sealed class Names : ReceiveActor
    {
        public Names(List<string> seen) => Receive<int>(n => seen.Add(Self.Path.Name + n));
    }

    private sealed class Ticker : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;
        private readonly List<TimeSpan> _seen;

        public Ticker(List<TimeSpan> seen)
        {
            _seen = seen;
            ReceiveAny(_ => _seen.Add(Context.System.Scheduler.MonotonicClock));
        }

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", "tick", Second);
    }

    [Fact(DisplayName = "RunUntil fires what is due up to and including its time, and the clock stands there")]
    public void Run_until()
    {
        var system = ActorSystem.Create("until", EngineSettings.VirtualTime);
        var time = system.VirtualTime();
        var seen = new List<TimeSpan>();
        system.ActorOf(Props.Create(() => new Ticker(seen)));
        var start = time.Now;
        time.RunUntil(start + (3.5 * Second));
        Assert.Equal(3, seen.Count);
        Assert.Equal(start + (3.5 * Second), time.Now);
        time.RunUntil(start + (4 * Second));
        Assert.Equal([Second, 2 * Second, 3 * Second, 4 * Second], seen);
        Assert.Equal(start + (5 * Second), time.NextDue);
        Assert.True(time.IsIdle);
        Assert.Equal(4, time.MessagesDelivered);
        Assert.Throws<ArgumentOutOfRangeException>(() => time.RunUntil(start));
    }

    [Fact(DisplayName = "Nothing happens unless the driver runs")]
    public void Driver_decides()
    {
        var system = ActorSystem.Create("still", EngineSettings.VirtualTime);
        var seen = new List<string>();
        system.ActorOf(Props.Create(() => new Names(seen)), "a").Tell(1);
        Assert.Empty(seen);
        Assert.False(system.VirtualTime().IsIdle);
        system.VirtualTime().RunUntilIdle();
        Assert.Equal(["a1"], seen);
    }

    [Fact(DisplayName = "Actors that keep each other busy without time passing are found out")]
    public void Livelock()
    {
        var system = ActorSystem.Create("busy", EngineSettings.VirtualTime with { MaxTurnsPerInstant = 1000 });
        system.ActorOf(Props.Create<Mirror>(), "mirror").Tell("");
        var found = Assert.Throws<InvalidOperationException>(system.VirtualTime().RunUntilIdle);
        Assert.Contains("/user/mirror", found.Message, StringComparison.Ordinal);
    }

    private sealed class Mirror : ReceiveActor
    {
        public Mirror() => ReceiveAny(m => Self.Tell(m));
    }

    [Fact(DisplayName = "What other threads tell or post is taken in at the next run, in order")]
    public void Other_threads()
    {
        var system = ActorSystem.Create("outside", EngineSettings.VirtualTime);
        var seen = new List<string>();
        var actor = system.ActorOf(Props.Create(() => new Names(seen)), "a");
        var thread = new Thread(() =>
        {
            for (var i = 0; i < 5; i++) actor.Tell(i);
            system.VirtualTime().Post(() => seen.Add("posted"));
        });
        thread.Start();
        thread.Join();
        actor.Tell(5);
        system.VirtualTime().RunUntilIdle();
        Assert.Equal(["a0", "a1", "a2", "a3", "a4", "a5"], seen.Where(s => s != "posted"));
        Assert.Contains("posted", seen);
    }

    [Fact(DisplayName = "An actor must not run virtual time, and a real-time system has none")]
    public void Misuse()
    {
        var system = ActorSystem.Create("misuse", EngineSettings.VirtualTime with { GuardianStrategy = new OneForOneStrategy(_ => Directive.Escalate) });
        system.ActorOf(Props.Create<Runner>()).Tell("");
        var surfaced = Assert.Throws<ActorSystemFailedException>(system.VirtualTime().RunUntilIdle);
        Assert.Contains("already being run", surfaced.Message, StringComparison.Ordinal);
        using var real = ActorSystem.Create("real");
        Assert.Throws<InvalidOperationException>(() => real.VirtualTime());
    }

    private sealed class Runner : ReceiveActor
    {
        public Runner() => ReceiveAny(_ => Context.System.VirtualTime().RunUntilIdle());
    }

    [Fact(DisplayName = "Telling and handling a message in virtual time allocates nothing")]
    public void No_allocation()
    {
        var system = ActorSystem.Create("lean", EngineSettings.VirtualTime);
        var countdown = system.ActorOf(Props.Create<Countdown>());
        var time = system.VirtualTime();
        var token = new Token { Left = 1000 };
        countdown.Tell(token);
        time.RunUntilIdle();
        token.Left = 10_000;
        countdown.Tell(token);
        var before = GC.GetAllocatedBytesForCurrentThread();
        time.RunUntilIdle();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class Token
    {
        public int Left { get; set; }
    }

    private sealed class Countdown : ReceiveActor
    {
        public Countdown() => Receive<Token>(t =>
        {
            if (t.Left-- > 0) Self.Tell(t);
        });
    }
}
