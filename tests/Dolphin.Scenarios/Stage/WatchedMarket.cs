using System.Collections.Immutable;
using Dolphin.Data;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Scenarios.Stage;

/// <summary>A market that tells the story before it hands out each slice: the one moment when a replay stands still.</summary>
/// <param name="before">Gets the number of slices that this life has been given so far.</param>
internal sealed class WatchedMarket(IMarketSource market, Action<int> before) : IMarketSource
{
    public ImmutableArray<Symbol> Symbols => market.Symbols;
    public TimeSpan Interval => market.Interval;
    public string Fingerprint => market.Fingerprint;
    public (DateTimeOffset From, DateTimeOffset To) Span => market.Span;
    public bool HasBooks => market.HasBooks;
    public ImmutableArray<BookSummary> BooksAtClose(long openTimeMs) => market.BooksAtClose(openTimeMs);
    public Decimals DecimalsOf(Symbol symbol) => market.DecimalsOf(symbol);
    public long BarsBetween(long fromOpenTimeMs, long toOpenTimeMs) => market.BarsBetween(fromOpenTimeMs, toOpenTimeMs);
    public IReadOnlyList<FundingRate> Funding(long fromMs, long toMs) => market.Funding(fromMs, toMs);

    public IEnumerable<MarketSlice> Slices(long fromOpenTimeMs, long toOpenTimeMs)
    {
        var given = 0;
        foreach (var slice in market.Slices(fromOpenTimeMs, toOpenTimeMs))
        {
            before(given++);
            yield return slice;
        }
    }
}
