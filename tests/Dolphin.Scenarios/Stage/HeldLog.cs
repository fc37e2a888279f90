using SQLitePCL;

namespace Dolphin.Scenarios.Stage;

/// <summary>A read transaction on a journal file: while it is open, what has been written so far stays where it is.</summary>
internal sealed class HeldLog : IDisposable
{
    private readonly sqlite3 _db;

    public HeldLog(string path)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out _db, raw.SQLITE_OPEN_READONLY, null));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(_db, "BEGIN; SELECT count(*) FROM journal"));
    }

    public void Dispose() => _db.Dispose();
}
