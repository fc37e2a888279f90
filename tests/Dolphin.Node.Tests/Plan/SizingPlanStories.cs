using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of adaptive leverage and of the size learner.</summary>
public sealed class SizingPlanStories
{
    private static TradingPlan Good(string text) => PlanStories.Load(text).Good();
    private static void Bad(string text, params string[] says) => PlanStories.Load(text).Bad(says);

    [Fact(DisplayName = "Without a word plan and R_total size alone, and the fingerprint is that of before there was anything else, with Hermes and without")]
    public void Off()
    {
        const string written = "dolphin.leverage.pnl-scale = 9 %, dolphin.size-learning.full-at = 3";
        Assert.Null(Good("").Sizing);
        Assert.Equal(Good("").Fingerprint, Good(written).Fingerprint);
        Assert.Equal(Good("dolphin.hermes.enabled = true").Fingerprint, Good($"dolphin.hermes.enabled = true, {written}").Fingerprint);
    }

    [Fact(DisplayName = "Each of the two can be used alone, and what is used is in the fingerprint")]
    public void Either()
    {
        var (levers, learns) = (Good("dolphin.leverage.enabled = true"), Good("dolphin.size-learning.enabled = true"));
        Assert.True(levers.Sizing is { Leverage: not null, Learning: null } && learns.Sizing is { Leverage: null, Learning: not null });
        Assert.Equal(4, new[] { Good(""), levers, learns, Good("dolphin.leverage.enabled = true, dolphin.size-learning.enabled = true") }.Select(p => p.Fingerprint).Distinct().Count());
        Assert.Equal(levers.Fingerprint, Good("dolphin.leverage.enabled = true, dolphin.size-learning.full-at = 3").Fingerprint);
        Assert.NotEqual(learns.Fingerprint, Good("dolphin.size-learning { enabled = true, full-at = 3 }").Fingerprint);
        // Recent profit is measured over a window that both read.
        Assert.NotEqual(learns.Fingerprint, Good("dolphin.size-learning.enabled = true, dolphin.leverage.pnl-window = 48h").Fingerprint);
    }

    [Fact(DisplayName = "Every default is the domain's; a symbol may be riskier than others; capital and seed are the run's")]
    public void Defaults()
    {
        var section = Good("dolphin.leverage { enabled = true, symbols { DOGEUSDT { weight = 2 } } }, dolphin.size-learning.enabled = true").Sizing!;
        Assert.Equal(new LeverageSettings(), section.Leverage!.Settings);
        Assert.Equal(new SizeLearningSettings(), section.Learning!.Settings);
        var plan = section.For(new Money(5_000m), seed: 42);
        Assert.Equal((new Money(5_000m), TimeSpan.FromDays(1), 42UL), (plan.Capital, plan.PnlWindow, plan.Policy.Seed));
        Assert.Equal(2, plan.Weights[new Symbol("DOGEUSDT")]);
        Assert.Single(plan.Weights);
    }

    [Fact(DisplayName = "A value outside its range is refused with its path, what it is and what was expected, also where the section is not enabled")]
    public void Bad_values()
    {
        Bad("dolphin.leverage.margin-full = 5 %", "dolphin.leverage.margin-full", "0.1 to 1");
        Bad("dolphin.leverage.weight = 2", "dolphin.leverage.weight", "expected 1 here");
        Bad("dolphin.leverage.symbols.BTCUSDT.weight = 20", "dolphin.leverage.symbols.BTCUSDT.weight");
        Bad("dolphin.leverage.pnl-window = 1m", "dolphin.leverage.pnl-window", "1h to 90d");
        Bad("dolphin.size-learning.trust.false-alarm = 50 %", "dolphin.size-learning.trust.false-alarm", "0.001 to 0.2");
        Bad("dolphin.size-learning.exploration.share = 80 %", "dolphin.size-learning.exploration.share");
        Bad("dolphin.size-learning.context.margin-ful = 50 %", "did you mean 'margin-full'");
    }
}
