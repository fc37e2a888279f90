using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Exits;

public sealed class ExitPlanStories
{
    [Fact(DisplayName = "Worked example: 1 % per root hour over four hours is a unit of 2 %; 1.5 units to the stop, 3 to the target, 1.5 to the trail, which is 1 long")]
    public void Worked()
    {
        var plan = ExitStage.Plan();
        Assert.Equal(100m, plan.Entry.QuotePerBase);
        Close(97.044553354851m, plan.Stop); // 100 e^-0.03
        Close(106.183654654536m, plan.TakeProfit); // 100 e^0.06
        Close(103.045453395352m, plan.ArmsAt); // 100 e^0.03
        Assert.Equal(0.02m, plan.Trail);
        Assert.Equal((false, ExitStage.OnePercent, Posture.Apex, TimeSpan.FromHours(24)), (plan.Trailing, plan.Volatility, plan.Posture, plan.Hold));
        var mirrored = ExitStage.Plan(PositionSide.Short);
        Close(103.045453395352m, mirrored.Stop);
        Close(94.176453358425m, mirrored.TakeProfit); // 100 e^-0.06
        Close(97.044553354851m, mirrored.ArmsAt);
    }

    [Fact(DisplayName = "Confidence buys room: all of it widens every distance by a quarter, none narrows by a quarter, a half leaves it")]
    public void Confidence()
    {
        Assert.Equal(new ExitDistances(0.0375m, 0.075m, 0.0375m, 0.025m), ExitDistances.Of(ExitStage.Defaults, 0.01, 1, Posture.Apex));
        Assert.Equal(new ExitDistances(0.0225m, 0.045m, 0.0225m, 0.015m), ExitDistances.Of(ExitStage.Defaults, 0.01, 0, Posture.Apex));
        Assert.Equal(ExitStage.Plan(confidence: 0), ExitStage.Plan(confidence: double.NaN));
        Assert.Equal(ExitStage.Plan(confidence: 1), ExitStage.Plan(confidence: 7));
    }

    [Fact(DisplayName = "Postures: STALKER takes three quarters of every distance, TURTLE a half, and so does a plan that has to be made in HIBERNATE")]
    public void Postures()
    {
        Assert.Equal(new ExitDistances(0.0225m, 0.045m, 0.0225m, 0.015m), ExitDistances.Of(ExitStage.Defaults, 0.01, 0.5, Posture.Stalker));
        Assert.Equal(new ExitDistances(0.015m, 0.03m, 0.015m, 0.01m), ExitDistances.Of(ExitStage.Defaults, 0.01, 0.5, Posture.Turtle));
        Assert.Equal(ExitStage.Plan(posture: Posture.Turtle), ExitStage.Plan(posture: Posture.Hibernate));
    }

    [Fact(DisplayName = "However quiet or wild the market, no distance leaves its bounds")]
    public void Bounds()
    {
        Assert.Equal(new ExitDistances(0.004m, 0.006m, 0.006m, 0.004m), ExitDistances.Of(ExitStage.Defaults, 1e-9, 0.5, Posture.Apex));
        Assert.Equal(new ExitDistances(0.05m, 0.15m, 0.15m, 0.05m), ExitDistances.Of(ExitStage.Defaults, 5, 0.5, Posture.Apex));
    }

    [Theory(DisplayName = "A volatility that is not known gives the widest distances, until it is known")]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Unknown(double volatility)
    {
        var plan = ExitStage.Plan(volatility: volatility);
        Assert.Null(plan.Volatility);
        Close(95.122942450071m, plan.Stop); // 100 e^-0.05
        Assert.True(ExitStage.At(plan, 100m, volatility).IsNothing);
        var known = plan.After(ExitStage.At(plan, 100m));
        Assert.Equal(ExitStage.Plan(), known);
    }

