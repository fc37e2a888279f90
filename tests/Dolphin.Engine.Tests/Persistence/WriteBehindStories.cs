namespace Dolphin.EngineTests.Persistence;

public sealed class WriteBehindStories
{
    [Fact(DisplayName = "Handlers run in the same virtual instant, before the next message, with nested persists and in order")]
    public void Same_instant()
    {
        using var folder = new StateFolder();
        using var run = VirtualRun.OnFiles(folder);
        var actor = run.Start("a");
        run.Happened();
        var before = run.Time.Now;
        run.Tell(actor, new Do(d =>
        {
            d.Persist(new Noted("outer"), _ =>
            {
                d.Trace.Add("outer");
                d.Note("inner");
                d.DeferAsync("x", _ => d.Trace.Add("deferred"));
            });
            d.NoteAsync("async");
            d.Trace.Add("end of command");
        }), "next");
        Assert.Equal(["end of command", "outer", "kept 2 async", "kept 3 inner", "deferred", "command next"], run.Happened());
        Assert.Equal(before, run.Time.Now);
    }

    [Fact(DisplayName = "A restarted actor recovers what it persisted, durable or not, and its snapshots that no checkpoint has committed yet")]
    public void Restart()
    {
        using var folder = new StateFolder();
        using var run = VirtualRun.OnFiles(folder);
        var actor = run.Start("a");
        run.Tell(actor, new Do(d => d.NoteAll("one", "two")), new Do(d => d.SaveState()), new Do(d => d.Note("three")));
        run.Happened();
        run.Tell(actor, new Do(_ => throw new InvalidOperationException("fail")), "waiting");
        Assert.Equal(["stopped", "started", "offered 2 one,two", "replayed 3 three", "replay succeeded", "recovered 3", "command waiting"], run.Happened());
    }

    [Fact(DisplayName = "Resumed after a failing handler, an actor runs the handlers behind it")]
    public void Resume()
    {
        using var folder = new StateFolder();
        using var run = VirtualRun.OnFiles(folder, Directive.Resume);
        var actor = run.Start("a");
        run.Happened();
        run.Tell(actor, new Do(d =>
        {
            d.Persist(new Noted("one"), _ => throw new InvalidOperationException("in a handler"));
            d.Note("two");
            d.Note("three");
        }), "waiting");
        Assert.Equal(["kept 2 two", "kept 3 three", "command waiting"], run.Happened());
        run.Tell(actor, new Do(d =>
        {
            d.Note("four");
            throw new InvalidOperationException("after persisting");
        }), "waiting");
        Assert.Equal(["kept 4 four", "command waiting"], run.Happened());
    }

    [Fact(DisplayName = "Stashing works without a journal to wait for")]
    public void User_stash()
    {
        using var folder = new StateFolder();
        using var run = VirtualRun.OnFiles(folder);
        var actor = run.Start("a");
        run.Happened();
        run.Tell(actor, new Do(d => d.Listen(text =>
        {
            if (d.State.Count == 0)
                d.Stash.Stash();
            else
                d.Trace.Add($"handle {text}");
        })), "first", "second", new Do(d => d.Persist(new Noted("open"), noted =>
        {
            d.State.Add(noted.Text);
            d.Stash.UnstashAll();
        })), "third");
        Assert.Equal(["handle first", "handle second", "handle third"], run.Happened());
    }

    [Fact(DisplayName = "A type without a serializer is rejected at once; an event that cannot be written is fatal, because its handler has run")]
    public void Serialization_failures()
    {
        using var folder = new StateFolder();
        using var run = VirtualRun.OnFiles(folder);
        var actor = run.Start("a");
        run.Happened();
        run.Tell(actor, new Do(d =>
        {
            d.Persist(new Unknown("x"), _ => d.Trace.Add("never"));
            d.Note("two");
        }));
        var happened = run.Happened();
        Assert.StartsWith("rejected 1: No serializer is bound to", happened[0], StringComparison.Ordinal);
        Assert.Equal("kept 2 two", happened[1]);
        run.Tell(actor, new Do(d => d.Persist(new Unwritable("x"), _ => d.Trace.Add("handler ran"))));
        Assert.Equal(["handler ran"], run.Happened());
        Assert.Contains("Unwritable cannot be written", Assert.Throws<JournalException>(run.Files.Flush).Message, StringComparison.Ordinal);
        run.Tell(actor, new Do(d => d.Note("after")));
        Assert.StartsWith("failed 4: The journal has failed and stores nothing more", run.Happened()[0], StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A full disk reaches the driver on its next call, and the actors on their next persist")]
    public void Disk_full()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open(folder.Settings(DurabilityMode.WriteBehind) with { MaxFileBytes = 400_000 });
        for (var i = 1; i <= 100; i++)
            journal.Take("a", i, new string('x', 10_000));
        Assert.Contains("full", Assert.Throws<JournalException>(journal.Flush).Message, StringComparison.Ordinal);
        Assert.Throws<JournalException>(journal.ThrowIfFailed);
        Assert.Throws<JournalException>(() => journal.SaveCheckpoint(1, DateTimeOffset.UnixEpoch, []));
        Assert.NotNull(journal.Take("a", 101, "more"));
    }

    [Fact(DisplayName = "The same run writes the same bytes, however its batches fell")]
    public void Same_bytes()
    {
        static string Run(int bound)
        {
            using var folder = new StateFolder();
            using (var journal = folder.Open(folder.Settings(DurabilityMode.WriteBehind) with { QueueBound = bound }))
            {
                for (var i = 0; i < 200; i++)
                    Assert.Null(journal.Take($"id-{i % 7}", (i / 7) + 1, $"event {i}"));
            }

            using var db = new SqliteConnection(folder.NodeFile, readOnly: true);
            return db.Scalar("SELECT group_concat(ordering || persistence_id || sequence_number || created || hex(message) || manifest || writer_uuid || checksum) FROM journal")!;
        }

        Assert.Equal(Run(65_536), Run(1));
    }

    [Fact(DisplayName = "Write-behind is refused in real time, waiting for the disk in virtual time")]
    public void Modes_fit_time()
    {
        using var folder = new StateFolder();
        using var real = ActorSystem.Create("real", EngineSettings.RealTime with { Persistence = folder.Settings(DurabilityMode.WriteBehind) });
        Assert.Contains("expected DurabilityMode.Durable", Assert.Throws<ConfigurationException>(
            () => real.Journal()).Message, StringComparison.Ordinal);
        using var virtually = ActorSystem.Create("virtual", EngineSettings.VirtualTime with { Persistence = folder.Settings(DurabilityMode.Durable) });
        Assert.Contains("expected DurabilityMode.WriteBehind", Assert.Throws<ConfigurationException>(
            () => virtually.Journal()).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.NodeFile));
    }
}
