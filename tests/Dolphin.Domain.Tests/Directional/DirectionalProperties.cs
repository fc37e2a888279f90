using Dolphin.Domain.Alpha;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Exits;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Directional;

/// <summary>A strategy and what becomes of it.</summary>
internal sealed record Flight(DirectionalSettings Settings, ExitSettings Exits, Leg[] Legs);

/// <summary>A stretch of it.</summary>
/// <param name="Bars">In the stretch; prices, signals and the venue's whims follow from the seed.</param>
internal sealed record Leg(Gust Gust, int Bars, int Seed);

internal enum Gust
{
    None, PartialFills, Refusals, LowPosture, NothingAllowed, NoBudget, NoVolatility, SmallSize, Liquidation, ExitRequested, Restarted, Released, TakenBack, Paused, Resumed,
    Trimmed, LateFills, SlowOrders, Idling, HoldOver,
}

internal static class DirectionalWalks
{
    // Orders below the minimum leave dust.
    public static readonly Instrument Sol = HedgeStage.Sol with { MinQuantity = new Quantity(0.02m) };

    private static Gen<(DirectionalSettings, ExitSettings)> SettingsOf =>
        from reverse in Gen.Elements(0.5, 0.7, 1)
        from closeIn in Gen.Elements<Posture?>(null, Posture.Turtle, Posture.Hibernate)
        from lifetime in Gen.Elements(1, 5)
        from stop in Gen.Elements(0.5, 1.5)
        from target in Gen.Elements(1.0, 3)
        from trail in Gen.Elements(0.3, 1)
        from hold in Gen.Choose(1, 4)
        select (
            new DirectionalSettings { ReverseConfidence = reverse, CloseIn = closeIn, SignalLifetime = TimeSpan.FromMinutes(lifetime) },
            new ExitSettings
            {
                Horizon = TimeSpan.FromHours(1), LongestHold = TimeSpan.FromHours(hold), StopLoss = stop, TakeProfit = target, TrailArms = 0.7, TrailDistance = trail,
            });

    private static Arbitrary<Flight> Of(Gust[] gusts) =>
        (from settings in SettingsOf
         from count in Gen.Choose(1, 10)
         from legs in (from gust in Gen.Elements(gusts)
                       from bars in Gen.Choose(3, 80)
                       from seed in Gen.Choose(1, int.MaxValue - 1)
                       select new Leg(gust, bars, seed)).ArrayOf(count)
         select new Flight(settings.Item1, settings.Item2, legs)).ToArbitrary();

    /// <summary>Everything that can go wrong, does.</summary>
    public static Arbitrary<Flight> Wild => Of([Gust.None, Gust.None, Gust.Restarted, Gust.Restarted, .. Enum.GetValues<Gust>()]);

    public static DirectionalRun Begin(Flight flight) => DirectionalRun.Started(flight.Settings, flight.Exits, Sol);

    public static DirectionalRun Play(this DirectionalRun run, Leg[] legs)
    {
        var price = 100m;
        foreach (var leg in legs)
        {
            var chance = new Lcg((uint)leg.Seed);
            Arrange(run, leg.Gust, chance, price);
            var drift = chance.Next(5) - 2;
            for (var i = 0; i < leg.Bars; i++)
            {
                var open = price;
                price = Math.Clamp(price + (chance.Next(101) - 50 + drift * 8) / 100m, 60m, 160m);
                if (chance.Next(8) == 0) run.Volatility = leg.Gust == Gust.NoVolatility ? double.NaN : 0.005 + chance.Next(15) / 1_000d;
                if (chance.Next(4) == 0 && run.Signal(chance.Next(2) == 0 ? PositionSide.Long : PositionSide.Short, chance.Next(101) / 100d).Refusal is not null)
                    run.Send(new DirectionalInput.Passed(run.Now, leg.Gust == Gust.None ? run.Now : null, run.Now));
                run.Bar(Math.Min(open, price) - chance.Next(30) / 100m, Math.Max(open, price) + chance.Next(30) / 100m, price, minutes: leg.Gust == Gust.Idling ? 20 : 1);
                if (run.State.Pending is not null && chance.Next(6) == 0) run.Trim(chance.Next(6), seconds: chance.Next(2) == 0 ? 30 : 3_600);
                if (run.HoldOrders && chance.Next(3) == 0) FinishOpenOrder(run, late: leg.Gust == Gust.LateFills);
            }
            run.HoldOrders = false;
            FinishOpenOrder(run, late: false);
        }
        return run;
    }

