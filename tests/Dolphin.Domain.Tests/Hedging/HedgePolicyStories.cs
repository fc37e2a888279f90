using Dolphin.Domain.Hedging;

namespace Dolphin.Domain.Tests.Hedging;

public sealed class HedgePolicyStories
{
    [Fact(DisplayName = "The recommended settings are valid and give the seed's scales")]
    public void Recommended()
    {
        var policy = HedgeRun.PolicyOf(new HedgeSettings());
        Assert.Equal((0.004m, 0.003m, 1.1m), (policy.Mes, policy.MesExit, policy.MaxRiskLegs));
        Assert.Equal(2e-6, policy.FrictionVariance, 1e-18); // gamma1 * MES * f
        Assert.Equal(4e-6, policy.FrozenVariance, 1e-18); // MES^2 / 4 h: C3 comes before C1
        Assert.Empty(policy.Warnings("hedge"));
    }

    [Fact(DisplayName = "Every mistake is reported at once, each with its key path and what was expected")]
    public void AllAtOnce()
    {
        var errors = new List<string>();
        Assert.Null(HedgePolicy.Create(
            new HedgeSettings
            {
                Fee = 0m, K = 5m, Alpha = -0.1m, Beta = 0m, Gamma1 = 0m, Gamma2 = 0m, MaxRisk = 0m, MaxInterval = TimeSpan.Zero, ExitChecks = 0,
                Delta = 0.4m, Eta = 0.5m, Epsilon = 0m, SigmaHorizon = TimeSpan.Zero, WarmUpBars = 1, ReopenBelow = 0.5m,
                OpeningRetry = TimeSpan.FromSeconds(-1), RestartAfter = (ExitCauses)64, RestartCoolDown = TimeSpan.FromSeconds(-1), Capital = 0m,
                Fraction = 1.1m, Leverage = 0.5m,
            },
            "dolphin.hedge", errors));
        var keys = new[]
        {
            "fee", "k", "alpha", "beta", "gamma1", "gamma2", "max-risk", "max-interval", "exit-checks", "delta", "eta", "epsilon",
            "sigma-horizon", "warm-up-bars", "reopen-below", "opening-retry", "restart.after", "restart.cool-down", "capital", "fraction", "leverage",
        };
        Assert.Equal(keys, errors.Select(e => e["dolphin.hedge.".Length..e.IndexOf(" is ", StringComparison.Ordinal)]));
        Assert.All(errors, e => Assert.Contains("; expected ", e, StringComparison.Ordinal));
    }

    [Theory(DisplayName = "gamma2 * E_max must exceed one opening leg, or the first rebalance would be the last")]
    [InlineData(1.0, 1.0, false)]
    [InlineData(0.9, 1.1, false)]
    [InlineData(1.0, 1.01, true)]
    [InlineData(2.0, 0.6, true)]
    public void RiskProduct(double gamma2, double maxRisk, bool good)
    {
        var errors = new List<string>();
        var policy = HedgePolicy.Create(new HedgeSettings { Gamma2 = (decimal)gamma2, MaxRisk = (decimal)maxRisk }, "hedge", errors);
        Assert.Equal(good, policy is not null);
        if (!good) Assert.StartsWith("hedge.max-risk is ", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A pause that can never be reached is a warning, and so is a structure that may stay dust")]
    public void Warns()
    {
        var policy = HedgeRun.PolicyOf(new HedgeSettings
        {
            MaxInterval = TimeSpan.FromHours(8), ReopenBelow = null, RestartAfter = ExitCauses.Friction | ExitCauses.Manual, Epsilon = 600m,
        });
        var warnings = policy.Warnings("hedge");
        Assert.Equal(["hedge.max-interval", "hedge.reopen-below", "hedge.restart.after", "hedge.epsilon"], warnings.Select(w => w[..w.IndexOf(' ')]));
        Assert.Contains("Pause can never be reached", warnings[0], StringComparison.Ordinal);
        Assert.Empty(HedgeRun.PolicyOf(new HedgeSettings { MaxInterval = TimeSpan.FromHours(7.9) }).Warnings("hedge"));
    }
}
