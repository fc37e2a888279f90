using Dolphin.Domain.OrderBooks;

namespace Dolphin.Benchmarks.Books;

/// <summary>A book to measure: takes the levels of a message, then is asked for both best prices.</summary>
internal interface IMeasuredBook
{
    string Name { get; }
    void Clear();
    void Apply(ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks);
    (long Bid, long Ask) Best { get; }
}

internal sealed class DolphinBook : IMeasuredBook
{
    private readonly OrderBook _book = new();

    public string Name => "OrderBook";
    public void Clear() => _book.Clear();
    public void Apply(ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks) => _book.Apply(bids, asks);
    public (long Bid, long Ask) Best => (_book.BestBid.Ticks, _book.BestAsk.Ticks);
}

/// <summary>The plain one: two sorted dictionaries.</summary>
internal sealed class SortedBook : IMeasuredBook
{
    private readonly SortedDictionary<long, long> _bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a))), _asks = [];

    public string Name => "SortedDictionary";

    public void Clear()
    {
        _bids.Clear();
        _asks.Clear();
    }

    public void Apply(ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks)
    {
        Apply(_bids, bids);
        Apply(_asks, asks);
    }

    public (long Bid, long Ask) Best => (First(_bids), First(_asks));

    private static void Apply(SortedDictionary<long, long> side, ReadOnlySpan<Level> levels)
    {
        foreach (ref readonly var level in levels)
        {
            if (level.Lots == 0) side.Remove(level.Ticks);
            else side[level.Ticks] = level.Lots;
        }
    }

    private static long First(SortedDictionary<long, long> side)
    {
        foreach (var level in side) return level.Key;
        return 0;
    }
}

/// <summary>Hash maps beside the best prices; when a best level goes, the next one is looked for tick by tick, then among all.</summary>
internal sealed class HashBook : IMeasuredBook
{
    private const int MostSteps = 1_000;

    private readonly Dictionary<long, long> _bids = [], _asks = [];
    private long _bid, _ask = long.MaxValue;

    public string Name => "hash map";

    public void Clear()
    {
        _bids.Clear();
        _asks.Clear();
        (_bid, _ask) = (0, long.MaxValue);
    }

    public void Apply(ReadOnlySpan<Level> bids, ReadOnlySpan<Level> asks)
    {
        foreach (ref readonly var level in bids)
        {
            if (level.Lots != 0)
            {
                _bids[level.Ticks] = level.Lots;
                if (level.Ticks > _bid) _bid = level.Ticks;
            }
            else if (_bids.Remove(level.Ticks) && level.Ticks == _bid) _bid = Next(_bids, _bid, -1) ?? (_bids.Count == 0 ? 0 : _bids.Keys.Max());
        }
        foreach (ref readonly var level in asks)
        {
            if (level.Lots != 0)
            {
                _asks[level.Ticks] = level.Lots;
                if (level.Ticks < _ask) _ask = level.Ticks;
            }
            else if (_asks.Remove(level.Ticks) && level.Ticks == _ask) _ask = Next(_asks, _ask, +1) ?? (_asks.Count == 0 ? long.MaxValue : _asks.Keys.Min());
        }
    }

    public (long Bid, long Ask) Best => (_bid, _ask);

    private static long? Next(Dictionary<long, long> side, long from, int step)
    {
        for (var i = 1; i <= MostSteps; i++)
            if (side.ContainsKey(from + step * i)) return from + step * i;
        return null;
    }
}
