using System.Text;
using Dolphin.Venues.Binance.Recordings;

namespace Dolphin.Venues.Binance.Tests.Recordings;

/// <summary>Recordings as users have them: several forms, several symbols, and everything that can be wrong.</summary>
public sealed class RecordingCheckStories : IDisposable
{
    private const long Ns = 1_700_000_000_000_000_000;

    private readonly RecordingPlace _place = new();

    public void Dispose() => _place.Dispose();

    private static string Diff(int id, string symbol = "BTCUSDT", string bid = "99.5", string lots = "1", long? eventMs = null) =>
        $$$"""{"stream":"s","data":{"e":"depthUpdate","E":{{{eventMs ?? Ns / 1_000_000}}},"s":"{{{symbol}}}","U":{{{id}}},"u":{{{id}}},"pu":{{{id - 1}}},"b":[["{{{bid}}}","{{{lots}}}"]],"a":[]}}""";
    private static string Snapshot(int id, string bid = "99", string ask = "101") => $$"""{"lastUpdateId":{{id}},"bids":[["{{bid}}","1"]],"asks":[["{{ask}}","1"]]}""";
    private static string Ticker(int id, string bid) => $$"""{"e":"bookTicker","u":{{id}},"s":"BTCUSDT","b":"{{bid}}","B":"1","a":"101","A":"1"}""";
    private static string[] At(params string[] messages) => [.. messages.Select((m, i) => $"{Ns + i * 1_000_000L} {m}")];
    private static string Found(RecordingReport report) => string.Join(", ", report.Findings.Select(f => $"{f.Kind} {f.Count}"));

    [Fact(DisplayName = "Messages with times in nanoseconds, milliseconds, seconds, or without any, are the same recording")]
    public void Forms()
    {
        string[] messages = [Diff(1), Snapshot(1), Diff(2, bid: "99.7"), Ticker(2, "99.7")];
        foreach (var lines in (string[][])
        [
            At(messages), messages, [.. messages.Select(m => $"1700000000000 {m}")], [.. messages.Select(m => $"1700000000.25: {m}")],
            ["# a comment", "wss://fstream.binance.com/stream?streams=btcusdt@depth <-> 1700000000.1", "", .. messages.Select(m => $"1700000000.250001: {m}")],
        ])
        {
            var report = _place.Check(lines);
            Assert.Equal("", Found(report));
            Assert.Equal((true, 1, 1), (report.Symbols[0].IsValidAtEnd, report.Symbols[0].Compared, report.Symbols[0].Agreed));
        }
        Assert.Equal(1_700_000_000_250_001_000, LineSource.TimeOf("1700000000.250001"u8));
        Assert.Null(LineSource.TimeOf("1700000000.x"u8));
    }

    [Fact(DisplayName = "Snapshots in a file of their own are put where they were received, and go to the symbol of their address")]
    public void Two_files()
    {
        var stream = _place.Write("ws.txt", "1700000000.1: " + Diff(5, "A"), "1700000000.2: " + Diff(5, "B"), "1700000000.5: " + Diff(6, "A"), "1700000000.6: " + Diff(6, "B"));
        var rest = _place.Write("http.txt.gz", "https://x/fapi/v1/depth?symbol=B&limit=1000 -> 1700000000.3: " + Snapshot(5), "https://x/fapi/v1/depth?symbol=A -> 1700000000.4: " + Snapshot(5));
        var report = RecordingCheck.Run([stream, rest]);
        Assert.Equal("", Found(report));
        Assert.Equal(["A", "B"], report.Symbols.Select(s => s.Symbol.Name));
        Assert.All(report.Symbols, s => Assert.Equal((true, 2), (s.IsValidAtEnd, s.Depth.Applied)));
        Assert.Equal("unassigned-snapshot 1", Found(RecordingCheck.Run([stream, _place.Write("http2.txt", "1700000000.4: " + Snapshot(5))])));
    }

    [Fact(DisplayName = "A book that differs from its ticker, a book that is crossed and a snapshot that is are found, with both sides in words")]
    public void Wrong_books()
    {
        var report = _place.Check(At(Snapshot(1), Diff(2), Ticker(2, "99.7"), Diff(3, bid: "102"), Snapshot(4, bid: "105"), Diff(5)));
        Assert.Equal("crossed-snapshot 1, crossed 1, ticker-disagrees 1", Found(report));
        var text = report.Findings.Single(f => f.Kind == "ticker-disagrees").First[0];
        Assert.Equal((3, "expected 1 at 99.7 / 1 at 101 as the book ticker of update 2; the book has 1 at 99.5 / 1 at 101"), (text.Line, text.Text));
        Assert.Equal("expected a best bid below the best ask; came 1 at 102 / 1 at 101 after update 3", report.Findings.Single(f => f.Kind == "crossed").First[0].Text);
    }

    [Fact(DisplayName = "After a gap a new snapshot begins the book again: a re-snapshot, and the gap stays a finding")]
    public void Resnapshot()
    {
        var report = _place.Check(At(Snapshot(1), Diff(2), Diff(4), Diff(5), Snapshot(5), Diff(6)));
        Assert.Equal("gap 1", Found(report));
        Assert.Equal((1, true, 1, 2), (report.Symbols[0].Resnapshots, report.Symbols[0].IsValidAtEnd, report.Symbols[0].Depth.Gaps, report.Symbols[0].Depth.SnapshotsTaken));
        Assert.Equal("expected a diff after update 2 (pu); came one after 3, to 4; 1 update ids are missing", report.Findings[0].First[0].Text);
    }

