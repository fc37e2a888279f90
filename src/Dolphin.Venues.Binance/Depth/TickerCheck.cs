using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Depth;

/// <summary>One book beside its book ticker: at every update id that both have, their best levels have to be the same.</summary>
/// <param name="most">How many tickers are kept for the book, which is behind them. Of more the oldest are not compared.</param>
public sealed class TickerCheck(DepthBook book, int most)
{
    private BookTicker[] _tickers = []; // A ring, by rising id.
    private long _count;
    private int _passedOver; // In a row.

    /// <summary>How often both had the same update id.</summary>
    public long Compared { get; private set; }

    public long Agreed { get; private set; }

    /// <summary>Takes the next ticker; one that is not newer than the newest is passed over. When as many as are kept were, one after the other, the newest had an id that is none, and it begins anew.</summary>
    /// <param name="disagreed">The one that the book differs from, if there is one.</param>
    /// <returns>Whether it was newer.</returns>
    public bool Take(BookTicker ticker, out BookTicker? disagreed)
    {
        disagreed = null;
        if (_count > 0 && ticker.UpdateId <= Newest.UpdateId)
        {
            if (++_passedOver < most) return false;
            _count = 0;
        }
        _passedOver = 0;
        if (_count == _tickers.Length && _count < most) Array.Resize(ref _tickers, Math.Clamp(_tickers.Length * 2, Math.Min(16, most), most));
        _tickers[_count++ % _tickers.Length] = ticker;
        if (book.IsValid && book.LastId == ticker.UpdateId) Compare(ticker, ref disagreed);
        return true;
    }

    /// <summary>The book has changed.</summary>
    /// <param name="disagreed">The ticker that it differs from, if there is one.</param>
    public void BookChanged(out BookTicker? disagreed)
    {
        disagreed = null;
        if (!book.IsValid) return;
        for (var i = _count - 1; i >= 0 && i >= _count - _tickers.Length; i--)
        {
            var ticker = _tickers[i % _tickers.Length];
            if (ticker.UpdateId == book.LastId) Compare(ticker, ref disagreed);
            if (ticker.UpdateId <= book.LastId) return;
        }
    }

    private BookTicker Newest => _tickers[(_count - 1) % _tickers.Length];

    private void Compare(BookTicker ticker, ref BookTicker? disagreed)
    {
        Compared++;
        if (book.Levels.BestBid == ticker.Bid && book.Levels.BestAsk == ticker.Ask) Agreed++;
        else disagreed = ticker;
    }
}
