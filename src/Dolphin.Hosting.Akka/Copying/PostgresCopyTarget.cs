using System.Data.Common;
using Dolphin.Hosting.Akka.Journal;
using Npgsql;

namespace Dolphin.Hosting.Akka.Copying;

/// <summary>PostgreSQL: tables are made in the copy's own transaction, so one that is given up leaves not even them.</summary>
public sealed class PostgresCopyTarget(NpgsqlConnection connection) : CopyTarget(connection)
{
    // A node that starts now waits for the schema's lock; one that runs waits for its tenure.
    private const string Alone = "LOCK TABLE dolphin_tenure, journal, snapshot IN EXCLUSIVE MODE";

    public override async Task ClaimAsync(DbTransaction transaction, string cluster, string plan, CancellationToken cancellation)
    {
        await PostgresSchema.PrepareAsync(connection, cluster, plan, cancellation);
        await using var alone = new NpgsqlCommand(Alone, connection, (NpgsqlTransaction)transaction);
        await alone.ExecuteNonQueryAsync(cancellation);
        await using var copies = new NpgsqlCommand("SET LOCAL dolphin.copies = 'yes'", connection, (NpgsqlTransaction)transaction);
        await copies.ExecuteNonQueryAsync(cancellation);
    }

    public override async Task<string?> ActingAsync(DbTransaction transaction, CancellationToken cancellation)
    {
        await using var acting = new NpgsqlCommand(
            "SELECT holder || ' as ' || name FROM dolphin_tenure WHERE acts_until > clock_timestamp() ORDER BY name LIMIT 1", connection, (NpgsqlTransaction)transaction);
        return (string?)await acting.ExecuteScalarAsync(cancellation);
    }

    public override async Task EndTenuresAsync(DbTransaction transaction, IEnumerable<string> names, long epoch, string holder, CancellationToken cancellation)
    {
        foreach (var name in names)
        {
            await using var end = new NpgsqlCommand("""
                INSERT INTO dolphin_tenure AS t (name, epoch, holder, acts_until) VALUES ($1, $2, $3, clock_timestamp())
                ON CONFLICT (name) DO UPDATE SET epoch = greatest(t.epoch, $2), holder = $3, acts_until = clock_timestamp()
                """, connection, (NpgsqlTransaction)transaction)
            {
                Parameters = { new() { Value = name }, new() { Value = epoch }, new() { Value = holder } },
            };
            await end.ExecuteNonQueryAsync(cancellation);
        }
    }
}
