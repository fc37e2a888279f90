using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Hermes;

public sealed class HermesChoiceStories
{
    [Fact(DisplayName = "A flat asset in a tradable market is given to band-limited hedging once that was wanted for half an hour")]
    public void Fresh()
    {
        var run = HermesStage.Run();
        Assert.Empty(run.Look());
        Assert.DoesNotContain(run.Look(), e => e is HermesEvent.HandOverAsked);
        var asked = Assert.IsType<HermesEvent.HandOverAsked>(run.Look().First(e => e is HermesEvent.HandOverAsked));
        Assert.Equal((1L, LegHolder.Nobody, LegHolder.BandLimitedHedging, HermesRule.Fresh), (asked.Number, asked.From, asked.To, asked.Rule));
        Assert.Equal("The asset is flat and the market is ranging: band-limited-hedging is the default.", asked.Why);
        Assert.Equal((LegHolder.BandLimitedHedging, LegHolder.BandLimitedHedging), (run.State.Holder, run.State.Enabled));
    }

    [Fact(DisplayName = "A passive strategy stays passive until Hermes enables it, and nobody is enabled before the market is known")]
    public void Passive()
    {
        var run = HermesStage.Run();
        run.Regime = RegimeReading.Nothing;
        Assert.Empty(run.For(1_000));
        Assert.Equal((LegHolder.Nobody, false), (run.State.Enabled, run.State.MayOpen));
    }

