using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Hermes;

/// <param name="Bars">In this stretch.</param>
internal sealed record RegimeStretch(RegimeMarket Market, int Bars, int Seed);

internal enum RegimeMarket { Walk, Rising, Falling, Zigzag, Crash, Dead, Thin, Gappy, Lively }

public sealed class RegimeReaderProperties
{
    /// <summary>Slots of a minute and short windows, so that stretches of some dozen bars reach every regime.</summary>
    internal static readonly RegimePolicy Quick = RegimeStage.PolicyOf(new RegimeSettings
    {
        Slot = TimeSpan.FromMinutes(1), EfficiencyWindow = TimeSpan.FromMinutes(12), VarianceRatioWindow = TimeSpan.FromMinutes(24),
        VarianceRatioLag = TimeSpan.FromMinutes(3), VolOfVolWindow = TimeSpan.FromMinutes(10), VolatilityHalfLife = TimeSpan.FromMinutes(5),
        QuoteHold = TimeSpan.FromMinutes(10),
    });

    internal static Gen<RegimeStretch[]> Stretches =>
        (from market in Gen.Elements(Enum.GetValues<RegimeMarket>())
         from bars in Gen.Choose(5, 60)
         from seed in Gen.Choose(1, int.MaxValue - 1)
         select new RegimeStretch(market, bars, seed)).NonEmptyListOf().Select(list => list.Take(10).ToArray());

    [Fact(DisplayName = "The walks reach every regime, by every feature")]
    public void Reach()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        string[] expected =
        [
            "Chaotic by Volatility", "Chaotic by VolatilityOfVolatility", "Ranging by EfficiencyRatio", "Ranging by VarianceRatio", "Thin by Depth",
            "Thin by IdleShare", "Thin by Spread", "Trending by EfficiencyRatio", "Trending by VarianceRatio", "Unknown", "held no", "held yes",
        ];
        for (var batch = 0; batch < 20 && seen.Count < expected.Length; batch++) Prop.ForAll(Stretches.ToArbitrary(), stretches =>
        {
            Play(Quick, stretches, (reader, _) =>
            {
                var reading = reader.Reading;
                seen.Add(reading.Regime + (reading.Decisive(Quick) is { } feature ? " by " + feature : ""));
                if (reading.Regime is Regime.Thin or Regime.Trending or Regime.Chaotic) seen.Add("held " + (reading.Reason(Quick).Contains("has not come back", StringComparison.Ordinal) ? "yes" : "no"));
            });
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen);
    }

