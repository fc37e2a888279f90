using System.Globalization;
using System.Text;
using System.Text.Json;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What <c>dolphin degrade</c> does to sensors, says and ends with.</summary>
public sealed class DegradeStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new(), _error = new();

    public void Dispose() => _place.Dispose();

    private Task<ExitCode> Degrade(params string[] args) => DegradeWith(Plan(), args);

    private async Task<ExitCode> DegradeWith(string plan, params string[] args) =>
        (ExitCode)await DolphinCli.RunAsync(["degrade", "--plan", plan, .. args], new FakeRun(), new Terminal(_out, _error, IsLive: false, Width: 160));

    private string Plan() => _place.File("small.hocon",
        "dolphin { universe.symbols = [BTCUSDT, XMRUSDT], hedging { warm-up-bars = 5, k = 6 }, sizing.capital-per-strategy = 20000 }");

    /// <summary>Four hours of two symbols that swing by a percent and a half.</summary>
    private string Bars()
    {
        var began = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var text = new StringBuilder("open_time_ms,symbol,open,high,low,close,volume\n");
        foreach (var (symbol, level) in (ReadOnlySpan<(string, decimal)>)[("BTCUSDT", 90_000m), ("XMRUSDT", 400m)])
        {
            for (var minute = 0; minute < 240; minute++)
            {
                var (open, close) = (At(minute), At(minute + 1));
                text.Append(CultureInfo.InvariantCulture, $"{began + 60_000L * minute},{symbol},{open},{Math.Max(open, close)},{Math.Min(open, close)},{close},1000000\n");
            }

            decimal At(int minute) => Math.Round(level * (1 + 0.015m * (decimal)Math.Sin(minute / 12.0)), 2);
        }

        return _place.File("bars.csv", text.ToString());
    }

    [Fact(DisplayName = "Each sensor is at fault in each way, beside a run in which none is; who is silent or deaf is felt, and who lies in calm is not")]
    public async Task Faults()
    {
        Assert.Equal(ExitCode.Ok, await Degrade("--data", Bars(), "--at", "2026-01-05T01:30Z", "--for", "1h", "--json"));
        var report = JsonDocument.Parse(_out.ToString()).RootElement;
        var rows = report.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(1 + 6 * 5, rows.Length);
        Assert.Equal(JsonValueKind.Null, rows[0].GetProperty("layer").ValueKind);
        Assert.Equal(1, rows[0].GetProperty("lowestRTotal").GetDouble(), 2);
        foreach (var layer in (string[])["L1_QUORUM", "L2_LEDGER_INTEGRITY", "L4_ALGO_HEARTBEAT", "L7_EXF_SERVICE", "L9_PORTFOLIO_DD"])
        {
            var killed = Row(layer, "killed");
            Assert.True(killed.GetProperty("direction").GetInt32() == -1, $"{layer}: {killed}");
            Assert.True(killed.GetProperty("lowestRTotal").GetDouble() < 0.9, $"{layer}: {killed}");
            Assert.Equal(-1, Row(layer, "frozen").GetProperty("direction").GetInt32());
            Assert.Equal(0, Row(layer, "lying").GetProperty("direction").GetInt32());
        }

        Assert.Equal(0, Row("L2_LEDGER_INTEGRITY", "killed").GetProperty("lowestRTotal").GetDouble());
        Assert.All(rows, r => Assert.True(r.GetProperty("isSound").GetBoolean()));

        JsonElement Row(string layer, string fault) => rows.Single(r => r.GetProperty("layer").GetString() == layer && r.GetProperty("fault").GetString() == fault);
    }

    [Fact(DisplayName = "Only the faults that are named are tried, and for people it is a table")]
    public async Task Some_faults()
    {
        Assert.Equal(ExitCode.Ok, await Degrade("--data", Bars(), "--at", "2026-01-05T01:30Z", "--for", "1h", "--faults", "lying,killed"));
        var said = _out.ToString();
        Assert.Contains("L9_PORTFOLIO_DD      killed", said, StringComparison.Ordinal);
        Assert.Contains("L9_PORTFOLIO_DD      lying", said, StringComparison.Ordinal);
        Assert.DoesNotContain("L9_PORTFOLIO_DD      frozen", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A plan with a forewarner has L3 tried too: its silence costs more than that it has no model yet")]
    public async Task Forewarner()
    {
        var plan = _place.File("forewarned.hocon", "include \"small.hocon\"\ndolphin.forewarner.enabled = true");
        Plan();
        Assert.Equal(ExitCode.Ok, await DegradeWith(plan, "--data", Bars(), "--at", "2026-01-05T01:30Z", "--for", "1h", "--faults", "killed", "--json"));
        var rows = JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("rows").EnumerateArray().ToArray();
        var (plain, silent) = (rows[0], rows.Single(r => r.GetProperty("layer").GetString() == "L3_MC_FOREWARNER"));
        Assert.InRange(plain.GetProperty("lowestRTotal").GetDouble(), 0.7, 0.75);
        Assert.True(silent.GetProperty("lowestRTotal").GetDouble() < 0.5, $"{silent}");
    }

    [Fact(DisplayName = "Only the sensors that are named are at fault; one that the plan does not have is refused, with those that it has")]
    public async Task Some_sensors()
    {
        var bars = Bars();
        Assert.Equal(ExitCode.Ok, await Degrade("--data", bars, "--at", "2026-01-05T01:30Z", "--for", "1h", "--faults", "killed", "--sensors", "L7_EXF_SERVICE,L4_ALGO_HEARTBEAT"));
        Assert.Contains("L4_ALGO_HEARTBEAT  killed", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("L9_PORTFOLIO_DD", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Degrade("--data", bars, "--at", "2026-01-05T01:30Z", "--for", "1h", "--sensors", "L5_OB_STREAMER"));
        Assert.Contains("--sensors L5_OB_STREAMER: expected sensors that the plan has: L1_QUORUM, ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A fault outside of the recording, or at no time, is refused before anything is played")]
    public async Task Refused()
    {
        var bars = Bars();
        Assert.Equal(ExitCode.Usage, await Degrade("--data", bars, "--at", "2026-01-05T03:30Z", "--for", "1h"));
        Assert.Contains("expected a fault within the recording", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Degrade("--data", bars));
        Assert.Equal(ExitCode.Usage, await Degrade("--data", bars, "--at", "2026-01-05T01:30Z", "--for", "1h", "--faults", "killed,drunk"));
        Assert.Equal(ExitCode.DataInvalid, await Degrade("--data", "nowhere", "--at", "2026-01-05T01:30Z"));
        Assert.Equal("", _out.ToString());
    }
}
