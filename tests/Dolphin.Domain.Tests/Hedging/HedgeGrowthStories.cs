using System.Text.Json;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class HedgeGrowthStories
{
    private static GrowWish Wish(long id, decimal longAtLeast, decimal shortAtLeast, double until = 1_000) =>
        new("balancer", id, new(longAtLeast), new(shortAtLeast), HedgeStage.Minute(until));

    private static Decision<HedgeEvent> Grow(HedgeRun run, double minute, GrowWish wish, decimal price = 100m) => run.Send(
        new HedgeInput.Grow(wish, new HedgeMarket(Price.Of(price), HedgeStage.Minute(minute), run.Monitor, run.Risk)), Price.Of(price), HedgeStage.Minute(minute));

    private static Legs Legs(decimal longLeg, decimal shortLeg) => new(new(longLeg), new(shortLeg));

    private static HedgeRun Opened(decimal sizerGivesNow)
    {
        var run = HedgeStage.Opened(); // 10 of each leg at 100.
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(sizerGivesNow), Leverage = 6m };
        return run;
    }

    [Fact(DisplayName = "Flat, it opens at once and at most as large as wished, through its own opening; the wish is in the event")]
    public void Opens()
    {
        var run = HedgeStage.Started();
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(Grow(run, 1.5, Wish(1, 6m, 6m)).Events));
        Assert.Equal((Legs(6m, 6m), LegIntent.Entry, 1L), (opened.Targets.To, opened.Targets.Intent, opened.Wish?.Id));
        Assert.Equal((Legs(6m, 6m), true, 1, 6m, 600m, 100m), (run.State.Legs, run.State.InCycle, run.State.Cycle, run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote, run.State.Reference!.Value.QuotePerBase));
        Assert.Equal(new GrowthProgress(1, null, default, 0), run.State.Growth);
        Assert.Equal(Decision<HedgeEvent>.Nothing, Grow(run, 2, Wish(1, 9m, 9m)));

        run = HedgeStage.Started();
        Assert.Equal(Legs(10m, 10m), Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(Grow(run, 1.5, Wish(1, 60m, 60m)).Events)).Targets.To); // What the sizer gives.
    }

    [Fact(DisplayName = "Where the structure stands both legs grow alike, inside the band: an entry and an event of its own; the reference stays, the averages take it, the opening is as much larger")]
    public void Grows()
    {
        var run = Opened(2_000m);
        var asked = Assert.IsType<HedgeEvent.GrowthAsked>(Assert.Single(Grow(run, 1.5, Wish(1, 15m, 15m), 100.2m).Events));
        Assert.Equal((LegIntent.Entry, Legs(15m, 15m), 100.2m), (asked.Orders!.Intent, asked.Orders.To, asked.Orders.DecisionPrice.QuotePerBase));
        Assert.Equal(Legs(15m, 15m), run.State.Legs);
        Assert.Equal((15m, 1_501m, 100m), (run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote, run.State.Reference!.Value.QuotePerBase));
        Assert.Equal((1_501m, HedgeDecision.Opening, 1), (run.State.Long.Position.Cost.Quote, run.State.LastDecision, run.State.Cycle));
        Assert.Equal(new GrowthProgress(1, null, default, 0), run.State.Growth);
        Assert.Empty(HedgeStage.At(run, 2, 100.1m));
        Assert.IsType<HedgeEvent.Rebalanced>(HedgeStage.At(run, 3, 101m)[0]); // The band is where it was.
    }

    [Fact(DisplayName = "The net position stays: what one leg may not grow the other does not either, and no leg goes above what the sizer gives an opening now")]
    public void Capped()
    {
        var run = Opened(1_200m);
        Assert.Equal(Legs(12m, 12m), Assert.IsType<HedgeEvent.GrowthAsked>(Assert.Single(Grow(run, 1.5, Wish(1, 15m, 15m)).Events)).Targets.To);
        var refused = Grow(run, 1.6, Wish(2, 15m, 15m));
        Assert.Equal("hedge.at-its-size", refused.Refusal?.Code);
        Assert.Empty(refused.Events);

        run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m); // Nearly all of the long leg is taken, the short one stays at 10.
        var (net, before) = (run.State.Legs.Net, run.State.Legs);
        Assert.Equal("hedge.at-its-size", Grow(run, 2.5, Wish(3, before.Long.Base + 2m, before.Short.Base + 2m), 100.5m).Refusal?.Code);
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(1_105.5m) }; // 11 of a leg.
        Grow(run, 2.6, Wish(4, before.Long.Base + 2m, before.Short.Base + 2m), 100.5m);
        Assert.Equal((net, 11m), (run.State.Legs.Net, decimal.Round(run.State.Legs.Short.Base)));
    }

    [Fact(DisplayName = "The smaller leg alone grows towards the larger, never beyond it, and changes no unit of risk; the larger one is not made larger for it")]
    public void Hedges()
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m);
        var before = run.State;
        Grow(run, 2.5, Wish(1, 6m, 0m), 100.5m);
        Assert.Equal((6m, before.Short.Quantity), (run.State.Long.Quantity.Base, run.State.Short.Quantity));
        Assert.Equal((before.OpeningQuantity, before.OpeningNotional, before.Reference), (run.State.OpeningQuantity, run.State.OpeningNotional, run.State.Reference));
        run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(5_000m) };
        Grow(run, 2.6, Wish(2, 50m, 0m), 100.5m);
        Assert.Equal(run.State.Short.Quantity, run.State.Long.Quantity);
    }

    [Fact(DisplayName = "However much the sizer gives, no leg grows beyond what half of the capital pays for, margin and fee")]
    public void Paid()
    {
        var run = Opened(2_000m);
        run.Risk = run.Risk with { Leverage = 3m, FeeRate = 0.01m };
        Grow(run, 1.5, Wish(1, 15m, 15m));
        Assert.Equal(Legs(14.563m, 14.563m), run.State.Legs); // Half of 1000 at 3 times is 1500; 1500 / (1 + 3 x 0.01) is 1456.31.
    }

    [Theory(DisplayName = "What one leg got more than the other is taken back at the next looks, before anything else is decided")]
    [InlineData(PositionSide.Long)]
    [InlineData(PositionSide.Short)]
    public void Evened(PositionSide filled)
    {
        var run = Opened(2_000m);
        run.Answers = order => order.Leg == filled ? Answer.Full : new Answer(0.4m, 1);
        Grow(run, 1.5, Wish(1, 15m, 15m));
        Assert.Equal(3m, run.State.Legs.Net.Abs().Base);
        run.Answers = _ => Answer.Full;
        Assert.IsType<HedgeEvent.GrowthEvened>(Assert.Single(HedgeStage.At(run, 2, 101m)));
        Assert.Equal((Legs(12m, 12m), 12m, 1_200m, false), (run.State.Legs, run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote, run.State.Growth!.HasExcess));

        run = Opened(2_000m);
        run.Answers = order => order.Leg == filled && !order.ReducesLeg ? Answer.Full : Answer.Refusal;
        Grow(run, 1.5, Wish(1, 15m, 15m));
        for (var i = 0; i < HedgeDecider.MaxEvenings; i++) Assert.IsType<HedgeEvent.GrowthEvened>(Assert.Single(HedgeStage.At(run, 2 + i, 100m)));
        Assert.Equal("hedge.growth-unfilled", Assert.IsType<HedgeEvent.GrowthEnded>(Assert.Single(HedgeStage.At(run, 20, 100m))).Code);
    }

    [Fact(DisplayName = "Declined with a reason, and nothing is stored: not live, leaving, paused, lapsed, busy, wanted by somebody, not warm, friction, capital, a posture without entries, no budget")]
    public void Declines()
    {
        void Declined(string code, HedgeRun run, GrowWish? wish = null, decimal price = 100m)
        {
            var decision = Grow(run, 5, wish ?? Wish(1, 15m, 15m), price);
            Assert.Equal((code, 0), (decision.Refusal?.Code, decision.Events.Length));
        }

        HedgeRun With(Action<HedgeRun> change)
        {
            var run = Opened(2_000m);
            change(run);
            return run;
        }

        Declined("hedge.nothing-to-grow", HedgeStage.Idle());
        Declined("hedge.exiting", With(r => r.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(3)))));
        Declined("hedge.exiting", With(r =>
        {
            r.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(3)));
            HedgeStage.At(r, 4, 100m);
        }));
        Declined("hedge.paused", With(r =>
        {
            r.Monitor = HedgeStage.Market(3e-6);
            HedgeStage.At(r, 2, 100m);
        }));
        Declined("hedge.growth-lapsed", With(_ => { }), Wish(1, 15m, 15m, until: 5));
        Declined("hedge.decision-under-way", With(r =>
        {
            r.HoldOrders = true;
            Grow(r, 2, Wish(1, 12m, 12m));
        }), Wish(2, 15m, 15m));
        Declined("hedge.not-warm", With(r => r.Monitor = HedgeStage.Market() with { BarsSeen = 5 }));
        Declined("hedge.conditions-hold", With(r => r.Monitor = HedgeStage.Market() with { ClearSinceMs = -1 }));
        Declined("hedge.conditions-hold", With(r => HedgeStage.At(r, 2, 100.5m)), price: 120m); // C2.
        Declined("hedge.entries-not-allowed", With(r => r.Risk = r.Risk with { EntriesAllowed = false }));
        Declined("hedge.no-risk-budget", With(r => r.Risk = r.Risk with { RTotal = double.NaN }));
        Declined("hedge.exits-not-allowed", With(r => r.Risk = r.Risk with { ExitsAllowed = false }));
        Declined("hedge.no-size", With(r => r.Risk = r.Risk with { OpeningNotionalPerLeg = default }));
        Declined("hedge.absurd-price", With(_ => { }), price: 9_999_999_999m);
        Declined("hedge.growth-too-small", Opened(2_000m), Wish(1, 10.01m, 10.01m)); // Below the venue's smallest notional.
        Declined("hedge.at-its-size", Opened(2_000m), Wish(1, 10m, 10m));
        Declined("hedge.opening-too-small", HedgeStage.Started(), Wish(1, 0.01m, 0.01m));
        foreach (var bad in new[] { Wish(0, 5m, 5m), Wish(1, -1m, 5m), Wish(1, 5m, -1m), Wish(1, 5m, 5m) with { By = " " }, Wish(1, decimal.MaxValue, 5m) })
            Declined("hedge.bad-growth", Opened(2_000m), bad);
        var again = Opened(2_000m);
        again.Risk = again.Risk with { EntriesAllowed = false };
        Declined("hedge.entries-not-allowed", again);
        again.Risk = again.Risk with { EntriesAllowed = true };
        Assert.Single(Grow(again, 6, Wish(1, 15m, 15m)).Events); // A declined id may be asked again.
    }

    [Fact(DisplayName = "A strategy that was never asked to grow is stored as it always was")]
    public void StoredForm() => Assert.DoesNotContain("Growth", JsonSerializer.Serialize(HedgeStage.Opened().State), StringComparison.Ordinal);
}

