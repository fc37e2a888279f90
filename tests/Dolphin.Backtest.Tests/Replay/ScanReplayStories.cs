using System.Collections.Immutable;
using System.Text;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sizing;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Domain.Scan;
using Dolphin.Domain.Sizing;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A replay whose universe is scanned.</summary>
public sealed class ScanReplayStories
{
    private const int Slices = 300;

    private static ScanPlan Plan()
    {
        var errors = new List<string>();
        var policy = ScanPolicy.Create(new ScanSettings { Windows = [20, 60] }, "test", errors);
        var watch = ScanWatchPolicy.Create(new ScanWatchSettings(), "test", errors);
        Assert.Empty(errors);
        return new ScanPlan(policy!, watch!, TimeSpan.FromSeconds(5), EntropyEvery: 12, LongestStep: 3);
    }

    private static Life Whole(ScanPlan? plan)
    {
        using var folder = new RunFolder();
        return folder.Live(Slices, change: o => o with { Plan = o.Plan with { Scan = plan } });
    }

    [Fact(DisplayName = "Stopped anywhere and taken up again, a replay with a scan ends in the hash of one that was never stopped")]
    public void Resumes()
    {
        var whole = Whole(Plan());
        Assert.True(whole.Finished && whole.Report.IsSound);
        foreach (var stop in (int[])[1, 101, 157])
        {
            using var folder = new RunFolder();
            Assert.False(folder.Live(Slices, (_, slice) => slice == stop, change: o => o with { Plan = o.Plan with { Scan = Plan() } }).Finished);
            var resumed = folder.Live(Slices, change: o => o with { Plan = o.Plan with { Scan = Plan() } });
            Assert.Equal((true, whole.Hash), (resumed.Finished, resumed.Hash));
        }
    }

    private static AlphaPlan Alpha()
    {
        var errors = new List<string>();
        var plan = new AlphaPlan(
            AlphaMeterPolicy.Create(new AlphaMeterSettings(), "test", errors)!, AdaptiveBreakerPolicy.Create(new AdaptiveBreakerSettings(), "test", errors)!,
            AlphaRankPolicy.Create(new AlphaRankSettings(), "test", errors)!, PlungePolicy.Create(new PlungeSettings(), "test", errors)!, 3 * Small.Bar);
        Assert.Empty(errors);
        return plan;
    }

    private static ReplayOptions WithAlpha(ReplayOptions o) => o with
    {
        Plan = o.Plan with
        {
            Scan = Plan(), Alpha = Alpha(), Sizing = new SizingPlan(new SizingPolicy(null, null, Small.Seed), Small.Deposit, TimeSpan.FromHours(24), ImmutableSortedDictionary<Symbol, double>.Empty),
        },
    };

    [Fact(DisplayName = "With alpha, openings are what its breaker leaves of them, and a replay that was stopped anywhere ends in the hash of one that never was")]
    public void Alpha_resumes()
    {
        using var first = new RunFolder();
        var whole = first.Live(Slices, change: WithAlpha);
        Assert.True(whole.Finished && whole.Report.IsSound);
        foreach (var opening in whole.States.Select(s => s.State).OfType<StrategySnapshot>())
            Assert.Equal(0.51, opening.Sizing!.Breaker!.Value, 1e-12); // Nobody tells of factors here.
        Assert.Equal(Slices, whole.States.Select(s => s.State).OfType<AlphaMemory>().Single().Sequence);
        foreach (var stop in (int[])[1, 101, 157])
        {
            using var folder = new RunFolder();
            Assert.False(folder.Live(Slices, (_, slice) => slice == stop, change: WithAlpha).Finished);
            var resumed = folder.Live(Slices, change: WithAlpha);
            Assert.Equal((true, whole.Hash), (resumed.Finished, resumed.Hash));
        }
    }

    private static Life Wide(RunFolder folder, ScanSharing? sharing, Func<int, bool>? stop = null) => folder.Live(
        150, (_, slice) => stop?.Invoke(slice) == true, checkpointEvery: 128 * 40, of: Small.Wide(128),
        change: o => WithAlpha(o) with { Plan = WithAlpha(o).Plan with { Scan = Plan() with { Sharing = sharing } } });

    private static ScanSharing Halves { get; } = new(2, TimeSpan.FromMilliseconds(250));

    [Fact(DisplayName = "With its scan spread over two shards a replay of 128 assets stores what it stores without: every decision, every fill, and of the scan all but what is said of shards")]
    public void Shared()
    {
        using var first = new RunFolder();
        using var second = new RunFolder();
        var (alone, shared) = (Wide(first, null), Wide(second, Halves));
        Assert.True(alone.Finished && shared.Finished && shared.Report.IsSound);
        Assert.True(shared.Report.Fills > 0);
        var (one, two) = (alone.Report.Scan!, shared.Report.Scan!);
        Assert.Equal(new ScanShardsPicture(2, 2, two.Shards!.HeadRows), two.Shards);
        Assert.True(two.Windows[1].Share > 0);
        Assert.Equal(alone.States.Select(s => s.PersistenceId), shared.States.Select(s => s.PersistenceId));
        foreach (var (a, b) in alone.States.Zip(shared.States)) Assert.Equal(Text(a.State), Text(b.State));
        Assert.Equal(alone.Report.Fills, shared.Report.Fills);

        static string Text(object state) => Encoding.UTF8.GetString(StoredJson.Write(state is ScanSnapshot scan ? scan with { Picture = scan.Picture! with { Shards = null } } : state));
    }

    [Fact(DisplayName = "Stopped and taken up again, a replay whose scan is spread over shards ends in the hash of one that was never stopped: its shards have the history before the first scan")]
    public void Shared_resumes()
    {
        using var first = new RunFolder();
        using var second = new RunFolder();
        var whole = Wide(first, Halves);
        Assert.False(Wide(second, Halves, slice => slice == 101).Finished);
        var resumed = Wide(second, Halves);
        Assert.Equal((true, whole.Hash), (resumed.Finished, resumed.Hash));
    }

    [Fact(DisplayName = "What is traded does not change by being scanned; the report says what was seen; without a scan there is nothing of it")]
    public void Reported()
    {
        var (whole, without) = (Whole(Plan()), Whole(null));
        Assert.Equal((without.Report.Fills, without.Report.Equity, without.Report.MinimumRTotal), (whole.Report.Fills, whole.Report.Equity, whole.Report.MinimumRTotal));
        Assert.Null(without.Report.Scan);
        Assert.DoesNotContain(without.States, s => s.PersistenceId == ScanActor.Id);
        var scan = whole.Report.Scan!;
        Assert.Equal((Slices, 2, 2), (scan.Scans, scan.Watched, scan.Windows[1].Members));
        Assert.Equal((TimeSpan.Zero, 0L, 1L), (scan.WorstDrift, scan.Watch.Alarms, scan.Watch.WarmUps));
        Assert.InRange(scan.Windows[1].Share!.Value, 0.5, 1);
        Assert.Equal(2 * Slices, scan.Closes.Taken);
    }
}
