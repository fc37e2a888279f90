using System.Collections.Immutable;

namespace Dolphin.Node.Cli;

/// <summary>What <c>dolphin forewarn</c> was asked.</summary>
/// <param name="DataPaths">Recordings, files or folders; empty: the plan's simulated market.</param>
/// <param name="Trials">How many parameter vectors are tried.</param>
/// <param name="Seed">Overrides the plan's.</param>
public sealed record ForewarnOptions(string PlanPath, ImmutableArray<string> DataPaths, int Trials, long? Seed, bool Json)
{
    /// <summary>The seed's 4,500; fewer leave too little to prove anything with, more than the bound take hours and change little.</summary>
    public const int UsualTrials = 4_500, LeastTrials = 500, MostTrials = 100_000;
}
