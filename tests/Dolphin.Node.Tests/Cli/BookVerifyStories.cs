using System.Text.Json;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>What <c>dolphin book verify</c> reads, says and ends with.</summary>
public sealed class BookVerifyStories : IDisposable
{
    private readonly TemporaryFolder _place = new();
    private readonly StringWriter _out = new(), _error = new();

    public void Dispose() => _place.Dispose();

    private static string Diff(int id) =>
        $$$"""1700000000{{{id:000}}} {"e":"depthUpdate","E":1700000000000,"s":"BTCUSDT","U":{{{id}}},"u":{{{id}}},"pu":{{{id - 1}}},"b":[["99.5","1"]],"a":[]}""";

    private async Task<int> Verify(string[] more, params string[] lines)
    {
        var path = Path.Combine(_place.Path, "recording.txt");
        File.WriteAllLines(path, lines);
        return await DolphinCli.RunAsync(["book", "verify", "--data", path, .. more], new FakeRun(), new Terminal(_out, _error, IsLive: false, Width: 120));
    }

    private const string Snapshot = """1700000000001 {"lastUpdateId":1,"bids":[["99","1"]],"asks":[["101","1"]]}""";
    private const string Ticker = """1700000000002 {"e":"bookTicker","u":2,"s":"BTCUSDT","b":"99.5","B":"1","a":"101","A":"1"}""";

    [Fact(DisplayName = "A clean recording ends with 0, and with how often the book was what the ticker said")]
    public async Task Clean()
    {
        Assert.Equal(0, await Verify([], Snapshot, Diff(2), Ticker, Diff(3)));
        var said = _out.ToString();
        Assert.Contains("4 messages: 1 bookTicker, 2 depthUpdate, 1 snapshot", said, StringComparison.Ordinal);
        Assert.Contains("1 of 1", said, StringComparison.Ordinal);
        Assert.Contains("CLEAN: nothing is missing, twice or out of order. One book was rebuilt.", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A faulty one ends with 4, and with each kind of fault, where it is and what was expected")]
    public async Task Faulty()
    {
        Assert.Equal((int)ExitCode.DataInvalid, await Verify([], Snapshot, Diff(2), Diff(4)));
        var said = _out.ToString();
        Assert.Contains("gap: 1\n  line 3: BTCUSDT: expected a diff after update 2 (pu); came one after 3, to 4; 1 update ids are missing.", said.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("FAULTY: gap.", said, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "As JSON every count is there, and the verdict")]
    public async Task Json()
    {
        Assert.Equal((int)ExitCode.DataInvalid, await Verify(["--json"], Snapshot, Diff(2), Ticker, Diff(2), Diff(4)));
        var answer = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.False(answer.GetProperty("isClean").GetBoolean());
        var btc = answer.GetProperty("symbols")[0];
        Assert.Equal("BTCUSDT", btc.GetProperty("symbol").GetString());
        Assert.Equal((1, 1), (btc.GetProperty("compared").GetInt32(), btc.GetProperty("agreed").GetInt32()));
        Assert.Equal((1, 1), (btc.GetProperty("depth").GetProperty("gaps").GetInt32(), btc.GetProperty("depth").GetProperty("duplicates").GetInt32()));
        Assert.Equal(["gap", "duplicate"], answer.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("kind").GetString()));
        Assert.Equal(3, answer.GetProperty("messages").GetProperty("depthUpdate").GetInt32());
    }

    [Fact(DisplayName = "A file that is not there, a folder, and no file at all are refused before anything is read")]
    public async Task Refused()
    {
        var terminal = new Terminal(_out, _error, IsLive: false, Width: 120);
        Assert.Equal((int)ExitCode.DataInvalid, await DolphinCli.RunAsync(["book", "verify", "--data", "nowhere.gz", _place.Path], new FakeRun(), terminal));
        Assert.Contains("--data nowhere.gz: expected a file, there is none", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("expected a file, there is a folder", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Usage, await DolphinCli.RunAsync(["book", "verify"], new FakeRun(), terminal));
        Assert.Equal("", _out.ToString());
    }
}
