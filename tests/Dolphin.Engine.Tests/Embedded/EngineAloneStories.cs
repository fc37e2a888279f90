namespace Dolphin.EngineTests;

/// <summary>Where Akka.NET promises no order and virtual time needs one; and what the engine's refusals say beyond their kind.</summary>
public sealed class EngineAloneStories : BehaviourKit
{
    private sealed class Parent : ReceiveActor
    {
        public Parent()
        {
            Receive<string>(name => Context.ActorOf(Props.Create<Idle>(), name.Length == 0 ? null : name));
            Receive<int>(_ => Sender.Tell(Context.GetChildren().Select(c => c.Path.Name).ToArray()));
        }
    }

    private sealed class Idle : ReceiveActor
    {
        public Idle() => ReceiveAny(_ => { });
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef subject, IActorRef log)
        {
            Context.Watch(subject);
            Receive<Terminated>(_ => log.Tell(Self.Path.Name));
        }
    }

    private sealed class Told : ReceiveActor
    {
        public Told(string what) => ReceiveAny(_ => Sender.Tell(what));
    }

    private static string Broken => throw new InvalidDataException("nothing here");

    [Fact(DisplayName = "A property in a recipe that throws says why itself")]
    public void Thrown_by_an_argument() => Assert.Equal("nothing here", Assert.Throws<InvalidDataException>(() => Props.Create(() => new Told(Broken))).Message);

    [Fact(DisplayName = "Children are listed oldest first")]
    public void Children_in_order()
    {
        var parent = ActorOf<Parent>("parent");
        foreach (var name in new[] { "zoe", "", "adam", "" }) parent.Tell(name);
        parent.Tell(1);
        Assert.Equal(["zoe", "$a", "adam", "$b"], ExpectMsg<string[]>());
    }

    [Fact(DisplayName = "Watchers hear of an end in the order in which they began to watch")]
    public void In_order_of_watching()
    {
        var subject = ActorOf<Idle>();
        var names = Enumerable.Range(0, 20).Select(i => $"w{(i * 7) % 20}").ToArray();
        foreach (var name in names) ActorOf(Props.Create<Watcher>(subject, TestActor), name);
        Settle();
        subject.Tell(PoisonPill.Instance);
        Heard([.. names]);
    }

    // Akka.NET 1.5 documents an InvalidMessageException, throws an ArgumentNullException while an actor is starting, and delivers null to a started one.
    [Fact(DisplayName = "Telling null is refused and names the receiver")]
    public void Null_names_the_receiver()
    {
        var refusal = Assert.Throws<InvalidMessageException>(() => ActorOf<Idle>("echo").Tell(null!));
        Assert.Contains("/user/echo", refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An actor made with new is told of ActorOf")]
    public void New_names_the_way()
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => new Idle()));
        thread.Start();
        thread.Join();
        Assert.Contains("ActorOf", thrown!.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A timeout of an ask names who was asked")]
    public void Ask_timeout_names_the_asked()
    {
        var asked = ActorOf<Idle>("oracle").Ask<string>("?", 2 * Second);
        var timeout = Assert.Throws<AskTimeoutException>(() => OutcomeAfter(asked, 2 * Second));
        Assert.Contains("/user/oracle", timeout.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An unknown shutdown phase is refused with the names of the known ones")]
    public void Unknown_phase_names_the_known()
    {
        var refusal = Assert.Throws<ConfigurationException>(
            () => CoordinatedShutdown.Get(Sys).AddTask("tea-time", "x", () => Task.FromResult(Done.Instance)));
        Assert.Contains(CoordinatedShutdown.PhaseServiceStop, refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Fragile : ReceiveActor
    {
        public Fragile() => Receive<Exception>(e => throw e);
    }

    private sealed class Boss : ReceiveActor
    {
        public Boss() => Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(2, 10 * Second, _ => Directive.Restart);
    }

    [Fact(DisplayName = "A quiet window forgives the restarts before it")]
    public void Restart_budget()
    {
        ActorOf<Boss>().Tell(Props.Create<Fragile>());
        var child = ExpectMsg<IActorRef>();
        Watched(child);
        for (var failures = 0; failures < 2; failures++) child.Tell(new TimeoutException());
        Silence(11 * Second);
        for (var failures = 0; failures < 2; failures++) child.Tell(new TimeoutException());
        Silence(Second);
        child.Tell(new TimeoutException());
        HasEnded(child);
    }

    [Fact(DisplayName = "A failure that escalates past the user guardian ends the system and reaches whoever drives it")]
    public void Escalates_to_the_driver()
    {
        var system = ActorSystem.Create(
            "doomed", EngineSettings.VirtualTime with { GuardianStrategy = new OneForOneStrategy(_ => Directive.Escalate) });
        var worker = system.ActorOf(Props.Create<Fragile>());
        worker.Tell(new InvalidDataException("row 7"));
        var surfaced = Assert.Throws<ActorSystemFailedException>(system.VirtualTime().RunUntilIdle);
        Assert.Equal("row 7", Assert.IsType<InvalidDataException>(surfaced.InnerException).Message);
        Assert.True(system.WhenTerminated.IsCompleted);
    }

    private sealed class Collector : ReceiveActor
    {
        public Collector(IActorRef log) => ReceiveAny(m => log.Tell(m));
    }

    [Fact(DisplayName = "A full mailbox is warned of at the 1st, 2nd, 4th, ... message it cannot take")]
    public void Overflow_warnings()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe<Warning>(warnings);
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailboxBound(3), "small");
        for (var i = 1; i <= 8; i++) actor.Tell(i);
        Heard(1, 2, 3);
        var said = warnings.ReceiveN(3).Cast<Warning>().Select(w => w.Message.ToString()!).ToArray();
        Assert.Contains("4. so far", said[2], StringComparison.Ordinal);
        Assert.All(said, w => Assert.Contains("3 messages wait", w, StringComparison.Ordinal));
        Heard(warnings);
    }

    [Fact(DisplayName = "A full mailbox takes the pill that ends its actor")]
    public void Full_takes_poison()
    {
        var actor = Sys.ActorOf(Props.Create<Collector>(TestActor).WithMailboxBound(1));
        Watched(actor);
        foreach (var m in new object[] { 1, 2, PoisonPill.Instance }) actor.Tell(m);
        ExpectMsg(1);
        HasEnded(actor);
    }

    [Fact(DisplayName = "Wrong settings are refused all at once")]
    public void Wrong_settings()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => ActorSystem.Create(
            "wrong", EngineSettings.RealTime with { Throughput = 0, MailboxBound = 0, ExplorationSeed = 1 }));
        foreach (var word in new[] { "Throughput is 0", "MailboxBound is 0", "ExplorationSeed" })
            Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The random part of a backoff is the same in every run with the same seed")]
    public void Jitter_is_seeded()
    {
        TimeSpan[] Waits(ulong seed)
        {
            var system = ActorSystem.Create("jitter", EngineSettings.VirtualTime with { Seed = seed });
            var starts = new List<TimeSpan>();
            system.ActorOf(BackoffSupervisor.Props(Backoff.OnStop(Props.Create(() => new Dies(starts)), "child", Second, 10 * Second, 0.5, 4)), "s");
            system.VirtualTime().RunFor(TimeSpan.FromMinutes(5));
            return starts.Zip(starts.Skip(1), (a, b) => b - a).ToArray();
        }

        var waits = Waits(seed: 7);
        Assert.Equal(waits, Waits(seed: 7));
        Assert.NotEqual(waits, Waits(seed: 8));
        Assert.Equal(4, waits.Length);
        for (var i = 0; i < waits.Length; i++) Assert.InRange(waits[i], (1 << i) * Second, (1 << i) * 1.5 * Second);
    }

    private sealed class Dies : ReceiveActor
    {
        public Dies(List<TimeSpan> starts)
        {
            starts.Add(Context.System.Scheduler.MonotonicClock);
            Context.Stop(Self);
        }
    }

    [Fact(DisplayName = "A shutdown task that never ends holds up its phase for exactly the time the phase has")]
    public void Hanging_phase()
    {
        var ran = new List<string>();
        var shutdown = CoordinatedShutdown.Get(Sys);
        void Add(string phase, string name, Task until) => shutdown.AddTask(phase, name, async () =>
        {
            ran.Add(name);
            await until;
            return Done.Instance;
        });
        Add(CoordinatedShutdown.PhaseServiceStop, "hangs", new TaskCompletionSource().Task);
        Add(CoordinatedShutdown.PhaseClusterLeave, "after", Task.CompletedTask);
        Outside(() => _ = shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));
        Advance((5 * Second) - TimeSpan.FromTicks(1));
        Assert.Equal(["hangs"], ran);
        Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["hangs", "after"], ran);
    }

    private sealed class Talker : ReceiveActor
    {
        public Talker()
        {
            var log = Context.GetLogger();
            Receive<string>(s => log.Warning("{Symbol} at {Price:0.00}", s, 1.5m));
            Receive<bool>(_ => log.Debug("literal {{braces}} and {0}", "hole"));
        }
    }

    [Fact(DisplayName = "A log event has the time of the system's clock, and its template may name its holes")]
    public void Log_events()
    {
        Sys.EventStream.Subscribe<LogEvent>(TestActor);
        var talker = ActorOf<Talker>("talker");
        Advance(Second);
        talker.Tell("BTC");
        var warning = ExpectMsg<Warning>();
        Assert.Equal(Sys.Scheduler.Now.UtcDateTime, warning.Timestamp);
        Assert.Equal("BTC at 1.50", warning.Message.ToString());
        talker.Tell(true);
        Assert.Equal("literal {braces} and hole", ExpectMsg<Debug>().Message.ToString());
    }
}
