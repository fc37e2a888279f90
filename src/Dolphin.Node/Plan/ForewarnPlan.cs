using System.Collections.Immutable;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Plan;

/// <summary>What of a plan the forewarner looks at: which strategies trade, by which numbers, and the market they are tried on.</summary>
public static class ForewarnPlan
{
    /// <summary>Length of a bar of a trial's path: twelve looks an hour, and a month of sixteen symbols still fits in a second of reading.</summary>
    private static readonly TimeSpan PathInterval = TimeSpan.FromMinutes(5);

    /// <summary>The strategies that may have legs somewhere in the plan. Directional is not among them: what it risks depends on signals that no path has.</summary>
    public static TradedStrategies TradesOf(TradingPlan plan, ImmutableArray<Symbol> symbols)
    {
        IEnumerable<LegHolder> holders = plan.Strategies.Hermes is { } hermes ? hermes.Settings.Allowed : symbols.Select(plan.Strategies.HolderOf);
        return holders.Aggregate(TradedStrategies.None, (all, holder) => all | holder switch
        {
            LegHolder.BandLimitedHedging => TradedStrategies.Hedging,
            LegHolder.HedgeCompression => TradedStrategies.Compression,
            LegHolder.ExposureProtector => TradedStrategies.Protection,
            _ => TradedStrategies.None,
        });
    }

    /// <summary>The live parameters of each symbol. Leverage is what counts: the plan's, or where it adapts as high as it may, under the cap of the highest posture.</summary>
    public static ImmutableArray<(Symbol Symbol, StrategySettings Settings)> LiveOf(TradingPlan plan, ImmutableArray<Symbol> symbols, TradedStrategies trades)
    {
        var cap = plan.Survival.Postures.ApexLeverage;
        return [.. symbols.Select(symbol =>
        {
            var hedging = plan.Strategies.Hedging.PolicyFor(symbol, symbols.Length).Settings;
            var leverage = plan.Sizing?.Leverage is null ? Math.Min(hedging.Leverage, cap) : cap;
            return (symbol, new StrategySettings(
                hedging with { Leverage = leverage }, plan.Strategies.Compression.Of(symbol), plan.Strategies.Protection.Of(symbol), trades));
        })];
    }

    /// <summary>The length of a return in a market of such bars: five minutes, or a bar where that is longer or five minutes are no whole number of them.</summary>
    public static TimeSpan IntervalOf(TimeSpan bar) => bar >= PathInterval || PathInterval.Ticks % bar.Ticks != 0 ? bar : PathInterval;

    /// <summary>The returns of a market in bars of five minutes, or in its own if those are longer.</summary>
    public static ReturnSample SampleOf(IMarketSource market, ImmutableArray<Symbol> symbols, long from, long to)
    {
        var interval = IntervalOf(market.Interval);
        var step = (long)interval.TotalMilliseconds;
        var closes = symbols.ToDictionary(s => s, _ => new List<(long OpenTimeMs, Price Close)>());
        foreach (var slice in market.Slices(from, to))
        {
            // Only the bar that ends a longer one has its close.
            if ((slice.OpenTimeMs + (long)slice.Interval.TotalMilliseconds) % step != 0) continue;
            foreach (var bar in slice.Bars.Span)
                if (closes.TryGetValue(bar.Symbol, out var series)) series.Add((slice.OpenTimeMs, bar.Bar.Close));
        }
        return ReturnSample.Of(interval, symbols.Select(s => closes[s].AsEnumerable()));
    }
}
