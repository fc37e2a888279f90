using Dolphin.Domain.Hermes;

namespace Dolphin.Domain.Tests.Hermes;

public sealed class RegimePolicyStories
{
    [Fact(DisplayName = "Every mistake is reported at once, with its key, what it is and what was expected")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(RegimePolicy.Create(new RegimeSettings
        {
            Coverage = 0.4, EfficiencyWindow = TimeSpan.FromMinutes(100), VolOfVolWindow = TimeSpan.FromDays(2), VarianceRatioLag = TimeSpan.FromMinutes(15),
            Efficiency = new FeatureTrigger(0.3, 0.3), Depth = new FeatureTrigger(40_000, 20_000), Volatility = new FeatureTrigger(double.NaN, 0.03),
            VolatilityHalfLife = TimeSpan.FromMinutes(1), QuoteHold = TimeSpan.FromMinutes(1),
        }, "dolphin.hermes.regime", errors));
        Assert.Equal(
        [
            "coverage", "depth.leave", "efficiency.leave", "efficiency.window", "quotes.hold", "variance-ratio.lag", "vol-of-vol.window",
            "volatility.enter", "volatility.half-life", "volatility.leave",
        ], errors.Select(e => e["dolphin.hermes.regime.".Length..].Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("dolphin.hermes.regime.coverage is 0.4; expected 0.5 to 1.", errors);
        Assert.Contains(errors, e => e.StartsWith("dolphin.hermes.regime.efficiency.leave is 0.3; expected below enter (0.3)", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "A slot of zero is a mistake and not a crash")]
    public void NoSlot()
    {
        var errors = new List<string>();
        Assert.Null(RegimePolicy.Create(new RegimeSettings { Slot = TimeSpan.Zero }, "r", errors));
        Assert.Contains(errors, e => e.StartsWith("r.slot is 00:00:00; expected 1 s to 1 day", StringComparison.Ordinal));
    }
}
