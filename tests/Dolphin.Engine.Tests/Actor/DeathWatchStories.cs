namespace Dolphin.EngineTests;

public sealed class DeathWatchStories : TestKit
{
    private sealed class Idle : ReceiveActor
    {
        public Idle() => Receive<string>(m => m == "fail", _ => throw new TimeoutException());
    }

    /// <summary>What a watcher heard; a Terminated itself is not delivered to one who does not watch.</summary>
    private sealed record Ended(IActorRef Subject, bool ExistenceConfirmed);

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef log)
        {
            Receive<(string What, IActorRef Subject)>(m =>
            {
                switch (m.What)
                {
                    case "watch": Context.Watch(m.Subject); break;
                    case "watch-with": Context.WatchWith(m.Subject, $"{m.Subject.Path.Name} is gone"); break;
                    case "unwatch": Context.Unwatch(m.Subject); break;
                    default: throw new ArgumentException(m.What);
                }
            });
            Receive<Terminated>(t => log.Tell(new Ended(t.ActorRef, t.ExistenceConfirmed)));
            Receive<string>(m => log.Tell(m));
        }
    }

    private sealed class Pact : ReceiveActor
    {
        public Pact(IActorRef partner) => Context.Watch(partner);
    }

    [Fact(DisplayName = "Watching twice still gives one Terminated")]
    public void Exactly_once()
    {
        var subject = ActorOf<Idle>();
        var watcher = ActorOf(Props.Create<Watcher>(TestActor));
        watcher.Tell(("watch", subject));
        watcher.Tell(("watch", subject));
        Sys.VirtualTime().RunUntilIdle();
        subject.Tell(PoisonPill.Instance);
        ExpectMsg(new Ended(subject, ExistenceConfirmed: true));
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "Watching one that is gone already gives its Terminated at once, once")]
    public void Already_dead()
    {
        var subject = ActorOf<Idle>();
        Watch(subject);
        subject.Tell(PoisonPill.Instance);
        ExpectTerminated(subject);
        var watcher = ActorOf(Props.Create<Watcher>(TestActor));
        watcher.Tell(("watch", subject));
        ExpectMsg(new Ended(subject, ExistenceConfirmed: false));
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "A parent that watches its child hears of its end once")]
    public void Parent_watches_child()
    {
        var child = ChildActorOf<Idle>();
        Watch(child);
        child.Tell(PoisonPill.Instance);
        ExpectTerminated(child);
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "A restart is no end: watchers hear nothing")]
    public void Restart_is_silent()
    {
        var subject = ActorOf<Idle>();
        Watch(subject);
        subject.Tell("fail");
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "After Unwatch there is no Terminated, not even if it was on its way")]
    public void Unwatch_silences()
    {
        var subject = ActorOf<Idle>();
        var watcher = ActorOf(Props.Create<Watcher>(TestActor));
        watcher.Tell(("watch", subject));
        Sys.VirtualTime().RunUntilIdle();
        // The end and the Unwatch are both in the watcher's mailbox, the end behind.
        subject.Tell(PoisonPill.Instance);
        watcher.Tell(("unwatch", subject));
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "WatchWith delivers the given message in place of Terminated")]
    public void Watch_with_message()
    {
        var subject = ActorOf<Idle>("canary");
        ActorOf(Props.Create<Watcher>(TestActor)).Tell(("watch-with", subject));
        Sys.VirtualTime().RunUntilIdle();
        Sys.Stop(subject);
        ExpectMsg("canary is gone");
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "An end that is watched and not handled fails the watcher, which is stopped")]
    public void Death_pact()
    {
        var subject = ActorOf<Idle>();
        var pact = ActorOf(Props.Create<Pact>(subject));
        Watch(pact);
        EventFilter.Exception<DeathPactException>().ExpectOne(() => subject.Tell(PoisonPill.Instance));
        ExpectTerminated(pact);
    }

    [Fact(DisplayName = "Many watchers each hear once, in the order they began to watch")]
    public void In_order_of_watching()
    {
        var subject = ActorOf<Idle>();
        var watchers = Enumerable.Range(0, 20).Select(_ => ActorOf(Props.Create<Watcher>(TestActor))).ToList();
        foreach (var w in watchers) w.Tell(("watch", subject));
        Sys.VirtualTime().RunUntilIdle();
        subject.Tell(PoisonPill.Instance);
        var senders = new List<IActorRef>();
        for (var i = 0; i < watchers.Count; i++)
        {
            ExpectMsg<Ended>();
            senders.Add(LastSender);
        }

        Assert.Equal(watchers, senders);
        ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "PoisonPill ends an actor after what it was told before, and the rest becomes dead letters")]
    public void Poison_waits_its_turn()
    {
        var log = CreateTestProbe();
        var actor = ActorOf(Props.Create<Watcher>(log));
        EventFilter.DeadLetter<string>(m => m == "after").ExpectOne(() =>
        {
            actor.Tell("before");
            actor.Tell(PoisonPill.Instance);
            actor.Tell("after");
        });
        log.ExpectMsg("before");
        log.ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "Stop ends an actor before what waits in its mailbox")]
    public void Stop_does_not_wait()
    {
        var log = CreateTestProbe();
        var actor = ActorOf(Props.Create<Watcher>(log));
        actor.Tell("never seen");
        Sys.Stop(actor);
        log.ExpectNoMsg(TimeSpan.FromSeconds(1));
    }

    [Fact(DisplayName = "GracefulStop completes when the actor has ended")]
    public async Task Graceful_stop()
    {
        var actor = ActorOf<Idle>();
        Watch(actor);
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(5)));
        ExpectTerminated(actor);
    }

    [Fact(DisplayName = "GracefulStop fails when the actor does not end in time")]
    public async Task Graceful_stop_in_vain()
    {
        var actor = ActorOf<Idle>();
        var began = Sys.Scheduler.Now;
        await Assert.ThrowsAsync<TaskCanceledException>(() => actor.GracefulStop(TimeSpan.FromSeconds(5), "not a stop"));
        Assert.Equal(TimeSpan.FromSeconds(5), Sys.Scheduler.Now - began);
    }

    [Fact(DisplayName = "A name is free again once its actor has ended")]
    public void Name_is_free_again()
    {
        var first = ActorOf<Idle>("name");
        Watch(first);
        first.Tell(PoisonPill.Instance);
        ExpectTerminated(first);
        var second = ActorOf<Idle>("name");
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }
}
