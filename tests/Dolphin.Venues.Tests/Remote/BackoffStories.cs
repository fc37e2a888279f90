using Dolphin.Venues.Remote;

namespace Dolphin.Venues.Tests.Remote;

/// <summary>How long a client waits before it knocks again.</summary>
public sealed class BackoffStories
{
    [Fact(DisplayName = "Waits double up to five seconds, and up to half of each is chance")]
    public void Doubles()
    {
        var backoff = new Backoff(seed: 7);
        foreach (var whole in (int[])[100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
            Assert.InRange(backoff.Next(), TimeSpan.FromMilliseconds(whole * 0.5), TimeSpan.FromMilliseconds(whole));
        backoff.Reset();
        Assert.InRange(backoff.Next(), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100));
    }

    [Fact(DisplayName = "The same seed waits the same; another does not")]
    public void Seeded()
    {
        Assert.Equal(Waits(7), Waits(7));
        Assert.NotEqual(Waits(7), Waits(8));

        static List<TimeSpan> Waits(ulong seed)
        {
            var backoff = new Backoff(seed);
            return [.. Enumerable.Range(0, 20).Select(_ => backoff.Next())];
        }
    }
}
