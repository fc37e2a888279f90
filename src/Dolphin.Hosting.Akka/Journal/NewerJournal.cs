using System.Collections.Immutable;
using System.Data.Common;
using Dolphin.Actors.Journal;
using Npgsql;

namespace Dolphin.Hosting.Akka.Journal;

/// <summary>Finds out before a node joins whether the journal holds what only a newer version can read: one entity after the other would halt on it.</summary>
public static class NewerJournal
{
    // Both tables have few names in many rows, so names are stepped through instead of rows.
    private const string Names = """
        WITH RECURSIVE name(value) AS (
            SELECT min(manifest) FROM {0} WHERE {1} = @id
            UNION ALL
            SELECT (SELECT min(manifest) FROM {0} WHERE {1} = @id AND manifest > name.value) FROM name WHERE name.value IS NOT NULL)
        SELECT value FROM name WHERE value IS NOT NULL
        """;

    /// <inheritdoc cref="UnknownNamesAsync(DbConnection, CancellationToken)"/>
    public static async Task<ImmutableArray<string>> UnknownNamesAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await UnknownNamesAsync(connection, cancellation);
    }

    /// <returns>Names of stored events and snapshots that this version does not know, in order.</returns>
    /// <exception cref="DbException">The database cannot be reached, or has no journal.</exception>
    public static async Task<ImmutableArray<string>> UnknownNamesAsync(DbConnection database, CancellationToken cancellation)
    {
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (table, serializer) in new[] { ("journal", "identifier"), ("snapshot", "serializer_id") })
        {
            await using var command = database.CreateCommand();
#pragma warning disable CA2100 // Names of our own tables.
            command.CommandText = string.Format(System.Globalization.CultureInfo.InvariantCulture, Names, table, serializer);
#pragma warning restore CA2100
            var id = command.CreateParameter();
            (id.ParameterName, id.Value) = ("@id", DolphinSerializer.Id);
            command.Parameters.Add(id);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                if (!StoredTypes.Table.Any(t => string.Equals(t.Name, row.GetString(0), StringComparison.Ordinal))) unknown.Add(row.GetString(0));
            }
        }
        return [.. unknown];
    }

    /// <exception cref="ClusterRefusedException">A newer version has written it.</exception>
    public static async Task RefuseAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await RefuseAsync(connection, cancellation);
    }

    /// <exception cref="ClusterRefusedException">A newer version has written it.</exception>
    public static async Task RefuseAsync(DbConnection database, CancellationToken cancellation)
    {
        var unknown = await UnknownNamesAsync(database, cancellation);
        if (unknown.IsEmpty) return;
        throw new ClusterRefusedException(
            $"The journal holds {string.Join(", ", unknown)}, which this version does not know: a newer one wrote it. Nothing was started; run that version, or restore the database from before the upgrade.");
    }
}
