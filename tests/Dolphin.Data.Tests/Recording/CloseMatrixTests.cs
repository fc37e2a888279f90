using Dolphin.Data.Recording;

namespace Dolphin.Data.Tests.Recording;

/// <summary>What a close matrix is read from, and everything that can be wrong with one.</summary>
public sealed class CloseMatrixTests : IDisposable
{
    private readonly RecordingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(DisplayName = "A matrix is read with its symbols in ordinal order; empty and nan cells are no close")]
    [InlineData("closes.csv")]
    [InlineData("closes.csv.gz")]
    public void Reads(string name)
    {
        var matrix = CloseMatrixReader.Read([_folder.Write(name, "open_time_ms,ETHUSDT,BTCUSDT", "1767571201000,2,1.5", "1767571202000,,1.25e0", "1767571203000,NaN,1")]);
        Assert.Equal(["BTCUSDT", "ETHUSDT"], matrix.Symbols.Select(s => s.Name));
        Assert.Equal([1767571201000L, 1767571202000, 1767571203000], matrix.TimesMs.ToArray());
        Assert.Equal([1.5, 2], matrix.Row(0).ToArray());
        Assert.Equal([1.25, double.NaN], matrix.Row(1).ToArray());
        Assert.Equal([1, double.NaN], matrix.Row(2).ToArray());
        Assert.Equal(["BTCUSDT"], matrix.FirstComplete(5).Symbols.Select(s => s.Name));
        Assert.Equal([1.25], matrix.FirstComplete(5).Row(1).ToArray());
    }

    [Fact(DisplayName = "Bars are a matrix too: a row for each time at which any symbol has one")]
    public void Bars()
    {
        _folder.Write("BTCUSDT-1m.csv", [RecordingFolder.BarsHeader, .. RecordingFolder.Rows(3)]);
        _folder.Write("ETHUSDT-1m.csv", [RecordingFolder.BarsHeader, .. RecordingFolder.Rows(4).Skip(1)]);
        var matrix = CloseMatrixReader.Read([_folder.Path]);
        Assert.Equal((4, 2), (matrix.Rows, matrix.Symbols.Length));
        Assert.Equal([100.1, double.NaN], matrix.Row(0).ToArray());
        Assert.False(double.IsNaN(matrix.Row(1)[1]));
        Assert.True(double.IsNaN(matrix.Row(3)[0]));
    }

    [Theory(DisplayName = "A wrong cell is told with its line and its symbol")]
    [InlineData("1767571202000,1,x", 3, "ETHUSDT", "a close above zero, or nothing", "'x'")]
    [InlineData("1767571202000,0,1", 3, "BTCUSDT", "a close above zero, or nothing", "'0'")]
    [InlineData("1767571202000,1,-3", 3, "ETHUSDT", "a close above zero, or nothing", "'-3'")]
    [InlineData("1767571202000,1", 3, null, "3 cells", "2")]
    [InlineData("1767571202000,1,2,3", 3, null, "3 cells", "4")]
    [InlineData("1767571201000,1,2", 3, "open_time_ms", "a time after the row before, 1767571201000", "'1767571201000'")]
    [InlineData("soon,1,2", 3, "open_time_ms", "Unix milliseconds", "'soon'")]
    [InlineData("253402300800000,1,2", 3, "open_time_ms", "Unix milliseconds of a time from 2009-01-03 to 2099-12-31", "'253402300800000'")]
    [InlineData("1767571202,1,2", 3, "open_time_ms", "Unix milliseconds of a time from 2009-01-03 to 2099-12-31", "'1767571202'")]
    public void Wrong(string row, long line, string? column, string expected, string came)
    {
        var path = _folder.Write("closes.csv", "open_time_ms,BTCUSDT,ETHUSDT", "1767571201000,1,2", row);
        var error = Assert.Throws<RecordingException>(() => CloseMatrixReader.Read([path])).Errors[0];
        Assert.Equal((path, line, column), (error.File, error.Line, error.Column));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(came, error.Came, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A header that names a symbol twice, or none, is refused; so is a file without rows")]
    [InlineData("open_time_ms,A,A\n1767571201000,1,2\n", "A again")]
    [InlineData("open_time_ms,A,\n1767571201000,1,2\n", "nothing")]
    [InlineData("open_time_ms,A,B\n", "none")]
    [InlineData("open_time_ms,A,B\n1767571201000,1,2", "the end of the file")]
    public void Header(string text, string came) => Assert.Contains(came,
        Assert.Throws<RecordingException>(() => CloseMatrixReader.Read([_folder.WriteText("closes.csv", text)])).Message, StringComparison.Ordinal);

    [Theory(DisplayName = "What is neither a matrix nor bars is told what either looks like")]
    [InlineData("time,BTCUSDT")]
    [InlineData("open_time_ms")]
    [InlineData("\"open_time_ms\",\"BTCUSDT\"")]
    [InlineData("open_time_ms,open,high,low,close")]
    public void Neither(string header)
    {
        var error = Assert.Throws<RecordingException>(() => CloseMatrixReader.Read([_folder.Write("x.csv", header, "1,2")])).Errors[0];
        Assert.Equal(("a header of closes (open_time_ms and a column for each symbol), or " +
            "a header of bars (open_time_ms,[symbol,]open,high,low,close,volume) or of funding (funding_time_ms,symbol,funding_rate)", $"'{header}'", 1L), (error.Expected, error.Came, error.Line));
    }

    [Fact(DisplayName = "A matrix is one file: beside another it is refused for that, and not for its header")]
    public void Alone()
    {
        var one = _folder.Write("one.csv", "open_time_ms,A,B", "1767571200000,1,2");
        var error = Assert.Throws<RecordingException>(() => CloseMatrixReader.Read([_folder.Write("BTCUSDT-1m.csv", [RecordingFolder.BarsHeader, .. RecordingFolder.Rows(3)]), one])).Errors[0];
        Assert.Equal((one, "a matrix of closes to be the only file", "2 files"), (error.File, error.Expected, error.Came));
    }

    [Fact(DisplayName = "Rows that are missing between others are counted, and where most of them are is said")]
    public void Gaps()
    {
        const long start = 1767571200000, step = 900_000;
        var rows = Enumerable.Range(0, 40).Where(i => i is not (5 or (>= 10 and < 20))).Select(i => $"{start + i * step},{i + 1},2").ToArray();
        Assert.Equal("11 rows are missing at one each 15m, most of them (10) after 2026-01-05 02:15Z: a return over a gap counts as one.",
            CloseMatrixReader.Read([_folder.Write("gaps.csv", ["open_time_ms,A,B", .. rows])]).Notes.Single());
        Assert.Empty(CloseMatrixReader.Read([_folder.Write("whole.csv", ["open_time_ms,A,B", .. Enumerable.Range(0, 40).Select(i => $"{start + i * step},{i + 1},2")])]).Notes);
    }

    [Fact(DisplayName = "A gap of all symbols' bars is told like one of a matrix")]
    public void GapOfBars()
    {
        foreach (var symbol in (string[])["BTCUSDT", "ETHUSDT"])
            _folder.Write($"{symbol}-1m.csv", [RecordingFolder.BarsHeader, .. RecordingFolder.Rows(20).Where((_, i) => i is < 7 or > 9)]);
        Assert.Contains("3 rows are missing at one each 1m", CloseMatrixReader.Read([_folder.Path]).Notes[^1], StringComparison.Ordinal);
    }

    [RecordedFact(DisplayName = "The recorded year of hourly closes has 261 symbols and 8,755 rows, none missing")]
    public void Recorded()
    {
        var matrix = CloseMatrixReader.Read([Path.Combine(RecordedFactAttribute.Folder!, "02_usdm_15m_1h_522sym_2024-2025", "close_1h_full_year_261sym.csv.gz")]);
        Assert.Equal((261, 8_755), (matrix.Symbols.Length, matrix.Rows));
        Assert.Equal(261, matrix.FirstComplete(400).Symbols.Length);
    }
}
