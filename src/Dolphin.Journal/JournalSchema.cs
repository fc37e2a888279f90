namespace Dolphin.Journal;

/// <summary>
/// The tables of a journal file: those of Akka.Persistence.Sql 1.5 (so that the Cluster edition can read the file) and Dolphin's own.
/// </summary>
internal static class JournalSchema
{
    /// <summary>Raised whenever a reader of the old layout would misread the new one.</summary>
    /// <remarks>
    /// 1: every row is in journal, and the end of every chain in dolphin_entity. 2: both may wait in dolphin_intake and dolphin_intake_head; who does not know the
    /// one misses the newest rows, and who does not know the other takes what waits for damage. Files of 1 that were written in between have the tables already.
    /// </remarks>
    public const int Version = 2;

    private const int Oldest = 1;

    // checksum is ours; Akka.Persistence.Sql names its columns in every statement, so one more does not disturb it. Its indexes on created and on
    // sequence_number alone serve no query of ours or of its recovery, and cost a sixth of every small commit.
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS journal (
            ordering INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created BIGINT NOT NULL, deleted BIT NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL, message VARBINARY NOT NULL,
            manifest NVARCHAR(500) NULL, identifier INTEGER NULL, writer_uuid NVARCHAR(128) NULL, checksum BIGINT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE TABLE IF NOT EXISTS tags (
            ordering_id INTEGER NOT NULL, tag NVARCHAR(64) NOT NULL, sequence_nr INTEGER NOT NULL, persistence_id NVARCHAR(255) NOT NULL,
            PRIMARY KEY (ordering_id, tag));
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id NVARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL, created BIGINT NOT NULL, snapshot VARBINARY NULL,
            manifest NVARCHAR(500) NULL, serializer_id INTEGER NULL, checksum BIGINT NULL, PRIMARY KEY (persistence_id, sequence_number));
        CREATE TABLE dolphin_schema (version INTEGER NOT NULL, incarnation INTEGER NOT NULL);
        CREATE TABLE dolphin_entity (
            number INTEGER PRIMARY KEY NOT NULL, persistence_id TEXT NOT NULL UNIQUE, sequence_number BIGINT NOT NULL, checksum BIGINT NOT NULL,
            deleted_to BIGINT NOT NULL, anchor_checksum BIGINT NOT NULL);
        CREATE TABLE dolphin_checkpoint (
            number INTEGER PRIMARY KEY NOT NULL, at BIGINT NOT NULL, cursor BLOB NOT NULL, content BLOB NOT NULL, checksum BIGINT NOT NULL);
        """;

    // What version 2 added. No index but the one that the order of writing needs.
    private const string IntakeTables = """
        CREATE TABLE IF NOT EXISTS dolphin_intake (
            ordering INTEGER PRIMARY KEY NOT NULL, created BIGINT NOT NULL, deleted BIT NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL, message VARBINARY NOT NULL,
            manifest NVARCHAR(500) NULL, identifier INTEGER NULL, writer_uuid NVARCHAR(128) NULL, checksum BIGINT NULL);
        CREATE TABLE IF NOT EXISTS dolphin_intake_head (ordering INTEGER PRIMARY KEY NOT NULL, ends BLOB NOT NULL);
        """;

    /// <summary>Creates the tables in a new file, adds what an older one lacks, or accepts those of this version.</summary>
    /// <remarks>A file that has been made a newer one is not opened by the program that wrote it any more.</remarks>
    /// <returns>How many incarnations (opened and written to) the file has seen.</returns>
    /// <exception cref="JournalSchemaException">A newer version, or rows that were written without checksums.</exception>
    public static long Prepare(SqliteConnection db)
    {
        if (!Exists(db, "dolphin_schema"))
        {
            if (Exists(db, "journal") && db.Number("SELECT EXISTS (SELECT 1 FROM journal)") != 0)
                throw new JournalSchemaException(
                    $"{db.Path}: expected a journal of the Embedded edition, found rows with no dolphin_schema table: another program (perhaps the "
                    + "Cluster edition) wrote them, without checksums. Not opened, nothing was changed; give another state folder.");
            UseWriteAheadLog(db);
            db.Execute($"BEGIN IMMEDIATE; {Tables} {IntakeTables} INSERT INTO dolphin_schema VALUES ({Version}, 0); COMMIT;");
            return 0;
        }

        var version = RequireReadable(db);
        UseWriteAheadLog(db);
        if (version < Version) db.Execute($"BEGIN IMMEDIATE; {IntakeTables} UPDATE dolphin_schema SET version = {Version}; COMMIT;");
        return db.Number("SELECT incarnation FROM dolphin_schema");
    }

    /// <summary>Which layout the file has: one that this program reads.</summary>
    /// <exception cref="JournalSchemaException">A newer version, or none that ever was.</exception>
    public static long RequireReadable(SqliteConnection db)
    {
        var version = db.Number("SELECT version FROM dolphin_schema");
        return version is >= Oldest and <= Version
            ? version
            : throw new JournalSchemaException(
                $"{db.Path}: expected schema version {Oldest} to {Version}, found {version}. "
                + (version > Version ? "A newer Dolphin wrote it; use that one." : "No such version was ever released; the file is damaged.")
                + " Not opened, nothing was changed.");
    }

    public static bool Exists(SqliteConnection db, string table) =>
        db.Number($"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'") != 0;

    private static void UseWriteAheadLog(SqliteConnection db)
    {
        var mode = db.Scalar("PRAGMA journal_mode = WAL");
        if (!string.Equals(mode, "wal", StringComparison.OrdinalIgnoreCase))
            throw new JournalException($"{db.Path}: expected a write-ahead log, SQLite answered '{mode}'; does the file system support shared memory?");
        // FULL: the log is fsynced at every commit. Pages stay at SQLite's 4 KiB: 8 KiB inserts 8 % faster in large transactions, but small
        // commits of many actors write twice the bytes (each actor has a leaf of its own in journal_uq).
        db.Execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;");
    }
}
