using System.Text.Json;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.TwoLegs;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class HedgeTrimStories
{
    private static TrimWish Wish(long id, decimal longAtMost, decimal shortAtMost, double until = 1_000) =>
        new("balancer", id, new(longAtMost), new(shortAtMost), HedgeStage.Minute(until));

    private static Decision<HedgeEvent> Trim(HedgeRun run, double minute, TrimWish wish, decimal price = 100m, bool exitsAllowed = true) =>
        run.Send(new HedgeInput.Trim(wish, Price.Of(price), exitsAllowed, HedgeStage.Minute(minute)), Price.Of(price), HedgeStage.Minute(minute));

    private static Legs Legs(decimal longLeg, decimal shortLeg) => new(new(longLeg), new(shortLeg));

    [Fact(DisplayName = "Asked for less, it goes there at once, inside the band; the structure is then a smaller one: the unit of risk, not the reference, has changed")]
    public void AtOnce()
    {
        var run = HedgeStage.Opened();
        var asked = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(Trim(run, 1.5, Wish(1, 6m, 6m), 100.1m).Events));
        Assert.Equal((LegIntent.Exit, Legs(6m, 6m), 100.1m, false), (asked.Orders!.Intent, asked.Orders.To, asked.Orders.DecisionPrice.QuotePerBase, asked.Waited));
        Assert.Equal(Legs(6m, 6m), run.State.Legs);
        Assert.Equal((6m, 600m, 100m), (run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote, run.State.Reference?.QuotePerBase));
        Assert.Equal((HedgeMode.Active, true, HedgeDecision.Opening, 1), (run.State.Mode, run.State.InCycle, run.State.LastDecision, run.State.Cycle));
        Assert.Equal(new TrimProgress(1, null, null), run.State.Trims);
        Assert.Equal(Decision<HedgeEvent>.Nothing, Trim(run, 5, Wish(1, 1m, 1m)));
    }

    [Fact(DisplayName = "A structure that was trimmed by half does what one that was opened at half the size does, at the same prices, to the end of its cycle")]
    public void HalfOfIt()
    {
        var trimmed = HedgeStage.Opened();
        Trim(trimmed, 1.5, Wish(1, 5m, 5m));
        var half = HedgeStage.Started();
        half.Risk = half.Risk with { OpeningNotionalPerLeg = new Money(500m) };
        HedgeStage.At(half, 1, 100m);
        Assert.Equal(half.State.Legs, trimmed.State.Legs);
        decimal[] prices = [100.2m, 100.5m, 101.2m, 100.6m, 99.9m, 99.4m, 98.7m, 99.5m, 100.3m, 101m];
        var decided = 0;
        for (var i = 0; i < prices.Length && trimmed.State.Cycle == 1; i++)
        {
            var (a, b) = (HedgeStage.At(trimmed, 2 + i, prices[i]), HedgeStage.At(half, 2 + i, prices[i]));
            Assert.Equal(b.Select(e => e.GetType()), a.Select(e => e.GetType()));
            if (trimmed.State.Cycle > 1) break;
            decided += a.Length;
            Assert.Equal(half.State with { Sequence = trimmed.State.Sequence, Long = trimmed.State.Long, Short = trimmed.State.Short, Trims = trimmed.State.Trims, LastEventAt = trimmed.State.LastEventAt }, trimmed.State);
            Assert.Equal((half.State.Legs, half.State.Wanted, half.State.Long.Position.Cost), (trimmed.State.Legs, trimmed.State.Wanted, trimmed.State.Long.Position.Cost));
        }
        Assert.True(decided >= 3, $"{decided} decisions");
    }

    [Theory(DisplayName = "C2 ends a trimmed leg at the price at which it would have ended the whole one")]
    [InlineData(false)]
    [InlineData(true)]
    public void SameCapitalPrice(bool trim)
    {
        var run = HedgeStage.Opened();
        HedgeStage.At(run, 2, 100.5m); // Nearly all of the long leg is taken, the short one stays.
        var net = run.State.Legs.Net.Abs().Base;
        if (trim)
        {
            Trim(run, 2.5, Wish(1, 10m, 5m), 100.5m);
            Assert.Equal(5m, run.State.Short.Quantity.Base);
        }
        Assert.DoesNotContain(HedgeStage.At(run, 3, 110m), e => e is HedgeEvent.ExitStarted);
        Assert.Contains(HedgeStage.At(run, 4, 111m), e => e is HedgeEvent.ExitStarted { Causes: ExitCauses.Capital });
        Assert.True(net > 9.9m);
    }

    [Fact(DisplayName = "Closed as a whole, the cycle is over; the next one opens when the time of a failed opening has passed, not at the next look")]
    public void Closed()
    {
        var run = HedgeStage.Opened();
        Trim(run, 1.5, Wish(1, 0m, 0m));
        Assert.Equal((true, false, HedgeMode.Active), (run.State.Legs.AreFlat, run.State.InCycle, run.State.Mode));
        Assert.Empty(HedgeStage.At(run, 2, 100m));
        Assert.Empty(HedgeStage.At(run, 16.4, 103m));
        Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 16.5, 103m)));
        Assert.Equal((9.708m, 970.8m, 2), (run.State.OpeningQuantity.Base, decimal.Round(run.State.OpeningNotional.Quote / 1.03m, 1), run.State.Cycle));
    }

    [Fact(DisplayName = "What is at or above what is held is an event without an order, so that a late copy of it does not trim what has grown since")]
    public void DoneAlready()
    {
        var run = HedgeStage.Opened();
        var asked = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(Trim(run, 1.5, Wish(3, 10m, 12m)).Events));
        Assert.Null(asked.Orders);
        Assert.Equal((default(Legs), default(Legs), 1L), (asked.TooSmall, asked.HeldBack, run.State.Sequence));
        Assert.Empty(Trim(run, 2, Wish(3, 1m, 1m)).Events);
        Assert.Empty(Trim(run, 2, Wish(2, 1m, 1m)).Events);
        Assert.Equal(Legs(10m, 10m), run.State.Legs);
    }

    [Fact(DisplayName = "What is too small for the venue is said and not carried; what was carried for a trimmed leg is gone, and stays for the other")]
    public void TooSmall()
    {
        var run = HedgeStage.Opened();
        var asked = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(Trim(run, 1.5, Wish(1, 9.9996m, 9.9996m)).Events));
        Assert.Equal((null, Legs(0.0004m, 0.0004m)), (asked.Orders, asked.TooSmall));
        Assert.Equal(Legs(10m, 10m), run.State.Wanted);
        Assert.Empty(HedgeStage.At(run, 2, 100m));

        HedgeStage.At(run, 3, 100.5m);
        var (longCarry, shortCarry) = (run.State.Long.Carry, run.State.Short.Carry);
        Assert.True(longCarry.Base != 0m && shortCarry.Base != 0m);
        Trim(run, 3.5, Wish(2, 10m, 5m), 100.5m);
        Assert.Equal((longCarry, default), (run.State.Long.Carry, run.State.Short.Carry));
    }

    [Fact(DisplayName = "It never makes the net position larger: a leg is held back where less of it would, and the event says by how much")]
    public void HeldBack()
    {
        var run = HedgeStage.Opened();
        var asked = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(Trim(run, 1.5, Wish(1, 10m, 4m)).Events));
        Assert.Equal((null, Legs(0m, 6m)), (asked.Orders, asked.HeldBack));
        asked = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(Trim(run, 1.6, Wish(2, 7m, 4m)).Events));
        Assert.Equal((Legs(7m, 7m), Legs(0m, 3m)), (asked.Orders!.To, asked.HeldBack));
    }

    [Fact(DisplayName = "While orders are open the newest wish is remembered, and begun at the first look after they are final")]
    public void Waits()
    {
        var run = HedgeStage.Started();
        run.HoldOrders = true;
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 1, 100m)));
        var told = Trim(run, 1.2, Wish(1, 8m, 8m));
        Assert.Equal("hedge.decision-under-way", told.Refusal?.Code);
        Assert.IsType<HedgeEvent.TrimWanted>(Assert.Single(told.Events));
        Assert.Equal("hedge.decision-under-way", Trim(run, 1.3, Wish(1, 8m, 8m)).Refusal?.Code); // A copy stores nothing, as every Send here checks.
        Assert.IsType<HedgeEvent.TrimWanted>(Assert.Single(Trim(run, 1.4, Wish(2, 5m, 5m)).Events));
        Assert.Equal(Decision<HedgeEvent>.Nothing, Trim(run, 1.4, Wish(1, 8m, 8m)));
        Assert.Empty(HedgeStage.At(run, 2, 100.1m));
        run.HoldOrders = false;
        run.Execute(opened.Targets, Price.Of(100m), HedgeStage.Minute(2.5));
        Assert.Equal(Legs(10m, 10m), run.State.Legs);
        var asked = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(HedgeStage.At(run, 3, 100.2m)));
        Assert.Equal((2L, true, Legs(5m, 5m), 100.2m), (asked.Wish.Id, asked.Waited, asked.Targets.To, asked.Targets.DecisionPrice.QuotePerBase));
        Assert.Equal((Legs(5m, 5m), new TrimProgress(2, null, null)), (run.State.Legs, run.State.Trims));
        Assert.Empty(HedgeStage.At(run, 3, 101m)); // That look has decided something, though this price would cross the band.
        Assert.Equal(0, run.NewFromRepeats);
    }

    [Fact(DisplayName = "A wish that waited too long lapses, and says what it would have wanted; one that comes too late is refused")]
    public void Lapses()
    {
        var run = HedgeStage.Started();
        run.HoldOrders = true;
        var opened = Assert.IsType<HedgeEvent.CycleOpened>(Assert.Single(HedgeStage.At(run, 1, 100m)));
        Trim(run, 1.2, Wish(1, 8m, 7m, until: 3));
        run.Execute(opened.Targets, Price.Of(100m), HedgeStage.Minute(2.5));
        run.HoldOrders = false;
        var ended = Assert.IsType<HedgeEvent.TrimEnded>(Assert.Single(HedgeStage.At(run, 3, 100m)));
        Assert.Equal((1L, "hedge.trim-lapsed", Legs(2m, 3m)), (ended.Id, ended.Code, ended.Left));
        Assert.Equal(Legs(10m, 10m), run.State.Legs);
        Assert.Empty(HedgeStage.At(run, 3, 101m)); // That look has decided something.
        Assert.Equal("hedge.trim-lapsed", Trim(run, 4, Wish(2, 8m, 8m, until: 4)).Refusal?.Code);
    }

    [Fact(DisplayName = "Legs that were not filled alike are brought to the goal at the next looks, before anything else is decided; after ten tries it ends")]
    public void Retries()
    {
        var run = HedgeStage.Opened();
        run.Answers = order => order.Leg == PositionSide.Short ? Answer.Refusal : Answer.Full;
        Trim(run, 1.5, Wish(1, 5m, 5m, until: 1.6));
        Assert.Equal((Legs(5m, 10m), true), (run.State.Legs, run.State.Trims!.HasWork));
        run.Answers = order => new Answer(0.5m, 1);
        // Begun in time, it is brought to its end, whenever the looks come.
        var again = Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(HedgeStage.At(run, 3, 101m)));
        Assert.Equal((Legs(5m, 5m), true, Legs(5m, 7.5m)), (again.Targets.To, again.Waited, run.State.Legs));
        run.Answers = _ => Answer.Full;
        HedgeStage.At(run, 4, 101m);
        Assert.Equal((Legs(5m, 5m), 5m, 500m), (run.State.Legs, run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote));
        Assert.IsType<HedgeEvent.Rebalanced>(HedgeStage.At(run, 5, 101m)[0]);

        run = HedgeStage.Opened();
        run.Answers = _ => Answer.Refusal;
        Trim(run, 1.5, Wish(1, 5m, 5m));
        for (var i = 1; i < TrimProgress.MaxTries; i++) Assert.IsType<HedgeEvent.TrimAsked>(Assert.Single(HedgeStage.At(run, 2 + i, 100m)));
        var ended = Assert.IsType<HedgeEvent.TrimEnded>(Assert.Single(HedgeStage.At(run, 20, 100m)));
        Assert.Equal(("hedge.trim-unfilled", Legs(5m, 5m)), (ended.Code, ended.Left));
        Assert.Empty(HedgeStage.At(run, 21, 100m));
        Assert.Equal((10m, 1_000m), (run.State.OpeningQuantity.Base, run.State.OpeningNotional.Quote));
    }

    [Fact(DisplayName = "Paused or leaving it trims as well; in an exit the fees count for the exit's bound, and flat is the end")]
    public void OtherModes()
    {
        var run = HedgeStage.Opened();
        run.Monitor = HedgeStage.Market(3e-6);
        Assert.IsType<HedgeEvent.Paused>(Assert.Single(HedgeStage.At(run, 2, 100m)));
        Trim(run, 2.5, Wish(1, 8m, 8m));
        Assert.Equal((HedgeMode.Pause, Legs(8m, 8m)), (run.State.Mode, run.State.Legs));
        run.Send(new HedgeInput.RequestExit("ada", 1, HedgeStage.Minute(3)));
        Assert.IsType<HedgeEvent.ExitStarted>(Assert.Single(HedgeStage.At(run, 4, 100m)));
        Trim(run, 4.5, Wish(2, 4m, 4m));
        Assert.Equal((HedgeMode.Exit, 0.4m, 0), (run.State.Mode, run.State.Exit!.Cost.Quote, run.State.Exit.Steps));
        Trim(run, 5, Wish(3, 0m, 0m));
        Assert.IsType<HedgeEvent.Terminated>(run.Events[^1]);
    }

    [Fact(DisplayName = "Refused: where not even exits are allowed, with nothing held, while somebody waits for the legs, and what makes no sense")]
    public void Refusals()
    {
        Assert.Equal("hedge.nothing-to-trim", Trim(HedgeStage.Idle(), 1, Wish(1, 0m, 0m)).Refusal?.Code);
        Assert.Equal("hedge.nothing-to-trim", Trim(HedgeStage.Started(), 1, Wish(1, 0m, 0m)).Refusal?.Code); // Started and not opened.
        var run = HedgeStage.Opened();
        Assert.Equal("hedge.exits-not-allowed", Trim(run, 1.5, Wish(1, 5m, 5m), exitsAllowed: false).Refusal?.Code);
        Assert.Equal("hedge.absurd-price", run.Send(new HedgeInput.Trim(Wish(1, 5m, 5m), default, true, HedgeStage.Minute(2))).Refusal?.Code);
        foreach (var bad in new[] { Wish(0, 5m, 5m), Wish(1, -1m, 5m), Wish(1, 5m, -1m), Wish(1, 5m, 5m) with { By = " " } })
            Assert.Equal("hedge.bad-trim", Trim(run, 2, bad).Refusal?.Code);
        Assert.Single(Trim(run, 2, Wish(1, 9m, 9m)).Events); // A refused id may be asked again.
        run.HoldOrders = true;
        Trim(run, 3, Wish(2, 8m, 8m));
        run.Send(new HedgeInput.Release("hermes", 1, HedgeStage.Minute(4)));
        Assert.Equal("hedge.release-wanted", Trim(run, 5, Wish(3, 5m, 5m)).Refusal?.Code);
        run.HoldOrders = false;
        run.Execute(run.State.Pending!.Targets, Price.Of(100m), HedgeStage.Minute(6));
        Assert.Equal(8m, Assert.IsType<HedgeEvent.Released>(run.Events[^1]).Legs.Long.Quantity.Base);
        Assert.Equal("hedge.nothing-to-trim", Trim(run, 7, Wish(4, 5m, 5m)).Refusal?.Code);
        Assert.False(run.State.Trims!.HasWork);
    }

    [Fact(DisplayName = "Where exits are not allowed a wish that waits goes on waiting")]
    public void WaitsForPermission()
    {
        var run = HedgeStage.Opened();
        run.Answers = _ => Answer.Refusal;
        Trim(run, 1.5, Wish(1, 5m, 5m));
        run.Answers = _ => Answer.Full;
        run.Risk = run.Risk with { ExitsAllowed = false };
        Assert.Empty(HedgeStage.At(run, 2, 100m));
        run.Risk = run.Risk with { ExitsAllowed = true };
        HedgeStage.At(run, 3, 100m);
        Assert.Equal(Legs(5m, 5m), run.State.Legs);
    }

    [Fact(DisplayName = "A strategy that was never asked is stored as it always was")]
    public void StoredForm() => Assert.DoesNotContain("Trims", JsonSerializer.Serialize(HedgeStage.Opened().State), StringComparison.Ordinal);
}

