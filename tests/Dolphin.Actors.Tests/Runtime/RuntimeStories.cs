
namespace Dolphin.Actors.Tests.Runtime;

/// <summary>What actors, drivers and tests rely on, whichever runtime the edition has.</summary>
public sealed class RuntimeStories : TestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly InMemoryJournal _journal;
    private readonly List<string> _trace = [];

    public RuntimeStories() : this(new InMemoryJournal()) { }

    private RuntimeStories(InMemoryJournal journal) : base(EngineSettings.VirtualTime with
    {
        AskDrivesTime = true,
        GuardianStrategy = new OneForOneStrategy(_ => Directive.Stop),
        Persistence = new JournalSettings { InMemory = journal, WriteTimeout = 20 * Second },
    }) => _journal = journal;

    private VirtualTime Time => Sys.VirtualTime();

    private IActorRef Open(string name = "notebook")
    {
        var trace = _trace;
        var actor = Sys.ActorOf(Props.Create(() => new Notebook(trace)), name);
        Time.RunUntilIdle();
        return actor;
    }

    private void Tell(IActorRef actor, params string[] messages)
    {
        foreach (var message in messages) actor.Tell(message, ActorRefs.NoSender);
        Time.RunUntilIdle();
    }

    private static JournalFault? OnWrite(JournalOperation operation, JournalFault fault) => operation is JournalOperation.Write ? fault : null;

    [Fact(DisplayName = "While an event is on its way commands wait, in order; deferred handlers keep their place")]
    public void Commands_wait()
    {
        var notebook = Open();
        _journal.Faults = operation => OnWrite(operation, new JournalFault.Delay(Second));
        Tell(notebook, "store a", "hello", "defer b", "store c");
        Assert.Equal(["recovered to 0"], _trace);
        Time.RunFor(5 * Second);
        Assert.Equal(["recovered to 0", "a is 1", "heard hello", "b deferred", "c is 2"], _trace);
        Assert.Equal(new object[] { "a", "c" }, _journal.EventsOf("notebook"));
    }

    [Fact(DisplayName = "A refused event is not stored and the actor goes on; what comes after it has a later number")]
    public void Refused()
    {
        var notebook = Open();
        _journal.Faults = operation => OnWrite(operation, new JournalFault.Reject("not this one"));
        Tell(notebook, "store a");
        _journal.Faults = _ => null;
        Tell(notebook, "store b");
        Assert.Equal(["recovered to 0", "1 rejected: not this one", "b is 2"], _trace);
        Open("again");
        Assert.Equal("recovered to 2", _trace[^1]);
    }

    [Fact(DisplayName = "A write that fails stops the actor, whatever its supervisor says; a new instance has what was stored before")]
    public void Failed()
    {
        var notebook = Open();
        Tell(notebook, "store a");
        _journal.Faults = operation => OnWrite(operation, new JournalFault.Fail("disk full"));
        Tell(notebook, "store b");
        Assert.Equal(["recovered to 0", "a is 1", "2 failed: disk full", "stopped"], _trace);
        _journal.Faults = _ => null;
        Open("again");
        Assert.Equal("recovered to 1", _trace[^1]);
    }

    [Fact(DisplayName = "A journal that does not answer is waited for as long as its settings say, by the system's clock; then the write has failed")]
    public void No_answer()
    {
        var notebook = Open();
        _journal.Faults = operation => OnWrite(operation, new JournalFault.NoAnswer());
        Tell(notebook, "store a");
        Time.RunFor(19 * Second);
        Assert.Equal(["recovered to 0"], _trace);
        Time.RunFor(2 * Second);
        Assert.Equal(3, _trace.Count);
        Assert.StartsWith("1 failed: 'notebook': the journal did not answer for 20 s", _trace[1], StringComparison.Ordinal);
        Assert.Equal("stopped", _trace[2]);
    }

    [Fact(DisplayName = "A snapshot is offered with the events after it, and deleted ones are gone")]
    public void Snapshots()
    {
        var notebook = Open();
        Tell(notebook, "store a", "save", "store b", "save", "store c");
        Tell(notebook, "forget 2");
        Sys.Stop(notebook);
        Time.RunUntilIdle();
        _trace.Clear();
        Open("again");
        Assert.Equal(["offered a", "recovered b", "recovered c", "recovered to 3"], _trace);
    }

    [Fact(DisplayName = "An answer that does not come is waited for by the virtual clock, not the machine's")]
    public void Ask_timeout()
    {
        var silent = CreateTestProbe("silent");
        var before = Time.Now;
        Assert.Throws<AskTimeoutException>(() => silent.Ref.Ask<string>("anybody?", TimeSpan.FromHours(3)).GetAwaiter().GetResult());
        Assert.Equal(before.AddHours(3), Time.Now);
    }

    [Fact(DisplayName = "Timers that are due at once fire in the order of their actors' paths, then of their names, however they were armed")]
    public void Ties()
    {
        var trace = _trace;
        foreach (var name in new[] { "b", "a" }) Sys.ActorOf(Props.Create(() => new Alarmed(trace)), name);
        Time.RunFor(2 * Second);
        Assert.Equal(["a early", "a late", "b early", "b late"], _trace);
    }

    [Fact(DisplayName = "What escalates past the guardian surfaces in the run that it happened in")]
    public void Escalated()
    {
        using var system = ActorSystem.Create("doomed", EngineSettings.VirtualTime with { GuardianStrategy = new OneForOneStrategy(_ => Directive.Escalate) });
        var trace = _trace;
        system.ActorOf(Props.Create(() => new Alarmed(trace)), "a").Tell("fail", ActorRefs.NoSender);
        var surfaced = Assert.Throws<ActorSystemFailedException>(system.VirtualTime().RunUntilIdle);
        Assert.Contains("as asked", surfaced.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The driver may dispose of a system that nobody drives otherwise")]
    public void Disposed()
    {
        var system = ActorSystem.Create("short", EngineSettings.VirtualTime);
        var trace = _trace;
        system.ActorOf(Props.Create(() => new Alarmed(trace)), "a");
        system.VirtualTime().RunUntilIdle();
        system.Dispose();
        system.VirtualTime().RunFor(2 * Second);
        Assert.Empty(_trace);
    }

    /// <summary>Stores what it is told to, and takes down what became of it.</summary>
    private sealed class Notebook : ReceivePersistentActor
    {
        private readonly List<string> _trace;
        private string _last = "";

        public Notebook(List<string> trace)
        {
            _trace = trace;
            Recover<SnapshotOffer>(offer => trace.Add($"offered {offer.Snapshot}"));
            Recover<RecoveryCompleted>(_ => trace.Add($"recovered to {LastSequenceNr}"));
            Recover<string>(text => trace.Add($"recovered {text}"));
            Command<string>(On);
            CommandAny(_ => { });
        }

        public override string PersistenceId => "notebook";

        private void On(string message)
        {
            switch (message.Split(' '))
            {
                case ["store", var text]:
                    Persist(text, stored => _trace.Add($"{_last = stored} is {LastSequenceNr}"));
                    break;
                case ["defer", var text]:
                    DeferAsync(text, deferred => _trace.Add($"{deferred} deferred"));
                    break;
                case ["save"]:
                    SaveSnapshot(_last);
                    break;
                case ["forget", var number]:
                    DeleteSnapshot(long.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
                    break;
                default:
                    _trace.Add($"heard {message}");
                    break;
            }
        }

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _trace.Add($"{sequenceNr} failed: {cause.Message}");
        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => _trace.Add($"{sequenceNr} rejected: {cause.Message}");
        protected override void PostStop() => _trace.Add("stopped");
    }

    private sealed class Alarmed : ReceiveActor, IWithTimers
    {
        public Alarmed(List<string> trace)
        {
            Receive<string>(message =>
            {
                if (string.Equals(message, "fail", StringComparison.Ordinal)) throw new InvalidOperationException("It fails as asked.");
                trace.Add($"{Self.Path.Name} {message}");
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer("2", "late", Second);
            Timers.StartSingleTimer("1", "early", Second);
        }
    }
}
