using System.Runtime.InteropServices;
using Dolphin.Node.Logging;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Venues.Remote;
using Dolphin.Web;
using Serilog;

namespace Dolphin.Node.Cli;

/// <summary>Keeps a paper venue open until it is stopped.</summary>
/// <remarks>Everything that can be refused is refused before the state folder is touched.</remarks>
internal sealed class VenueVerb(IRunMachinery machinery, Terminal terminal)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(10);

    public async Task<int> RunAsync(VenueOptions options, CancellationToken cancellation)
    {
        var loaded = TradingPlan.Load(options.PlanPath, Environment.GetEnvironmentVariable);
        if (loaded.Plan is not { } plan) throw loaded.ToException(options.PlanPath);
        foreach (var warning in loaded.Problems) terminal.Error.WriteLine(warning);
        DataPaths.RequireThere(options.DataPaths);
        RequireFree(options);

        using var log = new RunLog(plan.Log, terminal.Out);
        terminal.Out.WriteLine($"State folder: {options.StateFolder}");
        await using var venue = await machinery.StartVenueAsync(options, plan, log.Logger, cancellation);
        log.OpenFile(options.StateFolder);
        using var stops = StopSignals.Ask(venue.Stop, log.Logger);
        await LogUntilAsync(venue, log.Logger, cancellation);
        await venue.Completion;
        log.Logger.Information("The venue is closed; everything is stored");
        return (int)ExitCode.Ok;
    }

    private static void RequireFree(VenueOptions options)
    {
        try
        {
            ControlServer.RequireFree(options.Listen, "--listen");
        }
        catch (AddressUnavailableException e)
        {
            throw new CliException(ExitCode.HttpUnavailable, e.Message);
        }
    }

    private static async Task LogUntilAsync(IRunningVenue venue, ILogger log, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LogEvery);
        using var stop = cancellation.Register(venue.Stop);
        while (await Task.WhenAny(venue.Completion, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()) != venue.Completion)
        {
            try
            {
                Tell(await venue.OracleAsync(cancellation), log);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException && !venue.Completion.IsCompleted)
            {
                log.Warning("The venue did not say how it is: {Reason:l}", e.Message);
            }
        }
    }

    private static void Tell(OracleReport report, ILogger log)
    {
        var (books, orders, life) = (report.Books, report.Orders, report.ThisLife);
        log.Information(
            "{Orders} orders ({Duplicates} ids twice, {Overlaps} of an older epoch after a newer one), {Fills} fills, {Open} open; equity {Equity:0.00}, cash gap {Gap}; {Sessions} sessions, epoch {Epoch}; refused {Late} late, {OverRate} over the rate; last bar {Slice:l}",
            orders.Received, orders.Duplicates + orders.AcceptedTwice, orders.Overlaps, orders.Fills, books.OpenOrders, books.Equity.Quote, books.CashGap.Quote,
            books.Sessions, life.HighestEpoch, life.Late, life.OverRate, books.LastSlice is { } slice ? slice.ToString("u", System.Globalization.CultureInfo.InvariantCulture) : "none");
    }
}
