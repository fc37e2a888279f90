using Dolphin.Venues.Binance.Recordings;

namespace Dolphin.Venues.Binance.Tests.Recordings;

public sealed class RecordedMarketsTests
{
    private const string Btc = "04_l2_usdm_btc_spot_btc_2024-08-08", Trx = "06_l2_trx_good_and_corrupted_2025", Sessions = "07_raw_ws_rest_sessions_cryptofeed";

    private static RecordingReport Check(string folder, params string[] names) => RecordingCheck.Run([.. names.Select(n => RecordedFactAttribute.PathOf(folder, n))]);

    /// <summary>Each kind with how often it was found.</summary>
    private static string Found(RecordingReport report) => string.Join(", ", report.Findings.Select(f => $"{f.Kind} {f.Count}"));

    [RecordedFact(DisplayName = "BTC perpetual: the book is the ticker at each of 629 common update ids, and never crossed")]
    public void Perpetual()
    {
        var report = Check(Btc, "usdm_btcusdt_20240808.gz");
        Assert.Equal("", Found(report));
        var btc = Assert.Single(report.Symbols);
        Assert.Equal((629, 629), (btc.Compared, btc.Agreed));
        Assert.Equal((6_551, 443_521, 6_547, 0), (btc.Depth.Diffs, btc.Depth.Levels, btc.Depth.Applied, btc.Depth.Crossed));
        Assert.Equal((66_089, 21_313, 0.1m, 0.001m), (btc.Tickers, btc.Trades, btc.TickSize, btc.LotSize));
        Assert.Equal((true, true, 0), (btc.IsBridged, btc.IsValidAtEnd, btc.Resnapshots));
    }

    [RecordedFact(DisplayName = "BTC spot: the book is the ticker at each of 564 common update ids, and never crossed")]
    public void Spot()
    {
        var report = Check(Btc, "spot_btcusdt_20240808.gz");
        Assert.Equal("", Found(report));
        var btc = Assert.Single(report.Symbols);
        Assert.Equal((564, 564), (btc.Compared, btc.Agreed));
        Assert.Equal((3_451, 124_090, 3_449, 0), (btc.Depth.Diffs, btc.Depth.Levels, btc.Depth.Applied, btc.Depth.Crossed));
    }

    public static TheoryData<string, string> Corrupted => new()
    {
        { "merged_depth_snapshot_difference_depth_stream_trade_stream_usd_m_futures_trxusdt_14-04-2025_negative", "bad-time 1, last-row-flag 1, overlap 1" },
        { "test_negative_binance_depth_snapshot_spot_btcusdt_14-04-2025", "bad-time 2, commented-row 1" },
        { "test_negative_binance_difference_depth_stream_spot_trxusdt_04-03-2025", "bad-number 1, bad-time 3, outside-day 1, gap 1" },
        { "test_negative_binance_trade_stream_spot_trxusdt_04-03-2025", "clock-jump 1, trade-gap 1, trade-duplicate 1" },
        { "test_negative_binance_trade_stream_usd_m_futures_trxusdt_04-03-2025", "bad-number 1" },
    };

    [RecordedTheory(DisplayName = "Every corrupted file is detected, and named for what it is")]
    [MemberData(nameof(Corrupted))]
    public void Corrupted_files(string name, string found) => Assert.Equal(found, Found(Check(Trx, name + ".csv.gz")));

    [RecordedFact(DisplayName = "The one file that is called corrupted and is its clean twin, byte for byte, is clean")]
    public void Corrupted_by_name_only()
    {
        const string name = "binance_difference_depth_stream_usd_m_futures_trxusdt_04-03-2025.csv.gz";
        var (bad, good) = (RecordedFactAttribute.PathOf(Trx, "test_negative_" + name), RecordedFactAttribute.PathOf(Trx, "test_positive_" + name));
        Assert.Equal(Text(good), Text(bad));
        Assert.Equal("", Found(RecordingCheck.Run([bad])));

        static string Text(string path)
        {
            using var reader = new StreamReader(new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress));
            return reader.ReadToEnd();
        }
    }

    [RecordedFact(DisplayName = "Every clean file passes, and the merged one's book is whole from its snapshot to its end")]
    public void Clean_files()
    {
        var folder = Path.GetDirectoryName(RecordedFactAttribute.PathOf(Trx, "README.md"))!;
        var clean = Directory.GetFiles(folder, "*positive*.gz").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(6, clean.Length);
        foreach (var path in clean) Assert.Equal($"{path}: ", $"{path}: {Found(RecordingCheck.Run([path]))}");
        var trx = Assert.Single(RecordingCheck.Run([clean.Single(p => p.Contains("merged", StringComparison.Ordinal))]).Symbols);
        Assert.Equal((155, 155, true, 199), (trx.Depth.Diffs, trx.Depth.Applied, trx.IsValidAtEnd, trx.Trades));
    }

    public static TheoryData<string, int, int> Markets => new() { { "BINANCE", 4, 26 }, { "BINANCE_FUTURES", 4, 50 }, { "BINANCE_DELIVERY", 10, 212 } };

    [RecordedTheory(DisplayName = "Sessions of several symbols on one socket bridge, each with its own snapshot, and agree with their tickers")]
    [MemberData(nameof(Markets))]
    public void Sessions_of_several_symbols(string market, int symbols, int compared)
    {
        var report = Check(Sessions, market + ".ws.1.0.gz", market + ".http.0.0.gz");
        Assert.Equal("", Found(report));
        Assert.Equal(symbols, report.Symbols.Length);
        Assert.All(report.Symbols, s => Assert.True(s.IsBridged && s.IsValidAtEnd, s.ToString()));
        Assert.Equal((compared, compared), (report.Symbols.Sum(s => s.Compared), report.Symbols.Sum(s => s.Agreed)));
    }

    [RecordedFact(DisplayName = "A message that is taken out of a real recording is found as a gap, one that is repeated as a duplicate, two that change places as both")]
    public void Damage_to_a_real_recording()
    {
        using var place = new RecordingPlace();
        string[] lines;
        using (var reader = new StreamReader(new System.IO.Compression.GZipStream(
            File.OpenRead(RecordedFactAttribute.PathOf(Btc, "usdm_btcusdt_20240808_first1500.gz")), System.IO.Compression.CompressionMode.Decompress)))
        {
            lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');
        }
        var diffs = Enumerable.Range(0, lines.Length).Where(i => lines[i].Contains("depthUpdate", StringComparison.Ordinal)).ToArray();
        var (a, b) = (diffs[60], diffs[61]);

        Assert.Equal("gap 1", Found(place.Check([.. lines[..a], .. lines[(a + 1)..]])));
        Assert.Equal("duplicate 1", Found(place.Check([.. lines[..a], lines[a], .. lines[a..]])));
        string[] swapped = [.. lines];
        var (timeA, timeB) = (lines[a].Split(' ')[0], lines[b].Split(' ')[0]);
        (swapped[a], swapped[b]) = (lines[b].Replace(timeB, timeA, StringComparison.Ordinal), lines[a].Replace(timeA, timeB, StringComparison.Ordinal));
        var found = place.Check(swapped);
        // The later one comes where the earlier is missing; the earlier then is late; the one after both follows on the later.
        Assert.Equal("gap 1, out-of-order 1", Found(found));
        Assert.False(Assert.Single(found.Symbols).IsValidAtEnd);
        string[] cut = [.. lines];
        cut[a] = cut[a][..^40];
        Assert.Equal("malformed 1, gap 1", Found(place.Check(cut)));
    }
}
