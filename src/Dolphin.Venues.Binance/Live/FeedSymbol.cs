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
    public bool IsListed { get; private set; } = true;

    /// <summary>How many lists in a row it was not in.</summary>
    public int Missing { get; set; }

    /// <summary>Everything that was asked for of its books comes.</summary>
    public bool BookIsUp { get; private set; }

    /// <summary>What is heard of it at one of the entrances: diffs of its book, or marks.</summary>
    public ref StreamSilence HeardAt(StreamRoute route) => ref route == StreamRoute.Public ? ref _diffs : ref _marks;

    public BarFold Bar;
    public long LastTrade = -1, LastTradeMs, LastMarkMs, LastLiquidationMs;
    public MarkPrice? Mark;

    /// <summary>The settlement to come, which two marks in a row have named; Unix milliseconds, 0 while there is none.</summary>
    public long FundingMs { get; private set; }

    /// <summary>What was told last of the rate of a settlement to come, in 1e-8 of either sign; null before the first, and for contracts without funding.</summary>
    public long? FundingRate8 { get; private set; }

    /// <summary>The mark price is of now: its connection has not broken since, and it was not silent.</summary>
    public bool MarkIsFresh { get; private set; }

    /// <summary>No mark price has come for too long on a connection that is there.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Its book's middle was absurdly far from its mark price when both were last known. Nobody can say which of them is wrong.</summary>
    public bool IsFar { get; private set; }

    /// <summary>Before this a stale book of it is not said again; feed's ticks.</summary>
    public long StaleSaidUntil;

    /// <summary>Settlements of one bar that are kept: hourly ones of a day, and the longest bar has eight hours.</summary>
    private const int MostDue = 24;

    /// <summary>Funding that fell due since the last bar was closed, in order of time: when, Unix milliseconds, and the rate that was told last before.</summary>
    public List<(long AtMs, long Rate8)> Due { get; } = new(MostDue);

    private DateTimeOffset _movedAt; // The newest of what its book was said to be of.
    private long _paidMs, _saidMs; // The newest settlement that was over; the one that the newest mark named.
    private bool _marketIsUp; // Trades and marks come, as far as its connection goes.
    private StreamSilence _diffs, _marks; // Of those that count.
    private long _markOffAt = -1; // When the newest one came that was not of now; feed's ticks.

    /// <summary>Before this no snapshot is asked for; feed's ticks.</summary>
    public long SnapshotFrom { get; private set; }

    /// <summary>A snapshot was of no use: the next one has to wait, each time for longer.</summary>
    public void WaitForSnapshot(long now)
    {
        SnapshotFrom = now + _wait;
        _wait = Math.Min(_wait * 2, LongestWait);
    }

    public void SnapshotWasGood() => _wait = FirstWait;

    /// <summary>Its book was updated, and is of this time or of a later one that was named before.</summary>
    public void Moved(DateTimeOffset at)
    {
        if (at > _movedAt) _movedAt = at;
        Watch.Moved(_movedAt);
    }

    /// <summary>Its book began by a snapshot of this time.</summary>
    public void Began(DateTimeOffset at)
    {
        if (at > _movedAt) _movedAt = at;
        Watch.Began(_movedAt);
    }

    /// <summary>It is counted in other steps from now on.</summary>
    public void Begin(ListedSymbol now, DepthBook book)
    {
        (Listed, Grid) = (now, book.Grid);
        (Watch, Tickers) = (new BookWatch(now.Symbol, Tick, book.Grid.Quantity.ToDecimal(1)), new TickerCheck(book, MostTickers));
        Bar.Down(); // What was folded so far is in other steps.
        BeginBars();
    }

    /// <summary>Everything that was asked for of its books comes.</summary>
    public void BookUp(long now)
    {
        BookIsUp = true;
        _diffs.Heard(now);
    }

    /// <summary>Diffs and tickers are missing from now on.</summary>
    public void BookDown() => BookIsUp = false;

    /// <summary>Everything that was asked for of its trades and marks comes.</summary>
    public void MarketUp(long now)
    {
        _marketIsUp = true;
        _marks.Heard(now);
        BeginBars();
    }

    /// <summary>Trades and marks are missing from now on.</summary>
    public void MarketDown()
    {
        Bar.Down();
        (_marketIsUp, MarkIsFresh, IsSilent) = (false, false, false);
        BeginCounting(); // The next trade may be any number further on, and is no gap of its own.
    }

    /// <summary>The venue does not trade it any more.</summary>
    public void Unlisted()
    {
        Bar.Down();
        (IsListed, MarkIsFresh, IsSilent) = (false, false, false);
    }

    /// <summary>It does again.</summary>
    public void ListedAgain(long now)
    {
        IsListed = true;
        _diffs.Heard(now);
        _marks.Heard(now);
        BeginCounting();
    }

    /// <summary>Notices that no mark has come for too long: its bars are missing from now on.</summary>
    /// <returns>Whether it was not known before.</returns>
    public bool FellSilent(long now, long patience)
    {
        if (IsSilent || !_marketIsUp || now - _marks.HeardAt <= patience) return false;
        Bar.Down();
        (IsSilent, MarkIsFresh) = (true, false);
        return true;
    }

    /// <summary>Its book went absurdly far from its mark price, or came back: what it trades at meanwhile is in no bar.</summary>
    public void Judge(bool isFar)
    {
        Bar.Down(); // On the way back too: the last price is one from there.
        IsFar = isFar;
        BeginBars();
    }

    /// <summary>A mark came whose time is not of now, and was dropped.</summary>
    public void MarkWasOff(long now) => _markOffAt = now;

    /// <summary>So was the newest one that came.</summary>
    public bool IsMarkOff => _markOffAt > _marks.HeardAt;

    /// <summary>Marks come of it, whatever they say.</summary>
    public bool Speaks(long now, long patience) => IsListed && _marketIsUp && now - Math.Max(_marks.HeardAt, _markOffAt) <= patience;

    /// <summary>Takes a mark price, and notices when a funding time has passed between two.</summary>
    /// <param name="at">When it was so, Unix milliseconds.</param>
    /// <param name="now">Feed's ticks.</param>
    /// <returns>False where a settlement fell due that is one too many for a bar: it is not kept.</returns>
    public bool Take(in MarkPrice mark, long at, long now)
    {
        _marks.Heard(now);
        var isKept = TakeFunding(mark, at);
        (Mark, MarkIsFresh, IsSilent) = (mark, true, false);
        BeginBars();
        return isKept;
    }

    // Money is paid by it: one message that is wrong may neither make a settlement, nor take one away, nor say its rate.
    private bool TakeFunding(in MarkPrice mark, long at)
    {
        var (next, said, isKept) = (mark.NextFundingMs, _saidMs, true);
        _saidMs = next;
        if (next == FundingMs)
        {
            FundingRate8 = mark.FundingRate8 ?? FundingRate8;
        }
        else if (FundingMs > 0 && at >= FundingMs && next > FundingMs)
        {
            if (FundingRate8 is { } rate)
            {
                isKept = Due.Count < MostDue;
                if (isKept) Due.Add((FundingMs, rate));
            }
            (_paidMs, FundingMs) = (FundingMs, 0);
        }
        // A later time alone says nothing: where funding comes to be paid more rarely the venue names another time before the old one is there.
        else if (next == said && (next == 0 || next > at && next > _paidMs))
        {
            (FundingMs, FundingRate8) = (next, mark.FundingRate8);
        }
        return isKept;
    }

    private void BeginCounting() => (LastTrade, LastTradeMs, LastMarkMs) = (-1, 0, 0);

    // A trade whose price nothing can be compared with is in no bar.
    private void BeginBars()
    {
        if (_marketIsUp && MarkIsFresh && IsListed && !IsFar) Bar.Up();
    }

    /// <summary>A price in ticks, rounded down; zero if it is not one tick.</summary>
    public long TicksOf(long price8)
    {
        var ticks = decimal.Truncate(DecimalGrid.Satoshi.ToDecimal(price8) / Tick);
        return ticks is >= 1m and <= Level.MostTicks ? (long)ticks : 0;
    }
}
