using System.Text;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Journal;
using Dolphin.Actors.Protection;
using Dolphin.Domain;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;

namespace Dolphin.Actors.Tests.Journal;

/// <summary>What stands in a journal stays readable: names are pinned, and one sample of every version ever written is read back.</summary>
public sealed class StoredTypesStories
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Journal", "samples");

    // Written out once more, so that a renamed entry in the table does not rename its own test with it. Add lines; never change one.
    private const string Pinned = """
        hedge.started.v1 HedgeEvent.Started
        hedge.cycle-opened.v1 HedgeEvent.CycleOpened
        hedge.opening-evened.v1 HedgeEvent.OpeningEvened
        hedge.entry-refused.v1 HedgeEvent.EntryRefused
        hedge.reference-moved.v1 HedgeEvent.ReferenceMoved
        hedge.rebalanced.v1 HedgeEvent.Rebalanced
        hedge.paused.v1 HedgeEvent.Paused
        hedge.resumed.v1 HedgeEvent.Resumed
        hedge.exit-requested.v1 HedgeEvent.ExitRequested
        hedge.exit-started.v1 HedgeEvent.ExitStarted
        hedge.exit-stepped.v1 HedgeEvent.ExitStepped
        hedge.exit-bound-exceeded.v1 HedgeEvent.ExitBoundExceeded
        hedge.fill-booked.v1 HedgeEvent.FillBooked
        hedge.order-finished.v1 HedgeEvent.OrderFinished
        hedge.external-fill-booked.v1 HedgeEvent.ExternalFillBooked
        hedge.terminated.v1 HedgeEvent.Terminated
        hedge.adopted.v1 HedgeEvent.Adopted
        hedge.release-wanted.v1 HedgeEvent.ReleaseWanted
        hedge.released.v1 HedgeEvent.Released
        hedge.trim-wanted.v1 HedgeEvent.TrimWanted
        hedge.trim-asked.v1 HedgeEvent.TrimAsked
        hedge.trim-ended.v1 HedgeEvent.TrimEnded
        hedge.growth-asked.v1 HedgeEvent.GrowthAsked
        hedge.growth-evened.v1 HedgeEvent.GrowthEvened
        hedge.growth-ended.v1 HedgeEvent.GrowthEnded
        hedge.snapshot.v1 StrategySnapshot
        compression.adopted.v1 CompressionEvent.Adopted
        compression.topped-up.v1 CompressionEvent.ToppedUp
        compression.reduced.v1 CompressionEvent.Reduced
        compression.swing-passed.v1 CompressionEvent.SwingPassed
        compression.entry-refused.v1 CompressionEvent.EntryRefused
        compression.exit-requested.v1 CompressionEvent.ExitRequested
        compression.unwound.v1 CompressionEvent.Unwound
        compression.fill-booked.v1 CompressionEvent.FillBooked
        compression.order-finished.v1 CompressionEvent.OrderFinished
        compression.external-fill-booked.v1 CompressionEvent.ExternalFillBooked
        compression.release-wanted.v1 CompressionEvent.ReleaseWanted
        compression.released.v1 CompressionEvent.Released
        compression.trim-wanted.v1 CompressionEvent.TrimWanted
        compression.trim-asked.v1 CompressionEvent.TrimAsked
        compression.trim-ended.v1 CompressionEvent.TrimEnded
        compression.terminated.v1 CompressionEvent.Terminated
        compression.snapshot.v1 CompressionSnapshot
        protector.adopted.v1 ProtectorEvent.Adopted
        protector.enabled.v1 ProtectorEvent.Enabled
        protector.disabled.v1 ProtectorEvent.Disabled
        protector.trimmed.v1 ProtectorEvent.Trimmed
        protector.trim-refused.v1 ProtectorEvent.TrimRefused
        protector.cooldown-began.v1 ProtectorEvent.CooldownBegan
        protector.balanced.v1 ProtectorEvent.Balanced
        protector.fill-booked.v1 ProtectorEvent.FillBooked
        protector.order-finished.v1 ProtectorEvent.OrderFinished
        protector.external-fill-booked.v1 ProtectorEvent.ExternalFillBooked
        protector.release-wanted.v1 ProtectorEvent.ReleaseWanted
        protector.released.v1 ProtectorEvent.Released
        protector.trim-wanted.v1 ProtectorEvent.TrimWanted
        protector.trim-asked.v1 ProtectorEvent.TrimAsked
        protector.trim-ended.v1 ProtectorEvent.TrimEnded
        protector.snapshot.v1 ProtectorSnapshot
        directional.started.v1 DirectionalEvent.Started
        directional.adopted.v1 DirectionalEvent.Adopted
        directional.signal-taken.v1 DirectionalEvent.SignalTaken
        directional.entry-refused.v1 DirectionalEvent.EntryRefused
        directional.opened.v1 DirectionalEvent.Opened
        directional.planned.v1 DirectionalEvent.Planned
        directional.replanned.v1 DirectionalEvent.Replanned
        directional.stop-moved.v1 DirectionalEvent.StopMoved
        directional.close-ordered.v1 DirectionalEvent.CloseOrdered
        directional.trim-wanted.v1 DirectionalEvent.TrimWanted
        directional.trim-asked.v1 DirectionalEvent.TrimAsked
        directional.trim-ended.v1 DirectionalEvent.TrimEnded
        directional.stray-closed.v1 DirectionalEvent.StrayClosed
        directional.position-ended.v1 DirectionalEvent.PositionEnded
        directional.fill-booked.v1 DirectionalEvent.FillBooked
        directional.order-finished.v1 DirectionalEvent.OrderFinished
        directional.external-fill-booked.v1 DirectionalEvent.ExternalFillBooked
        directional.paused.v1 DirectionalEvent.Paused
        directional.resumed.v1 DirectionalEvent.Resumed
        directional.exit-requested.v1 DirectionalEvent.ExitRequested
        directional.release-wanted.v1 DirectionalEvent.ReleaseWanted
        directional.released.v1 DirectionalEvent.Released
        directional.terminated.v1 DirectionalEvent.Terminated
        directional.signals-passed.v1 DirectionalEvent.SignalsPassed
        directional.snapshot.v1 DirectionalSnapshot
        hermes.hand-over-asked.v1 HermesEvent.HandOverAsked
        hermes.released.v1 HermesEvent.Released
        hermes.adopted.v1 HermesEvent.Adopted
        hermes.hand-over-failed.v1 HermesEvent.HandOverFailed
        hermes.holder-ended.v1 HermesEvent.HolderEnded
        hermes.stance-changed.v1 HermesEvent.StanceChanged
        hermes.override-set.v1 HermesEvent.OverrideSet
        hermes.override-lifted.v1 HermesEvent.OverrideLifted
        hermes.snapshot.v1 HermesSnapshot
        balancer.assessed.v1 BalancerEvent.CycleAssessed
        balancer.skipped.v1 BalancerEvent.CycleSkipped
        balancer.command-issued.v1 BalancerEvent.CommandIssued
        balancer.command-taken.v1 BalancerEvent.CommandTaken
        balancer.growth-answered.v1 BalancerEvent.GrowthAnswered
        balancer.command-done.v1 BalancerEvent.CommandDone
        balancer.command-rejected.v1 BalancerEvent.CommandRejected
        balancer.command-expired.v1 BalancerEvent.CommandExpired
        balancer.alert-raised.v1 BalancerEvent.AlertRaised
        balancer.alert-throttled.v1 BalancerEvent.AlertThrottled
        balancer.snapshot.v1 BalancerMemory
        executor.carried-out.v1 ExecutorEvent.CarriedOut
        executor.done-already.v1 ExecutorEvent.DoneAlready
        executor.refused.v1 ExecutorEvent.Refused
        executor.expired.v1 ExecutorEvent.Expired
        funding.told.v1 FundingEvent.Told
        funding.snapshot.v1 FundingMemory
        divergence.snapshot.v1 DivergenceSnapshot
        external-factors.snapshot.v1 FactorCacheState
        scan.warm-up-began.v1 ScanEvent.WarmUpBegan
        scan.drift-alarmed.v1 ScanEvent.DriftAlarmed
        scan.drift-calmed.v1 ScanEvent.DriftCalmed
        scan.universe-shrunk.v1 ScanEvent.UniverseShrunk
        scan.universe-grown.v1 ScanEvent.UniverseGrown
        scan.snapshot.v1 ScanSnapshot
        alpha.snapshot.v1 AlphaMemory
        forewarner.fit-wanted.v1 ForewarnerEvent.FitWanted
        forewarner.market-moved.v1 ForewarnerEvent.MarketMoved
        forewarner.champion-changed.v1 ForewarnerEvent.ChampionChanged
        forewarner.challenger-rejected.v1 ForewarnerEvent.ChallengerRejected
        forewarner.fit-failed.v1 ForewarnerEvent.FitFailed
        forewarner.leverage-halved.v1 ForewarnerEvent.LeverageHalved
        forewarner.leverage-restored.v1 ForewarnerEvent.LeverageRestored
        forewarner.model-kept.v1 KeptModel
        forewarner.snapshot.v1 ForewarnerMemory
        size-learning.episode-opened.v1 SizeEvent.EpisodeOpened
        size-learning.episode-closed.v1 SizeEvent.EpisodeClosed
        size-learning.episode-expired.v1 SizeEvent.EpisodeExpired
        size-learning.episode-withdrawn.v1 SizeEvent.EpisodeWithdrawn
        size-learning.trust-earned.v1 SizeEvent.TrustEarned
        size-learning.trust-lost.v1 SizeEvent.TrustLost
        size-learning.snapshot.v1 SizeLearnerSnapshot
        sizing-account.snapshot.v1 AccountMeter
        execution.intended.v1 ExecutionEvent.Intended
        execution.finished.v1 ExecutionEvent.Finished
        execution.placement-began.v1 ExecutionEvent.PlacementBegan
        execution.placement-ended.v1 ExecutionEvent.PlacementEnded
        execution.fees-charged.v1 ExecutionEvent.FeesCharged
        execution.snapshot.v1 OrderDeskState
        book.fill-booked.v1 BookEvent.FillBooked
        book.funding-booked.v1 BookEvent.FundingBooked
        book.snapshot.v1 HedgedBook
        survival.posture-changed.v1 SurvivalEvent.PostureChanged
        survival.invariant-failed.v1 SurvivalEvent.InvariantFailed
        survival.invariant-restored.v1 SurvivalEvent.InvariantRestored
        survival.drawdown-latched.v1 SurvivalEvent.DrawdownLatched
        survival.drawdown-released.v1 SurvivalEvent.DrawdownReleased
        survival.drawdown-acknowledged.v1 SurvivalEvent.DrawdownAcknowledged
        survival.assessed.v1 SurvivalEvent.Assessed
        survival.snapshot.v1 SurvivalMemory
        quorum.sensor-silent.v1 QuorumEvent.SensorSilent
        quorum.sensor-heard.v1 QuorumEvent.SensorHeard
        quorum.node-silent.v1 QuorumEvent.NodeSilent
        quorum.node-heard.v1 QuorumEvent.NodeHeard
        quorum.node-removed.v1 QuorumEvent.NodeRemoved
        quorum.service-ended.v1 QuorumEvent.ServiceEnded
        quorum.services-begun.v1 QuorumEvent.ServicesBegun
        quorum.services-silent.v1 QuorumEvent.ServicesSilent
        quorum.services-heard.v1 QuorumEvent.ServicesHeard
        quorum.lost.v1 QuorumEvent.QuorumLost
        quorum.regained.v1 QuorumEvent.QuorumRegained
        quorum.controller-returned.v1 QuorumEvent.ControllerReturned
        sensor.quorum.v1 QuorumState
        sensor.ledger.v1 LedgerState
        sensor.ledger-broke.v1 LedgerEvent.Broke
        sensor.ledger-acknowledged.v1 LedgerEvent.Acknowledged
        sensor.heartbeat.v1 HeartbeatState
        sensor.slippage.v1 SlippageState
        sensor.shocks.v1 ShockState
        sensor.drawdown.v1 DrawdownState
        sensor.peak-raised.v1 DrawdownEvent.PeakRaised
        sensor.esof.v1 EsofState
        sensor.books.v1 BookSensorState
        paper.order-accepted.v1 PaperFact.OrderAccepted
        paper.order-rejected.v1 PaperFact.OrderRejected
        paper.duplicate-refused.v1 PaperFact.DuplicateRefused
        paper.order-filled.v1 PaperFact.OrderFilled
        paper.order-closed.v1 PaperFact.OrderClosed
        paper.funding-settled.v1 PaperFact.FundingSettled
        paper.leg-liquidated.v1 PaperFact.LegLiquidated
        paper.leg-settled.v1 PaperFact.LegSettled
        paper.positions-found.v1 PaperFact.PositionsFound
        paper.marked.v1 PaperVenueProtocol.Marked
        paper.snapshot.v1 PaperState
        world.began.v1 WorldEvent.Began
        world.snapshot.v1 WorldMemory
        operator.asked.v1 OperatorProtocol.Asked
        operator.snapshot.v1 OperatorProtocol.Log
        """;

    [Fact(DisplayName = "Every name in a journal stands for the type it always stood for")]
    public void Names_are_pinned() => Assert.Equal(
        Pinned.ReplaceLineEndings("\n"),
        string.Join('\n', StoredTypes.Table.Select(t => $"{t.Name} {(t.Type.IsNested ? $"{t.Type.DeclaringType!.Name}." : "")}{t.Type.Name}")));

    [Fact(DisplayName = "No name and no type stands in the table twice")]
    public void Names_are_unique()
    {
        Assert.Equal(StoredTypes.Table.Length, StoredTypes.Table.Select(t => t.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(StoredTypes.Table.Length, StoredTypes.Table.Select(t => t.Type).Distinct().Count());
    }

    [Fact(DisplayName = "There is a sample of every name, and no sample of a name that nobody knows")]
    public void Samples_are_complete() => Assert.Equal(
        StoredTypes.Table.Select(t => t.Name).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Samples, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal));

    [Theory(DisplayName = "What v1 wrote is read back, and written again as the same bytes")]
    [MemberData(nameof(Names))]
    public void Sample_round_trips(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Samples, name + ".json"));
        var value = StoredJson.Read(bytes, StoredTypes.TypeOf(name));
        Assert.IsType(StoredTypes.TypeOf(name), value);
        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(StoredJson.Write(value)));
    }

    [Fact(DisplayName = "What an opening was sized by is written and read back: each factor with its value, or none, and its share")]
    public void Opening_sizing()
    {
        var adaptive = AdaptiveLeverage.Of(LeveragePolicy.Create(new LeverageSettings(), "dolphin.sizing.leverage", [])!,
            new(LeverageFactor.Volatility, 0.02), new(LeverageFactor.Margin, 0.85), new(LeverageFactor.Symbol, 1), new(LeverageFactor.Funding, double.NaN));
        var opened = (HedgeEvent.CycleOpened)StoredJson.Read(File.ReadAllBytes(Path.Combine(Samples, "hedge.cycle-opened.v1.json")), typeof(HedgeEvent.CycleOpened));
        opened = opened with { Sizing = new OpeningSizing(adaptive, SizeChoice.Constant with { UsedLeft = 0.9m }, 6m, 5m, BetBound.Posture, 0.98, new Money(500m)) };
        var read = (HedgeEvent.CycleOpened)StoredJson.Read(StoredJson.Write(opened), typeof(HedgeEvent.CycleOpened));
        Assert.Equal(adaptive.Contributions.AsEnumerable(), read.Sizing!.Adaptive!.Contributions);
        Assert.Equal((adaptive.Leverage, adaptive.Unbounded, opened.Sizing.Choice), (read.Sizing.Adaptive.Leverage, read.Sizing.Adaptive.Unbounded, read.Sizing.Choice));
        Assert.Equal(Encoding.UTF8.GetString(StoredJson.Write(opened)), Encoding.UTF8.GetString(StoredJson.Write(read)));
    }

    [Fact(DisplayName = "What a balancer remembers of prices that have parted, of what was cut and of what could not be, is written and read back; what v1 wrote before has neither")]
    public void Balancer_parted()
    {
        T Sample<T>(string name) => (T)StoredJson.Read(File.ReadAllBytes(Path.Combine(Samples, name + ".json")), typeof(T));
        void Same<T>(T value) where T : notnull => Assert.Equal(Encoding.UTF8.GetString(StoredJson.Write(value)), Encoding.UTF8.GetString(StoredJson.Write(StoredJson.Read(StoredJson.Write(value), typeof(T)))));
        var (looked, memory) = (Sample<BalancerEvent.CycleAssessed>("balancer.assessed.v1"), Sample<BalancerMemory>("balancer.snapshot.v1"));
        Assert.Equal((null, null, null, null), (looked.PartedWith, memory.Balancer.PartedWith, memory.Balancer.Cut, memory.Balancer.Stuck));
        looked = looked with { PartedWith = new Money(920m) };
        Assert.Equal(new Money(920m), ((BalancerEvent.CycleAssessed)StoredJson.Read(StoredJson.Write(looked), typeof(BalancerEvent.CycleAssessed))).PartedWith);
        memory = memory with { Balancer = memory.Balancer with { PartedWith = new Money(920m), Cut = WishBook.Empty.With(new Symbol("BTCUSDT"), looked.At), Stuck = WishBook.Empty.Again(new Symbol("ETHUSDT"), looked.At).Again(new Symbol("ETHUSDT"), looked.At) } };
        var read = (BalancerMemory)StoredJson.Read(StoredJson.Write(memory), typeof(BalancerMemory));
        Assert.Equal((memory.Balancer.PartedWith, memory.Balancer.Cut, memory.Balancer.Stuck), (read.Balancer.PartedWith, read.Balancer.Cut, read.Balancer.Stuck));
        Same(looked);
        Same(memory);
    }

    [Fact(DisplayName = "Who stopped a protector is written and read back; what v1 wrote before names nobody")]
    public void Protector_stopped()
    {
        var memory = Sample<ProtectorSnapshot>("protector.snapshot.v1");
        Assert.Null(memory.State.DisabledBy);
        memory = memory with { State = memory.State with { Mode = ProtectorMode.Passive, DisabledBy = "ada" } };
        Assert.Equal(memory, Again(memory));
    }

    [Fact(DisplayName = "What a directional strategy remembers of a turn, and of signals that it was shown, is written and read back; what v1 wrote before has neither")]
    public void Directional_turn()
    {
        var state = Sample<DirectionalSnapshot>("directional.snapshot.v1").State;
        Assert.Equal((null, null, null), (state.Turn, state.PassedUntil, state.PlungesPassedUntil));
        var at = state.LastEventAt!.Value;
        foreach (var over in (DateTimeOffset?[])[null, at.AddSeconds(3)])
        {
            var turning = state with { Turn = new DirectionalTurn("scan-8", at, over), PassedUntil = at, PlungesPassedUntil = at.AddSeconds(1) };
            Assert.Equal(turning, Again(Sample<DirectionalSnapshot>("directional.snapshot.v1") with { State = turning }).State);
        }
        Assert.Null(Again(new DirectionalEvent.SignalsPassed(at, at)).PlungesUntil);
    }

    [Fact(DisplayName = "That a compression closes what a closing left is written and read back, alone and beside what somebody asked for")]
    public void Compression_rest()
    {
        var unwound = Sample<CompressionEvent.Unwound>("compression.unwound.v1");
        foreach (var causes in (CompressionExits[])[CompressionExits.Rest, CompressionExits.Rest | CompressionExits.Manual])
        {
            Assert.Equal(causes, Again(unwound with { Causes = causes }).Causes);
            var memory = Sample<CompressionSnapshot>("compression.snapshot.v1");
            memory = memory with { State = memory.State with { ExitWanted = causes } };
            Assert.Equal(memory, Again(memory));
        }
    }

    [Fact(DisplayName = "That a compression goes on with legs that came back, and those that it gave up, are written and read back; what v1 wrote before has neither")]
    public void Compression_given_up()
    {
        var (adopted, memory) = (Sample<CompressionEvent.Adopted>("compression.adopted.v1"), Sample<CompressionSnapshot>("compression.snapshot.v1"));
        Assert.Equal((false, null), (adopted.GoesOn, memory.State.GivenUp));
        Assert.Equal(adopted with { GoesOn = true }, Again(adopted with { GoesOn = true }));
        memory = memory with { State = memory.State with { GivenUp = adopted.Legs } };
        Assert.Equal(memory, Again(memory));
    }

    [Fact(DisplayName = "What the sizer gave an opening that was asked for is written and read back; what v1 wrote before was given all of it")]
    public void Wished_opening()
    {
        var sizing = Sample<DirectionalSnapshot>("directional.snapshot.v1").Sizing!;
        Assert.Null(sizing.Given);
        var wished = sizing.AtMost(new Money(50m));
        Assert.Equal((new Money(50m), sizing.Notional), (wished.Notional, wished.Given));
        Assert.Equal(wished, Again(Sample<DirectionalSnapshot>("directional.snapshot.v1") with { Sizing = wished }).Sizing);
    }

    private static T Sample<T>(string name) => (T)StoredJson.Read(File.ReadAllBytes(Path.Combine(Samples, name + ".json")), typeof(T));
    private static T Again<T>(T value) where T : notnull => (T)StoredJson.Read(StoredJson.Write(value), typeof(T));

    public static TheoryData<string> Names => [.. StoredTypes.Table.Select(t => t.Name)];

    [Fact(DisplayName = "A name that a newer version wrote halts whoever reads it, and says why")]
    public void Unknown_name()
    {
        var refusal = Assert.Throws<ArgumentException>(() => StoredTypes.TypeOf("hedge.teleported.v1"));
        Assert.Contains("hedge.teleported.v1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("newer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What has no name is not written, and the refusal says where to give it one")]
    public void Unnamed_type() =>
        Assert.Contains("StoredTypes", Assert.Throws<NotSupportedException>(() => StoredJson.Write(new Version(1, 0))).Message, StringComparison.Ordinal);
}
