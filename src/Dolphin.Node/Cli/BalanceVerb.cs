using System.Text.Json;
using System.Text.Json.Nodes;
using Dolphin.Domain.Balancing;
using Dolphin.Node.Report;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>What the exposure balancer would ask for, given a portfolio in a file. Nothing is sent, and nothing is kept.</summary>
/// <param name="environment">The value of a variable, or null.</param>
internal sealed class BalanceVerb(Terminal terminal, Func<string, string?> environment, TimeProvider time)
{
    public int Run(BalanceOptions options, bool json)
    {
        var (policy, heard) = Limits(options.Preset);
        var snapshot = PortfolioFile.Read(options.SnapshotPath, time.GetUtcNow());
        var state = BalancerState.Initial;
        var decided = BalancerDecider.Decide(policy, state, new BalancerInput.Cycle(snapshot, snapshot.At));
        foreach (var e in decided.Events) state = BalancerDecider.Evolve(state, e);
        if (json) WriteJson(options, policy, snapshot, state);
        else BalanceText.Write(terminal.Out, options.Preset, heard, policy, snapshot, state);
        return (int)ExitCode.Ok;
    }

    private (BalancerPolicy Policy, IReadOnlyList<string> Heard) Limits(string preset)
    {
        var errors = new List<string>();
        var settings = BalancerEnvironment.Override(BalancerSettings.Preset(preset) ?? BalancerSettings.Default, environment, errors);
        var policy = errors.Count == 0 ? BalancerPolicy.Create(settings, "balancer", errors) : null;
        return policy is not null
            ? (policy, BalancerEnvironment.Heard(environment))
            : throw new CliException(ExitCode.ConfigInvalid, "The limits in the environment are wrong; nothing was judged.",
                [.. errors.Select(e => new CliDetail("error", e[..e.IndexOf(' ', StringComparison.Ordinal)], null, null, null, e))]);
    }

    private void WriteJson(BalanceOptions options, BalancerPolicy policy, PortfolioSnapshot snapshot, BalancerState state)
    {
        var answer = new JsonObject
        {
            ["dry_run"] = true,
            ["timestamp"] = snapshot.At.UtcDateTime,
            ["preset"] = options.Preset,
            ["exposure_balancer"] = BalancerJson.Of(BalancerStatistics.Of(policy, state)),
            ["commands"] = new JsonArray([.. state.Commands.Select(BalancerJson.Of)]),
            ["alerts"] = new JsonArray([.. state.Alerts.Select(BalancerJson.Of)]),
            ["notes"] = new JsonArray([.. state.LastNotes.Select(n => JsonValue.Create(n))]),
            ["skipped"] = state.LastSkip is { } skip ? new JsonObject { ["code"] = skip.Code, ["reason"] = skip.Reason } : null,
        };
        terminal.Out.WriteLine(answer.ToJsonString(RunJson.Indented));
    }
}
