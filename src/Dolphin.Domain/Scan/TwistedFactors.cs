using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>Eigenvectors of L D L', which is tridiagonal, by twisted factorisations: eight at a time in lanes.</summary>
/// <remarks>
/// I. S. Dhillon and B. N. Parlett, Orthogonal Eigenvectors and Relative Gaps, SIAM J. Matrix Anal. Appl. 25, 2004. Their stationary and progressive transforms divide in every
/// row. Here the number s of a row is kept as a quotient n / m that is never divided, and scaled by what is between rows, so that m is the vector itself, from the top down to the twist
/// and from the bottom up to it:
/// <code>
/// m(i+1) = -D(i)/e(i) m(i) - 1/e(i) n(i)    n(i+1) = -L(i) n(i) - lambda m(i+1)          e = D L
/// m(i) = -L(i) m(i+1) - 1/e(i) n(i+1)       n(i) = -D(i)/e(i) n(i+1) - lambda m(i)
/// </code>
/// Coefficients that are a rounding off are those of factors that are a rounding off, the same for all vectors: what makes these orthogonal stays. Eight rows share a power of two,
/// or m would leave what a double can hold.
/// </remarks>
internal sealed class TwistedFactors
{
    private const double Epsilon = 2.220446049250313e-16; // 2^-52
    private const int Block = Lanes.Count; // Rows.

    // [i + 1] is of what is between rows i and i + 1. Where nothing is, both recurrences begin anew from m = 0, n = 1: with 1, -lambda at the top and with 1, D - lambda at the bottom.
    private readonly double[] _down, _across, _up;
    private readonly double[] _pivots, _multipliers;
    private readonly Memory<double> _tops, _topRests, _bottoms, _bottomRests;
    private readonly long[] _topPowers, _bottomPowers;

    public TwistedFactors(int capacity)
    {
        var padded = Lanes.Padded(capacity);
        (_down, _across, _up) = (new double[capacity + 1], new double[capacity + 1], new double[capacity + 1]);
        (_pivots, _multipliers) = (new double[capacity], new double[capacity]);
        (_tops, _topRests) = (Lanes.Room(padded * Lanes.Count), Lanes.Room(padded * Lanes.Count));
        (_bottoms, _bottomRests) = (Lanes.Room(padded * Lanes.Count), Lanes.Room(padded * Lanes.Count));
        (_topPowers, _bottomPowers) = (new long[padded + Block], new long[padded + Block]);
        _across[0] = 1;
    }

    /// <summary>T + shift = L D L' with all of D above zero; the shift is no more than rounding where T is semidefinite.</summary>
    /// <param name="d">T's diagonal.</param>
    /// <param name="e">e[i] is between i and i + 1; zero where T falls apart.</param>
    /// <returns>False where T is far from semidefinite.</returns>
    public bool TryFactorise(ReadOnlySpan<double> d, ReadOnlySpan<double> e, out double shift)
    {
        var n = d.Length;
        shift = n * Epsilon;
        for (var attempt = 0; attempt < 8; attempt++, shift *= 100)
        {
            var good = true;
            for (var i = 0; i < n && good; i++)
            {
                _pivots[i] = d[i] + shift - (i > 0 ? e[i - 1] * _multipliers[i - 1] : 0);
                good = _pivots[i] > 0;
                if (i + 1 < n) _multipliers[i] = e[i] / _pivots[i];
            }
            if (!good) continue;
            for (var i = 0; i < n; i++)
            {
                (_down[i + 1], _across[i + 1], _up[i + 1]) = i + 1 == n || e[i] == 0 ? (_pivots[i], 1, 0) : (-_pivots[i] / e[i], -1 / e[i], -_multipliers[i]);
            }
            return true;
        }
        return false;
    }

    /// <summary>Eight vectors of the rows [first, end), which do not fall apart, after one correction of their values by the Rayleigh quotient.</summary>
    /// <param name="lambdas">Of T + shift.</param>
    /// <param name="room">Rows of eight; vectors of lanes [lane, more) are added to what is there, of length 1.</param>
    /// <param name="isAll">Nothing is there: what was is overwritten.</param>
    /// <returns>False where a residual is more than rounding.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryVectors(int first, int end, Span<double> lambdas, Span<double> room, int lane, int more, bool isAll)
    {
        ref var z = ref MemoryMarshal.GetReference(room);
        ref var vector = ref MemoryMarshal.GetReference(_tops.Span);
        var lambda = Lanes.Load(ref MemoryMarshal.GetReference(lambdas), 0);
        Vector512<double> norm = default, residual = default;
        for (var round = 0; round < 2; round++)
        {
            Transform(first, end, lambda);
            var twist = Join(first, end, Twists(first, end), lambda, out norm);
            residual = Vector512.Abs(twist) / Vector512.Sqrt(norm);
            if (round == 0) lambda += twist / norm;
        }

        var scale = Vector512<double>.One / Vector512.Sqrt(norm);
        Span<double> scales = stackalloc double[Lanes.Count];
        scales.Clear();
        for (var i = lane; i < more; i++)
        {
            if (!double.IsFinite(scale[i]) || !(residual[i] < 64 * Epsilon)) return false;
            (scales[i], lambdas[i]) = (scale[i], lambda[i]);
        }
        scale = Lanes.Load(ref MemoryMarshal.GetReference(scales), 0); // Lanes of other blocks: zero.
        for (var i = first * Lanes.Count; i < end * Lanes.Count; i += Lanes.Count)
        {
            var others = isAll ? default : Lanes.Load(ref z, i);
            Lanes.Store(Lanes.Fused(scale, Lanes.Load(ref vector, i), others), ref z, i);
        }
        return true;
    }

