using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>A symmetric matrix as Q T Q', T tridiagonal and Q a product of reflections.</summary>
/// <remarks>
/// G. H. Golub and C. F. Van Loan, Matrix Computations, 4th ed., 8.3.1, from the last row upwards, so that what is left always begins at row and column 0. 4/3 n^3
/// operations. The rank-2 update of one step and the product of the next are one pass over what is left: a third of the memory traffic of two, and memory
/// is what the textbook's form waits for. Every other pass only reads: what its update would have taken off the product is taken off it afterwards, and the next pass
/// writes both. Of each symmetric pair the lower element is kept; only blocks of eight on the diagonal are whole.
/// </remarks>
internal sealed class HouseholderReduction
{
    /// <summary>Reflections that are applied together.</summary>
    public const int Together = 4;

    private readonly Memory<double> _reflectors, _group, _vectors, _products;
    private readonly double[] _factors, _crossings;
    private readonly int _padded;

    /// <param name="capacity">The largest n.</param>
    public HouseholderReduction(int capacity)
    {
        _padded = Lanes.Padded(capacity);
        _reflectors = Lanes.Room(Groups(capacity) * Together * _padded);
        _group = Lanes.Room(Together * (_padded + Lanes.Count));
        (_vectors, _products) = (Lanes.Room(3 * _padded), Lanes.Room(3 * _padded));
        _factors = new double[Groups(capacity) * Together];
        _crossings = new double[Groups(capacity) * Together * Together];
        (Diagonal, OffDiagonal) = (new double[_padded], new double[_padded]);
    }

    /// <summary>Of T, after <see cref="Reduce"/>.</summary>
    public double[] Diagonal { get; }

    /// <summary>OffDiagonal[i] stands between i and i + 1.</summary>
    public double[] OffDiagonal { get; }

    private static int Groups(int n) => Math.Max(0, n - 2 + Together - 1) / Together;

    /// <param name="matrix">Lower triangle by rows, with whole blocks of eight on the diagonal and rows up to a multiple of eight; destroyed.</param>
    /// <param name="stride">From one row to the next; a multiple of eight.</param>
    public void Reduce(Span<double> matrix, int stride, int n)
    {
        // Of this step, of the last one, and of the one before, which the matrix may not have seen yet.
        Span<double> vector = _vectors.Span[.._padded], last = _vectors.Span.Slice(_padded, _padded), before = _vectors.Span[(2 * _padded)..];
        Span<double> product = _products.Span[.._padded], lastProduct = _products.Span.Slice(_padded, _padded), productBefore = _products.Span[(2 * _padded)..];
        last.Clear();
        lastProduct.Clear();
        _factors.AsSpan().Clear();
        _group.Span.Clear();
        var owesTwo = false;
        for (var k = n - 1; k >= 0; k--)
        {
            var row = matrix.Slice(k * stride, Lanes.Padded(k + 1));
            if (owesTwo) Update(row, -before[k], -productBefore[k], before, productBefore);
            Settle(row, last[k], lastProduct[k], last, lastProduct, vector);
            Diagonal[k] = vector[k];
            if (k == 0) break;
            if (k == 1)
            {
                OffDiagonal[0] = vector[0];
                continue;
            }

            var active = Lanes.Padded(k);
            vector[k..active].Clear();
            var factor = Reflect(vector[..active], k, out OffDiagonal[k - 1]);
            Keep(vector[..active], k, factor, n);
            product[..active].Clear();
            if (owesTwo) UpdateAndMultiply(matrix, stride, k, before, productBefore, last, lastProduct, vector, product);
            else
            {
                Multiply(matrix, stride, k, vector, product);
                Deduct(last[..active], lastProduct[..active], vector[..active], product[..active]);
            }
            product[k..active].Clear();
            Combine(product[..active], factor, -0.5 * factor * factor * Lanes.Dot(product[..active], vector[..active]), vector);
            if (!owesTwo)
            {
                Swap(ref before, ref last);
                Swap(ref productBefore, ref lastProduct);
            }
            Swap(ref last, ref vector);
            Swap(ref lastProduct, ref product);
            owesTwo = !owesTwo;
        }
    }

