using Dolphin.Actors.Sensors;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain.Esoteric;
using Dolphin.Domain.Survival;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A replay under an esoteric sky.</summary>
public sealed class EsotericReplayStories
{
    private const int Slices = 200;

    private static Life Live(RunFolder folder, bool? acts, Func<int, bool>? stop = null) => folder.Live(
        Slices, (_, slice) => stop?.Invoke(slice) == true,
        change: o => o with
        {
            Plan = o.Plan with { Esof = acts is { } does ? new EsofPlan(does, new ConfidenceResponse(0.9, 0.1, 11_182, EsotericReading.MostShaved), 2 * Small.Bar) : null },
        });

    private static Life Whole(bool? acts)
    {
        using var folder = new RunFolder();
        return Live(folder, acts);
    }

    [Fact(DisplayName = "A run that is watched is the same run: orders, money and state hash are those of one that is not, and the report says what would have been done; one that acts is another")]
    public void Watched()
    {
        var (off, watched, acts) = (Whole(null), Whole(false), Whole(true));
        Assert.True(off.Report.Fills > 0);
        Assert.Equal(off.Hash, watched.Hash);
        Assert.Equal((off.Report.Orders, off.Report.Fills, off.Report.Equity, off.Report.MinimumRTotal), (watched.Report.Orders, watched.Report.Fills, watched.Report.Equity, watched.Report.MinimumRTotal));
        Assert.Null(off.Report.Esof);
        Assert.True(watched.Report.Esof is { Acts: false, MeanFactor: > 0.98 and < 1 });
        Assert.Equal(5, watched.Report.Sky!.Harmonics!.Value.Length);
        Assert.NotEqual(off.Hash, acts.Hash);
        Assert.True(acts.Report.Esof is { Acts: true });
    }

    [Fact(DisplayName = "Begun without a watcher and taken up with one, it ends as if nothing had been")]
    public void Taken_up()
    {
        using var folder = new RunFolder();
        Assert.False(Live(folder, acts: null, stop: slice => slice == 101).Finished);
        var resumed = Live(folder, acts: false);
        Assert.Equal((true, Whole(null).Hash), (resumed.Finished, resumed.Hash));
    }
}
