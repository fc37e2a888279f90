using Dolphin.Actors.Hermes;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Data;
using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Dolphin.Scenarios.Stage;
using Dolphin.Venues;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Scenarios;

/// <summary>An operator says whose the legs are, in a whole system: they change hands as they stand, and nobody forgets it.</summary>
public sealed class OperatorsWord
{
    private const int Bars = 260, HedgesAt = 5, ProtectsAt = 60, LiftsAt = 75;
    private static readonly Symbol Asset = new("AAAUSDT");

    private static SimulatedMarket Market() => new(3, Plans.Start, Plans.Bar,
        [new(Asset, "one", 100m, 2, 3, DailyVolatility: 0.02, MarketShare: 0.4, SectorShare: 0.1, DailyQuoteVolume: 4e9, TradesPerSecond: 20)]);

    // A band of 2 %, which this market does not cross in an hour, and no end for want of crossings: what trades here does so because the legs change hands, or nothing does.
    private static NodePlan Plan(IMarketSource market) => Governed.Node(
        market, Plans.Quick with { K = 10m, Fee = 0.002m, Gamma1 = 0.0001m, MaxInterval = TimeSpan.FromDays(365) }, Governed.Quick);

    private static OperatorWord Word(LegHolder? holder, string why = "a story", RiskPosture? posture = null) => new(Asset, why, holder, posture);

    private static OperatorWord? WordAt(int bar) => bar switch
    {
        HedgesAt => Word(LegHolder.BandLimitedHedging, posture: RiskPosture.Balanced),
        ProtectsAt - 1 => Word(null),
        ProtectsAt => Word(LegHolder.ExposureProtector),
        LiftsAt => Word(null),
        _ => null,
    };

    [Fact(DisplayName = "An override hands standing legs over without closing or reopening one; lifted, they go back when the table says so, and not before the dwell")]
    public void Moves_what_stands()
    {
        var market = Market();
        using var node = new StagedNode(market, Plan(market), Plans.Venue(3), Bars);
        Legs before = default, after = default;
        int sentBefore = 0, sentAfter = 0;
        node.Play(bar =>
        {
            if (WordAt(bar) is { } word) Assert.IsType<HermesProtocol.Done>(node.AskOperator(OperatorProtocol.Asked.Of(word, "ada", node.Now)));
            if (bar == ProtectsAt) (before, sentBefore) = (LegsOf(node), Sent(node));
            if (bar == LiftsAt) (after, sentAfter) = (LegsOf(node), Sent(node));
        });

        Assert.True(before.Long.Base > 0m && before.Short.Base > 0m, $"The story needs open legs; there are {before}.");
        Assert.Equal(before, after);
        Assert.Equal(sentBefore, sentAfter);
        var events = node.Journal.EventsOf(AssetHermesActor.IdOf(Asset)).OfType<HermesEvent>().ToList();
        var adopted = events.OfType<HermesEvent.Adopted>().ToList();
        Assert.Equal([LegHolder.BandLimitedHedging, LegHolder.ExposureProtector, LegHolder.BandLimitedHedging], adopted.Select(a => a.Holder));
        Assert.Equal(before, adopted[1].Legs);
        var back = events.OfType<HermesEvent.HandOverAsked>().Last();
        Assert.NotEqual(HermesRule.Override, back.Rule);
        Assert.True(back.At - adopted[1].At >= Governed.Quick.MinDwell, $"Asked {back.At - adopted[1].At} after the override had brought the protector in.");
        Assert.Equal([("ada", "a story")], events.OfType<HermesEvent.OverrideSet>().Select(e => (e.By, e.Why)).Distinct());
        Assert.Equal(2, events.OfType<HermesEvent.OverrideLifted>().Count());
        Assert.Empty(node.End().Violations);
    }

