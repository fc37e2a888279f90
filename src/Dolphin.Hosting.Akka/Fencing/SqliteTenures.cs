using Dolphin.Hosting.Akka.Journal;

namespace Dolphin.Hosting.Akka.Fencing;

/// <summary>Tenures in the SQLite file of a single node: one row a name, changed by one transaction each, timed by this machine's clock.</summary>
/// <remarks>
/// One process has the file, so an earlier holder is an earlier life of the same node. What that sent is waited out all the same. A clock that was set back cannot make the
/// wait longer than lease and what is waited out.
/// </remarks>
public sealed class SqliteTenures(SqliteFile file, TimeProvider clock) : ITenures
{
    /// <summary>Times are milliseconds since 1970, UTC.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS dolphin_tenure (
            name TEXT PRIMARY KEY NOT NULL,
            epoch INTEGER NOT NULL CHECK (epoch > 0),
            holder TEXT NOT NULL,
            acts_until INTEGER NOT NULL);
        """;

    public Task<TakenTenure> TakeAsync(string name, string holder, TimeSpan lease, TimeSpan waitsOut, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var connection = file.Open();
            using var transaction = connection.BeginTransaction(deferred: false); // Nobody reads what this is about to change.
            var (epoch, previous, until) = (0L, (string?)null, 0L);
            using (var read = SqliteFile.Command(connection, "SELECT epoch, holder, acts_until FROM dolphin_tenure WHERE name = @p0", name))
            using (var row = read.ExecuteReader())
            {
                if (row.Read()) (epoch, previous, until) = (row.GetInt64(0), row.GetString(1), row.GetInt64(2));
            }

            var now = Now;
            using (var take = SqliteFile.Command(connection, """
                INSERT INTO dolphin_tenure (name, epoch, holder, acts_until) VALUES (@p0, @p1, @p2, @p3)
                ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, holder = excluded.holder, acts_until = excluded.acts_until
                """, name, epoch + 1, holder, now + Milliseconds(lease)))
                take.ExecuteNonQuery();
            transaction.Commit();
            var wait = Math.Clamp(until + Milliseconds(waitsOut) - now, 0, Milliseconds(lease + waitsOut));
            return new TakenTenure(epoch + 1, previous, previous is null ? TimeSpan.Zero : TimeSpan.FromMilliseconds(wait));
        }, cancellation);

    public Task<bool> RenewAsync(string name, long epoch, TimeSpan lease, CancellationToken cancellation) =>
        ChangeAsync(name, epoch, Now + Milliseconds(lease), cancellation);

    public Task ReleaseAsync(string name, long epoch, CancellationToken cancellation) => ChangeAsync(name, epoch, 0, cancellation);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    // Off the caller's thread: every commit waits for the disk.
    private Task<bool> ChangeAsync(string name, long epoch, long until, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var connection = file.Open();
            using var change = SqliteFile.Command(connection, "UPDATE dolphin_tenure SET acts_until = @p2 WHERE name = @p0 AND epoch = @p1", name, epoch, until);
            return change.ExecuteNonQuery() == 1;
        }, cancellation);

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);
}
