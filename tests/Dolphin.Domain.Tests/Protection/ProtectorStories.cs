using Dolphin.Domain.Execution;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Tests.Protection;

/// <summary>Long 6 and short 4 at 100, lots of 0.001: a share of 0.6, a drift of 0.1 from balance.</summary>
internal static class ProtectorStage
{
    /// <summary>Wide bounds, so that a story about something else is not about bounds.</summary>
    public static readonly ProtectorSettings Settings = new() { MaxOrderNotionalQuote = null };

    public static ProtectorRun Passive(ProtectorSettings? settings = null, decimal longQuantity = 6m, decimal shortQuantity = 4m)
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(settings ?? Settings), HedgeStage.Sol);
        run.Adopt(longQuantity, shortQuantity);
        return run;
    }

    public static ProtectorRun Enabled(ProtectorSettings? settings = null, decimal longQuantity = 6m, decimal shortQuantity = 4m)
    {
        var run = Passive(settings, longQuantity, shortQuantity);
        run.Enable();
        return run;
    }

    public static ProtectorEvent.Trimmed Trim(ProtectorEvent[] events) => Assert.IsType<ProtectorEvent.Trimmed>(Assert.Single(events));
}

public sealed class TrimStories
{
    [Fact(DisplayName = "It is passive until it is enabled, and again when it is disabled")]
    public void Passive()
    {
        var run = ProtectorStage.Passive();
        Assert.Empty(run.At(100m));
        run.Enable();
        ProtectorStage.Trim(run.At(100m));
        run.Send(new ProtectorInput.Disable("hermes", 1, run.Now));
        for (var i = 0; i < 10; i++) Assert.DoesNotContain(run.At(100m + i), e => e.Orders is not null);
    }

    [Fact(DisplayName = "Whoever disables one that nobody has enabled yet is stored, once; Hermes has nothing to disable there, and says nothing over an operator's word")]
    public void Disabled_before_enabled()
    {
        var run = ProtectorStage.Passive();
        Assert.Empty(run.Send(new ProtectorInput.Disable("hermes", 1, run.Now)).Events);
        Assert.Equal("ada", Assert.IsType<ProtectorEvent.Disabled>(Assert.Single(run.Send(new ProtectorInput.Disable("ada", 1, run.Now)).Events)).By);
        Assert.Empty(run.Send(new ProtectorInput.Disable("ada", 1, run.Now)).Events);
        Assert.Empty(run.Send(new ProtectorInput.Disable("hermes", 1, run.Now)).Events);
        Assert.Equal("bob", Assert.IsType<ProtectorEvent.Disabled>(Assert.Single(run.Send(new ProtectorInput.Disable("bob", 1, run.Now)).Events)).By);
        Assert.Empty(run.At(100m));
    }

