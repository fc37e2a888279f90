using System.Text.Json.Serialization;

namespace Dolphin.Domain.Survival;

/// <summary>How the system behaves, from most to least daring. Higher is more daring.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Posture>))]
public enum Posture
{
    /// <summary>Cancel every open order and wait.</summary>
    Hibernate,

    /// <summary>Exits only, passive.</summary>
    Turtle,

    /// <summary>Maker entries only.</summary>
    Stalker,

    /// <summary>Everything, taker included.</summary>
    Apex,
}

/// <summary>One Schmitt trigger between two postures.</summary>
/// <param name="FallBelow">R_total under this leaves the higher posture.</param>
/// <param name="RiseAbove">R_total over this enters it; above <paramref name="FallBelow"/>.</param>
public readonly record struct SchmittTrigger(double FallBelow, double RiseAbove);

/// <summary>The three triggers and what each posture may use at most.</summary>
/// <param name="ApexLeverage">Times; so are the others. HIBERNATE has none.</param>
public sealed record PosturePolicy(
    SchmittTrigger Apex, SchmittTrigger Stalker, SchmittTrigger Turtle,
    decimal ApexLeverage, decimal StalkerLeverage, decimal TurtleLeverage)
{
    /// <summary>The posture <paramref name="rTotal"/> forces: lower if a trigger is undershot, by as many steps as it takes.</summary>
    public Posture Fall(Posture from, double rTotal, bool invariantFailed)
    {
        if (invariantFailed) return Posture.Hibernate;
        var posture = from;
        if (posture == Posture.Apex && rTotal < Apex.FallBelow) posture = Posture.Stalker;
        if (posture == Posture.Stalker && rTotal < Stalker.FallBelow) posture = Posture.Turtle;
        if (posture == Posture.Turtle && rTotal < Turtle.FallBelow) posture = Posture.Hibernate;
        return posture;
    }

    /// <summary>One step up if <paramref name="rTotal"/> has risen above that step's trigger.</summary>
    public Posture Climb(Posture from, double rTotal) => from switch
    {
        Posture.Hibernate when rTotal > Turtle.RiseAbove => Posture.Turtle,
        Posture.Turtle when rTotal > Stalker.RiseAbove => Posture.Stalker,
        Posture.Stalker when rTotal > Apex.RiseAbove => Posture.Apex,
        _ => from,
    };

    public decimal MaxLeverage(Posture posture) => posture switch
    {
        Posture.Apex => ApexLeverage,
        Posture.Stalker => StalkerLeverage,
        Posture.Turtle => TurtleLeverage,
        _ => 0m,
    };
}
