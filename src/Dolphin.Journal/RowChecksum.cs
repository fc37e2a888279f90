using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Dolphin.Journal;

/// <summary>
/// The 64-bit checksum of a journal row, chained: it covers the checksum of the row before it (of the same persistence id), so that
/// a flipped byte, a missing row and rows in the wrong order all show at the row where they happened.
/// </summary>
/// <remarks>
/// XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), because it is fast and the specification is short. It finds
/// damage, not forgery: whoever can write the file can also compute the chain.
/// </remarks>
internal static class RowChecksum
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>What the first row of <paramref name="persistenceId"/> is chained to.</summary>
    public static ulong Genesis(ReadOnlySpan<byte> persistenceId) => Of(persistenceId, seed: 1);

    /// <summary>The checksum of an event's row, from that of the row before it.</summary>
    /// <param name="createdTicks">.NET ticks, UTC, as stored.</param>
    /// <param name="manifest">UTF-8, as stored.</param>
    public static ulong OfEvent(ulong previous, long sequenceNr, long createdTicks, int serializerId, ReadOnlySpan<byte> manifest,
        ReadOnlySpan<byte> message)
    {
        Span<byte> head = stackalloc byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(head, previous);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], sequenceNr);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], createdTicks);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], serializerId);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], Of(manifest, seed: 2));
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], message.Length);
        return Of(message, Of(head, seed: 3));
    }

    /// <summary>The checksum of a snapshot's row. Snapshots are not chained: any of them may be deleted.</summary>
    public static ulong OfSnapshot(ReadOnlySpan<byte> persistenceId, long sequenceNr, long createdTicks, int serializerId,
        ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> snapshot) =>
        OfEvent(Genesis(persistenceId), sequenceNr, createdTicks, serializerId, manifest, snapshot);

    /// <summary>XXH64 of <paramref name="data"/>.</summary>
    public static ulong Of(ReadOnlySpan<byte> data, ulong seed)
    {
        var length = (ulong)data.Length;
        ulong hash;
        if (data.Length >= 32)
        {
            var (a, b, c, d) = (seed + Prime1 + Prime2, seed + Prime2, seed, seed - Prime1);
            do
            {
                var lanes = MemoryMarshal.Cast<byte, ulong>(data[..32]);
                a = Round(a, Read(lanes[0]));
                b = Round(b, Read(lanes[1]));
                c = Round(c, Read(lanes[2]));
                d = Round(d, Read(lanes[3]));
                data = data[32..];
            }
            while (data.Length >= 32);
            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        else
        {
            hash = seed + Prime5;
        }

        hash += length;
        for (; data.Length >= 8; data = data[8..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data)), 27) * Prime1) + Prime4;
        for (; data.Length >= 4; data = data[4..])
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime1), 23) * Prime2) + Prime3;
        foreach (var last in data)
            hash = BitOperations.RotateLeft(hash ^ (last * Prime5), 11) * Prime1;

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Read(ulong lane) => BitConverter.IsLittleEndian ? lane : BinaryPrimitives.ReverseEndianness(lane);
    private static ulong Round(ulong accumulator, ulong lane) => BitOperations.RotateLeft(accumulator + (lane * Prime2), 31) * Prime1;
    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;
}
