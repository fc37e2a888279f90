using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What <c>dolphin book place</c> tries, says and ends with.</summary>
public sealed class BookPlaceStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new(), _error = new();

    public void Dispose() => _place.Dispose();

    private Task<int> Place(params string[] more) => DolphinCli.RunAsync(["book", "place", .. more], new FakeRun(), new Terminal(_out, _error, IsLive: false, Width: 160));

    /// <summary>Two minutes in which the book stands still and somebody sells into its bid each half second.</summary>
    private string Still()
    {
        var lines = new List<string> { """1700000000000 {"lastUpdateId":1,"bids":[["1000.0","2.001"]],"asks":[["1000.1","2.001"]]}""" };
        for (var i = 0; i < 240; i++)
        {
            var ms = (1_700_000_000_500 + 500 * i).ToString(CultureInfo.InvariantCulture);
            lines.Add($$$"""{{{ms}}} {"e":"depthUpdate","E":{{{ms}}},"s":"BTCUSDT","U":{{{i + 2}}},"u":{{{i + 2}}},"pu":{{{i + 1}}},"b":[["999.0","{{{i + 1}}}.000"]],"a":[]}""");
            lines.Add($$$"""{{{ms}}} {"e":"trade","E":{{{ms}}},"T":{{{ms}}},"s":"BTCUSDT","t":{{{i + 1}}},"p":"1000.0","q":"3.000","X":"MARKET","m":true}""");
        }

        var path = Path.Combine(_place.Path, "still.txt");
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact(DisplayName = "In a market that stands still resting buys at the bid for the maker's fee, and taking pays half the spread and the taker's")]
    public async Task Compares()
    {
        Assert.Equal(0, await Place("--data", Still(), "--quantity", "0.9", "--every", "10s", "--side", "buy", "--json"));
        var answer = JsonDocument.Parse(_out.ToString()).RootElement;
        var (smart, taking) = (answer.GetProperty("arms")[0], answer.GetProperty("arms")[1]);
        Assert.Equal(("smart placer", "taking at once"), (smart.GetProperty("name").GetString(), taking.GetProperty("name").GetString()));
        Assert.Equal(8, smart.GetProperty("placements").GetInt32());
        Assert.Equal(1, smart.GetProperty("filled").GetDouble());
        Assert.True(smart.GetProperty("maker").GetDouble() is > 0 and < 1, "The first rung fills, those behind it never do, and the rest is taken.");
        Assert.Equal(0, taking.GetProperty("maker").GetDouble());
        Assert.Equal(0.5, taking.GetProperty("priceBps").GetDouble(), 3);
        Assert.Equal(5.0, taking.GetProperty("feeBps").GetDouble(), 2);
        Assert.True(smart.GetProperty("costBps").GetDouble() < taking.GetProperty("costBps").GetDouble());
        Assert.Equal("BTCUSDT", answer.GetProperty("symbol").GetString());
    }

    /// <summary>A book with room in its spread whose bid somebody sells into until ten seconds have gone, and then nobody does.</summary>
    private string Stuck()
    {
        var lines = new List<string> { """1700000000000 {"lastUpdateId":1,"bids":[["1000.0","20.000"],["999.0","9.000"]],"asks":[["1000.9","9.000"]]}""" };
        for (var i = 0; i < 400; i++)
        {
            var ms = (1_700_000_000_100 + 100 * i).ToString(CultureInfo.InvariantCulture);
            lines.Add($$$"""{{{ms}}} {"e":"depthUpdate","E":{{{ms}}},"s":"BTCUSDT","U":{{{i + 2}}},"u":{{{i + 2}}},"pu":{{{i + 1}}},"b":[["990.0","{{{i + 1}}}.000"]],"a":[]}""");
            if (i < 100) lines.Add($$$"""{{{ms}}} {"e":"trade","E":{{{ms}}},"T":{{{ms}}},"s":"BTCUSDT","t":{{{i + 1}}},"p":"1000.0","q":"0.200","X":"MARKET","m":true}""");
        }

        var path = Path.Combine(_place.Path, "stuck.txt");
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact(DisplayName = "What was expected of queues is held against what came: in a still market it comes about then, and where trading stops an order leaves its queue")]
    public async Task Queues()
    {
        Assert.Equal(0, await Place("--data", Still(), "--quantity", "0.9", "--every", "10s", "--side", "buy", "--json"));
        var rows = JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("queues").EnumerateArray().ToDictionary(r => r.GetProperty("expected").GetString()!);
        Assert.Equal(["within 1 s", "within 5 s", "in time", "not in time"], rows.Keys);
        var soon = rows["within 1 s"];
        Assert.True(soon.GetProperty("orders").GetInt32() is var orders and >= 7 && soon.GetProperty("filled").GetInt32() == orders, "Six lots a second are sold into two, and all of those filled.");
        Assert.InRange(soon.GetProperty("expectedSeconds").GetDouble(), 0.3, 1);
        Assert.InRange(soon.GetProperty("seconds").GetDouble(), 0.3, 1);
        Assert.Equal(0, rows["not in time"].GetProperty("orders").GetInt32());

        _out.GetStringBuilder().Clear();
        Assert.Equal(0, await Place("--data", Stuck(), "--quantity", "0.3", "--every", "9s", "--side", "buy", "--json"));
        rows = JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("queues").EnumerateArray().ToDictionary(r => r.GetProperty("expected").GetString()!);
        Assert.Equal((1, 1), (rows["in time"].GetProperty("orders").GetInt32(), rows["in time"].GetProperty("moved").GetInt32()));

        _out.GetStringBuilder().Clear();
        await Place("--data", Still(), "--quantity", "0.9", "--every", "10s");
        Assert.Contains("orders at the best price, expected to fill", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "For people it is a table of both ways, and the same recording gives the same figures; what may not take leaves the rest")]
    public async Task Table()
    {
        var path = Still();
        Assert.Equal(0, await Place("--data", path, "--quantity", "0.9", "--every", "10s"));
        var said = _out.ToString();
        Assert.Contains("smart placer", said, StringComparison.Ordinal);
        Assert.Contains("what has not filled in time is taken", said, StringComparison.Ordinal);
        _out.GetStringBuilder().Clear();
        await Place("--data", path, "--quantity", "0.9", "--every", "10s");
        Assert.Equal(said, _out.ToString());
        _out.GetStringBuilder().Clear();
        Assert.Equal(0, await Place("--data", path, "--quantity", "0.9", "--every", "10s", "--no-take", "--side", "buy", "--json"));
        var smart = JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("arms")[0];
        Assert.Equal(1, smart.GetProperty("maker").GetDouble());
        Assert.True(smart.GetProperty("filled").GetDouble() < 1);
    }

    [Fact(DisplayName = "Not whole lots, a symbol that is not there, no times, no file and no sense are refused in words")]
    public async Task Refused()
    {
        var path = Still();
        Assert.Equal((int)ExitCode.Usage, await Place("--data", path, "--quantity", "0.0005"));
        Assert.Contains("expected a whole number of lots of 0.001 BTCUSDT", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.DataInvalid, await Place("--data", path, "--symbol", "ETHUSDT"));
        Assert.Contains("Expected messages of ETHUSDT; the recording has those of BTCUSDT", _error.ToString(), StringComparison.Ordinal);
        var timeless = Path.Combine(_place.Path, "timeless.txt");
        File.WriteAllText(timeless, """{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":2,"u":2,"pu":1,"b":[["99.5","1"]],"a":[]}""");
        Assert.Equal((int)ExitCode.DataInvalid, await Place("--data", timeless, "--quantity", "1"));
        Assert.Contains("expected a receive time before the message", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.DataInvalid, await Place("--data", "nowhere.gz"));
        var bare = Path.Combine(_place.Path, "bare.txt");
        File.WriteAllLines(bare, File.ReadLines(path).Where(line => !line.Contains("lastUpdateId", StringComparison.Ordinal)));
        Assert.Equal((int)ExitCode.DataInvalid, await Place("--data", bare, "--quantity", "3"));
        Assert.Contains("expected a snapshot of BTCUSDT that a diff follows on; its book was never whole. Nothing was placed.", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.DataInvalid, await Place("--data", path, "--quantity", "0.9", "--every", "10h"));
        Assert.Contains("expected time for one placement each 36000 s (--every) that ends; the recording of BTCUSDT is", _error.ToString(), StringComparison.Ordinal);
        var cut = Path.Combine(_place.Path, "cut.gz");
        using (var stored = new MemoryStream())
        {
            using (var gzip = new GZipStream(stored, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(File.ReadAllBytes(path));
            File.WriteAllBytes(cut, stored.ToArray()[..^9]);
        }

        Assert.Equal((int)ExitCode.DataInvalid, await Place("--data", cut, "--quantity", "0.9"));
        Assert.Contains("expected a complete gzip stream of one member; came one that is cut off", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("cut.gz:", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Usage, await Place("--data", path, "--side", "up"));
        Assert.Equal((int)ExitCode.Usage, await Place("--data", path, "--every", "1ms"));
        Assert.Equal("", _out.ToString());
    }
}
