using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Dolphin.Engine.Persistence;

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
                $"State folder {System.IO.Path.GetFullPath(folder)} is in use by another process ({Holder(path)}). "
                + "Stop that one or give another folder; nothing was changed.", e);
        }

        var self = Process.GetCurrentProcess();
        var text = string.Create(CultureInfo.InvariantCulture, $"pid {self.Id}, started {self.StartTime.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}\n");
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: false); // For a human only; the lock itself needs no bytes.
        return new StateFolderLock(file, path);
    }

    public void Dispose() => _file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            // Cannot use .NET's own open here: it would ask for a lock too.
            return OperatingSystem.IsLinux() ? LinuxHolder(path) : "see its lock file";
        }
        catch (IOException)
        {
            return "its lock file could not be read";
        }
    }

    private static string LinuxHolder(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[128];
        var read = RandomAccess.Read(handle, buffer, fileOffset: 0);
        var text = Encoding.UTF8.GetString(buffer, 0, read).Trim();
        return text.Length > 0 ? text : "unknown";
    }
}
