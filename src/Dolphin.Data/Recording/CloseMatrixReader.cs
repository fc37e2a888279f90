using System.Buffers;
using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>Loads closes from a matrix file, or from recorded bars, or says everything that is wrong with them. Writes nothing.</summary>
/// <remarks>
/// A matrix is a .csv or .csv.gz file with the header <c>open_time_ms,SYMBOL,SYMBOL,...</c> and a row of closes for each time. A cell is empty (or nan) where
/// the symbol had no close.
/// </remarks>
public static class CloseMatrixReader
{
    /// <summary>Closes of one matrix: 8 bytes each.</summary>
    public const long MostCells = 100_000_000;

    private const int MostSymbols = 4096;
    private const string Time = "open_time_ms";
    private const string Known = $"a header of closes ({Time} and a column for each symbol), or {Header.Known}";

    /// <param name="paths">One matrix, or whatever <see cref="RecordingReader"/> takes.</param>
    /// <exception cref="RecordingException">Something is malformed, missing or past a limit.</exception>
    public static CloseMatrix Read(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var errors = new ErrorList(paths.Count == 1 ? paths[0] : "");
        if (paths.Count == 1 && File.Exists(paths[0]))
        {
            try
            {
                using var text = new RecordedText(paths[0], ReadLimits.Default);
                if (text.TryRead(out var header))
                {
                    if (IsMatrix(header)) return ReadMatrix(text, header, errors);
                    if (Header.Of(header) == FileKind.Unknown)
                    {
                        errors.Add(1, null, Known, header);
                        throw RecordingException.Of([errors]);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors.Add(0, null, "a file that can be read", e.Message.TrimEnd('.'));
                throw RecordingException.Of([errors]);
            }
        }
        foreach (var path in paths.Count > 1 ? paths : []) RefuseMatrix(path, paths.Count);
        return CloseMatrix.Of(RecordingReader.Read(paths, ReadOptions.All));
    }

    // What else is wrong with a file is for the reader of bars to say.
    private static void RefuseMatrix(string path, int files)
    {
        if (!File.Exists(path)) return;
        try
        {
            using var text = new RecordedText(path, ReadLimits.Default);
            if (!text.TryRead(out var header) || !IsMatrix(header)) return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
        var errors = new ErrorList(path);
        errors.Add(0, null, "a matrix of closes to be the only file", $"{files} files");
        throw RecordingException.Of([errors]);
    }

    /// <summary>Whether it begins like one, and not like bars.</summary>
    private static bool IsMatrix(ReadOnlySpan<byte> header) =>
        Header.Of(header) == FileKind.Unknown && Header.WithoutMark(header).StartsWith("open_time_ms,"u8) && !Header.WithoutMark(header).StartsWith("open_time_ms,open,"u8)
        && !Header.WithoutMark(header).StartsWith("open_time_ms,symbol,"u8);

    private static CloseMatrix ReadMatrix(RecordedText text, ReadOnlySpan<byte> header, ErrorList errors)
    {
        var symbols = Symbols(Header.WithoutMark(header), errors);
        if (errors.Count > 0) throw RecordingException.Of([errors]);
        var (times, closes) = (new List<long>(), new ArrayBufferWriter<double>());
        while (text.TryRead(out var line))
        {
            if ((times.Count + 1L) * symbols.Length > MostCells)
            {
                errors.AddStop(text.Line, $"at most {MostCells} cells", "more");
                break;
            }
            ReadRow(line, text.Line, symbols, times, closes.GetSpan(symbols.Length)[..symbols.Length], errors);
            closes.Advance(symbols.Length);
        }
        if (text.Fault is { } fault) errors.AddStop(text.Line + 1, fault.Expected, fault.Came);
        else if (times.Count == 0 && errors.Count == 0) errors.Add(0, null, "rows after the header", "none");
        if (errors.Count > 0) throw RecordingException.Of([errors]);
        return Ordered(symbols, [.. times], closes.WrittenMemory);
    }

    private static Symbol[] Symbols(ReadOnlySpan<byte> header, ErrorList errors)
    {
        var (symbols, seen) = (new List<Symbol>(), new HashSet<Symbol>());
        foreach (var range in header[(Time.Length + 1)..].Split((byte)','))
        {
            var name = header[(Time.Length + 1)..][range];
            if (SymbolText.TryParse(name) is not { } symbol) errors.Add(1, $"{symbols.Count + 2}", SymbolText.Pattern, name);
            else if (!seen.Add(symbol)) errors.Add(1, $"{symbols.Count + 2}", "each symbol once", $"{symbol} again");
            symbols.Add(SymbolText.TryParse(name) ?? default);
            if (symbols.Count <= MostSymbols) continue;
            errors.Add(1, null, $"at most {MostSymbols} symbols", "more");
            break;
        }
        return [.. symbols];
    }

    private static void ReadRow(ReadOnlySpan<byte> line, long number, Symbol[] symbols, List<long> times, Span<double> row, ErrorList errors)
    {
        row.Fill(double.NaN);
        var at = 0;
        foreach (var range in line.Split((byte)','))
        {
            var cell = line[range];
            if (at == 0) ReadTime(cell, number, times, errors);
            else if (at <= symbols.Length && !cell.IsEmpty && DecimalText.TryParse(cell, out var close) is var fault && !IsNothing(cell))
            {
                if (fault != NumberFault.None || close <= 0) errors.Add(number, symbols[at - 1].Name, "a close above zero, or nothing", cell);
                row[at - 1] = (double)close;
            }
            at++;
        }
        if (at != symbols.Length + 1) errors.Add(number, null, $"{symbols.Length + 1} cells, as in the header", $"{at}");
    }

    private static bool IsNothing(ReadOnlySpan<byte> cell) => cell.Length == 3 && (cell[0] | 0x20) == 'n' && (cell[1] | 0x20) == 'a' && (cell[2] | 0x20) == 'n';

    private static void ReadTime(ReadOnlySpan<byte> cell, long number, List<long> times, ErrorList errors)
    {
        if (!System.Buffers.Text.Utf8Parser.TryParse(cell, out long time, out var read) || read != cell.Length || time < RecordedFile.EarliestMs || time >= RecordedFile.LatestMs)
            errors.Add(number, Time, RecordedFile.TimeExpected, cell);
        else if (times.Count > 0 && time <= times[^1])
            errors.Add(number, Time, $"a time after the row before, {times[^1]}", cell);
        times.Add(time);
    }

    private static CloseMatrix Ordered(Symbol[] symbols, ImmutableArray<long> times, ReadOnlyMemory<double> closes)
    {
        var order = Enumerable.Range(0, symbols.Length).OrderBy(i => symbols[i]).ToArray();
        if (order.SequenceEqual(Enumerable.Range(0, symbols.Length))) return new CloseMatrix([.. symbols], times, closes) { Notes = CloseMatrix.GapNotes(times) };
        var ordered = new double[closes.Length];
        for (var row = 0; row < times.Length; row++)
            for (var k = 0; k < order.Length; k++) ordered[row * order.Length + k] = closes.Span[row * order.Length + order[k]];
        return new CloseMatrix([.. order.Select(i => symbols[i])], times, ordered) { Notes = CloseMatrix.GapNotes(times) };
    }
}
