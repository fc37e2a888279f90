using Dolphin.Actors.Alpha;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Node;
using Dolphin.Actors.Sizing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Strategies;

/// <summary>What every strategy of a node shares.</summary>
/// <param name="Fees">What the venue takes now.</param>
/// <param name="Sizing">Null: plan and R_total size alone.</param>
/// <param name="Alpha">Null: nobody ranks, and nobody looks at the book for them.</param>
public sealed record StrategyContext(
    IActorRef Execution, RiskBoard Risk, RunBoard Board, InvariantLedger Invariants, FeeBoard Fees, SizingGround? Sizing = null, AlphaGround? Alpha = null)
{
    /// <summary>See <see cref="ExecutionPeers.ChangedRules"/>.</summary>
    public Func<Symbol, ChangedRules?>? ChangedRules { get; init; }
}
