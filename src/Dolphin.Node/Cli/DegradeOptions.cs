using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin degrade</c> was asked.</summary>
/// <param name="DataPaths">Recordings, files or folders.</param>
/// <param name="From">Market time, inclusive.</param>
/// <param name="To">Market time, exclusive.</param>
/// <param name="At">When each fault begins.</param>
/// <param name="For">How long it lasts.</param>
/// <param name="Faults">Which are tried, each on every sensor.</param>
/// <param name="Sensors">Which, by the names of their layers; empty: all that the plan has.</param>
public sealed record DegradeOptions(
    string PlanPath, ImmutableArray<string> DataPaths, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset At, TimeSpan For, ImmutableArray<SensorFaultKind> Faults, ImmutableArray<string> Sensors, bool Json)
{
    /// <summary>As a run of its own.</summary>
    public RunOptions ToRun(string stateFolder) => new(
        PlanPath, MarketKind.Replay, DataPaths, Speed.Max, From, To, stateFolder, Seed: null, ReportPath: null, Http: null, NoUi: true, Json);
}
