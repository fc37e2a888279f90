using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.EngineTests.Persistence;

public sealed class DamageStories
{
    /// <summary>Orderings: a1=1, b1=2, a2=3, b2=4, a3=5, b3=6.</summary>
    private static StateFolder TwoHistories()
    {
        var folder = new StateFolder();
        using var journal = folder.Open();
        for (var i = 1; i <= 3; i++)
        {
            journal.Store("a", i, $"alpha-{i}");
            journal.Store("b", i, $"beta-{i}");
        }

        return folder;
    }

    private static DamagedRow OnlyDamage(StateFolder folder, string sql)
    {
        folder.Damage(sql);
        using var journal = folder.Open();
        return Assert.Single(journal.Damage);
    }

    [Fact(DisplayName = "A flipped byte is found, and the row is named; other ids are not concerned")]
    public void Flipped_byte()
    {
        using var folder = TwoHistories();
        var bytes = File.ReadAllBytes(folder.NodeFile);
        var at = bytes.AsSpan().IndexOf("alpha-2"u8);
        Assert.True(at > 0);
        bytes[at + 3] ^= 0x10;
        File.WriteAllBytes(folder.NodeFile, bytes);

        using var journal = folder.Open();
        var row = Assert.Single(journal.Damage);
        Assert.Equal((folder.NodeFile, 3L, "a", 2L), (row.File, row.Ordering, row.PersistenceId, row.SequenceNr));
        Assert.Contains("is not what was written", row.Reason, StringComparison.Ordinal);
        var failure = Assert.IsType<DamagedJournalException>(journal.Read("a").Failure);
        Assert.Contains($"{folder.NodeFile}: row 3 ('a', sequence number 2): expected checksum", failure.Message, StringComparison.Ordinal);
        Assert.IsType<DamagedJournalException>(journal.LoadSnapshot("a").Cause);
        Assert.Equal(3, journal.Read("b").Events.Count);
    }