public sealed class HedgeTrimProperties
{
    private static readonly Arbitrary<((HedgeSettings Settings, Stretch[] Stretches) Walk, int Seed)> Walked = With(Walks.Wild);

    private static Arbitrary<((HedgeSettings Settings, Stretch[] Stretches) Walk, int Seed)> With(Arbitrary<(HedgeSettings Settings, Stretch[] Stretches)> walks) =>
        (from walk in walks.Generator from seed in Gen.Choose(1, int.MaxValue - 1) select (walk, seed)).ToArbitrary();

    [Fact(DisplayName = "Whatever happens beside it: a trim makes no leg larger, adds nothing to the net position, and says what stays above the wish")]
    public void Good() => ForAll((run, before, e) => e is not HedgeEvent.TrimAsked a
        || (TrimWalk.IsGood(new AskedTrim(a.Wish, a.Targets, a.TooSmall, a.HeldBack, a.Waited), before.Legs, slack: default) && (!a.Waited || run.Risk.ExitsAllowed)));

    [Fact(DisplayName = "Everything else still keeps to the band, and nothing is decided while orders are open")]
    public void Band() => ForAll((run, before, e) => e switch
    {
        HedgeEvent.Rebalanced r => Crosses(run.Policy.Mes, r.Targets.DecisionPrice, before.Reference) && before.Trims is not { HasWork: true },
        HedgeEvent.ExitStepped s => Crosses(run.Policy.MesExit, s.Targets.DecisionPrice, before.Exit?.Reference),
        HedgeEvent.CycleOpened => !before.InCycle,
        _ => true,
    } && (e.Orders is null || before.Pending is null));

