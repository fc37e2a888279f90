using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.EngineTests;

/// <summary>Timers of virtual time: exact ties, exploration, and the heap behind them.</summary>
public sealed class TimersInVirtualTimeStories
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

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

    [Fact(DisplayName = "Nothing is left in the clock of an actor that has ended")]
    public void Nothing_left()
    {
        var system = ActorSystem.Create("left", EngineSettings.VirtualTime);
        var clock = system.ActorOf(Props.Create(() => new Named(new List<string>())));
        clock.Tell("key");
        system.VirtualTime().RunUntilIdle();
        Assert.NotNull(system.VirtualTime().NextDue);
        system.Stop(clock);
        system.VirtualTime().RunUntilIdle();
        Assert.Null(system.VirtualTime().NextDue);
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
