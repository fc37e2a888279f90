using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Protection;

namespace Dolphin.Domain.Forewarning;

/// <summary>The settings of the strategies that may have one asset's legs, as the plan has them.</summary>
/// <param name="Hedging">Its capital, fraction and leverage are the asset's, whoever trades it; there even where no hedge trades.</param>
/// <param name="Trades">Which of them trade: the others' parameters are not varied, because nothing depends on them.</param>
public sealed record StrategySettings(HedgeSettings Hedging, CompressionSettings Compression, ProtectorSettings Protection, TradedStrategies Trades);

[Flags]
public enum TradedStrategies
{
    None = 0,
    Hedging = 1,
    Compression = 2,
    Protection = 4,
    All = Hedging | Compression | Protection,
}
