using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dolphin.Domain.OrderBooks;

/// <summary>One side of a book. A key is a price in ticks, with its sign changed for bids: the smallest key is the best level of either side.</summary>
/// <remarks>
/// Levels lie in pages of 64 ticks: eight cache lines of quantities and a word with a bit for each level that is there. A directory
/// of 4,096 pages covers 262,144 ticks, from somewhat better than the best level outwards; two layers of bits over it lead to the best page in
/// three steps, however far away it is. A page exists while it has a level. Nothing is ever better than the directory's first page: what would be
/// moves the directory. What lies beyond its last page stands in a sorted list, which is bounded: of more than
/// <see cref="MostFar"/> levels there the farthest are forgotten and counted.
/// </remarks>
internal sealed class BookSide
{
    public const long None = long.MaxValue;
    public const int MostFar = 4_096;
    public const int Window = Slots << PageBits;

    private const int PageBits = 6;
    private const int InPage = (1 << PageBits) - 1;
    private const int Slots = 4_096;
    private const int SlotsBeforeBest = Slots / 8; // Room for prices that improve; the rest is depth.
    private const int BestTooFarOut = Slots * 3 / 4; // From here on the directory is mostly empty space.
    private const int FirstPages = 32;

    private readonly ushort[] _pageOfSlot = new ushort[Slots]; // 0 is none.
    private readonly ulong[] _usedSlots = new ulong[Slots / 64];
    private ulong _usedWords; // One bit for each word of _usedSlots.
    private long[] _lots = new long[(FirstPages + 1) << PageBits];
    private ulong[] _there = new ulong[FirstPages + 1]; // By page, one bit for each level.
    private ushort[] _freePages = new ushort[FirstPages];
    private int _free;
    private long _firstPage; // The page number (key >> PageBits) of slot 0.
    private long _best = None;
    private Level[] _far = []; // Keys in place of ticks, ascending.
    private int _farCount;

    public BookSide() => FreeFrom(1);

    /// <summary>The best key, or <see cref="None"/>.</summary>
    public long Best => _best;

    /// <summary>How often a level was forgotten because there was no room for it beyond the directory.</summary>
    public long Forgotten { get; private set; }

    /// <summary>What the arrays take, whether levels are in them or not.</summary>
    public long Bytes => _pageOfSlot.Length * sizeof(ushort) + _usedSlots.Length * sizeof(ulong) + _lots.Length * sizeof(long)
        + _there.Length * sizeof(ulong) + _freePages.Length * sizeof(ushort) + _far.Length * Unsafe.SizeOf<Level>();

    /// <summary>Lots at a key; zero where there is no level.</summary>
    public long LotsAt(long key)
    {
        var slot = (key >> PageBits) - _firstPage;
        if ((ulong)slot < Slots) return _pageOfSlot[slot] is var page and > 0 ? _lots[page << PageBits | (int)key & InPage] : 0;
        var at = FarIndex(key);
        return at >= 0 ? _far[at].Lots : 0;
    }

    /// <summary>Sets a level, or takes it away with zero lots. Taking away what is not there changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(long key, long lots)
    {
        Debug.Assert(lots >= 0 && Math.Abs(key) <= Level.MostTicks);
        var slot = (key >> PageBits) - _firstPage;
        if ((ulong)slot >= Slots)
        {
            SetOutside(key, lots);
            return;
        }
        int page = _pageOfSlot[slot];
        if (page == 0)
        {
            if (lots == 0) return;
            page = Open((int)slot);
        }
        _lots[page << PageBits | (int)key & InPage] = lots;
        ref var there = ref _there[page];
        // Deletions come as they like: a choice without a jump, or every second one is mispredicted.
        var bit = 1UL << (int)key;
        var now = there & ~bit | (lots != 0 ? bit : 0);
        there = now;
        if (now == 0) Close((int)slot, page);
        if (key <= _best) MoveBest(key, lots);
    }

    /// <summary>The best levels in order, as many as there is room for; keys in place of ticks.</summary>
    public int CopyTo(Span<Level> levels)
    {
        var count = 0;
        for (var words = _usedWords; words != 0 && count < levels.Length; words &= words - 1)
        {
            var word = BitOperations.TrailingZeroCount(words);
            for (var slots = _usedSlots[word]; slots != 0 && count < levels.Length; slots &= slots - 1)
            {
                var slot = word * 64 + BitOperations.TrailingZeroCount(slots);
                int page = _pageOfSlot[slot];
                for (var there = _there[page]; there != 0 && count < levels.Length; there &= there - 1)
                {
                    var at = BitOperations.TrailingZeroCount(there);
                    levels[count++] = new(_firstPage + slot << PageBits | (long)at, _lots[page << PageBits | at]);
                }
            }
        }
        var far = Math.Min(_farCount, levels.Length - count);
        _far.AsSpan(0, far).CopyTo(levels[count..]);
        return count + far;
    }