    [Fact(DisplayName = "One that holds nothing has nothing to stop, and says so")]
    public void Nothing_to_disable()
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(ProtectorStage.Settings), HedgeStage.Sol);
        Assert.Equal("protector.holds-nothing", run.Send(new ProtectorInput.Disable("ada", 0, run.Now)).Refusal?.Code);
        Assert.Empty(run.Events);
    }

    [Fact(DisplayName = "One action goes a step of the way: the dominating leg is trimmed, the other stays, and the limit rests at the trail distance")]
    public void Step()
    {
        var run = ProtectorStage.Enabled();
        var trim = ProtectorStage.Trim(run.At(100m));
        // Two too many, a fifth of them; sold 2.5 % above.
        Assert.Equal((PositionSide.Long, 0.1m, LegIntent.Exit), (trim.Leg, trim.Drift, trim.Targets.Intent));
        Assert.Equal((5.6m, 4m, 102.5m, 100m), (trim.Targets.To.Long.Base, trim.Targets.To.Short.Base, trim.Targets.Limit!.Value.QuotePerBase, trim.Targets.DecisionPrice.QuotePerBase));
        Assert.Equal((5.6m, 4m), run.Legs);
    }

    [Fact(DisplayName = "A dominating short leg is bought back below the price")]
    public void ShortDominates()
    {
        var run = ProtectorStage.Enabled(longQuantity: 4m, shortQuantity: 6m);
        var trim = ProtectorStage.Trim(run.At(100m));
        Assert.Equal((PositionSide.Short, -0.1m, 97.5m), (trim.Leg, trim.Drift, trim.Targets.Limit!.Value.QuotePerBase));
        Assert.Equal((4m, 5.6m), run.Legs);
    }

    [Theory(DisplayName = "The limit is on the tick grid, away from the price, and the venue takes it")]
    [InlineData(6, 4)]
    [InlineData(4, 6)]
    public void Limit(int longLeg, int shortLeg)
    {
        var run = ProtectorStage.Enabled(longQuantity: longLeg, shortQuantity: shortLeg);
        var trim = ProtectorStage.Trim(run.At(99.87m));
        var order = Assert.Single(OrderNetting.Plan(run.Instrument, trim.Targets.From, trim.Targets.To, trim.Targets.DecisionPrice));
        var sent = new NewOrder(new ClientOrderId("p"), run.Instrument.Symbol, order.Leg, order.Side, OrderType.Limit, TimeInForce.PostOnly, order.Quantity, trim.Targets.Limit);
        Assert.Null(Quantizer.Check(run.Instrument, sent, Price.Of(99.87m)));
        Assert.Equal(OrderStyle.RestingPrice(run.Instrument, order.Side, Price.Of(99.87m), new Bps(250m)), trim.Targets.Limit);
    }

    [Fact(DisplayName = "Hysteresis: it starts beyond the tolerance and stops within half of it")]
    public void Hysteresis()
    {
        var run = ProtectorStage.Enabled(longQuantity: 5.4m, shortQuantity: 4.6m);
        Assert.Empty(run.At(100m)); // Exactly at the tolerance of 0.04.
        run = ProtectorStage.Enabled(ProtectorStage.Settings with { MinPriceMovePct = 0m, MinRebalanceSeconds = 0, CooldownTicks = 0 }, 5.41m, 4.6m);
        var trims = 0;
        while (run.At(100m) is [ProtectorEvent.Trimmed]) trims++;
        Assert.IsType<ProtectorEvent.Balanced>(run.Events[^1]);
        var share = run.Legs.Long / (run.Legs.Long + run.Legs.Short);
        Assert.True(trims > 2 && share is > 0.515m and <= 0.52m, $"{trims} trims to {share}");
        Assert.Empty(run.At(100m));
    }

    [Fact(DisplayName = "A step is raised to the least notional, cut to the most, and both count the fee")]
    public void Bounds()
    {
        var low = ProtectorStage.Trim(ProtectorStage.Enabled(ProtectorStage.Settings with { MinOrderNotionalQuote = 100m }).At(100m)).Targets;
        var least = (low.From.Long - low.To.Long).Base * 102.5m;
        Assert.True(least * 0.9998m >= 100m && (least - 0.1025m) * 0.9998m < 100m, $"{least}");
        var high = ProtectorStage.Trim(ProtectorStage.Enabled(ProtectorStage.Settings with { MaxOrderNotionalQuote = 30m }).At(100m)).Targets;
        var most = (high.From.Long - high.To.Long).Base * 102.5m;
        Assert.True(most * 1.0002m <= 30m && (most + 0.1025m) * 1.0002m > 30m, $"{most}");
    }

    [Fact(DisplayName = "Where the whole way is worth less than the least action it is refused, once, with the reason")]
    public void BelowMinimum()
    {
        var run = ProtectorStage.Enabled(ProtectorStage.Settings with { MinOrderNotionalQuote = 1_000m });
        Assert.Equal("sizing.below-minimum", Assert.IsType<ProtectorEvent.TrimRefused>(Assert.Single(run.At(100m))).Code);
        Assert.Empty(run.At(101m));
        Assert.Equal((6m, 4m), run.Legs);
    }

    [Fact(DisplayName = "Bounds between which no lot fits are refused with the numbers")]
    public void NoLotFits()
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(ProtectorStage.Settings with { MinOrderNotionalQuote = 15m, MaxOrderNotionalQuote = 60m }),
            HedgeStage.Sol with { LotSize = 1m, MinQuantity = new Quantity(1m) });
        run.Adopt(6m, 4m);
        run.Enable();
        var refused = Assert.IsType<ProtectorEvent.TrimRefused>(Assert.Single(run.At(100m)));
        Assert.Equal("sizing.no-lot-fits", refused.Code);
        Assert.Contains("the smallest order allowed is 1", refused.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Trims are exits: they go on where entries are refused, and stop where not even exits are allowed")]
    public void Postures()
    {
        var run = ProtectorStage.Enabled();
        run.Risk = new LegRisk(0d, EntriesAllowed: false, ExitsAllowed: false);
        Assert.Empty(run.At(100m));
        run.Risk = run.Risk with { ExitsAllowed = true };
        ProtectorStage.Trim(run.At(100m));
    }

    [Fact(DisplayName = "Somebody else's trade disables it until it is enabled again")]
    public void External()
    {
        var run = ProtectorStage.Enabled();
        run.Liquidate(PositionSide.Short, 101m, 1m);
        Assert.Equal(ProtectorDecider.ExternalFillRule, run.All<ProtectorEvent.Disabled>().Single().By);
        Assert.Empty(run.At(100m));
        run.Enable();
        Assert.Equal(3m, run.Legs.Short);
        ProtectorStage.Trim(run.At(100m));
    }
}

