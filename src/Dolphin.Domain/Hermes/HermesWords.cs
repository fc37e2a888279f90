using System.Text.Json.Serialization;

namespace Dolphin.Domain.Hermes;

/// <summary>Who may hold an asset's two legs. One at a time, and both legs together.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LegHolder>))]
public enum LegHolder
{
    /// <summary>Nobody trades the asset.</summary>
    Nobody,

    /// <summary>The default for flat and healthy books in tradable markets.</summary>
    BandLimitedHedging,

    /// <summary>For a locked book under water in a ranging market; in a trend it holds and does not trade.</summary>
    HedgeCompression,

    /// <summary>For a book that one side dominates, in a tradable market that asks for caution.</summary>
    ExposureProtector,

    /// <summary>One leg on a signal, guarded by the ExitBrain. By plan alone: Hermes gives nobody's legs to an opinion.</summary>
    Directional,
}

/// <summary>How daring the holder may be, from least to most. The strategy derives its own values from it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RiskPosture>))]
public enum RiskPosture
{
    /// <summary>Opens nothing: no opening, no rebuilding, no topping up. What reduces goes on.</summary>
    Defensive,
    Cautious,
    Balanced,
    Bold,
}

/// <summary>How urgent what the holder does is: its cadence, not its daring.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HolderPriority>))]
public enum HolderPriority { Low, Normal, High, Urgent }

/// <summary>Why an asset's legs belong where they belong: the line of the table that decided.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HermesRule>))]
public enum HermesRule
{
    /// <summary>An invariant has failed: nobody changes anything, an operator's word included.</summary>
    InvariantFailed,
    /// <summary>An operator said so.</summary>
    Override,
    /// <summary>An operator said so, and it cannot be: whom he named can do nothing with the legs as they stand, or whoever holds them is grounded. Who holds
    /// them keeps them until it can; of legs that nobody holds the rest of the table decides meanwhile, if it names somebody who can.</summary>
    OverrideWaits,
    /// <summary>The holder is grounded. Its state could not be computed or stored, so nobody can be given its legs.</summary>
    HolderGrounded,
    /// <summary>Too little is known of the market.</summary>
    MarketUnknown,
    /// <summary>Thin or chaotic, and there is a book: whoever holds it keeps it.</summary>
    KeepThroughStorm,
    /// <summary>Thin or chaotic, and flat: nobody opens anything.</summary>
    StayOut,
    /// <summary>One side dominates so much that even a healthy holder must let go.</summary>
    SevereImbalance,
    /// <summary>Both legs are under water in a ranging market.</summary>
    LockedAndRanging,
    /// <summary>Both legs are under water and compression holds them: in a trend it waits.</summary>
    LockedAndWaiting,
    /// <summary>One side dominates, and the holder is not getting anywhere.</summary>
    AilingImbalance,
    /// <summary>Flat, and the market is tradable.</summary>
    Fresh,
    /// <summary>What the holder was enabled for is over: the book is balanced, or the lock is resolved.</summary>
    WorkDone,
    /// <summary>Legs that nobody holds, in a tradable market.</summary>
    Orphaned,
    /// <summary>Nothing asks for a change.</summary>
    Healthy,
    /// <summary>Flat, and the plan allows no strategy that would open.</summary>
    NothingAllowed,
    /// <summary>The holder can do nothing with the legs as they stand now: one of them is gone, or the gap between them.</summary>
    CannotWork,
}

/// <summary>How the holder is doing.</summary>
public enum HolderHealth
{
    Healthy,
    /// <summary>No fill for long, and losing more than a stated share of the asset's capital.</summary>
    Ailing,
    /// <summary>Stopped and grounded; only an operator can help.</summary>
    Grounded,
}

public static class LegHolders
{
    /// <summary>The strategies that Hermes may decide between, in a fixed order.</summary>
    public static ReadOnlySpan<LegHolder> Strategies => [LegHolder.BandLimitedHedging, LegHolder.HedgeCompression, LegHolder.ExposureProtector];

    /// <summary>As plans, screens and messages write it.</summary>
    public static string Name(this LegHolder holder) => holder switch
    {
        LegHolder.Nobody => "nobody",
        LegHolder.BandLimitedHedging => "band-limited-hedging",
        LegHolder.HedgeCompression => "hedge-compression",
        LegHolder.ExposureProtector => "exposure-protector",
        LegHolder.Directional => "directional",
        _ => throw new ArgumentOutOfRangeException(nameof(holder), holder, "Expected a known holder."),
    };

    /// <summary>Where there is little room; <see cref="ParseSpoken"/> knows it too.</summary>
    public static string ShortName(this LegHolder holder) => holder switch
    {
        LegHolder.BandLimitedHedging => "hedging",
        LegHolder.HedgeCompression => "compression",
        LegHolder.ExposureProtector => "protector",
        _ => holder.Name(),
    };

    /// <summary>What people may type: the names, and short ones.</summary>
    public const string Spoken = "band-limited-hedging (or hedging), hedge-compression (compression), exposure-protector (protector), nobody";

    /// <returns>Null for what is none of <see cref="Spoken"/>.</returns>
    public static LegHolder? ParseSpoken(string name) => name switch
    {
        "hedging" => LegHolder.BandLimitedHedging,
        "compression" => LegHolder.HedgeCompression,
        "protector" => LegHolder.ExposureProtector,
        _ => Parse(name) is { } known and not LegHolder.Directional ? known : null,
    };

    /// <returns>Null for a name that is none of those of <see cref="Name"/>.</returns>
    public static LegHolder? Parse(string name) => name switch
    {
        "nobody" => LegHolder.Nobody,
        "band-limited-hedging" => LegHolder.BandLimitedHedging,
        "hedge-compression" => LegHolder.HedgeCompression,
        "exposure-protector" => LegHolder.ExposureProtector,
        "directional" => LegHolder.Directional,
        _ => null,
    };
}
