using Dolphin.Actors.Hedging;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Survival;
using Dolphin.Scenarios.Stage;

namespace Dolphin.Scenarios;

/// <summary>Two runs of one market with one plan; in the second something that the first hears falls silent, or comes late.</summary>
/// <remarks>The market has no shocks: that something has happened nobody can know who has not been told. What is compared is the price of not knowing.</remarks>
public sealed class LessInformation
{
    private const ulong Seed = 71;
    private const int Bars = 150, WarmUp = 40;

    // What these two measure is the run's own trading: who trades less may lose less. They are compared until there is any.
    private static readonly LayerId[] OwnDoing = [LayerId.SlippageDrift, LayerId.PortfolioDrawdown];

    [Theory(DisplayName = "Seed 71: with a sensor that falls silent R_total is never above that of the run that hears it, and no opening is larger")]
    [InlineData("quorum", 5)]
    [InlineData("ledger", 30)]
    [InlineData("heartbeat", 36)]
    [InlineData("heartbeat", 30)]
    [InlineData("slippage", 27)]
    [InlineData("shocks", 10)]
    [InlineData("drawdown", 25)]
    public void Silenced(string sensor, int atBar) => Compare($"{sensor} silent from bar {atBar}", poorer => bar =>
    {
        if (bar == atBar) poorer.Poison($"sensors/{sensor}");
    });

    [Theory(DisplayName = "Seed 71: with bars that come later R_total is never above that of the run that gets them in time, and no opening is larger")]
    [InlineData(130)]
    [InlineData(200)]
    [InlineData(300)]
    public void Delayed(int seconds) => Compare($"bars {seconds} s late from bar 20", poorer => bar =>
    {
        if (bar == 20) poorer.FeedDelay = TimeSpan.FromSeconds(seconds);
    });

    private static void Compare(string what, Func<StagedNode, Action<int>> impoverish)
    {
        using StagedNode richer = Stage(), poorer = Stage();
        richer.Play();
        poorer.Play(impoverish(poorer));

        var firstFill = new[] { richer, poorer }.Min(node => node.VenueFacts.OfType<Venues.Paper.PaperFact.OrderFilled>().Select(f => f.At).DefaultIfEmpty(DateTimeOffset.MaxValue).Min());
        var poorerAt = poorer.Published.GroupBy(p => p.At).ToDictionary(g => g.Key, g => g.Last());
        var (common, below) = (0, 0);
        foreach (var known in richer.Published.GroupBy(p => p.At).Select(g => g.Last()))
        {
            if (!poorerAt.TryGetValue(known.At, out var unknown)) continue;
            common++;
            var (most, came) = known.At < firstFill ? (known.RTotal, unknown.RTotal) : (Apart(known), Apart(unknown));
            Assert.True(came <= most, $"{what}, {known.At:t}: R_total is {came:R}, with all that is to be known it is {most:R}.");
            if (came < most) below++;
        }

        Assert.True(common > 100 && below > 10, $"{what}: {common} common instants, {below} below; the story shows nothing.");

        var (full, less) = (Openings(richer), Openings(poorer));
        Assert.Equal(3, full.Count);
        foreach (var (strategy, notional) in less)
            Assert.True(notional <= full[strategy], $"{what}, {strategy}: opened {notional}, with all that is to be known {full[strategy]}.");
        Assert.True(less.Values.Sum() < full.Values.Sum(), $"{what}: as much was opened as with all that is to be known; the story shows nothing.");
    }

    private static StagedNode Stage()
    {
        var market = Plans.Market(Seed);
        var plan = Plans.Node(market, Plans.Quick with { WarmUpBars = WarmUp });
        return new StagedNode(market, plan with { Shocks = plan.Shocks with { VolatilityRatio = 1_000 } }, Plans.Venue(Seed), Bars);
    }

    // A product in the order of the layers, so that equal layers give equal bits.
    private static double Apart(RiskSnapshot risk) =>
        risk.Layers.Where(l => !OwnDoing.Contains(l.Layer)).Aggregate(1.0, (product, layer) => product * layer.Damped);

    /// <summary>Quote: one leg of each strategy's first opening.</summary>
    private static SortedDictionary<string, decimal> Openings(StagedNode node)
    {
        var first = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var symbol in node.Market.Symbols)
        {
            var opened = node.Journal.EventsOf(StrategyIds.PersistenceIdOf($"hedge-{symbol}")).OfType<HedgeEvent.CycleOpened>().FirstOrDefault();
            if (opened is not null) first[symbol.Name] = opened.Targets.To.Long.Base * opened.Targets.DecisionPrice.QuotePerBase;
        }

        return first;
    }
}
