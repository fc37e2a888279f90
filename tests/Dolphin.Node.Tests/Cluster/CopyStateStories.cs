using System.Globalization;
using System.Net;
using System.Text.Json;
using Dolphin.Actors;
using Dolphin.Actors.Node;
using Dolphin.Domain.Reporting;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Plan;
using Dolphin.Venues.Remote;
using Npgsql;
using Serilog;

namespace Dolphin.Node.Tests.Cluster;

/// <summary>Moving from one process to a cluster, as the command line has it.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CopyStateStories(PostgresServer server) : IDisposable
{
    private static readonly ILogger Silent = new LoggerConfiguration().CreateLogger();
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new(), _error = new();

    public void Dispose() => _place.Dispose();

    private string State => Path.Combine(_place.Path, "state");

    [PostgresFact(DisplayName = "One command copies what a run stored; what its folder has for itself alone is named; a second copy is refused")]
    public async Task Copies()
    {
        var report = await PlayAsync();
        var connection = await server.CreateDatabaseAsync();
        Assert.Equal(ExitCode.Ok, await CopyAsync(connection, "--json"));
        var copy = JsonSerializer.Deserialize<StateCopyReport>(_out.ToString(), Dolphin.Web.RunJson.Indented)!;
        Assert.Equal("dolphin", copy.Cluster);
        Assert.Equal(["checkpoints", "paper-venue"], copy.LeftOut.Select(l => l.What).Intersect(["checkpoints", "paper-venue"], StringComparer.Ordinal));
        // What was stored is what was copied and the venue's: no event is in neither.
        var venue = copy.LeftOut.Where(l => l.What != "checkpoints").Sum(l => l.Rows);
        Assert.InRange(report.EventsPersisted, copy.Events + 1, copy.Events + venue);
        Assert.Contains(copy.Notes, n => n.StartsWith("It is a replay", StringComparison.Ordinal));

        await using var database = NpgsqlDataSource.Create(connection);
        await using var count = database.CreateCommand("SELECT count(*) FROM journal");
        Assert.Equal(copy.Events, await count.ExecuteScalarAsync());
        await using var owner = database.CreateCommand("SELECT plan FROM dolphin_database");
        Assert.Equal($"{copy.Plan}/{copy.Venue}", await owner.ExecuteScalarAsync());

        Assert.Equal(ExitCode.StateRefused, await CopyAsync(connection));
        Assert.Contains("The database already has an event of", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A folder on which a process runs is refused with the process, and stays as it is")]
    public async Task Running()
    {
        await PlayAsync();
        using (StateFolderLock.Acquire(State))
        {
            Assert.Equal(ExitCode.StateRefused, await CopyAsync(Nowhere));
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"in use by another process (pid {Environment.ProcessId}"), _error.ToString(), StringComparison.Ordinal);
        }
        // With the folder free it is the database that does not answer, which nobody has asked before.
        Assert.Equal(ExitCode.StorageFailed, await CopyAsync(Nowhere));
        Assert.Contains("The database cannot be used", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A folder with no run is not made into one; a venue's folder, and that of a node of a cluster, have nothing to copy")]
    public async Task Not_a_run()
    {
        Assert.Equal(ExitCode.NotRunning, await CopyAsync(Nowhere));
        Assert.False(Directory.Exists(State));

        new StateFolder(State).Claim(Identity("remote"));
        Assert.Equal(ExitCode.StateRefused, await CopyAsync(Nowhere));
        Assert.Contains("has no node.db", _error.ToString(), StringComparison.Ordinal);

        Directory.Delete(State, recursive: true);
        new StateFolder(State).Claim(Identity("venue-sim"));
        Assert.Equal(ExitCode.StateRefused, await CopyAsync(Nowhere));
        Assert.Contains("holds a venue, not a run", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Of a run at a remote venue the copy belongs to that venue, and the epoch is that of its last start; without the number it is refused")]
    public async Task Remote()
    {
        await PlayAsync();
        File.Delete(Path.Combine(State, "run.json"));
        new StateFolder(State).Claim(Identity("remote"));
        Assert.Equal(ExitCode.StateRefused, await CopyAsync(Nowhere));
        Assert.Contains("epoch is missing", _error.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(State, "epoch"), "41\n");
        using var folder = FolderToCopy.Open(State, _ => { });
        Assert.Equal(("source-1", "plan-1", 41L), (folder.Source.Venue, folder.Source.Plan, folder.Source.Epoch));
        Assert.Empty(folder.Notes);
    }

    [Fact(DisplayName = "A live run with a venue of its own: the copy belongs to the venue that dolphin venue makes of the copied venue.db")]
    public async Task Takes_its_venue_along()
    {
        var plan = PlanStories.Load("dolphin { universe.symbols = [BTCUSDT, XMRUSDT], hedging.warm-up-bars = 5 }\n").Plan!;
        var options = new RunOptions("plan.hocon", MarketKind.Sim, [], Speed.Real, null, null, State, Seed: 3, ReportPath: null, Http: null, NoUi: true, Json: false);
        await using (var node = await new RunMachinery().StartAsync(options, plan, Silent, CancellationToken.None))
        {
            node.Stop();
            await node.Completion;
        }

        string said;
        using (var folder = FolderToCopy.Open(State, _ => { }))
        {
            said = folder.Source.Venue;
            Assert.Equal(1, folder.Source.Epoch);
            Assert.Contains(said, Assert.Single(folder.Notes), StringComparison.Ordinal);
        }

        var venues = Directory.CreateDirectory(Path.Combine(_place.Path, "venue")).FullName;
        foreach (var file in Directory.GetFiles(State, "venue.db*")) File.Copy(file, Path.Combine(venues, Path.GetFileName(file)));
        var asked = new VenueOptions("plan.hocon", MarketKind.Sim, [], null, null, null, venues, Seed: 3, new IPEndPoint(IPAddress.Loopback, 0), null, Fence: false);
        await using var venue = await new RunMachinery().StartVenueAsync(asked, plan, Silent, CancellationToken.None);
        var hello = await RemoteInquiry.AskAsync(RemoteAddress.TryParse(venue.Url, null)!, TimeProvider.System, CancellationToken.None);
        Assert.Equal(hello.Venue, said);
    }

    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1";

    private static RunIdentity Identity(string market) => new(RunIdentity.CurrentFormat, "Embedded", market, "source-1", "plan-1", 1, null, null, 100m);

    private async Task<RunReport> PlayAsync()
    {
        var from = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
        var options = new RunOptions("plan.hocon", MarketKind.Sim, [], Speed.Max, from, from.AddHours(2), State, Seed: 3, ReportPath: null, Http: null, NoUi: true, Json: false);
        var plan = PlanStories.Load("dolphin { universe.symbols = [BTCUSDT, XMRUSDT], hedging.warm-up-bars = 5, replay.checkpoint-every-bars = 100 }\n").Plan!;
        await using var node = await new RunMachinery().StartAsync(options, plan, Silent, CancellationToken.None);
        return await node.Completion;
    }

    private async Task<ExitCode> CopyAsync(string connection, params string[] more)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        var settings = _place.File("node.conf", $$"""
            dolphin.cluster { host = 127.0.0.1, port = 14053, seeds = ["127.0.0.1:14053"], journal.connection = "{{connection}}" }
            """);
        return (ExitCode)await DolphinCli.RunAsync(
            ["copy-state", "--state", State, "--cluster", settings, .. more], new RunMachinery(), new Terminal(_out, _error, IsLive: false, Width: 120));
    }
}