    [Fact(DisplayName = "A missing row is found, and where it was is named")]
    public void Missing_row()
    {
        using var folder = TwoHistories();
        var row = OnlyDamage(folder, "DELETE FROM journal WHERE ordering = 3");
        Assert.Equal((5L, "a", 3L), (row.Ordering, row.PersistenceId, row.SequenceNr));
        Assert.Contains("expected sequence number 2 before it: that row is missing", row.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A row missing from the end is found too, although no row follows it")]
    public void Missing_last_row()
    {
        using var folder = TwoHistories();
        var row = OnlyDamage(folder, "DELETE FROM journal WHERE persistence_id = 'a' AND sequence_number = 3");
        Assert.Equal((0L, "a", 3L), (row.Ordering, row.PersistenceId, row.SequenceNr));
        Assert.Contains("missing from the end", row.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An id of which all rows are missing is found")]
    public void Missing_history()
    {
        using var folder = TwoHistories();
        var row = OnlyDamage(folder, "DELETE FROM journal WHERE persistence_id = 'a'");
        Assert.Equal(("a", 1L), (row.PersistenceId, row.SequenceNr));
        Assert.Contains("the rows 1 to 3 are missing", row.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Swapped rows are found")]
    public void Swapped_rows()
    {
        using var folder = TwoHistories();
        folder.Damage("UPDATE journal SET ordering = 100 WHERE ordering = 1; UPDATE journal SET ordering = 1 WHERE ordering = 3; UPDATE journal SET ordering = 3 WHERE ordering = 100");
        using var journal = folder.Open();
        Assert.All(journal.Damage, row => Assert.Equal("a", row.PersistenceId));
        Assert.Contains(journal.Damage, row => row.Ordering == 3 && row.Reason.Contains("out of order", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Rows whose contents changed places are found")]
    public void Swapped_contents()
    {
        using var folder = TwoHistories();
        folder.Damage("UPDATE journal SET message = CASE ordering WHEN 1 THEN 'alpha-2' ELSE 'alpha-1' END WHERE ordering IN (1, 3)");
        using var journal = folder.Open();
        Assert.Equal([1L, 3L], journal.Damage.Select(row => row.Ordering));
    }

    [Theory(DisplayName = "Every column that matters is covered")]
    [InlineData("created = created + 1")]
    [InlineData("deleted = 1")]
    [InlineData("sequence_number = 20")]
    [InlineData("manifest = 'noted.v2'")]
    [InlineData("manifest = NULL")]
    [InlineData("identifier = 902")]
    [InlineData("checksum = checksum + 1")]
    [InlineData("checksum = NULL")]
    [InlineData("message = ''")]
    public void Every_column(string change)
    {
        using var folder = TwoHistories();
        folder.Damage($"UPDATE journal SET {change} WHERE ordering = 3");
        using var journal = folder.Open();
        Assert.NotEmpty(journal.Damage);
        Assert.All(journal.Damage, row => Assert.Equal("a", row.PersistenceId));
        Assert.Equal(3, journal.Read("b").Events.Count);
    }

    [Fact(DisplayName = "A damaged name leaves a hole in one history and makes another that nobody registered; both halt")]
    public void Damaged_name()
    {
        using var folder = TwoHistories();
        folder.Damage("UPDATE journal SET persistence_id = 'A' WHERE ordering = 3");
        using var journal = folder.Open();
        Assert.Equal(["A", "a"], journal.Damage.Select(row => row.PersistenceId).Order(StringComparer.Ordinal));
        Assert.NotNull(journal.Read("a").Failure);
        Assert.NotNull(journal.Read("A").Failure);
    }

    [Fact(DisplayName = "A damaged id never gets a write")]
    public void No_write_for_a_damaged_id()
    {
        using var folder = TwoHistories();
        folder.Damage("UPDATE journal SET message = 'x' WHERE ordering = 3");
        using (var journal = folder.Open())
        {
            var answers = journal.Store("a", 4, "alpha-4");
            journal.Store("b", 4, "beta-4");
            journal.Flush();
            Assert.Contains("The entity halts; nothing is written for it.", Assert.Single(answers.Heard), StringComparison.Ordinal);
        }

        Assert.Equal(7, folder.Number("SELECT COUNT(*) FROM journal"));
    }

    [Fact(DisplayName = "The actor with the damaged id stops and says which row; its neighbours recover")]
    public void The_entity_halts()
    {
        using var folder = TwoHistories();
        folder.Damage("UPDATE journal SET message = 'x' WHERE ordering = 3");
        using var run = VirtualRun.OnFiles(folder);
        run.Start("a");
        var happened = run.Happened();
        Assert.Equal(3, happened.Length);
        Assert.StartsWith($"recovery failed: {folder.NodeFile}: row 3 ('a', sequence number 2): ", happened[1], StringComparison.Ordinal);
        Assert.Equal("stopped", happened[2]);
        run.Start("b");
        Assert.Equal(["started", "replayed 1 beta-1", "replayed 2 beta-2", "replayed 3 beta-3", "replay succeeded", "recovered 3"], run.Happened());
    }

    [Fact(DisplayName = "An index that leads past a row is noticed by the replay")]
    public void Damaged_index()
    {
        using var folder = TwoHistories();
        // Rows that a scan of the table finds, but a look-up by id does not.
        folder.Damage("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = sql || ' WHERE ordering <> 3' WHERE name = 'journal_uq'");
        folder.Damage("REINDEX journal_uq");
        folder.Damage("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE UNIQUE INDEX journal_uq ON journal (persistence_id, sequence_number)' "
            + "WHERE name = 'journal_uq'");
        using var journal = folder.Open();
        Assert.Empty(journal.Damage);
        Assert.Contains("while replaying", Assert.IsType<DamagedJournalException>(journal.Read("a").Failure).Message, StringComparison.Ordinal);
        Assert.Equal(3, journal.Read("b").Events.Count);
    }

    [Fact(DisplayName = "A stored event that nobody can read halts its entity and says which row")]
    public void Unreadable_event()
    {
        using var folder = TwoHistories();
        using var journal = JournalSet.Open(folder.Settings(DurabilityMode.Durable), new Dolphin.Engine.Serialization.Serialization([]), "test", folder.Warnings.Add);
        Assert.Contains("row 1 ('a', sequence number 1, manifest 'noted.v1', serializer 901) cannot be read back: No serializer has identifier 901",
            journal.Read("a").Failure?.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Who only looks finds the same damage as who opens the file, and none where there is none")]
    public void Reader()
    {
        using var folder = TwoHistories();
        using (var reader = new JournalReader(folder.NodeFile)) Assert.Empty(reader.Damage());
        folder.Damage("UPDATE journal SET message = 'alpha-X' WHERE ordering = 3; DELETE FROM journal WHERE persistence_id = 'b' AND sequence_number = 3");
        using (var reader = new JournalReader(folder.NodeFile))
        using (var journal = folder.Open())
        {
            Assert.Equal([("a", 2L), ("b", 3L)], reader.Damage().Select(d => (d.PersistenceId, d.SequenceNr)));
            Assert.Equal(journal.Damage, reader.Damage());
        }
    }

    [Fact(DisplayName = "Who only looks passes a damaged snapshot over too, for the one before it or for none")]
    public void Reader_of_snapshots()
    {
        using var folder = TwoHistories();
        using (var journal = folder.Open())
        {
            journal.Snapshot("a", 1, "state 1");
            journal.Snapshot("a", 2, "state 2");
            journal.Snapshot("b", 1, "state 1");
        }

        folder.Damage("UPDATE snapshot SET snapshot = 'state X' WHERE sequence_number = 2 OR persistence_id = 'b'");
        using var reader = new JournalReader(folder.NodeFile);
        Assert.Equal([("a", 1L)], reader.NewestSnapshots().Select(s => (s.PersistenceId, s.SequenceNr)));
    }

    [Fact(DisplayName = "A damaged snapshot is passed over with a warning; recovery uses the one before it")]
    public void Damaged_snapshot()
    {
        using var folder = TwoHistories();
        using (var journal = folder.Open())
        {
            journal.Snapshot("a", 1, "state 1");
            journal.Snapshot("a", 2, "state 2");
        }

        folder.Damage("UPDATE snapshot SET snapshot = 'state X' WHERE sequence_number = 2");
        using (var journal = folder.Open())
        {
            Assert.Equal(("state 1", 1, null), journal.LoadSnapshot("a"));
            Assert.Contains("snapshot of 'a' at sequence number 2 is discarded: its checksum does not match", Assert.Single(folder.Warnings), StringComparison.Ordinal);
        }

        using var run = VirtualRun.OnFiles(folder);
        run.Start("a");
        Assert.Equal(["started", "offered 1 state 1", "replayed 2 alpha-2", "replayed 3 alpha-3", "replay succeeded", "recovered 3"], run.Happened());
    }

    [Fact(DisplayName = "A newer schema is refused, and the file stays as it was")]
    public void Newer_schema()
    {
        using var folder = TwoHistories();
        folder.Damage("UPDATE dolphin_schema SET version = 3");
        var before = File.ReadAllBytes(folder.NodeFile);
        foreach (var open in (Func<IDisposable>[])[() => folder.Open(), () => new JournalReader(folder.NodeFile), () => new WholeJournal(folder.NodeFile)])
            Assert.Contains("expected schema version 1 to 2, found 3. A newer Dolphin wrote it", Assert.Throws<JournalSchemaException>(() => open()).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder.NodeFile));
    }

    [Fact(DisplayName = "A journal that another program wrote, without checksums, is refused")]
    public void Foreign_journal()
    {
        using var folder = TwoHistories();
        folder.Damage("DROP TABLE dolphin_schema");
        Assert.Contains("found rows with no dolphin_schema table", Assert.Throws<JournalSchemaException>(() => folder.Open()).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A file that is no database, or whose structure is broken, is refused with its name")]
    public void Broken_file()
    {
        using var folder = new StateFolder();
        File.WriteAllText(folder.NodeFile, "this is not a database, but it is long enough to look at" + new string('.', 5_000));
        Assert.Contains(folder.NodeFile, Assert.ThrowsAny<JournalException>(() => folder.Open()).Message, StringComparison.Ordinal);
        File.Delete(folder.NodeFile);
        folder.Write("a", [.. Enumerable.Range(1, 2_000).Select(i => $"event {i}")]);
        var bytes = File.ReadAllBytes(folder.NodeFile);
        var root = (int)folder.Number("SELECT rootpage FROM sqlite_master WHERE name = 'journal'");
        bytes.AsSpan((root - 1) * 4096, 4096).Fill(0xEE);
        File.WriteAllBytes(folder.NodeFile, bytes);
        var broken = Assert.ThrowsAny<JournalException>(() => folder.Open());
        Assert.Contains("restore the file from a backup", broken.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Whatever byte of whatever event is changed, exactly its row is named")]
    public void Any_byte()
    {
        var histories =
            from lengths in Gen.Choose(0, 70).ArrayOf(12)
            from victim in Gen.Choose(0, 11)
            from place in Gen.Choose(0, 1_000)
            from bit in Gen.Choose(0, 7)
            select (lengths, victim, place, bit);
        Prop.ForAll(histories.ToArbitrary(), history =>
        {
            using var folder = new StateFolder();
            using (var journal = folder.Open())
            {
                for (var i = 0; i < history.lengths.Length; i++)
                    journal.Store($"id-{i % 3}", (i / 3) + 1, new string((char)('a' + i), history.lengths[i] + 1));
            }

            var length = history.lengths[history.victim] + 1;
            var changed = Encoding.UTF8.GetBytes(new string((char)('a' + history.victim), length));
            changed[history.place % length] ^= (byte)(1 << history.bit);
            folder.Damage($"UPDATE journal SET message = x'{Convert.ToHexString(changed)}' WHERE ordering = {history.victim + 1}");
            using var again = folder.Open();
            return again.Damage.Count == 1 && again.Damage[0].Ordering == history.victim + 1 && again.Damage[0].PersistenceId == $"id-{history.victim % 3}";
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }
}
