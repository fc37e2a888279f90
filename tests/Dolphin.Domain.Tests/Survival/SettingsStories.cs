using System.Collections.Immutable;
using Dolphin.Domain.Survival;

namespace Dolphin.Domain.Tests.Survival;

public sealed class SettingsStories
{
    [Fact(DisplayName = "The reference settings are valid, and every number they need is listed once with a value")]
    public void Reference()
    {
        List<string> errors = [];
        Assert.NotNull(SurvivalSettings.Reference.ToPolicy(errors));
        Assert.Empty(errors);
        var entries = SurvivalSettings.Reference.Entries();
        Assert.Equal(SurvivalSettings.Reference.Values.Count, entries.Length);
        Assert.Equal(entries.Length, entries.Select(e => e.Path).Distinct(StringComparer.Ordinal).Count());
        Assert.All(entries, e => Assert.True(double.IsFinite(e.Value), e.Path));
    }

    [Fact(DisplayName = "Everything that is wrong is reported at once, each with its key path and what was expected")]
    public void All_at_once()
    {
        List<string> errors = [];
        var settings = SurvivalSettings.Reference
            .Set("pulse", 0).Set("layers.L3_MC_FOREWARNER.age-shape", double.NaN).Set("layers.L7_EXF_SERVICE.shock-depth", 1.5)
            .Set("layers.L3_MC_FOREWARNER.age-deadbnd", 3).Add(new LayerId("L10_X"), LayerCategory.Structural, "scn");
        Assert.Null(settings with { Values = settings.Values.Remove("climb-dwell") } is var broken ? broken.ToPolicy(errors) : null);
        Assert.Equal(
        [
            "dolphin.survival.layers.L10_X.kind is 'scn'; expected one of invariant, envelope, scan, book, slippage, shock, confidence, drawdown, gauge.",
            "dolphin.survival.pulse is 0 s; expected above 0 s (how often each sensor reports).",
            "dolphin.survival.climb-dwell is missing; expected least time in a posture before the next step up.",
            "dolphin.survival.layers.L3_MC_FOREWARNER.age-shape is NaN; expected above 0, at most 4 (exponent of the decay; below 1 is quick first and long in the tail).",
            "dolphin.survival.layers.L7_EXF_SERVICE.shock-depth is 1.5; expected above 0, at most 0.999 (what a shock takes at once).",
            "dolphin.survival.layers.L3_MC_FOREWARNER.age-deadbnd is not a known key; it would have no effect.",
        ], errors);
    }

    [Fact(DisplayName = "Numbers that are only wrong together are reported too")]
    public void Together()
    {
        List<string> errors = [];
        Assert.Null(SurvivalSettings.Reference
            .Set("postures.apex.rise-above", 0.85).Set("layers.L9_PORTFOLIO_DD.release-below", 0.1)
            .Set("layers.L8_ESOF_SERVICE.sensitivity", 0.05).Set("layers.L6_SLIPPAGE_DRIFT.drift-midpoint", 5000).ToPolicy(errors));
        Assert.Equal(4, errors.Count);
        Assert.Contains(errors, e => e.StartsWith("dolphin.survival.postures.apex.rise-above is 0.85; expected above fall-below (0.85)", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.StartsWith("dolphin.survival.layers.L9_PORTFOLIO_DD.release-below is 0.1; expected under latch-at (0.1)", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("full confidence would still cost something", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("the sigmoid is a cliff", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Names that would break key paths, doubles, and invariants of the wrong kind are refused")]
    public void Layers()
    {
        List<string> errors = [];
        var settings = SurvivalSettings.Reference with
        {
            Layers =
            [
                .. SurvivalSettings.Reference.Layers, new(LayerId.Quorum, LayerCategory.Invariant, "invariant"),
                new(new LayerId("L.1"), LayerCategory.Invariant, "invariant"), new(new LayerId("L10"), LayerCategory.Structural, "invariant"),
            ],
        };
        Assert.Null(settings.ToPolicy(errors));
        Assert.Equal(3, errors.Count);
    }

    [Fact(DisplayName = "One layer may recover more slowly than its category")]
    public void Own_slope()
    {
        var policy = SurvivalRig.PolicyOf(SurvivalSettings.Reference.Set("layers.L3_MC_FOREWARNER.recovery-per-minute", 0.003));
        Assert.Equal(0.00005, policy.Layers.First(l => l.Id == LayerId.McForewarner).Damping.RecoveryPerSecond, 12);
        Assert.Equal(0.01 / 60, policy.Layers.First(l => l.Id == LayerId.AlgoHeartbeat).Damping.RecoveryPerSecond, 12);
    }
}