    [Fact(DisplayName = "A locked book under water in a ranging market goes to compression, as it stands: no stage asks for an order")]
    public void Locked()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        var events = run.For(60);
        Assert.Equal(["HandOverAsked", "Released", "Adopted"], events.Where(e => e is not HermesEvent.StanceChanged).Select(e => e.GetType().Name));
        Assert.All(events.OfType<HermesEvent.Released>(), e => Assert.Equal(HermesStage.Locked.Legs, e.Legs));
        Assert.All(events.OfType<HermesEvent.Adopted>(), e => Assert.Equal((LegHolder.HedgeCompression, HermesStage.Locked.Legs), (e.Holder, e.Legs)));
        Assert.Contains("Both legs are locked, 7.00% of price apart, and the market is ranging", events.OfType<HermesEvent.HandOverAsked>().Single().Why);
    }

    [Fact(DisplayName = "In a trend compression keeps a locked book and waits; it is not given one")]
    public void LockedInATrend()
    {
        var waiting = HermesStage.Held(LegHolder.HedgeCompression, HermesStage.Locked);
        waiting.Regime = HermesStage.Market(Regime.Trending, 1);
        waiting.For(600);
        Assert.Equal(LegHolder.HedgeCompression, waiting.State.Holder);
        var hedging = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        hedging.Regime = HermesStage.Market(Regime.Trending, 1);
        hedging.For(600);
        Assert.Equal(LegHolder.BandLimitedHedging, hedging.State.Holder);
    }

    [Fact(DisplayName = "Crumbs beside one leg are no lock, and legs that both gain are none either")]
    public void NotLocked()
    {
        foreach (var book in new[] { HermesStage.Crumbs, HermesStage.BookOf(5, 97, 4, 104), HermesStage.BookOf(5, 100.2m, 5, 99.9m) })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, book);
            run.For(300);
            Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
        }
    }

    [Fact(DisplayName = "A lock is not over when price leaves the gap for a while; it is over when the gap has closed")]
    public void LockEnds()
    {
        var run = HermesStage.Held(LegHolder.HedgeCompression, HermesStage.Locked);
        run.Look();
        run.Book = HermesStage.Locked with { Mark = Price.Of(106m) };
        run.For(600);
        Assert.Equal(LegHolder.HedgeCompression, run.State.Holder);
        run.Book = HermesStage.BookOf(3, 100.05m, 3, 100m);
        var events = run.For(60);
        Assert.Equal(HermesRule.WorkDone, events.OfType<HermesEvent.HandOverAsked>().Single().Rule);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
    }

    [Theory(DisplayName = "A dominating side alone takes the book from no healthy holder, in no tradable market: it is how hedging stands")]
    [InlineData(Regime.Trending)]
    [InlineData(Regime.Ranging)]
    public void HealthyGrid(Regime regime)
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.OneLeg);
        run.Regime = HermesStage.Market(regime, -1);
        run.For(600);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
    }

    [Theory(DisplayName = "A severe imbalance goes to the protector, healthy holder or not; urgent where the trend runs against it")]
    [InlineData(Regime.Trending, -1, HolderPriority.Urgent)]
    [InlineData(Regime.Trending, 1, HolderPriority.High)]
    [InlineData(Regime.Ranging, 0, HolderPriority.High)]
    public void Severe(Regime regime, int direction, HolderPriority priority)
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Severe);
        run.Regime = HermesStage.Market(regime, direction);
        var asked = run.For(60).OfType<HermesEvent.HandOverAsked>().Single();
        Assert.Equal((HermesRule.SevereImbalance, LegHolder.ExposureProtector), (asked.Rule, run.State.Holder));
        Assert.Equal(priority, run.State.Priority);
    }

    [Theory(DisplayName = "What hedging opened and stands on with one leg is no severe imbalance, whatever leverage made of it; hedging keeps it, without haste")]
    [InlineData(600)] // 20 % of the capital, three times.
    [InlineData(1_200)] // Six times: what APEX allows.
    [InlineData(4_000)]
    public void Levered(int openingLeg)
    {
        var (leg, rest) = (openingLeg / 100m, openingLeg / 2_000m);
        // A leg, and one tenth more: from there hedging leaves by itself.
        foreach (var quantity in new[] { leg, 1.1m * leg })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.BookOf(quantity, 101, rest, 99, openingLeg));
            Assert.Empty(run.For(3 * 24 * 60).OfType<HermesEvent.HandOverAsked>());
            Assert.Equal((LegHolder.BandLimitedHedging, HolderPriority.Normal), (run.State.Holder, run.State.Priority));
            Assert.Equal((true, false), (run.Watch.Book.Dominates, run.Watch.Book.Severe));
        }
    }

    [Theory(DisplayName = "Severe is a side of one and two thirds of what was opened, until it is one and a third: at any leverage, and as 1.0 and 0.8 of the capital with the shipped sizing")]
    [InlineData(600, 1.01, 0.81, 0.79)]
    [InlineData(1_200, 2.02, 1.62, 1.58)]
    [InlineData(4_000, 6.70, 5.40, 5.30)]
    public void SevereBeyondTheOpening(int openingLeg, double severe, double still, double over)
    {
        BookConditions After(BookConditions was, double weight)
        {
            var book = HermesStage.BookOf(10m * (decimal)weight, 100, 0, 0, openingLeg);
            Assert.Equal(weight, book.Weight, 9);
            return BookConditions.After(HermesStage.Policy, was, book);
        }

        Assert.False(After(default, still).Severe);
        var on = After(default, severe);
        Assert.True(on.Severe);
        Assert.True(After(on, still).Severe);
        Assert.False(After(on, over).Severe);
    }

    [Fact(DisplayName = "What does not weigh in the account is not severe, however small the opening was")]
    public void NothingMuch()
    {
        var book = HermesStage.BookOf(1, 100, 0, 0, openingLeg: 20); // Five times what was opened; a tenth of the capital.
        Assert.Equal(default, BookConditions.After(HermesStage.Policy, default, book));
    }

    [Fact(DisplayName = "Why a severe imbalance goes to the protector is said in the unit it was judged by")]
    public void SevereInWords()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Severe);
        Assert.Equal("One side dominates severely (skew 0.91, net 1.75 of an opening leg): exposure-protector trims it, healthy holder or not.",
            run.For(60).OfType<HermesEvent.HandOverAsked>().Single().Why);
    }

    [Fact(DisplayName = "A dominating side that loses a tenth of the capital and has not traded for a day goes to the protector; balanced again, back")]
    public void Ailing()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Losing);
        run.For(23 * 60);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
        var asked = run.For(120).OfType<HermesEvent.HandOverAsked>().Single();
        Assert.Equal((HermesRule.AilingImbalance, LegHolder.ExposureProtector), (asked.Rule, run.State.Holder));
        Assert.Contains("15.0% of the capital is lost on paper and band-limited-hedging has not traded for 24 h", asked.Why);
        Assert.Equal(RiskPosture.Cautious, run.State.Posture);
        run.Holder = run.Holder with { LastFillAt = run.Now };
        run.Book = HermesStage.BookOf(3, 125, 1, 100); // Skew 0.5: between entering and leaving.
        run.For(600);
        Assert.Equal(LegHolder.ExposureProtector, run.State.Holder);
        run.Book = HermesStage.BookOf(2, 100.1m, 1.5m, 100);
        Assert.Equal(HermesRule.WorkDone, run.For(60).OfType<HermesEvent.HandOverAsked>().Single().Rule);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
    }

    [Fact(DisplayName = "One leg alone is given to no protector, however severe or ailing: no trim could bring it to its target, and hedging keeps it; who looks is told")]
    public void OneLeg()
    {
        foreach (var (book, priority) in new[] { (HermesStage.SevereOneLeg, HolderPriority.High), (HermesStage.LosingOneLeg, HolderPriority.High) })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, book);
            Assert.Empty(run.For(3 * 24 * 60).OfType<HermesEvent.HandOverAsked>());
            Assert.Equal((LegHolder.BandLimitedHedging, priority), (run.State.Holder, run.State.Priority));
            var seen = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen);
            Assert.Equal((LegHolder.BandLimitedHedging, LegHolder.ExposureProtector), (seen.Wanted, seen.Unfit));
            Assert.Contains("exposure-protector cannot work on these legs: SOLUSDT: rebalance-target-ratio is 0.5; of long ", seen.Why, StringComparison.Ordinal);
            Assert.Contains("the nearest share that trimming reaches is 1,", seen.Why, StringComparison.Ordinal);
            Assert.EndsWith("  exposure-protector cannot", seen.ToLine(), StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "With a rest of the other leg beside it the same book does go to the protector")]
    public void NearlyOneLeg()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.SevereOneLeg);
        run.For(120);
        run.Book = HermesStage.Severe;
        Assert.Equal(HermesRule.SevereImbalance, run.For(60).OfType<HermesEvent.HandOverAsked>().Single().Rule);
        Assert.Equal(LegHolder.ExposureProtector, run.State.Holder);
    }

    [Fact(DisplayName = "A holder that has lost what it worked on hands over: a protector whose other leg was closed, a compression whose gap is too narrow for a swing")]
    public void CannotWork()
    {
        foreach (var (holder, book) in new[] { (LegHolder.ExposureProtector, HermesStage.SevereOneLeg), (LegHolder.HedgeCompression, HermesStage.NarrowlyLocked) })
        {
            var run = HermesStage.Held(holder, book);
            var asked = run.For(60).OfType<HermesEvent.HandOverAsked>().Single();
            Assert.Equal((HermesRule.CannotWork, holder), (asked.Rule, asked.From));
            Assert.StartsWith($"{holder.Name()} has nothing left to do (skew ", asked.Why, StringComparison.Ordinal);
            Assert.Contains($"{holder.Name()} cannot work on these legs: SOLUSDT: ", asked.Why, StringComparison.Ordinal);
            Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
            Assert.Empty(run.For(24 * 60).OfType<HermesEvent.HandOverAsked>());
        }
    }

    [Fact(DisplayName = "A lock without room for one swing is given to no compression")]
    public void TooNarrow()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.NarrowlyLocked);
        Assert.Empty(run.For(600).OfType<HermesEvent.HandOverAsked>());
        Assert.True(run.Watch.Book.Locked, "The story needs a lock.");
        var seen = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen);
        Assert.Contains("no room for a swing of 0.005", seen.Why, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "In a thin or chaotic market whoever holds a book keeps it, defensive; a flat asset is let go of")]
    [InlineData(Regime.Thin)]
    [InlineData(Regime.Chaotic)]
    public void Storm(Regime regime)
    {
        foreach (var book in new[] { HermesStage.Severe, HermesStage.Locked, HermesStage.Even })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, book);
            run.For(45);
            run = HermesStage.Held(LegHolder.BandLimitedHedging, book);
            run.Regime = HermesStage.Market(regime);
            run.For(1_000);
            Assert.Equal((LegHolder.BandLimitedHedging, RiskPosture.Defensive, false), (run.State.Holder, run.State.Posture, run.State.MayOpen));
        }
        var flat = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Dust);
        flat.Regime = HermesStage.Market(regime);
        var events = flat.For(60);
        Assert.Equal(HermesRule.StayOut, events.OfType<HermesEvent.HandOverAsked>().Single().Rule);
        Assert.Equal(LegHolder.Nobody, flat.State.Holder);
    }

    [Fact(DisplayName = "Legs that nobody holds are given to whom they suit, not before the market is tradable")]
    public void Orphans()
    {
        foreach (var (book, heir) in new[]
                 {
                     (HermesStage.Locked, LegHolder.HedgeCompression), (HermesStage.OneLeg, LegHolder.BandLimitedHedging), (HermesStage.NarrowlyLocked, LegHolder.BandLimitedHedging),
                     (HermesStage.Even, LegHolder.BandLimitedHedging), (HermesStage.Severe, LegHolder.ExposureProtector),
                 })
        {
            var run = HermesStage.Run();
            run.Book = book;
            run.Regime = HermesStage.Market(Regime.Chaotic);
            run.For(300);
            Assert.Equal(LegHolder.Nobody, run.State.Holder);
            run.Regime = HermesStage.Market(Regime.Ranging);
            run.For(45);
            Assert.Equal(heir, run.State.Holder);
            Assert.Equal(book.Legs, run.Events.OfType<HermesEvent.Adopted>().Single().Legs);
        }
    }

    [Fact(DisplayName = "What the plan does not allow is not chosen")]
    public void Allowed()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked, new HermesSettings { Allowed = [LegHolder.BandLimitedHedging] });
        run.For(600);
        run.Book = HermesStage.Severe;
        run.For(600);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
        var flat = HermesStage.Run(new HermesSettings { Allowed = [LegHolder.HedgeCompression] });
        flat.For(600);
        Assert.Equal(LegHolder.Nobody, flat.State.Holder);
    }

    [Fact(DisplayName = "A holder that came to its own end is enabled again after the dwell, not at once")]
    public void Ended()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Flat);
        run.Holder = run.Holder with { Ended = true };
        Assert.IsType<HermesEvent.HolderEnded>(run.Look()[0]);
        run.Holder = run.Holder with { Ended = false };
        Assert.Empty(run.For(225).OfType<HermesEvent.HandOverAsked>());
        Assert.Equal(LegHolder.Nobody, run.State.Enabled);
        run.For(30);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Enabled);
    }

    [Fact(DisplayName = "Nothing is taken from a grounded holder, and it opens nothing")]
    public void Grounded()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.For(15);
        run.Holder = run.Holder with { Grounded = true };
        run.For(600);
        Assert.Equal((LegHolder.BandLimitedHedging, RiskPosture.Defensive), (run.State.Holder, run.State.Posture));
    }

    [Fact(DisplayName = "A book that cannot be is refused with what was expected, and decides nothing")]
    public void Absurd()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Book = HermesStage.Locked with { Mark = default };
        run.Now = run.Now.AddMinutes(15);
        var watch = HermesWatch.Observe(run.Policy, run.Watch, run.State, run.Seen);
        Assert.Equal(run.Watch, watch);
        var decision = HermesDecider.Decide(run.Policy, run.State, run.Seen, watch);
        Assert.Equal("hermes.absurd-book", decision.Refusal?.Code);
        Assert.Contains("expected a price from 0.000000001 to 1000000000, got 0", decision.Refusal!.Reason);
        Assert.Empty(decision.Events);
    }
}

