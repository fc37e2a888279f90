using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>An exchange for USD-M futures in hedge mode, simulated from bars: pure, deterministic, and with all its pending work in its own state.</summary>
/// <remarks>
/// <para>Its time is whole milliseconds. At one instant work is done in this order: funding, the slice's close (liquidation,
/// account view), resting orders that the path trades through, commands that arrive, deliveries. Commands are ordered by
/// (arrival, sending, place among those sent at that instant); crossing orders by side, better price, then age.</para>
/// <para>What the market does at the very instant a slice ends belongs to the next slice. If none has been opened by
/// then, commands due at that instant are done one millisecond later, at the last close.</para>
/// <para>Not simulated: request weight and order-rate limits, request signatures and recvWindow, auto-deleveraging.</para>
/// </remarks>
public sealed partial class PaperExchange
{
    private enum Work { Funding, Close, Crossing, Arrival, Delivery, None }

    private readonly PaperPolicy _policy;
    private readonly PaperBook[] _books; // In ordinal order of symbol.
    private readonly Dictionary<Symbol, PaperBook> _bySymbol = [];
    private readonly List<FundingRate> _funding = []; // In order of time, then symbol.
    private readonly List<long> _fundingMs = [];
    private readonly List<PaperOutput> _outputs = [];

    private long _clockMs = long.MinValue;
    private int _fundingNext;
    private long _fundedUntilMs = long.MinValue;
    private long _publishedSequence;
    private long _sliceOpenMs = long.MinValue;
    private long _intervalMs;
    private bool _sliceIsOpen;
    private long _crossesMs = long.MaxValue;
    private PaperBook? _crossing;
    private bool _crossingIsStale;

    /// <param name="instruments">What is listed, in any order; bars of other symbols are left out.</param>
    /// <param name="funding">Recorded rates in any order; those of symbols that are not listed are left out.</param>
    /// <exception cref="ArgumentException">The policy has problems, a symbol is listed twice, or two rates share symbol and time.</exception>
    public PaperExchange(PaperPolicy policy, IEnumerable<Instrument> instruments, IEnumerable<FundingRate> funding)
    {
        if (policy.Problems() is { IsEmpty: false } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(policy));
        _policy = policy;
        _faults = policy.Faults;
        _closed = new ClosedOrders(policy.ClosedOrdersKept);
        _known = new KnownIds(policy.KnownIdsKept);
        _wallet = policy.InitialWallet.Quote;
        _books = [.. instruments.OrderBy(i => i.Symbol).Select(i => new PaperBook(i))];
        foreach (var book in _books)
        {
            if (!_bySymbol.TryAdd(book.Symbol, book))
                throw new ArgumentException($"Paper venue: {book.Symbol} is listed twice; expected each symbol once. The venue does not open.", nameof(instruments));
        }
        foreach (var position in policy.Positions)
        {
            if (!_bySymbol.ContainsKey(position.Symbol))
                throw new ArgumentException($"Paper venue: the account holds {position.Symbol} {position.Leg}, which is not listed. The venue does not open.", nameof(policy));
        }
        Announce(funding);
    }

    /// <summary>Rates that become known while the market runs, each to be told before its time. They must be due later than those known before.</summary>
    /// <remarks>A rate that is due no later than the newest funding or fact has been settled, and is not settled again.</remarks>
    /// <param name="funding">In any order; those of symbols that are not listed are left out.</param>
    /// <exception cref="ArgumentException">Two rates share symbol and time, or one is due before another that is known.</exception>
    public void Announce(IEnumerable<FundingRate> funding)
    {
        foreach (var rate in funding.Where(f => _bySymbol.ContainsKey(f.Symbol)).OrderBy(f => CeilingMs(f.At)).ThenBy(f => f.Symbol))
        {
            var dueMs = CeilingMs(rate.At);
            if (_funding.Count > 0 && _fundingMs[^1] == dueMs && _funding[^1].Symbol == rate.Symbol)
                throw new ArgumentException($"Paper venue: {rate.Symbol} has two funding rates at {rate.At:O}; expected one. Not taken.", nameof(funding));
            if (_funding.Count > 0 && _fundingMs[^1] > dueMs)
                throw new ArgumentException($"Paper venue: the funding rate of {rate.Symbol} at {rate.At:O} comes after one that is due at {InstantOf(_fundingMs[^1]):O}. Not taken.", nameof(funding));
            _funding.Add(rate);
            _fundingMs.Add(dueMs);
        }
        SkipFundingUntil(_fundedUntilMs);
    }

