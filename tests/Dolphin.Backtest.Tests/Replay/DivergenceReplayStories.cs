using Dolphin.Actors.Divergence;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain;
using Dolphin.Domain.Divergence;
using Dolphin.Venues.Paper;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A replay with a second venue beside the one that is traded at.</summary>
public sealed class DivergenceReplayStories
{
    private const int Slices = 300;

    private static DivergencePlan Plan(ulong seed = 7, double outages = 0.1) => DivergencePlan.Of(
        new DivergenceSettings { Sources = [DivergencePlan.Traded, new PriceSource("paper-2")], MaxAge = TimeSpan.FromSeconds(30) },
        new QuoteVenuePolicy(seed, TimeSpan.FromSeconds(30), new Bps(2m), outages, TimeSpan.FromMinutes(10)), Small.Bar, "test", [])!;

    private static Life Whole(DivergencePlan? plan)
    {
        using var folder = new RunFolder();
        return folder.Live(Slices, change: o => o with { Plan = o.Plan with { Divergence = plan } });
    }

    [Fact(DisplayName = "Stopped anywhere and taken up again, a replay with a second venue ends in the hash of one that was never stopped")]
    public void Resumes()
    {
        var whole = Whole(Plan());
        Assert.True(whole.Finished && whole.Report.IsSound);
        foreach (var stop in (int[])[1, 101, 157])
        {
            using var folder = new RunFolder();
            Assert.False(folder.Live(Slices, (_, slice) => slice == stop, change: o => o with { Plan = o.Plan with { Divergence = Plan() } }).Finished);
            var resumed = folder.Live(Slices, change: o => o with { Plan = o.Plan with { Divergence = Plan() } });
            Assert.Equal((true, whole.Hash), (resumed.Finished, resumed.Hash));
        }
    }

    [Fact(DisplayName = "The second venue's seed is part of what a replay is; what is traded does not change by being compared")]
    public void Seeds()
    {
        var (whole, other, without) = (Whole(Plan()), Whole(Plan(seed: 8)), Whole(null));
        Assert.NotEqual(whole.Hash, other.Hash);
        Assert.Equal(without.States.Select(s => s.PersistenceId), whole.States.Select(s => s.PersistenceId).Where(id => id != DivergenceActor.Id));
        Assert.Equal((without.Report.Fills, without.Report.Equity, without.Report.EventsPersisted), (whole.Report.Fills, whole.Report.Equity, whole.Report.EventsPersisted));
        Assert.Null(without.Report.Divergence);
    }

    [Fact(DisplayName = "The report says how often venues were compared, how often that was not possible, and who led")]
    public void Reported()
    {
        var report = Whole(Plan()).Report.Divergence!;
        Assert.Equal(("paper", "paper-2", 2), (report.First, report.Second, report.Symbols.Length));
        Assert.All(report.Symbols, s =>
        {
            Assert.Equal(Slices, s.Comparisons);
            Assert.InRange(s.Missing, 10, 90);
            Assert.True(s.Mean > 0 && s.Mean < s.Largest && s.Largest < 0.2, $"{s}");
            Assert.True(s.FirstLed > 50 && s.SecondLed == 0, $"{s}");
        });
    }
}
