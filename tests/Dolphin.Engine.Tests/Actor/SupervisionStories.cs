namespace Dolphin.EngineTests;

public sealed class SupervisionStories : BehaviourKit
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
        Heard(log, "start", 1, 2);
    }

    [Fact(DisplayName = "Restart makes a new instance, tells the hooks why and by what message, and loses nothing from the mailbox")]
    public void Restart_keeps_mailbox()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Restart), log, out _);
        Settle();
        Together(() =>
        {
            foreach (var m in new object[] { "count", Failure, "count", "a", "b" }) child.Tell(m);
        });
        Heard(log, "start", 1, "pre-restart TimeoutException late", "stop", "post-restart TimeoutException", "start", 1, "a", "b");
    }

    [Fact(DisplayName = "Stop ends the child, and what it had not handled becomes dead letters")]
    public void Stop_ends()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Stop), log, out _);
        Settle();
        EventFilter.DeadLetter<string>(m => m == "too late").ExpectOne(() => Together(() =>
        {
            child.Tell(Failure);
            child.Tell("too late");
        }));
        Heard(log, "start", "stop");
    }

    [Fact(DisplayName = "Escalate fails the supervisor with the child's cause; its default restart stops the child")]
    public void Escalate_goes_up()
    {
        var log = CreateTestProbe();
        var child = Child(Always(Directive.Escalate), log, out _);
        child.Tell(Failure);
        ExpectMsg("boss restarted by TimeoutException");
        Heard(log, "start", "stop");
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
        Heard(log2, "start", 1, 2);
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

    // Akka.NET measures the window by the machine's clock, whatever the scheduler. That a quiet window forgives is in Embedded/EngineAloneStories.
    [Fact(DisplayName = "More restarts than allowed within the window stop the child")]
    public void Restart_budget()
    {
        var child = Child(new OneForOneStrategy(2, TimeSpan.FromHours(10), _ => Directive.Restart), CreateTestProbe(), out _);
        Watched(child);
        child.Tell(Failure);
        child.Tell(Failure);
        Heard();
        child.Tell(Failure);
        HasEnded(child);
    }

    [Fact(DisplayName = "Restarts without a window are counted over the child's whole life")]
    public void Restart_budget_for_life()
    {
        var child = Child(new OneForOneStrategy(2, Timeout.InfiniteTimeSpan, _ => Directive.Restart), CreateTestProbe(), out _);
        Watched(child);
        child.Tell(Failure);
        child.Tell(Failure);
        Silence(TimeSpan.FromDays(9));
        child.Tell(Failure);
        HasEnded(child);
    }

    [Fact(DisplayName = "No retries allowed means the first failure stops the child")]
    public void No_retries()
    {
        var child = Child(new OneForOneStrategy(0, Second, _ => Directive.Restart), CreateTestProbe(), out _);
        Watched(child).Tell(Failure);
        HasEnded(child);
    }

    [Fact(DisplayName = "By default an actor that cannot start is stopped, with its cause in the log")]
    public void Default_stops_unstartable()
    {
        // The log event's cause is the actor's own exception: a supervisor unwraps what the start wrapped around it.
        var errors = CreateTestProbe();
        Sys.EventStream.Subscribe<Error>(errors);
        var actor = ActorOf(() => new Unstartable());
        Watched(actor);
        HasEnded(actor);
        Assert.Contains("no such file", errors.ExpectMsg<Error>().ToString(), StringComparison.Ordinal);
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
        Watched(actor).Tell(Kill.Instance);
        HasEnded(actor);
    }

    [Fact(DisplayName = "A decider is a table too: the first entry that fits decides, and a derived type after its base is never reached")]
    public void Decider_table()
    {
        // A surprise: the exact type has no precedence.
        var decider = Decider.From(
            Directive.Escalate, Directive.Stop.When<ArgumentException>(), Directive.Resume.When<ArgumentNullException>());
        Assert.Equal(Directive.Stop, decider.Decide(new ArgumentNullException("x")));
        Assert.Equal(Directive.Stop, decider.Decide(new ArgumentOutOfRangeException("x")));
        Assert.Equal(Directive.Escalate, decider.Decide(new TimeoutException()));
    }

    [Fact(DisplayName = "A failed actor handles nothing until its supervisor has decided, and neither do its children")]
    public void Suspended_while_judged()
    {
        var log = CreateTestProbe();
        var child = Child(new OneForOneStrategy(_ =>
        {
            log.Ref.Tell("verdict", ActorRefs.NoSender);
            return Directive.Resume;
        }), log, out _);
        Settle();
        Together(() =>
        {
            child.Tell(Failure);
            child.Tell("after");
        });
        Heard(log, "start", "verdict", "after");
    }

    [Fact(DisplayName = "A restart that fails is judged anew, and the actor can still be stopped")]
    public void Restart_that_fails()
    {
        var tries = 0;
        Func<int> count = () => ++tries;
        var boss = ActorOf(Props.Create<Boss>(new OneForOneStrategy(e => e is PostRestartException ? Directive.Stop : Directive.Restart), TestActor));
        boss.Tell((Props.Create(() => new StartsOnce(count)), "once"));
        var child = ExpectMsg<IActorRef>();
        Watched(child).Tell("fail");
        HasEnded(child);
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
        Heard(log, "child start", "child stop", "restarted", "child start");
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
        Heard(log, "stop 0", "stop 1", "stop 2");
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
}
