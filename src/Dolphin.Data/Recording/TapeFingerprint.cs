using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Recording;

/// <summary>SHA-256 over what a tape holds: equal content gives equal fingerprints, however it was spread over files.</summary>
/// <remarks>Numbers go in as mantissa and scale with no trailing zeros, integers are little-endian, texts and lists carry their length.</remarks>
internal static class TapeFingerprint
{
    private const string Version = "dolphin-tape/1";
    private const int BytesPerBar = sizeof(long) + 5 * BytesPerNumber;
    private const int BytesPerNumber = 1 + 3 * sizeof(int);
    private const int BarsPerBlock = 512;

    public static string Of(TimeSpan interval, ImmutableArray<SymbolSeries> series, ImmutableArray<FundingRate> funding)
    {
        var hashes = new byte[series.Length][];
        Parallel.For(0, series.Length, i => hashes[i] = HashOf(series[i].Bars.Span));

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.Add(Version);
        hash.Add((long)interval.TotalMilliseconds);
        hash.Add(series.Length);
        for (var i = 0; i < series.Length; i++)
        {
            hash.Add(series[i].Symbol.Name);
            hash.Add(series[i].Decimals.Price);
            hash.Add(series[i].Decimals.Volume);
            hash.Add(series[i].Bars.Length);
            hash.AppendData(hashes[i]);
        }
        hash.Add(funding.Length);
        Span<byte> number = stackalloc byte[BytesPerNumber];
        foreach (var rate in funding)
        {
            hash.Add(rate.At.ToUnixTimeMilliseconds());
            hash.Add(rate.Symbol.Name);
            Write(number, rate.Rate);
            hash.AppendData(number);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte[] HashOf(ReadOnlySpan<Bar> bars)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> block = new byte[BarsPerBlock * BytesPerBar];
        while (!bars.IsEmpty)
        {
            var count = Math.Min(bars.Length, BarsPerBlock);
            for (var i = 0; i < count; i++)
                Write(block.Slice(i * BytesPerBar, BytesPerBar), bars[i]);
            hash.AppendData(block[..(count * BytesPerBar)]);
            bars = bars[count..];
        }
        return hash.GetHashAndReset();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(Span<byte> to, in Bar bar)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, bar.OpenTimeMs);
        var numbers = to[sizeof(long)..];
        Write(numbers, bar.Open.QuotePerBase);
        Write(numbers[BytesPerNumber..], bar.High.QuotePerBase);
        Write(numbers[(2 * BytesPerNumber)..], bar.Low.QuotePerBase);
        Write(numbers[(3 * BytesPerNumber)..], bar.Close.QuotePerBase);
        Write(numbers[(4 * BytesPerNumber)..], bar.Volume.Base);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(Span<byte> to, decimal number)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        to[0] = (byte)((bits[3] >> 16) | (bits[3] < 0 ? 0x80 : 0)); // Scale is at most 28.
        BinaryPrimitives.WriteInt32LittleEndian(to[1..], bits[0]);
        BinaryPrimitives.WriteInt32LittleEndian(to[5..], bits[1]);
        BinaryPrimitives.WriteInt32LittleEndian(to[9..], bits[2]);
    }
}
