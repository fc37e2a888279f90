namespace Dolphin.Domain.Forewarning;

/// <summary>How far two samples' distributions are apart: the largest difference of their cumulative shares, 0 (alike) to 1 (apart). Kolmogorov 1933, Smirnov 1948.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>The distance of two samples, neither empty. Both are sorted in place.</summary>
    public static double Distance(Span<double> a, Span<double> b)
    {
        a.Sort();
        b.Sort();
        var (i, j, largest) = (0, 0, 0.0);
        while (i < a.Length && j < b.Length)
        {
            var x = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= x) i++;
            while (j < b.Length && b[j] <= x) j++;
            largest = Math.Max(largest, Math.Abs((double)i / a.Length - (double)j / b.Length));
        }
        return largest;
    }

    /// <summary>What two samples of one distribution stay under in 19 cases of 20, if their members are independent.</summary>
    public static double Chance(int a, int b) => 1.358 * Math.Sqrt(1.0 / a + 1.0 / b);
}
