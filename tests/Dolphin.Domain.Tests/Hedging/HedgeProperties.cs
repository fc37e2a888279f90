using System.Collections.Immutable;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class HedgeProperties
{
    private static readonly DateTimeOffset Later = Broken.Later;

    [Fact(DisplayName = "The walks reach every kind of event, in both exit bounds and all five causes")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        ForAll(Walks.Wild, run =>
        {
            foreach (var e in run.Events)
            {
                seen.Add(e.GetType().Name);
                if (e is HedgeEvent.ExitBoundExceeded b) seen.Add("bound " + b.Bound);
                if (e is HedgeEvent.ExitStarted x)
                    foreach (var cause in Enum.GetValues<ExitCauses>()) if (cause != ExitCauses.None && x.Causes.HasFlag(cause)) seen.Add("cause " + cause);
                if (e is HedgeEvent.Rebalanced { EndsCycle: true }) seen.Add("end of cycle");
                if (e is HedgeEvent.Rebalanced { RebuildDropped.Base: > 0m }) seen.Add("rebuild dropped");
                if (e is HedgeEvent.Started { By: HedgeDecider.RestartRule }) seen.Add("restart by rule");
                if (e is HedgeEvent.Terminated { Dust.AreFlat: false }) seen.Add("dust");
            }
            return true;
        }, Draws.Same(600));
        // Trims have walks of their own.
        var expected = typeof(HedgeEvent).GetNestedTypes().Select(t => t.Name).Except([.. TrimWalk.Events, "GrowthAsked", "GrowthEvened", "GrowthEnded"])
            .Concat(Enum.GetNames<ExitBound>().Select(b => "bound " + b))
            .Concat(Enum.GetNames<ExitCauses>().Skip(1).Select(c => "cause " + c))
            .Concat(["end of cycle", "rebuild dropped", "restart by rule", "dust"]);
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen);
    }

    [Fact(DisplayName = "No trade inside the band: rebalances cross MES, exit steps cross MES_exit, and nothing else asks for orders in a standing structure")]
    public void Band() => Watched(Walks.Wild, (policy, before, _, decision) => decision.Events.All(e => e switch
    {
        HedgeEvent.Rebalanced r => Crosses(policy.Mes, r.Targets.DecisionPrice, before.Reference),
        HedgeEvent.ReferenceMoved r => Crosses(policy.Mes, r.To, before.Reference) && e.Orders is null,
        HedgeEvent.ExitStepped s => Crosses(policy.MesExit, s.Targets.DecisionPrice, before.Exit?.Reference),
        HedgeEvent.CycleOpened => !before.InCycle,
        HedgeEvent.OpeningEvened => before.LastDecision == HedgeDecision.Opening
            || (before.LastDecision == HedgeDecision.Evening && before.Evenings < HedgeDecider.MaxEvenings),
        _ => e.Orders is null,
    }));

    [Fact(DisplayName = "While orders are open, or not even exits are allowed, or the look is old, nothing is decided")]
    public void Restraint() => ForAll(Walks.Wild, run =>
    {
        var market = new HedgeMarket(Price.Of(50m), Later, run.Monitor, run.Risk with { ExitsAllowed = true });
        var old = market with { At = run.State.DecidedAt ?? default };
        var pending = run.State with
        {
            Pending = new PendingDecision<HedgeDecision>(
                new LegTargets(99, run.State.Legs, default, Price.Of(1m)), HedgeDecision.Rebalance, new PendingLeg(new Quantity(-1m), default, null), default),
        };
        return Decide(run, run.State, market with { Risk = run.Risk with { ExitsAllowed = false } }).IsEmpty
            && Decide(run, pending, market).IsEmpty
            && (run.State.DecidedAt is null || Decide(run, run.State, old).IsEmpty);
    });

    [Fact(DisplayName = "Gross never exceeds the opening, and net never one leg, until a short has fallen to less than half its entry")]
    public void Bounds() => ForAll(Walks.Orderly, run =>
    {
        var (state, good, judged) = (HedgeState.Initial, true, true);
        foreach (var e in run.Events)
        {
            judged = e is HedgeEvent.CycleOpened || (judged && !(e is HedgeEvent.Rebalanced r && EarnedMoreThanItIsWorth(run.Policy, state, r)));
            state = HedgeDecider.Evolve(state, e);
            if (!judged || state.Pending is not null || !state.InCycle) continue;
            var opening = state.OpeningQuantity.Base;
            good &= state.Legs.Gross.Base <= 2m * opening && state.Wanted.Gross.Base <= 2m * opening + Lot;
            // With alpha below a third each leg is rebuilt by more than is repaired, so the losing leg grows a little at every crossing.
            if (run.Policy.Settings.Alpha >= 1m / 3m) good &= Math.Abs(state.Legs.Net.Base) <= opening;
        }
        return good;
    });

    [Fact(DisplayName = "A rebalance never makes gross larger, unless the winner earned more than it is worth")]
    public void GrossShrinks() => ForAll(Walks.Wild, run =>
    {
        var (state, good) = (HedgeState.Initial, true);
        foreach (var e in run.Events)
        {
            if (e is HedgeEvent.Rebalanced r && !EarnedMoreThanItIsWorth(run.Policy, state, r))
                good &= r.Targets.To.Gross + r.CarryLong + r.CarryShort <= state.Wanted.Gross + new Quantity(Lot);
            state = HedgeDecider.Evolve(state, e);
        }
        return good;
    });

    [Fact(DisplayName = "C2: when the net position is above its limit at a look that may decide, the strategy is leaving")]
    public void CapitalLimit() => ForAll(Walks.Wild, run =>
    {
        var look = new HedgeMarket(Price.Of(100m), Later, run.Monitor, new HedgeRisk(1d, true, true, new Money(1_000m), Leverage: 3m, FeeRate: 0.0005m));
        var state = run.State;
        var net = Math.Abs(state.Legs.Net.Base) * 100m;
        if (state.Pending is not null || state.Mode is not (HedgeMode.Active or HedgeMode.Pause) || state.OpeningNotional.Quote == 0m
            || net <= run.Policy.MaxRiskLegs * state.OpeningNotional.Quote)
        {
            return true;
        }
        return Decide(run, state, look)[0] is HedgeEvent.ExitStarted or HedgeEvent.OpeningEvened;
    });

    [Fact(DisplayName = "Both promises of every exit hold when the venue fills: steps <= ceil(log(eps/Q0)/log(1-eta)), fees <= 2 f Q0 / eta")]
    public void ExitBounds() => ForAll(Walks.Orderly, run =>
    {
        var settings = run.Policy.Settings;
        HedgeEvent.ExitStarted? start = null;
        var good = !run.All<HedgeEvent.ExitBoundExceeded>().Any();
        foreach (var e in run.Events)
        {
            if (e is HedgeEvent.ExitStarted s) start = s;
            if (e is not HedgeEvent.Terminated end || start is null || start.Initial.Gross.Base == 0m) continue;
            var notional = (double)(start.Initial.Gross.Base * start.Reference.QuotePerBase);
            var steps = Math.Max(1, Math.Ceiling(Math.Log((double)settings.Epsilon / notional) / Math.Log(1 - (double)settings.Eta)));
            good &= end.ExitSteps <= steps && start.StepBound == (int)steps;
            good &= end.ExitCost.Quote <= 2m * settings.Fee * (decimal)notional / settings.Eta;
            good &= end.Dust.AreFlat;
        }
        return good;
    });

    [Fact(DisplayName = "Every input sent twice decides nothing new")]
    public void Idempotent() => ForAll(Walks.Wild, run => run.NewFromRepeats == 0);

    [Fact(DisplayName = "Folding the events again gives the same state as deciding did")]
    public void Replays() => ForAll(Walks.Wild, run => run.Events.Aggregate(HedgeState.Initial, HedgeDecider.Evolve) == run.State);

    [Fact(DisplayName = "Quantities and costs never go below zero, and the legs are those of the books")]
    public void Books() => Watched(Walks.Wild, (_, _, after, _) =>
        after.Long.Quantity.Base >= 0m && after.Short.Quantity.Base >= 0m && after.Long.Position.Cost.Quote >= 0m && after.Short.Position.Cost.Quote >= 0m
        && (after.Long.Quantity.Base > 0m || after.Long.Position.Cost.Quote == 0m) && (after.Short.Quantity.Base > 0m || after.Short.Position.Cost.Quote == 0m),
        run => run.Book.Long.Position == run.State.Long.Position && run.Book.Short.Position == run.State.Short.Position);

    [Fact(DisplayName = "For every strategy the change of equity is its net path minus fees plus funding, to the last digit")]
    public void Identity() => ForAll(Walks.Wild, run => run.Book.IdentityGapAt(Price.Of(97.31m)).Quote == 0m);

    [Fact(DisplayName = "Held plus carried follows the seed's recurrence, whatever the venue's steps and fills")]
    public void Recurrence() => ForAll(Walks.Wild, run =>
    {
        var (state, good, external) = (HedgeState.Initial, true, false);
        (long Sequence, Legs Wanted, Quantity UnfilledLong, Quantity UnfilledShort) settling = default;
        foreach (var e in run.Events)
        {
            var before = state;
            state = HedgeDecider.Evolve(state, e);
            if (e is HedgeEvent.Rebalanced { EndsCycle: false } r)
            {
                var (alpha, beta, price) = (run.Policy.Settings.Alpha, run.Policy.Settings.Beta, r.Targets.DecisionPrice.QuotePerBase);
                var (winner, wantedBefore) = (before[r.Winner], before.Wanted);
                var profit = beta * (r.Winner == PositionSide.Long ? 1 : -1) * (winner.Quantity.Base * price - winner.Position.Cost.Quote);
                var dq = (1m - alpha) * profit / (2m * price);
                good &= Math.Abs(r.Rebuild.Base + r.RebuildDropped.Base - dq) <= 1e-11m && r.Profit.Quote == profit;
                var wanted = new Legs(r.Targets.To.Long + r.CarryLong, r.Targets.To.Short + r.CarryShort);
                good &= Math.Abs(wanted[r.Winner].Base - ((1m - beta) * wantedBefore[r.Winner].Base + r.Rebuild.Base)) <= 1e-11m;
                good &= Math.Abs(wanted[r.Winner.Opposite()].Base - (Math.Max(wantedBefore[r.Winner.Opposite()].Base - alpha * profit / price, 0m) + r.Rebuild.Base)) <= 1e-11m;
                settling = (r.Targets.Sequence, wanted, default, default);
            }
            // When its orders are final: held + carried is the recurrence, but for exactly what was not filled.
            if (state.Pending is { } pending && pending.Sequence == settling.Sequence)
                (settling.UnfilledLong, settling.UnfilledShort) = (pending.Long.Unfilled, pending.Short.Unfilled);
            if (e is HedgeEvent.FillBooked or HedgeEvent.OrderFinished && before.Pending?.Sequence == settling.Sequence && state.Pending is null)
            {
                var last = e is HedgeEvent.FillBooked f ? f.Fill.Quantity : default;
                var (unfilledLong, unfilledShort) = e is HedgeEvent.FillBooked { Fill.Leg: PositionSide.Long }
                    ? (Nearer(settling.UnfilledLong, last), settling.UnfilledShort)
                    : (settling.UnfilledLong, Nearer(settling.UnfilledShort, last));
                good &= external || new Legs(state.Long.Quantity + state.Long.Carry + unfilledLong, state.Short.Quantity + state.Short.Carry + unfilledShort) == settling.Wanted;
            }
            external = e is HedgeEvent.ExternalFillBooked || (external && state.Pending is not null);
        }
        return good;
    });

    [Fact(DisplayName = "A refused entry is not repeated with the same reason until an entry was taken")]
    public void RefusalsOnce() => ForAll(Walks.Wild, run =>
    {
        var (last, good) = ((string?)null, true);
        foreach (var e in run.Events)
        {
            if (e is HedgeEvent.EntryRefused refused)
            {
                good &= refused.Code != last;
                last = refused.Code;
            }
            else if (e is HedgeEvent.CycleOpened or HedgeEvent.Started or HedgeEvent.Adopted or HedgeEvent.Rebalanced { Rebuild.Base: > 0m })
            {
                last = null;
            }
        }
        return good;
    });

    [Fact(DisplayName = "Where entries are refused no leg grows")]
    public void EntriesRefused() => ForAll(Walks.Wild, run =>
    {
        var risk = new HedgeRisk(1d, EntriesAllowed: false, ExitsAllowed: true, new Money(1_000m), Leverage: 3m, FeeRate: 0.0005m);
        return new[] { 20m, 90m, 99m, 101m, 130m, 900m }.All(price =>
            Decide(run, run.State, new HedgeMarket(Price.Of(price), Later, HedgeStage.Market(), risk)).All(e =>
                e.Orders is not { } o || (o.To.Long <= o.From.Long && o.To.Short <= o.From.Short)));
    });

    [Fact(DisplayName = "No notional bound holds an exit back: without any capital to trade with every leg that shrinks shrinks as far as with plenty, and none grows")]
    public void ExitsAreNotBounded() => ForAll(Walks.Wild, run => new[] { 20m, 90m, 99m, 101m, 130m, 900m }.All(price =>
    {
        var (plenty, none) = (Orders(125m, 0m), Orders(0m, 0.1m));
        return none.All(o => o.To.Long <= o.From.Long && o.To.Short <= o.From.Short)
            && plenty.Where(o => o.To.Long < o.From.Long || o.To.Short < o.From.Short).All(p => none.Any(n =>
                n.From == p.From && n.To.Long == LegSteps.Smaller(p.To.Long, p.From.Long) && n.To.Short == LegSteps.Smaller(p.To.Short, p.From.Short)));

        LegTargets[] Orders(decimal leverage, decimal feeRate) =>
        [
            .. Decide(run, run.State, new HedgeMarket(Price.Of(price), Later, HedgeStage.Market(), new HedgeRisk(1d, true, true, new Money(1_000m), leverage, feeRate)))
                .Select(e => e.Orders).OfType<LegTargets>(),
        ];
    }));

    [Fact(DisplayName = "Every order a decision asks for passes the venue's filters, and netting asks for exactly the targets")]
    public void Orders() => ForAll(Walks.Wild, run => run.Events.All(e =>
    {
        if (e.Orders is not { } targets) return true;
        var legs = targets.From;
        foreach (var order in OrderNetting.Plan(run.Instrument, targets.From, targets.To, targets.DecisionPrice))
        {
            var sent = new NewOrder(
                ClientOrderIds.For("hedge-SOLUSDT", targets.Sequence, order.Leg), run.Instrument.Symbol, order.Leg, order.Side, OrderType.Market,
                TimeInForce.GoodTillCancel, order.Quantity, LimitPrice: null);
            if (Quantizer.Check(run.Instrument, sent, targets.DecisionPrice) is not null) return false;
            var change = order.ReducesLeg ? -order.Quantity : order.Quantity;
            legs = order.Leg == PositionSide.Long ? legs with { Long = legs.Long + change } : legs with { Short = legs.Short + change };
        }
        return legs == targets.To && targets.To.Long.Base >= 0m && targets.To.Short.Base >= 0m;
    }));

    [Fact(DisplayName = "Sequences of decisions rise by one, over every incarnation")]
    public void Sequences() => ForAll(Walks.Wild, run =>
    {
        var sequences = run.Events.Select(e => e switch
        {
            HedgeEvent.CycleOpened o => o.Targets.Sequence,
            HedgeEvent.OpeningEvened o => o.Targets.Sequence,
            HedgeEvent.Rebalanced o => o.Targets.Sequence,
            HedgeEvent.ExitStepped o => o.Targets.Sequence,
            _ => 0L,
        }).Where(s => s > 0).ToList();
        return sequences.SequenceEqual(Enumerable.Range(1, sequences.Count).Select(i => (long)i)) && run.State.Sequence == sequences.Count;
    });

    [Fact(DisplayName = "Evolve is total: events of one history fold into the states of another without a throw or a negative leg")]
    public void Total() => Prop.ForAll(Walks.Wild, Walks.Wild, (a, b) =>
    {
        var mixed = Walks.Begin(a.Settings).Play(a.Stretches).Events.Zip(Walks.Begin(b.Settings).Play(b.Stretches).Events, (x, y) => new[] { y, x })
            .SelectMany(pair => pair);
        var state = HedgeState.Initial;
        return mixed.All(e =>
        {
            state = HedgeDecider.Evolve(state, e);
            return state.Legs.Long.Base >= 0m && state.Legs.Short.Base >= 0m && state.Wanted.Long.Base >= 0m && state.Wanted.Short.Base >= 0m;
        });
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "No input at all, however broken, throws or makes a leg negative")]
    public void AnyInput() => Prop.ForAll(Walks.Wild, BrokenInputs.ToArbitrary(), (walk, inputs) =>
    {
        var run = Walks.Begin(walk.Settings).Play(walk.Stretches);
        return inputs.All(input =>
        {
            run.Send(input);
            return run.State.Legs.Long.Base >= 0m && run.State.Legs.Short.Base >= 0m && run.State.Long.Position.Cost.Quote >= 0m
                && run.State.Short.Position.Cost.Quote >= 0m;
        });
    }).QuickCheckThrowOnFailure();

    private static Gen<HedgeInput[]> BrokenInputs
    {
        get
        {
            var (amounts, prices, numbers, times, fills) = (Broken.Amounts, Broken.Prices, Broken.Numbers, Broken.Times, Broken.Fills);
            var input = Gen.OneOf(
                from price in prices
                from at in times
                from variance in numbers
                from weight in numbers
                from r in numbers
                from entries in Gen.Elements(true, false)
                from size in amounts
                from checks in Gen.Choose(-1, 50)
                from leverage in amounts
                from feeRate in amounts
                select (HedgeInput)new HedgeInput.Market(new HedgeMarket(
                    price, at, new StructureMonitor(variance, weight, 1d, 0, 1_000, checks, 0), new HedgeRisk(r, entries, true, new Money(size), leverage, feeRate))),
                from fill in fills
                from sequence in Gen.Choose(-1, 30)
                select (HedgeInput)new HedgeInput.OrderFilled(sequence, fill),
                from fill in fills
                select (HedgeInput)new HedgeInput.ExternalFill(fill),
                from wish in Broken.Wishes
                from price in Broken.Prices
                from allowed in Gen.Elements(true, true, false)
                from at in Broken.Times
                select (HedgeInput)new HedgeInput.Trim(wish, price, allowed, at),
                from sequence in Gen.Choose(-1, 30)
                from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
                from cumulative in amounts
                from at in times
                select (HedgeInput)new HedgeInput.OrderClosed(sequence, leg, new Quantity(cumulative), at),
                from incarnation in Gen.Choose(-1, 5)
                from legs in Broken.HandOvers
                from price in prices
                from at in times
                select (HedgeInput)new HedgeInput.Adopt("eve", incarnation, legs, price, at),
                from incarnation in Gen.Choose(-1, 5)
                from at in times
                select (HedgeInput)new HedgeInput.Release("eve", incarnation, at),
                from incarnation in Gen.Choose(-1, 3)
                from at in times
                from exit in Gen.Elements(true, false)
                select exit ? (HedgeInput)new HedgeInput.RequestExit("eve", incarnation, at) : new HedgeInput.Start("eve", incarnation, at));
            return input.ArrayOf();
        }
    }

    private const decimal Lot = 0.001m;

    // Only a short whose price has fallen below a half of its entry can.
    private static bool EarnedMoreThanItIsWorth(HedgePolicy policy, HedgeState before, HedgeEvent.Rebalanced e) =>
        e.Profit.Quote > policy.Settings.Beta * before[e.Winner].Quantity.Base * e.Targets.DecisionPrice.QuotePerBase;

    private static Quantity Nearer(Quantity unfilled, Quantity fill) => unfilled.Base >= 0m ? unfilled - fill : unfilled + fill;

    private static bool Crosses(decimal width, Price price, Price? reference) =>
        reference is { } from && Math.Abs(Math.Log((double)(price.QuotePerBase / from.QuotePerBase))) >= (double)width - 1e-11;

    private static ImmutableArray<HedgeEvent> Decide(HedgeRun run, HedgeState state, in HedgeMarket market) =>
        HedgeDecider.Decide(run.Policy, run.Instrument, state, market).Events;

    private static void ForAll(Arbitrary<(HedgeSettings Settings, Stretch[] Stretches)> walks, Func<HedgeRun, bool> holds, Config? config = null) =>
        Prop.ForAll(walks, w => holds(Walks.Begin(w.Settings).Play(w.Stretches))).Check(config ?? Config.QuickThrowOnFailure.WithMaxTest(150));

    private static void Watched(
        Arbitrary<(HedgeSettings Settings, Stretch[] Stretches)> walks, Func<HedgePolicy, HedgeState, HedgeState, Decision<HedgeEvent>, bool> holds,
        Func<HedgeRun, bool>? atEnd = null) =>
        Prop.ForAll(walks, w =>
        {
            var run = Walks.Begin(w.Settings);
            var good = true;
            run.Watch = (before, after, decision) => good &= holds(run.Policy, before, after, decision);
            run.Play(w.Stretches);
            return good && (atEnd?.Invoke(run) ?? true);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
