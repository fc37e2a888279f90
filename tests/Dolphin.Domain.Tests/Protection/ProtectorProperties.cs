using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Protection;

/// <param name="LongLots">In lots of 0.001.</param>
internal sealed record Wallet(ProtectorSettings Settings, int LongLots, int ShortLots, Stretch[] Stretches);

/// <param name="Looks">In the stretch; prices, pauses and the venue's whims follow from the seed.</param>
internal sealed record Stretch(Trouble Trouble, int Looks, int Seed);

internal enum Trouble { None, PartialFills, Refusals, NothingAllowed, Liquidation, NewStance, Disabled, Released, TakenBack, SlowOrders }

internal static class ProtectorWalks
{
    private static Gen<ProtectorSettings> SettingsOf =>
        from target in Gen.Elements(0m, 0.3m, 0.5m, 0.55m, 1m)
        from step in Gen.Elements(0.1m, 0.2m, 1m)
        from least in Gen.Elements(0m, 15m, 100m)
        from most in Gen.Elements<decimal?>(null, 120m)
        from spacing in Gen.Choose(0, 4)
        from ticks in Gen.Choose(0, 4)
        from seconds in Gen.Elements(0, 60, 200)
        from move in Gen.Elements(0m, 0.004m)
        from tolerance in Gen.Elements(0.01m, 0.04m, 0.1m)
        select new ProtectorSettings
        {
            RebalanceTargetRatio = target, RebalanceStepRatio = step, MinOrderNotionalQuote = least, MaxOrderNotionalQuote = most, OrderSpacingTicks = spacing,
            CooldownTicks = ticks, MinRebalanceSeconds = seconds, MinPriceMovePct = move, BalanceTolerance = tolerance,
        };

    public static Arbitrary<Wallet> Wild =>
        (from settings in SettingsOf
         from longLots in Gen.Choose(0, 20_000)
         from shortLots in Gen.Choose(0, 20_000)
         from count in Gen.Choose(1, 8)
         from stretches in (from trouble in Gen.Elements<Trouble>([Trouble.None, Trouble.None, .. Enum.GetValues<Trouble>()])
                            from looks in Gen.Choose(2, 40)
                            from seed in Gen.Choose(1, int.MaxValue - 1)
                            select new Stretch(trouble, looks, seed)).ArrayOf(count)
         select new Wallet(settings, longLots, shortLots, stretches)).ToArbitrary();

    public static ProtectorRun Begin(Wallet wallet)
    {
        var run = new ProtectorRun(ProtectorRun.PolicyOf(wallet.Settings), HedgeStage.Sol);
        run.Adopt(wallet.LongLots * 0.001m, wallet.ShortLots * 0.001m);
        run.Enable();
        return run;
    }

    /// <param name="beforeLook">Called with the price of each look before it.</param>
    public static ProtectorRun Play(this ProtectorRun run, Stretch[] stretches, Action<ProtectorRun, Price>? beforeLook = null)
    {
        var price = 100m;
        foreach (var stretch in stretches)
        {
            var chance = new Lcg((uint)stretch.Seed);
            Arrange(run, stretch.Trouble, chance, price);
            for (var i = 0; i < stretch.Looks; i++)
            {
                price = Math.Clamp(price + (chance.Next(121) - 60) / 100m, 50m, 200m);
                beforeLook?.Invoke(run, Price.Of(price));
                run.At(price, 1 + chance.Next(2), 10 + chance.Next(60));
                if (run.HoldOrders && chance.Next(4) == 0) FinishOpenOrder(run);
            }
            run.HoldOrders = false;
            FinishOpenOrder(run);
        }
        return run;
    }

    private static void FinishOpenOrder(ProtectorRun run)
    {
        if (run.State.Pending is { } pending) run.Execute(pending.Targets);
    }

