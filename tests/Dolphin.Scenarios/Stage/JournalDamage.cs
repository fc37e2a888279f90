using SQLitePCL;

namespace Dolphin.Scenarios.Stage;

/// <summary>Does to a journal file what a bad disk does.</summary>
internal static class JournalDamage
{
    /// <summary>Flips the lowest bit of one byte in the middle of the stored text of an entity's row.</summary>
    /// <param name="sequenceNr">Which of its rows.</param>
    /// <returns>The row's <c>ordering</c>, as the report of the damage must name it.</returns>
    public static long FlipOneByte(string path, string persistenceId, long sequenceNr)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out var db, raw.SQLITE_OPEN_READWRITE, null));
        using (db)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(db, "SELECT ordering, message FROM journal WHERE persistence_id = ?1 AND sequence_number = ?2", out var query));
            long ordering;
            byte[] message;
            using (query)
            {
                raw.sqlite3_bind_text(query, 1, persistenceId);
                raw.sqlite3_bind_int64(query, 2, sequenceNr);
                Assert.True(raw.sqlite3_step(query) == raw.SQLITE_ROW, $"{persistenceId} has no row {sequenceNr}.");
                (ordering, message) = (raw.sqlite3_column_int64(query, 0), raw.sqlite3_column_blob(query, 1).ToArray());
            }

            message[message.Length / 2] ^= 1;
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(db, "UPDATE journal SET message = ?1 WHERE ordering = ?2", out var update));
            using (update)
            {
                raw.sqlite3_bind_blob(update, 1, message);
                raw.sqlite3_bind_int64(update, 2, ordering);
                Assert.Equal(raw.SQLITE_DONE, raw.sqlite3_step(update));
            }

            return ordering;
        }
    }
}
