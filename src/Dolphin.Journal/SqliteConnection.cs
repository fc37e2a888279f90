using SQLitePCL;

namespace Dolphin.Journal;

/// <summary>One open SQLite file through the raw C API: no pooling, no parsing, no boxing. Used by one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    public string Path { get; }

    static SqliteConnection()
    {
        Batteries_V2.Init();
        // Nobody asks how much memory SQLite has taken, and counting it locks a mutex of the whole process around each piece that it takes or gives back.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <param name="isAtRest">Nobody writes the file, and it has no log beside it: it is read as it lies there, and no file appears beside it.</param>
    /// <exception cref="SqliteException">The file cannot be opened or is no SQLite database.</exception>
    public SqliteConnection(string path, bool readOnly, bool isAtRest = false)
    {
        Path = path;
        var flags = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        if (isAtRest) flags |= raw.SQLITE_OPEN_URI;
        // NOMUTEX: a connection belongs to one thread at a time, so SQLite need not lock around every call.
        var result = raw.sqlite3_open_v2(isAtRest ? AtRest(path) : path, out _handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (result != raw.SQLITE_OK)
        {
            var error = Error(result, "open");
            _handle.Dispose();
            throw error;
        }

        raw.sqlite3_extended_result_codes(_handle, 1);
        raw.sqlite3_busy_timeout(_handle, 5_000); // A reader (dolphin status) may hold the file for an instant.
    }

    private static string AtRest(string path) => $"file:{Uri.EscapeDataString(System.IO.Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";

    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(_handle, sql);
        if (result != raw.SQLITE_OK)
            throw Error(result, sql);
    }

    /// <summary>The first column of the first row as text, or null.</summary>
    public string? Scalar(string sql)
    {
        using var statement = new SqliteStatement(this, _handle, sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    public long Number(string sql)
    {
        using var statement = new SqliteStatement(this, _handle, sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>A statement to be used again and again; finalized with the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(this, _handle, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>A statement for one use; the caller disposes of it.</summary>
    public SqliteStatement PrepareOnce(string sql) => new(this, _handle, sql);

    public long LastRowId => raw.sqlite3_last_insert_rowid(_handle);
    public int Changes => raw.sqlite3_changes(_handle);
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public SqliteException Error(int result, string doing) => new(
        $"{Path}: SQLite answered {result} ({raw.sqlite3_errmsg(_handle).utf8_to_string()}) to: {(doing.Length > 120 ? doing[..120] + "..." : doing)}.", result);

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _handle.Dispose();
    }
}
