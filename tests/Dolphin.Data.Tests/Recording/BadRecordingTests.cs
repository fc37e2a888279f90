using Dolphin.Data.Recording;
using Dolphin.Domain.Market;
using static Dolphin.Data.Tests.Recording.RecordingFolder;

namespace Dolphin.Data.Tests.Recording;

/// <summary>Everything that can be wrong with a recording is told with file, line, column, what was expected and what came.</summary>
public sealed class BadRecordingTests : IDisposable
{
    private readonly RecordingFolder _folder = new();
    public void Dispose() => _folder.Dispose();

    /// <summary>A file of ten good rows with one of them replaced: row 5, which stands on line 6.</summary>
    private string WithLine6(string row, string header = BarsHeader, string name = "BTCUSDT-1m.csv")
    {
        var rows = Rows(10, header == MergedHeader ? "BTCUSDT" : "").ToList();
        rows[4] = row;
        return _folder.Write(name, [header, .. rows]);
    }

    private void IsToldAt(string file, long line, string? column, string expected, string came, ReadOptions? options = null)
    {
        var error = _folder.OnlyError(options);
        Assert.Equal(file, error.File);
        Assert.Equal(line, error.Line);
        Assert.Equal(column, error.Column);
        Assert.Contains(expected, error.Expected);
        Assert.Contains(came, error.Came);
    }

    private static readonly long At5 = Start + 4 * Minute;

    [Theory(DisplayName = "A wrong value in a row is told with its line and its column")]
    [InlineData("{t},100,101,99,100", null, "6 columns", "5 in")]
    [InlineData("{t},100,101,99,100,1,2", null, "6 columns", "7 in")]
    [InlineData("", null, "6 columns", "an empty line")]
    [InlineData("{t},abc,101,99,100,1", "open", "a number", "'abc'")]
    [InlineData("{t},100,1o1,99,100,1", "high", "a number", "'1o1'")]
    [InlineData("{t},100,101,,100,1", "low", "a number", "nothing")]
    [InlineData("{t},100,101, 99,100,1", "low", "a number", "' 99'")]
    [InlineData("{t},100,101,99,100,", "volume", "a number", "nothing")]
    [InlineData("{t},100,101,99,NaN,1", "close", "finite", "'NaN'")]
    [InlineData("{t},100,Infinity,99,100,1", "high", "finite", "'Infinity'")]
    [InlineData("{t},100,101,-inf,100,1", "low", "finite", "'-inf'")]
    [InlineData("{t},0,101,99,100,1", "open", "above zero", "0")]
    [InlineData("{t},100,101,-99,100,1", "low", "above zero", "-99")]
    [InlineData("{t},100,101,99,0.00,1", "close", "above zero", "0")]
    [InlineData("{t},100,101,99,100,-0.5", "volume", "zero or more", "-0.5")]
    [InlineData("{t},100,101,99,100,1e16", "volume", "at most", "10000000000000000")]
    [InlineData("{t},100,99,101,100,1", "high", "at least the low, 101", "99")]
    [InlineData("{t},102,101,99,100,1", "open", "between the low, 99, and the high, 101", "102")]
    [InlineData("{t},100,101,99,98.9,1", "close", "between the low, 99, and the high, 101", "98.9")]
    [InlineData("{t},100,10010.1,99,100,1", "high", "100 times the previous close, 100.1", "10010.1")]
    [InlineData("{t},100,101,0.9,100,1", "low", "divided by 100", "0.9")]
    [InlineData("{t},100,101,99,100.00000000000000000000000000001,1", "close", "28 digits", "100.0000")]
    [InlineData("{t},100,101,99,100.0000000000000000001,1", null, "18 digits after the point", "100.0000000000000000001")]
    [InlineData("1747008240,100,101,99,100,1", "open_time_ms", "Unix milliseconds", "1747008240")]
    [InlineData("1747008240000000,100,101,99,100,1", "open_time_ms", "Unix milliseconds", "1747008240000000")]
    [InlineData("2025-05-12T00:04:00Z,100,101,99,100,1", "open_time_ms", "Unix milliseconds", "2025-05-12T00:04:00Z")]
    [InlineData("1747008240000.5,100,101,99,100,1", "open_time_ms", "Unix milliseconds", "1747008240000.5")]
    [InlineData("1747008180000,100,101,99,100,1", "open_time_ms", "each time once", "1747008180000 again")]
    [InlineData("1747008120000,100,101,99,100,1", "open_time_ms", "after the symbol's previous one, 1747008180000", "1747008120000")]
    [InlineData("1747008240500,100,101,99,100,1", "open_time_ms", "a multiple of the interval, 1m", "1747008240500")]
    public void Wrong_row(string row, string? column, string expected, string came) =>
        IsToldAt(WithLine6(row.Replace("{t}", $"{At5}")), 6, column, expected, came);

