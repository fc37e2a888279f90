using System.Collections.Immutable;
using Dolphin.Data;
using Dolphin.Domain.Market;

namespace Dolphin.Backtest.Tests.Stage;

/// <summary>A market that tells the story before it hands out each slice: the one moment when a replay stands still.</summary>
/// <param name="before">Gets the slice's number, from 0 at <see cref="Small.Start"/>.</param>
internal sealed class WatchedMarket(IMarketSource market, Action<int> before) : IMarketSource
{
    public ImmutableArray<Symbol> Symbols => market.Symbols;
    public TimeSpan Interval => market.Interval;
    public string Fingerprint => market.Fingerprint;
    public Decimals DecimalsOf(Symbol symbol) => market.DecimalsOf(symbol);
    public long BarsBetween(long fromOpenTimeMs, long toOpenTimeMs) => market.BarsBetween(fromOpenTimeMs, toOpenTimeMs);
    public IReadOnlyList<FundingRate> Funding(long fromMs, long toMs) => market.Funding(fromMs, toMs);

    public IEnumerable<MarketSlice> Slices(long fromOpenTimeMs, long toOpenTimeMs)
    {
        foreach (var slice in market.Slices(fromOpenTimeMs, toOpenTimeMs))
        {
            before((int)((slice.OpensAt - Small.Start) / market.Interval));
            yield return slice;
        }
    }
}
