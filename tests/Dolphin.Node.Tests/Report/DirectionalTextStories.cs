using System.Text.Json;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Report;

/// <summary>How people and programs are told what is traded on signals.</summary>
public sealed class DirectionalTextStories
{
    [Fact(DisplayName = "The screen has how many are open and how they ended; where nothing is traded on signals no screen, status or report speaks of it")]
    public void Shown()
    {
        var run = Pictures.Replay() with { Directional = Pictures.OnSignals };
        Assert.Contains("on signals 1 open of 2, 1 trailing  9 opened, 8 over  stops 4  targets 2  net", RunScreen.Render(run, 140, 45, colours: false), StringComparison.Ordinal);
        Assert.DoesNotContain("on signals", RunScreen.Render(Pictures.Replay(), 140, 45, colours: false), StringComparison.Ordinal);
        using StringWriter with = new(), without = new();
        ReportText.Write(with, Pictures.Report() with { Directional = Pictures.OnSignals });
        ReportText.Write(without, Pictures.Report());
        Assert.Contains("On signals\n  BTCUSDT: holding long 0.036", with.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("On signals", without.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The report as JSON has how the positions ended by cause, and reads back as it was")]
    public void Report()
    {
        var report = Pictures.Report() with { Directional = Pictures.OnSignals };
        Assert.Contains("\"trailingStop\": 1", ReportFile.ToJson(report), StringComparison.Ordinal);
        var json = JsonSerializer.Serialize(report, RunJson.Compact);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunReport>(json, RunJson.Compact), RunJson.Compact));
        Assert.DoesNotContain("directional", JsonSerializer.Serialize(Pictures.Report(), RunJson.Compact), StringComparison.Ordinal);
    }
}
