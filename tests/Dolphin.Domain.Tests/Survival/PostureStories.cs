using Dolphin.Domain.Survival;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Survival;

public sealed class PostureStories
{
    private static readonly PosturePolicy Policy = SurvivalRig.ReferencePolicy.Postures;

    private static Posture Step(Posture from, double rTotal)
    {
        var fallen = Policy.Fall(from, rTotal, invariantFailed: false);
        return fallen != from ? fallen : Policy.Climb(from, rTotal);
    }

    [Fact(DisplayName = "Each posture ends strictly below its trigger and begins strictly above it")]
    public void Triggers()
    {
        (Posture Upper, double Fall, double Rise)[] table =
        [
            (Posture.Apex, 0.85, 0.92), (Posture.Stalker, 0.55, 0.65), (Posture.Turtle, 0.20, 0.27),
        ];
        foreach (var (upper, fall, rise) in table)
        {
            var lower = upper - 1;
            Assert.Equal(upper, Step(upper, fall));
            Assert.Equal(lower, Step(upper, Math.BitDecrement(fall)));
            Assert.Equal(lower, Step(lower, rise));
            Assert.Equal(upper, Step(lower, Math.BitIncrement(rise)));
        }
    }

    [Fact(DisplayName = "A deep fall passes several postures at once; a climb never does")]
    public void Falls_fast_climbs_slowly()
    {
        Assert.Equal(Posture.Hibernate, Step(Posture.Apex, 0.1));
        Assert.Equal(Posture.Turtle, Step(Posture.Apex, 0.5));
        Assert.Equal(Posture.Turtle, Step(Posture.Hibernate, 1.0));
        Assert.Equal(Posture.Hibernate, Policy.Fall(Posture.Apex, 1.0, invariantFailed: true));
    }

    [Fact(DisplayName = "Leverage up to 6, 2, 1 and 0; taker in APEX only; entries in APEX and STALKER; exits but in a HIBERNATE with a failed invariant")]
    public void Rights()
    {
        RiskView View(Posture p, bool failed = false) => new(0.5, p, Policy.MaxLeverage(p), failed, 1, 1);
        (Posture, decimal, bool, bool, bool)[] rights =
        [
            .. new[] { Posture.Apex, Posture.Stalker, Posture.Turtle, Posture.Hibernate }
                .Select(p => View(p)).Select(v => (v.Posture, v.MaxLeverage, v.TakerAllowed, v.EntriesAllowed, v.ExitsAllowed)),
        ];
        Assert.Equal(
        [
            (Posture.Apex, 6m, true, true, true), (Posture.Stalker, 2m, false, true, true),
            (Posture.Turtle, 1m, false, false, true), (Posture.Hibernate, 0m, false, false, true),
        ], rights);
        Assert.False(View(Posture.Hibernate, failed: true).ExitsAllowed);
    }

    [Fact(DisplayName = "Noise narrower than the narrowest gap never makes the posture turn, wherever it is centred")]
    public void No_flapping()
    {
        const double Gap = 0.07;
        var noise =
            from centre in Gen.Choose(0, 1000)
            from start in Gen.Elements(Posture.Hibernate, Posture.Turtle, Posture.Stalker, Posture.Apex)
            from steps in Gen.Choose(-499, 499).ListOf(200)
            select (start, path: steps.Select(s => Math.Clamp(centre / 1000.0 + s / 1000.0 * Gap, 0, 1)).ToArray());
        Prop.ForAll(noise.ToArbitrary(), history =>
        {
            var (posture, path) = history;
            bool rose = false, fell = false;
            foreach (var r in path)
            {
                var next = Step(posture, r);
                rose |= next > posture;
                fell |= next < posture;
                posture = next;
            }
            return !(rose && fell);
        }).QuickCheckThrowOnFailure();
    }

    [Fact(DisplayName = "A noisy drawdown around any level lets the posture fall to where it belongs, and never turn back and forth")]
    public void No_flapping_in_flight()
    {
        var noise =
            from level in Gen.Choose(50, 950)
            from path in Gen.Choose(-300, 300).ListOf(200)
            select path.Select(p => Loss(level / 1000.0 + p / 10_000.0)).ToArray();
        Prop.ForAll(noise.ToArbitrary(), losses =>
        {
            var rig = new SurvivalRig(null, LayerId.Quorum, LayerId.PortfolioDrawdown).RunTo(10);
            bool rose = false, fell = false;
            foreach (var loss in losses)
            {
                var before = rig.Posture;
                rig.Drawdown(loss).Run(1);
                fell |= rig.Posture < before;
                rose |= fell && rig.Posture > before;
            }
            return !rose;
        }).QuickCheckThrowOnFailure();

        // The drawdown that is worth f.
        static double Loss(double f) => Math.Max(0, 0.15 + Math.Log((1 + Math.Exp(-2.25)) / f - 1) / 15);
    }
}