public sealed class HermesStanceStories
{
    [Fact(DisplayName = "Daring falls at once and comes back only after half an hour without a break")]
    public void FastAndSlow()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.For(60);
        Assert.Equal((RiskPosture.Balanced, true), (run.State.Posture, run.State.MayOpen));
        run.Regime = HermesStage.Market(Regime.Chaotic);
        var fall = Assert.IsType<HermesEvent.StanceChanged>(Assert.Single(run.Look(1)));
        Assert.Equal((RiskPosture.Defensive, "The market is chaotic."), (fall.Posture, fall.Why));
        run.Regime = HermesStage.Market(Regime.Ranging);
        Assert.Empty(run.For(29, every: 1));
        run.Regime = HermesStage.Market(Regime.Thin);
        Assert.Empty(run.Look(1));
        run.Regime = HermesStage.Market(Regime.Ranging);
        Assert.Empty(run.For(30, every: 1));
        Assert.Equal(RiskPosture.Balanced, Assert.IsType<HermesEvent.StanceChanged>(Assert.Single(run.Look(1))).Posture);
    }

    [Fact(DisplayName = "What comes back is the least daring of the half hour, not the last")]
    public void LeastOfTheTime()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Regime = HermesStage.Market(Regime.Trending);
        run.Look();
        run.Regime = HermesStage.Market(Regime.Ranging);
        run.Look();
        Assert.Equal(RiskPosture.Cautious, run.Look().OfType<HermesEvent.StanceChanged>().Single().Posture);
        Assert.Equal(RiskPosture.Balanced, run.For(45).OfType<HermesEvent.StanceChanged>().Single().Posture);
    }

    [Fact(DisplayName = "A posture that comes back to the least daring of the time that confirms says so, and not what is the case by then")]
    public void ReasonOfTheLeast()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        void Survival(Posture posture) => run.Risk = run.Risk with { Posture = posture };
        Survival(Posture.Turtle);
        run.Look();
        Assert.Equal(RiskPosture.Defensive, run.State.Posture);
        Survival(Posture.Stalker);
        run.Look();
        Survival(Posture.Apex);
        var changed = run.For(30).OfType<HermesEvent.StanceChanged>().Single();
        Assert.Equal((RiskPosture.Cautious, "It is the least daring of the last 30 min."), (changed.Posture, changed.Why));
    }

    [Theory(DisplayName = "The posture is the least that survival, regime, holder and variance ratio allow")]
    [InlineData(Posture.Apex, Regime.Ranging, 0.7, RiskPosture.Bold)]
    [InlineData(Posture.Apex, Regime.Ranging, 0.9, RiskPosture.Balanced)]
    [InlineData(Posture.Apex, Regime.Ranging, double.NaN, RiskPosture.Balanced)]
    [InlineData(Posture.Apex, Regime.Trending, 0.7, RiskPosture.Cautious)]
    [InlineData(Posture.Stalker, Regime.Ranging, 0.7, RiskPosture.Cautious)]
    [InlineData(Posture.Turtle, Regime.Ranging, 0.7, RiskPosture.Defensive)]
    [InlineData(Posture.Hibernate, Regime.Ranging, 0.7, RiskPosture.Defensive)]
    [InlineData(Posture.Apex, Regime.Unknown, 0.7, RiskPosture.Defensive)]
    public void Limits(Posture survival, Regime regime, double varianceRatio, RiskPosture expected)
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Risk = run.Risk with { Posture = survival };
        run.Regime = HermesStage.Market(regime, varianceRatio: varianceRatio);
        run.For(60);
        Assert.Equal(expected, run.State.Posture);
    }

    [Fact(DisplayName = "With a failed invariant everything stays where it is, defensive, whatever an operator says")]
    public void Invariant()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Risk = RiskView.Silent(1, 2);
        run.Override(LegHolder.ExposureProtector, RiskPosture.Bold);
        run.For(600);
        Assert.Equal((LegHolder.BandLimitedHedging, RiskPosture.Defensive, null), (run.State.Holder, run.State.Posture, run.State.HandOver));
        run.Risk = HermesStage.Nominal;
        run.Look();
        Assert.Equal((LegHolder.ExposureProtector, RiskPosture.Bold), (run.State.Holder, run.State.Posture));
    }
}

