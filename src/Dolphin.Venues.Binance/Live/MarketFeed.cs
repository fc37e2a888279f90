using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Reporting;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Rest;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Live;

/// <summary>How much of the feed is there.</summary>
/// <param name="Lines">Connections that the plan has.</param>
/// <param name="LinesUp">Of which everything comes.</param>
/// <param name="ValidBooks">Books that may be priced from.</param>
/// <param name="Listed">Symbols that the venue still trades.</param>
/// <param name="Silent">Of which no mark price has come for too long on a connection that is there: they have no bars.</param>
public readonly record struct FeedHealth(int Lines, int LinesUp, int Symbols, int ValidBooks, int Listed, int Silent = 0);

/// <summary>The live market of the venue: every symbol's book, trades and mark price over public streams, kept there until it is disposed of. No key is needed.</summary>
/// <remarks>
/// It is read by whoever wants to, whenever he wants to (<see cref="Summarize"/>, <see cref="CloseBars"/>); nobody is called back for a message. A book that lacks an
/// update, is crossed, contradicts its book ticker, is absurdly far from its mark price, or has been silent or late for too long is not valid from that instant until a new snapshot has been bridged. A symbol without
/// mark prices, which come each second whatever its market does, has no bars. A message that is wrong is dropped and counted. Safe for several threads.
/// </remarks>
public sealed class MarketFeed : ILineOwner, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ClockEvery = TimeSpan.FromMinutes(30); // Crystals drift by some ten milliseconds an hour.
    private static readonly TimeSpan DoubtAtMost = TimeSpan.FromMinutes(1); // However long the venue's time is doubted: what is really late or wrong stays so, whatever is asked.
    private static readonly TimeSpan IntervalsEvery = TimeSpan.FromMinutes(10); // Funding intervals change a few times a month, announced before; a list that did not come is soon asked for again.
    private static readonly TimeSpan RelistAtMost = TimeSpan.FromMinutes(1); // However many messages do not fit their filters.
    private static readonly TimeSpan RestPause = TimeSpan.FromSeconds(5); // After a question that failed.
    private static readonly TimeSpan LongestFunding = TimeSpan.FromDays(1), LatestFunding = TimeSpan.FromMinutes(1); // Ahead; behind: the venue may name the old one a little longer.
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(1); // Of an event and the venue's clock.
    private static readonly TimeSpan StaleSaidEvery = TimeSpan.FromMinutes(10); // Of one symbol: a book that nobody trades in is stale again and again.
    private const int SilencesToReplace = 4; // A minute of marks, two of books, as it is set: a venue that hiccups for everybody has spoken again by then, and more bars than that need not be missed.
    private const int ListsToVanish = 2; // In a row: one answer that lacks a symbol may be the venue's mistake, and what follows is not taken back.
    private const int MostNamed = 5; // Symbols in one sentence.
    private const long MostFunding8 = 4_000_000; // The venue caps rates at up to once a symbol's maintenance margin ratio, and announced caps of up to 3 % (/fapi/v1/fundingInfo has each).

    private readonly FeedSettings _settings;
    private readonly TimeProvider _time;
    private readonly PublicRest _rest;
    private readonly FeedClock _clock;
    private readonly FeedCounters _counters;
    private readonly Action<string> _say, _note;
    private readonly Lock _gate = new(); // Over everything below, as far as it changes.
    private readonly BookSet _books = new();
    private readonly FeedSymbol[] _symbols;
    private readonly SortedDictionary<Symbol, int> _absent; // Wanted and not listed when the feed began, so that nothing is subscribed; with how many lists in a row they were not in.
    private readonly ImmutableArray<StreamLine> _lines;
    private readonly HashSet<StreamLine> _up = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wanted = new(0, 1); // There is something to ask the venue for.
    private readonly TaskCompletionSource _clockIsSet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private readonly Dictionary<StreamLine, string> _told = []; // Why each line that is down is down, as it was said.
    private readonly List<FeedSymbol> _wentLate = [], _fellSilent = [], _speaking = [], _wentFar = [], _cameBack = []; // Since it was said last.
    private readonly ImmutableSortedDictionary<Symbol, ListedSymbol> _began; // What was listed then: everybody counts by it.
    private volatile ImmutableSortedDictionary<Symbol, RuleChange> _changed = ImmutableSortedDictionary<Symbol, RuleChange>.Empty;
    private volatile ImmutableSortedDictionary<Symbol, Price?> _settled = ImmutableSortedDictionary<Symbol, Price?>.Empty;
    private volatile ImmutableSortedDictionary<Symbol, string> _far = ImmutableSortedDictionary<Symbol, string>.Empty;
    private volatile FundingIntervals? _intervals; // Null until the venue has said them.
    private volatile bool _relistNow;
    private int _nextSnapshot;

    /// <param name="listed">What the venue lists, of <see cref="PublicRest.ListAsync"/>.</param>
    /// <param name="symbols">At most once each. Those that are not listed are only looked for in the lists to come.</param>
    /// <param name="rest">Its own from now on: disposed of with the feed.</param>
    /// <param name="seed">Of the waits between attempts to connect.</param>
    /// <param name="say">Told in a sentence what a person should know. Called from any thread; must not block.</param>
    /// <param name="note">The same, of what stops the trade of a symbol and should stay in sight; null: told with the rest.</param>
    public MarketFeed(
        FeedSettings settings, ExchangeInfo listed, ImmutableArray<Symbol> symbols, PublicRest rest, ulong seed, TimeProvider time, Action<string> say, Action<string>? note = null)
    {
        (_settings, _rest, _clock, _counters, _time, _say, _note) = (settings, rest, rest.Clock, rest.Counters, time, say, note ?? say);
        _began = listed.Symbols;
        _absent = new(symbols.Where(symbol => !listed.Symbols.ContainsKey(symbol)).ToDictionary(symbol => symbol, _ => 0));
        symbols = [.. symbols.Where(listed.Symbols.ContainsKey)];
        _symbols = [.. symbols.Select(symbol => new FeedSymbol(listed.Symbols[symbol], _books.Add(symbol, listed.Symbols[symbol].Grid)))];
        var budget = new ConnectionBudget();
        var chance = new Chance(seed);
        _lines = [.. StreamPlan.Of(symbols, settings.StreamsPerConnection).Select(plan => new StreamLine(plan, settings, this, budget, _counters, _clock, time, chance.NextBits()))];
        Relist(listed); // Who is not traded, or not for long any more, is so from the beginning.
        _running = Task.Run(() => Task.WhenAll([.. _lines.Select(line => UntilOneFailsAsync(ListenAsync(line))), UntilOneFailsAsync(WatchAsync()), UntilOneFailsAsync(AskAsync())]));
    }

    /// <summary>Those that were listed when it began.</summary>
    public ImmutableArray<Symbol> Symbols => [.. _symbols.Select(s => s.Symbol)];

    /// <summary>The feed's time and how far the venue's is away.</summary>
    public FeedClock Clock => _clock;

    /// <summary>What may be asked of the venue by everybody in this process.</summary>
    public HostBudget Budget => _rest.Budget;

    public FeedCounts Counts => _counters.Copy();

    /// <summary>
    /// Symbols that are not traded, or not for long any more, or whose rules are not those that the feed began with: an order made by those may not fit any more.
    /// By the newest list, against that of the beginning: whatever was listed between the two.
    /// </summary>
    public ImmutableSortedDictionary<Symbol, RuleChange> Changed => _changed;

    /// <summary>
    /// Symbols whose end has come, by the newest list: the venue has closed what was held of them, and cancelled what rested there. With the last mark price that was heard of
    /// each; null if none was in this life.
    /// </summary>
    public ImmutableSortedDictionary<Symbol, Price?> Settled => _settled;

    /// <summary>Symbols whose book is absurdly far from their mark price, and how far: nothing that is seen there is a price. They have no bars.</summary>
    public ImmutableSortedDictionary<Symbol, string> FarFromMark => _far;

    /// <summary>Faults if the feed cannot go on, which is a fault of the program.</summary>
    public Task Completion => _running;

    public FeedHealth Health
    {
        get
        {
            lock (_gate)
            {
                var valid = 0;
                for (var i = 0; i < _symbols.Length; i++) valid += MayPrice(i) ? 1 : 0;
                return new FeedHealth(_lines.Length, _up.Count, _symbols.Length, valid, _symbols.Count(s => s.IsListed), _symbols.Count(s => s is { IsListed: true, IsSilent: true }));
            }
        }
    }

    /// <summary>Everything that a person or a program may want to know of the feed. Allocates: for a look a second.</summary>
    public FeedPicture Picture()
    {
        var (invalid, silent) = (ImmutableArray.CreateBuilder<Symbol>(), ImmutableArray.CreateBuilder<Symbol>());
        var (up, listed) = (0, 0);
        lock (_gate)
        {
            for (var i = 0; i < _symbols.Length; i++)
            {
                if (!MayPrice(i)) invalid.Add(_symbols[i].Symbol);
                if (!_symbols[i].IsListed) continue;
                listed++;
                if (_symbols[i].IsSilent) silent.Add(_symbols[i].Symbol);
            }
            up = _up.Count;
        }
        var (counts, budget) = (Counts, Budget);
        return new FeedPicture(
            _lines.Length, up, _symbols.Length, listed, invalid.ToImmutable(), silent.ToImmutable(), [.. _far.Keys], [.. _changed.Values.Select(c => new FeedRuleChange(c.Symbol, c.What) { Then = c.Then })],
            _clock.Offset.TotalMilliseconds, _clock.RoundTrip?.TotalMilliseconds, budget.PerMinute, budget.Used, budget.Refusals, budget.ClosedFor.TotalSeconds, counts.Dropped,
            Named<FeedCount>(counts.Counts), Named<MessageFault>(counts.Faults));

        static ImmutableSortedDictionary<string, long> Named<T>(ImmutableArray<long> counts) where T : struct, Enum =>
            counts.Select((count, i) => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(Enum.GetValues<T>()[i].ToString()), count)).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>What every book is now, in the order of <see cref="Symbols"/>. Each look begins the next count of updates, so there should be one reader.</summary>
    /// <returns>How many there were, at most as many as there is room for.</returns>
    public int Summarize(Span<BookSummary> summaries)
    {
        var count = Math.Min(summaries.Length, _symbols.Length);
        for (var i = 0; i < count; i++)
        {
            // One at a time: a sum over near levels is short, one over all symbols would hold up the sockets.
            lock (_gate) summaries[i] = _symbols[i].Watch.Look(_books[i].Levels, MayPrice(i), _clock.Now, _settings.NearBps, _settings.Queues);
        }
        return count;
    }

    /// <summary>Whether a symbol's book is whole and may be priced from; of one that was not listed when the feed began it is not.</summary>
    public bool HasBook(Symbol symbol)
    {
        lock (_gate)
        {
            for (var i = 0; i < _symbols.Length; i++)
                if (_symbols[i].Symbol == symbol) return MayPrice(i);
        }
        return false;
    }

    /// <summary>The funding rate of each symbol's next settlement, as the newest mark price has it that names a settlement as the one before does; none where the mark price is not of now.</summary>
    /// <param name="at">What the rates are to say that they are of.</param>
    public ImmutableArray<FundingRate> Forecasts(DateTimeOffset at)
    {
        lock (_gate)
        {
            return
            [
                .. _symbols.Where(s => s is { MarkIsFresh: true, FundingRate8: not null })
                    .Select(s => new FundingRate(s.Symbol, at, DecimalGrid.Satoshi.ToDecimal(s.FundingRate8!.Value), _intervals?.Of(s.Symbol))),
            ];
        }
    }

    /// <summary>Ends the bar that is under way of every symbol and begins the next one.</summary>
    /// <param name="openMs">Unix milliseconds: what the bars are to say that they opened at.</param>
    /// <param name="bars">Is added the bars, in the order of <see cref="Symbols"/>; none of a symbol that trades may be missing of, or that has no price yet.</param>
    /// <param name="funding">Is added the rates that fell due, at the venue's time: of each symbol all of the bar, in order of time.</param>
    public void CloseBars(long openMs, ICollection<SymbolBar> bars, ICollection<FundingRate> funding)
    {
        lock (_gate)
        {
            var now = _clock.Ticks;
            foreach (var symbol in _symbols)
            {
                NoticeSilence(symbol, now);
                var mark = symbol is { MarkIsFresh: true, Mark: { } m } ? symbol.TicksOf(m.Price8) : 0;
                if (symbol.Bar.TryClose(mark, out var folded) && !IsForsaken(symbol, folded)) bars.Add(new SymbolBar(symbol.Symbol, BarOf(folded, symbol, openMs)));
                foreach (var (atMs, rate8) in symbol.Due)
                    funding.Add(new FundingRate(symbol.Symbol, DateTimeOffset.FromUnixTimeMilliseconds(atMs), DecimalGrid.Satoshi.ToDecimal(rate8), _intervals?.Of(symbol.Symbol)));
                symbol.Due.Clear();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _rest.Dispose();
        _stop.Dispose();
        _wanted.Dispose();
    }

    /// <summary>Reads a book while nobody changes it.</summary>
    internal T Read<T>(int index, Func<DepthBook, T> read)
    {
        lock (_gate) return read(_books[index]);
    }

    void IStreamReader.Take(in StreamMessage message, bool isAhead)
    {
        lock (_gate)
        {
            switch (message.Kind)
            {
                case MessageKind.DepthDiff: TakeDiff(message, isAhead); break;
                case MessageKind.BookTicker: TakeTicker(message); break;
                case MessageKind.AggregateTrade: TakeTrade(message, isAhead); break;
                case MessageKind.MarkPrice: TakeMark(message); break;
                case MessageKind.ForceOrder: TakeLiquidation(message); break;
                default: _counters.Add(FeedCount.DroppedUnexpected); break;
            }
        }
    }

    void ILineOwner.LineUp(StreamLine line)
    {
        lock (_gate)
        {
            _up.Add(line);
            _told.Remove(line);
            foreach (var index in line.Plan.Symbols)
            {
                if (line.Plan.Route == StreamRoute.Public) _symbols[index].BookUp(_clock.Ticks);
                else _symbols[index].MarketUp(_clock.Ticks);
            }
        }
        Wake();
    }

    void ILineOwner.LineDown(StreamLine line, string why)
    {
        bool isNews;
        lock (_gate)
        {
            _up.Remove(line);
            isNews = _told.GetValueOrDefault(line) != why;
            _told[line] = why;
            foreach (var index in line.Plan.Symbols)
            {
                if (line.Plan.Route == StreamRoute.Public)
                {
                    _symbols[index].BookDown();
                    _books[index].Invalidate();
                }
                else
                {
                    _symbols[index].MarketDown();
                }
            }
        }
        if (isNews && !_stop.IsCancellationRequested)
            _say($"{(line.Plan.Route == StreamRoute.Public ? "Books" : "Trades and marks")} of {line.Plan.Symbols.Length} symbols from {_symbols[line.Plan.Symbols[0]].Symbol} on: {why}. They are missing until it is connected again.");
    }

    private async Task UntilOneFailsAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private bool MayPrice(int index) => _books[index].IsValid && _symbols[index] is { IsListed: true, BookIsUp: true, IsFar: false };

    private static Bar BarOf(FoldedBar folded, FeedSymbol symbol, long openMs)
    {
        return new Bar(openMs, At(folded.Open), At(folded.High), At(folded.Low), At(folded.Close), new Quantity(symbol.Grid.Quantity.ToDecimal(folded.Lots)));

        Price At(long ticks) => Price.Of(symbol.Grid.Price.ToDecimal(ticks));
    }

    /// <summary>Whose message it is; null, and counted, if nobody trades it.</summary>
    private FeedSymbol? Whose(ReadOnlySpan<byte> name, out int index)
    {
        index = _books.IndexOf(name);
        if (index < 0) _counters.Add(MessageFault.UnknownSymbol);
        else if (_symbols[index].IsListed) return _symbols[index];
        else _counters.Add(FeedCount.DroppedUnlisted);
        return null;
    }

    private void Refuse(MessageFault fault)
    {
        _counters.Add(fault);
        if (fault != MessageFault.NumberOffGrid) return;
        _relistNow = true; // Its filters have changed, or somebody plays tricks: the list says which.
        Wake();
    }

    // A book with a price between two ticks: its filters have changed, which the list will say, or old orders rest there. Either way it is finer.
    private void RefuseLevels(int index, MessageFault fault)
    {
        Refuse(fault);
        var symbol = _symbols[index];
        if (fault != MessageFault.NumberOffGrid || symbol.Grid == symbol.Listed.FinestGrid) _books[index].Invalidate(); // Its ids are missing from now on.
        else Begin(index, symbol.Listed, symbol.Listed.FinestGrid);
    }

    private void Begin(int index, ListedSymbol listed, SymbolGrid grid)
    {
        _symbols[index].Begin(listed, _books.Renew(index, grid));
    }

    private void TakeDiff(in StreamMessage message, bool isAhead)
    {
        if (Whose(message.Symbol, out var index) is not { } symbol) return;
        if (message.EventTimeMs is { } at && AgeMs(at) > _settings.StaleAfter.TotalMilliseconds)
        {
            _counters.Add(FeedCount.DroppedTimes);
            if (!isAhead) WentLate(symbol, _books[index]); // What replaces a connection may be late without harm: the older one is still there.
            return;
        }
        symbol.HeardAt(StreamRoute.Public).Heard(_clock.Ticks);
        var fault = _books.TakeDiff(message, _clock.Ticks, out _, out var verdict, isAhead);
        var book = _books[index];
        if (fault != MessageFault.None)
        {
            RefuseLevels(index, fault);
            return;
        }
        switch (verdict)
        {
            case DiffVerdict.Apply:
                _counters.Add(FeedCount.DiffsApplied);
                symbol.Moved(WhenOf(message));
                symbol.SnapshotWasGood();
                if (book.Trouble == BookTrouble.Crossed) _counters.Add(FeedCount.BooksCrossed);
                CompareWithTickers(symbol, book);
                Judge(symbol, book);
                break;
            case DiffVerdict.Keep:
                if (book.Kept == 1) Wake();
                break;
            case DiffVerdict.Gap or DiffVerdict.Overlap or DiffVerdict.Renumbered:
                _counters.Add(FeedCount.BookGaps);
                Wake();
                break;
            case DiffVerdict.SnapshotTooOld:
                _counters.Add(FeedCount.SnapshotsTooOld);
                symbol.WaitForSnapshot(_clock.Ticks);
                Wake();
                break;
            case DiffVerdict.Duplicate or DiffVerdict.OutOfOrder or DiffVerdict.Impossible:
                _counters.Add(FeedCount.DroppedDuplicates);
                break;
            case DiffVerdict.Ahead:
                _counters.Add(FeedCount.AheadOfOverlap);
                break;
        }
    }

    private void TakeTicker(in StreamMessage message)
    {
        if (Whose(message.Symbol, out var index) is not { } symbol) return;
        var fault = BookTicker.Read(message, symbol.Grid, out var ticker);
        if (fault != MessageFault.None) Refuse(fault);
        else if (ticker.Bid.Ticks > Level.MostTicks || ticker.Ask.Ticks > Level.MostTicks) _counters.Add(FeedCount.DroppedAbsurd);
        else if (symbol is { MarkIsFresh: true, Mark: { } mark } && ticker.Bid.Ticks > 0 && ticker.Ask.Ticks > 0
            && IsFar(Middle(symbol, ticker.Bid, ticker.Ask), mark.Price8 / 1e8, _settings.AbsurdBook)) _counters.Add(FeedCount.DroppedAbsurd);
        else if (ticker.Bid.Ticks >= ticker.Ask.Ticks && ticker.Ask.Ticks > 0) _counters.Add(FeedCount.DroppedCrossedQuotes); // An empty side is all zeros.
        else
        {
            var compared = symbol.Tickers.Compared;
            if (!symbol.Tickers.Take(ticker, out var disagreed)) _counters.Add(FeedCount.DroppedDuplicates);
            Compared(symbol, _books[index], compared, disagreed);
        }
    }

    private void CompareWithTickers(FeedSymbol symbol, DepthBook book)
    {
        var compared = symbol.Tickers.Compared;
        symbol.Tickers.BookChanged(out var disagreed);
        Compared(symbol, book, compared, disagreed);
    }

    // Two streams of one venue say different things: what was built from a snapshot and many diffs is more likely to be wrong than one message.
    private void Compared(FeedSymbol symbol, DepthBook book, long before, BookTicker? disagreed)
    {
        _counters.Add(FeedCount.TickersCompared, symbol.Tickers.Compared - before);
        if (disagreed is null) return;
        _counters.Add(FeedCount.TickersDisagreed);
        book.Invalidate();
        symbol.WaitForSnapshot(_clock.Ticks);
    }

    // A book that is built from such is the market of then, however busily it moves.
    private void WentLate(FeedSymbol symbol, DepthBook book)
    {
        if (!book.WantsSnapshot) _counters.Add(FeedCount.BooksStale);
        book.Invalidate();
        if (MaySayStale(symbol)) _wentLate.Add(symbol);
    }

    private bool MaySayStale(FeedSymbol symbol)
    {
        var now = _clock.Ticks;
        if (now < symbol.StaleSaidUntil) return false;
        symbol.StaleSaidUntil = now + StaleSaidEvery.Ticks;
        return true;
    }

    // As far as the venue's clock is known; below zero it is still to come.
    private long AgeMs(long at) => (_clock.Now + _clock.Offset).ToUnixTimeMilliseconds() - Math.Max(0, at);

    // By the feed's clock. What names no time, or one that is still to come, was so when it came.
    private DateTimeOffset WhenOf(in StreamMessage message) =>
        message.EventTimeMs is { } at && AgeMs(at) is > 0 and var age ? _clock.Now.AddMilliseconds(-age) : _clock.Now;

    // Every message says when it happened. One that is later than a silence may last is as good as none; one that is ahead of now would make all later ones look old.
    private bool IsOfNow(in StreamMessage message, out long at)
    {
        at = message.EventTimeMs ?? 0;
        if (AgeMs(at) is var age && age <= _settings.LatestMark.TotalMilliseconds && -age <= MostAhead.TotalMilliseconds) return true;
        _counters.Add(FeedCount.DroppedTimes);
        return false;
    }

    private void TakeTrade(in StreamMessage message, bool isAhead)
    {
        if (Whose(message.Symbol, out _) is not { } symbol || !IsOfNow(message, out var at)) return;
        var fault = Trade.Read(message, symbol.Grid, out var trade);
        if (fault != MessageFault.None)
        {
            Refuse(fault);
            symbol.Bar.Miss();
            return;
        }
        if (symbol.LastTrade >= 0)
        {
            if (trade.Id <= symbol.LastTrade && at <= symbol.LastTradeMs)
            {
                _counters.Add(FeedCount.DroppedDuplicates);
                return;
            }
            if (trade.Id != symbol.LastTrade + 1) // A lower id at a later time: the one before was none of this symbol's.
            {
                if (isAhead)
                {
                    _counters.Add(FeedCount.AheadOfOverlap);
                    return;
                }
                _counters.Add(FeedCount.TradeGaps);
                symbol.Bar.Miss();
            }
        }
        (symbol.LastTrade, symbol.LastTradeMs) = (trade.Id, at);
        if (trade.At == default) return; // An id without a trade on the book.
        if (!symbol.MarkIsFresh)
        {
            _counters.Add(FeedCount.TradesUnmarked); // Nobody can say whether its price is one.
            return;
        }
        if (symbol.IsFar)
        {
            _counters.Add(FeedCount.TradesBesideMark);
            return;
        }
        if (trade.At.Ticks > Level.MostTicks || IsAbsurd(symbol, trade.At.Ticks))
        {
            _counters.Add(FeedCount.DroppedAbsurd);
            return;
        }
        symbol.Bar.Trade(trade.At.Ticks, trade.At.Lots);
        symbol.Watch.Traded(trade.Taker, trade.At);
        _counters.Add(FeedCount.Trades);
    }

    private bool IsAbsurd(FeedSymbol symbol, long ticks)
    {
        return symbol.Mark is { } mark && IsFar((double)ticks * (double)symbol.Tick, mark.Price8 / 1e8, _settings.AbsurdMove);
    }

    // Nobody has traded in the bar, and what the last one paid is no price beside the mark of now.
    private bool IsForsaken(FeedSymbol symbol, in FoldedBar bar) => bar.Lots == 0 && symbol.MarkIsFresh && IsAbsurd(symbol, bar.Close);

    // As far up as down, in proportion: half the price is as far as twice the price.
    private static bool IsFar(double price, double reference, double fraction) =>
        !(price <= reference * (1d + fraction)) || !(price * (1d + fraction) >= reference);

    private static double Middle(FeedSymbol symbol, Level bid, Level ask) => (bid.Ticks + (double)ask.Ticks) / 2d * (double)symbol.Tick;

    // After each change of either. Without both nothing is known that was not known before: what was far stays so until it is seen near.
    private void Judge(FeedSymbol symbol, DepthBook book)
    {
        if (symbol is not { MarkIsFresh: true, Mark: { } mark } || !book.IsValid || !book.Levels.HasBid || !book.Levels.HasAsk) return;
        var (middle, reference) = (Middle(symbol, book.Levels.BestBid, book.Levels.BestAsk), mark.Price8 / 1e8);
        var isFar = IsFar(middle, reference, _settings.AbsurdBook);
        if (isFar == symbol.IsFar) return;
        symbol.Judge(isFar);
        if (isFar)
        {
            _counters.Add(FeedCount.BooksFarFromMark);
            _wentFar.Add(symbol);
            _far = _far.SetItem(symbol.Symbol, string.Create(CultureInfo.InvariantCulture, $"the middle of its book, {middle:0.########}, is more than {_settings.AbsurdBook:0.#%} from its mark price, {reference:0.########}"));
        }
        else
        {
            _cameBack.Add(symbol);
            _far = _far.Remove(symbol.Symbol);
        }
    }

    private void TakeMark(in StreamMessage message)
    {
        if (Whose(message.Symbol, out var index) is not { } symbol) return;
        var fault = MarkPrice.Read(message, out var mark);
        if (fault != MessageFault.None)
        {
            Refuse(fault);
            return;
        }
        if (!IsOfNow(message, out var at))
        {
            symbol.MarkWasOff(_clock.Ticks);
            return;
        }
        if (at <= symbol.LastMarkMs) _counters.Add(FeedCount.DroppedDuplicates);
        else if (Beside(symbol, mark) is not { } reference || IsFar(mark.Price8, reference, _settings.AbsurdMove) || Math.Abs(mark.FundingRate8 ?? 0) > MostFunding8
            || !MayBeNext(mark.NextFundingMs, at, symbol.FundingMs))
            _counters.Add(FeedCount.DroppedAbsurd);
        else
        {
            symbol.LastMarkMs = at;
            NoticeSilence(symbol, _clock.Ticks); // What it did while it said nothing is in no bar.
            if (symbol.IsSilent) _speaking.Add(symbol);
            if (!symbol.Take(mark, at, _clock.Ticks)) _counters.Add(FeedCount.SettlementsBeyondBound);
            Judge(symbol, _books[index]);
            _counters.Add(FeedCount.MarkPrices);
        }
    }

    // What a mark is compared with, in 1e-8: its index; without one the mark before. Without either nothing says that it is a price.
    private static long? Beside(FeedSymbol symbol, in MarkPrice mark) => mark.IndexPrice8 > 0 ? mark.IndexPrice8 : symbol.Mark?.Price8;

    // The settlement that is known may be named for as long as the venue takes over it.
    private static bool MayBeNext(long nextMs, long at, long knownMs) =>
        nextMs == 0 || nextMs == knownMs || nextMs >= at - LatestFunding.TotalMilliseconds && nextMs <= at + LongestFunding.TotalMilliseconds;

    private void TakeLiquidation(in StreamMessage message)
    {
        var fault = ForceOrder.OrderOf(message, out var order);
        if (fault != MessageFault.None)
        {
            Refuse(fault);
            return;
        }
        if (Whose(order.Symbol, out _) is not { } symbol || !IsOfNow(message, out _)) return;
        fault = ForceOrder.Read(order, symbol.Grid, out var liquidation);
        if (fault != MessageFault.None) Refuse(fault);
        else if (liquidation.TimeMs <= symbol.LastLiquidationMs) _counters.Add(FeedCount.DroppedDuplicates);
        else
        {
            symbol.LastLiquidationMs = liquidation.TimeMs;
            _counters.Add(FeedCount.Liquidations);
        }
    }

    // What nobody else notices: silence, and a clock that was set.
    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var line in _lines) line.EndIfSilent();
            List<FeedSymbol> stale = [], unheard = [], late, silent, speaking, far, back;
            lock (_gate)
            {
                FindStale(stale);
                foreach (var symbol in _symbols) NoticeSilence(symbol, _clock.Ticks);
                ReplaceUnheard(unheard);
                (late, silent, speaking, far, back) = ([.. _wentLate], [.. _fellSilent], [.. _speaking], [.. _wentFar], [.. _cameBack]);
                foreach (var said in (ReadOnlySpan<List<FeedSymbol>>)[_wentLate, _fellSilent, _speaking, _wentFar, _cameBack]) said.Clear();
            }
            if (stale.Count > 0) _say($"{Named(stale)}: no update of the book for {_settings.StaleAfter.TotalSeconds:0.#} s on a connection that is there. It is not priced from until it moves.");
            if (late.Count > 0) _say($"{Named(late)}: updates of the book come more than {_settings.StaleAfter.TotalSeconds:0.#} s late. It is not priced from until they come in time.");
            if (silent.Count > 0) _note($"{Named(silent)}: no mark price for {_settings.SilentAfter.TotalSeconds:0.#} s on a connection that is there. There are no bars, and so no entries, until one comes.");
            if (speaking.Count > 0) _note($"{Named(speaking)}: mark prices come again. The next whole bar is one.");
            if (unheard.Count > 0) _say($"{Named(unheard)}: still nothing of use on a connection that is there. It is replaced by another one.");
            if (far.Count > 0) _note(string.Create(CultureInfo.InvariantCulture, $"{Named(far)}: the book is more than {_settings.AbsurdBook:0.#%} from the mark price. There are no bars and no entries, and nothing is priced from it, until it is not."));
            if (back.Count > 0) _note($"{Named(back)}: the book is near the mark price again. The next whole bar is one.");
        }
    }

    private static string Named(List<FeedSymbol> symbols) =>
        string.Join(", ", symbols.Take(MostNamed).Select(s => s.Symbol)) + (symbols.Count > MostNamed ? $" and {symbols.Count - MostNamed} more" : "");

    // The venue says every symbol's mark each second: one without, on a connection that lives, is not told of any more, and its last price is nobody's.
    private void NoticeSilence(FeedSymbol symbol, long now)
    {
        if (!symbol.IsListed || !symbol.FellSilent(now, _settings.SilentAfter.Ticks)) return;
        _counters.Add(FeedCount.SymbolsSilent);
        _fellSilent.Add(symbol);
    }

    // A stream that the venue has stopped on one connection does not begin again by itself.
    private void ReplaceUnheard(List<FeedSymbol> said)
    {
        var now = _clock.Ticks;
        foreach (var line in _lines)
        {
            if (!_up.Contains(line)) continue;
            var route = line.Plan.Route;
            var patience = SilencesToReplace * (route == StreamRoute.Public ? _settings.StaleAfter : _settings.SilentAfter).Ticks;
            var before = said.Count;
            foreach (var index in line.Plan.Symbols)
                if (_symbols[index].IsListed && _symbols[index].HeardAt(route).IsDue(now, patience)) said.Add(_symbols[index]);
            if (said.Count == before) continue;
            foreach (var index in line.Plan.Symbols) _symbols[index].HeardAt(route).Tried(now);
            line.Replace();
        }
    }

    private void FindStale(List<FeedSymbol> said)
    {
        var now = _clock.Ticks;
        for (var i = 0; i < _symbols.Length; i++)
        {
            // One that still waits for a snapshot is not priced from anyway, and asks by itself.
            if (_books[i].WantsSnapshot || !_symbols[i].BookIsUp || !_books[i].IsStale(now, _settings.StaleAfter.Ticks)) continue;
            _counters.Add(FeedCount.BooksStale);
            _books[i].Invalidate();
            if (MaySayStale(_symbols[i])) said.Add(_symbols[i]);
        }
    }

    private void Wake()
    {
        try
        {
            if (_wanted.CurrentCount == 0) _wanted.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else was quicker, or the feed has ended.
        }
    }

    // Before the venue's time is known no message can be told from one that is not of now; and who cannot be asked for the time has no snapshots either.
    private async Task ListenAsync(StreamLine line)
    {
        try
        {
            await _clockIsSet.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // It is not needed any more.
        }
        await line.RunAsync(_stop.Token).ConfigureAwait(false);
    }

    /// <summary>Asks the venue, one question after the other: its time, what it lists, and a snapshot for each book that wants one, in turn.</summary>
    private async Task AskAsync()
    {
        var (clockAt, doubtAt, listAt, intervalsAt, pausedUntil) = (0L, 0L, _clock.Ticks + _settings.RelistEvery.Ticks, 0L, 0L);
        TimeSpan? known = null; // The offset that was found last.
        try
        {
            while (true)
            {
                _stop.Token.ThrowIfCancellationRequested();
                var now = _clock.Ticks;
                try
                {
                    if (now < pausedUntil) await PauseAsync().ConfigureAwait(false);
                    else if (now >= clockAt || now >= doubtAt && IsClockDoubted(now))
                    {
                        await _rest.SetClockAsync(_stop.Token).ConfigureAwait(false);
                        _clockIsSet.TrySetResult();
                        SayIfJumped(known, _clock.Offset);
                        known = _clock.Offset;
                        if (now < clockAt) doubtAt = _clock.Ticks + DoubtAtMost.Ticks;
                        clockAt = _clock.Ticks + ClockEvery.Ticks;
                    }
                    else if (now >= listAt || _relistNow && now >= listAt - _settings.RelistEvery.Ticks + RelistAtMost.Ticks)
                    {
                        _relistNow = false;
                        Relist(await _rest.ListAsync(_stop.Token).ConfigureAwait(false));
                        listAt = _clock.Ticks + _settings.RelistEvery.Ticks;
                    }
                    else if (NextWithoutSnapshot(now) is { } index) await SnapshotAsync(index).ConfigureAwait(false);
                    else if (now >= intervalsAt)
                    {
                        intervalsAt = now + IntervalsEvery.Ticks; // Whatever comes: nobody trades by it alone.
                        _intervals = await _rest.FundingIntervalsAsync(_stop.Token).ConfigureAwait(false);
                    }
                    else await PauseAsync().ConfigureAwait(false);
                }
                catch (RestException e)
                {
                    _say($"{e.Message} It is asked again.");
                    if (!e.IsRefusal) pausedUntil = _clock.Ticks + RestPause.Ticks;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is not needed any more.
        }
    }

    // Nearly everybody's newest mark is not of now: what is wrong is what we take for the venue's time. A machine that was paused may not know it, and the venue may have answered wrongly.
    private bool IsClockDoubted(long now)
    {
        var (speaking, off) = (0, 0);
        lock (_gate)
        {
            foreach (var symbol in _symbols)
            {
                if (!symbol.Speaks(now, _settings.SilentAfter.Ticks)) continue;
                speaking++;
                if (symbol.IsMarkOff) off++;
            }
        }
        return off > 0 && off * 10 >= speaking * 9;
    }

    private void SayIfJumped(TimeSpan? before, TimeSpan now)
    {
        if (before is not { } then || (now - then).Duration() <= _settings.LatestMark) return;
        _say($"The venue's clock is {Beside(now)} ours; when it was asked before it was {Beside(then)} it. What was not of now by that was dropped.");

        static string Beside(TimeSpan offset) => string.Create(CultureInfo.InvariantCulture, $"{offset.Duration().TotalSeconds:0.0} s {(offset < TimeSpan.Zero ? "behind" : "ahead of")}");
    }

    private async Task PauseAsync()
    {
        using var enough = new CancellationTokenSource(LookEvery, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, _stop.Token);
        await _wanted.WaitAsync(both.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
    }

    // A diff has to be there first: a snapshot that is older than it is of no use.
    private int? NextWithoutSnapshot(long now)
    {
        lock (_gate)
        {
            for (var i = 0; i < _symbols.Length; i++)
            {
                var index = (_nextSnapshot + i) % _symbols.Length;
                var (symbol, book) = (_symbols[index], _books[index]);
                if (!book.WantsSnapshot || book.Kept == 0 || !symbol.IsListed || !symbol.BookIsUp || now < symbol.SnapshotFrom) continue;
                _nextSnapshot = (index + 1) % _symbols.Length;
                return index;
            }
        }
        return null;
    }

    private async Task SnapshotAsync(int index)
    {
        try
        {
            await _rest.DepthAsync(_symbols[index].Symbol, body =>
            {
                TakeSnapshot(index, body.Span);
                return true;
            }, _stop.Token).ConfigureAwait(false);
        }
        catch (RestException)
        {
            _counters.Add(FeedCount.SnapshotsFailed);
            lock (_gate) _symbols[index].WaitForSnapshot(_clock.Ticks);
            throw;
        }
    }

    private void TakeSnapshot(int index, ReadOnlySpan<byte> body)
    {
        var fault = MessageParser.Read(body, out var message);
        lock (_gate)
        {
            var symbol = _symbols[index];
            if (!symbol.BookIsUp) return; // Its connection broke while the venue was asked.
            var verdict = SnapshotVerdict.NotNeeded;
            if (fault == MessageFault.None && message.Kind != MessageKind.DepthSnapshot) fault = MessageFault.FieldMissing;
            if (fault == MessageFault.None) fault = _books.TakeSnapshot(index, message, _clock.Ticks, out verdict);
            if (fault != MessageFault.None)
            {
                _counters.Add(FeedCount.SnapshotsFailed);
                RefuseLevels(index, fault);
                symbol.WaitForSnapshot(_clock.Ticks);
                return;
            }
            switch (verdict)
            {
                case SnapshotVerdict.Taken:
                    _counters.Add(FeedCount.SnapshotsTaken);
                    symbol.Began(WhenOf(message));
                    CompareWithTickers(symbol, _books[index]);
                    Judge(symbol, _books[index]);
                    break;
                case SnapshotVerdict.TooOld:
                    _counters.Add(FeedCount.SnapshotsTooOld);
                    symbol.WaitForSnapshot(_clock.Ticks);
                    break;
                case SnapshotVerdict.Crossed:
                    _counters.Add(FeedCount.SnapshotsCrossed);
                    symbol.WaitForSnapshot(_clock.Ticks);
                    break;
            }
        }
    }

    // What it lists now. Who is not traded any more has no book and no bars; who comes back begins anew.
    private void Relist(ExchangeInfo list)
    {
        if (list.Symbols.Count < _began.Count / 2)
        {
            _counters.Add(FeedCount.ListsRefused);
            _say($"The venue lists {list.Symbols.Count} symbols; expected about {_began.Count}. It is not believed: what was listed before counts until another list comes.");
            return;
        }
        foreach (var symbol in _absent.Keys.ToList()) LookFor(symbol, list);
        for (var i = 0; i < _symbols.Length; i++)
        {
            var news = new List<string>(3);
            lock (_gate)
            {
                var symbol = _symbols[i];
                var now = list.Symbols.GetValueOrDefault(symbol.Symbol);
                symbol.Missing = IsMissing(symbol.Symbol, list) ? symbol.Missing + 1 : 0;
                var isSettled = now?.IsSettled(list.ServerTime) ?? symbol.Missing >= ListsToVanish;
                if (Note(symbol.Symbol, RuleChange.Between(_began[symbol.Symbol], now, isSettled, list.ServerTime, _settings.CloseBeforeDelivery)) && now is { IsTrading: true })
                {
                    news.Add(_changed.GetValueOrDefault(symbol.Symbol) is { } change
                        ? $"{symbol.Symbol}: {change.What}: {change.Then ?? "nothing is opened there, and what does not fit the new rules is refused, until the node is started again"}."
                        : $"{symbol.Symbol}: its rules are those of the start again.");
                }
                if (now is not { IsTrading: true })
                {
                    if (symbol.IsListed)
                    {
                        symbol.Unlisted();
                        _books[i].Invalidate();
                        news.Add($"{symbol.Symbol} is not traded any more ({(now is null ? "not listed" : now.Status)}): it has no book and no bars, and no order goes out there, not to close either, until it is.");
                    }
                }
                else if (!symbol.IsListed || now.Grid != symbol.Listed.Grid)
                {
                    var isBack = !symbol.IsListed;
                    if (isBack) symbol.ListedAgain(_clock.Ticks);
                    Begin(i, now, now.Grid);
                    news.Add($"{symbol.Symbol}: it is traded{(isBack ? " again" : " in other steps")}. Its book begins anew.");
                }
                if (NoteSettled(symbol.Symbol, isSettled, symbol.Mark is { } mark ? Price.Of(DecimalGrid.Satoshi.ToDecimal(mark.Price8)) : null) is { } settled) news.Add(settled);
            }
            foreach (var said in news) _note(said);
        }
    }

    // Nobody counts by its rules: whether it comes back or stays away is all there is to know.
    private void LookFor(Symbol symbol, ExchangeInfo list)
    {
        string? news = null, settled;
        lock (_gate)
        {
            _absent[symbol] = IsMissing(symbol, list) ? _absent[symbol] + 1 : 0;
            var isSettled = _absent[symbol] >= ListsToVanish;
            if (Note(symbol, !list.Symbols.ContainsKey(symbol) ? RuleChange.Missing(symbol, isSettled) : RuleChange.Again(symbol)))
                news = $"{symbol}: {_changed[symbol].What}. No order goes out there until it is listed and the node is started again.";
            settled = NoteSettled(symbol, isSettled, null);
        }
        if (news is not null) _note(news);
        if (settled is not null) _note(settled);
    }

    // One whose rules cannot be read is there.
    private static bool IsMissing(Symbol symbol, ExchangeInfo list) => !list.Symbols.ContainsKey(symbol) && !list.Unreadable.Contains(symbol);

    private string? NoteSettled(Symbol symbol, bool isSettled, Price? mark)
    {
        if (_settled.ContainsKey(symbol) == isSettled) return null;
        _settled = isSettled ? _settled.Add(symbol, mark) : _settled.Remove(symbol);
        return isSettled ? $"{symbol}: the venue has settled it. What was held there is closed at {(mark is { } price ? $"the last mark price, {price}," : "the last price that is known")} with the taker's fee, and what rested is cancelled." : null;
    }

    /// <returns>Whether it is news.</returns>
    private bool Note(Symbol symbol, RuleChange? change)
    {
        if (_changed.GetValueOrDefault(symbol)?.What == change?.What) return false;
        _changed = change is null ? _changed.Remove(symbol) : _changed.SetItem(symbol, change);
        return true;
    }
}
