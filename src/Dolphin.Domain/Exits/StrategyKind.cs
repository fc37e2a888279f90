namespace Dolphin.Domain.Exits;

/// <summary>
/// What a strategy is, as far as its exits are concerned: whether a price alone may close what it holds. Every strategy declares it here, so that
/// nobody can guard a position whose own rules forbid it.
/// </summary>
public sealed record StrategyKind
{
    private StrategyKind(string name, string? whyNoPriceStop) => (Name, WhyNoPriceStop) = (name, whyNoPriceStop);

    /// <summary>One leg at a time, held for a direction: without a stop its loss has no bound.</summary>
    public static StrategyKind Directional { get; } = new("directional", whyNoPriceStop: null);

    public static StrategyKind BandLimitedHedging { get; } = new("band-limited-hedging",
        "its hard rule is that no price stops it: it exits on structure, in steps at the bounds of its own band");

    public static StrategyKind HedgeCompression { get; } = new("hedge-compression",
        "its two legs lock each other's loss, and a stop on one of them would leave the other naked");

    public static StrategyKind ExposureProtector { get; } = new("exposure-protector",
        "it only trims towards a balance, and whose position it is decides when it ends");

    /// <summary>Kebab-case, as plans and refusals call it.</summary>
    public string Name { get; }

    /// <summary>Completes "no price stop, because ...", or null where price stops are allowed.</summary>
    public string? WhyNoPriceStop { get; }

    public bool AllowsPriceStops => WhyNoPriceStop is null;

    public override string ToString() => Name;
}
