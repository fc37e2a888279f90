using System.Collections.Immutable;
using Dolphin.Domain.Books;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hermes;

internal enum BookKind { Flat, Dust, Even, OneLeg, Losing, Severe, Locked, Crumbs, LosingOneLeg, SevereOneLeg, NarrowlyLocked, LeveredLeg }
internal enum WorldKind { Nominal, Nominal2, Stalker, Turtle, InvariantFailed, OperatorSets, OperatorSetsBriefly, OperatorLifts, HolderEnds, Grounded, LongAgo }

/// <param name="Other">Alternates with <paramref name="Regime"/>; the same means that it stays.</param>
internal sealed record HermesStretch(Regime Regime, Regime Other, int Direction, BookKind Book, WorldKind World, Answers Answers, int Looks, int Minutes, LegHolder Asked);

public sealed class HermesProperties
{
    private static readonly TimeSpan Dwell = HermesStage.Policy.Settings.MinDwell, Confirm = HermesStage.Policy.Settings.Confirm;

    private static Gen<HermesStretch> StretchOf(WorldKind[] worlds, Answers[] answers) =>
        from regime in Gen.Elements(Enum.GetValues<Regime>())
        from other in Gen.Frequency((3, Gen.Constant(regime)), (1, Gen.Elements(Enum.GetValues<Regime>())))
        from direction in Gen.Choose(-1, 1)
        from book in Gen.Elements(Enum.GetValues<BookKind>())
        from world in Gen.Elements(worlds)
        from answer in Gen.Frequency((2, Gen.Constant(Answers.Prompt)), (3, Gen.Elements(answers)))
        from looks in Gen.Choose(1, 60)
        from minutes in Gen.Elements(1, 5, 15, 60)
        from asked in Gen.Elements(Enum.GetValues<LegHolder>())
        select new HermesStretch(regime, other, direction, book, world, answer, looks, minutes, asked);

    private static Arbitrary<HermesStretch[]> Wild =>
        StretchOf([WorldKind.Nominal, WorldKind.LongAgo, .. Enum.GetValues<WorldKind>()], Enum.GetValues<Answers>()).ArrayOf().Select(Some).ToArbitrary();

    private static Arbitrary<HermesStretch[]> WithoutOperator => StretchOf(
        [WorldKind.Nominal, WorldKind.LongAgo, WorldKind.Stalker, WorldKind.Turtle, WorldKind.InvariantFailed, WorldKind.HolderEnds, WorldKind.Grounded],
        Enum.GetValues<Answers>()).ArrayOf().Select(Some).ToArbitrary();

    // Longer histories are slower and reach nothing more.
    private static HermesStretch[] Some(HermesStretch[] stretches) => stretches.Length <= 20 ? stretches : stretches[..20];

