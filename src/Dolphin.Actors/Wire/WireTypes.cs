using System.Collections.Frozen;
using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.External;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Actors.Survival;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Wire;

/// <summary>
/// Every message that may cross from one node to another, and its name there. During a rolling upgrade two versions speak to each other:
/// a name is never given to another type, and a type only gains optional fields.
/// </summary>
/// <remarks>Market data is not here: every node has its own feed.</remarks>
public static class WireTypes
{
    public static readonly ImmutableArray<(string Name, Type Type)> Table =
    [
        ("execution.begin.v1", typeof(ExecutionProtocol.Begin)),
        ("execution.execute.v1", typeof(ExecutionProtocol.Execute)),
        ("execution.withdraw.v1", typeof(ExecutionProtocol.Withdraw)),
        ("execution.order-filled.v1", typeof(ExecutionProtocol.OrderFilled)),
        ("execution.external-fill.v1", typeof(ExecutionProtocol.ExternalFill)),
        ("execution.fill-taken.v1", typeof(ExecutionProtocol.FillTaken)),
        ("execution.leg-done.v1", typeof(ExecutionProtocol.LegDone)),
        ("execution.leg-stored.v1", typeof(ExecutionProtocol.LegStored)),
        ("execution.fill-stored.v1", typeof(ExecutionProtocol.FillStored)),
        ("execution.show-account.v1", typeof(ExecutionProtocol.ShowAccount)),
        ("execution.slippage.v1", typeof(Slippage)),
        ("execution.fees-charged.v1", typeof(ExecutionProtocol.FeesCharged)),

        ("book.book-fill.v1", typeof(BookProtocol.BookFill)),
        ("book.book-funding.v1", typeof(BookProtocol.BookFunding)),
        ("book.funding-stored.v1", typeof(BookProtocol.FundingStored)),
        ("book.get.v1", typeof(BookProtocol.GetBook)),
        ("book.booked.v1", typeof(BookProtocol.Booked)),
        ("book.grounded.v1", typeof(BookProtocol.Grounded)),

        ("strategy.exit.v1", typeof(StrategyProtocol.Exit)),
        ("strategy.resume.v1", typeof(StrategyProtocol.Resume)),
        ("strategy.done.v1", typeof(StrategyProtocol.Done)),
        ("strategy.refused.v1", typeof(StrategyProtocol.Refused)),
        ("strategy.signal.v1", typeof(StrategyProtocol.Signal)),
        ("strategy.trim.v1", typeof(StrategyProtocol.Trim)),
        ("strategy.trim-taken.v1", typeof(StrategyProtocol.TrimTaken)),
        ("strategy.trim-declined.v1", typeof(StrategyProtocol.TrimDeclined)),
        ("strategy.grow.v1", typeof(StrategyProtocol.Grow)),
        ("strategy.grow-taken.v1", typeof(StrategyProtocol.GrowTaken)),
        ("strategy.grow-declined.v1", typeof(StrategyProtocol.GrowDeclined)),
        ("strategy.wish-over.v1", typeof(StrategyProtocol.WishOver)),
        ("strategy.get-holders.v1", typeof(StrategyProtocol.GetHolders)),
        ("strategy.held-by.v1", typeof(StrategyProtocol.HeldBy)),

        ("hermes.assignment.v1", typeof(HermesProtocol.Assignment)),
        ("hermes.holding.v1", typeof(HermesProtocol.Holding)),
        ("hermes.override.v1", typeof(HermesProtocol.Override)),
        ("hermes.lift.v1", typeof(HermesProtocol.Lift)),
        ("hermes.done.v1", typeof(HermesProtocol.Done)),
        ("hermes.refused.v1", typeof(HermesProtocol.Refused)),

        ("funding.known.v1", typeof(FundingProtocol.Known)),
        ("divergence.compared.v1", typeof(DivergenceProtocol.Compared)),
        ("scan.scanned.v1", typeof(ScanProtocol.Scanned)),
        ("scan-shard.resume.v1", typeof(ScanShardProtocol.Resume)),
        ("scan-shard.take.v1", typeof(ScanShardProtocol.Take)),
        ("scan-shard.taken.v1", typeof(ScanShardProtocol.Taken)),
        ("scan-shard.get-history.v1", typeof(ScanShardProtocol.GetHistory)),
        ("scan-shard.history-piece.v1", typeof(ScanShardProtocol.HistoryPiece)),
        ("scan-shard.get-part.v1", typeof(ScanShardProtocol.GetPart)),
        ("scan-shard.part-piece.v1", typeof(ScanShardProtocol.PartPiece)),
        ("alpha.snapshot.v1", typeof(AlphaSnapshot)),

        ("external-factors.observed.v1", typeof(ExternalFactors.Observed)),
        ("external-factors.levelled.v1", typeof(ExternalFactors.Levelled)),
        ("external-factors.get-known.v1", typeof(ExternalFactors.GetKnown)),
        ("external-factors.known.v1", typeof(ExternalFactors.Known)),

        ("size-learning.open.v1", typeof(SizeInput.Open)),
        ("size-learning.close.v1", typeof(SizeInput.Close)),
        ("size-learning.withdraw.v1", typeof(SizeInput.Withdraw)),
        ("size-learning.taken.v1", typeof(SizingProtocol.Taken)),
        ("size-learning.learned.v1", typeof(SizingProtocol.Learned)),
        ("sizing.enveloped.v1", typeof(SizingProtocol.Enveloped)),
        ("sizing.measured.v1", typeof(SizingProtocol.Measured)),

        ("risk.snapshot.v1", typeof(RiskSnapshot)),
        ("risk.layer-report.v1", typeof(LayerReport)),
        ("risk.acknowledge-drawdown.v1", typeof(SurvivalProtocol.AcknowledgeDrawdown)),
        ("risk.acknowledged.v1", typeof(SurvivalProtocol.Acknowledged)),
        ("risk.refused.v1", typeof(SurvivalProtocol.Refused)),

        ("service.ended.v1", typeof(NodeProtocol.ServiceEnded)),
        ("service.begun.v1", typeof(NodeProtocol.ServiceBegun)),
        ("service.signs-of-life.v1", typeof(NodeProtocol.SignsOfLife)),

        ("ledger.acknowledge.v1", typeof(LedgerProtocol.Acknowledge)),
        ("ledger.acknowledged.v1", typeof(LedgerProtocol.Acknowledged)),
        ("ledger.refused.v1", typeof(LedgerProtocol.Refused)),

        ("venue.account.v1", typeof(VenueEvent.Account)),
        ("venue.liquidated.v1", typeof(VenueEvent.Liquidated)),

        ("operator.asked.v1", typeof(OperatorProtocol.Asked)),

        ("durable.take-snapshot.v1", typeof(DurableProtocol.TakeSnapshot)),
        ("durable.get-stored.v1", typeof(DurableProtocol.GetStored)),
        ("durable.stored-state.v1", typeof(DurableProtocol.StoredState)),

        ("cluster.node-health.v1", typeof(NodeHealth)),
    ];

    internal static readonly FrozenDictionary<Type, string> NameOf = Table.ToFrozenDictionary(t => t.Type, t => t.Name);
    private static readonly FrozenDictionary<string, Type> ByName = Table.ToFrozenDictionary(t => t.Name, t => t.Type, StringComparer.Ordinal);

    /// <exception cref="UnknownMessageException">A newer version sent it.</exception>
    public static Type TypeOf(string name) => ByName.TryGetValue(name, out var type)
        ? type
        : throw new UnknownMessageException($"Another node sent a '{name}', which this version does not know: a newer one runs there. The message was dropped; finish the upgrade.");
}
