namespace Dolphin.EngineTests;

public sealed class BecomeAndStashStories : BehaviourKit
{
    private sealed class Door : ReceiveActor
    {
        public Door() => Closed();

        private void Closed()
        {
            Receive<string>(m => m == "open", _ => Become(Open));
            Receive<string>(m => m == "peek", _ => BecomeStacked(Peeking));
            Receive<string>(m => m == "?", _ => Sender.Tell("closed"));
        }

        private void Open()
        {
            Receive<string>(m => m == "close", _ => Become(Closed));
            Receive<string>(m => m == "peek", _ => BecomeStacked(Peeking));
            Receive<string>(m => m == "?", _ => Sender.Tell("open"));
        }

        private void Peeking()
        {
            Receive<string>(m => m == "back", _ => UnbecomeStacked());
            Receive<string>(m => m == "break", _ => throw new TimeoutException("as asked"));
            Receive<string>(m => m == "peek", _ => BecomeStacked(Peeking));
            Receive<string>(m => m == "?", _ => Sender.Tell("peeking"));
        }
    }

    private void Expect(IActorRef door, string told, string state)
    {
        door.Tell(told);
        door.Tell("?");
        ExpectMsg(state);
    }

    [Fact(DisplayName = "Become replaces the behaviour; stacked behaviours come back one by one, and the last one stays")]
    public void Stacks()
    {
        var door = ActorOf<Door>();
        Expect(door, "open", "open");
        Expect(door, "peek", "peeking");
        Expect(door, "peek", "peeking");
        Expect(door, "back", "peeking");
        Expect(door, "back", "open");
        Expect(door, "back", "open");
        Expect(door, "close", "closed");
    }

    private sealed class Busy : ReceiveActor, IWithUnboundedStash
    {
        public IStash Stash { get; set; } = null!;

        public Busy()
        {
            Receive<string>(m => m == "ready", _ =>
            {
                Become(Ready);
                Stash.UnstashAll();
            });
            Receive<string>(m => m == "fail", _ => throw new TimeoutException("as asked"));
            Receive<string>(m => m == "twice", _ =>
            {
                Stash.Stash();
                Sender.Tell(Record.Exception(Stash.Stash)!);
                Sender.Tell(Stash.Count);
            });
            Receive<string>(m => m == "one", _ => Stash.Unstash());
            ReceiveAny(_ => Stash.Stash());
        }

        private void Ready() => Receive<string>(m => Sender.Tell(m));
    }

    [Fact(DisplayName = "Stashed messages come back in their order, before later ones, with their senders")]
    public void Unstash_order()
    {
        var busy = ActorOf<Busy>();
        foreach (var m in new[] { "1", "2", "3", "ready", "4" }) busy.Tell(m);
        Assert.Equal(["1", "2", "3", "4"], ReceiveN(4));
    }

    [Fact(DisplayName = "A restart gives the stash to the new instance, ahead of the mailbox")]
    public void Restart_unstashes()
    {
        var busy = ActorOf<Busy>();
        foreach (var m in new[] { "1", "2", "fail", "3", "ready", "4" }) busy.Tell(m);
        Assert.Equal(["1", "2", "3", "4"], ReceiveN(4));
    }

    [Fact(DisplayName = "A restart begins with the first behaviour: the stack of the others is gone")]
    public void Restart_forgets_behaviours()
    {
        var door = ActorOf<Door>();
        Expect(door, "open", "open");
        Expect(door, "peek", "peeking");
        Expect(door, "break", "closed");
        Expect(door, "back", "closed");
    }

    [Fact(DisplayName = "Stopping makes the stash dead letters")]
    public void Stop_drops() => EventFilter.DeadLetter<string>().Expect(2, () =>
    {
        var busy = ActorOf<Busy>();
        busy.Tell("1");
        busy.Tell("2");
        busy.Tell(PoisonPill.Instance);
    });

    [Fact(DisplayName = "Stashing the same message twice is refused, and it is kept once")]
    public void Not_twice()
    {
        ActorOf<Busy>().Tell("twice");
        ExpectMsg<IllegalActorStateException>();
        ExpectMsg(1);
    }

    private sealed class Bounded : ReceiveActor, IWithStash
    {
        public IStash Stash { get; set; } = null!;

        public Bounded()
        {
            Receive<int>(_ =>
            {
                try
                {
                    Stash.Stash();
                }
                catch (StashOverflowException)
                {
                    Sender.Tell($"full at {Stash.Count} of {Stash.Capacity}");
                }
            });
        }
    }

    [Fact(DisplayName = "A bounded stash refuses one more than it holds")]
    public void Bounded_refuses()
    {
        var actor = ActorOf(Props.Create<Bounded>().WithStashCapacity(2));
        for (var i = 0; i < 3; i++) actor.Tell(i);
        ExpectMsg("full at 2 of 2");
    }
}
