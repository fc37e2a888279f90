namespace Dolphin.Venues.Paper;

/// <summary>A 64-bit hash that is the same on every machine, runtime and day: what latency and faults are drawn from.</summary>
/// <remarks>A draw depends only on what it is for, never on how many draws came before it, so that a replay
/// that was rewound, or one with a client more, draws the same for the same order.</remarks>
internal static class StableHash
{
    private const ulong Prime = 0x0000_0100_0000_01B3; // FNV-1a, 64 bits.
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio, as in SplitMix64.

    public static ulong Of(string text) => Mix(Fold(0xCBF2_9CE4_8422_2325, text));

    public static ulong Of(ulong seed, int purpose, string text, long number) =>
        Mix(Fold(Mix(seed + ((ulong)purpose * Golden)), text) ^ Mix((ulong)number + Golden));

    /// <returns>0 to <paramref name="bound"/> - 1; the bias for the small bounds used here is below 1e-12.</returns>
    public static long Below(ulong hash, long bound) => (long)(hash % (ulong)bound);

    private static ulong Fold(ulong hash, string text)
    {
        foreach (var c in text) hash = (hash ^ c) * Prime;
        return hash;
    }

    /// <summary>SplitMix64's finalizer: every input bit moves every output bit.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
