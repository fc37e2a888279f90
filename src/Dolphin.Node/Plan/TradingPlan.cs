using System.Collections.Immutable;
using Dolphin.Node.Cli;
using Dolphin.Node.Hocon;

namespace Dolphin.Node.Plan;

/// <summary>Everything a run is told, checked and typed. Defaults are in hocon/reference.conf and nowhere else.</summary>
public sealed partial record TradingPlan
{
    /// <summary>SHA-256, lower-case hex, of every setting that can change a decision, with all defaults filled in.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>One line for a person.</summary>
    public required string Summary { get; init; }
}

/// <summary>What reading a plan came to: a plan and perhaps warnings, or no plan and at least one error.</summary>
public sealed record CheckedPlan(TradingPlan? Plan, ImmutableArray<PlanProblem> Problems)
{
    public CliException ToException(string file)
    {
        var errors = Problems.Count(p => p.IsError);
        return new CliException(ExitCode.ConfigInvalid, $"{file} has {Verbs.Count(errors, "error")}; nothing was started.", [.. Problems.Select(p => p.ToDetail())]);
    }
}
