using Akka.Configuration;
using Akka.Coordination;
using Dolphin.Hosting.Akka.SplitBrain;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Npgsql;

namespace Dolphin.Hosting.Akka.Tests.SplitBrain;

/// <summary>One side of a split cluster gets the lease, and a database that does not answer takes nobody down.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresLeaseStories(PostgresServer server) : TestKit("akka.loggers = [], akka.stdout-loglevel = OFF")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [PostgresFact(DisplayName = "One owner has the lease; the other gets it when it was given back")]
    public async Task One_owner()
    {
        var database = await DatabaseAsync();
        using var a = Lease(database, "a:1", Patience);
        using var b = Lease(database, "b:1", Patience);
        Assert.True(await a.Acquire());
        Assert.True(await a.Acquire());
        Assert.True(a.CheckLease());
        Assert.False(await b.Acquire());
        Assert.False(b.CheckLease());
        Assert.True(await a.Release());
        Assert.False(a.CheckLease());
        Assert.True(await b.Acquire());
        Assert.False(await a.Acquire());
    }

    [PostgresFact(DisplayName = "A lease that its owner did not renew is taken by another, by the database's clock")]
    public async Task Runs_out()
    {
        var database = await DatabaseAsync();
        using var a = Lease(database, "a:1", Patience);
        using var b = Lease(database, "b:1", Patience);
        Assert.True(await a.Acquire());
        await using var source = NpgsqlDataSource.Create(database);
        await using (var old = source.CreateCommand("UPDATE dolphin_lease SET until = clock_timestamp() - interval '1 second'")) await old.ExecuteNonQueryAsync();
        Assert.True(await b.Acquire());
    }

    [PostgresFact(DisplayName = "An error is not an answer: it is asked again until the database says who has it")]
    public async Task Error_is_no_answer()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        var database = await server.CreateDatabaseAsync(); // Without the table: every question fails.
        using var lease = Lease(database, "a:1", Patience);
        var asked = lease.Acquire();
        Assert.Contains("Nobody is taken down", (await warnings.ExpectMsgAsync<Warning>(TimeSpan.FromSeconds(20))).ToString(), StringComparison.Ordinal);
        Assert.False(asked.IsCompleted);
        await CreateTableAsync(database);
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [PostgresFact(DisplayName = "A database that never answers ends this side when patience ends, with the reason")]
    public async Task Patience_ends()
    {
        using var lease = Lease(await server.CreateDatabaseAsync(), "a:1", TimeSpan.Zero);
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(lease.Acquire);
        Assert.Contains("Start its nodes again", failed.Message, StringComparison.Ordinal);
    }

    private async Task<string> DatabaseAsync()
    {
        var database = await server.CreateDatabaseAsync();
        await CreateTableAsync(database);
        return database;
    }

    private static async Task CreateTableAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var table = source.CreateCommand(PostgresLease.Schema);
        await table.ExecuteNonQueryAsync();
    }

    private PostgresLease Lease(string database, string owner, TimeSpan patience)
    {
        var settings = new LeaseSettings("split-brain", owner, new TimeoutSettings(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5)), Config.Empty);
        return new PostgresLease(settings, NpgsqlDataSource.Create(database), TimeProvider.System, patience, Logging.GetLogger(Sys, "lease"));
    }
}
