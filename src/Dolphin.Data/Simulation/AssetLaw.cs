using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Data.Simulation;

/// <summary>A profile worked out for stepping: loads instead of shares, ticks instead of prices.</summary>
internal sealed class AssetLaw(AssetProfile profile, int sector)
{
    private static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
    private const double SecondsPerDay = 24 * 60 * 60;

    public const int MostDecimals = 12;

    private readonly double _ticksPerQuote = PowersOfTen[profile.PriceDecimals];
    private readonly double _lotsPerDay = profile.DailyQuoteVolume / (double)profile.StartPrice * PowersOfTen[profile.VolumeDecimals];

    public int Sector => sector;
    public double DailyVolatility { get; } = profile.DailyVolatility;
    public double MarketLoad { get; } = Math.Sqrt(profile.MarketShare);
    public double SectorLoad { get; } = Math.Sqrt(profile.SectorShare);
    public double OwnLoad { get; } = Math.Sqrt(Math.Max(0, 1 - profile.MarketShare - profile.SectorShare));
    public double LogStartPrice { get; } = PortableMath.Log((double)profile.StartPrice);
    public double TradesPerDay { get; } = profile.TradesPerSecond * SecondsPerDay;

    /// <summary>The nearest tick, at least one.</summary>
    public long Ticks(double price) => Math.Max(1, (long)Math.Floor(price * _ticksPerQuote + 0.5));

    /// <summary>A bar in which nobody traded.</summary>
    public SymbolBar Flat(long openTimeMs, long ticks)
    {
        var price = PriceOf(ticks);
        return new(profile.Symbol, new Bar(openTimeMs, price, price, price, price, Quantity.Zero));
    }

    /// <param name="days">Share of an average day's volume; at least one lot is traded.</param>
    public SymbolBar Bar(long openTimeMs, long open, long high, long low, long close, double days)
    {
        var lots = Math.Max(1, (long)Math.Floor(_lotsPerDay * days + 0.5));
        return new(profile.Symbol, new Bar(
            openTimeMs, PriceOf(open), PriceOf(high), PriceOf(low), PriceOf(close), new Quantity(Number(lots, profile.VolumeDecimals))));
    }

    /// <summary><c>units / 10^decimals</c> with no trailing zeros after the point, as recordings have it.</summary>
    public static decimal Number(long units, int decimals)
    {
        var magnitude = (ulong)Math.Abs(units);
        while (decimals > 0 && magnitude % 10 == 0)
            (magnitude, decimals) = (magnitude / 10, decimals - 1);
        return new((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, units < 0, (byte)decimals);
    }

    private Price PriceOf(long ticks) => Price.Of(Number(ticks, profile.PriceDecimals));
}
