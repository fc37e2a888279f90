namespace Dolphin.Domain.Scan;

/// <summary>Eigenvectors of a symmetric tridiagonal matrix, orthogonal whatever its spectrum: rotation by rotation.</summary>
/// <remarks>
/// H. Bowdler, R. S. Martin, C. Reinsch and J. H. Wilkinson, The QR and QL Algorithms for Symmetric Matrices, Numerische Mathematik 11 (1968). About 6 n^3 operations,
/// ten times what <see cref="TridiagonalSpectrum"/> needs; this is for the matrices that one cannot do.
/// </remarks>
internal static class ImplicitQl
{
    private const double Epsilon = 2.220446049250313e-16;
    private const int MostSweeps = 60; // Two are usual; of 30 nobody has heard.

    /// <param name="d">The diagonal; the eigenvalues afterwards, in no order.</param>
    /// <param name="e">e[i] is between i and i + 1; destroyed.</param>
    /// <param name="vectors">n rows of n: afterwards row k is the vector of value k.</param>
    /// <exception cref="ArithmeticException">A value did not converge: the matrix holds something that is no number.</exception>
    public static void Solve(Span<double> d, Span<double> e, Span<double> vectors, int n)
    {
        vectors[..(n * n)].Clear();
        for (var i = 0; i < n; i++) vectors[i * n + i] = 1;
        for (var l = 0; l < n; l++)
        {
            for (var sweep = 0; ; sweep++)
            {
                var m = l;
                while (m < n - 1 && Math.Abs(e[m]) > Epsilon * (Math.Abs(d[m]) + Math.Abs(d[m + 1]))) m++;
                if (m == l) break;
                if (sweep == MostSweeps) throw new ArithmeticException($"Eigenvalue {l} of {n} did not settle in {MostSweeps} sweeps; expected a matrix of finite numbers.");
                Sweep(d, e, vectors, n, l, m);
            }
        }
    }

    private static void Sweep(Span<double> d, Span<double> e, Span<double> vectors, int n, int l, int m)
    {
        var g = (d[l + 1] - d[l]) / (2 * e[l]);
        var r = Length(g, 1);
        g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
        var (s, c, p) = (1.0, 1.0, 0.0);
        for (var i = m - 1; i >= l; i--)
        {
            var (f, b) = (s * e[i], c * e[i]);
            r = Length(f, g);
            if (i + 1 < m) e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                if (m < n - 1) e[m] = 0;
                return;
            }
            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            Span<double> upper = vectors.Slice((i + 1) * n, n), lower = vectors.Slice(i * n, n);
            for (var k = 0; k < n; k++)
            {
                var (u, v) = (upper[k], lower[k]);
                upper[k] = s * v + c * u;
                lower[k] = c * v - s * u;
            }
        }
        d[l] -= p;
        e[l] = g;
        if (m < n - 1) e[m] = 0;
    }

    private static double Length(double a, double b)
    {
        (a, b) = (Math.Abs(a), Math.Abs(b));
        if (a < b) (a, b) = (b, a);
        return a == 0 ? 0 : a * Math.Sqrt(1 + b / a * (b / a));
    }
}
