using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Plan;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Plan;
using Serilog;

namespace Dolphin.Node.Tests.Running;

/// <summary>Whole replays of a plan's file, as <c>dolphin run --market replay --speed max</c> plays them.</summary>
internal static class Replays
{
    public static async Task<RunReport> PlayAsync(string plan, string state, IEnumerable<string> data, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var options = new RunOptions(plan, MarketKind.Replay, [.. data], Speed.Max, from, to, state, Seed: null, ReportPath: null, Http: null, NoUi: true, Json: false);
        await using var node = await new RunMachinery().StartAsync(options, TradingPlan.Load(plan, _ => null).Good(), new LoggerConfiguration().CreateLogger(), CancellationToken.None);
        return await node.Completion;
    }
}