    /// <summary>Prices within a bar come a quarter of it apart, in whole milliseconds.</summary>
    public static readonly TimeSpan ShortestBar = TimeSpan.FromMilliseconds(4);

    /// <summary>The bars that form from the slice's open time on. The exchange knows them at once; clients only see what it tells them.</summary>
    /// <remarks>Work that was due before is done first; its outputs come with the next <see cref="Advance"/>.</remarks>
    /// <exception cref="ArgumentException">The slice overlaps the one before, or its interval is not whole milliseconds of at least <see cref="ShortestBar"/>.</exception>
    public void Open(MarketSlice slice)
    {
        if (slice.Interval.Ticks % TimeSpan.TicksPerMillisecond != 0 || slice.Interval < ShortestBar)
            throw new ArgumentException($"Slice at {slice.OpensAt:O}: interval is {slice.Interval}; expected whole milliseconds, at least {ShortestBar.TotalMilliseconds:0}. Not opened.", nameof(slice));
        if (_sliceOpenMs != long.MinValue && slice.OpenTimeMs < _sliceOpenMs + _intervalMs)
            throw new ArgumentException($"Slice at {slice.OpensAt:O} begins before {InstantOf(_sliceOpenMs + _intervalMs):O}, where the one before ends. Not opened.", nameof(slice));

        for (var (due, work) = Next(); due < slice.OpenTimeMs || (due == slice.OpenTimeMs && work <= Work.Close); (due, work) = Next())
            Do(work, due);

        // Nothing can have traded before there was a price, so the first trade of all tells whether this has been done, in this life or another.
        if (_lastTradeId == 0 && !_policy.Positions.IsEmpty) FindPositions(slice.OpenTimeMs);

        (_sliceOpenMs, _intervalMs, _sliceIsOpen) = (slice.OpenTimeMs, slice.Interval.Ticks / TimeSpan.TicksPerMillisecond, true);
        _crossingIsStale = true;
        var next = 0; // Both are in ordinal order, so the next book is nearly always the right one.
        foreach (ref readonly var item in slice.Bars.Span)
        {
            if (next >= _books.Length || _books[next].Symbol != item.Symbol)
            {
                if (!_bySymbol.TryGetValue(item.Symbol, out var found)) continue;
                next = Array.IndexOf(_books, found);
            }
            var book = _books[next++];
            if (item.Bar.OpenTimeMs != slice.OpenTimeMs)
                throw new ArgumentException($"Slice at {slice.OpensAt:O}: the bar of {item.Symbol} opens at {InstantOf(item.Bar.OpenTimeMs):O}; expected the slice's time.", nameof(slice));
            (book.Bar, book.HasPrice, book.Consumed, book.IsSettled) = (item.Bar, true, 0m, false);
        }
        foreach (var book in _books)
        {
            if (book.Orders.Count > 0) FindCrossing(book);
        }
    }

