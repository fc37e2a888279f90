using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class StructureMonitorStories
{
    private const long Minute = 60_000;
    private static readonly HedgePolicy Policy = HedgeRun.PolicyOf(new HedgeSettings { WarmUpBars = 10, ExitChecks = 5 });

    [Fact(DisplayName = "Returns of 0.1 % a minute are a variance of 60e-6 an hour, from the second bar on")]
    public void Variance()
    {
        var monitor = StructureMonitor.Empty;
        Assert.Equal(0d, monitor.VariancePerHour);
        for (var i = 0; i < 500; i++)
        {
            monitor = Zigzag(monitor, i, Minute);
            if (i > 0) Assert.Equal(60e-6, monitor.VariancePerHour, 1e-9);
        }
        Assert.Equal(16e-6 / 60e-6, monitor.ExpectedIntervalHours(Policy), 1e-4); // MES^2 / sigma^2
        Assert.False(monitor.FrozenHolds(Policy));
    }

    [Fact(DisplayName = "The interval does not matter: the same market in bars of a quarter hour has the same variance")]
    public void Scales()
    {
        var monitor = StructureMonitor.Empty;
        for (var i = 0; i < 100; i++) monitor = Zigzag(monitor, i, 15 * Minute);
        Assert.Equal(4e-6, monitor.VariancePerHour, 1e-10);
    }

    [Fact(DisplayName = "A gap is weighed by its length: one return over six hours is a sixth of its square an hour")]
    public void Gap()
    {
        var monitor = Observe(StructureMonitor.Empty, 100m, 0);
        monitor = Observe(monitor, 101m, 6 * 60 * Minute);
        var square = Math.Pow(Math.Log(1.01), 2);
        Assert.Equal(square / 6, monitor.VariancePerHour, 1e-12);
        // A quiet day after it: half-life 24 h, so 6 h of the old weigh 2^-1 (1 - 2^-1/4) against 1 - 2^-1 of the new.
        monitor = Observe(monitor, 101m, 30 * 60 * Minute);
        var (old, fresh) = (0.5 * (1 - Math.Pow(2, -0.25)), 0.5);
        Assert.Equal(square / 6 * old / (old + fresh), monitor.VariancePerHour, 1e-12);
    }

    [Fact(DisplayName = "A bar that is not newer than the last one changes nothing")]
    public void OldBars()
    {
        var monitor = Observe(Observe(StructureMonitor.Empty, 100m, Minute), 101m, 2 * Minute);
        Assert.Equal(monitor, Observe(monitor, 150m, 2 * Minute));
        Assert.Equal(monitor, Observe(monitor, 150m, Minute));
    }

    [Fact(DisplayName = "C1 counts checks in a row, from the end of the warm-up, and one lively bar starts it anew")]
    public void InARow()
    {
        var monitor = StructureMonitor.Empty;
        for (var i = 0; i < 9; i++) monitor = Observe(monitor, 100m, i * Minute);
        Assert.Equal(0, monitor.FrictionChecks);
        for (var i = 9; i < 13; i++) monitor = Observe(monitor, 100m, i * Minute);
        Assert.Equal(4, monitor.FrictionChecks);
        Assert.False(monitor.FrictionHolds(Policy));
        var held = Observe(monitor, 100m, 13 * Minute);
        Assert.True(held.FrictionHolds(Policy));
        Assert.True(held.FrozenHolds(Policy));
        Assert.Equal(double.PositiveInfinity, held.ExpectedIntervalHours(Policy));
        var lively = Observe(monitor, 110m, 13 * Minute);
        Assert.Equal(0, lively.FrictionChecks);
        Assert.Equal(13 * Minute, lively.ClearSinceMs);
        Assert.Equal(-1, monitor.ClearSinceMs);
        Assert.Equal(13 * Minute, Observe(lively, 111m, 14 * Minute).ClearSinceMs);
    }

    [Fact(DisplayName = "Whatever the prices and times, the numbers stay finite and at or above zero")]
    public void Finite()
    {
        var monitor = StructureMonitor.Empty;
        var t = 0L;
        foreach (var (price, step) in new[]
                 {
                     (1m, 1L), (79228162514264337593543950335m, 1L), (0.0000000000000000000000000001m, 1L), (1m, 10_000_000_000_000_000L), (1m, 1L), (2m, 1L),
                 })
        {
            monitor = Observe(monitor, price, t += step);
            Assert.True(double.IsFinite(monitor.VariancePerHour) && monitor.VariancePerHour >= 0d && monitor.Weight is >= 0d and <= 1d);
        }
    }

    private static StructureMonitor Zigzag(StructureMonitor monitor, int i, long interval) =>
        Observe(monitor, i % 2 == 0 ? 100m : 100.10005001667m, i * interval); // exp(0.001)

    private static StructureMonitor Observe(StructureMonitor monitor, decimal close, long openTimeMs) =>
        StructureMonitor.Observe(Policy, monitor, Price.Of(close), openTimeMs);
}
