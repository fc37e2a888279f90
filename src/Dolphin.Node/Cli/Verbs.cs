using System.Collections.Immutable;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>What each verb does, from options to exit code.</summary>
internal sealed class Verbs(IRunMachinery machinery, Terminal terminal)
{
    public static string DefaultPlan => Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "hedge-16.hocon");

    public Task<int> RunAsync(RunOptions options, CancellationToken cancellation) =>
        new RunVerb(machinery, terminal).RunAsync(options, cancellation);

    public Task<int> VenueAsync(VenueOptions options, CancellationToken cancellation) => new VenueVerb(machinery, terminal).RunAsync(options, cancellation);

    public Task<int> CopyStateAsync(CopyOptions options, bool json, CancellationToken cancellation) => new CopyVerb(machinery, terminal).RunAsync(options, json, cancellation);

    public Task<int> EconomicsAsync(EconomicsOptions options, CancellationToken cancellation) => new EconomicsVerb(machinery, terminal).RunAsync(options, cancellation);

    public Task<int> ForewarnAsync(ForewarnOptions options, CancellationToken cancellation) => Task.Run(() => new ForewarnVerb(terminal).Run(options, cancellation), cancellation);

    public async Task<int> StatusAsync(string? state, bool json, CancellationToken cancellation)
    {
        var folder = StateFolders.Choose(state);
        using var node = await NodeClient.FindAsync(folder, cancellation);
        var run = node is not null ? await node.StatusAsync(cancellation) : OpenState(folder).Snapshot();
        if (json) WriteJson(run);
        else StatusText.Write(terminal.Out, run, folder, isRunning: node is not null);
        return (int)ExitCode.Ok;
    }

    public async Task<int> ExplainAsync(string? state, DateTimeOffset? at, bool json, CancellationToken cancellation)
    {
        var folder = StateFolders.Choose(state);
        using var node = await NodeClient.FindAsync(folder, cancellation);
        var explanation = node is not null ? await node.ExplainAsync(at, cancellation) : await OpenState(folder).ExplainAsync(at, cancellation);
        if (explanation is null)
            throw new CliException(ExitCode.Refused, at is null ? $"The run in {folder} has recorded nothing yet." : $"The run in {folder} has no record of {at:u}.");
        if (json) WriteJson(explanation);
        else terminal.Out.Write(explanation.ToText());
        return (int)ExitCode.Ok;
    }

    public Task<int> ExitAsync(string? state, string strategy, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.ExitAsync(strategy, c), cancellation);

    public Task<int> ResumeAsync(string? state, string strategy, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.ResumeAsync(strategy, c), cancellation);

    public Task<int> AcknowledgeDrawdownAsync(string? state, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.AcknowledgeDrawdownAsync(c), cancellation);

    public Task<int> AcknowledgeLedgerAsync(string? state, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.AcknowledgeLedgerAsync(c), cancellation);

    public async Task<int> HermesAsync(string? state, string? symbol, bool json, CancellationToken cancellation)
    {
        var folder = StateFolders.Choose(state);
        using var node = await NodeClient.FindAsync(folder, cancellation);
        var run = node is not null ? await node.StatusAsync(cancellation) : OpenState(folder).Snapshot();
        if (run.Hermes is not { } all)
        {
            throw new CliException(ExitCode.Refused, node is not null
                ? "Hermes decides on no asset of this run; dolphin.hermes.enabled = true in the plan switches it on."
                : $"The run in {folder} has stored nothing of Hermes: it is not in its plan, or has not decided anything yet.");
        }

        if (all.IsEmpty) throw new CliException(ExitCode.Refused, "Hermes works on another node of this cluster; dolphin status says which one acts as hermes. Ask there.");
        var shown = symbol is null ? all : [.. all.Where(h => string.Equals(h.Symbol.Name, symbol, StringComparison.Ordinal))];
        if (shown.IsEmpty) throw new CliException(ExitCode.Refused, $"Hermes decides on no asset '{symbol}'. Known: {string.Join(", ", all.Select(h => h.Symbol))}.");
        if (json) WriteJson(shown);
        else if (symbol is null) HermesText.Write(terminal.Out, shown);
        else terminal.Out.Write(shown[0].ToText());
        return (int)ExitCode.Ok;
    }

    public Task<int> OverrideHermesAsync(string? state, string symbol, OverrideBody body, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.OverrideHermesAsync(symbol, body, c), cancellation);

    public Task<int> LiftHermesAsync(string? state, string symbol, string? reason, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.LiftHermesAsync(symbol, new LiftBody(reason), c), cancellation);

    public Task<int> SignalAsync(string? state, string symbol, SignalBody body, bool json, CancellationToken cancellation) =>
        ControlAsync(state, json, (node, c) => node.SignalAsync(symbol, body, c), cancellation);

    public Task<int> CheckConfigAsync(string file, bool json)
    {
        var checkedPlan = TradingPlan.Load(file, Environment.GetEnvironmentVariable);
        if (checkedPlan.Plan is null) throw checkedPlan.ToException(file);
        if (json)
        {
            WriteJson(new { plan = file, fingerprint = checkedPlan.Plan.Fingerprint, warnings = checkedPlan.Problems.Select(p => p.ToDetail()) });
        }
        else
        {
            foreach (var warning in checkedPlan.Problems) terminal.Out.WriteLine(warning);
            terminal.Out.WriteLine($"{file} is a good plan{(checkedPlan.Problems.IsEmpty ? "" : $" with {Count(checkedPlan.Problems.Length, "warning")}")}: {checkedPlan.Plan.Summary}");
        }
        return Task.FromResult((int)ExitCode.Ok);
    }

    public Task<int> BalanceAsync(BalanceOptions options, bool json) =>
        Task.FromResult(new BalanceVerb(terminal, Environment.GetEnvironmentVariable, TimeProvider.System).Run(options, json));

    public Task<int> VerifyBookAsync(ImmutableArray<string> paths, bool json, CancellationToken cancellation) =>
        Task.FromResult(new BookVerifyVerb(terminal).Run(paths, json, cancellation));

    public Task<int> DegradeAsync(DegradeOptions options, CancellationToken cancellation) => Task.Run(() => new DegradeVerb(terminal).Run(options, cancellation), cancellation);

    public Task<int> PlaceInBookAsync(BookPlaceOptions options, bool json, CancellationToken cancellation) =>
        Task.FromResult(new BookPlaceVerb(terminal).Run(options, json, cancellation));

    public Task<int> ScanAsync(ScanOptions options, bool json, CancellationToken cancellation) =>
        Task.FromResult(new ScanVerb(terminal, TimeProvider.System).Run(options, json, cancellation));

    internal static string Count(long number, string thing) => number == 1 ? $"1 {thing}" : $"{number} {thing}s";

    private async Task<int> ControlAsync(
        string? state, bool json, Func<NodeClient, CancellationToken, Task<DoneAnswer>> ask, CancellationToken cancellation)
    {
        var folder = StateFolders.Choose(state);
        using var node = await NodeClient.FindAsync(folder, cancellation)
            ?? throw new CliException(ExitCode.NotRunning, $"No node runs on {folder}, so nothing can be asked of it. Start it with dolphin run, or name another folder with --state.");
        var answer = await ask(node, cancellation);
        if (json) WriteJson(answer);
        else terminal.Out.WriteLine(answer.What);
        return (int)ExitCode.Ok;
    }

    private IRunView OpenState(string folder) => machinery.OpenState(folder)
        ?? throw new CliException(ExitCode.NotRunning, $"There is no run in {folder}. Start one with dolphin run, or name another folder with --state.");

    private void WriteJson<T>(T value) => terminal.Out.WriteLine(JsonSerializer.Serialize(value, RunJson.Indented));
}
