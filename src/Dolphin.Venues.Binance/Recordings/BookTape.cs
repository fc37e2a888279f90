using System.Collections.Immutable;
using System.Security.Cryptography;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Recordings;

/// <summary>A recording of one symbol's raw messages as the market of a replay: short bars of its trades, and its order book as it stood when each of them closed. Never changes.</summary>
/// <remarks>What was traded before the first whole bar is left out, and so is a bar before anything is known of the price. A bar without a trade stands still.</remarks>
public sealed class BookTape : IMarketSource
{
    /// <summary>Bars that are held in memory, some 400 bytes each: eleven days at 100 ms.</summary>
    public const int MostBars = 10_000_000;

    /// <summary>The same where the levels near the best are kept with each of them, which takes some 2,000 bytes: two days at 100 ms.</summary>
    public const int MostBarsWithQueues = 2_000_000;

    private readonly Symbol _symbol;
    private readonly SymbolGrid _grid;
    private readonly List<SymbolBar> _bars;
    private readonly List<BookSummary> _books;

    private BookTape(Recorder recorded, TimeSpan interval)
    {
        (_symbol, _grid, _bars, _books, Interval) = (recorded.Symbol, recorded.Grid, recorded.Bars, recorded.Books, interval);
        Span = (DateTimeOffset.FromUnixTimeMilliseconds(_bars[0].Bar.OpenTimeMs), DateTimeOffset.FromUnixTimeMilliseconds(_bars[^1].Bar.OpenTimeMs) + interval);
        Fingerprint = FingerprintOf();
    }

    public ImmutableArray<Symbol> Symbols => [_symbol];
    public TimeSpan Interval { get; }
    public string Fingerprint { get; }
    public bool HasBooks => true;

    public (DateTimeOffset From, DateTimeOffset To) Span { get; }

    // A recording that begins in the middle of a message, or with a log of how it was made, is one all the same; millions of bars are not looked through for it.
    private const int LinesThatTell = 100;

    /// <summary>Whether a file has raw messages, as far as its first lines tell.</summary>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static bool IsRaw(string path)
    {
        using var source = MessageSource.Open(path, LinesThatTell);
        return source.TryRead(static (_, _) => { });
    }

