using System.Runtime.Intrinsics;

namespace Dolphin.Domain.Divergence;

/// <summary>Returns as numbers that can be summed without asking which of them are known: an unknown one is a zero with a zero beside it.</summary>
/// <remarks>
/// Of two venues with the default window, 240 steps and 5 lags, eleven passes read 4 KB of each, which stays in the first level of the cache. Four pairs
/// at a time, always in the same four lanes: the same sums on every machine. Returns below 0.6 % have sums of products below 2^53, so theirs are exact, in
/// whatever order they are added.
/// </remarks>
public readonly ref struct ReturnSeries
{
    private readonly ReadOnlySpan<double> _values, _known;

    /// <param name="returns">Billionths of log price; <see cref="LeadLag.Absent"/> where unknown.</param>
    /// <param name="room">Twice as long.</param>
    public ReturnSeries(ReadOnlySpan<int> returns, Span<double> room)
    {
        var values = room[..returns.Length];
        var known = room[returns.Length..];
        for (var i = 0; i < returns.Length; i++)
        {
            var isKnown = returns[i] != LeadLag.Absent;
            (values[i], known[i]) = (isKnown ? returns[i] : 0, isKnown ? 1 : 0);
        }
        _values = values;
        _known = known;
    }

    /// <summary>Over all pairs of which both are known.</summary>
    /// <param name="lag">Steps that <paramref name="later"/> is behind.</param>
    public static PairSums Sums(in ReturnSeries earlier, in ReturnSeries later, int lag)
    {
        var pairs = Math.Max(0, earlier._values.Length - lag);
        ReadOnlySpan<double> a = earlier._values[..pairs], hasA = earlier._known[..pairs], b = later._values[^pairs..], hasB = later._known[^pairs..];
        Vector256<double> n = default, x = default, y = default, xx = default, yy = default, xy = default;
        var i = 0;
        for (; i <= pairs - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var (va, ka, vb, kb) = (Vector256.Create(a[i..]), Vector256.Create(hasA[i..]), Vector256.Create(b[i..]), Vector256.Create(hasB[i..]));
            var (ofA, ofB) = (va * kb, vb * ka);
            (n, x, y) = (n + ka * kb, x + ofA, y + ofB);
            (xx, yy, xy) = (xx + ofA * va, yy + ofB * vb, xy + va * vb);
        }

        var sums = new PairSums(Vector256.Sum(n), Vector256.Sum(x), Vector256.Sum(y), Vector256.Sum(xx), Vector256.Sum(yy), Vector256.Sum(xy));
        for (; i < pairs; i++) sums = sums.With(a[i] * hasB[i], b[i] * hasA[i], hasA[i] * hasB[i]);
        return sums;
    }
}

/// <summary>What a correlation is made of.</summary>
public readonly record struct PairSums(double N, double X, double Y, double XX, double YY, double XY)
{
    public PairSums With(double a, double b, double isPair) => new(N + isPair, X + a, Y + b, XX + a * a, YY + b * b, XY + a * b);

    /// <summary>0 where either stands still.</summary>
    public (double Correlation, int Pairs) Correlation
    {
        get
        {
            if (N == 0) return (0, 0);
            var (spreadX, spreadY) = (XX - X * X / N, YY - Y * Y / N);
            return (spreadX > 0 && spreadY > 0 ? Math.Clamp((XY - X * Y / N) / Math.Sqrt(spreadX * spreadY), -1, 1) : 0, (int)N);
        }
    }
}
