namespace Dolphin.Drills;

/// <summary>A PostgreSQL server of the drill's own, with fsync as in production.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const int Port = 55433;
    private readonly string _folder;
    private readonly string _bin;

    private Database(string folder, string bin) => (_folder, _bin) = (folder, bin);

    public string ConnectionString => $"Host={Network.Outside};Port={Port};Username=dolphin;Database=dolphin;Timeout=3";

    public static async Task<Database> CreateAsync(string folder)
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Order(StringComparer.Ordinal).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            : null;
        if (bin is null) throw new InvalidOperationException("PostgreSQL's server programs are not there; install Debian's package postgresql.");
        Directory.CreateDirectory(folder);
        await Shell.RunAsync("chown", "postgres", folder);
        var database = new Database(folder, bin);
        await AsPostgresAsync($"{bin}/initdb -D {folder}/data -A trust -U dolphin");
        await File.AppendAllTextAsync($"{folder}/data/pg_hba.conf", "host all all 10.77.0.0/24 trust\n");
        await database.StartAsync();
        await Shell.RunAsync("psql", "-q", "-h", Network.Outside, "-p", $"{Port}", "-U", "dolphin", "postgres", "-c", "create database dolphin");
        return database;
    }

    public Task StartAsync() => AsPostgresAsync($"{_bin}/pg_ctl -D {_folder}/data -o '-p {Port} -k {_folder} -c listen_addresses={Network.Outside}' -l {_folder}/log -w start");

    /// <summary>As by a power cut: connections break, nothing is said.</summary>
    public Task StopAsync() => AsPostgresAsync($"{_bin}/pg_ctl -D {_folder}/data -m immediate -w stop");

    /// <returns>Rows of columns.</returns>
    public async Task<IReadOnlyList<string[]>> AskAsync(string sql) =>
        [.. (await Shell.RunAsync("psql", "-At", "-F", "\t", "-h", Network.Outside, "-p", $"{Port}", "-U", "dolphin", "dolphin", "-c", sql))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];

    public async ValueTask DisposeAsync() => await Shell.TryAsync("su", "postgres", "-c", $"{_bin}/pg_ctl -D {_folder}/data -m immediate stop");

    private static Task<string> AsPostgresAsync(string command) => Shell.RunAsync("su", "postgres", "-c", command + " > /dev/null 2>&1");
}
