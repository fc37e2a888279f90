using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Simulation;

/// <summary>How one simulated asset behaves. Shares are of variance: what is not the market's or the sector's is the asset's own.</summary>
/// <param name="Sector">Assets of one sector move together more than the market makes them.</param>
/// <param name="StartPrice">Quote per base at the start, and what the price is very weakly drawn back to.</param>
/// <param name="PriceDecimals">The tick is <c>10^-PriceDecimals</c> quote.</param>
/// <param name="VolumeDecimals">The lot is <c>10^-VolumeDecimals</c> base.</param>
/// <param name="DailyVolatility">Standard deviation of a day's log return in the normal regime, without jumps: 0.03 is 3 %.</param>
/// <param name="MarketShare">Share of variance that is the market's; [0, 1].</param>
/// <param name="SectorShare">Share of variance that is the sector's; with the market's at most 1.</param>
/// <param name="DailyQuoteVolume">Quote traded on an average day.</param>
/// <param name="TradesPerSecond">Mean; a bar in which nobody trades is flat and has no volume.</param>
public sealed record AssetProfile(
    Symbol Symbol, string Sector, decimal StartPrice, int PriceDecimals, int VolumeDecimals,
    double DailyVolatility, double MarketShare, double SectorShare, double DailyQuoteVolume, double TradesPerSecond)
{
    /// <summary>Sixteen perpetuals with the sizes, ticks and lots such instruments have; round numbers of 2025, not a forecast.</summary>
    public static ImmutableArray<AssetProfile> DefaultUniverse { get; } =
    [
        Of("BTCUSDT", "major", 95_000m, 1, 3, 0.022, 0.72, 0.08, 14e9, 40),
        Of("ETHUSDT", "major", 2_600m, 2, 3, 0.034, 0.66, 0.08, 12e9, 30),
        Of("BNBUSDT", "major", 650m, 2, 2, 0.022, 0.55, 0.08, 6e8, 6),
        Of("SOLUSDT", "platform", 170m, 2, 2, 0.040, 0.60, 0.12, 4e9, 15),
        Of("XRPUSDT", "payment", 2.35m, 4, 1, 0.038, 0.52, 0.14, 3e9, 12),
        Of("DOGEUSDT", "meme", 0.22m, 5, 0, 0.045, 0.58, 0.10, 2e9, 10),
        Of("ADAUSDT", "platform", 0.78m, 4, 0, 0.042, 0.58, 0.14, 7e8, 5),
        Of("SUIUSDT", "platform", 3.9m, 4, 1, 0.055, 0.50, 0.15, 1.2e9, 7),
        Of("AVAXUSDT", "platform", 23m, 3, 0, 0.045, 0.58, 0.15, 4e8, 4),
        Of("LINKUSDT", "service", 15.8m, 3, 2, 0.042, 0.58, 0.08, 5e8, 4),
        Of("LTCUSDT", "payment", 98m, 2, 3, 0.034, 0.50, 0.14, 4e8, 3),
        Of("BCHUSDT", "payment", 410m, 2, 3, 0.036, 0.48, 0.14, 3e8, 3),
        Of("DOTUSDT", "platform", 4.8m, 3, 1, 0.043, 0.58, 0.15, 2.5e8, 2),
        Of("NEARUSDT", "platform", 2.9m, 3, 0, 0.050, 0.55, 0.15, 2.5e8, 2),
        Of("XLMUSDT", "payment", 0.30m, 5, 0, 0.040, 0.48, 0.20, 2e8, 2),
        Of("ENAUSDT", "service", 0.36m, 4, 0, 0.065, 0.45, 0.10, 4e8, 3),
    ];

    private static AssetProfile Of(
        string name, string sector, decimal price, int priceDecimals, int volumeDecimals,
        double volatility, double market, double ofSector, double quote, double trades) =>
        new(new Symbol(name), sector, price, priceDecimals, volumeDecimals, volatility, market, ofSector, quote, trades);
}
