using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dolphin.Domain.Reporting;

namespace Dolphin.Hosting.Akka.Copying;

/// <summary>What one persistence id comes to, over every column of its rows: equal on both sides, or they differ.</summary>
/// <remarks>Each kind of row in order of sequence number; the two kinds are kept apart, so it does not matter which is told first.</remarks>
internal sealed class EntityDigest : IDisposable
{
    private readonly IncrementalHash _events = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _snapshots = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _countOfEvents, _countOfSnapshots, _highest;

    public void Add(EventRow row)
    {
        _countOfEvents++;
        _highest = Math.Max(_highest, row.SequenceNr);
        Add(_events, row.SequenceNr, row.Created, row.IsDeleted, row.SerializerId, row.Manifest, row.Writer, row.Message);
    }

    public void Add(SnapshotRow row)
    {
        _countOfSnapshots++;
        Add(_snapshots, row.SequenceNr, row.Created, isDeleted: false, row.SerializerId, row.Manifest, writer: null, row.Snapshot);
    }

    public CopiedEntity Of(string persistenceId)
    {
        Span<byte> both = stackalloc byte[2 * SHA256.HashSizeInBytes];
        _events.GetCurrentHash(both);
        _snapshots.GetCurrentHash(both[SHA256.HashSizeInBytes..]);
        return new CopiedEntity(persistenceId, _countOfEvents, _highest, _countOfSnapshots, Convert.ToHexStringLower(SHA256.HashData(both)));
    }

    public void Dispose()
    {
        _events.Dispose();
        _snapshots.Dispose();
    }

    private static void Add(IncrementalHash hash, long sequenceNr, long created, bool isDeleted, int serializer, string manifest, string? writer, byte[] bytes)
    {
        Span<byte> head = stackalloc byte[33];
        BinaryPrimitives.WriteInt64LittleEndian(head, sequenceNr);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], created);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], serializer);
        head[20] = isDeleted ? (byte)1 : (byte)0;
        var (name, who) = (Encoding.UTF8.GetBytes(manifest), Encoding.UTF8.GetBytes(writer ?? ""));
        BinaryPrimitives.WriteInt32LittleEndian(head[21..], name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[25..], writer is null ? -1 : who.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[29..], bytes.Length);
        hash.AppendData(head);
        hash.AppendData(name);
        hash.AppendData(who);
        hash.AppendData(bytes);
    }
}
