using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Dolphin.Journal;

/// <summary>
/// One instant of virtual time at which nothing was under way, to which every persistent actor and the driver can return.
/// </summary>
/// <param name="Number">Given by the driver; a later checkpoint has a greater one.</param>
/// <param name="At">The virtual instant.</param>
/// <param name="Cursor">The driver's own bytes: where in its input it was.</param>
/// <param name="Entities">What every persistence id had reached, by file and id.</param>
public sealed record Checkpoint(long Number, DateTimeOffset At, ImmutableArray<byte> Cursor, ImmutableArray<CheckpointEntity> Entities)
{
    /// <summary>Per file, in the order of the files: no row up to this <c>ordering</c> is later than the checkpoint.</summary>
    internal ImmutableArray<long> LastOrderings { get; init; } = [];
}

/// <summary>What one persistence id had reached at a checkpoint.</summary>
/// <param name="File">Plugin id of its file.</param>
/// <param name="SequenceNr">Of its last event; 0 if it had none.</param>
/// <param name="SnapshotSequenceNr">Of the snapshot to recover from; null if it had saved none.</param>
public sealed record CheckpointEntity(string File, string PersistenceId, long SequenceNr, long? SnapshotSequenceNr)
{
    internal ulong Checksum { get; init; }
    internal ulong SnapshotChecksum { get; init; }
    internal SnapshotReference? Snapshot => SnapshotSequenceNr is { } at ? new SnapshotReference(at, SnapshotChecksum) : null;
}

/// <summary>The bytes of a checkpoint's row.</summary>
internal static class CheckpointFormat
{
    public static byte[] WriteContent(Checkpoint checkpoint)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write7BitEncodedInt(checkpoint.LastOrderings.Length);
        foreach (var ordering in checkpoint.LastOrderings)
            writer.Write(ordering);
        writer.Write7BitEncodedInt(checkpoint.Entities.Length);
        foreach (var entity in checkpoint.Entities)
        {
            writer.Write(entity.File);
            writer.Write(entity.PersistenceId);
            writer.Write(entity.SequenceNr);
            writer.Write(entity.Checksum);
            writer.Write(entity.SnapshotSequenceNr ?? -1);
            writer.Write(entity.SnapshotChecksum);
        }

        writer.Flush();
        return buffer.ToArray();
    }

    /// <exception cref="EndOfStreamException">The content is shorter than it says.</exception>
    public static Checkpoint Read(long number, long atTicks, byte[] cursor, byte[] content)
    {
        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        var orderings = new long[reader.Read7BitEncodedInt()];
        for (var i = 0; i < orderings.Length; i++)
            orderings[i] = reader.ReadInt64();
        var entities = new CheckpointEntity[reader.Read7BitEncodedInt()];
        for (var i = 0; i < entities.Length; i++)
        {
            var (file, id, sequenceNr, checksum) = (reader.ReadString(), reader.ReadString(), reader.ReadInt64(), reader.ReadUInt64());
            var snapshot = reader.ReadInt64();
            entities[i] = new CheckpointEntity(file, id, sequenceNr, snapshot < 0 ? null : snapshot)
            {
                Checksum = checksum,
                SnapshotChecksum = reader.ReadUInt64(),
            };
        }

        return new Checkpoint(number, new DateTimeOffset(atTicks, TimeSpan.Zero), ImmutableCollectionsMarshal.AsImmutableArray(cursor),
            ImmutableCollectionsMarshal.AsImmutableArray(entities))
        {
            LastOrderings = ImmutableCollectionsMarshal.AsImmutableArray(orderings),
        };
    }

    public static ulong Checksum(long number, long atTicks, ReadOnlySpan<byte> cursor, ReadOnlySpan<byte> content) =>
        RowChecksum.OfEvent(RowChecksum.Of(cursor, seed: 4), number, atTicks, cursor.Length, cursor, content);
}
