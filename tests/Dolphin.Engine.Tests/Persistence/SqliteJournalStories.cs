namespace Dolphin.EngineTests.Persistence;

public sealed class SqliteJournalStories
{
    [Fact(DisplayName = "What was acknowledged is there after the file is opened again, in order")]
    public void Survives_reopening()
    {
        using var folder = new StateFolder();
        folder.Write("a", "one", "two");
        folder.Write("b", "uno");
        folder.Write("a", "three");
        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        var a = journal.Read("a");
        Assert.Equal(["1 one", "2 two", "3 three"], a.Events);
        Assert.Equal(3, a.Highest);
        Assert.Equal(["1 uno"], journal.Read("b").Events);
        Assert.Equal(0, journal.Read("nobody").Highest);
    }

    [Fact(DisplayName = "A replay reads the part that was asked for, however long the history")]
    public void Partial_replay()
    {
        using var folder = new StateFolder();
        folder.Write("a", [.. Enumerable.Range(1, 3_000).Select(i => $"e{i}")]);
        using var journal = folder.Open();
        Assert.Equal(3_000, journal.Read("a").Events.Count);
        Assert.Equal(["2999 e2999", "3000 e3000"], journal.Read("a", from: 2_999).Events);
        Assert.Equal(["1 e1", "2 e2"], journal.Read("a", to: 2).Events);
        Assert.Equal(["5 e5", "6 e6"], journal.Read("a", from: 5, max: 2).Events);
        var none = journal.Read("a", to: 0);
        Assert.Empty(none.Events);
        Assert.Equal(3_000, none.Highest);
    }

    [Fact(DisplayName = "The tables are those of Akka.Persistence.Sql, with checksums added")]
    public void Schema()
    {
        using var folder = new StateFolder();
        folder.Write("a", "one");
        using var db = new SqliteConnection(folder.NodeFile, readOnly: true);
        string Columns(string table) => db.Scalar($"SELECT group_concat(name || ' ' || type, ', ') FROM pragma_table_info('{table}')")!;
        Assert.Equal("ordering INTEGER, created BIGINT, deleted BIT, persistence_id NVARCHAR(255), sequence_number BIGINT, message VARBINARY, "
            + "manifest NVARCHAR(500), identifier INTEGER, writer_uuid NVARCHAR(128), checksum BIGINT", Columns("journal"));
        Assert.Equal("ordering_id INTEGER, tag NVARCHAR(64), sequence_nr INTEGER, persistence_id NVARCHAR(255)", Columns("tags"));
        Assert.Equal("persistence_id NVARCHAR(255), sequence_number BIGINT, created BIGINT, snapshot VARBINARY, manifest NVARCHAR(500), "
            + "serializer_id INTEGER, checksum BIGINT", Columns("snapshot"));
        Assert.Equal(2, db.Number("SELECT version FROM dolphin_schema"));
        Assert.Equal("wal", db.Scalar("PRAGMA journal_mode"));
        Assert.Equal($"1 {StateFolder.StartTicks + TimeSpan.TicksPerMillisecond} 0 a 1 one noted.v1 901 test-1", db.Scalar(
            "SELECT ordering || ' ' || created || ' ' || deleted || ' ' || persistence_id || ' ' || sequence_number || ' ' || CAST(message AS TEXT) "
            + "|| ' ' || manifest || ' ' || identifier || ' ' || writer_uuid FROM journal"));
    }

    [Fact(DisplayName = "Rows say which opening of the file wrote them; an opening that writes nothing does not count")]
    public void Incarnations()
    {
        using var folder = new StateFolder();
        folder.Write("a", "one");
        folder.Open().Dispose();
        folder.Write("a", "two");
        using var db = new SqliteConnection(folder.NodeFile, readOnly: true);
        Assert.Equal("test-1,test-2", db.Scalar("SELECT group_concat(writer_uuid) FROM journal"));
    }

