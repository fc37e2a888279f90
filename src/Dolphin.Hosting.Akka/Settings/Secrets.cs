using System.Data.Common;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>Where a secret may stand, and where not.</summary>
internal static class Secrets
{
    /// <summary>True if a connection string holds a password, or cannot be read and might.</summary>
    public static bool HasPassword(string connection)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            return parts.Keys.Cast<string>().Any(k => k is "password" or "pwd" or "psw" or "passfile" or "ssl password" or "sslpassword");
        }
        catch (ArgumentException)
        {
            return connection.Contains('@', StringComparison.Ordinal) || connection.Contains("pass", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>The file's first line, without the end of line that editors add.</summary>
    /// <exception cref="IOException">It cannot be read; the message has no secret.</exception>
    public static string FromFile(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            return reader.ReadLine()?.Trim() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>True if every user of this machine may read it.</summary>
    public static bool IsOpenToAll(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != UnixFileMode.None;
}