    [Theory(DisplayName = "So it is in a merged file, where the symbol is a column too")]
    [InlineData("{t},BTCUSDT,100,101,99,NaN,1", "close", "finite", "'NaN'")]
    [InlineData("{t},BTCUSDT,100,101,99,100", null, "7 columns", "6 in")]
    [InlineData("{t}", null, "7 columns", "1 in")]
    [InlineData("{t},,100,101,99,100,1", "symbol", "a symbol", "nothing")]
    [InlineData("{t},BTC USDT,100,101,99,100,1", "symbol", "a symbol", "'BTC USDT'")]
    [InlineData("1747008180000,BTCUSDT,100,101,99,100,1", "open_time_ms", "each time once", "again")]
    public void Wrong_merged_row(string row, string? column, string expected, string came) =>
        IsToldAt(WithLine6(row.Replace("{t}", $"{At5}"), MergedHeader, "all.csv.gz"), 6, column, expected, came);

    [Theory(DisplayName = "So it is in a funding file")]
    [InlineData("{t},BTCUSDT,x", "funding_rate", "a number", "'x'")]
    [InlineData("{t},BTCUSDT,NaN", "funding_rate", "finite", "'NaN'")]
    [InlineData("{t},BTCUSDT,-1.5", "funding_rate", "between -1 and 1", "'-1.5'")]
    [InlineData("soon,BTCUSDT,0.0001", "funding_time_ms", "Unix milliseconds", "'soon'")]
    [InlineData("{t},BTCUSDT", null, "3 columns", "2 in")]
    [InlineData("1747008000000,BTCUSDT,0.0001", "funding_time_ms", "after the symbol's previous one", "again")]
    [InlineData("1747000000000,BTCUSDT,0.0001", "funding_time_ms", "after the symbol's previous one", "1747000000000")]
    public void Wrong_funding(string row, string? column, string expected, string came)
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        var file = _folder.Write("funding.csv", FundingHeader, $"{Start},BTCUSDT,0.0001", row.Replace("{t}", $"{At5}"));
        IsToldAt(file, 3, column, expected, came);
    }

    [Fact(DisplayName = "A price above a thousand million is absurd even in the first row")]
    public void Absurd_first_price()
    {
        var file = _folder.Write("BTCUSDT-1m.csv", BarsHeader, $"{Start},2000000000,2000000000,2000000000,2000000000,1");
        IsToldAt(file, 2, "high", "at most 1000000000", "2000000000");
    }

    [Fact(DisplayName = "A jump of exactly a hundred times is taken, a tick more is not")]
    public void Jump_limit_is_exact()
    {
        static string Bar(int minute, string price) => $"{Start + minute * Minute},{price},{price},{price},{price},1";
        _folder.Write("BTCUSDT-1m.csv", BarsHeader, Bar(0, "3.7"), Bar(1, "370"), Bar(2, "3.7"));
        Assert.Equal(3, _folder.Read().Bars);
        _folder.Write("BTCUSDT-1m.csv", BarsHeader, Bar(0, "3.7"), Bar(1, "370.01"), Bar(2, "3.7"));
        Assert.Equal(3, _folder.OnlyError().Line);
        _folder.Write("BTCUSDT-1m.csv", BarsHeader, Bar(0, "370"), Bar(1, "3.69"), Bar(2, "370"));
        Assert.Equal(3, _folder.OnlyError().Line);
    }

    [Fact(DisplayName = "After a bad row the next ones are judged against the last good one")]
    public void A_bad_row_does_not_spoil_the_next()
    {
        WithLine6($"{At5},9999999,9999999,9999999,9999999,1");
        Assert.Equal(6, _folder.OnlyError().Line);
    }

    [Fact(DisplayName = "An unknown header is told on line 1 when the file was asked for, or is named like a file of bars")]
    public void Unknown_header()
    {
        var asked = _folder.Write("matrix.csv", "open_time_ms,BTCUSDT,ETHUSDT", $"{Start},1,2");
        var error = Assert.Single(Assert.Throws<RecordingException>(() => RecordingReader.Read([asked], ReadOptions.All)).Errors);
        Assert.Equal((asked, 1L), (error.File, error.Line));
        Assert.Contains("open_time_ms,BTCUSDT", error.Came);

        _folder.Write("ETHUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        var named = _folder.Write("BTCUSDT-1m.csv", ["time,open,high,low,close,volume", .. Rows(10)]);
        IsToldAt(named, 1, null, "a header of bars", "time,open");
    }

    [Fact(DisplayName = "A header that stands again in the middle is a row like any other, and a wrong one")]
    public void Header_again() => Assert.Contains(WithError(WithLine6(BarsHeader)), e => e.Line == 6 && e.Column == "open_time_ms");

    private IEnumerable<DataError> WithError(string file) => _folder.Refused().Errors.Where(e => e.File == file);

    [Theory(DisplayName = "An empty file is told as one, compressed or not, and so is one with a header only")]
    [InlineData("BTCUSDT-1m.csv", "", "a header line and rows")]
    [InlineData("BTCUSDT-1m.csv.gz", "", "a header line and rows")]
    [InlineData("BTCUSDT-1m.csv", BarsHeader + "\n", "rows after the header")]
    [InlineData("all.csv.gz", MergedHeader + "\n", "rows after the header")]
    public void Empty(string name, string text, string expected)
    {
        var file = _folder.WriteText(name, text);
        IsToldAt(file, 0, null, expected, "");
    }

    [Fact(DisplayName = "A file of no bytes is empty whatever it is named")]
    public void No_bytes()
    {
        var file = _folder.WriteBytes("BTCUSDT-1m.csv.gz", []);
        IsToldAt(file, 0, null, "a header line and rows", "an empty file");
    }

    [Theory(DisplayName = "A last line without its line end may be cut off, even where it still reads as a row")]
    [InlineData("1747008600000,100,101,99,100,1")]
    [InlineData("1747008600000,100,101,")]
    public void Cut_last_line(string last)
    {
        var file = _folder.WriteText("BTCUSDT-1m.csv", string.Join('\n', [BarsHeader, .. Rows(10), last]));
        IsToldAt(file, 12, null, "a line end after the last line", last[..20]);
    }

    [Fact(DisplayName = "Wherever a gzip file is cut off, it is refused")]
    public void Cut_gzip()
    {
        var whole = Gzip(string.Concat(new[] { BarsHeader }.Concat(Rows(40)).Select(l => l + "\n")));
        for (var length = 1; length < whole.Length; length++)
        {
            var file = _folder.WriteBytes("BTCUSDT-1m.csv.gz", whole[..length]);
            Assert.All(_folder.Refused().Errors, e => Assert.Equal(file, e.File));
        }
        _folder.WriteBytes("BTCUSDT-1m.csv.gz", whole);
        Assert.Equal(40, _folder.Read().Bars);
    }

    [Fact(DisplayName = "A gzip file cut in the middle says so, with the line it stopped at")]
    public void Cut_gzip_says_so()
    {
        var whole = Gzip(string.Concat(new[] { BarsHeader }.Concat(Rows(20_000)).Select(l => l + "\n")));
        var file = _folder.WriteBytes("BTCUSDT-1m.csv.gz", whole[..(whole.Length / 2)]);
        var error = _folder.Refused().Errors[0];
        Assert.Equal(file, error.File);
        Assert.InRange(error.Line, 5_000, 20_000);
        Assert.Contains("complete gzip", error.Expected);
        Assert.Contains("cut off", error.Came);
    }

    [Fact(DisplayName = "Whatever byte of a gzip file is changed, it is refused or gives the same bars")]
    public void Flipped_gzip()
    {
        var whole = Gzip(string.Concat(new[] { BarsHeader }.Concat(Rows(40)).Select(l => l + "\n")));
        _folder.WriteBytes("BTCUSDT-1m.csv.gz", whole);
        var fingerprint = _folder.Read().Fingerprint;
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 0x11;
            _folder.WriteBytes("BTCUSDT-1m.csv.gz", changed);
            try
            {
                Assert.Equal(fingerprint, _folder.Read().Fingerprint);
            }
            catch (RecordingException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, whole.Length - 10, whole.Length); // The ten bytes of gzip's header hold a date and such.
    }

    [Fact(DisplayName = "What follows a complete gzip stream is not ignored")]
    public void After_gzip()
    {
        var whole = Gzip(string.Concat(new[] { BarsHeader }.Concat(Rows(40)).Select(l => l + "\n")));
        var file = _folder.WriteBytes("BTCUSDT-1m.csv.gz", [.. whole, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        IsToldAt(file, 42, null, "one member", "something after it");
    }

    [Fact(DisplayName = "A file named .gz that is not gzip is told")]
    public void Not_gzip()
    {
        var file = _folder.WriteBytes("BTCUSDT-1m.csv.gz", System.Text.Encoding.UTF8.GetBytes(string.Concat(new[] { BarsHeader }.Concat(Rows(3)).Select(l => l + "\n"))));
        IsToldAt(file, 0, null, "gzip content", "something else");
    }

    [Fact(DisplayName = "A small file that unpacks without end is stopped early")]
    public void Bomb()
    {
        var file = _folder.WriteBytes("BTCUSDT-1m.csv.gz", Gzip(BarsHeader + "\n" + new string('\n', 8_000_000)));
        var error = _folder.Refused().Errors[0];
        Assert.Equal(file, error.File);
        Assert.Contains("at most 100 times its compressed size", error.Expected);
        Assert.InRange(error.Line, 500_000, 2_000_000);
    }

    [Fact(DisplayName = "A line without end is stopped, too")]
    public void Endless_line()
    {
        var file = _folder.WriteText("BTCUSDT-1m.csv", BarsHeader + "\n" + new string('1', 1_000_000));
        IsToldAt(file, 2, null, "a line of at most 65536 bytes", "a longer one");
    }

    [Fact(DisplayName = "A file of more bytes than allowed, and a recording of more rows, are stopped")]
    public void Limits()
    {
        var file = _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(20_000)]);
        _folder.Write("ETHUSDT-1m.csv", [BarsHeader, .. Rows(20_000)]);
        Assert.Contains(_folder.Refused(new ReadOptions(Limits: ReadLimits.Default with { MaxBytesPerFile = 500_000 })).Errors,
            e => e.File == file && e.Expected.Contains("at most 500,000 bytes"));
        IsToldAt(_folder.Path, 0, null, "at most 39999 rows", "more", new ReadOptions(Limits: ReadLimits.Default with { MaxRows = 39_999 }));
        Assert.Equal(40_000, _folder.Read(new ReadOptions(Limits: ReadLimits.Default with { MaxRows = 40_000 })).Bars);
    }

    [Fact(DisplayName = "A symbol that was asked for and is not there is told with those that are")]
    public void Missing_symbol()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        IsToldAt(_folder.Path, 0, "symbol", "bars of DOGEUSDT", "it has BTCUSDT", new ReadOptions(Symbols: [new("BTCUSDT"), new("DOGEUSDT")]));
    }

    [Fact(DisplayName = "Where other symbols are refused, the first row of one is told")]
    public void Other_symbol()
    {
        var file = _folder.Write("all.csv", [MergedHeader, .. Rows(3, "BTCUSDT"), .. Rows(3, "WHATUSDT")]);
        var only = new ReadOptions(Symbols: [new("BTCUSDT")]);
        Assert.Equal("BTCUSDT", Assert.Single(_folder.Read(only).Symbols).Name);
        IsToldAt(file, 5, "symbol", "one of the symbols asked for: BTCUSDT", "'WHATUSDT'", only with { RefuseOtherSymbols = true });
    }

    [Fact(DisplayName = "A symbol that stands in two files is told in the second")]
    public void Symbol_twice()
    {
        _folder.Write("a.csv", [MergedHeader, .. Rows(3, "BTCUSDT"), .. Rows(3, "ETHUSDT")]);
        var second = _folder.Write("b.csv", [MergedHeader, .. Rows(3, "ADAUSDT"), .. Rows(3, "ETHUSDT")]);
        IsToldAt(second, 5, "symbol", "each symbol in one file", "a.csv");
    }

    [Fact(DisplayName = "Files of different intervals are not one recording")]
    public void Two_intervals()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(60)]);
        var other = _folder.Write("ETHUSDT-15m.csv", [BarsHeader, .. Rows(45).Where((_, i) => i % 15 == 0)]);
        IsToldAt(other, 0, null, "the interval of the recording, 1m", "15m");
    }

    [Fact(DisplayName = "A file of bars must say its symbol in its name")]
    public void Name_without_symbol()
    {
        var file = _folder.Write("bars.csv", [BarsHeader, .. Rows(3)]);
        IsToldAt(file, 0, null, "a name like BTCUSDT-1m.csv", "'bars.csv'");
    }

    [Fact(DisplayName = "A folder with nothing usable, a path that is not there, and funding alone are errors")]
    public void Nothing_usable()
    {
        _folder.WriteText("README.md", "# Recorded\n");
        IsToldAt(_folder.Path, 0, null, "at least one .csv", "none");
        _folder.Write("funding.csv", FundingHeader, $"{Start},BTCUSDT,0.0001");
        IsToldAt(_folder.Path, 0, null, "bars", "only funding");
        var gone = _folder.Of("gone");
        var error = Assert.Single(Assert.Throws<RecordingException>(() => RecordingReader.Read([gone], ReadOptions.All)).Errors);
        Assert.Contains("nothing there", error.Came);
    }

    [Fact(DisplayName = "A range without bars is told with the range there is")]
    public void Empty_range()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        IsToldAt(_folder.Path, 0, null, "from 2026-01-01", "from 2025-05-12 00:00:00Z to 2025-05-12 00:09:00Z",
            new ReadOptions(From: new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact(DisplayName = "Of many errors the first twenty are described, by file and line, and all are counted")]
    public void Many_errors()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Enumerable.Repeat("x", 15)]);
        _folder.Write("ADAUSDT-1m.csv", [BarsHeader, .. Enumerable.Repeat("x", 12)]);
        var refused = _folder.Refused();
        Assert.Equal(27, refused.Count);
        Assert.Equal(20, refused.Errors.Length);
        Assert.Equal(Enumerable.Range(2, 12).Select(l => (long)l), refused.Errors.Take(12).Select(e => e.Line));
        Assert.All(refused.Errors.Take(12), e => Assert.EndsWith("ADAUSDT-1m.csv", e.File));
        Assert.All(refused.Errors.Skip(12), e => Assert.EndsWith("BTCUSDT-1m.csv", e.File));
        Assert.EndsWith("... and 7 more.", refused.Message);
        Assert.Contains("ADAUSDT-1m.csv, line 2: expected 6 columns (open_time_ms,open,high,low,close,volume); came 1 in 'x'.", refused.Message);
    }

    [Fact(DisplayName = "What came is shown without anything a terminal would act on")]
    public void Control_characters()
    {
        WithLine6("\u001b[2J\u0007,1,1,1,1,1");
        Assert.Equal("'\\x1b[2J\\x07'", _folder.OnlyError().Came);
    }

    [Fact(DisplayName = "Reading writes nothing, whether it succeeds or not")]
    public void Writes_nothing()
    {
        WithLine6("x");
        _folder.Write("ETHUSDT-1m.csv.gz", [BarsHeader, .. Rows(10)]);
        string[] Listing() => [.. Directory.GetFileSystemEntries(_folder.Path).Order().Select(f => $"{f} {new FileInfo(f).Length} {File.GetLastWriteTimeUtc(f):O}")];
        var before = Listing();
        _folder.Refused();
        Assert.Equal(before, Listing());
    }
}
