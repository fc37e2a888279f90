using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.SizeLearning;

namespace Dolphin.Domain.Tests.Sizing;

/// <summary>Leverage, then the learned multiplier, then the caps: in this order, and nothing else.</summary>
public sealed class SizingChainStories
{
    private static readonly EpisodeId Next = new("band-limited-hedging:BTCUSDT:1");
    private static readonly BetRequest Plain = new(new Money(20_000m), Fraction: 0.2m, ConfiguredLeverage: 3m, EnvelopeCap: null, [], Money.Zero);
    private static readonly SizeLearningPolicy Learning = SizeRun.PolicyOf(new SizeLearningSettings());
    private static readonly LeveragePolicy Adaptive = LeveragePolicy.Create(new LeverageSettings(), "leverage", [])!;

    private static RiskView Apex(decimal maxLeverage = 6m, double rTotal = 1) => new RiskSnapshot(
        1, 1, DateTimeOffset.UnixEpoch, rTotal, Posture.Apex, DateTimeOffset.UnixEpoch, maxLeverage, InvariantFailed: false, null, null, []).ToView();

    // Thirty positions in a row that earned what the most may count.
    private static SizeLearnerState Trusted(int open = 0)
    {
        var run = new SizeRun();
        for (var i = 0; i < 40; i++)
        {
            var id = new EpisodeId($"before:{i}");
            run.Send(new SizeInput.Open(id, run.Choose(id.Value, SizeContext.Unknown), run.Now));
            run.Now += TimeSpan.FromHours(1);
            run.Send(new SizeInput.Close(id, new Money(20m), new Money(1_000m), run.Now));
        }

        for (var i = 0; i < open; i++) run.Send(new SizeInput.Open(new EpisodeId($"open:{i}"), SizeChoice.Constant, run.Now));
        Assert.True(run.State.Trusted, SizeReport.Of(run.Policy, run.State).Why);
        return run.State;
    }

