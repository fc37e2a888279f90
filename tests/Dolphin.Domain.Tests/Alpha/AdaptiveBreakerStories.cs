using Dolphin.Domain.Alpha;
using FsCheck;
using FsCheck.Fluent;
using static Dolphin.Domain.Alpha.BreakerFactor;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class AdaptiveBreakerStories
{
    internal static readonly AdaptiveBreakerSettings Defaults = new();
    internal static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly BreakerFactor[] All = Enum.GetValues<BreakerFactor>();

    internal static AdaptiveBreakerPolicy PolicyOf(AdaptiveBreakerSettings settings)
    {
        var errors = new List<string>();
        var policy = AdaptiveBreakerPolicy.Create(settings, "dolphin.alpha.breaker", errors);
        Assert.Empty(errors);
        return policy!;
    }

    /// <summary>Every factor observed exactly a lag and <paramref name="age"/> before <see cref="Start"/>; NaN is never observed.</summary>
    internal static BreakerReading Read(double funding, double taker, double dvol, TimeSpan age = default, AdaptiveBreakerSettings? settings = null)
    {
        settings ??= Defaults;
        var breaker = new AdaptiveBreaker(PolicyOf(settings));
        foreach (var (factor, value) in new[] { (Funding, funding), (TakerRatio, taker), (Dvol, dvol) })
        {
            var at = Start - settings.Of(factor).Lag - age;
            Assert.Equal(double.IsFinite(value), breaker.Observe(factor, value, at, at));
        }
        return breaker.At(Start);
    }

    [Fact(DisplayName = "The usual funding, even takers and an implied volatility of 50 are nominal: exactly 1")]
    public void Nominal() => Assert.Equal(1.0, Read(0.0001, 0.95, 50).Multiplier);

    [Fact(DisplayName = "Everything at its worst cuts 1 - 0.7 x 0.6 x 0.5 = 79 %, and everything serene adds a tenth")]
    public void Ends()
    {
        Assert.Equal(0.79, Read(0.01, 0.2, 150).Cut, 12);
        Assert.Equal((0.0, 0.1), (Read(0, 1.2, 30).Cut, Read(0, 1.2, 30).Boost));
    }

    [Fact(DisplayName = "It says who cuts the most, by weight and stress, and whom it does not know")]
    public void Why()
    {
        Assert.Equal((null, BreakerFactors.None), (Read(0, 1.2, 30).Worst, Read(0, 1.2, 30).Unknown));
        Assert.Equal(Funding, Read(0.001, 1.2, 55).Worst); // 30 % against a sixth of 50 %.
        Assert.Equal(Dvol, Read(0.001, 1.2, 80).Worst);
        Assert.Equal((TakerRatio, BreakerFactors.TakerRatio), (Read(0.0001, double.NaN, 50).Worst, Read(0.0001, double.NaN, 50).Unknown));
        Assert.Equal(BreakerFactors.Dvol, Read(0, 1.2, 30, TimeSpan.FromHours(6)).Unknown);
        Assert.Equal(BreakerFactors.None, Read(0, 1.2, 30, TimeSpan.FromHours(5.9)).Unknown);
    }

    [Fact(DisplayName = "The boost is that of the least calm factor, and one that is only nominal leaves none")]
    public void Least_calm()
    {
        Assert.Equal(0.05, Read(0.00005, 1.2, 30).Boost, 12);
        Assert.Equal(0, Read(0, 1.2, 50).Boost);
    }

    [Fact(DisplayName = "Funding of either sign is stress: a crowd is a crowd")]
    public void Either_side() => Assert.Equal(Read(0.0005, 1, 45).Cut, Read(-0.0005, 1, 45).Cut);

    [Fact(DisplayName = "Each factor speaks at its own lag: volatility at once, takers after a day, funding after five")]
    public void Lags()
    {
        var breaker = new AdaptiveBreaker(PolicyOf(Defaults));
        // Calm history so long that every lagged value is known, then everything turns bad in one minute.
        for (var hour = -200; hour < 0; hour += 8)
        {
            foreach (var (factor, value) in new[] { (Funding, 0.0001), (TakerRatio, 1.0), (Dvol, 50.0) })
                Assert.True(breaker.Observe(factor, value, Start.AddHours(hour), Start.AddHours(hour)));
        }
        foreach (var (factor, value) in new[] { (Funding, 0.001), (TakerRatio, 0.7), (Dvol, 80.0) })
            Assert.True(breaker.Observe(factor, value, Start, Start));
        double Stress(BreakerFactor factor, TimeSpan after) => breaker.At(Start + after).Factors[(int)factor].Stress;
        Assert.Equal((0.0, 0.0, 1.0), (Stress(Funding, default), Stress(TakerRatio, default), Stress(Dvol, default)));
        Assert.Equal((0.0, 1.0), (Stress(Funding, TimeSpan.FromDays(1)), Stress(TakerRatio, TimeSpan.FromDays(1))));
        Assert.Equal(0.0, Stress(Funding, TimeSpan.FromDays(5) - TimeSpan.FromTicks(1)));
        Assert.Equal(1.0, Stress(Funding, TimeSpan.FromDays(5)));
    }

    [Fact(DisplayName = "A breaker that has heard nothing cuts as if each factor were half way: 1 - 0.85 x 0.8 x 0.75 = 49 %")]
    public void Blind()
    {
        var reading = new AdaptiveBreaker(PolicyOf(Defaults)).At(Start);
        Assert.Equal((0.49, 0.0), (Math.Round(reading.Cut, 12), reading.Boost));
        Assert.All(reading.Factors, f => Assert.Null(f.Value));
    }

    [Fact(DisplayName = "Volatility that stopped an hour ago begins to cut, and after six cuts as unknown; a stressed value keeps its stress")]
    public void Stale()
    {
        double Dvol(double value, double hours) => Read(double.NaN, double.NaN, value, TimeSpan.FromHours(hours)).Factors[(int)BreakerFactor.Dvol].Stress;
        Assert.Equal((0.0, 0.25, 0.5, 0.5), (Dvol(45, 1), Dvol(45, 3.5), Dvol(45, 6), Dvol(45, 600)));
        Assert.Equal((1.0, 1.0), (Dvol(80, 1), Dvol(80, 600)));
    }

    [Fact(DisplayName = "What is no number, not newer, or from the future is refused and changes nothing")]
    public void Refused()
    {
        var breaker = new AdaptiveBreaker(PolicyOf(Defaults));
        Assert.True(breaker.Observe(Dvol, 45, Start, Start));
        Assert.False(breaker.Observe(Dvol, double.NaN, Start.AddSeconds(1), Start.AddSeconds(1)));
        Assert.False(breaker.Observe(Dvol, double.PositiveInfinity, Start.AddSeconds(1), Start.AddSeconds(1)));
        Assert.False(breaker.Observe(Dvol, 90, Start, Start.AddSeconds(1)));
        Assert.False(breaker.Observe(Dvol, 90, Start.AddSeconds(62), Start.AddSeconds(1)));
        Assert.Equal(45, breaker.At(Start.AddSeconds(70)).Factors[(int)Dvol].Value);
    }

    [Fact(DisplayName = "Observations of every second for six days stay within the bound, and the worst of a slot is what counts a lag later")]
    public void Bounded()
    {
        var breaker = new AdaptiveBreaker(PolicyOf(Defaults));
        var most = 0;
        for (var second = 0; second < 6 * 86_400; second += 7)
        {
            var at = Start.AddSeconds(second);
            breaker.Observe(Funding, 0.0001, at, at);
            breaker.Observe(Dvol, 45, at.AddSeconds(30), at);
            most = Math.Max(most, Math.Max(breaker.Kept(Funding), breaker.Kept(Dvol)));
        }
        Assert.InRange(most, 100, AdaptiveBreaker.SlotsPerLag + 62);
        var fresh = new AdaptiveBreaker(PolicyOf(Defaults));
        foreach (var second in new[] { 0, 7, 14 }) fresh.Observe(Funding, second == 7 ? 0.001 : 0.0001, Start.AddSeconds(second), Start.AddSeconds(second));
        Assert.Equal(1.0, fresh.At(Start.AddDays(5).AddSeconds(14)).Factors[(int)Funding].Stress);
    }

    // From well below serene to well beyond full, the thresholds themselves, and now and then nothing.
    private static Gen<double> Values(BreakerFactor factor)
    {
        var f = Defaults.Of(factor);
        return Gen.Frequency(
            (1, Gen.Constant(double.NaN)), (2, Gen.Elements(f.Serene, f.Calm, f.Full)),
            (8, Gen.Choose(-100, 400).Select(i => f.Serene + (f.Full - f.Serene) * i / 300.0).Select(v => factor == Funding ? v : Math.Max(v, 0.01))));
    }

    private static readonly Gen<(double[] Values, BreakerFactor Factor, double More, int Hours)> Cases =
        from funding in Values(Funding)
        from taker in Values(TakerRatio)
        from dvol in Values(Dvol)
        from factor in Gen.Elements(All)
        from more in Gen.Choose(0, 1000)
        from hours in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Choose(0, 72)))
        select (new[] { funding, taker, dvol }, factor, more / 1000.0, hours);

    private static BreakerReading Read(double[] values, int hours) => Read(values[0], values[1], values[2], TimeSpan.FromHours(hours));

    private static double[] With(double[] values, BreakerFactor factor, double value)
    {
        var changed = values.ToArray();
        changed[(int)factor] = value;
        return changed;
    }

    private static bool NoMoreRisk(BreakerReading than, BreakerReading reading) =>
        reading.Cut >= than.Cut && reading.Boost <= than.Boost && reading.Multiplier <= than.Multiplier;

    [Fact(DisplayName = "The cases reach cuts, boosts, nominal, missing and stale")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            var reading = Read(c.Values, c.Hours);
            seen.Add(reading.Cut > 0.4 ? "deep cut" : reading.Cut > 0 ? "cut" : reading.Boost > 0 ? "boost" : "nominal");
            foreach (var factor in reading.Factors) seen.Add(factor.Value is null ? "missing" : factor.Staleness >= 1 ? "blind" : factor.Staleness > 0 ? "stale" : "fresh");
        }).Check(Draws.Same(3000));
        Assert.Equal(["blind", "boost", "cut", "deep cut", "fresh", "missing", "nominal", "stale"], seen);
    }

    [Fact(DisplayName = "More stress in any factor never cuts less and never boosts more")]
    public void Monotone() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        var value = c.Values[(int)c.Factor];
        if (double.IsNaN(value)) return true;
        var f = Defaults.Of(c.Factor);
        var further = c.More * (f.Full - f.Calm);
        var worse = c.Factor == Funding ? (value < 0 ? value - further : value + further) : Math.Max(value + further, double.Epsilon);
        return NoMoreRisk(Read(c.Values, c.Hours), Read(With(c.Values, c.Factor, worse), c.Hours));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact(DisplayName = "A factor that is missing never risks more than its calmest value, and no more than any value short of half its stress")]
    public void Missing() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        var missing = Read(With(c.Values, c.Factor, double.NaN), c.Hours);
        var policy = PolicyOf(Defaults);
        var value = c.Values[(int)c.Factor];
        return NoMoreRisk(Read(With(c.Values, c.Factor, Defaults.Of(c.Factor).Serene), c.Hours), missing)
            && (double.IsNaN(value) || policy.Stress(c.Factor, value) > Defaults.UnknownStress || NoMoreRisk(Read(c.Values, c.Hours), missing));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact(DisplayName = "The same values an hour older never risk more")]
    public void Ageing() => Prop.ForAll(Cases.ToArbitrary(), c => NoMoreRisk(Read(c.Values, c.Hours), Read(c.Values, c.Hours + 1))).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact(DisplayName = "Cut stays in [0, 1), boost within its bound, and a small step of a factor is a small step of both")]
    public void Continuous() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        var reading = Read(c.Values, c.Hours);
        if (reading.Cut is < 0 or >= 1 || reading.Boost < 0 || reading.Boost > Defaults.MostBoost) return false;
        var value = c.Values[(int)c.Factor];
        if (double.IsNaN(value)) return true;
        var f = Defaults.Of(c.Factor);
        // The steeper of the two lines: a thousandth of the shorter stretch moves stress or calmness by a thousandth.
        var step = Math.Min(Math.Abs(f.Full - f.Calm), Math.Abs(f.Calm - f.Serene)) / 1000;
        var near = Read(With(c.Values, c.Factor, value + step), c.Hours);
        return Math.Abs(near.Cut - reading.Cut) <= 0.001 + 1e-12 && Math.Abs(near.Boost - reading.Boost) <= 0.001 * Defaults.MostBoost + 1e-12;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact(DisplayName = "Who begins to listen late and is told what he missed, once or twice, before or after the present, reads at every later moment what he reads who heard all of it in time")]
    public void Recalled()
    {
        var histories = (from factor in Gen.Elements(All)
                         from steps in Gen.Choose(1, 40).Select(n => (double)n).ListOf(30)
                         from values in Gen.Choose(0, 100).Select(v => v / 100.0).ListOf(30)
                         from missed in Gen.Choose(0, 30)
                         from twice in Gen.Elements(false, true)
                         select (factor, steps, values, missed, twice)).ToArbitrary();
        Prop.ForAll(histories, h =>
        {
            var f = Defaults.Of(h.factor);
            var at = Start;
            List<BreakerObservation> all = [];
            foreach (var (step, value) in h.steps.Zip(h.values))
            {
                at += step * f.Lag / AdaptiveBreaker.SlotsPerLag + TimeSpan.FromSeconds(1); // Each in a slot of its own, as who keeps them for others has them.
                all.Add(new BreakerObservation(at, f.Calm + value * (f.Full - f.Calm)));
            }

            AdaptiveBreaker inTime = new(PolicyOf(Defaults)), late = new(PolicyOf(Defaults));
            for (var i = 0; i < all.Count; i++)
            {
                inTime.Observe(h.factor, all[i].Value, all[i].At, all[i].At);
                if (i >= h.missed) late.Observe(h.factor, all[i].Value, all[i].At, all[i].At);
            }

            for (var times = 0; times < (h.twice ? 2 : 1); times++) late.Recall(h.factor, all.Take(h.missed + 2), at);
            return Enumerable.Range(0, 60).All(hour =>
            {
                var (then, now) = (inTime.At(at.AddHours(hour * 4)), late.At(at.AddHours(hour * 4)));
                return then.Cut.Equals(now.Cut) && then.Boost.Equals(now.Boost) && then.Unknown == now.Unknown;
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact(DisplayName = "Every mistake in the settings is told at once, with its key")]
    public void Settings()
    {
        var errors = new List<string>();
        Assert.Null(AdaptiveBreakerPolicy.Create(Defaults with
        {
            Funding = Defaults.Funding with { Weight = 1, Lag = TimeSpan.FromDays(-1) },
            TakerRatio = Defaults.TakerRatio with { Full = 1.2 },
            Dvol = Defaults.Dvol with { Calm = double.NaN, BlindAfter = TimeSpan.FromMinutes(1) },
            UnknownStress = 0, MostBoost = 2,
        }, "dolphin.alpha.breaker", errors));
        foreach (var key in new[] { "funding.weight", "funding.lag", "taker-ratio.full", "dvol.calm", "dvol.blind-after", "unknown-stress", "most-boost" })
            Assert.Contains(errors, e => e.StartsWith($"dolphin.alpha.breaker.{key} is ", StringComparison.Ordinal));
    }
}