public sealed class HedgeGrowthProperties
{
    private static readonly Arbitrary<((HedgeSettings Settings, Stretch[] Stretches) Walk, int Seed)> Walked =
        (from walk in Walks.Wild.Generator from seed in Gen.Choose(1, int.MaxValue - 1) select (walk, seed)).ToArbitrary();

    [Fact(DisplayName = "Whatever happens beside it: growth begins only in Active and where entries are allowed, never adds to the net position, never passes the wish or what the sizer gives a leg")]
    public void Good() => ForAll((run, wish, before, e) => e switch
    {
        HedgeEvent.GrowthAsked a => a.Wish == wish && IsGood(run, a.Wish, before, a.Targets) && before is { Mode: HedgeMode.Active, InCycle: true, ExitWanted: ExitCauses.None, Pending: null },
        HedgeEvent.CycleOpened { Wish: { } asked } o => asked == wish && IsGood(run, asked, before, o.Targets) && before is { Mode: HedgeMode.Active, InCycle: false, Pending: null },
        HedgeEvent.GrowthEvened v => v.Targets.Intent == LegIntent.Exit && before.Growth is { HasExcess: true } && run.Risk.ExitsAllowed,
        _ => true,
    });

    private static bool IsGood(HedgeRun run, GrowWish wish, HedgeState before, LegTargets targets)
    {
        var most = run.Risk.OpeningNotionalPerLeg.Quote / targets.DecisionPrice.QuotePerBase;
        return run.Risk is { EntriesAllowed: true, ExitsAllowed: true, RTotal: > 0d } && targets.From == before.Legs && targets.To != targets.From
            && (before.InCycle ? targets.To.Net.Abs() <= targets.From.Net.Abs() : targets.To.Long == targets.To.Short || !before.Legs.AreFlat)
            && new[] { PositionSide.Long, PositionSide.Short }.All(leg =>
                targets.To[leg] == targets.From[leg] || (targets.To[leg] > targets.From[leg] && targets.To[leg] <= wish.AtLeast[leg] && targets.To[leg].Base <= most));
    }

