using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Compression;

/// <summary>A locked book and what becomes of it: the legs in lots of 0.001, and stretches of market.</summary>
internal sealed record Locked(CompressionSettings Settings, int LongLots, int ShortLots, Spell[] Spells);

/// <param name="Bars">Closes of the spell; prices in it follow from the seed.</param>
internal sealed record Spell(Weather Weather, Trouble Trouble, int Bars, int Seed);

/// <summary>Bounded swings in the gap from 95 to 105, ripples too small to be swings, trends through the gap, and a price that stays outside.</summary>
internal enum Weather { Swinging, Rippling, Rising, Falling, Outside, Jumpy }
internal enum Trouble { None, PartialFills, Refusals, ExitsOnly, NothingAllowed, Compressed, RegimeShut, Liquidation, ExitRequested, Released, TakenBack }

internal static class CompressionWalks
{
    private const decimal LongEntry = 105m, ShortEntry = 95m;
    public static readonly Instrument Sol = HedgeStage.Sol;

    private static Gen<CompressionSettings> SettingsOf =>
        from residual in Gen.Elements(0.005m, 0.05m, 0.1m, 0.5m)
        from bounce in Gen.Elements(0.005m, 0.01m)
        from epsilon in Gen.Elements(0.5m, 10m, 200m)
        from wild in Gen.Elements(0.05m, 1m, 1m)
        from capital in Gen.Elements(200m, 1_000m, 1_000m)
        select new CompressionSettings
        {
            Residual = residual, Bounce = bounce, Epsilon = epsilon, WarmUpBars = 2, MaxVolatility = wild, SigmaHorizon = TimeSpan.FromMinutes(10), Capital = capital,
        };

    private static Arbitrary<Locked> Of(Weather[] weathers, Trouble[] troubles) =>
        (from settings in SettingsOf
         from longLots in Gen.Choose(1, 8_000)
         from shortLots in Gen.Choose(1, 8_000)
         from count in Gen.Choose(1, 12)
         from spells in (from weather in Gen.Elements(weathers)
                         from trouble in Gen.Elements(troubles)
                         from bars in Gen.Choose(3, 60)
                         from seed in Gen.Choose(1, int.MaxValue - 1)
                         select new Spell(weather, trouble, bars, seed)).ArrayOf(count)
         select new Locked(settings, longLots, shortLots, spells)).ToArbitrary();

    /// <summary>Everything that can go wrong, does.</summary>
    public static Arbitrary<Locked> Wild => Of(
        [Weather.Swinging, Weather.Swinging, .. Enum.GetValues<Weather>()], [Trouble.None, Trouble.None, Trouble.Compressed, .. Enum.GetValues<Trouble>()]);

    /// <summary>Any market and a venue that fills what it likes, but nobody else touches the legs.</summary>
    public static Arbitrary<Locked> Alone => Of(
        [Weather.Swinging, Weather.Swinging, .. Enum.GetValues<Weather>()],
        [Trouble.None, Trouble.None, Trouble.PartialFills, Trouble.Refusals, Trouble.ExitsOnly, Trouble.NothingAllowed, Trouble.Compressed, Trouble.RegimeShut]);

    public static CompressionRun Begin(Locked locked)
    {
        var run = new CompressionRun(CompressionRun.PolicyOf(locked.Settings), Sol);
        run.Adopt(locked.LongLots * 0.001m, LongEntry, locked.ShortLots * 0.001m, ShortEntry);
        return run;
    }

    /// <param name="beforeBar">Called with the price of each bar before its look.</param>
    public static CompressionRun Play(this CompressionRun run, Spell[] spells, Action<CompressionRun, Price>? beforeBar = null)
    {
        var price = 100m;
        foreach (var spell in spells)
        {
            var chance = new Lcg((uint)spell.Seed);
            Arrange(run, spell, chance, price);
            var up = chance.Next(2) == 0;
            for (var i = 0; i < spell.Bars; i++)
            {
                price = Next(spell.Weather, chance, price, ref up);
                beforeBar?.Invoke(run, Price.Of(price));
                run.At(price);
            }
        }
        return run;
    }

