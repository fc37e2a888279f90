using System.Collections.Immutable;
using Npgsql;

namespace Dolphin.Hosting.Akka.Journal;

/// <summary>Who works with this database, by their own word: finds two clusters on one database, and two nodes with one name.</summary>
/// <remarks>One row a node name; a name that is not heard of for <see cref="Alive"/> counts as gone. Times are the database's.</remarks>
public sealed class NodeRoster(NpgsqlDataSource database)
{
    /// <summary>How often a node should sign.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    /// <summary>Three missed signs of life.</summary>
    public static readonly TimeSpan Alive = 3 * Every;

    /// <summary>For whoever may create tables; running nodes need no such right.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS dolphin_node (
            name text PRIMARY KEY,
            incarnation uuid NOT NULL,
            seen timestamptz NOT NULL);
        """;

    private const string Sign = """
        INSERT INTO dolphin_node AS n (name, incarnation, seen) VALUES ($1, $2, clock_timestamp())
        ON CONFLICT (name) DO UPDATE SET incarnation = $2, seen = clock_timestamp()
        WHERE n.incarnation = $2 OR n.seen < clock_timestamp() - $3
        """;

    private const string Others = "SELECT name FROM dolphin_node WHERE seen >= clock_timestamp() - $1 ORDER BY name COLLATE \"C\"";

    /// <summary>Says that this node is there. Called at the start, and again every <see cref="Every"/>.</summary>
    /// <param name="incarnation">Of this process, made once at its start.</param>
    /// <returns>False if another living process has this name: this one must not go on.</returns>
    public async Task<bool> SignAsync(string name, Guid incarnation, CancellationToken cancellation)
    {
        await using var command = Command(Sign, name, incarnation, Alive);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Says that this node ended, so that another process may have its name at once.</summary>
    public async Task LeaveAsync(string name, Guid incarnation, CancellationToken cancellation)
    {
        await using var command = Command("DELETE FROM dolphin_node WHERE name = $1 AND incarnation = $2", name, incarnation);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Living nodes on this database that do not belong to the cluster as this node sees it: a second cluster, or the other side of a split.</summary>
    public async Task<ImmutableArray<string>> StrangersAsync(IReadOnlySet<string> members, CancellationToken cancellation)
    {
        await using var command = Command(Others, Alive);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var strangers = ImmutableArray.CreateBuilder<string>();
        while (await row.ReadAsync(cancellation))
        {
            if (!members.Contains(row.GetString(0))) strangers.Add(row.GetString(0));
        }
        return strangers.ToImmutable();
    }

    /// <summary>What to tell the person who started a node under a name that is taken.</summary>
    public static ClusterRefusedException NameTaken(string name) => new(
        $"Another living process has the name {name} on this database. Nothing was started; give this node another dolphin.cluster.host or port, or stop the other. If it has just been killed, its name is free after {Alive.TotalSeconds:0} s.");

    /// <summary>What to tell the person whose node found nodes that its cluster does not know.</summary>
    public static string InWords(ImmutableArray<string> strangers) =>
        $"{string.Join(", ", strangers)} {(strangers.Length == 1 ? "works" : "work")} on this database and {(strangers.Length == 1 ? "is" : "are")} not in this cluster: two clusters share a database, because their seeds differ or the network is split. Nothing is traded by two: tenures fence. Compare dolphin.cluster.seeds on all nodes.";

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
