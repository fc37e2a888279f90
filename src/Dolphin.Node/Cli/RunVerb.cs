using System.Net;
using Dolphin.Actors.Survival;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Logging;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Node.Screen;
using Dolphin.Web;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Dolphin.Node.Cli;

/// <summary>Runs a market from the first check to the report.</summary>
/// <remarks>The order is the point: everything that can be refused is refused before the state folder is touched.</remarks>
internal sealed class RunVerb(IRunMachinery machinery, Terminal terminal)
{
    private static readonly TimeSpan LogProgressEvery = TimeSpan.FromSeconds(10);

    public async Task<int> RunAsync(RunOptions options, CancellationToken cancellation)
    {
        var plan = LoadPlan(options);
        CheckPaths(options);
        var wanted = options.Http ?? plan.Http.Endpoint;

        var live = terminal.IsLive && !options.NoUi && !options.Json;
        using var log = new RunLog(plan.Log, live || options.Json ? null : terminal.Out);
        if (!options.Json) terminal.Out.WriteLine($"State folder: {options.StateFolder}");

        await using var server = wanted is null ? null : await ListenAsync(wanted, exactly: options.Http is not null, log.Logger, cancellation);
        await using var node = await machinery.StartAsync(options, plan, log.Logger, cancellation);
        log.OpenFile(options.StateFolder);
        using var stops = StopSignals.Ask(node.Stop, log.Logger);
        await using var served = server is null ? null : Serve(node, server, wanted!, options, log.Logger);

        if (live && server is not null) terminal.Out.WriteLine($"Health and control: {server.Url}{(server.Moved ? $" ({wanted} is busy)" : "")}");
        if (live) await LiveScreen.On(terminal, node.View).DrawUntilAsync(node.Completion);
        else await LogUntilAsync(node, log.Logger);
        var report = await node.Completion;

        if (options.ReportPath is { } path) WriteReport(report, path);
        if (options.Json) terminal.Out.WriteLine(ReportFile.ToJson(report));
        else ReportText.Write(terminal.Out, report);
        return (int)(report.IsSound ? ExitCode.Ok : ExitCode.Unsound);
    }

    private static void WriteReport(RunReport report, string path)
    {
        try
        {
            ReportFile.Write(report, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.StorageFailed,
                $"The report could not be written to {path}: {e.Message} The run itself has ended well and is stored; the same command makes the report again.");
        }
    }

    private TradingPlan LoadPlan(RunOptions options)
    {
        var loaded = TradingPlan.Load(options.PlanPath, Environment.GetEnvironmentVariable);
        if (loaded.Plan is not { } plan) throw loaded.ToException(options.PlanPath);
        foreach (var warning in loaded.Problems) terminal.Error.WriteLine(warning);
        return plan;
    }

    private static void CheckPaths(RunOptions options)
    {
        DataPaths.RequireThere(options.DataPaths);
        if (options.ReportPath is { } report && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(report))))
            throw new CliException(ExitCode.Usage, $"--report {report}: there is no folder {Path.GetDirectoryName(Path.GetFullPath(report))}; nothing was started.");
    }

    private static async Task<ControlServer> ListenAsync(IPEndPoint wanted, bool exactly, ILogger log, CancellationToken cancellation)
    {
        try
        {
            return await ControlServer.ListenAsync(wanted, exactly, new SerilogLoggerProvider(log), cancellation);
        }
        catch (AddressUnavailableException e)
        {
            throw new CliException(ExitCode.HttpUnavailable, e.Message);
        }
    }

    private static Served Serve(IRunningNode node, ControlServer server, IPEndPoint wanted, RunOptions options, ILogger log)
    {
        server.Attach(node.View, node.Control);
        new ControlFile(server.Url, server.Token, Environment.ProcessId, TimeProvider.System.GetUtcNow()).Write(options.StateFolder);
        if (server.Moved) log.Information("Port {Port} is busy; health and control are at {Url:l} instead", wanted.Port, server.Url);
        else log.Information("Health and control are at {Url:l}", server.Url);
        return new Served(server, options.StateFolder);
    }

    /// <summary>What leads to a run, until it ends: nobody asks one that is gone.</summary>
    private sealed class Served(ControlServer server, string stateFolder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            ControlFile.Remove(stateFolder, server.Token);
            await server.StopAsync();
        }
    }

    private static async Task LogUntilAsync(IRunningNode node, ILogger log)
    {
        using var timer = new PeriodicTimer(LogProgressEvery);
        NotableEvent? told = null;
        LogProgress(node.View.Snapshot(), log);
        while (!node.Completion.IsCompleted)
        {
            await Task.WhenAny(node.Completion, timer.WaitForNextTickAsync().AsTask());
            var run = node.View.Snapshot();
            // The list is a window onto the newest: what stands behind the last one told is new, and all is if that one has left it.
            foreach (var n in run.Notable.Skip(told is null ? 0 : run.Notable.LastIndexOf(told) + 1))
            {
                told = n;
                log.Write(Level(n.Kind), "{MarketTime:l} {Source:l}: {Event:l}", Figures.Time(n.At), n.Source, n.Text);
            }
            LogProgress(run, log);
        }
    }

    private static LogEventLevel Level(NotableKind kind) => kind switch
    {
        NotableKind.Fault => LogEventLevel.Error,
        NotableKind.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Information,
    };

    private const string Where = "{Phase:l} at {MarketTime:l}: {Bars:#,##0}{OfTotal:l} bars, {BarsPerSecond:0} bars/s";
    private const string What = "equity {Equity:0.00}, fills {Fills}, events {Events}, invariants violated {Violated}";

    private static void LogProgress(RunSnapshot run, ILogger log)
    {
        var total = run.Progress.BarsTotal is { } bars ? $" of {Figures.Count(bars)}" : "";
        var (phase, at, violated) = (run.Phase.ToString(), run.At is { } time ? Figures.Time(time) : "-", run.Invariants.Sum(i => i.Violated));
        if (run.Risk is { } risk)
        {
            log.Information($"{Where}, R_total {{RTotal:0.000}} {{Posture:l}}, {What}",
                phase, at, run.Progress.BarsDone, total, run.Progress.BarsPerSecond, risk.RTotal, Postures.Name(risk.Posture),
                run.Money.Equity.Quote, run.Counts.Fills, run.Counts.EventsPersisted, violated);
        }
        else
        {
            log.Information($"{Where}, R_total not yet assessed, {What}",
                phase, at, run.Progress.BarsDone, total, run.Progress.BarsPerSecond,
                run.Money.Equity.Quote, run.Counts.Fills, run.Counts.EventsPersisted, violated);
        }
    }
}