    [Fact(DisplayName = "With nothing in the chain the size is the bet sizer's")]
    public void Nothing()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, null, 1), Plain, Apex(), SizingInputs.Unknown, null, Next);
        Assert.Equal(BetSizer.Size(Plain, Apex()), bet);
        Assert.Equal((null, null, 3m, new Money(12_000m)), (sizing.Adaptive, sizing.Choice, sizing.Wished, sizing.Notional));
    }

    [Fact(DisplayName = "What the adaptive breaker leaves multiplies the wish, its boost too, and posture and venue cap what comes of it")]
    public void Breaker()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, null, 1), Plain, Apex(), SizingInputs.Unknown, null, Next, breaker: 0.51);
        Assert.Equal((1.53m, new Money(6_120m), 0.51), (sizing.Wished, bet.Notional, sizing.Breaker));
        Assert.Contains("adaptive breaker x 0.51", sizing.ToText(), StringComparison.Ordinal);
        (bet, sizing) = SizingChain.Size(new SizingPolicy(null, null, 1), Plain, Apex(maxLeverage: 3.1m), SizingInputs.Unknown, null, Next, breaker: 1.1);
        Assert.Equal((3.3m, 3.1m, BetBound.Posture), (sizing.Wished, sizing.Leverage, bet.Bound));
    }

    [Fact(DisplayName = "A learner that is not trusted changes nothing, and its offer is kept beside the constant that was used")]
    public void Untrusted()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(), SizingInputs.Unknown, SizeLearnerState.Initial, Next);
        Assert.Equal(new Money(12_000m), bet.Notional);
        Assert.Equal((1m, 1m), (sizing.Choice!.Value.Offered, sizing.Choice.Value.Used));
    }

    [Fact(DisplayName = "A trusted learner's multiplier is in the wish, and posture and venue cap what comes of it")]
    public void Trusted_multiplier()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((1.5m, 4.5m, new Money(18_000m), BetBound.Configured), (sizing.Choice!.Value.Used, sizing.Wished, bet.Notional, bet.Bound));
        (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(maxLeverage: 4m), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((4.5m, 4m, new Money(16_000m), BetBound.Posture), (sizing.Wished, sizing.Leverage, bet.Notional, bet.Bound));
        (bet, _) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain with { Brackets = [new LeverageBracket(new Money(13_000m), 75m, 0.005m, Money.Zero)] }, Apex(), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((new Money(13_000m), BetBound.BracketNotional), (bet.Notional, bet.Bound));
    }

    [Fact(DisplayName = "Who follows as many positions as it may, or has not been heard of, is not asked: the multiplier is 1 and nobody is to be told")]
    public void Not_asked()
    {
        foreach (var learner in (SizeLearnerState?[])[null, Trusted(open: 8)])
        {
            var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(), SizingInputs.Unknown, learner, Next);
            Assert.Equal((null, new Money(12_000m)), (sizing.Choice, bet.Notional));
        }
    }

    [Fact(DisplayName = "Adaptive leverage takes the place of the plan's, with each factor's part; what is not measured is neutral, and the text says which")]
    public void Factors()
    {
        var inputs = SizingInputs.Unknown with { Volatility = 0.04, Margin = 0.85, Divergence = 0.03, Symbol = 1 };
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(Adaptive, null, 1), Plain, Apex(maxLeverage: 100m), inputs, null, Next);
        // 42.5 x 0.25 x 0.3 x 0.5 is below the least.
        Assert.Equal((5m, 5m, new Money(20_000m)), (sizing.Adaptive!.Leverage, sizing.Wished, bet.Notional));
        Assert.Equal(1.59375, sizing.Adaptive.Unbounded, 10);
        Assert.Equal([0.25, 0.3, 0.5], sizing.Adaptive.Contributions.Where(c => c.Multiplier != 1).Select(c => Math.Round(c.Multiplier, 12)));
        foreach (var part in (string[])["one leg 20000.00: leverage 5x of 5x wished, set by the wish", "confidence  missing: neutral", "no learner was asked"])
            Assert.Contains(part, sizing.ToText(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Exploration is drawn from seed and name: the same question has the same answer, another seed another one")]
    public void Explores()
    {
        var policy = SizeRun.PolicyOf(new SizeLearningSettings { ExplorationShare = 0.5, ExplorationReach = 0.25 });
        var trusted = Trusted();
        List<decimal> Of(ulong seed) => [.. Enumerable.Range(0, 50).Select(i => SizingChain.Size(
            new SizingPolicy(null, policy, seed), Plain, Apex(), SizingInputs.Unknown, trusted, new EpisodeId($"band-limited-hedging:BTCUSDT:{i}")).Sizing.Choice!.Value.Used)];
        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));
        Assert.All(Of(1), used => Assert.InRange(used, 1.25m, 1.5m));
    }

    [Fact(DisplayName = "The account: utilisation, and profit since a day ago or since the first word")]
    public void Meter()
    {
        var (day, start) = (TimeSpan.FromDays(1), new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));
        Assert.True(double.IsNaN(AccountMeter.Empty.Utilisation) && double.IsNaN(AccountMeter.Empty.PnlOf(new Money(100m))));
        var meter = AccountMeter.Empty;
        for (var minute = 0; minute <= 3 * 1_440; minute++) meter = meter.After(new Money(10_000m + minute), new Money(2_500m), start.AddMinutes(minute), day);
        Assert.InRange(meter.Marks.Length, 24, AccountMeter.MostMarks);
        Assert.Equal(0.144, meter.PnlOf(new Money(10_000m)), 3);
        Assert.Equal(2_500.0 / 14_320, meter.Utilisation, 12);
        Assert.Same(meter, meter.After(new Money(1m), Money.Zero, start, day)); // Late, and passed over.
        var early = AccountMeter.Empty.After(new Money(1_000m), Money.Zero, start, day).After(new Money(990m), Money.Zero, start.AddMinutes(5), day);
        Assert.Equal(-0.01, early.PnlOf(new Money(1_000m)), 12);
        Assert.Equal(1, AccountMeter.Empty.After(new Money(-5m), Money.Zero, start, day).Utilisation);
    }
}