public sealed class CooldownStories
{
    private static readonly ProtectorSettings Free = ProtectorStage.Settings with { OrderSpacingTicks = 0, CooldownTicks = 0, MinRebalanceSeconds = 0, MinPriceMovePct = 0m };

    [Fact(DisplayName = "order_spacing_ticks: the next order comes no sooner than that many ticks after the last, filled or not")]
    public void Spacing()
    {
        var run = ProtectorStage.Enabled(Free with { OrderSpacingTicks = 3 });
        run.Venue.Answers = _ => Answer.Refusal;
        ProtectorStage.Trim(run.At(100m));
        Assert.Empty(run.At(100m));
        Assert.Empty(run.At(100m));
        ProtectorStage.Trim(run.At(100m));
    }

    [Fact(DisplayName = "cooldown_ticks: a pause after an action that was filled, from the first look after it; none after one that was not")]
    public void Ticks()
    {
        var run = ProtectorStage.Enabled(Free with { CooldownTicks = 2 });
        run.HoldOrders = true;
        var trim = ProtectorStage.Trim(run.At(100m));
        for (var i = 0; i < 20; i++) Assert.Empty(run.At(100m)); // It rests for a while.
        run.HoldOrders = false;
        run.Execute(trim.Targets);
        Assert.IsType<ProtectorEvent.CooldownBegan>(Assert.Single(run.At(100m)));
        Assert.Empty(run.At(100m));
        run.Venue.Answers = _ => Answer.Refusal;
        ProtectorStage.Trim(run.At(100m));
        ProtectorStage.Trim(run.At(100m));
    }

    [Fact(DisplayName = "min_rebalance_seconds: wall-clock time between two actions")]
    public void Seconds()
    {
        var run = ProtectorStage.Enabled(Free with { MinRebalanceSeconds = 120 });
        ProtectorStage.Trim(run.At(100m));
        Assert.Empty(run.At(100m, ticks: 1, seconds: 119.9));
        ProtectorStage.Trim(run.At(100m, ticks: 1, seconds: 0.1));
    }

    [Fact(DisplayName = "min_price_move_pct: the price must have moved since the last order, either way")]
    public void PriceMove()
    {
        var run = ProtectorStage.Enabled(Free with { MinPriceMovePct = 0.004m });
        ProtectorStage.Trim(run.At(100m));
        Assert.Empty(run.At(100.39m));
        Assert.Empty(run.At(99.61m));
        ProtectorStage.Trim(run.At(99.6m));
        Assert.Equal(99.6m, run.State.Anchor!.Value.QuotePerBase);
    }
}

