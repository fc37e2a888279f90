using System.Collections.Immutable;
using Dolphin.Actors.Forewarning;
using Dolphin.Data.Recording;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Market;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Running;

/// <summary>The forewarner of a run: what it watches is the plan's, what it is fitted on the market's.</summary>
internal static class ForewarnerSetup
{
    // Of a symbol. Fewer are no sample of anything, however long the bars are.
    private const int LeastReturns = 100;

    /// <param name="symbols">That are traded.</param>
    /// <param name="bar">Of the run.</param>
    /// <param name="replayFrom">When a replay begins; null: it is no replay, and begins now.</param>
    /// <returns>Null where nobody forewarns.</returns>
    /// <exception cref="CliException">Nothing that trades can be tried, or a recording is wrong.</exception>
    public static ForewarnerPlan? Of(RunOptions options, TradingPlan plan, ImmutableArray<Symbol> symbols, TimeSpan bar, long seed, DateTimeOffset? replayFrom)
    {
        if (plan.Forewarner is not { } section) return null;
        var trades = ForewarnPlan.TradesOf(plan, symbols);
        if (trades == TradedStrategies.None)
            throw new CliException(ExitCode.ConfigInvalid, "dolphin.forewarner.enabled is true, and only directional trades: what it risks depends on its signals, which no trial has. Nothing was started.");
        var interval = ForewarnPlan.IntervalOf(bar);
        var (compare, least) = ((int)Math.Max(1, section.Compare / interval), (int)Math.Max(LeastReturns, section.LeastSample / interval - 1)); // A day of bars has one return less.
        if (compare > ReturnGatherer.MostReturns)
            throw new CliException(ExitCode.ConfigInvalid, $"dolphin.forewarner.compare is {section.Compare}, {compare} returns of {interval}; expected at most {ReturnGatherer.MostReturns}. Nothing was started.");
        return new ForewarnerPlan(
            section.Policy, new FitnessSettings { MovedBeyond = section.MovedBeyond, LeastReturns = compare }, new TrialSettings { Count = section.Trials },
            new ForewarnerSubject(ForewarnPlan.LiveOf(plan, symbols, trades)), (ulong)seed, interval, bar, section.LookEvery, Math.Min(least, ReturnGatherer.MostReturns), section.WithoutModel,
            Before(options, plan, section, symbols, interval, replayFrom), AtOnce: replayFrom is not null,
            Threads: replayFrom is null ? 1 : Environment.ProcessorCount); // In real time one core is enough to take from those who trade.
    }

    // Only what was over when the run begins: a replay must not know its future.
    private static ImmutableArray<GatheredReturns> Before(
        RunOptions options, TradingPlan plan, ForewarnerSection section, ImmutableArray<Symbol> symbols, TimeSpan interval, DateTimeOffset? until)
    {
        if (section.History.IsEmpty) return [];
        var folder = Path.GetDirectoryName(Path.GetFullPath(options.PlanPath))!;
        ImmutableArray<string> paths = [.. section.History.Select(h => Path.Combine(folder, h))];
        DataPaths.RequireThere(paths);
        try
        {
            var tape = RecordingReader.Read(paths, new ReadOptions(To: until, Symbols: symbols, Limits: plan.Replay.Limits));
            var gatherer = new ReturnGatherer(interval);
            foreach (var slice in tape.Slices(0, long.MaxValue)) gatherer.Observe(slice);
            return gatherer.Longest > 0
                ? gatherer.Capture()
                : throw new CliException(ExitCode.DataInvalid, $"dolphin.forewarner.history has bars of {tape.Interval}, and none in a row that make a return of {interval}; expected some. Nothing was started.");
        }
        catch (RecordingException e)
        {
            throw DataRefusal.Of(e, "dolphin.forewarner.history");
        }
    }
}
