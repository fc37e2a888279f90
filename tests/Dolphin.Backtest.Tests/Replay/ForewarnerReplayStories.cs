using System.Collections.Immutable;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Sizing;
using Dolphin.Backtest.Replay;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A replay with a forewarner: it fits on what it has seen, within the instant.</summary>
public sealed class ForewarnerReplayStories
{
    private const int Slices = 300;

    private static ForewarnerPlan Plan(ReplayOptions o, ForewarnerPolicy policy)
    {
        var settings = new StrategySettings(
            new HedgeSettings { Capital = 20_000m, Fraction = 0.8m, Leverage = 20m }, new CompressionSettings(), new ProtectorSettings(), TradedStrategies.Hedging);
        return new ForewarnerPlan(
            policy, new FitnessSettings { LeastReturns = 60 }, new TrialSettings { Count = 150, Paths = 16, PathsPerTrial = 2, Law = new PathLaw { Length = TimeSpan.FromHours(12) } },
            new ForewarnerSubject([.. o.Plan.Assets.Select(a => (a.Symbol, settings))]), Small.Seed, Small.Bar, Small.Bar, LookEvery: TimeSpan.FromMinutes(30), LeastSample: 60, WithoutModel: 0.5,
            [], AtOnce: true, Threads: 2);
    }

    // Whatever is fitted serves: few trials prove nothing.
    private static readonly ForewarnerPolicy TakesAny = new() { RefitEvery = TimeSpan.FromHours(2), LeastRecall = 0, MostFalseAlarm = 1, MayBeWorseBy = 2 };

    private static ReplayOptions Forewarned(ReplayOptions o) => o with
    {
        Plan = o.Plan with
        {
            Forewarner = Plan(o, TakesAny),
            Sizing = new SizingPlan(new SizingPolicy(null, null, Small.Seed), Small.Deposit, TimeSpan.FromHours(24), ImmutableSortedDictionary<Symbol, double>.Empty),
        },
    };

    [Fact(DisplayName = "Parameters that are outside halve R_total through L3; stopped anywhere and taken up again the replay fits the same models and ends in the same hash")]
    public void Resumes()
    {
        using var first = new RunFolder();
        var whole = first.Live(Slices, change: Forewarned);
        Assert.True(whole.Finished && whole.Report.IsSound);
        var forewarner = whole.Report.Forewarner!;
        Assert.True(forewarner.Tally.Served >= 2, forewarner.ToText());
        Assert.Contains("RED", forewarner.ToText(), StringComparison.Ordinal);
        Assert.InRange(whole.Report.MinimumRTotal, 0, 0.5);
        Assert.Contains(first.Stored("survival").OfType<SurvivalEvent.Assessed>(), e => e.Snapshot.Binding == LayerId.McForewarner);
        Assert.Contains(whole.Report.Postures, p => p.Reason == LayerId.McForewarner.Name);
        Assert.Equal(forewarner.Tally.Served, first.Stored(ForewarnerActor.Id).OfType<KeptModel>().Count());

        foreach (var stop in (int[])[1, 95, 215])
        {
            using var folder = new RunFolder();
            Assert.False(folder.Live(Slices, (_, slice) => slice == stop, change: Forewarned).Finished);
            var resumed = folder.Live(Slices, change: Forewarned);
            Assert.Equal((true, whole.Hash), (resumed.Finished, resumed.Hash));
        }
    }

    [Fact(DisplayName = "Without a forewarner there is nothing of it: no layer, no cap, no entity, and the report is silent")]
    public void Off()
    {
        using var folder = new RunFolder();
        var whole = folder.Live(30);
        Assert.Null(whole.Report.Forewarner);
        Assert.DoesNotContain(whole.States, s => s.PersistenceId == ForewarnerActor.Id);
        Assert.All(folder.Stored("survival").OfType<SurvivalEvent.Assessed>(), e => Assert.Equal(LayerStatus.Absent, e.Snapshot.Layers.Single(l => l.Layer == LayerId.McForewarner).Status));
    }
}
