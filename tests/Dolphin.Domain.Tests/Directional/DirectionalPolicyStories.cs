using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Exits;

namespace Dolphin.Domain.Tests.Directional;

public sealed class DirectionalPolicyStories
{
    [Fact(DisplayName = "The defaults are good, and give no warning")]
    public void Defaults() => Assert.Empty(DirectionalRun.PolicyOf().Warnings("dolphin.directional"));

    [Fact(DisplayName = "All mistakes are told at once, each with its path, what came and what was expected")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(DirectionalPolicy.Create(
            new DirectionalSettings { SignalLifetime = TimeSpan.Zero, MinConfidence = 1.1, ReverseConfidence = double.NaN, CloseIn = Posture.Stalker },
            ExitStage.Defaults, "dolphin.directional", errors));
        Assert.Equal(["signal-lifetime", "min-confidence", "reverse-confidence", "close-in"], errors.Select(e => e.Split(' ')[0]["dolphin.directional.".Length..]));
        Assert.Equal("dolphin.directional.min-confidence is 1.1; expected 0 to 1.", errors[1]);
    }

    [Fact(DisplayName = "Turning a position takes no less confidence than opening one")]
    public void Contradiction()
    {
        var errors = new List<string>();
        Assert.Null(DirectionalPolicy.Create(new DirectionalSettings { MinConfidence = 0.8 }, ExitStage.Defaults, "p", errors));
        Assert.Equal("p.reverse-confidence is 0.7; expected at least min-confidence, which is 0.8.", Assert.Single(errors));
    }

    [Fact(DisplayName = "Signals that outlive the horizon of their exits are warned of")]
    public void Warned() => Assert.StartsWith("p.signal-lifetime is 05:00:00, longer than the horizon",
        Assert.Single(DirectionalRun.PolicyOf(new DirectionalSettings { SignalLifetime = TimeSpan.FromHours(5) }).Warnings("p")), StringComparison.Ordinal);

    [Fact(DisplayName = "Of ids the newest sixteen are kept, and two memories of the same ids are equal")]
    public void Ids()
    {
        var ids = Enumerable.Range(0, 20).Aggregate(RecentIds.None, (kept, i) => kept.With($"{i}").With($"{i}"));
        Assert.Equal((16, false, true, true), (ids.Ids.Length, ids.Contains("3"), ids.Contains("4"), ids.Contains("19")));
        Assert.Equal(Enumerable.Range(4, 16).Aggregate(RecentIds.None, (kept, i) => kept.With($"{i}")), ids);
        Assert.NotEqual(RecentIds.None, ids);
        Assert.Equal(RecentIds.None, new RecentIds(default));
    }
}
