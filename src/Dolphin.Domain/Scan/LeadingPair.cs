using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>The largest eigenvalue of one window's correlation matrix and its vector, followed from scan to scan.</summary>
/// <remarks>
/// Power iteration from the last scan's vector, on the returns themselves: Z'(Z v) / w, with Z the standardised returns, which are never formed: raw returns times v over
/// the deviations, less the means. That is 4 N w operations a step, and the market's eigenvalue is so far above the others that a few steps
/// do. The residual |A v - theta v| bounds how far theta is from an eigenvalue, and <see cref="IsLeading"/> that it is the largest.
/// </remarks>
internal sealed class LeadingPair
{
    /// <summary>Of theta: loadings are then right to about this over the gap, theta to its square.</summary>
    public const double Tolerance = 1e-11;

    /// <summary>Then the gap is so small that the whole spectrum is the faster way.</summary>
    public const int MostSteps = 100;

    private readonly Memory<double> _vector, _image, _weights, _scores;

    public LeadingPair(int window, int assets)
    {
        Window = window;
        var padded = Lanes.Padded(assets) + Lanes.Count; // Rows of four assets may begin at the last one.
        (_vector, _image, _weights) = (Lanes.Room(padded), Lanes.Room(padded), Lanes.Room(padded));
        _scores = Lanes.Room(Lanes.Padded(window));
    }

    public int Window { get; }

    /// <summary>Largest eigenvalue; the sum of all is the number of members.</summary>
    public double Value { get; private set; }

    /// <summary>|A v - value v|, v of length 1.</summary>
    public double Residual { get; private set; }

    /// <summary>Steps of the last scan.</summary>
    public int Steps { get; private set; }

    /// <summary>Of length 1, by place of asset; 0 for who takes no part. More of it is positive than negative.</summary>
    public ReadOnlySpan<double> Loadings => _vector.Span;

    /// <returns>False when it did not converge in <see cref="MostSteps"/>.</returns>
    public bool Follow(ReturnHistory history, WindowSums sums)
    {
        Start(sums);
        for (Steps = 1; Steps <= MostSteps; Steps++)
        {
            Multiply(history, sums);
            Span<double> v = _vector.Span, y = _image.Span;
            Value = Lanes.Dot(v, y);
            double square = 0, miss = 0;
            for (var i = 0; i < v.Length; i++)
            {
                var off = y[i] - Value * v[i];
                miss += off * off;
                square += y[i] * y[i];
            }
            Residual = Math.Sqrt(miss);
            var by = 1 / Math.Sqrt(square);
            for (var i = 0; i < v.Length; i++) v[i] = y[i] * by;
            if (Residual <= Tolerance * Value) break;
        }
        Turn();
        return Steps <= MostSteps;
    }

    /// <summary>Goes on from what an earlier life had: the same vector, so the same steps.</summary>
    public void Restore(double value, double residual, ReadOnlySpan<double> loadings)
    {
        loadings.CopyTo(_vector.Span);
        (Value, Residual) = (value, residual);
    }

    /// <summary>Takes what the whole spectrum says.</summary>
    public void Become(double value, ReadOnlySpan<double> loadings)
    {
        loadings.CopyTo(_vector.Span);
        (Value, Residual) = (value, 0);
        Turn();
    }

    /// <summary>Whether no eigenvalue can be larger.</summary>
    /// <param name="sumOfPowers">Of all eigenvalues' first (or second) powers.</param>
    /// <param name="power">1 or 2. They are not negative, so one value can at most be what the others leave of the sum.</param>
    public bool IsLeading(double sumOfPowers, int power)
    {
        var least = Value - Residual;
        var own = power == 1 ? least : least * least;
        return least > 0 && own > sumOfPowers - own;
    }

    private void Start(WindowSums sums)
    {
        Span<double> v = _vector.Span, inverses = sums.Inverses.Span;
        var square = 0.0;
        for (var i = 0; i < inverses.Length; i++)
        {
            if (inverses[i] == 0) v[i] = 0;
            square += v[i] * v[i];
        }
        // Who is new begins as the average does; so do all where nothing was known.
        var usual = square > 0.01 ? Math.Sqrt(square / sums.MemberCount) : 1;
        if (square <= 0.01) v.Clear();
        square = 0;
        for (var k = 0; k < sums.MemberCount; k++)
        {
            ref var one = ref v[sums.Members[k]];
            if (one == 0) one = usual;
            square += one * one;
        }
        var by = 1 / Math.Sqrt(square);
        for (var i = 0; i < v.Length; i++) v[i] *= by;
    }

