using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hermes;

/// <summary>A hand-over under way.</summary>
/// <param name="Deadline">Of the stage.</param>
/// <param name="Legs">What was released; zero before.</param>
/// <param name="Rule">Why it was asked for.</param>
public sealed record PendingHandOver(
    long Number, LegHolder From, LegHolder To, HermesRule Rule, HandOverStage Stage, DateTimeOffset AskedAt, DateTimeOffset Deadline, Legs Legs);

/// <summary>An operator's word that holds.</summary>
/// <param name="Posture">Null, like the priority: what Hermes would say.</param>
/// <param name="Until">Null: until it is lifted.</param>
public sealed record HermesOverride(
    int Number, string By, string Why, LegHolder Holder, RiskPosture? Posture, DateTimeOffset? Until, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HolderPriority? Priority = null);

/// <summary>Everything Hermes remembers of one asset, and nothing it could not recover from its events.</summary>
/// <param name="Holder">Who holds the legs; during a hand-over, who held them before it.</param>
/// <param name="Since">Since when, or null before the first adoption.</param>
/// <param name="ChangedAt">Time of the last adoption or end of a holder: the dwell counts from it.</param>
/// <param name="StanceWhy">The sentence of the last change of stance.</param>
/// <param name="HandOvers">Asked for so far.</param>
/// <param name="LastDone">Number of the last one that ended in an adoption; 0 before.</param>
/// <param name="Failures">Failed in a row.</param>
/// <param name="FailedAt">When the last one failed, or null if none has since the last adoption.</param>
/// <param name="Overrides">Set so far.</param>
/// <param name="DecidedAt">Time of the last look that decided something.</param>
public sealed record HermesState(
    LegHolder Holder, DateTimeOffset? Since, DateTimeOffset? ChangedAt, RiskPosture Posture, HolderPriority Priority, string StanceWhy,
    PendingHandOver? HandOver, long HandOvers, long LastDone, int Failures, DateTimeOffset? FailedAt, HermesOverride? Override, int Overrides,
    DateTimeOffset? DecidedAt, DateTimeOffset? LastEventAt)
{
    public static HermesState Initial { get; } = new(
        LegHolder.Nobody, Since: null, ChangedAt: null, RiskPosture.Defensive, HolderPriority.Low, StanceWhy: "Nothing has been decided yet.",
        HandOver: null, HandOvers: 0, LastDone: 0, Failures: 0, FailedAt: null, Override: null, Overrides: 0, DecidedAt: null, LastEventAt: null);

    /// <summary>The only one that may trade the legs now: passive strategies stay passive until this names them.</summary>
    public LegHolder Enabled => HandOver is { Stage: HandOverStage.Adopting } ? LegHolder.Nobody : Holder;

    /// <summary>Whether the enabled one may open or enlarge anything. Never in DEFENSIVE, and never while it is asked to let go.</summary>
    public bool MayOpen => HandOver is null && Posture > RiskPosture.Defensive && Holder != LegHolder.Nobody;
}
