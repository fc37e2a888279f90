using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Scan;

/// <summary>Eigenvalues of a symmetric tridiagonal matrix that does not fall apart, by Sturm counts: none can be missed, and none found twice.</summary>
/// <remarks>
/// W. Barth, R. S. Martin and J. H. Wilkinson, Calculation of the Eigenvalues of a Symmetric Tridiagonal Matrix by the Method of Bisection, Numerische Mathematik 9 (1967).
/// The counts come from the polynomials themselves, scaled every eight rows, not from their quotients: two fused products a row instead of a division.
/// A value is, to the last bit, what <see cref="Halvings"/> halvings of the whole spectrum leave, but few of these need counts of their own: first all values share what
/// any count shows, then secants of the polynomial close in on each (N. Anderson and A. Bjorck, A New High Order Method of the Regula Falsi Type, BIT 13, 1973), and
/// only the last bits are left to halvings.
/// </remarks>
internal sealed class SturmValues
{
    /// <summary>2^-48 of an interval as wide as the spectrum: 1e-12 of a largest value of 300. Vectors correct their values further.</summary>
    public const int Halvings = 48;

    private const double Epsilon = 2.220446049250313e-16; // 2^-52
    private const double Margin = 4 * Epsilon; // Nearer to a value than that rounding may make a count wrong: nothing there is concluded from a count elsewhere.
    private const double Near = 16 * Epsilon; // A last halving's width.
    private const int MostSecants = 24; // Ten are usual. What they leave, halvings do.
    private const int Passes = 4; // Then most values are alone between two counts.
    private const int Group = 4 * Lanes.Count;

    private readonly Sample[] _left, _right;
    private readonly Memory<double> _xs = Lanes.Room(Group), _polynomials = Lanes.Room(Group);
    private readonly long[] _below = new long[Group], _powers = new long[Group];

    public SturmValues(int capacity) => (_left, _right) = (new Sample[capacity], new Sample[capacity]);

    /// <summary>What was found at x: how many values are below it, and the polynomial times 2^-Power; a polynomial of 0 is not known.</summary>
    private readonly record struct Sample(double X, long Below, double Polynomial = 0, long Power = 0);

    /// <summary>The same of eight values' left ends, or right ones, in lanes.</summary>
    private struct Ends
    {
        public Vector512<double> X, Polynomial;
        public Vector512<long> Power;
    }

    /// <param name="d">The diagonal; with its neighbours beside it at most about one.</param>
    /// <param name="squares">squares[i] is that of the element between i and i + 1; none is zero.</param>
    /// <param name="low">Below all values.</param>
    /// <param name="high">Above all values.</param>
    /// <param name="values">As many as the diagonal has; ascending afterwards.</param>
    public void Solve(ReadOnlySpan<double> d, ReadOnlySpan<double> squares, double low, double high, Span<double> values)
    {
        var n = values.Length;
        _left.AsSpan(0, n).Fill(new Sample(low, 0));
        _right.AsSpan(0, n).Fill(new Sample(high, n));
        Part(d, squares, high, n);
        for (var at = 0; at < n; at += Group)
        {
            Close(d, squares, at, n);
            Halve(d, squares, low, high, at, values);
        }
    }

    /// <summary>Narrows the bounds of all values until most are alone between theirs.</summary>
    private void Part(ReadOnlySpan<double> d, ReadOnlySpan<double> squares, double high, int n)
    {
        var xs = _xs.Span;
        xs[0] = 0;
        for (var i = 1; i < Group; i++) xs[i] = high *= 0.7; // A market's value is hundreds of times the others: powers find where all are.
        Count(d, squares, n);
        Share(n);
        for (var pass = 0; pass < Passes; pass++)
        {
            for (var at = 0; at < n; at += Group)
            {
                for (var i = 0; i < Group; i++)
                {
                    var k = Math.Min(at + i, n - 1);
                    ref readonly var left = ref _left[k];
                    ref readonly var right = ref _right[k];
                    xs[i] = left.X + (right.X - left.X) * (k - left.Below + 0.5) / (right.Below - left.Below); // Those that share an interval ask apart.
                }
                Count(d, squares, n);
                Share(n);
            }
        }
    }

