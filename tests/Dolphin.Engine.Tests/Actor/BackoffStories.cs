namespace Dolphin.EngineTests;

public sealed class BackoffStories : BehaviourKit
{
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
        ActorOf(BackoffSupervisor.Props(options(Props.Create<Fragile>(log.Ref))), "backoff");

    private static BackoffOptions OnStop(Props child) => Backoff.OnStop(child, "child", Second, 10 * Second, 0.0, -1).WithManualReset();
    private static BackoffOptions OnFailure(Props child) => Backoff.OnFailure(child, "child", Second, 10 * Second, 0.0, -1).WithManualReset();

    [Fact(DisplayName = "A child that stops comes back after 1, 2, 4, 8, 10, 10 seconds, and not a moment earlier")]
    public void Doubles_up_to_the_longest()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(OnStop, log);
        Heard(log, new Started(TimeSpan.Zero));
        var last = TimeSpan.Zero;
        foreach (var wait in new[] { 1, 2, 4, 8, 10, 10 })
        {
            supervisor.Tell("stop");
            Silence(log, (wait * Second) - TimeSpan.FromMilliseconds(1));
            Advance(TimeSpan.FromMilliseconds(1));
            last += wait * Second;
            Heard(log, new Started(last));
        }
    }

    [Fact(DisplayName = "A child that fails is started anew after the wait")]
    public void On_failure()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(OnFailure, log);
        Heard(log, new Started(TimeSpan.Zero));
        supervisor.Tell("fail");
        Silence(log, Second / 2);
        Advance(Second / 2);
        Heard(log, new Started(Second));
        supervisor.Tell("still there?");
        ExpectMsg("still there?");
    }

    [Fact(DisplayName = "After a child that stops by itself, a supervisor for failures stops as well")]
    public void On_failure_stop_is_final()
    {
        var supervisor = Supervised(OnFailure, CreateTestProbe());
        Watched(supervisor).Tell("stop");
        HasEnded(supervisor);
    }

    [Fact(DisplayName = "A child that lives long enough has the waits start from the shortest again")]
    public void Auto_reset()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(p => Backoff.OnStop(p, "child", Second, 10 * Second, 0.0, -1).WithAutoReset(5 * Second), log);
        Heard(log, new Started(TimeSpan.Zero));
        supervisor.Tell("stop");
        Advance(Second);
        Heard(log, new Started(Second));
        supervisor.Tell("stop");
        Advance(2 * Second);
        Heard(log, new Started(3 * Second));
        Silence(log, 6 * Second);
        supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
        Assert.Equal(0, ExpectMsg<BackoffSupervisor.RestartCount>().Count);
    }

    [Fact(DisplayName = "More starts than allowed make the supervisor give up")]
    public void Gives_up()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(p => OnStop(p).WithMaxNrOfRetries(1), log);
        Watched(supervisor).Tell("stop");
        Advance(Second);
        log.ReceiveN(2);
        supervisor.Tell("stop");
        Advance(10 * Second);
        HasEnded(supervisor);
    }

    [Fact(DisplayName = "While there is no child, senders get the stated reply")]
    public void Reply_while_stopped()
    {
        var supervisor = Supervised(p => OnStop(p).WithReplyWhileStopped("not now"), CreateTestProbe());
        supervisor.Tell("stop");
        Settle();
        supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
        Assert.True(ExpectMsg<BackoffSupervisor.CurrentChild>().Ref.IsNobody());
        supervisor.Tell("anyone?");
        ExpectMsg("not now");
    }

    [Fact(DisplayName = "While there is no child and no reply is stated, messages become dead letters")]
    public void Lost_while_stopped()
    {
        var supervisor = Supervised(OnStop, CreateTestProbe());
        supervisor.Tell("stop");
        Settle();
        EventFilter.DeadLetter<string>(m => m == "anyone?").ExpectOne(() => supervisor.Tell("anyone?"));
    }

    [Fact(DisplayName = "The random part of a wait lengthens it, within its factor")]
    public void Jitter_lengthens()
    {
        var log = CreateTestProbe();
        var supervisor = Supervised(p => Backoff.OnStop(p, "child", Second, 10 * Second, 0.5, -1).WithManualReset(), log);
        var last = log.ExpectMsg<Started>().At;
        for (var i = 0; i < 3; i++)
        {
            supervisor.Tell("stop");
            Settle();
            Advance((1 << i) * 1.5 * Second);
            var at = log.ExpectMsg<Started>().At;
            Assert.True(at - last >= (1 << i) * Second, $"start {i} came after {at - last}");
            last = at > last ? Sys.Scheduler.MonotonicClock : last;
        }
    }
}
