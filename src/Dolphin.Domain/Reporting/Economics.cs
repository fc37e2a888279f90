using System.Collections.Immutable;

namespace Dolphin.Domain.Reporting;

/// <summary>What a run, or one asset of it, came to in money, and what it took.</summary>
/// <param name="Gross">Quote, before costs: what the legs earned from the first price of the run to the last, realised or not. Above zero is earned. What
/// was won or lost on a leg before the run began is <paramref name="BroughtIn"/>, and not in it.</param>
/// <param name="Fees">Quote, of every fill, forced ones too; above zero was paid.</param>
/// <param name="Funding">Quote; above zero was received.</param>
/// <param name="Net">Quote: gross - fees + funding, exactly. By so much the run changed the account.</param>
/// <param name="Turnover">Quote: price times quantity of every fill, whoever ordered it. What is bought and sold again counts both times; a leg that was
/// there before the run was not traded in it.</param>
/// <param name="TimeInMarket">0 to 1: part of the market time from the first bar's open to the last one's close in which at least one leg was held. Of a run
/// it is the mean of its assets, each with the same weight.</param>
/// <param name="BroughtIn">Quote: what legs that the account held before the run were worth at its first price, against their entry; below zero they were
/// under water.</param>
public sealed record Economics(Money Gross, Money Fees, Money Funding, Money Net, Money Turnover, double TimeInMarket, Money BroughtIn)
{
    /// <param name="realised">Quote; as the book has it, from the entries of what was brought in.</param>
    /// <param name="unrealised">Quote; likewise, at the last price.</param>
    /// <param name="span">How long the run was; above zero.</param>
    public static Economics Of(Money realised, Money unrealised, Money fees, Money funding, in Dealings dealings, TimeSpan held, TimeSpan span)
    {
        var gross = realised + unrealised - dealings.BroughtIn;
        return new Economics(gross, fees, funding, gross - fees + funding, dealings.Turnover, span > TimeSpan.Zero ? Math.Clamp(held / span, 0d, 1d) : 0d, dealings.BroughtIn);
    }

    /// <param name="assets">One or more.</param>
    public static Economics Sum(ImmutableArray<Economics> assets)
    {
        var (gross, fees, funding, turnover, broughtIn, time) = (Money.Zero, Money.Zero, Money.Zero, Money.Zero, Money.Zero, 0d);
        foreach (var e in assets)
            (gross, fees, funding, turnover, broughtIn, time) = (gross + e.Gross, fees + e.Fees, funding + e.Funding, turnover + e.Turnover, broughtIn + e.BroughtIn, time + e.TimeInMarket);
        return new Economics(gross, fees, funding, gross - fees + funding, turnover, time / assets.Length, broughtIn);
    }
}