    [Fact(DisplayName = "Everything else still keeps to the band, and nothing is decided while orders are open or what one leg got more is not taken back")]
    public void Band() => ForAll((run, _, before, e) => e switch
    {
        HedgeEvent.Rebalanced r => Crosses(run.Policy.Mes, r.Targets.DecisionPrice, before.Reference) && before.Growth is not { HasExcess: true },
        HedgeEvent.ExitStepped s => Crosses(run.Policy.MesExit, s.Targets.DecisionPrice, before.Exit?.Reference),
        HedgeEvent.CycleOpened => !before.InCycle,
        _ => true,
    } && (e.Orders is null || before.Pending is null)
      && (e is not (HedgeEvent.GrowthEvened or HedgeEvent.GrowthEnded) || !QuietZone.Of(run.Policy, before).Covers(new HedgeMarket(before.Reference ?? Price.Of(100m), e.At, run.Monitor, run.Risk))));

    [Fact(DisplayName = "Less trust never means more exposure: of two equal structures the one whose sizer gives less grows no further")]
    public void Trust() => Prop.ForAll(
        (from wished in Gen.Choose(0, 40_000) from other in Gen.Choose(0, 40_000) from less in Gen.Choose(0, 3_000) from more in Gen.Choose(0, 3_000) from crossed in Gen.Elements(true, false)
         select (wished, other, less, more, crossed)).ToArbitrary(), w =>
    {
        Legs After(int notional)
        {
            var run = HedgeStage.Opened();
            if (w.crossed) HedgeStage.At(run, 2, 100.5m);
            run.Risk = run.Risk with { OpeningNotionalPerLeg = new Money(notional) };
            run.Send(new HedgeInput.Grow(new GrowWish("balancer", 1, new(w.wished / 1_000m), new(w.other / 1_000m), HedgeStage.Minute(9)), new HedgeMarket(Price.Of(100.5m), HedgeStage.Minute(3), run.Monitor, run.Risk)));
            return run.State.Legs;
        }

        var (low, high) = (After(Math.Min(w.less, w.more)), After(Math.Max(w.less, w.more)));
        return low.Long <= high.Long && low.Short <= high.Short;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact(DisplayName = "Every input sent twice, and every wish sent again at the end, decides nothing new; the events make the same state again, and the books agree")]
    public void Idempotent() => Prop.ForAll(Walked, w =>
    {
        var run = Walks.Begin(w.Walk.Settings);
        var sent = Play(run, w.Walk.Stretches, w.Seed, (_, _, _) => { });
        var late = sent.Where(wish => wish.Id <= (run.State.Growth?.LastId ?? 0))
            .Sum(wish => run.Send(new HedgeInput.Grow(wish, new HedgeMarket(Price.Of(100m), DateTimeOffset.UnixEpoch, run.Monitor, run.Risk))).Events.Length);
        return run.NewFromRepeats == 0 && late == 0 && run.Events.Aggregate(HedgeState.Initial, HedgeDecider.Evolve) == run.State
            && run.Book.Long.Position == run.State.Long.Position && run.Book.Short.Position == run.State.Short.Position;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "The walks reach an opening, a growth of both legs and of one, and one that is taken back")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(Walked, w =>
        {
            Play(Walks.Begin(w.Walk.Settings), w.Walk.Stretches, w.Seed, (_, e, _) => seen.Add(e switch
            {
                HedgeEvent.CycleOpened { Wish: not null } => "opened",
                HedgeEvent.GrowthAsked a when a.Targets.To.Long > a.Targets.From.Long && a.Targets.To.Short > a.Targets.From.Short => "both",
                HedgeEvent.GrowthAsked => "one",
                HedgeEvent.GrowthEvened => "taken back",
                _ => "",
            }));
            return true;
        }).Check(Draws.Same(400));
        Assert.Empty(new[] { "opened", "both", "one", "taken back" }.Except(seen, StringComparer.Ordinal));
    }

    private static List<GrowWish> Play(HedgeRun run, Stretch[] stretches, int seed, Action<HedgeState, HedgeEvent, HedgeState> watch)
    {
        var (chance, trims, sent, id) = (new Lcg((uint)seed), new TrimWalk(seed / 2 + 1), new List<GrowWish>(), 1_000_000L);
        run.Watch = (before, _, decision) =>
        {
            foreach (var e in decision.Events)
            {
                var after = HedgeDecider.Evolve(before, e);
                watch(before, e, after);
                before = after;
            }
        };
        run.Play(stretches, (r, price, at) =>
        {
            if (r.HoldOrders && r.State.Pending is { } held && at.ToUnixTimeSeconds() / 60 % 3 == 0) r.Execute(held.Targets, price, at);
            if (chance.Next(12) == 0 && trims.Next(r.State.Legs, at) is { } trim) r.Send(new HedgeInput.Trim(trim, price, trims.ExitsAllowed, at), price, at);
            if (chance.Next(3) != 0) return;
            if (sent.Count == 0 || chance.Next(5) != 0)
            {
                var (a, b) = (chance.Next(300) / 100m, chance.Next(300) / 100m);
                var unit = r.Risk.OpeningNotionalPerLeg.Quote / price.QuotePerBase;
                var legs = r.State.Legs;
                var (longAtLeast, shortAtLeast) = chance.Next(4) switch
                {
                    0 => (legs.Long.Base + a * unit / 3m, legs.Short.Base + a * unit / 3m), 1 => (a * unit, 0m), 2 => (0m, b * unit), _ => (a * unit, b * unit),
                };
                sent.Add(new GrowWish("balancer", ++id, Quantizer.Resolve(longAtLeast), Quantizer.Resolve(shortAtLeast), at.AddSeconds(chance.Next(5) == 0 ? -20 : 200)));
            }
            var wish = sent[chance.Next(3) == 0 ? chance.Next(sent.Count) : sent.Count - 1];
            r.Send(new HedgeInput.Grow(wish, new HedgeMarket(price, at, r.Monitor, r.Risk)), price, at);
        });
        return sent;
    }

    private static bool Crosses(decimal width, Price price, Price? reference) =>
        reference is { } from && Math.Abs(Math.Log((double)(price.QuotePerBase / from.QuotePerBase))) >= (double)width - 1e-11;

    private static void ForAll(Func<HedgeRun, GrowWish?, HedgeState, HedgeEvent, bool> holds) => Prop.ForAll(Walked, w =>
    {
        var (run, good) = (Walks.Begin(w.Walk.Settings), true);
        Play(run, w.Walk.Stretches, w.Seed, (before, e, _) => good &= holds(run, e switch { HedgeEvent.GrowthAsked a => a.Wish, HedgeEvent.CycleOpened o => o.Wish, _ => null }, before, e));
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
