using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.TwoLegs;

public sealed class TrimPlanStories
{
    private static readonly Instrument Sol = HedgeStage.Sol; // Lots of 0.001.

    private static TrimPlan Of(decimal longHeld, decimal shortHeld, decimal longAtMost, decimal shortAtMost, decimal slack = 0m) =>
        TrimPlan.Of(Sol, Legs(longHeld, shortHeld), Legs(longAtMost, shortAtMost), new Quantity(slack));

    private static Legs Legs(decimal longLeg, decimal shortLeg) => new(new(longLeg), new(shortLeg));

    [Fact(DisplayName = "Both legs go to what was asked for, in whole lots; what is less than a lot above it is said")]
    public void Goes()
    {
        var plan = Of(10m, 8m, 5.0004m, 4m);
        Assert.Equal((-4.999m, -4m), (plan.Long.Change.Base, plan.Short.Change.Base));
        Assert.Equal((Legs(0.0006m, 0m), default(Legs)), (plan.TooSmall, plan.HeldBack));
    }

    [Fact(DisplayName = "At or above what is held nothing is asked for, and nothing is left over")]
    public void Above() => Assert.True(Of(10m, 8m, 11m, 8m) is { AsksForNothing: true, TooSmall.Gross.Base: 0m, HeldBack.Gross.Base: 0m });

    [Fact(DisplayName = "A leg that would leave the other without its counterpart is taken only as far as the legs were apart")]
    public void HeldBack()
    {
        Assert.True(Of(10m, 10m, 10m, 4m) is { AsksForNothing: true, HeldBack.Short.Base: 6m });
        // 10 and 8 are 2 apart: the short may be 2 less than what the long becomes, not more.
        var plan = Of(10m, 8m, 5m, 0m);
        Assert.Equal((-5m, -5m, Legs(0m, 3m)), (plan.Long.Change.Base, plan.Short.Change.Base, plan.HeldBack));
        Assert.Equal(Legs(3m, 0m), Of(8m, 10m, 0m, 5m).HeldBack);
    }

    [Fact(DisplayName = "With slack they may become so far apart, but not further")]
    public void Slack()
    {
        var plan = Of(10m, 10m, 10m, 4m, slack: 1m);
        Assert.Equal((0m, -1m, Legs(0m, 5m)), (plan.Long.Change.Base, plan.Short.Change.Base, plan.HeldBack));
    }

    [Fact(DisplayName = "For any legs, wish, slack and lots: never larger, never below the wish, never further apart than before or than the slack, and all that stays is said")]
    public void Any() => Prop.ForAll(
        (from lot in Gen.Elements(0.001m, 0.01m, 1m, 10m)
         from least in Gen.Elements(0m, 1m, 3m, 7m)
         from longHeld in Gen.Choose(0, 400_000)
         from shortHeld in Gen.OneOf(Gen.Choose(0, 400_000), Gen.Constant(longHeld), Gen.Constant(longHeld + 3))
         from longAtMost in Gen.Choose(0, 400_000)
         from shortAtMost in Gen.OneOf(Gen.Choose(0, 400_000), Gen.Constant(longAtMost))
         from slack in Gen.Elements(0m, 0.0005m, 2m, 50m)
         select (lot, least, longHeld, shortHeld, longAtMost, shortAtMost, slack)).ToArbitrary(), w =>
    {
        // Steps of less than the smallest lot, so that legs need not be whole lots.
        var instrument = Sol with { LotSize = w.lot, MinQuantity = new Quantity(w.least * w.lot) };
        Legs held = Legs(w.longHeld * 0.0004m, w.shortHeld * 0.0004m), atMost = Legs(w.longAtMost * 0.0004m, w.shortAtMost * 0.0004m);
        var plan = TrimPlan.Of(instrument, held, atMost, new Quantity(w.slack));
        var to = new Legs(held.Long + plan.Long.Change, held.Short + plan.Short.Change);
        bool Takes(TradableChange change) => change.Change.Base == 0m || (-change.Change.Base % w.lot == 0m && -change.Change.Base >= instrument.MinQuantity.Base);
        return TrimWalk.IsGood(new AskedTrim(new TrimWish("x", 1, atMost.Long, atMost.Short, default), new LegTargets(1, held, to, Price.Of(1m)), plan.TooSmall, plan.HeldBack, Waited: false), held, new Quantity(w.slack))
            && Takes(plan.Long) && Takes(plan.Short)
            // Held back is only as much as must be: one order more, and the legs would be too far apart.
            && (plan.HeldBack == default || Math.Max(held.Net.Abs().Base, w.slack) - to.Net.Abs().Base < Math.Max(w.lot, instrument.MinQuantity.Base) * 2m);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