    private static void Swap(ref Span<double> one, ref Span<double> other)
    {
        var kept = one;
        one = other;
        other = kept;
    }

    /// <summary>What <see cref="UpdateAndMultiply"/> does to one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update(Span<double> row, double ofVector, double ofProduct, ReadOnlySpan<double> before, ReadOnlySpan<double> productBefore)
    {
        ref var r = ref MemoryMarshal.GetReference(row);
        ref var o = ref MemoryMarshal.GetReference(before);
        ref var u = ref MemoryMarshal.GetReference(productBefore);
        var (byVector, byProduct) = (Vector512.Create(ofVector), Vector512.Create(ofProduct));
        for (var j = 0; j < row.Length; j += Lanes.Count)
            Lanes.Store(Lanes.Fused(byVector, Lanes.Load(ref u, j), Lanes.Fused(byProduct, Lanes.Load(ref o, j), Lanes.Load(ref r, j))), ref r, j);
    }

    /// <summary>The row, less what the last step still owes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Settle(ReadOnlySpan<double> row, double ofVector, double ofProduct, ReadOnlySpan<double> last, ReadOnlySpan<double> lastProduct, Span<double> to)
    {
        ref var r = ref MemoryMarshal.GetReference(row);
        ref var p = ref MemoryMarshal.GetReference(last);
        ref var w = ref MemoryMarshal.GetReference(lastProduct);
        ref var v = ref MemoryMarshal.GetReference(to);
        var (byVector, byProduct) = (Vector512.Create(ofVector), Vector512.Create(ofProduct));
        for (var j = 0; j < row.Length; j += Lanes.Count)
            Lanes.Store(Lanes.Load(ref r, j) - (byVector * Lanes.Load(ref w, j) + byProduct * Lanes.Load(ref p, j)), ref v, j);
    }

    /// <summary>y = factor y + half v</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(Span<double> product, double factor, double half, ReadOnlySpan<double> vector)
    {
        ref var y = ref MemoryMarshal.GetReference(product);
        ref var v = ref MemoryMarshal.GetReference(vector);
        var (byFactor, byHalf) = (Vector512.Create(factor), Vector512.Create(half));
        for (var j = 0; j < product.Length; j += Lanes.Count) Lanes.Store(byFactor * Lanes.Load(ref y, j) + byHalf * Lanes.Load(ref v, j), ref y, j);
    }

    /// <summary>Turns x into v with v[k-1] = 1, so that (I - factor v v') x is (0, ..., 0, beta).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Reflect(Span<double> x, int k, out double beta)
    {
        var alpha = x[k - 1];
        x[k - 1] = 0;
        var rest = Lanes.Dot(x, x);
        if (rest == 0)
        {
            beta = alpha;
            x.Clear();
            return 0;
        }

        beta = -Math.CopySign(Math.Sqrt(alpha * alpha + rest), alpha);
        var scale = Vector512.Create(1 / (alpha - beta));
        ref var first = ref MemoryMarshal.GetReference(x);
        for (var j = 0; j < x.Length; j += Lanes.Count) Lanes.Store(Lanes.Load(ref first, j) * scale, ref first, j);
        x[k - 1] = 1;
        return (beta - alpha) / beta;
    }

    /// <summary>Collects the reflectors of a group; the last one of it comes first.</summary>
    private void Keep(ReadOnlySpan<double> vector, int k, double factor, int n)
    {
        var (group, at) = Math.DivRem(k - 2, Together);
        _factors[k - 2] = factor;
        var room = _group.Span.Slice(at * (_padded + Lanes.Count), _padded + Lanes.Count);
        vector.CopyTo(room);
        room.Slice(vector.Length, Lanes.Count).Clear(); // Longer ones of the group go on.
        if (at == 0) Interleave(group, Rows(group, n));
    }

