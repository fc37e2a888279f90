namespace Dolphin.Drills;

/// <summary>Hosts on one machine: a network namespace each, on one bridge, so that the way between any two of them can be cut.</summary>
/// <remarks>Needs root and iproute2. The database and the venue stand outside, at <see cref="Outside"/>.</remarks>
internal sealed class Network : IAsyncDisposable
{
    private const string Bridge = "dolbr";
    public const string Outside = "10.77.0.254";
    private readonly int[] _hosts;
    private readonly HashSet<(int From, int To)> _cut = [];

    private Network(int[] hosts) => _hosts = hosts;

    public static string AddressOf(int host) => $"10.77.0.{host}";
    public static string NamespaceOf(int host) => $"doln{host}";
    private static string CableOf(int host) => $"dolv{host}";

    public static async Task<Network> CreateAsync(params int[] hosts)
    {
        var network = new Network(hosts);
        await network.DisposeAsync(); // What an earlier run left.
        await IpAsync("link", "add", Bridge, "type", "bridge");
        await IpAsync("addr", "add", $"{Outside}/24", "dev", Bridge);
        await IpAsync("link", "set", Bridge, "up");
        foreach (var host in hosts)
        {
            var (name, cable) = (NamespaceOf(host), CableOf(host));
            await IpAsync("netns", "add", name);
            await IpAsync("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name);
            await IpAsync("link", "set", cable, "master", Bridge, "up");
            await IpAsync("-n", name, "addr", "add", $"{AddressOf(host)}/24", "dev", "eth0");
            await IpAsync("-n", name, "link", "set", "eth0", "up");
            await IpAsync("-n", name, "link", "set", "lo", "up");
        }

        return network;
    }

    /// <summary>From now on nothing goes from one to the other; the way back is not touched.</summary>
    public async Task CutAsync(int from, int to)
    {
        if (_cut.Add((from, to))) await IpAsync("-n", NamespaceOf(from), "route", "add", "blackhole", $"{AddressOf(to)}/32");
    }

    /// <summary>Cuts every way between any two of the groups.</summary>
    public async Task SplitAsync(params int[][] groups)
    {
        foreach (var (a, b) in groups.SelectMany((g, i) => groups.Where((_, j) => j != i).SelectMany(other => g.SelectMany(x => other.Select(y => (x, y))))))
            await CutAsync(a, b);
    }

    public async Task HealAsync()
    {
        foreach (var (from, to) in _cut) await IpAsync("-n", NamespaceOf(from), "route", "del", "blackhole", $"{AddressOf(to)}/32");
        _cut.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await Shell.TryAsync("ip", "netns", "del", NamespaceOf(host));
            // A namespace goes when the last process in it has ended, and its end of the cable with it: not always at once.
            await Shell.TryAsync("ip", "link", "del", CableOf(host));
        }

        await Shell.TryAsync("ip", "link", "del", Bridge);
    }

    private static Task<string> IpAsync(params string[] arguments) => Shell.RunAsync("ip", arguments);
}
