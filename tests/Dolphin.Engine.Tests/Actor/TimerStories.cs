using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.EngineTests;

public sealed class TimerStories : TestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private sealed class Clock : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        public Clock(IActorRef log)
        {
            Receive<Action<Clock>>(act => act(this));
            Receive<string>(m => m == "fail", _ => throw new TimeoutException());
            ReceiveAny(m => log.Tell($"{m} at {Context.System.Scheduler.MonotonicClock.TotalSeconds}"));
        }
    }

    private void Do(IActorRef clock, Action<Clock> action) => clock.Tell(action);
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
        ExpectOnly(9 * Second - TimeSpan.FromTicks(1), "once at 1", "tick at 2", "tick at 5", "tick at 8");
        Do(clock, c =>
        {
            Assert.False(c.Timers.IsTimerActive("once"));
            Assert.True(c.Timers.IsTimerActive("tick"));
            c.Timers.Cancel("tick");
        });
        ExpectNoMsg(10 * Second);
    }

    private void ExpectOnly(TimeSpan duration, params string[] messages)
    {
        Sys.VirtualTime().RunFor(duration);
        Assert.Equal(messages, ReceiveN(messages.Length));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact(DisplayName = "Starting a timer replaces the one of the same key")]
    public void Replaces()
    {
        Do(NewClock(), c =>
        {
            c.Timers.StartSingleTimer("key", "old", Second);
            c.Timers.StartSingleTimer("key", "new", 2 * Second);
        });
        ExpectOnly(9 * Second, "new at 2");
    }

    [Fact(DisplayName = "A timer's message that is already in the mailbox is not delivered once the timer is cancelled or replaced")]
    public void No_stale_messages()
    {
        var clock = NewClock();
        Do(clock, c => c.Timers.StartSingleTimer("key", "stale", Second));
        Do(clock, c =>
        {
            // While this handler runs the clock cannot move, so the message is put into the mailbox by hand at the due time:
            // the handler of the earlier timer runs first, by name, and both messages are there.
            c.Timers.StartSingleTimer("a", (Action<Clock>)(x => x.Timers.Cancel("key")), Second);
        });
        ExpectNoMsg(9 * Second);
    }

    [Fact(DisplayName = "When instants are explored, a cancelled timer's message is dropped in the mailbox, in every order")]
    public void No_stale_messages_in_the_mailbox()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var system = ActorSystem.Create("stale", EngineSettings.VirtualTime with { ExplorationSeed = seed });
            var seen = new List<object>();
            var clock = system.ActorOf(Props.Create(() => new Recorder(seen)));
            clock.Tell("start");
            system.VirtualTime().RunFor(5 * Second);
            Assert.Equal(["first"], seen);
        }
    }

    private sealed class Recorder : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        public Recorder(List<object> seen)
        {
            Receive<string>(m => m == "start", _ =>
            {
                Timers.StartSingleTimer("1", "first", Second);
                Timers.StartSingleTimer("2", "second", Second);
            });
            ReceiveAny(m =>
            {
                seen.Add(m);
                Timers.CancelAll();
            });
        }
    }

    [Fact(DisplayName = "A restart and a stop end all timers")]
    public void Restart_ends_timers()
    {
        var clock = NewClock();
        Do(clock, c => c.Timers.StartPeriodicTimer("tick", "tick", Second));
        clock.Tell("fail");
        ExpectNoMsg(5 * Second);
        Do(clock, c => c.Timers.StartPeriodicTimer("tick", "tick", Second));
        ExpectOnly(Second, "tick at 6");
        Sys.Stop(clock);
        ExpectNoMsg(5 * Second);
        Assert.Null(Sys.VirtualTime().NextDue);
    }

    [Fact(DisplayName = "Timers due at the same instant fire by the path of their actor and their name, not by when they were armed")]
    public void Ties_break_by_owner_and_name()
    {
        string[] Fired(params (string Actor, string Key)[] armed)
        {
            var system = ActorSystem.Create("ties", EngineSettings.VirtualTime);
            var seen = new List<string>();
            var actors = new SortedDictionary<string, IActorRef>(StringComparer.Ordinal);
            foreach (var name in armed.Select(a => a.Actor).Distinct())
                actors[name] = system.ActorOf(Props.Create(() => new Named(seen)), name);
            foreach (var (actor, key) in armed) actors[actor].Tell(key);
            system.VirtualTime().RunFor(2 * Second);
            return [.. seen];
        }

        var one = Fired(("b", "x"), ("a", "y"), ("a", "x"), ("c", "z"));
        Assert.Equal(["a x", "a y", "b x", "c z"], one);
        Assert.Equal(one, Fired(("c", "z"), ("a", "x"), ("b", "x"), ("a", "y")));
    }

    private sealed class Named : ReceiveActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        public Named(List<string> seen)
        {
            Receive<string>(key => Timers.StartSingleTimer(key, (Self.Path.Name, key), Second));
            Receive<(string, string)>(m => seen.Add($"{m.Item1} {m.Item2}"));
        }
    }

    [Fact(DisplayName = "ReceiveTimeout comes when nothing was heard for that long, again and again, until it is turned off")]
    public void Receive_timeout()
    {
        var clock = NewClock();
        Do(clock, _ => SetTimeout(3 * Second));
        Sys.VirtualTime().RunFor(2 * Second);
        clock.Tell("noise");
        ExpectOnly(7 * Second, "noise at 2", "<ReceiveTimeout> at 5", "<ReceiveTimeout> at 8");
        Do(clock, _ => SetTimeout(null));
        ExpectNoMsg(9 * Second);

        static void SetTimeout(TimeSpan? timeout) => ActorCellContext.Current.SetReceiveTimeout(timeout);
    }

    /// <summary>Reaches the context from inside a handler given as an action.</summary>
    private abstract class ActorCellContext : ActorBase
    {
        internal static IActorContext Current => Context;
    }

    [Fact(DisplayName = "The scheduler tells once or repeatedly, runs actions, and stops when cancelled")]
    public void Scheduler()
    {
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second, TestActor, "tick", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(1500, TestActor, "once", ActorRefs.NoSender);
        Sys.Scheduler.Advanced.ScheduleOnce(2 * Second, cancelable.Cancel);
        Sys.VirtualTime().RunFor(9 * Second);
        // The action has no owner, which sorts before every path: at 2 s the ticking is over already.
        Assert.Equal(["tick", "once"], ReceiveN(2));
        ExpectNoMsg(Second);
    }

    [Fact(DisplayName = "A delay below zero and an interval of zero are refused")]
    public void Bad_delays()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellOnce(-Second, TestActor, "", null));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellRepeatedly(Second, TimeSpan.Zero, TestActor, "", null));
    }

    [Fact(DisplayName = "Any order of arming, cancelling and time gives the same firings as a sorted list")]
    public void Heap_is_a_sorted_list() => Prop.ForAll(
        (from due in Gen.Choose(0, 30) from owner in Gen.Choose(0, 3) select (Due: due, Owner: owner)).ArrayOf().ToArbitrary(),
        armed =>
        {
            var heap = new TimerHeap();
            var entries = armed.Select(a => new TimerEntry { Due = a.Due, Owner = a.Owner.ToString() }).ToList();
            foreach (var e in entries) heap.Add(e);
            foreach (var e in entries.Where((_, i) => i % 3 == 0)) Assert.True(heap.Remove(e));
            var expected = entries.Where((_, i) => i % 3 != 0).OrderBy(e => e.Due).ThenBy(e => e.Owner, StringComparer.Ordinal).ThenBy(e => e.Sequence);
            var taken = new List<TimerEntry>();
            while (heap.Count > 0) taken.Add(heap.TakeEarliest());
            return expected.SequenceEqual(taken) && taken.TrueForAll(e => !heap.Remove(e));
        }).QuickCheckThrowOnFailure();
}