    [Fact(DisplayName = "Where the venue fills, gross never exceeds twice the opening that counts, until a short has earned more than it is worth")]
    public void Gross() => Prop.ForAll(With(Walks.Orderly), w =>
    {
        var (run, judged, good) = (Walks.Begin(w.Walk.Settings), true, true);
        Play(run, w.Walk.Stretches, w.Seed, (before, e, after) =>
        {
            judged = e is HedgeEvent.CycleOpened || (judged && e is not HedgeEvent.Adopted
                && !(e is HedgeEvent.Rebalanced r && r.Profit.Quote > run.Policy.Settings.Beta * before[r.Winner].Quantity.Base * r.Targets.DecisionPrice.QuotePerBase));
            // Lots, and what one crossing left to carry, are not in proportion.
            if (judged && after is { Pending: null, InCycle: true } && before.LastDecision != HedgeDecision.Opening && e is HedgeEvent.FillBooked or HedgeEvent.OrderFinished)
                good &= !Even(after) || after.Legs.Gross.Base <= 2m * after.OpeningQuantity.Base + 0.01m;
        });
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    // An opening of which one leg was filled has no size yet.
    private static bool Even(HedgeState state) => state.LastDecision is not (HedgeDecision.Opening or HedgeDecision.Evening);

    [Fact(DisplayName = "Every input sent twice, and every wish sent again at the end, decides nothing new; the events make the same state again, and the books agree")]
    public void Idempotent() => Prop.ForAll(Walked, w =>
    {
        var run = Walks.Begin(w.Walk.Settings);
        var sent = Play(run, w.Walk.Stretches, w.Seed, (_, _, _) => { });
        var late = sent.Where(wish => wish.Id <= (run.State.Trims?.LastId ?? 0) && wish.Id != run.State.Trims?.Waiting?.Id)
            .Sum(wish => run.Send(new HedgeInput.Trim(wish, Price.Of(100m), true, DateTimeOffset.UnixEpoch)).Events.Length);
        return run.NewFromRepeats == 0 && late == 0 && run.Events.Aggregate(HedgeState.Initial, HedgeDecider.Evolve) == run.State
            && run.Book.Long.Position == run.State.Long.Position && run.Book.Short.Position == run.State.Short.Position;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact(DisplayName = "A quiet zone never covers a look that goes on with a trim")]
    public void QuietZones() => ForAll((run, before, e) => e is not (HedgeEvent.TrimAsked { Waited: true } or HedgeEvent.TrimEnded)
        || !QuietZone.Of(run.Policy, before).Covers(new HedgeMarket(before.Reference ?? Price.Of(100m), e.At, run.Monitor, run.Risk)));

    [Fact(DisplayName = "The walks reach every event of a trim, in each mode, and every end of one")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(Walked, w =>
        {
            var run = Walks.Begin(w.Walk.Settings);
            Play(run, w.Walk.Stretches, w.Seed, (before, e, after) =>
            {
                if (e is HedgeEvent.TrimWanted) seen.Add("wanted");
                if (e is HedgeEvent.TrimEnded ended) seen.Add(ended.Code);
                if (e is not HedgeEvent.TrimAsked a) return;
                seen.Add(before.Mode + (a.Waited ? " later" : " at once"));
                if (a.HeldBack != default) seen.Add("held back");
                if (a.TooSmall != default) seen.Add("too small");
                if (a.Orders is null) seen.Add("nothing to do");
                if (before.InCycle && a.Targets.To.AreFlat) seen.Add("closed");
            });
            return true;
        }).Check(Draws.Same(400));
        Assert.Empty(new[]
        {
            "wanted", "Active at once", "Active later", "Pause at once", "Exit at once", "hedge.trim-lapsed", "hedge.trim-unfilled", "held back", "too small", "nothing to do", "closed",
        }.Except(seen, StringComparer.Ordinal));
    }

    private static List<TrimWish> Play(HedgeRun run, Stretch[] stretches, int seed, Action<HedgeState, HedgeEvent, HedgeState> watch)
    {
        var walk = new TrimWalk(seed);
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
            // Where orders are held they end now and then, so that what waited for them is begun.
            if (r.HoldOrders && r.State.Pending is { } held && at.ToUnixTimeSeconds() / 60 % 3 == 0) r.Execute(held.Targets, price, at);
            if (walk.Next(r.State.Legs, at) is { } wish) r.Send(new HedgeInput.Trim(wish, price, walk.ExitsAllowed, at), price, at);
        });
        return walk.Sent;
    }

    private static bool Crosses(decimal width, Price price, Price? reference) =>
        reference is { } from && Math.Abs(Math.Log((double)(price.QuotePerBase / from.QuotePerBase))) >= (double)width - 1e-11;

    private static void ForAll(Func<HedgeRun, HedgeState, HedgeEvent, bool> holds) => Prop.ForAll(Walked, w =>
    {
        var (run, good) = (Walks.Begin(w.Walk.Settings), true);
        Play(run, w.Walk.Stretches, w.Seed, (before, e, _) => good &= holds(run, before, e));
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