public sealed class TargetStories
{
    [Fact(DisplayName = "Legs of which the smallest order is above the largest allowed are objected to, and the report says that nothing can be sent; balanced ones are not")]
    public void Nothing_fits()
    {
        var policy = ProtectorRun.PolicyOf(ProtectorStage.Settings with { MaxOrderNotionalQuote = 60m, CooldownTicks = 0, MinRebalanceSeconds = 0 });
        var run = new ProtectorRun(policy, HedgeStage.Sol with { LotSize = 1m, MinQuantity = new Quantity(1m) });
        var legs = run.Venue.Open(12m, 100m, 6m, 100m);
        Assert.Null(policy.Check(run.Instrument, legs.Legs));
        var objection = policy.CheckOrders(run.Instrument, legs);
        Assert.Equal("protector.no-order-fits", objection?.Code);
        Assert.StartsWith("max-order-notional-quote is 60, and no trim fits it: SOLUSDT at 100: 60.00 pays for 0 with its fee; the smallest order allowed is 1", objection!.Reason, StringComparison.Ordinal);
        Assert.Null(policy.CheckOrders(run.Instrument, new ProtectorRun(policy, run.Instrument).Venue.Open(6m, 100m, 6m, 100m)));
        Assert.Null(ProtectorRun.PolicyOf(ProtectorStage.Settings with { MaxOrderNotionalQuote = 100m }).CheckOrders(run.Instrument, legs));

        run.Adopt(12m, 6m);
        run.Enable();
        run.At(100m);
        var report = ProtectorReport.Of(policy, run.State);
        Assert.Equal(("sizing.no-lot-fits", "refused: sizing.no-lot-fits"), (report.Refused, report.CooldownText));
    }

    [Fact(DisplayName = "A target that whole lots cannot meet is refused at the take-over, with the nearest share that they reach")]
    public void OutOfReach()
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(ProtectorStage.Settings), HedgeStage.Sol with { LotSize = 1m, MinQuantity = new Quantity(1m) });
        var legs = run.Venue.Open(2m, 100m, 1m, 100m);
        Assert.Null(run.Policy.Check(run.Instrument, legs.Legs)); // 1 and 1.
        var uneven = ProtectorRun.PolicyOf(ProtectorStage.Settings with { RebalanceTargetRatio = 0.55m });
        var refusal = uneven.Check(run.Instrument, legs.Legs);
        Assert.Equal("protector.target-out-of-reach", refusal?.Code);
        Assert.Contains("the nearest share that trimming reaches is 0.666667", refusal!.Reason, StringComparison.Ordinal);
        var heir = new ProtectorRun(uneven, run.Instrument);
        Assert.Equal((refusal, 0), (heir.Adopt(2m, 1m).Refusal, heir.Events.Count));
    }

    [Fact(DisplayName = "One leg alone has no share that trimming could move")]
    public void OneLeg()
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(ProtectorStage.Settings), HedgeStage.Sol);
        Assert.Equal("protector.target-out-of-reach", run.Adopt(5m, 0m).Refusal?.Code);
        var empty = new ProtectorRun(run.Policy, HedgeStage.Sol);
        Assert.Equal("protector.nothing-to-protect", empty.Adopt(0m, 0m).Refusal?.Code);
    }

    [Fact(DisplayName = "A trail distance that the venue would refuse in the widest stance is refused")]
    public void Trail()
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(ProtectorStage.Settings with { TrailDistancePct = 0.04m }), HedgeStage.Sol);
        Assert.Equal("protector.trail-beyond-percent-price", run.Adopt(6m, 4m).Refusal?.Code);
    }

    [Fact(DisplayName = "The share is of value: both legs at one price, so the price does not matter")]
    public void Share()
    {
        Assert.Equal(new Balance(0.6m, 0.1m, new Quantity(2m)), Balance.Of(new Legs(new(6m), new(4m)), 0.5m));
        Assert.Equal(new Balance(0.25m, -0.25m, new Quantity(2m)), Balance.Of(new Legs(new(1m), new(3m)), 0.5m));
        Assert.Equal(new Balance(0.25m, -0.3m, new Quantity(3m - 0.818181818182m)), Balance.Of(new Legs(new(1m), new(3m)), 0.55m));
        Assert.Null(Balance.Of(default, 0.5m));
        Assert.Equal(0m, Balance.Of(new Legs(new(5m), default), 0.5m)!.Value.Way.Base);
    }
}

