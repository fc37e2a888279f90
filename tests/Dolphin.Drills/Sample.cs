using System.Collections.Immutable;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Survival;
using Dolphin.Venues.Remote;

namespace Dolphin.Drills;

/// <summary>What everybody said at one moment.</summary>
/// <param name="Seconds">Since the lab was opened.</param>
/// <param name="Nodes">By host; null for one that does not answer.</param>
internal sealed record Sample(double Seconds, ImmutableSortedDictionary<int, RunSnapshot?> Nodes, OracleReport? Oracle)
{
    /// <summary>What each node that answers says of itself.</summary>
    public IEnumerable<ClusterNodeRow> Own => Nodes.Values.OfType<RunSnapshot>().Select(r => r.Cluster).OfType<ClusterPicture>()
        .Select(c => c.Nodes.FirstOrDefault(n => n.Name == c.Node)).OfType<ClusterNodeRow>();

    private static readonly ImmutableArray<LayerId> OfTheCluster = [LayerId.Quorum, LayerId.LedgerIntegrity, LayerId.AlgoHeartbeat];

    /// <summary>On every node the layers that speak of the cluster are at 0.95: what a market that runs at many times its speed takes by slippage and losses is not the drill's.</summary>
    public bool IsFull(int nodes) => Nodes.Values.OfType<RunSnapshot>().Select(r => r.Risk).OfType<Explanation>()
        .Count(risk => risk.Layers.All(l => l.Damped >= 0.95 || !OfTheCluster.Contains(l.Layer))) == nodes;

    public IEnumerable<string> Assets => Own.SelectMany(n => n.Assets).Distinct(StringComparer.Ordinal);

    /// <summary>Where a singleton acts, by its own node's word.</summary>
    public int? HostOf(string singleton) => Nodes.Where(n => n.Value?.Cluster is { } c && c.Nodes.Any(r => r.Name == c.Node && r.Singletons.Contains(singleton)))
        .Select(n => (int?)n.Key).FirstOrDefault();

    public long ControllerEpoch => Nodes.Values.OfType<RunSnapshot>().Max(r => (long?)r.Risk?.Epoch) ?? 0;
    public long GatewayEpoch => Oracle?.ThisLife.HighestEpoch ?? -1;
}
