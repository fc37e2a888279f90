using Npgsql;

namespace Dolphin.Hosting.Akka.Fencing;

/// <summary>Tenures in PostgreSQL: one row a name, changed by one statement each, timed by the database's clock alone.</summary>
public sealed class PostgresTenures(NpgsqlDataSource database) : ITenures
{
    /// <summary>For whoever may create tables; running nodes need no such right.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS dolphin_tenure (
            name text PRIMARY KEY,
            epoch bigint NOT NULL CHECK (epoch > 0),
            holder text NOT NULL,
            acts_until timestamptz NOT NULL,
            previous_holder text,
            previous_acts_until timestamptz);
        """;

    // What was there before is kept in the row by the same statement: a second look at it would see the new one.
    private const string Take = """
        INSERT INTO dolphin_tenure AS t (name, epoch, holder, acts_until)
        VALUES ($1, 1, $2, clock_timestamp() + $3)
        ON CONFLICT (name) DO UPDATE SET
            epoch = t.epoch + 1, holder = $2, acts_until = clock_timestamp() + $3, previous_holder = t.holder, previous_acts_until = t.acts_until
        RETURNING epoch, previous_holder, greatest(interval '0', previous_acts_until + $4 - clock_timestamp())
        """;

    private const string Renew = "UPDATE dolphin_tenure SET acts_until = clock_timestamp() + $3 WHERE name = $1 AND epoch = $2";
    private const string Release = "UPDATE dolphin_tenure SET acts_until = '2000-01-01Z' WHERE name = $1 AND epoch = $2";

    public async Task<TakenTenure> TakeAsync(string name, string holder, TimeSpan lease, TimeSpan waitsOut, CancellationToken cancellation)
    {
        await using var command = Command(Take, lease, name, holder, lease, waitsOut);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new TakenTenure(
            row.GetInt64(0), await row.IsDBNullAsync(1, cancellation) ? null : row.GetString(1),
            await row.IsDBNullAsync(2, cancellation) ? TimeSpan.Zero : row.GetTimeSpan(2));
    }

    public async Task<bool> RenewAsync(string name, long epoch, TimeSpan lease, CancellationToken cancellation)
    {
        await using var command = Command(Renew, lease, name, epoch, lease);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    public async Task ReleaseAsync(string name, long epoch, CancellationToken cancellation)
    {
        await using var command = Command(Release, TimeSpan.FromSeconds(1), name, epoch);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // An answer that comes after the lease is of no use to anybody.
    private NpgsqlCommand Command(string sql, TimeSpan patience, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = Math.Max(1, (int)Math.Ceiling(patience.TotalSeconds));
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