public sealed class StanceStories
{
    [Fact(DisplayName = "apply_policy() rewrites four parameters: the table, line by line")]
    public void Table()
    {
        var settings = new ProtectorSettings();
        ProtectorTuning Of(RiskPosture posture, HolderPriority priority) => ProtectorTuning.Of(settings, posture, priority);
        Assert.Equal(new ProtectorTuning(0.025m, 0.2m, 120, 0.004m), Of(RiskPosture.Balanced, HolderPriority.Normal));
        Assert.Equal(new ProtectorTuning(0.0375m, 0.1m, 240, 0.006m), Of(RiskPosture.Defensive, HolderPriority.Normal));
        Assert.Equal(new ProtectorTuning(0.03125m, 0.15m, 180, 0.005m), Of(RiskPosture.Cautious, HolderPriority.Normal));
        Assert.Equal(new ProtectorTuning(0.0125m, 0.3m, 120, 0.002m), Of(RiskPosture.Bold, HolderPriority.Normal));
        Assert.Equal(new ProtectorTuning(0.025m, 0.2m, 240, 0.004m), Of(RiskPosture.Balanced, HolderPriority.Low));
        Assert.Equal(new ProtectorTuning(0.025m, 0.2m, 60, 0.002m), Of(RiskPosture.Balanced, HolderPriority.High));
        Assert.Equal(new ProtectorTuning(0.0125m, 0.2m, 30, 0.001m), Of(RiskPosture.Balanced, HolderPriority.Urgent));
    }

    [Fact(DisplayName = "No stance leaves a parameter's range, and a more urgent one never waits longer")]
    public void Ranges()
    {
        var settings = new ProtectorSettings { TrailDistancePct = 0.05m, RebalanceStepRatio = 1m, MinRebalanceSeconds = 604_800, MinPriceMovePct = 0.5m };
        foreach (var posture in Enum.GetValues<RiskPosture>())
        {
            var waits = Enum.GetValues<HolderPriority>().Select(p => ProtectorTuning.Of(settings, posture, p)).ToArray();
            Assert.All(waits, t => Assert.True(t is { TrailDistancePct: <= 0.05m, RebalanceStepRatio: <= 1m, MinRebalanceSeconds: <= 604_800, MinPriceMovePct: <= 0.5m }));
            Assert.Equal(waits.OrderByDescending(t => t.MinRebalanceSeconds), waits);
        }
    }

    [Fact(DisplayName = "A new stance replaces the one before; the same one again is no event")]
    public void Replaced()
    {
        var run = ProtectorStage.Enabled();
        Assert.Empty(run.Enable().Events);
        var enabled = Assert.IsType<ProtectorEvent.Enabled>(Assert.Single(run.Enable(RiskPosture.Bold, HolderPriority.Urgent).Events));
        Assert.Equal(enabled.Tuning, run.State.Tuning);
        Assert.Equal(5.4m, ProtectorStage.Trim(run.At(100m)).Targets.To.Long.Base); // Three tenths of two.
    }
}

public sealed class ProtectorReportStories
{
    [Fact(DisplayName = "report() and render(): drift, anchor, cooldowns and supervision")]
    public void Renders()
    {
        var run = ProtectorStage.Enabled();
        run.At(100m);
        run.At(100.1m, ticks: 1, seconds: 30);
        var report = ProtectorReport.Of(run.Policy, run.State, Price.Of(100.1m), run.Now, run.Tick);
        Assert.Equal((0.5833m, 0.0833m, true, 100m), (decimal.Round(report.Share!.Value, 4), decimal.Round(report.Drift!.Value, 4), report.Trimming, report.Anchor!.Value.QuotePerBase));
        Assert.Equal(new Cooldown(0, 2, TimeSpan.FromSeconds(90), 0.003m), report.Cooldown);
        Assert.Equal(((Supervision?)Supervision.Attach, (PositionSide?)PositionSide.Long), (report.Supervision, report.Dominating));
        Assert.Equal("""
            protector    enabled, balanced, priority normal
            legs         long 5.6 short 4
            share        0.5833 of 0.5, drift +0.0833 (tolerance 0.04), trimming
            anchor       100
            cooldown     2 ticks after the last fill, 90 s, 0.003 of price to go
            tuning       trail 0.025, step 0.2, every 120 s, move 0.004
            actions      1, realised 1.00, costs 0.0082
            supervision  attach, LONG dominates

            """.ReplaceLineEndings("\n"), report.Render());
    }

