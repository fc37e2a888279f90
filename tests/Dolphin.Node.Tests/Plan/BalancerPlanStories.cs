using Dolphin.Domain.Balancing;
using Dolphin.Node.Plan;
using Dolphin.Node.Tests.Hocon;

namespace Dolphin.Node.Tests.Plan;

/// <summary>Under which limits a plan has its portfolio watched, and who has the last word on them.</summary>
public sealed class BalancerPlanStories
{
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    private CheckedPlan Load(string text) => TradingPlan.Load(HoconStories.Layer(text), _environment.GetValueOrDefault);

    private TradingPlan Good(string text) => Load(text).Good();

    private BalancerSettings Limits(string text) => Good(text).Balancer!.Settings;

    private void Bad(string text, params string[] says)
    {
        var loaded = Load(text);
        loaded.Bad(says);
        Assert.Equal(loaded.Problems.Length, loaded.Problems.Select(p => p.Path + p.At).Distinct().Count()); // One report for one mistake.
    }

    [Fact(DisplayName = "Without a word nobody watches, and neither limits nor variables of the environment are in the fingerprint")]
    public void Off()
    {
        var plain = Good("");
        Assert.Null(plain.Balancer);
        _environment["MAX_MARGIN_UTIL"] = "0.5";
        _environment["MIN_DIVERSIFICATION"] = "somebody else's";
        Assert.Null(Good("").Balancer);
        Assert.Equal(plain.Fingerprint, Good("dolphin.exposure-balancer { preset = aggressive, max-margin-util = 50 % }").Fingerprint);
    }

    [Fact(DisplayName = "Enabled, each preset is the domain's, whole")]
    public void Presets()
    {
        Assert.Equal(BalancerSettings.Default, Limits("dolphin.exposure-balancer.enabled = true"));
        foreach (var preset in BalancerSettings.PresetNames)
            Assert.Equal(BalancerSettings.Preset(preset), Limits($"dolphin.exposure-balancer {{ enabled = true, preset = {preset} }}"));
    }

    [Fact(DisplayName = "A key goes over the preset, and a variable over the key; the variable of the switch switches it on and off")]
    public void Order()
    {
        const string plan = "dolphin.exposure-balancer { enabled = true, preset = conservative, max-symbol-exposure = 12 %, min-diversification = 4, rebalance-interval = 20s, divergence-threshold = 0.01, max-margin-util = 70 % }";
        Assert.Equal(new BalancerSettings
        {
            MaxMarginUtilisation = 0.7m, MaxSymbolExposure = 0.12m, MinDiversification = 4, DivergenceThreshold = 0.01m, RebalanceInterval = TimeSpan.FromSeconds(20),
        }, Limits(plan));
        _environment["MAX_SYMBOL_EXPOSURE"] = "0.2";
        _environment["REBALANCE_INTERVAL"] = "3";
        Assert.Equal((0.2m, 4, TimeSpan.FromSeconds(3)), Limits(plan) is var l ? (l.MaxSymbolExposure, l.MinDiversification, l.RebalanceInterval) : default);
        _environment["EXPOSURE_BALANCER_ENABLED"] = "false";
        Assert.Null(Good(plan).Balancer);
        _environment["EXPOSURE_BALANCER_ENABLED"] = "true";
        Assert.Equal(0.2m, Limits("").MaxSymbolExposure);
    }

    [Fact(DisplayName = "The fingerprint knows what is really used, whoever said it")]
    public void Fingerprint()
    {
        var plain = Good("").Fingerprint;
        var enabled = Good("dolphin.exposure-balancer.enabled = true").Fingerprint;
        Assert.NotEqual(plain, enabled);
        Assert.Equal(enabled, Good("dolphin.exposure-balancer { enabled = true, max-margin-util = 0.850 }").Fingerprint);
        Assert.NotEqual(enabled, Good("dolphin.exposure-balancer { enabled = true, max-margin-util = 84 % }").Fingerprint);
        _environment["MAX_MARGIN_UTIL"] = "0.84";
        Assert.Equal(Good("dolphin.exposure-balancer { enabled = true, max-margin-util = 84 % }").Fingerprint, Good("dolphin.exposure-balancer.enabled = true").Fingerprint);
        Assert.NotEqual(enabled, Good("dolphin.exposure-balancer.enabled = true").Fingerprint);
    }

    [Fact(DisplayName = "What cannot be meant is refused where it stands, enabled or not")]
    public void Mistakes()
    {
        Bad("dolphin.exposure-balancer.max-margin-util = 5 %", "dolphin.exposure-balancer.max-margin-util is '5 %'", "0.1 to 1");
        Bad("dolphin.exposure-balancer.max-symbol-exposure = 0", "'preset', or a fraction or a percentage, 0.01 to 1");
        Bad("dolphin.exposure-balancer.min-diversification = 2.5", "dolphin.exposure-balancer.min-diversification is 2.5", "a whole number, 1 to 500");
        Bad("dolphin.exposure-balancer.min-diversification = 1e20", "dolphin.exposure-balancer.min-diversification");
        Bad("dolphin.exposure-balancer.rebalance-interval = 10", "dolphin.exposure-balancer.rebalance-interval", "'preset', or a time with its unit, 1s to 1h");
        Bad("dolphin.exposure-balancer.preset = bold", "one of conservative, default, aggressive");
        Bad("dolphin.exposure-balancer.max-margin = 0.5", "did you mean 'max-margin-util'?");
        _environment["MAX_MARGIN_UTIL"] = "85";
        Bad("dolphin.exposure-balancer.enabled = true", "the environment's MAX_MARGIN_UTIL is '85'; expected a number, 0.1 to 1");
        _environment.Clear();
        _environment["EXPOSURE_BALANCER_ENABLED"] = "perhaps";
        Bad("", "the environment's EXPOSURE_BALANCER_ENABLED is 'perhaps'");
    }

    [Fact(DisplayName = "What is allowed but probably not meant is a warning: more symbols wanted than there are, one symbol that may use everything")]
    public void Warnings()
    {
        string[] Warned(string text) => [.. Load(text).Problems.Where(p => !p.IsError).Select(p => p.ToString())];
        Assert.Contains(Warned("dolphin { universe.symbols = [BTCUSDT, ETHUSDT], exposure-balancer.enabled = true }"), w => w.Contains("asks for 5 symbols at least, and dolphin.universe.symbols has 2", StringComparison.Ordinal));
        Assert.Contains(Warned("dolphin.exposure-balancer { enabled = true, max-symbol-exposure = 90 % }"), w => w.Contains("one symbol may use everything", StringComparison.Ordinal));
        Assert.Empty(Warned("dolphin { universe.symbols = [BTCUSDT, ETHUSDT], exposure-balancer.max-symbol-exposure = 90 % }"));
    }
}
