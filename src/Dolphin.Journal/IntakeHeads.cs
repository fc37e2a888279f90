using System.Buffers.Binary;

namespace Dolphin.Journal;

/// <summary>Where a chain ends: what a row of <c>dolphin_entity</c> says of it.</summary>
/// <param name="Number">Its row there.</param>
internal readonly record struct ChainEnd(long Number, long SequenceNr, ulong Checksum);

/// <summary>
/// The table <c>dolphin_intake_head</c>: the ends of the chains that a commit into the intake made longer, all of them in one row, until the intake is
/// emptied and <c>dolphin_entity</c> says it. Fifty rows there are two pages and 60 us of each commit; this is half a page and one statement.
/// </summary>
/// <remarks>
/// An end is 32 bytes: number, sequence number, checksum, and an XXH64 of the three, so that a flipped byte is one end and not the commit's. Such an
/// end is passed over: <c>dolphin_entity</c> then says less than the chain has, which halts its entity as any other difference of the two does.
/// </remarks>
internal sealed class IntakeHeads
{
    private const int EndSize = 32;

    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _clear;
    private readonly List<JournalEntity> _behind = [];
    private byte[] _ends = new byte[64 * EndSize]; // Of the open transaction.
    private int _count;

    public IntakeHeads(SqliteConnection db)
    {
        _insert = db.Prepare("INSERT INTO dolphin_intake_head (ordering, ends) VALUES (?1, ?2)");
        _clear = db.Prepare("DELETE FROM dolphin_intake_head");
    }

    /// <summary>Whose rows in <c>dolphin_entity</c> are to be moved when the intake is emptied.</summary>
    public IReadOnlyList<JournalEntity> Behind => _behind;

    /// <summary>Adds the end of a chain that has a row in <c>dolphin_entity</c> to what the open transaction writes.</summary>
    public void Add(JournalEntity entity)
    {
        if (_ends.Length < (_count + 1) * EndSize)
            Array.Resize(ref _ends, 2 * _ends.Length);
        Write(_ends.AsSpan(_count++ * EndSize), entity);
        if (entity.HeadWaits)
            return;
        entity.HeadWaits = true;
        _behind.Add(entity);
    }

    /// <summary>Writes what was added, if anything was.</summary>
    /// <param name="ordering">The newest row of the transaction.</param>
    public void Write(long ordering)
    {
        if (_count == 0)
            return;
        _insert.Bind(1, ordering).BindBlob(2, _ends.AsSpan(0, _count * EndSize)).Run();
        _count = 0;
    }

    /// <summary>Forgets all of them: <c>dolphin_entity</c> says it now.</summary>
    public void Clear()
    {
        foreach (var entity in _behind)
            entity.HeadWaits = false;
        _behind.Clear();
        _clear.Run();
    }

    /// <summary>The newest end of every chain that waits. Files of version 1 may have no such table.</summary>
    public static IEnumerable<ChainEnd> NewestOf(SqliteConnection db)
    {
        if (!JournalSchema.Exists(db, "dolphin_intake_head"))
            return [];
        var newest = new Dictionary<long, ChainEnd>();
        using var query = db.PrepareOnce("SELECT ends FROM dolphin_intake_head ORDER BY ordering");
        while (query.Step())
        {
            for (var left = query.Bytes(0); left.Length >= EndSize; left = left[EndSize..])
            {
                if (Read(left) is { } end)
                    newest[end.Number] = end;
            }
        }

        return newest.Values;
    }

    private static void Write(Span<byte> end, JournalEntity entity)
    {
        BinaryPrimitives.WriteInt64LittleEndian(end, entity.Number);
        BinaryPrimitives.WriteInt64LittleEndian(end[8..], entity.LastSequenceNr);
        BinaryPrimitives.WriteUInt64LittleEndian(end[16..], entity.Checksum);
        BinaryPrimitives.WriteUInt64LittleEndian(end[24..], RowChecksum.Of(end[..24], seed: 4));
    }

    private static ChainEnd? Read(ReadOnlySpan<byte> end) => BinaryPrimitives.ReadUInt64LittleEndian(end[24..]) == RowChecksum.Of(end[..24], seed: 4)
        ? new ChainEnd(BinaryPrimitives.ReadInt64LittleEndian(end), BinaryPrimitives.ReadInt64LittleEndian(end[8..]), BinaryPrimitives.ReadUInt64LittleEndian(end[16..]))
        : null;
}
