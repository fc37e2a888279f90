using System.Collections.Immutable;

namespace Dolphin.Domain.Market;

/// <summary>What a venue allows for one symbol. All steps are exact base 10.</summary>
/// <param name="TickSize">Quote per base; prices are multiples of it.</param>
/// <param name="LotSize">Base; quantities are multiples of it.</param>
/// <param name="MinQuantity">Base; the smallest order.</param>
/// <param name="MinNotional">Quote; the smallest order that makes a leg larger. Orders that reduce a leg are exempt (-4164 does not apply to them).</param>
/// <param name="PercentPrice">Fraction; a limit price further than this from the mark is refused (-4131/-4016 kind).</param>
/// <param name="Brackets">Leverage brackets in rising order of notional cap; never empty.</param>
public sealed record Instrument(
    Symbol Symbol, decimal TickSize, decimal LotSize, Quantity MinQuantity, Money MinNotional, decimal PercentPrice,
    ImmutableArray<LeverageBracket> Brackets);

/// <summary>One row of the venue's leverage table.</summary>
/// <param name="NotionalCap">Quote; the bracket holds up to this notional, inclusive.</param>
/// <param name="MaxLeverage">Times.</param>
/// <param name="MaintenanceMarginRate">Fraction of notional.</param>
/// <param name="MaintenanceAmount">Quote; subtracted so that margin is continuous across brackets.</param>
public sealed record LeverageBracket(Money NotionalCap, decimal MaxLeverage, decimal MaintenanceMarginRate, Money MaintenanceAmount);
