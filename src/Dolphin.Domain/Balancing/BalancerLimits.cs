using System.Globalization;

namespace Dolphin.Domain.Balancing;

/// <summary>What one number of the balancer may be, and what it is called where it is set.</summary>
/// <param name="Key">In a plan, under the balancer's path.</param>
/// <param name="Variable">In the environment; the seed's name.</param>
/// <param name="Least">Smallest good value, inclusive; seconds for the interval.</param>
/// <param name="Most">Largest good value, inclusive.</param>
/// <param name="IsWhole">Only whole numbers are good.</param>
/// <param name="Meaning">What the number is, in a few words.</param>
public sealed record BalancerLimit(string Key, string Variable, decimal Least, decimal Most, bool IsWhole, string Meaning)
{
    public bool Allows(decimal value) => value >= Least && value <= Most && (!IsWhole || value == decimal.Truncate(value));

    /// <summary>What would be right, to be read after "expected ".</summary>
    public string Expected => string.Create(CultureInfo.InvariantCulture, $"a {(IsWhole ? "whole number" : "number")}, {Least} to {Most} ({Meaning})");
}

/// <summary>Names and ranges of the balancer's numbers, once for plan and environment.</summary>
public static class BalancerLimits
{
    /// <summary>From 0.1, because overload is cleared to five points below: less would be close to closing everything.</summary>
    public static readonly BalancerLimit MaxMarginUtilisation = new("max-margin-util", "MAX_MARGIN_UTIL", 0.1m, 1m, IsWhole: false, "used margin over total margin, 0.85 = 85 %");

    /// <summary>From 0.01: a hundred symbols at their limit then use all there is.</summary>
    public static readonly BalancerLimit MaxSymbolExposure = new("max-symbol-exposure", "MAX_SYMBOL_EXPOSURE", 0.01m, 1m, IsWhole: false, "a symbol's margin over total margin, 0.15 = 15 %");

    /// <summary>To 500, about as many symbols as a venue lists.</summary>
    public static readonly BalancerLimit MinDiversification = new("min-diversification", "MIN_DIVERSIFICATION", 1m, 500m, IsWhole: true, "symbols that are held at least");

    /// <summary>From 0.0001: below a basis point lies the ordinary spread between two venues. To 0.5: beyond that no two venues trade the same thing.</summary>
    public static readonly BalancerLimit DivergenceThreshold = new("divergence-threshold", "DIVERGENCE_THRESHOLD", 0.0001m, 0.5m, IsWhole: false, "relative difference of prices between venues, 0.03 = 3 %");

    /// <summary>From a second, because margins are not published more often; to an hour, beyond which nothing is watched.</summary>
    public static readonly BalancerLimit RebalanceInterval = new("rebalance-interval", "REBALANCE_INTERVAL", 1m, 3600m, IsWhole: false, "seconds between two looks");

    /// <summary>The switch; true or false.</summary>
    public const string EnabledKey = "enabled", EnabledVariable = "EXPOSURE_BALANCER_ENABLED";
}
