using System.Diagnostics;
using System.Globalization;
using Dolphin.Tests;
using Npgsql;

namespace Dolphin.Hosting.Akka.Tests.Postgres;

/// <summary>A PostgreSQL of the test's own: in a temporary folder, on a free port of loopback, gone with the tests.</summary>
/// <remarks>Its programs are looked for in DOLPHIN_PG_BIN and where Debian puts them. Where they are not there nothing is started, and <see cref="PostgresFact"/> skips.</remarks>
public sealed class PostgresServer : IAsyncLifetime
{
    private static readonly string? Programs = FindPrograms();
    private static int _databases;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dolphin-pg-{Environment.ProcessId}-{Guid.NewGuid():N}");

    public static bool IsInstalled => Programs is not null;
    public int Port { get; private set; }

    public async Task InitializeAsync()
    {
        if (Programs is null) return;
        Directory.CreateDirectory(_folder);
        if (IsRoot) await RunAsync("chown", "postgres", _folder); // The server refuses to run as root.
        await RunServerAsync("initdb", "-D", Data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C");
        Port = FreePort.Next();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (Programs is null) return;
        await StopAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts it (again), on the same port and data.</summary>
    public Task StartAsync() => RunServerAsync("pg_ctl", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-t", "30", "start", "-o",
        string.Create(CultureInfo.InvariantCulture, $"-p {Port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"));

    /// <summary>As a crash: connections break at once.</summary>
    public Task StopAsync() => RunServerAsync("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    /// <returns>The connection string of a new, empty database.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"dolphin_{Interlocked.Increment(ref _databases)}");
        await using var server = NpgsqlDataSource.Create(ConnectionTo("postgres"));
        await using var create = server.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return ConnectionTo(name);
    }

    public string ConnectionTo(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Timeout=3;Command Timeout=5;Maximum Pool Size=20");

    private string Data => Path.Combine(_folder, "data");
    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private static string? FindPrograms()
    {
        var places = new List<string?> { Environment.GetEnvironmentVariable("DOLPHIN_PG_BIN") };
        const string debian = "/usr/lib/postgresql";
        if (Directory.Exists(debian)) places.AddRange(Directory.GetDirectories(debian).OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")));
        return places.Find(p => p is not null && File.Exists(Path.Combine(p, "initdb")) && File.Exists(Path.Combine(p, "pg_ctl")));
    }

    private static Task RunServerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return IsRoot ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits what pg_ctl has: a pipe that it keeps open would never end.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$0\" \"$@\" > /dev/null 2>&1 < /dev/null");
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}; expected 0.");
    }
}

/// <summary>All tests that need a server share one; each takes a database of its own.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // What xunit calls it.
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
#pragma warning restore CA1711
{
    public const string Name = "postgres";
}

/// <summary>A test that needs PostgreSQL: skipped, with the reason, where its programs are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!PostgresServer.IsInstalled) Skip = "PostgreSQL's programs (initdb, pg_ctl) are not installed; set DOLPHIN_PG_BIN to their folder.";
    }
}
