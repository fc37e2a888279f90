using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
using Dolphin.Venues;
using Dolphin.Venues.Paper;

namespace Dolphin.Actors.Journal;

/// <summary>How stored things are written: JSON that a person can read, without reflection, and the same bytes for the same value.</summary>
public static class StoredJson
{
    private static readonly StoredJsonContext Context = new(NewOptions());

    /// <exception cref="NotSupportedException">The type has no place in <see cref="StoredTypes.Table"/>.</exception>
    public static byte[] Write(object value) => FrequentJson.Write(value) ?? WriteAny(value);

    /// <summary>What <see cref="FrequentJson"/> has to agree with.</summary>
    internal static byte[] WriteAny(object value) => JsonSerializer.SerializeToUtf8Bytes(value, Info(value.GetType()));

    /// <exception cref="JsonException">The bytes are not what the type needs.</exception>
    public static object Read(ReadOnlySpan<byte> json, Type type) =>
        JsonSerializer.Deserialize(json, Info(type)) ?? throw new JsonException($"Expected a {type.Name}; got null.");

    private static JsonTypeInfo Info(Type type) =>
        Context.GetTypeInfo(type) ?? throw new NotSupportedException($"{type} is not a stored type; give it a name in StoredTypes and a line in StoredJson.");

    /// <summary>Options for one more context that writes the same forms; a context owns its options.</summary>
    internal static JsonSerializerOptions NewOptions()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            IgnoreReadOnlyProperties = true, // What is derived is derived again.
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // E[tau] of a market that stands still is infinite.
            RespectNullableAnnotations = true,
        };
        foreach (var converter in UnitConverters.All) options.Converters.Add(converter);
        foreach (var converter in StreamConverters.All) options.Converters.Add(converter);
        options.Converters.Add(new JsonStringEnumConverter());
        return options;
    }
}