    [Theory(DisplayName = "Only positions of strategies that allow price stops are guarded; the others are refused with the reason")]
    [InlineData("band-limited-hedging", "its hard rule is that no price stops it")]
    [InlineData("hedge-compression", "lock each other's loss")]
    [InlineData("exposure-protector", "it only trims")]
    public void Refused(string name, string why)
    {
        var kind = new[] { StrategyKind.BandLimitedHedging, StrategyKind.HedgeCompression, StrategyKind.ExposureProtector }.Single(k => k.Name == name);
        var answer = ExitBrain.Plan(ExitStage.Defaults, new ExitRequest(kind, PositionSide.Long, Price.Of(100m), 0.01, 0.5, Posture.Apex, ExitStage.Opened));
        Assert.Null(answer.Plan);
        Assert.Equal("exit-brain.no-price-stop", answer.Refusal!.Code);
        Assert.Contains(why, answer.Refusal.Reason, StringComparison.Ordinal);
        Assert.Contains(name, answer.Refusal.Reason, StringComparison.Ordinal);
        Assert.Null(ExitBrain.Refuse(StrategyKind.Directional));
    }

    [Fact(DisplayName = "An entry that no market has is refused")]
    public void Absurd() => Assert.Equal("exit-brain.absurd-entry", ExitBrain.Plan(
        ExitStage.Defaults, new ExitRequest(StrategyKind.Directional, PositionSide.Long, default, 0.01, 0.5, Posture.Apex, ExitStage.Opened)).Refusal?.Code);

    private static void Close(decimal expected, Price level) => Assert.Equal(expected, level.QuotePerBase, 9);
}

public sealed class ExitLookStories
{
    [Theory(DisplayName = "Stop and target close where the price touches them, to the last digit, on both sides")]
    [InlineData(PositionSide.Long)]
    [InlineData(PositionSide.Short)]
    public void Touches(PositionSide leg)
    {
        var plan = ExitStage.Plan(leg);
        var (stop, target, least) = (plan.Stop.QuotePerBase, plan.TakeProfit.QuotePerBase, leg.Sign() * 0.000000001m);
        Assert.Equal(ExitCause.StopLoss, ExitStage.At(plan, stop).Cause);
        Assert.Equal(ExitCause.None, ExitStage.At(plan, stop + least).Cause);
        Assert.Equal(ExitCause.TakeProfit, ExitStage.At(plan, target).Cause);
        Assert.Equal(ExitCause.None, ExitStage.At(plan, target - least).Cause);
    }

    [Theory(DisplayName = "A bar in which both the stop and the target lie has stopped the position: nobody knows which came first")]
    [InlineData(PositionSide.Long)]
    [InlineData(PositionSide.Short)]
    public void Both(PositionSide leg)
    {
        Assert.Equal(ExitCause.StopLoss, ExitStage.Look(ExitStage.Plan(leg), 90m, 110m, 100m).Cause);
        Assert.Equal(ExitCause.StopLoss, ExitStage.Look(ExitStage.Plan(leg), 90m, 110m, leg == PositionSide.Long ? 110m : 90m).Cause);
    }

    [Fact(DisplayName = "After the longest hold it is closed whatever the price, and not a moment sooner")]
    public void Horizon()
    {
        Assert.Equal(ExitCause.Horizon, ExitStage.Look(ExitStage.Plan(), 100m, 100m, 100m, minutes: 24 * 60).Cause);
        Assert.True(ExitStage.Look(ExitStage.Plan(), 100m, 100m, 100m, minutes: 24 * 60 - 0.001).IsNothing);
    }

    [Fact(DisplayName = "The trail begins when the price has earned what was risked, follows the best price, and closes on the way back")]
    public void Trails()
    {
        var plan = ExitStage.Plan();
        Assert.True(ExitStage.At(plan, 103m).IsNothing); // Arms at 103.045.
        plan = plan.After(ExitStage.At(plan, 104m));
        Assert.Equal((104m, 101.940662m), (plan.Peak!.Value.QuotePerBase, decimal.Round(plan.Stop.QuotePerBase, 6))); // 104 e^-0.02
        plan = plan.After(ExitStage.At(plan, 105m));
        Assert.Equal(102.920861m, decimal.Round(plan.Stop.QuotePerBase, 6));
        Assert.True(ExitStage.At(plan, 103m).IsNothing);
        Assert.Equal(ExitCause.TrailingStop, ExitStage.At(plan, 102.9m).Cause);
    }

