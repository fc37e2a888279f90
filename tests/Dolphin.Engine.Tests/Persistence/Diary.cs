namespace Dolphin.EngineTests.Persistence;

/// <summary>A command that says itself what is to be done.</summary>
public sealed record Do(Action<Diary> Action, string Name = "?");

/// <summary>Where a <see cref="Diary"/> says what happens to it.</summary>
public sealed class Trace(Action<string> add)
{
    public void Add(string what) => add(what);
}

/// <summary>A persistent actor that does what its tests tell it, and says what happens to it.</summary>
public sealed class Diary : ReceivePersistentActor
{
    private readonly Script _script;
    public override string PersistenceId { get; }
    public override Recovery Recovery => _script.Recovery;
    public Trace Trace { get; }
    /// <summary>The texts of all events so far.</summary>
    public List<string> State { get; private set; } = [];
    public IActorRef Asker => Sender;

    /// <summary>What differs from one test to the next.</summary>
    public sealed record Script
    {
        public Recovery Recovery { get; init; } = Recovery.Default;
        public Action<Diary> OnStart { get; init; } = static _ => { };
        public Action<Diary> OnRecovered { get; init; } = static _ => { };
        public Action<Diary, string> OnReplay { get; init; } = static (_, _) => { };
        public string Journal { get; init; } = "";
    }

    /// <summary>Writes what happens into a list.</summary>
    public Diary(string id, List<string> trace, Script script) : this(id, new Trace(trace.Add), script) { }

    /// <summary>Tells what happens.</summary>
    public Diary(string id, IActorRef listener, Script script) : this(id, new Trace(what => listener.Tell(what, ActorRefs.NoSender)), script) { }

    private Diary(string id, Trace trace, Script script)
    {
        (PersistenceId, Trace, _script) = (id, trace, script);
        JournalPluginId = script.Journal;
        Recover<Noted>(noted =>
        {
            Trace.Add($"replayed {LastSequenceNr} {noted.Text}");
            script.OnReplay(this, noted.Text);
            State.Add(noted.Text);
        });
        Recover<SnapshotOffer>(offer =>
        {
            Trace.Add($"offered {offer.Metadata.SequenceNr} {((Noted)offer.Snapshot).Text}");
            State = [.. ((Noted)offer.Snapshot).Text.Split(',', StringSplitOptions.RemoveEmptyEntries)];
        });
        Recover<RecoveryCompleted>(_ =>
        {
            Trace.Add($"recovered {LastSequenceNr}");
            script.OnRecovered(this);
        });
        Command<Do>(x => x.Action(this));
        Command<SaveSnapshotSuccess>(x => Trace.Add($"snapshot saved {x.Metadata.SequenceNr}"));
        Command<SaveSnapshotFailure>(x => Trace.Add($"snapshot failed: {x.Cause.Message}"));
        Command<DeleteMessagesSuccess>(x => Trace.Add($"deleted to {x.ToSequenceNr}"));
        Command<DeleteMessagesFailure>(x => Trace.Add($"not deleted: {x.Cause.Message}"));
        Command<DeleteSnapshotSuccess>(x => Trace.Add($"snapshot {x.Metadata.SequenceNr} deleted"));
        Command<DeleteSnapshotsSuccess>(x => Trace.Add($"snapshots to {x.Criteria.MaxSequenceNr} deleted"));
        Command<string>(text => Trace.Add($"command {text}"));
    }

    public void Note(string text) => Persist(new Noted(text), Kept);
    public void NoteAll(params string[] texts) => PersistAll(texts.Select(text => new Noted(text)), Kept);
    public void NoteAsync(string text) => PersistAsync(new Noted(text), Kept);
    public void SaveState() => SaveSnapshot(new Noted(string.Join(',', State)));
    public void RunAsync(Func<Task> action) => RunTask(action);
    public void Listen(Action<string> listener) => Become(() =>
    {
        Command<string>(listener);
        Command<Do>(x => x.Action(this));
    });

    private void Kept(Noted noted)
    {
        State.Add(noted.Text);
        Trace.Add($"kept {LastSequenceNr} {noted.Text}");
    }

    protected override void PreStart()
    {
        Trace.Add("started");
        _script.OnStart(this);
    }

    protected override void PostStop() => Trace.Add("stopped");

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Trace.Add($"failed {sequenceNr}: {cause.Message}");
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        Trace.Add($"rejected {sequenceNr}: {cause.Message}");
        base.OnPersistRejected(cause, @event, sequenceNr);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        Trace.Add($"recovery failed{(message is Noted noted ? $" at {noted.Text}" : "")}: {reason.Message}");
        base.OnRecoveryFailure(reason, message);
    }

    protected override void OnReplaySuccess() => Trace.Add("replay succeeded");
}
