using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Strategies;

/// <summary>What strategies are called. Client order ids and journals are made from it: names are for ever.</summary>
public static class StrategyIds
{
    /// <exception cref="ArgumentOutOfRangeException">Nobody is no strategy.</exception>
    public static string Of(LegHolder holder, Symbol symbol) => holder switch
    {
        LegHolder.BandLimitedHedging => $"hedge-{symbol}",
        LegHolder.HedgeCompression => $"compression-{symbol}",
        LegHolder.ExposureProtector => $"protector-{symbol}",
        LegHolder.Directional => $"directional-{symbol}",
        _ => throw new ArgumentOutOfRangeException(nameof(holder), holder, "Expected a strategy."),
    };

    public static string PersistenceIdOf(string strategyId) => $"strategy-{strategyId}";
}
