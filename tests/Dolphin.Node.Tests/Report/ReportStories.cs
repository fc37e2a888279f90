using System.Text.Json;
using Dolphin.Node.Report;
using Dolphin.Web;
using Dolphin.Domain.Reporting;

namespace Dolphin.Node.Tests.Report;

/// <summary>What a run says of itself when it is over.</summary>
public sealed class ReportStories
{
    [Fact(DisplayName = "The JSON report has the fields that scripts rely on, in a fixed order")]
    public void Fields()
    {
        var root = JsonDocument.Parse(ReportFile.ToJson(Pictures.Report())).RootElement;
        Assert.Equal(
            [
                "edition", "seed", "symbols", "bars", "orders", "fills", "realisedPnl", "unrealisedPnl", "fees", "funding", "equity", "maxDrawdown",
                "strategies", "postures", "minimumRTotal", "eventsPersisted", "invariants", "halted", "wallSeconds", "barsPerSecond", "stateHash", "fillsNotOurs", "economics",
                "isSound",
            ],
            root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["strategy", "symbol", "mode", "legs", "cycles", "exits", "realisedPnl", "unrealisedPnl", "fees", "funding", "netPositionPnl", "twoLegCost", "economics"],
            root.GetProperty("strategies")[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(["gross", "fees", "funding", "net", "turnover", "timeInMarket", "broughtIn"], root.GetProperty("economics").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["name", "checked", "violated"], root.GetProperty("invariants")[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal("BTCUSDT", root.GetProperty("symbols")[0].GetString());
    }

    [Fact(DisplayName = "Amounts are exact decimal numbers, written one way however they were computed")]
    public void Amounts()
    {
        var json = ReportFile.ToJson(Pictures.Report());
        Assert.Contains("\"unrealisedPnl\": -2103.77,", json, StringComparison.Ordinal);
        Assert.Contains("\"equity\": 101271.7989,", json, StringComparison.Ordinal);
        Assert.Contains("币安人生USDT", json, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A report that is read back is the report that was written")]
    public void Round_trip()
    {
        var json = ReportFile.ToJson(Pictures.Report());
        Assert.Equal(json, ReportFile.ToJson(JsonSerializer.Deserialize<RunReport>(json, RunJson.Compact)!));
    }

    [Fact(DisplayName = "Two legs cost their fees minus their funding")]
    public void Cost() => Assert.Equal(59.1011m, Pictures.Report().Strategies[0].TwoLegCost.Total.Quote);

    [Fact(DisplayName = "A file is replaced whole, and nothing else stays in the folder")]
    public void File_is_whole()
    {
        using var place = new TemporaryFolder();
        var path = place.File("report.json", "old");
        ReportFile.Write(Pictures.Report(), path);
        Assert.Equal(path, Assert.Single(Directory.GetFiles(place.Path)));
        Assert.Equal(ReportFile.ToJson(Pictures.Report()) + "\n", File.ReadAllText(path));
    }

    [Fact(DisplayName = "A person reads the same as a table, with the P&L of the net position beside what two legs cost")]
    public void Text()
    {
        var text = new StringWriter();
        ReportText.Write(text, Pictures.Report());
        foreach (var shown in (string[])["hedge-btcusdt", "9,981 (3 not ours)", "gross +2,317.32", "turnover 1,824,882.20", "in market 43.75 %", "brought in -100.00", "net position", "+217.32", "two legs cost", "59.10", "lowest R_total 0.300", "APEX", "book = sum of fills = venue  120,311", "state hash 9f86d081884c7d65", "Every invariant held."])
            Assert.Contains(shown, text.ToString(), StringComparison.Ordinal);
    }
}
