using System.Text.Json.Serialization;

namespace Dolphin.Domain.Hermes;

/// <summary>What kind of market one asset is in. Higher takes precedence: chaotic before thin before trending before ranging.</summary>
/// <remarks>
/// The order is that of what is lost by overlooking it. In a chaotic market the other measures mean little, because a few slots decide
/// them. In a thin one a trend is often a single order. Ranging is what is left when nothing else is shown.
/// </remarks>
[JsonConverter(typeof(JsonStringEnumConverter<Regime>))]
public enum Regime
{
    /// <summary>Not enough has been seen yet, or too much was missed.</summary>
    Unknown,

    /// <summary>Tradable, and no trend is shown.</summary>
    Ranging,

    /// <summary>Tradable, and price goes somewhere or keeps its direction from one step to the next.</summary>
    Trending,

    /// <summary>Wide, shallow, or hardly traded at all.</summary>
    Thin,

    /// <summary>Too fast, or changing its pace too much.</summary>
    Chaotic,
}

/// <summary>What a regime is read from, in the order in which they are asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RegimeFeature>))]
public enum RegimeFeature
{
    /// <summary>Root of the variance of log price per hour, from true ranges; 0.01 is 1 % per root hour. Shows chaos when high.</summary>
    Volatility,

    /// <summary>Standard deviation of the log of the slots' ranges, beyond what a steady market has. Shows chaos when high.</summary>
    VolatilityOfVolatility,

    /// <summary>Best ask minus best bid, in basis points of their middle. Shows thinness when high.</summary>
    Spread,

    /// <summary>Quote currency resting near the middle on the weaker side. Shows thinness when low.</summary>
    Depth,

    /// <summary>Share of the slots in which the price did not move at all, 0 to 1. Shows thinness when high.</summary>
    IdleShare,

    /// <summary>Net movement over path length, 0 to 1. Shows a trend when high.</summary>
    EfficiencyRatio,

    /// <summary>Variance of longer returns over that of shorter ones, per unit of time. Shows a trend when above 1.</summary>
    VarianceRatio,
}

/// <summary>The features of one moment. NaN where the input was missing or had too little behind it.</summary>
/// <param name="Direction">Sign of the net movement over the efficiency ratio's window: -1, 0 or 1.</param>
public readonly record struct RegimeFeatures(
    double Volatility, double VolatilityOfVolatility, double Spread, double Depth, double IdleShare, double EfficiencyRatio,
    double VarianceRatio, int Direction)
{
    public static RegimeFeatures None { get; } = new(
        double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, Direction: 0);

    public double this[RegimeFeature feature] => feature switch
    {
        RegimeFeature.Volatility => Volatility,
        RegimeFeature.VolatilityOfVolatility => VolatilityOfVolatility,
        RegimeFeature.Spread => Spread,
        RegimeFeature.Depth => Depth,
        RegimeFeature.IdleShare => IdleShare,
        RegimeFeature.EfficiencyRatio => EfficiencyRatio,
        RegimeFeature.VarianceRatio => VarianceRatio,
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Expected a known feature."),
    };
}

/// <summary>A set of features: which are missing, or which of them show what they can show.</summary>
[Flags]
public enum RegimeFeatureSet
{
    None = 0,
    Volatility = 1 << RegimeFeature.Volatility,
    VolatilityOfVolatility = 1 << RegimeFeature.VolatilityOfVolatility,
    Spread = 1 << RegimeFeature.Spread,
    Depth = 1 << RegimeFeature.Depth,
    IdleShare = 1 << RegimeFeature.IdleShare,
    EfficiencyRatio = 1 << RegimeFeature.EfficiencyRatio,
    VarianceRatio = 1 << RegimeFeature.VarianceRatio,
}

public static class RegimeFeatureSets
{
    // An array made once: a span written as a collection of enum values would be made anew at each use.
    private static readonly RegimeFeature[] Features = Enum.GetValues<RegimeFeature>();

    /// <summary>In the order of <see cref="RegimeFeature"/>.</summary>
    public static ReadOnlySpan<RegimeFeature> All => Features;

    public const RegimeFeatureSet Chaotic = RegimeFeatureSet.Volatility | RegimeFeatureSet.VolatilityOfVolatility;
    public const RegimeFeatureSet Thin = RegimeFeatureSet.Spread | RegimeFeatureSet.Depth | RegimeFeatureSet.IdleShare;
    public const RegimeFeatureSet Trending = RegimeFeatureSet.EfficiencyRatio | RegimeFeatureSet.VarianceRatio;
    public const RegimeFeatureSet Everything = Chaotic | Thin | Trending;

    public static RegimeFeatureSet Of(RegimeFeature feature) => (RegimeFeatureSet)(1 << (int)feature);

    public static bool Has(this RegimeFeatureSet set, RegimeFeature feature) => (set & Of(feature)) != RegimeFeatureSet.None;
}
