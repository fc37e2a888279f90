using System.Globalization;
using Dolphin.Actors.Node;

namespace Dolphin.Node.Running;

/// <summary>
/// The number of a start on a state folder, above that of every start before it. It stands in every client order id, so that what two
/// lives of a node send can never be mistaken for each other.
/// </summary>
internal static class FencingEpoch
{
    private const string Name = "epoch";

    /// <summary>Takes the next number; it is on disk when this returns. For whoever holds the folder's lock.</summary>
    /// <exception cref="InvalidDataException">The file does not say a number, or is gone although the folder has a journal.</exception>
    public static long Raise(StateFolder folder)
    {
        var path = Path.Combine(folder.Path, Name);
        var next = Read(path, folder) + 1;
        var draft = path + ".new";
        File.WriteAllText(draft, next.ToString(CultureInfo.InvariantCulture) + "\n");
        Flush(draft);
        File.Move(draft, path, overwrite: true); // Whole or not at all.
        Flush(path); // Journaling file systems commit the new name with it.
        return next;
    }

    /// <returns>Of the newest start; null if nothing has run on the folder in real time.</returns>
    /// <exception cref="InvalidDataException">The file does not say a number.</exception>
    public static long? Newest(StateFolder folder) => Path.Combine(folder.Path, Name) is var path && File.Exists(path) ? Parse(path) : null;

    private static long Read(string path, StateFolder folder)
    {
        if (File.Exists(path)) return Parse(path);
        // A crash before the first number was written leaves no journal either.
        if (!File.Exists(Path.Combine(folder.Path, StateFolder.NodeJournal))) return 0;
        throw new InvalidDataException(
            $"{path} is missing although the folder has a journal. Without it an order id could be used twice, so nothing was started; restore the file, or choose another folder.");
    }

    private static long Parse(string path)
    {
        var text = File.ReadAllText(path).Trim();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch is > 0 and < long.MaxValue
            ? epoch
            : throw new InvalidDataException($"{path} says '{text}'; expected the number of the last start. Nothing was started; restore the file, or choose another folder.");
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