    [Fact(DisplayName = "What is refused changes nothing: not the holder, not an order, not what is stored of Hermes")]
    public void Refused()
    {
        var market = Market();
        using var node = new StagedNode(market, Plan(market), Plans.Venue(3), 90);
        var refusals = new List<string>();
        node.Play(bar =>
        {
            if (bar == HedgesAt) node.AskOperator(OperatorProtocol.Asked.Of(WordAt(HedgesAt)!, "ada", node.Now));
            if (bar == 59) Assert.IsType<HermesProtocol.Done>(node.AskOperator(OperatorProtocol.Asked.Of(Word(null), "ada", node.Now)));
            if (bar != 60) return;
            var stored = node.Journal.EventsOf(AssetHermesActor.IdOf(Asset));
            foreach (var word in new[] { Word(LegHolder.ExposureProtector, why: ""), Word(LegHolder.ExposureProtector) with { For = TimeSpan.Zero }, Word((LegHolder)9) })
                refusals.Add(Assert.IsType<HermesProtocol.Refused>(node.AskOperator(OperatorProtocol.Asked.Of(word, "ada", node.Now))).Refusal.Code);
            Assert.Equal(stored.AsEnumerable(), node.Journal.EventsOf(AssetHermesActor.IdOf(Asset)));
        });
        Assert.Equal(["hermes.bad-override", "hermes.bad-override", "hermes.bad-override"], refusals);
        var adopted = node.Journal.EventsOf(AssetHermesActor.IdOf(Asset)).OfType<HermesEvent.Adopted>();
        Assert.Equal([LegHolder.BandLimitedHedging], adopted.Select(a => a.Holder));
    }

    [Fact(DisplayName = "A run that was stopped after an override knows it when it is started again, and ends as one that never was")]
    public void Survives()
    {
        using ReplayFolder whole = new(), broken = new();
        var expected = Live(whole, out var told);
        Assert.All(told, answer => Assert.IsType<ControlAnswer.Done>(answer));
        Live(broken, out _, stopAt: ProtectsAt + 8);
        var stored = ReplayFolder.Events(broken.NodeJournal, AssetHermesActor.IdOf(Asset)).OfType<HermesEvent>().Aggregate(HermesState.Initial, HermesDecider.Evolve);
        Assert.Equal((LegHolder.ExposureProtector, "ada", "a story"), (stored.Override!.Holder, stored.Override.By, stored.Override.Why));
        var resumed = Live(broken, out var asked, begun: ProtectsAt + 8);
        Assert.All(asked, answer => Assert.IsType<ControlAnswer.Done>(answer));
        Assert.True(resumed.Finished, "The run did not finish.");
        Assert.Equal(expected.Hash, resumed.Hash);
        Assert.Empty(resumed.Violations);
    }

    /// <summary>One life, in which the operator says what the story has for each bar that no earlier life has heard.</summary>
    private static RunEnd Live(ReplayFolder folder, out List<ControlAnswer> told, int? stopAt = null, int begun = 0)
    {
        using var stop = new CancellationTokenSource();
        var answers = new List<Task<ControlAnswer>>();
        ReplayRun? run = null;
        var market = new WatchedMarket(Market(), given =>
        {
            var bar = (int)run!.BarsAtStart + given;
            if (bar == stopAt) stop.Cancel();
            else if (bar >= begun && WordAt(bar) is { } word) answers.Add(run.Operator.TellHermesAsync(word, "ada", CancellationToken.None));
        });
        var options = Plans.Replay(folder.Path, 3, Bars, Plan(market), market: market, checkpointEvery: 50);
        var end = ReplayFolder.Live(options, stop.Token, started => run = started);
        told = [.. answers.Select(a => a.IsCompletedSuccessfully ? a.GetAwaiter().GetResult() : throw new InvalidOperationException($"A request is {a.Status}."))];
        return end;
    }

    private static Legs LegsOf(StagedNode node) => node.Board.Of(Asset).Book is { } book ? new Legs(book.Long.Quantity, book.Short.Quantity) : default;

    private static int Sent(StagedNode node) => node.Door.Of<VenueCommand.Submit>().Count();
}
