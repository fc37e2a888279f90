using Dolphin.Data.Recording;
using Dolphin.Domain.Market;
using static Dolphin.Data.Tests.Recording.RecordingFolder;

namespace Dolphin.Data.Tests.Recording;

public sealed class RecordingReaderTests : IDisposable
{
    private readonly RecordingFolder _folder = new();
    public void Dispose() => _folder.Dispose();

    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");

    [Fact(DisplayName = "A bar is what its row says, to the last digit, with decimals counted")]
    public void Bar_is_its_row()
    {
        _folder.Write("BTCUSDT-1m.csv.gz", BarsHeader, $"{Start},95505.40,95505.5,95502.7,95502.70,16.536", $"{Start + Minute},95502,9.6e4,9.55e+04,95600,0");
        var tape = _folder.Read();
        var bars = tape.BarsOf(Btc).ToArray();
        Assert.Equal(95505.4m, bars[0].Open.QuotePerBase);
        Assert.Equal(95502.7m, bars[0].Close.QuotePerBase);
        Assert.Equal(1, bars[0].Close.QuotePerBase.Scale);
        Assert.Equal(16.536m, bars[0].Volume.Base);
        Assert.Equal(96000m, bars[1].High.QuotePerBase);
        Assert.Equal(0m, bars[1].Volume.Base);
        Assert.Equal(new Decimals(1, 3), tape.DecimalsOf(Btc));
        Assert.Equal(TimeSpan.FromMinutes(1), tape.Interval);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(Start), tape.From);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(Start + 2 * Minute), tape.To);
    }

    [Fact(DisplayName = "However the same bars are spread over files, orders and line ends, the fingerprint is the same")]
    public void Fingerprint_is_of_content()
    {
        string[] funding = [FundingHeader, $"{Start},BTCUSDT,0.0001"];
        _folder.Write("BTCUSDT-1m.csv.gz", [BarsHeader, .. Rows(300)]);
        _folder.Write("ETHUSDT-1m.csv", [BarsHeader, .. Rows(200, price: 7m)]);
        _folder.Write("f.csv", funding);
        var perSymbol = _folder.Read().Fingerprint;

        string Merged(IEnumerable<string> rows, string lineEnd)
        {
            using var other = new RecordingFolder();
            other.WriteText("all.csv.gz", MergedHeader + "\n" + string.Concat(rows.Select(r => r + lineEnd)));
            other.Write("f.csv", funding);
            return other.Read().Fingerprint;
        }
        var bySymbol = Rows(200, "ETHUSDT", 7m).Concat(Rows(300, "BTCUSDT")).ToList();
        Assert.Equal(perSymbol, Merged(bySymbol, "\n"));
        Assert.Equal(perSymbol, Merged(bySymbol.Order(StringComparer.Ordinal), "\r\n"));
        Assert.Equal(perSymbol, Merged(bySymbol.Select(r => r + "0"), "\n")); // 1.5 is 1.50.
        Assert.NotEqual(perSymbol, Merged(bySymbol.Take(499), "\n"));
        Assert.NotEqual(perSymbol, Merged(bySymbol.Select((r, i) => i == 250 ? r.Replace(",100.5,", ",100.6,") : r), "\n"));
        Assert.NotEqual(perSymbol, Merged(bySymbol.Select(r => r.Replace("ETH", "ETC")), "\n"));
    }

    [Fact(DisplayName = "A part of a recording has the bars, the funding and the fingerprint of that part")]
    public void Part()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(100)]);
        _folder.Write("f.csv", FundingHeader, $"{Start},BTCUSDT,0.0001", $"{Start + 30 * Minute + 1},BTCUSDT,0.0002", $"{Start + 40 * Minute},ETHUSDT,0.0003", $"{Start + 60 * Minute},BTCUSDT,0.0004");
        DateTimeOffset At(int minute) => DateTimeOffset.FromUnixTimeMilliseconds(Start + minute * Minute);
        var part = _folder.Read(new ReadOptions(At(30), At(50)));
        Assert.Equal(20, part.Bars);
        Assert.Equal((At(30), At(50)), (part.From, part.To));
        Assert.Equal(0.0002m, Assert.Single(part.FundingRates).Rate);
        Assert.NotEqual(_folder.Read().Fingerprint, part.Fingerprint);
        Assert.Equal(part.Fingerprint, _folder.Read(new ReadOptions(At(29).AddMilliseconds(1), At(50))).Fingerprint);
    }

    [Fact(DisplayName = "A row outside the part asked for is checked all the same")]
    public void Outside_is_checked()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(100), "x"]);
        Assert.Equal(102, _folder.OnlyError(new ReadOptions(To: DateTimeOffset.FromUnixTimeMilliseconds(Start + 10 * Minute))).Line);
    }

    [Fact(DisplayName = "Gaps and symbols that come and go are allowed, and counted")]
    public void Gaps()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(100).Where((_, i) => i is < 40 or >= 47)]);
        _folder.Write("ETHUSDT-1m.csv", [BarsHeader, .. Rows(10, start: Start + 95 * Minute)]);
        var tape = _folder.Read();
        Assert.Equal(7, tape.MissingBars);
        Assert.Equal(103, tape.Bars);
        Assert.Equal(98, tape.Slices(0, long.MaxValue).Count());
        Assert.Equal([Btc], tape.Slices(0, long.MaxValue).First().Bars.ToArray().Select(b => b.Symbol));
        Assert.Equal([Eth], tape.Slices(0, long.MaxValue).Last().Bars.ToArray().Select(b => b.Symbol));
    }

    [Fact(DisplayName = "In a folder, what is not a recording and what repeats one is skipped and named")]
    public void Skipped()
    {
        _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        _folder.Write("ETHUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        _folder.Write("sample.csv.gz", [MergedHeader, .. Rows(3, "BTCUSDT"), .. Rows(3, "ETHUSDT")]);
        _folder.Write("matrix.csv", "open_time_ms,BTCUSDT", $"{Start},1");
        _folder.WriteText("README.md", "# About\n");
        Directory.CreateDirectory(_folder.Of("more"));
        var tape = _folder.Read();
        Assert.Equal(20, tape.Bars);
        Assert.Equal(
            [$"Skipped {_folder.Of("README.md")}: not a .csv or .csv.gz file.", $"Skipped {_folder.Of("more")}: a folder inside a folder.",
             $"Skipped {_folder.Of("matrix.csv")}: its header is not one of bars or funding.",
             $"Skipped {_folder.Of("sample.csv.gz")}: each of its 2 symbols has a file of its own."],
            tape.Notes.AsEnumerable());
        Assert.Equal(6, RecordingReader.Read([_folder.Of("sample.csv.gz")], ReadOptions.All).Bars);
    }

    [Fact(DisplayName = "A symbol need not be ASCII, and the order of symbols is ordinal")]
    public void Symbols()
    {
        _folder.Write("all.csv", [MergedHeader, .. Rows(2, "币安人生USDT"), .. Rows(2, "ZRXUSDT"), .. Rows(2, "0GUSDT")]);
        Assert.Equal(["0GUSDT", "ZRXUSDT", "币安人生USDT"], _folder.Read().Symbols.Select(s => s.Name));
    }

    [Fact(DisplayName = "Files that were named twice, or named and in a folder that was named, are read once")]
    public void Named_twice()
    {
        var file = _folder.Write("BTCUSDT-1m.csv", [BarsHeader, .. Rows(10)]);
        Assert.Equal(10, RecordingReader.Read([file, _folder.Path, file], ReadOptions.All).Bars);
    }

    [Fact(DisplayName = "The interval of a single bar is the one in its file's name")]
    public void Single_bar()
    {
        _folder.Write("BTCUSDT-15m.csv", [BarsHeader, .. Rows(1)]);
        Assert.Equal(TimeSpan.FromMinutes(15), _folder.Read().Interval);
    }

    [Fact(DisplayName = "A row costs its bar and its line number in memory, and nothing else")]
    public void No_allocation_per_row()
    {
        const int symbols = 60, rows = 1000;
        var file = _folder.Write("all.csv", [MergedHeader, .. Enumerable.Range(0, symbols).SelectMany(s => Rows(rows, $"S{s}USDT"))]);
        RecordedFile Read() => RecordedFile.Read(file, false, ReadLimits.Default, new RowBudget(long.MaxValue), new RowBlocks());
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Read();
        var perRow = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(symbols * rows);
        Assert.Equal(symbols * rows, read.Symbols.Sum(s => s.Count));
        Assert.InRange(perRow, 88, 88 + 24); // A bar is 88 bytes; line numbers are four each, in arrays that double; buffers are shared.
    }
}
