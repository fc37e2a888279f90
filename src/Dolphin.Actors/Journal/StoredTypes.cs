using System.Collections.Frozen;
using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Books;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Hermes;
using Dolphin.Actors.Market;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Survival;
using Dolphin.Actors.Venue;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Books;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.External;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Scan;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Journal;

/// <summary>Every name that stands in a journal, and the type it stands for today. Names are for ever; types may move and be renamed.</summary>
public static class StoredTypes
{
    public static readonly ImmutableArray<(string Name, Type Type)> Table =
    [
        ("hedge.started.v1", typeof(HedgeEvent.Started)),
        ("hedge.cycle-opened.v1", typeof(HedgeEvent.CycleOpened)),
        ("hedge.opening-evened.v1", typeof(HedgeEvent.OpeningEvened)),
        ("hedge.entry-refused.v1", typeof(HedgeEvent.EntryRefused)),
        ("hedge.reference-moved.v1", typeof(HedgeEvent.ReferenceMoved)),
        ("hedge.rebalanced.v1", typeof(HedgeEvent.Rebalanced)),
        ("hedge.paused.v1", typeof(HedgeEvent.Paused)),
        ("hedge.resumed.v1", typeof(HedgeEvent.Resumed)),
        ("hedge.exit-requested.v1", typeof(HedgeEvent.ExitRequested)),
        ("hedge.exit-started.v1", typeof(HedgeEvent.ExitStarted)),
        ("hedge.exit-stepped.v1", typeof(HedgeEvent.ExitStepped)),
        ("hedge.exit-bound-exceeded.v1", typeof(HedgeEvent.ExitBoundExceeded)),
        ("hedge.fill-booked.v1", typeof(HedgeEvent.FillBooked)),
        ("hedge.order-finished.v1", typeof(HedgeEvent.OrderFinished)),
        ("hedge.external-fill-booked.v1", typeof(HedgeEvent.ExternalFillBooked)),
        ("hedge.terminated.v1", typeof(HedgeEvent.Terminated)),
        ("hedge.adopted.v1", typeof(HedgeEvent.Adopted)),
        ("hedge.release-wanted.v1", typeof(HedgeEvent.ReleaseWanted)),
        ("hedge.released.v1", typeof(HedgeEvent.Released)),
        ("hedge.trim-wanted.v1", typeof(HedgeEvent.TrimWanted)),
        ("hedge.trim-asked.v1", typeof(HedgeEvent.TrimAsked)),
        ("hedge.trim-ended.v1", typeof(HedgeEvent.TrimEnded)),
        ("hedge.growth-asked.v1", typeof(HedgeEvent.GrowthAsked)),
        ("hedge.growth-evened.v1", typeof(HedgeEvent.GrowthEvened)),
        ("hedge.growth-ended.v1", typeof(HedgeEvent.GrowthEnded)),
        ("hedge.snapshot.v1", typeof(StrategySnapshot)),

        ("compression.adopted.v1", typeof(CompressionEvent.Adopted)),
        ("compression.topped-up.v1", typeof(CompressionEvent.ToppedUp)),
        ("compression.reduced.v1", typeof(CompressionEvent.Reduced)),
        ("compression.swing-passed.v1", typeof(CompressionEvent.SwingPassed)),
        ("compression.entry-refused.v1", typeof(CompressionEvent.EntryRefused)),
        ("compression.exit-requested.v1", typeof(CompressionEvent.ExitRequested)),
        ("compression.unwound.v1", typeof(CompressionEvent.Unwound)),
        ("compression.fill-booked.v1", typeof(CompressionEvent.FillBooked)),
        ("compression.order-finished.v1", typeof(CompressionEvent.OrderFinished)),
        ("compression.external-fill-booked.v1", typeof(CompressionEvent.ExternalFillBooked)),
        ("compression.release-wanted.v1", typeof(CompressionEvent.ReleaseWanted)),
        ("compression.released.v1", typeof(CompressionEvent.Released)),
        ("compression.trim-wanted.v1", typeof(CompressionEvent.TrimWanted)),
        ("compression.trim-asked.v1", typeof(CompressionEvent.TrimAsked)),
        ("compression.trim-ended.v1", typeof(CompressionEvent.TrimEnded)),
        ("compression.terminated.v1", typeof(CompressionEvent.Terminated)),
        ("compression.snapshot.v1", typeof(CompressionSnapshot)),

        ("protector.adopted.v1", typeof(ProtectorEvent.Adopted)),
        ("protector.enabled.v1", typeof(ProtectorEvent.Enabled)),
        ("protector.disabled.v1", typeof(ProtectorEvent.Disabled)),
        ("protector.trimmed.v1", typeof(ProtectorEvent.Trimmed)),
        ("protector.trim-refused.v1", typeof(ProtectorEvent.TrimRefused)),
        ("protector.cooldown-began.v1", typeof(ProtectorEvent.CooldownBegan)),
        ("protector.balanced.v1", typeof(ProtectorEvent.Balanced)),
        ("protector.fill-booked.v1", typeof(ProtectorEvent.FillBooked)),
        ("protector.order-finished.v1", typeof(ProtectorEvent.OrderFinished)),
        ("protector.external-fill-booked.v1", typeof(ProtectorEvent.ExternalFillBooked)),
        ("protector.release-wanted.v1", typeof(ProtectorEvent.ReleaseWanted)),
        ("protector.released.v1", typeof(ProtectorEvent.Released)),
        ("protector.trim-wanted.v1", typeof(ProtectorEvent.TrimWanted)),
        ("protector.trim-asked.v1", typeof(ProtectorEvent.TrimAsked)),
        ("protector.trim-ended.v1", typeof(ProtectorEvent.TrimEnded)),
        ("protector.snapshot.v1", typeof(ProtectorSnapshot)),

        ("directional.started.v1", typeof(DirectionalEvent.Started)),
        ("directional.adopted.v1", typeof(DirectionalEvent.Adopted)),
        ("directional.signal-taken.v1", typeof(DirectionalEvent.SignalTaken)),
        ("directional.entry-refused.v1", typeof(DirectionalEvent.EntryRefused)),
        ("directional.opened.v1", typeof(DirectionalEvent.Opened)),
        ("directional.planned.v1", typeof(DirectionalEvent.Planned)),
        ("directional.replanned.v1", typeof(DirectionalEvent.Replanned)),
        ("directional.stop-moved.v1", typeof(DirectionalEvent.StopMoved)),
        ("directional.close-ordered.v1", typeof(DirectionalEvent.CloseOrdered)),
        ("directional.trim-wanted.v1", typeof(DirectionalEvent.TrimWanted)),
        ("directional.trim-asked.v1", typeof(DirectionalEvent.TrimAsked)),
        ("directional.trim-ended.v1", typeof(DirectionalEvent.TrimEnded)),
        ("directional.stray-closed.v1", typeof(DirectionalEvent.StrayClosed)),
        ("directional.position-ended.v1", typeof(DirectionalEvent.PositionEnded)),
        ("directional.fill-booked.v1", typeof(DirectionalEvent.FillBooked)),
        ("directional.order-finished.v1", typeof(DirectionalEvent.OrderFinished)),
        ("directional.external-fill-booked.v1", typeof(DirectionalEvent.ExternalFillBooked)),
        ("directional.paused.v1", typeof(DirectionalEvent.Paused)),
        ("directional.resumed.v1", typeof(DirectionalEvent.Resumed)),
        ("directional.exit-requested.v1", typeof(DirectionalEvent.ExitRequested)),
        ("directional.release-wanted.v1", typeof(DirectionalEvent.ReleaseWanted)),
        ("directional.released.v1", typeof(DirectionalEvent.Released)),
        ("directional.terminated.v1", typeof(DirectionalEvent.Terminated)),
        ("directional.signals-passed.v1", typeof(DirectionalEvent.SignalsPassed)),
        ("directional.snapshot.v1", typeof(DirectionalSnapshot)),

        ("hermes.hand-over-asked.v1", typeof(HermesEvent.HandOverAsked)),
        ("hermes.released.v1", typeof(HermesEvent.Released)),
        ("hermes.adopted.v1", typeof(HermesEvent.Adopted)),
        ("hermes.hand-over-failed.v1", typeof(HermesEvent.HandOverFailed)),
        ("hermes.holder-ended.v1", typeof(HermesEvent.HolderEnded)),
        ("hermes.stance-changed.v1", typeof(HermesEvent.StanceChanged)),
        ("hermes.override-set.v1", typeof(HermesEvent.OverrideSet)),
        ("hermes.override-lifted.v1", typeof(HermesEvent.OverrideLifted)),
        ("hermes.snapshot.v1", typeof(HermesSnapshot)),

        ("balancer.assessed.v1", typeof(BalancerEvent.CycleAssessed)),
        ("balancer.skipped.v1", typeof(BalancerEvent.CycleSkipped)),
        ("balancer.command-issued.v1", typeof(BalancerEvent.CommandIssued)),
        ("balancer.command-taken.v1", typeof(BalancerEvent.CommandTaken)),
        ("balancer.growth-answered.v1", typeof(BalancerEvent.GrowthAnswered)),
        ("balancer.command-done.v1", typeof(BalancerEvent.CommandDone)),
        ("balancer.command-rejected.v1", typeof(BalancerEvent.CommandRejected)),
        ("balancer.command-expired.v1", typeof(BalancerEvent.CommandExpired)),
        ("balancer.alert-raised.v1", typeof(BalancerEvent.AlertRaised)),
        ("balancer.alert-throttled.v1", typeof(BalancerEvent.AlertThrottled)),
        ("balancer.snapshot.v1", typeof(BalancerMemory)),

        ("executor.carried-out.v1", typeof(ExecutorEvent.CarriedOut)),
        ("executor.done-already.v1", typeof(ExecutorEvent.DoneAlready)),
        ("executor.refused.v1", typeof(ExecutorEvent.Refused)),
        ("executor.expired.v1", typeof(ExecutorEvent.Expired)),

        ("funding.told.v1", typeof(FundingEvent.Told)),
        ("funding.snapshot.v1", typeof(FundingMemory)),
        ("divergence.snapshot.v1", typeof(DivergenceSnapshot)),
        ("external-factors.snapshot.v1", typeof(FactorCacheState)),

        ("scan.warm-up-began.v1", typeof(ScanEvent.WarmUpBegan)),
        ("scan.drift-alarmed.v1", typeof(ScanEvent.DriftAlarmed)),
        ("scan.drift-calmed.v1", typeof(ScanEvent.DriftCalmed)),
        ("scan.universe-shrunk.v1", typeof(ScanEvent.UniverseShrunk)),
        ("scan.universe-grown.v1", typeof(ScanEvent.UniverseGrown)),
        ("scan.snapshot.v1", typeof(ScanSnapshot)),

        ("alpha.snapshot.v1", typeof(AlphaMemory)),
        ("forewarner.fit-wanted.v1", typeof(ForewarnerEvent.FitWanted)),
        ("forewarner.market-moved.v1", typeof(ForewarnerEvent.MarketMoved)),
        ("forewarner.champion-changed.v1", typeof(ForewarnerEvent.ChampionChanged)),
        ("forewarner.challenger-rejected.v1", typeof(ForewarnerEvent.ChallengerRejected)),
        ("forewarner.fit-failed.v1", typeof(ForewarnerEvent.FitFailed)),
        ("forewarner.leverage-halved.v1", typeof(ForewarnerEvent.LeverageHalved)),
        ("forewarner.leverage-restored.v1", typeof(ForewarnerEvent.LeverageRestored)),
        ("forewarner.model-kept.v1", typeof(KeptModel)),
        ("forewarner.snapshot.v1", typeof(ForewarnerMemory)),

        ("size-learning.episode-opened.v1", typeof(SizeEvent.EpisodeOpened)),
        ("size-learning.episode-closed.v1", typeof(SizeEvent.EpisodeClosed)),
        ("size-learning.episode-expired.v1", typeof(SizeEvent.EpisodeExpired)),
        ("size-learning.episode-withdrawn.v1", typeof(SizeEvent.EpisodeWithdrawn)),
        ("size-learning.trust-earned.v1", typeof(SizeEvent.TrustEarned)),
        ("size-learning.trust-lost.v1", typeof(SizeEvent.TrustLost)),
        ("size-learning.snapshot.v1", typeof(SizeLearnerSnapshot)),
        ("sizing-account.snapshot.v1", typeof(AccountMeter)),

        ("execution.intended.v1", typeof(ExecutionEvent.Intended)),
        ("execution.finished.v1", typeof(ExecutionEvent.Finished)),
        ("execution.placement-began.v1", typeof(ExecutionEvent.PlacementBegan)),
        ("execution.placement-ended.v1", typeof(ExecutionEvent.PlacementEnded)),
        ("execution.fees-charged.v1", typeof(ExecutionEvent.FeesCharged)),
        ("execution.snapshot.v1", typeof(OrderDeskState)),

        ("book.fill-booked.v1", typeof(BookEvent.FillBooked)),
        ("book.funding-booked.v1", typeof(BookEvent.FundingBooked)),
        ("book.snapshot.v1", typeof(HedgedBook)),

        ("survival.posture-changed.v1", typeof(SurvivalEvent.PostureChanged)),
        ("survival.invariant-failed.v1", typeof(SurvivalEvent.InvariantFailed)),
        ("survival.invariant-restored.v1", typeof(SurvivalEvent.InvariantRestored)),
        ("survival.drawdown-latched.v1", typeof(SurvivalEvent.DrawdownLatched)),
        ("survival.drawdown-released.v1", typeof(SurvivalEvent.DrawdownReleased)),
        ("survival.drawdown-acknowledged.v1", typeof(SurvivalEvent.DrawdownAcknowledged)),
        ("survival.assessed.v1", typeof(SurvivalEvent.Assessed)),
        ("survival.snapshot.v1", typeof(SurvivalMemory)),
        ("quorum.sensor-silent.v1", typeof(QuorumEvent.SensorSilent)),
        ("quorum.sensor-heard.v1", typeof(QuorumEvent.SensorHeard)),
        ("quorum.node-silent.v1", typeof(QuorumEvent.NodeSilent)),
        ("quorum.node-heard.v1", typeof(QuorumEvent.NodeHeard)),
        ("quorum.node-removed.v1", typeof(QuorumEvent.NodeRemoved)),
        ("quorum.service-ended.v1", typeof(QuorumEvent.ServiceEnded)),
        ("quorum.services-begun.v1", typeof(QuorumEvent.ServicesBegun)),
        ("quorum.services-silent.v1", typeof(QuorumEvent.ServicesSilent)),
        ("quorum.services-heard.v1", typeof(QuorumEvent.ServicesHeard)),
        ("quorum.lost.v1", typeof(QuorumEvent.QuorumLost)),
        ("quorum.regained.v1", typeof(QuorumEvent.QuorumRegained)),
        ("quorum.controller-returned.v1", typeof(QuorumEvent.ControllerReturned)),

        ("sensor.quorum.v1", typeof(QuorumState)),
        ("sensor.ledger.v1", typeof(LedgerState)),
        ("sensor.ledger-broke.v1", typeof(LedgerEvent.Broke)),
        ("sensor.ledger-acknowledged.v1", typeof(LedgerEvent.Acknowledged)),
        ("sensor.heartbeat.v1", typeof(HeartbeatState)),
        ("sensor.slippage.v1", typeof(SlippageState)),
        ("sensor.shocks.v1", typeof(ShockState)),
        ("sensor.drawdown.v1", typeof(DrawdownState)),
        ("sensor.peak-raised.v1", typeof(DrawdownEvent.PeakRaised)),
        ("sensor.esof.v1", typeof(EsofState)),
        ("sensor.books.v1", typeof(BookSensorState)),

        ("paper.order-accepted.v1", typeof(PaperFact.OrderAccepted)),
        ("paper.order-rejected.v1", typeof(PaperFact.OrderRejected)),
        ("paper.duplicate-refused.v1", typeof(PaperFact.DuplicateRefused)),
        ("paper.order-filled.v1", typeof(PaperFact.OrderFilled)),
        ("paper.order-closed.v1", typeof(PaperFact.OrderClosed)),
        ("paper.funding-settled.v1", typeof(PaperFact.FundingSettled)),
        ("paper.leg-liquidated.v1", typeof(PaperFact.LegLiquidated)),
        ("paper.leg-settled.v1", typeof(PaperFact.LegSettled)),
        ("paper.positions-found.v1", typeof(PaperFact.PositionsFound)),
        ("paper.marked.v1", typeof(PaperVenueProtocol.Marked)),
        ("paper.snapshot.v1", typeof(PaperState)),

        ("world.began.v1", typeof(WorldEvent.Began)),
        ("world.snapshot.v1", typeof(WorldMemory)),

        ("operator.asked.v1", typeof(OperatorProtocol.Asked)),
        ("operator.snapshot.v1", typeof(OperatorProtocol.Log)),
    ];

    internal static readonly FrozenDictionary<Type, string> NameOf = Table.ToFrozenDictionary(t => t.Type, t => t.Name);
    private static readonly FrozenDictionary<string, Type> ByName = Table.ToFrozenDictionary(t => t.Name, t => t.Type, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A newer version wrote it.</exception>
    public static Type TypeOf(string name) => ByName.TryGetValue(name, out var type)
        ? type
        : throw new ArgumentException($"The journal holds a '{name}', which this version does not know: it was written by a newer one. The entity halts.", nameof(name));
}
