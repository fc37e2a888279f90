namespace Dolphin.EngineTests;

public sealed class SupervisionStories : TestKit
{
    private sealed record Fail(Exception Cause);

    /// <summary>Reports its life and counts, so that a restart shows as a lost count.</summary>
    private sealed class Worker : ReceiveActor
    {
        private readonly IActorRef _log;
        private int _count;

        public Worker(IActorRef log)
        {
            _log = log;
            Receive<Fail>(f => throw f.Cause);
            Receive<string>(m => m == "count", _ => _log.Tell(++_count));
            Receive<string>(m => _log.Tell(m));
        }

        protected override void PreStart() => _log.Tell("start");
        protected override void PostStop() => _log.Tell("stop");

        protected override void PreRestart(Exception reason, object? message)
        {
            _log.Tell($"pre-restart {reason.GetType().Name} {(message as Fail)?.Cause.Message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            _log.Tell($"post-restart {reason.GetType().Name}");
            base.PostRestart(reason);
        }
    }

    private sealed class Boss : ReceiveActor
    {
        private readonly SupervisorStrategy _strategy;
        private readonly IActorRef _log;

        public Boss(SupervisorStrategy strategy, IActorRef log)
        {
            (_strategy, _log) = (strategy, log);
            Receive<(Props Props, string Name)>(c => Sender.Tell(Context.ActorOf(c.Props, c.Name)));
        }

        protected override SupervisorStrategy SupervisorStrategy() => _strategy;
        protected override void PostRestart(Exception reason) => _log.Tell($"boss restarted by {reason.GetType().Name}");
    }

    private IActorRef Child(SupervisorStrategy strategy, IActorRef log, out IActorRef boss)
    {
        boss = ActorOf(Props.Create<Boss>(strategy, TestActor));
        return Child(boss, log, "worker");
    }

    private IActorRef Child(IActorRef boss, IActorRef log, string name)
    {
        boss.Tell((Props.Create<Worker>(log), name));
        var child = ExpectMsg<IActorRef>();
        return child;
    }

    private static SupervisorStrategy Always(Directive directive) => new OneForOneStrategy(_ => directive);
    private static Fail Failure => new(new TimeoutException("late"));