    // Late: the order is said to be over before its fills come, which a venue does when messages overtake each other.
    private static void FinishOpenOrder(DirectionalRun run, bool late)
    {
        if (run.State.Pending is not { } pending) return;
        if (late)
        {
            var leg = pending.Long.Ordered.Base != 0m ? PositionSide.Long : PositionSide.Short;
            run.Send(new DirectionalInput.OrderClosed(pending.Sequence, leg, Quantity.Zero, run.Now));
        }
        var hold = run.HoldOrders;
        run.HoldOrders = false;
        run.Execute(pending.Targets);
        run.HoldOrders = hold;
    }

    private static void Arrange(DirectionalRun run, Gust gust, Lcg chance, decimal price)
    {
        run.In(gust == Gust.LowPosture ? (Posture)chance.Next(4) : chance.Next(4) == 0 ? Posture.Stalker : Posture.Apex,
            gust == Gust.NoBudget ? 0d : 0.1 + chance.Next(90) / 100d, exitsAllowed: gust != Gust.NothingAllowed);
        run.OpeningNotional = new Money(gust == Gust.SmallSize ? chance.Next(10) : 50m + chance.Next(1_000));
        run.Hold = gust == Gust.HoldOver && run.State.Side is { } held
            ? new HoldDecision(HoldVerdict.EjectContradicted, 61, 60, TradeHoldState.Opened(held, run.Now))
            : null;
        run.Leverage = gust == Gust.SmallSize ? chance.Next(200) : 1m + chance.Next(10);
        run.HoldOrders = gust is Gust.SlowOrders or Gust.LateFills;
        run.Venue.Answers = gust switch
        {
            Gust.PartialFills => _ => new Answer(chance.Next(101) / 100m, 1 + chance.Next(3)),
            Gust.Refusals => _ => chance.Next(2) == 0 ? Answer.Refusal : Answer.Full,
            _ => _ => Answer.Full,
        };
        switch (gust)
        {
            case Gust.Liquidation when run.State is { IsLive: true, Side: { } leg }:
                run.Liquidate(leg, price, Math.Max(0.001m, Math.Round(run.State[leg].Quantity.Base * (1 + chance.Next(100)) / 100m, 3)));
                break;
            case Gust.ExitRequested:
                run.Exit();
                break;
            case Gust.Restarted when run.State.Mode == DirectionalMode.Terminated || run.Venue.Book.Legs.AreFlat:
                run.Send(new DirectionalInput.Start("ada", run.State.Incarnation + 1, run.Now));
                break;
            case Gust.Released:
                run.Send(new DirectionalInput.Release("hermes", run.State.Incarnation, run.Now));
                break;
            case Gust.TakenBack:
                if (run.State.Mode == DirectionalMode.Idle && run.All<DirectionalEvent.Released>().LastOrDefault() is { } released)
                    run.Send(new DirectionalInput.Adopt("hermes", run.State.Incarnation + 1, released.Legs, Price.Of(price), run.Now));
                break;
            case Gust.Paused:
                run.Send(new DirectionalInput.Pause("hermes", run.State.Incarnation, run.Now));
                break;
            case Gust.Resumed:
                run.Send(new DirectionalInput.Resume("hermes", run.State.Incarnation, run.Now));
                break;
            case Gust.Trimmed when run.State.Side is { } side:
                run.Trim(Math.Round(run.State[side].Quantity.Base * chance.Next(120) / 100m, 4), exitsAllowed: chance.Next(8) > 0);
                break;
            case Gust.SlowOrders when chance.Next(2) == 0 && run.State.Pending is null:
                run.Signal(PositionSide.Long, 1);
                run.At(price);
                run.Send(new DirectionalInput.Release("hermes", run.State.Incarnation, run.Now));
                break;
        }
    }
}

