using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Plan;

/// <summary>What the venue allows for each symbol: as configured, or as far as its recording shows.</summary>
public sealed record InstrumentPlan(
    Money MinNotional, decimal PercentPrice, ImmutableArray<LeverageBracket> Brackets, ImmutableSortedDictionary<Symbol, Instrument> Known)
{
    /// <param name="priceDecimals">Most decimals seen in a price; used only where the symbol is not configured.</param>
    public Instrument For(Symbol symbol, int priceDecimals, int volumeDecimals) => Known.TryGetValue(symbol, out var known)
        ? known
        : Instruments.Infer(symbol, priceDecimals, volumeDecimals) with { MinNotional = MinNotional, PercentPrice = PercentPrice, Brackets = Brackets };
}
