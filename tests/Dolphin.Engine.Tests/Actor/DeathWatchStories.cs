namespace Dolphin.EngineTests;

public sealed class DeathWatchStories : BehaviourKit
{
    private sealed class Idle : ReceiveActor
    {
        public Idle() => Receive<string>(m => m == "fail", _ => throw new TimeoutException());
    }

    /// <summary>What a watcher heard; a Terminated itself is not delivered to one who does not watch.</summary>
    private sealed record Gone(IActorRef Subject, bool ExistenceConfirmed);

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
                    case "fail": throw new TimeoutException("as asked");
                    default: throw new ArgumentException(m.What);
                }
            });
            Receive<Terminated>(t => log.Tell(new Gone(t.ActorRef, t.ExistenceConfirmed)));
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
        Settle();
        subject.Tell(PoisonPill.Instance);
        Heard(new Gone(subject, ExistenceConfirmed: true));
        Silence(Second);
    }

    [Fact(DisplayName = "Watching one that is gone already gives its Terminated at once, once")]
    public void Already_dead()
    {
        var subject = ActorOf<Idle>();
        Watched(subject).Tell(PoisonPill.Instance);
        HasEnded(subject);
        var watcher = ActorOf(Props.Create<Watcher>(TestActor));
        watcher.Tell(("watch", subject));
        Heard(new Gone(subject, ExistenceConfirmed: false));
        Silence(Second);
    }

    [Fact(DisplayName = "A restart keeps what the actor watches: the new instance hears of the end")]
    public void Restart_keeps_watches()
    {
        var (subject, other) = (ActorOf<Idle>("subject"), ActorOf<Idle>("other"));
        var watcher = ActorOf(Props.Create<Watcher>(TestActor));
        watcher.Tell(("watch", subject));
        watcher.Tell(("watch-with", other));
        watcher.Tell(("fail", subject));
        Settle();
        subject.Tell(PoisonPill.Instance);
        Heard(new Gone(subject, ExistenceConfirmed: true));
        other.Tell(PoisonPill.Instance);
        Heard("other is gone");
    }

    [Fact(DisplayName = "A parent that watches its child hears of its end once")]
    public void Parent_watches_child()
    {
        var child = ChildActorOf(Props.Create<Idle>());
        Watched(child).Tell(PoisonPill.Instance);
        HasEnded(child);
        Silence(Second);
    }

    [Fact(DisplayName = "A restart is no end: watchers hear nothing")]
    public void Restart_is_silent()
    {
        var subject = ActorOf<Idle>();
        Watched(subject).Tell("fail");
        Silence(Second);
    }

    [Fact(DisplayName = "After Unwatch there is no Terminated, not even if it was on its way")]
    public void Unwatch_silences()
    {
        var subject = ActorOf<Idle>();
        var watcher = ActorOf(Props.Create<Watcher>(TestActor));
        watcher.Tell(("watch", subject));
        Settle();
        // The end and the Unwatch are both in the watcher's mailbox, the end behind.
        Together(() =>
        {
            subject.Tell(PoisonPill.Instance);
            watcher.Tell(("unwatch", subject));
        });
        Silence(Second);
    }

    [Fact(DisplayName = "WatchWith delivers the given message in place of Terminated")]
    public void Watch_with_message()
    {
        var subject = ActorOf<Idle>("canary");
        ActorOf(Props.Create<Watcher>(TestActor)).Tell(("watch-with", subject));
        Settle();
        Sys.Stop(subject);
        Heard("canary is gone");
        Silence(Second);
    }

    [Fact(DisplayName = "An end that is watched and not handled fails the watcher, which is stopped")]
    public void Death_pact()
    {
        var subject = ActorOf<Idle>();
        var pact = ActorOf(Props.Create<Pact>(subject));
        Watched(pact);
        EventFilter.Exception<DeathPactException>().ExpectOne(() => subject.Tell(PoisonPill.Instance));
        HasEnded(pact);
    }

    // Akka.NET tells watchers in no order that could be relied on; the engine's is in Embedded/EngineAloneStories.
    [Fact(DisplayName = "Many watchers each hear once")]
    public void Each_watcher_once()
    {
        var subject = ActorOf<Idle>();
        var watchers = Enumerable.Range(0, 20).Select(_ => ActorOf(Props.Create<Watcher>(TestActor))).ToList();
        foreach (var w in watchers) w.Tell(("watch", subject));
        Settle();
        subject.Tell(PoisonPill.Instance);
        var senders = new List<IActorRef>();
        for (var i = 0; i < watchers.Count; i++)
        {
            ExpectMsg<Gone>();
            senders.Add(LastSender);
        }

        Assert.Equal(watchers.Order(), senders.Order());
        Silence(Second);
    }

    [Fact(DisplayName = "PoisonPill ends an actor after what it was told before, and the rest becomes dead letters")]
    public void Poison_waits_its_turn()
    {
        var log = CreateTestProbe();
        var actor = ActorOf(Props.Create<Watcher>(log));
        EventFilter.DeadLetter<string>(m => m == "after").ExpectOne(() =>
        {
            Together(() =>
            {
                actor.Tell("before");
                actor.Tell(PoisonPill.Instance);
                actor.Tell("after");
            });
        });
        log.ExpectMsg("before");
        Silence(log, Second);
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent(IActorRef log)
        {
            var child = Context.ActorOf(Props.Create<Watcher>(log));
            ReceiveAny(_ =>
            {
                child.Tell("never seen");
                Context.Stop(child);
                child.Tell("neither");
            });
        }
    }

    // By its parent, or by itself. Akka.NET's ActorSystem.Stop of a top-level actor goes through the guardian's mailbox and may come later.
    [Fact(DisplayName = "Stop ends an actor before what waits in its mailbox")]
    public void Stop_does_not_wait()
    {
        var (log, letters) = (CreateTestProbe(), CreateTestProbe());
        var parent = ActorOf(Props.Create<Parent>(log.Ref));
        Settle();
        Sys.EventStream.Subscribe<DeadLetter>(letters);
        parent.Tell("go");
        Heard(log);
        Assert.Equal(["never seen", "neither"], letters.ReceiveN(2).Cast<DeadLetter>().Select(d => d.Message));
    }

    [Fact(DisplayName = "GracefulStop completes when the actor has ended")]
    public void Graceful_stop()
    {
        var actor = ActorOf<Idle>();
        Watched(actor);
        Assert.True(Outcome(actor.GracefulStop(Patience)));
        HasEnded(actor);
    }

    [Fact(DisplayName = "GracefulStop says false, and does not throw, when the actor does not end in time; the actor is left as it is")]
    public void Graceful_stop_in_vain()
    {
        // Up to Akka.NET 1.4 the task was cancelled; 1.5 answers with false. The engine follows 1.5.
        var actor = ActorOf<Idle>();
        var limit = TimeSpan.FromMilliseconds(50);
        Assert.False(OutcomeAfter(actor.GracefulStop(limit, "not a stop"), limit));
        Watched(actor).Tell(PoisonPill.Instance);
        HasEnded(actor);
    }

    [Fact(DisplayName = "A name is free again once its actor has ended")]
    public void Name_is_free_again()
    {
        var first = ActorOf<Idle>("name");
        Watched(first).Tell(PoisonPill.Instance);
        HasEnded(first);
        var second = ActorOf<Idle>("name");
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }
}
