using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Exits;

/// <summary>
/// Volatility of one symbol as exits are measured in it. It follows from the bars alone, so it is kept in snapshots and not in events.
/// <c>default</c> has seen nothing.
/// </summary>
/// <param name="WeightedVariance">Sum of weights times squared log return per hour.</param>
/// <param name="Weight">Sum of weights, 0 to 1: dividing by it removes the bias of having started at zero.</param>
/// <param name="LastClose">Quote per base of the newest bar; meaningless while <paramref name="BarsSeen"/> is 0.</param>
/// <param name="LastOpenTimeMs">Unix milliseconds of the newest bar's open.</param>
/// <param name="BarsSeen">Bars taken, the first one included.</param>
public readonly record struct VolatilityMonitor(double WeightedVariance, double Weight, double LastClose, long LastOpenTimeMs, long BarsSeen)
{
    /// <summary>Standard deviation of log price per root hour; NaN before the warm-up is over, and in a market that has not moved.</summary>
    public double PerRootHour(ExitPolicy policy) =>
        BarsSeen >= policy.Settings.WarmUpBars && WeightedVariance > 0d ? Math.Sqrt(WeightedVariance / Weight) : double.NaN;

    /// <summary>Takes one closed bar. One that is not newer than the last changes nothing, nor does a price that no market has.</summary>
    /// <param name="openTimeMs">Unix milliseconds of the bar's open. A gap in the bars is weighed by its length.</param>
    public static VolatilityMonitor Observe(ExitPolicy policy, in VolatilityMonitor monitor, Price close, long openTimeMs)
    {
        if (!Plausible.Is(close)) return monitor;
        var price = (double)close.QuotePerBase;
        if (monitor.BarsSeen == 0) return new VolatilityMonitor(0d, 0d, price, openTimeMs, BarsSeen: 1);
        if (openTimeMs <= monitor.LastOpenTimeMs) return monitor;
        var variance = new VarianceEstimate(monitor.WeightedVariance, monitor.Weight)
            .After(monitor.LastClose, price, openTimeMs - monitor.LastOpenTimeMs, policy.HalfLifeHours);
        return new VolatilityMonitor(variance.Weighted, variance.Weight, price, openTimeMs, monitor.BarsSeen + 1);
    }
}
