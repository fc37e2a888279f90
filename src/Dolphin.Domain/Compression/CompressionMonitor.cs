using Dolphin.Domain.Market;

namespace Dolphin.Domain.Compression;

/// <summary>
/// What a compression knows about its market: the variance of log price per hour, and the swings inside its gap. It follows from the bars and the gap
/// alone, so it is kept in snapshots and not in events. <c>default</c> has seen nothing.
/// </summary>
/// <param name="WeightedVariance">Sum of weights times squared log return per hour.</param>
/// <param name="Weight">Sum of weights, 0 to 1: dividing by it removes the bias of having started at zero.</param>
/// <param name="LastClose">Quote per base of the newest bar; meaningless while <paramref name="BarsSeen"/> is 0.</param>
/// <param name="LastOpenTimeMs">Unix milliseconds of the newest bar's open.</param>
/// <param name="BarsSeen">Bars taken, the first one included.</param>
/// <param name="Swings">Begins anew whenever the price is outside the gap: every swing it tells of lies inside from its far end to where it ended.</param>
public readonly record struct CompressionMonitor(
    double WeightedVariance, double Weight, double LastClose, long LastOpenTimeMs, long BarsSeen, SwingDetector Swings)
{
    /// <summary>EWMA variance of log price per hour; zero before the second bar.</summary>
    public double VariancePerHour => Weight > 0d ? WeightedVariance / Weight : 0d;

    public bool IsWarm(CompressionPolicy policy) => BarsSeen >= policy.Settings.WarmUpBars;

    /// <summary>Takes one closed bar. One that is not newer than the last changes nothing, but that it ends no swing a second time.</summary>
    /// <param name="gap">The gap of the structure that is held, or null while there is none.</param>
    /// <param name="openTimeMs">Unix milliseconds of the bar's open. A gap in the bars is weighed by its length.</param>
    public static CompressionMonitor Observe(CompressionPolicy policy, in CompressionMonitor monitor, PriceGap? gap, Price close, long openTimeMs)
    {
        if (monitor.BarsSeen > 0 && openTimeMs <= monitor.LastOpenTimeMs)
            return monitor.Swings.Ended == Swing.None ? monitor : monitor with { Swings = monitor.Swings with { Ended = Swing.None } };
        var swings = gap is { } inside && inside.Contains(close, policy.Settings.Offset) ? monitor.Swings.Next(close, policy.Settings.Bounce) : default;
        var price = (double)close.QuotePerBase;
        if (monitor.BarsSeen == 0) return new CompressionMonitor(0d, 0d, price, openTimeMs, BarsSeen: 1, swings);
        var variance = new VarianceEstimate(monitor.WeightedVariance, monitor.Weight)
            .After(monitor.LastClose, price, openTimeMs - monitor.LastOpenTimeMs, policy.HalfLifeHours);
        return new CompressionMonitor(variance.Weighted, variance.Weight, price, openTimeMs, monitor.BarsSeen + 1, swings);
    }
}
