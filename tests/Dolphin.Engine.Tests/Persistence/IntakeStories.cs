namespace Dolphin.EngineTests.Persistence;

public sealed class IntakeStories
{
    private const string EveryRow =
        "SELECT group_concat(row, '|') FROM (SELECT ordering || ' ' || created || ' ' || deleted || ' ' || persistence_id || ' ' || sequence_number || ' ' "
        + "|| hex(message) || ' ' || manifest || ' ' || identifier || ' ' || writer_uuid || ' ' || checksum AS row FROM journal ORDER BY ordering)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Keeps the writer busy until the semaphore is released; what is stored meanwhile becomes one commit.</summary>
    private static SemaphoreSlim Hold(JournalSet journal)
    {
        var (busy, release) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) =>
        {
            busy.Release();
            release.Wait();
        });
        Assert.True(busy.Wait(Patience), "The journal did not answer.");
        return release;
    }

    /// <summary>
    /// Commits one event each of <paramref name="actors"/> entities together, as often as asked, and lets <paramref name="look"/> see the file then,
    /// before the writer has time for anything else.
    /// </summary>
    private static void AfterCommitOf(int actors, StateFolder folder, Action<JournalSet, IReadOnlyList<Answers>> look, int commits = 1)
    {
        using var journal = folder.Open();
        var held = Hold(journal);
        var answers = new List<Answers>();
        for (var commit = 1; commit <= commits; commit++)
        {
            if (commit > 1) EndCommit(journal);
            answers.AddRange(Enumerable.Range(1, actors).Select(i => journal.Store($"actor-{i}", commit, $"text-{i}")));
        }

        var (committed, seen) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) =>
        {
            committed.Release();
            seen.Wait();
        });
        held.Release();
        try
        {
            Assert.True(committed.Wait(Patience), "The journal did not answer.");
            look(journal, answers);
        }
        finally
        {
            seen.Release();
        }
    }

    /// <summary>The folder as a power failure would leave it now.</summary>
    private static StateFolder CopyOf(StateFolder folder)
    {
        var copy = new StateFolder();
        foreach (var file in new[] { "journal.db", "journal.db-wal" })
            File.Copy(Path.Combine(folder.Path, file), Path.Combine(copy.Path, file));
        return copy;
    }

    private static StateFolder Interrupted(int commits = 1)
    {
        using var folder = new StateFolder();
        StateFolder? copy = null;
        AfterCommitOf(10, folder, (_, _) => copy = CopyOf(folder), commits);
        return copy!;
    }

    // Whoever reads finds committed what was asked before.
    private static void EndCommit(JournalSet journal) => ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) => { });

    private static long InJournal(StateFolder folder) => folder.Number("SELECT COUNT(*) FROM journal");
    private static long InIntake(StateFolder folder) => folder.Number("SELECT COUNT(*) FROM dolphin_intake");

    [Fact(DisplayName = "Events of many actors together are acknowledged when they are in the intake, and whoever looks into the file sees them")]
    public void Many_actors()
    {
        using var folder = new StateFolder();
        AfterCommitOf(10, folder, (_, answers) =>
        {
            Assert.All(answers, answer => Assert.Equal(["1 stored"], answer.Heard));
            Assert.Equal((0, 10), (InJournal(folder), InIntake(folder)));
            using var reader = new JournalReader(folder.NodeFile);
            Assert.Equal(10, reader.CountEvents());
            Assert.Equal(Enumerable.Range(1, 10).Select(i => $"actor-{i}").Order(StringComparer.Ordinal), reader.PersistenceIds());
            Assert.Equal("text-7", System.Text.Encoding.UTF8.GetString(Assert.Single(reader.Events("actor-7")).Bytes));
            Assert.Equal(3, reader.Newest("actor-3", "noted.v1", DateTimeOffset.MaxValue)!.Ordering);
        });
        Assert.Equal((10, 0), (InJournal(folder), InIntake(folder))); // Closing the file has moved them.
    }

    [Fact(DisplayName = "Events of few actors go into the journal at once")]
    public void Few_actors()
    {
        using var folder = new StateFolder();
        AfterCommitOf(3, folder, (_, _) => Assert.Equal((3, 0), (InJournal(folder), InIntake(folder))));
    }

    [Fact(DisplayName = "After a crash with events in the intake, opening the file finds all of them, in the order of acknowledgement")]
    public void Crash()
    {
        using var folder = Interrupted();
        Assert.Equal((0, 10), (InJournal(folder), InIntake(folder)));
        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        for (var i = 1; i <= 10; i++)
            Assert.Equal([$"1 text-{i}"], journal.Read($"actor-{i}").Events);
        Assert.Equal((10, 0), (InJournal(folder), InIntake(folder)));
        Assert.Equal(0, folder.Number("SELECT COUNT(*) FROM journal WHERE persistence_id <> 'actor-' || ordering"));
    }

    [Fact(DisplayName = "Who reads a file whole, and changes nothing, finds those in the intake verified and in their place")]
    public void Read_whole()
    {
        using var folder = Interrupted();
        using var whole = new WholeJournal(folder.NodeFile);
        Assert.Empty(whole.Damage);
        Assert.Equal((10, 2), (whole.EventCount, whole.RowsOf("actor-7") + whole.RowsOf("actor-10")));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"actor-{i}"), whole.Events().Select(e => e.PersistenceId));
    }

    [Fact(DisplayName = "A commit of few events joins those that wait: emptying the intake for it would cost more than it saves")]
    public void Few_behind_many()
    {
        using var folder = new StateFolder();
        Assert.Equal((0, 11), AfterTenAndThen(events: 1, folder));
        Assert.Equal(11, FirstOfLater(folder));
    }

    [Fact(DisplayName = "A commit of many events of one actor goes into the journal at once, behind those that waited")]
    public void Many_behind_many()
    {
        using var folder = new StateFolder();
        Assert.Equal((43, 0), AfterTenAndThen(events: 33, folder));
        Assert.Equal(11, FirstOfLater(folder));
    }

    [Fact(DisplayName = "An event stored after a crash comes behind those that were in the intake")]
    public void After_a_crash()
    {
        using var folder = Interrupted();
        using (var journal = folder.Open())
            journal.Store("later", 1, "later");
        Assert.Equal(11, FirstOfLater(folder));
    }

    /// <summary>Commits one event each of ten actors, and then events of another; the rows in journal and intake before the writer has time for more.</summary>
    private static (long Journal, long Intake) AfterTenAndThen(int events, StateFolder folder)
    {
        using var journal = folder.Open();
        var held = Hold(journal);
        for (var i = 1; i <= 10; i++)
            journal.Store($"actor-{i}", 1, "first");
        EndCommit(journal);
        journal.Store("later", "", [.. Enumerable.Range(1, events).Select(i => JournalTestExtensions.Pending(new Noted("later"), i, i))]);
        var (committed, seen) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) =>
        {
            committed.Release();
            seen.Wait();
        });
        held.Release();
        try
        {
            Assert.True(committed.Wait(Patience), "The journal did not answer.");
            return (InJournal(folder), InIntake(folder));
        }
        finally
        {
            seen.Release();
        }
    }

    private static long FirstOfLater(StateFolder folder) => folder.Number("SELECT MIN(ordering) FROM journal WHERE persistence_id = 'later'");

    [Fact(DisplayName = "The journal holds the same rows whether they came by the intake or one by one")]
    public void Same_rows()
    {
        int[] commits = [1, 30, 8, 7, 100, 3, 9, 64];
        using var together = new StateFolder();
        using var single = new StateFolder();
        using (var journal = together.Open())
        {
            for (var round = 1; round <= commits.Length; round++)
            {
                var held = Hold(journal);
                for (var actor = 1; actor <= commits[round - 1]; actor++)
                    journal.Store($"actor-{actor}", round, $"{round} of {actor}");
                held.Release();
            }
        }

        using (var journal = single.Open())
        {
            for (var round = 1; round <= commits.Length; round++)
            {
                for (var actor = 1; actor <= commits[round - 1]; actor++)
                {
                    journal.Store($"actor-{actor}", round, $"{round} of {actor}");
                    journal.Flush();
                }
            }
        }

        static string Rows(StateFolder folder)
        {
            using var db = new SqliteConnection(folder.NodeFile, readOnly: true);
            return db.Scalar(EveryRow)!;
        }

        Assert.Equal(commits.Sum(), InJournal(together));
        Assert.Equal(Rows(single), Rows(together));
    }

    [Fact(DisplayName = "What is asked for deletion is found, although it was in the intake")]
    public void Deletion()
    {
        using var folder = new StateFolder();
        AfterCommitOf(10, folder, (journal, _) =>
        {
            journal.Store("actor-4", 2, "two");
            ((IEventStore)journal).DeleteEvents("", "actor-4", 1, cause => Assert.Null(cause));
        });
        using var again = folder.Open();
        Assert.Empty(again.Damage);
        Assert.Equal(["2 two"], again.Read("actor-4").Events);
        Assert.Equal(["1 text-5"], again.Read("actor-5").Events);
    }

    [Fact(DisplayName = "A row changed or missing in the intake halts its own entity, as in the journal")]
    public void Damage()
    {
        using var folder = Interrupted();
        folder.Damage("UPDATE dolphin_intake SET message = 'text-0' WHERE ordering = 3");
        folder.Damage("DELETE FROM dolphin_intake WHERE ordering = 10");
        using var journal = folder.Open();
        Assert.Equal([(3L, "actor-3"), (0L, "actor-10")], journal.Damage.Select(row => (row.Ordering, row.PersistenceId)));
        Assert.Contains("missing from the end", journal.Damage[1].Reason, StringComparison.Ordinal);
        Assert.IsType<DamagedJournalException>(journal.Read("actor-3").Failure);
        Assert.Equal(["1 text-2"], journal.Read("actor-2").Events);
    }

    private static long Ends(StateFolder folder) => folder.Number("SELECT SUM(sequence_number) FROM dolphin_entity");

    [Fact(DisplayName = "The ends of the chains in the intake are one row of each commit, and come into their table with what is moved")]
    public void Ends_together()
    {
        using var folder = new StateFolder();
        AfterCommitOf(10, folder, (_, _) => Assert.Equal((10, 2), (Ends(folder), folder.Number("SELECT COUNT(*) FROM dolphin_intake_head"))), commits: 3);
        Assert.Equal((30, 0), (Ends(folder), folder.Number("SELECT COUNT(*) FROM dolphin_intake_head")));
    }

    [Fact(DisplayName = "After a crash the ends of the chains in the intake are known, to who opens the file and to who reads it whole")]
    public void Ends_after_a_crash()
    {
        using var folder = Interrupted(commits: 3);
        using (var whole = new WholeJournal(folder.NodeFile))
        {
            Assert.Empty(whole.Damage);
            Assert.All(whole.Entities, entity => Assert.Equal(3, entity.LastSequenceNr));
        }

        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        Assert.Equal(["1 text-7", "2 text-7", "3 text-7"], journal.Read("actor-7").Events);
        Assert.Equal(30, Ends(folder));
    }

    [Fact(DisplayName = "A row missing from the end of a chain in the intake, and an end that was changed, each halt their own entity")]
    public void Ends_damaged()
    {
        using var folder = Interrupted(commits: 3);
        folder.Damage("DELETE FROM dolphin_intake WHERE ordering = 30");
        // The ninth end of the last commit: another sequence number.
        folder.Damage("UPDATE dolphin_intake_head SET ends = CAST(substr(ends, 1, 264) || x'07' || substr(ends, 266) AS BLOB) WHERE ordering = 30");
        using var whole = new WholeJournal(folder.NodeFile);
        using var journal = folder.Open();
        Assert.Equal([(2, "actor-9"), (3, "actor-10")], journal.Damage.Select(row => (row.SequenceNr, row.PersistenceId)));
        Assert.Contains("expected 2 to be the last row", journal.Damage[0].Reason, StringComparison.Ordinal);
        Assert.Contains("missing from the end", journal.Damage[1].Reason, StringComparison.Ordinal);
        Assert.Equal(whole.Damage.Select(row => row.Reason), journal.Damage.Select(row => row.Reason));
        Assert.Equal(["1 text-8", "2 text-8", "3 text-8"], journal.Read("actor-8").Events);
    }

    [Fact(DisplayName = "A file of version 1 is read as it is; when it is opened what waits in it is taken over, and from then on it is one that an older program refuses")]
    public void Version_1()
    {
        using var folder = Interrupted(commits: 3);
        folder.Damage("UPDATE dolphin_schema SET version = 1"); // By a program that had the tables, and did not say so.
        using (var reader = new JournalReader(folder.NodeFile)) Assert.Equal(30, reader.CountEvents());
        using (var whole = new WholeJournal(folder.NodeFile)) Assert.Empty(whole.Damage);
        Assert.Equal(1, folder.Number("SELECT version FROM dolphin_schema"));
        using (var journal = folder.Open())
        {
            Assert.Empty(journal.Damage);
            Assert.Equal(["1 text-7", "2 text-7", "3 text-7"], journal.Read("actor-7").Events);
        }

        Assert.Equal(2, folder.Number("SELECT version FROM dolphin_schema"));
    }

    [Fact(DisplayName = "A file from before there was an intake is read as it is, and gets one when it is opened")]
    public void Older_file()
    {
        using var folder = new StateFolder();
        folder.Write("a", "one");
        folder.Damage("DROP TABLE dolphin_intake");
        folder.Damage("DROP TABLE dolphin_intake_head");
        folder.Damage("UPDATE dolphin_schema SET version = 1");
        using (var reader = new JournalReader(folder.NodeFile))
            Assert.Equal(1, reader.CountEvents());
        AfterCommitOf(10, folder, (_, _) => Assert.Equal((1, 10), (InJournal(folder), InIntake(folder))));
        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        Assert.Equal(["1 one"], journal.Read("a").Events);
    }
}
