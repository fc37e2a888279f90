using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.SizeLearning;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Sizing;

/// <summary>Leverage with what lifts it, then the caps, then what cuts: in this order, and nothing else.</summary>
public sealed class SizingChainStories
{
    private static readonly EpisodeId Next = new("band-limited-hedging:BTCUSDT:1");
    private static readonly BetRequest Plain = new(new Money(20_000m), Fraction: 0.2m, ConfiguredLeverage: 3m, EnvelopeCap: null, [], Money.Zero);
    private static readonly SizeLearningPolicy Learning = SizeRun.PolicyOf(new SizeLearningSettings());
    private static readonly LeveragePolicy Adaptive = LeveragePolicy.Create(new LeverageSettings(), "leverage", [])!;

    private static RiskView Apex(decimal maxLeverage = 6m, double rTotal = 1) => new RiskSnapshot(
        1, 1, DateTimeOffset.UnixEpoch, rTotal, Posture.Apex, DateTimeOffset.UnixEpoch, maxLeverage, InvariantFailed: false, null, null, []).ToView();

    // Forty positions in a row that earned what the most may count: a multiplier of 1.5; or that lost it: of 0.5.
    private static SizeLearnerState Trusted(int open = 0, decimal earned = 20m)
    {
        var run = new SizeRun();
        for (var i = 0; i < 40; i++)
        {
            var id = new EpisodeId($"before:{i}");
            run.Send(new SizeInput.Open(id, run.Choose(id.Value, SizeContext.Unknown), run.Now));
            run.Now += TimeSpan.FromHours(1);
            run.Send(new SizeInput.Close(id, new Money(earned), new Money(1_000m), run.Now));
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

    [Fact(DisplayName = "What the adaptive breaker leaves cuts after the caps; its boost lifts the wish, and posture and venue cap what comes of it")]
    public void Breaker()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, null, 1), Plain, Apex(), SizingInputs.Unknown, null, Next, breaker: 0.51);
        Assert.Equal((3m, 3m, 1.53m, new Money(6_120m), 0.51), (sizing.Wished, sizing.Uncut, bet.Leverage, bet.Notional, sizing.Breaker));
        Assert.Contains("adaptive breaker x 0.51", sizing.ToText(), StringComparison.Ordinal);
        (bet, sizing) = SizingChain.Size(new SizingPolicy(null, null, 1), Plain, Apex(maxLeverage: 3.1m), SizingInputs.Unknown, null, Next, breaker: 1.1);
        Assert.Equal((3.3m, 3.1m, null, BetBound.Posture), (sizing.Wished, sizing.Leverage, sizing.Uncut, bet.Bound));
    }

    [Fact(DisplayName = "Of an opening that was asked for the size is the lesser of wish and sizer, and each multiplier is the quotient of such sizes with it and without it")]
    public void Asked_for() => Prop.ForAll(
        (from used in Gen.Choose(50, 150)
         from offered in Gen.Choose(50, 150)
         from wish in Gen.Choose(1, 25_000)
         from plain in Gen.Choose(100, 12_000)
         select (Used: used / 100m, Offered: offered / 100m, Wish: (decimal)wish, Plain: (decimal)plain)).ToArbitrary(), w =>
    {
        var choice = SizeChoice.Constant with { Offered = w.Offered, Used = w.Used };
        var sizing = new OpeningSizing(null, choice, 3m, 3m, BetBound.Configured, 1d, new Money(w.Plain * w.Used)).AtMost(new Money(w.Wish));
        decimal Quotient(decimal multiplier) => decimal.Round(Math.Min(w.Wish, w.Plain * multiplier) / Math.Min(w.Wish, w.Plain), 6);
        return sizing.Notional.Quote == Math.Min(w.Wish, w.Plain * w.Used) && sizing.Given == (w.Wish < w.Plain * w.Used ? new Money(w.Plain * w.Used) : (Money?)null)
            && decimal.Round(sizing.Choice!.Effective, 6) == Quotient(w.Used) && decimal.Round(sizing.Choice.EffectiveOffered, 6) == Quotient(w.Offered);
    }).QuickCheckThrowOnFailure();

    private static readonly BetRequest Far = Plain with { ConfiguredLeverage = 40m };
    private static readonly SizingPolicy Learns = new(null, Learning, 1);

    [Fact(DisplayName = "A wish of 40x under a cap of 6x: a multiplier of a half makes 3x of it, and so does a breaker")]
    public void Cut_under_a_cap()
    {
        var (bet, sizing) = SizingChain.Size(Learns, Far, Apex(), SizingInputs.Unknown, Trusted(earned: -20m), Next);
        Assert.Equal((0.5m, 0.5m, 0.5m), (sizing.Choice!.Used, sizing.Choice.Effective, sizing.Choice.EffectiveOffered));
        Assert.Equal((40m, 6m, 3m, BetBound.Posture, new Money(12_000m)), (sizing.Wished, sizing.Uncut, bet.Leverage, bet.Bound, bet.Notional));
        Assert.StartsWith("one leg 12000.00: leverage 3x of 40x wished, set by the posture at 6x and then cut, R_total 1.0000\nlearned multiplier 0.50;", sizing.ToText(), StringComparison.Ordinal);
        Assert.Equal(bet, SizingChain.Size(new SizingPolicy(null, null, 1), Far, Apex(), SizingInputs.Unknown, null, Next, breaker: 0.5).Bet);
        Assert.Equal(1.53m, SizingChain.Size(Learns, Far, Apex(), SizingInputs.Unknown, Trusted(earned: -20m), Next, breaker: 0.51).Bet.Leverage);
        // Below the venue's bracket and its largest notional, too.
        var small = Far with { Brackets = [new LeverageBracket(new Money(7_000m), 5m, 0.005m, Money.Zero)] };
        Assert.Equal((new Money(3_500m), BetBound.BracketNotional), SizingChain.Size(Learns, small, Apex(), SizingInputs.Unknown, Trusted(earned: -20m), Next).Bet is var b ? (b.Notional, b.Bound) : default);
    }

    [Fact(DisplayName = "A multiplier of 1.5 at the cap changes nothing: in effect it is 1; below the cap it is what the cap leaves of it; a breaker cuts it all the same")]
    public void Lift_under_a_cap()
    {
        var (bet, sizing) = SizingChain.Size(Learns, Far, Apex(), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((1.5m, 1m, 1m), (sizing.Choice!.Used, sizing.Choice.Effective, sizing.Choice.EffectiveOffered));
        Assert.Equal((60m, 6m, null, new Money(24_000m)), (sizing.Wished, bet.Leverage, sizing.Uncut, bet.Notional));
        Assert.Contains("learned multiplier 1.50, of which a cap left 1.00", sizing.ToText(), StringComparison.Ordinal);
        (bet, sizing) = SizingChain.Size(Learns, Plain with { ConfiguredLeverage = 5m }, Apex(), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((6m, 1.2m), (bet.Leverage, sizing.Choice!.Effective));
        (bet, sizing) = SizingChain.Size(Learns, Far, Apex(), SizingInputs.Unknown, Trusted(), Next, breaker: 0.8);
        Assert.Equal((4.8m, 1m), (bet.Leverage, sizing.Choice!.Effective));
        Assert.Null(SizingChain.Size(Learns, Plain, Apex(), SizingInputs.Unknown, Trusted(), Next).Sizing.Choice!.UsedLeft);
    }

    private sealed record Case(decimal Leverage, decimal Posture, decimal? Envelope, decimal Bracket, decimal Room, double RTotal, double? Breaker, decimal Earned, int Episode);

    private static Arbitrary<Case> Cases => (
        from leverage in Gen.Elements(0.7m, 3m, 5.5m, 40m, 80m)
        from posture in Gen.Elements(1m, 2m, 6m, 100m)
        from envelope in Gen.Elements<decimal?>(null, 0.5m, 4m)
        from bracket in Gen.Elements(1m, 5m, 20m, 125m)
        from room in Gen.Elements(500m, 13_000m, 1_000_000m)
        from rTotal in Gen.Choose(1, 100).Select(r => r / 100.0)
        from breaker in Gen.Elements<double?>(null, 0.01, 0.51, 0.99, 1, 1.1)
        from earned in Gen.Elements(20m, -20m)
        from episode in Gen.Choose(0, 1_000)
        select new Case(leverage, posture, envelope, bracket, room, rTotal, breaker, earned, episode)).ToArbitrary();

    [Fact(DisplayName = "Whatever caps: a multiplier or breaker below 1 cuts by all of itself, one above 1 passes no cap and makes nothing smaller, and the effect is the quotient of the sizes")]
    public void Always()
    {
        var explores = new SizingPolicy(null, SizeRun.PolicyOf(new SizeLearningSettings { ExplorationShare = 0.5, ExplorationReach = 0.25 }), 1);
        var (gaining, losing) = (Trusted(), Trusted(earned: -20m));
        Prop.ForAll(Cases, c =>
        {
            var request = new BetRequest(new Money(20_000m), 0.2m, c.Leverage, c.Envelope,
                [new LeverageBracket(new Money(c.Room), c.Bracket, 0.005m, Money.Zero), new LeverageBracket(new Money(10m * c.Room), c.Bracket / 2m, 0.01m, Money.Zero)], Money.Zero);
            (Bet Bet, OpeningSizing Sizing) Of(SizeLearnerState? learner, double? breaker) =>
                SizingChain.Size(explores, request, Apex(c.Posture, c.RTotal), SizingInputs.Unknown, learner, new EpisodeId($"any:{c.Episode}"), breaker);
            var (bet, sizing) = Of(c.Earned > 0m ? gaining : losing, c.Breaker);
            var (plain, unbroken) = (Of(null, c.Breaker).Bet, Of(c.Earned > 0m ? gaining : losing, null).Bet);
            var choice = sizing.Choice!;
            var caps = Math.Min(Math.Min(c.Posture, c.Envelope ?? c.Posture), c.Bracket);
            var isCut = choice.Used < 1m ? bet.Notional < plain.Notional && Math.Abs(bet.Notional.Quote - plain.Notional.Quote * choice.Used) <= 1e-7m : bet.Notional >= plain.Notional;
            var isBroken = c.Breaker switch { < 1 => bet.Notional < unbroken.Notional, > 1 => bet.Notional >= unbroken.Notional, _ => bet == unbroken };
            return isCut && isBroken && bet.Leverage <= caps && bet.Notional.Quote <= 4_000m * (decimal)c.RTotal * bet.Leverage + 1e-7m
                && choice.Effective is >= 0.5m and <= 1.5m && Math.Abs(bet.Notional.Quote - plain.Notional.Quote * choice.Effective) <= 1e-6m * (1m + plain.Notional.Quote)
                && sizing.Notional == bet.Notional && sizing.Leverage == bet.Leverage;
        }).QuickCheckThrowOnFailure();
    }

    [Fact(DisplayName = "A learner that is not trusted changes nothing, and its offer is kept beside the constant that was used")]
    public void Untrusted()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(), SizingInputs.Unknown, SizeLearnerState.Initial, Next);
        Assert.Equal(new Money(12_000m), bet.Notional);
        Assert.Equal((1m, 1m), (sizing.Choice!.Offered, sizing.Choice.Used));
    }

    [Fact(DisplayName = "A trusted learner's multiplier is in the wish, and posture and venue cap what comes of it")]
    public void Trusted_multiplier()
    {
        var (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((1.5m, 4.5m, new Money(18_000m), BetBound.Configured), (sizing.Choice!.Used, sizing.Wished, bet.Notional, bet.Bound));
        (bet, sizing) = SizingChain.Size(new SizingPolicy(null, Learning, 1), Plain, Apex(maxLeverage: 4m), SizingInputs.Unknown, Trusted(), Next);
        Assert.Equal((4.5m, 4m, new Money(16_000m), BetBound.Posture), (sizing.Wished, sizing.Leverage, bet.Notional, bet.Bound));
        Assert.Equal(1.333333m, sizing.Choice!.Effective);
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
            new SizingPolicy(null, policy, seed), Plain, Apex(), SizingInputs.Unknown, trusted, new EpisodeId($"band-limited-hedging:BTCUSDT:{i}")).Sizing.Choice!.Used)];
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
