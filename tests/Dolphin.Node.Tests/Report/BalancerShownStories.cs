using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.TwoLegs;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Report;

/// <summary>How the exposure balancer is doing, wherever a run is shown.</summary>
public sealed class BalancerShownStories
{
    private static readonly BalancerStatistics Busy = Statistics();

    private static BalancerStatistics Statistics()
    {
        var policy = BalancerPolicy.Create(BalancerSettings.Default, "test", [])!;
        var snapshot = new PortfolioSnapshot(
            new Money(10_000m),
            [.. new[] { ("BTCUSDT", 3000m), ("ETHUSDT", 2500m), ("SOLUSDT", 2000m), ("BNBUSDT", 1500m) }.Select(p => PortfolioPosition.OfMargin(new Symbol(p.Item1), new Money(p.Item2)))],
            Confidence: 0.8, Divergence: null, Pictures.Start);
        var decided = BalancerDecider.Decide(policy, BalancerState.Initial, new BalancerInput.Cycle(snapshot, Pictures.Start));
        return BalancerStatistics.Of(policy, decided.Events.Aggregate(BalancerState.Initial, BalancerDecider.Evolve));
    }

    /// <summary>Five commands, all that can become of one, and an alert.</summary>
    private static readonly BalancerStreams Streams = StreamsOf(BalancerPolicy.Create(BalancerSettings.Default, "test", [])!);

    private static BalancerStreams StreamsOf(BalancerPolicy policy)
    {
        var snapshot = new PortfolioSnapshot(
            new Money(10_000m),
            [.. new[] { ("BTCUSDT", 3000m), ("ETHUSDT", 2500m), ("SOLUSDT", 2000m), ("BNBUSDT", 1500m) }.Select(p => PortfolioPosition.OfMargin(new Symbol(p.Item1), new Money(p.Item2)))],
            Confidence: 0.8, Divergence: null, Pictures.Start);
        var state = BalancerDecider.Decide(policy, BalancerState.Initial, new BalancerInput.Cycle(snapshot, Pictures.Start)).Events.Aggregate(BalancerState.Initial, BalancerDecider.Evolve);
        BalancerEvent[] answers = [new BalancerEvent.CommandDone(1, Pictures.Start), new BalancerEvent.CommandRejected(2, "hedge.busy", "It is busy.", Pictures.Start), new BalancerEvent.CommandExpired(3, Pictures.Start), new BalancerEvent.CommandDone(4, Pictures.Start)];
        state = answers.Aggregate(state, BalancerDecider.Evolve);
        ExecutorEvent[] ends =
        [
            new ExecutorEvent.CarriedOut(1, BalancerAction.ReduceMargin, null, null, [], null, Pictures.Start),
            new ExecutorEvent.CarriedOut(
                2, BalancerAction.Reduce, new TrimRequest(new Symbol("ETHUSDT"), "hedge-ETHUSDT", new TrimWish("exposure-balancer", 2, new Quantity(1.5m), new Quantity(0.5m), Pictures.Start)), null, [],
                new Refusal("executor.x", "y"), Pictures.Start),
            new ExecutorEvent.CarriedOut(3, BalancerAction.Reduce, null, null, [], null, Pictures.Start), new ExecutorEvent.CarriedOut(4, BalancerAction.Reduce, null, null, [], null, Pictures.Start),
        ];
        var heard = answers.Take(3).Select(a => CommandAnswer.Of(a)!).Aggregate(RecentLog<CommandAnswer>.Empty, (log, a) => log.Add(a, out _)); // The fourth came before this process began.
        return new BalancerFace(policy.Settings, state, ends.Aggregate(ExecutorState.Initial, ExecutorDecider.Evolve), heard).Streams;
    }

    [Fact(DisplayName = "Each command says what became of it: done, rejected with its code, expired, open, or answered before anybody here listened")]
    public void Fates() => Assert.Equal(
        [(1, CommandFate.Done, null), (2, CommandFate.Rejected, "hedge.busy"), (3, CommandFate.Expired, null), (4, CommandFate.Answered, null), (5, CommandFate.Open, null)],
        Streams.Commands.Select(c => (c.Command.Id, c.Fate, c.Code)));