public sealed class HandOverStories
{
    [Fact(DisplayName = "Between release and adoption nobody is enabled, and nothing may be opened from the asking on")]
    public void Stages()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Answers = Answers.Never;
        run.For(45);
        Assert.Equal((HandOverStage.Releasing, LegHolder.BandLimitedHedging, false), (run.State.HandOver!.Stage, run.State.Enabled, run.State.MayOpen));
        run.Send(new HermesInput.Released(run.State.HandOver.Number, LegHolder.BandLimitedHedging, HermesStage.Locked.Legs, run.Now));
        Assert.Equal((HandOverStage.Adopting, LegHolder.Nobody, false), (run.State.HandOver!.Stage, run.State.Enabled, run.State.MayOpen));
        run.Send(new HermesInput.Adopted(run.State.HandOver.Number, LegHolder.HedgeCompression, HermesStage.Locked.Legs, run.Now));
        Assert.Equal((null, LegHolder.HedgeCompression), (run.State.HandOver, run.State.Enabled));
    }

    [Fact(DisplayName = "A holder that does not answer keeps its legs; it is asked again later and later, at most a dwell apart")]
    public void Unanswered()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Answers = Answers.Never;
        var events = run.For(24 * 60, every: 1);
        var failed = events.OfType<HermesEvent.HandOverFailed>().First();
        Assert.Equal((HandOverFailure.Unanswered, HandOverStage.Releasing, LegHolder.BandLimitedHedging), (failed.Cause, failed.Stage, failed.Stays));
        Assert.Matches("^Hand-over 2: expected band-limited-hedging to release the legs by .* UTC; nothing came. band-limited-hedging keeps them.$", failed.Reason);
        var gaps = events.OfType<HermesEvent.HandOverAsked>().Zip(events.OfType<HermesEvent.HandOverAsked>().Skip(1), (a, b) => (b.At - a.At).TotalMinutes).ToList();
        Assert.Equal([26, 41, 71, 131, 251, 251], gaps.Take(6)); // Eleven minutes to answer, then 15, 30, 60, 120, 240, 240.
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
    }

    [Fact(DisplayName = "An heir that does not answer, or declines, does not get the legs: the old holder trades on")]
    public void HeirFails()
    {
        foreach (var (answers, cause) in new[] { (Answers.OnlyRelease, HandOverFailure.Unanswered), (Answers.HeirDeclines, HandOverFailure.Declined), (Answers.WrongLegs, HandOverFailure.Unanswered) })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
            run.Answers = answers;
            var failed = run.For(60).OfType<HermesEvent.HandOverFailed>().First();
            Assert.Equal((cause, HandOverStage.Adopting, LegHolder.BandLimitedHedging), (failed.Cause, failed.Stage, failed.Stays));
            Assert.Equal(LegHolder.BandLimitedHedging, run.State.Enabled);
        }
    }

    [Fact(DisplayName = "Answers that come too late, too soon, from the wrong one or with other legs change nothing and are told why")]
    public void BadAnswers()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Answers = Answers.Never;
        run.For(45);
        var (n, legs) = (run.State.HandOver!.Number, HermesStage.Locked.Legs);
        string? Code(HermesInput input)
        {
            var decision = run.Send(input);
            Assert.Empty(decision.Events);
            return decision.Refusal?.Code;
        }
        Assert.Equal("hermes.wrong-strategy", Code(new HermesInput.Released(n, LegHolder.ExposureProtector, legs, run.Now)));
        Assert.Equal("hermes.not-released", Code(new HermesInput.Adopted(n, LegHolder.HedgeCompression, legs, run.Now)));
        Assert.Equal("hermes.wrong-strategy", Code(new HermesInput.Declined(n, LegHolder.HedgeCompression, "no", run.Now)));
        Assert.Equal("hermes.absurd-legs", Code(new HermesInput.Released(n, LegHolder.BandLimitedHedging, new Legs(new(-1m), default), run.Now)));
        Assert.Equal("hermes.late-answer", Code(new HermesInput.Released(n + 1, LegHolder.BandLimitedHedging, legs, run.Now)));
        run.Send(new HermesInput.Released(n, LegHolder.BandLimitedHedging, legs, run.Now));
        Assert.Null(Code(new HermesInput.Released(n, LegHolder.BandLimitedHedging, legs, run.Now)));
        Assert.Equal("hermes.released-before", Code(new HermesInput.Released(n, LegHolder.BandLimitedHedging, default, run.Now)));
        Assert.Equal("hermes.other-legs", Code(new HermesInput.Adopted(n, LegHolder.HedgeCompression, default, run.Now)));
        run.Look(11);
        Assert.Equal("hermes.late-answer", Code(new HermesInput.Adopted(n, LegHolder.HedgeCompression, legs, run.Now)));
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Enabled);
    }

    [Fact(DisplayName = "A holder asked to let go of a flat asset that lets go of a position keeps it")]
    public void NotFlat()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Flat);
        run.Regime = HermesStage.Market(Regime.Chaotic);
        run.Answers = Answers.Never;
        run.For(45);
        run.Send(new HermesInput.Released(run.State.HandOver!.Number, LegHolder.BandLimitedHedging, HermesStage.Even.Legs, run.Now));
        var failed = run.Look(1).OfType<HermesEvent.HandOverFailed>().Single();
        Assert.Equal((HandOverFailure.NotFlat, "band-limited-hedging was to let go of a flat asset; it let go of 1200.00. It keeps it."), (failed.Cause, failed.Reason));
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Enabled);
    }

    [Fact(DisplayName = "A regime that changes with every bar hands nothing over")]
    public void Flapping()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        for (var i = 0; i < 500; i++)
        {
            run.Regime = HermesStage.Market(i % 2 == 0 ? Regime.Ranging : Regime.Trending);
            Assert.Empty(run.Look().OfType<HermesEvent.HandOverAsked>());
        }
    }

    [Fact(DisplayName = "After an adoption the next change waits for the dwell, however clear it is")]
    public void Dwell()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.For(45);
        Assert.Equal(LegHolder.HedgeCompression, run.State.Holder);
        var adopted = run.Now;
        run.Book = HermesStage.Severe;
        Assert.Empty(run.For(225).OfType<HermesEvent.HandOverAsked>());
        var asked = run.For(30).OfType<HermesEvent.HandOverAsked>().Single();
        Assert.Equal(TimeSpan.FromHours(4), asked.At - adopted);
    }
}

