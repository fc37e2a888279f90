namespace Dolphin.EngineTests.Persistence;

/// <summary>What Akka.Persistence promises, on a journal in memory and in virtual time.</summary>
public sealed class PersistentActorStories
{
    private static readonly string[] Fresh = ["started", "replay succeeded", "recovered 0"];

    private static void AfterStart(VirtualRun run) => Assert.Equal(Fresh, run.Happened());
    private static void Acts(VirtualRun run, IActorRef actor, Action<Diary> action) => run.Tell(actor, new Do(action));

    [Fact(DisplayName = "A new life replays what an earlier one persisted, in order, and then hears that recovery is over")]
    public void Recovers()
    {
        var journal = new InMemoryJournal();
        using (var first = VirtualRun.InMemory(journal))
        {
            var actor = first.Start("a");
            AfterStart(first);
            Acts(first, actor, d => d.Note("one"));
            Acts(first, actor, d => d.NoteAll("two", "three"));
            Assert.Equal(["kept 1 one", "kept 2 two", "kept 3 three"], first.Happened());
        }

        using var second = VirtualRun.InMemory(journal);
        var again = second.Start("a");
        Assert.Equal(["started", "replayed 1 one", "replayed 2 two", "replayed 3 three", "replay succeeded", "recovered 3"], second.Happened());
        Acts(second, again, d => d.Note("four"));
        Assert.Equal(["kept 4 four"], second.Happened());
    }

