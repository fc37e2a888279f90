namespace Dolphin.Journal;

/// <summary>The journal could not do what it was asked. Says on which file and, where there is one, on which row.</summary>
public class JournalException : Exception
{
    public JournalException(string message) : base(message) { }
    public JournalException(string message, Exception? cause) : base(message, cause) { }
}

/// <summary>SQLite refused: disk full, I/O error, locked by another program, file is no database.</summary>
public sealed class SqliteException : JournalException
{
    /// <summary>The extended result code, https://sqlite.org/rescode.html.</summary>
    public int ResultCode { get; }
    public SqliteException(string message, int resultCode) : base(message) => ResultCode = resultCode;
    /// <summary>The low byte: 13 is SQLITE_FULL, 10 SQLITE_IOERR, 11 SQLITE_CORRUPT, 26 SQLITE_NOTADB.</summary>
    public int PrimaryCode => ResultCode & 0xff;
}

/// <summary>The file was written by a newer Dolphin (or by something else): nothing in it was touched.</summary>
public sealed class JournalSchemaException : JournalException
{
    public JournalSchemaException(string message) : base(message) { }
}

/// <summary>The rows of one persistence id are damaged: its entity must not recover from them, nor write behind them.</summary>
public sealed class DamagedJournalException : JournalException
{
    public IReadOnlyList<DamagedRow> Rows { get; }
    public DamagedJournalException(IReadOnlyList<DamagedRow> rows)
        : base(string.Join(' ', rows.Take(3).Select(row => row.ToString())) + (rows.Count > 3 ? $" And {rows.Count - 3} rows more." : "")
            + " The entity halts; nothing is written for it.") => Rows = rows;
}

/// <summary>
/// A re-execution after a rewind did not repeat what the journal already knows: it persisted something else under the same sequence
/// number. The persist fails and the entity halts; the stored row stays as it is.
/// </summary>
public sealed class DivergenceException : JournalException
{
    public string PersistenceId { get; }
    public long SequenceNr { get; }
    /// <summary>The row that holds the fact.</summary>
    public long Ordering { get; }
    public string ExpectedManifest { get; }
    public string ActualManifest { get; }
    public DivergenceException(string message, string persistenceId, long sequenceNr, long ordering, string expectedManifest, string actualManifest)
        : base(message) =>
        (PersistenceId, SequenceNr, Ordering, ExpectedManifest, ActualManifest) = (persistenceId, sequenceNr, ordering, expectedManifest, actualManifest);
}

/// <summary>The journal did not answer in the time it has (see <see cref="JournalSettings.WriteTimeout"/>).</summary>
public sealed class JournalTimeoutException : JournalException
{
    public JournalTimeoutException(string message) : base(message) { }
}

/// <summary>The state folder is in use by another process.</summary>
public sealed class StateFolderInUseException : JournalException
{
    public StateFolderInUseException(string message, Exception? cause) : base(message, cause) { }
}

/// <summary>A journal row that is not what was written, found when the file was opened.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Ordering">The row's <c>ordering</c>; 0 if the row is missing and none after it shows where it was.</param>
/// <param name="SequenceNr">Of the damaged or (first) missing row.</param>
/// <param name="Reason">What was expected and what was found.</param>
public sealed record DamagedRow(string File, long Ordering, string PersistenceId, long SequenceNr, string Reason)
{
    public override string ToString() => Ordering > 0
        ? $"{File}: row {Ordering} ('{PersistenceId}', sequence number {SequenceNr}): {Reason}"
        : $"{File}: '{PersistenceId}', sequence number {SequenceNr}: {Reason}";
}