[JsonSerializable(typeof(HedgeEvent.Started))]
[JsonSerializable(typeof(HedgeEvent.CycleOpened))]
[JsonSerializable(typeof(HedgeEvent.OpeningEvened))]
[JsonSerializable(typeof(HedgeEvent.EntryRefused))]
[JsonSerializable(typeof(HedgeEvent.ReferenceMoved))]
[JsonSerializable(typeof(HedgeEvent.Rebalanced))]
[JsonSerializable(typeof(HedgeEvent.Paused))]
[JsonSerializable(typeof(HedgeEvent.Resumed))]
[JsonSerializable(typeof(HedgeEvent.ExitRequested))]
[JsonSerializable(typeof(HedgeEvent.ExitStarted))]
[JsonSerializable(typeof(HedgeEvent.ExitStepped))]
[JsonSerializable(typeof(HedgeEvent.ExitBoundExceeded))]
[JsonSerializable(typeof(HedgeEvent.FillBooked), TypeInfoPropertyName = "HedgeFillBooked")]
[JsonSerializable(typeof(HedgeEvent.OrderFinished))]
[JsonSerializable(typeof(HedgeEvent.ExternalFillBooked))]
[JsonSerializable(typeof(HedgeEvent.Terminated), TypeInfoPropertyName = "HedgeTerminated")]
[JsonSerializable(typeof(HedgeEvent.Adopted), TypeInfoPropertyName = "HedgeAdopted")]
[JsonSerializable(typeof(HedgeEvent.ReleaseWanted), TypeInfoPropertyName = "HedgeReleaseWanted")]
[JsonSerializable(typeof(HedgeEvent.Released), TypeInfoPropertyName = "HedgeReleased")]
[JsonSerializable(typeof(HedgeEvent.TrimWanted), TypeInfoPropertyName = "HedgeTrimWanted")]
[JsonSerializable(typeof(HedgeEvent.TrimAsked), TypeInfoPropertyName = "HedgeTrimAsked")]
[JsonSerializable(typeof(HedgeEvent.TrimEnded), TypeInfoPropertyName = "HedgeTrimEnded")]
[JsonSerializable(typeof(HedgeEvent.GrowthAsked), TypeInfoPropertyName = "HedgeGrowthAsked")]
[JsonSerializable(typeof(HedgeEvent.GrowthEvened), TypeInfoPropertyName = "HedgeGrowthEvened")]
[JsonSerializable(typeof(HedgeEvent.GrowthEnded), TypeInfoPropertyName = "HedgeGrowthEnded")]
[JsonSerializable(typeof(StrategySnapshot))]
[JsonSerializable(typeof(CompressionEvent.Adopted), TypeInfoPropertyName = "CompressionAdopted")]
[JsonSerializable(typeof(CompressionEvent.ToppedUp), TypeInfoPropertyName = "CompressionToppedUp")]
[JsonSerializable(typeof(CompressionEvent.Reduced), TypeInfoPropertyName = "CompressionReduced")]
[JsonSerializable(typeof(CompressionEvent.SwingPassed), TypeInfoPropertyName = "CompressionSwingPassed")]
[JsonSerializable(typeof(CompressionEvent.EntryRefused), TypeInfoPropertyName = "CompressionEntryRefused")]
[JsonSerializable(typeof(CompressionEvent.ExitRequested), TypeInfoPropertyName = "CompressionExitRequested")]
[JsonSerializable(typeof(CompressionEvent.Unwound), TypeInfoPropertyName = "CompressionUnwound")]
[JsonSerializable(typeof(CompressionEvent.FillBooked), TypeInfoPropertyName = "CompressionFillBooked")]
[JsonSerializable(typeof(CompressionEvent.OrderFinished), TypeInfoPropertyName = "CompressionOrderFinished")]
[JsonSerializable(typeof(CompressionEvent.ExternalFillBooked), TypeInfoPropertyName = "CompressionExternalFillBooked")]
[JsonSerializable(typeof(CompressionEvent.ReleaseWanted), TypeInfoPropertyName = "CompressionReleaseWanted")]
[JsonSerializable(typeof(CompressionEvent.Released), TypeInfoPropertyName = "CompressionReleased")]
[JsonSerializable(typeof(CompressionEvent.TrimWanted), TypeInfoPropertyName = "CompressionTrimWanted")]
[JsonSerializable(typeof(CompressionEvent.TrimAsked), TypeInfoPropertyName = "CompressionTrimAsked")]
[JsonSerializable(typeof(CompressionEvent.TrimEnded), TypeInfoPropertyName = "CompressionTrimEnded")]
[JsonSerializable(typeof(CompressionEvent.Terminated), TypeInfoPropertyName = "CompressionTerminated")]
[JsonSerializable(typeof(CompressionSnapshot))]
[JsonSerializable(typeof(ProtectorEvent.Adopted), TypeInfoPropertyName = "ProtectorAdopted")]
[JsonSerializable(typeof(ProtectorEvent.Enabled), TypeInfoPropertyName = "ProtectorEnabled")]
[JsonSerializable(typeof(ProtectorEvent.Disabled), TypeInfoPropertyName = "ProtectorDisabled")]
[JsonSerializable(typeof(ProtectorEvent.Trimmed), TypeInfoPropertyName = "ProtectorTrimmed")]
[JsonSerializable(typeof(ProtectorEvent.TrimRefused), TypeInfoPropertyName = "ProtectorTrimRefused")]
[JsonSerializable(typeof(ProtectorEvent.CooldownBegan), TypeInfoPropertyName = "ProtectorCooldownBegan")]
[JsonSerializable(typeof(ProtectorEvent.Balanced), TypeInfoPropertyName = "ProtectorBalanced")]
[JsonSerializable(typeof(ProtectorEvent.FillBooked), TypeInfoPropertyName = "ProtectorFillBooked")]
[JsonSerializable(typeof(ProtectorEvent.OrderFinished), TypeInfoPropertyName = "ProtectorOrderFinished")]
[JsonSerializable(typeof(ProtectorEvent.ExternalFillBooked), TypeInfoPropertyName = "ProtectorExternalFillBooked")]
[JsonSerializable(typeof(ProtectorEvent.ReleaseWanted), TypeInfoPropertyName = "ProtectorReleaseWanted")]
[JsonSerializable(typeof(ProtectorEvent.Released), TypeInfoPropertyName = "ProtectorReleased")]
[JsonSerializable(typeof(ProtectorEvent.TrimWanted), TypeInfoPropertyName = "ProtectorTrimWanted")]
[JsonSerializable(typeof(ProtectorEvent.TrimAsked), TypeInfoPropertyName = "ProtectorTrimAsked")]
[JsonSerializable(typeof(ProtectorEvent.TrimEnded), TypeInfoPropertyName = "ProtectorTrimEnded")]
[JsonSerializable(typeof(ProtectorSnapshot))]
[JsonSerializable(typeof(DirectionalEvent.Started), TypeInfoPropertyName = "DirectionalStarted")]
[JsonSerializable(typeof(DirectionalEvent.Adopted), TypeInfoPropertyName = "DirectionalAdopted")]
[JsonSerializable(typeof(DirectionalEvent.SignalTaken), TypeInfoPropertyName = "DirectionalSignalTaken")]
[JsonSerializable(typeof(DirectionalEvent.EntryRefused), TypeInfoPropertyName = "DirectionalEntryRefused")]
[JsonSerializable(typeof(DirectionalEvent.Opened), TypeInfoPropertyName = "DirectionalOpened")]
[JsonSerializable(typeof(DirectionalEvent.Planned), TypeInfoPropertyName = "DirectionalPlanned")]
[JsonSerializable(typeof(DirectionalEvent.Replanned), TypeInfoPropertyName = "DirectionalReplanned")]
[JsonSerializable(typeof(DirectionalEvent.StopMoved), TypeInfoPropertyName = "DirectionalStopMoved")]
[JsonSerializable(typeof(DirectionalEvent.CloseOrdered), TypeInfoPropertyName = "DirectionalCloseOrdered")]
[JsonSerializable(typeof(DirectionalEvent.TrimWanted), TypeInfoPropertyName = "DirectionalTrimWanted")]
[JsonSerializable(typeof(DirectionalEvent.TrimAsked), TypeInfoPropertyName = "DirectionalTrimAsked")]
[JsonSerializable(typeof(DirectionalEvent.TrimEnded), TypeInfoPropertyName = "DirectionalTrimEnded")]
[JsonSerializable(typeof(DirectionalEvent.StrayClosed), TypeInfoPropertyName = "DirectionalStrayClosed")]
[JsonSerializable(typeof(DirectionalEvent.PositionEnded), TypeInfoPropertyName = "DirectionalPositionEnded")]
[JsonSerializable(typeof(DirectionalEvent.FillBooked), TypeInfoPropertyName = "DirectionalFillBooked")]
[JsonSerializable(typeof(DirectionalEvent.OrderFinished), TypeInfoPropertyName = "DirectionalOrderFinished")]
[JsonSerializable(typeof(DirectionalEvent.ExternalFillBooked), TypeInfoPropertyName = "DirectionalExternalFillBooked")]
[JsonSerializable(typeof(DirectionalEvent.Paused), TypeInfoPropertyName = "DirectionalPaused")]
[JsonSerializable(typeof(DirectionalEvent.Resumed), TypeInfoPropertyName = "DirectionalResumed")]
[JsonSerializable(typeof(DirectionalEvent.ExitRequested), TypeInfoPropertyName = "DirectionalExitRequested")]
[JsonSerializable(typeof(DirectionalEvent.ReleaseWanted), TypeInfoPropertyName = "DirectionalReleaseWanted")]
[JsonSerializable(typeof(DirectionalEvent.Released), TypeInfoPropertyName = "DirectionalReleased")]
[JsonSerializable(typeof(DirectionalEvent.Terminated), TypeInfoPropertyName = "DirectionalTerminated")]
[JsonSerializable(typeof(DirectionalEvent.SignalsPassed), TypeInfoPropertyName = "DirectionalSignalsPassed")]
[JsonSerializable(typeof(DirectionalSnapshot))]
[JsonSerializable(typeof(HermesEvent.HandOverAsked), TypeInfoPropertyName = "HermesHandOverAsked")]
[JsonSerializable(typeof(HermesEvent.Released), TypeInfoPropertyName = "HermesReleased")]
[JsonSerializable(typeof(HermesEvent.Adopted), TypeInfoPropertyName = "HermesAdopted")]
[JsonSerializable(typeof(HermesEvent.HandOverFailed), TypeInfoPropertyName = "HermesHandOverFailed")]
[JsonSerializable(typeof(HermesEvent.HolderEnded), TypeInfoPropertyName = "HermesHolderEnded")]
[JsonSerializable(typeof(HermesEvent.StanceChanged), TypeInfoPropertyName = "HermesStanceChanged")]
[JsonSerializable(typeof(HermesEvent.OverrideSet), TypeInfoPropertyName = "HermesOverrideSet")]
[JsonSerializable(typeof(HermesEvent.OverrideLifted), TypeInfoPropertyName = "HermesOverrideLifted")]
[JsonSerializable(typeof(HermesSnapshot))]
[JsonSerializable(typeof(Dolphin.Domain.Hermes.Regime), TypeInfoPropertyName = "HermesRegime")]
[JsonSerializable(typeof(BalancerEvent.CycleAssessed), TypeInfoPropertyName = "BalancerCycleAssessed")]
[JsonSerializable(typeof(BalancerEvent.CycleSkipped), TypeInfoPropertyName = "BalancerCycleSkipped")]
[JsonSerializable(typeof(BalancerEvent.CommandIssued), TypeInfoPropertyName = "BalancerCommandIssued")]
[JsonSerializable(typeof(BalancerEvent.CommandTaken), TypeInfoPropertyName = "BalancerCommandTaken")]
[JsonSerializable(typeof(BalancerEvent.GrowthAnswered), TypeInfoPropertyName = "BalancerGrowthAnswered")]
[JsonSerializable(typeof(BalancerEvent.CommandDone), TypeInfoPropertyName = "BalancerCommandDone")]
[JsonSerializable(typeof(BalancerEvent.CommandRejected), TypeInfoPropertyName = "BalancerCommandRejected")]
[JsonSerializable(typeof(BalancerEvent.CommandExpired), TypeInfoPropertyName = "BalancerCommandExpired")]
[JsonSerializable(typeof(BalancerEvent.AlertRaised), TypeInfoPropertyName = "BalancerAlertRaised")]
[JsonSerializable(typeof(BalancerEvent.AlertThrottled), TypeInfoPropertyName = "BalancerAlertThrottled")]
[JsonSerializable(typeof(BalancerMemory))]
[JsonSerializable(typeof(StreamForm<BalancerCommand>))]
[JsonSerializable(typeof(StreamForm<BalancerAlert>))]
[JsonSerializable(typeof(StreamForm<GrowthAnswer>))]
[JsonSerializable(typeof(StreamForm<EndedCommand>))]
[JsonSerializable(typeof(OpenForm))]
[JsonSerializable(typeof(WishForm))]
[JsonSerializable(typeof(ExecutorEvent.CarriedOut), TypeInfoPropertyName = "ExecutorCarriedOut")]
[JsonSerializable(typeof(ExecutorEvent.DoneAlready), TypeInfoPropertyName = "ExecutorDoneAlready")]
[JsonSerializable(typeof(ExecutorEvent.Refused), TypeInfoPropertyName = "ExecutorRefused")]
[JsonSerializable(typeof(ExecutorEvent.Expired), TypeInfoPropertyName = "ExecutorExpired")]
[JsonSerializable(typeof(FundingEvent.Told), TypeInfoPropertyName = "FundingTold")]
[JsonSerializable(typeof(FundingMemory))]
[JsonSerializable(typeof(DivergenceSnapshot))]
[JsonSerializable(typeof(ScanEvent.WarmUpBegan))]
[JsonSerializable(typeof(ScanEvent.DriftAlarmed))]
[JsonSerializable(typeof(ScanEvent.DriftCalmed))]
[JsonSerializable(typeof(ScanEvent.UniverseShrunk))]
[JsonSerializable(typeof(ScanEvent.UniverseGrown))]
[JsonSerializable(typeof(ScanSnapshot))]
[JsonSerializable(typeof(AlphaMemory))]
[JsonSerializable(typeof(SizeEvent.EpisodeOpened), TypeInfoPropertyName = "SizeEpisodeOpened")]
[JsonSerializable(typeof(SizeEvent.EpisodeClosed), TypeInfoPropertyName = "SizeEpisodeClosed")]
[JsonSerializable(typeof(SizeEvent.EpisodeExpired), TypeInfoPropertyName = "SizeEpisodeExpired")]
[JsonSerializable(typeof(SizeEvent.EpisodeWithdrawn), TypeInfoPropertyName = "SizeEpisodeWithdrawn")]
[JsonSerializable(typeof(SizeEvent.TrustEarned), TypeInfoPropertyName = "SizeTrustEarned")]
[JsonSerializable(typeof(SizeEvent.TrustLost), TypeInfoPropertyName = "SizeTrustLost")]
[JsonSerializable(typeof(SizeLearnerSnapshot))]
[JsonSerializable(typeof(AccountMeter))]
[JsonSerializable(typeof(ExecutionEvent.Intended))]
[JsonSerializable(typeof(ExecutionEvent.Finished))]
[JsonSerializable(typeof(ExecutionEvent.PlacementBegan))]
[JsonSerializable(typeof(ExecutionEvent.PlacementEnded))]
[JsonSerializable(typeof(ExecutionEvent.FeesCharged), TypeInfoPropertyName = "ExecutionFeesCharged")]
[JsonSerializable(typeof(OrderDeskState))]
[JsonSerializable(typeof(BookEvent.FillBooked), TypeInfoPropertyName = "BookFillBooked")]
[JsonSerializable(typeof(BookEvent.FundingBooked))]
[JsonSerializable(typeof(HedgedBook))]
[JsonSerializable(typeof(SurvivalEvent.PostureChanged))]
[JsonSerializable(typeof(SurvivalEvent.InvariantFailed))]
[JsonSerializable(typeof(SurvivalEvent.InvariantRestored))]
[JsonSerializable(typeof(SurvivalEvent.DrawdownLatched))]
[JsonSerializable(typeof(SurvivalEvent.DrawdownReleased))]
[JsonSerializable(typeof(SurvivalEvent.DrawdownAcknowledged))]
[JsonSerializable(typeof(SurvivalEvent.Assessed))]
[JsonSerializable(typeof(SurvivalMemory))]
[JsonSerializable(typeof(QuorumEvent.SensorSilent))]
[JsonSerializable(typeof(QuorumEvent.SensorHeard))]
[JsonSerializable(typeof(QuorumEvent.NodeSilent))]
[JsonSerializable(typeof(QuorumEvent.NodeHeard))]
[JsonSerializable(typeof(QuorumEvent.NodeRemoved))]
[JsonSerializable(typeof(QuorumEvent.ServiceEnded))]
[JsonSerializable(typeof(QuorumEvent.ServicesBegun))]
[JsonSerializable(typeof(QuorumEvent.ServicesSilent))]
[JsonSerializable(typeof(QuorumEvent.ServicesHeard))]
[JsonSerializable(typeof(QuorumEvent.QuorumLost))]
[JsonSerializable(typeof(QuorumEvent.QuorumRegained))]
[JsonSerializable(typeof(QuorumEvent.ControllerReturned))]
[JsonSerializable(typeof(QuorumState))]
[JsonSerializable(typeof(LedgerState))]
[JsonSerializable(typeof(LedgerEvent.Broke))]
[JsonSerializable(typeof(LedgerEvent.Acknowledged), TypeInfoPropertyName = "LedgerAcknowledged")]
[JsonSerializable(typeof(HeartbeatState))]
[JsonSerializable(typeof(SlippageState))]
[JsonSerializable(typeof(ShockState))]
[JsonSerializable(typeof(DrawdownState))]
[JsonSerializable(typeof(DrawdownEvent.PeakRaised))]
[JsonSerializable(typeof(EsofState))]
[JsonSerializable(typeof(BookSensorState))]
[JsonSerializable(typeof(FactorCacheState))]
[JsonSerializable(typeof(ForewarnerEvent.FitWanted), TypeInfoPropertyName = "ForewarnerFitWanted")]
[JsonSerializable(typeof(ForewarnerEvent.MarketMoved), TypeInfoPropertyName = "ForewarnerMarketMoved")]
[JsonSerializable(typeof(ForewarnerEvent.ChampionChanged), TypeInfoPropertyName = "ForewarnerChampionChanged")]
[JsonSerializable(typeof(ForewarnerEvent.ChallengerRejected), TypeInfoPropertyName = "ForewarnerChallengerRejected")]
[JsonSerializable(typeof(ForewarnerEvent.FitFailed), TypeInfoPropertyName = "ForewarnerFitFailed")]
[JsonSerializable(typeof(ForewarnerEvent.LeverageHalved), TypeInfoPropertyName = "ForewarnerLeverageHalved")]
[JsonSerializable(typeof(ForewarnerEvent.LeverageRestored), TypeInfoPropertyName = "ForewarnerLeverageRestored")]
[JsonSerializable(typeof(KeptModel))]
[JsonSerializable(typeof(ForewarnerMemory))]
[JsonSerializable(typeof(PaperFact.OrderAccepted), TypeInfoPropertyName = "PaperOrderAccepted")]
[JsonSerializable(typeof(PaperFact.OrderRejected), TypeInfoPropertyName = "PaperOrderRejected")]
[JsonSerializable(typeof(PaperFact.DuplicateRefused))]
[JsonSerializable(typeof(PaperFact.OrderFilled), TypeInfoPropertyName = "PaperOrderFilled")]
[JsonSerializable(typeof(PaperFact.OrderClosed), TypeInfoPropertyName = "PaperOrderClosed")]
[JsonSerializable(typeof(PaperFact.FundingSettled))]
[JsonSerializable(typeof(PaperFact.LegLiquidated))]
[JsonSerializable(typeof(PaperFact.LegSettled))]
[JsonSerializable(typeof(PaperFact.PositionsFound))]
[JsonSerializable(typeof(PaperVenueProtocol.Marked))]
[JsonSerializable(typeof(PaperState))]
[JsonSerializable(typeof(WorldEvent.Began))]
[JsonSerializable(typeof(WorldMemory))]
[JsonSerializable(typeof(OperatorProtocol.Asked))]
[JsonSerializable(typeof(OperatorProtocol.Log))]
internal sealed partial class StoredJsonContext : JsonSerializerContext;
