namespace Dolphin.Domain;

/// <summary>Elementary functions out of additions, multiplications and divisions only, so that every machine gives the same bits.</summary>
/// <remarks>
/// <see cref="Math.Log(double)"/> and <see cref="Math.Exp(double)"/> come from the platform's C library and differ in the last bit
/// from one to the next, which is enough for two replays of one seed to part. Relative error here is below 1e-15.
/// The polynomials are grouped by powers of two rather than nested, which lets a processor work on the groups at once.
/// </remarks>
public static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01; // ln 2 in two parts: the first has zeros at its end,
    private const double Ln2Low = 1.90821492927058770002e-10;  // so that its product with an exponent is exact.

    /// <summary>Natural logarithm of a finite number above zero; NaN for everything else.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsInfinity(x))
            return double.NaN;
        var shift = 0;
        if (!double.IsNormal(x))
        {
            x *= 1UL << 54;
            shift = -54;
        }
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023 + shift;
        var m = BitConverter.Int64BitsToDouble((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }
        // ln m = 2 artanh s; |s| is at most 0.172, so the terms shrink by 33 each.
        var s = (m - 1) / (m + 1);
        var q = s * s;
        var (q2, q4) = (q * q, q * q * (q * q));
        var low = (1.0 / 3 + 1.0 / 5 * q) + (1.0 / 7 + 1.0 / 9 * q) * q2;
        var middle = (1.0 / 11 + 1.0 / 13 * q) + (1.0 / 15 + 1.0 / 17 * q) * q2;
        var high = (1.0 / 19 + 1.0 / 21 * q) + 1.0 / 23 * q2;
        var sum = low + (middle + high * q4) * q4;
        var tail = 2 * s * (q * sum);
        return exponent * Ln2High + (2 * s + (tail + exponent * Ln2Low));
    }

    /// <summary>e to the power of <paramref name="x"/>; 0 below about -708, infinite above about 709.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return double.NaN;
        if (x > 709)
            return double.PositiveInfinity;
        if (x < -708)
            return 0;
        var k = Math.Floor(x * 1.4426950408889634 + 0.5);
        var r = (x - k * Ln2High) - k * Ln2Low; // |r| is at most 0.35.
        var (r2, r4) = (r * r, r * r * (r * r));
        var low = (1.0 / 2 + 1.0 / 6 * r) + (1.0 / 24 + 1.0 / 120 * r) * r2;
        var middle = (1.0 / 720 + 1.0 / 5040 * r) + (1.0 / 40320 + 1.0 / 362880 * r) * r2;
        var high = (1.0 / 3628800 + 1.0 / 39916800 * r) + (1.0 / 479001600 + 1.0 / 6227020800 * r) * r2;
        var sum = low + (middle + high * r4) * r4;
        var scale = BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
        return (1 + (r + r2 * sum)) * scale;
    }

    /// <summary>What is left of a weight after some time, 0 to 1: a half after one half-life. Both in the same unit.</summary>
    public static double Kept(double elapsed, double halfLife) => Exp(-0.693147180559945309 * elapsed / halfLife);
}
