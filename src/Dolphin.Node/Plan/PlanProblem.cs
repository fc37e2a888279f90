using Dolphin.Node.Cli;
using Dolphin.Node.Hocon;

namespace Dolphin.Node.Plan;

/// <summary>One thing about a plan that is wrong, or that is probably not meant.</summary>
/// <param name="Path">The key, from the top: <c>dolphin.hedging.k</c>.</param>
/// <param name="Message">What came and what was expected, without the place.</param>
public sealed record PlanProblem(bool IsError, string Path, HoconPosition At, string Message)
{
    public string Severity => IsError ? "error" : "warning";
    public CliDetail ToDetail() => new(Severity, Path, At.File, At.Line, At.Column, Message);
    public override string ToString() => $"{At}: {Severity}: {Message}";
}