    [Fact(DisplayName = "Of one whose plan nobody has at hand it says what is stored, and leaves out or names what is not")]
    public void Stored()
    {
        var run = ProtectorStage.Enabled();
        run.At(100m);
        run.At(100.1m, ticks: 1, seconds: 30);
        Assert.Equal("""
            protector    enabled, balanced, priority normal
            legs         long 5.6 short 4
            share        0.5833, its target is in the plan; trimming
            anchor       100
            cooldown     not known
            tuning       trail 0.025, step 0.2, every 120 s, move 0.004
            actions      1, realised 1.00, costs 0.0082

            """.ReplaceLineEndings("\n"), ProtectorReport.Stored(run.State).Render());
        var unseen = ProtectorReport.Of(run.Policy, run.State);
        Assert.Equal(ProtectorReport.Of(run.Policy, run.State, Price.Of(100.1m), run.Now, run.Tick) with { Cooldown = null }, unseen);
    }

    [Theory(DisplayName = "Supervision is a signal to attach beyond the tolerance, and severe beyond four times of it")]
    [InlineData(50, Supervision.None)]
    [InlineData(54, Supervision.None)]
    [InlineData(55, Supervision.Attach)]
    [InlineData(66, Supervision.Attach)]
    [InlineData(67, Supervision.Severe)]
    [InlineData(30, Supervision.Severe)]
    public void Signal(int longLeg, Supervision expected)
    {
        var run = ProtectorStage.Passive(longQuantity: longLeg, shortQuantity: 100 - longLeg);
        Assert.Equal(expected, ProtectorReport.Of(run.Policy, run.State, Price.Of(100m), run.Now, run.Tick).Supervision);
    }

    [Fact(DisplayName = "A protector that holds nothing says so")]
    public void Idle()
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(ProtectorStage.Settings), HedgeStage.Sol);
        var report = ProtectorReport.Of(run.Policy, run.State, Price.Of(100m), run.Now, run.Tick);
        Assert.Equal(((Supervision?)Supervision.None, (decimal?)null, true), (report.Supervision, report.Share, report.Cooldown!.Value.IsOver));
        Assert.StartsWith("protector    idle\n", report.Render(), StringComparison.Ordinal);
        Assert.Contains("nothing held", report.Render(), StringComparison.Ordinal);
    }
}

public sealed class ProtectorHandOverStories
{
    [Fact(DisplayName = "While its order is open a release is refused, remembered, and done when the order is final")]
    public void ReleaseWaits()
    {
        var run = ProtectorStage.Enabled();
        run.HoldOrders = true;
        var trim = ProtectorStage.Trim(run.At(100m));
        var asked = run.Send(new ProtectorInput.Release("hermes", 1, run.Now));
        Assert.Equal("protector.decision-under-way", asked.Refusal?.Code);
        Assert.IsType<ProtectorEvent.ReleaseWanted>(Assert.Single(asked.Events));
        run.HoldOrders = false;
        run.Execute(trim.Targets);
        var released = Assert.IsType<ProtectorEvent.Released>(run.Events[^1]);
        Assert.Equal(run.Venue.Book.Long.Position, released.Legs.Long);
        Assert.Equal((ProtectorMode.Idle, (0m, 0m)), (run.State.Mode, run.Legs));
        Assert.Equal("protector.holds-nothing", run.Enable().Refusal?.Code);
        run.Send(new ProtectorInput.Adopt("hermes", 2, released.Legs, Price.Of(100m), run.Now));
        Assert.Equal((ProtectorMode.Passive, (5.6m, 4m)), (run.State.Mode, run.Legs));
    }

    [Fact(DisplayName = "Settled, it gives its legs up at once, enabled or not")]
    public void Releases()
    {
        foreach (var run in new[] { ProtectorStage.Passive(), ProtectorStage.Enabled() })
            Assert.IsType<ProtectorEvent.Released>(Assert.Single(run.Send(new ProtectorInput.Release("hermes", 1, run.Now)).Events));
        var other = ProtectorStage.Passive();
        Assert.Equal("protector.other-incarnation", other.Send(new ProtectorInput.Release("hermes", 2, other.Now)).Refusal?.Code);
        Assert.Equal("protector.cannot-adopt", other.Adopt(1m, 1m).Refusal?.Code);
    }
}
