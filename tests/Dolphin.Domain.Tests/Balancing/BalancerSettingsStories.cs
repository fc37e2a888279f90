using Dolphin.Domain.Balancing;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.Balancing;

public sealed class BalancerSettingsStories
{
    [Fact(DisplayName = "The three presets are the seed's, are good, and clear overload five points below their limit")]
    public void Presets()
    {
        Assert.Equal(["conservative", "default", "aggressive"], BalancerSettings.PresetNames);
        (decimal, decimal, int, decimal, double) Numbers(string name) => BalancerSettings.Preset(name) is { } s
            ? (s.MaxMarginUtilisation, s.MaxSymbolExposure, s.MinDiversification, s.DivergenceThreshold, s.RebalanceInterval.TotalSeconds) : default;
        Assert.Equal((0.75m, 0.10m, 7, 0.02m, 5), Numbers("conservative"));
        Assert.Equal((0.85m, 0.15m, 5, 0.03m, 10), Numbers("default"));
        Assert.Equal((0.90m, 0.20m, 3, 0.05m, 30), Numbers("aggressive"));
        Assert.Equal([0.70m, 0.80m, 0.85m], BalancerSettings.PresetNames.Select(n => PolicyOf(BalancerSettings.Preset(n)!).TargetUtilisation));
        Assert.Null(BalancerSettings.Preset("Default"));
        Assert.All(BalancerSettings.PresetNames, n => Assert.Empty(PolicyOf(BalancerSettings.Preset(n)!).Warnings("balancer")));
    }

    [Fact(DisplayName = "Every mistake is reported at once, each with its key path, what came and what was expected")]
    public void All_at_once()
    {
        var errors = new List<string>();
        Assert.Null(BalancerPolicy.Create(
            new BalancerSettings { MaxMarginUtilisation = 1.01m, MaxSymbolExposure = 0m, MinDiversification = 0, DivergenceThreshold = 0m, RebalanceInterval = TimeSpan.Zero },
            "dolphin.balancer", errors));
        Assert.Equal(
        [
            "dolphin.balancer.max-margin-util is 1.01; expected a number, 0.1 to 1 (used margin over total margin, 0.85 = 85 %).",
            "dolphin.balancer.max-symbol-exposure is 0; expected a number, 0.01 to 1 (a symbol's margin over total margin, 0.15 = 15 %).",
            "dolphin.balancer.min-diversification is 0; expected a whole number, 1 to 500 (symbols that are held at least).",
            "dolphin.balancer.divergence-threshold is 0; expected a number, 0.0001 to 0.5 (relative difference of prices between venues, 0.03 = 3 %).",
            "dolphin.balancer.rebalance-interval is 0; expected a number, 1 to 3600 (seconds between two looks).",
        ], errors);
    }

    [Fact(DisplayName = "What is allowed but hardly meant is a warning")]
    public void Warns()
    {
        var warnings = PolicyOf(BalancerSettings.Default with { Enabled = false, MaxSymbolExposure = 0.9m }).Warnings("b");
        Assert.Equal(["b.enabled", "b.max-symbol-exposure"], warnings.Select(w => w[..w.IndexOf(' ')]));
    }

    [Fact(DisplayName = "The seed's environment variables override every limit; what is not set, or empty, stays")]
    public void Environment_overrides()
    {
        var (settings, errors) = Override(BalancerSettings.Conservative, ("MAX_MARGIN_UTIL", "0.5"), ("MAX_SYMBOL_EXPOSURE", " 0.25 "), ("MIN_DIVERSIFICATION", "9"),
            ("DIVERGENCE_THRESHOLD", "1e-2"), ("REBALANCE_INTERVAL", "2.5"), ("EXPOSURE_BALANCER_ENABLED", "False"));
        Assert.Empty(errors);
        Assert.Equal(new BalancerSettings
        {
            MaxMarginUtilisation = 0.5m, MaxSymbolExposure = 0.25m, MinDiversification = 9, DivergenceThreshold = 0.01m, RebalanceInterval = TimeSpan.FromSeconds(2.5), Enabled = false,
        }, settings);
        Assert.Equal(BalancerSettings.Aggressive, Override(BalancerSettings.Aggressive, ("MAX_MARGIN_UTIL", ""), ("OTHER", "1")).Settings);
        Assert.Equal(BalancerSettings.Aggressive with { MinDiversification = 4 }, Override(BalancerSettings.Aggressive, ("MIN_DIVERSIFICATION", "4")).Settings);
        Assert.Equal(["MIN_DIVERSIFICATION=4"], BalancerEnvironment.Heard(n => n == "MIN_DIVERSIFICATION" ? "4" : null));
    }

    [Theory(DisplayName = "The switch understands the usual words")]
    [InlineData("true", true)]
    [InlineData("ON", true)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("false", false)]
    [InlineData("off", false)]
    [InlineData("0", false)]
    [InlineData("No", false)]
    public void Switch(string text, bool enabled) => Assert.Equal(enabled, Override(BalancerSettings.Default with { Enabled = !enabled }, ("EXPOSURE_BALANCER_ENABLED", text)).Settings.Enabled);

    [Fact(DisplayName = "Wrong variables are all reported by name, with what came and what was expected, and change nothing")]
    public void Environment_mistakes()
    {
        var (settings, errors) = Override(BalancerSettings.Default, ("MAX_MARGIN_UTIL", "85%"), ("MAX_SYMBOL_EXPOSURE", "2"), ("MIN_DIVERSIFICATION", "4.5"),
            ("DIVERGENCE_THRESHOLD", "NaN"), ("REBALANCE_INTERVAL", "0"), ("EXPOSURE_BALANCER_ENABLED", "maybe"));
        Assert.Equal(BalancerSettings.Default, settings);
        Assert.Equal(
        [
            "MAX_MARGIN_UTIL is '85%'; expected a number, 0.1 to 1 (used margin over total margin, 0.85 = 85 %).",
            "MAX_SYMBOL_EXPOSURE is '2'; expected a number, 0.01 to 1 (a symbol's margin over total margin, 0.15 = 15 %).",
            "MIN_DIVERSIFICATION is '4.5'; expected a whole number, 1 to 500 (symbols that are held at least).",
            "DIVERGENCE_THRESHOLD is 'NaN'; expected a number, 0.0001 to 0.5 (relative difference of prices between venues, 0.03 = 3 %).",
            "REBALANCE_INTERVAL is '0'; expected a number, 1 to 3600 (seconds between two looks).",
            "EXPOSURE_BALANCER_ENABLED is 'maybe'; expected true or false (also 1/0, yes/no, on/off).",
        ], errors);
    }

    private static (BalancerSettings Settings, List<string> Errors) Override(BalancerSettings settings, params (string Name, string Value)[] variables)
    {
        var errors = new List<string>();
        return (BalancerEnvironment.Override(settings, name => variables.FirstOrDefault(v => v.Name == name).Value, errors), errors);
    }
}
