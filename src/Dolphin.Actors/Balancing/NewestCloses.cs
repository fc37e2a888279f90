using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Balancing;

/// <summary>The newest bar's close of a symbol.</summary>
/// <param name="DueMs">Unix milliseconds; when the next bar of the same length closes.</param>
public sealed record SymbolClose(Symbol Symbol, Price Close, long DueMs);

/// <summary>The newest close of every symbol: whose bars have stopped is not traded, whatever the account says of its price.</summary>
public sealed class NewestCloses
{
    private readonly SortedDictionary<Symbol, SymbolClose> _closes = []; // Bounded by the symbols of the market.

    public void Observe(MarketSlice slice)
    {
        var due = slice.OpenTimeMs + 2 * (long)slice.Interval.TotalMilliseconds;
        foreach (ref readonly var bar in slice.Bars.Span)
            if (!_closes.TryGetValue(bar.Symbol, out var known) || known.DueMs < due) _closes[bar.Symbol] = new SymbolClose(bar.Symbol, bar.Bar.Close, due);
    }

    /// <summary>Quote per base; null where no bar was seen, or the next one is overdue by more than <paramref name="staleAfter"/>.</summary>
    public Price? Fresh(Symbol symbol, TimeSpan staleAfter, DateTimeOffset now) =>
        _closes.TryGetValue(symbol, out var newest) && now.ToUnixTimeMilliseconds() <= newest.DueMs + (long)staleAfter.TotalMilliseconds ? newest.Close : null;

    /// <summary>In ordinal order of symbol.</summary>
    public ImmutableArray<SymbolClose> Capture() => [.. _closes.Values];

    public void Restore(ImmutableArray<SymbolClose> closes)
    {
        foreach (var close in closes) _closes[close.Symbol] = close;
    }
}
