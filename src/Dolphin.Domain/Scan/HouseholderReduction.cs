using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>A symmetric matrix as Q T Q', T tridiagonal and Q a product of reflections.</summary>
/// <remarks>
/// G. H. Golub and C. F. Van Loan, Matrix Computations, 4th ed., 8.3.1, from the last row upwards, so that what is left always begins at row and column 0. 4/3 n^3
/// operations. The rank-2 update of one step and the product of the next are one pass over what is left: a third of the memory traffic of two, and memory
/// is what the textbook's form waits for. Of each symmetric pair the lower element is kept; only blocks of eight on the diagonal are whole.
/// </remarks>
internal sealed class HouseholderReduction
{
    /// <summary>Reflections that are applied together.</summary>
    public const int Together = 4;

    private readonly Memory<double> _reflectors, _last, _lastProduct, _vector, _product;
    private readonly double[] _factors, _crossings;

    /// <param name="capacity">The largest n.</param>
    public HouseholderReduction(int capacity)
    {
        var padded = Lanes.Padded(capacity);
        _reflectors = Lanes.Room(Groups(capacity) * Together * padded);
        (_last, _lastProduct, _vector, _product) = (Lanes.Room(padded), Lanes.Room(padded), Lanes.Room(padded), Lanes.Room(padded));
        _factors = new double[Groups(capacity) * Together];
        _crossings = new double[Groups(capacity) * Together * Together];
        (Diagonal, OffDiagonal) = (new double[padded], new double[padded]);
    }

    /// <summary>Of T, after <see cref="Reduce"/>.</summary>
    public double[] Diagonal { get; }

    /// <summary>OffDiagonal[i] stands between i and i + 1.</summary>
    public double[] OffDiagonal { get; }

    private static int Groups(int n) => Math.Max(0, n - 2 + Together - 1) / Together;

    /// <param name="matrix">Lower triangle by rows, with whole blocks of eight on the diagonal and rows up to a multiple of eight; destroyed.</param>
    /// <param name="stride">From one row to the next; a multiple of eight.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reduce(Span<double> matrix, int stride, int n)
    {
        var padded = Lanes.Padded(n);
        Span<double> last = _last.Span[..padded], lastProduct = _lastProduct.Span[..padded], vector = _vector.Span[..padded], product = _product.Span[..padded];
        last.Clear();
        lastProduct.Clear();
        _factors.AsSpan().Clear();
        _reflectors.Span[..(Groups(n) * Together * padded)].Clear();
        for (var k = n - 1; k >= 0; k--)
        {
            // Row k, with what the last step still owes it.
            var row = matrix.Slice(k * stride, k + 1);
            var (ofVector, ofProduct) = (last[k], lastProduct[k]);
            for (var j = 0; j <= k; j++) row[j] -= ofVector * lastProduct[j] + ofProduct * last[j];
            Diagonal[k] = row[k];
            if (k == 0) break;
            if (k == 1)
            {
                OffDiagonal[0] = row[0];
                (last[1], lastProduct[1]) = (0, 0);
                continue;
            }

            vector[..Lanes.Padded(k)].Clear();
            row[..k].CopyTo(vector);
            var factor = Reflect(vector[..Lanes.Padded(k)], k, out OffDiagonal[k - 1]);
            Keep(vector, k, factor, padded);
            var active = Lanes.Padded(k);
            UpdateAndMultiply(matrix, stride, k, last, lastProduct, vector, product);
            product[k..active].Clear();
            var half = -0.5 * factor * factor * Lanes.Dot(product[..active], vector[..active]);
            for (var j = 0; j < active; j++) lastProduct[j] = factor * product[j] + half * vector[j];
            vector[..active].CopyTo(last);
            last[active..].Clear();
            lastProduct[active..].Clear();
        }
        Cross(n, padded);
    }

