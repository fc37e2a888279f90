using System.Text;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Settings;
using Microsoft.Data.Sqlite;
using SqliteException = Microsoft.Data.Sqlite.SqliteException;
using JournalSettings = Dolphin.Hosting.Akka.Settings.JournalSettings;

namespace Dolphin.Hosting.Akka.Tests.Fencing;

/// <summary>The file of a node that is alone: the same rules as in a database of many.</summary>
public sealed class SqliteTenuresStories : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dolphin-sqlite-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "node.db");
    private SqliteFile Open() => SqliteFile.Open(Path, "dolphin", "plan");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(DisplayName = "In a file too, twenty who take at once get twenty numbers, each once and none left out")]
    public async Task Rising()
    {
        using var file = Open();
        await TenureRules.Rising(new SqliteTenures(file, TimeProvider.System));
    }

    [Fact(DisplayName = "In a file too, who takes over waits out the lease and what was sent under it; the one before can renew no more")]
    public async Task Waits_out()
    {
        using var file = Open();
        await TenureRules.WaitedOut(new SqliteTenures(file, TimeProvider.System));
    }

    [Fact(DisplayName = "In a file too, who says that it has stopped is not waited for, and cannot say so for another")]
    public async Task Released()
    {
        using var file = Open();
        await TenureRules.Released(new SqliteTenures(file, TimeProvider.System));
    }

    [Fact(DisplayName = "The next life of the same node takes the next number, and waits out the one before")]
    public async Task Next_life()
    {
        using (var file = Open()) await new SqliteTenures(file, TimeProvider.System).TakeAsync("execution", "n", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        using var again = Open();
        var taken = await new SqliteTenures(again, TimeProvider.System).TakeAsync("execution", "n", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        Assert.Equal((2L, "n"), (taken.Epoch, taken.PreviousHolder));
        Assert.True(taken.Wait > TimeSpan.Zero);
    }

    [Fact(DisplayName = "A clock that was set back makes nobody wait longer than the lease and what is waited out")]
    public async Task Clock_set_back()
    {
        using var file = Open();
        await new SqliteTenures(file, new FixedClock(DateTimeOffset.UnixEpoch.AddDays(9))).TakeAsync("execution", "n", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        var taken = await new SqliteTenures(file, new FixedClock(DateTimeOffset.UnixEpoch)).TakeAsync("execution", "n", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        Assert.Equal(TenureRules.Lease + TenureRules.WaitsOut, taken.Wait);
    }

    [Fact(DisplayName = "An intent of a tenure that is over, or of none, is refused by the file itself; that of the current one, and any other event, is stored")]
    public async Task Fenced()
    {
        using var file = Open();
        var tenures = new SqliteTenures(file, TimeProvider.System);
        using var connection = file.Open();
        Refused(connection, 1, """{"order":{},"epoch":1}""");
        await tenures.TakeAsync("execution", "n1", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        Store(connection, 1, "execution.intended.v1", """{"order":{},"epoch":1}""");
        await tenures.TakeAsync("execution", "n2", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        Refused(connection, 2, """{"order":{},"epoch":1}""");
        Refused(connection, 2, """{"order":{}}""");
        Store(connection, 2, "execution.intended.v1", """{"order":{},"epoch":2}""");
        Store(connection, 3, "execution.finished.v1", """{"id":"x"}""");
    }

    [Fact(DisplayName = "A file is one process's: a second one is told who has it, and that two nodes need another database")]
    public void One_process()
    {
        using (Open())
        {
            var refused = Assert.Throws<ClusterRefusedException>(Open);
            Assert.Contains($"pid {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
            Assert.Contains("PostgreSQL", refused.Message, StringComparison.Ordinal);
        }
        Open().Dispose();
    }

    [Fact(DisplayName = "A file belongs to the first cluster that takes it, and refuses another, another plan, an older program and what only a newer version can read")]
    public async Task Belongs_to_one()
    {
        Open().Dispose();
        Assert.Contains("two clusters never share one", Assert.Throws<ClusterRefusedException>(() => SqliteFile.Open(Path, "other", "plan")).Message, StringComparison.Ordinal);
        Assert.Contains("another plan", Assert.Throws<ClusterRefusedException>(() => SqliteFile.Open(Path, "dolphin", "plan-b")).Message, StringComparison.Ordinal);
        using (var file = Open())
        {
            using var connection = file.Open();
            await NewerJournal.RefuseAsync(connection, CancellationToken.None);
            Store(connection, 1, "hedge.started.v1", "{}");
            Store(connection, 2, "hedge.started.v2", "{}");
            Assert.Equal(["hedge.started.v2"], (await NewerJournal.UnknownNamesAsync(connection, CancellationToken.None)).ToArray());
            using var newer = SqliteFile.Command(connection, "UPDATE dolphin_database SET version = version + 1");
            newer.ExecuteNonQuery();
        }
        Assert.Contains("a newer one wrote it", Assert.Throws<ClusterRefusedException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What is acknowledged is on the disk: a write-ahead log, synchronised at every commit, for the journal's own connections too")]
    public void Durable()
    {
        using var file = Open();
        var config = AkkaConfig.Of(TestSettings.Of(0) with { Journal = new JournalSettings(JournalProvider.Sqlite, Path) }, ClusterSettings.TraderRole);
        using var connection = new SqliteConnection(config.GetString("akka.persistence.journal.sql.connection-string"));
        connection.Open();
        Assert.Equal("wal", Ask("PRAGMA journal_mode"));
        Assert.Equal(2L, Ask("PRAGMA synchronous")); // FULL

        object? Ask(string sql)
        {
            using var command = SqliteFile.Command(connection, sql);
            return command.ExecuteScalar();
        }
    }

    private static void Refused(SqliteConnection connection, long sequence, string json) => Assert.Contains(SqliteFile.StaleIntent,
        Assert.Throws<SqliteException>(() => Store(connection, sequence, "execution.intended.v1", json)).Message, StringComparison.Ordinal);

    private static void Store(SqliteConnection connection, long sequence, string manifest, string json)
    {
        using var command = SqliteFile.Command(connection,
            "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES (0, 0, 'execution', @p0, @p1, @p2, 7031, 'w')",
            sequence, Encoding.UTF8.GetBytes(json), manifest);
        command.ExecuteNonQuery();
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
