namespace Dolphin.Simulation;

/// <summary>A small generator with a sequence that no runtime update changes (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").</summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, <paramref name="bound"/>); the bias for bounds far below 2^32 is of no consequence here.</summary>
    internal int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>In [0, 1), 53 bits.</summary>
    internal double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number that depends on the text only (FNV-1a), unlike string.GetHashCode.</summary>
    internal static ulong Fingerprint(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}
