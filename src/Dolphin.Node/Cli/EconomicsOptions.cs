using System.Collections.Immutable;

namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin economics</c> was asked.</summary>
/// <param name="DataPaths">Recordings, files or folders; empty: the plan's simulated market.</param>
/// <param name="From">Market time, inclusive.</param>
/// <param name="To">Market time, exclusive.</param>
/// <param name="Seed">Overrides the plan's.</param>
public sealed record EconomicsOptions(string PlanPath, ImmutableArray<string> DataPaths, DateTimeOffset? From, DateTimeOffset? To, long? Seed, bool Json)
{
    /// <summary>As a run of its own.</summary>
    public RunOptions ToRun(string stateFolder) => new(
        PlanPath, DataPaths.IsEmpty ? MarketKind.Sim : MarketKind.Replay, DataPaths, Speed.Max, From, To, stateFolder, Seed, ReportPath: null, Http: null, NoUi: true, Json);
}