public sealed class HermesOverrideStories
{
    [Fact(DisplayName = "An operator's word acts at the next look, without confirmation or dwell, and holds until it is lifted")]
    public void Set()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Look();
        var set = Assert.IsType<HermesEvent.OverrideSet>(Assert.Single(run.Override(LegHolder.ExposureProtector, RiskPosture.Cautious).Events));
        Assert.Equal(("ada", "the book looks wrong", null), (set.By, set.Why, set.Until));
        Assert.Equal("ada wants exposure-protector: the book looks wrong", run.Look(1).OfType<HermesEvent.HandOverAsked>().Single().Why);
        run.Regime = HermesStage.Market(Regime.Chaotic);
        run.For(1_000);
        Assert.Equal((LegHolder.ExposureProtector, RiskPosture.Cautious), (run.State.Holder, run.State.Posture));
        Assert.IsType<HermesEvent.OverrideLifted>(Assert.Single(run.Send(new HermesInput.LiftOverride(2, "bob", "looked at it", run.Now)).Events));
        run.Regime = HermesStage.Market(Regime.Ranging);
        run.For(60);
        Assert.Equal(LegHolder.BandLimitedHedging, run.State.Holder);
    }

    [Fact(DisplayName = "It ends by itself when its time is over, as an event")]
    public void Expires()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Override(LegHolder.Nobody, until: run.Now.AddHours(1));
        run.For(45);
        Assert.Equal((LegHolder.Nobody, true), (run.State.Holder, run.State.Override is not null)); // Hands off a standing book: his wish.
        Assert.Equal(HermesDecider.ExpiryRule, run.Look().OfType<HermesEvent.OverrideLifted>().Single().By);
        Assert.Null(run.State.Override);
    }

    [Fact(DisplayName = "A holder asked to let go need not, if an operator wants something else; who has let go is heard out first")]
    public void Overrules()
    {
        var asked = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        asked.Answers = Answers.Never;
        asked.For(45);
        var n = asked.State.HandOver!.Number;
        var failed = asked.Override(LegHolder.BandLimitedHedging).Events.OfType<HermesEvent.HandOverFailed>().Single();
        Assert.Equal((HandOverFailure.Overruled, n, LegHolder.BandLimitedHedging), (failed.Cause, failed.Number, asked.State.Enabled));
        Assert.Equal("hermes.late-answer", asked.Send(new HermesInput.Released(n, LegHolder.BandLimitedHedging, HermesStage.Locked.Legs, asked.Now)).Refusal?.Code);

        var released = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        released.Answers = Answers.OnlyRelease;
        released.For(45);
        Assert.IsType<HermesEvent.OverrideSet>(Assert.Single(released.Override(LegHolder.ExposureProtector).Events));
        Assert.Equal(LegHolder.HedgeCompression, released.State.HandOver!.To);
    }

    [Fact(DisplayName = "An override that comes while the legs are already on their way to whom it names changes nothing about that hand-over")]
    public void Same_heir()
    {
        foreach (var answers in new[] { Answers.Never, Answers.OnlyRelease })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
            run.Answers = answers;
            run.For(45);
            var under = run.State.HandOver;
            Assert.IsType<HermesEvent.OverrideSet>(Assert.Single(run.Override(LegHolder.HedgeCompression).Events));
            Assert.Equal(under, run.State.HandOver);
            Assert.Empty(run.Look(1).OfType<HermesEvent.HandOverAsked>());
        }
    }

    [Fact(DisplayName = "Legs that were let go of for one heir reach it before they go to the one that an operator named meanwhile, at the very next look")]
    public void Finishes_first()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Answers = Answers.OnlyRelease;
        run.For(45);
        run.Override(LegHolder.ExposureProtector);
        run.Answers = Answers.Prompt;
        Assert.Empty(run.Look(1).OfType<HermesEvent.HandOverAsked>());
        Assert.Equal((LegHolder.Nobody, LegHolder.HedgeCompression), (run.State.Enabled, run.State.HandOver!.To));
        run.Send(new HermesInput.Adopted(run.State.HandOver.Number, LegHolder.HedgeCompression, HermesStage.Locked.Legs, run.Now));
        var events = run.Look(1);
        Assert.Equal((HermesRule.Override, LegHolder.HedgeCompression), (events.OfType<HermesEvent.HandOverAsked>().Single().Rule, events.OfType<HermesEvent.HandOverAsked>().Single().From));
        Assert.Equal(LegHolder.ExposureProtector, run.State.Holder);
        Assert.All(run.Events.OfType<HermesEvent.Adopted>().Skip(1), a => Assert.Equal(HermesStage.Locked.Legs, a.Legs));
    }

    [Fact(DisplayName = "Lifted while the hand-over it asked for is under way, that is finished; back it goes only as any other change, after the dwell")]
    public void Lifted_under_way()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Override(LegHolder.ExposureProtector);
        run.Answers = Answers.OnlyRelease;
        run.Look(1);
        run.Lift();
        run.Look(1);
        Assert.Equal(LegHolder.ExposureProtector, run.State.HandOver!.To);
        run.Send(new HermesInput.Adopted(run.State.HandOver.Number, LegHolder.ExposureProtector, HermesStage.Even.Legs, run.Now));
        var adopted = run.Now;
        run.Answers = Answers.Prompt;
        var back = run.For(5 * 60).OfType<HermesEvent.HandOverAsked>().Single();
        Assert.Equal((HermesRule.WorkDone, LegHolder.BandLimitedHedging), (back.Rule, run.State.Holder));
        Assert.True(back.At - adopted >= run.Policy.Settings.MinDwell);
    }

    [Fact(DisplayName = "While an invariant has failed an operator's word changes no holder and no stance; it acts when the invariant holds again")]
    public void Invariant_first()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Risk = RiskView.Silent(1, 1);
        run.Override(LegHolder.ExposureProtector, RiskPosture.Bold, priority: HolderPriority.Urgent);
        run.For(60);
        Assert.Equal((LegHolder.BandLimitedHedging, RiskPosture.Defensive, HolderPriority.Normal), (run.State.Holder, run.State.Posture, run.State.Priority));
        run.Risk = HermesStage.Nominal;
        run.Look(1);
        Assert.Equal((LegHolder.ExposureProtector, RiskPosture.Bold, HolderPriority.Urgent), (run.State.Holder, run.State.Posture, run.State.Priority));
    }

    [Fact(DisplayName = "The reason that is stored with a priority is what the priority comes from")]
    public void PriorityAndReason()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.OneLeg); // It dominates, and is how hedging stands.
        run.Objects = (LegHolder heir, in HermesBook _) => heir == LegHolder.ExposureProtector ? new Refusal("test.no", "no.") : null; // Hedging keeps it.
        run.For(60);
        Assert.Equal((HolderPriority.Normal, RiskPosture.Balanced), (run.State.Priority, run.State.Posture));

        Becomes(HermesStage.Severe, Regime.Ranging, HolderPriority.High, "One side dominates severely.");
        run.Regime = HermesStage.Market(Regime.Trending, direction: -1);
        run.Look(); // The posture tightens, and has the event for itself.
        Becomes(HermesStage.OneLeg, Regime.Trending, HolderPriority.Normal, "The market is trending.");
        Becomes(HermesStage.Severe, Regime.Trending, HolderPriority.Urgent, "One side dominates severely, and the market trends down, against it.");
        Becomes(HermesStage.OneLeg, Regime.Trending, HolderPriority.Normal, "The market is trending.");
        run.Regime = HermesStage.Market(Regime.Unknown);
        run.Look();
        Becomes(HermesStage.OneLeg, Regime.Unknown, HolderPriority.Low, "The market is unknown.");
        run.Holder = run.Holder with { LastFillAt = run.Now.AddDays(-2) };
        Becomes(HermesStage.LosingOneLeg, Regime.Unknown, HolderPriority.High, "One side dominates, and band-limited-hedging is ailing.");
        run.Holder = run.Holder with { LastFillAt = run.Now.AddDays(2) };
        Becomes(HermesStage.OneLeg, Regime.Unknown, HolderPriority.Low, "The market is unknown.");

        void Becomes(HermesBook book, Regime regime, HolderPriority priority, string why)
        {
            Assert.NotEqual(priority, run.State.Priority);
            var posture = run.State.Posture;
            (run.Book, run.Regime) = (book, HermesStage.Market(regime, direction: regime == Regime.Trending ? -1 : 0));
            var changed = run.For(45).OfType<HermesEvent.StanceChanged>().Single();
            Assert.Equal((priority, posture, why), (changed.Priority, changed.Posture, changed.Why));
        }
    }

    [Fact(DisplayName = "A priority that calms down to the most urgent of the time that confirms says so, and not what is the case by then")]
    public void CalmedByHalf()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Severe);
        run.Objects = (LegHolder heir, in HermesBook _) => heir == LegHolder.ExposureProtector ? new Refusal("test.no", "no.") : null;
        run.Regime = HermesStage.Market(Regime.Trending, direction: -1);
        run.For(60);
        Assert.Equal(HolderPriority.Urgent, run.State.Priority);
        run.Regime = HermesStage.Market(Regime.Trending, direction: 1);
        run.For(15); // High.
        run.Book = HermesStage.OneLeg;
        var changed = run.For(30).OfType<HermesEvent.StanceChanged>().First();
        Assert.Equal((HolderPriority.High, "It is the most urgent of the last 30 min."), (changed.Priority, changed.Why));
    }

    [Fact(DisplayName = "A trend against a side that does not dominate severely is not urgent")]
    public void TrendAlone()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.OneLeg);
        run.Regime = HermesStage.Market(Regime.Trending, direction: -1);
        run.For(24 * 60);
        Assert.Equal(HolderPriority.Normal, run.State.Priority);
    }

    [Fact(DisplayName = "A priority that an operator sets acts at once, up and down; lifted, it calms down as any other does")]
    public void Said_priority()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Look();
        run.Override(LegHolder.BandLimitedHedging, priority: HolderPriority.Urgent);
        var changed = run.Look(1).OfType<HermesEvent.StanceChanged>().Single();
        Assert.Equal((HolderPriority.Urgent, "ada set it: the book looks wrong"), (changed.Priority, changed.Why));
        run.Lift();
        run.For(20, every: 1);
        Assert.Equal(HolderPriority.Urgent, run.State.Priority);
        run.For(20, every: 1);
        Assert.Equal(HolderPriority.Normal, run.State.Priority);
        run.Override(LegHolder.BandLimitedHedging, priority: HolderPriority.Low);
        run.Look(1);
        Assert.Equal(HolderPriority.Low, run.State.Priority);
    }

    [Fact(DisplayName = "An override for somebody who can do nothing with the legs as they stand is kept, and acts at the first look at which he can; until then nothing is asked")]
    public void Waits()
    {
        foreach (var (first, heir) in new[] { (HermesStage.Flat, LegHolder.HedgeCompression), (HermesStage.OneLeg, LegHolder.ExposureProtector) })
        {
            var run = HermesStage.Held(LegHolder.BandLimitedHedging, first);
            run.Override(heir, RiskPosture.Cautious);
            Assert.Empty(run.For(24 * 60).OfType<HermesEvent.HandOverAsked>());
            Assert.Equal((LegHolder.BandLimitedHedging, RiskPosture.Cautious, true), (run.State.Holder, run.State.Posture, run.State.Override is not null));
            var seen = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen);
            Assert.Equal((HermesRule.OverrideWaits, heir), (seen.Rule, seen.Unfit));
            Assert.StartsWith($"ada wants {heir.Name()} (the book looks wrong); band-limited-hedging stays until that can be. {heir.Name()} cannot work on these legs: SOLUSDT: ", seen.Why, StringComparison.Ordinal);
            run.Book = HermesStage.Locked;
            Assert.Equal(HermesRule.Override, run.Look(1).OfType<HermesEvent.HandOverAsked>().Single().Rule);
            Assert.Equal(heir, run.State.Holder);
        }
    }

    [Fact(DisplayName = "An override that waits leaves legs that nobody holds to whoever can work on them meanwhile, confirmed and after the dwell like any other change; it acts at the first look at which it can")]
    public void Waits_over_orphans()
    {
        var run = Orphaned(HermesStage.OneLeg);
        var orphaned = run.State.ChangedAt!.Value;
        run.Override(LegHolder.ExposureProtector, RiskPosture.Cautious);
        run.Look();
        var seen = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen);
        Assert.Equal((LegHolder.BandLimitedHedging, HermesRule.Orphaned, LegHolder.ExposureProtector), (seen.Wanted, seen.Rule, seen.Unfit));
        Assert.StartsWith("ada wants exposure-protector (the book looks wrong), which cannot be yet. Nobody holds the legs (", seen.Why, StringComparison.Ordinal);
        Assert.Contains("): band-limited-hedging is the default. exposure-protector cannot work on these legs: SOLUSDT: ", seen.Why, StringComparison.Ordinal);
        var taken = run.For(6 * 60).OfType<HermesEvent.HandOverAsked>().Single(); // Then it keeps them.
        Assert.Equal((HermesRule.Orphaned, LegHolder.BandLimitedHedging, RiskPosture.Cautious), (taken.Rule, run.State.Holder, run.State.Posture));
        Assert.Equal(run.Policy.Settings.MinDwell, taken.At - orphaned);
        run.Book = HermesStage.Locked;
        Assert.Equal(HermesRule.Override, run.Look(1).OfType<HermesEvent.HandOverAsked>().Single().Rule);
        Assert.Equal(LegHolder.ExposureProtector, run.State.Holder);
    }

    [Fact(DisplayName = "An override that waits keeps everybody from a flat asset that nobody holds, and from legs on which nobody at all can work")]
    public void Waits_alone()
    {
        foreach (var (book, heir) in new[] { (HermesStage.Flat, LegHolder.HedgeCompression), (HermesStage.Dust, LegHolder.HedgeCompression), (HermesStage.OneLeg, LegHolder.BandLimitedHedging) })
        {
            var run = Orphaned(book);
            if (book == HermesStage.OneLeg) run.Objects = (LegHolder _, in HermesBook _) => new Refusal("test.no", "no.");
            run.Override(heir);
            Assert.Empty(run.For(24 * 60).OfType<HermesEvent.HandOverAsked>());
            var seen = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen);
            Assert.Equal((LegHolder.Nobody, HermesRule.OverrideWaits, heir), (seen.Wanted, seen.Rule, seen.Unfit));
        }
    }

    /// <summary>Whoever held the legs has just come to its own end, and left them.</summary>
    private static HermesRun Orphaned(HermesBook book)
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, book);
        var fine = run.Holder;
        run.Holder = fine with { Ended = true };
        run.Look(1);
        run.Holder = fine;
        Assert.Equal(LegHolder.Nobody, run.State.Holder);
        return run;
    }

    [Fact(DisplayName = "From a grounded holder an operator gets nothing either: his word stands, nothing is asked of it, and who looks is told")]
    public void Grounded()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Holder = run.Holder with { Grounded = true };
        run.Override(LegHolder.ExposureProtector);
        Assert.Empty(run.For(24 * 60).OfType<HermesEvent.HandOverAsked>());
        var seen = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen);
        Assert.Equal((HermesRule.OverrideWaits, null), (seen.Rule, seen.Unfit));
        Assert.EndsWith("band-limited-hedging is grounded, and can let go of nothing.", seen.Why, StringComparison.Ordinal);
        run.Holder = run.Holder with { Grounded = false };
        run.Look(1);
        Assert.Equal(LegHolder.ExposureProtector, run.State.Holder);
    }

    [Fact(DisplayName = "A second override is refused while one holds, with who set it and why; the first one holds on")]
    public void Stands()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even);
        run.Override(LegHolder.ExposureProtector, until: run.Now.AddHours(1));
        var state = run.State;
        var refusal = run.Override(LegHolder.Nobody).Refusal;
        Assert.Equal("hermes.override-stands", refusal?.Code);
        Assert.Equal("There is override 2 already, by ada since 2026-01-05 05:15:00 UTC until 2026-01-05 06:15:00: exposure-protector (the book looks wrong). Lift it first. Nothing changed.", refusal!.Reason);
        Assert.Equal(state, run.State);
        run.Lift();
        Assert.IsType<HermesEvent.OverrideSet>(Assert.Single(run.Override(LegHolder.Nobody).Events));
    }

    [Fact(DisplayName = "A second copy sets nothing; a bad one is refused with what was expected")]
    public void Refusals()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Even, new HermesSettings { Allowed = [LegHolder.BandLimitedHedging] });
        string Reason(HermesInput input)
        {
            var decision = run.Send(input);
            Assert.Empty(decision.Events);
            return decision.Refusal?.Reason ?? "";
        }
        var good = new HermesInput.SetOverride(2, "ada", "because", LegHolder.Nobody, null, run.Now.AddHours(1), run.Now);
        Assert.Contains("the plan allows nobody, band-limited-hedging here, and it asks for hedge-compression", Reason(good with { Holder = LegHolder.HedgeCompression }));
        Assert.Contains("the plan allows nobody, band-limited-hedging here, and it asks for 33", Reason(good with { Holder = (LegHolder)33 }));
        Assert.Contains("it is number 3, and the next is 2", Reason(good with { Number = 3 }));
        Assert.Contains("who asks must be named", Reason(good with { By = " " }));
        Assert.Contains("a reason is expected", Reason(good with { Why = new string('x', 501) }));
        Assert.Contains("a reason is expected, of at most 500 characters, and no line break or other control character", Reason(good with { Why = "looked\nat it" }));
        Assert.Contains("a reason is expected", Reason(good with { Why = "looked \u001b[31mat it" }));
        Assert.Contains("not after it begins", Reason(good with { Until = run.Now }));
        Assert.Contains("there is no risk posture 9", Reason(good with { Posture = (RiskPosture)9 }));
        Assert.Contains("there is no priority 9", Reason(good with { Priority = (HolderPriority)9 }));
        Assert.Contains("longer than 366 days", Reason(good with { Until = run.Now.AddDays(367) }));
        Assert.Contains("none holds", Reason(new HermesInput.LiftOverride(2, "ada", "because", run.Now)));
        Assert.Single(run.Send(good).Events);
        Assert.Equal("", Reason(good));
        Assert.Contains("it is number 2, and the next is 3", Reason(good with { Why = "another reason" }));
        Assert.Contains("number 2 holds", Reason(new HermesInput.LiftOverride(1, "ada", "because", run.Now)));
        Assert.Contains("It still holds", Reason(new HermesInput.LiftOverride(2, "", "because", run.Now)));
        Assert.Contains("no line break or other control character. It still holds", Reason(new HermesInput.LiftOverride(2, "ada", "done\u001b[2J", run.Now)));
        Assert.Single(run.Send(new HermesInput.LiftOverride(2, "ada", "done", run.Now)).Events);
        Assert.Equal("", Reason(new HermesInput.LiftOverride(2, "ada", "done", run.Now)));
    }
}