    /// <summary>The sum of price times lots of the levels up to a key, in tick-lots. Costs what the levels within it cost.</summary>
    public double TickLotsTo(long last)
    {
        var sum = 0d;
        for (var words = _usedWords; words != 0; words &= words - 1)
        {
            var word = BitOperations.TrailingZeroCount(words);
            for (var slots = _usedSlots[word]; slots != 0; slots &= slots - 1)
            {
                var slot = word * 64 + BitOperations.TrailingZeroCount(slots);
                var first = _firstPage + slot << PageBits;
                int page = _pageOfSlot[slot];
                for (var there = _there[page]; there != 0; there &= there - 1)
                {
                    var at = BitOperations.TrailingZeroCount(there);
                    if (first + at > last) return sum;
                    sum += Math.Abs((double)(first + at)) * _lots[page << PageBits | at];
                }
            }
        }
        for (var i = 0; i < _farCount && _far[i].Ticks <= last; i++) sum += Math.Abs((double)_far[i].Ticks) * _far[i].Lots;
        return sum;
    }

    public int Count()
    {
        var count = _farCount;
        foreach (var there in _there) count += BitOperations.PopCount(there);
        return count;
    }

    public void Clear()
    {
        ClearPages();
        (_best, _farCount, Forgotten) = (None, 0, 0);
    }

    private void MoveBest(long key, long lots)
    {
        if (lots != 0) _best = key;
        else if (key == _best) FindBest();
    }

    private void FindBest()
    {
        if (_usedWords == 0)
        {
            _best = None;
            if (_farCount == 0) return;
            Recentre(_far[0].Ticks);
            return;
        }
        var word = BitOperations.TrailingZeroCount(_usedWords);
        var slot = word * 64 + BitOperations.TrailingZeroCount(_usedSlots[word]);
        _best = _firstPage + slot << PageBits | (long)BitOperations.TrailingZeroCount(_there[_pageOfSlot[slot]]);
        if (slot > BestTooFarOut) Recentre(_best);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetOutside(long key, long lots)
    {
        if (key < _best) // Better than all there is: nothing else lies before the directory.
        {
            if (lots == 0) return;
            Recentre(key);
            Set(key, lots);
            return;
        }
        var at = FarIndex(key);
        if (at >= 0)
        {
            if (lots != 0) _far[at] = new(key, lots);
            else _far.AsSpan(at + 1, --_farCount - at).CopyTo(_far.AsSpan(at));
            return;
        }
        if (lots != 0) InsertFar(~at, new(key, lots));
    }

    private void InsertFar(int at, Level level)
    {
        if (_farCount == MostFar)
        {
            Forgotten++;
            if (at == MostFar) return;
            _farCount--;
        }
        if (_farCount == _far.Length) Array.Resize(ref _far, Math.Clamp(_far.Length * 2, 16, MostFar));
        _far.AsSpan(at, _farCount - at).CopyTo(_far.AsSpan(at + 1));
        _far[at] = level;
        _farCount++;
    }

    private int FarIndex(long key)
    {
        var (low, high) = (0, _farCount - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_far[middle].Ticks == key) return middle;
            if (_far[middle].Ticks < key) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    /// <summary>Moves the directory so that it begins a little before a key, which is better than every level or the best one.</summary>
    /// <remarks>Rare, so it is done the plain way: everything out, everything in.</remarks>
    private void Recentre(long best)
    {
        var count = Count();
        var rented = ArrayPool<Level>.Shared.Rent(count);
        var levels = rented.AsSpan(0, count);
        CopyTo(levels);
        ClearPages();
        (_best, _farCount, _firstPage) = (None, 0, (best >> PageBits) - SlotsBeforeBest);
        foreach (var level in levels)
        {
            if ((level.Ticks >> PageBits) - _firstPage < Slots) Set(level.Ticks, level.Lots);
            else InsertFar(_farCount, level); // They come in order.
        }
        ArrayPool<Level>.Shared.Return(rented);
    }

    private int Open(int slot)
    {
        if (_free == 0) Grow();
        var page = _freePages[--_free];
        _pageOfSlot[slot] = page;
        _usedSlots[slot >> 6] |= 1UL << slot;
        _usedWords |= 1UL << (slot >> 6);
        return page;
    }

    private void Close(int slot, int page)
    {
        _pageOfSlot[slot] = 0;
        _freePages[_free++] = (ushort)page;
        if ((_usedSlots[slot >> 6] &= ~(1UL << slot)) == 0) _usedWords &= ~(1UL << (slot >> 6));
    }

    private void Grow()
    {
        var pages = _freePages.Length;
        var wanted = Math.Min(pages * 2, Slots);
        Array.Resize(ref _lots, (wanted + 1) << PageBits);
        Array.Resize(ref _there, wanted + 1);
        _freePages = new ushort[wanted];
        _free = 0;
        FreeFrom(pages + 1);
    }

    private void FreeFrom(int page)
    {
        for (var last = _freePages.Length; last >= page; last--) _freePages[_free++] = (ushort)last;
    }

    private void ClearPages()
    {
        for (var words = _usedWords; words != 0; words &= words - 1)
        {
            ref var used = ref _usedSlots[BitOperations.TrailingZeroCount(words)];
            for (; used != 0; used &= used - 1)
            {
                ref var page = ref _pageOfSlot[BitOperations.TrailingZeroCount(words) * 64 + BitOperations.TrailingZeroCount(used)];
                _lots.AsSpan(page << PageBits, 1 << PageBits).Clear();
                _there[page] = 0;
                _freePages[_free++] = page;
                page = 0;
            }
        }
        _usedWords = 0;
    }
}
