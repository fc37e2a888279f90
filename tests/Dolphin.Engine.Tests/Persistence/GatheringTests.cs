using System.Diagnostics;

namespace Dolphin.EngineTests.Persistence;

public sealed class GatheringTests
{
    private static int TriesIn(Gathering gathering, int commits, int came)
    {
        var tries = 0;
        for (var i = 0; i < commits; i++)
        {
            if (gathering.Wanted(told: 50, waiting: 50) == 0) continue;
            tries++;
            gathering.Learn(told: 50, came);
        }

        return tries;
    }

    [Fact(DisplayName = "Those who were told and those who wait are wanted in one transaction")]
    public void Wanted() => Assert.Equal(97, new Gathering().Wanted(told: 50, waiting: 47));

    [Fact(DisplayName = "With few of either nobody is waited for")]
    public void Few()
    {
        Assert.Equal(0, new Gathering().Wanted(told: 7, waiting: 100));
        Assert.Equal(0, new Gathering().Wanted(told: 100, waiting: 7));
        Assert.Equal(0, new Gathering().Wanted(told: 100, waiting: 0));
    }

    [Fact(DisplayName = "As long as they come back, every commit waits for them")]
    public void They_come() => Assert.Equal(1_000, TriesIn(new Gathering(), commits: 1_000, came: 25));

    [Fact(DisplayName = "When they do not come back it is tried ever more rarely, but tried")]
    public void They_do_not_come()
    {
        var gathering = new Gathering();
        Assert.Equal(9, TriesIn(gathering, commits: 511, came: 24)); // After 0, 1, 3, 7, ... 255 commits without a try.
        Assert.Equal(10, TriesIn(gathering, commits: 2_570, came: 24)); // After 256 each.
    }

    [Fact(DisplayName = "Once they come back again it is tried every time again")]
    public void They_come_again()
    {
        var gathering = new Gathering();
        TriesIn(gathering, commits: 511, came: 0);
        while (gathering.Wanted(told: 50, waiting: 50) == 0)
        {
            // The pause.
        }

        gathering.Learn(told: 50, came: 50);
        Assert.Equal(100, TriesIn(gathering, commits: 100, came: 50));
    }

    [Fact(DisplayName = "The wait is half of what the last commit took, and never more than a millisecond")]
    public void Longest()
    {
        Assert.Equal(Stopwatch.Frequency / 10_000, Gathering.Longest(Stopwatch.Frequency / 5_000));
        Assert.Equal(Stopwatch.Frequency / 1_000, Gathering.Longest(Stopwatch.Frequency));
    }
}
