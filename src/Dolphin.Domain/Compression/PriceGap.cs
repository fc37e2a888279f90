using Dolphin.Domain.Books;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Compression;

/// <summary>
/// The band between the average entries of two legs that are both under water: the longs were bought above it and the shorts sold below it.
/// </summary>
/// <param name="Short">Quote per base; average entry of the short leg, the lower edge.</param>
/// <param name="Long">Quote per base; average entry of the long leg, the upper edge.</param>
public readonly record struct PriceGap(Price Short, Price Long)
{
    /// <summary>The gap of two legs, or null where there is none: a leg is flat, or the longs were not bought above the shorts.</summary>
    // An average is a quotient and its last digit is rounded. It says where to trade and how to split what was realised; no sum is built on it.
    public static PriceGap? Between(LegPosition longLeg, LegPosition shortLeg) =>
        longLeg.AveragePrice is { } upper && shortLeg.AveragePrice is { } lower && upper > lower ? new PriceGap(lower, upper) : null;

    /// <summary>True where trading is allowed.</summary>
    /// <param name="offset">Relative; how far inside each edge.</param>
    public bool Contains(Price price, decimal offset) =>
        price.QuotePerBase >= Short.QuotePerBase * (1m + offset) && price.QuotePerBase <= Long.QuotePerBase * (1m - offset);

    /// <summary>True if one reversal of <paramref name="bounce"/> has room between the inner edges.</summary>
    public bool Holds(decimal bounce, decimal offset) =>
        Long.QuotePerBase * (1m - offset) >= Short.QuotePerBase * (1m + offset) * (1m + bounce);

    /// <summary>Quote, to <see cref="LegPosition.ReleaseDecimals"/>: the locked loss that one leg's <paramref name="quantity"/> carries. A unit of one
    /// leg against a unit of the other has lost the whole gap, so each carries half of it.</summary>
    public Money LockedIn(Quantity quantity) => new(decimal.Round(
        quantity.Base * ((Long.QuotePerBase - Short.QuotePerBase) / 2m), LegPosition.ReleaseDecimals, MidpointRounding.ToZero));
}
