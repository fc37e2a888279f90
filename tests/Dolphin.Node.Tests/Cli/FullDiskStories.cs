using System.Text.Json;
using Dolphin.Node.Cli;

namespace Dolphin.Node.Tests.Cli;

/// <summary>The built program on a disk that takes no more: what it says, and that nothing is lost.</summary>
public sealed class FullDiskStories
{
    private const string Plan = "dolphin.universe.symbols = [BTCUSDT, ETHUSDT, SOLUSDT]\n";

    [Theory(DisplayName = "A replay whose journal takes no more ends with code 10 and one sentence; with room, the same command goes on to the same end")]
    [InlineData("dolphin.journal.max-file-size = 300 KiB", "", "database or disk is full")] // SQLite's own SQLITE_FULL.
    [InlineData("", "trap '' XFSZ; ulimit -f 700", "disk I/O error")] // The kernel refuses to write beyond 350 KiB.
    public async Task Full(string limitInPlan, string limitInShell, string because)
    {
        using var place = new TemporaryFolder();
        var (plan, room) = (place.File("plan.hocon", Plan + limitInPlan), place.File("room.hocon", Plan));

        var (full, output, error) = await Run(place, limitInShell, plan, "state");
        Assert.True(full == ExitCode.StorageFailed, $"{full}: {output}{error}");
        var said = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in (string[])["node.db", because, "bytes are free", "Nothing that was stored is lost", "the same command"])
            Assert.Contains(part, said, StringComparison.Ordinal);
        Assert.Equal(limitInPlan.Length > 0, said.Contains("dolphin.journal.max-file-size is 307,200 bytes", StringComparison.Ordinal));

        var (resumed, resumedOutput, resumedError) = await Run(place, "", room, "state", "--report", "resumed.json");
        Assert.True(resumed == ExitCode.Ok, resumedOutput + resumedError);
        Assert.Equal(ExitCode.Ok, (await Run(place, "", room, "other", "--report", "other.json")).Code);
        Assert.Equal(Hash(place, "other.json"), Hash(place, "resumed.json"));
    }

    private static string Hash(TemporaryFolder place, string report) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(place.Path, report))).RootElement.GetProperty("stateHash").GetString()!;

    private static Task<(ExitCode Code, string Out, string Error)> Run(TemporaryFolder place, string limits, string plan, string state, params string[] more) =>
        DolphinProcess.RunAsync(place, limits,
            ["run", "--plan", plan, "--state", Path.Combine(place.Path, state), "--market", "sim", "--speed", "max", "--from", "2026-01-05", "--to", "2026-01-08", "--no-ui", .. more]);
}