    [Fact(DisplayName = "What the executor made of the commands stands in status and report; status has the newest commands and alerts with how much, why and how they ended, the screen the newest few")]
    public void Asked()
    {
        const string executor = "executor carried out 4 (1 in another way)  already so 0  refused 0  too late 0  trims 1  wishes to grow 0, to open 0";
        var status = Status(Picture with { BalancerStreams = Streams });
        Assert.Contains(executor, status, StringComparison.Ordinal);
        foreach (var told in Streams.Commands)
        {
            Assert.Contains($"2025-05-12 00:00Z {told.Command.Id} {told.Command.Action.Word()} {BalanceText.What(told.Command)}: {told.Fate.ToString().ToLowerInvariant()}", status, StringComparison.Ordinal);
            Assert.Contains($"    {told.Command.Reason}{Environment.NewLine}", status, StringComparison.Ordinal);
        }
        Assert.Contains("rejected (hedge.busy), by long at most 1.5, short at most 0.5 instead (executor.x)", status, StringComparison.Ordinal);
        Assert.Contains($"ALERT margin_overload: {Streams.Alerts[0].Message}", status, StringComparison.Ordinal);
        Assert.DoesNotContain("older commands", status, StringComparison.Ordinal);
        var many = Streams with { Commands = [.. Streams.Commands, .. Streams.Commands], Alerts = [.. Enumerable.Repeat(Streams.Alerts[0], 7)] };
        Assert.Contains("+ 7 older commands and alerts; --json has them all", Status(Picture with { BalancerStreams = many }), StringComparison.Ordinal);

        Assert.Contains(executor, Text(Pictures.Report() with { ExposureBalancer = Busy, Executor = Streams.Executor }), StringComparison.Ordinal);
        Assert.Contains($"asked for 5 {Streams.Commands[4].Command.Action.Word()} {BalanceText.What(Streams.Commands[4].Command)}: open; 4 ", RunScreen.Render(Picture with { BalancerStreams = Streams }, 160, 50, colours: false), StringComparison.Ordinal);
        Assert.DoesNotContain("asked for", RunScreen.Render(Picture with { BalancerStreams = Streams with { Commands = [] } }, 160, 50, colours: false), StringComparison.Ordinal);
    }

    private static RunSnapshot Picture => Pictures.Replay() with { ExposureBalancer = Busy };

    private const string Line = "DEGRADED  margin 90.0 % of 85 %  symbols 4  actions 5 (reduce_margin 1, reduce 3, expand 1)  open 5  done 0  rejected 0  expired 0  divergence assumed";