    /// <summary>Turns x into v with v[k-1] = 1, so that (I - factor v v') x is (0, ..., 0, beta).</summary>
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
        var scale = 1 / (alpha - beta);
        for (var j = 0; j < k - 1; j++) x[j] *= scale;
        x[k - 1] = 1;
        return (beta - alpha) / beta;
    }

    /// <summary>Group by group of four, their elements of one row beside each other.</summary>
    private void Keep(ReadOnlySpan<double> vector, int k, double factor, int padded)
    {
        var (group, at) = Math.DivRem(k - 2, Together);
        _factors[k - 2] = factor;
        var kept = _reflectors.Span.Slice(group * Together * padded, Together * padded);
        for (var j = 0; j < k; j++) kept[j * Together + at] = vector[j];
    }

    /// <summary>a -= v w' + w v' of the last step, and y = a v of this one, over the first k rows and columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UpdateAndMultiply(Span<double> matrix, int stride, int k, Span<double> last, Span<double> lastProduct, Span<double> vector, Span<double> product)
    {
        product[..Lanes.Padded(k)].Clear();
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
            var (p0, p1, p2, p3) = (-Lanes.All(ref p, i), -Lanes.All(ref p, i + 1), -Lanes.All(ref p, i + 2), -Lanes.All(ref p, i + 3));
            var (w0, w1, w2, w3) = (-Lanes.All(ref w, i), -Lanes.All(ref w, i + 1), -Lanes.All(ref w, i + 2), -Lanes.All(ref w, i + 3));
            var (v0, v1, v2, v3) = (Lanes.All(ref v, i), Lanes.All(ref v, i + 1), Lanes.All(ref v, i + 2), Lanes.All(ref v, i + 3));
            Vector512<double> y0 = default, y1 = default, y2 = default, y3 = default;
            var diagonal = i & -Lanes.Count;
            for (var j = 0; j < diagonal; j += Lanes.Count)
            {
                var (pj, wj, vj) = (Lanes.Load(ref p, j), Lanes.Load(ref w, j), Lanes.Load(ref v, j));
                var r0 = Lanes.Fused(p0, wj, Lanes.Fused(w0, pj, Lanes.Load(ref a0, j)));
                var r1 = Lanes.Fused(p1, wj, Lanes.Fused(w1, pj, Lanes.Load(ref a1, j)));
                var r2 = Lanes.Fused(p2, wj, Lanes.Fused(w2, pj, Lanes.Load(ref a2, j)));
                var r3 = Lanes.Fused(p3, wj, Lanes.Fused(w3, pj, Lanes.Load(ref a3, j)));
                Lanes.Store(r0, ref a0, j);
                Lanes.Store(r1, ref a1, j);
                Lanes.Store(r2, ref a2, j);
                Lanes.Store(r3, ref a3, j);
                (y0, y1, y2, y3) = (Lanes.Fused(r0, vj, y0), Lanes.Fused(r1, vj, y1), Lanes.Fused(r2, vj, y2), Lanes.Fused(r3, vj, y3));
                var (one, two) = (Lanes.Fused(r0, v0, Lanes.Load(ref y, j)), r2 * v2);
                Lanes.Store(Lanes.Fused(r1, v1, one) + Lanes.Fused(r3, v3, two), ref y, j);
            }

            var (pd, wd, vd) = (Lanes.Load(ref p, diagonal), Lanes.Load(ref w, diagonal), Lanes.Load(ref v, diagonal));
            var d0 = Lanes.Fused(p0, wd, Lanes.Fused(w0, pd, Lanes.Load(ref a0, diagonal)));
            var d1 = Lanes.Fused(p1, wd, Lanes.Fused(w1, pd, Lanes.Load(ref a1, diagonal)));
            var d2 = Lanes.Fused(p2, wd, Lanes.Fused(w2, pd, Lanes.Load(ref a2, diagonal)));
            var d3 = Lanes.Fused(p3, wd, Lanes.Fused(w3, pd, Lanes.Load(ref a3, diagonal)));
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

    /// <summary>How the four reflectors of a group lie to each other: with that they can be applied at once.</summary>
    private void Cross(int n, int padded)
    {
        for (var group = 0; group < Groups(n); group++)
        {
            var kept = _reflectors.Span.Slice(group * Together * padded, Together * padded);
            var crossings = _crossings.AsSpan(group * Together * Together, Together * Together);
            crossings.Clear();
            var rows = Math.Min(n, group * Together + 2 + Together - 1);
            for (var j = 0; j < rows; j++)
            {
                var four = kept.Slice(j * Together, Together);
                for (var a = 1; a < Together; a++)
                    for (var b = 0; b < a; b++)
                        crossings[a * Together + b] += four[a] * four[b];
            }
        }
    }

    /// <summary>Turns eigenvectors of T into those of the matrix, sixteen of them: two panels, each with eight vectors in its lanes, row by row.</summary>
    /// <remarks>Applies H(2), H(3), ... H(n-1), four at a time; what a group changes and what the next one measures is one pass over the panels.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Restore(Span<double> left, Span<double> right, int n)
    {
        var groups = Groups(n);
        if (groups == 0) return;
        var padded = Lanes.Padded(n);
        ref var reflectors = ref MemoryMarshal.GetReference(_reflectors.Span);
        ref var z = ref MemoryMarshal.GetReference(left);
        ref var x = ref MemoryMarshal.GetReference(right);
        Vector512<double> z0 = default, z1 = default, z2 = default, z3 = default, x0 = default, x1 = default, x2 = default, x3 = default;
        ref var h = ref reflectors;
        for (var i = 0; i < Rows(0, n); i++)
        {
            var (zi, xi) = (Lanes.Load(ref z, i * Lanes.Count), Lanes.Load(ref x, i * Lanes.Count));
            var (h0, h1, h2, h3) = (Lanes.All(ref h, 4 * i), Lanes.All(ref h, 4 * i + 1), Lanes.All(ref h, 4 * i + 2), Lanes.All(ref h, 4 * i + 3));
            (z0, z1, z2, z3) = (Lanes.Fused(h0, zi, z0), Lanes.Fused(h1, zi, z1), Lanes.Fused(h2, zi, z2), Lanes.Fused(h3, zi, z3));
            (x0, x1, x2, x3) = (Lanes.Fused(h0, xi, x0), Lanes.Fused(h1, xi, x1), Lanes.Fused(h2, xi, x2), Lanes.Fused(h3, xi, x3));
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
            x0 *= -Lanes.All(ref f, 0);
            x1 = -Lanes.All(ref f, 1) * Lanes.Fused(Lanes.All(ref c, 4), x0, x1);
            x2 = -Lanes.All(ref f, 2) * Lanes.Fused(Lanes.All(ref c, 9), x1, Lanes.Fused(Lanes.All(ref c, 8), x0, x2));
            x3 = -Lanes.All(ref f, 3) * Lanes.Fused(Lanes.All(ref c, 14), x2, Lanes.Fused(Lanes.All(ref c, 13), x1, Lanes.Fused(Lanes.All(ref c, 12), x0, x3)));
            Vector512<double> m0 = default, m1 = default, m2 = default, m3 = default, n0 = default, n1 = default, n2 = default, n3 = default;
            h = ref Unsafe.Add(ref reflectors, group * Together * padded);
            ref var g = ref group + 1 < groups ? ref Unsafe.Add(ref reflectors, (group + 1) * Together * padded) : ref h;
            var rows = Rows(group, n);
            for (var i = 0; i < rows; i++)
            {
                var (h0, h1, h2, h3) = (Lanes.All(ref h, 4 * i), Lanes.All(ref h, 4 * i + 1), Lanes.All(ref h, 4 * i + 2), Lanes.All(ref h, 4 * i + 3));
                var zi = Lanes.Fused(h0, z0, Lanes.Load(ref z, i * Lanes.Count)) + Lanes.Fused(h3, z3, Lanes.Fused(h2, z2, h1 * z1));
                var xi = Lanes.Fused(h0, x0, Lanes.Load(ref x, i * Lanes.Count)) + Lanes.Fused(h3, x3, Lanes.Fused(h2, x2, h1 * x1));
                Lanes.Store(zi, ref z, i * Lanes.Count);
                Lanes.Store(xi, ref x, i * Lanes.Count);
                (h0, h1, h2, h3) = (Lanes.All(ref g, 4 * i), Lanes.All(ref g, 4 * i + 1), Lanes.All(ref g, 4 * i + 2), Lanes.All(ref g, 4 * i + 3));
                (m0, m1, m2, m3) = (Lanes.Fused(h0, zi, m0), Lanes.Fused(h1, zi, m1), Lanes.Fused(h2, zi, m2), Lanes.Fused(h3, zi, m3));
                (n0, n1, n2, n3) = (Lanes.Fused(h0, xi, n0), Lanes.Fused(h1, xi, n1), Lanes.Fused(h2, xi, n2), Lanes.Fused(h3, xi, n3));
            }

            for (var i = rows; i < Rows(group + 1, n); i++)
            {
                var (zi, xi) = (Lanes.Load(ref z, i * Lanes.Count), Lanes.Load(ref x, i * Lanes.Count));
                var (h0, h1, h2, h3) = (Lanes.All(ref g, 4 * i), Lanes.All(ref g, 4 * i + 1), Lanes.All(ref g, 4 * i + 2), Lanes.All(ref g, 4 * i + 3));
                (m0, m1, m2, m3) = (Lanes.Fused(h0, zi, m0), Lanes.Fused(h1, zi, m1), Lanes.Fused(h2, zi, m2), Lanes.Fused(h3, zi, m3));
                (n0, n1, n2, n3) = (Lanes.Fused(h0, xi, n0), Lanes.Fused(h1, xi, n1), Lanes.Fused(h2, xi, n2), Lanes.Fused(h3, xi, n3));
            }
            (z0, z1, z2, z3, x0, x1, x2, x3) = (m0, m1, m2, m3, n0, n1, n2, n3);
        }
    }

    /// <summary>How far down the longest reflector of a group reaches.</summary>
    private static int Rows(int group, int n) => Math.Min(n, group * Together + 2 + Together - 1);
}
