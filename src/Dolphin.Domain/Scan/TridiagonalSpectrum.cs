using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>Eigenvalues and eigenvectors of a positive semidefinite, symmetric, tridiagonal matrix, eight at a time in lanes.</summary>
/// <remarks>
/// Values by Sturm counts: <see cref="SturmValues"/>.
/// Vectors by twisted factorisations of L D L' (I. S. Dhillon and B. N. Parlett, Orthogonal Eigenvectors and Relative Gaps, SIAM J. Matrix Anal. Appl. 25, 2004): n
/// operations each and no work to make them orthogonal, as long as values differ. Where they hardly differ the vectors may not be orthogonal:
/// <see cref="TryVectors"/> looks, and says so.
/// </remarks>
internal sealed class TridiagonalSpectrum
{
    private const double Epsilon = 2.220446049250313e-16; // 2^-52

    /// <summary>Vectors whose product is larger than this are no longer called orthogonal.</summary>
    public const double MostOverlap = 1e-9;

    private readonly double[] _d, _e, _squares, _pivots, _multipliers, _products;
    private readonly Memory<double> _stationary, _progressive, _gammas;

    public TridiagonalSpectrum(int capacity)
    {
        var padded = Lanes.Padded(capacity);
        (_d, _e, _squares) = (new double[padded], new double[padded], new double[padded]);
        (_pivots, _multipliers, _products) = (new double[padded], new double[padded], new double[padded]);
        (_stationary, _progressive, _gammas) = (Lanes.Room(padded * Lanes.Count), Lanes.Room(padded * Lanes.Count), Lanes.Room(padded * Lanes.Count));
        Values = new double[padded];
        (_block, _sturm) = (new int[padded], new SturmValues(padded));
    }

    private readonly int[] _block;
    private readonly SturmValues _sturm;
    private double _scale;
    private int _n;

    /// <summary>In parts of <see cref="Scale"/>; ascending within each unreduced block, blocks one after the other.</summary>
    public double[] Values { get; }

    /// <summary>What <see cref="Values"/> have to be multiplied by.</summary>
    public double Scale => _scale;

    /// <summary>The place of the first value above a level; 0 where the matrix has fallen apart and values are in no order.</summary>
    public int FirstAbove(double level)
    {
        if (_n == 0 || _block[_n - 1] != 0) return 0;
        var first = 0;
        while (first < _n - 1 && !(Values[first] > level)) first++;
        return first;
    }

    public double Largest
    {
        get
        {
            var largest = 0.0;
            for (var i = 0; i < _n; i++) largest = Math.Max(largest, Values[i]);
            return largest;
        }
    }

    /// <summary>All eigenvalues.</summary>
    public void Solve(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, int n)
    {
        _n = n;
        diagonal[..n].CopyTo(_d);
        offDiagonal[..Math.Max(0, n - 1)].CopyTo(_e);
        var scale = 0.0;
        for (var i = 0; i < n; i++)
            scale = Math.Max(scale, Math.Abs(_d[i]) + (i > 0 ? Math.Abs(_e[i - 1]) : 0) + (i + 1 < n ? Math.Abs(_e[i]) : 0));
        _scale = scale;
        if (scale == 0)
        {
            Array.Clear(Values, 0, n);
            for (var i = 0; i < n; i++) _block[i] = i;
            return;
        }

        // All of it at most one: the polynomials of eight rows then stay far from both ends of what a double can hold.
        var by = 1 / scale;
        for (var i = 0; i < n; i++)
        {
            _d[i] *= by;
            if (i + 1 == n) break;
            _e[i] *= by;
            if (Math.Abs(_e[i]) <= Epsilon) _e[i] = 0; // No more than the reduction has left of it by rounding: the matrix falls into two.
            _squares[i] = _e[i] * _e[i];
        }

        for (int first = 0, end; first < n; first = end)
        {
            for (end = first + 1; end < n && _e[end - 1] != 0; end++) { }
            for (var i = first; i < end; i++) _block[i] = first;
            if (end == first + 1) Values[first] = _d[first];
            else Bisect(first, end);
        }
    }