    /// <summary>When <see cref="Advance"/> has something to do next; null if nothing is pending. Ask again after every other call.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            if (_outputs.Count > 0) return InstantOf(_clockMs);
            var (due, work) = Next(countFunding: _sliceIsOpen);
            return work == Work.None ? null : InstantOf(due);
        }
    }

    /// <summary>Does all work that is due at or before <paramref name="now"/>, in strict order, and adds what it brought about.</summary>
    public void Advance(DateTimeOffset now, List<PaperOutput> outputs)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        for (var (due, work) = Next(); work != Work.None && due <= nowMs; (due, work) = Next()) Do(work, due);
        outputs.AddRange(_outputs);
        _outputs.Clear();
    }

    /// <summary>
    /// A symbol has come to its end: what rests in it is cancelled, what is held is closed at the mark with the taker's fee, and no order in it is taken any more until a bar
    /// of it opens. Safe to say again: what is not held is not closed. (Binance's help page "Delisting of Futures Contracts": "trading fees will be charged for the automatic
    /// settlement"; in its last half hour the mark is the average that the venue settles at.)
    /// </summary>
    /// <remarks>Work that was due before is done first; its outputs, and those of this, come with the next <see cref="Advance"/>.</remarks>
    /// <param name="mark">Null: the newest price that the exchange has, or where it has none what the leg was opened at.</param>
    public void Settle(Symbol symbol, Price? mark, DateTimeOffset now)
    {
        if (!_bySymbol.TryGetValue(symbol, out var book)) return;
        var nowMs = now.ToUnixTimeMilliseconds();
        for (var (due, work) = Next(); work != Work.None && due <= nowMs; (due, work) = Next()) Do(work, due);
        _clockMs = Math.Max(_clockMs, nowMs);
        book.IsSettled = true;
        while (book.Orders.Count > 0) Close(book.Orders[0], OrderState.Cancelled);
        foreach (var side in BothSides)
            if (book.Leg(side) is { IsHeld: true } leg) Settle(book, leg, mark ?? MarkOf(book) ?? Price.Of(Rounded(leg.Cost / leg.Quantity)));
    }

    private (long Due, Work Work) Next(bool countFunding = true)
    {
        var (due, work) = (long.MaxValue, Work.None);
        if (_deliveries.TryPeek(out _, out var delivery)) (due, work) = (delivery.DueMs, Work.Delivery);
        if (_commands.TryPeek(out _, out var arrival))
        {
            var arrives = _sliceIsOpen || _sliceOpenMs == long.MinValue
                ? arrival.ArrivesMs
                : Math.Max(arrival.ArrivesMs, _sliceOpenMs + _intervalMs + 1);
            if (arrives <= due) (due, work) = (arrives, Work.Arrival);
        }
        if (_sliceIsOpen)
        {
            if (_crossingIsStale) FindFirstCrossing();
            if (_crossesMs <= due) (due, work) = (_crossesMs, Work.Crossing);
            var closes = _sliceOpenMs + _intervalMs;
            if (closes <= due) (due, work) = (closes, Work.Close);
        }
        if (countFunding && _fundingNext < _funding.Count && _fundingMs[_fundingNext] <= due)
            (due, work) = (_fundingMs[_fundingNext], Work.Funding);
        return (work == Work.None ? long.MaxValue : Math.Max(due, _clockMs), work);
    }

    private void Do(Work work, long due)
    {
        _clockMs = due;
        switch (work)
        {
            case Work.Funding: SettleFunding(); break;
            case Work.Close: CloseSlice(); break;
            case Work.Crossing: FillCrossing(); break;
            case Work.Arrival: Arrive(_commands.Dequeue()); break;
            case Work.Delivery: _outputs.Add(new PaperOutput(null, _deliveries.Dequeue().Event)); break;
            default: throw new ArgumentOutOfRangeException(nameof(work), work, "No such work.");
        }
    }

    private void CloseSlice()
    {
        var isHeld = AnyLegIsHeld();
        if (!isHeld && _publishedSequence == _factSequence)
        {
            _sliceIsOpen = false;
            return;
        }
        var margin = isHeld ? LiquidateIfUnsafe() : MarginNow();
        _sliceIsOpen = false;
        PublishAccount(margin);
    }

    private DateTimeOffset Now => InstantOf(_clockMs);
    private static DateTimeOffset InstantOf(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

    private static long CeilingMs(DateTimeOffset at)
    {
        var floor = at.ToUnixTimeMilliseconds();
        return InstantOf(floor) < at ? floor + 1 : floor;
    }
}
