using Dolphin.Domain.Exits;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Domain.Tests.Hedging;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Exits;

/// <summary>A guarded position and the market after it.</summary>
/// <param name="Seed">Bars, volatilities and postures follow from it.</param>
internal sealed record Guarded(ExitSettings Settings, PositionSide Leg, decimal Entry, double Volatility, double Confidence, Posture Posture, int Seed);

/// <summary>One step of it: the plan before a look, the look, and what it came to.</summary>
internal sealed record GuardedLook(ExitPlan Before, ExitLook Look, ExitVerdict Verdict, ExitPlan After);

internal static class GuardedWalks
{
    private static Gen<ExitSettings> SettingsOf =>
        from stop in Gen.Elements(0.3, 1.5, 5)
        from target in Gen.Elements(0.5, 3, 10)
        from arms in Gen.Elements(0.3, 1.5)
        from trail in Gen.Elements(0.3, 1, 3)
        from step in Gen.Elements(0, 0.1, 0.5)
        from most in Gen.Elements(0.02m, 0.05m, 0.5m)
        from hours in Gen.Choose(1, 24)
        select new ExitSettings
        {
            StopLoss = stop, TakeProfit = target, TrailArms = arms, TrailDistance = trail, TrailStep = step, MostStop = most, MostTarget = 0.9m,
            Horizon = TimeSpan.FromHours(1), LongestHold = TimeSpan.FromHours(hours),
        };

    public static Arbitrary<Guarded> Any =>
        (from settings in SettingsOf
         from leg in Gen.Elements(PositionSide.Long, PositionSide.Short)
         from entry in Gen.Elements(0.00001234m, 0.5m, 100m, 67_123.4m, 1e9m, 1e-9m)
         from volatility in Gen.Elements(0.001, 0.01, 0.05, double.NaN)
         from confidence in Gen.Elements(0, 0.3, 0.5, 1)
         from posture in Gen.Elements(Enum.GetValues<Posture>())
         from seed in Gen.Choose(1, int.MaxValue - 1)
         select new Guarded(settings, leg, entry, volatility, confidence, posture, seed)).ToArbitrary();

    public static List<GuardedLook> Play(Guarded g)
    {
        var (policy, chance, looks) = (ExitStage.PolicyOf(g.Settings), new Lcg((uint)g.Seed), new List<GuardedLook>());
        var plan = ExitBrain.Plan(policy, new ExitRequest(StrategyKind.Directional, g.Leg, Price.Of(g.Entry), g.Volatility, g.Confidence, g.Posture, ExitStage.Opened)).Plan!;
        var (price, volatility, posture, drift) = (g.Entry, g.Volatility, g.Posture, chance.Next(5) - 2);
        for (var i = 0; i < 200; i++)
        {
            var open = price;
            price = Math.Clamp(price * (1m + (chance.Next(41) - 20 + drift) / 4_000m), 1e-9m, 1e9m);
            var wick = 1m + chance.Next(20) / 4_000m;
            if (chance.Next(10) == 0) volatility = chance.Next(6) == 0 ? double.NaN : 0.001 + chance.Next(40) / 1_000d;
            if (chance.Next(20) == 0) posture = (Posture)chance.Next(4);
            var span = new PriceSpan(ExitStage.Opened.AddMinutes(i * 5 - 2),
                Price.Of(Math.Min(1e9m, Math.Max(open, price) * wick)), Price.Of(Math.Max(1e-9m, Math.Min(open, price) / wick)), Price.Of(price));
            var look = new ExitLook(span, ExitStage.Opened.AddMinutes(i * 5 + 3), volatility, posture);
            var verdict = ExitBrain.Look(policy, plan, look);
            var after = ExitStage.Next(plan, verdict);
            looks.Add(new GuardedLook(plan, look, verdict, after));
            if (verdict.Cause != ExitCause.None) break;
            plan = after;
        }
        return looks;
    }
}

