using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.Execution;
using Dolphin.Actors.External;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Invariants;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sensors;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;

namespace Dolphin.Actors.Node;

/// <summary>What one node trades, and within which limits. Validated before anybody sees it.</summary>
/// <param name="Deposit">What the account began with: the ledger check starts from it.</param>
/// <param name="Fees">What the venue takes until its fills say otherwise.</param>
/// <param name="Balancer">Null where nobody watches what the whole portfolio carries.</param>
public sealed record NodePlan(ImmutableArray<AssetPlan> Assets, SurvivalPolicy Survival, ShockPolicy Shocks, ExecutionPolicy Execution,
    Money Deposit, VenueFees Fees, BalancerPlan? Balancer = null)
{
    /// <summary>Null: no second venue is compared.</summary>
    public DivergencePlan? Divergence { get; init; }

    /// <summary>Null: plan and R_total size alone.</summary>
    public SizingPlan? Sizing { get; init; }

    /// <summary>Null: the universe is not scanned, and L4 follows the bars.</summary>
    public ScanPlan? Scan { get; init; }

    /// <summary>Null: the sensors are as they are. A drill's: what is done to one of them.</summary>
    public SensorFault? SensorFault { get; init; }

    /// <summary>The market shows its order books, and L5 hears of them.</summary>
    public bool HasBooks { get; init; }

    /// <summary>Null: nobody looks at the sky.</summary>
    public EsofPlan? Esof { get; init; }

    /// <summary>Null: nobody asks for external factors, and L7 hears of market-wide shocks alone.</summary>
    public ExternalFactorsPlan? Factors { get; init; }

    /// <summary>Null: nobody forewarns, L3 is absent, and no envelope caps leverage. Where somebody does there is <see cref="Sizing"/> too.</summary>
    public ForewarnerPlan? Forewarner { get; init; }

    /// <summary>The layers that the controller hears of; the others count exactly 1.</summary>
    public ImmutableArray<LayerId> InstalledLayers =>
        [.. Sensors.Where(layer => layer != LayerId.EsofService || Esof is { Acts: true }), .. Forewarner is null ? [] : (LayerId[])[LayerId.McForewarner]];

    /// <summary>The layers that have a sensor: those but for L3, of which the forewarner tells, and who only watches.</summary>
    public ImmutableArray<LayerId> Sensors =>
        [.. NodeActor.InstalledLayers, .. HasBooks ? (LayerId[])[LayerId.ObStreamer] : [], .. Esof is null ? [] : (LayerId[])[LayerId.EsofService]];

    /// <summary>Null: nobody ranks, and no size is cut. Where it is, the universe is scanned and <see cref="Sizing"/> is there.</summary>
    public AlphaPlan? Alpha { get; init; }

    /// <summary>Persistence ids of the singletons that only some plans have.</summary>
    public ImmutableArray<string> OptionalSingletons =>
    [
        .. Balancer is null ? [] : (string[])[ExposureBalancerActor.Id],
        .. Divergence is null ? [] : (string[])[DivergenceActor.Id],
        .. Scan is null ? [] : (string[])[ScanActor.Id],
        .. Factors is null ? [] : (string[])[ExternalFactorsActor.Id],
        .. Alpha is null ? [] : (string[])[AlphaActor.Id],
        .. Forewarner is null ? [] : (string[])[ForewarnerActor.Id],
        .. Sizing is null ? [] : (string[])[AccountMeterActor.Id],
        .. Sizing is { AsksForFunding: true } ? (string[])[FundingActor.Id] : [],
        .. Sizing?.Policy.Learning is null ? [] : (string[])[SizeLearnerActor.Id],
    ];

    /// <summary>In the order of the assets.</summary>
    public IEnumerable<StrategyPlan> Strategies => Assets.SelectMany(a => a.Strategies);
}

/// <summary>What a node stands on: the world outside, and the boards that the rest of the process reads.</summary>
/// <param name="WireWasLost">See <see cref="ExecutionProtocol.Begin"/>.</param>
public sealed record NodeGround(IVenueDoor Door, IClusterPort Cluster, RiskBoard Risk, RunBoard Board, InvariantLedger Invariants, bool WireWasLost)
{
    /// <summary>
    /// The services of this process are asked for signs of life: where time passes by itself. A handler that does not end stops virtual time with it, so nobody would be there to miss it.
    /// </summary>
    public bool AsksServices { get; init; }

    /// <summary>See <see cref="ExecutionPeers.ChangedRules"/>. Called from any thread.</summary>
    public Func<Symbol, ChangedRules?>? ChangedRules { get; init; }
}