    private void Bisect(int first, int end)
    {
        double low = double.MaxValue, high = double.MinValue;
        for (var i = first; i < end; i++)
        {
            var reach = (i > first ? Math.Abs(_e[i - 1]) : 0) + (i + 1 < end ? Math.Abs(_e[i]) : 0);
            (low, high) = (Math.Min(low, _d[i] - reach), Math.Max(high, _d[i] + reach));
        }
        _sturm.Solve(_d.AsSpan(first, end - first), _squares.AsSpan(first, end - first), low - 4 * Epsilon, high + 4 * Epsilon, Values.AsSpan(first, end - first));
    }

    /// <summary>Eigenvectors, and values again, to what the factors L and D know: relative to themselves, not to the largest.</summary>
    /// <param name="from">First value wanted, by its place in <see cref="Values"/>; a multiple of eight.</param>
    /// <param name="panels">Room for [panel][row][eight vectors]; rows of other blocks are zero.</param>
    /// <param name="level">Values above it have to have vectors; others may have none.</param>
    /// <returns>False where vectors of neighbouring values are not orthogonal; then somebody else must find them.</returns>
    public bool TryVectors(int from, double level, Span<double> panels)
    {
        var n = _n;
        var panel = n * Lanes.Count;
        if (_scale == 0 || !Factorise(out var shift)) return false;
        var isWhole = n > 1 && _block[n - 1] == 0;
        Span<double> lambdas = stackalloc double[Lanes.Count];
        for (var at = from; at < n; at += Lanes.Count)
        {
            var room = panels.Slice((at - from) / Lanes.Count * panel, panel);
            if (!isWhole) room.Clear();
            for (var lane = 0; lane < Lanes.Count;)
            {
                // Lanes of the same block go together.
                var block = _block[Math.Min(at + lane, n - 1)];
                var more = lane + 1;
                while (more < Lanes.Count && at + more < n && _block[at + more] == block) more++;
                if (at + lane >= n) break;
                var end = block;
                while (end < n && _block[end] == block) end++;
                if (end == block + 1) room[block * Lanes.Count + lane] = 1;
                else
                {
                    for (var l = 0; l < Lanes.Count; l++) lambdas[l] = Values[at + Math.Clamp(l, lane, more - 1)] + shift;
                    var wanted = lane;
                    while (wanted < more && !(Values[at + wanted] > level)) wanted++;
                    if (!Twist(block, end, lambdas, room, wanted, more, isWhole)) return false;
                    for (var l = wanted; l < more; l++) Values[at + l] = lambdas[l] - shift;
                }
                lane = more;
            }
        }
        return AreOrthogonal(from, level, panels);
    }

    /// <summary>T + shift = L D L' with all of D above zero; the shift is no more than rounding where T is semidefinite.</summary>
    private bool Factorise(out double shift)
    {
        shift = _n * Epsilon;
        for (var attempt = 0; attempt < 8; attempt++, shift *= 100)
        {
            var good = true;
            for (var i = 0; i < _n && good; i++)
            {
                var back = i > 0 ? _e[i - 1] * _multipliers[i - 1] : 0;
                _pivots[i] = _d[i] + shift - back;
                good = _pivots[i] > 0;
                if (i + 1 == _n || !good) continue;
                _multipliers[i] = _e[i] / _pivots[i];
                _products[i] = _e[i] * _multipliers[i];
            }
            if (good) return true;
        }
        return false;
    }