public sealed class ExitProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact(DisplayName = "The walks end in every way there is, and new plans and moved stops are common")]
    public void Reach()
    {
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void See(string what) => seen[what] = seen.GetValueOrDefault(what) + 1;
        Prop.ForAll(GuardedWalks.Any, g =>
        {
            foreach (var look in GuardedWalks.Play(g))
            {
                See(look.Verdict.Cause.ToString());
                if (look.Verdict.Revised is not null) See("revised");
                if (look.Verdict.Raised is not null) See("raised");
                if (look.Verdict is { Cause: not ExitCause.None, Revised: not null }) See("revised past the price");
                if (look.Verdict is { Cause: not ExitCause.None, Raised: not null }) See("raised past the price");
            }
            return true;
        }).Check(Draws.Same(500));
        Assert.Empty(new[] { "StopLoss", "TrailingStop", "TakeProfit", "Horizon", "revised", "raised", "revised past the price", "raised past the price" }.Except(seen.Keys));
        Assert.True(seen["revised"] > 300 && seen["raised"] > 200, $"{seen["revised"]} new plans, {seen["raised"]} moved stops");
    }

    [Fact(DisplayName = "A stop never loosens, by a new plan or by following the price")]
    public void Ratchets() => ForAll((g, look) => ExitStage.Ahead(g.Leg, look.Before.Stop, look.After.Stop) >= 0
        && (look.Verdict.Revised is not { } revised || ExitStage.Ahead(g.Leg, look.Before.Stop, revised.Stop) >= 0)
        && (look.Before.Peak is not { } peak || look.After.Peak is { } after && ExitStage.Ahead(g.Leg, peak, after) >= 0));

    [Fact(DisplayName = "A stop is never further from the entry than the worst allowed distance, and one that does not follow lies on the losing side")]
    public void Bounded() => ForAll((g, look) => new[] { look.Before, look.After }.All(plan =>
    {
        var ahead = ExitStage.Ahead(g.Leg, plan.Entry, plan.Stop);
        return ahead >= -(double)g.Settings.MostStop - 1e-9 && (plan.Trailing || ahead < 0) && ExitStage.Ahead(g.Leg, plan.Entry, plan.TakeProfit) > 0;
    }));

    [Fact(DisplayName = "A posture tightens and never loosens: what a lower one alone changes is no further away than before")]
    public void Tightens() => ForAll((g, look) =>
    {
        if (look.After.Posture > look.Before.Posture) return false;
        if (look.Verdict.Revised is not { } revised || revised.Posture == look.Before.Posture || revised.Volatility != look.Before.Volatility) return true;
        return ExitStage.Ahead(g.Leg, revised.TakeProfit, look.Before.TakeProfit) >= 0 && revised.Trail <= look.Before.Trail
            && ExitStage.Ahead(g.Leg, revised.ArmsAt, look.Before.ArmsAt) >= 0;
    });

    [Fact(DisplayName = "A span in which the stop lies closes by the stop, whatever else lies in it; nothing else closes by the stop as it was")]
    public void StopFirst() => ForAll((g, look) =>
    {
        var worst = g.Leg == PositionSide.Long ? look.Look.Span.Low : look.Look.Span.High;
        var stopped = ExitStage.Ahead(g.Leg, look.Before.Stop, worst) <= 0;
        return !stopped || look.Verdict.Cause == (look.Before.Trailing ? ExitCause.TrailingStop : ExitCause.StopLoss);
    });

    [Fact(DisplayName = "The same look again at the plan it left changes nothing")]
    public void Settles() => ForAll((g, look) => look.Verdict.Cause != ExitCause.None
        || ExitBrain.Look(ExitStage.PolicyOf(g.Settings), look.After, look.Look) is { Revised: null, Raised: null });

    [Fact(DisplayName = "Long and short are mirror images: the same log distances on the other side")]
    public void Mirrored() => Prop.ForAll(GuardedWalks.Any, g =>
    {
        var policy = ExitStage.PolicyOf(g.Settings);
        double[] Distances(PositionSide leg)
        {
            var p = ExitStage.Plan(leg, 100m, g.Volatility, g.Confidence, g.Posture, policy);
            return [ExitStage.Ahead(leg, p.Entry, p.Stop), ExitStage.Ahead(leg, p.Entry, p.TakeProfit), ExitStage.Ahead(leg, p.Entry, p.ArmsAt), (double)p.Trail];
        }
        return Distances(PositionSide.Long).Zip(Distances(PositionSide.Short)).All(d => Math.Abs(d.First - d.Second) < 1e-11);
    }).Check(Runs);

    [Fact(DisplayName = "More confidence, more volatility and a higher posture never bring an exit nearer")]
    public void Monotone() => Prop.ForAll(GuardedWalks.Any, g =>
    {
        var policy = ExitStage.PolicyOf(g.Settings);
        var at = ExitDistances.Of(policy, 0.01, g.Confidence, g.Posture);
        bool Wider(ExitDistances d) => d.StopLoss >= at.StopLoss && d.TakeProfit >= at.TakeProfit && d.TrailArms >= at.TrailArms && d.Trail >= at.Trail;
        return Wider(ExitDistances.Of(policy, 0.01, 1, g.Posture)) && Wider(ExitDistances.Of(policy, 0.02, g.Confidence, g.Posture))
            && Wider(ExitDistances.Of(policy, 0.01, g.Confidence, Posture.Apex)) && Wider(ExitDistances.Of(policy, null, g.Confidence, g.Posture));
    }).Check(Runs);

    [Fact(DisplayName = "A look that comes to nothing allocates nothing")]
    public void NoAllocation()
    {
        var plan = ExitStage.Plan();
        Loop(plan, 200); // Warm: the first calls compile.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var nothing = Loop(plan, 1_000);
        Assert.Equal((0L, 1_000), (GC.GetAllocatedBytesForCurrentThread() - before, nothing));
    }

    private static int Loop(ExitPlan plan, int looks)
    {
        var nothing = 0;
        for (var i = 0; i < looks; i++)
        {
            var look = new ExitLook(PriceSpan.Moment(ExitStage.Opened.AddMinutes(i), Price.Of(i % 2 == 0 ? 99m : 102m)), ExitStage.Opened.AddMinutes(i), 0.011, Posture.Apex);
            if (ExitBrain.Look(ExitStage.Defaults, plan, look).IsNothing) nothing++;
        }
        return nothing;
    }

    private static void ForAll(Func<Guarded, GuardedLook, bool> holds) => Prop.ForAll(GuardedWalks.Any, g => GuardedWalks.Play(g).All(look => holds(g, look))).Check(Runs);
}
