using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dolphin.Domain.Scan;

/// <summary>Eight numbers at a time, in the same eight lanes on every machine.</summary>
/// <remarks>
/// Every sum of the scan has its terms in lanes by their index modulo eight and every product is fused with the sum it goes into, whatever the processor
/// offers: 512 bits hold a row of lanes, 256 bits half of one. So results are the same bits on all processors that fuse (and, slowly, on those that do not).
/// </remarks>
internal static class Lanes
{
    public const int Count = 8;

    /// <summary>The next multiple of <see cref="Count"/>.</summary>
    public static int Padded(int length) => (length + Count - 1) & -Count;

    /// <summary>Room on a cache line's border, all zeros: a row of lanes never straddles two lines.</summary>
    public static Memory<double> Room(int length)
    {
        const int line = 64 / sizeof(double);
        var array = GC.AllocateArray<double>(length + line, pinned: true); // Pinned, or the collector would move it off the border.
        var past = (int)((nuint)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) % 64) / sizeof(double);
        return array.AsMemory(past == 0 ? 0 : line - past, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(ref double first, int at) => Vector512.LoadUnsafe(ref first, (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<double> value, ref double first, int at) => value.StoreUnsafe(ref first, (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> All(ref double first, int at) => Vector512.Create(Unsafe.Add(ref first, at));

    /// <summary>Eight whole numbers as doubles; exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Whole(ref int first, int at)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Double(Vector256.LoadUnsafe(ref first, (nuint)at));
        if (Avx.IsSupported)
        {
            return Vector512.Create(
                Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref first, (nuint)at)), Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref first, (nuint)at + 4)));
        }

        var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)at));
        return Vector512.Create(Vector256.ConvertToDouble(low), Vector256.ConvertToDouble(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Fused(Vector512<double> a, Vector512<double> b, Vector512<double> sum) => Vector512.FusedMultiplyAdd(a, b, sum);

    /// <summary>sum - a b</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Less(Vector512<double> a, Vector512<double> b, Vector512<double> sum) => Vector512.FusedMultiplyAdd(-a, b, sum);

    /// <summary>Both times the power of two that brings the larger near one; signs and their ratio stay.</summary>
    /// <returns>The exponent that was taken off.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Rescale(ref Vector512<double> p, ref Vector512<double> q)
    {
        var exponent = Vector512.Max(p.AsInt64() & Vector512.Create(0x7ff0_0000_0000_0000), q.AsInt64() & Vector512.Create(0x7ff0_0000_0000_0000));
        var factor = (Vector512.Create(0x7fe0_0000_0000_0000) - exponent).AsDouble();
        (p, q) = (p * factor, q * factor);
        return Vector512.ShiftRightLogical(exponent, 52) - Vector512.Create(1023L);
    }

    /// <summary>Lanes 0 and 4, 1 and 5, ... first, then halves of what is left: always in this order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> value)
    {
        var four = value.GetLower() + value.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    /// <summary>a b of whole numbers below 2^31 that stand in lanes of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Product(Vector512<long> a, Vector512<long> b)
    {
        if (Avx512F.IsSupported) return Avx512F.Multiply(a.AsInt32(), b.AsInt32());
        if (Avx2.IsSupported)
            return Vector512.Create(Avx2.Multiply(a.GetLower().AsInt32(), b.GetLower().AsInt32()), Avx2.Multiply(a.GetUpper().AsInt32(), b.GetUpper().AsInt32()));
        return a * b;
    }

    /// <summary>a . b of whole numbers, to 64 bits: exact, or as far off 2^64 as any other order of adding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long SumOfProducts(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        Vector512<long> even = default, odd = default;
        var t = 0;
        for (; t <= a.Length - 2 * Count; t += 2 * Count)
        {
            even += Product(Long(ref x, t), Long(ref y, t));
            odd += Product(Long(ref x, t + Count), Long(ref y, t + Count));
        }
        var sum = Vector512.Sum(even + odd);
        for (; t < a.Length; t++) sum += (long)Unsafe.Add(ref x, t) * Unsafe.Add(ref y, t);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Long(ref int first, int at)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int64(Vector256.LoadUnsafe(ref first, (nuint)at));
        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref first, (nuint)at)), Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref first, (nuint)at + 4)));
        }

        var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)at));
        return Vector512.Create(low, high);
    }

    /// <summary>a . b of arrays padded with zeros to whole rows of lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        Vector512<double> even = default, odd = default;
        var i = 0;
        for (; i <= a.Length - 2 * Count; i += 2 * Count)
        {
            even = Fused(Load(ref x, i), Load(ref y, i), even);
            odd = Fused(Load(ref x, i + Count), Load(ref y, i + Count), odd);
        }
        if (i < a.Length) even = Fused(Load(ref x, i), Load(ref y, i), even);
        return Sum(even + odd);
    }
}
