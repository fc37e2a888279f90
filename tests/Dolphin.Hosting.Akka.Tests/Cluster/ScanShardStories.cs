using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Akka.Cluster.Sharding;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Scan;
using Dolphin.Hosting.Akka.Entities;
using Dolphin.Hosting.Akka.Journal;
using Dolphin.Hosting.Akka.Tests.Postgres;
using Npgsql;

namespace Dolphin.Hosting.Akka.Tests.Cluster;

/// <summary>A scan whose shards live on two nodes.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ScanShardStories(PostgresServer server)
{
    private const int Assets = 256, Shards = 4;
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(5);
    private static readonly ImmutableArray<Symbol> Universe = [.. Enumerable.Range(0, Assets).Select(i => new Symbol($"A{i:000}USDT"))];

    [PostgresFact(DisplayName = "Shards live on both nodes; one node leaves with its own, the scan goes on with the numbers of one process, and they come back beside the head")]
    public async Task Outlives_a_node()
    {
        var connection = await server.CreateDatabaseAsync();
        await using (var database = NpgsqlDataSource.Create(connection)) await PostgresSchema.PrepareAsync(database, "dolphin-test", "plan", CancellationToken.None);
        await using var cluster = new ClusterOfThree(connection, writesLocal: false);
        await cluster.FormedAsync();

        var (plan, here) = (Plan(), new InProcessCluster(epoch: 3));
        var regions = new[] { cluster.First, cluster.Second }.Select(system => ClusterSharding.Get(system).Start(
            ScanShardActor.Kind, id => Props.Create(() => new ScanShardActor(plan.Policy, EntityIds.ToId(id))), ClusterShardingSettings.Create(system), new EntityExtractor(8))).ToArray();
        // What is asked for while only one node is known all begins there, and is moved only much later.
        await cluster.UntilAsync(async () => (await regions[0].Ask<CurrentRegions>(GetCurrentRegions.Instance, ClusterOfThree.Patience)).Regions.Count == regions.Length, "both nodes take shards");
        var provider = ((ExtendedActorSystem)cluster.First).Provider;
        IReadOnlyList<IActorRef> shards = [.. RowRange.Split(Assets, Shards).Select(rows => new EntityRef(regions[0], ScanShardActor.IdOf(rows, Assets), provider))];
        var (heard, universe, board) = (new ConcurrentQueue<ScanProtocol.Scanned>(), Universe, new RunBoard([]));
        here.Subscribe(Topics.Scan, cluster.First.ActorOf(Props.Create(() => new Ear(heard))));
        var head = cluster.First.ActorOf(Props.Create(() => new ScanActor(plan, universe, shards, here, board)), "scan");
        await head.Ask<DurableProtocol.StoredState>(DurableProtocol.GetStored.Now, ClusterOfThree.Patience); // It has begun, and hears slices.

        var market = new Market(plan.Policy);
        async Task<ScanProtocol.Scanned> ScanAsync()
        {
            here.Publish(Topics.Slices, market.Next());
            await cluster.UntilAsync(() => !heard.IsEmpty, $"scan {market.Count} is published");
            Assert.True(heard.TryDequeue(out var scanned));
            Assert.Equal(market.Count, scanned.Picture.Scans);
            Assert.Equal(market.Expected(), Text(scanned));
            return scanned;
        }
        async Task AllAnswerAsync()
        {
            for (var i = 0; (await ScanAsync()).Picture.Shards!.Answered < Shards; i++) Assert.True(i < 2_000, "After 2,000 scans not all shards answer.");
        }

        await AllAnswerAsync();
        for (var i = 0; i < 20; i++) await ScanAsync();
        await AllAnswerAsync();
        var there = await regions[1].Ask<CurrentShardRegionState>(GetShardRegionState.Instance, ClusterOfThree.Patience);
        Assert.NotEmpty(there.Shards.SelectMany(s => s.EntityIds));
        await cluster.Second.Terminate().WaitAsync(ClusterOfThree.Patience);
        for (var i = 0; i < 20; i++) await ScanAsync();
        await AllAnswerAsync();
        var all = await regions[0].Ask<CurrentShardRegionState>(GetShardRegionState.Instance, ClusterOfThree.Patience);
        Assert.Equal(Shards, all.Shards.SelectMany(s => s.EntityIds).Count());
        Assert.DoesNotContain(cluster.Said, e => e.Contains("erializ", StringComparison.Ordinal) || e.Contains("WireTypes", StringComparison.Ordinal));
    }

    private static ScanPlan Plan()
    {
        var errors = new List<string>();
        var policy = ScanPolicy.Create(new ScanSettings { Windows = [12, 40] }, "test", errors);
        // Scans here come as fast as they can: none is late.
        var watch = ScanWatchPolicy.Create(new ScanWatchSettings { DriftLimit = TimeSpan.FromHours(1) }, "test", errors);
        Assert.Empty(errors);
        return new ScanPlan(policy!, watch!, Bar, EntropyEvery: 4, LongestStep: 3, new ScanSharing(Shards, TimeSpan.FromSeconds(1)));
    }

    /// <summary>Every number of a scan, to the last bit.</summary>
    private static string Text(ScanProtocol.Scanned scanned) => string.Join(' ',
    [
        Bits(scanned.Picture.VelDiv), .. scanned.Picture.Windows.Select(w => $"{w.Members}:{Bits(w.Share)}:{Bits(w.Velocity)}:{Bits(scanned.Picture.Scans % 4 == 0 ? w.Entropy : null)}"),
        .. scanned.Loadings.Select(l => Bits(l.Loading)),
    ]);

    private static string Text(EigenScan scan)
    {
        var (windows, longest) = (scan.Windows.ToArray(), scan.Windows.ToArray().LastOrDefault(w => w.IsReady));
        return string.Join(' ',
        [
            Bits(scan.VelDiv), .. windows.Select(w => $"{w.Members}:{Bits(w.Share)}:{Bits(w.Velocity)}:{Bits(w.Entropy)}"),
            .. longest is null ? [] : longest.MemberPlaces.ToArray().Select(place => Bits(longest.Loadings[place])),
        ]);
    }

    private static string Bits(double? number) => number is { } n ? BitConverter.DoubleToInt64Bits(n).ToString("x16", CultureInfo.InvariantCulture) : "-";

    private sealed class Ear : ReceiveActor
    {
        public Ear(ConcurrentQueue<ScanProtocol.Scanned> heard) => Receive<ScanProtocol.Scanned>(heard.Enqueue);
    }

    /// <summary>Bars, and what one process sees in them.</summary>
    private sealed class Market(ScanPolicy policy)
    {
        private readonly EigenScan _one = new(policy, Assets);
        private readonly Chance _chance = new(11);
        private readonly double[] _logs = new double[Assets];

        public long Count => _one.Count;

        public MarketProtocol.SliceClosed Next()
        {
            var opens = DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000) + Bar * Count;
            var (whole, bars) = (_chance.NextNormal(), new SymbolBar[Assets]);
            for (var i = 0; i < Assets; i++)
            {
                _logs[i] += 0.001 * (0.4 * whole + _chance.NextNormal());
                var close = Price.Of(decimal.Round((decimal)(100 * Math.Exp(_logs[i])), 6));
                bars[i] = new SymbolBar(Universe[i], new Domain.Market.Bar(opens.ToUnixTimeMilliseconds(), close, close, close, close, new Quantity(1m)));
                _one.Offer(i, (double)close.QuotePerBase, (opens + Bar).ToUnixTimeMilliseconds());
            }
            _one.Scan((opens + Bar).ToUnixTimeMilliseconds());
            if (Count % 4 == 0) _one.Spectra(vectors: false);
            return new MarketProtocol.SliceClosed(new MarketSlice(opens.ToUnixTimeMilliseconds(), Bar, bars));
        }

        public string Expected() => Text(_one);
    }
}
