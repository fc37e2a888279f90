using System.Collections.Immutable;
using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Hocon;
using Dolphin.Node.Logging;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Cli;

/// <summary>Runs one plan on one market under several terms, each in a state folder of its own that is gone afterwards, and says what each came to.</summary>
internal sealed class EconomicsVerb(IRunMachinery machinery, Terminal terminal)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);

    public async Task<int> RunAsync(EconomicsOptions options, CancellationToken cancellation)
    {
        DataPaths.RequireThere(options.DataPaths);
        var planned = Load(options.PlanPath, over: null);
        var plans = Terms.All.Select(t => (Terms: t, Plan: Load(options.PlanPath, t.Over(planned.Paper.Unseeded)))).ToArray(); // All of them, before any is run.
        var folder = Directory.CreateTempSubdirectory("dolphin-economics-").FullName;
        var runs = ImmutableArray.CreateBuilder<EconomicsRun>();
        try
        {
            foreach (var (terms, plan) in plans) runs.Add(await RunAsync(options, terms, plan, folder, cancellation));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var table = new EconomicsTable(options.PlanPath, options.DataPaths.IsEmpty ? "sim" : "replay", planned.Account.Capital, runs.ToImmutable());
        if (options.Json) terminal.Out.WriteLine(JsonSerializer.Serialize(table, RunJson.Indented));
        else EconomicsText.Write(terminal.Out, table);
        return (int)(table.IsSound ? ExitCode.Ok : ExitCode.Unsound);
    }

    private async Task<EconomicsRun> RunAsync(EconomicsOptions options, Terms terms, TradingPlan plan, string folder, CancellationToken cancellation)
    {
        var state = Path.Combine(folder, terms.Name.Replace(' ', '-'));
        var stopped = false;
        RunReport report;
        using (var log = new RunLog(plan.Log, console: null))
        {
            await using var node = await machinery.StartAsync(options.ToRun(state), plan, log.Logger, cancellation);
            log.OpenFile(state);
            void Stop()
            {
                stopped = true;
                node.Stop();
            }

            using var signals = StopSignals.Ask(Stop, log.Logger);
            await using var asked = cancellation.Register(Stop);
            if (!options.Json) await TellProgressAsync(terms, node);
            report = await node.Completion;
        }

        Directory.Delete(state, recursive: true); // One journal at a time, however many runs there are.
        if (stopped) throw new OperationCanceledException();
        var venue = plan.Paper.Unseeded;
        return new EconomicsRun(
            terms.Name, venue.MakerFee, venue.TakerFee, venue.FillFraction,
            report.Economics ?? throw new CliException(ExitCode.Fault, $"The run '{terms.Name}' says nothing of its economics; expected a market with an end."),
            report.MaxDrawdown, report.Bars, report.Orders, report.Fills, report.FillsNotOurs, report.IsSound, report.StateHash, report.Strategies);
    }

    private async Task TellProgressAsync(Terms terms, IRunningNode node)
    {
        using var timer = new PeriodicTimer(ProgressEvery);
        terminal.Error.WriteLine($"{terms.Name} ...");
        while (true)
        {
            var tick = timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(node.Completion, tick) == node.Completion) return;
            var run = node.View.Snapshot();
            var total = run.Progress.BarsTotal is { } bars ? $" of {Figures.Count(bars)}" : "";
            terminal.Error.WriteLine($"{terms.Name}: {Figures.Count(run.Progress.BarsDone)}{total} bars, {Figures.Rate(run.Progress.BarsPerSecond)} bars/s");
        }
    }

    private TradingPlan Load(string file, HoconLayer? over)
    {
        var loaded = TradingPlan.Load(file, Environment.GetEnvironmentVariable, over);
        if (loaded.Plan is not { } plan) throw loaded.ToException(over is null ? file : $"{file} with {over.FileName}");
        if (over is null)
            foreach (var warning in loaded.Problems) terminal.Error.WriteLine(warning);
        return plan;
    }
}
