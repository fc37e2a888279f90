using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dolphin.Domain.Scan;

/// <summary>One scan as shards are told it: what every asset did, and who is watched.</summary>
/// <param name="Count">Scans, this one included.</param>
/// <param name="Before">What the history that it follows is known by.</param>
/// <param name="Returns">Billionths of log price, by place of asset; four bytes each, the lowest first.</param>
/// <param name="Kinds">A byte for each asset: its <see cref="TickKind"/>, and <see cref="WatchedBit"/>.</param>
public sealed record ScanStep(long Count, long Before, byte[] Returns, byte[] Kinds)
{
    internal const byte WatchedBit = 0x80;

    internal static ScanStep Of(long count, long before, ReadOnlySpan<int> returns, ReadOnlySpan<TickKind> kinds, ReadOnlySpan<bool> watched)
    {
        var (bytes, marks) = (new byte[returns.Length * sizeof(int)], new byte[kinds.Length]);
        for (var i = 0; i < returns.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), returns[i]);
            marks[i] = (byte)((byte)kinds[i] | (watched[i] ? WatchedBit : 0));
        }
        return new ScanStep(count, before, bytes, marks);
    }

    /// <summary>Of the history with this step: who has another one has seen other returns, or another life of the scan.</summary>
    public long After => HistoryMark.Of(Before, Count, Returns, Kinds);

    /// <summary>Whether it is of so many assets, and each kind one that there is.</summary>
    internal bool IsOf(int assets) => Returns.Length == assets * sizeof(int) && Kinds.Length == assets && Kinds.All(k => (k & ~WatchedBit) <= (byte)TickKind.Unknown);

    internal void CopyTo(Span<int> returns, Span<TickKind> kinds, Span<bool> watched)
    {
        for (var i = 0; i < Kinds.Length; i++)
        {
            returns[i] = BinaryPrimitives.ReadInt32LittleEndian(Returns.AsSpan(i * sizeof(int)));
            (kinds[i], watched[i]) = ((TickKind)(Kinds[i] & ~WatchedBit), (Kinds[i] & WatchedBit) != 0);
        }
    }
}

/// <summary>All that a shard goes on from that has missed steps.</summary>
/// <param name="Count">Scans so far.</param>
/// <param name="Mark">What it is known by.</param>
/// <param name="Bytes">The returns of the longest window, asset after asset; who was carried, newest scan first; the scan at which each asset last had no return; a byte for who is watched.</param>
public sealed record ScanHistory(long Count, long Mark, byte[] Bytes)
{
    internal static int SizeOf(int assets, int longest) => assets * longest * sizeof(int) + longest * ((assets + 63) / 64) * sizeof(ulong) + assets * (sizeof(long) + 1);
}

/// <summary>What histories are told apart by: a hash over all that came, in order. 0 before the first scan.</summary>
internal static class HistoryMark
{
    public static long Of(long before, long count, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)], hash = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, before);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], count);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        all.AppendData(numbers);
        all.AppendData(first);
        all.AppendData(second);
        all.GetHashAndReset(hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