public sealed class HermesExplanationStories
{
    [Fact(DisplayName = "The text says regime, features, holder, why, what is wanted, what is still to wait for and who overrides")]
    public void Text()
    {
        var run = HermesStage.Held(LegHolder.BandLimitedHedging, HermesStage.Locked);
        run.Look();
        var text = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen).ToText();
        Assert.Equal(
            """
            SOLUSDT at 2026-01-05 05:30:00 UTC
            regime    RANGING since 2026-01-05 00:00:00. variance ratio 0.95 over 12 h is below 1.55, and no other feature shows more. Without: spread, depth.
            features  volatility 1.00 % per root hour, volatility of volatility 0.20, spread -, depth -, idle share 0 %, efficiency ratio 0.20, variance ratio 0.95
            holder    band-limited-hedging since 2026-01-05 00:15:00. Both legs are locked, 7.00% of price apart, and the market is ranging: hedge-compression works inside the gap.
            stance    DEFENSIVE, priority normal, opens nothing. The market is ranging. BALANCED once that has been allowed for a while.
            wants     hedge-compression: confirmed in 30 min, dwell left 0 s, retry in 0 s

            """, text);
        Assert.Equal("SOLUSDT  ranging  band-limited-hedging 5.25 h  DEFENSIVE normal  wants hedge-compression in 30 min",
            HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen).ToLine());
        run.Answers = Answers.Never;
        run.For(30);
        run.Override(LegHolder.HedgeCompression, RiskPosture.Cautious, run.Now.AddHours(2));
        var later = HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen).ToText();
        Assert.Contains("hand-over 2: band-limited-hedging -> hedge-compression, releasing until 2026-01-05 06:11:00\n", later);
        Assert.Contains("override  2 by ada at 2026-01-05 06:00:00, until 2026-01-05 08:00:00: hedge-compression CAUTIOUS. the book looks wrong\n", later);
        Assert.EndsWith("-> hedge-compression (releasing)  OVERRIDE ada", HermesExplanation.Of(run.Policy, new Symbol("SOLUSDT"), run.State, run.Watch, run.Seen).ToLine());
    }
}