    /// <summary>Puts the four elements of a row beside each other, and finds out how the four lie to each other: with that they can be applied at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interleave(int group, int rows)
    {
        ref var h0 = ref MemoryMarshal.GetReference(_group.Span);
        ref var h1 = ref Unsafe.Add(ref h0, _padded + Lanes.Count);
        ref var h2 = ref Unsafe.Add(ref h1, _padded + Lanes.Count);
        ref var h3 = ref Unsafe.Add(ref h2, _padded + Lanes.Count);
        ref var to = ref MemoryMarshal.GetReference(_reflectors.Span[(group * Together * _padded)..]);
        Vector256<double> ofThird = default, ofFourth = default;
        var ofSecond = 0.0;
        for (var j = 0; j < rows; j++)
        {
            var four = Vector256.Create(Unsafe.Add(ref h0, j), Unsafe.Add(ref h1, j), Unsafe.Add(ref h2, j), Unsafe.Add(ref h3, j));
            four.StoreUnsafe(ref to, (nuint)(j * Together));
            ofSecond += Unsafe.Add(ref h1, j) * Unsafe.Add(ref h0, j);
            ofThird += Vector256.Create(Unsafe.Add(ref h2, j)) * four;
            ofFourth += Vector256.Create(Unsafe.Add(ref h3, j)) * four;
        }
        var crossings = _crossings.AsSpan(group * Together * Together, Together * Together);
        crossings[Together] = ofSecond;
        ofThird.CopyTo(crossings[(2 * Together)..]);
        ofFourth.CopyTo(crossings[(3 * Together)..]);
    }