    [Fact(DisplayName = "The stop moves by a tenth of the trail at least: each move is stored")]
    public void Steps()
    {
        var plan = ExitStage.Plan();
        plan = plan.After(ExitStage.At(plan, 104m));
        Assert.True(ExitStage.At(plan, 104.2m).IsNothing); // ln(104.2/104) = 0.00192, a step is 0.002.
        Assert.NotNull(ExitStage.At(plan, 104.21m).Raised);
        Assert.NotNull(ExitStage.Look(plan, 104.01m, 104.01m, 104.01m, policy: ExitStage.PolicyOf(new ExitSettings { TrailStep = 0 })).Raised);
    }

    [Fact(DisplayName = "A bar that lifts the stop and closes below it has crossed it: the close came last")]
    public void LiftedAndCrossed()
    {
        var verdict = ExitStage.Look(ExitStage.Plan(), 100m, 105m, 102m);
        Assert.Equal(ExitCause.TrailingStop, verdict.Cause);
        Assert.NotNull(verdict.Raised);
        var stays = ExitStage.Look(ExitStage.Plan(), 100m, 105m, 103m); // Its low may have come first.
        Assert.Equal(ExitCause.None, stays.Cause);
        Assert.NotNull(stays.Raised);
    }

    [Fact(DisplayName = "In the bar in which it was opened the target sees the close only: its high may be older than the position; its low counts")]
    public void OpeningBar()
    {
        Assert.True(ExitStage.Look(ExitStage.Plan(), 99m, 110m, 100m, sinceMinutes: -0.5).IsNothing);
        Assert.Equal(ExitCause.TakeProfit, ExitStage.Look(ExitStage.Plan(), 99m, 110m, 107m, sinceMinutes: -0.5).Cause);
        Assert.Equal(ExitCause.StopLoss, ExitStage.Look(ExitStage.Plan(), 97m, 110m, 100m, sinceMinutes: -0.5).Cause);
    }
}

public sealed class ExitRevisionStories
{
    [Fact(DisplayName = "Volatility within a step makes no new plan: above 125 % or below 80 % of what it was planned with does")]
    public void Steps()
    {
        var plan = ExitStage.Plan();
        foreach (var volatility in new[] { 0.0080001, 0.009, 0.01, 0.0124999, double.NaN, 0 }) Assert.Null(ExitBrain.Revise(ExitStage.Defaults, plan, volatility, Posture.Apex));
        foreach (var volatility in new[] { 0.0079, 0.0126 }) Assert.NotNull(ExitBrain.Revise(ExitStage.Defaults, plan, volatility, Posture.Apex));
    }

    [Fact(DisplayName = "It does not flap: after a new plan the step counts from there")]
    public void NoFlapping()
    {
        var plan = ExitBrain.Revise(ExitStage.Defaults, ExitStage.Plan(), 0.013, Posture.Apex)!;
        Assert.Null(ExitBrain.Revise(ExitStage.Defaults, plan, 0.011, Posture.Apex));
        Assert.Null(ExitBrain.Revise(ExitStage.Defaults, plan, 0.016, Posture.Apex));
    }

    [Fact(DisplayName = "More volatility moves the target away and leaves the stop; less brings both nearer")]
    public void Volatility()
    {
        var plan = ExitStage.Plan();
        var wilder = ExitBrain.Revise(ExitStage.Defaults, plan, 0.02, Posture.Apex)!;
        Assert.Equal(plan.Stop, wilder.Stop);
        Assert.True(wilder.TakeProfit > plan.TakeProfit && wilder.Trail == 0.04m);
        var calmer = ExitBrain.Revise(ExitStage.Defaults, wilder, 0.005, Posture.Apex)!;
        Assert.Equal(ExitStage.Plan(volatility: 0.005), calmer);
    }