    /// <param name="paths">The files of one session, with receive times.</param>
    /// <param name="symbol">Null: the only one there is.</param>
    /// <param name="interval">Of a bar: whole milliseconds, above zero.</param>
    /// <param name="from">Bars that open earlier are left out; null for none.</param>
    /// <param name="to">Bars that open then or later are left out; null for none.</param>
    /// <param name="nearBps">How far from the middle the notional of a book is summed up, in basis points, above zero.</param>
    /// <param name="queues">How far the levels near the best are kept with each bar; <c>default</c>: not at all.</param>
    /// <exception cref="InvalidDataException">No such symbol, several to choose from, no receive times, no whole bar, or more than <see cref="MostBars"/>, or <see cref="MostBarsWithQueues"/>.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static BookTape Read(
        IReadOnlyList<string> paths, Symbol? symbol, TimeSpan interval, DateTimeOffset? from, DateTimeOffset? to, double nearBps, LevelReach queues = default, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        var recorder = new Recorder((long)interval.TotalMilliseconds, from?.ToUnixTimeMilliseconds() ?? long.MinValue, to?.ToUnixTimeMilliseconds() ?? long.MaxValue, nearBps, queues);
        TickPlayer.Play(paths, symbol, recorder, cancellation);
        return recorder.Bars.Count > 0
            ? new BookTape(recorder, interval)
            : throw new InvalidDataException($"Expected at least one whole bar of {interval.TotalSeconds:0.###} s; the recording of {recorder.Symbol} has none{(from is null && to is null ? "" : " in that time")}.");
    }

    public Decimals DecimalsOf(Symbol symbol) => symbol == _symbol ? new Decimals(_grid.Price.Decimals, _grid.Quantity.Decimals) : throw new KeyNotFoundException($"The recording is of {_symbol}; expected it, came {symbol}.");

    public IEnumerable<MarketSlice> Slices(long fromOpenTimeMs, long toOpenTimeMs)
    {
        for (var i = IndexOf(fromOpenTimeMs); i < _bars.Count && _bars[i].Bar.OpenTimeMs < toOpenTimeMs; i++)
            yield return new MarketSlice(_bars[i].Bar.OpenTimeMs, Interval, new[] { _bars[i] });
    }

    public ImmutableArray<BookSummary> BooksAtClose(long openTimeMs) =>
        IndexOf(openTimeMs) is var i && i < _bars.Count && _bars[i].Bar.OpenTimeMs == openTimeMs ? [_books[i]] : [];

    public long BarsBetween(long fromOpenTimeMs, long toOpenTimeMs) => Math.Max(0, IndexOf(toOpenTimeMs) - IndexOf(fromOpenTimeMs));

    public IReadOnlyList<FundingRate> Funding(long fromMs, long toMs) => [];

    // The first that opens then or later.
    private int IndexOf(long openTimeMs)
    {
        var (low, high) = (0, _bars.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bars[middle].Bar.OpenTimeMs < openTimeMs) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private string FingerprintOf()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.Add("dolphin-book-tape/1");
        hash.Add(_symbol.Name);
        hash.Add((long)Interval.TotalMilliseconds);
        for (var i = 0; i < _bars.Count; i++)
        {
            var (bar, book) = (_bars[i].Bar, _books[i]);
            hash.Add(bar.OpenTimeMs);
            foreach (var number in (ReadOnlySpan<decimal>)[
                bar.Open.QuotePerBase, bar.High.QuotePerBase, bar.Low.QuotePerBase, bar.Close.QuotePerBase, bar.Volume.Base,
                book.Bid?.Price.QuotePerBase ?? 0m, book.Bid?.Quantity.Base ?? 0m, book.Ask?.Price.QuotePerBase ?? 0m, book.Ask?.Quantity.Base ?? 0m])
                hash.Add(decimal.ToInt64(number * 1_0000_0000m));
            foreach (var number in (ReadOnlySpan<double>)[book.BidNotional, book.AskNotional, book.MeanInterval, book.IntervalVariance, book.BidsTaken, book.AsksTaken])
                hash.Add(BitConverter.DoubleToInt64Bits(number));
            hash.Add(book.MovedAt?.UtcTicks ?? 0);
            hash.Add(book.Updates);
            hash.Add(book.Intervals);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class Recorder(long intervalMs, long fromMs, long toMs, double nearBps, LevelReach queues) : ITickListener
    {
        private BookWatch _watch = null!;
        private BarFold _fold;
        private OrderBook? _book;
        private long? _closesMs;

        public Symbol Symbol { get; private set; }
        public SymbolGrid Grid { get; private set; }
        public List<SymbolBar> Bars { get; } = [];
        public List<BookSummary> Books { get; } = [];

        public void Begin(Symbol symbol, SymbolGrid grid)
        {
            (Symbol, Grid) = (symbol, grid);
            _watch = new BookWatch(symbol, grid.Price.ToDecimal(1), grid.Quantity.ToDecimal(1));
            _fold.Up();
        }

        public void Advance(DateTimeOffset at)
        {
            var ms = at.ToUnixTimeMilliseconds();
            _closesMs ??= ms / intervalMs * intervalMs + intervalMs;
            while (ms >= _closesMs)
            {
                Close(_closesMs.Value);
                _closesMs += intervalMs;
            }
        }

        public void OnBook(OrderBook? book, DateTimeOffset at)
        {
            if (book is not null && _book is not null) _watch.Moved(at);
            else if (book is not null) _watch.Began(at); // As on a live feed: what comes while it is not whole moves nothing.
            _book = book;
        }

        public void OnTrade(in Trade trade, DateTimeOffset at)
        {
            _fold.Trade(trade.At.Ticks, trade.At.Lots);
            _watch.Traded(trade.Taker, trade.At);
        }

        private void Close(long closesMs)
        {
            var opensMs = closesMs - intervalMs;
            var middle = _book is { HasBid: true, HasAsk: true } ? (_book.BestBid.Ticks + _book.BestAsk.Ticks) / 2 : 0;
            var isWhole = _fold.TryClose(middle, out var folded);
            var book = _watch.Look(_book ?? Nothing, _book is { IsCrossed: false }, DateTimeOffset.FromUnixTimeMilliseconds(closesMs), nearBps, queues);
            if (!isWhole || opensMs < fromMs || opensMs >= toMs) return;
            var most = queues == default ? MostBars : MostBarsWithQueues;
            if (Bars.Count == most)
                throw new InvalidDataException($"The recording has more than {most} bars of {intervalMs} ms; expected fewer: choose longer ones, or a part of it. Nothing is played.");
            Bars.Add(new SymbolBar(Symbol, new Bar(opensMs, At(folded.Open), At(folded.High), At(folded.Low), At(folded.Close), new Quantity(Grid.Quantity.ToDecimal(folded.Lots)))));
            Books.Add(book);
        }

        private Price At(long ticks) => Price.Of(Grid.Price.ToDecimal(ticks));

        private static readonly OrderBook Nothing = new();
    }
}
