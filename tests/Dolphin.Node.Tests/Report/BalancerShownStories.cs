using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
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

    [Fact(DisplayName = "Status and report carry it as JSON, and read back it is the same")]
    public void Json()
    {
        var picture = JsonSerializer.Serialize(Picture, RunJson.Compact);
        Assert.Equal(picture, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunSnapshot>(picture, RunJson.Compact), RunJson.Compact));
        Assert.Equal(5L, JsonDocument.Parse(picture).RootElement.GetProperty("exposureBalancer").GetProperty("actionsTaken").GetInt64());
        var report = ReportFile.ToJson(Pictures.Report() with { ExposureBalancer = Busy });
        Assert.Equal(report, ReportFile.ToJson(JsonSerializer.Deserialize<RunReport>(report, RunJson.Compact)!));
        Assert.DoesNotContain("exposureBalancer", ReportFile.ToJson(Pictures.Report()), StringComparison.Ordinal);
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
