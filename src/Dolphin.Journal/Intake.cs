namespace Dolphin.Journal;

/// <summary>
/// The table <c>dolphin_intake</c>, where the rows of a commit of many entities wait until there are enough of them to be moved to <c>journal</c>
/// together. They are as durable here as there: same file, same order, same checksums, only not in an index yet.
/// </summary>
/// <remarks>
/// Every entity has a leaf of its own in <c>journal</c>'s index of (persistence id, sequence number). A commit with one event of each of fifty
/// entities would write fifty pages of 4 KiB for 10 KB of rows; here it writes three, and the leaves are written once for <see cref="Bound"/> rows.
/// </remarks>
internal sealed class Intake
{
    /// <summary>Rows; at this many the next commit moves them, which takes it about ten milliseconds longer.</summary>
    private const int Bound = 4096;
    /// <summary>Entities; with fewer the leaves that a commit writes are no more than what moving its rows later would cost.</summary>
    private const int Many = 8;
    /// <summary>Rows of one entity; from here on they fill a good part of a leaf, and writing them twice costs more than the leaf.</summary>
    private const int Few = 4;

    private readonly EventInsert _insert;
    private readonly SqliteStatement _move;
    private readonly SqliteStatement _clear;

    /// <summary>Rows in it, those of the open transaction included.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count >= Bound;

    public Intake(SqliteConnection db, string writerUuid)
    {
        _insert = new EventInsert(db, "dolphin_intake", writerUuid);
        _move = db.Prepare($"INSERT INTO journal ({EventInsert.Columns}) SELECT {EventInsert.Columns} FROM dolphin_intake ORDER BY ordering");
        _clear = db.Prepare("DELETE FROM dolphin_intake");
        Count = (int)db.Number("SELECT COUNT(*) FROM dolphin_intake");
    }

    /// <summary>
    /// True if the rows of a transaction should wait here: many entities, few rows of each, or so few rows that emptying the intake for them, which
    /// must come before them, would cost more than it saves.
    /// </summary>
    public bool Suits(int rows, int entities) => (entities >= Many && rows <= entities * Few) || (Count > 0 && rows <= Many * Few);

    /// <summary>What to select events from in a file that is only read: those in its intake are stored like any other.</summary>
    /// <remarks>Files of version 1 may have none.</remarks>
    public static string AndJournalOf(SqliteConnection db) => JournalSchema.Exists(db, "dolphin_intake")
        ? $"(SELECT {EventInsert.Columns} FROM journal UNION ALL SELECT {EventInsert.Columns} FROM dolphin_intake)"
        : "journal";

    /// <summary>Adds a row to the open transaction.</summary>
    public void Add(long ordering, in UnwrittenEvent row)
    {
        _insert.Run(ordering, row);
        Count++;
    }

    /// <summary>Moves all rows to <c>journal</c> in the open transaction.</summary>
    public void Empty()
    {
        if (Count == 0)
            return;
        _move.Run();
        _clear.Run();
        Count = 0;
    }
}
