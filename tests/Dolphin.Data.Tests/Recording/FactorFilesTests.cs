using Dolphin.Data.Recording;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Tests.Recording;

/// <summary>External factors from files: what is known when, what is refused and where, and what the recordings have.</summary>
public sealed class FactorFilesTests : IDisposable
{
    private readonly RecordingFolder _folder = new();
    public void Dispose() => _folder.Dispose();

    private static readonly Symbol Btc = new("BTCUSDT");
    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    private static FactorTape Read(params string[] paths) => FactorFiles.Read(paths, ReadLimits.Default);

    [Fact(DisplayName = "Our own form: time, asset or none, factor, value; comments and blank lines are no rows")]
    public void Own()
    {
        var tape = Read(_folder.Write("factors.csv", "at,asset,factor,value", "# of last week", "", "2026-01-05T09:30:00Z,,dvol,51.2", "2026-01-05T08:00Z,BTCUSDT,funding,-1e-4"));
        Assert.Equal([new FactorValue(Btc, Factors.Funding, -0.0001, At("2026-01-05T08:00Z")), new FactorValue(null, Factors.Dvol, 51.2, At("2026-01-05T09:30Z"))], tape.Values.AsEnumerable());
        Assert.Equal([Factors.Dvol, Factors.Funding], tape.Factors.AsEnumerable());
    }

    [Fact(DisplayName = "Nothing is known before its time: a day's DVOL at its end, a mark when its bar is over, metrics five minutes later, funding when it settles")]
    public void Known()
    {
        var tape = Read(
            _folder.Write("dvol.csv", "date,dvol_close", "2025-10-10,46.5"),
            _folder.Write("mark.csv", "open_time_ms,symbol,open,high,low,close", "1688428800000,BTCUSDT,30000,31000,29000,30500"),
            _folder.Write("funding.csv", "funding_time_ms,symbol,funding_rate", "1688428800001,BTCUSDT,0.0001"),
            _folder.Write("metrics.csv", "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio",
                "2023-11-14 00:05:00,BTCUSDT,80390.219,2931348945.616,1.09249614,1.38046584,1.0884327,0.72138723"));
        Assert.Equal(
        [
            new FactorValue(Btc, Factors.Funding, 0.0001, At("2023-07-04T00:00:00.001Z")), new FactorValue(Btc, Factors.Mark, 30500, At("2023-07-04T08:00Z")),
            new FactorValue(Btc, Factors.OpenInterest, 80390.219, At("2023-11-14T00:10Z")), new FactorValue(Btc, Factors.TakerRatio5M, 0.72138723, At("2023-11-14T00:10Z")),
            new FactorValue(null, Factors.Dvol, 46.5, At("2025-10-11T00:00Z")),
        ], tape.Values.AsEnumerable());
    }

    [Fact(DisplayName = "Settled funding counts as of eight hours, by the distance of a symbol's settlements whatever file they are in; our own form has it so already")]
    public void Intervals()
    {
        static string Row(int hour, string symbol, string rate) => $"{1688428800000 + hour * 3_600_000L + 3},{symbol},{rate}";
        var tape = Read(
            _folder.Write("one.csv", "funding_time_ms,symbol,funding_rate", Row(0, "BTCUSDT", "0.0001"), Row(0, "ENAUSDT", "0.0001"), Row(4, "ENAUSDT", "0.0001"), Row(8, "BTCUSDT", "0.0001")),
            _folder.Write("two.csv", "funding_time_ms,symbol,funding_rate", Row(8, "ENAUSDT", "0.0002"), Row(9, "ENAUSDT", "-0.0001"), Row(40, "ENAUSDT", "-0.0001"), Row(0, "LONEUSDT", "0.0001")),
            _folder.Write("own.csv", "at,asset,factor,value", "2023-07-04T09:30Z,ENAUSDT,funding,0.0005"));
        double[] Of(string symbol) => [.. tape.Values.Where(v => v.Asset == new Symbol(symbol)).Select(v => v.Value)];
        Assert.Equal([0.0001, 0.0001], Of("BTCUSDT"));
        Assert.Equal([0.0002, 0.0002, 0.0004, -0.0008, 0.0005, -0.0008], Of("ENAUSDT")); // Of the hour, also after a gap.
        Assert.Equal([0.0001], Of("LONEUSDT"));
    }

