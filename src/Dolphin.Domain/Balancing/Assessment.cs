using System.Collections.Immutable;

namespace Dolphin.Domain.Balancing;

/// <summary>The five checks, as a set: which of them may act now.</summary>
[Flags]
public enum BalancerChecks
{
    None = 0,
    MarginOverload = 1,
    SymbolExposure = 2,
    Diversification = 4,
    Divergence = 8,
    SymbolWeight = 16,
    All = MarginOverload | SymbolExposure | Diversification | Divergence | SymbolWeight,
}

/// <summary>What one look at the portfolio found, and what is to be done about it.</summary>
/// <param name="Metrics">Null where the snapshot could not be judged.</param>
/// <param name="Commands">In the order of their ids, which is the order to do them in.</param>
/// <param name="Alerts">Everything there is to tell, before throttling.</param>
/// <param name="Notes">What was assumed, and what was breached and left alone, one sentence each.</param>
/// <param name="Skipped">Why nothing was judged, or null.</param>
/// <param name="PartedWith">The margin that a divergence is felt of, at least: what was used when hedges were asked for. Null where none were, or prices are together again.</param>
public sealed record Assessment(
    PortfolioMetrics? Metrics, ImmutableArray<BalancerCommand> Commands, ImmutableArray<BalancerAlert> Alerts, ImmutableArray<string> Notes, Refusal? Skipped,
    Money? PartedWith);
