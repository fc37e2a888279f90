using System.Globalization;
using System.Text;
using System.Text.Json;
using Dolphin.Domain.Balancing;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What <c>dolphin balance</c> reads, answers and refuses.</summary>
public sealed class BalanceStories : IDisposable
{
    private const string Overloaded = """
        {"totalMargin": 10000, "positions": {"BTCUSDT": 3000, "ETHUSDT": 2500, "SOLUSDT": 2000, "BNBUSDT": 1500}, "confidence": 0.8, "divergence": 0, "at": "2026-01-05T09:00:00Z"}
        """;

    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public void Dispose() => _place.Dispose();

    [Fact(DisplayName = "Metrics, alerts and commands are printed in words, and it is said that nothing is sent")]
    public void Words()
    {
        var said = Said(Overloaded);
        foreach (var line in (string[])
        [
            "Dry run: nothing is sent. Limits: preset default.",
            "margin used     90.0 %  at most 85.0 %  9,000.00 of 10,000.00",
            "symbols              4  at least 5",
            "BTCUSDT  3,000.00    30.0 %  33.33 %       1.33  1,499.00  overexposed",
            "ALERT margin_overload (critical): Margin overload: 90.0 % of total margin is used, the limit is 85.0 %.",
            "5 commands, in the order to do them in; each is good for 60 s.",
            "  1  reduce_margin, priority 1: BNBUSDT from 1,500.00 to 500.00 (-1,000.00)",
            "  5  expand, priority 2: 1 new of 1,199.20 each (+1,199.20)",
        ])
        {
            Assert.Contains(line, said, StringComparison.Ordinal);
        }
        Assert.Contains("No commands.", Said("""{"totalMargin":10000,"positions":{"A":900,"B":900,"C":900,"D":900,"E":900},"confidence":1,"divergence":0.01}"""), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A hedge says both legs and the venue, and what was assumed or left alone is a note")]
    public void Hedge_in_words()
    {
        var said = Said("""{"totalMargin":20000,"positions":{"BTCUSDT":{"long":2000},"ETHUSDT":{"long":1500,"short":500}},"divergence":0.045,"venues":{"binance":60000,"kraken":62700}}""");
        Assert.Contains("hedge, priority 2: BTCUSDT opposite leg to 200.00 (+200.00), held leg stays at 2,000.00", said, StringComparison.Ordinal);
        Assert.Contains("at kraken, where the price is high", said, StringComparison.Ordinal);
        Assert.Contains("Note: Confidence is missing; 0.5 is assumed.", said, StringComparison.Ordinal);
        Assert.Contains("Skipped: The total margin is unavailable", Said("""{"positions":{}}"""), StringComparison.Ordinal);
        Assert.Contains("Skipped: The open positions are unavailable", Said("""{"totalMargin":1000,"positions":null}"""), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "As JSON the answer has the seed's field names")]
    public void Json()
    {
        var answer = JsonDocument.Parse(Said(Overloaded, json: true)).RootElement;
        Assert.True(answer.GetProperty("dry_run").GetBoolean());
        var balancer = answer.GetProperty("exposure_balancer");
        Assert.Equal(["enabled", "version", "actions_taken", "actions_by_type", "last_metrics", "limits", "status"], Names(balancer).Take(7));
        Assert.Equal((true, "v1.2", 5, "OK"), (balancer.GetProperty("enabled").GetBoolean(), balancer.GetProperty("version").GetString(), balancer.GetProperty("actions_taken").GetInt32(), balancer.GetProperty("status").GetString()));
        Assert.Equal("""{"reduce_margin":1,"reduce":3,"expand":1,"hedge":0,"rebalance":0}""", Compact(balancer.GetProperty("actions_by_type")));
        Assert.Equal("""{"max_margin_util":0.85,"max_symbol_exposure":0.15,"min_diversification":5,"divergence_threshold":0.03}""", Compact(balancer.GetProperty("limits")));
        var metrics = balancer.GetProperty("last_metrics");
        Assert.Equal(
            ["total_margin_used", "total_margin_available", "margin_utilization", "symbol_count", "avg_confidence", "cross_divergence", "net_share", "positions", "symbol_exposures", "symbol_weights"],
            Names(metrics));
        Assert.Equal((9000m, 10000m, 0.9, 4), (metrics.GetProperty("total_margin_used").GetDecimal(), metrics.GetProperty("total_margin_available").GetDecimal(), metrics.GetProperty("margin_utilization").GetDouble(), metrics.GetProperty("symbol_count").GetInt32()));
        Assert.Equal("""{"BNBUSDT":1500,"BTCUSDT":3000,"ETHUSDT":2500,"SOLUSDT":2000}""", Compact(metrics.GetProperty("positions")));
        Assert.Equal(0.3, metrics.GetProperty("symbol_exposures").GetProperty("BTCUSDT").GetDouble());

        var first = answer.GetProperty("commands")[0];
        Assert.Equal(["id", "timestamp", "expires", "action", "symbol", "target_size", "change", "reason", "priority", "new_symbols", "symbols_wanted", "hedge"], Names(first));
        Assert.Equal(("2026-01-05T09:00:00Z", "2026-01-05T09:01:00Z"), (first.GetProperty("timestamp").GetString(), first.GetProperty("expires").GetString()));
        Assert.Equal(("reduce_margin", "BNBUSDT", 500m, 1), (first.GetProperty("action").GetString(), first.GetProperty("symbol").GetString(), first.GetProperty("target_size").GetDecimal(), first.GetProperty("priority").GetInt32()));
        var expansion = answer.GetProperty("commands")[4];
        Assert.Equal((JsonValueKind.Null, 1), (expansion.GetProperty("symbol").ValueKind, expansion.GetProperty("new_symbols").GetInt32()));
        var alert = Assert.Single(answer.GetProperty("alerts").EnumerateArray());
        Assert.Equal(("margin_overload", 0.9), (alert.GetProperty("type").GetString(), alert.GetProperty("utilization").GetDouble()));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("skipped").ValueKind);

        var skipped = JsonDocument.Parse(Said("{}", json: true)).RootElement;
        Assert.Equal(("balancing.positions-unavailable", "DEGRADED", 0), (skipped.GetProperty("skipped").GetProperty("code").GetString(),
            skipped.GetProperty("exposure_balancer").GetProperty("status").GetString(), skipped.GetProperty("commands").GetArrayLength()));
    }

    [Fact(DisplayName = "Presets change the limits, and the environment goes over them; both are said")]
    public void Limits()
    {
        var said = Said(Overloaded, preset: "aggressive");
        Assert.Contains("preset aggressive.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("reduce_margin", said, StringComparison.Ordinal); // 90 % is the limit.
        _environment["MAX_MARGIN_UTIL"] = "0.5";
        _environment["MAX_SYMBOL_EXPOSURE"] = "0.9";
        said = Said(Overloaded, preset: "aggressive");
        Assert.Contains("preset aggressive, and from the environment MAX_MARGIN_UTIL=0.5, MAX_SYMBOL_EXPOSURE=0.9.", said, StringComparison.Ordinal);
        Assert.Contains("Down to 45.0 %", said, StringComparison.Ordinal);
        _environment["EXPOSURE_BALANCER_ENABLED"] = "false";
        Assert.Contains("switched off", Said(Overloaded), StringComparison.Ordinal);
        Assert.Equal("DISABLED", JsonDocument.Parse(Said(Overloaded, json: true)).RootElement.GetProperty("exposure_balancer").GetProperty("status").GetString());
    }

    [Fact(DisplayName = "Wrong limits in the environment end with code 3 and every variable that is wrong")]
    public void Bad_environment()
    {
        _environment["MAX_MARGIN_UTIL"] = "85%";
        _environment["MIN_DIVERSIFICATION"] = "0";
        var error = Assert.Throws<CliException>(() => Said(Overloaded));
        Assert.Equal(ExitCode.ConfigInvalid, error.Code);
        Assert.Equal(["MAX_MARGIN_UTIL", "MIN_DIVERSIFICATION"], error.Details.Select(d => d.Path));
        Assert.Equal("error: MAX_MARGIN_UTIL is '85%'; expected a number, 0.1 to 1 (used margin over total margin, 0.85 = 85 %).", $"{error.Details[0]}");
    }

    [Fact(DisplayName = "Every mistake of a portfolio is reported at once, with its path, line and column")]
    public void Mistakes()
    {
        var error = Refused("""
            {
              "totalMargins": 10000,
              "positions": {
                "BTCUSDT": -1,
                "ETHUSDT": "many",
                "SOLUSDT": {"longs": 5},
                "BTCUSDT": 7,
                "ÄUSDT": 1e30, "XRPUSDT": null
              },
              "confidence": 1.5, "divergence": "NaN", "leverage": 3,
              "at": "soon"
            }
            """);
        Assert.Equal(
        [
            "2:3: error: $.totalMargins is not a known field; did you mean 'totalMargin'?",
            "4:16: error: $.positions.BTCUSDT is -1; expected a number, 0 to 1000000000000 (margin in quote currency), or an object with long and short.",
            "5:16: error: $.positions.ETHUSDT is the text 'many'; expected a number, 0 to 1000000000000 (margin in quote currency), or an object with long and short.",
            "6:17: error: $.positions.SOLUSDT.longs is not a known field; did you mean 'long'?",
            "7:5: error: $.positions.BTCUSDT is given twice; expected once. It was given before at 4:5.",
            "8:14: error: $.positions.ÄUSDT is 1e30; expected a number, 0 to 1000000000000 (margin in quote currency), or an object with long and short.",
            "8:31: error: $.positions.XRPUSDT is null; expected a number, 0 to 1000000000000 (margin in quote currency), or an object with long and short.",
            "10:17: error: $.confidence is 1.5; expected a number, 0 to 1 (0.03 is 3 %), or null where it is not known.",
            "10:36: error: $.divergence is the text 'NaN'; expected a number, 0 to 1 (0.03 is 3 %), or null where it is not known.",
            "10:43: error: $.leverage is not a known field; known here: totalMargin, positions, confidence, divergence, venues, at.",
            "11:9: error: $.at is the text 'soon'; expected a time such as \"2026-01-05T09:00:00Z\".",
        ], error.Details.Select(d => $"{d}"[($"{d.File}".Length + 1)..]));
        Assert.EndsWith("has 11 errors; nothing was judged.", error.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "What is no portfolio at all is refused with the place where it stops being one")]
    [InlineData("nonsense", "1:2: error: this is not JSON")]
    [InlineData("{\n\"totalMargin\": 5,\n}", "3:1: error: this is not JSON")]
    [InlineData("{\"positions\": {\"A\": 1}", "this is not JSON")]
    [InlineData("{} {}", "1:4: error: this is not JSON")]
    [InlineData("[1, 2]", "1:1: error: $ found a list; expected an object with totalMargin")]
    [InlineData("{\"positions\": [1]}", "1:15: error: $.positions is a list; expected an object with a margin for each symbol.")]
    [InlineData("{\"positions\": {\"\": 1}}", "$.positions has a position without a symbol")]
    [InlineData("{\"positions\": {\"A\": {}}}", "$.positions.A is an empty object; expected long, short or both")]
    [InlineData("{\"positions\": {\"A\": {\"long\": 1e12, \"short\": 1}}}", "$.positions.A has 1000000000001.00 in both legs")]
    [InlineData("{\"positions\": {\"A\": [[[[]]]]}}", "$.positions.A is a list")]
    [InlineData("{\"positions\": {\"\\ud800\": 1}}", "has a name that is not text")]
    [InlineData("{\"positions\": {\"BTC\\u001b[31m\": 1}}", "1:16: error: $.positions has the name 'BTC\\x1b[31m', in which is a line break or another control character; expected letters and digits.")]
    [InlineData("{\"positions\": {\" \": 1}}", "$.positions has a position without a symbol")]
    [InlineData("{\"venues\": {\"a\\n\": 1}}", "$.venues has the name 'a\\x0a'")]
    [InlineData("{\"total\\u0007\": 1}", "$ has the name 'total\\x07'")]
    [InlineData("{\"totalMargin\": 0}", "$.totalMargin is 0; expected a number, 0.01 to 1000000000000.")]
    [InlineData("{\"totalMargin\": 1e400}", "$.totalMargin is 1e400")]
    [InlineData("{\"totalMargin\": true}", "$.totalMargin is true")]
    [InlineData("{\"venues\": {\"a\": 0}}", "$.venues.a is 0; expected a number, 0.000000001 to")]
    [InlineData("{\"venues\": 3}", "$.venues is 3; expected an object with the price at each venue.")]
    [InlineData("{\"totalMargin\": 1, \"totalMargin\": 2}", "$.totalMargin is given twice; expected once. It was given before at 1:2.")]
    public void No_portfolio(string text, string said) => Assert.Contains(said, string.Join('\n', Refused(text).Details), StringComparison.Ordinal);

    [Fact(DisplayName = "Files that are missing, folders, empty, too large or not text are refused before they are read")]
    public void Files()
    {
        string Why(string path)
        {
            var error = Assert.Throws<CliException>(() => Run(path));
            Assert.Equal(ExitCode.DataInvalid, error.Code);
            return error.Details.Single().Message;
        }
        Assert.Contains("expected a file, there is none", Why(Path.Combine(_place.Path, "none.json")), StringComparison.Ordinal);
        Assert.Contains("expected a file, found a folder", Why(_place.Path), StringComparison.Ordinal);
        Assert.Contains("the file is empty", Why(_place.File("empty.json", " \n")), StringComparison.Ordinal);
        Assert.Contains("expected at most 4,194,304 bytes", Why(_place.File("large.json", new string(' ', PortfolioFile.MostBytes + 1))), StringComparison.Ordinal);
        var latin = Path.Combine(_place.Path, "latin.json");
        File.WriteAllBytes(latin, Encoding.Latin1.GetBytes("{\"positions\": {\"Ä\": 1}}"));
        Assert.Contains("expected text in UTF-8", Why(latin), StringComparison.Ordinal);
        var marked = Path.Combine(_place.Path, "marked.json");
        File.WriteAllText(marked, Overloaded, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Run(marked);
        Assert.Contains("Margin overload", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The verb is part of the command line: help, wrong presets, and errors as JSON")]
    public async Task Verb()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        async Task<ExitCode> Dolphin(params string[] args)
        {
            output.GetStringBuilder().Clear();
            error.GetStringBuilder().Clear();
            return (ExitCode)await DolphinCli.RunAsync(args, new FakeRun(), new Terminal(output, error, IsLive: false, Width: 120));
        }
        Assert.Equal(ExitCode.Ok, await Dolphin("balance", "--help"));
        Assert.Contains("MAX_MARGIN_UTIL", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("4  data-invalid", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Dolphin("balance"));
        Assert.Contains("--snapshot", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await Dolphin("balance", "--snapshot", "x", "--preset", "bold"));
        Assert.Contains("--preset expects conservative, default or aggressive; found 'bold'", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.DataInvalid, await Dolphin("balance", "--snapshot", _place.File("bad.json", "{\n \"positions\": {\"A\": -2}}"), "--json"));
        var detail = JsonDocument.Parse(error.ToString()).RootElement.GetProperty("error").GetProperty("details")[0];
        Assert.Equal(("$.positions.A", 2, 21), (detail.GetProperty("path").GetString(), detail.GetProperty("line").GetInt32(), detail.GetProperty("column").GetInt32()));
        Assert.Empty(output.ToString());
        Assert.Equal(ExitCode.Ok, await Dolphin("balance", "--snapshot", _place.File("good.json", Overloaded), "--preset", "conservative"));
        Assert.Contains("preset conservative", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A snapshot without a time is judged as of now")]
    public void Now() => Assert.Contains("\"timestamp\": \"2026-03-04T05:06:07Z\"", Said("""{"totalMargin":100,"positions":{"A":99}}""", json: true), StringComparison.Ordinal);

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(p => p.Name);
    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private string Said(string portfolio, string preset = "default", bool json = false)
    {
        _out.GetStringBuilder().Clear();
        Run(_place.File("portfolio.json", portfolio), preset, json);
        return _out.ToString();
    }

    private CliException Refused(string portfolio)
    {
        var error = Assert.Throws<CliException>(() => Said(portfolio));
        Assert.Equal((ExitCode.DataInvalid, ""), (error.Code, _out.ToString()));
        return error;
    }

    private void Run(string path, string preset = "default", bool json = false) => Assert.Equal((int)ExitCode.Ok,
        new BalanceVerb(new Terminal(_out, TextWriter.Null, IsLive: false, Width: 120), name => _environment.GetValueOrDefault(name), new StoppedClock())
            .Run(new BalanceOptions(path, preset), json));

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse("2026-03-04T05:06:07Z", CultureInfo.InvariantCulture);
    }
}
