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

    [Fact(DisplayName = "What is neither a matrix nor bars is told as it is for bars")]
    public void Neither() => Assert.Contains("a header of bars",
        Assert.Throws<RecordingException>(() => CloseMatrixReader.Read([_folder.Write("x.csv", "time,BTCUSDT", "1,2")])).Message, StringComparison.Ordinal);

    [RecordedFact(DisplayName = "The recorded year of hourly closes has 261 symbols and 8,755 rows, none missing")]
    public void Recorded()
    {
        var matrix = CloseMatrixReader.Read([Path.Combine(RecordedFactAttribute.Folder!, "02_usdm_15m_1h_522sym_2024-2025", "close_1h_full_year_261sym.csv.gz")]);
        Assert.Equal((261, 8_755), (matrix.Symbols.Length, matrix.Rows));
        Assert.Equal(261, matrix.FirstComplete(400).Symbols.Length);
    }
}
