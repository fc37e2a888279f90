using System.Buffers.Binary;
using System.Numerics;

namespace Dolphin.Domain.Scan;

/// <summary>The returns of every asset over the longest window, one asset after the other, each in time order and without a seam.</summary>
/// <remarks>
/// A row is twice as long as the longest window and is used from its beginning; when it is full, its newest half goes to the front. So every window of every asset
/// is one span: 3 KB of 750 returns, 1.2 MB of 400 assets, which the second level of the cache holds.
/// </remarks>
internal sealed class ReturnHistory
{
    private readonly int[] _returns;
    private readonly ulong[] _carried; // One bit an asset, a row a scan, in a ring.
    private readonly int _longest, _words;
    private int _end;

    public ReturnHistory(int assets, int longest)
    {
        (_longest, _words) = (longest, (assets + 63) / 64);
        Stride = 2 * longest + Lanes.Count; // Whoever reads in lanes reads up to seven past the end.
        _returns = new int[assets * Stride];
        _carried = new ulong[(longest + 1) * _words];
        _end = longest;
        Assets = assets;
    }

    public int Assets { get; }

    /// <summary>How many scans have been added.</summary>
    public long Count { get; private set; }

    /// <summary>From an asset's return to the next asset's of the same scan.</summary>
    public int Stride { get; }

    public void Add(ReadOnlySpan<int> returns, ReadOnlySpan<TickKind> kinds)
    {
        if (_end == 2 * _longest)
        {
            for (var i = 0; i < Assets; i++) Array.Copy(_returns, i * Stride + _longest, _returns, i * Stride, _longest);
            _end = _longest;
        }
        var flags = Flags(Count);
        flags.Clear();
        for (var i = 0; i < Assets; i++)
        {
            _returns[i * Stride + _end] = returns[i];
            if (kinds[i] == TickKind.Carried) flags[i >> 6] |= 1UL << i;
        }
        _end++;
        Count++;
    }

    /// <summary>The returns of the longest window, asset after asset, each oldest first: four bytes each, the lowest first.</summary>
    public byte[] CaptureReturns()
    {
        var bytes = new byte[Assets * _longest * sizeof(int)];
        for (var i = 0; i < Assets; i++)
        {
            var window = Of(i, _longest);
            for (var t = 0; t < window.Length; t++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((i * _longest + t) * sizeof(int)), window[t]);
        }
        return bytes;
    }

    /// <summary>Who was carried at the scans of the longest window, newest first: a bit for each asset, eight bytes for 64 of them, the lowest first.</summary>
    public byte[] CaptureCarried()
    {
        var bytes = new byte[_longest * _words * sizeof(ulong)];
        for (var ago = 0; ago < _longest; ago++)
        {
            var flags = CarriedAgo(ago);
            for (var word = 0; word < flags.Length; word++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((ago * _words + word) * sizeof(ulong)), flags[word]);
        }
        return bytes;
    }

    /// <exception cref="ArgumentException">They are of another universe or other windows.</exception>
    public void Restore(long count, byte[] returns, byte[] carried)
    {
        if (returns.Length != Assets * _longest * sizeof(int) || carried.Length != _longest * _words * sizeof(ulong))
            throw new ArgumentException($"Expected {Assets} x {_longest} returns; got {returns.Length} and {carried.Length} bytes.", nameof(returns));
        (Count, _end) = (count, _longest);
        for (var i = 0; i < Assets; i++)
            for (var t = 0; t < _longest; t++) _returns[i * Stride + t] = BinaryPrimitives.ReadInt32LittleEndian(returns.AsSpan((i * _longest + t) * sizeof(int)));
        for (var ago = 0; ago < Math.Min(count, _longest); ago++)
        {
            var flags = Flags(count - 1 - ago);
            for (var word = 0; word < flags.Length; word++) flags[word] = BinaryPrimitives.ReadUInt64LittleEndian(carried.AsSpan((ago * _words + word) * sizeof(ulong)));
        }
    }

    /// <summary>The first return of the first asset within a window; those of the next asset begin a <see cref="Stride"/> later. Zeros before the first scan.</summary>
    public ref int First(int window) => ref _returns[_end - window];

    public ReadOnlySpan<int> Of(int asset, int window) => _returns.AsSpan(asset * Stride + _end - window, window);

    /// <summary>The return that leaves a window with the next scan added; zero before there was one.</summary>
    public int Oldest(int asset, int window) => _returns[asset * Stride + _end - window];

    /// <summary>Which assets were carried, by scans ago; 0 is the last. At most the longest window.</summary>
    public ReadOnlySpan<ulong> CarriedAgo(int ago) => ago < Count ? Flags(Count - 1 - ago) : default;

    private Span<ulong> Flags(long scan) => _carried.AsSpan((int)(scan % (_longest + 1)) * _words, _words);

    /// <summary>Adds to the count of each asset whose bit is set.</summary>
    public static void AddTo(ReadOnlySpan<ulong> flags, Span<int> counts, int by)
    {
        for (var word = 0; word < flags.Length; word++)
            for (var bits = flags[word]; bits != 0; bits &= bits - 1) counts[word * 64 + BitOperations.TrailingZeroCount(bits)] += by;
    }
}
