using Dolphin.Domain.Market;

namespace Dolphin.Domain.Sizing;

/// <summary>What a venue takes of an order.</summary>
/// <param name="Maker">Fraction of notional of an order that rests; below zero is a rebate.</param>
/// <param name="Taker">Fraction of notional of an order that takes.</param>
public sealed record VenueFees(decimal Maker, decimal Taker)
{
    /// <summary>The ordinary tier of Binance USD-M, without a discount.</summary>
    public static readonly VenueFees Ordinary = new(0.0002m, 0.0005m);

    /// <summary>Digits of a rate, a thousandth of a basis point: finer than any tier, and coarser than what a fee in whole 1e-8 of quote can be off by from
    /// <see cref="LeastNotional"/> on.</summary>
    private const int Decimals = 7;

    /// <summary>Quote; the fee of a smaller fill is mostly rounding.</summary>
    private const decimal LeastNotional = 1m;

    /// <summary>What the venue takes, as the newest fill shows it for its kind of order.</summary>
    /// <param name="fill">Of an order of ours: the venue takes something else for what it closes by force.</param>
    /// <returns>This where the fill shows what was known, or nothing.</returns>
    public VenueFees After(Fill fill)
    {
        var notional = fill.Price * fill.Quantity;
        if (notional.Quote < LeastNotional) return this;
        var rate = decimal.Round(fill.Fee.Quote / notional.Quote, Decimals);
        if (rate is < OrderSizer.LowestFeeRate or > OrderSizer.HighestFeeRate || rate == (fill.IsMaker ? Maker : Taker)) return this;
        return fill.IsMaker ? this with { Maker = rate } : this with { Taker = rate };
    }
}
