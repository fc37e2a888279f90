using Dolphin.Backtest.Tests.Stage;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>The two editions run the same actors on different runtimes; a run must not show on which.</summary>
public sealed class SameHashStories
{
    // Whoever changes what is decided or what is stored changes this too, once, and both editions have to agree on the new one.
    private const string Written = "7de117b4c3f3b33a73183b517b420e02f10949e18e7556afe3457d2e6d30c3c9";

    [Theory(DisplayName = "A small market ends in the hash that is written here, on the engine and on Akka.NET alike, stopped in between or not")]
    [InlineData(null)]
    [InlineData(777)]
    public void Same_hash(int? stopAt)
    {
        using var folder = new RunFolder();
        if (stopAt is { } slice) Assert.False(folder.Live(1_500, (_, next) => next == slice).Finished);
        var life = folder.Live(1_500);
        Assert.True(life.Finished);
        Assert.True(life.Report.Fills > 200, $"Only {life.Report.Fills} fills; the story needs a market that trades.");
        Assert.True(string.Equals(Written, life.Hash, StringComparison.Ordinal), $"Expected {Written}, got {life.Hash}.");
    }
}