    [Fact(DisplayName = "In a line: status, margin used of what is allowed, symbols, actions by type, what became of commands, what was assumed")]
    public void In_a_line()
    {
        Assert.Equal(Line, BalancerLine.Of(Busy));
        Assert.EndsWith("skipped: balancing.snapshot-stale", BalancerLine.Of(Busy with { LastSkip = new Refusal("balancing.snapshot-stale", "It is old.") }), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The line stands on the screen, in status and in the report; where there is no balancer there is none")]
    public void Everywhere()
    {
        Assert.Contains("balancer DEGRADED  margin 90.0 % of 85 %  symbols 4", RunScreen.Render(Picture, 100, 30, colours: false), StringComparison.Ordinal);
        Assert.Contains($"exposure balancer {Line}", Status(Picture), StringComparison.Ordinal);
        Assert.Contains($"exposure balancer {Line}", Text(Pictures.Report() with { ExposureBalancer = Busy }), StringComparison.Ordinal);
        foreach (var said in (string[])[RunScreen.Render(Pictures.Replay(), 100, 30, colours: false), Status(Pictures.Replay()), Text(Pictures.Report())])
            Assert.DoesNotContain("balancer", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Under exposure_balancer /health has the seed's field names; a run without a balancer has no such field")]
    public void Health()
    {
        var health = JsonDocument.Parse(JsonSerializer.Serialize(HealthAnswer.Of(Picture), RunJson.Compact)).RootElement.GetProperty("exposure_balancer");
        Assert.Equal(["enabled", "version", "actions_taken", "actions_by_type", "last_metrics", "limits", "status"], health.EnumerateObject().Select(p => p.Name).Take(7));
        Assert.Equal((5L, 3L), (health.GetProperty("actions_taken").GetInt64(), health.GetProperty("actions_by_type").GetProperty("reduce").GetInt64()));
        Assert.Equal(0.9, health.GetProperty("last_metrics").GetProperty("margin_utilization").GetDouble());
        Assert.Equal(0.15m, health.GetProperty("limits").GetProperty("max_symbol_exposure").GetDecimal());
        Assert.DoesNotContain("exposure_balancer", JsonSerializer.Serialize(HealthAnswer.Of(Pictures.Replay()), RunJson.Compact), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "/health says as status does how many commands a holder is about to do, and how many would not grow")]
    public void Health_of_commands()
    {
        var busy = Busy with { CommandsUnderWay = 2, Outcomes = new CommandOutcomes(Done: 7, Rejected: 4, Expired: 3, Forgotten: 0, GrowthDeclined: 6), CommandsDropped = 1 };
        var commands = JsonDocument.Parse(JsonSerializer.Serialize(HealthAnswer.Of(Picture with { ExposureBalancer = busy }), RunJson.Compact)).RootElement
            .GetProperty("exposure_balancer").GetProperty("commands");
        Assert.Equal(
            [("open", 5), ("under_way", 2), ("done", 7), ("rejected", 4), ("expired", 3), ("growth_declined", 6), ("dropped", 1)],
            commands.EnumerateObject().Select(p => (p.Name, p.Value.GetInt32())));
        var status = JsonDocument.Parse(JsonSerializer.Serialize(Picture with { ExposureBalancer = busy }, RunJson.Compact)).RootElement.GetProperty("exposureBalancer");
        Assert.Equal((2, 6), (status.GetProperty("commandsUnderWay").GetInt32(), status.GetProperty("outcomes").GetProperty("growthDeclined").GetInt32()));
    }

    [Fact(DisplayName = "Status and report carry it as JSON, and read back it is the same")]
    public void Json()
    {
        var picture = JsonSerializer.Serialize(Picture, RunJson.Compact);
        Assert.Equal(picture, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunSnapshot>(picture, RunJson.Compact), RunJson.Compact));
        Assert.Equal(5L, JsonDocument.Parse(picture).RootElement.GetProperty("exposureBalancer").GetProperty("actionsTaken").GetInt64());
        var report = ReportFile.ToJson(Pictures.Report() with { ExposureBalancer = Busy });
        Assert.Equal(report, ReportFile.ToJson(JsonSerializer.Deserialize<RunReport>(report, RunJson.Compact)!));
        Same(Picture with { BalancerStreams = Streams });
        Same(Pictures.Report() with { Executor = Streams.Executor });
        Assert.Equal("rejected", JsonDocument.Parse(JsonSerializer.Serialize(Picture with { BalancerStreams = Streams }, RunJson.Compact)).RootElement
            .GetProperty("balancerStreams").GetProperty("commands")[1].GetProperty("fate").GetString());
        Assert.DoesNotContain("balancerStreams", JsonSerializer.Serialize(Pictures.Replay(), RunJson.Compact), StringComparison.Ordinal);
        Assert.DoesNotContain("\"executor\"", ReportFile.ToJson(Pictures.Report()), StringComparison.Ordinal);
        Assert.DoesNotContain("exposureBalancer", ReportFile.ToJson(Pictures.Report()), StringComparison.Ordinal);
    }

    private static void Same<T>(T value)
    {
        var json = JsonSerializer.Serialize(value, RunJson.Compact);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(json, RunJson.Compact), RunJson.Compact));
    }

    private static string Status(RunSnapshot run)
    {
        var text = new StringWriter();
        StatusText.Write(text, run, "state", isRunning: true);
        return text.ToString();
    }

    private static string Text(RunReport report)
    {
        var text = new StringWriter();
        ReportText.Write(text, report);
        return text.ToString();
    }
}
