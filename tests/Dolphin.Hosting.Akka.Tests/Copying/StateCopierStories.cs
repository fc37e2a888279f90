using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Domain.TwoLegs;
using Dolphin.Hosting.Akka.Copying;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Settings;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Dolphin.Venues;
using Microsoft.Data.Sqlite;
using Npgsql;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Hosting.Akka.Tests.Copying;

/// <summary>A state folder in a cluster's database: all of it, or nothing.</summary>
[Collection(PostgresCollection.Name)]
public sealed class StateCopierStories(PostgresServer server, PlayedFolder folder) : IClassFixture<PlayedFolder>
{
    private const string Cluster = "dolphin-test";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // Only a failing story waits so long.

    [PostgresFact(DisplayName = "Every event and every snapshot comes over, row for row and in the same order, and the folder is as it was")]
    public async Task Row_for_row()
    {
        var before = folder.Contents();
        var connection = await server.CreateDatabaseAsync();
        var report = await CopyAsync(connection, folder.Path);
        Assert.Equal(before, folder.Contents());

        await using var copy = new NpgsqlConnection(connection);
        await using var original = Original(folder.Path);
        var events = await EventsAsync(original);
        Assert.True(events.Count > 500, $"Only {events.Count} events; the story needs a market that trades.");
        Assert.Equal(events, await EventsAsync(copy));
        var snapshots = await SnapshotsAsync(original);
        Assert.Equal(snapshots, await SnapshotsAsync(copy));
        Assert.Equal((events.Count, snapshots.Count), (report.Events, report.Snapshots));
        Assert.Equal(events.Count, report.Entities.Sum(e => e.Events));
        Assert.Equal("checkpoints", Assert.Single(report.LeftOut).What);
        Assert.Equal($"{folder.Life.States.Single(s => s.PersistenceId == "execution").SequenceNumber}",
            report.Entities.Single(e => e.PersistenceId == "execution").HighestSequenceNumber.ToString(CultureInfo.InvariantCulture));
    }

