using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Data;

/// <summary>Where bars and funding come from: a recording that was loaded, or a simulated market. Safe to read from several threads.</summary>
public interface IMarketSource
{
    /// <summary>Every symbol that has bars, in ordinal order.</summary>
    ImmutableArray<Symbol> Symbols { get; }

    /// <summary>Length of every bar; open times are whole multiples of it since the Unix epoch.</summary>
    TimeSpan Interval { get; }

    /// <summary>SHA-256, as lower-case hex, of everything this source can yield. State that was built on one source may only go on with the same.</summary>
    string Fingerprint { get; }

    /// <summary>From the open of the first bar to the close of the last one; without an end if it has none.</summary>
    (DateTimeOffset From, DateTimeOffset To) Span { get; }

    /// <summary>How many decimals the symbol's prices and volumes have.</summary>
    /// <exception cref="KeyNotFoundException">The source has no such symbol.</exception>
    Decimals DecimalsOf(Symbol symbol);

    /// <summary>Slices whose open time lies in [from, to), in time order. Two enumerations yield equal slices.</summary>
    /// <param name="fromOpenTimeMs">Unix milliseconds, inclusive; need not be on the grid.</param>
    /// <param name="toOpenTimeMs">Unix milliseconds, exclusive; <see cref="long.MaxValue"/> means as far as there are any.</param>
    IEnumerable<MarketSlice> Slices(long fromOpenTimeMs, long toOpenTimeMs);

    /// <summary>How many bars, of all symbols together, the slices in [from, to) have.</summary>
    long BarsBetween(long fromOpenTimeMs, long toOpenTimeMs);

    /// <summary>Funding payments due in [from, to), ordered by time and then symbol.</summary>
    /// <param name="fromMs">Unix milliseconds, inclusive.</param>
    /// <param name="toMs">Unix milliseconds, exclusive.</param>
    IReadOnlyList<FundingRate> Funding(long fromMs, long toMs);

    /// <summary>Whether the market shows its order books.</summary>
    bool HasBooks => false;

    /// <summary>The order books as they stood when the slice closed that opened then; none where they are not shown.</summary>
    ImmutableArray<BookSummary> BooksAtClose(long openTimeMs) => [];
}

/// <summary>Digits after the decimal point; the tick is <c>10^-Price</c> and the lot <c>10^-Volume</c> as far as a source can tell.</summary>
public readonly record struct Decimals(int Price, int Volume);