public sealed class DirectionalProperties
{
    [Fact(DisplayName = "The walks reach every kind of event, every cause of a closing, and every refusal of an entry that a market can bring")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        bool Look(DirectionalRun run)
        {
            foreach (var e in run.Events)
            {
                seen.Add(e.GetType().Name);
                if (e is DirectionalEvent.CloseOrdered c) seen.Add("close " + c.Cause);
                if (e is DirectionalEvent.EntryRefused r) seen.Add(r.Code);
                if (e is DirectionalEvent.PositionEnded { Dust.Base: > 0m }) seen.Add("dust");
                if (e is DirectionalEvent.PositionEnded { Cause: CloseCause.None, Result.Costs.Quote: 0m }) seen.Add("never filled");
                if (e is DirectionalEvent.PositionEnded { Terms: null }) seen.Add("taken over");
            }
            return true;
        }
        // One set of walks for ever: what it must reach is rare, and a test of the generator must not fail by chance.
        Prop.ForAll(DirectionalWalks.Wild, f => Look(DirectionalWalks.Begin(f).Play(f.Legs)))
            .Check(Draws.Same(1_000));
        var expected = typeof(DirectionalEvent).GetNestedTypes().Select(t => t.Name)
            .Concat(Enum.GetValues<CloseCause>().Where(c => c != CloseCause.None).Select(c => "close " + c))
            .Concat(["directional.signal-expired", "directional.entries-not-allowed", "directional.no-risk-budget", "directional.no-volatility", "directional.no-leverage",
                "directional.no-size", "directional.no-room", "directional.opening-too-small", "dust", "never filled", "taken over"]);
        Assert.Empty(expected.Except(seen, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Only an opening makes a leg larger: one leg, from flat, on a signal that lives, at most what the sizer gave")]
    public void OnlyOpeningsGrow() => Prop.ForAll(DirectionalWalks.Wild, f =>
    {
        var run = DirectionalWalks.Begin(f);
        var good = true;
        run.Watch = (before, e, _) =>
        {
            if (e.Orders is not { } orders) return;
            var moved = (orders.From.Long != orders.To.Long ? 1 : 0) + (orders.From.Short != orders.To.Short ? 1 : 0);
            good &= (moved == 1 || (e is DirectionalEvent.TrimAsked && moved == 2)) && orders.From == before.Legs && before.Pending is null;
            if (e is DirectionalEvent.Opened o)
            {
                good &= before is { Side: null, Mode: DirectionalMode.Active, Waiting: { } signal } && signal.Id == o.Terms.SignalId && signal.Side == o.Side
                    && (before.Turn?.OrderedAt ?? o.At) - signal.At < f.Settings.SignalLifetime && run.Posture >= Posture.Stalker && run.Risk.RTotal > 0d
                    && o.Targets.To[o.Side] > o.Targets.From[o.Side] && o.Notional <= run.OpeningNotional
                    && o.Terms.Price * (o.Targets.To[o.Side] - o.Targets.From[o.Side]) <= o.Notional;
            }
            else
            {
                good &= orders.Intent == LegIntent.Exit;
            }
        };
        run.Play(f.Legs);
        return good;
    }).Check(Runs);

    [Fact(DisplayName = "A reversal whose entry was allowed when it was closed for is not refused for its age at the first look after it is flat, however long bars are")]
    public void ReversalsAreNotTooOld() => Prop.ForAll(
        (from minutes in Gen.Elements(1, 5, 15, 60)
         from lifetime in Gen.Elements(1, 5, 30)
         from seed in Gen.Choose(1, int.MaxValue - 1)
         select (minutes, lifetime, seed)).ToArbitrary(), w =>
    {
        var run = DirectionalRun.Started(new DirectionalSettings { SignalLifetime = TimeSpan.FromMinutes(w.lifetime) }, instrument: DirectionalWalks.Sol);
        var (chance, price, turning, good) = (new Lcg((uint)w.seed), 100m, 0, true);
        run.AfterLook = (before, _, decision) =>
        {
            if (turning == before.Positions && before.Side is null) // Flat since the look before.
                good &= !decision.Events.Any(e => e is DirectionalEvent.EntryRefused { Code: "directional.signal-expired" });
            turning = decision.Events.OfType<DirectionalEvent.CloseOrdered>().Any(c => c.Cause == CloseCause.Reversal) ? run.State.Positions : 0;
        };
        for (var i = 0; i < 60; i++)
        {
            var (from, open) = (run.Now, price);
            price = Math.Clamp(price + (chance.Next(101) - 50) / 100m, 60m, 160m);
            run.Now = from.AddMinutes(w.minutes);
            // Of some time before the bar closes, shown with it.
            if (chance.Next(3) == 0 && run.State.Waiting is null)
                run.Signal(chance.Next(2) == 0 ? PositionSide.Long : PositionSide.Short, 0.5 + chance.Next(51) / 100d, at: run.Now.AddSeconds(-chance.Next(w.lifetime * 60)));
            run.Look(new PriceSpan(from, Price.Of(Math.Max(open, price)), Price.Of(Math.Min(open, price)), Price.Of(price)));
        }
        return good;
    }).Check(Runs);

    [Fact(DisplayName = "A stop never loosens while a position lasts, and is never further from its entry than the worst allowed distance")]
    public void StopsNeverLoosen() => Watched((f, before, _, after) =>
        after.Plan is not { } now || (ExitStage.Ahead(now.Leg, now.Entry, now.Stop) >= -(double)f.Exits.MostStop - 1e-9
            && (before.Plan is not { } was || before.Positions != after.Positions || ExitStage.Ahead(now.Leg, was.Stop, now.Stop) >= 0)));

    [Fact(DisplayName = "What stands is guarded: a settled position that nobody closes has a plan for its side, after every look")]
    public void AlwaysGuarded() => Looked((_, run, _, _, _) =>
        run.State is not { Side: { } side, Pending: null, Closing: CloseCause.None, Mode: DirectionalMode.Active or DirectionalMode.Pause } || run.State.Plan?.Leg == side);

    [Fact(DisplayName = "A bar in which the stop lies closes the position by the stop, even if the target lies in it too, whenever exits are allowed")]
    public void StopsClose() => Looked((_, _, before, market, decision) =>
    {
        if (before is not { Side: { } side, Plan: { } plan, Pending: null, Closing: CloseCause.None, Mode: DirectionalMode.Active or DirectionalMode.Pause, ReleaseWantedBy: null }
            || !market.Risk.ExitsAllowed)
        {
            return true;
        }
        var worst = side == PositionSide.Long ? market.Span.Low : market.Span.High;
        var stopped = ExitStage.Ahead(side, plan.Stop, worst) <= 0;
        return !stopped || decision.Events.OfType<DirectionalEvent.CloseOrdered>().SingleOrDefault()?.Cause == (plan.Trailing ? CloseCause.TrailingStop : CloseCause.StopLoss);
    });

    [Fact(DisplayName = "Where not even exits are allowed nothing is ordered, and in HIBERNATE no plan is made anew")]
    public void NothingAllowed() => Looked((_, _, _, market, decision) =>
        (market.Risk.ExitsAllowed || decision.Events.All(e => e.Orders is null))
        && (market.Posture != Posture.Hibernate || !decision.Events.Any(e => e is DirectionalEvent.Replanned)));

    [Fact(DisplayName = "Legs are the sum of their fills: what it holds, and gave up, is what the account holds")]
    public void Books() => ForAll(run => run.State.Mode == DirectionalMode.Idle
        || (run.Venue.Book.Long.Position == run.State.Long.Position && run.Venue.Book.Short.Position == run.State.Short.Position));

    [Fact(DisplayName = "What was realised and paid is what the account says, to the last digit, over all incarnations")]
    public void Accounting() => Prop.ForAll(DirectionalWalks.Wild, f =>
    {
        var run = DirectionalWalks.Begin(f);
        var total = default(DirectionalResult);
        run.Watch = (before, e, after) =>
        {
            if (e is DirectionalEvent.FillBooked or DirectionalEvent.ExternalFillBooked)
                total = new(total.Realised + after.Result.Realised - before.Result.Realised, total.Costs + after.Result.Costs - before.Result.Costs);
        };
        run.Play(f.Legs);
        // A late fill that came when nobody held its leg belongs to no position, and is counted once all the same.
        var ended = run.All<DirectionalEvent.PositionEnded>().Sum(e => e.Result.Net.Quote) + run.State.Position.Net.Quote;
        var whole = f.Legs.Any(l => l.Gust is Gust.LateFills or Gust.Released or Gust.SlowOrders) || ended == total.Net.Quote;
        return whole && total.Realised == run.Venue.Book.Realised && total.Costs == run.Venue.Book.Fees;
    }).Check(Runs);

    [Fact(DisplayName = "Every input sent twice decides nothing new")]
    public void Idempotent() => ForAll(run => run.NewFromRepeats == 0);

    [Fact(DisplayName = "Folding the events again gives the same state as deciding did")]
    public void Replays() => ForAll(run => run.Events.Aggregate(DirectionalState.Initial, DirectionalDecider.Evolve) == run.State);

    [Fact(DisplayName = "Every order passes the venue's filters, and sequences rise by one")]
    public void Orders() => ForAll(run =>
    {
        var last = 0L;
        foreach (var e in run.Events)
        {
            if (e.Orders is not { } targets) continue;
            if (targets.Sequence != ++last) return false;
            var orders = OrderNetting.Plan(run.Instrument, targets.From, targets.To, targets.DecisionPrice);
            if (orders.IsEmpty) return false;
            foreach (var order in orders)
            {
                var sent = new NewOrder(
                    ClientOrderIds.For("directional-SOLUSDT", targets.Sequence, order.Leg), run.Instrument.Symbol, order.Leg, order.Side, OrderType.Market,
                    TimeInForce.GoodTillCancel, order.Quantity, LimitPrice: null);
                if (Quantizer.Check(run.Instrument, sent, targets.DecisionPrice) is not null) return false;
            }
        }
        return true;
    });

    [Fact(DisplayName = "Whatever is asked of it, an exit that is asked for ends in Terminated with nothing left that the venue would take")]
    public void ExitsEnd() => ForAll(run =>
    {
        run.Send(new DirectionalInput.Start("ada", run.State.Incarnation + 1, run.Now));
        run.In(Posture.Turtle, rTotal: 0d);
        run.Venue.Answers = _ => Answer.Full;
        run.Exit();
        run.At(100m, 100m, 100m);
        return run.State.Mode == DirectionalMode.Terminated && run.State.Legs.Long < run.Instrument.MinQuantity && run.State.Legs.Short < run.Instrument.MinQuantity;
    });

    [Fact(DisplayName = "Evolve is total: events of one history fold into the states of another without a throw or a negative leg")]
    public void Total() => Prop.ForAll(DirectionalWalks.Wild, DirectionalWalks.Wild, (a, b) =>
        Folding.Mixed(
            DirectionalWalks.Begin(a).Play(a.Legs).Events, DirectionalWalks.Begin(b).Play(b.Legs).Events, DirectionalState.Initial, DirectionalDecider.Evolve, state => state.Legs))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact(DisplayName = "No input at all, however broken, throws or makes a leg negative")]
    public void AnyInput() => Prop.ForAll(DirectionalWalks.Wild, BrokenInputs.ToArbitrary(), (flight, inputs) =>
    {
        var run = DirectionalWalks.Begin(flight).Play(flight.Legs);
        run.HoldOrders = true; // Their fills are among what is broken.
        run.Send(new DirectionalInput.Start("ada", run.State.Incarnation + 1, run.Now));
        return inputs.All(input =>
        {
            run.Send(input);
            return run.State.Legs.Long.Base >= 0m && run.State.Legs.Short.Base >= 0m && run.State.Long.Position.Cost.Quote >= 0m && run.State.Short.Position.Cost.Quote >= 0m;
        }) && run.NewFromRepeats == 0;
    }).Check(Runs);

    private static Gen<DirectionalInput[]> BrokenInputs => Gen.OneOf(
        from high in Broken.Prices
        from low in Broken.Prices
        from close in Broken.Prices
        from still in Gen.Elements(true, false)
        from at in Broken.Times
        from volatility in Broken.Numbers
        from posture in Gen.Elements(Posture.Apex, Posture.Turtle, (Posture)(-1), (Posture)99)
        from risk in Broken.Risks
        from notional in Broken.Amounts
        from leverage in Broken.Amounts
        from capital in Broken.Amounts
        from feeRate in Broken.Amounts
        select (DirectionalInput)new DirectionalInput.Market(new DirectionalMarket(
            still ? PriceSpan.Moment(at, close) : new PriceSpan(at, high, low, close), at, volatility, posture, risk, new Money(notional), leverage, new Money(capital), feeRate)),
        from id in Gen.Elements("", "a", "b", "c", null)
        from side in Gen.Elements(PositionSide.Long, PositionSide.Short, (PositionSide)7)
        from confidence in Broken.Numbers
        from at in Broken.Times
        from received in Broken.Times
        select (DirectionalInput)new DirectionalInput.Signal(new DirectionalSignal(id!, side, confidence, at), received),
        from until in Broken.Times
        from plunges in Broken.Times
        from at in Broken.Times
        from which in Gen.Choose(0, 3)
        select (DirectionalInput)new DirectionalInput.Passed(which < 2 ? until : null, which % 2 == 0 ? plunges : null, at),
        from id in Gen.Choose(-1, 4)
        from longAtMost in Broken.Amounts
        from shortAtMost in Broken.Amounts
        from price in Broken.Prices
        from allowed in Gen.Elements(true, false)
        from at in Broken.Times
        from until in Broken.Times
        select (DirectionalInput)new DirectionalInput.Trim(new TrimWish("eve", id, new Quantity(longAtMost), new Quantity(shortAtMost), until), price, allowed, at),
        from fill in Broken.Fills
        from sequence in Gen.Choose(-1, 30)
        select (DirectionalInput)new DirectionalInput.OrderFilled(sequence, fill),
        from fill in Broken.Fills
        select (DirectionalInput)new DirectionalInput.ExternalFill(fill),
        from sequence in Gen.Choose(-1, 30)
        from leg in Broken.Sides
        from cumulative in Broken.Amounts
        from at in Broken.Times
        select (DirectionalInput)new DirectionalInput.OrderClosed(sequence, leg, new Quantity(cumulative), at),
        from incarnation in Gen.Choose(-1, 4)
        from legs in Broken.HandOvers
        from price in Broken.Prices
        from at in Broken.Times
        from one in Gen.Elements(true, false)
        select (DirectionalInput)new DirectionalInput.Adopt("eve", incarnation, one ? legs with { Short = default } : legs, price, at),
        from incarnation in Gen.Choose(-1, 4)
        from at in Broken.Times
        from what in Gen.Choose(0, 4)
        select what switch
        {
            0 => (DirectionalInput)new DirectionalInput.RequestExit("eve", incarnation, at),
            1 => new DirectionalInput.Release("eve", incarnation, at),
            2 => new DirectionalInput.Pause("eve", incarnation, at),
            3 => new DirectionalInput.Resume("eve", incarnation, at),
            _ => new DirectionalInput.Start("eve", incarnation, at),
        }).ArrayOf();

    [Fact(DisplayName = "Guarding a position that needs nothing allocates nothing")]
    public void NoAllocation()
    {
        var run = DirectionalRun.Holding();
        Loop(run, 200); // Warm: the first calls compile.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decided = Loop(run, 1_000);
        Assert.Equal((0L, 0), (GC.GetAllocatedBytesForCurrentThread() - before, decided));
    }

    private static int Loop(DirectionalRun run, int bars)
    {
        var (decided, view) = (0, run.View(PriceSpan.Moment(run.Now, Price.Of(100m))));
        for (var i = 1; i <= bars; i++)
        {
            var at = run.Now.AddMinutes(i);
            decided += DirectionalDecider.Decide(run.Policy, run.Instrument, run.State,
                view with { At = at, Span = PriceSpan.Moment(at, Price.Of(i % 2 == 0 ? 99m : 101m)) }).Events.Length;
        }
        return decided;
    }

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(200);

    private static void ForAll(Func<DirectionalRun, bool> holds) =>
        Prop.ForAll(DirectionalWalks.Wild, f => holds(DirectionalWalks.Begin(f).Play(f.Legs))).Check(Runs);

    private static void Watched(Func<Flight, DirectionalState, DirectionalEvent, DirectionalState, bool> holds) =>
        Prop.ForAll(DirectionalWalks.Wild, f =>
        {
            var run = DirectionalWalks.Begin(f);
            var good = true;
            run.Watch = (before, e, after) => good &= holds(f, before, e, after);
            run.Play(f.Legs);
            return good;
        }).Check(Runs);

    private static void Looked(Func<Flight, DirectionalRun, DirectionalState, DirectionalMarket, Decision<DirectionalEvent>, bool> holds) =>
        Prop.ForAll(DirectionalWalks.Wild, f =>
        {
            var run = DirectionalWalks.Begin(f);
            var good = true;
            run.AfterLook = (before, market, decision) => good &= holds(f, run, before, market, decision);
            run.Play(f.Legs);
            return good;
        }).Check(Runs);
}
