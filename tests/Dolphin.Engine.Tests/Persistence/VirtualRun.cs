namespace Dolphin.EngineTests.Persistence;

/// <summary>An actor system in virtual time with a journal, and what happened in it.</summary>
internal sealed class VirtualRun : IDisposable
{
    private readonly ActorSystem _system;
    public VirtualTime Time { get; }
    public List<string> Trace { get; } = [];
    public JournalSet Files => _system.Journal() ?? throw new InvalidOperationException("This run keeps its journal in memory.");

    private VirtualRun(JournalSettings settings, Directive onFailure)
    {
        _system = ActorSystem.Create("test", EngineSettings.VirtualTime with
        {
            Persistence = settings,
            Serializers = TestSerializer.Bindings,
            GuardianStrategy = new OneForOneStrategy(_ => onFailure),
        });
        Time = _system.VirtualTime();
    }

    public static VirtualRun InMemory(InMemoryJournal journal, Directive onFailure = Directive.Restart) =>
        new(new JournalSettings { InMemory = journal }, onFailure);

    public static VirtualRun InMemory(InMemoryJournal journal, Func<JournalSettings, JournalSettings> change) =>
        new(change(new JournalSettings { InMemory = journal }), Directive.Restart);

    public static VirtualRun OnFiles(StateFolder folder, Directive onFailure = Directive.Restart) =>
        new(folder.Settings(DurabilityMode.WriteBehind), onFailure);

    public IActorRef Start(string id, Diary.Script? script = null)
    {
        var (trace, used) = (Trace, script ?? new Diary.Script());
        var actor = _system.ActorOf(Props.CreateBy(new Producer(() => new Diary(id, trace, used))), id);
        Time.RunUntilIdle();
        return actor;
    }

    /// <summary>Sends all of it before anything is handled.</summary>
    public VirtualRun Tell(IActorRef actor, params object[] messages)
    {
        foreach (var message in messages)
            actor.Tell(message is Action<Diary> action ? new Do(action) : message, ActorRefs.NoSender);
        Time.RunUntilIdle();
        return this;
    }

    public VirtualRun Tell(IActorRef actor, Action<Diary> action) => Tell(actor, (object)action);

    public IActorRef Echo(string name)
    {
        var trace = Trace;
        return _system.ActorOf(Props.CreateBy(new Producer(() => new EchoActor(name, trace))), name);
    }

    /// <summary>What happened since the last call.</summary>
    public string[] Happened()
    {
        var happened = Trace.ToArray();
        Trace.Clear();
        return happened;
    }

    public void Dispose()
    {
        // The test may end in the middle of things: the files must be closed all the same.
        _system.Journal()?.Dispose();
        _system.Dispose();
    }

    private sealed class Producer(Func<ActorBase> make) : IIndirectActorProducer
    {
        public ActorBase Produce() => make();
        public Type ActorType => typeof(ActorBase);
        public void Release(ActorBase actor)
        {
            // Nothing is pooled.
        }
    }

    private sealed class EchoActor(string name, List<string> trace) : UntypedActor
    {
        protected override void OnReceive(object message) => trace.Add($"{name} got {message}");
    }
}
