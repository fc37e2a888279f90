using Dolphin.Domain.OrderBooks;

namespace Dolphin.Venues.Binance.Live;

/// <summary>What one symbol's trades between two instants come to; ticks and lots.</summary>
internal readonly record struct FoldedBar(long Open, long High, long Low, long Close, long Lots);

/// <summary>Folds trades into bars. A bar that may lack a trade is no bar: those who trade see a gap.</summary>
internal struct BarFold
{
    private const long MostLots = Level.MostTicks; // Far above what a market trades in a bar, and exact as a decimal.

    private bool _isUp, _isWhole;
    private long _open, _high, _low, _close, _lots; // Open is zero before the bar's first trade.

    /// <summary>The last price there was since trades come, or zero.</summary>
    public readonly long Last => _close;

    /// <summary>From now on every trade comes. The bar that is under way lacks what was before.</summary>
    public void Up() => _isUp = true;

    /// <summary>From now on trades are missed.</summary>
    public void Down()
    {
        (_isUp, _isWhole) = (false, false);
        (_open, _close) = (0, 0); // Nobody knows what the last price is.
    }

    /// <summary>Trades of this bar are missing.</summary>
    public void Miss() => _isWhole = false;

    public void Trade(long ticks, long lots)
    {
        if (_open == 0) (_open, _high, _low) = (ticks, ticks, ticks);
        (_high, _low, _close) = (Math.Max(_high, ticks), Math.Min(_low, ticks), ticks);
        _lots = lots > MostLots - _lots ? MostLots : _lots + lots;
    }

    /// <summary>Ends the bar and begins the next one.</summary>
    /// <param name="mark">What a symbol that has not traded since trades come is worth, in ticks; zero if that is not known.</param>
    /// <returns>False if trades of it may be missing, or nothing is known of the price.</returns>
    public bool TryClose(long mark, out FoldedBar bar)
    {
        var carried = _close != 0 ? _close : mark;
        bar = _open != 0 ? new(_open, _high, _low, _close, _lots) : new(carried, carried, carried, carried, 0);
        var isBar = _isWhole && carried != 0;
        (_open, _lots, _isWhole) = (0, 0, _isUp);
        return isBar;
    }
}
