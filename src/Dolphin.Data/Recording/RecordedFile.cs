using System.Runtime.CompilerServices;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>Everything that was read out of one file, and everything that was wrong with it on its own.</summary>
/// <remarks>What needs the other files too (the interval, symbols that stand in two files) is for <see cref="RecordingReader"/>.</remarks>
internal sealed class RecordedFile
{
    // A time in seconds or microseconds by mistake lands outside, whatever the year.
    internal static readonly long EarliestMs = new DateTimeOffset(2009, 1, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    internal static readonly long LatestMs = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    internal const string TimeExpected = "Unix milliseconds of a time from 2009-01-03 to 2099-12-31";
    private const int MostSymbols = 100_000;
    private const int MostDecimals = 18;

    private static readonly string[] BarColumns = ["open_time_ms", "open", "high", "low", "close", "volume"];
    private static readonly string[] MergedColumns = ["open_time_ms", "symbol", "open", "high", "low", "close", "volume"];
    private static readonly string[] FundingColumns = ["funding_time_ms", "symbol", "funding_rate"];

    private static readonly ulong[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    private readonly ReadLimits _limits;

    // The limits with a margin far wider than the error of double arithmetic.
    private readonly double _safePrice;
    private readonly double _safeVolume;
    private readonly double _safeJump;
    private readonly RowBudget _budget;
    private readonly RowBlocks _blocks;
    private readonly ByteNames _names = new();
    private readonly List<SymbolRows> _symbols = [];
    private readonly List<FundingRow> _funding = [];

    private RecordedFile(string path, bool fromFolder, ReadLimits limits, RowBudget budget, RowBlocks blocks)
    {
        (Path, FromFolder, _limits, _budget, _blocks, Errors) = (path, fromFolder, limits, budget, blocks, new ErrorList(path));
        (_safePrice, _safeVolume, _safeJump) = ((double)limits.MaxPrice * 0.999, (double)limits.MaxVolume * 0.999, (double)limits.MaxJump * 0.999);
    }

    public string Path { get; }

    /// <summary>The file was found in a folder that was asked for, rather than asked for by name.</summary>
    public bool FromFolder { get; }
    public FileKind Kind { get; private set; }

    /// <summary>The header line could be read and is none of the known ones.</summary>
    public bool IsForeign { get; private set; }
    public ErrorList Errors { get; }
    public long Rows { get; private set; }
    public long StoredBytes { get; private set; }

    /// <summary>By first appearance; a symbol that has only bad rows is here too, with no bars.</summary>
    public IReadOnlyList<SymbolRows> Symbols => _symbols;
    public IReadOnlyList<FundingRow> Funding => _funding;

    /// <summary>Reads a file to its end or to the first thing that makes the rest meaningless. Never throws for what is in the file.</summary>
    public static RecordedFile Read(string path, bool fromFolder, ReadLimits limits, RowBudget budget, RowBlocks blocks)
    {
        var file = new RecordedFile(path, fromFolder, limits, budget, blocks);
        try
        {
            using var text = new RecordedText(path, limits);
            file.StoredBytes = text.StoredBytes;
            file.ReadAll(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Errors.Add(0, null, "a file that can be read", e.Message.TrimEnd('.'));
        }
        return file;
    }

    private void ReadAll(RecordedText text)
    {
        if (!text.TryRead(out var header))
        {
            if (text.Fault is { } fault)
                Errors.AddStop(1, fault.Expected, fault.Came);
            else
                Errors.Add(0, null, "a header line and rows", "an empty file");
            return;
        }
        if (!text.IsGzip && Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            Errors.Add(0, null, "gzip content in a file named .gz", "something else");
        Kind = Header.Of(header);
        switch (Kind)
        {
            case FileKind.Bars: ReadBars(text); break;
            case FileKind.MergedBars: ReadMerged(text); break;
            case FileKind.Funding: ReadFunding(text); break;
            default:
                IsForeign = true;
                Errors.Add(1, null, Header.Known, header);
                return;
        }
        _budget.Spend(Rows % RowBudget.Batch);
        foreach (var rows in _symbols)
            rows.Seal();
        if (text.Fault is { } stop)
            Errors.AddStop(text.Line + 1, stop.Expected, stop.Came);
        else if (Rows == 0 && Errors.Count == 0)
            Errors.Add(0, null, "rows after the header", "none");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Counts()
    {
        if (++Rows % RowBudget.Batch != 0)
            return true;
        _budget.Spend(RowBudget.Batch);
        return !_budget.IsSpent;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadBars(RecordedText text)
    {
        if (FileName.Of(Path) is not { } name)
        {
            Errors.Add(0, null, $"{FileName.Pattern}, because the rows do not say the symbol", $"'{System.IO.Path.GetFileName(Path)}'");
            return;
        }
        var rows = new SymbolRows(new Symbol(name.Symbol), _blocks);
        _symbols.Add(rows);
        while (text.TryRead(out var line) && Counts())
            ReadBar(line, BarColumns, 0, text.Line, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadMerged(RecordedText text)
    {
        SymbolRows? current = null;
        while (text.TryRead(out var line) && Counts())
        {
            var first = line.IndexOf((byte)',');
            var length = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)',');
            if (length < 0)
            {
                WrongColumns(line, MergedColumns, text.Line);
                continue;
            }
            if (RowsOf(line.Slice(first + 1, length), text.Line) is not { } rows)
                continue;
            if (rows != current)
                current?.Leave();
            current = rows;
            ReadBar(line, MergedColumns, length + 1, text.Line, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private SymbolRows? RowsOf(ReadOnlySpan<byte> name, long line)
    {
        var index = _names.IndexOf(name);
        if (index >= 0)
            return _symbols[index];
        if (SymbolText.TryParse(name) is not { } symbol)
        {
            Errors.Add(line, "symbol", SymbolText.Pattern, name);
            return null;
        }
        if (_symbols.Count == MostSymbols)
        {
            Errors.Add(line, "symbol", $"at most {MostSymbols} symbols in a file", name);
            return null;
        }
        _names.Add(name);
        var rows = new SymbolRows(symbol, _blocks);
        _symbols.Add(rows);
        return rows;
    }

    /// <param name="symbolBytes">Bytes between the time's comma and the open: the symbol and its comma, or none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadBar(ReadOnlySpan<byte> line, string[] columns, int symbolBytes, long number, SymbolRows rows)
    {
        var at = 0;
        if (TryReadTime(line, ref at, out var time) && Within(line, at += symbolBytes)
            && DecimalText.TryReadPlain(line, ref at, out var open) && Within(line, at)
            && DecimalText.TryReadPlain(line, ref at, out var high) && Within(line, at)
            && DecimalText.TryReadPlain(line, ref at, out var low) && Within(line, at)
            && DecimalText.TryReadPlain(line, ref at, out var close) && Within(line, at)
            && DecimalText.TryReadPlain(line, ref at, out var volume) && at == line.Length + 1)
        {
            if (IsPlainlyRight(rows, time, open, high, low, close, volume))
                rows.Add(BarOf(time, open.ToDecimal(), high.ToDecimal(), low.ToDecimal(), close.ToDecimal(), volume.ToDecimal()), number);
            else
                Check(line, columns, number, rows, time, open.ToDecimal(), high.ToDecimal(), low.ToDecimal(), close.ToDecimal(), volume.ToDecimal());
            return;
        }
        ReadBarSlowly(line, columns, number, rows);
    }

    /// <summary>Whether a bar is so clearly within all rules that <see cref="Check"/>, which decides exactly, need not look.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsPlainlyRight(SymbolRows rows, long time, PlainNumber open, PlainNumber high, PlainNumber low, PlainNumber close, PlainNumber volume)
    {
        const ulong most = 10_000_000_000; // Times the largest power below stays within 64 bits.
        var scale = Math.Max(Math.Max(open.Scale, high.Scale), Math.Max(low.Scale, close.Scale));
        if (rows.Count == 0 || scale >= Powers.Length || (open.Mantissa | high.Mantissa | low.Mantissa | close.Mantissa) >= most || volume.Mantissa >= most)
            return false;
        var (o, h) = (open.Mantissa * Powers[scale - open.Scale], high.Mantissa * Powers[scale - high.Scale]);
        var (l, c) = (low.Mantissa * Powers[scale - low.Scale], close.Mantissa * Powers[scale - close.Scale]);
        if (l == 0 || o < l || c < l || o > h || c > h || time <= rows.Last.OpenTimeMs || time >= LatestMs)
            return false;
        var unit = (double)Powers[scale];
        return h < _safePrice * unit && volume.Mantissa < _safeVolume && h < rows.LastClose * _safeJump * unit && l * _safeJump > rows.LastClose * unit;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Bar BarOf(long time, decimal open, decimal high, decimal low, decimal close, decimal volume) =>
        new(time, Price.Of(open), Price.Of(high), Price.Of(low), Price.Of(close), new Quantity(volume));

    private static bool Within(ReadOnlySpan<byte> line, int at) => at <= line.Length;

    private void ReadBarSlowly(ReadOnlySpan<byte> line, string[] columns, long number, SymbolRows rows)
    {
        Span<Range> fields = stackalloc Range[MergedColumns.Length];
        if (!TrySplit(line, fields[..columns.Length]))
        {
            WrongColumns(line, columns, number);
            return;
        }
        var before = Errors.Count;
        var time = Time(line[fields[0]], columns[0], number);
        Span<decimal> values = stackalloc decimal[5];
        var skip = columns.Length - values.Length;
        for (var i = 0; i < values.Length; i++)
            values[i] = Number(line[fields[i + skip]], columns[i + skip], number);
        if (Errors.Count == before)
            Check(line, columns, number, rows, time, values[0], values[1], values[2], values[3], values[4]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Check(
        ReadOnlySpan<byte> line, string[] columns, long number, SymbolRows rows,
        long time, decimal open, decimal high, decimal low, decimal close, decimal volume)
    {
        var before = Errors.Count;
        if (time < EarliestMs || time >= LatestMs)
            Errors.Add(number, columns[0], TimeExpected, $"{time}");
        if (low <= 0m || open <= 0m || high <= 0m || close <= 0m)
        {
            Positive(number, "open", open);
            Positive(number, "high", high);
            Positive(number, "low", low);
            Positive(number, "close", close);
        }
        if (volume < 0m)
            Errors.Add(number, "volume", "zero or more", $"{volume}");
        if (volume > _limits.MaxVolume)
            Errors.Add(number, "volume", $"at most {_limits.MaxVolume}", $"{volume}");
        if (Errors.Count != before)
            return;

        if (high < low)
            Errors.Add(number, "high", $"at least the low, {low}", $"{high}");
        else if (open < low || open > high)
            Errors.Add(number, "open", $"a price between the low, {low}, and the high, {high}", $"{open}");
        else if (close < low || close > high)
            Errors.Add(number, "close", $"a price between the low, {low}, and the high, {high}", $"{close}");
        else if (high > _limits.MaxPrice)
            Errors.Add(number, "high", $"a price of at most {_limits.MaxPrice}", $"{high}");
        else if (Math.Max(Math.Max(open.Scale, high.Scale), Math.Max(low.Scale, close.Scale)) > MostDecimals || volume.Scale > MostDecimals)
            Errors.Add(number, null, $"at most {MostDecimals} digits after the point", line);
        if (rows.Count > 0)
            CheckAgainst(rows.Last, columns[0], number, time, high, low);
        if (Errors.Count == before)
            rows.Add(BarOf(time, open, high, low, close, volume), number);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CheckAgainst(in Bar previous, string timeColumn, long number, long time, decimal high, decimal low)
    {
        if (time == previous.OpenTimeMs)
            Errors.Add(number, timeColumn, "each time once per symbol", $"{time} again");
        else if (time < previous.OpenTimeMs)
            Errors.Add(number, timeColumn, $"a time after the symbol's previous one, {previous.OpenTimeMs}", $"{time}");
        var close = previous.Close.QuotePerBase;
        if (high > close * _limits.MaxJump)
            Errors.Add(number, "high", $"at most {_limits.MaxJump} times the previous close, {close}", $"{high}");
        else if (low * _limits.MaxJump < close)
            Errors.Add(number, "low", $"at least the previous close, {close}, divided by {_limits.MaxJump}", $"{low}");
    }

    private void Positive(long number, string column, decimal price)
    {
        if (price <= 0m)
            Errors.Add(number, column, "a price above zero", $"{price}");
    }

    private void ReadFunding(RecordedText text)
    {
        Span<Range> fields = stackalloc Range[FundingColumns.Length];
        while (text.TryRead(out var line) && Counts())
        {
            if (!TrySplit(line, fields))
            {
                WrongColumns(line, FundingColumns, text.Line);
                continue;
            }
            var before = Errors.Count;
            var time = Time(line[fields[0]], FundingColumns[0], text.Line);
            var rows = RowsOf(line[fields[1]], text.Line);
            var rate = Number(line[fields[2]], FundingColumns[2], text.Line);
            if (Errors.Count == before && (time < EarliestMs || time >= LatestMs))
                Errors.Add(text.Line, FundingColumns[0], TimeExpected, $"{time}");
            if (Errors.Count == before && Math.Abs(rate) >= 1m)
                Errors.Add(text.Line, FundingColumns[2], "a fraction of notional between -1 and 1", line[fields[2]]);
            if (Errors.Count == before)
                _funding.Add(new(new(rows!.Symbol, DateTimeOffset.FromUnixTimeMilliseconds(time), rate), text.Line));
        }
    }

    private void WrongColumns(ReadOnlySpan<byte> line, string[] columns, long number) =>
        Errors.Add(number, null, $"{columns.Length} columns ({string.Join(',', columns)})", line.IsEmpty ? "an empty line" : $"{line.Count((byte)',') + 1} in '{DataText.Show(line)}'");

    /// <returns>False unless there are exactly as many fields as ranges.</returns>
    private static bool TrySplit(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        var start = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            var length = line[start..].IndexOf((byte)',');
            if (length < 0 != (i == fields.Length - 1))
                return false;
            var end = length < 0 ? line.Length : start + length;
            fields[i] = start..end;
            start = end + 1;
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryReadTime(ReadOnlySpan<byte> line, ref int at, out long time)
    {
        time = 0;
        var i = 0;
        for (; i < line.Length && i < 18; i++)
        {
            var digit = (uint)(line[i] - '0');
            if (digit > 9)
                break;
            time = time * 10 + digit;
        }
        at = i + 1;
        return i > 0 && i < line.Length && line[i] == ',';
    }

    private long Time(ReadOnlySpan<byte> field, string column, long number)
    {
        if (DecimalText.TryParse(field, out var value) == NumberFault.None && value == decimal.Truncate(value) && value >= EarliestMs && value < LatestMs)
            return (long)value;
        Errors.Add(number, column, TimeExpected, field);
        return 0;
    }

    private decimal Number(ReadOnlySpan<byte> field, string column, long number)
    {
        var fault = DecimalText.TryParse(field, out var value);
        if (fault != NumberFault.None)
        {
            Errors.Add(number, column, fault switch
            {
                NumberFault.NotFinite => "a finite number",
                NumberFault.TooManyDigits => "a number of at most 28 digits",
                _ => "a number",
            }, field);
        }
        return value;
    }
}

/// <summary>A funding payment with the line it stands on.</summary>
internal readonly record struct FundingRow(FundingRate Rate, long Line);

/// <summary>How many rows all files together have had, against how many they may have.</summary>
internal sealed class RowBudget(long rows)
{
    /// <summary>Rows are counted in batches: files read side by side would otherwise fight over one counter.</summary>
    public const int Batch = 1024;
    private long _had;

    /// <summary>More rows were read than allowed: stop.</summary>
    public bool IsSpent => Volatile.Read(ref _had) > rows;

    public void Spend(long more) => Interlocked.Add(ref _had, more);
}