    /// <summary>Bounds ascend as the values do: whose bounds a count narrows are neighbours.</summary>
    private void Share(int n)
    {
        for (var i = 0; i < Group; i++)
        {
            var sample = new Sample(_xs.Span[i], _below[i], _polynomials.Span[i], _powers[i]);
            for (var k = (int)sample.Below - 1; k >= 0 && _right[k].X > sample.X; k--) _right[k] = sample;
            for (var k = (int)sample.Below; k < n && _left[k].X < sample.X; k++) _left[k] = sample;
        }
    }

    /// <summary>Brings the bounds of 32 values as near to each other as a last halving would, by secants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Close(ReadOnlySpan<double> d, ReadOnlySpan<double> squares, int at, int n)
    {
        Span<Ends> left = stackalloc Ends[Group / Lanes.Count], right = stackalloc Ends[Group / Lanes.Count];
        Span<Vector512<double>> sides = stackalloc Vector512<double>[Group / Lanes.Count]; // Where the last secants met: 1 above the value, -1 below it.
        sides.Clear();
        for (var row = 0; row < left.Length; row++)
        {
            left[row] = Load(_left.AsSpan(0, n), at + row * Lanes.Count);
            right[row] = Load(_right.AsSpan(0, n), at + row * Lanes.Count);
        }
        for (var round = 0; round < MostSecants; round++)
        {
            var isWide = false;
            for (var row = 0; row < left.Length; row++)
            {
                isWide |= Vector512.GreaterThanAny(right[row].X - left[row].X, Vector512.Create(Near));
                Lanes.Store(Between(left[row], right[row]), ref MemoryMarshal.GetReference(_xs.Span), row * Lanes.Count);
            }
            if (!isWide) break;
            Count(d, squares, n);
            for (var row = 0; row < left.Length; row++) Hear(ref left[row], ref right[row], ref sides[row], Numbers(at, row, n), row);
        }
        for (var i = 0; i < Group && at + i < n; i++)
        {
            var (row, lane) = Math.DivRem(i, Lanes.Count);
            _left[at + i] = new Sample(left[row].X[lane], 0);
            _right[at + i] = new Sample(right[row].X[lane], 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Ends Load(ReadOnlySpan<Sample> samples, int at)
    {
        Span<double> xs = stackalloc double[Lanes.Count], polynomials = stackalloc double[Lanes.Count];
        Span<long> powers = stackalloc long[Lanes.Count];
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            ref readonly var sample = ref samples[Math.Min(at + lane, samples.Length - 1)];
            (xs[lane], polynomials[lane], powers[lane]) = (sample.X, sample.Polynomial, sample.Power);
        }
        return new Ends { X = Vector512.Create<double>(xs), Polynomial = Vector512.Create<double>(polynomials), Power = Vector512.Create<long>(powers) };
    }

    /// <summary>Which values are in a row of lanes: past the last one, the last one again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Numbers(int at, int row, int n) =>
        Vector512.Min(Vector512.Create((long)(at + row * Lanes.Count)) + Vector512<long>.Indices, Vector512.Create(n - 1L));

    /// <summary>Where the secant meets zero, and never at an end; the middle where there is no secant to draw.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Between(in Ends left, in Ends right)
    {
        var width = right.X - left.X;
        var ratio = Ratio(right.Polynomial, right.Power, left.Polynomial, left.Power, out var isKnown);
        var secant = left.X + width / (Vector512<double>.One - ratio);
        // One that has come as near as it can steps over the value, for the other end to come as near.
        secant = Vector512.Min(Vector512.Max(secant, left.X + Vector512.Create(0.5 * Near)), right.X - Vector512.Create(0.5 * Near));
        var isDrawn = isKnown & Vector512.LessThan(ratio, Vector512<double>.Zero) & Vector512.GreaterThan(width, Vector512.Create(Near));
        return Vector512.ConditionalSelect(isDrawn, secant, left.X + 0.5 * width);
    }

    /// <summary>Of two polynomials; not known where they are of very different size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Ratio(Vector512<double> of, Vector512<long> ofPower, Vector512<double> to, Vector512<long> toPower, out Vector512<double> isKnown)
    {
        var power = ofPower - toPower;
        isKnown = Vector512.LessThan(Vector512.Abs(power), Vector512.Create(64L)).AsDouble();
        return of / to * Vector512.ShiftLeft(power + Vector512.Create(1023L), 52).AsDouble();
    }

    /// <summary>A count has brought one end of each interval to where it was taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Hear(ref Ends left, ref Ends right, ref Vector512<double> sides, Vector512<long> numbers, int row)
    {
        var x = Lanes.Load(ref MemoryMarshal.GetReference(_xs.Span), row * Lanes.Count);
        var polynomial = Lanes.Load(ref MemoryMarshal.GetReference(_polynomials.Span), row * Lanes.Count);
        var power = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_powers), (nuint)(row * Lanes.Count));
        var below = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_below), (nuint)(row * Lanes.Count));
        var isAbove = Vector512.GreaterThan(below, numbers).AsDouble();

        // Twice on one side: the other end counts for less from now on, so that the next secant crosses over.
        var side = Vector512.ConditionalSelect(isAbove, Vector512<double>.One, Vector512.Create(-1.0));
        var part = Vector512<double>.One - Ratio(
            polynomial, power, Vector512.ConditionalSelect(isAbove, right.Polynomial, left.Polynomial),
            Vector512.ConditionalSelect(isAbove.AsInt64(), right.Power, left.Power), out var isKnown);
        part = Vector512.ConditionalSelect(Vector512.GreaterThan(part, Vector512<double>.Zero) & isKnown, part, Vector512.Create(0.5));
        part = Vector512.ConditionalSelect(Vector512.Equals(side, sides), part, Vector512<double>.One);
        sides = side;
        left.Polynomial = Vector512.ConditionalSelect(isAbove, left.Polynomial * part, polynomial);
        right.Polynomial = Vector512.ConditionalSelect(isAbove, polynomial, right.Polynomial * part);
        left.Power = Vector512.ConditionalSelect(isAbove.AsInt64(), left.Power, power);
        right.Power = Vector512.ConditionalSelect(isAbove.AsInt64(), power, right.Power);
        left.X = Vector512.ConditionalSelect(isAbove, left.X, x);
        right.X = Vector512.ConditionalSelect(isAbove, x, right.X);
    }

    /// <summary>Halves the whole spectrum around each of 32 values, and counts only where a middle is between the bounds of its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Halve(ReadOnlySpan<double> d, ReadOnlySpan<double> squares, double low, double high, int at, Span<double> values)
    {
        var n = values.Length;
        Span<Vector512<double>> lows = stackalloc Vector512<double>[Group / Lanes.Count], highs = stackalloc Vector512<double>[Group / Lanes.Count];
        Span<Vector512<double>> left = stackalloc Vector512<double>[Group / Lanes.Count], right = stackalloc Vector512<double>[Group / Lanes.Count];
        lows.Fill(Vector512.Create(low));
        highs.Fill(Vector512.Create(high));
        for (var row = 0; row < lows.Length; row++)
        {
            left[row] = Load(_left.AsSpan(0, n), at + row * Lanes.Count).X - Vector512.Create(Margin);
            right[row] = Load(_right.AsSpan(0, n), at + row * Lanes.Count).X + Vector512.Create(Margin);
        }
        ref var xs = ref MemoryMarshal.GetReference(_xs.Span);
        for (var round = 0; round < Halvings; round++)
        {
            var isOpen = false;
            for (var row = 0; row < lows.Length; row++)
            {
                var middle = 0.5 * (lows[row] + highs[row]);
                Lanes.Store(middle, ref xs, row * Lanes.Count);
                isOpen |= !Vector512.EqualsAll((Vector512.LessThanOrEqual(middle, left[row]) | Vector512.GreaterThanOrEqual(middle, right[row])).AsInt64(), Vector512<long>.AllBitsSet);
            }
            if (isOpen) Count(d, squares, n);
            for (var row = 0; row < lows.Length; row++)
            {
                var middle = Lanes.Load(ref xs, row * Lanes.Count);
                var isAbove = isOpen
                    ? Vector512.GreaterThan(Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_below), (nuint)(row * Lanes.Count)), Numbers(at, row, n)).AsDouble()
                    : Vector512.GreaterThanOrEqual(middle, right[row]);
                lows[row] = Vector512.ConditionalSelect(isAbove, lows[row], middle);
                highs[row] = Vector512.ConditionalSelect(isAbove, middle, highs[row]);
            }
        }
        for (var i = 0; i < Group && at + i < n; i++)
        {
            var (row, lane) = Math.DivRem(i, Lanes.Count);
            values[at + i] = 0.5 * (lows[row][lane] + highs[row][lane]);
        }
    }

    /// <summary>How many eigenvalues are below each of 32 numbers; rows of lanes in turn hide the latency of a product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> squares, int n)
    {
        ref var d = ref MemoryMarshal.GetReference(diagonal);
        ref var e = ref MemoryMarshal.GetReference(squares);
        ref var x = ref MemoryMarshal.GetReference(_xs.Span);
        var (x1, x2, x3, x4) = (Lanes.Load(ref x, 0), Lanes.Load(ref x, 8), Lanes.Load(ref x, 16), Lanes.Load(ref x, 24));
        Vector512<long> c1 = default, c2 = default, c3 = default, c4 = default, f1 = default, f2 = default, f3 = default, f4 = default;
        Vector512<double> q1 = Vector512<double>.One, q2 = q1, q3 = q1, q4 = q1; // The polynomial before,
        var di = Lanes.All(ref d, 0);
        var (p1, p2, p3, p4) = (di - x1, di - x2, di - x3, di - x4); // and this one.
        (c1, c2, c3, c4) = (Negative(p1), Negative(p2), Negative(p3), Negative(p4));
        for (var i = 1; i < n;)
        {
            var stop = Math.Min(n, i + Lanes.Count);
            for (; i < stop; i++)
            {
                var (de, ee) = (Lanes.All(ref d, i), -Lanes.All(ref e, i - 1));
                var (r1, r2, r3, r4) = (Lanes.Fused(de - x1, p1, ee * q1), Lanes.Fused(de - x2, p2, ee * q2), Lanes.Fused(de - x3, p3, ee * q3), Lanes.Fused(de - x4, p4, ee * q4));
                (c1, c2, c3, c4) = (c1 + Changed(r1, p1), c2 + Changed(r2, p2), c3 + Changed(r3, p3), c4 + Changed(r4, p4));
                (q1, q2, q3, q4) = (p1, p2, p3, p4);
                (p1, p2, p3, p4) = (r1, r2, r3, r4);
            }
            f1 += Lanes.Rescale(ref p1, ref q1);
            f2 += Lanes.Rescale(ref p2, ref q2);
            f3 += Lanes.Rescale(ref p3, ref q3);
            f4 += Lanes.Rescale(ref p4, ref q4);
        }
        Store(c1, c2, c3, c4, ref MemoryMarshal.GetArrayDataReference(_below));
        Store(f1, f2, f3, f4, ref MemoryMarshal.GetArrayDataReference(_powers));
        Store(p1, p2, p3, p4, ref MemoryMarshal.GetReference(_polynomials.Span));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector512<T> one, Vector512<T> two, Vector512<T> three, Vector512<T> four, ref T to)
    {
        one.StoreUnsafe(ref to);
        two.StoreUnsafe(ref to, Lanes.Count);
        three.StoreUnsafe(ref to, 2 * Lanes.Count);
        four.StoreUnsafe(ref to, 3 * Lanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Negative(Vector512<double> value) => Vector512.ShiftRightLogical(value.AsInt64(), 63);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Changed(Vector512<double> now, Vector512<double> before) => Vector512.ShiftRightLogical(now.AsInt64() ^ before.AsInt64(), 63);
}
