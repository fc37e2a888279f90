using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Actors.Strategies;

/// <summary>One strategy of a plan, known to be good.</summary>
/// <param name="StrategyId">Unique in the plan; client order ids and the persistence id are made from it.</param>
public abstract record StrategyPlan(string StrategyId, Symbol Symbol, Instrument Instrument)
{
    /// <summary>As what it may hold the legs.</summary>
    public abstract LegHolder Holder { get; }

    /// <summary>It opens, or makes a leg larger, when whoever watches the portfolio asks for it.</summary>
    public virtual bool GrowsWhenAsked => false;

    /// <summary>Says why the strategy could do nothing with an asset's legs as they stand, or null if it could.</summary>
    public abstract Refusal? Objection(HandOver legs);

    /// <summary>Of its actor.</summary>
    /// <param name="stance">Until its asset says another.</param>
    public abstract Props ToProps(StrategyContext context, StrategyProtocol.Stance stance);
}

/// <summary>One asset of a plan: who may trade its two legs.</summary>
/// <param name="Strategies">One, which trades from the beginning; or several, of which Hermes enables one at a time.</param>
/// <param name="Capital">Quote; the asset's share of the account.</param>
/// <param name="Hermes">Null where one strategy has the asset for itself.</param>
/// <param name="OpeningLeg">Quote, above zero where Hermes decides: one leg of an opening as the plan alone would size it, capital x fraction x leverage.</param>
public sealed record AssetPlan(
    Symbol Symbol, Instrument Instrument, ImmutableArray<StrategyPlan> Strategies, Money Capital, HermesPolicy? Hermes = null, Money OpeningLeg = default)
{
    /// <summary>As <see cref="LegObjection"/> has it; nobody, and who is not in the plan, objects to nothing.</summary>
    public Refusal? Objection(LegHolder heir, in HermesBook book)
    {
        foreach (var strategy in Strategies)
            if (strategy.Holder == heir) return strategy.Objection(new HandOver(book.Long, book.Short, LongTradeId: 0, ShortTradeId: 0));
        return null;
    }

    /// <summary>Whether a strategy of this asset grows when asked; of nobody it is false.</summary>
    public bool GrowsWhenAsked(string? strategyId)
    {
        foreach (var strategy in Strategies)
            if (string.Equals(strategy.StrategyId, strategyId, StringComparison.Ordinal)) return strategy.GrowsWhenAsked;
        return false;
    }

    public static AssetPlan Alone(StrategyPlan strategy, Money capital) => new(strategy.Symbol, strategy.Instrument, [strategy], capital);
}
