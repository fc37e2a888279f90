using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Dolphin.Journal;

/// <summary>
/// Keeps a second process off a state folder. The operating system holds the lock, so it ends with the process, however it ends:
/// there is no stale lock to delete after a kill -9.
/// </summary>
public sealed class StateFolderLock : IDisposable
{
    private readonly FileStream _file;
    public string Path { get; }

    private StateFolderLock(FileStream file, string path) => (_file, Path) = (file, path);

    /// <summary>Creates <paramref name="folder"/> if need be and locks its file <c>lock</c>.</summary>
    /// <exception cref="StateFolderInUseException">Another process has it; the message says which and since when.</exception>
    public static StateFolderLock Acquire(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, "lock");
        FileStream file;
        try
        {
            // FileShare.None is flock(2) with LOCK_EX on Unix: advisory, but every Dolphin asks for it.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new StateFolderInUseException(
                $"{System.IO.Path.GetFullPath(folder)} is in use by another process ({Holder(folder)}). "
                + "Stop that one or give another folder; nothing was changed.", e);
        }

        var self = Process.GetCurrentProcess();
        var text = string.Create(CultureInfo.InvariantCulture, $"pid {self.Id}, started {self.StartTime.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}\n");
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: false); // For a human only; the lock itself needs no bytes.
        // .NET asks for a lock on whatever it opens, so the process that is refused cannot read the locked file itself.
        File.WriteAllText(HolderFile(folder), text);
        return new StateFolderLock(file, path);
    }

    public void Dispose() => _file.Dispose();

    private static string HolderFile(string folder) => System.IO.Path.Combine(folder, "lock.holder");

    private static string Holder(string folder)
    {
        try
        {
            return File.ReadAllText(HolderFile(folder)).Trim() is { Length: > 0 } text ? text : "which one is not known";
        }
        catch (IOException)
        {
            return "which one is not known";
        }
    }
}
