using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>One symbol of a recording: its book beside its book ticker, and its trades.</summary>
internal sealed class SymbolCheck(Symbol symbol, DepthBook book, Action<FindingKind, string> find)
{
    private const int MostTickers = 4_096; // Of BTCUSDT half a minute; depth is at most a second behind.

    private readonly TickerCheck _tickers = new(book, MostTickers);
    private long _tickersSeen, _trades, _resnapshots;
    private long? _lastTrade, _lastAggregate, _lastDiffNs, _silenceNs;
    private bool _isBridged;

    public DepthBook Book => book;

    public void AfterDiff(DiffIds ids, DiffVerdict verdict, long lastId, long? receivedNs)
    {
        if (receivedNs is { } ns)
        {
            if (_lastDiffNs is { } before && ns > before) _silenceNs = Math.Max(_silenceNs ?? 0, ns - before);
            _lastDiffNs = ns;
        }
        switch (verdict)
        {
            case DiffVerdict.Gap:
                find(FindingKind.Gap, $"{Expected(ids, lastId)}; {(ids.Previous ?? ids.First - 1) - lastId} update ids are missing");
                break;
            case DiffVerdict.Overlap:
                find(FindingKind.Overlap, $"{Expected(ids, lastId)}; ids up to {lastId} were there before");
                break;
            case DiffVerdict.Renumbered:
                find(FindingKind.OutOfOrder, $"the diff {ids.First} to {ids.Last} after {lastId}, and {DepthChain.MostOlder - 1} before it that follow on one another: {lastId} is no id of theirs, and the book begins again");
                break;
            case DiffVerdict.Duplicate:
                find(FindingKind.Duplicate, $"the diff {ids.First} to {ids.Last} once more");
                break;
            case DiffVerdict.OutOfOrder:
                find(FindingKind.OutOfOrder, $"the diff {ids.First} to {ids.Last} after {lastId}");
                break;
            case DiffVerdict.Impossible:
                find(FindingKind.ImpossibleIds, $"expected U <= u and pu < u; came U {ids.First}, u {ids.Last}, pu {ids.Previous}");
                break;
        }
        AfterChange(verdict == DiffVerdict.Apply);
    }

    public void AfterSnapshot(SnapshotVerdict verdict)
    {
        if (verdict == SnapshotVerdict.Crossed) find(FindingKind.CrossedSnapshot, $"expected a best bid below the best ask; came {Show(book.Levels)}");
        if (verdict != SnapshotVerdict.Taken) return;
        if (book.Counts.SnapshotsTaken > 1) _resnapshots++;
        AfterChange(isNew: true);
    }

    public void Ticker(BookTicker ticker)
    {
        _tickersSeen++;
        _tickers.Take(ticker, out var disagreed);
        Find(disagreed);
    }

    public void Trade(in Trade trade, bool isAggregate)
    {
        _trades++;
        ref var last = ref isAggregate ? ref _lastAggregate : ref _lastTrade;
        if (last is { } before)
        {
            if (trade.Id == before) find(FindingKind.TradeDuplicate, $"trade {trade.Id} once more");
            else if (trade.Id < before) find(FindingKind.TradeOutOfOrder, $"trade {trade.Id} after {before}");
            else if (trade.Id != before + 1) find(FindingKind.TradeGap, $"expected trade {before + 1}; came {trade.Id}, {trade.Id - before - 1} are missing");
        }
        last = Math.Max(last ?? trade.Id, trade.Id);
    }

    public SymbolReport Report()
    {
        var (price, quantity) = (book.Grid.Price, book.Grid.Quantity);
        return new SymbolReport(
            symbol, price.ToDecimal(1), quantity.ToDecimal(1), book.Counts, _resnapshots, _isBridged, book.IsValid, _tickersSeen, _tickers.Compared, _tickers.Agreed, _trades,
            _silenceNs / 1e6, book.IsValid ? book.Levels.BidCount : 0, book.IsValid ? book.Levels.AskCount : 0);
    }

    private void AfterChange(bool isNew)
    {
        if (book.Trouble == BookTrouble.Crossed && isNew) find(FindingKind.Crossed, $"expected a best bid below the best ask; came {Show(book.Levels)} after update {book.LastId}");
        if (!book.IsValid || !isNew) return;
        _isBridged = true;
        _tickers.BookChanged(out var disagreed);
        Find(disagreed);
    }

    private void Find(BookTicker? disagreed)
    {
        if (disagreed is { } ticker)
            find(FindingKind.TickerDisagrees, $"expected {Show(ticker.Bid, ticker.Ask)} as the book ticker of update {ticker.UpdateId}; the book has {Show(book.Levels)}");
    }

    private static string Expected(DiffIds ids, long lastId) => ids.Previous is { } previous
        ? $"expected a diff after update {lastId} (pu); came one after {previous}, to {ids.Last}"
        : $"expected a diff from update {lastId + 1} (U); came one from {ids.First}, to {ids.Last}";

    private string Show(OrderBook levels) => Show(levels.BestBid, levels.BestAsk);

    private string Show(Level bid, Level ask) => $"{Show(bid)} / {Show(ask)}";

    private string Show(Level level) => level == default
        ? "none"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{book.Grid.Quantity.ToDecimal(level.Lots)} at {book.Grid.Price.ToDecimal(level.Ticks)}");
}