    [Fact(DisplayName = "The handler runs only after the event is durable, and no command is handled in between")]
    public void Persist_stashes_commands()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = VirtualRun.InMemory(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.Note("one");
            d.Note("two");
            d.Trace.Add("end of command");
        }), "first", "second");
        Assert.Equal(["end of command"], run.Happened());
        Assert.Empty(journal.Events);
        run.Time.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["kept 1 one", "kept 2 two", "command first", "command second"], run.Happened());
    }

    [Fact(DisplayName = "With PersistAsync commands are handled while the event is on its way; handlers keep the order of persisting")]
    public void PersistAsync_does_not_stash()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = VirtualRun.InMemory(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d => d.NoteAsync("one")), "first", new Do(d => d.NoteAsync("two")), new Do(d => d.PersistAllAsync(
            [new Noted("three"), new Noted("four")], noted => d.Trace.Add($"kept {d.LastSequenceNr} {noted.Text}"))), "second");
        Assert.Equal(["command first", "command second"], run.Happened());
        run.Time.RunFor(TimeSpan.FromSeconds(2)); // One write at a time: what gathered during the first is the second.
        Assert.Equal(["kept 1 one", "kept 2 two", "kept 3 three", "kept 4 four"], run.Happened());
    }

    [Fact(DisplayName = "A persist inside a handler is stored before the waiting commands go on")]
    public void Nested_persist()
    {
        using var run = VirtualRun.InMemory(new InMemoryJournal());
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
        Assert.Equal(["outer 1", "outer 2", "inner", "command waiting"], run.Happened());
    }

    [Fact(DisplayName = "What is deferred runs after the handlers of the events before it, at once if there are none, and stores nothing")]
    public void Deferred()
    {
        var journal = new InMemoryJournal();
        using var run = VirtualRun.InMemory(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.DeferAsync("now", what => d.Trace.Add($"deferred {what}"));
            d.Note("one");
            d.DeferAsync("later", what => d.Trace.Add($"deferred {what}"));
            d.Defer("last", what => d.Trace.Add($"deferred {what}"));
            d.PersistAll(Array.Empty<Noted>(), _ => d.Trace.Add("never"));
            d.Trace.Add("end of command");
        }), "waiting");
        Assert.Equal(["deferred now", "end of command", "kept 1 one", "deferred later", "deferred last", "command waiting"], run.Happened());
        Assert.Single(journal.Events);
    }

    [Fact(DisplayName = "What a handler defers waits for the end of that handler")]
    public void Deferred_in_a_handler()
    {
        using var run = VirtualRun.InMemory(new InMemoryJournal());
        var actor = run.Start("a");
        AfterStart(run);
        Acts(run, actor, d => d.Persist(new Noted("one"), _ =>
        {
            d.DeferAsync("x", _ => d.Trace.Add("deferred"));
            d.Trace.Add("end of handler");
        }));
        Assert.Equal(["end of handler", "deferred"], run.Happened());
    }

    [Fact(DisplayName = "Inside a handler the sender is who sent the command, even with several on their way")]
    public void Sender_in_handlers()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = VirtualRun.InMemory(journal);
        var actor = run.Start("a");
        AfterStart(run);
        var (ann, bob) = (run.Echo("ann"), run.Echo("bob"));
        actor.Tell(new Do(d => d.PersistAsync(new Noted("for ann"), noted => d.Asker.Tell(noted.Text))), ann);
        actor.Tell(new Do(d => d.PersistAsync(new Noted("for bob"), noted => d.Asker.Tell(noted.Text))), bob);
        run.Time.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(["ann got for ann", "bob got for bob"], run.Happened());
    }

    [Fact(DisplayName = "The user's stash works together with the internal one: unstashed messages come before the commands that waited for a persist")]
    public void User_stash()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = VirtualRun.InMemory(journal);
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
        run.Time.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["stash first", "stash second", "open", "handle first", "handle second", "handle third"], run.Happened());
    }

    [Fact(DisplayName = "Commands that come during recovery wait for its end, in order")]
    public void Recovery_stashes()
    {
        var journal = new InMemoryJournal();
        using (var first = VirtualRun.InMemory(journal))
            Acts(first, first.Start("a"), d => d.Note("one"));
        journal.Faults = op => op is JournalOperation.Replay ? new JournalFault.Delay(TimeSpan.FromSeconds(3)) : null;
        using var run = VirtualRun.InMemory(journal);
        var actor = run.Start("a", new Diary.Script { OnRecovered = d => d.Note("in recovery completed") });
        run.Tell(actor, "first", "second");
        Assert.Equal(["started"], run.Happened());
        run.Time.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(["replayed 1 one", "replay succeeded", "recovered 1", "kept 2 in recovery completed", "command first", "command second"], run.Happened());
    }

    [Fact(DisplayName = "Nothing can be persisted during recovery")]
    public void No_persist_while_recovering()
    {
        var journal = new InMemoryJournal();
        using (var first = VirtualRun.InMemory(journal))
            Acts(first, first.Start("a"), d => d.Note("one"));
        using var run = VirtualRun.InMemory(journal);
        run.Start("a", new Diary.Script { OnReplay = (d, _) => d.Note("too early") });
        Assert.Contains("recovery failed at one: 'a' is recovering and cannot persist; expected to be called on RecoveryCompleted or later.", run.Happened());
    }

    [Fact(DisplayName = "A snapshot is offered first, and only newer events are replayed")]
    public void Snapshot_first()
    {
        var journal = new InMemoryJournal();
        using (var first = VirtualRun.InMemory(journal))
        {
            var actor = first.Start("a");
            Acts(first, actor, d => d.NoteAll("one", "two"));
            Acts(first, actor, d => d.SaveState());
            Acts(first, actor, d => d.Note("three"));
            Assert.Contains("snapshot saved 2", first.Happened());
        }

        using (var run = VirtualRun.InMemory(journal))
        {
            run.Start("a");
            Assert.Equal(["started", "offered 2 one,two", "replayed 3 three", "replay succeeded", "recovered 3"], run.Happened());
        }

        using (var run = VirtualRun.InMemory(journal))
        {
            run.Start("a", new Diary.Script { Recovery = new Recovery(SnapshotSelectionCriteria.None) });
            Assert.Equal(["started", "replayed 1 one", "replayed 2 two", "replayed 3 three", "replay succeeded", "recovered 3"], run.Happened());
        }

        using (var run = VirtualRun.InMemory(journal))
        {
            run.Start("a", new Diary.Script { Recovery = new Recovery(SnapshotSelectionCriteria.Latest, toSequenceNr: 1) });
            Assert.Equal(["started", "replayed 1 one", "replay succeeded", "recovered 3"], run.Happened());
        }

        using (var run = VirtualRun.InMemory(journal))
        {
            run.Start("a", new Diary.Script { Recovery = new Recovery(SnapshotSelectionCriteria.None, replayMax: 2) });
            Assert.Equal(["started", "replayed 1 one", "replayed 2 two", "replay succeeded", "recovered 3"], run.Happened());
        }

        using (var run = VirtualRun.InMemory(journal))
        {
            var actor = run.Start("a", new Diary.Script { Recovery = Recovery.None });
            Acts(run, actor, d => d.Note("four"));
            Assert.Equal(["started", "replay succeeded", "recovered 3", "kept 4 four"], run.Happened());
        }
    }

    [Fact(DisplayName = "Old events and snapshots can be deleted; the answer says up to where")]
    public void Deletes()
    {
        var journal = new InMemoryJournal();
        using (var run = VirtualRun.InMemory(journal))
        {
            var actor = run.Start("a");
            Acts(run, actor, d => d.NoteAll("one", "two", "three"));
            Acts(run, actor, d => d.SaveState());
            run.Happened();
            Acts(run, actor, d => d.DeleteMessages(2));
            Acts(run, actor, d => d.DeleteMessages(9));
            Acts(run, actor, d => d.DeleteSnapshot(3));
            Acts(run, actor, d => d.DeleteSnapshots(new SnapshotSelectionCriteria(3)));
            Assert.Equal(
            [
                "deleted to 2",
                "not deleted: 'a': expected toSequenceNr of at most LastSequenceNr (3), got 9; nothing was deleted.",
                "snapshot 3 deleted",
                "snapshots to 3 deleted",
            ], run.Happened());
        }

        using var again = VirtualRun.InMemory(journal);
        again.Start("a");
        Assert.Equal(["started", "replayed 3 three", "replay succeeded", "recovered 3"], again.Happened());
    }

    [Fact(DisplayName = "A failed persist stops the actor after OnPersistFailure, and its handler does not run")]
    public void Persist_failure()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write { FirstSequenceNr: 2 } ? new JournalFault.Fail("disk on fire") : null };
        using var run = VirtualRun.InMemory(journal);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d => d.Note("one")), new Do(d => d.Note("two")), "never handled");
        Assert.Equal(["kept 1 one", "failed 2: disk on fire", "stopped"], run.Happened());
        Assert.Single(journal.Events);
    }

    [Fact(DisplayName = "A rejected event is not stored and its handler does not run; the actor goes on")]
    public void Persist_rejection()
    {
        var journal = new InMemoryJournal();
        using (var run = VirtualRun.InMemory(journal))
        {
            var actor = run.Start("a");
            AfterStart(run);
            run.Tell(actor, new Do(d =>
            {
                d.Note("one");
                d.Persist(new Unwritable("x"), _ => d.Trace.Add("never"));
                d.Note("three");
            }), "next");
            Assert.Equal(["kept 1 one", "rejected 2: Unwritable cannot be written.", "kept 3 three", "command next"], run.Happened());
        }

        using var again = VirtualRun.InMemory(journal);
        again.Start("a");
        Assert.Equal(["started", "replayed 1 one", "replayed 3 three", "replay succeeded", "recovered 3"], again.Happened());
    }

    [Fact(DisplayName = "A journal that never answers fails the actor after the stated time")]
    public void Persist_timeout()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Write { FirstSequenceNr: 2 } ? new JournalFault.NoAnswer() : null };
        using var run = VirtualRun.InMemory(journal, s => s with { WriteTimeout = TimeSpan.FromSeconds(7) });
        var actor = run.Start("a");
        AfterStart(run);
        Acts(run, actor, d => d.Note("one"));
        run.Time.RunFor(TimeSpan.FromSeconds(5)); // The timer of the first write must not cut the second one short.
        Acts(run, actor, d => d.Note("two"));
        run.Happened();
        run.Time.RunFor(TimeSpan.FromSeconds(6.9));
        Assert.Empty(run.Happened());
        run.Time.RunFor(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["failed 2: 'a': the journal did not answer for 7 s; whether the event is stored is not known.", "stopped"], run.Happened());
    }

    [Fact(DisplayName = "A recovery that hears nothing for the stated time fails, and the actor stops")]
    public void Recovery_timeout()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Replay { PersistenceId: "a" } or JournalOperation.LoadSnapshot { PersistenceId: "b" } ? new JournalFault.NoAnswer() : null };
        using var run = VirtualRun.InMemory(journal, s => s with { RecoveryEventTimeout = TimeSpan.FromSeconds(7) });
        run.Start("a");
        run.Time.RunFor(TimeSpan.FromSeconds(7));
        Assert.Equal(["started", "recovery failed: 'a': no event within 7 s, highest sequence number seen 0.", "stopped"], run.Happened());
        run.Start("b");
        run.Time.RunFor(TimeSpan.FromSeconds(7));
        Assert.Equal(["started", "recovery failed: 'b': no answer about a snapshot within 7 s.", "stopped"], run.Happened());
    }

    [Fact(DisplayName = "A journal that fails to replay, and a handler that fails on an event, stop the actor with OnRecoveryFailure")]
    public void Recovery_failure()
    {
        var journal = new InMemoryJournal();
        using (var first = VirtualRun.InMemory(journal))
            Acts(first, first.Start("a"), d => d.NoteAll("one", "two"));
        using (var run = VirtualRun.InMemory(journal))
        {
            run.Start("a", new Diary.Script { OnReplay = (_, text) => Assert.NotEqual("two", text) });
            var happened = run.Happened();
            Assert.Equal(["started", "replayed 1 one", "replayed 2 two"], happened[..3]);
            Assert.StartsWith("recovery failed at two: Assert.NotEqual", happened[3], StringComparison.Ordinal);
            Assert.Equal("stopped", happened[^1]);
        }

        journal.Faults = op => op is JournalOperation.Replay ? new JournalFault.Fail("unreadable") : null;
        using var broken = VirtualRun.InMemory(journal);
        broken.Start("a");
        Assert.Equal(["started", "recovery failed: unreadable", "stopped"], broken.Happened());
    }

    [Fact(DisplayName = "An actor that fails is restarted and recovers all it persisted, also what it persisted in the failing command")]
    public void Restart()
    {
        using var run = VirtualRun.InMemory(new InMemoryJournal());
        var actor = run.Start("a");
        Acts(run, actor, d => d.Note("one"));
        run.Happened();
        run.Tell(actor, new Do(d =>
        {
            d.Note("two");
            throw new InvalidOperationException("after persisting");
        }), "waiting");
        Assert.Equal(["stopped", "started", "replayed 1 one", "replayed 2 two", "replay succeeded", "recovered 2", "command waiting"], run.Happened());
    }

    [Fact(DisplayName = "Resumed after a failing handler, an actor runs the handlers behind it")]
    public void Resume()
    {
        using var run = VirtualRun.InMemory(new InMemoryJournal(), Directive.Resume);
        var actor = run.Start("a");
        AfterStart(run);
        run.Tell(actor, new Do(d =>
        {
            d.Persist(new Noted("one"), _ => throw new InvalidOperationException("in a handler"));
            d.Note("two");
        }), "waiting");
        Assert.Equal(["kept 2 two", "command waiting"], run.Happened());
    }

    [Fact(DisplayName = "Only so many actors recover at the same time; the others wait for their turn")]
    public void Recovery_permits()
    {
        var journal = new InMemoryJournal { Faults = op => op is JournalOperation.Replay ? new JournalFault.Delay(TimeSpan.FromSeconds(1)) : null };
        using var run = VirtualRun.InMemory(journal, s => s with { MaxConcurrentRecoveries = 1 });
        run.Start("a");
        run.Start("b");
        Assert.Equal(["started", "started"], run.Happened());
        run.Time.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["replay succeeded", "recovered 0"], run.Happened());
        run.Time.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["replay succeeded", "recovered 0"], run.Happened());
    }

    [Fact(DisplayName = "An asynchronous command holds the mailbox until it is done; what it persisted is stored then")]
    public void Async_command()
    {
        using var run = VirtualRun.InMemory(new InMemoryJournal());
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
        Assert.Empty(run.Happened());
        run.Time.Post(gate.SetResult);
        run.Time.RunUntilIdle();
        Assert.Equal(["end of command", "kept 1 before", "kept 2 after", "command waiting"], run.Happened());
    }

    [Fact(DisplayName = "A crash keeps the first durable writes and loses the rest, with the snapshots that knew them")]
    public void Crash_points()
    {
        var journal = new InMemoryJournal();
        using (var run = VirtualRun.InMemory(journal))
        {
            var actor = run.Start("a");
            Acts(run, actor, d => d.NoteAll("one", "two"));
            Acts(run, actor, d => d.SaveState());
            Acts(run, actor, d => d.Note("three"));
        }

        var recovered = Enumerable.Range(0, 4).Select(keep =>
        {
            using var run = VirtualRun.InMemory(journal.AfterCrash(keep));
            run.Start("a");
            return string.Join("; ", run.Happened().Where(what => what.StartsWith("offered", StringComparison.Ordinal) || what.StartsWith("replayed", StringComparison.Ordinal)));
        });
        Assert.Equal(["", "replayed 1 one", "offered 2 one,two", "offered 2 one,two; replayed 3 three"], recovered);
    }
}