    [RecordedFact(DisplayName = "Recorded reality: ENA and BSV are paid every four hours, LAYER every four and every hour, all others every eight; what counts is what eight hours cost")]
    public void Recorded_intervals()
    {
        var path = Path.Combine(Shared("01_usdm_1m_16sym_2025-05"), "funding_rate_19sym.csv.gz");
        var raw = new Dictionary<(Symbol, DateTimeOffset), double>();
        using (var text = new StreamReader(new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress)))
        {
            text.ReadLine();
            while (text.ReadLine() is { } line && line.Split(',') is var cells)
                raw[(new Symbol(cells[1]), DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture)))] = double.Parse(cells[2], System.Globalization.CultureInfo.InvariantCulture);
        }

        var times = Read(path).Values.Where(v => raw[(v.Asset!.Value, v.At)] != 0).GroupBy(v => v.Asset!.Value.Name)
            .ToDictionary(g => g.Key, g => g.Select(v => v.Value / raw[(v.Asset!.Value, v.At)]).Distinct().Order().ToArray());
        Assert.Equal(["BSVUSDT", "ENAUSDT", "LAYERUSDT"], times.Where(t => !t.Value.SequenceEqual([1.0])).Select(t => t.Key).Order());
        Assert.Equal([[2.0], [2.0], [2.0, 8.0]], new[] { "BSVUSDT", "ENAUSDT", "LAYERUSDT" }.Select(symbol => times[symbol]));
    }

    [Fact(DisplayName = "The hash is of what is said: blanks and comments are no difference, a digit is")]
    public void Hash()
    {
        string Of(string name, params string[] lines) => Read(_folder.Write(name, lines)).Hash;
        var hash = Of("a.csv", "date,dvol_close", "2025-10-10,46.5");
        Assert.Equal(hash, Of("b.csv", "# so", "date,dvol_close", "", "2025-10-10, 46.50"));
        Assert.NotEqual(hash, Of("c.csv", "date,dvol_close", "2025-10-10,46.51"));
    }

    [Theory(DisplayName = "A mistake is told with file, line and column, and nothing of the file is used")]
    [InlineData("at,asset,factor,value", "2026-01-05 09:30,,dvol,51", "at", "ISO 8601", "2026-01-05 09:30")]
    [InlineData("at,asset,factor,value", "2026-01-05T09:30Z,,dwol,51", "factor", "one of basis, dvol", "dwol")]
    [InlineData("at,asset,factor,value", "2026-01-05T09:30Z,a b,funding,1", "asset", "a symbol", "a b")]
    [InlineData("at,asset,factor,value", "2026-01-05T09:30Z,,dvol,NaN", "value", "a finite number", "NaN")]
    [InlineData("at,asset,factor,value", "2026-01-05T09:30Z,,dvol,1e999", "value", "a finite number", "1e999")]
    [InlineData("at,asset,factor,value", "2026-01-05T09:30Z,,dvol", null, "4 cells", "3 in")]
    [InlineData("date,dvol_close", "2025-02-30,50", "date", "a day", "2025-02-30")]
    [InlineData("funding_time_ms,symbol,funding_rate", "1688428800,BTCUSDT,0.0001", "funding_time_ms", "Unix milliseconds", "1688428800")]
    public void Bad(string header, string row, string? column, string expected, string came)
    {
        var path = _folder.Write("bad.csv", header, "# one", row);
        var error = Assert.Single(Assert.Throws<RecordingException>(() => Read(path)).Errors);
        Assert.Equal((path, 3L, column), (error.File, error.Line, error.Column));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(came, error.Came, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A header that nobody knows, an empty file and one that is not there are refused, all in one message")]
    public void Foreign()
    {
        var error = Assert.Throws<RecordingException>(() => Read(_folder.Write("x.csv", "time,price", "1,2"), _folder.Write("empty.csv"), Path.Combine(_folder.Path, "missing.csv")));
        Assert.Equal(3, error.Count);
        Assert.Contains("at,asset,factor,value or funding_time_ms", error.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "More rows than the limit are refused")]
    public void Bound()
    {
        var path = _folder.Write("long.csv", ["date,dvol_close", .. Enumerable.Range(1, 28).Select(d => $"2025-10-{d:00},50")]);
        Assert.Contains("at most 20 rows", Assert.Throws<RecordingException>(() => FactorFiles.Read([path], ReadLimits.Default with { MaxRows = 20 })).Message, StringComparison.Ordinal);
    }

    [RecordedFact(DisplayName = "Recorded reality: six weeks of funding are calm for the market as a whole, and of 206 days of DVOL one is a shock, that of the crash of October 2025")]
    public void Recorded()
    {
        var (twelve, nine) = (Shared("12_external_factors"), Shared("09_usdm_5m_funding_mark_2023-07"));
        var (shocks, _) = Play(Read(Path.Combine(twelve, "btc_dvol_daily_2025-04-01_2025-10-23.csv")));
        Assert.Equal([At("2025-10-11T00:00Z")], shocks);
        var tape = Read(Path.Combine(nine, "funding_rate.csv.gz"), Path.Combine(nine, "mark_price_8h.csv.gz"));
        var (none, cache) = Play(tape);
        Assert.Empty(none);
        Assert.Equal((61, 61), (cache.FreshnessAt(tape.Values[^1].At).Single(f => f.Factor == Factors.Funding).Assets, cache.FreshnessAt(tape.Values[^1].At).Single(f => f.Factor == Factors.Mark).Assets));
        Assert.All(cache.Counts, c => Assert.Equal(0, c.Refused));
        var metrics = Play(Read(Path.Combine(twelve, "btcusdt_metrics_5m_2023-11-14_2h.csv"))).Cache;
        Assert.Equal([new FactorCount(Factors.OpenInterest, 24, 0, 0), new FactorCount(Factors.TakerRatio5M, 24, 0, 0)], metrics.Counts.AsEnumerable());
    }

    private static (List<DateTimeOffset> Shocks, FactorCache Cache) Play(FactorTape tape)
    {
        var cache = new FactorCache(FactorPolicy.Create(new FactorSettings(), tape.Factors, "test", [])!);
        var shocks = new List<DateTimeOffset>();
        foreach (var value in tape.Values)
        {
            cache.Take(value, value.At);
            if (cache.ShockAt is { } shock && (shocks.Count == 0 || shocks[^1] != shock)) shocks.Add(shock);
        }
        return (shocks, cache);
    }

    private static string Shared(string folder) => Path.Combine(RecordedFactAttribute.Folder!, folder);
}
