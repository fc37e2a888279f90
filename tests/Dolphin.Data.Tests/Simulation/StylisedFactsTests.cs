using Dolphin.Data.Simulation;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Tests.Simulation;

/// <summary>
/// What every market of this kind shows, measured on one simulated month of minutes. The bounds leave room for chance; for
/// comparison, recorded BTCUSDT of May 2025 has kurtosis 10, autocorrelation of sizes 0.25 after a minute and 0.11 after an hour.
/// </summary>
public sealed class StylisedFactsTests
{
    private const int Days = 30, PerDay = 24 * 60;
    private static readonly DateTimeOffset Monday = new(2025, 6, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<Month> Simulated = new(() => new Month(3));

    /// <summary>Log returns and volumes of a month, per asset and minute.</summary>
    private sealed class Month
    {
        public double[][] Returns { get; }
        public double[][] Volumes { get; }
        public SimulatedMarket Market { get; }

        public Month(ulong seed)
        {
            Market = new SimulatedMarket(seed, Monday, TimeSpan.FromMinutes(1));
            Returns = [.. Market.Symbols.Select(_ => new double[Days * PerDay])];
            Volumes = [.. Market.Symbols.Select(_ => new double[Days * PerDay])];
            var walk = Market.WalkFrom(0);
            for (var minute = 0; minute < Days * PerDay; minute++)
            {
                var bars = walk.Next().Slice.Bars.Span;
                for (var i = 0; i < bars.Length; i++)
                {
                    Returns[i][minute] = Math.Log((double)(bars[i].Bar.Close.QuotePerBase / bars[i].Bar.Open.QuotePerBase));
                    Volumes[i][minute] = (double)bars[i].Bar.Volume.Base;
                }
            }
        }

        public double[] Of(string symbol) => Returns[Market.Symbols.IndexOf(new Symbol(symbol))];
    }

    private static double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double meanA = 0, meanB = 0, product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
            (meanA, meanB) = (meanA + a[i] / a.Length, meanB + b[i] / b.Length);
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - meanA) * (b[i] - meanB);
            squareA += (a[i] - meanA) * (a[i] - meanA);
            squareB += (b[i] - meanB) * (b[i] - meanB);
        }
        return product / Math.Sqrt(squareA * squareB);
    }

    private static double Correlation(double[] values, int lag) => Correlation(values.AsSpan(lag), values.AsSpan(0, values.Length - lag));

    [Fact(DisplayName = "Tails are fat: kurtosis is far above the normal's 3 and not absurd")]
    public void Fat_tails() => Assert.All(Simulated.Value.Returns, returns =>
    {
        var (second, fourth) = (returns.Average(r => r * r), returns.Average(r => r * r * r * r));
        Assert.InRange(fourth / (second * second), 6, 400);
    });

    [Fact(DisplayName = "Volatility comes in clusters: large moves follow large ones, for hours; their direction does not")]
    public void Clusters() => Assert.All(Simulated.Value.Returns, returns =>
    {
        var sizes = Array.ConvertAll(returns, Math.Abs);
        Assert.InRange(Correlation(sizes, 1), 0.12, 0.6);
        Assert.InRange(Correlation(sizes, 60), 0.06, 0.5);
        Assert.InRange(Correlation(returns, 1), -0.06, 0.06);
    });

    [Fact(DisplayName = "All assets move together, and those of one sector more than their market shares explain")]
    public void Together()
    {
        var month = Simulated.Value;
        for (var a = 0; a < month.Returns.Length; a++)
        {
            for (var b = 0; b < a; b++)
                Assert.InRange(Correlation(month.Returns[a], month.Returns[b]), 0.25, 0.9);
        }
        Assert.True(Correlation(month.Of("XRPUSDT"), month.Of("XLMUSDT")) > Correlation(month.Of("XRPUSDT"), month.Of("ENAUSDT")) + 0.05);
    }

    [Fact(DisplayName = "Nights are quiet and weekends quieter; volume is U-shaped over the American session")]
    public void Quiet_hours()
    {
        var month = Simulated.Value;
        double Spread(Func<int, bool> when) => month.Returns.Average(r => Math.Sqrt(r.Where((_, i) => when(i)).Average(x => Math.Min(x * x, 1e-4))));
        static int Hour(int minute) => minute / 60 % 24;
        static bool IsWeekend(int minute) => minute / PerDay % 7 >= 5;
        Assert.InRange(Spread(i => Hour(i) is >= 3 and < 7) / Spread(i => Hour(i) is >= 13 and < 16), 0.15, 0.7);
        Assert.InRange(Spread(IsWeekend) / Spread(i => !IsWeekend(i)), 0.4, 0.95);

        double Volume(int hour) => month.Volumes.Average(v => v.Where((_, i) => Hour(i) == hour).Average() / v.Average());
        Assert.True(Volume(14) > Volume(17) * 1.2 && Volume(20) > Volume(17) * 1.1, $"{Volume(14)} {Volume(17)} {Volume(20)}");
        Assert.True(Volume(5) < 0.6);
    }

    [Fact(DisplayName = "A bar that moves much trades much")]
    public void Volume_follows_moves() => Assert.All(Simulated.Value.Returns.Zip(Simulated.Value.Volumes), x =>
        Assert.InRange(Correlation(Array.ConvertAll(x.First, Math.Abs), x.Second), 0.2, 0.9));

    [Fact(DisplayName = "A day has the same variance whatever the interval of its bars")]
    public void Variance_scales()
    {
        double DailyVariance(int seconds)
        {
            double sum = 0;
            const int seeds = 40, days = 7;
            var few = AssetProfile.DefaultUniverse[..3];
            for (ulong seed = 1; seed <= seeds; seed++)
            {
                var walk = new SimulatedMarket(seed, Monday, TimeSpan.FromSeconds(seconds), few).WalkFrom(0);
                for (var i = 0; i < days * 86_400 / seconds; i++)
                {
                    foreach (var bar in walk.Next().Slice.Bars.Span)
                    {
                        var move = Math.Log((double)(bar.Bar.Close.QuotePerBase / bar.Bar.Open.QuotePerBase));
                        sum += Math.Min(move * move, 0.01) / (seeds * days); // One crash in a seed must not decide.
                    }
                }
            }
            return sum;
        }
        var minute = DailyVariance(60);
        Assert.InRange(DailyVariance(900) / minute, 0.8, 1.25);
        Assert.InRange(DailyVariance(3600) / minute, 0.8, 1.25);
        Assert.InRange(DailyVariance(28_800) / minute, 0.75, 1.3);
    }

    [Fact(DisplayName = "A bar's range is that of a walk: high minus low averages about 1.6 deviations")]
    public void Ranges()
    {
        // For a Brownian motion E[range] is sqrt(8/pi) = 1.60 deviations; high and low are drawn apart here, each from its exact law.
        var month = new SimulatedMarket(9, Monday, TimeSpan.FromMinutes(15));
        var walk = month.WalkFrom(0);
        double ranges = 0, sizes = 0;
        for (var i = 0; i < 60 * 96; i++)
        {
            foreach (var bar in walk.Next().Slice.Bars.Span)
            {
                ranges += Math.Log((double)(bar.Bar.High.QuotePerBase / bar.Bar.Low.QuotePerBase));
                sizes += Math.Abs(Math.Log((double)(bar.Bar.Close.QuotePerBase / bar.Bar.Open.QuotePerBase)));
            }
        }
        Assert.InRange(ranges / sizes, 1.8, 2.2); // E|move| is sqrt(2/pi) deviations, so 2.0 of those.
    }

    [Fact(DisplayName = "All four moods come up, and quiet ones are quieter than volatile ones")]
    public void Regimes()
    {
        var walk = new SimulatedMarket(4, Monday, TimeSpan.FromMinutes(5)).WalkFrom(0);
        var (sum, count) = (new double[4], new int[4]);
        for (var i = 0; i < 60 * 288; i++)
        {
            var bars = walk.Next().Slice.Bars.Span;
            foreach (var bar in bars)
            {
                var move = Math.Log((double)(bar.Bar.Close.QuotePerBase / bar.Bar.Open.QuotePerBase));
                sum[(int)walk.Regime] += Math.Min(move * move, 1e-3);
            }
            count[(int)walk.Regime] += bars.Length;
        }
        Assert.All(count, c => Assert.True(c > 0.03 * count.Sum()));
        double Variance(Regime regime) => sum[(int)regime] / count[(int)regime];
        Assert.True(Variance(Regime.Quiet) * 1.5 < Variance(Regime.Normal));
        Assert.True(Variance(Regime.Normal) * 2 < Variance(Regime.Volatile));
    }
}
