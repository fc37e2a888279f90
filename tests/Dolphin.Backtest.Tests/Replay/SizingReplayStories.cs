using System.Collections.Immutable;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Backtest.Tests.Stage;
using Dolphin.Domain.Divergence;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Venues.Paper;

namespace Dolphin.Backtest.Tests.Replay;

/// <summary>A replay with the whole chain before the sizer: second venue, adaptive leverage, size learner.</summary>
public sealed class SizingReplayStories
{
    private const int Slices = 400;

    private static NodePlan Chained(NodePlan plan) => plan with
    {
        Divergence = DivergencePlan.Of(
            new DivergenceSettings { Sources = [DivergencePlan.Traded, new PriceSource("paper-2")] },
            new QuoteVenuePolicy(7, TimeSpan.FromSeconds(2), new Bps(2m), 0.1, TimeSpan.FromMinutes(10)), Small.Bar, "test", []),
        Sizing = Sizing(LeveragePolicy.Create(new LeverageSettings(), "test", [])),
    };

    private static SizingPlan Sizing(LeveragePolicy? leverage) => new(
        new SizingPolicy(leverage, SizeLearningPolicy.Create(new SizeLearningSettings { ExplorationShare = 0.5 }, "test", []), Small.Seed),
        Small.Deposit, TimeSpan.FromDays(1), ImmutableSortedDictionary<Symbol, double>.Empty);

    private static Life Whole(Func<NodePlan, NodePlan> plan)
    {
        using var folder = new RunFolder();
        return folder.Live(Slices, change: o => o with { Plan = plan(o.Plan) });
    }

    [Fact(DisplayName = "Stopped anywhere and taken up again, a replay with the whole chain ends in the hash of one that was never stopped")]
    public void Resumes()
    {
        var whole = Whole(Chained);
        Assert.True(whole.Finished && whole.Report.IsSound);
        foreach (var stop in (int[])[31, 153, 320])
        {
            using var folder = new RunFolder();
            Assert.False(folder.Live(Slices, (_, slice) => slice == stop, change: o => o with { Plan = Chained(o.Plan) }).Finished);
            var resumed = folder.Live(Slices, change: o => o with { Plan = Chained(o.Plan) });
            Assert.Equal((true, whole.Hash), (resumed.Finished, resumed.Hash));
        }
    }

    [Fact(DisplayName = "Every cycle that was opened is one episode, each is closed once, and the learner's journal says what each was opened with")]
    public void Episodes()
    {
        using var folder = new RunFolder();
        var life = folder.Live(Slices, change: o => o with { Plan = Chained(o.Plan) });
        var learned = folder.Stored(SizeLearnerActor.Id);
        var cycles = Enumerable.Range(0, 2).SelectMany(i => folder.Stored($"strategy-{Small.Strategy(i)}").OfType<HedgeEvent.CycleOpened>()).ToList();
        Assert.True(cycles.Count > 5, $"{cycles.Count} cycles: the story needs more.");
        Assert.All(cycles, c => Assert.NotNull(c.Sizing?.Choice));
        Assert.Equal(cycles.Select(c => (c.At, c.Sizing!.Choice!)).Order(Comparer<(DateTimeOffset, SizeChoice)>.Create((a, b) => a.Item1.CompareTo(b.Item1))).Select(c => c.Item1),
            learned.OfType<SizeEvent.EpisodeOpened>().Select(e => e.At));
        var closed = learned.OfType<SizeEvent.EpisodeClosed>().Select(e => e.Id).ToList();
        Assert.True(closed.Count >= cycles.Count - 2 && closed.Distinct().Count() == closed.Count, $"{closed.Count} of {cycles.Count} closed.");
        var state = learned.Cast<SizeEvent>().Aggregate(SizeLearnerState.Initial, SizeLearner.Evolve);
        Assert.Equal(state, ((SizeLearnerSnapshot)life.States.Single(s => s.PersistenceId == SizeLearnerActor.Id).State).State);
        Assert.Contains(cycles, c => c.Sizing!.Adaptive!.Contributions.Any(f => f is { Factor: LeverageFactor.Divergence, Value: not null }));
        Assert.Contains(cycles, c => c.Sizing!.Adaptive!.Contributions.Any(f => f is { Factor: LeverageFactor.Margin, Value: not null }));
    }

    [Fact(DisplayName = "A learner in the shadow, without adaptive leverage, changes nothing that is traded")]
    public void Shadow()
    {
        var (with, without) = (Whole(plan => plan with { Sizing = Sizing(leverage: null) }), Whole(plan => plan));
        Assert.Equal((without.Report.Fills, without.Report.Equity, without.Report.Fees), (with.Report.Fills, with.Report.Equity, with.Report.Fees));
        Assert.True(with.States.Any(s => s.PersistenceId == SizeLearnerActor.Id) && with.Hash != without.Hash);
    }
}
