using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Forewarning;

/// <summary>What is stored of one symbol's returns.</summary>
/// <param name="ClosedMs">Close of the newest bar of the sample's length, Unix milliseconds.</param>
/// <param name="Log">Of its close.</param>
/// <param name="Returns">In single precision, four bytes each, oldest first.</param>
public sealed record GatheredReturns(Symbol Symbol, long ClosedMs, double Log, byte[] Returns)
{
    /// <summary>Itself with the hash of its returns.</summary>
    public GatheredReturns Hashed() => this with { Returns = SHA256.HashData(Returns) };
}

/// <summary>Gathers the market's returns as it goes on: what trials are drawn from, and what a model's market is compared with. Pure but for what it remembers; bounded.</summary>
/// <param name="interval">Of one return; a whole number of bars.</param>
public sealed class ReturnGatherer(TimeSpan interval)
{
    /// <summary>The first so many symbols in ordinal order are looked at: what moves them moves the others.</summary>
    public const int MostSymbols = 16;

    /// <summary>Of one symbol: two weeks of five minutes. Older ones go, and a symbol of which nothing came for as long goes with them.</summary>
    public const int MostReturns = 4_032;

    private readonly SortedDictionary<Symbol, Series> _series = [];

    private sealed class Series
    {
        public long ClosedMs;
        public double Log;
        public readonly List<float> Returns = [];
    }

    public TimeSpan Interval => interval;

    /// <summary>Close of the newest slice that was seen, in whatever bar.</summary>
    public DateTimeOffset? SeenAt { get; private set; }

    /// <summary>Returns of the symbol that has most.</summary>
    public int Longest => _series.Count == 0 ? 0 : _series.Values.Max(s => s.Returns.Count);

    /// <summary>One slice, later than those before. A return over a gap is left out.</summary>
    public void Observe(MarketSlice slice)
    {
        SeenAt = slice.ClosesAt;
        var (closes, step) = (slice.ClosesAt.ToUnixTimeMilliseconds(), (long)interval.TotalMilliseconds);
        if (closes % step != 0) return; // Only the bar that ends a longer one has its close.
        foreach (ref readonly var bar in slice.Bars.Span)
        {
            if (!_series.TryGetValue(bar.Symbol, out var series))
            {
                if (_series.Count >= MostSymbols) continue;
                _series.Add(bar.Symbol, series = new Series());
            }

            var log = PortableMath.Log((double)bar.Bar.Close.QuotePerBase);
            if (closes - series.ClosedMs == step) Add(series, (float)(log - series.Log));
            (series.ClosedMs, series.Log) = (closes, log);
        }

        // Not before the bars: a market that was away for longer goes on from what was gathered of it.
        foreach (var (symbol, series) in _series.ToArray())
            if (closes - series.ClosedMs > MostReturns * step) _series.Remove(symbol);
    }

    /// <summary>All that is there.</summary>
    public ReturnSample Sample() => new(interval, [.. _series.Values.Where(s => s.Returns.Count > 0).Select(s => s.Returns.Select(r => (double)r).ToImmutableArray())]);

    /// <summary>The newest of every symbol that has as many, and had a close within the time that so many take; empty while none has.</summary>
    public double[] Recent(int ofEach) => [.. _series.Values.Where(s => s.Returns.Count >= ofEach && IsThere(s, ofEach)).SelectMany(s => s.Returns.TakeLast(ofEach).Select(r => (double)r))];

    public ImmutableArray<GatheredReturns> Capture() =>
        [.. _series.Select(s => new GatheredReturns(s.Key, s.Value.ClosedMs, s.Value.Log, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(s.Value.Returns)).ToArray()))];

    /// <summary>Goes on from what was gathered; symbols that are not in it stay as they are.</summary>
    public void Restore(ImmutableArray<GatheredReturns> gathered, DateTimeOffset? seenAt)
    {
        SeenAt = seenAt;
        foreach (var g in gathered)
        {
            var series = new Series { ClosedMs = g.ClosedMs, Log = g.Log };
            series.Returns.AddRange(MemoryMarshal.Cast<byte, float>(g.Returns));
            _series[g.Symbol] = series;
        }
    }

    // Whose last close is older is not of the market that there is: it is halted or gone.
    private bool IsThere(Series series, int ofEach) => SeenAt is { } seen && seen.ToUnixTimeMilliseconds() - series.ClosedMs <= ofEach * (long)interval.TotalMilliseconds;

    private static void Add(Series series, float change)
    {
        if (series.Returns.Count >= MostReturns) series.Returns.RemoveRange(0, series.Returns.Count - MostReturns + 1);
        series.Returns.Add(change);
    }
}
