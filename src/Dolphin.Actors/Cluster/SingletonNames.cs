using System.Collections.Immutable;
using Dolphin.Actors.Alpha;
using Dolphin.Actors.Balancing;
using Dolphin.Actors.Divergence;
using Dolphin.Actors.External;
using Dolphin.Actors.Forewarning;
using Dolphin.Actors.Funding;
using Dolphin.Actors.Node;
using Dolphin.Actors.Scan;
using Dolphin.Actors.Sizing;

namespace Dolphin.Actors.Cluster;

/// <summary>What there is one of in a cluster: the names by which a node asks its <see cref="IClusterPort"/> for them.</summary>
/// <remarks>Each acts under a tenure that is stored by its name, so a name is for ever.</remarks>
public static class SingletonNames
{
    public const string Survival = "survival", Sensors = "sensors", Execution = "execution", Hermes = "hermes";

    /// <summary>All that any plan can have, in ordinal order.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        AlphaActor.Id, DivergenceActor.Id, Execution, ExposureBalancerActor.Id, ExternalFactorsActor.Id, ForewarnerActor.Id, FundingActor.Id, Hermes, OperatorActor.Id, ScanActor.Id, Sensors, SizeLearnerActor.Id, AccountMeterActor.Id, Survival,
    ];
}
