namespace Dolphin.Tests;

/// <summary>The recorded markets that live beside the repository, under <c>shared/data</c> in one of the folders above the test. They are large and not part of it.</summary>
internal static class Recordings
{
    /// <param name="recording">A file or folder under <c>shared/data</c>, with <c>/</c> between its parts.</param>
    /// <exception cref="FileNotFoundException">It is not at hand: the test that needs it is to be a <see cref="RecordedFactAttribute"/> of it.</exception>
    public static string PathOf(string recording) => Find(recording) ?? throw new FileNotFoundException(WhyMissing(recording));

    /// <returns>Why a test that needs these cannot run, or null if all are at hand.</returns>
    public static string? Missing(params string[] recordings) => recordings.FirstOrDefault(r => Find(r) is null) is { } missing ? WhyMissing(missing) : null;

    private static string? Find(string recording)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", "data", .. recording.Split('/')]);
            if (Path.Exists(path)) return path;
        }

        return null;
    }

    private static string WhyMissing(string recording) => $"The recording {recording} is not on this machine: no folder above the test has shared/data/{recording}.";
}

/// <summary>Runs where the recordings that it names are at hand; elsewhere it is skipped, and says which one is not.</summary>
public sealed class RecordedFactAttribute : FactAttribute
{
    /// <param name="recordings">As <see cref="Recordings.PathOf"/> has them.</param>
    public RecordedFactAttribute(params string[] recordings) => Skip = Recordings.Missing(recordings);
}
