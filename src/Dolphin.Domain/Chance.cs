using System.Numerics;

namespace Dolphin.Domain;

/// <summary>A seeded generator: the same seed gives the same numbers on every machine and every runtime. Not for secrets.</summary>
/// <remarks>
/// xoshiro256** 1.0 (Blackman and Vigna, 2018), seeded by splitmix64 as its authors recommend. A mutable struct: keep it in a
/// field and never copy it unless two equal sequences are wanted.
/// </remarks>
public struct Chance
{
    private ulong _s0, _s1, _s2, _s3;

    public Chance(ulong seed)
    {
        // Four outputs of splitmix64 are never all zero, the one state xoshiro cannot leave.
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
        _s2 = Mix(ref seed);
        _s3 = Mix(ref seed);
    }

    /// <exception cref="ArgumentException">All four words are zero: not a state that was captured.</exception>
    public Chance(ChanceState state)
    {
        if (state == default)
            throw new ArgumentException("Expected a captured state; came all zeros, from which only zeros follow.", nameof(state));
        (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);
    }

    public readonly ChanceState Capture() => new(_s0, _s1, _s2, _s3);

    /// <summary>64 fair bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in (0, 1]: safe to take the logarithm of.</summary>
    public double NextPositiveUnit() => ((NextBits() >> 11) + 1) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability; 0 is never, 1 is always. Draws once in any case.</summary>
    public bool NextBool(double probability) => NextUnit() < probability;

    /// <summary>Uniform in [0, <paramref name="bound"/>), without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative bound.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        // Lemire's multiplication method: numbers under the threshold would favour some results, so they are drawn again.
        var threshold = (ulong)-(long)bound % (ulong)bound;
        while (true)
        {
            var high = Math.BigMul(NextBits(), (ulong)bound, out var low);
            if (low >= threshold)
                return (int)high;
        }
    }

    /// <summary>Two independent standard normal numbers, by Marsaglia's polar method.</summary>
    public (double First, double Second) NextNormals()
    {
        while (true)
        {
            var (x, y) = (2 * NextUnit() - 1, 2 * NextUnit() - 1);
            var square = x * x + y * y;
            if (square is >= 1 or 0)
                continue;
            var factor = Math.Sqrt(-2 * PortableMath.Log(square) / square);
            return (x * factor, y * factor);
        }
    }

    /// <summary>A standard normal number. Two calls cost twice what <see cref="NextNormals"/> costs.</summary>
    public double NextNormal() => NextNormals().First;

    private static ulong Mix(ref ulong state)
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}

/// <summary>Where a <see cref="Chance"/> stands; enough to go on with the same numbers.</summary>
public readonly record struct ChanceState(ulong S0, ulong S1, ulong S2, ulong S3);
