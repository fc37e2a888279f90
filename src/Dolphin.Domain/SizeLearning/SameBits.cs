using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Dolphin.Domain.SizeLearning;

/// <summary>Whether two rows of numbers are the same to the last bit, which is what a replay promises.</summary>
internal static class SameBits
{
    public static bool Are(ImmutableArray<double> a, ImmutableArray<double> b) =>
        MemoryMarshal.AsBytes(a.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(b.AsSpan()));
}
