using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>The standardised returns of one window's members, Z, and the two products that a spectrum needs of them: Z' Z over assets, and Z u.</summary>
/// <remarks>
/// Where a window is shorter than there are assets, the w x w matrix of scans has the same non-null eigenvalues as the N x N correlation matrix, and is
/// smaller. Each asset adds its own part to it, so that parts of assets can be made anywhere: see <see cref="AddPart"/>.
/// </remarks>
internal sealed class StandardReturns
{
    /// <summary>Assets, by place, whose products are summed before they are rounded: the smallest shard. 16 KB of a tile's operands, half of the first level of a cache.</summary>
    public const int PartAssets = 64;

    private readonly Memory<double> _rows;
    private readonly int _assets, _padded;
    private readonly double _grid;
    private Memory<double> _loadings; // With the first vectors: a shard elsewhere never has any.

    /// <param name="assets">Of the whole universe, whichever of them are standardised here: it sets the grid.</param>
    public StandardReturns(int window, int assets)
    {
        (Window, _assets, _padded) = (window, assets, Lanes.Padded(window));
        _rows = Lanes.Room((assets + Lanes.Count) * _padded); // Rows of eight assets may begin at the last one.
        // No element is above N w. What is added to this number and taken off again is rounded to 2^-52 of the power of two above N w: sums of such are exact.
        _grid = 1.5 * Math.ScaleB(1, (int)Math.Ceiling(Math.Log2((double)assets * window)));
    }

    public int Window { get; }

    /// <summary>Standardises the members among places [first, end).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReturnHistory history, WindowSums sums, int first, int end)
    {
        ref var rows = ref MemoryMarshal.GetReference(_rows.Span);
        Span<double> means = sums.Means.Span, inverses = sums.Inverses.Span;
        for (var k = 0; k < sums.MemberCount; k++)
        {
            var asset = sums.Members[k];
            if (asset < first || asset >= end) continue;
            ref var raw = ref Unsafe.Add(ref history.First(Window), asset * history.Stride);
            ref var row = ref Unsafe.Add(ref rows, k * _padded);
            var (by, less) = (Vector512.Create(inverses[asset]), Vector512.Create(means[asset]));
            for (var t = 0; t < _padded; t += Lanes.Count) Lanes.Store((Lanes.Whole(ref raw, t) - less) * by, ref row, t);
            for (var t = Window; t < _padded; t++) Unsafe.Add(ref row, t) = 0; // Read past the window's end.
        }
    }