    [Fact(DisplayName = "A lower posture tightens, a higher one does not loosen it again")]
    public void Postures()
    {
        var plan = ExitStage.Plan();
        var stalker = ExitBrain.Revise(ExitStage.Defaults, plan, ExitStage.OnePercent, Posture.Stalker)!;
        Assert.Equal(ExitStage.Plan(posture: Posture.Stalker), stalker);
        Assert.Null(ExitBrain.Revise(ExitStage.Defaults, stalker, ExitStage.OnePercent, Posture.Apex));
        var turtle = ExitBrain.Revise(ExitStage.Defaults, stalker, 0.012, Posture.Turtle)!; // Volatility has risen by less than a step and is not taken along.
        Assert.Equal(ExitStage.Plan(posture: Posture.Turtle), turtle);
    }

    [Fact(DisplayName = "In HIBERNATE plans stay as they are, whatever the volatility")]
    public void Hibernates()
    {
        Assert.Null(ExitBrain.Revise(ExitStage.Defaults, ExitStage.Plan(), 0.5, Posture.Hibernate));
        Assert.True(ExitStage.At(ExitStage.Plan(), 100m, 0.5, Posture.Hibernate).IsNothing);
    }

    [Fact(DisplayName = "A posture that falls while the stop follows pulls it up to the best price at once, and a price below is a trailing stop in the same look")]
    public void PullsUp()
    {
        var plan = ExitStage.Plan();
        plan = plan.After(ExitStage.At(plan, 104m));
        var tightened = plan.After(ExitStage.At(plan, 103m, posture: Posture.Turtle));
        Assert.Equal((104m, 102.965183m), (tightened.Peak!.Value.QuotePerBase, decimal.Round(tightened.Stop.QuotePerBase, 6))); // 104 e^-0.01
        Assert.Equal(ExitCause.TrailingStop, ExitStage.At(plan, 102.9m, posture: Posture.Turtle).Cause);
    }

    [Fact(DisplayName = "A stop that a lower posture has brought past the price closes in the same look")]
    public void TightenedPast() => Assert.Equal(ExitCause.StopLoss, ExitStage.At(ExitStage.Plan(), 98m, posture: Posture.Turtle).Cause);

    [Fact(DisplayName = "More volatility lengthens the trail from then on, and never lowers the stop that follows")]
    public void LongerTrail()
    {
        var plan = ExitStage.Plan();
        plan = plan.After(ExitStage.At(plan, 104m));
        var wilder = plan.After(ExitStage.At(plan, 104.5m, volatility: 0.02));
        Assert.Equal((plan.Stop, plan.Peak, 0.04m), (wilder.Stop, wilder.Peak, wilder.Trail));
    }
}

public sealed class VolatilityMonitorStories
{
    [Fact(DisplayName = "A price that moves by 0.1 % every minute has 0.1 % times the root of sixty per root hour, once it is warm")]
    public void Measures()
    {
        var policy = ExitStage.PolicyOf(new ExitSettings { WarmUpBars = 10 });
        var monitor = default(VolatilityMonitor);
        for (var bar = 0; bar < 10; bar++)
        {
            Assert.True(double.IsNaN(monitor.PerRootHour(policy)));
            monitor = VolatilityMonitor.Observe(policy, monitor, Price.Of(bar % 2 == 0 ? 100m : 100.1m), bar * 60_000L);
        }
        Assert.Equal(Math.Log(1.001) * Math.Sqrt(60), monitor.PerRootHour(policy), 1e-12);
        Assert.Equal(monitor, VolatilityMonitor.Observe(policy, monitor, Price.Of(50m), 9 * 60_000L)); // An old bar.
        Assert.Equal(monitor, VolatilityMonitor.Observe(policy, monitor, default, 10 * 60_000L)); // No price.
    }

    [Fact(DisplayName = "A market that has not moved has no volatility that an exit could be measured in")]
    public void Still()
    {
        var policy = ExitStage.PolicyOf(new ExitSettings { WarmUpBars = 2 });
        var monitor = default(VolatilityMonitor);
        for (var bar = 0; bar < 10; bar++) monitor = VolatilityMonitor.Observe(policy, monitor, Price.Of(100m), bar * 60_000L);
        Assert.True(double.IsNaN(monitor.PerRootHour(policy)));
    }
}
