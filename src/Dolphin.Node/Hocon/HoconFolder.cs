using System.Reflection;

namespace Dolphin.Node.Hocon;

/// <summary>Where included files come from. A configuration can reach what is inside and nothing else.</summary>
public interface IHoconFolder
{
    /// <param name="path">As written in the include, with forward slashes.</param>
    /// <param name="from">The name of the including file inside this folder; empty for the first file.</param>
    /// <returns>The file's name inside the folder, how to show it to a person, and its text.</returns>
    /// <exception cref="HoconIncludeException">Not there, not readable, or outside the folder.</exception>
    HoconFile Open(string path, string from);
}

/// <param name="Name">Canonical inside its folder: two includes of one file have one name.</param>
/// <param name="Shown">As a person would type it.</param>
public sealed record HoconFile(string Name, string Shown, string Text);

/// <summary>An include that cannot be followed; the parser adds where it stands.</summary>
public sealed class HoconIncludeException(string message) : Exception(message);

/// <summary>A folder on disk. Nothing outside it is read: no absolute path, no way up, no link that leads out.</summary>
public sealed class HoconDirectory(string root, int maxFileChars) : IHoconFolder
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public HoconFile Open(string path, string from)
    {
        if (Path.IsPathRooted(path) || path.Contains('\0'))
            throw new HoconIncludeException($"an include names a file relative to the including one, found \"{path}\"");
        var full = Path.GetFullPath(Path.Combine(_root, Path.GetDirectoryName(from) ?? "", path));
        RequireInside(full, path);
        var file = new FileInfo(full);
        if (!file.Exists) throw new HoconIncludeException($"expected a file at \"{full}\", there is none");
        RequireInside(Canonical(full), path);
        try
        {
            return new HoconFile(Path.GetRelativePath(_root, full), Shown(full), ReadBounded(full));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconIncludeException($"\"{full}\" cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads no further than the limit, whatever length the file system claims: some files have no end.</summary>
    private string ReadBounded(string full)
    {
        using var reader = new StreamReader(full, detectEncodingFromByteOrderMarks: true);
        var text = new char[4096];
        var taken = new System.Text.StringBuilder();
        while (reader.Read(text, 0, text.Length) is > 0 and var count)
        {
            taken.Append(text, 0, count);
            if (taken.Length > maxFileChars)
                throw new HoconIncludeException($"\"{full}\" is longer than the limit of {maxFileChars} characters");
        }
        return taken.ToString();
    }

    private static string Shown(string full)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, full);
        return relative.StartsWith("..", StringComparison.Ordinal) ? full : relative;
    }

    private void RequireInside(string full, string path)
    {
        var canonical = Canonical(_root);
        if (!full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && !full.StartsWith(canonical + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new HoconIncludeException($"\"{path}\" leads out of \"{_root}\"; a plan may include only what is in its own folder or below");
    }

    /// <summary>The path with every link on the way followed.</summary>
    private static string Canonical(string full)
    {
        var here = Path.GetPathRoot(full)!;
        foreach (var part in full[here.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            here = Path.Combine(here, part);
            FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
            here = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here;
        }
        return here;
    }
}

/// <summary>The files compiled into an assembly under one prefix.</summary>
public sealed class HoconResources(Assembly assembly, string prefix) : IHoconFolder
{
    public HoconFile Open(string path, string from)
    {
        using var stream = assembly.GetManifestResourceStream(prefix + path)
            ?? throw new HoconIncludeException($"no file \"{path}\" is compiled into {assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        return new HoconFile(path, path, reader.ReadToEnd());
    }
}