    /// <summary>Adds what the members among some places are to the matrix of scans.</summary>
    /// <remarks>
    /// Products of 64 places are summed, then rounded to a grid on which sums of all assets are exact (2^-35 for 400 assets and 300 returns, against elements of some
    /// hundred). So the whole is the same bits however places are shared out, in whatever order parts come, as long as a shard is a whole number of 64 places; and
    /// rounding moves an eigenvalue of the correlation matrix by less than 1e-9.
    /// </remarks>
    /// <param name="first">A multiple of <see cref="PartAssets"/>.</param>
    /// <param name="matrix">Rows of <see cref="SymmetricEigen.StrideOf"/> the window; the lower triangle with whole blocks of eight on the diagonal.</param>
    public void AddPart(WindowSums sums, int first, int end, Span<double> matrix)
    {
        var stride = SymmetricEigen.StrideOf(Window);
        var from = 0;
        while (from < sums.MemberCount && sums.Members[from] < first) from++;
        for (var part = first; part < end; part += PartAssets)
        {
            var to = from;
            while (to < sums.MemberCount && sums.Members[to] < Math.Min(end, part + PartAssets)) to++;
            if (to > from) AddProducts(_rows.Span.Slice(from * _padded, (to - from) * _padded), to - from, matrix, stride);
            from = to;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddProducts(Span<double> rows, int count, Span<double> matrix, int stride)
    {
        var grid = Vector512.Create(_grid);
        for (var s = 0; s < _padded; s += 2 * Lanes.Count)
        {
            var pair = s + Lanes.Count < _padded;
            for (var t = s; t < _padded; t += Lanes.Count)
            {
                ref var row = ref MemoryMarshal.GetReference(rows);
                ref var to = ref matrix[t * stride + s];
                Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
                if (!pair)
                {
                    for (var i = 0; i < count; i++)
                    {
                        var za = Lanes.Load(ref row, s);
                        a0 = Lanes.Fused(Lanes.All(ref row, t), za, a0);
                        a1 = Lanes.Fused(Lanes.All(ref row, t + 1), za, a1);
                        a2 = Lanes.Fused(Lanes.All(ref row, t + 2), za, a2);
                        a3 = Lanes.Fused(Lanes.All(ref row, t + 3), za, a3);
                        a4 = Lanes.Fused(Lanes.All(ref row, t + 4), za, a4);
                        a5 = Lanes.Fused(Lanes.All(ref row, t + 5), za, a5);
                        a6 = Lanes.Fused(Lanes.All(ref row, t + 6), za, a6);
                        a7 = Lanes.Fused(Lanes.All(ref row, t + 7), za, a7);
                        row = ref Unsafe.Add(ref row, _padded);
                    }
                    Add(a0, a1, a2, a3, a4, a5, a6, a7, ref to, stride, grid);
                    continue;
                }

                Vector512<double> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
                for (var i = 0; i < count; i++)
                {
                    ref var z = ref Unsafe.Add(ref row, t);
                    var (za, zb) = (Lanes.Load(ref row, s), Lanes.Load(ref row, s + Lanes.Count));
                    var z0 = Lanes.All(ref z, 0);
                    a0 = Lanes.Fused(z0, za, a0);
                    b0 = Lanes.Fused(z0, zb, b0);
                    var z1 = Lanes.All(ref z, 1);
                    a1 = Lanes.Fused(z1, za, a1);
                    b1 = Lanes.Fused(z1, zb, b1);
                    var z2 = Lanes.All(ref z, 2);
                    a2 = Lanes.Fused(z2, za, a2);
                    b2 = Lanes.Fused(z2, zb, b2);
                    var z3 = Lanes.All(ref z, 3);
                    a3 = Lanes.Fused(z3, za, a3);
                    b3 = Lanes.Fused(z3, zb, b3);
                    var z4 = Lanes.All(ref z, 4);
                    a4 = Lanes.Fused(z4, za, a4);
                    b4 = Lanes.Fused(z4, zb, b4);
                    var z5 = Lanes.All(ref z, 5);
                    a5 = Lanes.Fused(z5, za, a5);
                    b5 = Lanes.Fused(z5, zb, b5);
                    var z6 = Lanes.All(ref z, 6);
                    a6 = Lanes.Fused(z6, za, a6);
                    b6 = Lanes.Fused(z6, zb, b6);
                    var z7 = Lanes.All(ref z, 7);
                    a7 = Lanes.Fused(z7, za, a7);
                    b7 = Lanes.Fused(z7, zb, b7);
                    row = ref Unsafe.Add(ref row, _padded);
                }
                Add(a0, a1, a2, a3, a4, a5, a6, a7, ref to, stride, grid);
                Add(b0, b1, b2, b3, b4, b5, b6, b7, ref Unsafe.Add(ref to, Lanes.Count), stride, grid);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector512<double> a0, Vector512<double> a1, Vector512<double> a2, Vector512<double> a3, Vector512<double> a4, Vector512<double> a5, Vector512<double> a6,
        Vector512<double> a7, ref double to, int stride, Vector512<double> grid)
    {
        Add(a0, ref to, 0, grid);
        Add(a1, ref to, stride, grid);
        Add(a2, ref to, 2 * stride, grid);
        Add(a3, ref to, 3 * stride, grid);
        Add(a4, ref to, 4 * stride, grid);
        Add(a5, ref to, 5 * stride, grid);
        Add(a6, ref to, 6 * stride, grid);
        Add(a7, ref to, 7 * stride, grid);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<double> part, ref double to, int at, Vector512<double> grid) => Lanes.Store(Lanes.Load(ref to, at) + (part + grid - grid), ref to, at);

    /// <summary>Vectors of scans to vectors of assets: Z u / |Z u|, panel by panel.</summary>
    public void Load(SymmetricEigen scans, WindowSums sums)
    {
        if (_loadings.IsEmpty) _loadings = Lanes.Room((_padded + Lanes.Count) * _assets);
        var size = sums.MemberCount * Lanes.Count;
        for (var panel = 0; panel < scans.Panels; panel += 2)
        {
            var second = Math.Min(panel + 1, scans.Panels - 1);
            Products(scans.Panel(panel), scans.Panel(second), sums.MemberCount, _loadings.Span.Slice(panel * size, size), _loadings.Span.Slice((panel + 1) * size, size));
        }
    }

    /// <summary>Loading of the k-th member on the vector at a panel's lane, after <see cref="Load"/>; not yet of length 1.</summary>
    public ReadOnlySpan<double> Panel(int panel, int members) => _loadings.Span.Slice(panel * members * Lanes.Count, members * Lanes.Count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Products(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int members, Span<double> leftOut, Span<double> rightOut)
    {
        ref var u = ref MemoryMarshal.GetReference(left);
        ref var x = ref MemoryMarshal.GetReference(right);
        ref var uOut = ref MemoryMarshal.GetReference(leftOut);
        ref var xOut = ref MemoryMarshal.GetReference(rightOut);
        for (var k = 0; k < members; k += Lanes.Count)
        {
            ref var z0 = ref MemoryMarshal.GetReference(_rows.Span[(k * _padded)..]);
            ref var z1 = ref Unsafe.Add(ref z0, _padded);
            ref var z2 = ref Unsafe.Add(ref z1, _padded);
            ref var z3 = ref Unsafe.Add(ref z2, _padded);
            ref var z4 = ref Unsafe.Add(ref z3, _padded);
            ref var z5 = ref Unsafe.Add(ref z4, _padded);
            ref var z6 = ref Unsafe.Add(ref z5, _padded);
            ref var z7 = ref Unsafe.Add(ref z6, _padded);
            Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            Vector512<double> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
            for (var t = 0; t < Window; t++)
            {
                var (ut, xt) = (Lanes.Load(ref u, t * Lanes.Count), Lanes.Load(ref x, t * Lanes.Count));
                var r0 = Lanes.All(ref z0, t);
                a0 = Lanes.Fused(r0, ut, a0);
                b0 = Lanes.Fused(r0, xt, b0);
                var r1 = Lanes.All(ref z1, t);
                a1 = Lanes.Fused(r1, ut, a1);
                b1 = Lanes.Fused(r1, xt, b1);
                var r2 = Lanes.All(ref z2, t);
                a2 = Lanes.Fused(r2, ut, a2);
                b2 = Lanes.Fused(r2, xt, b2);
                var r3 = Lanes.All(ref z3, t);
                a3 = Lanes.Fused(r3, ut, a3);
                b3 = Lanes.Fused(r3, xt, b3);
                var r4 = Lanes.All(ref z4, t);
                a4 = Lanes.Fused(r4, ut, a4);
                b4 = Lanes.Fused(r4, xt, b4);
                var r5 = Lanes.All(ref z5, t);
                a5 = Lanes.Fused(r5, ut, a5);
                b5 = Lanes.Fused(r5, xt, b5);
                var r6 = Lanes.All(ref z6, t);
                a6 = Lanes.Fused(r6, ut, a6);
                b6 = Lanes.Fused(r6, xt, b6);
                var r7 = Lanes.All(ref z7, t);
                a7 = Lanes.Fused(r7, ut, a7);
                b7 = Lanes.Fused(r7, xt, b7);
            }

            Store(a0, a1, a2, a3, a4, a5, a6, a7, ref uOut, k, members);
            Store(b0, b1, b2, b3, b4, b5, b6, b7, ref xOut, k, members);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector512<double> a0, Vector512<double> a1, Vector512<double> a2, Vector512<double> a3, Vector512<double> a4, Vector512<double> a5, Vector512<double> a6,
        Vector512<double> a7, ref double to, int k, int members)
    {
        Lanes.Store(a0, ref to, k * Lanes.Count);
        if (k + 1 < members) Lanes.Store(a1, ref to, (k + 1) * Lanes.Count);
        if (k + 2 < members) Lanes.Store(a2, ref to, (k + 2) * Lanes.Count);
        if (k + 3 < members) Lanes.Store(a3, ref to, (k + 3) * Lanes.Count);
        if (k + 4 < members) Lanes.Store(a4, ref to, (k + 4) * Lanes.Count);
        if (k + 5 < members) Lanes.Store(a5, ref to, (k + 5) * Lanes.Count);
        if (k + 6 < members) Lanes.Store(a6, ref to, (k + 6) * Lanes.Count);
        if (k + 7 < members) Lanes.Store(a7, ref to, (k + 7) * Lanes.Count);
    }
}