    /// <summary>Eight vectors of one block, after one correction of their values by the Rayleigh quotient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Twist(int first, int end, Span<double> lambdas, Span<double> room, int lane, int more, bool isAll)
    {
        ref var d = ref MemoryMarshal.GetArrayDataReference(_pivots);
        ref var l = ref MemoryMarshal.GetArrayDataReference(_multipliers);
        ref var e = ref MemoryMarshal.GetArrayDataReference(_e);
        ref var dll = ref MemoryMarshal.GetArrayDataReference(_products);
        ref var plus = ref MemoryMarshal.GetReference(_stationary.Span);
        ref var minus = ref MemoryMarshal.GetReference(_progressive.Span);
        ref var gamma = ref MemoryMarshal.GetReference(_gammas.Span);
        ref var z = ref MemoryMarshal.GetReference(room);
        var tiny = Vector512.Create(1e-300);
        var lambda = Lanes.Load(ref MemoryMarshal.GetReference(lambdas), 0);
        Vector512<double> norm = default, residual = default;
        for (var round = 0; round < 2; round++)
        {
            // From the top and from the bottom at once: neither waits for the other's division.
            var s = -lambda;
            var p = Lanes.All(ref d, end - 1) - lambda;
            Vector512<double> least = Vector512.Create(double.MaxValue), value = default, at = default;
            var (leastAbove, valueAbove, atAbove) = (least, value, at);
            for (int i = first, j = end - 2; i < end - 1; i++, j--)
            {
                var top = Lanes.All(ref d, i) + s;
                var bottom = Lanes.All(ref dll, j) + p;
                top = Vector512.ConditionalSelect(Vector512.Equals(top, Vector512<double>.Zero), tiny, top);
                bottom = Vector512.ConditionalSelect(Vector512.Equals(bottom, Vector512<double>.Zero), tiny, bottom);
                var up = Lanes.All(ref e, i) / top;
                var down = Lanes.All(ref d, j) / bottom;
                Lanes.Store(up, ref plus, i * Lanes.Count);
                Lanes.Store(down * Lanes.All(ref l, j), ref minus, j * Lanes.Count);
                // gamma(i) = s(i) + p(i+1) D(i) / D-(i+1): each half adds its part, whoever comes second knows the sum, and keeps the least of its half.
                var kept = p * down;
                if (i < j)
                {
                    Lanes.Store(s, ref gamma, i * Lanes.Count);
                    Lanes.Store(kept, ref gamma, j * Lanes.Count);
                }
                else
                {
                    var lower = i == j ? s + kept : Lanes.Load(ref gamma, i * Lanes.Count) + s;
                    var smaller = Vector512.LessThan(Vector512.Abs(lower), least);
                    least = Vector512.ConditionalSelect(smaller, Vector512.Abs(lower), least);
                    value = Vector512.ConditionalSelect(smaller, lower, value);
                    at = Vector512.ConditionalSelect(smaller, Vector512.Create((double)i), at);
                    if (i > j)
                    {
                        var upper = Lanes.Load(ref gamma, j * Lanes.Count) + kept;
                        var notLarger = Vector512.LessThanOrEqual(Vector512.Abs(upper), leastAbove);
                        leastAbove = Vector512.ConditionalSelect(notLarger, Vector512.Abs(upper), leastAbove);
                        valueAbove = Vector512.ConditionalSelect(notLarger, upper, valueAbove);
                        atAbove = Vector512.ConditionalSelect(notLarger, Vector512.Create((double)j), atAbove);
                    }
                }
                s = Lanes.Fused(up * Lanes.All(ref l, i), s, -lambda);
                p = kept - lambda;
            }
            s += Lanes.All(ref d, end - 1);
            var isLast = Vector512.LessThan(Vector512.Abs(s), least);
            least = Vector512.ConditionalSelect(isLast, Vector512.Abs(s), least);
            value = Vector512.ConditionalSelect(isLast, s, value);
            at = Vector512.ConditionalSelect(isLast, Vector512.Create(end - 1.0), at);
            var isAbove = Vector512.LessThanOrEqual(leastAbove, least); // Of two as small, the first row's.
            value = Vector512.ConditionalSelect(isAbove, valueAbove, value);
            at = Vector512.ConditionalSelect(isAbove, atAbove, at);

            // One at the twist, from there up and down; what is on the other side of it stays zero.
            Vector512<double> last = default, row = Vector512.Create(end - 1.0);
            for (var i = end - 1; i >= first; i--)
            {
                var one = Vector512.ConditionalSelect(Vector512.Equals(at, row), Vector512<double>.One, default);
                last = i == end - 1 ? one : Lanes.Fused(-Lanes.Load(ref plus, i * Lanes.Count), last, one);
                Lanes.Store(last, ref gamma, i * Lanes.Count);
                row -= Vector512<double>.One;
            }
            norm = last * last;
            for (var i = first + 1; i < end; i++)
            {
                row = Vector512.Create((double)i);
                var follow = Vector512.ConditionalSelect(Vector512.LessThan(at, row), -Lanes.Load(ref minus, (i - 1) * Lanes.Count), default);
                last = Lanes.Fused(follow, last, Lanes.Load(ref gamma, i * Lanes.Count));
                Lanes.Store(last, ref gamma, i * Lanes.Count);
                norm = Lanes.Fused(last, last, norm);
            }
            residual = Vector512.Abs(value) / Vector512.Sqrt(norm);
            if (round == 0) lambda += value / norm;
        }

        var scale = Vector512<double>.One / Vector512.Sqrt(norm);
        Span<double> scales = stackalloc double[Lanes.Count];
        for (var i = 0; i < Lanes.Count; i++)
        {
            if (i < lane || i >= more) continue;
            if (!double.IsFinite(scale[i]) || !(residual[i] < 64 * Epsilon)) return false;
            (scales[i], lambdas[i]) = (scale[i], lambda[i]);
        }
        scale = Lanes.Load(ref MemoryMarshal.GetReference(scales), 0); // Lanes of other blocks: zero.
        for (var i = first; i < end; i++)
        {
            var others = isAll ? default : Lanes.Load(ref z, i * Lanes.Count);
            Lanes.Store(Lanes.Fused(scale, Lanes.Load(ref gamma, i * Lanes.Count), others), ref z, i * Lanes.Count);
        }
        return true;
    }

