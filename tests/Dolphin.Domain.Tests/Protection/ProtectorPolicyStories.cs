using Dolphin.Domain.Protection;

namespace Dolphin.Domain.Tests.Protection;

public sealed class ProtectorPolicyStories
{
    [Fact(DisplayName = "The defaults and the seed's example are good, and give no warning")]
    public void Defaults()
    {
        foreach (var settings in new[] { new ProtectorSettings(), new ProtectorSettings { RebalanceTargetRatio = 0.55m } })
        {
            var errors = new List<string>();
            var policy = ProtectorPolicy.Create(settings, "dolphin.protection", errors);
            Assert.Empty(errors);
            Assert.Empty(policy!.Warnings("dolphin.protection"));
            Assert.Equal((0.02m, 0.16m), (policy.Settled, policy.Severe));
        }
    }

    [Fact(DisplayName = "All mistakes are told at once, each with its path, what came and what was expected")]
    public void Mistakes()
    {
        var errors = new List<string>();
        Assert.Null(ProtectorPolicy.Create(new ProtectorSettings
        {
            TrailDistancePct = -0.1m, RebalanceTargetRatio = 1.1m, RebalanceStepRatio = 0m, MinOrderNotionalQuote = -1m, MaxOrderNotionalQuote = 0m,
            OrderSpacingTicks = -1, CooldownTicks = -1, MinRebalanceSeconds = -1, MinPriceMovePct = 0.6m, BalanceTolerance = 0m,
        }, "dolphin.protection", errors));
        Assert.Equal(
            ["trail-distance-pct", "rebalance-target-ratio", "rebalance-step-ratio", "min-order-notional-quote", "max-order-notional-quote", "order-spacing-ticks",
                "cooldown-ticks", "min-rebalance-seconds", "min-price-move-pct", "balance-tolerance"],
            errors.Select(e => e.Split(' ')[0]["dolphin.protection.".Length..]));
        Assert.Equal("dolphin.protection.rebalance-target-ratio is 1.1; expected 0 to 1 with at most four decimals (0.5 = balanced by value).", errors[1]);
    }

    [Fact(DisplayName = "A cap below the least action is a mistake")]
    public void Bounds()
    {
        var errors = new List<string>();
        ProtectorPolicy.Create(new ProtectorSettings { MinOrderNotionalQuote = 15m, MaxOrderNotionalQuote = 10m }, "p", errors);
        Assert.Equal("p.max-order-notional-quote is 10; expected at least min-order-notional-quote, which is 15.", Assert.Single(errors));
    }

    [Fact(DisplayName = "A target that empties a leg, and a limit that is seldom reached, are warned of")]
    public void Warned()
    {
        var policy = ProtectorRun.PolicyOf(new ProtectorSettings { RebalanceTargetRatio = 1m, MinPriceMovePct = 0.001m });
        Assert.Equal(["p.trail-distance-pct", "p.rebalance-target-ratio"], policy.Warnings("p").Select(w => w.Split(' ')[0]));
    }
}
