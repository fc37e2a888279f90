using System.Text.Json;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Reporting;
using Dolphin.Node.Report;
using Dolphin.Node.Screen;
using Dolphin.Web;

namespace Dolphin.Node.Tests.Report;

/// <summary>How people and programs are told of hedge compression, of the exposure protector and of Hermes.</summary>
public sealed class StrategyTextStories
{
    private static readonly RunSnapshot Run = Pictures.Replay() with { Compression = Pictures.Compressions, Protectors = Pictures.Protectors, Hermes = Pictures.Hermes };
    private static readonly RunReport Report = Pictures.Report() with
    {
        Compression = Pictures.Compressions, Protectors = Pictures.Protectors,
        Hermes =
        [
            new HermesReport(
                new Symbol("BTCUSDT"), LegHolder.BandLimitedHedging, Pictures.Start, Regime.Ranging, RiskPosture.Cautious, HolderPriority.High, 3, Pictures.Hermes[0].HandOver, Pictures.Hermes[0].Override),
            HermesReport.Of(new Symbol("ETHUSDT"), HermesState.Initial with { HandOvers = 1, Holder = LegHolder.HedgeCompression }, Regime.Trending),
        ],
    };

    [Fact(DisplayName = "Hedge compression: locked loss released, swing gains and costs stand apart, with their sum and what is still locked, in status, report and on the screen")]
    public void Compression()
    {
        const string table = """
            hedge compression  mode    swings  released  swing gains  costs     P&L  locked left
            BTCUSDT            Active       4   -120.50       +88.25  12.13  -44.38      -300.00
            ETHUSDT            Idle         1    -10.00        +4.00   1.00   -7.00         0.00
            all                             5   -130.50       +92.25  13.13  -51.38      -300.00

            """;
        Assert.Contains(table.ReplaceLineEndings("\n"), Status(Run), StringComparison.Ordinal);
        Assert.Contains(table.ReplaceLineEndings("\n"), Text(Report), StringComparison.Ordinal);
        Assert.Contains("compression 1/2  P&L -51.38: released -130.50 swings +92.25 costs 13.13  left -300.00", RunScreen.Render(Run, 100, 45, colours: false), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The protector: status has the seed's render() of each that holds legs, the report a row for each, the screen the one that is farthest from its target")]
    public void Protector()
    {
        Assert.Contains("""
            Exposure protector
              BTCUSDT
                protector    enabled, cautious, priority high
                legs         long 0.06 short 0.04
                share        0.6 of 0.5, drift +0.1 (tolerance 0.04), trimming
                anchor       103912.4
                cooldown     2 ticks after the last fill, 90 s, 0.003 of price to go
                tuning       trail 0.02, step 0.15, every 90 s, move 0.0025
                actions      12, realised 1.25, costs 0.31
                supervision  attach, LONG dominates
              ETHUSDT
                protector    passive
                legs         long 1 short 0
                share        1, its target is in the plan
                anchor       none
                cooldown     not known
                actions      0, realised 0.00, costs 0.00
              idle: XRPUSDT

            """.ReplaceLineEndings("\n"), Status(Run), StringComparison.Ordinal);
        Assert.Contains("""
            protector  mode      share    drift   anchor  acted  realised  costs  supervision  cooldown
            BTCUSDT    Enabled  0.6000  +0.1000  103,912     12     +1.25   0.31  attach       2 ticks after the last fill, 90 s, 0.003 of price to go
            ETHUSDT    Passive  1.0000        -        -      0      0.00   0.00  -            not known
            XRPUSDT    Idle          -        -        -      0      0.00   0.00  -            not known

            """.ReplaceLineEndings("\n"), Text(Report), StringComparison.Ordinal);
        Assert.Contains("protector 1/3 enabled, 1 trimming, 1 attach  BTCUSDT drift +0.1000 anchor 103,912 cooldown 2 ticks",
            RunScreen.Render(Run, 100, 45, colours: false), StringComparison.Ordinal);
        Assert.Equal("protector 0/1 enabled, 0 trimming", ProtectorText.Line([Pictures.Protectors[2]]));
    }

    [Fact(DisplayName = "Hermes: the report has a row for each asset, the screen how many assets are in each regime and with each holder, and a wide one the regime and holder of each")]
    public void Hermes()
    {
        Assert.Contains("""
            Hermes   holder                  regime    posture    priority  hand-overs  override
            BTCUSDT  hedging -> compression  ranging   CAUTIOUS   high               3  ada
            ETHUSDT  hedge-compression       trending  DEFENSIVE  low                1  -

            """.ReplaceLineEndings("\n"), Text(Report), StringComparison.Ordinal);
        Assert.Contains("hermes  ranging 1 unknown 1  |  hedging 1 nobody 1  |  hand-overs 3, 1 under way  overrides 1",
            RunScreen.Render(Run with { Hermes = [Pictures.Hermes[0] with { HandOvers = 3 }, Pictures.Hermes[1]] }, 100, 45, colours: false), StringComparison.Ordinal);
        var wide = RunScreen.Render(Run, 160, 50, colours: false);
        Assert.Matches(@"unreal\. holder +regime", wide);
        Assert.Matches(@"BTCUSDT .* > compression +ranging", wide);
        Assert.DoesNotContain("regime", RunScreen.Render(Run with { Hermes = null }, 160, 50, colours: false), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Status and report carry it as JSON: report()'s fields by name; read back it is the same, and where there is none there is no field")]
    public void Json()
    {
        Same(Run);
        Same(Report);
        var report = JsonDocument.Parse(JsonSerializer.Serialize(Report, RunJson.Compact)).RootElement;
        var btc = report.GetProperty("compression")[0];
        Assert.Equal((-120.5m, 88.25m, 12.125m, -44.375m, -300m), (
            Number("lockedLossReleased"), Number("swingGains"), Number("costs"), Number("pnl"), Number("lockedLossLeft")));
        var protector = JsonDocument.Parse(JsonSerializer.Serialize(Run, RunJson.Compact)).RootElement.GetProperty("protectors")[0].GetProperty("report");
        Assert.Equal((0.1m, 103_912.4m, "00:01:30", "attach"), (
            protector.GetProperty("drift").GetDecimal(), protector.GetProperty("anchor").GetDecimal(), protector.GetProperty("cooldown").GetProperty("wait").GetString(),
            protector.GetProperty("supervision").GetString()));
        Assert.Equal(("hedge-compression", "trending", 1L), (
            report.GetProperty("hermes")[1].GetProperty("holder").GetString(), report.GetProperty("hermes")[1].GetProperty("regime").GetString(),
            report.GetProperty("hermes")[1].GetProperty("handOvers").GetInt64()));
        var (bareRun, bareReport) = (JsonSerializer.Serialize(Pictures.Replay(), RunJson.Compact), JsonSerializer.Serialize(Pictures.Report(), RunJson.Compact));
        foreach (var name in (string[])["\"compression\":", "\"protectors\":"])
        {
            Assert.DoesNotContain(name, bareRun, StringComparison.Ordinal);
            Assert.DoesNotContain(name, bareReport, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("\"hermes\":", bareReport, StringComparison.Ordinal);

        decimal Number(string name) => btc.GetProperty(name).GetDecimal();

        static void Same<T>(T value)
        {
            var json = JsonSerializer.Serialize(value, RunJson.Compact);
            Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(json, RunJson.Compact), RunJson.Compact));
        }
    }

    [Fact(DisplayName = "Where a plan has none of them nothing speaks of them")]
    public void Absent()
    {
        foreach (var text in (string[])[Status(Pictures.Replay()), Text(Pictures.Report()), RunScreen.Render(Pictures.Replay(), 160, 50, colours: false)])
            foreach (var word in (string[])["compression", "protector", "ermes"])
                Assert.DoesNotContain(word, text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "On a small screen three assets stay, and the lines that found no room are counted; none is longer than the screen is wide")]
    public void Small_screen()
    {
        foreach (var (width, height, hidden) in ((int, int, int)[])[(80, 24, 0), (80, 15, 2), (100, 14, 3)])
        {
            var lines = RunScreen.Render(Run, width, height, colours: false).TrimEnd('\n').Split('\n').Select(l => l.TrimEnd()).ToArray();
            Assert.True(lines.Length <= height && lines.All(l => l.Length <= width), $"{width} x {height}");
            Assert.Equal(hidden > 0, lines.Any(l => l.Contains($"+ {hidden} lines: `dolphin status`", StringComparison.Ordinal)));
            Assert.True(lines.Count(l => l.Contains("USDT ", StringComparison.Ordinal) && l.Contains('@', StringComparison.Ordinal)) >= 2, string.Join('\n', lines));
        }
    }

    private static string Status(RunSnapshot run)
    {
        var text = new StringWriter();
        StatusText.Write(text, run, "state", isRunning: true);
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Text(RunReport report)
    {
        var text = new StringWriter();
        ReportText.Write(text, report);
        return text.ToString().ReplaceLineEndings("\n");
    }
}