    [Fact(DisplayName = "Everything that waits when a commit begins goes into one transaction")]
    public void Group_commit()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open();
        using var held = new ManualResetEventSlim();
        // The first request keeps the writer busy until the hundred others are queued.
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) => held.Wait());
        var answers = Enumerable.Range(0, 100).Select(i => journal.Store($"actor-{i}", 1, "x")).ToList();
        held.Set();
        journal.Flush();
        Assert.All(answers, answer => Assert.Equal(["1 stored"], answer.Heard));
        Assert.Equal(100, journal.RowsWritten);
        Assert.InRange(journal.Commits, 1, 2);
    }

    [Fact(DisplayName = "What comes while a transaction is written joins it, twice; what comes then waits for the next")]
    public void Late_batches()
    {
        using var folder = new StateFolder();
        JournalSet? journal = null;
        var answers = new Answers[6];
        using var last = new ManualResetEventSlim();
        var asked = 0;
        // While an event is on its way into the file, the next actor's comes.
        var codec = new AttentiveCodec(new Dolphin.Engine.Serialization.Serialization(TestSerializer.Bindings(null!)), () =>
        {
            if (++asked < answers.Length) answers[asked] = journal!.Store($"actor-{asked}", 1, "text");
            else last.Set();
        });
        using (journal = JournalSet.Open(folder.Settings(DurabilityMode.Durable), codec, "test", folder.Warnings.Add))
        {
            answers[0] = journal.Store("actor-0", 1, "text");
            Assert.True(last.Wait(TimeSpan.FromSeconds(60)), "The journal did not take the last one.");
            journal.Flush();
            Assert.Equal(2, journal.Commits);
            Assert.All(answers, answer => Assert.Equal(["1 stored"], answer.Heard));
        }
    }

    /// <summary>Says when it is asked for bytes.</summary>
    private sealed class AttentiveCodec(IPayloadCodec inner, Action asked) : IPayloadCodec
    {
        public bool IsEmpty => inner.IsEmpty;
        public bool Knows(Type type) => inner.Knows(type);
        public object Deserialize(byte[] bytes, int serializerId, string manifest) => inner.Deserialize(bytes, serializerId, manifest);

        public SerializedPayload Serialize(object payload)
        {
            asked();
            return inner.Serialize(payload);
        }
    }

    [Fact(DisplayName = "At its bound the queue makes who persists wait until the writer has room")]
    public async Task Back_pressure()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open(folder.Settings(DurabilityMode.Durable) with { QueueBound = 10 });
        using var held = new ManualResetEventSlim();
        using var busy = new ManualResetEventSlim();
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) =>
        {
            busy.Set();
            held.Wait();
        });
        busy.Wait();
        for (var i = 1; i <= 10; i++)
            journal.Store("a", i, "x");
        var eleventh = Task.Run(() => journal.Store("a", 11, "x"));
        Assert.False(eleventh.IsCompleted);
        held.Set();
        await eleventh;
        journal.Flush();
        Assert.Equal(11, journal.RowsWritten);
    }

    [Fact(DisplayName = "A writer that takes nothing from a full queue is reported after the time it has")]
    public void Hanging_writer()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open(folder.Settings(DurabilityMode.Durable) with { QueueBound = 1, WriteTimeout = TimeSpan.FromMilliseconds(20) });
        using var held = new ManualResetEventSlim();
        using var busy = new ManualResetEventSlim();
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) =>
        {
            busy.Set();
            held.Wait();
        });
        busy.Wait();
        journal.Store("a", 1, "x");
        var timeout = Assert.Throws<JournalTimeoutException>(() => journal.Store("a", 2, "x"));
        Assert.Contains("took nothing from its full queue (1 of 1 events)", timeout.Message, StringComparison.Ordinal);
        held.Set();
    }

    [Fact(DisplayName = "Events persisted together are stored all or none: one that cannot be serialized rejects its group, and only that")]
    public void Atomic_groups()
    {
        using var folder = new StateFolder();
        using (var journal = folder.Open())
        {
            var answers = journal.Store("a", "",
                JournalTestExtensions.Pending(new Noted("before"), 1, group: 1),
                JournalTestExtensions.Pending(new Noted("first"), 2, group: 2),
                JournalTestExtensions.Pending(new Unwritable("second"), 3, group: 2),
                JournalTestExtensions.Pending(new Noted("after"), 4, group: 3));
            journal.Flush();
            Assert.Equal(
                ["1 stored", "2 rejected: Unwritable cannot be written.", "3 rejected: Unwritable cannot be written.", "4 stored"], answers.Heard);
        }

        using var again = folder.Open();
        Assert.Empty(again.Damage); // A hole in the sequence numbers is not a missing row: the chain knows.
        Assert.Equal(["1 before", "4 after"], again.Read("a").Events);
    }

    [Fact(DisplayName = "A type without a serializer is rejected; the journal works on")]
    public void No_serializer()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open();
        var unknown = journal.Store("a", "", JournalTestExtensions.Pending(new Unknown("x"), 1, group: 1));
        var next = journal.Store("b", 1, "x");
        journal.Flush();
        Assert.StartsWith("1 rejected: No serializer is bound to Dolphin.EngineTests.Persistence.Unknown", Assert.Single(unknown.Heard), StringComparison.Ordinal);
        Assert.Equal(["1 stored"], next.Heard);
    }

    [Fact(DisplayName = "A sequence number that exists already is refused, and nothing of that write is stored")]
    public void Two_writers_of_one_id()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open();
        journal.Store("a", 1, "mine");
        var other = journal.Store("a", 1, "theirs");
        journal.Flush();
        Assert.Contains("expected a sequence number above 1, got 1; do two actors use this persistence id?", Assert.Single(other.Heard), StringComparison.Ordinal);
        Assert.Equal(["1 mine"], journal.Read("a").Events);
        Assert.Null(journal.Fault);
    }

    [Fact(DisplayName = "A full disk fails the write, and from then on the journal stores nothing; what was acknowledged is there")]
    public void Disk_full()
    {
        using var folder = new StateFolder();
        var stored = 0;
        using (var journal = folder.Open(folder.Settings(DurabilityMode.Durable) with { MaxFileBytes = 400_000 }))
        {
            for (var i = 1; i <= 200 && journal.Fault is null; i++)
            {
                var answers = journal.Store("a", i, new string('x', 10_000));
                try
                {
                    journal.Flush();
                }
                catch (JournalException)
                {
                    Assert.Contains("failed: The journal has failed", Assert.Single(answers.Heard), StringComparison.Ordinal);
                    break;
                }

                stored++;
            }

            Assert.NotNull(journal.Fault);
            Assert.Contains("full", journal.Fault.Message, StringComparison.Ordinal);
            Assert.Throws<JournalException>(journal.ThrowIfFailed);
        }

        Assert.InRange(stored, 10, 60);
        using var again = folder.Open();
        Assert.Empty(again.Damage);
        Assert.Equal(stored, again.Read("a").Events.Count);
    }

    [Fact(DisplayName = "Deleted events are gone, the highest sequence number and the chain are not")]
    public void Delete_events()
    {
        using var folder = new StateFolder();
        folder.Write("a", "one", "two", "three", "four");
        using (var journal = folder.Open())
        {
            ((IEventStore)journal).DeleteEvents("", "a", 2, Assert.Null);
            journal.Flush();
            Assert.Equal(["3 three", "4 four"], journal.Read("a").Events);
        }

        using (var journal = folder.Open())
        {
            Assert.Empty(journal.Damage);
            ((IEventStore)journal).DeleteEvents("", "a", 4, Assert.Null);
            journal.Flush();
        }

        using (var journal = folder.Open())
        {
            Assert.Empty(journal.Damage);
            var all = journal.Read("a");
            Assert.Empty(all.Events);
            Assert.Equal(4, all.Highest);
            journal.Store("a", 5, "five");
            journal.Flush();
        }

        using var last = folder.Open();
        Assert.Empty(last.Damage);
        Assert.Equal(["5 five"], last.Read("a").Events);
        Assert.Equal(2, folder.Number("SELECT COUNT(*) FROM journal")); // One marked row tells other readers the highest number.
    }

    [Fact(DisplayName = "Snapshots are found by sequence number and age, newest first; one of the same number is replaced")]
    public void Snapshots()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open();
        Assert.Null(journal.LoadSnapshot("a").Text);
        foreach (var (at, text) in new[] { (1L, "s1"), (5L, "s5"), (9L, "s9") })
            Assert.Null(journal.Snapshot("a", at, text));
        Assert.Equal(("s9", 9, null), journal.LoadSnapshot("a"));
        Assert.Equal(("s5", 5, null), journal.LoadSnapshot("a", SnapshotRange.UpTo(8)));
        Assert.Equal(("s1", 1, null), journal.LoadSnapshot("a", new SnapshotRange(
            0, long.MaxValue, DateTime.MinValue, new DateTime(StateFolder.StartTicks + 4, DateTimeKind.Utc))));
        journal.Snapshot("a", 9, "s9 again");
        Assert.Equal("s9 again", journal.LoadSnapshot("a").Text);
        ((IEventStore)journal).DeleteSnapshots("", "a", new SnapshotRange(2, 9, DateTime.MinValue, DateTime.MaxValue), Assert.Null);
        Assert.Equal("s1", journal.LoadSnapshot("a").Text);
        Assert.NotNull(((Exception?)Record.Exception(() => journal.LoadSnapshot("a", plugin: "nowhere")))?.Message);
    }

    [Fact(DisplayName = "Each plugin id has its own file")]
    public void Several_journals()
    {
        using var folder = new StateFolder();
        using (var journal = folder.Open())
        {
            journal.Store("a", 1, "in the node's", plugin: "node");
            journal.Store("a", 1, "in the venue's", plugin: "venue");
            journal.Flush();
        }

        using var again = folder.Open();
        Assert.Equal(["1 in the node's"], again.Read("a").Events);
        Assert.Equal(["1 in the venue's"], again.Read("a", plugin: "venue").Events);
        var unknown = Assert.Throws<JournalException>(() => again.Read("a", plugin: "moon"));
        Assert.Contains("wants the journal 'moon'; configured are: node, venue", unknown.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A batch commits the files in their order: what the venue's file knows, the node's knows durably")]
    public void Commit_order()
    {
        using var folder = new StateFolder();
        using var journal = folder.Open();
        using var held = new ManualResetEventSlim();
        var seen = new List<string>();
        string Durable() => $"node {folder.Number("SELECT COUNT(*) FROM journal")}, venue {folder.Number("SELECT COUNT(*) FROM journal", folder.VenueFile)}";
        // The first request keeps the writer busy until both writes are queued, the venue's first: they become one batch.
        ((IEventStore)journal).LoadSnapshot("", "a", SnapshotRange.All, (_, _) => held.Wait());
        ((IEventStore)journal).Write("venue", "v", [JournalTestExtensions.Pending(new Noted("order"), 1, 1)], new Witness(() => seen.Add($"venue told: {Durable()}")));
        ((IEventStore)journal).Write("node", "a", [JournalTestExtensions.Pending(new Noted("intent"), 1, 1)], new Witness(() => seen.Add($"node told: {Durable()}")));
        held.Set();
        journal.Flush();
        Assert.Equal(["node told: node 1, venue 0", "venue told: node 1, venue 1"], seen);
    }

    private sealed class Witness(Action look) : IWriteObserver
    {
        public void Stored(JournalEvent @event) => look();
        public void Rejected(JournalEvent @event, Exception cause) => throw new InvalidOperationException("It should have been stored.", cause);
        public void Failed(JournalEvent @event, Exception cause) => throw new InvalidOperationException("It should have been stored.", cause);
    }
}
