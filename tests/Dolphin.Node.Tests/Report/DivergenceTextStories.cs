using System.Text.Json;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Report;

/// <summary>How people and programs are told how far apart the venues are.</summary>
public sealed class DivergenceTextStories
{
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT"), Sol = new("SOLUSDT");
    private static readonly RunSnapshot Run = Pictures.Replay() with
    {
        Divergence = new DivergencePicture(
        [
            new DivergenceRow(Btc, 0.00051, "paper", "", Pictures.Start), new DivergenceRow(Eth, 0.00184, null, "", Pictures.Start),
            new DivergenceRow(Sol, null, null, "paper-2", Pictures.Start),
        ]),
    };

    [Fact(DisplayName = "Status has a line for each symbol: how far, who leads, and who is missing")]
    public void Status()
    {
        using var text = new StringWriter();
        StatusText.Write(text, Run, "state", isRunning: true);
        foreach (var line in (string[])["BTCUSDT +0\\.0510 % +paper", "ETHUSDT +0\\.1840 % +-", "SOLUSDT +missing: 0\\.0 is used +- +paper-2"])
            Assert.Matches(line, text.ToString());
    }

    [Fact(DisplayName = "The screen has the widest, how many are missing and who leads; without venues to compare it has no line for them")]
    public void Screen()
    {
        var text = RunScreen.Render(Run, 100, 40, colours: false);
        Assert.Contains("venues apart 0.1840 % at most (ETHUSDT)  divergence missing of 1  paper leads 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("venues", RunScreen.Render(Pictures.Replay(), 100, 40, colours: false), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Health says it in numbers, and says nothing where no venues are compared")]
    public void Health()
    {
        var health = HealthAnswer.Of(Run).Divergence!;
        Assert.Equal((2, 1, 0.00184, "ETHUSDT"), (health.Compared, health.Missing, health.Largest!.Value, health.Symbol));
        Assert.Equal(["paper-2"], health.Without.AsEnumerable());
        Assert.DoesNotContain("divergence", JsonSerializer.Serialize(HealthAnswer.Of(Pictures.Replay()), RunJson.Compact), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A snapshot crosses the control port and comes back as it was")]
    public void Round_trip()
    {
        var json = JsonSerializer.Serialize(Run, RunJson.Compact);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunSnapshot>(json, RunJson.Compact), RunJson.Compact));
        Assert.Contains("\"divergence\":{\"symbols\":[{\"symbol\":\"BTCUSDT\",\"value\":0.00051,\"leader\":\"paper\"", json, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The report has what all comparisons came to, as text and as JSON")]
    public void Reported()
    {
        var report = Pictures.Report() with { Divergence = new DivergenceReport("paper", "paper-2", [new DivergenceSummary(Btc, 1_000, 40, 0.0003, 0.0021, 700, 1)]) };
        using var text = new StringWriter();
        ReportText.Write(text, report);
        Assert.Matches("BTCUSDT +1,000 +40 +0\\.0300 % +0\\.2100 % +700 +1", text.ToString());
        Assert.Contains("\"firstLed\": 700", ReportFile.ToJson(report), StringComparison.Ordinal);
    }
}
