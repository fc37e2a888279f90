namespace Dolphin.EngineTests.Persistence;

/// <summary>What Akka.Persistence promises, on a journal in memory that does wrong on demand.</summary>
public sealed class PersistentActorStories
{
    private static readonly string[] Fresh = ["started", "replay succeeded", "recovered 0"];

    private static void AfterStart(Life run) => run.Happens(Fresh);
    private static void Acts(Life run, IActorRef actor, Action<Diary> action) => run.Tell(actor, new Do(action));

    [Fact(DisplayName = "A new life replays what an earlier one persisted, in order, and then hears that recovery is over")]
    public void Recovers()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
        {
            var actor = first.Start("a");
            AfterStart(first);
            Acts(first, actor, d => d.Note("one"));
            Acts(first, actor, d => d.NoteAll("two", "three"));
            first.Happens("kept 1 one", "kept 2 two", "kept 3 three");
        }

        using var second = new Life(journal);
        var again = second.Start("a");
        second.Happens("started", "replayed 1 one", "replayed 2 two", "replayed 3 three", "replay succeeded", "recovered 3");
        Acts(second, again, d => d.Note("four"));
        second.Happens("kept 4 four");
    }

    [Fact(DisplayName = "The handler runs only after the event is durable, and no command is handled in between")]
    public void Persist_stashes_commands()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.Note("one");
            d.Note("two");
            d.Trace.Add("end of command");
        }), "first", "second");
        run.Happens("end of command");
        Assert.Empty(journal.EventsOf("a"));
        run.RunFor(TimeSpan.FromSeconds(1));
        run.Happens("kept 1 one", "kept 2 two", "command first", "command second");
    }

    [Fact(DisplayName = "With PersistAsync commands are handled while the event is on its way; handlers keep the order of persisting")]
    public void PersistAsync_does_not_stash()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d => d.NoteAsync("one")), "first", new Do(d => d.NoteAsync("two")), new Do(d => d.PersistAllAsync(
            [new Noted("three"), new Noted("four")], noted => d.Trace.Add($"kept {d.LastSequenceNr} {noted.Text}"))), "second");
        run.Happens("command first", "command second");
        run.RunFor(TimeSpan.FromSeconds(2)); // One write at a time: what gathered during the first is the second.
        run.Happens("kept 1 one", "kept 2 two", "kept 3 three", "kept 4 four");
    }

    [Fact(DisplayName = "A persist inside a handler is stored before the waiting commands go on")]
    public void Nested_persist()
    {
        using var run = new Life(new InMemoryJournal());
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.Persist(new Noted("outer 1"), _ =>
            {
                d.Trace.Add("outer 1");
                d.Persist(new Noted("inner"), _ => d.Trace.Add("inner"));
            });
            d.Persist(new Noted("outer 2"), _ => d.Trace.Add("outer 2"));
        }), "waiting");
        run.Happens("outer 1", "outer 2", "inner", "command waiting");
    }

    [Fact(DisplayName = "What is deferred runs after the handlers of the events before it, at once if there are none, and stores nothing; commands do not wait for it")]
    public void Deferred()
    {
        var journal = new InMemoryJournal();
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.DeferAsync("now", what => d.Trace.Add($"deferred {what}"));
            d.Note("one");
            d.DeferAsync("later", what => d.Trace.Add($"deferred {what}"));
            d.PersistAll(Array.Empty<Noted>(), _ => d.Trace.Add("never"));
            d.Trace.Add("end of command");
        }), "waiting");
        run.Happens("deferred now", "end of command", "kept 1 one", "command waiting", "deferred later");
        Assert.Single(journal.EventsOf("a"));
    }

    [Fact(DisplayName = "What a handler defers waits for the end of that handler")]
    public void Deferred_in_a_handler()
    {
        using var run = new Life(new InMemoryJournal());
        var actor = run.Start("a");
        AfterStart(run);
        Acts(run, actor, d => d.Persist(new Noted("one"), _ =>
        {
            d.DeferAsync("x", _ => d.Trace.Add("deferred"));
            d.Trace.Add("end of handler");
        }));
        run.Happens("end of handler", "deferred");
    }

    [Fact(DisplayName = "Inside a handler the sender is who sent the command, even with several on their way")]
    public void Sender_in_handlers()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        var (ann, bob) = (run.Echo("ann"), run.Echo("bob"));
        actor.Tell(new Do(d => d.PersistAsync(new Noted("for ann"), noted => d.Asker.Tell(noted.Text))), ann);
        actor.Tell(new Do(d => d.PersistAsync(new Noted("for bob"), noted => d.Asker.Tell(noted.Text))), bob);
        run.RunFor(TimeSpan.FromSeconds(5));
        run.Happens("ann got for ann", "bob got for bob");
    }

    [Fact(DisplayName = "The user's stash works together with the internal one: unstashed messages come before the commands that waited for a persist")]
    public void User_stash()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor,
            new Do(d => d.Listen(text =>
            {
                if (d.State.Count == 0)
                {
                    d.Trace.Add($"stash {text}");
                    d.Stash.Stash();
                }
                else
                {
                    d.Trace.Add($"handle {text}");
                }
            })),
            "first", "second",
            new Do(d => d.Persist(new Noted("open"), noted =>
            {
                d.State.Add(noted.Text);
                d.Trace.Add("open");
                d.Stash.UnstashAll();
            })),
            "third");
        run.RunFor(TimeSpan.FromSeconds(1));
        run.Happens("stash first", "stash second", "open", "handle first", "handle second", "handle third");
    }

    [Fact(DisplayName = "Commands that come during recovery wait for its end, in order")]
    public void Recovery_stashes()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
            Acts(first, first.Start("a"), d => d.Note("one"));
        journal.Faults = op => op is JournalOperation.Replay ? new JournalFault.Delay(TimeSpan.FromSeconds(3)) : null;
        using var run = new Life(journal);
        var actor = run.Start("a", new Diary.Script { OnRecovered = d => d.Note("in recovery completed") });
        run.Tell(actor, "first", "second");
        run.Happens("started");
        run.RunFor(TimeSpan.FromSeconds(3));
        run.Happens("replayed 1 one", "replay succeeded", "recovered 1", "kept 2 in recovery completed", "command first", "command second");
    }

    [Fact(DisplayName = "Nothing can be persisted during recovery")]
    public void No_persist_while_recovering()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
            Acts(first, first.Start("a"), d => d.Note("one"));
        using var run = new Life(journal);
        run.Start("a", new Diary.Script { OnReplay = (d, _) => d.Note("too early") });
        run.Happens("started", "replayed 1 one", "recovery failed at one: *", "stopped");
    }

    [Fact(DisplayName = "A snapshot is offered first, and only newer events are replayed")]
    public void Snapshot_first()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
        {
            var actor = first.Start("a");
            Acts(first, actor, d => d.NoteAll("one", "two"));
            Acts(first, actor, d => d.SaveState());
            Acts(first, actor, d => d.Note("three"));
            Assert.Contains("snapshot saved 2", first.Happened());
        }

        using (var run = new Life(journal))
        {
            run.Start("a");
            run.Happens("started", "offered 2 one,two", "replayed 3 three", "replay succeeded", "recovered 3");
        }

        using (var run = new Life(journal))
        {
            run.Start("a", new Diary.Script { Recovery = new Recovery(SnapshotSelectionCriteria.None) });
            run.Happens("started", "replayed 1 one", "replayed 2 two", "replayed 3 three", "replay succeeded", "recovered 3");
        }

        using (var run = new Life(journal))
        {
            run.Start("a", new Diary.Script { Recovery = new Recovery(SnapshotSelectionCriteria.Latest, toSequenceNr: 1) });
            run.Happens("started", "replayed 1 one", "replay succeeded", "recovered 3");
        }

        using (var run = new Life(journal))
        {
            run.Start("a", new Diary.Script { Recovery = new Recovery(SnapshotSelectionCriteria.None, replayMax: 2) });
            run.Happens("started", "replayed 1 one", "replayed 2 two", "replay succeeded", "recovered 3");
        }

        using (var run = new Life(journal))
        {
            var actor = run.Start("a", new Diary.Script { Recovery = Recovery.None });
            Acts(run, actor, d => d.Note("four"));
            run.Happens("started", "replay succeeded", "recovered 3", "kept 4 four");
        }
    }

    [Fact(DisplayName = "Old events and snapshots can be deleted; the answer says up to where")]
    public void Deletes()
    {
        var journal = new InMemoryJournal();
        using (var run = new Life(journal))
        {
            var actor = run.Start("a");
            Acts(run, actor, d => d.NoteAll("one", "two", "three"));
            Acts(run, actor, d => d.SaveState());
            run.Happened();
            Acts(run, actor, d => d.DeleteMessages(2));
            Acts(run, actor, d => d.DeleteMessages(9));
            Acts(run, actor, d => d.DeleteSnapshot(3));
            Acts(run, actor, d => d.DeleteSnapshots(new SnapshotSelectionCriteria(3)));
            run.Happens(
                "deleted to 2",
                "not deleted: *",
                "snapshot 3 deleted",
                "snapshots to 3 deleted");
        }

        using var again = new Life(journal);
        again.Start("a");
        again.Happens("started", "replayed 3 three", "replay succeeded", "recovered 3");
    }

    [Fact(DisplayName = "A failed persist stops the actor after OnPersistFailure, and its handler does not run")]
    public void Persist_failure()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write { FirstSequenceNr: 2 } ? new JournalFault.Fail("disk on fire") : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d => d.Note("one")), new Do(d => d.Note("two")), "never handled");
        run.Happens("kept 1 one", "failed 2: disk on fire", "stopped");
        Assert.Single(journal.EventsOf("a"));
    }

    [Fact(DisplayName = "A rejected event is not stored and its handler does not run; the actor goes on")]
    public void Persist_rejection()
    {
        var journal = new InMemoryJournal();
        using (var run = new Life(journal))
        {
            var actor = run.Start("a");
            AfterStart(run);
            run.Tell(actor, new Do(d =>
            {
                d.Note("one");
                d.Persist(new Unwritable("x"), _ => d.Trace.Add("never"));
                d.Note("three");
            }), "next");
            run.Happens("kept 1 one", "rejected 2: *", "kept 3 three", "command next");
        }

        using var again = new Life(journal);
        again.Start("a");
        again.Happens("started", "replayed 1 one", "replayed 3 three", "replay succeeded", "recovered 3");
    }

    // Eventsourced itself waits for ever. Akka.NET's journals have a circuit breaker in front, whose limit the machine's clock measures; the engine's
    // persistent actors have a limit of their own (Embedded/WriteTimeoutStories).
    [Fact(DisplayName = "A journal that never answers fails the actor after the stated time")]
    public void Persist_timeout()
    {
        var limit = TimeSpan.FromMilliseconds(50);
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.NoAnswer() : null };
        using var run = new Life(new Circumstances { Journal = journal, WriteTimeout = limit });
        var actor = run.Start("a");
        AfterStart(run);
        Acts(run, actor, d => d.Note("one"));
        run.Wait(limit);
        run.Happens("failed 1: *", "stopped");
    }

    [Fact(DisplayName = "A recovery that hears nothing for the stated time fails, and the actor stops")]
    public void Recovery_timeout()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Replay { PersistenceId: "a" } or JournalOperation.LoadSnapshot { PersistenceId: "b" } ? new JournalFault.NoAnswer() : null };
        using var run = new Life(new Circumstances { Journal = journal, RecoveryEventTimeout = TimeSpan.FromSeconds(7) });
        run.Start("a");
        run.RunFor(TimeSpan.FromSeconds(7));
        run.Happens("started", "recovery failed: *", "stopped");
        run.Start("b");
        run.RunFor(TimeSpan.FromSeconds(7));
        run.Happens("started", "recovery failed: *", "stopped");
    }

    [Fact(DisplayName = "Several events persisted together are stored all or none: one that cannot be written refuses the others")]
    public void Persist_all_or_none()
    {
        var journal = new InMemoryJournal();
        using (var run = new Life(journal))
        {
            var actor = run.Start("a");
            AfterStart(run);
            Acts(run, actor, d => d.PersistAll<object>([new Noted("one"), new Unwritable("x"), new Noted("three")], _ => d.Trace.Add("never")));
            run.Happens("rejected 1: *", "rejected 2: *", "rejected 3: *");
            Assert.Empty(journal.EventsOf("a"));
            Acts(run, actor, d => d.Note("four"));
            run.Happens("kept 4 four"); // Their numbers are used up.
        }

        using var again = new Life(journal);
        again.Start("a");
        again.Happens("started", "replayed 4 four", "replay succeeded", "recovered 4");
    }

    [Fact(DisplayName = "An event of an old version is read by the program of today, as what it has become")]
    public void Old_version()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
            Acts(first, first.Start("a"), d => d.NoteAll("old one", "two"));
        using var run = new Life(journal);
        run.Start("a");
        run.Happens("started", "replayed 1 old one, made new", "replayed 2 two", "replay succeeded", "recovered 2");
    }

    [Fact(DisplayName = "A journal that refuses a write is alive: the actor goes on, and nothing was stored")]
    public void Rejected_by_the_journal()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write { FirstSequenceNr: 1 } ? new JournalFault.Reject("not now") : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        Acts(run, actor, d => d.Note("one"));
        run.Happens("rejected 1: not now");
        Acts(run, actor, d => d.Note("two"));
        run.Happens("kept 2 two");
        Assert.Single(journal.EventsOf("a"));
    }

    [Fact(DisplayName = "A snapshot that cannot be saved is told of, and the actor goes on")]
    public void Snapshot_failure()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.SaveSnapshot ? new JournalFault.Fail("no room") : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        Acts(run, actor, d => d.Note("one"));
        Acts(run, actor, d => d.SaveState());
        run.Tell(actor, "still there?");
        run.Happens("kept 1 one", "snapshot failed: no room", "command still there?");
    }

    [Fact(DisplayName = "A snapshot store that cannot be read fails the recovery, even though the events are there")]
    public void Snapshot_unreadable()
    {
        // A surprise: a snapshot only saves time, yet without an answer about one no event is replayed.
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.LoadSnapshot ? new JournalFault.Fail("unreadable") : null };
        using var run = new Life(journal);
        run.Start("a");
        run.Happens("started", "recovery failed: unreadable", "stopped");
    }

    [Fact(DisplayName = "PoisonPill does not wait for a persist: the event may be stored, but its handler and the commands behind never run")]
    public void Poison_overtakes()
    {
        // A surprise that costs money: to stop a persistent actor in order, send it a command of its own.
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = new Life(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d => d.Note("one")), "waiting", PoisonPill.Instance);
        run.Happens("stopped");
        run.RunFor(TimeSpan.FromSeconds(1));
        run.Happens();
        Assert.Single(journal.EventsOf("a"));
    }

    [Fact(DisplayName = "A stopped actor's id can be taken up again at once by a new one, which recovers all that was stored")]
    public void Taken_up_again()
    {
        using var run = new Life(new InMemoryJournal());
        var actor = run.Start("a");
        Acts(run, actor, d => d.Note("one"));
        run.Tell(actor, PoisonPill.Instance);
        run.Happened();
        run.Start("a");
        run.Happens("started", "replayed 1 one", "replay succeeded", "recovered 1");
    }

    [Fact(DisplayName = "A journal that fails to replay, and a handler that fails on an event, stop the actor with OnRecoveryFailure")]
    public void Recovery_failure()
    {
        var journal = new InMemoryJournal();
        using (var first = new Life(journal))
            Acts(first, first.Start("a"), d => d.NoteAll("one", "two"));
        using (var run = new Life(journal))
        {
            run.Start("a", new Diary.Script { OnReplay = (_, text) => Assert.NotEqual("two", text) });
            var happened = run.Happened();
            Assert.Equal(["started", "replayed 1 one", "replayed 2 two"], happened[..3]);
            Assert.StartsWith("recovery failed at two: Assert.NotEqual", happened[3], StringComparison.Ordinal);
            Assert.Equal("stopped", happened[^1]);
        }

        journal.Faults = op => op is JournalOperation.Replay ? new JournalFault.Fail("unreadable") : null;
        using var broken = new Life(journal);
        broken.Start("a");
        broken.Happens("started", "recovery failed: unreadable", "stopped");
    }

    [Fact(DisplayName = "An actor that fails is restarted and recovers all it persisted, also what it persisted in the failing command")]
    public void Restart()
    {
        using var run = new Life(new InMemoryJournal());
        var actor = run.Start("a");
        Acts(run, actor, d => d.Note("one"));
        run.Happened();
        run.Tell(actor, new Do(d =>
        {
            d.Note("two");
            throw new InvalidOperationException("after persisting");
        }), "waiting");
        run.Happens("stopped", "started", "replayed 1 one", "replayed 2 two", "replay succeeded", "recovered 2", "command waiting");
    }

    [Fact(DisplayName = "Resumed after a failing handler, an actor runs the handlers behind it")]
    public void Resume()
    {
        using var run = new Life(new InMemoryJournal(), Directive.Resume);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.Persist(new Noted("one"), _ => throw new InvalidOperationException("in a handler"));
            d.Note("two");
        }), "waiting");
        run.Happens("kept 2 two", "command waiting");
    }

    [Fact(DisplayName = "Only so many actors recover at the same time; the others wait for their turn")]
    public void Recovery_permits()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Replay ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = new Life(new Circumstances { Journal = journal, MaxConcurrentRecoveries = 1 });
        run.Start("a");
        run.Start("b");
        run.Happens("started", "started");
        run.RunFor(TimeSpan.FromSeconds(1));
        run.Happens("replay succeeded", "recovered 0");
        run.RunFor(TimeSpan.FromSeconds(1));
        run.Happens("replay succeeded", "recovered 0");
    }

    [Fact(DisplayName = "An asynchronous command holds the mailbox until it is done; what it persisted is stored then")]
    public void Async_command()
    {
        using var run = new Life(new InMemoryJournal());
        var actor = run.Start("a");
        AfterStart(run);
        var gate = new TaskCompletionSource();
        run.Tell(actor, new Do(d => d.RunAsync(async () =>
        {
            d.Note("before");
            await gate.Task;
            d.Note("after");
            d.Trace.Add("end of command");
        })), "waiting");
        run.Happens();
        run.Do(gate.SetResult);
        run.Happens("end of command", "kept 1 before", "kept 2 after", "command waiting");
    }
}
