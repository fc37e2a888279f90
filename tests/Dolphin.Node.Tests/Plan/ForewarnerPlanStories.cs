using Dolphin.Domain.Forewarning;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What a plan says of the forewarner.</summary>
public sealed class ForewarnerPlanStories
{
    private static TradingPlan Good(string text) => PlanStories.Load(text).Good();
    private static void Bad(string text, params string[] says) => PlanStories.Load(text).Bad(says);

    [Fact(DisplayName = "Without a word nobody forewarns, and the fingerprint is that of before there was a forewarner")]
    public void Off()
    {
        Assert.Null(Good("").Forewarner);
        Assert.Equal(Good("").Fingerprint, Good("dolphin.forewarner.trials = 1000").Fingerprint);
        Assert.Equal(3, ((string[])["", "dolphin.forewarner.enabled = true", "dolphin.forewarner { enabled = true, trials = 1000 }"]).Select(p => Good(p).Fingerprint).Distinct().Count());
    }

    [Fact(DisplayName = "Enabled, every default is the domain's, at least 4,500 trials are fitted on, and there is a sizing chain for the cap")]
    public void Defaults()
    {
        var plan = Good("dolphin.forewarner.enabled = true");
        var section = plan.Forewarner!;
        Assert.Equal((new ForewarnerPolicy(), new FitnessSettings().MovedBeyond, new TrialSettings().Count), (section.Policy, section.MovedBeyond, section.Trials));
        Assert.True(section.Trials >= 4_500);
        Assert.Equal(new FitnessSettings().LeastReturns, (int)(section.Compare / TimeSpan.FromMinutes(5)));
        Assert.True(plan.Sizing is { Leverage: null, Learning: null });
    }

    [Fact(DisplayName = "A plan that took L3 out, or made something else of it, cannot have a forewarner, and says so")]
    public void No_layer()
    {
        Bad("dolphin { forewarner.enabled = true, survival.layers.L3_MC_FOREWARNER = null }", "dolphin.forewarner.enabled", "L3_MC_FOREWARNER", "enabled = false");
        Assert.Null(Good("dolphin.survival.layers.L3_MC_FOREWARNER = null").Forewarner);
    }

    [Fact(DisplayName = "A value outside its range is refused with its path, what it is and what was expected, also where the section is not enabled")]
    public void Bad_values()
    {
        Bad("dolphin.forewarner.trials = 50", "dolphin.forewarner.trials", "100 to 100000");
        Bad("dolphin.forewarner.refit-every = 1m", "dolphin.forewarner.refit-every", "1h to 30d");
        Bad("dolphin.forewarner.least-recall = 120 %", "dolphin.forewarner.least-recall", "0 to 1");
        Bad("dolphin.forewarner.moved-beyond = 0", "dolphin.forewarner.moved-beyond", "above 0");
        Bad("dolphin.forewarner.without-model = 2", "dolphin.forewarner.without-model", "0 to 1");
        Bad("dolphin.forewarner.history = [\"../secret.csv\"]", "dolphin.forewarner.history", "beside the plan");
        Bad("dolphin.forewarner.refit-evry = 24h", "did you mean 'refit-every'");
    }
}