    [PostgresFact(DisplayName = "Strategies, books and execution recover from the copy to what they were in the folder, byte for byte; the next order has a greater epoch and an id that never was")]
    public async Task Goes_on()
    {
        var connection = await server.CreateDatabaseAsync();
        await CopyAsync(connection, folder.Path, epoch: 41);
        await using var database = NpgsqlDataSource.Create(connection);
        var taken = await new PostgresTenures(database).TakeAsync(ClusterPort.Gateway, "n1", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(3), CancellationToken.None);
        Assert.Equal((42L, $"copied from {folder.Path}"), (taken.Epoch, taken.PreviousHolder));
        Assert.InRange(taken.Wait, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        foreach (var singleton in SingletonNames.All.Where(n => n != ClusterPort.Gateway))
            Assert.Equal((singleton, 42L), (singleton, (await new PostgresTenures(database).TakeAsync(singleton, "n1", TimeSpan.FromMinutes(5), TimeSpan.Zero, CancellationToken.None)).Epoch));

        var settings = TestSettings.Of(0) with { Journal = new Akka.Settings.JournalSettings(JournalProvider.Postgres, connection) };
        using var system = ActorSystem.Create(Cluster, AkkaConfig.Of(settings, ClusterSettings.TraderRole));
        var stage = new Stage(taken.Epoch);
        var (instruments, peers) = (stage.Plan.Assets.ToDictionary(a => a.Symbol, a => a.Instrument), stage.Peers);
        var execution = system.ActorOf(Props.Create(() => new ExecutionActor(
            stage.Plan.Execution, instruments, peers, stage.Port, stage.Port.Tenure, stage.Risk, stage.Invariants)));
        var actors = stage.Plan.Assets.SelectMany(a => new[]
        {
            system.ActorOf(Props.Create(() => new PositionBookActor(a.Symbol, stage.Port, stage.Invariants, stage.Board.Of(a.Symbol)))),
            system.ActorOf(a.Strategies[0].ToProps(new StrategyContext(ActorRefs.Nobody, stage.Risk, stage.Board, stage.Invariants, new FeeBoard(stage.Plan.Fees)), StrategyProtocol.Stance.Alone)),
        }).Append(execution).ToList();

        foreach (var actor in actors)
        {
            var recovered = await actor.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, Patience);
            var expected = folder.Life.States.Single(s => s.PersistenceId == recovered.PersistenceId);
            Assert.Equal(expected.SequenceNumber, recovered.SequenceNumber);
            Assert.Equal(Convert.ToHexString(StoredJson.Write(expected.State)), Convert.ToHexString(StoredJson.Write(recovered.State)));
        }

        var hedge = stage.Plan.Assets[0].Strategies[0];
        var decided = ((OrderDeskState)folder.Life.States.Single(s => s.PersistenceId == "execution").State).Decisions.Single(d => d.StrategyId == hedge.StrategyId);
        stage.Open(system.DeadLetters);
        execution.Tell(new ExecutionProtocol.Execute(hedge.StrategyId, hedge.Symbol, new LegTargets(
            decided.Sequence + 1, new Legs(Quantity.Zero, Quantity.Zero), new Legs(new Quantity(1m), Quantity.Zero), Price.Of(100m))));
        var order = await stage.Sent.Task.WaitAsync(Patience);
        Assert.True(ClientOrderIds.TryParse(order.Id, out var name));
        Assert.Equal((decided.Sequence + 1, 42L), (name.Value.Sequence, name.Value.Epoch));
        await system.Terminate();

        await using var ids = database.CreateCommand("SELECT convert_from(message, 'UTF8')::jsonb -> 'order' ->> 'id' FROM journal WHERE manifest = 'execution.intended.v1'");
        await using var row = await ids.ExecuteReaderAsync();
        var all = new List<string>();
        while (await row.ReadAsync()) all.Add(row.GetString(0));
        Assert.Contains(order.Id.Value, all, StringComparer.Ordinal);
        Assert.Equal(all.Distinct(StringComparer.Ordinal).Count(), all.Count);
    }

