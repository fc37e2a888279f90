using Dolphin.Actors;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A state folder belongs to one run.</summary>
public sealed class IdentityStories
{
    private static RunIdentity Mine { get; } = Small.Identity(Small.Market());

    [Theory(DisplayName = "A folder of another run is refused with what it has and what came, and is left as it was to the last byte")]
    [InlineData("market", "market sim, this is replay")]
    [InlineData("seed", "seed 5, this is 6")]
    [InlineData("period", "the period  to , this is  to 2026-01-07 00:00:00Z")]
    [InlineData("data", "other market data (0011223344556677..., this is ")]
    [InlineData("plan", "another plan (0123456789abcdef..., this is fedcba9876543210...)")]
    [InlineData("edition", "the {edition} edition, this is Other")]
    [InlineData("layout", "layout 1, this program writes 2")]
    [InlineData("checkpoint", "a run with a checkpoint every 100 bars, this has one every 50")]
    public void Another_run(string what, string said)
    {
        using var folder = new RunFolder();
        var source = string.Equals(what, "data", StringComparison.Ordinal) ? "00112233445566778899" : Mine.Source;
        using (var first = new ReplayRun(Small.Options(folder.Path, 60, identity: Mine with { Source = source })))
        {
            first.Start();
            first.Run(CancellationToken.None);
        }

        var before = folder.Contents();
        var refused = Assert.Throws<InvalidDataException>(() => new ReplayRun(Small.Options(
            folder.Path, 60, identity: Other(what), checkpointEvery: string.Equals(what, "checkpoint", StringComparison.Ordinal) ? 50 : 100)));
        said = said.Replace("{edition}", Edition.Name, StringComparison.Ordinal);
        Assert.Contains($"The state folder {folder.Path} belongs to {said}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Contents());
    }

    [Fact(DisplayName = "Where checkpoints are made is part of the hash, so it is part of what a folder belongs to")]
    public void Checkpoints_count()
    {
        using RunFolder often = new(), seldom = new();
        Assert.NotEqual(often.Live(120, checkpointEvery: 50).Hash, seldom.Live(120, checkpointEvery: 100).Hash);
        Assert.Equal(50, new StateFolder(often.Path).ReadIdentity()!.CheckpointEveryBars);
    }

    [Fact(DisplayName = "A folder from before checkpoints were part of the identity goes on with any")]
    public void Older_folder()
    {
        using var folder = new RunFolder();
        new StateFolder(folder.Path).Claim(Mine);
        var file = Path.Combine(folder.Path, "run.json");
        var lines = File.ReadAllLines(file).Where(line => !line.Contains("checkpointEveryBars", StringComparison.Ordinal)).ToArray();
        lines[^2] = lines[^2].TrimEnd(',');
        File.WriteAllLines(file, lines);
        Assert.True(folder.Live(20, checkpointEvery: 50).Finished);
    }

    [Fact(DisplayName = "A folder that another process runs on is refused, and its run goes on")]
    public void In_use()
    {
        using var folder = new RunFolder();
        using var first = new ReplayRun(Small.Options(folder.Path, 20));
        first.Start();
        Assert.Throws<StateFolderInUseException>(() => new ReplayRun(Small.Options(folder.Path, 20)));
        Assert.True(first.Run(CancellationToken.None));
    }

    [Fact(DisplayName = "An identity that cannot be read is refused by name, and nothing is made in its folder")]
    public void Unreadable()
    {
        using var folder = new RunFolder();
        File.WriteAllText(Path.Combine(folder.Path, "run.json"), "{ \"format\": 1, \"edition\": ");
        var refused = Assert.Throws<InvalidDataException>(() => new ReplayRun(Small.Options(folder.Path, 20)));
        Assert.Contains(Path.Combine(folder.Path, "run.json"), refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, StateFolder.NodeJournal)));
    }

    private static RunIdentity Other(string what) => what switch
    {
        "market" => Mine with { Market = "replay" },
        "seed" => Mine with { Seed = 6 },
        "period" => Mine with { To = Small.Start.AddDays(2) },
        "plan" => Mine with { Plan = "fedcba9876543210fedcba9876543210" },
        "edition" => Mine with { Edition = "Other" },
        "layout" => Mine with { Format = 2 },
        _ => Mine,
    };
}
