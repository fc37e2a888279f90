namespace Dolphin.EngineTests;

public sealed class BackoffStories : TestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private sealed record Started(TimeSpan At);

    private sealed class Fragile : ReceiveActor
    {
        private readonly IActorRef _log;

        public Fragile(IActorRef log)
        {
            _log = log;
            Receive<string>(m => m == "fail", _ => throw new TimeoutException());
            Receive<string>(m => m == "stop", _ => Context.Stop(Self));
            Receive<string>(m => Sender.Tell(m));
        }

        protected override void PreStart() => _log.Tell(new Started(Context.System.Scheduler.MonotonicClock));
    }

    private IActorRef Supervised(Func<Props, BackoffOptions> options, TestProbe log) =>
        ActorOf(BackoffSupervisor.Props(options(Props.Create<Fragile>(log))), "backoff");

    private static BackoffOptions OnStop(Props child) => Backoff.OnStop(child, "child", Second, 10 * Second, 0.0, -1).WithManualReset();
    private static BackoffOptions OnFailure(Props child) => Backoff.OnFailure(child, "child", Second, 10 * Second, 0.0, -1).WithManualReset();

    [Fact(DisplayName = "A child that stops comes back after 1, 2, 4, 8, 10, 10 seconds, and at once is never")]
    public void Doubles_up_to_the_longest()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(OnStop, log);
        var last = log.ExpectMsg<Started>().At;
        foreach (var wait in new[] { 1, 2, 4, 8, 10, 10 })
        {
            supervisor.Tell("stop");
            var at = log.ExpectMsg<Started>(TimeSpan.FromMinutes(1)).At;
            Assert.Equal(wait * Second, at - last);
            last = at;
        }
    }

    [Fact(DisplayName = "A child that fails is started anew after the wait")]
    public void On_failure()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(OnFailure, log);
        log.ExpectMsg(new Started(TimeSpan.Zero));
        supervisor.Tell("fail");
        log.ExpectMsg(new Started(Second));
        supervisor.Tell("still there?");
        ExpectMsg("still there?");
    }

    [Fact(DisplayName = "After a child that stops by itself, a supervisor for failures stops as well")]
    public void On_failure_stop_is_final()
    {
        var supervisor = Supervised(OnFailure, CreateTestProbe());
        Watch(supervisor);
        supervisor.Tell("stop");
        ExpectTerminated(supervisor);
    }

    [Fact(DisplayName = "A child that lives long enough has the waits start from the shortest again")]
    public void Auto_reset()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(p => Backoff.OnStop(p, "child", Second, 10 * Second, 0.0, -1).WithAutoReset(5 * Second), log);
        log.ExpectMsg<Started>();
        supervisor.Tell("stop");
        log.ExpectMsg(new Started(Second));
        supervisor.Tell("stop");
        log.ExpectMsg(new Started(3 * Second));
        ExpectNoMsg(6 * Second);
        supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
        Assert.Equal(0, ExpectMsg<BackoffSupervisor.RestartCount>().Count);
    }

    [Fact(DisplayName = "More starts than allowed make the supervisor give up")]
    public void Gives_up()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(p => OnStop(p).WithMaxNrOfRetries(1), log);
        Watch(supervisor);
        supervisor.Tell("stop");
        log.ReceiveN(2);
        supervisor.Tell("stop");
        ExpectTerminated(supervisor);
    }

    [Fact(DisplayName = "While there is no child, senders get the stated reply")]
    public void Reply_while_stopped()
    {
        var supervisor = Supervised(p => OnStop(p).WithReplyWhileStopped("not now"), CreateTestProbe());
        supervisor.Tell("stop");
        AwaitAssert(() =>
        {
            supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
            Assert.Equal(ActorRefs.Nobody, ExpectMsg<BackoffSupervisor.CurrentChild>().Ref);
        });
        supervisor.Tell("anyone?");
        ExpectMsg("not now");
    }

    [Fact(DisplayName = "The random part of a wait lengthens it within its factor, and is the same in every run with the same seed")]
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
}