    [Fact(DisplayName = "Incremental is plain: after every bar each feature is what it is when worked out anew from all bars")]
    public void Oracle() => Prop.ForAll(Stretches.ToArbitrary(), stretches =>
    {
        var good = true;
        var n = 0;
        Play(Quick, stretches, (reader, bars) =>
        {
            if (n++ % 7 != 0) return; // All bars anew at each bar takes its time.
            var expected = RegimeOracle.Measure(Quick, bars, TimeSpan.FromMinutes(1));
            var features = reader.Reading.Features;
            // Returns are kept in billionths, which a ratio of tiny variances feels; log ranges in thousandths, and the root of a variance near zero
            // feels those: its square is compared.
            good &= Near(features.Volatility, expected.Volatility, 1e-9)
                && Near(features.VolatilityOfVolatility * features.VolatilityOfVolatility, expected.VolatilityOfVolatility * expected.VolatilityOfVolatility, 3e-3)
                && Near(features.IdleShare, expected.IdleShare, 1e-12) && Near(features.EfficiencyRatio, expected.EfficiencyRatio, 1e-4)
                && Near(features.VarianceRatio, expected.VarianceRatio, 1e-3) && (features.Direction == expected.Direction || expected.EfficiencyRatio < 1e-4);
        });
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact(DisplayName = "Restarting from a snapshot after any bar changes no later reading by a bit")]
    public void Restart() => Prop.ForAll(Stretches.ToArbitrary(), Gen.Choose(0, 300).ToArbitrary(), (stretches, cut) =>
    {
        var whole = new List<RegimeReading>();
        Play(Quick, stretches, (reader, _) => whole.Add(reader.Reading));
        var cutting = new List<RegimeReading>();
        Play(Quick, stretches, (reader, _) => cutting.Add(reader.Reading), restartAfter: cut);
        return whole.SequenceEqual(cutting);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact(DisplayName = "Features stay in their ranges, the regime's trigger is on, and what takes precedence is off")]
    public void Ranges() => Prop.ForAll(Stretches.ToArbitrary(), stretches =>
    {
        var good = true;
        Play(Quick, stretches, (reader, _) =>
        {
            var r = reader.Reading;
            var f = r.Features;
            good &= In(f.EfficiencyRatio, 0, 1) && In(f.IdleShare, 0, 1) && In(f.VarianceRatio, 0, Quick.LagSlots * 3) && In(f.Volatility, 0, 1e3) && In(f.VolatilityOfVolatility, 0, 1e3);
            good &= r.Regime switch
            {
                Regime.Chaotic => (r.On & RegimeFeatureSets.Chaotic) != RegimeFeatureSet.None,
                Regime.Thin => (r.On & RegimeFeatureSets.Chaotic) == RegimeFeatureSet.None && (r.On & RegimeFeatureSets.Thin) != RegimeFeatureSet.None,
                Regime.Trending => (r.On & (RegimeFeatureSets.Chaotic | RegimeFeatureSets.Thin)) == RegimeFeatureSet.None && (r.On & RegimeFeatureSets.Trending) != RegimeFeatureSet.None,
                Regime.Ranging => r.On == RegimeFeatureSet.None,
                _ => true,
            };
            good &= r.Reason(Quick).EndsWith('.') && r.At >= r.Since;
        });
        return good;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact(DisplayName = "A switch that a value went on by goes off only beyond its other threshold, in both directions of harm")]
    public void Triggers() => Prop.ForAll(Gen.Choose(-50, 150).ArrayOf().ToArbitrary(), values =>
    {
        var (rising, falling) = (new FeatureTrigger(60, 40), new FeatureTrigger(40, 60));
        var (on, low) = (false, false);
        return values.All(v =>
        {
            var (wasOn, wasLow) = (on, low);
            (on, low) = (rising.After(on, v), falling.After(low, v));
            return (on == wasOn || (on ? v >= 60 : v < 40)) && (low == wasLow || (low ? v <= 40 : v > 60))
                && (v is >= 40 and < 60 ? on == wasOn : on == (v >= 60)) && rising.After(on, double.NaN) == on;
        });
    }).QuickCheckThrowOnFailure();

    private static bool In(double value, double least, double most) => double.IsNaN(value) || (value >= least && value <= most);

    private static bool Near(double a, double b, double tolerance) => double.IsNaN(a) ? double.IsNaN(b) : Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(b));

    internal static RegimeReader Play(RegimePolicy policy, RegimeStretch[] stretches, Action<RegimeReader, List<Bar>>? each = null, int restartAfter = -1)
    {
        var (reader, bars, price, t) = (new RegimeReader(policy), new List<Bar>(), 100.0, 60_000_000L);
        foreach (var stretch in stretches)
        {
            var chance = new Chance((ulong)stretch.Seed);
            for (var i = 0; i < stretch.Bars; i++)
            {
                t += 60_000 * (stretch.Market == RegimeMarket.Gappy && chance.NextInt(4) == 0 ? 1 + chance.NextInt(30) : 1);
                var move = stretch.Market switch
                {
                    RegimeMarket.Walk or RegimeMarket.Gappy or RegimeMarket.Thin => 0.001 * chance.NextNormal(),
                    RegimeMarket.Rising => 0.001 + 0.0002 * chance.NextNormal(),
                    RegimeMarket.Falling => -0.001 + 0.0002 * chance.NextNormal(),
                    RegimeMarket.Zigzag => i / 6 % 2 == 0 ? 0.001 : -0.001,
                    RegimeMarket.Crash => chance.NextInt(5) == 0 ? -0.02 * chance.NextUnit() : 0.002 * chance.NextNormal(),
                    RegimeMarket.Lively => 0.008 * chance.NextNormal(),
                    _ => 0,
                };
                var next = Math.Round(Math.Clamp(price * (1 + move), 0.01, 1e6), 8);
                bars.Add(RegimeStage.Move(t, price, next));
                price = next;
                if (stretch.Market == RegimeMarket.Thin) reader.ObserveQuote(stretch.Seed % 2 == 0 ? 15 : 7, stretch.Seed % 3 == 0 ? 15_000 : 50_000, t);
                else if (stretch.Market is RegimeMarket.Walk or RegimeMarket.Rising) reader.ObserveQuote(2, 100_000, t);
                Assert.True(reader.Observe(bars[^1], TimeSpan.FromMinutes(1)));
                if (bars.Count == restartAfter) reader = new RegimeReader(policy, reader.Capture());
                each?.Invoke(reader, bars);
            }
        }
        return reader;
    }
}
