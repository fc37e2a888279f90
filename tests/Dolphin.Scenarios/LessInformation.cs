using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.External;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.External;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Scan;
using Dolphin.Domain.Sizing;
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

    [Theory(DisplayName = "Seed 71: with alpha, or what alpha lives on, falling silent in a crisis or in calm no opening is larger than that of the run that hears it")]
    [InlineData("alpha", true)]
    [InlineData("scan", true)]
    [InlineData("alpha-listener", true)]
    [InlineData("external-factors", true)]
    [InlineData("alpha", false)]
    [InlineData("scan", false)]
    public void Alpha_silenced(string actor, bool isCrisis)
    {
        using StagedNode richer = WithAlpha(isCrisis), poorer = WithAlpha(isCrisis);
        richer.Play();
        poorer.Play(bar =>
        {
            if (bar == WarmUp - 5) poorer.Poison(actor); // Longer than a snapshot counts.
        });

        var (full, less) = (Openings(richer), Openings(poorer));
        Assert.Equal(3, full.Count);
        Assert.NotEmpty(less);
        foreach (var (strategy, notional) in less)
            Assert.True(notional <= full[strategy], $"{actor} silent, {strategy}: opened {notional}, with all that is to be known {full[strategy]}.");
        Assert.All(Breakers(richer), left => Assert.Equal(isCrisis ? 0.21 : 1.1, left, 1e-9));
        Assert.All(Breakers(poorer), left => Assert.Equal(isCrisis ? 0.21 : 0.51, left, 1e-9));
    }

    // All that a breaker hears at its worst, or at its calmest, as each counts when the run begins.
    private static StagedNode WithAlpha(bool isCrisis)
    {
        var (market, errors) = (Plans.Market(Seed), new List<string>());
        var plan = Plans.Node(market, Plans.Quick with { WarmUpBars = WarmUp });
        var scan = new ScanPlan(
            ScanPolicy.Create(new ScanSettings { Windows = [10, 20] }, "test", errors)!, ScanWatchPolicy.Create(new ScanWatchSettings { ShrinkTo = 3 }, "test", errors)!,
            Plans.Bar, EntropyEvery: 4, LongestStep: 3);
        var alpha = new AlphaPlan(
            AlphaMeterPolicy.Create(new AlphaMeterSettings(), "test", errors)!, AdaptiveBreakerPolicy.Create(new AdaptiveBreakerSettings(), "test", errors)!,
            AlphaRankPolicy.Create(new AlphaRankSettings(), "test", errors)!, PlungePolicy.Create(new PlungeSettings(), "test", errors)!, 3 * Plans.Bar);
        // Whatever is told is fresh, and no shock: what is tried is the breaker and not L7.
        var (day, week) = (TimeSpan.FromDays(1), TimeSpan.FromDays(7));
        var factors = FactorPolicy.Create(
            new FactorSettings { FundingFreshFor = week, TakerRatioFreshFor = week, DvolFreshFor = day, TakerLow = 0.1 }, [Factors.Funding, Factors.TakerRatio, Factors.Dvol], "test", errors)!;
        Assert.Empty(errors);
        ImmutableArray<FactorValue> tape =
        [
            new(null, Factors.Funding, isCrisis ? 0.001 : 0, Plans.Start - 5 * day),
            new(null, Factors.TakerRatio, isCrisis ? 0.7 : 1.05, Plans.Start - day),
            new(null, Factors.Dvol, isCrisis ? 80 : 40, Plans.Start),
        ];
        return new StagedNode(
            market,
            plan with
            {
                Shocks = plan.Shocks with { VolatilityRatio = 1_000 },
                Factors = new ExternalFactorsPlan(factors, tape, []),
                Scan = scan,
                Alpha = alpha,
                Sizing = new SizingPlan(new SizingPolicy(null, null, Seed), Plans.Deposit, day, ImmutableSortedDictionary<Symbol, double>.Empty),
            },
            Plans.Venue(Seed), Bars);
    }

    [Theory(DisplayName = "Seed 71: with a sensor that hears nothing more and goes on speaking R_total is never above that of the run in which it hears, and no opening is larger")]
    [InlineData("L1_QUORUM", 5)]
    [InlineData("L2_LEDGER_INTEGRITY", 27)]
    [InlineData("L4_ALGO_HEARTBEAT", 30)]
    [InlineData("L6_SLIPPAGE_DRIFT", 24)]
    [InlineData("L7_EXF_SERVICE", 10)]
    [InlineData("L9_PORTFOLIO_DD", 22)]
    public void Deaf(string layer, int fromBar)
    {
        var from = Plans.Start + fromBar * Plans.Bar;
        Compare($"{layer} deaf from bar {fromBar}", static _ => static _ => { }, SensorFault.None, new SensorFault(new LayerId(layer), SensorFaultKind.Frozen, from, DateTimeOffset.MaxValue, TimeSpan.Zero));
    }

    private static void Compare(string what, Func<StagedNode, Action<int>> impoverish, SensorFault? richerFault = null, SensorFault? poorerFault = null)
    {
        using StagedNode richer = Stage(richerFault), poorer = Stage(poorerFault);
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

    private static StagedNode Stage(SensorFault? fault)
    {
        var market = Plans.Market(Seed);
        var plan = Plans.Node(market, Plans.Quick with { WarmUpBars = WarmUp });
        return new StagedNode(market, plan with { Shocks = plan.Shocks with { VolatilityRatio = 1_000 }, SensorFault = fault }, Plans.Venue(Seed), Bars);
    }

    // A product in the order of the layers, so that equal layers give equal bits.
    private static double Apart(RiskSnapshot risk) =>
        risk.Layers.Where(l => !OwnDoing.Contains(l.Layer)).Aggregate(1.0, (product, layer) => product * layer.Damped);

    private static SortedDictionary<string, HedgeEvent.CycleOpened> FirstOpenings(StagedNode node)
    {
        var first = new SortedDictionary<string, HedgeEvent.CycleOpened>(StringComparer.Ordinal);
        foreach (var symbol in node.Market.Symbols)
        {
            var opened = node.Journal.EventsOf(StrategyIds.PersistenceIdOf($"hedge-{symbol}")).OfType<HedgeEvent.CycleOpened>().FirstOrDefault();
            if (opened is not null) first[symbol.Name] = opened;
        }

        return first;
    }

    /// <summary>Quote: one leg of each strategy's first opening.</summary>
    private static Dictionary<string, decimal> Openings(StagedNode node) =>
        FirstOpenings(node).ToDictionary(o => o.Key, o => o.Value.Targets.To.Long.Base * o.Value.Targets.DecisionPrice.QuotePerBase, StringComparer.Ordinal);

    /// <summary>What the breaker left of each strategy's first opening.</summary>
    private static IEnumerable<double> Breakers(StagedNode node) => FirstOpenings(node).Values.Select(opened => opened.Sizing!.Breaker!.Value);
}
