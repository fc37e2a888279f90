namespace Dolphin.Venues.Binance.Tests;

/// <summary>Runs where the recorded markets are at hand: a folder <c>shared/data</c> beside one of the folders above the test.</summary>
public sealed class RecordedFactAttribute : FactAttribute
{
    private static readonly string? Folder = Find();

    public RecordedFactAttribute()
    {
        if (Folder is null) Skip = "There is no folder shared/data above the test: the recorded markets are not on this machine.";
    }

    /// <summary>The path of a recorded file.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Folder!, .. parts]);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data)) return data;
        }
        return null;
    }
}
