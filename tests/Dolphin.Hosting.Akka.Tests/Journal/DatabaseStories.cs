using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Hosting.Akka.Health;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Dolphin.Hosting.Akka.Tests.Traps;
using Npgsql;

namespace Dolphin.Hosting.Akka.Tests.Journal;

/// <summary>What a database tells a node before it joins.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DatabaseStories(PostgresServer server)
{
    [PostgresFact(DisplayName = "A database belongs to the first cluster that takes it, and refuses another, another plan and an older program")]
    public async Task Belongs_to_one()
    {
        await using var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await PostgresSchema.PrepareAsync(database, "dolphin", "plan-a", CancellationToken.None);
        await PostgresSchema.PrepareAsync(database, "dolphin", "plan-a", CancellationToken.None);
        await RefusedAsync(database, "other", "plan-a", "two clusters never share one");
        await RefusedAsync(database, "dolphin", "plan-b", "another plan");
        await RunAsync(database, $"UPDATE dolphin_database SET version = {PostgresSchema.Version + 1}");
        await RefusedAsync(database, "dolphin", "plan-a", "a newer one wrote it");
    }

    [PostgresFact(DisplayName = "A journal that only a newer version can read is refused with the names it holds, events and snapshots")]
    public async Task Newer_journal()
    {
        await using var database = await PreparedAsync();
        await WriteAsync(database, 1, "hedge.started.v1", DolphinSerializer.Id);
        await WriteAsync(database, 2, "of-akka-itself", 13);
        await NewerJournal.RefuseAsync(database, CancellationToken.None);
        Assert.Empty(await NewerJournal.UnknownNamesAsync(database, CancellationToken.None));

        await WriteAsync(database, 3, "hedge.started.v2", DolphinSerializer.Id);
        await WriteAsync(database, 4, "hedge.started.v2", DolphinSerializer.Id);
        await RunAsync(database, $"INSERT INTO snapshot VALUES ('p', 1, 0, ''::bytea, 'book.snapshot.v9', {DolphinSerializer.Id})");
        Assert.Equal(["book.snapshot.v9", "hedge.started.v2"], (await NewerJournal.UnknownNamesAsync(database, CancellationToken.None)).ToArray());
        var refused = await Assert.ThrowsAsync<ClusterRefusedException>(() => NewerJournal.RefuseAsync(database, CancellationToken.None));
        Assert.Contains("book.snapshot.v9, hedge.started.v2", refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact(DisplayName = "A name on the roster is one living process's, until it leaves or is not heard of")]
    public async Task One_process_a_name()
    {
        await using var database = await PreparedAsync();
        var roster = new NodeRoster(database);
        Guid first = Guid.NewGuid(), second = Guid.NewGuid();
        Assert.True(await roster.SignAsync("10.0.0.1:4054", first, CancellationToken.None));
        Assert.True(await roster.SignAsync("10.0.0.1:4054", first, CancellationToken.None));
        Assert.False(await roster.SignAsync("10.0.0.1:4054", second, CancellationToken.None));
        Assert.Contains("10.0.0.1:4054", NodeRoster.NameTaken("10.0.0.1:4054"), StringComparison.Ordinal);

        await RunAsync(database, "UPDATE dolphin_node SET seen = clock_timestamp() - interval '16 seconds'");
        Assert.True(await roster.SignAsync("10.0.0.1:4054", second, CancellationToken.None));
        await roster.LeaveAsync("10.0.0.1:4054", first, CancellationToken.None); // Not its name any more.
        Assert.False(await roster.SignAsync("10.0.0.1:4054", first, CancellationToken.None));
        await roster.LeaveAsync("10.0.0.1:4054", second, CancellationToken.None);
        Assert.True(await roster.SignAsync("10.0.0.1:4054", first, CancellationToken.None));
    }

    [PostgresFact(DisplayName = "Living nodes that the cluster does not know are strangers; dead ones are not")]
    public async Task Strangers()
    {
        await using var database = await PreparedAsync();
        var roster = new NodeRoster(database);
        foreach (var name in new[] { "b:1", "a:1", "c:1", "dead:1" }) await roster.SignAsync(name, Guid.NewGuid(), CancellationToken.None);
        await RunAsync(database, "UPDATE dolphin_node SET seen = clock_timestamp() - interval '16 seconds' WHERE name = 'dead:1'");
        var strangers = await roster.StrangersAsync(new HashSet<string>(["a:1"], StringComparer.Ordinal), CancellationToken.None);
        Assert.Equal(["b:1", "c:1"], strangers.ToArray());
        Assert.Contains("b:1, c:1 work on this database", NodeRoster.InWords(strangers), StringComparison.Ordinal);
    }

    [PostgresFact(DisplayName = "A node that ends in order takes its name off the roster, and the next process under that name is no stranger to it")]
    public async Task Signs_off()
    {
        await using var database = await PreparedAsync();
        var roster = new NodeRoster(database);
        var grid = new GridBoard { Grid = new HealthGrid(["a:1"], ["a:1"], System.Collections.Immutable.ImmutableSortedDictionary<string, NodeHealth>.Empty) };
        var node = ActorSystem.Create("node", "akka { loggers = [], stdout-loglevel = OFF }");
        var first = Guid.NewGuid();
        node.ActorOf(RosterActor.Props(roster, grid, "a:1", first), "roster");
        await KeeperNode.UntilAsync(async () => !(await roster.StrangersAsync(new HashSet<string>(), CancellationToken.None)).IsEmpty, "it has signed");
        Assert.False(await roster.SignAsync("a:1", Guid.NewGuid(), CancellationToken.None)); // Taken, while it lives.

        await CoordinatedShutdown.Get(node).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(KeeperNode.Patience);
        Assert.Empty(await roster.StrangersAsync(new HashSet<string>(), CancellationToken.None));
        Assert.True(await roster.SignAsync("a:1", Guid.NewGuid(), CancellationToken.None));
    }

    [PostgresFact(DisplayName = "A database that is gone does not keep a node from ending")]
    public async Task Signs_off_without_a_database()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Database=none;Timeout=1");
        var grid = new GridBoard { Grid = new HealthGrid(["a:1"], ["a:1"], System.Collections.Immutable.ImmutableSortedDictionary<string, NodeHealth>.Empty) };
        var node = ActorSystem.Create("node", "akka { loggers = [], stdout-loglevel = OFF }");
        node.ActorOf(RosterActor.Props(new NodeRoster(nowhere), grid, "a:1", Guid.NewGuid()), "roster");
        await CoordinatedShutdown.Get(node).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(KeeperNode.Patience);
        await node.WhenTerminated.WaitAsync(KeeperNode.Patience);
    }

    private async Task<NpgsqlDataSource> PreparedAsync()
    {
        var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await PostgresSchema.PrepareAsync(database, "dolphin", "plan", CancellationToken.None);
        return database;
    }

    private static async Task RefusedAsync(NpgsqlDataSource database, string cluster, string plan, string why) => Assert.Contains(why,
        (await Assert.ThrowsAsync<ClusterRefusedException>(() => PostgresSchema.PrepareAsync(database, cluster, plan, CancellationToken.None))).Message, StringComparison.Ordinal);

    private static Task WriteAsync(NpgsqlDataSource database, int number, string manifest, int serializer) => RunAsync(database,
        $"INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) VALUES (0, false, 'p', {number}, ''::bytea, '{manifest}', {serializer})");


    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