    /// <summary>Vectors with small residuals are orthogonal where their values are apart; where they are not, each is compared with the one before it.</summary>
    private bool AreOrthogonal(int from, double level, ReadOnlySpan<double> panels)
    {
        var panel = _n * Lanes.Count;
        for (var a = from + 1; a < _n; a++)
        {
            for (var b = a - 1; b >= from && b > a - Lanes.Count && _block[b] == _block[a] && Values[b] > level && Values[a] - Values[b] < 1e-4 * Math.Abs(Values[a]) + 16 * Epsilon; b--)
            {
                var dot = 0.0;
                ReadOnlySpan<double> x = panels[PlaceOf(a - from, panel)..], y = panels[PlaceOf(b - from, panel)..];
                for (var i = 0; i < panel; i += Lanes.Count) dot += x[i] * y[i];
                if (!(Math.Abs(dot) <= MostOverlap)) return false;
            }
        }
        return true;
    }

    private static int PlaceOf(int vector, int panel) => vector / Lanes.Count * panel + vector % Lanes.Count;

    /// <summary>Values and vectors of all blocks, however close; allocates.</summary>
    public void SolveSlowly(Span<double> panels)
    {
        var (n, e, vectors) = (_n, _e.AsSpan(0, _n).ToArray(), new double[_n * _n]);
        _d.AsSpan(0, n).CopyTo(Values);
        ImplicitQl.Solve(Values, e, vectors, n);
        for (var i = 0; i < n; i++)
        {
            _block[i] = i == 0 ? 0 : -1; // In no order any more.
            var panel = panels.Slice(i / Lanes.Count * n * Lanes.Count, n * Lanes.Count);
            for (var row = 0; row < n; row++) panel[row * Lanes.Count + i % Lanes.Count] = vectors[i * n + row];
        }
    }
}
