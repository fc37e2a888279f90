using System.Text;
using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Npgsql;

namespace Dolphin.Hosting.Akka.Tests.Fencing;

/// <summary>One acts at a time, by the word of the database alone.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresTenuresStories(PostgresServer server)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30), WaitsOut = TimeSpan.FromSeconds(20);

    private async Task<NpgsqlDataSource> PreparedAsync()
    {
        var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await PostgresSchema.PrepareAsync(database, "dolphin", "plan", CancellationToken.None);
        return database;
    }

    [PostgresFact(DisplayName = "Twenty who take at once get twenty numbers, each once and none left out")]
    public async Task Rising()
    {
        await using var database = await PreparedAsync();
        var tenures = new PostgresTenures(database);
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tenures.TakeAsync("execution", $"n{i}", Lease, WaitsOut, CancellationToken.None)));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), taken.Select(t => t.Epoch).Order());
        Assert.Null(taken.Single(t => t.Epoch == 1).PreviousHolder);
        Assert.All(taken.Where(t => t.Epoch > 1), t => Assert.True(t.Wait > WaitsOut && t.Wait <= Lease + WaitsOut, t.ToString()));
    }

    [PostgresFact(DisplayName = "Who takes over waits out the lease and what was sent under it; from then on the one before can renew no more")]
    public async Task Waits_out()
    {
        await using var database = await PreparedAsync();
        var tenures = new PostgresTenures(database);
        var first = await tenures.TakeAsync("execution", "n1", Lease, WaitsOut, CancellationToken.None);
        Assert.Equal((1L, null, TimeSpan.Zero), (first.Epoch, first.PreviousHolder, first.Wait));
        Assert.True(await tenures.RenewAsync("execution", 1, Lease, CancellationToken.None));
        var second = await tenures.TakeAsync("execution", "n2", Lease, WaitsOut, CancellationToken.None);
        Assert.Equal((2L, "n1"), (second.Epoch, second.PreviousHolder));
        Assert.False(await tenures.RenewAsync("execution", 1, Lease, CancellationToken.None));
        Assert.True(await tenures.RenewAsync("execution", 2, Lease, CancellationToken.None));
    }

    [PostgresFact(DisplayName = "Who says that it has stopped is not waited for, and cannot say so for another")]
    public async Task Released()
    {
        await using var database = await PreparedAsync();
        var tenures = new PostgresTenures(database);
        await tenures.TakeAsync("execution", "n1", Lease, WaitsOut, CancellationToken.None);
        await tenures.TakeAsync("execution", "n2", Lease, WaitsOut, CancellationToken.None);
        await tenures.ReleaseAsync("execution", 1, CancellationToken.None);
        Assert.True((await tenures.TakeAsync("execution", "n3", Lease, WaitsOut, CancellationToken.None)).Wait > WaitsOut);
        await tenures.ReleaseAsync("execution", 3, CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, (await tenures.TakeAsync("execution", "n4", Lease, WaitsOut, CancellationToken.None)).Wait);
    }

    [PostgresFact(DisplayName = "An intent of a tenure that is over is refused by the journal itself; that of the current one, and any other event, is stored")]
    public async Task Fenced()
    {
        await using var database = await PreparedAsync();
        var tenures = new PostgresTenures(database);
        await tenures.TakeAsync("execution", "n1", Lease, WaitsOut, CancellationToken.None);
        await StoreAsync(database, 1, "execution.intended.v1", """{"order":{},"epoch":1}""");
        await tenures.TakeAsync("execution", "n2", Lease, WaitsOut, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => StoreAsync(database, 2, "execution.intended.v1", """{"order":{},"epoch":1}"""));
        Assert.Equal((PostgresSchema.StaleIntent, "an intent of tenure 1 is refused: tenure 2 acts now"), (refused.SqlState, refused.MessageText));
        await Assert.ThrowsAsync<PostgresException>(() => StoreAsync(database, 2, "execution.intended.v1", """{"order":{}}"""));
        await StoreAsync(database, 2, "execution.intended.v1", """{"order":{},"epoch":2}""");
        await StoreAsync(database, 3, "execution.finished.v1", """{"id":"x"}""");
        await using var count = database.CreateCommand("SELECT count(*) FROM journal");
        Assert.Equal(3L, await count.ExecuteScalarAsync());
    }

    private static async Task StoreAsync(NpgsqlDataSource database, long sequence, string manifest, string json)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES (0, false, 'execution', $1, $2, $3, 7031, 'w')");
        foreach (var value in (ReadOnlySpan<object>)[sequence, Encoding.UTF8.GetBytes(json), manifest]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
