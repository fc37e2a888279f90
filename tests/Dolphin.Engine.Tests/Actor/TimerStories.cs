namespace Dolphin.EngineTests;

public sealed class TimerStories : BehaviourKit
{
    private sealed class Clock : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;
        internal new static IActorContext Context => ActorBase.Context;

        public Clock(IActorRef log)
        {
            Receive<Action<Clock>>(act => act(this));
            ReceiveAsync<(Task Until, Action<Clock> Then)>(async m =>
            {
                await m.Until;
                m.Then(this);
            });
            Receive<string>(m => m == "fail", _ => throw new TimeoutException());
            ReceiveAny(m => log.Tell($"{m} at {Context.System.Scheduler.MonotonicClock.TotalSeconds}"));
        }
    }

    private static void Do(IActorRef clock, Action<Clock> action) => clock.Tell(action);
    private IActorRef NewClock() => ActorOf(Props.Create<Clock>(TestActor));

    [Fact(DisplayName = "A single timer fires once, a periodic one at a fixed rate until it is cancelled")]
    public void Fires()
    {
        var clock = NewClock();
        Do(clock, c =>
        {
            c.Timers.StartSingleTimer("once", "once", Second);
            c.Timers.StartPeriodicTimer("tick", "tick", 2 * Second, 3 * Second);
        });
        Settle();
        After((9 * Second) - TimeSpan.FromTicks(1), "once at 1", "tick at 2", "tick at 5", "tick at 8");
        Do(clock, c =>
        {
            TestActor.Tell((c.Timers.IsTimerActive("once"), c.Timers.IsTimerActive("tick")));
            c.Timers.Cancel("tick");
        });
        Heard((false, true));
        Silence(10 * Second);
    }

    [Fact(DisplayName = "Starting a timer replaces the one of the same key")]
    public void Replaces()
    {
        Do(NewClock(), c =>
        {
            c.Timers.StartSingleTimer("key", "old", Second);
            c.Timers.StartSingleTimer("key", "new", 2 * Second);
        });
        Settle();
        After(9 * Second, "new at 2");
    }

    /// <summary>Runs the action when the messages of all timers due within a second are in the mailbox already: the actor was awaiting something.</summary>
    private void WithTheirMessagesInTheMailbox(IActorRef clock, Action<Clock> action)
    {
        var gate = new TaskCompletionSource();
        clock.Tell(((Task)gate.Task, action));
        Settle();
        Advance(Second);
        Outside(gate.SetResult);
    }

    [Fact(DisplayName = "A cancelled timer's message that is already in the mailbox is not delivered")]
    public void Cancelled_in_the_mailbox()
    {
        var clock = NewClock();
        Do(clock, c => c.Timers.StartSingleTimer("key", "stale", Second));
        Do(clock, c => c.Timers.StartPeriodicTimer("tick", "stale tick", Second));
        WithTheirMessagesInTheMailbox(clock, c => c.Timers.CancelAll());
        Silence(9 * Second);
    }

    [Fact(DisplayName = "A replaced timer's message that is already in the mailbox is not delivered, the new one's is")]
    public void Replaced_in_the_mailbox()
    {
        var clock = NewClock();
        Do(clock, c => c.Timers.StartSingleTimer("key", "stale", Second));
        WithTheirMessagesInTheMailbox(clock, c => c.Timers.StartSingleTimer("key", "fresh", Second));
        After(9 * Second, "fresh at 2");
    }

    [Fact(DisplayName = "A timer's message that is already in the mailbox is not delivered to the instance after a restart")]
    public void Restarted_with_messages_in_the_mailbox()
    {
        var clock = NewClock();
        Do(clock, c => c.Timers.StartSingleTimer("key", "stale", Second));
        WithTheirMessagesInTheMailbox(clock, _ => throw new TimeoutException("as asked"));
        Silence(9 * Second);
    }

    [Fact(DisplayName = "A restart and a stop end all timers")]
    public void Restart_ends_timers()
    {
        var clock = NewClock();
        Do(clock, c => c.Timers.StartPeriodicTimer("tick", "tick", Second));
        clock.Tell("fail");
        Silence(5 * Second);
        Do(clock, c => c.Timers.StartPeriodicTimer("tick", "tick", Second));
        Settle();
        After(Second, "tick at 6");
        Sys.Stop(clock);
        Silence(5 * Second);
    }

    [Fact(DisplayName = "A receive timeout comes after a silence, again and again, until it is switched off")]
    public void Receive_timeout()
    {
        var clock = NewClock();
        Do(clock, _ => Clock.Context.SetReceiveTimeout(3 * Second));
        Settle();
        Advance(2 * Second);
        clock.Tell("noise");
        Heard("noise at 2");
        Advance(7 * Second);
        Assert.Equal(2, AllHeard().Length);
        Do(clock, _ => Clock.Context.SetReceiveTimeout(null));
        Silence(9 * Second);
    }

    [Fact(DisplayName = "A restart keeps the receive timeout, although it ends the timers")]
    public void Restart_keeps_receive_timeout()
    {
        // A surprise: the timeout belongs to the actor, not to its instance.
        var clock = NewClock();
        Do(clock, _ => Clock.Context.SetReceiveTimeout(3 * Second));
        clock.Tell("fail");
        Settle();
        Advance((4 * Second) - TimeSpan.FromTicks(1));
        Assert.Single(AllHeard());
    }

    [Fact(DisplayName = "The scheduler tells once or repeatedly, runs actions, and stops when cancelled")]
    public void Scheduler()
    {
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second, TestActor, "tick", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(1500, TestActor, "once", ActorRefs.NoSender);
        Sys.Scheduler.Advanced.ScheduleOnce(2.5 * Second, cancelable.Cancel);
        After(9 * Second, "tick", "once", "tick");
    }

    [Fact(DisplayName = "A scheduled action that is cancelled before its time does not run")]
    public void Scheduler_action_cancelled()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.Advanced.ScheduleOnce(Second, () => TestActor.Tell("ran"), cancelable);
        cancelable.Cancel();
        Silence(9 * Second);
    }

    [Fact(DisplayName = "A delay below zero and an interval of zero are refused")]
    public void Bad_delays()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellOnce(-Second, TestActor, "", ActorRefs.NoSender));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellRepeatedly(Second, TimeSpan.Zero, TestActor, "", ActorRefs.NoSender));
    }
}
