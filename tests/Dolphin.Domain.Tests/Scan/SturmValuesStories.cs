using Dolphin.Domain.Scan;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Scan;

public sealed class SturmValuesStories
{
    private const double Epsilon = 2.220446049250313e-16;

    [Fact(DisplayName = "Values are, to the last bit, what halving the whole spectrum with a count at every step leaves")]
    public void Same_bits() => Prop.ForAll(Matrices, matrix =>
    {
        var (d, squares, low, high) = matrix;
        var values = new double[d.Length];
        new SturmValues(d.Length + 3).Solve(d, squares, low, high, values);
        return values.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(Enumerable.Range(0, d.Length).Select(k => BitConverter.DoubleToInt64Bits(Halved(d, squares, low, high, k))));
    }).Check(Draws.Same(300));

    /// <summary>Spread, graded over sixteen powers of ten, with neighbours that differ by less than rounding, with one value far above the others, all but falling apart.</summary>
    private static Arbitrary<(double[] D, double[] Squares, double Low, double High)> Matrices =>
        (from n in Gen.Frequency((4, Gen.Choose(2, 40)), (1, Gen.Choose(41, 130)))
         from kind in Gen.Choose(0, 4)
         from seed in Gen.Choose(0, int.MaxValue)
         select Matrix(n, kind, new Chance((ulong)seed))).ToArbitrary();

    private static (double[] D, double[] Squares, double Low, double High) Matrix(int n, int kind, Chance chance)
    {
        double[] d = new double[n], e = new double[n];
        for (var i = 0; i < n; i++)
        {
            var (one, other) = (chance.NextUnit(), chance.NextUnit() + 1e-3);
            (d[i], e[i]) = kind switch
            {
                0 => (one, other),
                1 => (Math.ScaleB(1 + one, -53 * i / n), Math.ScaleB(other, -53 * (i + 1) / n - 1)),
                2 => (Math.Abs(i - n / 2), 1),
                3 => (i == n - 1 ? 100 : 0.3 + one, 0.1 * other),
                _ => (1 + Math.Floor(4 * one), 1e-14 * other),
            };
        }
        e[^1] = 0;
        double Reach(int i) => (i > 0 ? e[i - 1] : 0) + e[i];
        var by = 1 / Enumerable.Range(0, n).Max(i => Math.Abs(d[i]) + Reach(i));
        (d, e) = ([.. d.Select(x => x * by)], [.. e.Select(x => Math.Max(x * by, x > 0 ? 2 * Epsilon : 0))]);
        return (d, [.. e.Select(x => x * x)], Enumerable.Range(0, n).Min(i => d[i] - Reach(i)) - 4 * Epsilon, Enumerable.Range(0, n).Max(i => d[i] + Reach(i)) + 4 * Epsilon);
    }

    private static double Halved(double[] d, double[] squares, double low, double high, int k)
    {
        for (var halving = 0; halving < SturmValues.Halvings; halving++)
        {
            var middle = 0.5 * (low + high);
            if (Below(d, squares, middle) > k) high = middle;
            else low = middle;
        }
        return 0.5 * (low + high);
    }

    private static int Below(double[] d, double[] squares, double x)
    {
        var (before, now) = (1.0, d[0] - x);
        var below = double.IsNegative(now) ? 1 : 0;
        for (var i = 1; i < d.Length; i++)
        {
            (before, now) = (now, Math.FusedMultiplyAdd(d[i] - x, now, -squares[i - 1] * before));
            if (double.IsNegative(before) != double.IsNegative(now)) below++;
            if (i % 8 != 0 && i != d.Length - 1) continue;
            var power = -Math.ILogB(Math.Max(Math.Abs(before), Math.Abs(now)));
            (before, now) = (Math.ScaleB(before, power), Math.ScaleB(now, power));
        }
        return below;
    }
}
