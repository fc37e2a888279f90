using Dolphin.Data.Recording;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Tests.Recording;

/// <summary>Runs where the recorded markets are at hand: a folder <c>shared/data</c> beside one of the folders above the test.</summary>
public sealed class RecordedFactAttribute : FactAttribute
{
    public static string? Folder { get; } = Find();

    public RecordedFactAttribute()
    {
        if (Folder is null)
            Skip = "There is no folder shared/data above the test: the recorded markets are not on this machine.";
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }
}

public sealed class RealRecordingsTests
{
    private static BarTape Read(string name, ReadOptions? options = null) =>
        RecordingReader.Read([Path.Combine(RecordedFactAttribute.Folder!, name)], options ?? ReadOptions.All);

    /// <summary>Every bar comes by in a slice, in order, and nothing else does.</summary>
    private static void IsWhole(BarTape tape)
    {
        var (bars, last) = (0L, long.MinValue);
        foreach (var slice in tape.Slices(long.MinValue, long.MaxValue))
        {
            Assert.True(slice.OpenTimeMs > last);
            (last, bars) = (slice.OpenTimeMs, bars + slice.Bars.Length);
        }
        Assert.Equal(tape.Bars, bars);
    }

    [RecordedFact(DisplayName = "Sixteen symbols of a month load without an error, and their sample is skipped by name")]
    public void Sixteen_symbols()
    {
        var tape = Read("01_usdm_1m_16sym_2025-05");
        Assert.Equal(16, tape.Symbols.Length);
        Assert.Equal(708_180, tape.Bars);
        Assert.Equal(0, tape.MissingBars);
        Assert.Equal(TimeSpan.FromMinutes(1), tape.Interval);
        Assert.Equal(new Decimals(1, 3), tape.DecimalsOf(new("BTCUSDT")));
        Assert.Equal(new Decimals(5, 0), tape.DecimalsOf(new("XLMUSDT")));
        Assert.Contains(tape.Notes, n => n.Contains("sample_16sym_2days_1m.csv.gz"));
        Assert.NotEmpty(tape.FundingRates);
        Assert.All(tape.FundingRates, f => Assert.Contains(f.Symbol, tape.Symbols));
        var first = tape.BarsOf(new("BTCUSDT")).Span[0];
        Assert.Equal((1746372780000, 95505.4m, 16.536m), (first.OpenTimeMs, first.Open.QuotePerBase, first.Volume.Base));
        IsWhole(tape);
    }

    [RecordedFact(DisplayName = "The merged sample is the same two days of the sixteen files")]
    public void Sample()
    {
        var from = new DateTimeOffset(2025, 5, 12, 0, 0, 0, TimeSpan.Zero);
        var month = Read("01_usdm_1m_16sym_2025-05", new ReadOptions(from, from.AddDays(2)));
        var sample = Read("01_usdm_1m_16sym_2025-05/sample_16sym_2days_1m.csv.gz");
        Assert.Equal(46_080, sample.Bars);
        Assert.Equal(
            month.Slices(0, long.MaxValue).SelectMany(s => s.Bars.ToArray()),
            sample.Slices(0, long.MaxValue).SelectMany(s => s.Bars.ToArray()));
    }

    [RecordedFact(DisplayName = "The crash of October 2025 loads: 517 symbols, numbers with exponents, CR LF")]
    public void Crash()
    {
        var tape = Read("02_usdm_15m_1h_522sym_2024-2025/ohlcv_15m_2025-10-05_2025-10-17.csv.gz");
        Assert.Equal(517, tape.Symbols.Length);
        Assert.Equal(589_131, tape.Bars);
        Assert.Equal(TimeSpan.FromMinutes(15), tape.Interval);
        Assert.Equal(506, tape.Symbols.Count(s => tape.BarsOf(s).Length == 1152));
        Assert.Contains(tape.BarsOf(new("NEIROUSDT")).ToArray(), b => b.Low.QuotePerBase == 0.0000979m);
        IsWhole(tape);
    }

    [RecordedFact(DisplayName = "The folder of the crash loads too: its matrix of closes is skipped by name")]
    public void Crash_folder()
    {
        var tape = Read("02_usdm_15m_1h_522sym_2024-2025");
        Assert.Equal(517, tape.Symbols.Length);
        Assert.Contains(tape.Notes, n => n.Contains("close_1h_full_year_261sym.csv.gz"));
    }

    [RecordedFact(DisplayName = "Spot bars without volume are bars")]
    public void Spot()
    {
        var tape = Read("08_spot_3m_111sym_2023-06");
        Assert.Equal((111, 372_960L), (tape.Symbols.Length, tape.Bars));
        Assert.Equal(30_657, tape.Symbols.Sum(s => tape.BarsOf(s).ToArray().Count(b => b.Volume.Base == 0m)));
        Assert.Equal(TimeSpan.FromMinutes(3), tape.Interval);
        IsWhole(tape);
    }

    [RecordedFact(DisplayName = "Funding a millisecond past the hour is funding, and mark prices are not bars")]
    public void Five_minutes()
    {
        var tape = Read("09_usdm_5m_funding_mark_2023-07");
        Assert.Equal((55, 110_880L), (tape.Symbols.Length, tape.Bars));
        Assert.Contains(tape.Notes, n => n.Contains("mark_price_8h.csv.gz"));
        Assert.NotEmpty(tape.FundingRates);
        Assert.All(tape.FundingRates, f => Assert.InRange(f.At, tape.From, tape.To));
        IsWhole(tape);
    }
}