    private static void Arrange(CompressionRun run, Spell spell, Lcg chance, decimal price)
    {
        run.Regime = spell.Trouble == Trouble.RegimeShut ? RegimeGate.Shut : RegimeGate.Open;
        run.Risk = new LegRisk(
            spell.Trouble == Trouble.Compressed ? Math.Max(0, chance.Next(150) - 50) / 100d : 1d, spell.Trouble != Trouble.ExitsOnly, spell.Trouble != Trouble.NothingAllowed);
        run.Venue.Answers = spell.Trouble switch
        {
            Trouble.PartialFills => _ => new Answer(chance.Next(101) / 100m, 1 + chance.Next(3)),
            Trouble.Refusals => _ => chance.Next(2) == 0 ? Answer.Refusal : Answer.Full,
            _ => _ => Answer.Full,
        };
        switch (spell.Trouble)
        {
            case Trouble.Liquidation when run.State.Mode == CompressionMode.Active:
                var leg = chance.Next(2) == 0 ? PositionSide.Long : PositionSide.Short;
                run.Liquidate(leg, price, Math.Max(0.001m, run.State[leg].Quantity.Base));
                break;
            case Trouble.ExitRequested:
                run.Send(new CompressionInput.RequestExit("ada", run.State.Incarnation, run.Now));
                break;
            case Trouble.Released:
                run.HoldOrders = chance.Next(2) == 0;
                if (run.HoldOrders)
                {
                    run.At(99m, 100m, 101m, 100m, 99m, 100m, 101m);
                    run.HoldOrders = false;
                }
                run.Send(new CompressionInput.Release("hermes", run.State.Incarnation, run.Now));
                if (run.State.Pending is { } pending) run.Execute(pending.Targets);
                break;
            case Trouble.TakenBack:
                if (run.All<CompressionEvent.Released>().LastOrDefault() is { } released && run.State.Mode == CompressionMode.Idle)
                    run.Send(new CompressionInput.Adopt("hermes", run.State.Incarnation + 1, released.Legs, Price.Of(price), run.Now));
                break;
        }
    }

    private static decimal Next(Weather weather, Lcg chance, decimal price, ref bool up)
    {
        switch (weather)
        {
            case Weather.Swinging:
                price = Math.Clamp(price, 96m, 104m) + (up ? 1 : -1) * (chance.Next(90) + 10) / 100m;
                if (price > 103m) up = false;
                if (price < 97m) up = true;
                if (chance.Next(6) == 0) up = !up;
                return price;
            case Weather.Rippling: return 100m + chance.Next(20) / 100m;
            case Weather.Rising: return price + chance.Next(60) / 100m;
            case Weather.Falling: return Math.Max(1m, price - chance.Next(60) / 100m);
            case Weather.Outside: return chance.Next(2) == 0 ? 90m + chance.Next(500) / 100m : 105m + chance.Next(500) / 100m;
            default: return chance.Next(6) == 0 ? 80m + chance.Next(4_000) / 100m : Math.Clamp(price, 94m, 106m) + (chance.Next(61) - 30) / 100m;
        }
    }
}

