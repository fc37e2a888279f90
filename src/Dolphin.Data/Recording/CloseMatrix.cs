using System.Collections.Immutable;
using System.Globalization;
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
        return new CloseMatrix(tape.Symbols, times, closes) { Notes = [.. tape.Notes, .. GapNotes(times)] };
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

    /// <summary>Says how many rows are missing between others, at the step that most of them have.</summary>
    /// <param name="times">Unix milliseconds, rising.</param>
    internal static ImmutableArray<string> GapNotes(ImmutableArray<long> times)
    {
        if (times.Length < 3) return [];
        var steps = times.Skip(1).Zip(times, (next, time) => next - time).ToArray();
        var usual = steps.Order().ElementAt(steps.Length / 2);
        var (missing, most, after) = (0L, 0L, 0L);
        for (var i = 0; i < steps.Length; i++)
        {
            var lacks = (steps[i] + usual / 2) / usual - 1;
            missing += lacks > 0 ? lacks : 0;
            if (lacks > most) (most, after) = (lacks, times[i]);
        }
        return missing == 0
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"{missing:#,##0} rows are missing at one each {IntervalText.Show(TimeSpan.FromMilliseconds(usual))}, most of them ({most:#,##0}) after {DateTimeOffset.FromUnixTimeMilliseconds(after):yyyy-MM-dd HH:mm}Z: a return over a gap counts as one.")];
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
