using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Dolphin.Data;
using Dolphin.Data.Simulation;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;
using Dolphin.Node.Plan;
using Dolphin.Node.Report;
using Dolphin.Node.Running;
using Dolphin.Node.Screen;
using Dolphin.Web;
using Serilog.Core;

namespace Dolphin.Node.Cli;

/// <summary>Fits a safety envelope by trials on a market and says where a plan's parameters are in it. Nothing is traded, and nothing is kept.</summary>
internal sealed class ForewarnVerb(Terminal terminal)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);

    public int Run(ForewarnOptions options, CancellationToken cancellation)
    {
        DataPaths.RequireThere(options.DataPaths);
        var plan = Load(options.PlanPath);
        var seed = (ulong)(options.Seed ?? plan.Simulation.Seed);
        var (market, from, to) = MarketOf(options, plan, seed);
        var symbols = plan.Symbols is { } wanted ? [.. market.Symbols.Where(wanted.Contains)] : market.Symbols;
        if (symbols.IsEmpty) throw new CliException(ExitCode.DataInvalid, "The market has none of the plan's symbols; nothing was tried.");
        var trades = ForewarnPlan.TradesOf(plan, symbols);
        if (trades == TradedStrategies.None)
            throw new CliException(ExitCode.Refused, "Only directional trades in this plan. What it risks depends on its signals, which no trial has; nothing was tried.");
        var live = ForewarnPlan.LiveOf(plan, symbols, trades);
        var sample = ForewarnPlan.SampleOf(market, symbols, from, to);
        if (sample.Count == 0) throw new CliException(ExitCode.DataInvalid, "The market has no two bars in a row; nothing was tried.");

        var settings = new TrialSettings { Count = options.Trials, Seed = seed };
        var trials = Try(live[0].Settings, sample, settings, options.Json, cancellation);
        if (!options.Json) terminal.Error.WriteLine("fitting the envelope ...");
        var (fitted, refusal) = EnvelopeFitter.Fit(ParameterBox.Of(trades), trials);
        if (fitted is null) throw new CliException(ExitCode.Refused, refusal!.Reason);

        var worst = live.MinBy(l => fitted.Envelope.Score(l.Settings).Distance);
        var picture = ForewarnPicture.Of(
            options.PlanPath, options.DataPaths.IsEmpty ? "sim" : "recorded", settings, sample, live, trials, fitted, worst.Symbol, worst.Settings,
            Trials.OnEveryPath(worst.Settings, sample, settings, Environment.ProcessorCount, cancellation));
        if (options.Json) terminal.Out.WriteLine(JsonSerializer.Serialize(picture, RunJson.Indented));
        else ForewarnText.Write(terminal.Out, picture);
        return (int)ExitCode.Ok;
    }

    private ImmutableArray<Trial> Try(StrategySettings plan, ReturnSample sample, TrialSettings settings, bool silent, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (gate, said) = (new Lock(), TimeSpan.Zero);
        if (!silent) terminal.Error.WriteLine($"{Figures.Count(settings.Count)} trials of {Figures.Count(settings.PathsPerTrial)} paths each ...");
        return Trials.Run(plan, sample, settings, Environment.ProcessorCount, done =>
        {
            if (silent || done == settings.Count) return;
            lock (gate)
            {
                if (clock.Elapsed - said < ProgressEvery) return;
                said = clock.Elapsed;
                terminal.Error.WriteLine($"{Figures.Count(done)} of {Figures.Count(settings.Count)} trials, {Figures.Rate(done / said.TotalSeconds)} trials/s");
            }
        }, cancellation);
    }

    private static (IMarketSource Market, long From, long To) MarketOf(ForewarnOptions options, TradingPlan plan, ulong seed)
    {
        if (!options.DataPaths.IsEmpty) return (RunMachinery.Recording(options.DataPaths, from: null, to: null, plan, Logger.None), 0, long.MaxValue);
        var simulation = plan.Simulation;
        var market = new SimulatedMarket(seed, simulation.Start, simulation.Interval, simulation.Assets);
        return (market, simulation.Start.ToUnixTimeMilliseconds(), (simulation.Start + simulation.Span).ToUnixTimeMilliseconds());
    }

    private TradingPlan Load(string file)
    {
        var loaded = TradingPlan.Load(file, Environment.GetEnvironmentVariable);
        if (loaded.Plan is not { } plan) throw loaded.ToException(file);
        foreach (var warning in loaded.Problems) terminal.Error.WriteLine(warning);
        return plan;
    }
}
