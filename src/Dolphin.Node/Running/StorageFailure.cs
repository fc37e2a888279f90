using System.Globalization;
using Dolphin.Actors.Node;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Running;

/// <summary>A disk that takes no more, in the words of the command line.</summary>
internal static class StorageFailure
{
    private const int SqliteIoError = 10, SqliteFull = 13; // https://sqlite.org/rescode.html

    /// <param name="maxFileBytes">dolphin.journal.max-file-size; 0 is no bound.</param>
    /// <returns>Null if it is anything else that failed.</returns>
    public static CliException? Of(Exception? failed, StateFolder folder, long maxFileBytes)
    {
        var refused = failed;
        while (refused is not null and not SqliteException) refused = refused.InnerException;
        if (refused is not SqliteException { PrimaryCode: SqliteFull or SqliteIoError } sqlite) return null;
        var bound = sqlite.PrimaryCode == SqliteFull && maxFileBytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"dolphin.journal.max-file-size is {maxFileBytes:#,##0} bytes, ")
            : "";
        return new CliException(ExitCode.StorageFailed,
            $"The journal could not be written, and the run has ended. {sqlite.Message} There, {bound}{Room(folder)} "
            + "Nothing that was stored is lost. Make room, then type the same command again: it goes on from there.");
    }

    // How much SQLite wanted it does not say; what there is, the file system does.
    private static string Room(StateFolder folder)
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{Size(folder, StateFolder.NodeJournal)}, {Size(folder, StateFolder.VenueJournal)}, and {new DriveInfo(folder.Path).AvailableFreeSpace:#,##0} bytes are free on the disk.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"how many bytes are free on the disk cannot be read ({e.Message}).";
        }
    }

    // With its write-ahead log, which is where a write that fails was going.
    private static string Size(StateFolder folder, string journal)
    {
        var bytes = ((string[])[journal, journal + "-wal"]).Select(f => new FileInfo(Path.Combine(folder.Path, f))).Sum(f => f.Exists ? f.Length : 0);
        return string.Create(CultureInfo.InvariantCulture, $"{journal} has {bytes:#,##0} bytes");
    }
}
