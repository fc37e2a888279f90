using System.Globalization;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Domain.Sizing;

/// <summary>What one order may be worth. Quote notional is the unit that every strategy sizes in.</summary>
/// <param name="Min">Quote; what is left of the order after its fee must be worth this.</param>
/// <param name="Max">Quote; the order and its fee together may not be worth more. Null for no bound.</param>
public readonly record struct QuoteBounds(Money Min, Money? Max)
{
    public static readonly QuoteBounds None = new(Money.Zero, null);

    /// <summary>No leverage is higher at any venue.</summary>
    public const decimal HighestLeverage = 125m;

    /// <summary>What <paramref name="capital"/> pays for: the margin of the order and its fee come out of it together.</summary>
    /// <param name="capital">Quote; nothing is bought with what is zero or less.</param>
    /// <param name="leverage">Times, 0 to <see cref="HighestLeverage"/>; what one unit of margin carries.</param>
    /// <param name="feeRate">Fraction of notional; a rebate is not counted on before it has been paid.</param>
    public static QuoteBounds PaidFrom(Money capital, decimal leverage, decimal feeRate)
    {
        var (paid, times) = (Math.Clamp(capital.Quote, 0m, Plausible.HighestNotional), Math.Clamp(leverage, 0m, HighestLeverage));
        var fee = Math.Clamp(feeRate, OrderSizer.LowestFeeRate, OrderSizer.HighestFeeRate);
        return new QuoteBounds(Money.Zero, new Money(paid * times / (1m + times * Math.Max(fee, 0m)) * (1m + fee)));
    }

    /// <summary>The same bounds for what comes on top of something that is held.</summary>
    /// <param name="held">Quote; what it is worth.</param>
    public QuoteBounds Beside(Money held) => Max is { } max ? this with { Max = max - held } : this;

    /// <summary>The upper bound for each of two that have it together.</summary>
    public QuoteBounds Halved => Max is { } max ? this with { Max = new Money(max.Quote / 2m) } : this;
}

/// <summary>What set the size.</summary>
public enum SizedBy
{
    /// <summary>What was wanted, in whole lots.</summary>
    Wanted,
    /// <summary>It was raised to the smallest order allowed.</summary>
    Min,
    /// <summary>It was cut to the largest order allowed.</summary>
    Max,
    /// <summary>No order is both large and small enough.</summary>
    Nothing,
}

/// <summary>The sizer's answer.</summary>
/// <param name="Quantity">Base, whole lots; zero when refused.</param>
/// <param name="Refusal">Why it is zero, or null.</param>
public readonly record struct SizedOrder(Quantity Quantity, SizedBy By, Refusal? Refusal);

/// <summary>
/// The one place where a strategy's wish becomes the size of an order: venue's steps, quote bounds and the fee that is paid now, the same for all.
/// </summary>
public static class OrderSizer
{
    /// <summary>A rate beyond these is not a fee; both are fractions of notional, below zero is a rebate.</summary>
    public const decimal LowestFeeRate = -0.01m, HighestFeeRate = 0.1m;

    /// <summary>Why nothing is sent: the upper bound does not pay for the smallest order allowed.</summary>
    public const string NoLotFits = "sizing.no-lot-fits";

    /// <summary>The most whole lots that <paramref name="notional"/> pays for, fee included.</summary>
    /// <param name="feeRate">Fraction of notional; 0 where the fee is paid from elsewhere.</param>
    private static Quantity Affordable(Instrument instrument, Money notional, Price price, decimal feeRate) =>
        Quantizer.FloorToLot(instrument, Quantizer.Wanted(feeRate == 0m ? notional : new Money(notional.Quote / (1m + feeRate)), price));

    /// <summary>The fewest whole lots that are worth <paramref name="notional"/> when the fee is paid.</summary>
    private static Quantity Worth(Instrument instrument, Money notional, Price price, decimal feeRate)
    {
        var needed = notional.Quote / (1m - feeRate) / price.QuotePerBase;
        var lots = Quantizer.FloorToLot(instrument, new Quantity(needed));
        return lots.Base < needed ? new Quantity(lots.Base + instrument.LotSize) : lots;
    }

    /// <summary>Sizes one order of one leg.</summary>
    /// <param name="wanted">Base; what the strategy would trade. It is raised to the smallest order allowed, and cut to the largest.</param>
    /// <param name="most">Base; never exceeded, not by rounding and not by the lower bound.</param>
    /// <param name="grows">The order makes the leg larger: the venue's minimum notional counts.</param>
    /// <param name="feeRate">Fraction of notional, as the venue charges it now for the kind of order that is sent.</param>
    public static SizedOrder Size(
        Instrument instrument, Price price, Quantity wanted, Quantity most, bool grows, in QuoteBounds bounds, decimal feeRate)
    {
        feeRate = Math.Clamp(feeRate, LowestFeeRate, HighestFeeRate);
        if (wanted.Base <= 0m) return Nothing("sizing.nothing-wanted", instrument, price, $"{wanted} was wanted; expected above 0");
        var least = Larger(instrument.MinQuantity, Worth(instrument, bounds.Min, price, feeRate));
        if (grows) least = Larger(least, Worth(instrument, instrument.MinNotional, price, feeRate: 0m));
        least = Larger(least, new Quantity(instrument.LotSize));
        var room = most.Base > 0m ? Quantizer.FloorToLot(instrument, most) : Quantity.Zero;
        if (room < least) return Nothing("sizing.below-minimum", instrument, price, $"at most {most} may be traded; the smallest order allowed is {least}");
        if (bounds.Max is { } max)
        {
            var largest = max.Quote > 0m ? Affordable(instrument, max, price, feeRate) : Quantity.Zero;
            if (largest < least)
                return Nothing(NoLotFits, instrument, price, $"{max} pays for {largest} with its fee; the smallest order allowed is {least}");
            if (largest < room) room = largest;
        }
        var whole = Quantizer.FloorToLot(instrument, wanted);
        return whole < least ? new SizedOrder(least, SizedBy.Min, null)
            : whole > room ? new SizedOrder(room, SizedBy.Max, null)
            : new SizedOrder(whole, SizedBy.Wanted, null);
    }

    private static Quantity Larger(Quantity a, Quantity b) => a > b ? a : b;

    private static SizedOrder Nothing(string code, Instrument instrument, Price price, string what) => new(Quantity.Zero, SizedBy.Nothing,
        new Refusal(code, string.Create(CultureInfo.InvariantCulture, $"{instrument.Symbol.Name} at {price}: {what}. Nothing is sent.")));
}
