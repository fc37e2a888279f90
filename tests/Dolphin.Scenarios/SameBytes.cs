using Dolphin.Scenarios.Stage;

namespace Dolphin.Scenarios;

/// <summary>Same inputs, same bytes.</summary>
public sealed class SameBytes
{
    [Fact(DisplayName = "Seed 7: the same replay twice ends in the same hash, and another seed in another")]
    public void Same_seed_same_hash()
    {
        using ReplayFolder first = new(), second = new(), other = new();
        var a = ReplayFolder.Live(Plans.Replay(first.Path, seed: 7, bars: 300));
        var b = ReplayFolder.Live(Plans.Replay(second.Path, seed: 7, bars: 300));
        var c = ReplayFolder.Live(Plans.Replay(other.Path, seed: 8, bars: 300));
        Assert.True(a.Report.Fills > 100, $"seed 7: only {a.Report.Fills} fills; the story needs a market that trades.");
        Assert.Equal(a.Hash, b.Hash);
        Assert.NotEqual(a.Hash, c.Hash);
        Assert.Empty(a.Violations);

    }
}
