using SQLitePCL;

namespace Dolphin.Journal;

/// <summary>A prepared statement. Parameters are numbered from 1, columns from 0, as in SQLite; bindings survive a reset.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _sql;
    private readonly sqlite3_stmt _handle;

    public SqliteStatement(SqliteConnection connection, sqlite3 database, string sql)
    {
        (_connection, _sql) = (connection, sql);
        var result = raw.sqlite3_prepare_v2(database, sql, out _handle);
        if (result != raw.SQLITE_OK)
            throw connection.Error(result, sql);
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    /// <summary>Binds UTF-8.</summary>
    public SqliteStatement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        // An empty span has no address, which SQLite would take for NULL.
        Check(utf8.IsEmpty ? raw.sqlite3_bind_text(_handle, parameter, "") : raw.sqlite3_bind_text(_handle, parameter, utf8));
        return this;
    }

    public SqliteStatement BindText(int parameter, string text)
    {
        Check(raw.sqlite3_bind_text(_handle, parameter, text));
        return this;
    }

    public SqliteStatement BindBlob(int parameter, ReadOnlySpan<byte> blob)
    {
        Check(blob.IsEmpty ? raw.sqlite3_bind_zeroblob(_handle, parameter, 0) : raw.sqlite3_bind_blob(_handle, parameter, blob));
        return this;
    }

    /// <returns>True if there is a row, false at the end.</returns>
    public bool Step()
    {
        var result = raw.sqlite3_step(_handle);
        return result switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw Failed(result),
        };
    }

    /// <summary>Runs a statement that returns no rows and makes it ready for the next use.</summary>
    public void Run()
    {
        var result = raw.sqlite3_step(_handle);
        raw.sqlite3_reset(_handle);
        if (result is not raw.SQLITE_DONE and not raw.SQLITE_ROW)
            throw Failed(result);
    }

    public void Reset() => raw.sqlite3_reset(_handle); // Repeats the error of the last step, which was thrown already.

    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);
    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string() ?? "";
    /// <summary>Valid until the next step. Of a text column: its UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_handle, column);
    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public void Dispose() => _handle.Dispose();

    private SqliteException Failed(int result)
    {
        var error = _connection.Error(result, _sql);
        raw.sqlite3_reset(_handle);
        return error;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw _connection.Error(result, _sql);
    }
}