    private static void Arrange(ProtectorRun run, Trouble trouble, Lcg chance, decimal price)
    {
        run.Risk = new LegRisk(chance.Next(101) / 100d, chance.Next(2) == 0, trouble != Trouble.NothingAllowed);
        run.Venue.Answers = trouble switch
        {
            Trouble.PartialFills => _ => new Answer(chance.Next(101) / 100m, 1 + chance.Next(3)),
            Trouble.Refusals => _ => chance.Next(2) == 0 ? Answer.Refusal : Answer.Full,
            _ => _ => Answer.Full,
        };
        switch (trouble)
        {
            case Trouble.SlowOrders:
                run.HoldOrders = true;
                break;
            case Trouble.Liquidation when run.State.Mode != ProtectorMode.Idle:
                var leg = chance.Next(2) == 0 ? PositionSide.Long : PositionSide.Short;
                run.Liquidate(leg, price, Math.Max(0.001m, Math.Round(run.State[leg].Quantity.Base * chance.Next(100) / 100m, 3)));
                run.Enable();
                break;
            case Trouble.NewStance:
                run.Enable((RiskPosture)chance.Next(4), (HolderPriority)chance.Next(4));
                break;
            case Trouble.Disabled:
                run.Send(new ProtectorInput.Disable("hermes", run.State.Incarnation, run.Now));
                break;
            case Trouble.Released:
                run.HoldOrders = true;
                run.At(price + 5m, 10, 60);
                run.Send(new ProtectorInput.Release("hermes", run.State.Incarnation, run.Now));
                run.HoldOrders = false;
                FinishOpenOrder(run);
                break;
            case Trouble.TakenBack:
                if (run.All<ProtectorEvent.Released>().LastOrDefault() is { } released && run.State.Mode == ProtectorMode.Idle)
                    run.Send(new ProtectorInput.Adopt("hermes", run.State.Incarnation + 1, released.Legs, Price.Of(price), run.Now));
                run.Enable();
                break;
        }
    }
}

