using System.Text.Json;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Cli;
using Dolphin.Node.Running;
using Dolphin.Node.Tests.Plan;
using Dolphin.Web;
using Serilog;

namespace Dolphin.Node.Tests.Running;

/// <summary>What a second start on the same folder may change of the plan, and what not.</summary>
public sealed class ReplayNodeStories : IDisposable
{
    private const string Small = "dolphin { universe.symbols = [BTCUSDT, XMRUSDT], hedging.warm-up-bars = 5, replay.checkpoint-every-bars = 100 }\n";
    private readonly TemporaryFolder _place = new();

    public void Dispose() => _place.Dispose();

    private async Task<RunReport> RunAsync(string plan)
    {
        var from = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
        var options = new RunOptions("plan.hocon", MarketKind.Sim, [], Speed.Max, from, from.AddHours(2), Path.Combine(_place.Path, "state"), Seed: 3, ReportPath: null,
            Http: null, NoUi: true, Json: false);
        var loaded = PlanStories.Load(Small + plan);
        Assert.Empty(loaded.Problems.Where(p => p.IsError));
        await using var node = await new RunMachinery().StartAsync(options, loaded.Plan!, new LoggerConfiguration().CreateLogger(), CancellationToken.None);
        return await node.Completion;
    }

    [Theory(DisplayName = "Where, how and how loudly things are kept may change between two starts: the run is the same")]
    [InlineData("dolphin.http.port = 9999")]
    [InlineData("dolphin.log.level = debug")]
    [InlineData("dolphin.journal.queue-bound = 1000")]
    [InlineData("dolphin.replay.limits.max-rows = 1000")]
    [InlineData("dolphin.exposure-balancer.max-margin-util = 50 %")]
    public async Task Same_run(string change)
    {
        var first = await RunAsync("");
        var second = await RunAsync(change);
        Assert.Equal((first.StateHash, first.Bars, first.EventsPersisted), (second.StateHash, second.Bars, second.EventsPersisted));
    }

    [Fact(DisplayName = "With an exposure balancer the report has its statistics, and the state folder says the same when nothing runs")]
    public async Task Balancer()
    {
        var report = await RunAsync("dolphin.exposure-balancer { enabled = true, max-symbol-exposure = 1 %, min-diversification = 1 }");
        Assert.True(report.IsSound);
        var reported = report.ExposureBalancer!;
        Assert.Equal((0.01m, 1), (reported.Limits.MaxSymbolExposure, reported.Limits.MinDiversification));
        Assert.True(reported.ActionsByType[BalancerAction.Reduce] > 0, $"{reported.ActionsTaken} actions.");
        Assert.True(reported.CyclesAssessed > 100, $"{reported.CyclesAssessed} looks.");
        var stored = StoredRun.Open(Path.Combine(_place.Path, "state"))!.Snapshot();
        Assert.Equal(JsonSerializer.Serialize(reported, RunJson.Compact), JsonSerializer.Serialize(stored.ExposureBalancer, RunJson.Compact));

        // Each command with what became of it: the journal knows, whatever the snapshots hold.
        var streams = stored.BalancerStreams!;
        Assert.Equal(report.Executor, streams.Executor);
        Assert.Equal(reported.ActionsTaken - reported.CommandsDropped, streams.Commands.Length);
        Assert.Equal((reported.CommandsOpen, reported.Outcomes.Done), (streams.Commands.Count(c => c.Fate == CommandFate.Open), streams.Commands.LongCount(c => c.Fate == CommandFate.Done)));
        Assert.DoesNotContain(streams.Commands, c => c.Fate == CommandFate.Answered);
        Assert.True(streams.Executor.Commands > 0);
    }

    [Theory(DisplayName = "Legs that the market does not have, or not in such a quantity, are refused with their path and code 4, and nothing is begun")]
    [InlineData("dolphin { universe.symbols = [BTCUSDT, NOPEUSDT], venue.paper.positions.NOPEUSDT.short { quantity = 1, entry = 2 } }", "dolphin.venue.paper.positions.NOPEUSDT.short: the market does not have NOPEUSDT")]
    [InlineData("dolphin { instruments.symbols.BTCUSDT = null, venue.paper.positions.BTCUSDT.long { quantity = 0.00001, entry = 100000 } }", "dolphin.venue.paper.positions.BTCUSDT.long.quantity is 0.00001; expected a multiple of the lot, 0.001")]
    public async Task Other_legs(string change, string said)
    {
        var refused = await Assert.ThrowsAsync<CliException>(() => RunAsync(change));
        Assert.Equal(ExitCode.DataInvalid, refused.Code);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place.Path, "state")));
    }

    [Theory(DisplayName = "What changes a decision or the hash is another run: refused with code 5, with what the folder has and what came")]
    [InlineData("dolphin.replay.checkpoint-every-bars = 120", "a run with a checkpoint every 100 bars, this has one every 120 (replay.checkpoint-every-bars)")]
    [InlineData("dolphin.hedging.alpha = 0.4", "another plan (")]
    [InlineData("dolphin.exposure-balancer.enabled = true", "another plan (")]
    [InlineData("dolphin.simulation.assets.BTCUSDT.price = 90000", "other market data (")]
    public async Task Other_run(string change, string said)
    {
        await RunAsync("");
        var refused = await Assert.ThrowsAsync<CliException>(() => RunAsync(change));
        Assert.Equal(ExitCode.StateRefused, refused.Code);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", refused.Message, StringComparison.Ordinal);
    }
}
