using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Http.Json;
using Dolphin.Venues.Remote;
using Dolphin.Web;

namespace Dolphin.Drills;

/// <summary>Nodes on hosts of their own, what they need, and a venue that plays a recording; all real processes.</summary>
internal sealed class Lab : IAsyncDisposable
{
    public static readonly ImmutableArray<int> LighthouseNumbers = [8, 9];
    private const string Secret = "a-secret-of-the-drill";
    private readonly string _folder;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(1) };
    private readonly ConcurrentQueue<Sample> _samples = new(); // Of one drill: bounded by its length.
    private Process _venue = null!;
    private ImmutableSortedDictionary<int, NodeVersion> _installed = ImmutableSortedDictionary<int, NodeVersion>.Empty;
    private Task _watching = Task.CompletedTask;

    private Lab(string folder, Fleet fleet) => (_folder, NodeNumbers) = (folder, [.. Enumerable.Range(1, fleet == Fleet.Three ? 3 : 1)]);

    public ImmutableArray<int> NodeNumbers { get; }
    public Network Network { get; private set; } = null!;
    public Database Database { get; private set; } = null!; // Of a cluster.
    public ImmutableSortedDictionary<int, Host> Nodes { get; private set; } = ImmutableSortedDictionary<int, Host>.Empty;
    public ImmutableArray<Host> Lighthouses { get; private set; } = [];
    public double Now => _clock.Elapsed.TotalSeconds;
    public IReadOnlyList<Sample> Samples => [.. _samples];
    public Sample Last => _samples.Last();

    /// <param name="first">What the nodes of a cluster run at first; null: the program of today.</param>
    public static async Task<Lab> OpenAsync(DrillOptions options, Fleet fleet, NodeVersion? first = null)
    {
        var lab = new Lab(options.Folder, fleet);
        try
        {
            lab.Network = await Network.CreateAsync([.. lab.NodeNumbers, .. LighthouseNumbers]);
            Directory.CreateDirectory(options.Folder);
            lab._venue = lab.StartVenue(options);
            await UntilAsync("the venue answers", TimeSpan.FromMinutes(1), async () => await lab.OracleAsync() is not null);
            if (fleet != Fleet.Embedded)
            {
                lab.Database = await Database.CreateAsync(Path.Combine(options.Folder, "postgres"));
                lab.Lighthouses = [.. LighthouseNumbers.Select(n => lab.Lighthouse(n, options))];
                foreach (var lighthouse in lab.Lighthouses) lighthouse.Start();
            }

            var version = first ?? options.Node;
            lab.Nodes = lab.NodeNumbers.ToImmutableSortedDictionary(n => n, n => fleet == Fleet.Embedded ? lab.Alone(n, options) : lab.Node(n, version));
            lab._installed = lab.NodeNumbers.ToImmutableSortedDictionary(n => n, _ => version);
            foreach (var node in lab.Nodes.Values) node.Start();
            lab._watching = lab.WatchAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a drill touches may send no order after this: the file's presence kills it between intent and send.</summary>
    public string TrapOf(int node) => Path.Combine(_folder, $"trap-{node}");

    /// <summary>Forgets what was seen before.</summary>
    public void Clear()
    {
        while (_samples.Count > 1) _samples.TryDequeue(out _);
    }

    /// <returns>When it was first seen, in seconds of the lab's clock.</returns>
    /// <exception cref="TimeoutException">Not within <paramref name="patience"/>.</exception>
    public async Task<double> SeeAsync(string what, TimeSpan patience, Func<Sample, bool> wanted, double after = 0)
    {
        var deadline = Now + patience.TotalSeconds;
        while (Now < deadline)
        {
            if (_samples.FirstOrDefault(s => s.Seconds > after && wanted(s)) is { } seen) return seen.Seconds;
            await Task.Delay(100);
        }

        throw new TimeoutException($"Not seen within {patience.TotalSeconds:0} s: {what}.");
    }

    public Task<double> SeeFromNowAsync(string what, TimeSpan patience, Func<Sample, bool> wanted) => SeeAsync(what, patience, wanted, Now);

    /// <summary>The next time that everybody answers.</summary>
    public async Task<Sample> LookAsync(TimeSpan patience)
    {
        static bool IsWhole(Sample sample) => sample.Oracle is not null && sample.Nodes.Values.All(n => n is not null);
        var at = await SeeFromNowAsync("an answer of the venue and of every node", patience, IsWhole);
        return _samples.First(s => s.Seconds >= at && IsWhole(s));
    }

    /// <summary>Everybody is up, knows everybody, and every strategy lives somewhere.</summary>
    public Task<double> SettledAsync(TimeSpan patience, int symbols) => SeeFromNowAsync("three nodes, a controller, a gateway and every strategy", patience, s =>
        s.Nodes.Values.All(n => n?.Cluster is { } c && c.Nodes.Count(r => r.IsReachable && r.HeardAt is not null) == NodeNumbers.Length)
        && s.HostOf("survival") is not null && s.HostOf("execution") is not null && s.Assets.Count() == symbols && s.Oracle is { Books.Sessions: > 0 }
        && s.Own.All(n => n.RTotal > 0));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        foreach (var host in Nodes.Values.Concat(Lighthouses)) await host.DisposeAsync();
        if (_venue is { } venue)
        {
            venue.Kill();
            venue.Dispose();
        }

        if (Database is { } database) await database.DisposeAsync();
        if (Network is { } network) await network.DisposeAsync();
        _http.Dispose();
        _end.Dispose();
    }

    private Process StartVenue(DrillOptions options)
    {
        var start = new ProcessStartInfo("bash", ["-c",
            $"exec dotnet '{options.VenueProgram}' venue --market replay --data '{options.Data}' --bar {options.Bar} {(options.From is { } from ? $"--from {from} " : "")}--listen {Network.Outside}:7788 --state '{_folder}/venue' >> '{_folder}/venue.log' 2>&1"])
        {
            UseShellExecute = false,
        };
        start.Environment["DOLPHIN_VENUE_SECRET"] = Secret;
        return Process.Start(start)!;
    }

    /// <summary>One node after another leaves and comes back with this version, if it has another; each is at home before the next leaves.</summary>
    public async Task UpgradeAsync(NodeVersion version, TimeSpan patience, int symbols)
    {
        foreach (var (number, node) in Nodes)
        {
            if (_installed[number] == version) continue;
            await node.LeaveAsync();
            node.Install(NodeCommand(number, version));
            _installed = _installed.SetItem(number, version);
            node.Start();
            await SettledAsync(patience, symbols);
        }
    }

    private Host Node(int number, NodeVersion version) => new(number, $"{_folder}/node-{number}.log", Environment(number, new Dictionary<string, string>
    {
        ["DOLPHIN_DB"] = Database.ConnectionString, ["DOLPHIN_VENUE_SECRET"] = Secret, ["DOLPHIN_DRILL_TRAP"] = TrapOf(number),
    }), NodeCommand(number, version));

    private string[] NodeCommand(int number, NodeVersion version) =>
    [
        "dotnet", version.Program, "node", "--cluster", version.Settings, "--venue", $"ws://{Network.Outside}:7788", "--state", $"{_folder}/node-{number}",
        "--http", "127.0.0.1:8080", "--no-ui",
    ];

    private Host Alone(int number, DrillOptions options) => new(number, $"{_folder}/node-{number}.log", Environment(number, new Dictionary<string, string>
    {
        ["DOLPHIN_VENUE_SECRET"] = Secret,
    }), "dotnet", options.VenueProgram, "run", "--market", "remote", "--venue", $"ws://{Network.Outside}:7788", "--state", $"{_folder}/node-{number}",
        "--http", "127.0.0.1:8080", "--no-ui");

    private Host Lighthouse(int number, DrillOptions options) => new(
        number, $"{_folder}/lighthouse-{number}.log", Environment(number, []), "dotnet", options.LighthouseProgram, "--config", options.Settings);

    private static Dictionary<string, string> Environment(int number, Dictionary<string, string> more) => new(more, StringComparer.Ordinal)
    {
        ["DOLPHIN_CLUSTER_HOST"] = Network.AddressOf(number), ["DOLPHIN_CLUSTER_BIND_HOST"] = Network.AddressOf(number), ["DOLPHIN_CLUSTER_PORT"] = "4054",
        ["DOLPHIN_CLUSTER_SEEDS"] = string.Join(',', LighthouseNumbers.Select(n => $"{Network.AddressOf(n)}:4054")),
    };

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!_end.IsCancellationRequested)
        {
            var (looks, oracle) = (Nodes.ToImmutableSortedDictionary(n => n.Key, n => n.Value.LookAsync()), OracleAsync());
            await Task.WhenAll(looks.Values);
            _samples.Enqueue(new Sample(Now, looks.ToImmutableSortedDictionary(l => l.Key, l => l.Value.Result), await oracle));
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task<OracleReport?> OracleAsync()
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Network.Outside}:7788/oracle");
            request.Headers.Authorization = new("Bearer", Secret);
            using var answer = await _http.SendAsync(request);
            return await answer.Content.ReadFromJsonAsync<OracleReport>(RunJson.Compact);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static async Task UntilAsync(string what, TimeSpan patience, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < patience)
        {
            if (await holds()) return;
            await Task.Delay(200);
        }

        throw new TimeoutException($"Not within {patience.TotalSeconds:0} s: {what}.");
    }
}
