using Dolphin.Hosting.Akka.Fencing;
using Dolphin.Hosting.Akka.SplitBrain;
using Npgsql;

namespace Dolphin.Hosting.Akka.Journal;

/// <summary>The tables of a cluster in PostgreSQL: made by whoever may, checked by every node before it joins.</summary>
/// <remarks>
/// The journal's own tables are those of Akka.Persistence.Sql's default mapping. Beside them: who this database belongs to, the tenures,
/// and a trigger that refuses an intent whose tenure is not the current one, in the same transaction that would store it.
/// </remarks>
public static class PostgresSchema
{
    /// <summary>Of what this program writes. A database that says more was written by a newer one.</summary>
    public const int Version = 1;

    // One lock for all who come at once: two nodes that create a table together would both fail.
    private const string Lock = "SELECT pg_advisory_xact_lock(7031703270337034)";

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS journal (
            ordering bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT "PK_journal" PRIMARY KEY,
            created bigint NOT NULL,
            deleted boolean NOT NULL,
            persistence_id text NOT NULL,
            sequence_number bigint NOT NULL,
            message bytea NOT NULL,
            manifest text,
            identifier integer,
            writer_uuid text,
            CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number));
        CREATE INDEX IF NOT EXISTS journal_created_idx ON journal (created);
        CREATE INDEX IF NOT EXISTS journal_sequence_number_idx ON journal (sequence_number);
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id text NOT NULL,
            sequence_number bigint NOT NULL,
            created bigint NOT NULL,
            snapshot bytea,
            manifest text,
            serializer_id integer,
            CONSTRAINT "PK_snapshot" PRIMARY KEY (persistence_id, sequence_number));
        CREATE INDEX IF NOT EXISTS snapshot_created_idx ON snapshot (created);
        CREATE INDEX IF NOT EXISTS snapshot_sequence_number_idx ON snapshot (sequence_number);
        CREATE TABLE IF NOT EXISTS tags (
            ordering_id bigint NOT NULL,
            tag text NOT NULL,
            sequence_nr bigint NOT NULL,
            persistence_id text NOT NULL,
            CONSTRAINT "PK_tags" PRIMARY KEY (ordering_id, tag));
        CREATE INDEX IF NOT EXISTS tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr);
        CREATE INDEX IF NOT EXISTS tags_tag_idx ON tags (tag);
        CREATE TABLE IF NOT EXISTS dolphin_database (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            version integer NOT NULL,
            cluster text NOT NULL,
            plan text NOT NULL);
        """;

    private const string Fence = $"""
        CREATE OR REPLACE FUNCTION dolphin_fence() RETURNS trigger LANGUAGE plpgsql AS $fence$
        DECLARE
            now_acting bigint;
            intended_by bigint;
        BEGIN
            SELECT epoch INTO now_acting FROM dolphin_tenure WHERE name = '{ClusterPort.Gateway}' FOR SHARE;
            intended_by := convert_from(NEW.message, 'UTF8')::jsonb ->> 'epoch';
            IF intended_by IS DISTINCT FROM now_acting THEN
                RAISE EXCEPTION 'an intent of tenure % is refused: tenure % acts now', intended_by, now_acting USING ERRCODE = '{StaleIntent}';
            END IF;
            RETURN NEW;
        END $fence$;
        DROP TRIGGER IF EXISTS dolphin_fence ON journal;
        CREATE TRIGGER dolphin_fence BEFORE INSERT ON journal FOR EACH ROW
            WHEN (NEW.manifest = 'execution.intended.v1' AND current_setting('dolphin.copies', true) IS DISTINCT FROM 'yes')
            EXECUTE FUNCTION dolphin_fence();
        """;

    /// <summary>The SQLSTATE of a refused intent.</summary>
    public const string StaleIntent = "DF001";

    /// <summary>Makes what is missing, and claims a database that belongs to nobody.</summary>
    /// <param name="cluster">Name of the actor system.</param>
    /// <param name="plan">Fingerprint of what is traded and by which rules.</param>
    /// <exception cref="ClusterRefusedException">It belongs to another cluster, or a newer program wrote it.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or the role may not do this.</exception>
    public static async Task PrepareAsync(NpgsqlDataSource database, string cluster, string plan, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await PrepareAsync(connection, cluster, plan, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The same inside the transaction that the connection has begun; until it ends, nobody else prepares the database.</summary>
    /// <inheritdoc cref="PrepareAsync(NpgsqlDataSource, string, string, CancellationToken)"/>
    public static async Task PrepareAsync(NpgsqlConnection connection, string cluster, string plan, CancellationToken cancellation)
    {
        await RunAsync(connection, Lock, cancellation);
        if (!await IsPreparedAsync(connection, cancellation)) await RunAsync(connection, Tables + PostgresTenures.Schema + NodeRoster.Schema + PostgresLease.Schema + Fence, cancellation);
        await ClaimAsync(connection, cluster, plan, cancellation);
    }

    // A role without the right to create tables must be able to run a node on a database that is ready.
    private static async Task<bool> IsPreparedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_trigger WHERE tgname = 'dolphin_fence' AND tgrelid = to_regclass('journal')", connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))! == 1;
    }

    private static async Task ClaimAsync(NpgsqlConnection connection, string cluster, string plan, CancellationToken cancellation)
    {
        await using var claim = new NpgsqlCommand(
            "INSERT INTO dolphin_database (version, cluster, plan) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", connection)
        {
            Parameters = { new() { Value = Version }, new() { Value = cluster }, new() { Value = plan } },
        };
        await claim.ExecuteNonQueryAsync(cancellation);
        await using var read = new NpgsqlCommand("SELECT version, cluster, plan FROM dolphin_database", connection);
        await using var row = await read.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        RefuseStranger(row.GetInt32(0), row.GetString(1), row.GetString(2), cluster, plan);
    }

    /// <summary>Compares what a database says of itself with who wants it.</summary>
    /// <exception cref="ClusterRefusedException">It belongs to another cluster or plan, or a newer program wrote it.</exception>
    internal static void RefuseStranger(int version, string owner, string ownersPlan, string cluster, string plan)
    {
        if (version > Version)
            throw new ClusterRefusedException($"The database has layout {version}; this program knows {Version}: a newer one wrote it. Nothing was started; run that version.");
        if (!string.Equals(owner, cluster, StringComparison.Ordinal))
            throw new ClusterRefusedException($"The database belongs to cluster '{owner}', this node to '{cluster}'. Nothing was started; two clusters never share one: give this one a database of its own.");
        if (!string.Equals(ownersPlan, plan, StringComparison.Ordinal))
            throw new ClusterRefusedException($"The database belongs to another plan ({Short(ownersPlan)}, this is {Short(plan)}). Nothing was started; start with the plan it was begun with.");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string Short(string fingerprint) => fingerprint.Length > 16 ? fingerprint[..16] + "..." : fingerprint;
}

/// <summary>The node may not join, and trades nothing; the message says what is wrong and what to do.</summary>
public sealed class ClusterRefusedException(string message) : Exception(message);