    [Fact(DisplayName = "A snapshot that no recorded diff follows on is said to be too old")]
    public void Not_bridged()
    {
        var report = _place.Check(At(Snapshot(1), Diff(12), Diff(13)));
        Assert.Equal("not-bridged 1", Found(report));
        Assert.False(report.Symbols[0].IsBridged);
    }

    [Fact(DisplayName = "A clock that jumps back, and one that is hours away from the venue's, are found; one that is a second off is not")]
    public void Clocks()
    {
        Assert.Equal("", Found(_place.Check($"{Ns - 1_300_000_000} {Diff(1)}", $"{Ns - 1_350_000_000} {Diff(2)}")));
        Assert.Equal("clock-jump 1", Found(_place.Check($"{Ns} {Diff(1)}", $"{Ns - 2_000_000_000} {Diff(2)}")));
        Assert.Equal("clock-jump 1", Found(_place.Check($"{Ns} {Diff(1)}", $"{Ns + 3_600_000_000_000} {Diff(2)}")));
        Assert.Equal("bad-time 2", Found(_place.Check($"0 {Diff(1)}", $"{Ns} {Diff(2, eventMs: 0)}")));
    }

    [Fact(DisplayName = "Lines that are no messages, messages that are cut off and numbers that no market has are named with their line")]
    public void Damaged_lines()
    {
        var report = _place.Check([.. At(Snapshot(1), Diff(2)), "hello", $"{Ns} {Diff(3)[..50]}", $"{Ns} {Diff(4, bid: "NaN")}", $"{Ns} {Diff(5, lots: "99999999999999999999999")}"]);
        Assert.Equal("malformed 2, bad-number 2", Found(report));
        Assert.Equal([3, 4], report.Findings[0].First.Select(f => f.Line));
        Assert.Equal([5, 6], report.Findings[1].First.Select(f => f.Line));
        Assert.StartsWith("a price or a quantity is not a plain number of zero or more: {\"stream\"", report.Findings[1].First[0].Text, StringComparison.Ordinal);
        Assert.Equal(3, report.Refused);
    }

    [Fact(DisplayName = "Of a thousand findings of a kind the first five are described and all are counted")]
    public void Bounded_findings()
    {
        var report = _place.Check(Enumerable.Range(0, 1_000).Select(i => $"line {i}"));
        Assert.Equal("malformed 1000, empty 1", Found(report));
        Assert.Equal(RecordingCheck.Described, report.Findings[0].First.Length);
    }

    [Fact(DisplayName = "A file that is cut off, one that unpacks to a hundred times its size, and a line of nine megabytes end the reading with the reason")]
    public void Unreadable_files()
    {
        var whole = _place.Write("cut.gz", At([Snapshot(1), .. Enumerable.Range(2, 5_000).Select(i => Diff(i, lots: (i * 7919 % 100_003).ToString(System.Globalization.CultureInfo.InvariantCulture)))]));
        File.WriteAllBytes(whole, File.ReadAllBytes(whole)[..^1_000]);
        Assert.Contains("gzip", Stop(RecordingCheck.Run([whole])), StringComparison.Ordinal);
        Assert.Contains("times its compressed size", Stop(RecordingCheck.Run([_place.WriteBytes("bomb.gz", Encoding.UTF8.GetBytes(new string('\n', 40 << 20)))])), StringComparison.Ordinal);
        Assert.Contains("a line of at most 8388608 bytes", Stop(RecordingCheck.Run([_place.WriteBytes("long.txt", Encoding.UTF8.GetBytes(new string('x', 9 << 20)))])), StringComparison.Ordinal);

        static string Stop(RecordingReport report) => report.Findings.Single(f => f.Kind == "malformed").First[^1].Text;
    }

    [Fact(DisplayName = "A file without a message is a finding, beside one that has some too: who recorded it believes that it has")]
    public void Empty()
    {
        var full = _place.Write("full.txt", At([Snapshot(1), Diff(2)]));
        Assert.True(RecordingCheck.Run([full]).IsClean);

        var report = RecordingCheck.Run([_place.WriteBytes("empty.gz", []), full, _place.WriteBytes("comments.txt", Encoding.UTF8.GetBytes("# nothing\n\n"))]);

        var found = Assert.Single(report.Findings);
        Assert.Equal(("empty", 2L), (found.Kind, found.Count));
        Assert.Equal([("empty.gz", 0L), ("comments.txt", 0L)], found.First.Select(f => (Path.GetFileName(f.File), f.Line)));
    }

    [Fact(DisplayName = "Whoever waits is told how far a check is in either pass, and can stop it")]
    public void Progress_and_stop()
    {
        var path = _place.Write("long.gz", At([Snapshot(1), .. Enumerable.Range(2, 40_000).Select(i => Diff(i))]));
        var told = new List<CheckProgress>();
        Assert.True(RecordingCheck.Run([path], told.Add).IsClean);
        Assert.Equal([1, 1, 2, 2], told.Select(p => p.Pass));
        Assert.All(told, p => Assert.InRange(p.StoredPosition, 1, p.StoredBytes));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => RecordingCheck.Run([path], p => stop.Cancel(), stop.Token));
    }
}
