namespace Dolphin.Node.Tests;

/// <summary>The recorded markets, where they are at hand: a folder <c>shared/data</c> beside one of the folders above the test.</summary>
internal static class SharedData
{
    /// <returns>Null, and a word to who reads the output, where it is not there.</returns>
    public static string? Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", "data", .. parts]);
            if (Path.Exists(path)) return path;
        }

        Console.WriteLine($"Skipped: the recording {Path.Combine(parts)} is not beside the repository.");
        return null;
    }
}
