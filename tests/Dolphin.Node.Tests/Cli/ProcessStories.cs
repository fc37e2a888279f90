using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>The built program itself, as a shell sees it.</summary>
public sealed class ProcessStories
{
    [Fact(DisplayName = "The program answers with the documented exit codes and keeps its two streams apart")]
    public async Task Exit_codes()
    {
        using var place = new TemporaryFolder();
        var bad = place.File("bad.hocon", "dolphin {\n  hedging { k = 99 }\n");
        var (help, helpOut, helpError) = await Run(place, "--help");
        Assert.Equal((ExitCode.Ok, ""), (help, helpError));
        Assert.Contains("Exit codes:", helpOut, StringComparison.Ordinal);

        var (usage, usageOut, usageError) = await Run(place, "run", "--http", "10.0.0.1:80");
        Assert.Equal((ExitCode.Usage, ""), (usage, usageOut));
        Assert.Contains("is not a loopback address", usageError, StringComparison.Ordinal);

        var (config, configOut, configError) = await Run(place, "config", "check", bad);
        Assert.Equal((ExitCode.ConfigInvalid, ""), (config, configOut));
        Assert.Contains("bad.hocon:3:1: error: expected '}' for the '{' at 1:9, found the end of the file.", configError, StringComparison.Ordinal);

        var (status, _, statusError) = await Run(place, "status", "--state", Path.Combine(place.Path, "nothing"));
        Assert.Equal(ExitCode.NotRunning, status);
        Assert.Contains("There is no run in", statusError, StringComparison.Ordinal);
        Assert.Equal(bad, Assert.Single(Directory.GetFileSystemEntries(place.Path))); // Nothing was made along the way.
    }

    private static Task<(ExitCode Code, string Out, string Error)> Run(TemporaryFolder place, params string[] args) => DolphinProcess.RunAsync(place, "", args);
}
