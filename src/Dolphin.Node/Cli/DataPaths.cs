using System.Collections.Immutable;

namespace Dolphin.Node.Cli;

/// <summary>What --data was given.</summary>
internal static class DataPaths
{
    /// <exception cref="CliException">One is neither a file nor a folder.</exception>
    public static void RequireThere(ImmutableArray<string> paths)
    {
        var missing = paths.Where(p => !File.Exists(p) && !Directory.Exists(p)).ToList();
        if (missing.Count == 0) return;
        throw new CliException(ExitCode.DataInvalid, "Nothing was started.",
            [.. missing.Select(p => new CliDetail("error", "--data", null, null, null, $"--data {p}: expected a file or a folder, there is none ({Path.GetFullPath(p)})."))]);
    }

    /// <exception cref="CliException">One is no file.</exception>
    public static void RequireFiles(ImmutableArray<string> paths)
    {
        var missing = paths.Where(p => !File.Exists(p)).ToList();
        if (missing.Count == 0) return;
        throw new CliException(ExitCode.DataInvalid, "Nothing was read.",
            [.. missing.Select(p => new CliDetail("error", "--data", null, null, null, $"--data {p}: expected a file, there is {(Directory.Exists(p) ? "a folder" : "none")} ({Path.GetFullPath(p)})."))]);
    }
}
