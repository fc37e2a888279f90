namespace Dolphin.EngineTests.Persistence;

/// <summary>One life of an actor system with a journal that outlives it.</summary>
internal sealed class Life : BehaviourKit
{
    private readonly IActorRef _parent;
    private readonly TestProbe _desk;

    public Life(InMemoryJournal journal, Directive onFailure = Directive.Restart) : this(new Circumstances { Journal = journal }, onFailure) { }

    public Life(Circumstances given, Directive onFailure = Directive.Restart) : base(given)
    {
        _parent = ActorOf(Props.Create<Parent>(onFailure), "parent");
        _desk = CreateTestProbe("desk");
    }

    private sealed class Parent : ReceiveActor
    {
        private readonly Directive _onFailure;

        public Parent(Directive onFailure)
        {
            _onFailure = onFailure;
            Receive<(Props Props, string Name)>(child => Sender.Tell(Context.ActorOf(child.Props, child.Name)));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => _onFailure);
    }

    public IActorRef Start(string id, Diary.Script? script = null)
    {
        var (listener, used) = (TestActor, script ?? new Diary.Script());
        return Child(Props.Create(() => new Diary(id, listener, used)), id);
    }

    /// <summary>An actor that says what it got.</summary>
    public IActorRef Echo(string name)
    {
        var listener = TestActor;
        return Child(Props.Create(() => new EchoActor(name, listener)), name);
    }

    private IActorRef Child(Props props, string name)
    {
        _desk.Send(_parent, (props, name));
        var child = _desk.ExpectMsg<IActorRef>(Patience);
        Settle();
        return child;
    }

    /// <summary>Sends all of it before anything is handled.</summary>
    public void Tell(IActorRef actor, params object[] messages) => Together(() =>
    {
        foreach (var message in messages) actor.Tell(message, ActorRefs.NoSender);
    });

    public void RunFor(TimeSpan time) => Advance(time);
    public void Wait(TimeSpan limit) => LetPass(limit);
    public void Do(Action fromOutside) => Outside(fromOutside);
    public void Stops(IActorRef actor) => HasEnded(Watched(actor));

    /// <summary>Exactly this happened since the last call. A line that ends in * stands for any that begins like it.</summary>
    public void Happens(params string[] lines)
    {
        var happened = AllHeard(lines.Length).Cast<string>().ToArray();
        Assert.Equal(lines, happened.Select((line, i) => i < lines.Length && lines[i].EndsWith('*') && line.StartsWith(lines[i][..^1], StringComparison.Ordinal) ? lines[i] : line));
    }

    /// <summary>What happened since the last call.</summary>
    public string[] Happened() => [.. AllHeard().Cast<string>()];

    private sealed class EchoActor(string name, IActorRef listener) : UntypedActor
    {
        protected override void OnReceive(object message) => listener.Tell($"{name} got {message}");
    }
}
