using System.Globalization;
using Dolphin.Hosting.Akka.Fencing;
using Microsoft.Data.Sqlite;
using SqliteConnection = Microsoft.Data.Sqlite.SqliteConnection;

namespace Dolphin.Hosting.Akka.Journal;

/// <summary>The SQLite file of a node that is alone: journal, tenures and whose they are, for one process at a time.</summary>
/// <remarks>
/// What is acknowledged is on the disk: a write-ahead log that is synchronised at every commit. The journal's tables are those of
/// Akka.Persistence.Sql's default mapping; the fence is a trigger as in PostgreSQL.
/// </remarks>
public sealed class SqliteFile : IDisposable
{
    // Less than a write may take: a commit that waits longer for the file's lock would have been given up by its actor.
    private const int BusySeconds = 4;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS journal (
            ordering INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            created BIGINT NOT NULL,
            deleted BIT NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL,
            sequence_number BIGINT NOT NULL,
            message VARBINARY NOT NULL,
            manifest NVARCHAR(500) NULL,
            identifier INTEGER NULL,
            writer_uuid NVARCHAR(128) NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE TABLE IF NOT EXISTS tags (
            ordering_id INTEGER NOT NULL,
            tag NVARCHAR(64) NOT NULL,
            sequence_nr INTEGER NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL,
            PRIMARY KEY (ordering_id, tag));
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id NVARCHAR(255) NOT NULL,
            sequence_number BIGINT NOT NULL,
            created BIGINT NOT NULL,
            snapshot VARBINARY NULL,
            manifest NVARCHAR(500) NULL,
            serializer_id INTEGER NULL,
            PRIMARY KEY (persistence_id, sequence_number));
        CREATE TABLE IF NOT EXISTS dolphin_database (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            version INTEGER NOT NULL,
            cluster TEXT NOT NULL,
            plan TEXT NOT NULL);
        """;

    // IS NOT, so that an intent without an epoch, or without a tenure, is refused too.
    private const string MakeFence = $"""
        CREATE TRIGGER IF NOT EXISTS dolphin_fence BEFORE INSERT ON journal
        WHEN NEW.manifest = 'execution.intended.v1'
            AND json_extract(CAST(NEW.message AS TEXT), '$.epoch') IS NOT (SELECT epoch FROM dolphin_tenure WHERE name = '{ClusterPort.Gateway}')
        BEGIN
            SELECT RAISE(ABORT, '{StaleIntent}: an intent of a tenure that does not act now is refused');
        END;
        """;

    private const string DropFence = "DROP TRIGGER IF EXISTS dolphin_fence";

    /// <summary>How the refusal of an intent begins.</summary>
    public const string StaleIntent = PostgresSchema.StaleIntent;

    private readonly StateFolderLock _lock;

    public string Path { get; }

    private SqliteFile(string path, StateFolderLock held) => (Path, _lock) = (path, held);

    /// <summary>Takes the file for this process, makes what is missing, and claims a file that belongs to nobody.</summary>
    /// <param name="cluster">Name of the actor system.</param>
    /// <param name="plan">Fingerprint of what is traded and by which rules.</param>
    /// <exception cref="ClusterRefusedException">Another process has it, it belongs to another cluster or plan, or a newer program wrote it.</exception>
    /// <exception cref="System.Data.Common.DbException">It cannot be opened or written.</exception>
    public static SqliteFile Open(string path, string cluster, string plan)
    {
        var file = Take(path);
        try
        {
            using var connection = file.Open();
            using var transaction = connection.BeginTransaction(deferred: false);
            Claim(connection, cluster, plan);
            transaction.Commit();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes the file for this process, and changes nothing but that it is there.</summary>
    /// <exception cref="ClusterRefusedException">Another process has it.</exception>
    public static SqliteFile Take(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        try
        {
            return new SqliteFile(full, StateFolderLock.Acquire(full + ".lock"));
        }
        catch (StateFolderInUseException e)
        {
            throw new ClusterRefusedException($"{full} is one process's, and another has it: {e.Message} Nothing was started; two nodes need PostgreSQL.");
        }
    }

    /// <summary>A connection whose commits are on the disk. The caller disposes of it.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString(Path));
        connection.Open();
        // The mode stays in the file; how often it is synchronised is each connection's own.
        using var durable = Command(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        durable.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Inside a transaction: makes what is missing and claims the file.</summary>
    internal static void Claim(SqliteConnection connection, string cluster, string plan)
    {
        using (var tables = Command(connection, Tables + SqliteTenures.Schema + MakeFence)) tables.ExecuteNonQuery();
        using (var claim = Command(connection, "INSERT INTO dolphin_database (one, version, cluster, plan) VALUES (1, @p0, @p1, @p2) ON CONFLICT DO NOTHING", PostgresSchema.Version, cluster, plan))
            claim.ExecuteNonQuery();
        using var read = Command(connection, "SELECT version, cluster, plan FROM dolphin_database");
        using var row = read.ExecuteReader();
        row.Read();
        PostgresSchema.RefuseStranger(row.GetInt32(0), row.GetString(1), row.GetString(2), cluster, plan);
    }

    /// <summary>Inside a transaction that stores what earlier tenures intended, and that ends with <paramref name="up"/>.</summary>
    internal static void Fence(SqliteConnection connection, bool up)
    {
        using var command = Command(connection, up ? MakeFence : DropFence);
        command.ExecuteNonQuery();
    }

    public static string ConnectionString(string path) => new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = BusySeconds }.ConnectionString;

#pragma warning disable CA2100 // Statements of our own; values go by parameters.
    internal static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"@p{i}"), values[i]);
        return command;
    }
#pragma warning restore CA2100

    public void Dispose()
    {
        using (var any = new SqliteConnection(ConnectionString(Path))) SqliteConnection.ClearPool(any);
        _lock.Dispose();
    }
}
