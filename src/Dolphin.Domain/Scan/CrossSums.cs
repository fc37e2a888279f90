using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>Sums of products of returns over one window, of some assets with all that come before them: a shard's rows of the matrix.</summary>
/// <remarks>
/// A scan adds the product of the newest returns and takes off that of the oldest: a rank-2 update. In whole numbers, so that after any number of updates the sums are,
/// bit by bit, what adding them up afresh gives, and rows are the same whoever keeps them. Sums wrap around at 2^64 and come back when what made them wrap
/// leaves; assets that could have made them are <see cref="Standing.Wild"/> meanwhile.
/// </remarks>
internal sealed class CrossSums
{
    private readonly long[] _sums;
    private readonly int _stride;

    /// <param name="first">First row of this shard; a multiple of eight.</param>
    /// <param name="end">One past its last row; that of the first if it has none.</param>
    public CrossSums(int window, int first, int end)
    {
        (Window, First, End) = (window, first, end);
        _stride = Lanes.Padded(end);
        _sums = new long[(end - first) * _stride];
    }

    /// <summary>Room for any one block of a universe, to be filled by <see cref="Become"/>.</summary>
    public static CrossSums OfBlocks(int window, int assets) => new(window, Math.Max(0, assets - RowRange.BlockRows), assets);

    public int Window { get; }
    public int First { get; private set; }
    public int End { get; private set; }

    public bool Has(int i) => i >= First && i < End;

    /// <summary>Adds up other rows afresh: as many as there is room for, and none past the universe that it was made for.</summary>
    public void Become(RowRange rows, ReturnHistory history)
    {
        (First, End) = (rows.First, rows.End);
        for (var i = First; i < End; i++)
        {
            var mine = history.Of(i, Window);
            for (var j = 0; j <= i; j++) _sums[(i - First) * _stride + j] = Lanes.SumOfProducts(mine, history.Of(j, Window));
        }
    }

    /// <summary>Of asset i with each asset j up to the block of eight that i is in.</summary>
    public ReadOnlySpan<long> Row(int i) => _sums.AsSpan((i - First) * _stride, Lanes.Padded(i + 1));

    /// <summary>In either order.</summary>
    public long this[int i, int j] => i >= j ? _sums[(i - First) * _stride + j] : _sums[(j - First) * _stride + i];

    /// <param name="fresh">New returns of all assets, padded to whole rows of lanes.</param>
    /// <param name="leaving">Those that leave the window.</param>
    /// <param name="watched">Rows of others are left as they are, wrong from now on; who comes back needs an <see cref="Audit"/> first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Update(ReadOnlySpan<long> fresh, ReadOnlySpan<long> leaving, ReadOnlySpan<bool> watched)
    {
        ref var came = ref MemoryMarshal.GetReference(fresh);
        ref var left = ref MemoryMarshal.GetReference(leaving);
        for (var i = First; i < End; i++)
        {
            if (!watched[i]) continue;
            ref var row = ref _sums[(i - First) * _stride];
            var (a, b) = (Vector512.Create(Unsafe.Add(ref came, i)), Vector512.Create(Unsafe.Add(ref left, i)));
            for (var j = 0; j <= i; j += Lanes.Count)
            {
                var sum = Vector512.LoadUnsafe(ref row, (nuint)j)
                    + Lanes.Product(a, Vector512.LoadUnsafe(ref came, (nuint)j)) - Lanes.Product(b, Vector512.LoadUnsafe(ref left, (nuint)j));
                sum.StoreUnsafe(ref row, (nuint)j);
            }
        }
    }

    /// <summary>Compares one row with the history, and corrects it.</summary>
    /// <returns>The largest difference; anything but 0 is a fault of the machine or of the program.</returns>
    public long Audit(int i, ReturnHistory history)
    {
        var worst = 0L;
        var mine = history.Of(i, Window);
        for (var j = 0; j <= i; j++)
        {
            var sum = Lanes.SumOfProducts(mine, history.Of(j, Window));
            ref var kept = ref _sums[(i - First) * _stride + j];
            worst = Math.Max(worst, Math.Abs(sum - kept));
            kept = sum;
        }
        return worst;
    }

    /// <summary>Correlations of the a-th member, whose row is here, with all members before it.</summary>
    public void CopyCorrelations(WindowSums sums, int a, Span<double> to)
    {
        Span<double> means = sums.Means.Span, inverses = sums.Inverses.Span;
        var (members, i) = (sums.Members, sums.Members[a]);
        var row = _sums.AsSpan((i - First) * _stride, _stride);
        var (sum, by) = ((double)sums.Sum(i), inverses[i] / Window);
        var whole = a == i ? i & -Lanes.Count : 0; // All before it are members.
        CopyRow(row, sum, by, means, inverses, to[..whole]);
        for (var b = whole; b < a; b++) to[b] = (row[members[b]] - sum * means[members[b]]) * inverses[members[b]] * by;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRow(ReadOnlySpan<long> row, double sum, double by, ReadOnlySpan<double> means, ReadOnlySpan<double> inverses, Span<double> to)
    {
        ref var mean = ref MemoryMarshal.GetReference(means);
        ref var inverse = ref MemoryMarshal.GetReference(inverses);
        var (mine, scale) = (Vector512.Create(sum), Vector512.Create(by));
        for (var j = 0; j < to.Length; j += Lanes.Count)
        {
            var product = Vector512.ConvertToDouble(Vector512.Create(row[j..]));
            Lanes.Store(Lanes.Less(mine, Lanes.Load(ref mean, j), product) * Lanes.Load(ref inverse, j) * scale, ref MemoryMarshal.GetReference(to), j);
        }
    }

    /// <summary>The sum of squared correlations of some rows with the columns before them, times w^2; each pair once, the diagonal not.</summary>
    /// <param name="rows">A block of those here: sums of blocks are what is added up, in their order, to the same bits wherever they come from.</param>
    public double SquaredCorrelations(WindowSums sums, RowRange rows)
    {
        Span<double> means = sums.Means.Span, inverses = sums.Inverses.Span;
        var total = 0.0;
        for (var i = rows.First; i < rows.End; i++)
            if (inverses[i] != 0) total += inverses[i] * inverses[i] * SquaredRow(i, sums.Sum(i), means, inverses);
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double SquaredRow(int i, double sum, ReadOnlySpan<double> means, ReadOnlySpan<double> inverses)
    {
        ref var row = ref _sums[(i - First) * _stride];
        ref var mean = ref MemoryMarshal.GetReference(means);
        ref var inverse = ref MemoryMarshal.GetReference(inverses);
        var (mine, total) = (Vector512.Create(sum), Vector512<double>.Zero);
        var whole = i & -Lanes.Count;
        for (var j = 0; j < whole; j += Lanes.Count)
        {
            var product = Vector512.ConvertToDouble(Vector512.LoadUnsafe(ref row, (nuint)j));
            var part = Lanes.Less(mine, Lanes.Load(ref mean, j), product) * Lanes.Load(ref inverse, j);
            total = Lanes.Fused(part, part, total);
        }
        var rest = Lanes.Sum(total);
        for (var j = whole; j < i; j++)
        {
            var part = (Unsafe.Add(ref row, j) - sum * means[j]) * inverses[j];
            rest += part * part;
        }
        return rest;
    }
}
