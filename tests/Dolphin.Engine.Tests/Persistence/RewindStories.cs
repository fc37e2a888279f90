namespace Dolphin.EngineTests.Persistence;

/// <summary>Checkpoints, and what a re-execution after a rewind finds.</summary>
public sealed class RewindStories
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Up to checkpoint 7 with its snapshots: a has 2 events, v (venue) 1. Beyond it: a 3 and 4, b 1, v 2 and 3.</summary>
    private static StateFolder Stopped()
    {
        var folder = new StateFolder();
        using var journal = folder.Open(DurabilityMode.WriteBehind);
        Assert.False(journal.TryRewind(out _));
        BeforeCheckpoint(journal);
        journal.SaveCheckpoint(7, Noon, [1, 2, 3]);
        AfterCheckpoint(journal);
        return folder;
    }

    private static void BeforeCheckpoint(JournalSet journal)
    {
        Assert.Null(journal.Take("a", 1, "one"));
        Assert.Null(journal.Take("a", 2, "two"));
        Assert.Null(journal.Take("v", 1, "order one", "venue"));
        Assert.Null(journal.Snapshot("a", 2, "state of a"));
        Assert.Null(journal.Snapshot("v", 1, "state of v", "venue"));
        Assert.Null(journal.Snapshot("silent", 0, "no events, but state"));
    }

    private static void AfterCheckpoint(JournalSet journal)
    {
        Assert.Null(journal.Take("a", 3, "three"));
        Assert.Null(journal.Take("v", 2, "order two", "venue"));
        Assert.Null(journal.Take("b", 1, "first of b"));
        Assert.Null(journal.Take("a", 4, "four"));
        Assert.Null(journal.Take("v", 3, "order three", "venue"));
    }

    [Fact(DisplayName = "A rewind goes back to the newest checkpoint: its cursor, its snapshots, its sequence numbers")]
    public void Rewinds()
    {
        using var folder = Stopped();
        using var journal = folder.Open(DurabilityMode.WriteBehind);
        Assert.True(journal.TryRewind(out var checkpoint));
        Assert.Equal((7L, Noon), (checkpoint.Number, checkpoint.At));
        Assert.Equal([1, 2, 3], checkpoint.Cursor.ToArray());
        Assert.Equal(
            [("node", "a", 2, 2L), ("node", "silent", 0, 0L), ("venue", "v", 1, 1L)],
            checkpoint.Entities.Select(entity => (entity.File, entity.PersistenceId, (int)entity.SequenceNr, entity.SnapshotSequenceNr ?? -1)));
        Assert.Equal(["1 one", "2 two"], journal.Read("a").Events);
        Assert.Equal(2, journal.Read("a").Highest);
        Assert.Equal(0, journal.Read("b").Highest);
        Assert.Equal(("state of a", 2, null), journal.LoadSnapshot("a"));
        Assert.Equal(("no events, but state", 0, null), journal.LoadSnapshot("silent"));
        Assert.Equal(("state of v", 1, null), journal.LoadSnapshot("v", plugin: "venue"));
        Assert.Equal(5, journal.FactsOutstanding);
    }

    [Fact(DisplayName = "What the re-execution derives again is acknowledged without being written; what is new is written")]
    public void Rederives()
    {
        using var folder = Stopped();
        using (var journal = folder.Open(DurabilityMode.WriteBehind))
        {
            Assert.True(journal.TryRewind(out _));
            AfterCheckpoint(journal);
            Assert.Equal((5L, 0L), (journal.FactsRederived, journal.FactsOutstanding));
            Assert.Null(journal.Take("a", 5, "five"));
            journal.Flush();
            Assert.Equal(1, journal.RowsWritten);
        }

        using var again = folder.Open();
        Assert.Empty(again.Damage);
        Assert.Equal(["1 one", "2 two", "3 three", "4 four", "5 five"], again.Read("a").Events);
    }

    [Fact(DisplayName = "The driver can read the facts of an id: what it knew beyond the checkpoint")]
    public void Reads_facts()
    {
        using var folder = Stopped();
        using var journal = folder.Open(DurabilityMode.WriteBehind);
        Assert.Empty(journal.ReadFacts("v", "venue"));
        Assert.True(journal.TryRewind(out _));
        Assert.Equal([(2L, (object)new Noted("order two")), (3L, new Noted("order three"))], journal.ReadFacts("v", "venue"));
        Assert.Equal([1L], journal.ReadFacts("b").Select(fact => fact.SequenceNr));
        Assert.Empty(journal.ReadFacts("nobody"));
        Assert.Null(journal.Take("v", 2, "order two", "venue"));
        Assert.Equal([3L], journal.ReadFacts("v", "venue").Select(fact => fact.SequenceNr));
    }

    [Fact(DisplayName = "An event that differs from the stored one fails with a divergence; nothing is overwritten, nothing follows")]
    public void Diverges()
    {
        using var folder = Stopped();
        using (var journal = folder.Open(DurabilityMode.WriteBehind))
        {
            Assert.True(journal.TryRewind(out _));
            var divergence = Assert.IsType<DivergenceException>(journal.Take("a", 3, "thr33"));
            Assert.Equal(("a", 3L, 3L, "noted.v1", "noted.v1"),
                (divergence.PersistenceId, divergence.SequenceNr, divergence.Ordering, divergence.ExpectedManifest, divergence.ActualManifest));
            Assert.Contains("row 3 ('a'): the re-execution should persist 'noted.v1' with sequence number 3 again, got 'noted.v1' with sequence number 3, "
                + "5 bytes that differ from the stored 5 at byte 3. Nothing was overwritten; the entity halts.", divergence.Message, StringComparison.Ordinal);
            var skipped = Assert.IsType<DivergenceException>(journal.Take("b", 2, "first of b"));
            Assert.Contains("sequence number 1 again, got 'noted.v1' with sequence number 2", skipped.Message, StringComparison.Ordinal);
            var behind = ((IEventStore)journal).WriteNow("", "a", [
                JournalTestExtensions.Pending(new Noted("three"), 3, 1),
                JournalTestExtensions.Pending(new Noted("4?"), 4, 2),
                JournalTestExtensions.Pending(new Noted("five"), 5, 3),
            ])!;
            Assert.Equal([false, true, true], behind.Select(outcome => outcome.Cause is DivergenceException));
            Assert.Equal(4, journal.FactsOutstanding);
        }

        using var again = folder.Open();
        Assert.Equal(["1 one", "2 two", "3 three", "4 four"], again.Read("a").Events);
    }

    [Fact(DisplayName = "An actor that diverges halts; the others go on")]
    public void The_entity_halts()
    {
        using var folder = new StateFolder();
        using (var run = VirtualRun.OnFiles(folder))
        {
            run.Tell(run.Start("a"), d => d.Note("one"));
            run.Tell(run.Start("b"), d => d.Note("uno"));
        }

        using (var run = VirtualRun.OnFiles(folder))
        {
            Assert.False(run.Files.TryRewind(out _));
            var (a, b) = (run.Start("a"), run.Start("b"));
            Assert.DoesNotContain(run.Happened(), what => what.StartsWith("replayed", StringComparison.Ordinal));
            run.Tell(a, d => d.Note("another"));
            run.Tell(b, d => d.NoteAll("uno", "due"));
            var happened = run.Happened();
            Assert.StartsWith($"failed 1: {folder.NodeFile}: row 1 ('a'): the re-execution should persist", happened[0], StringComparison.Ordinal);
            Assert.Equal(["stopped", "kept 1 uno", "kept 2 due"], happened[1..]);
            Assert.Equal((1L, 1L), (run.Files.FactsRederived, run.Files.FactsOutstanding));
        }
    }

    [Fact(DisplayName = "An actor that restarts during the re-execution recovers as far as the run has come, not further")]
    public void Restart_among_facts()
    {
        using var folder = new StateFolder();
        using (var run = VirtualRun.OnFiles(folder))
            run.Tell(run.Start("a"), d => d.NoteAll("one", "two", "three"));
        using var again = VirtualRun.OnFiles(folder);
        Assert.False(again.Files.TryRewind(out _));
        var actor = again.Start("a");
        again.Tell(actor, d => d.NoteAll("one", "two"));
        again.Happened();
        again.Tell(actor, new Do(_ => throw new InvalidOperationException("fail")), new Do(d => d.Note("three")));
        Assert.Equal(["stopped", "started", "replayed 1 one", "replayed 2 two", "replay succeeded", "recovered 2", "kept 3 three"], again.Happened());
        Assert.Equal((3L, 0L), (again.Files.FactsRederived, again.Files.FactsOutstanding));
    }

    [Fact(DisplayName = "Without an intact checkpoint the run begins at the very beginning, and every row is a fact")]
    public void Beginning()
    {
        using var folder = Stopped();
        folder.Damage("UPDATE dolphin_checkpoint SET cursor = x'00'");
        using var journal = folder.Open(DurabilityMode.WriteBehind);
        Assert.False(journal.TryRewind(out _));
        Assert.Contains("checkpoint 7 is passed over: its checksum does not match", Assert.Single(folder.Warnings), StringComparison.Ordinal);
        Assert.Equal(8, journal.FactsOutstanding);
        Assert.Equal(0, journal.Read("a").Highest);
        Assert.Null(journal.LoadSnapshot("a").Text); // A snapshot from the future must not be seen.
        BeforeCheckpoint(journal);
        AfterCheckpoint(journal);
        Assert.Equal((8L, 0L), (journal.FactsRederived, journal.FactsOutstanding));
    }

    [Theory(DisplayName = "A checkpoint that the files no longer fit is passed over for the one before it")]
    [InlineData("UPDATE snapshot SET snapshot = 'x' WHERE persistence_id = 'a' AND sequence_number = 4", "the snapshot of 'a' at 4 is damaged")]
    [InlineData("DELETE FROM snapshot WHERE persistence_id = 'a' AND sequence_number = 4", "the snapshot of 'a' at 4 is damaged, missing")]
    [InlineData("UPDATE dolphin_checkpoint SET content = substr(content, 2) WHERE number = 8", "its checksum does not match")]
    public void Older_checkpoint(string damage, string reason)
    {
        using var folder = Stopped();
        using (var journal = folder.Open(DurabilityMode.WriteBehind))
        {
            Assert.True(journal.TryRewind(out _));
            AfterCheckpoint(journal);
            journal.Snapshot("a", 4, "later state of a");
            journal.Snapshot("v", 3, "later state of v", "venue");
            journal.SaveCheckpoint(8, Noon.AddHours(1), [9]);
            Assert.Null(journal.Take("a", 5, "five"));
        }

        folder.Damage(damage);
        using var again = folder.Open(DurabilityMode.WriteBehind);
        Assert.True(again.TryRewind(out var checkpoint));
        Assert.Equal(7, checkpoint.Number);
        Assert.Contains(reason, Assert.Single(folder.Warnings), StringComparison.Ordinal);
        Assert.Equal("state of a", again.LoadSnapshot("a").Text);
        Assert.Equal("state of v", again.LoadSnapshot("v", plugin: "venue").Text);
        AfterCheckpoint(again);
        Assert.Null(again.Take("a", 5, "five"));
        Assert.Equal(0, again.FactsOutstanding);
    }

    [Fact(DisplayName = "Two checkpoints and their snapshots are kept, older ones are deleted")]
    public void Retention()
    {
        using var folder = new StateFolder();
        using (var journal = folder.Open(DurabilityMode.WriteBehind))
        {
            for (var i = 1; i <= 5; i++)
            {
                Assert.Null(journal.Take("a", i, $"a{i}"));
                Assert.Null(journal.Take("v", i, $"v{i}", "venue"));
                journal.Snapshot("a", i, $"state a{i}");
                journal.Snapshot("v", i, $"state v{i}", "venue");
                journal.SaveCheckpoint(i, Noon.AddMinutes(i), []);
            }
        }

        Assert.Equal(45, folder.Number("SELECT group_concat(number, '') FROM dolphin_checkpoint"));
        Assert.Equal(45, folder.Number("SELECT group_concat(sequence_number, '') FROM snapshot"));
        Assert.Equal(45, folder.Number("SELECT group_concat(sequence_number, '') FROM snapshot", folder.VenueFile));
    }

    [Fact(DisplayName = "A snapshot is not committed before its checkpoint, so that a crash in between leaves the last checkpoint whole")]
    public void Snapshots_wait()
    {
        using var folder = Stopped();
        using (var journal = folder.Open(DurabilityMode.WriteBehind))
        {
            Assert.True(journal.TryRewind(out _));
            journal.Snapshot("a", 2, "another state at the same sequence number");
            journal.Flush();
            Assert.Equal("another state at the same sequence number", journal.LoadSnapshot("a").Text);
        }

        using var again = folder.Open(DurabilityMode.WriteBehind);
        Assert.True(again.TryRewind(out _));
        Assert.Equal("state of a", again.LoadSnapshot("a").Text);
    }

    [Fact(DisplayName = "A checkpoint taken while facts are outstanding records how far the run had come, not how far the file goes")]
    public void Checkpoint_among_facts()
    {
        using var folder = Stopped();
        using (var journal = folder.Open(DurabilityMode.WriteBehind))
        {
            Assert.True(journal.TryRewind(out _));
            Assert.Null(journal.Take("a", 3, "three"));
            journal.Snapshot("a", 3, "state at three");
            journal.SaveCheckpoint(8, Noon.AddHours(1), []);
        }

        using var again = folder.Open(DurabilityMode.WriteBehind);
        Assert.True(again.TryRewind(out var checkpoint));
        Assert.Equal(8, checkpoint.Number);
        Assert.Equal("state at three", again.LoadSnapshot("a").Text);
        Assert.Equal(4, again.FactsOutstanding);
        Assert.Equal([4L], again.ReadFacts("a").Select(fact => fact.SequenceNr));
        Assert.Null(again.Take("v", 2, "order two", "venue"));
        Assert.Null(again.Take("b", 1, "first of b"));
        Assert.Null(again.Take("a", 4, "four"));
        Assert.Null(again.Take("v", 3, "order three", "venue"));
        Assert.Equal(0, again.FactsOutstanding);
    }

    [Fact(DisplayName = "A damaged id does not keep the others from their checkpoint, and its rows are no facts")]
    public void Damage_and_rewind()
    {
        using var folder = Stopped();
        folder.Damage("UPDATE journal SET message = 'x' WHERE persistence_id = 'a' AND sequence_number = 4");
        using var journal = folder.Open(DurabilityMode.WriteBehind);
        Assert.True(journal.TryRewind(out var checkpoint));
        Assert.Equal(7, checkpoint.Number);
        Assert.NotNull(journal.Read("a").Failure);
        Assert.Equal(3, journal.FactsOutstanding);
        Assert.Equal(["1 order one"], journal.Read("v", plugin: "venue").Events);
    }

    [Fact(DisplayName = "Histories whose beginning was deleted cannot be begun again")]
    public void Deleted_beginning()
    {
        using var folder = new StateFolder();
        folder.Write("a", "one", "two");
        using (var journal = folder.Open())
            ((IEventStore)journal).DeleteEvents("", "a", 1, Assert.Null);
        using var again = folder.Open(DurabilityMode.WriteBehind);
        Assert.Contains("cannot go back to the beginning: the events of 'a' up to 1 were deleted",
            Assert.Throws<JournalException>(() => again.TryRewind(out _)).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Rewinding and checkpoints belong to replays, and a rewind comes first")]
    public void Misuse()
    {
        using var folder = new StateFolder();
        using (var durable = folder.Open())
        {
            Assert.Throws<InvalidOperationException>(() => durable.TryRewind(out _));
            Assert.Throws<InvalidOperationException>(() => durable.SaveCheckpoint(1, Noon, []));
        }

        using var journal = folder.Open(DurabilityMode.WriteBehind);
        Assert.Null(journal.Take("a", 1, "one"));
        Assert.Contains("a rewind comes before the first recovery", Assert.Throws<InvalidOperationException>(() => journal.TryRewind(out _)).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Actors resume from a checkpoint, derive the rest again and end in the same state as without a stop")]
    public void End_to_end()
    {
        static void Play(VirtualRun run, int from, int to)
        {
            var a = run.Start("a");
            var v = run.Start("v", new Diary.Script { Journal = "venue" });
            for (var i = from; i <= to; i++)
            {
                var text = $"n{i}";
                run.Tell(a, d => d.Note(text));
                run.Tell(v, d => d.Note($"order {text}"));
                if (i % 10 == 0)
                {
                    run.Tell(a, d => d.SaveState());
                    run.Tell(v, d => d.SaveState());
                    run.Files.SaveCheckpoint(i, run.Time.Now, [(byte)i]);
                }
            }

            run.Tell(a, d => d.Trace.Add(string.Join(',', d.State)));
            run.Tell(v, d => d.Trace.Add(string.Join(',', d.State)));
        }

        using var straight = new StateFolder();
        string[] expected;
        using (var run = VirtualRun.OnFiles(straight))
        {
            Assert.False(run.Files.TryRewind(out _));
            Play(run, 1, 57);
            expected = run.Happened()[^2..];
        }

        using var stopped = new StateFolder();
        using (var run = VirtualRun.OnFiles(stopped))
        {
            Assert.False(run.Files.TryRewind(out _));
            Play(run, 1, 38);
        }

        using (var run = VirtualRun.OnFiles(stopped))
        {
            Assert.True(run.Files.TryRewind(out var checkpoint));
            Assert.Equal(30, checkpoint.Number);
            Play(run, checkpoint.Cursor[0] + 1, 57);
            Assert.Equal(expected, run.Happened()[^2..]);
            Assert.Equal((16L, 0L), (run.Files.FactsRederived, run.Files.FactsOutstanding));
        }

        const string Everything = "SELECT group_concat(persistence_id || sequence_number || created || hex(message) || checksum) FROM (SELECT * FROM journal ORDER BY persistence_id, sequence_number)";
        foreach (var (one, other) in new[] { (straight.NodeFile, stopped.NodeFile), (straight.VenueFile, stopped.VenueFile) })
        {
            using var left = new SqliteConnection(one, readOnly: true);
            using var right = new SqliteConnection(other, readOnly: true);
            Assert.Equal(left.Scalar(Everything), right.Scalar(Everything));
        }
    }
}