    [Fact(DisplayName = "Into the file of a node that is alone every row comes over as well, with the fence back in place and the next epoch above the folder's")]
    public async Task Into_a_file()
    {
        var place = folder.Empty();
        using var file = SqliteFile.Take(Path.Combine(place, "node.db"));
        await using (var target = file.Open())
        {
            using var journal = new WholeJournal(Path.Combine(folder.Path, StateFolder.NodeJournal));
            var source = new CopySource(folder.Path, journal, "plan-1", "venue-1", 41);
            using var stop = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StateCopier.CopyAsync(source, new SqliteCopyTarget(target), Cluster, said =>
            {
                if (said.EndsWith("back.", StringComparison.Ordinal)) stop.Cancel();
            }, stop.Token));
            await using var tables = SqliteFile.Command(target, "SELECT count(*) FROM sqlite_master");
            Assert.Equal(0L, await tables.ExecuteScalarAsync());

            await StateCopier.CopyAsync(source, new SqliteCopyTarget(target), Cluster, _ => { }, CancellationToken.None);
            await Assert.ThrowsAsync<CopyRefusedException>(() => StateCopier.CopyAsync(source, new SqliteCopyTarget(target), Cluster, _ => { }, CancellationToken.None));
            await using var original = Original(folder.Path);
            Assert.Equal(await EventsAsync(original), await EventsAsync(target));
            Assert.Equal(await SnapshotsAsync(original), await SnapshotsAsync(target));
            await using var fence = SqliteFile.Command(target, "SELECT count(*) FROM sqlite_master WHERE name = 'dolphin_fence'");
            Assert.Equal(1L, await fence.ExecuteScalarAsync());
        }
        Assert.Equal(42, (await new SqliteTenures(file, TimeProvider.System).TakeAsync(ClusterPort.Gateway, "n1", TimeSpan.FromSeconds(9), TimeSpan.Zero, CancellationToken.None)).Epoch);
    }

    [PostgresFact(DisplayName = "What the folder says of its epoch counts no less than what its intents say")]
    public async Task Epoch_of_intents()
    {
        var connection = await server.CreateDatabaseAsync();
        Assert.Equal(1, (await CopyAsync(connection, folder.Path, epoch: 0)).Epoch); // A replay's intents are all of epoch 1.
    }

    [PostgresFact(DisplayName = "A damaged row is refused with file, row, expected and found, and nothing is copied")]
    public async Task Damaged()
    {
        var damaged = folder.Changed("UPDATE journal SET message = CAST(replace(CAST(message AS TEXT), '1', '2') AS BLOB) WHERE persistence_id = 'book-AAAUSDT' AND sequence_number = 3");
        var connection = await server.CreateDatabaseAsync();
        var refused = await Assert.ThrowsAsync<CopyRefusedException>(() => CopyAsync(connection, damaged));
        foreach (var said in (string[])["node.db", "book-AAAUSDT", "expected checksum", "computed", "Nothing was copied"]) Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        await NothingIn(connection);
    }

    [PostgresFact(DisplayName = "A damaged snapshot is left out and named; the events say what it said")]
    public async Task Damaged_snapshot()
    {
        var damaged = folder.Changed("UPDATE snapshot SET snapshot = X'7b7d' WHERE persistence_id = 'book-AAAUSDT'");
        var connection = await server.CreateDatabaseAsync();
        var report = await CopyAsync(connection, damaged);
        Assert.All(report.Notes, n => Assert.StartsWith("The snapshot of book-AAAUSDT at ", n, StringComparison.Ordinal));
        Assert.NotEmpty(report.Notes);
        Assert.Equal(0, report.Entities.Single(e => e.PersistenceId == "book-AAAUSDT").Snapshots);
    }

    [PostgresFact(DisplayName = "Events that were deleted below a snapshot: the snapshot comes over with what is left; without one that is whole nothing does")]
    public async Task Deleted()
    {
        const string delete = """
            UPDATE dolphin_entity SET deleted_to = 3, anchor_checksum = (SELECT checksum FROM journal WHERE persistence_id = 'book-AAAUSDT' AND sequence_number = 3) WHERE persistence_id = 'book-AAAUSDT';
            DELETE FROM journal WHERE persistence_id = 'book-AAAUSDT' AND sequence_number <= 3;
            """;
        var all = folder.Life.States.Single(s => s.PersistenceId == "book-AAAUSDT").SequenceNumber;
        var report = await CopyAsync(await server.CreateDatabaseAsync(), folder.Changed(delete));
        var book = report.Entities.Single(e => e.PersistenceId == "book-AAAUSDT");
        Assert.Equal((all - 3, all), (book.Events, book.HighestSequenceNumber));
        Assert.True(book.Snapshots > 0);

        var connection = await server.CreateDatabaseAsync();
        var refused = await Assert.ThrowsAsync<CopyRefusedException>(() => CopyAsync(connection, folder.Changed(delete + "DELETE FROM snapshot WHERE persistence_id = 'book-AAAUSDT'")));
        Assert.Contains("the events of book-AAAUSDT up to 3 were deleted", refused.Message, StringComparison.Ordinal);
        await NothingIn(connection);
    }

    [PostgresFact(DisplayName = "A folder of the layout before this one is copied like any other, and stays as it is")]
    public async Task Older()
    {
        var older = folder.Changed("UPDATE dolphin_schema SET version = 1; DROP TABLE dolphin_intake; DROP TABLE dolphin_intake_head");
        var connection = await server.CreateDatabaseAsync();
        await CopyAsync(connection, older);
        await using var copy = new NpgsqlConnection(connection);
        await using var original = Original(folder.Path);
        await using var file = Original(older);
        Assert.Equal(await EventsAsync(original), await EventsAsync(copy));
        Assert.Equal(await SnapshotsAsync(original), await SnapshotsAsync(copy));
        await file.OpenAsync();
        await using var version = file.CreateCommand();
        version.CommandText = "SELECT version FROM dolphin_schema";
        Assert.Equal(1L, await version.ExecuteScalarAsync());
    }

    [PostgresFact(DisplayName = "What only a newer version can read is refused, before anything is copied")]
    public async Task Newer()
    {
        var connection = await server.CreateDatabaseAsync();
        var newer = folder.Changed("UPDATE snapshot SET manifest = 'book.snapshot.v9', checksum = checksum WHERE persistence_id = 'book-AAAUSDT'");
        // Its checksum does not fit the name any more, so it is passed over as damaged, as a recovery would.
        Assert.NotEmpty((await CopyAsync(connection, newer)).Notes);
        var layout = folder.Changed("UPDATE dolphin_schema SET version = 3");
        Assert.Contains("expected schema version 1 to 2, found 3", Assert.Throws<JournalSchemaException>(() => new WholeJournal(Path.Combine(layout, StateFolder.NodeJournal))).Message, StringComparison.Ordinal);
    }

    [PostgresFact(DisplayName = "A database that has events, belongs to another plan or cluster, or has a node at work is refused, and stays as it is")]
    public async Task Wrong_database()
    {
        var connection = await server.CreateDatabaseAsync();
        await CopyAsync(connection, folder.Path);
        var once = await CountAsync(connection);
        Assert.Contains("The database already has an event of", (await Assert.ThrowsAsync<CopyRefusedException>(() => CopyAsync(connection, folder.Path))).Message, StringComparison.Ordinal);
        Assert.Equal(once, await CountAsync(connection));

        var other = await server.CreateDatabaseAsync();
        await using var database = NpgsqlDataSource.Create(other);
        await PostgresSchema.PrepareAsync(database, Cluster, "another/plan", CancellationToken.None);
        Assert.Contains("another plan", (await Assert.ThrowsAsync<ClusterRefusedException>(() => CopyAsync(other, folder.Path))).Message, StringComparison.Ordinal);
        await RunAsync(database, "UPDATE dolphin_database SET plan = 'plan-1/venue-1', cluster = 'others'");
        Assert.Contains("belongs to cluster 'others'", (await Assert.ThrowsAsync<ClusterRefusedException>(() => CopyAsync(other, folder.Path))).Message, StringComparison.Ordinal);
        await RunAsync(database, $"UPDATE dolphin_database SET cluster = '{Cluster}', version = version + 1");
        Assert.Contains("a newer one wrote it", (await Assert.ThrowsAsync<ClusterRefusedException>(() => CopyAsync(other, folder.Path))).Message, StringComparison.Ordinal);

        await RunAsync(database, "UPDATE dolphin_database SET version = version - 1");
        await new PostgresTenures(database).TakeAsync("survival", "node-7:4054", TimeSpan.FromMinutes(5), TimeSpan.Zero, CancellationToken.None);
        Assert.Contains("node-7:4054 as survival", (await Assert.ThrowsAsync<CopyRefusedException>(() => CopyAsync(other, folder.Path))).Message, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(other));
    }

    [PostgresFact(DisplayName = "A copy that ends when all rows are sent and none is compared leaves nothing, not even tables; so does one whose connection breaks; the next one succeeds")]
    public async Task Given_up()
    {
        var connection = await server.CreateDatabaseAsync();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(connection, folder.Path, progress: said => Stop(said, stop.Cancel), cancellation: stop.Token));
        await NothingIn(connection);

        await using (var open = new NpgsqlConnection(connection))
        {
            await open.OpenAsync();
            await Assert.ThrowsAnyAsync<DbException>(() => CopyAsync(open, folder.Path, progress: said => Stop(said, () => Kill(connection, open.ProcessID))));
        }
        await NothingIn(connection);
        Assert.True((await CopyAsync(connection, folder.Path)).Events > 0);

        static void Stop(string said, Action stop)
        {
            if (said.EndsWith("back.", StringComparison.Ordinal)) stop();
        }
    }

    private static async Task<StateCopyReport> CopyAsync(string connection, string path, long epoch = 1, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        await using var open = new NpgsqlConnection(connection);
        await open.OpenAsync(CancellationToken.None);
        return await CopyAsync(open, path, epoch, progress, cancellation);
    }

    private static async Task<StateCopyReport> CopyAsync(NpgsqlConnection open, string path, long epoch = 1, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        using var journal = new WholeJournal(Path.Combine(path, StateFolder.NodeJournal));
        return await StateCopier.CopyAsync(
            new CopySource(path, journal, "plan-1", "venue-1", epoch), new PostgresCopyTarget(open), Cluster, progress ?? (_ => { }), cancellation);
    }

    private static void Kill(string connection, int backend)
    {
        using var other = NpgsqlDataSource.Create(connection);
        using var kill = other.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_terminate_backend({backend})"));
        Assert.Equal(true, kill.ExecuteScalar());
    }

    private static async Task NothingIn(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var tables = database.CreateCommand("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'");
        Assert.Equal(0L, await tables.ExecuteScalarAsync());
    }

    private static async Task<long> CountAsync(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var count = database.CreateCommand("SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM snapshot)");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    private static SqliteConnection Original(string path) =>
        new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(path, StateFolder.NodeJournal), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);

    // Read by other code than what copies, and the same statement on both sides.
    private static Task<List<string>> EventsAsync(DbConnection database) => LinesAsync(database,
        "SELECT persistence_id, sequence_number, created, deleted, identifier, manifest, writer_uuid, message FROM journal ORDER BY ordering", flag: 3);

    private static async Task<List<string>> SnapshotsAsync(DbConnection database) => [.. (await LinesAsync(database,
        "SELECT persistence_id, sequence_number, created, serializer_id, manifest, snapshot FROM snapshot", flag: -1)).Order(StringComparer.Ordinal)];

    private static async Task<List<string>> LinesAsync(DbConnection database, string sql, int flag)
    {
        if (database.State != System.Data.ConnectionState.Open) await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(c => c == flag
                ? row.GetBoolean(c).ToString()
                : row.GetValue(c) is byte[] bytes ? Convert.ToHexString(SHA256.HashData(bytes)) : Convert.ToString(row.GetValue(c), CultureInfo.InvariantCulture))));
        }
        return lines;
    }

    /// <summary>What the recovered actors stand on: a venue that writes down what it is sent.</summary>
    private sealed class Stage(long epoch) : IVenue
    {
        private readonly AssetDirectory _assets = new();

        public NodePlan Plan { get; } = Small.Options("nowhere", 1).Plan;
        public InProcessCluster Port { get; } = new(epoch);
        public InvariantLedger Invariants { get; } = new();
        public RunBoard Board => _board ??= new RunBoard(Plan.Assets);
        public RiskBoard Risk { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
        public TaskCompletionSource<NewOrder> Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private RunBoard? _board;

        public ExecutionPeers Peers => new(new OpenDoor(this), _assets, Board);

        /// <summary>From here on everybody is in place, and nothing is wrong.</summary>
        public void Open(IActorRef asset)
        {
            _assets.Open(Plan.Assets.Select(a => KeyValuePair.Create(a.Symbol, asset)));
            var now = TimeProvider.System.GetUtcNow();
            Risk.Publish(new RiskSnapshot(epoch, 1, now, 1.0, Posture.Apex, now, 6m, InvariantFailed: false, null, null, ImmutableArray<LayerEntry>.Empty));
        }

        public void Send(VenueCommand command)
        {
            if (command is VenueCommand.Submit submit) Sent.TrySetResult(submit.Order);
        }
    }
}
