using System.Text.Json.Serialization;

namespace Dolphin.Domain.Balancing;

/// <summary>
/// The limits of the exposure balancer before anyone trusts them: <see cref="BalancerPolicy.Create"/> checks them. The initial values are
/// the seed's defaults; keys, ranges and environment variables are in <see cref="BalancerLimits"/>.
/// </summary>
public sealed record BalancerSettings
{
    /// <summary>Cuts early, spreads wide, looks often.</summary>
    public static readonly BalancerSettings Conservative = new()
    {
        MaxMarginUtilisation = 0.75m, MaxSymbolExposure = 0.10m, MinDiversification = 7, DivergenceThreshold = 0.02m, RebalanceInterval = TimeSpan.FromSeconds(5),
    };

    public static readonly BalancerSettings Default = new();

    /// <summary>Lets more margin work in fewer symbols and looks twice a minute.</summary>
    public static readonly BalancerSettings Aggressive = new()
    {
        MaxMarginUtilisation = 0.90m, MaxSymbolExposure = 0.20m, MinDiversification = 3, DivergenceThreshold = 0.05m, RebalanceInterval = TimeSpan.FromSeconds(30),
    };

    /// <summary>Whether it looks at the portfolio at all.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>Used margin over total margin above which positions are closed; also what new margin stays five points below.</summary>
    public decimal MaxMarginUtilisation { get; init; } = 0.85m;
    /// <summary>A symbol's margin over total margin above which the symbol is reduced.</summary>
    public decimal MaxSymbolExposure { get; init; } = 0.15m;
    /// <summary>Symbols; a portfolio of fewer is expanded.</summary>
    public int MinDiversification { get; init; } = 5;
    /// <summary>Relative difference of prices between venues above which net exposure is hedged.</summary>
    public decimal DivergenceThreshold { get; init; } = 0.03m;
    /// <summary>Time between two looks. How often a check may act is its priority's affair (<see cref="BalancerActions.Cadence"/>).</summary>
    public TimeSpan RebalanceInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How old the newest bar of a symbol may be, from its close, for a command to name the symbol. Three bars of a minute: one that comes late, or that a venue leaves out, is
    /// no silence, and who holds the symbol decides by bars as well.</summary>
    [JsonIgnore] // Says who may be asked now; of what is stored it explains nothing.
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The names of <see cref="Preset"/>, from careful to bold.</summary>
    public static IReadOnlyList<string> PresetNames { get; } = ["conservative", "default", "aggressive"];

    /// <summary>The preset of that name, or null if there is none.</summary>
    public static BalancerSettings? Preset(string name) => name switch
    {
        "conservative" => Conservative,
        "default" => Default,
        "aggressive" => Aggressive,
        _ => null,
    };
}
