using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Alpha;

/// <summary>
/// The live priority queue of alpha rank scores (seed dolphin-survival-stack, "The Alpha Engine": "no longer static, a live-weighted priority queue"):
/// best score first, equal scores in order of symbol. It holds at most its universe.
/// </summary>
/// <remarks>
/// A binary heap of the symbols' numbers in ordinal order, so that a tie is one comparison of two numbers, with the place of each asset beside it. An update is
/// O(log n) and the best O(1); the best k in order are O(k log k). Nothing is allocated after the constructor: 400 assets are 6.4 kB.
/// The order depends on the scores alone, never on the order of the updates. Not thread-safe.
/// </remarks>
public sealed class AlphaRankQueue
{
    /// <summary>Ten times the seed's goal of 400 assets.</summary>
    public const int MostAssets = 4096;

    private readonly Dictionary<Symbol, int> _numbers;
    private readonly double[] _scores;
    private readonly int[] _heap; // Numbers, the best first.
    private readonly int[] _places; // Of each number in the heap, or -1.
    private readonly int[] _frontier; // Of CopyBest: places in the heap, a heap itself.

    /// <param name="universe">Every asset that can ever be in the queue, at most <see cref="MostAssets"/>, each once.</param>
    /// <exception cref="ArgumentException">There are more, or one is named twice.</exception>
    public AlphaRankQueue(ImmutableArray<Symbol> universe)
    {
        if (universe.Length > MostAssets)
            throw new ArgumentException($"Expected at most {MostAssets} assets; got {universe.Length}.", nameof(universe));
        Universe = universe.Sort();
        _numbers = new Dictionary<Symbol, int>(Universe.Length);
        foreach (var symbol in Universe)
            if (!_numbers.TryAdd(symbol, _numbers.Count)) throw new ArgumentException($"Expected each asset once; {symbol} came twice.", nameof(universe));
        _scores = new double[Universe.Length];
        _heap = new int[Universe.Length];
        _places = new int[Universe.Length];
        _frontier = new int[Universe.Length];
        Array.Fill(_places, -1);
    }

    /// <summary>In ordinal order.</summary>
    public ImmutableArray<Symbol> Universe { get; }

    /// <summary>Assets that have a score.</summary>
    public int Count { get; private set; }

    /// <summary>The best-ranked asset, or null while no asset has a score.</summary>
    public Symbol? Best => Count > 0 ? Universe[_heap[0]] : null;

    /// <summary>The score that the asset has in the queue, or null.</summary>
    public double? ScoreOf(Symbol symbol) => _numbers.TryGetValue(symbol, out var number) && _places[number] >= 0 ? _scores[number] : null;

    /// <summary>Gives an asset its score, whether it had one or not. A score that is no number takes it out of the queue: unknown is not ranked.</summary>
    /// <returns>False, and nothing is changed, for an asset outside the universe.</returns>
    public bool Update(Symbol symbol, double score)
    {
        if (!_numbers.TryGetValue(symbol, out var number)) return false;
        if (!double.IsFinite(score))
        {
            Remove(number);
            return true;
        }
        if (_places[number] < 0)
        {
            _scores[number] = score;
            Put(number, Count++);
            Rise(_places[number]);
            return true;
        }
        _scores[number] = score;
        Settle(number);
        return true;
    }

    /// <summary>Writes the best assets, best first.</summary>
    /// <param name="best">Its length is how many are wanted.</param>
    /// <returns>How many were written: fewer than wanted where fewer have a score.</returns>
    public int CopyBest(Span<Symbol> best)
    {
        var wanted = Math.Min(best.Length, Count);
        if (wanted == 0) return 0;
        // The next best is always the root or a child of one already taken; those not yet taken wait in the frontier.
        var waiting = 0;
        Wait(ref waiting, 0);
        for (var i = 0; i < wanted; i++)
        {
            var place = NextWaiting(ref waiting);
            best[i] = Universe[_heap[place]];
            if (2 * place + 1 < Count) Wait(ref waiting, 2 * place + 1);
            if (2 * place + 2 < Count) Wait(ref waiting, 2 * place + 2);
        }
        return wanted;
    }

    private bool Before(int a, int b) => _scores[a] > _scores[b] || (_scores[a] == _scores[b] && a < b);

    private void Put(int number, int place) => (_heap[place], _places[number]) = (number, place);

    private void Remove(int number)
    {
        var place = _places[number];
        if (place < 0) return;
        _places[number] = -1;
        var last = _heap[--Count];
        if (last == number) return;
        Put(last, place);
        Settle(last);
    }

    private void Settle(int number)
    {
        Rise(_places[number]);
        Sink(_places[number]);
    }

    private void Rise(int place)
    {
        var number = _heap[place];
        while (place > 0 && Before(number, _heap[(place - 1) / 2]))
        {
            Put(_heap[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }
        Put(number, place);
    }

    private void Sink(int place)
    {
        var number = _heap[place];
        while (2 * place + 1 < Count)
        {
            var child = 2 * place + 1;
            if (child + 1 < Count && Before(_heap[child + 1], _heap[child])) child++;
            if (!Before(_heap[child], number)) break;
            Put(_heap[child], place);
            place = child;
        }
        Put(number, place);
    }

    private bool WaitsBefore(int a, int b) => Before(_heap[_frontier[a]], _heap[_frontier[b]]);

    private void Wait(ref int waiting, int place)
    {
        var i = waiting++;
        _frontier[i] = place;
        while (i > 0 && WaitsBefore(i, (i - 1) / 2))
        {
            (_frontier[i], _frontier[(i - 1) / 2]) = (_frontier[(i - 1) / 2], _frontier[i]);
            i = (i - 1) / 2;
        }
    }

    private int NextWaiting(ref int waiting)
    {
        var next = _frontier[0];
        _frontier[0] = _frontier[--waiting];
        for (var i = 0; 2 * i + 1 < waiting;)
        {
            var child = 2 * i + 1;
            if (child + 1 < waiting && WaitsBefore(child + 1, child)) child++;
            if (!WaitsBefore(child, i)) break;
            (_frontier[i], _frontier[child]) = (_frontier[child], _frontier[i]);
            i = child;
        }
        return next;
    }
}
