using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Sizing;

/// <summary>What sizes openings besides plan and R_total. Known to be good.</summary>
/// <param name="Capital">Quote, above zero; of the account, what recent profit is a part of.</param>
/// <param name="PnlWindow">Over which profit counts as recent.</param>
/// <param name="Weights">Risk weight of symbols that are not ordinary; 1 is.</param>
public sealed record SizingPlan(SizingPolicy Policy, Money Capital, TimeSpan PnlWindow, ImmutableSortedDictionary<Symbol, double> Weights)
{
    /// <summary>Funding is a factor of adaptive leverage and of the size learner, and of nothing else.</summary>
    public bool AsksForFunding => Policy.Leverage is not null || Policy.Learning is not null;
}
