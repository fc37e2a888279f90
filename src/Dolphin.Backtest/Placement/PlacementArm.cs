using System.Collections.Immutable;

namespace Dolphin.Backtest.Placement;

/// <summary>What one way of placing came to. Costs are basis points of the middle at the decision, above zero when paid, each lot counting alike.</summary>
/// <param name="Placements">That ended within the recording.</param>
/// <param name="Filled">Share of what was wanted.</param>
/// <param name="Maker">Share of what was filled.</param>
/// <param name="Orders">Sent, over all placements.</param>
/// <param name="CostBps">Price and fee of what was filled; of what was not nothing.</param>
/// <param name="PriceBps">Price alone: below zero it was better than the middle at the decision.</param>
/// <param name="FeeBps">Above zero paid, below zero a rebate.</param>
/// <param name="SpreadOfCostBps">Standard deviation of the cost from placement to placement.</param>
/// <param name="Seconds">From decision to last fill, on average.</param>
/// <param name="AgainstBps">How far the middle has gone against a fill after 1, 5 and 30 s, of the fill's price: what resting pays to those who know more.</param>
public sealed record PlacementArm(
    string Name, int Placements, double Filled, double Maker, long Orders, double CostBps, double PriceBps, double FeeBps, double SpreadOfCostBps,
    double Seconds, ImmutableArray<double> AgainstBps);
