using System.Data.Common;
using Dolphin.Hosting.Akka.Journal;
using SqliteConnection = Microsoft.Data.Sqlite.SqliteConnection;

namespace Dolphin.Hosting.Akka.Copying;

/// <summary>The SQLite file of a node that is alone. Whoever has opened it has it for itself, so nobody acts and nobody starts meanwhile.</summary>
public sealed class SqliteCopyTarget(SqliteConnection connection) : CopyTarget(connection)
{
    public override Task ClaimAsync(DbTransaction transaction, string cluster, string plan, CancellationToken cancellation)
    {
        SqliteFile.Claim(connection, cluster, plan);
        SqliteFile.Fence(connection, up: false);
        return Task.CompletedTask;
    }

    public override Task<string?> ActingAsync(DbTransaction transaction, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>Also puts the fence back, which let earlier intents pass.</summary>
    public override async Task EndTenuresAsync(DbTransaction transaction, IEnumerable<string> names, long epoch, string holder, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var name in names)
        {
            await using var end = SqliteFile.Command(connection, """
                INSERT INTO dolphin_tenure (name, epoch, holder, acts_until) VALUES (@p0, @p1, @p2, @p3)
                ON CONFLICT (name) DO UPDATE SET epoch = max(epoch, excluded.epoch), holder = excluded.holder, acts_until = excluded.acts_until
                """, name, epoch, holder, now);
            await end.ExecuteNonQueryAsync(cancellation);
        }
        SqliteFile.Fence(connection, up: true);
    }
}
