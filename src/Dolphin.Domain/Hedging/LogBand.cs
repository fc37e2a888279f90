using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hedging;

public enum BandSide { Inside, Above, Below }

/// <summary>
/// |ln(P / P_ref)| >= width, without a logarithm for each price: the two edges are factors on the reference price, worked out once in
/// base 10, so that every machine agrees on which price crosses.
/// </summary>
public readonly record struct LogBand
{
    private readonly double _surelyBelowUp;
    private readonly double _surelyAboveDown;

    private LogBand(decimal up, decimal down)
    {
        (Up, Down) = (up, down);
        // Doubles are good to 1e-15 here; a price within 1e-12 of an edge is left to the exact comparison.
        (_surelyBelowUp, _surelyAboveDown) = ((double)up * (1d - 1e-12), (double)down * (1d + 1e-12));
    }

    /// <summary>exp(width), rounded away from 1.</summary>
    public decimal Up { get; }
    /// <summary>exp(-width), rounded away from 1.</summary>
    public decimal Down { get; }

    // Twelve decimals keep price x factor inside 28 digits, and rounding outwards never lets a price inside the band trade.
    private const decimal Resolution = 1_000_000_000_000m;

    /// <param name="width">Log price; above 0, at most 1.</param>
    public static LogBand Of(decimal width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 1m);
        var up = Exp(width);
        return new LogBand(decimal.Ceiling(up * Resolution) / Resolution, decimal.Floor(Resolution / up) / Resolution);
    }

    public BandSide SideOf(Price price, Price reference)
    {
        // Nearly every price is well inside, and two doubles cost a fraction of two exact products.
        var ratio = (double)price.QuotePerBase / (double)reference.QuotePerBase;
        if (ratio < _surelyBelowUp && ratio > _surelyAboveDown) return BandSide.Inside;
        return price.QuotePerBase >= reference.QuotePerBase * Up ? BandSide.Above
            : price.QuotePerBase <= reference.QuotePerBase * Down ? BandSide.Below
            : BandSide.Inside;
    }

    // Math.Exp may differ in its last bit between platforms; the series is the same everywhere. At width 1 the 28th term is below 1e-28.
    private static decimal Exp(decimal x)
    {
        var (sum, term) = (1m, 1m);
        for (var n = 1; n <= 28; n++)
        {
            term = term * x / n;
            sum += term;
        }
        return sum;
    }
}
