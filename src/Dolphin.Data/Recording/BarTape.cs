using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>All bars of one symbol, in time order and each time once.</summary>
public sealed record SymbolSeries(Symbol Symbol, ReadOnlyMemory<Bar> Bars, Decimals Decimals);

/// <summary>A recording in memory: bars of some symbols at one interval, and funding. Never changes.</summary>
public sealed class BarTape : IMarketSource
{
    private readonly ImmutableArray<SymbolSeries> _series;
    private readonly FrozenDictionary<Symbol, SymbolSeries> _bySymbol;

    /// <param name="interval">Whole milliseconds, above zero.</param>
    /// <param name="series">Any order of symbols; each symbol once, with at least one bar.</param>
    /// <param name="funding">Any order.</param>
    /// <exception cref="ArgumentException">A series is empty, stands twice, or its times do not rise along the grid.</exception>
    public BarTape(TimeSpan interval, IEnumerable<SymbolSeries> series, IEnumerable<FundingRate> funding)
    {
        IntervalMs = (long)interval.TotalMilliseconds;
        if (IntervalMs <= 0)
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "An interval must be at least a millisecond.");
        Interval = interval;
        _series = [.. series.OrderBy(s => s.Symbol)];
        Symbols = [.. _series.Select(s => s.Symbol)];
        Refuse(_series, IntervalMs);
        _bySymbol = _series.ToFrozenDictionary(s => s.Symbol);
        FundingRates = [.. funding.OrderBy(f => f.At).ThenBy(f => f.Symbol)];

        Bars = _series.Sum(s => (long)s.Bars.Length);
        MissingBars = _series.Sum(s => (s.Bars.Span[^1].OpenTimeMs - s.Bars.Span[0].OpenTimeMs) / IntervalMs + 1 - s.Bars.Length);
        From = DateTimeOffset.FromUnixTimeMilliseconds(_series.Min(s => s.Bars.Span[0].OpenTimeMs));
        To = DateTimeOffset.FromUnixTimeMilliseconds(_series.Max(s => s.Bars.Span[^1].OpenTimeMs)) + interval;
        Fingerprint = TapeFingerprint.Of(interval, _series, FundingRates);
    }

    public ImmutableArray<Symbol> Symbols { get; }
    public TimeSpan Interval { get; }
    public string Fingerprint { get; }

    /// <summary>Open of the first bar.</summary>
    public DateTimeOffset From { get; }

    /// <summary>Close of the last bar: one interval after its open.</summary>
    public DateTimeOffset To { get; }

    public (DateTimeOffset From, DateTimeOffset To) Span => (From, To);

    /// <summary>How many bars there are, over all symbols.</summary>
    public long Bars { get; }

    /// <summary>How many bars are missing between the first and the last of each symbol, over all symbols.</summary>
    public long MissingBars { get; }

    /// <summary>By time, then symbol; only of symbols that have bars, and only from <see cref="From"/> to <see cref="To"/>.</summary>
    public ImmutableArray<FundingRate> FundingRates { get; }

    /// <summary>What a person should know about how it was loaded: files that were skipped and why.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    private long IntervalMs { get; }

    public Decimals DecimalsOf(Symbol symbol) => _bySymbol[symbol].Decimals;

    /// <exception cref="KeyNotFoundException">The tape has no such symbol.</exception>
    public ReadOnlyMemory<Bar> BarsOf(Symbol symbol) => _bySymbol[symbol].Bars;

    public IEnumerable<MarketSlice> Slices(long fromOpenTimeMs, long toOpenTimeMs)
    {
        var next = new int[_series.Length];
        for (var i = 0; i < next.Length; i++)
            next[i] = FirstAtOrAfter(_series[i].Bars.Span, fromOpenTimeMs);
        while (true)
        {
            var (time, count) = Earliest(next);
            if (count == 0 || time >= toOpenTimeMs)
                yield break;
            yield return new MarketSlice(time, Interval, Take(next, time, count));
        }
    }

    public long BarsBetween(long fromOpenTimeMs, long toOpenTimeMs) => _series.Sum(s =>
        (long)Math.Max(0, FirstAtOrAfter(s.Bars.Span, toOpenTimeMs) - FirstAtOrAfter(s.Bars.Span, fromOpenTimeMs)));

    public IReadOnlyList<FundingRate> Funding(long fromMs, long toMs)
    {
        var (first, end) = (FirstAtOrAfter(fromMs), FirstAtOrAfter(toMs));
        return first < end ? FundingRates[first..end] : [];
    }

    /// <summary>The earliest open time that is still to come, and how many symbols have a bar then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (long Time, int Count) Earliest(int[] next)
    {
        var (time, count) = (long.MaxValue, 0);
        for (var i = 0; i < next.Length; i++)
        {
            var bars = _series[i].Bars.Span;
            if (next[i] == bars.Length)
                continue;
            var open = bars[next[i]].OpenTimeMs;
            if (open < time)
                (time, count) = (open, 1);
            else if (open == time)
                count++;
        }
        return (time, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private SymbolBar[] Take(int[] next, long time, int count)
    {
        var taken = GC.AllocateUninitializedArray<SymbolBar>(count);
        var at = 0;
        for (var i = 0; i < next.Length; i++)
        {
            var bars = _series[i].Bars.Span;
            if (next[i] < bars.Length && bars[next[i]].OpenTimeMs == time)
                taken[at++] = new SymbolBar(Symbols[i], bars[next[i]++]);
        }
        return taken;
    }

    /// <summary>Index of the first bar that opens at a time or later; the number of bars when none does.</summary>
    internal static int FirstAtOrAfter(ReadOnlySpan<Bar> bars, long time)
    {
        var (low, high) = (0, bars.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (bars[middle].OpenTimeMs < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private int FirstAtOrAfter(long time)
    {
        var (low, high) = (0, FundingRates.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (FundingRates[middle].At.ToUnixTimeMilliseconds() < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Refuse(ImmutableArray<SymbolSeries> series, long intervalMs)
    {
        if (series.IsEmpty)
            throw new ArgumentException("A tape needs at least one symbol.", nameof(series));
        for (var i = 0; i < series.Length; i++)
        {
            if (series[i].Bars.IsEmpty)
                throw new ArgumentException($"{series[i].Symbol} has no bars.", nameof(series));
            if (i > 0 && series[i].Symbol == series[i - 1].Symbol)
                throw new ArgumentException($"{series[i].Symbol} stands twice.", nameof(series));
            var previous = long.MinValue;
            foreach (ref readonly var bar in series[i].Bars.Span)
            {
                if (bar.OpenTimeMs <= previous || bar.OpenTimeMs % intervalMs != 0)
                    throw new ArgumentException($"{series[i].Symbol} has a bar at {bar.OpenTimeMs}; expected a later time on the grid than {previous}.", nameof(series));
                previous = bar.OpenTimeMs;
            }
        }
    }
}