    private void Turn()
    {
        var v = _vector.Span;
        var sum = 0.0;
        foreach (var one in v) sum += one;
        if (sum >= 0) return;
        for (var i = 0; i < v.Length; i++) v[i] = -v[i] + 0.0;
    }

    /// <summary>image = Z'(Z vector) / w</summary>
    private void Multiply(ReturnHistory history, WindowSums sums)
    {
        Span<double> v = _vector.Span, x = _weights.Span, u = _scores.Span, y = _image.Span, means = sums.Means.Span, inverses = sums.Inverses.Span;
        var shift = 0.0;
        for (var i = 0; i < inverses.Length; i++)
        {
            x[i] = v[i] * inverses[i];
            shift += x[i] * means[i];
        }
        Scores(ref history.First(Window), history.Stride, history.Assets, x, u);
        for (var t = 0; t < Window; t++) u[t] -= shift;
        u[Window..].Clear(); // What was read past the window's end.
        Images(ref history.First(Window), history.Stride, history.Assets, u, y);
        var by = 1.0 / Window;
        for (var i = 0; i < inverses.Length; i++) y[i] *= inverses[i] * by;
    }

    /// <summary>u(t) = sum of x(i) r(i, t), four assets at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scores(ref int first, int stride, int assets, Span<double> weights, Span<double> scores)
    {
        scores.Clear();
        ref var x = ref MemoryMarshal.GetReference(weights);
        ref var u = ref MemoryMarshal.GetReference(scores);
        for (var i = 0; i < assets; i += 4)
        {
            ref var r0 = ref Unsafe.Add(ref first, i * stride);
            ref var r1 = ref Unsafe.Add(ref first, Math.Min(i + 1, assets - 1) * stride); // Past the last asset the weight is zero.
            ref var r2 = ref Unsafe.Add(ref first, Math.Min(i + 2, assets - 1) * stride);
            ref var r3 = ref Unsafe.Add(ref first, Math.Min(i + 3, assets - 1) * stride);
            var (x0, x1, x2, x3) = (Lanes.All(ref x, i), Lanes.All(ref x, i + 1), Lanes.All(ref x, i + 2), Lanes.All(ref x, i + 3));
            for (var t = 0; t < scores.Length; t += Lanes.Count)
            {
                var one = Lanes.Fused(x1, Lanes.Whole(ref r1, t), Lanes.Fused(x0, Lanes.Whole(ref r0, t), Lanes.Load(ref u, t)));
                var two = Lanes.Fused(x3, Lanes.Whole(ref r3, t), x2 * Lanes.Whole(ref r2, t));
                Lanes.Store(one + two, ref u, t);
            }
        }
    }

    /// <summary>y(i) = sum of u(t) r(i, t), four assets at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Images(ref int first, int stride, int assets, Span<double> scores, Span<double> images)
    {
        ref var u = ref MemoryMarshal.GetReference(scores);
        for (var i = 0; i < assets; i += 4)
        {
            ref var r0 = ref Unsafe.Add(ref first, i * stride);
            ref var r1 = ref Unsafe.Add(ref first, Math.Min(i + 1, assets - 1) * stride);
            ref var r2 = ref Unsafe.Add(ref first, Math.Min(i + 2, assets - 1) * stride);
            ref var r3 = ref Unsafe.Add(ref first, Math.Min(i + 3, assets - 1) * stride);
            Vector512<double> y0 = default, y1 = default, y2 = default, y3 = default;
            for (var t = 0; t < scores.Length; t += Lanes.Count)
            {
                var ut = Lanes.Load(ref u, t);
                y0 = Lanes.Fused(ut, Lanes.Whole(ref r0, t), y0);
                y1 = Lanes.Fused(ut, Lanes.Whole(ref r1, t), y1);
                y2 = Lanes.Fused(ut, Lanes.Whole(ref r2, t), y2);
                y3 = Lanes.Fused(ut, Lanes.Whole(ref r3, t), y3);
            }
            (images[i], images[i + 1], images[i + 2], images[i + 3]) = (Lanes.Sum(y0), Lanes.Sum(y1), Lanes.Sum(y2), Lanes.Sum(y3));
        }
    }
}