    [Fact(DisplayName = "The histories reach every event, rule, failure, stage, posture and priority")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        string[] rules = ["Override", "StayOut", "SevereImbalance", "LockedAndRanging", "AilingImbalance", "Fresh", "WorkDone", "Orphaned", "CannotWork"]; // The others keep.
        string[] expected = [.. typeof(HermesEvent).GetNestedTypes().Select(t => t.Name)
            .Concat(rules.Select(r => "asked by " + r))
            .Concat([
                "failed Releasing Unanswered", "failed Releasing Declined", "failed Releasing Overruled", "failed Adopting Unanswered",
                "failed Adopting Declined", "failed Adopting NotFlat", "lifted by ada", "lifted by expiry",
            ])
            .Concat(Enum.GetNames<RiskPosture>().Select(p => "posture " + p)).Concat(Enum.GetNames<HolderPriority>().Select(p => "priority " + p))
            .Concat(LegHolders.Strategies.ToArray().Append(LegHolder.Nobody).Select(h => "adopted by " + h))];
        for (var batch = 0; batch < 20 && seen.Count < expected.Length; batch++) ForAll(Wild, run =>
        {
            foreach (var e in run.Events)
            {
                seen.Add(e.GetType().Name);
                if (e is HermesEvent.HandOverAsked a) seen.Add("asked by " + a.Rule);
                if (e is HermesEvent.HandOverFailed f) seen.Add($"failed {f.Stage} {f.Cause}");
                if (e is HermesEvent.StanceChanged s) seen.UnionWith(["posture " + s.Posture, "priority " + s.Priority]);
                if (e is HermesEvent.Adopted { Holder: var h }) seen.Add("adopted by " + h);
                if (e is HermesEvent.OverrideLifted l) seen.Add("lifted by " + l.By);
            }
            return true; // Once all are seen there is no next batch.
        }, runs: 300);
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen);
    }

    [Fact(DisplayName = "No flapping: in any time T the holder is changed at most T / dwell + 1 times, whatever is thrown at it")]
    public void Bound() => ForAll(WithoutOperator, run =>
    {
        var adoptions = run.Events.OfType<HermesEvent.Adopted>().Select(e => e.At).ToList();
        for (var i = 0; i < adoptions.Count; i++)
        for (var j = i; j < adoptions.Count; j++)
            if (j - i + 1 > (adoptions[j] - adoptions[i]) / Dwell + 1 + 1e-9) return false;
        return true;
    });

    [Fact(DisplayName = "With an operator it is bounded too: what nobody commanded keeps its distance from every change before it")]
    public void BoundWithOperator() => ForAll(Wild, run =>
    {
        DateTimeOffset? changed = null;
        var (commanded, good) = (false, true);
        foreach (var e in run.Events)
        {
            if (e is HermesEvent.HandOverAsked asked)
            {
                commanded = asked.Rule == HermesRule.Override;
                good &= commanded || changed is null || asked.At - changed >= Dwell;
            }
            if (e is HermesEvent.Adopted or HermesEvent.HolderEnded) changed = e.At;
        }
        return good;
    });

    [Fact(DisplayName = "Regimes that alternate with every look, of whatever kinds, hand nothing over from one that holds")]
    public void Alternating() => Prop.ForAll(
        Gen.Elements(Enum.GetValues<BookKind>()).ToArbitrary(), Gen.Elements(LegHolders.Strategies.ToArray()).ToArbitrary(),
        Gen.Two(Gen.Elements(Enum.GetValues<Regime>())).ToArbitrary(), (book, holder, regimes) =>
        {
            var run = HermesStage.Held(holder, BookOf(book));
            var first = run.Events.Count;
            // A change that both regimes want is no flapping.
            if (WantedIn(run, regimes.Item1) is var want && want == WantedIn(run, regimes.Item2) && want != holder) return true;
            for (var i = 0; i < 300; i++)
            {
                run.Regime = HermesStage.Market(i % 2 == 0 ? regimes.Item1 : regimes.Item2);
                run.Holder = run.Holder with { LastFillAt = run.Now }; // Else it would be ailing after a day, whatever the regime.
                run.Look();
            }
            var stances = run.Events.Skip(first).OfType<HermesEvent.StanceChanged>().Count();
            return !run.Events.Skip(first).Any(e => e is HermesEvent.HandOverAsked) && stances <= 3;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(120));

    [Fact(DisplayName = "Never two on one leg: who is enabled lets go before anybody else is, and the legs adopted are the legs released")]
    public void OneHolder() => ForAll(Wild, run =>
    {
        var (state, good) = (HermesState.Initial, true);
        Legs? released = null;
        foreach (var e in run.Events)
        {
            var before = state;
            state = HermesDecider.Evolve(state, e);
            if (e is HermesEvent.Released r) released = r.Legs;
            if (e is HermesEvent.Adopted a) good &= released == a.Legs && before.Enabled == LegHolder.Nobody && before.HandOver!.To == a.Holder;
            if (e is HermesEvent.HandOverFailed f) good &= state.Enabled == before.HandOver!.From && f.Stays == before.HandOver.From;
            good &= before.Enabled == state.Enabled || before.Enabled == LegHolder.Nobody || state.Enabled == LegHolder.Nobody;
            good &= run.Policy.Allows(state.Enabled);
        }
        return good;
    });

    [Fact(DisplayName = "Answers that are late, doubled, lost or wrong never change the holder: only an adoption of what was released does")]
    public void OnlyAdoption() => Watched(Wild, (before, after, input, decision) => input switch
    {
        HermesInput.Looked => before.Holder == after.Holder || decision.Events.Any(e => e is HermesEvent.HolderEnded or HermesEvent.Adopted { Holder: LegHolder.Nobody }),
        HermesInput.Adopted a => before.Holder == after.Holder
            || (before.HandOver is { Stage: HandOverStage.Adopting } h && h.Number == a.Number && h.To == a.By && h.Legs == a.Legs && after.Holder == a.By),
        _ => before.Holder == after.Holder,
    });

    [Fact(DisplayName = "No hand-over is begun to somebody who would not take the legs as they stand, an operator's included")]
    public void Possible() => Watched(Wild, (_, _, input, decision) => input is not HermesInput.Looked { Look: var look }
        || decision.Events.OfType<HermesEvent.HandOverAsked>().All(e => HermesStage.Objection(e.To, look.Book) is null || e.To == LegHolder.Nobody));

    [Fact(DisplayName = "Legs that nobody holds are wanted by the same one while an operator's override waits as if he had said nothing; a flat asset by nobody")]
    public void WaitsOverOrphans()
    {
        var (met, wanted) = (0, 0);
        for (var batch = 0; batch < 20 && (met < 100 || wanted < 20); batch++) Watched(Wild, (before, _, input, _) =>
        {
            if (input is not HermesInput.Looked { Look: var look, Watch: var watch } || look.Risk.InvariantFailed || before.Holder != LegHolder.Nobody) return true;
            if (before.Override is not { Holder: not LegHolder.Nobody } word || HermesStage.Objection(word.Holder, look.Book) is null) return true;
            var (want, without) = (HermesTable.Want(HermesStage.Policy, before, look, watch.Book), HermesTable.Want(HermesStage.Policy, before with { Override = null }, look, watch.Book));
            met++;
            if (HermesTable.IsFlat(HermesStage.Policy, look.Book)) return want == new HermesWant(LegHolder.Nobody, HermesRule.OverrideWaits, word.Holder);
            if (want.Holder != LegHolder.Nobody) wanted++;
            return want == without with { Unfit = word.Holder };
        });
        Assert.True(met >= 100 && wanted >= 20, $"Too few looks to say so: {met}, and {wanted} at which somebody was wanted.");
    }

    [Fact(DisplayName = "A hand-over is never open longer than it may be: a look after the deadline ends it")]
    public void Deadlines() => Watched(Wild, (_, after, input, _) => input is not HermesInput.Looked l || after.HandOver is not { } h || h.Deadline > l.Look.At);

    [Fact(DisplayName = "A thin, chaotic or unknown market, TURTLE and HIBERNATE: from that look on nothing may be opened, unless an operator set the posture")]
    public void Storm() => Watched(Wild, (_, after, input, _) =>
        input is not HermesInput.Looked { Look: var look } || after.DecidedAt > look.At || after.Override is { Posture: not null }
        || (look.Regime.Regime is not (Regime.Thin or Regime.Chaotic or Regime.Unknown) && look.Risk.Posture >= Posture.Stalker) || !after.MayOpen);

    [Fact(DisplayName = "With a failed invariant no hand-over is asked for, and nothing may be opened")]
    public void Invariant() => Watched(Wild, (_, after, input, decision) =>
        input is not HermesInput.Looked { Look.Risk.InvariantFailed: true } || (!after.MayOpen && !decision.Events.Any(e => e is HermesEvent.HandOverAsked)));

    [Fact(DisplayName = "A stance loosens at most T / confirm + 1 times in T; it tightens when it must")]
    public void Stances() => ForAll(WithoutOperator, run =>
    {
        var (state, loosened) = (HermesState.Initial, new List<DateTimeOffset>());
        foreach (var e in run.Events)
        {
            if (e is HermesEvent.StanceChanged s && s.Posture > state.Posture) loosened.Add(s.At);
            state = HermesDecider.Evolve(state, e);
        }
        return loosened.Zip(loosened.Skip(1), (a, b) => b - a).All(gap => gap >= Confirm);
    });

    [Fact(DisplayName = "Where only the priority changes the reason that is stored is one that has that priority")]
    public void Reasons() => ForAll(Wild, run =>
    {
        var (state, good) = (HermesState.Initial, true);
        foreach (var e in run.Events)
        {
            if (e is HermesEvent.StanceChanged s && s.Posture == state.Posture && !s.Why.StartsWith("ada set it: ", StringComparison.Ordinal)
                && !s.Why.StartsWith("It is the most urgent of the last 30 min", StringComparison.Ordinal))
            {
                good &= s.Priority == (s.Why.EndsWith(" against it.", StringComparison.Ordinal) ? HolderPriority.Urgent
                    : s.Why.StartsWith("One side dominates", StringComparison.Ordinal) ? HolderPriority.High
                    : s.Why is "The market is ranging." or "The market is trending." ? HolderPriority.Normal
                    : HolderPriority.Low);
            }
            state = HermesDecider.Evolve(state, e);
        }
        return good;
    });

    [Fact(DisplayName = "Every input sent twice decides nothing new")]
    public void Idempotent() => ForAll(Wild, run => run.NewFromRepeats == 0);

    [Fact(DisplayName = "Folding the events again gives the same state as deciding did")]
    public void Replays() => ForAll(Wild, run => run.Events.Aggregate(HermesState.Initial, HermesDecider.Evolve) == run.State);

    [Fact(DisplayName = "A lost watch only waits longer: started anew at every restart it never changes a holder sooner")]
    public void LostWatch() => Prop.ForAll(Wild, stretches =>
    {
        var run = Play(stretches);
        var look = run.Seen with { At = run.Now.AddMinutes(1) };
        var watch = HermesWatch.Observe(run.Policy, HermesWatch.Empty, run.State, look);
        var asked = HermesDecider.Decide(run.Policy, run.State, look, watch).Events.OfType<HermesEvent.HandOverAsked>();
        return asked.All(e => e.Rule == HermesRule.Override);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(120));

    [Fact(DisplayName = "Evolve is total: events of one history fold into the states of another")]
    public void Total() => Prop.ForAll(Wild, Wild, (a, b) =>
    {
        var state = HermesState.Initial;
        foreach (var (x, y) in Play(a).Events.Zip(Play(b).Events)) state = HermesDecider.Evolve(HermesDecider.Evolve(state, y), x);
        return Enum.IsDefined(state.Holder) && (state.HandOver is not null || state.Enabled == state.Holder);
    }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "No look at all, however broken, throws")]
    public void AnyLook()
    {
        var amounts = Gen.Elements(0m, 1m, -1m, 1e-28m, 1e9m, 1e15m, 1e24m, decimal.MaxValue, decimal.MinValue);
        var prices = Gen.Elements(default, Price.Of(1e-28m), Price.Of(1e-9m), Price.Of(100m), Price.Of(1e9m), Price.Of(decimal.MaxValue));
        var numbers = Gen.Elements(0d, 1d, -1d, double.NaN, double.PositiveInfinity, double.MaxValue, double.Epsilon);
        var looks =
            from mark in prices
            from q in Gen.Four(amounts)
            from capital in amounts
            from leg in amounts
            from x in Gen.Two(numbers)
            from regime in Gen.Elements(Enum.GetValues<Regime>())
            from minute in Gen.Choose(-10_000, 1_000_000)
            select new HermesLook(
                HermesStage.Start.AddMinutes(minute), HermesStage.Market(regime) with { Features = new RegimeFeatures(x.Item1, x.Item2, x.Item1, x.Item2, x.Item1, x.Item2, x.Item1, 1) },
                HermesStage.Nominal, new HermesBook(new LegPosition(new(q.Item1), new(q.Item2)), new LegPosition(new(q.Item3), new(q.Item4)), mark, new Money(capital), new Money(leg)), default, HermesStage.Objection);
        Prop.ForAll(Wild, looks.ArrayOf().ToArbitrary(), (stretches, broken) =>
        {
            var run = Play(stretches);
            var (state, watch) = (run.State, run.Watch);
            foreach (var look in broken)
            {
                watch = HermesWatch.Observe(run.Policy, watch, state, look);
                state = HermesDecider.Decide(run.Policy, state, look, watch).Events.Aggregate(state, HermesDecider.Evolve);
                if (look.Book.Objection is null) _ = HermesExplanation.Of(run.Policy, new Symbol("X"), state, watch, look).ToText();
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(120));
    }

    [Fact(DisplayName = "Severe depends on the opening and not on the leverage that made it: of two books in proportion to their openings both are, or none; up to the leg hedging stands on, none")]
    public void SevereInProportion() => Prop.ForAll(
        (from leg in Gen.Choose(25, 20_000)
         from other in Gen.Choose(25, 20_000)
         from net in Gen.Choose(0, 300)
         from rest in Gen.Choose(0, 20)
         // Beside the thresholds and never on one: there two quotients of doubles may differ in their last bit.
         select (leg, other, net: net / 100m + 0.005m, rest: rest / 100m)).ToArbitrary(), x =>
        {
            BookConditions Of(int leg, bool was) => BookConditions.After(HermesStage.Policy, new BookConditions(was, was, false),
                HermesStage.BookOf(leg / 100m * (x.net + x.rest), 100, leg / 100m * x.rest, 100, leg));
            var good = true;
            foreach (var was in new[] { false, true })
            {
                var (a, b) = (Of(x.leg, was), Of(x.other, was));
                good &= !a.Dominates || !b.Dominates || a.Severe == b.Severe;
                good &= x.net > 1.1m || (!a.Severe && !b.Severe);
                good &= a.Dominates || !a.Severe;
            }
            return good;
        }).QuickCheckThrowOnFailure();

    [Fact(DisplayName = "Looking and deciding that there is nothing to do allocates nothing")]
    public void NoAllocation()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.OneLeg);
        run.For(120);
        var (watch, policy, state, look) = (run.Watch, run.Policy, run.State, run.Seen);
        long Loop(int looks)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < looks; i++)
            {
                look = look with { At = look.At.AddMinutes(1) };
                watch = HermesWatch.Observe(policy, watch, state, look);
                if (!ReferenceEquals(HermesDecider.Decide(policy, state, look, watch), Decision<HermesEvent>.Nothing)) throw new InvalidOperationException("Decided.");
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Loop(200);
        Assert.Equal(0, Loop(1_000));
    }

    private static LegHolder WantedIn(HermesRun run, Regime regime)
    {
        var look = run.Seen with { Regime = HermesStage.Market(regime) };
        return HermesTable.Want(run.Policy, run.State, look, BookConditions.After(run.Policy, run.Watch.Book, look.Book)).Holder;
    }

    private static HermesBook BookOf(BookKind kind) => kind switch
    {
        BookKind.Flat => HermesStage.Flat,
        BookKind.Dust => HermesStage.Dust,
        BookKind.Even => HermesStage.Even,
        BookKind.OneLeg => HermesStage.OneLeg,
        BookKind.Losing => HermesStage.Losing,
        BookKind.Severe => HermesStage.Severe,
        BookKind.Locked => HermesStage.Locked,
        BookKind.LosingOneLeg => HermesStage.LosingOneLeg,
        BookKind.SevereOneLeg => HermesStage.SevereOneLeg,
        BookKind.NarrowlyLocked => HermesStage.NarrowlyLocked,
        BookKind.LeveredLeg => HermesStage.LeveredLeg,
        _ => HermesStage.Crumbs,
    };

    private static HermesRun Play(HermesStretch[] stretches, Action<HermesRun>? prepare = null)
    {
        var run = HermesStage.Run();
        prepare?.Invoke(run);
        foreach (var s in stretches)
        {
            run.Answers = s.Answers;
            run.Risk = s.World switch
            {
                WorldKind.Stalker => HermesStage.Nominal with { Posture = Posture.Stalker },
                WorldKind.Turtle => HermesStage.Nominal with { Posture = Posture.Turtle },
                WorldKind.InvariantFailed => RiskView.Silent(1, 1),
                _ => HermesStage.Nominal,
            };
            run.Holder = new HolderFacts(s.World == WorldKind.Grounded, s.World == WorldKind.HolderEnds, s.World == WorldKind.LongAgo ? null : run.Now);
            if (s.World == WorldKind.OperatorSets) run.Override(s.Asked, s.Looks % 2 == 0 ? RiskPosture.Bold : null);
            if (s.World == WorldKind.OperatorSetsBriefly) run.Override(s.Asked, until: run.Now.AddMinutes(s.Looks));
            if (s.World == WorldKind.OperatorLifts) run.Send(new HermesInput.LiftOverride(run.State.Overrides, "ada", "enough", run.Now));
            for (var i = 0; i < s.Looks; i++)
            {
                run.Regime = HermesStage.Market(i % 2 == 0 ? s.Regime : s.Other, s.Direction, s.Looks % 3 == 0 ? 0.7 : 1.0);
                run.Book = BookOf(s.Book);
                run.Look(s.Minutes);
            }
        }
        return run;
    }

    private static void ForAll(Arbitrary<HermesStretch[]> histories, Func<HermesRun, bool> holds, int runs = 150) =>
        Prop.ForAll(histories, h => holds(Play(h))).Check(Config.QuickThrowOnFailure.WithMaxTest(runs));

    private static void Watched(Arbitrary<HermesStretch[]> histories, Func<HermesState, HermesState, HermesInput, Decision<HermesEvent>, bool> holds) =>
        Prop.ForAll(histories, h =>
        {
            var good = true;
            Play(h, run => run.Observer = (before, after, input, decision) => good &= holds(before, after, input, decision));
            return good;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
