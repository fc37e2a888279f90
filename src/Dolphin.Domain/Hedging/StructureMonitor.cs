using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hedging;

/// <summary>
/// What a hedging strategy knows about its market: the variance of log price per hour, and for how long the structural conditions have
/// held. It follows from the bars alone, so it is kept in snapshots and not in events. <c>default</c> has seen nothing.
/// </summary>
/// <param name="WeightedVariance">Sum of weights times squared log return per hour.</param>
/// <param name="Weight">Sum of weights, 0 to 1: dividing by it removes the bias of having started at zero.</param>
/// <param name="LastClose">Quote per base of the newest bar; meaningless while <paramref name="BarsSeen"/> is 0.</param>
/// <param name="LastOpenTimeMs">Unix milliseconds of the newest bar's open.</param>
/// <param name="BarsSeen">Bars taken, the first one included.</param>
/// <param name="FrictionChecks">For how many checks in a row the variance has been below the friction limit (C1).</param>
/// <param name="ClearSinceMs">Open time of the first bar since which neither C1's nor C3's limit was broken, or -1 while one is.</param>
public readonly record struct StructureMonitor(
    double WeightedVariance, double Weight, double LastClose, long LastOpenTimeMs, long BarsSeen, int FrictionChecks, long ClearSinceMs)
{
    private const double MsPerHour = 3_600_000d;

    public static StructureMonitor Empty => new(0d, 0d, 0d, 0, 0, 0, ClearSinceMs: -1);

    /// <summary>sigma_eff^2: EWMA variance of log price per hour; zero before the second bar.</summary>
    public double VariancePerHour => Weight > 0d ? WeightedVariance / Weight : 0d;

    public bool IsWarm(HedgePolicy policy) => BarsSeen >= policy.Settings.WarmUpBars;

    /// <summary>E[tau] = MES^2 / sigma_eff^2 in hours; infinite in a market that does not move.</summary>
    public double ExpectedIntervalHours(HedgePolicy policy) => (double)(policy.Mes * policy.Mes) / VariancePerHour;

    /// <summary>C1, once warm: the friction limit was broken in as many checks in a row as the policy asks for.</summary>
    public bool FrictionHolds(HedgePolicy policy) => FrictionChecks >= policy.Settings.ExitChecks;

    /// <summary>C3, once warm: the next rebalance is expected later than tau_max.</summary>
    public bool FrozenHolds(HedgePolicy policy) => IsWarm(policy) && VariancePerHour < policy.FrozenVariance;

    /// <summary>Takes one closed bar. A bar that is not newer than the last one changes nothing.</summary>
    /// <param name="openTimeMs">Unix milliseconds of the bar's open. A gap is weighed by its length: a return over six hours counts as six hours.</param>
    public static StructureMonitor Observe(HedgePolicy policy, in StructureMonitor monitor, Price close, long openTimeMs)
    {
        var price = (double)close.QuotePerBase;
        if (monitor.BarsSeen == 0) return new StructureMonitor(0d, 0d, price, openTimeMs, BarsSeen: 1, FrictionChecks: 0, ClearSinceMs: -1);
        if (openTimeMs <= monitor.LastOpenTimeMs) return monitor;
        var hours = (openTimeMs - monitor.LastOpenTimeMs) / MsPerHour;
        var kept = Math.Exp(-0.693147180559945309 * hours / policy.HalfLifeHours);
        var change = Math.Log(price / monitor.LastClose);
        var weighted = kept * monitor.WeightedVariance + (1d - kept) * (change * change / hours);
        var weight = kept * monitor.Weight + (1d - kept);
        var seen = monitor.BarsSeen + 1;
        if (seen < policy.Settings.WarmUpBars)
            return new StructureMonitor(weighted, weight, price, openTimeMs, seen, FrictionChecks: 0, ClearSinceMs: -1);
        var variance = weighted / weight;
        var friction = variance < policy.FrictionVariance;
        var clear = !friction && !(variance < policy.FrozenVariance);
        return new StructureMonitor(
            weighted, weight, price, openTimeMs, seen,
            friction ? Math.Min(monitor.FrictionChecks, int.MaxValue - 1) + 1 : 0,
            !clear ? -1 : monitor.ClearSinceMs >= 0 ? monitor.ClearSinceMs : openTimeMs);
    }
}
