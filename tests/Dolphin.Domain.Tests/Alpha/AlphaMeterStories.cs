using Dolphin.Domain.Alpha;

namespace Dolphin.Domain.Tests.Alpha;

public sealed class AlphaMeterStories
{
    private const long Minute = 60_000, Hour = 60 * Minute;

    private static AlphaMeterPolicy PolicyOf(AlphaMeterSettings settings)
    {
        var errors = new List<string>();
        var policy = AlphaMeterPolicy.Create(settings, "dolphin.alpha.meter", errors);
        Assert.Empty(errors);
        return policy!;
    }

    private static readonly AlphaMeterPolicy Policy = PolicyOf(new AlphaMeterSettings { MomentumWindow = TimeSpan.FromHours(1), WarmUpBars = 30 });

    /// <summary>Bars of a minute whose price grows by the same factor each time.</summary>
    private static AlphaMeter Grown(int bars, double factor = 1.0002, long from = 0)
    {
        var meter = new AlphaMeter(Policy);
        for (var i = 0; i < bars; i++) meter.Observe(100 * Math.Pow(factor, i), quoteVolume: 500, from + (i + 1) * Minute);
        return meter;
    }

    [Fact(DisplayName = "Before its first bar nothing is known of an asset; before the window is over no momentum; before the warm-up no volatility and no liquidity")]
    public void Unknown()
    {
        var meter = Grown(0);
        Assert.False(meter.Measures(0, TimeSpan.FromDays(1)));
        Assert.True(double.IsNaN(meter.Momentum) && double.IsNaN(meter.Volatility) && double.IsNaN(meter.Liquidity));
        Assert.True(double.IsNaN(Grown(60).Momentum));
        Assert.False(double.IsNaN(Grown(61).Momentum));
        Assert.True(double.IsNaN(Grown(30).Volatility) && double.IsNaN(Grown(30).Liquidity));
        Assert.False(double.IsNaN(Grown(31).Volatility) || double.IsNaN(Grown(31).Liquidity));
    }

    [Fact(DisplayName = "Momentum is the log return over the window and at most a part of it more; volatility is per root hour, liquidity per day")]
    public void Measures()
    {
        var meter = Grown(600);
        Assert.InRange(meter.Momentum, 60 * Math.Log(1.0002) - 1e-12, 63 * Math.Log(1.0002));
        Assert.Equal(Math.Log(1.0002) * Math.Sqrt(60), meter.Volatility, 1e-9);
        Assert.Equal(500 * 1440, meter.Liquidity, 1e-3);
    }

    [Fact(DisplayName = "After a gap that is longer than the window there is no momentum until the window has been seen again")]
    public void Gap()
    {
        var meter = Grown(120);
        meter.Observe(100, 500, 300 * Minute);
        Assert.True(double.IsNaN(meter.Momentum));
        for (var i = 1; i < 60; i++) meter.Observe(100, 500, (300 + i) * Minute);
        Assert.True(double.IsNaN(meter.Momentum));
        meter.Observe(101, 500, 360 * Minute);
        Assert.Equal(Math.Log(1.01), meter.Momentum, 1e-12);
    }

    [Theory(DisplayName = "An asset is measured as long as its last bar is no older than patience")]
    [InlineData(120, true)]
    [InlineData(123, true)]
    [InlineData(124, false)]
    public void Stopped(long minute, bool isMeasured) => Assert.Equal(isMeasured, Grown(120).Measures(minute * Minute, TimeSpan.FromMinutes(3)));

    [Fact(DisplayName = "What is no price, no volume or not newer is left out")]
    public void Refused()
    {
        var (meter, same) = (Grown(100), Grown(100));
        foreach (var (close, volume, at) in new[] { (double.NaN, 1d, 101 * Minute), (0, 1, 101 * Minute), (-1, 1, 101 * Minute), (100, double.NaN, 101 * Minute), (100, -1, 101 * Minute), (100, 1, 100 * Minute) })
            meter.Observe(close, volume, at);
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(same.Capture()), System.Text.Json.JsonSerializer.Serialize(meter.Capture()));
    }

    [Fact(DisplayName = "Put away and taken up again it goes on to the last bit, and what it keeps is bounded")]
    public void Goes_on()
    {
        var (chance, whole) = (new Chance(3), new AlphaMeter(Policy));
        var cut = new AlphaMeter(Policy);
        var (price, at) = (100.0, 0L);
        for (var i = 0; i < 2_000; i++)
        {
            at += chance.NextInt(20) == 0 ? Hour : Minute;
            price *= 1 + 0.001 * chance.NextNormal();
            var volume = 1_000 * chance.NextUnit();
            whole.Observe(price, volume, at);
            cut.Observe(price, volume, at);
            if (i % 97 == 0) cut = new AlphaMeter(Policy, cut.Capture());
            Assert.Equal((whole.Momentum, whole.Volatility, whole.Liquidity), (cut.Momentum, cut.Volatility, cut.Liquidity));
            Assert.True(whole.Capture().Points.Length <= AlphaMeter.PartsPerWindow + 3);
        }
    }

    [Fact(DisplayName = "Every mistake in its settings is named with its key")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(AlphaMeterPolicy.Create(new AlphaMeterSettings { MomentumWindow = TimeSpan.Zero, HalfLife = TimeSpan.Zero, WarmUpBars = 1 }, "dolphin.alpha.meter", errors));
        Assert.Equal(["momentum-window", "half-life", "warm-up-bars"], errors.Select(e => e.Split(' ')[0]["dolphin.alpha.meter.".Length..]));
    }
}