    /// <summary>Both recurrences at once: neither waits for the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(int first, int end, Vector512<double> lambda)
    {
        ref var down = ref MemoryMarshal.GetArrayDataReference(_down);
        ref var across = ref MemoryMarshal.GetArrayDataReference(_across);
        ref var up = ref MemoryMarshal.GetArrayDataReference(_up);
        ref var tops = ref MemoryMarshal.GetReference(_tops.Span);
        ref var topRests = ref MemoryMarshal.GetReference(_topRests.Span);
        ref var bottoms = ref MemoryMarshal.GetReference(_bottoms.Span);
        ref var bottomRests = ref MemoryMarshal.GetReference(_bottomRests.Span);
        ref var topPowers = ref MemoryMarshal.GetArrayDataReference(_topPowers);
        ref var bottomPowers = ref MemoryMarshal.GetArrayDataReference(_bottomPowers);
        var minus = -lambda;
        var blocks = (end - first) / Block; // Whole ones; a last one with fewer rows is the bottom's first and the top's last.
        var (top, topRest, bottom, bottomRest) = (Vector512<double>.Zero, Vector512<double>.One, Vector512<double>.Zero, Vector512<double>.One);
        Vector512<long> topPower = default, bottomPower = default;
        bottomPower.StoreUnsafe(ref bottomPowers, (nuint)(blocks * Lanes.Count));
        var (i, j) = (first, end - 1);
        for (; j >= first + blocks * Block; j--)
        {
            Step(Lanes.All(ref up, j + 1), Lanes.All(ref across, j + 1), Lanes.All(ref down, j + 1), minus, ref bottom, ref bottomRest);
            Lanes.Store(bottom, ref bottoms, j * Lanes.Count);
            Lanes.Store(bottomRest, ref bottomRests, j * Lanes.Count);
        }
        for (var block = 0; block < blocks; block++)
        {
            topPower += Lanes.Rescale(ref top, ref topRest);
            bottomPower += Lanes.Rescale(ref bottom, ref bottomRest);
            topPower.StoreUnsafe(ref topPowers, (nuint)(block * Lanes.Count));
            bottomPower.StoreUnsafe(ref bottomPowers, (nuint)((blocks - 1 - block) * Lanes.Count));
            for (var stop = i + Block; i < stop; i++, j--)
            {
                Step(Lanes.All(ref down, i), Lanes.All(ref across, i), Lanes.All(ref up, i), minus, ref top, ref topRest);
                Step(Lanes.All(ref up, j + 1), Lanes.All(ref across, j + 1), Lanes.All(ref down, j + 1), minus, ref bottom, ref bottomRest);
                Lanes.Store(top, ref tops, i * Lanes.Count);
                Lanes.Store(topRest, ref topRests, i * Lanes.Count);
                Lanes.Store(bottom, ref bottoms, j * Lanes.Count);
                Lanes.Store(bottomRest, ref bottomRests, j * Lanes.Count);
            }
        }
        topPower += Lanes.Rescale(ref top, ref topRest);
        topPower.StoreUnsafe(ref topPowers, (nuint)(blocks * Lanes.Count));
        for (; i < end; i++)
        {
            Step(Lanes.All(ref down, i), Lanes.All(ref across, i), Lanes.All(ref up, i), minus, ref top, ref topRest);
            Lanes.Store(top, ref tops, i * Lanes.Count);
            Lanes.Store(topRest, ref topRests, i * Lanes.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Vector512<double> own, Vector512<double> across, Vector512<double> other, Vector512<double> minus, ref Vector512<double> m, ref Vector512<double> n)
    {
        m = Lanes.Fused(across, n, own * m);
        n = Lanes.Fused(minus, m, other * n);
    }

    /// <summary>The row of each vector's largest element: the product of both m, as what they leave over there is the same in all rows but for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector512<double> Twists(int first, int end)
    {
        ref var tops = ref MemoryMarshal.GetReference(_tops.Span);
        ref var bottoms = ref MemoryMarshal.GetReference(_bottoms.Span);
        Vector512<double> largest = default, at = Vector512.Create((double)first), row = at;
        var largestPower = PowerOf(0);
        for (int i = first, block = 0; i < end; block++)
        {
            Vector512<double> larger = default, rowOfLarger = at;
            for (var stop = Math.Min(end, i + Block); i < stop; i++)
            {
                var size = Vector512.Abs(Lanes.Load(ref tops, i * Lanes.Count) * Lanes.Load(ref bottoms, i * Lanes.Count));
                var isLarger = Vector512.GreaterThan(size, larger);
                larger = Vector512.ConditionalSelect(isLarger, size, larger);
                rowOfLarger = Vector512.ConditionalSelect(isLarger, row, rowOfLarger);
                row += Vector512<double>.One;
            }
            var power = PowerOf(block);
            var isLargest = Vector512.GreaterThan(larger * Power(power - largestPower), largest);
            largest = Vector512.ConditionalSelect(isLargest, larger, largest);
            largestPower = Vector512.ConditionalSelect(isLargest.AsInt64(), power, largestPower);
            at = Vector512.ConditionalSelect(isLargest, rowOfLarger, at);
        }
        return at;
    }

    private Vector512<long> PowerOf(int block) =>
        Vector512.Create<long>(_topPowers.AsSpan(block * Lanes.Count, Lanes.Count)) + Vector512.Create<long>(_bottomPowers.AsSpan(block * Lanes.Count, Lanes.Count));

    /// <summary>2^power, but 0 below 2^-256 and 2^1023 above that.</summary>
    /// <remarks>So small beside the largest element is nothing; and what a processor must handle as subnormal would take it a hundred times as long, here and in all that multiplies it.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Power(Vector512<long> power)
    {
        var exponent = Vector512.Min(power, Vector512.Create(1023L)) + Vector512.Create(1023L);
        return (Vector512.ShiftLeft(exponent, 52) & Vector512.GreaterThan(power, Vector512.Create(-257L))).AsDouble();
    }

    /// <summary>Vectors with a one at the twist, in place of the tops.</summary>
    /// <returns>What is left over in the twist's row, gamma: the residual of a vector so long.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector512<double> Join(int first, int end, Vector512<double> twists, Vector512<double> lambda, out Vector512<double> norm)
    {
        Span<double> top = stackalloc double[Lanes.Count], topRest = stackalloc double[Lanes.Count], bottom = stackalloc double[Lanes.Count], bottomRest = stackalloc double[Lanes.Count];
        Span<long> topPower = stackalloc long[Lanes.Count], bottomPower = stackalloc long[Lanes.Count];
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            var row = (int)twists[lane];
            var (at, block) = (row * Lanes.Count + lane, (row - first) / Block * Lanes.Count + lane);
            (top[lane], topRest[lane]) = (_tops.Span[at], _topRests.Span[at]);
            (bottom[lane], bottomRest[lane]) = (_bottoms.Span[at], _bottomRests.Span[at]);
            (topPower[lane], bottomPower[lane]) = (_topPowers[block], _bottomPowers[block]);
        }
        var (byTop, byBottom) = (Vector512<double>.One / Vector512.Create<double>(top), Vector512<double>.One / Vector512.Create<double>(bottom));
        var (lessTop, lessBottom) = (Vector512.Create<long>(topPower), Vector512.Create<long>(bottomPower));
        ref var tops = ref MemoryMarshal.GetReference(_tops.Span);
        ref var bottoms = ref MemoryMarshal.GetReference(_bottoms.Span);
        ref var topPowers = ref MemoryMarshal.GetArrayDataReference(_topPowers);
        ref var bottomPowers = ref MemoryMarshal.GetArrayDataReference(_bottomPowers);
        Vector512<double> sum = default, number = Vector512.Create((double)first);
        for (int i = first, block = 0; i < end; block++)
        {
            var above = byTop * Power(Vector512.LoadUnsafe(ref topPowers, (nuint)(block * Lanes.Count)) - lessTop);
            var below = byBottom * Power(Vector512.LoadUnsafe(ref bottomPowers, (nuint)(block * Lanes.Count)) - lessBottom);
            for (var stop = Math.Min(end, i + Block); i < stop; i++)
            {
                var isAbove = Vector512.LessThan(number, twists);
                var element = Vector512.ConditionalSelect(isAbove, above * Lanes.Load(ref tops, i * Lanes.Count), below * Lanes.Load(ref bottoms, i * Lanes.Count));
                Lanes.Store(element, ref tops, i * Lanes.Count);
                sum = Lanes.Fused(element, element, sum);
                number += Vector512<double>.One;
            }
        }
        norm = sum;
        return Vector512.Create<double>(topRest) * byTop + (Vector512.Create<double>(bottomRest) * byBottom + lambda);
    }
}