public sealed class CompressionProperties
{
    [Fact(DisplayName = "The walks reach every kind of event, every decision, every cause of an exit, and every refusal of an entry")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        bool Look(CompressionRun run)
        {
            foreach (var e in run.Events)
            {
                seen.Add(e.GetType().Name);
                if (e is CompressionEvent.Reduced { Closing: true }) seen.Add("closing");
                if (e is CompressionEvent.Unwound u) seen.Add("exit " + u.Causes);
                if (e is CompressionEvent.EntryRefused r) seen.Add(r.Code);
                if (e is CompressionEvent.SwingPassed p) seen.Add(p.Code);
                if (e is CompressionEvent.Terminated { Dust.AreFlat: false }) seen.Add("dust");
                if (e is CompressionEvent.Adopted { Incarnation: > 1 }) seen.Add("taken back");
                if (e is CompressionEvent.Adopted { GoesOn: true }) seen.Add("goes on");
            }
            return true;
        }
        // One set of walks for ever: what it must reach is rare, and a test of the generator must not fail by chance.
        Prop.ForAll(CompressionWalks.Wild, w => Look(CompressionWalks.Begin(w).Play(w.Spells)))
            .Check(Draws.Same(1_500));
        // Trims have walks of their own.
        var expected = typeof(CompressionEvent).GetNestedTypes().Select(t => t.Name).Except(TrimWalk.Events).Concat([
            "closing", "exit Manual", "exit External", "exit Rest", "compression.entries-not-allowed", "compression.no-risk-budget", "compression.capital-allocation",
            "compression.top-up-too-small", "compression.regime-shut", "compression.too-wild", "dust", "taken back", "goes on",
        ]);
        Assert.Empty(expected.Except(seen, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Once the first move is made no leg ever grows: gross only falls")]
    public void GrossNeverGrows() => Watched(CompressionWalks.Wild, (before, e, after) =>
        e is CompressionEvent.Adopted || !before.Locked
        || (after.Long.Quantity <= before.Long.Quantity && after.Short.Quantity <= before.Short.Quantity
            && (e.Orders is not { } o || (o.To.Long <= o.From.Long && o.To.Short <= o.From.Short))));

    [Fact(DisplayName = "Nor does it when locked legs were given up and came back untouched: they keep lock, residual and numbers")]
    public void NorWhenTheyComeBack() => Watched(CompressionWalks.Wild, (before, e, after) =>
        e is not CompressionEvent.Adopted a || !before.GoesOnWith(a.Legs)
        || (after.Locked && after.Residual == before.Residual && after.Result == before.Result && after.Swings == before.Swings));

    [Fact(DisplayName = "Before it, a leg grows by one top-up only, and never beyond the other less the residual")]
    public void TopUpIsTheOnlyEntry() => Watched(CompressionWalks.Wild, (before, e, _) => e.Orders is not { Intent: LegIntent.Entry } targets
        || (e is CompressionEvent.ToppedUp t && !before.Locked
            && targets.To[t.Leg] + before.Residual <= before[t.Leg.Opposite()].Quantity && targets.To[t.Leg.Opposite()] == before[t.Leg.Opposite()].Quantity));

    [Fact(DisplayName = "The imbalance never exceeds the larger of what it was and the residual, whatever the venue fills, until all is closed")]
    public void Imbalance() => Watched(CompressionWalks.Alone, (before, e, after) =>
        e is CompressionEvent.Adopted || before.Pending is { Kind: CompressionDecision.Closing } || before.ExitWanted == CompressionExits.Rest
        || after.Legs.Net.Abs().Base <= Math.Max(before.Legs.Net.Abs().Base, before.Residual.Base));

    [Fact(DisplayName = "A swing that is filled leaves exactly the residual, on the other side")]
    public void Converges() => Watched(CompressionWalks.Alone, (before, e, after) =>
    {
        if (before.Pending is not { Kind: CompressionDecision.Reduction } reduction || after.Pending is not null || e is not CompressionEvent.FillBooked f) return true;
        var short_ = reduction.Targets.To.Short < reduction.Targets.From.Short;
        var (reduced, other) = short_ ? (after.Short, after.Long) : (after.Long, after.Short);
        return reduction[f.Fill.Leg].Unfilled.Abs() != f.Fill.Quantity
            || reduced.Quantity == (other.Quantity > before.Residual ? other.Quantity - before.Residual : Quantity.Zero);
    });

    [Fact(DisplayName = "Whatever the venue answers, a structure that has ended has left less than epsilon, or what nobody takes an order for")]
    public void LeavesDustOnly() => Prop.ForAll(CompressionWalks.Wild, w =>
    {
        var run = CompressionWalks.Begin(w);
        var good = true;
        run.Watch = (before, e, _) => good &= e is not CompressionEvent.Terminated { Dust: var left } || LegSteps.NothingToClose(run.Instrument, left)
            || run.Events.Last(d => d.Orders is not null).Orders!.DecisionPrice * left.Gross < new Money(w.Settings.Epsilon);
        run.Play(w.Spells);
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact(DisplayName = "Whatever was left of a closing, nothing but the closing of the rest follows, at every price that allows exits, until the structure is over or given up")]
    public void ClosingIsBroughtToItsEnd() => Prop.ForAll(CompressionWalks.Alone, w =>
    {
        var run = CompressionWalks.Begin(w);
        var good = true;
        run.Watch = (before, e, after) => good &= (before.ExitWanted & CompressionExits.Rest) == CompressionExits.None
            || (e is CompressionEvent.Unwound or CompressionEvent.FillBooked or CompressionEvent.OrderFinished or CompressionEvent.Terminated
                && after.Long.Quantity <= before.Long.Quantity && after.Short.Quantity <= before.Short.Quantity);
        run.Play(w.Spells);
        if (run.State.ExitWanted == CompressionExits.None) return good;
        run.Venue.Answers = _ => Answer.Full;
        run.Risk = new LegRisk(0d, EntriesAllowed: false, ExitsAllowed: true);
        run.At(500m);
        return good && run.State is { Mode: CompressionMode.Terminated, Legs.AreFlat: true };
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact(DisplayName = "Under bounded oscillation every structure resolves to flat, in one swing and as many as gross / 2r has left, and at most two more")]
    public void Resolves() => Prop.ForAll(
        (from longLots in Gen.Choose(20, 8_000)
         from shortLots in Gen.Choose(20, 8_000)
         from residual in Gen.Elements(0.02m, 0.05m, 0.1m, 0.3m, 0.5m)
         select (longLots, shortLots, residual)).ToArbitrary(), w =>
    {
        var run = CompressionWalks.Begin(new Locked(
            new CompressionSettings { Residual = w.residual, Bounce = 0.005m, WarmUpBars = 2, MaxVolatility = 1m, Epsilon = 0.001m, Capital = 1e6m, PositionCap = 1e6m },
            w.longLots, w.shortLots, []));
        // From near one edge of the gap to near the other, wherever the top-up has left it.
        for (var bar = 0; bar < 1_000 && run.State is { Mode: CompressionMode.Active, Gap: { } gap }; bar++)
            run.At(gap.Short.QuotePerBase + (gap.Long.QuotePerBase - gap.Short.QuotePerBase) * (bar % 4 == 0 ? 0.1m : bar % 4 == 2 ? 0.9m : 0.5m));
        // The first goes from whatever imbalance there was to the residual; from there each takes 2r, but for the last two.
        var swings = 1m + run.All<CompressionEvent.Reduced>().First().Targets.To.Gross.Base / (2m * run.State.Residual.Base);
        return run.State.Mode == CompressionMode.Terminated && run.State.Legs.AreFlat && run.State.Swings - swings is >= 0m and <= 2m;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact(DisplayName = "In a runaway trend nothing trades, from whatever state it begins, but for the ends of swings that were under way before and what a closing left")]
    public void Runaway() => ForAll(CompressionWalks.Alone, run =>
    {
        int OrdersOf(IEnumerable<decimal> prices) => prices.Sum(price => run.At(price).Count(e => e is CompressionEvent.Reduced or CompressionEvent.ToppedUp && e.Orders is not null));
        decimal[] rising = [.. Enumerable.Range(0, 120).Select(i => 96m + i * 0.1m)], falling = [.. Enumerable.Range(0, 120).Select(i => 104m - i * 0.1m)];
        var first = OrdersOf(rising);
        run.Monitor = run.Monitor with { Swings = default };
        var second = OrdersOf(falling);
        run.Monitor = run.Monitor with { Swings = default };
        // The walk's last swing may end with the fall to 96, and that fall with the first of the rise.
        return first <= 2 && second == 0 && OrdersOf(rising) == 0;
    });

    [Fact(DisplayName = "Outside the gap nothing trades, however it swings, but for what a closing left")]
    public void OutsideTheGap() => ForAll(CompressionWalks.Alone, run =>
    {
        var before = run.Events.Count;
        for (var i = 0; i < 40; i++) run.At(i % 2 == 0 ? 90m : 94.9m);
        for (var i = 0; i < 40; i++) run.At(i % 2 == 0 ? 105m : 110m);
        return run.Events.Skip(before).All(e => e.Orders is null || e is CompressionEvent.Unwound { Causes: CompressionExits.Rest });
    });

    [Fact(DisplayName = "Decisions come at the end of a swing inside the gap only, or because of an exit that somebody asked for or a closing that left something")]
    public void OnlyAtSwings()
    {
        ForAll(CompressionWalks.Wild, run => run.Events.All(e => e switch
        {
            CompressionEvent.Reduced r => r.Targets.DecisionPrice.QuotePerBase is > 95m and < 105m && r.Turn.QuotePerBase is > 95m and < 105m
                && (r.Swing == Swing.Down ? r.Turn < r.Targets.DecisionPrice : r.Turn > r.Targets.DecisionPrice),
            CompressionEvent.ToppedUp t => t.Targets.DecisionPrice.QuotePerBase is > 95m and < 105m,
            CompressionEvent.Unwound u => u.Causes != CompressionExits.None,
            _ => e.Orders is null,
        }));
    }

    [Fact(DisplayName = "Locked loss released + swing gains - costs + unrealised is the account's change of equity, and the net position's path less fees, to the last digit")]
    public void Identity() => ForAll(CompressionWalks.Alone, run => new[] { 1m, 97.31m, 100m, 250m }.All(mark =>
    {
        var price = Price.Of(mark);
        var profit = run.State.ProfitAt(price);
        return profit == run.Venue.Book.EquityChangeAt(price) && profit == run.Venue.Book.NetPathAt(price) - run.Venue.Book.Fees;
    }));

    [Fact(DisplayName = "Every input sent twice decides nothing new")]
    public void Idempotent() => ForAll(CompressionWalks.Wild, run => run.NewFromRepeats == 0);

    [Fact(DisplayName = "Folding the events again gives the same state as deciding did")]
    public void Replays() => ForAll(CompressionWalks.Wild, run => run.Events.Aggregate(CompressionState.Initial, CompressionDecider.Evolve) == run.State);

    [Fact(DisplayName = "What two incarnations hold and what they gave up is what the account holds")]
    public void Books() => ForAll(CompressionWalks.Wild, run =>
        run.State.Mode == CompressionMode.Idle
        || (run.Venue.Book.Long.Position == run.State.Long.Position && run.Venue.Book.Short.Position == run.State.Short.Position));

    [Fact(DisplayName = "Every order passes the venue's filters, and sequences rise by one")]
    public void Orders() => ForAll(CompressionWalks.Wild, run =>
    {
        var last = 0L;
        foreach (var e in run.Events)
        {
            var targets = e switch
            {
                CompressionEvent.ToppedUp t => t.Targets,
                CompressionEvent.Reduced r => r.Targets,
                CompressionEvent.Unwound u => u.Targets,
                _ => null,
            };
            if (targets is null) continue;
            if (targets.Sequence != ++last) return false;
            var orders = OrderNetting.Plan(run.Instrument, targets.From, targets.To, targets.DecisionPrice);
            if (orders.Length != (targets.From.Long != targets.To.Long ? 1 : 0) + (targets.From.Short != targets.To.Short ? 1 : 0)) return false;
            foreach (var order in orders)
            {
                var sent = new NewOrder(
                    ClientOrderIds.For("compression-SOLUSDT", targets.Sequence, order.Leg), run.Instrument.Symbol, order.Leg, order.Side, OrderType.Market,
                    TimeInForce.GoodTillCancel, order.Quantity, LimitPrice: null);
                if (Quantizer.Check(run.Instrument, sent, targets.DecisionPrice) is not null) return false;
            }
        }
        return true;
    });

    [Fact(DisplayName = "Evolve is total: events of one history fold into the states of another without a throw or a negative leg")]
    public void Total() => Prop.ForAll(CompressionWalks.Wild, CompressionWalks.Wild, (a, b) =>
        Folding.Mixed(
            CompressionWalks.Begin(a).Play(a.Spells).Events, CompressionWalks.Begin(b).Play(b.Spells).Events, CompressionState.Initial, CompressionDecider.Evolve, state => state.Legs))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact(DisplayName = "No input at all, however broken, throws or makes a leg negative")]
    public void AnyInput() => Prop.ForAll(CompressionWalks.Wild, BrokenInputs.ToArbitrary(), (walk, inputs) =>
    {
        var run = CompressionWalks.Begin(walk).Play(walk.Spells);
        run.HoldOrders = true; // Their fills are among what is broken.
        return inputs.All(input =>
        {
            run.Send(input);
            return run.State.Legs.Long.Base >= 0m && run.State.Legs.Short.Base >= 0m && run.State.Long.Position.Cost.Quote >= 0m && run.State.Short.Position.Cost.Quote >= 0m;
        });
    }).QuickCheckThrowOnFailure();

    private static Gen<CompressionInput[]> BrokenInputs => Gen.OneOf(
        from price in Broken.Prices
        from at in Broken.Times
        from variance in Broken.Numbers
        from swing in Gen.Elements(Swing.None, Swing.Down, Swing.Up)
        from turn in Broken.Prices
        from risk in Broken.Risks
        from fee in Broken.Amounts
        select (CompressionInput)new CompressionInput.Market(new CompressionMarket(
            price, at, new CompressionMonitor(variance, 1d, 1d, 0, 1_000, new SwingDetector(Swing.None, turn, turn, swing)), risk, RegimeGate.Open, fee)),
        from fill in Broken.Fills
        from sequence in Gen.Choose(-1, 30)
        select (CompressionInput)new CompressionInput.OrderFilled(sequence, fill),
        from fill in Broken.Fills
        select (CompressionInput)new CompressionInput.ExternalFill(fill),
        from wish in Broken.Wishes
        from price in Broken.Prices
        from allowed in Gen.Elements(true, true, false)
        from at in Broken.Times
        select (CompressionInput)new CompressionInput.Trim(wish, price, allowed, at),
        from sequence in Gen.Choose(-1, 30)
        from leg in Broken.Sides
        from cumulative in Broken.Amounts
        from at in Broken.Times
        select (CompressionInput)new CompressionInput.OrderClosed(sequence, leg, new Quantity(cumulative), at),
        from incarnation in Gen.Choose(-1, 4)
        from legs in Broken.HandOvers
        from price in Broken.Prices
        from at in Broken.Times
        select (CompressionInput)new CompressionInput.Adopt("eve", incarnation, legs, price, at),
        from incarnation in Gen.Choose(-1, 4)
        from at in Broken.Times
        from exit in Gen.Elements(true, false)
        select exit ? (CompressionInput)new CompressionInput.RequestExit("eve", incarnation, at) : new CompressionInput.Release("eve", incarnation, at)).ArrayOf();

    [Fact(DisplayName = "Observing a bar and deciding that there is nothing to do allocates nothing")]
    public void NoAllocation()
    {
        var run = CompressionWalks.Begin(new Locked(new CompressionSettings { WarmUpBars = 2 }, 80, 100, []));
        run.At(100m, 100.1m);
        Loop(run, 200); // Warm: the first calls compile.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decided = Loop(run, 1_000);
        Assert.Equal((0L, 0), (GC.GetAllocatedBytesForCurrentThread() - before, decided));
    }

    private static int Loop(CompressionRun run, int bars)
    {
        var (decided, monitor, start) = (0, run.Monitor, run.Now);
        for (var i = 1; i <= bars; i++)
        {
            var price = Price.Of(i % 2 == 0 ? 100.15m : 100.25m);
            monitor = CompressionMonitor.Observe(run.Policy, monitor, run.State.Gap, price, monitor.LastOpenTimeMs + 60_000);
            decided += CompressionDecider.Decide(run.Policy, run.Instrument, run.State,
                new CompressionMarket(price, start.AddMinutes(i), monitor, run.Risk, RegimeGate.Open, 0.0005m)).Events.Length;
        }
        return decided;
    }

    private static void ForAll(Arbitrary<Locked> walks, Func<CompressionRun, bool> holds, int runs = 150) =>
        Prop.ForAll(walks, w => holds(CompressionWalks.Begin(w).Play(w.Spells))).Check(Config.QuickThrowOnFailure.WithMaxTest(runs));

    private static void Watched(Arbitrary<Locked> walks, Func<CompressionState, CompressionEvent, CompressionState, bool> holds) =>
        Prop.ForAll(walks, w =>
        {
            var run = CompressionWalks.Begin(w);
            var good = true;
            run.Watch = (before, e, after) => good &= holds(before, e, after);
            run.Play(w.Spells);
            return good;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
