using System.Collections.Immutable;
using System.Net;

namespace Dolphin.Node.Cli;

public enum MarketKind { Sim, Replay, Remote, Binance }

/// <summary>What <c>dolphin run</c> was asked, checked and completed with defaults.</summary>
/// <param name="PlanPath">The plan file.</param>
/// <param name="DataPaths">Files or folders; present exactly for a replay.</param>
/// <param name="From">Market time, inclusive.</param>
/// <param name="To">Market time, exclusive.</param>
/// <param name="StateFolder">Full path.</param>
/// <param name="Seed">Overrides the plan's.</param>
/// <param name="Venue">The venue's address; present exactly for a remote market.</param>
/// <param name="SecretFile">Where the venue's secret is; null: in the environment, or none.</param>
/// <param name="Bar">Of a Binance market: how long a bar takes; null: as the plan says.</param>
/// <param name="Cluster">The cluster's settings; null: this process alone.</param>
/// <param name="Http">Null: the plan's address, and another free port if that one is busy. Given: exactly this one.</param>
public sealed record RunOptions(
    string PlanPath, MarketKind Market, ImmutableArray<string> DataPaths, Speed Speed, DateTimeOffset? From, DateTimeOffset? To,
    string StateFolder, long? Seed, string? ReportPath, IPEndPoint? Http, bool NoUi, bool Json,
    string? Venue = null, string? SecretFile = null, string? Cluster = null, TimeSpan? Bar = null);