    [Fact(DisplayName = "Resume goes on with the same instance and its state")]
    public void Resume_keeps_state()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Resume), log, out _);
        foreach (var m in new object[] { "count", Failure, "count" }) child.Tell(m);
        Assert.Equal(["start", 1, 2], log.ReceiveN(3));
        log.ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "Restart makes a new instance, tells the hooks why and by what message, and loses nothing from the mailbox")]
    public void Restart_keeps_mailbox()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Restart), log, out _);
        foreach (var m in new object[] { "count", Failure, "count", "a", "b" }) child.Tell(m);
        Assert.Equal(
            ["start", 1, "pre-restart TimeoutException late", "stop", "post-restart TimeoutException", "start", 1, "a", "b"],
            log.ReceiveN(9));
    }

    [Fact(DisplayName = "Stop ends the child, and what it had not handled becomes dead letters")]
    public void Stop_ends()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Stop), log, out _);
        EventFilter.DeadLetter<string>(m => m == "too late").ExpectOne(() =>
        {
            child.Tell(Failure);
            child.Tell("too late");
        });
        Assert.Equal(["start", "stop"], log.ReceiveN(2));
    }

    [Fact(DisplayName = "Escalate fails the supervisor with the child's cause; its default restart stops the child")]
    public void Escalate_goes_up()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Escalate), log, out _);
        child.Tell(Failure);
        ExpectMsg("boss restarted by TimeoutException");
        Assert.Equal(["start", "stop"], log.ReceiveN(2));
    }

    [Fact(DisplayName = "One for one: the siblings of a failed child never notice")]
    public void One_for_one()
    {
        var (log1, log2) = (CreateTestProbe(), CreateTestProbe());
        var child = Child(Always(Directive.Restart), log1, out var boss);
        var sibling = Child(boss, log2, "sibling");
        sibling.Tell("count");
        child.Tell(Failure);
        log1.ReceiveN(5);
        sibling.Tell("count");
        Assert.Equal(["start", 1, 2], log2.ReceiveN(3));
    }

    [Fact(DisplayName = "All for one: what one child needs, its siblings get too, with their mailboxes kept")]
    public void All_for_one()
    {
        var (log1, log2) = (CreateTestProbe(), CreateTestProbe());
        var child = Child(new AllForOneStrategy(_ => Directive.Restart), log1, out var boss);
        var sibling = Child(boss, log2, "sibling");
        sibling.Tell("count");
        log2.ReceiveN(2);
        child.Tell(Failure);
        log1.FishForMessage<string>(m => m == "post-restart TimeoutException");
        sibling.Tell("count");
        Assert.Equal(["pre-restart TimeoutException ", "stop", "post-restart TimeoutException", "start", 1], log2.ReceiveN(5));
    }

    [Fact(DisplayName = "More restarts than allowed within the window stop the child; a quiet window forgives")]
    public void Restart_budget()
    {
        var log = CreateTestProbe();
        var child = Child(new OneForOneStrategy(2, TimeSpan.FromSeconds(10), _ => Directive.Restart), log, out _);
        Watch(child);
        child.Tell(Failure);
        child.Tell(Failure);
        ExpectNoMsg(TimeSpan.FromSeconds(11));
        child.Tell(Failure);
        child.Tell(Failure);
        ExpectNoMsg(TimeSpan.FromSeconds(1));
        child.Tell(Failure);
        ExpectTerminated(child);
    }

    [Fact(DisplayName = "No retries allowed means the first failure stops the child")]
    public void No_retries()
    {
        var child = Child(new OneForOneStrategy(0, TimeSpan.FromSeconds(1), _ => Directive.Restart), CreateTestProbe(), out _);
        Watch(child);
        child.Tell(Failure);
        ExpectTerminated(child);
    }

    [Fact(DisplayName = "By default an actor that cannot start is stopped, with its cause in the log")]
    public void Default_stops_unstartable()
    {
        EventFilter.Exception<ActorInitializationException>(contains: "no such file").ExpectOne(() =>
        {
            var actor = ActorOf(() => new Unstartable());
            Watch(actor);
            ExpectTerminated(actor);
        });
    }

    private sealed class Unstartable : ReceiveActor
    {
        protected override void PreStart() => throw new FileNotFoundException("no such file");
    }

    [Fact(DisplayName = "By default Kill stops an actor, and any other failure restarts it")]
    public void Default_decider()
    {
        var log = CreateTestProbe();
        var actor = ActorOf(Props.Create<Worker>(log));
        actor.Tell(Failure);
        log.FishForMessage<string>(m => m.StartsWith("post-restart", StringComparison.Ordinal));
        Watch(actor);
        actor.Tell(Kill.Instance);
        ExpectTerminated(actor);
    }

    [Fact(DisplayName = "A decider is a table too: the exact type first, then a base, then the default")]
    public void Decider_table()
    {
        var decider = Decider.From(
            Directive.Escalate, Directive.Stop.When<ArgumentException>(), Directive.Resume.When<ArgumentNullException>());
        Assert.Equal(Directive.Resume, decider.Decide(new ArgumentNullException("x")));
        Assert.Equal(Directive.Stop, decider.Decide(new ArgumentOutOfRangeException("x")));
        Assert.Equal(Directive.Escalate, decider.Decide(new TimeoutException()));
    }

    [Fact(DisplayName = "A failed actor handles nothing until its supervisor has decided, and neither do its children")]
    public void Suspended_while_judged()
    {
        var log = CreateTestProbe();
        var child = Child(new OneForOneStrategy(_ =>
        {
            log.Tell("verdict", ActorRefs.NoSender);
            return Directive.Resume;
        }), log, out _);
        child.Tell(Failure);
        child.Tell("after");
        Assert.Equal(["start", "verdict", "after"], log.ReceiveN(3));
    }

    [Fact(DisplayName = "A restart that fails is judged anew, and the actor can still be stopped")]
    public void Restart_that_fails()
    {
        var tries = 0;
        Func<int> count = () => ++tries;
        var boss = ActorOf(Props.Create<Boss>(new OneForOneStrategy(e => e is PostRestartException ? Directive.Stop : Directive.Restart), TestActor));
        boss.Tell((Props.Create(() => new StartsOnce(count)), "once"));
        var child = ExpectMsg<IActorRef>();
        Watch(child);
        child.Tell("fail");
        ExpectTerminated(child);
        Assert.Equal(2, tries);
    }

    private sealed class StartsOnce : ReceiveActor
    {
        public StartsOnce(Func<int> count)
        {
            if (count() > 1) throw new InvalidOperationException("only once");
            ReceiveAny(_ => throw new TimeoutException());
        }
    }

    [Fact(DisplayName = "A restarted actor waits for its old children to end before the new instance starts")]
    public void Restart_waits_for_children()
    {
        var log = CreateTestProbe();
        var parent = ActorOf(() => new WithChild(log));
        parent.Tell("fail");
        Assert.Equal(["child start", "child stop", "restarted", "child start"], log.ReceiveN(4));
    }

    private sealed class WithChild : ReceiveActor
    {
        private readonly IActorRef _log;

        public WithChild(IActorRef log)
        {
            _log = log;
            ReceiveAny(_ => throw new TimeoutException());
        }

        // The same name each time: taken, if the old child were still there.
        protected override void PreStart() => Context.ActorOf(Props.Create<Leaf>(_log), "child");

        protected override void PostRestart(Exception reason)
        {
            _log.Tell("restarted");
            base.PostRestart(reason);
        }
    }

    private sealed class Leaf(IActorRef log) : ReceiveActor
    {
        protected override void PreStart() => log.Tell("child start");
        protected override void PostStop() => log.Tell("child stop");
    }

    [Fact(DisplayName = "An actor ends after its children")]
    public void Leaves_first()
    {
        var log = CreateTestProbe();
        var parent = ActorOf(() => new Tree(log, 2));
        log.ReceiveN(3);
        Sys.Stop(parent);
        Assert.Equal(["stop 0", "stop 1", "stop 2"], log.ReceiveN(3));
    }

    private sealed class Tree : ReceiveActor
    {
        private readonly IActorRef _log;
        private readonly int _height;

        public Tree(IActorRef log, int height)
        {
            (_log, _height) = (log, height);
            if (height > 0) Context.ActorOf(Props.Create<Tree>(log, height - 1));
        }

        protected override void PreStart() => _log.Tell($"start {_height}");
        protected override void PostStop() => _log.Tell($"stop {_height}");
    }

    [Fact(DisplayName = "A failure that escalates past the user guardian ends the system and reaches whoever drives it")]
    public void Escalates_to_the_driver()
    {
        var system = ActorSystem.Create("doomed", EngineSettings.VirtualTime with { GuardianStrategy = Always(Directive.Escalate) });
        var worker = system.ActorOf(Props.Create<Worker>(ActorRefs.Nobody));
        worker.Tell(new Fail(new InvalidDataException("row 7")));
        var surfaced = Assert.Throws<ActorSystemFailedException>(system.VirtualTime().RunUntilIdle);
        Assert.Equal("row 7", Assert.IsType<InvalidDataException>(surfaced.InnerException).Message);
        Assert.True(system.WhenTerminated.IsCompleted);
    }
}
