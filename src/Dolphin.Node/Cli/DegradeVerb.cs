using System.Collections.Immutable;
using System.Text.Json;
using Dolphin.Backtest.Replay;
using Dolphin.Domain.Survival;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Node.Screen;
using Dolphin.Web;
using Serilog.Core;

namespace Dolphin.Node.Cli;

/// <summary>Plays one market again and again, each time with another sensor at fault, and says what R_total, posture and exposure did. Nothing is kept.</summary>
internal sealed class DegradeVerb(Terminal terminal)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    public int Run(DegradeOptions options, CancellationToken cancellation)
    {
        DataPaths.RequireThere(options.DataPaths);
        var loaded = TradingPlan.Load(options.PlanPath, Environment.GetEnvironmentVariable);
        var plan = loaded.Plan ?? throw loaded.ToException(options.PlanPath);
        var market = RunMachinery.Market(options.DataPaths, options.From, options.To, bar: null, plan, Logger.None);
        var (from, to, until) = (market.Span.From, market.Span.To, options.At + options.For);
        if (options.At <= from || until >= to)
            throw new CliException(ExitCode.Usage, $"--at {Figures.Time(options.At)} for {options.For}: expected a fault within the recording, {Figures.Time(from)} to {Figures.Time(to)}. Nothing was played.");
        var delay = options.For / 3 is var third && third < LongestDelay ? third : LongestDelay; // Longer than any deadband, shorter than the fault.

        var folder = Directory.CreateTempSubdirectory("dolphin-degrade-").FullName;
        try
        {
            var state = Path.Combine(folder, "run");
            var replay = RunMachinery.Replay(options.ToRun(state), plan, market, plan.Simulation.Seed);
            var layers = Chosen(options.Sensors, replay.Plan.InstalledLayers);
            var (plain, isSound) = Fly(SensorFault.None);
            var rows = ImmutableArray.CreateBuilder<DegradationRow>();
            rows.Add(DegradationRow.Of(null, "-", plain, plain, options.At, until, isSound));
            foreach (var layer in layers)
            {
                foreach (var kind in options.Faults)
                {
                    if (!options.Json) terminal.Error.WriteLine($"{layer.Name} {Word(kind)} ...");
                    var (run, sound) = Fly(new SensorFault(layer, kind, options.At, until, kind == SensorFaultKind.Delayed ? delay : TimeSpan.Zero));
                    rows.Add(DegradationRow.Of(layer, Word(kind), plain, run, options.At, until, sound));
                }
            }

            var report = new DegradationReport(
                options.PlanPath, RunMachinery.SymbolsOf(plan, market.Symbols).Length, from, to, options.At, options.For, delay, rows.ToImmutable());
            if (options.Json) terminal.Out.WriteLine(JsonSerializer.Serialize(report, RunJson.Indented));
            else DegradationText.Write(terminal.Out, report);
            return (int)(report.Rows.All(r => r.IsSound) ? ExitCode.Ok : ExitCode.Unsound);

            (ImmutableArray<FlightSample> Samples, bool IsSound) Fly(SensorFault fault)
            {
                var samples = ImmutableArray.CreateBuilder<FlightSample>();
                bool sound;
                using (var run = new ReplayRun(replay with { Plan = replay.Plan with { SensorFault = fault } }))
                {
                    run.Start();
                    if (!run.Run(cancellation, at => samples.Add(Look(run, at)))) throw new OperationCanceledException();
                    sound = run.Board.Halted.IsEmpty && run.Invariants.Counts.All(i => i.Violated == 0);
                }

                Directory.Delete(state, recursive: true); // One journal at a time, however many runs there are.
                return (samples.ToImmutable(), sound);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ImmutableArray<LayerId> Chosen(ImmutableArray<string> names, ImmutableArray<LayerId> installed)
    {
        if (names.FirstOrDefault(n => installed.All(l => l.Name != n)) is { } missing)
            throw new CliException(ExitCode.Usage, $"--sensors {missing}: expected sensors that the plan has: {string.Join(", ", installed.Order().Select(l => l.Name))}. Nothing was played.");
        return [.. installed.Where(l => names.IsEmpty || names.Contains(l.Name)).Order()];
    }

    private static FlightSample Look(ReplayRun run, DateTimeOffset at)
    {
        var (risk, exposure) = (run.Risk.Read(at), 0.0);
        foreach (var asset in run.Board.Assets)
            if (asset.Book is { } book) exposure += (double)book.Legs.Gross.Base * asset.LastPrice;
        return new FlightSample(at, risk.RTotal, risk.Posture, exposure);
    }

    private static string Word(SensorFaultKind kind) => kind.ToString().ToLowerInvariant();
}
