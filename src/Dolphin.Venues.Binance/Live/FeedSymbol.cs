using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Rest;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Live;

/// <summary>What the feed knows of one symbol besides its book.</summary>
internal sealed class FeedSymbol(ListedSymbol listed, DepthBook book)
{
    /// <summary>Book tickers that wait for the book: BTCUSDT has a hundred or two between two diffs of its book.</summary>
    private const int MostTickers = 512;

    private static readonly long FirstWait = TimeSpan.FromSeconds(1).Ticks, LongestWait = TimeSpan.FromSeconds(30).Ticks;

    private long _wait = FirstWait;

    public Symbol Symbol => Listed.Symbol;
    public ListedSymbol Listed { get; private set; } = listed;
    public SymbolGrid Grid { get; private set; } = listed.Grid;

    /// <summary>Quote currency of one tick of <see cref="Grid"/>.</summary>
    public decimal Tick => Grid.Price.ToDecimal(1);

    public BookWatch Watch { get; private set; } = new(listed.Symbol, listed.TickSize, listed.LotSize);
    public TickerCheck Tickers { get; private set; } = new(book, MostTickers);

    /// <summary>It is listed and traded.</summary>
    public bool IsListed { get; set; } = true;

    /// <summary>Everything that was asked for of its books comes.</summary>
    public bool BookIsUp { get; set; }

    public BarFold Bar;
    public long LastTrade = -1, LastMarkMs, LastLiquidationMs;
    public MarkPrice? Mark;

    /// <summary>The mark price is of now: its connection has not broken since.</summary>
    public bool MarkIsFresh;

    /// <summary>Funding that fell due since the last bar was closed: when, Unix milliseconds, and the rate that was told last before.</summary>
    public (long AtMs, long Rate8)? Due;

    private long _paidMs;

    /// <summary>Before this no snapshot is asked for; feed's ticks.</summary>
    public long SnapshotFrom { get; private set; }

    /// <summary>A snapshot was of no use: the next one has to wait, each time for longer.</summary>
    public void WaitForSnapshot(long now)
    {
        SnapshotFrom = now + _wait;
        _wait = Math.Min(_wait * 2, LongestWait);
    }

    public void SnapshotWasGood() => _wait = FirstWait;

    /// <summary>It is counted in other steps from now on.</summary>
    public void Begin(ListedSymbol now, DepthBook book)
    {
        (Listed, Grid) = (now, book.Grid);
        (Watch, Tickers) = (new BookWatch(now.Symbol, Tick, book.Grid.Quantity.ToDecimal(1)), new TickerCheck(book, MostTickers));
        Bar.Down(); // What was folded so far is in other steps.
    }

    /// <summary>Takes a mark price, and notices when a funding time has passed between two.</summary>
    public void Take(in MarkPrice mark)
    {
        if (Mark is { NextFundingMs: > 0, FundingRate8: { } rate } before && mark.NextFundingMs > before.NextFundingMs && before.NextFundingMs > _paidMs)
        {
            _paidMs = before.NextFundingMs;
            Due = (_paidMs, rate);
        }
        (Mark, MarkIsFresh) = (mark, true);
    }

    /// <summary>A price in ticks, rounded down; zero if it is not one tick.</summary>
    public long TicksOf(long price8)
    {
        var ticks = decimal.Truncate(DecimalGrid.Satoshi.ToDecimal(price8) / Tick);
        return ticks is >= 1m and <= Level.MostTicks ? (long)ticks : 0;
    }
}
