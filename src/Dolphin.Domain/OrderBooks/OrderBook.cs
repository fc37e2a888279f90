namespace Dolphin.Domain.OrderBooks;

/// <summary>Both sides of one symbol's book: price levels in ticks and lots, as the venue's depth messages set them. Not safe for several threads.</summary>
/// <remarks>
/// It says what the levels are and judges nothing: a crossed input leaves a crossed book (<see cref="IsCrossed"/>). Updates allocate
/// nothing once the pages that a book's levels need are there. Levels up to 229,000 ticks behind the best are exact whatever comes;
/// of those farther away each side keeps the nearest 4,096 (<see cref="Forgotten"/>).
/// </remarks>
public sealed class OrderBook
{
    private readonly BookSide _bids = new(), _asks = new();

    public bool HasBid => _bids.Best != BookSide.None;
    public bool HasAsk => _asks.Best != BookSide.None;

    /// <summary>The highest bid; <c>default</c> without one.</summary>
    public Level BestBid => HasBid ? new(-_bids.Best, _bids.LotsAt(_bids.Best)) : default;

    /// <summary>The lowest ask; <c>default</c> without one.</summary>
    public Level BestAsk => HasAsk ? new(_asks.Best, _asks.LotsAt(_asks.Best)) : default;

    /// <summary>The best bid is not below the best ask: no such market exists, so something is wrong with what came in.</summary>
    public bool IsCrossed => HasBid && HasAsk && -_bids.Best >= _asks.Best;

    /// <summary>How often a level was too far away to be kept since the last <see cref="Clear"/>.</summary>
    public long Forgotten => _bids.Forgotten + _asks.Forgotten;

    /// <summary>What the book's arrays take.</summary>
    public long Bytes => _bids.Bytes + _asks.Bytes;

    public int BidCount => _bids.Count();
    public int AskCount => _asks.Count();

    /// <summary>Sets each level to its lots; zero takes it away. The last word on a price holds.</summary>
    /// <param name="bids">Prices from 1 to <see cref="Level.MostTicks"/>, lots from 0; in any order. Others are a fault of the caller.</param>
    /// <param name="asks">The same.</param>
    public void Apply(ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks)
    {
        var side = _bids;
        foreach (ref readonly var level in bids) side.Set(-level.Ticks, level.Lots);
        side = _asks;
        foreach (ref readonly var level in asks) side.Set(level.Ticks, level.Lots);
    }

    /// <summary>Forgets every level.</summary>
    public void Clear()
    {
        _bids.Clear();
        _asks.Clear();
    }

    public long BidLotsAt(long ticks) => _bids.LotsAt(-ticks);
    public long AskLotsAt(long ticks) => _asks.LotsAt(ticks);

    /// <summary>Price times quantity of the bids at <paramref name="ticks"/> and above, in tick-lots.</summary>
    public double BidTickLotsFrom(long ticks) => _bids.TickLotsTo(-ticks);

    /// <summary>Price times quantity of the asks at <paramref name="ticks"/> and below, in tick-lots.</summary>
    public double AskTickLotsTo(long ticks) => _asks.TickLotsTo(ticks);

    /// <summary>The best bids, highest price first, as many as there is room for.</summary>
    /// <returns>How many there were.</returns>
    public int CopyBids(Span<Level> levels)
    {
        var count = _bids.CopyTo(levels);
        foreach (ref var level in levels[..count]) level = new(-level.Ticks, level.Lots);
        return count;
    }

    /// <summary>The best asks, lowest price first, as many as there is room for.</summary>
    /// <returns>How many there were.</returns>
    public int CopyAsks(Span<Level> levels) => _asks.CopyTo(levels);
}
