using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>The closes of many symbols at the same times. Never changes.</summary>
/// <param name="Symbols">Each once, in ordinal order.</param>
/// <param name="TimesMs">Unix milliseconds of the bars' opens, rising.</param>
/// <param name="Closes">Row by row, a row for each time; NaN where a symbol has none then.</param>
public sealed record CloseMatrix(ImmutableArray<Symbol> Symbols, ImmutableArray<long> TimesMs, ReadOnlyMemory<double> Closes)
{
    /// <summary>What a person should know about how it was loaded.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    public int Rows => TimesMs.Length;

    /// <summary>In the order of <see cref="Symbols"/>.</summary>
    public ReadOnlySpan<double> Row(int row) => Closes.Span.Slice(row * Symbols.Length, Symbols.Length);

    /// <summary>A row for each time at which any symbol has a bar.</summary>
    public static CloseMatrix Of(BarTape tape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        var times = tape.Symbols.SelectMany(s => Times(tape.BarsOf(s))).Distinct().Order().ToImmutableArray();
        var closes = new double[times.Length * tape.Symbols.Length];
        Array.Fill(closes, double.NaN);
        for (var column = 0; column < tape.Symbols.Length; column++)
        {
            var row = 0;
            foreach (ref readonly var bar in tape.BarsOf(tape.Symbols[column]).Span)
            {
                while (times[row] < bar.OpenTimeMs) row++;
                closes[row * tape.Symbols.Length + column] = (double)bar.Close.QuotePerBase;
            }
        }
        return new CloseMatrix(tape.Symbols, times, closes) { Notes = tape.Notes };
    }

    /// <summary>The first symbols that have a close at every time.</summary>
    public CloseMatrix FirstComplete(int symbols)
    {
        var columns = Enumerable.Range(0, Symbols.Length).Where(IsComplete).Take(symbols).ToArray();
        var closes = new double[Rows * columns.Length];
        for (var row = 0; row < Rows; row++)
            for (var k = 0; k < columns.Length; k++) closes[row * columns.Length + k] = Row(row)[columns[k]];
        return new CloseMatrix([.. columns.Select(c => Symbols[c])], TimesMs, closes) { Notes = Notes };
    }

    private bool IsComplete(int column)
    {
        for (var row = 0; row < Rows; row++)
            if (double.IsNaN(Row(row)[column])) return false;
        return true;
    }

    private static IEnumerable<long> Times(ReadOnlyMemory<Bar> bars)
    {
        for (var i = 0; i < bars.Length; i++) yield return bars.Span[i].OpenTimeMs;
    }
}