public sealed class HermesPolicyStories
{
    [Fact(DisplayName = "Every mistake is reported at once, the regime's among them")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(HermesPolicy.Create(new HermesSettings
        {
            Allowed = [LegHolder.Nobody, LegHolder.HedgeCompression, LegHolder.HedgeCompression], MinDwell = TimeSpan.FromSeconds(5), Dust = -1m,
            Dominance = new FeatureTrigger(0.4, 0.6), SevereLegs = new FeatureTrigger(0.1, 0.2), AilingLoss = 0, BoldBelow = double.NaN,
        }, new RegimeSettings { Coverage = 2 }, "dolphin.hermes", errors));
        Assert.Equal(
        [
            "ailing.loss", "allowed", "allowed", "bold-below", "confirm", "dominance.leave", "dust", "hand-over.retry-after", "min-dwell",
            "regime.coverage", "severe.legs-leave",
        ], errors.Select(e => e["dolphin.hermes.".Length..].Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "A plan without the one strategy that opens is warned about")]
    public void Warnings()
    {
        Assert.Empty(HermesStage.Policy.Warnings("dolphin.hermes"));
        var odd = HermesStage.PolicyOf(new HermesSettings { Allowed = [LegHolder.ExposureProtector], Confirm = TimeSpan.FromMinutes(1), SevereLegs = new FeatureTrigger(1.5, 0.9) });
        Assert.Collection(odd.Warnings("h"), w => Assert.StartsWith("h.allowed has no band-limited-hedging", w), w => Assert.StartsWith("h.severe.legs-leave is 0.9, less than the one leg", w), w => Assert.StartsWith("h.confirm is 00:01:00, less than one slot", w));
    }

    [Fact(DisplayName = "Names are read back as they are written, and people may use short ones")]
    public void Names()
    {
        foreach (var holder in Enum.GetValues<LegHolder>().Where(h => h != LegHolder.Directional)) Assert.Equal(holder, LegHolders.ParseSpoken(holder.Name()));
        Assert.Null(LegHolders.ParseSpoken("directional")); // Nobody may give it legs.
        Assert.Equal([LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, LegHolder.ExposureProtector, null],
            new[] { "hedging", "compression", "protector", "grid" }.Select(LegHolders.ParseSpoken));
        foreach (var holder in Enum.GetValues<LegHolder>()) Assert.Equal(holder, LegHolders.Parse(holder.Name()));
        Assert.Null(LegHolders.Parse("grid"));
    }
}
