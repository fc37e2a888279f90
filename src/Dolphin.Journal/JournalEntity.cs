using System.Text;

namespace Dolphin.Journal;

/// <summary>What one file knows of one persistence id. Belongs to the thread that owns the file.</summary>
internal sealed class JournalEntity
{
    public string Id { get; }
    public byte[] Utf8 { get; }
    /// <summary>Its row in <c>dolphin_entity</c>; 0 until there is one.</summary>
    public long Number { get; set; }
    /// <summary>Sequence number and chained checksum of the last row: the head of the chain.</summary>
    public long LastSequenceNr { get; set; }
    public ulong Checksum { get; set; }
    /// <summary>Rows up to here were deleted on request.</summary>
    public long DeletedTo { get; set; }
    /// <summary>The checksum that the first row still there is chained to.</summary>
    public ulong AnchorChecksum { get; set; }
    /// <summary>The head moved since it was last written.</summary>
    public bool HeadMoved { get; set; }
    /// <summary>The head is stored, but with those of the intake and not in <c>dolphin_entity</c> yet.</summary>
    public bool HeadWaits { get; set; }
    /// <summary>The newest snapshot that a checkpoint may name; null if there is none.</summary>
    public SnapshotReference? NewestSnapshot { get; set; }
    /// <summary>After a rewind only these snapshots exist for this run; null means all.</summary>
    public SortedSet<long>? VisibleSnapshots { get; set; }
    public List<DamagedRow>? Damage { get; private set; }

    public JournalEntity(string id)
    {
        Id = id;
        Utf8 = Encoding.UTF8.GetBytes(id);
        Checksum = AnchorChecksum = RowChecksum.Genesis(Utf8);
    }

    public void MarkDamaged(DamagedRow row) => (Damage ??= []).Add(row);
}

/// <summary>Names one row of the snapshot table.</summary>
internal readonly record struct SnapshotReference(long SequenceNr, ulong Checksum);