    /// <summary>a -= v w' + w v' of the last two steps, one after the other, and y = a v of this one, over the first k rows and columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateAndMultiply(
        Span<double> matrix, int stride, int k, Span<double> before, Span<double> productBefore, Span<double> last, Span<double> lastProduct, Span<double> vector, Span<double> product)
    {
        ref var o = ref MemoryMarshal.GetReference(before);
        ref var u = ref MemoryMarshal.GetReference(productBefore);
        ref var p = ref MemoryMarshal.GetReference(last);
        ref var w = ref MemoryMarshal.GetReference(lastProduct);
        ref var v = ref MemoryMarshal.GetReference(vector);
        ref var y = ref MemoryMarshal.GetReference(product);
        for (var i = 0; i < k; i += 4)
        {
            ref var a0 = ref matrix[i * stride];
            ref var a1 = ref Unsafe.Add(ref a0, stride);
            ref var a2 = ref Unsafe.Add(ref a1, stride);
            ref var a3 = ref Unsafe.Add(ref a2, stride);
            var (o0, o1, o2, o3) = (-Lanes.All(ref o, i), -Lanes.All(ref o, i + 1), -Lanes.All(ref o, i + 2), -Lanes.All(ref o, i + 3));
            var (u0, u1, u2, u3) = (-Lanes.All(ref u, i), -Lanes.All(ref u, i + 1), -Lanes.All(ref u, i + 2), -Lanes.All(ref u, i + 3));
            var (p0, p1, p2, p3) = (-Lanes.All(ref p, i), -Lanes.All(ref p, i + 1), -Lanes.All(ref p, i + 2), -Lanes.All(ref p, i + 3));
            var (w0, w1, w2, w3) = (-Lanes.All(ref w, i), -Lanes.All(ref w, i + 1), -Lanes.All(ref w, i + 2), -Lanes.All(ref w, i + 3));
            var (v0, v1, v2, v3) = (Lanes.All(ref v, i), Lanes.All(ref v, i + 1), Lanes.All(ref v, i + 2), Lanes.All(ref v, i + 3));
            Vector512<double> y0 = default, y1 = default, y2 = default, y3 = default;
            var diagonal = i & -Lanes.Count;
            for (var j = 0; j < diagonal; j += Lanes.Count)
            {
                var (pj, wj, vj) = (Lanes.Load(ref p, j), Lanes.Load(ref w, j), Lanes.Load(ref v, j));
                var (oj, uj) = (Lanes.Load(ref o, j), Lanes.Load(ref u, j));
                var r0 = Lanes.Fused(p0, wj, Lanes.Fused(w0, pj, Lanes.Fused(o0, uj, Lanes.Fused(u0, oj, Lanes.Load(ref a0, j)))));
                var r1 = Lanes.Fused(p1, wj, Lanes.Fused(w1, pj, Lanes.Fused(o1, uj, Lanes.Fused(u1, oj, Lanes.Load(ref a1, j)))));
                var r2 = Lanes.Fused(p2, wj, Lanes.Fused(w2, pj, Lanes.Fused(o2, uj, Lanes.Fused(u2, oj, Lanes.Load(ref a2, j)))));
                var r3 = Lanes.Fused(p3, wj, Lanes.Fused(w3, pj, Lanes.Fused(o3, uj, Lanes.Fused(u3, oj, Lanes.Load(ref a3, j)))));
                Lanes.Store(r0, ref a0, j);
                Lanes.Store(r1, ref a1, j);
                Lanes.Store(r2, ref a2, j);
                Lanes.Store(r3, ref a3, j);
                y0 = Lanes.Fused(r0, vj, y0);
                y1 = Lanes.Fused(r1, vj, y1);
                y2 = Lanes.Fused(r2, vj, y2);
                y3 = Lanes.Fused(r3, vj, y3);
                var (one, two) = (Lanes.Fused(r0, v0, Lanes.Load(ref y, j)), r2 * v2);
                Lanes.Store(Lanes.Fused(r1, v1, one) + Lanes.Fused(r3, v3, two), ref y, j);
            }

            var (pd, wd, vd) = (Lanes.Load(ref p, diagonal), Lanes.Load(ref w, diagonal), Lanes.Load(ref v, diagonal));
            var (od, ud) = (Lanes.Load(ref o, diagonal), Lanes.Load(ref u, diagonal));
            var d0 = Lanes.Fused(p0, wd, Lanes.Fused(w0, pd, Lanes.Fused(o0, ud, Lanes.Fused(u0, od, Lanes.Load(ref a0, diagonal)))));
            var d1 = Lanes.Fused(p1, wd, Lanes.Fused(w1, pd, Lanes.Fused(o1, ud, Lanes.Fused(u1, od, Lanes.Load(ref a1, diagonal)))));
            var d2 = Lanes.Fused(p2, wd, Lanes.Fused(w2, pd, Lanes.Fused(o2, ud, Lanes.Fused(u2, od, Lanes.Load(ref a2, diagonal)))));
            var d3 = Lanes.Fused(p3, wd, Lanes.Fused(w3, pd, Lanes.Fused(o3, ud, Lanes.Fused(u3, od, Lanes.Load(ref a3, diagonal)))));
            Lanes.Store(d0, ref a0, diagonal);
            Lanes.Store(d1, ref a1, diagonal);
            Lanes.Store(d2, ref a2, diagonal);
            Lanes.Store(d3, ref a3, diagonal);
            Unsafe.Add(ref y, i) += Lanes.Sum(Lanes.Fused(d0, vd, y0));
            Unsafe.Add(ref y, i + 1) += Lanes.Sum(Lanes.Fused(d1, vd, y1));
            Unsafe.Add(ref y, i + 2) += Lanes.Sum(Lanes.Fused(d2, vd, y2));
            Unsafe.Add(ref y, i + 3) += Lanes.Sum(Lanes.Fused(d3, vd, y3));
        }
    }

    /// <summary>y = a v over the first k rows and columns, a as it stands: it is only read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Span<double> matrix, int stride, int k, Span<double> vector, Span<double> product)
    {
        ref var v = ref MemoryMarshal.GetReference(vector);
        ref var y = ref MemoryMarshal.GetReference(product);
        for (var i = 0; i < k; i += 4)
        {
            ref var a0 = ref matrix[i * stride];
            ref var a1 = ref Unsafe.Add(ref a0, stride);
            ref var a2 = ref Unsafe.Add(ref a1, stride);
            ref var a3 = ref Unsafe.Add(ref a2, stride);
            var (v0, v1, v2, v3) = (Lanes.All(ref v, i), Lanes.All(ref v, i + 1), Lanes.All(ref v, i + 2), Lanes.All(ref v, i + 3));
            Vector512<double> y0 = default, y1 = default, y2 = default, y3 = default;
            var diagonal = i & -Lanes.Count;
            for (var j = 0; j < diagonal; j += Lanes.Count)
            {
                var vj = Lanes.Load(ref v, j);
                var (r0, r1, r2, r3) = (Lanes.Load(ref a0, j), Lanes.Load(ref a1, j), Lanes.Load(ref a2, j), Lanes.Load(ref a3, j));
                y0 = Lanes.Fused(r0, vj, y0);
                y1 = Lanes.Fused(r1, vj, y1);
                y2 = Lanes.Fused(r2, vj, y2);
                y3 = Lanes.Fused(r3, vj, y3);
                var (one, two) = (Lanes.Fused(r0, v0, Lanes.Load(ref y, j)), r2 * v2);
                Lanes.Store(Lanes.Fused(r1, v1, one) + Lanes.Fused(r3, v3, two), ref y, j);
            }

            var vd = Lanes.Load(ref v, diagonal);
            Unsafe.Add(ref y, i) += Lanes.Sum(Lanes.Fused(Lanes.Load(ref a0, diagonal), vd, y0));
            Unsafe.Add(ref y, i + 1) += Lanes.Sum(Lanes.Fused(Lanes.Load(ref a1, diagonal), vd, y1));
            Unsafe.Add(ref y, i + 2) += Lanes.Sum(Lanes.Fused(Lanes.Load(ref a2, diagonal), vd, y2));
            Unsafe.Add(ref y, i + 3) += Lanes.Sum(Lanes.Fused(Lanes.Load(ref a3, diagonal), vd, y3));
        }
    }

    /// <summary>Takes off y what a step that the matrix has not seen yet would have taken off it: v (w'x) + w (v'x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Deduct(ReadOnlySpan<double> last, ReadOnlySpan<double> lastProduct, ReadOnlySpan<double> x, Span<double> product)
    {
        ref var p = ref MemoryMarshal.GetReference(last);
        ref var w = ref MemoryMarshal.GetReference(lastProduct);
        ref var y = ref MemoryMarshal.GetReference(product);
        var (byLast, byProduct) = (Vector512.Create(-Lanes.Dot(lastProduct, x)), Vector512.Create(-Lanes.Dot(last, x)));
        for (var j = 0; j < product.Length; j += Lanes.Count)
            Lanes.Store(Lanes.Fused(byProduct, Lanes.Load(ref w, j), Lanes.Fused(byLast, Lanes.Load(ref p, j), Lanes.Load(ref y, j))), ref y, j);
    }

    /// <summary>Turns eight eigenvectors of T into those of the matrix: a panel, with one vector in each lane, row by row.</summary>
    /// <remarks>
    /// Applies H(2), H(3), ... H(n-1), four at a time; what a group changes and what the next one measures is one pass over the panel, and eight fused products a row, which is what it
    /// waits for: two panels at once need half of the loads and take as long.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Restore(Span<double> panel, int n)
    {
        var groups = Groups(n);
        if (groups == 0) return;
        ref var reflectors = ref MemoryMarshal.GetReference(_reflectors.Span);
        ref var z = ref MemoryMarshal.GetReference(panel);
        Vector512<double> z0 = default, z1 = default, z2 = default, z3 = default;
        ref var h = ref reflectors;
        for (var i = 0; i < Rows(0, n); i++)
        {
            var zi = Lanes.Load(ref z, i * Lanes.Count);
            z0 = Lanes.Fused(Lanes.All(ref h, 4 * i), zi, z0);
            z1 = Lanes.Fused(Lanes.All(ref h, 4 * i + 1), zi, z1);
            z2 = Lanes.Fused(Lanes.All(ref h, 4 * i + 2), zi, z2);
            z3 = Lanes.Fused(Lanes.All(ref h, 4 * i + 3), zi, z3);
        }

        for (var group = 0; group < groups; group++)
        {
            // What is taken off is -w: reflector by reflector, each sees what those before it took.
            ref var f = ref _factors[group * Together];
            ref var c = ref _crossings[group * Together * Together];
            z0 *= -Lanes.All(ref f, 0);
            z1 = -Lanes.All(ref f, 1) * Lanes.Fused(Lanes.All(ref c, 4), z0, z1);
            z2 = -Lanes.All(ref f, 2) * Lanes.Fused(Lanes.All(ref c, 9), z1, Lanes.Fused(Lanes.All(ref c, 8), z0, z2));
            z3 = -Lanes.All(ref f, 3) * Lanes.Fused(Lanes.All(ref c, 14), z2, Lanes.Fused(Lanes.All(ref c, 13), z1, Lanes.Fused(Lanes.All(ref c, 12), z0, z3)));
            Vector512<double> m0 = default, m1 = default, m2 = default, m3 = default;
            h = ref Unsafe.Add(ref reflectors, group * Together * _padded);
            ref var g = ref group + 1 < groups ? ref Unsafe.Add(ref reflectors, (group + 1) * Together * _padded) : ref h;
            ref var row = ref z;
            var rows = Rows(group, n);
            for (var i = rows; i > 0; i--)
            {
                var zi = Lanes.Fused(Lanes.All(ref h, 1), z1, Lanes.Fused(Lanes.All(ref h, 0), z0, Lanes.Load(ref row, 0)));
                zi = Lanes.Fused(Lanes.All(ref h, 3), z3, Lanes.Fused(Lanes.All(ref h, 2), z2, zi));
                Lanes.Store(zi, ref row, 0);
                m0 = Lanes.Fused(Lanes.All(ref g, 0), zi, m0);
                m1 = Lanes.Fused(Lanes.All(ref g, 1), zi, m1);
                m2 = Lanes.Fused(Lanes.All(ref g, 2), zi, m2);
                m3 = Lanes.Fused(Lanes.All(ref g, 3), zi, m3);
                h = ref Unsafe.Add(ref h, Together);
                g = ref Unsafe.Add(ref g, Together);
                row = ref Unsafe.Add(ref row, Lanes.Count);
            }

            for (var i = Rows(group + 1, n) - rows; i > 0; i--)
            {
                var zi = Lanes.Load(ref row, 0);
                m0 = Lanes.Fused(Lanes.All(ref g, 0), zi, m0);
                m1 = Lanes.Fused(Lanes.All(ref g, 1), zi, m1);
                m2 = Lanes.Fused(Lanes.All(ref g, 2), zi, m2);
                m3 = Lanes.Fused(Lanes.All(ref g, 3), zi, m3);
                g = ref Unsafe.Add(ref g, Together);
                row = ref Unsafe.Add(ref row, Lanes.Count);
            }
            (z0, z1, z2, z3) = (m0, m1, m2, m3);
        }
    }

    /// <summary>How far down the longest reflector of a group reaches.</summary>
    private static int Rows(int group, int n) => Math.Min(n, group * Together + 2 + Together - 1);
}