public sealed class ProtectorProperties
{
    [Fact(DisplayName = "The walks reach every kind of event, trims of either leg, and the sizer's refusal")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        ForAll(run =>
        {
            foreach (var e in run.Events)
            {
                seen.Add(e.GetType().Name);
                if (e is ProtectorEvent.TrimRefused r) seen.Add(r.Code);
                if (e is ProtectorEvent.Adopted { Incarnation: > 1 }) seen.Add("taken back");
                if (e is ProtectorEvent.Trimmed { Drift: < 0m }) seen.Add("short trimmed");
            }
            return true;
        }, Draws.Same(400));
        // Trims that are asked for have walks of their own.
        var expected = typeof(ProtectorEvent).GetNestedTypes().Select(t => t.Name).Except(TrimWalk.Events).Concat(["sizing.below-minimum", "taken back", "short trimmed"]);
        Assert.Empty(expected.Except(seen, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Gross never grows: no order makes a leg larger, and no leg is ever larger than when it was taken over")]
    public void GrossNeverGrows() => Watched((_, before, e, after) =>
        e is ProtectorEvent.Adopted
        || (after.Long.Quantity <= before.Long.Quantity && after.Short.Quantity <= before.Short.Quantity
            && (e.Orders is not { } o || (o.Intent == LegIntent.Exit && o.From != o.To))));

    [Fact(DisplayName = "No trim crosses the target: the share comes nearer from its side, however the order is filled")]
    public void NeverCrosses() => Watched((run, before, e, after) =>
    {
        var target = run.Policy.Settings.RebalanceTargetRatio;
        if (e is ProtectorEvent.Trimmed t && Share(t.Targets.To) is { } wanted) return Between(Share(before.Legs)!.Value, wanted, target);
        return e is not ProtectorEvent.FillBooked || Share(after.Legs) is not { } share || Between(Share(before.Legs)!.Value, share, target);
    });

    [Fact(DisplayName = "Only the dominating leg is trimmed, only beyond the tolerance or on the way back from there, and only while enabled")]
    public void OnlyWhenAsked() => Watched((run, before, e, _) =>
    {
        if (e is not ProtectorEvent.Trimmed t) return e.Orders is null;
        var drift = Share(before.Legs)!.Value - run.Policy.Settings.RebalanceTargetRatio;
        return before.Mode == ProtectorMode.Enabled && t.Leg == (drift > 0m ? PositionSide.Long : PositionSide.Short) && before.Pending is null
            && Math.Abs(drift) > (before.Trimming ? run.Policy.Settled : run.Policy.Settings.BalanceTolerance)
            && run.Risk.ExitsAllowed;
    });

    [Fact(DisplayName = "All four pauses hold between every two orders, whatever becomes of the first")]
    public void Pauses() => ForAll(run =>
    {
        var (state, settings) = (ProtectorState.Initial, run.Policy.Settings);
        ProtectorEvent.Trimmed? last = null;
        foreach (var e in run.Events)
        {
            if (e is ProtectorEvent.Adopted) last = null;
            if (e is ProtectorEvent.Trimmed t)
            {
                if (last is not null)
                {
                    var tuning = state.Tuning!;
                    if (t.Tick - last.Tick < settings.OrderSpacingTicks || t.At - last.At < TimeSpan.FromSeconds(tuning.MinRebalanceSeconds)) return false;
                    var (from, to) = (last.Targets.DecisionPrice.QuotePerBase, t.Targets.DecisionPrice.QuotePerBase);
                    if (Math.Abs(to - from) / from < tuning.MinPriceMovePct) return false;
                }
                if (settings.CooldownTicks > 0 && (state.AwaitsCooldown || (state.CooldownTick is { } filled && t.Tick - filled < settings.CooldownTicks))) return false;
                last = t;
            }
            state = ProtectorDecider.Evolve(state, e);
        }
        return true;
    });

    [Fact(DisplayName = "After every action that was filled, in part or whole, the cooldown in ticks begins at the next look")]
    public void CooldownAfterFills() => ForAll(run =>
    {
        if (run.Policy.Settings.CooldownTicks == 0) return !run.All<ProtectorEvent.CooldownBegan>().Any();
        var owed = false;
        foreach (var e in run.Events)
        {
            if (e is ProtectorEvent.Adopted or ProtectorEvent.CooldownBegan) owed = false;
            if (e is ProtectorEvent.Trimmed && owed) return false;
            if (e is ProtectorEvent.FillBooked) owed = true;
        }
        return true;
    });

    [Fact(DisplayName = "Every action is within the bounds with its fee, in whole lots, at a limit on the tick grid, and the venue takes it")]
    public void Sizes() => ForAll(run => run.All<ProtectorEvent.Trimmed>().All(t =>
    {
        var (settings, fee) = (run.Policy.Settings, run.Venue.FeeRate);
        var order = OrderNetting.Plan(run.Instrument, t.Targets.From, t.Targets.To, t.Targets.DecisionPrice).Single();
        var limit = t.Targets.Limit!.Value;
        var notional = order.Quantity.Base * limit.QuotePerBase;
        var sent = new NewOrder(ClientOrderIds.For("protector-SOLUSDT", t.Targets.Sequence, order.Leg), run.Instrument.Symbol, order.Leg, order.Side,
            OrderType.Limit, TimeInForce.PostOnly, order.Quantity, limit);
        return order.Leg == t.Leg && order.ReducesLeg && notional * (1m - fee) >= settings.MinOrderNotionalQuote
            && (settings.MaxOrderNotionalQuote is not { } max || notional * (1m + fee) <= max)
            && (order.Side == OrderSide.Sell ? limit >= t.Targets.DecisionPrice : limit <= t.Targets.DecisionPrice)
            && Quantizer.Check(run.Instrument, sent, t.Targets.DecisionPrice) is null;
    }));

    [Fact(DisplayName = "Every input sent twice decides nothing new")]
    public void Idempotent() => ForAll(run => run.NewFromRepeats == 0);

    [Fact(DisplayName = "Folding the events again gives the same state as deciding did")]
    public void Replays() => ForAll(run => run.Events.Aggregate(ProtectorState.Initial, ProtectorDecider.Evolve) == run.State);

    [Fact(DisplayName = "The legs are those of the account, and what was realised less its costs is the account's")]
    public void Books() => ForAll(run => run.State.Mode == ProtectorMode.Idle
        || (run.Venue.Book.Long.Position == run.State.Long.Position && run.Venue.Book.Short.Position == run.State.Short.Position
            && (run.State.Incarnation > 1 || (run.Venue.Book.Realised == run.State.Realised && run.Venue.Book.Fees == run.State.Costs))));

    [Fact(DisplayName = "Left alone in a market that moves, it comes within half the tolerance of every target it accepted")]
    public void Arrives() => Prop.ForAll(
        (from target in Gen.Elements(0.3m, 0.5m, 0.55m)
         from longLots in Gen.Choose(1, 20_000)
         from shortLots in Gen.Choose(1, 20_000)
         select (target, longLots, shortLots)).ToArbitrary(), w =>
    {
        var run = ProtectorWalks.Begin(new Wallet(new ProtectorSettings { RebalanceTargetRatio = w.target, MinOrderNotionalQuote = 0m, MaxOrderNotionalQuote = null }, w.longLots, w.shortLots, []));
        if (run.State.Mode == ProtectorMode.Idle) return true;
        var drift = Math.Abs(Share(run.State.Legs)!.Value - w.target);
        if (drift <= run.Policy.Settings.BalanceTolerance) return run.At(100m).Length == 0;
        for (var i = 0; i < 400; i++) run.At(i % 2 == 0 ? 100m : 101m);
        return Math.Abs(Share(run.State.Legs)!.Value - w.target) <= run.Policy.Settled && !run.State.Trimming;
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Evolve is total: events of one history fold into the states of another without a throw or a negative leg")]
    public void Total() => Prop.ForAll(ProtectorWalks.Wild, ProtectorWalks.Wild, (a, b) =>
        Folding.Mixed(
            ProtectorWalks.Begin(a).Play(a.Stretches).Events, ProtectorWalks.Begin(b).Play(b.Stretches).Events, ProtectorState.Initial, ProtectorDecider.Evolve, state => state.Legs))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact(DisplayName = "No input at all, however broken, throws or makes a leg negative")]
    public void AnyInput() => Prop.ForAll(ProtectorWalks.Wild, BrokenInputs.ToArbitrary(), (walk, inputs) =>
    {
        var run = ProtectorWalks.Begin(walk).Play(walk.Stretches);
        run.HoldOrders = true; // Their fills are among what is broken.
        return inputs.All(input =>
        {
            run.Send(input);
            return run.State.Legs.Long.Base >= 0m && run.State.Legs.Short.Base >= 0m && run.State.Long.Position.Cost.Quote >= 0m && run.State.Short.Position.Cost.Quote >= 0m;
        });
    }).QuickCheckThrowOnFailure();

    private static Gen<ProtectorInput[]> BrokenInputs => Gen.OneOf(
        from price in Broken.Prices
        from at in Broken.Times
        from tick in Gen.Elements(long.MinValue, -1L, 0L, 5_000L, long.MaxValue)
        from risk in Broken.Risks
        from fee in Broken.Amounts
        select (ProtectorInput)new ProtectorInput.Market(new ProtectorMarket(price, at, tick, risk, fee)),
        from fill in Broken.Fills
        from sequence in Gen.Choose(-1, 30)
        select (ProtectorInput)new ProtectorInput.OrderFilled(sequence, fill),
        from fill in Broken.Fills
        select (ProtectorInput)new ProtectorInput.ExternalFill(fill),
        from wish in Broken.Wishes
        from price in Broken.Prices
        from allowed in Gen.Elements(true, true, false)
        from at in Broken.Times
        select (ProtectorInput)new ProtectorInput.Trim(wish, price, allowed, at),
        from sequence in Gen.Choose(-1, 30)
        from leg in Broken.Sides
        from cumulative in Broken.Amounts
        from at in Broken.Times
        select (ProtectorInput)new ProtectorInput.OrderClosed(sequence, leg, new Quantity(cumulative), at),
        from incarnation in Gen.Choose(-1, 4)
        from legs in Broken.HandOvers
        from price in Broken.Prices
        from at in Broken.Times
        select (ProtectorInput)new ProtectorInput.Adopt("eve", incarnation, legs, price, at),
        from incarnation in Gen.Choose(-1, 4)
        from at in Broken.Times
        from what in Gen.Choose(0, 2)
        select what switch
        {
            0 => (ProtectorInput)new ProtectorInput.Enable("eve", incarnation, RiskPosture.Bold, HolderPriority.Urgent, at),
            1 => new ProtectorInput.Disable("eve", incarnation, at),
            _ => new ProtectorInput.Release("eve", incarnation, at),
        }).ArrayOf();

    [Fact(DisplayName = "A look that decides nothing allocates nothing: passive, balanced, or waiting")]
    public void NoAllocation()
    {
        var waiting = ProtectorStage.Enabled();
        waiting.At(100m);
        waiting.At(100m);
        foreach (var run in new[] { ProtectorStage.Passive(), ProtectorStage.Enabled(longQuantity: 5m, shortQuantity: 5m), waiting })
        {
            Loop(run, 200); // Warm: the first calls compile.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var decided = Loop(run, 1_000);
            Assert.Equal((0L, 0), (GC.GetAllocatedBytesForCurrentThread() - before, decided));
        }
    }

    private static int Loop(ProtectorRun run, int looks)
    {
        var decided = 0;
        for (var i = 1; i <= looks; i++)
        {
            decided += ProtectorDecider.Decide(run.Policy, run.Instrument, run.State,
                new ProtectorMarket(Price.Of(i % 2 == 0 ? 100m : 100.1m), run.Now.AddSeconds(i), run.Tick + i, run.Risk, 0.0002m)).Events.Length;
        }
        return decided;
    }

    private static decimal? Share(Legs legs) => legs.Gross.Base > 0m ? legs.Long.Base / legs.Gross.Base : null;

    // From one side of the target to nearer the target on the same side. A quotient's last digit is rounded.
    private static bool Between(decimal before, decimal after, decimal target)
    {
        const decimal rounding = 1e-12m;
        return before > target ? after <= before + rounding && after >= target - rounding : after >= before - rounding && after <= target + rounding;
    }

    private static void ForAll(Func<ProtectorRun, bool> holds, Config? config = null) =>
        Prop.ForAll(ProtectorWalks.Wild, w => holds(ProtectorWalks.Begin(w).Play(w.Stretches))).Check(config ?? Config.QuickThrowOnFailure.WithMaxTest(150));

    private static void Watched(Func<ProtectorRun, ProtectorState, ProtectorEvent, ProtectorState, bool> holds) =>
        Prop.ForAll(ProtectorWalks.Wild, w =>
        {
            var run = ProtectorWalks.Begin(w);
            var good = true;
            run.Watch = (before, e, after) => good &= holds(run, before, e, after);
            run.Play(w.Stretches);
            return good;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
