using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;

namespace Dolphin.Actors.Execution;

/// <summary>One symbol's book as those who place orders need it.</summary>
/// <param name="Touch">Null while the book may not be priced from.</param>
/// <param name="SeenAt">When it was shown last.</param>
/// <param name="BidsTaken">What sellers lately took of the bids.</param>
/// <param name="AsksTaken">What buyers lately took of the asks.</param>
public sealed record SymbolMarket(Symbol Symbol, Touch? Touch, DateTimeOffset SeenAt, TakenRate BidsTaken, TakenRate AsksTaken, AdverseSelection Adverse);

/// <summary>A fill of who rested, to be judged by where the market is some time later.</summary>
public sealed record AwaitedFill(Symbol Symbol, OrderSide Side, long Ticks, long Lots, DateTimeOffset Due);

/// <param name="Symbols">In order of symbol.</param>
/// <param name="Awaited">In order of time.</param>
public sealed record PlacementMarketState(ImmutableArray<SymbolMarket> Symbols, ImmutableArray<AwaitedFill> Awaited);

/// <summary>
/// The books as they were shown last, how fast their queues move, and what resting has cost lately (<see cref="AdverseSelection"/>). Bounded: a line a symbol, and
/// <see cref="MostAwaited"/> fills that wait to be judged; of more the oldest are not.
/// </summary>
public sealed class PlacementMarket(IReadOnlyDictionary<Symbol, Instrument> instruments)
{
    public const int MostAwaited = 1_000;

    /// <summary>Longer than a ladder's patience with a place, shorter than a placement.</summary>
    public static readonly TimeSpan JudgedAfter = TimeSpan.FromSeconds(5);

    /// <summary>A book that was not shown for so long is not priced from: markets show theirs once a second or more often.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<Symbol, SymbolMarket> _symbols = [];
    private readonly Queue<AwaitedFill> _awaited = [];
    private readonly Dictionary<Symbol, BookQueues> _queues = []; // Of the newest look alone; never walked, and of no use after it.

    /// <summary>What may be priced from now; null before the first look, from a book that is not valid, and from one that is <see cref="Stale"/>.</summary>
    public Touch? TouchOf(Symbol symbol, DateTimeOffset now) => _symbols.GetValueOrDefault(symbol) is { } seen && now < seen.SeenAt + Stale ? seen.Touch : null;

    /// <summary>Lots a second that the other side has lately taken of <paramref name="side"/>'s.</summary>
    public double TakenOf(Symbol symbol, OrderSide side, DateTimeOffset now) =>
        _symbols.GetValueOrDefault(symbol) is { } seen ? (side == OrderSide.Buy ? seen.BidsTaken : seen.AsksTaken).FadedTo(now).PerSecond : 0;

    /// <summary>Basis points that resting is expected to cost beyond its fee.</summary>
    public double AdverseOf(Symbol symbol, DateTimeOffset now) => _symbols.GetValueOrDefault(symbol)?.Adverse.ExpectedAt(now) ?? 0;

    /// <summary>Where an order that rests stands by the newest look at its book; as it was if that shows nothing of it.</summary>
    /// <param name="own">Lots of our own that the level shows; 0 or more.</param>
    public QueuePosition? QueueOf(Symbol symbol, OrderSide side, Price price, QueuePosition? before, long own)
    {
        if (!_queues.TryGetValue(symbol, out var queues)) return before;
        var instrument = instruments[symbol];
        var traded = queues.TradedAt(side, price) is { } some ? Quantizer.LotsOf(instrument, some) : TakenTo.Through;
        return QueuePosition.Seen(before, traded, queues.StandingAt(side, price) is { } all ? Quantizer.LotsOf(instrument, all) : null, own);
    }

    /// <summary>The books are these. What is not traded here is left out.</summary>
    public void See(ImmutableArray<BookSummary> books, DateTimeOffset now)
    {
        _queues.Clear();
        foreach (ref readonly var book in books.AsSpan())
        {
            if (!instruments.TryGetValue(book.Symbol, out var instrument)) continue;
            if (book.Queues is { } queues) _queues[book.Symbol] = queues;
            var before = _symbols.GetValueOrDefault(book.Symbol) ?? new SymbolMarket(book.Symbol, null, now, new TakenRate(0, now), new TakenRate(0, now), default);
            var lot = (double)instrument.LotSize;
            _symbols[book.Symbol] = before with
            {
                Touch = TouchOf(instrument, book), SeenAt = now, BidsTaken = before.BidsTaken.After(book.BidsTaken / lot, now), AsksTaken = before.AsksTaken.After(book.AsksTaken / lot, now),
            };
        }

        Judge(now);
    }

    /// <summary>An order that rested was filled.</summary>
    public void Rested(Fill fill, DateTimeOffset now)
    {
        var instrument = instruments[fill.Symbol];
        _awaited.Enqueue(new AwaitedFill(fill.Symbol, fill.Side, Quantizer.TicksOf(instrument, fill.Price), Quantizer.LotsOf(instrument, fill.Quantity), now + JudgedAfter));
        if (_awaited.Count > MostAwaited) _awaited.Dequeue();
    }

    /// <returns>Null if no book was ever shown.</returns>
    public PlacementMarketState? Capture() => _symbols.Count == 0 ? null : new PlacementMarketState([.. _symbols.Values], [.. _awaited]);

    public void Restore(PlacementMarketState? state)
    {
        if (state is null) return;
        foreach (var symbol in state.Symbols) _symbols[symbol.Symbol] = symbol;
        foreach (var fill in state.Awaited) _awaited.Enqueue(fill);
    }

    // By the middle that is there when a fill's time has come; where there is none, nobody can say.
    private void Judge(DateTimeOffset now)
    {
        while (_awaited.TryPeek(out var fill) && fill.Due <= now)
        {
            _awaited.Dequeue();
            if (TouchOf(fill.Symbol, now) is not { } touch) continue;
            var symbol = _symbols[fill.Symbol];
            _symbols[fill.Symbol] = symbol with { Adverse = symbol.Adverse.After(touch.AgainstBps(fill.Side, fill.Ticks), fill.Lots, now) };
        }
    }

    // Crossed, or closer than a tick of the venue's: nothing is priced from that.
    private static Touch? TouchOf(Instrument instrument, in BookSummary book)
    {
        if (book is not { IsValid: true, Bid: { } bid, Ask: { } ask }) return null;
        var (below, above) = (LevelOf(instrument, bid), LevelOf(instrument, ask));
        return below.Ticks > 0 && below.Ticks < above.Ticks ? new Touch(below, above) : null;
    }

    private static Level LevelOf(Instrument instrument, BestQuote quote) => new(Quantizer.TicksOf(instrument, quote.Price), Quantizer.LotsOf(instrument, quote.Quantity));
}
