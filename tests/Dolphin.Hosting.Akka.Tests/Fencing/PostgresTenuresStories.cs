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
        await TenureRules.Rising(new PostgresTenures(database));
    }

    [PostgresFact(DisplayName = "Who takes over waits out the lease and what was sent under it; from then on the one before can renew no more")]
    public async Task Waits_out()
    {
        await using var database = await PreparedAsync();
        await TenureRules.WaitedOut(new PostgresTenures(database));
    }

    [PostgresFact(DisplayName = "Who says that it has stopped is not waited for, and cannot say so for another")]
    public async Task Released()
    {
        await using var database = await PreparedAsync();
        await TenureRules.Released(new PostgresTenures(database));
    }

    [PostgresFact(DisplayName = "An intent of a tenure that is over is refused by the journal itself; that of the current one, and any other event, is stored")]
    public async Task Fenced()
    {
        await using var database = await PreparedAsync();
        var tenures = new PostgresTenures(database);
        await tenures.TakeAsync("execution", "n1", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
        await StoreAsync(database, 1, "execution.intended.v1", """{"order":{},"epoch":1}""");
        await tenures.TakeAsync("execution", "n2", TenureRules.Lease, TenureRules.WaitsOut, CancellationToken.None);
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
