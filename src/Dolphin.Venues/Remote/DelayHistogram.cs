using System.Collections.Immutable;
using System.Numerics;

namespace Dolphin.Venues.Remote;

/// <summary>How long something took, counted in 8 steps an octave from 1 us on: a quantile is at most an eighth too high. 2 KiB, whatever it counts.</summary>
public sealed class DelayHistogram
{
    private const int StepsAnOctave = 8;
    private const int Octaves = 32; // Up to 71 minutes; what took longer counts as that.
    private readonly long[] _counts = new long[Octaves * StepsAnOctave];

    public DelayHistogram() { }

    /// <summary>What was counted after <paramref name="earlier"/>.</summary>
    public DelayHistogram(ImmutableArray<long> counts, ImmutableArray<long> earlier)
    {
        for (var i = 0; i < _counts.Length; i++) Count += _counts[i] = counts[i] - earlier[i];
    }

    public long Count { get; private set; }
    public ImmutableArray<long> Counts => [.. _counts];

    /// <param name="delay">Below a microsecond counts as one.</param>
    public void Add(TimeSpan delay)
    {
        var us = Math.Max(1, delay.Ticks / TimeSpan.TicksPerMicrosecond);
        var octave = BitOperations.Log2((ulong)us);
        var step = (int)(((us << 3) >> octave) & (StepsAnOctave - 1));
        _counts[Math.Min(octave * StepsAnOctave + step, _counts.Length - 1)]++;
        Count++;
    }

    /// <param name="q">Above 0, at most 1.</param>
    /// <returns>So long, or less, took this part of all; zero before there is any.</returns>
    public TimeSpan Quantile(double q)
    {
        var (wanted, seen) = ((long)Math.Ceiling(q * Count), 0L);
        for (var i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return UpperEndOf(i);
        }

        return TimeSpan.Zero;
    }

    private static TimeSpan UpperEndOf(int bucket)
    {
        var (octave, step) = (bucket / StepsAnOctave, bucket % StepsAnOctave);
        return TimeSpan.FromMicroseconds((double)(1L << octave) * (StepsAnOctave + step + 1) / StepsAnOctave);
    }
}
