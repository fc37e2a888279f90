using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>What the five checks do at their edges, where inputs are missing, and where there is no room.</summary>
public sealed class CheckStories
{
    [Fact(DisplayName = "Exactly at a limit nothing is breached, and the smallest amount above it is")]
    public void At_the_limit()
    {
        var even = Enumerable.Range(0, 8).Select(i => ($"S{i}USDT", 1062.5m)).ToArray();
        Assert.Empty(Assess(Portfolio(10_000m, 0.5, 0.03, even)).Commands); // 85 %, and 3 %.
        Assert.Equal([AlertKind.MarginOverload], Assess(Portfolio(10_000m, 0.5, 0.03, [.. even[1..], ("S0USDT", 1062.50000001m)])).Alerts.Select(a => a.Kind));
        Assert.Equal([AlertKind.HighDivergence], Assess(Portfolio(10_000m, 0.5, 0.0300000001, even)).Alerts.Select(a => a.Kind));

        var spread = new[] { ("AUSDT", 1500m), ("BUSDT", 1000m), ("CUSDT", 1000m), ("DUSDT", 1000m), ("EUSDT", 500m) };
        Assert.Empty(Assess(Portfolio(10_000m, 0.5, 0.0, spread)).Commands); // 15 % of total margin, 1.5 times the average of 1000.
        Assert.Equal(["reduce AUSDT 1500 -> 1499"], Assess(Portfolio(10_000m, 0.5, 0.0, [("AUSDT", 1500.00000001m), .. spread[1..]]), due: BalancerChecks.SymbolExposure).Commands.Told());
        Assert.Equal(["rebalance AUSDT 1500 -> 1250", "rebalance EUSDT 499.99 -> 749.99"],
            Assess(Portfolio(11_000m, 0.5, 0.0, [.. spread[..4], ("EUSDT", 499.99m)])).Commands.Told());
    }

    [Fact(DisplayName = "Without positions or total margin the cycle is skipped, and the reason says what is missing")]
    public void Skipped()
    {
        var good = Portfolio(10_000m, 0.5, 0.0, ("BTCUSDT", 100m));
        void Refuses(string code, PortfolioSnapshot snapshot, string said)
        {
            var found = Assess(snapshot);
            Assert.Equal((code, null, 0, 0), (found.Skipped?.Code, found.Metrics, found.Commands.Length, found.Alerts.Length));
            Assert.Contains(said, found.Skipped!.Reason, StringComparison.Ordinal);
            Assert.EndsWith(".", found.Skipped.Reason, StringComparison.Ordinal);
        }
        Refuses("balancing.positions-unavailable", good with { Positions = null }, "open positions are unavailable");
        Refuses("balancing.total-margin-unavailable", good with { TotalMargin = null }, "total margin is unavailable");
        Refuses("balancing.total-margin-unusable", good with { TotalMargin = Money.Zero }, "is 0.00; expected 0.01 to 1000000000000");
        Refuses("balancing.total-margin-unusable", good with { TotalMargin = new Money(1e13m) }, "is 10000000000000.00");
        Refuses("balancing.margin-unusable", Portfolio(10_000m, 0.5, 0.0, ("BTCUSDT", -1m)), "BTCUSDT: the margin is -1.00; expected 0 to");
        Refuses("balancing.symbol-twice", Portfolio(10_000m, 0.5, 0.0, ("BTCUSDT", 1m), ("AUSDT", 1m), ("BTCUSDT", 1m)), "BTCUSDT is in the snapshot twice");
        Refuses("balancing.no-symbol", Portfolio(10_000m, 0.5, 0.0, ("", 1m)), "has no symbol");
        Refuses("balancing.net-unusable", good with { Positions = [new PortfolioPosition(new Symbol("BTCUSDT"), new Money(5m), new Money(-6m))] }, "BTCUSDT: the net margin is -6.00");
        Refuses("balancing.too-many-positions", Portfolio(10_000m, 0.5, 0.0, [.. Enumerable.Range(0, 5_001).Select(i => ($"S{i}", 1m))]), "5001 positions; expected at most 5000");
        Assert.Null(Assess(good).Skipped);
    }

    [Theory(DisplayName = "A missing or impossible confidence counts as 0.5, a missing or impossible divergence as 0.0, and it is said")]
    [InlineData(null, null, "missing")]
    [InlineData(double.NaN, double.NaN, "NaN and not 0 to 1")]
    [InlineData(-0.1, -0.1, "-0.1 and not 0 to 1")]
    [InlineData(1.1, 1.1, "1.1 and not 0 to 1")]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, "Infinity and not 0 to 1")]
    public void Assumed(double? confidence, double? divergence, string said)
    {
        (string, decimal)[] positions = [("AUSDT", 100m), ("BUSDT", 100m), ("CUSDT", 100m), ("DUSDT", 100m)];
        var found = Assess(Portfolio(10_000m, confidence, divergence, positions));
        Assert.Equal((0.5, true, 0.0, true), (found.Metrics!.Confidence, found.Metrics.ConfidenceAssumed, found.Metrics.Divergence, found.Metrics.DivergenceAssumed));
        Assert.Equal(2, found.Notes.Count(n => n.Contains(said, StringComparison.Ordinal) && n.Contains("is assumed", StringComparison.Ordinal)));
        Assert.Equal(Assess(Portfolio(10_000m, 0.5, 0.0, positions)).Commands.Told(), found.Commands.Told());
        Assert.Empty(Assess(Portfolio(10_000m, 0.5, 0.0, positions)).Notes);
    }

    [Fact(DisplayName = "A portfolio without positions is not expanded: there is nothing to balance yet")]
    public void Empty()
    {
        var found = Assess(Portfolio(10_000m, 0.9, 0.5));
        Assert.Equal((0.0, 0, 0.0), (found.Metrics!.Utilisation, found.Metrics.SymbolCount, found.Metrics.NetShare));
        Assert.Empty(found.Commands);
        Assert.Contains(found.Notes, n => n.StartsWith("No position is open", StringComparison.Ordinal));
        Assert.Contains(found.Notes, n => n.EndsWith("no hedge, because no position is held.", StringComparison.Ordinal));
        // A symbol without margin is not held.
        Assert.Equal(0, Assess(Portfolio(10_000m, 0.9, 0.0, ("BTCUSDT", 0m))).Metrics!.SymbolCount);
    }

    [Fact(DisplayName = "A symbol whose price is old counts and is named by no command, of no check; what stays breached for it is said")]
    public void Frozen()
    {
        PortfolioSnapshot Freeze(PortfolioSnapshot snapshot, params string[] symbols) =>
            snapshot with { Positions = [.. snapshot.Positions!.Value.Select(p => p with { IsFrozen = symbols.Contains(p.Symbol.Name, StringComparer.Ordinal) })] };

        var over = Portfolio(10_000m, 1.0, 0.045, ("AUSDT", 3000m), ("BUSDT", 2500m), ("CUSDT", 2000m), ("DUSDT", 1000m), ("EUSDT", 500m));
        Assert.DoesNotContain(Assess(Freeze(over, "EUSDT", "AUSDT")).Commands, c => c.Symbol?.Name is "EUSDT" or "AUSDT");
        Assert.Equal("reduce_margin DUSDT 1000 -> 0", Assess(Freeze(over, "EUSDT")).Commands.Told().First());
        var all = Assess(Freeze(over, "AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT"));
        Assert.Empty(all.Commands);
        Assert.Equal(2, all.Notes.Count(n => n.Contains("whose price is old", StringComparison.Ordinal)));
        Assert.Equal(2, all.Alerts.Length);
        var uneven = Portfolio(20_000m, 1.0, 0.0, ("AUSDT", 1500m), ("BUSDT", 1000m), ("CUSDT", 1000m), ("DUSDT", 1000m), ("EUSDT", 499.99m));
        Assert.NotEmpty(Assess(uneven).Commands);
        Assert.Empty(Assess(Freeze(uneven, "AUSDT")).Commands);
        Assert.Empty(Assess(Freeze(uneven, "EUSDT")).Commands); // Nobody could take what is freed.
    }

    [Fact(DisplayName = "What nobody takes is not freed: with too few that grow when asked no weight is cut, and it is said")]
    public void Nobody_takes()
    {
        var uneven = Portfolio(20_000m, 1.0, 0.0, ("AUSDT", 2500m), ("BUSDT", 1000m), ("CUSDT", 1000m), ("DUSDT", 250m), ("EUSDT", 250m));
        PortfolioSnapshot Growing(params string[] symbols) =>
            uneven with { Positions = [.. uneven.Positions!.Value.Select(p => p with { MayGrow = symbols.Contains(p.Symbol.Name, StringComparer.Ordinal) })] };

        Assert.Equal(["rebalance AUSDT 2500 -> 1250", "rebalance DUSDT 250 -> 875", "rebalance EUSDT 250 -> 875"], Assess(Growing("DUSDT", "EUSDT")).Commands.Told());
        var alone = Assess(Growing("DUSDT"));
        Assert.Empty(alone.Commands);
        Assert.StartsWith("Symbol weights are uneven; no rebalance, because symbols below the average take 750.00 of the 1250.00", Assert.Single(alone.Notes), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Higher confidence expands more, in proportion; none expands nothing, and says so")]
    public void Confidence()
    {
        PortfolioSnapshot With(double confidence) => Portfolio(10_000m, confidence, 0.0, ("AUSDT", 1000m), ("BUSDT", 1000m), ("CUSDT", 1000m), ("DUSDT", 1000m));
        foreach (var (confidence, each) in new[] { (1.0, 1333.33333333m), (0.5, 666.66666666m), (0.1, 133.33333333m) })
            Assert.Equal(each, Assert.Single(Assess(With(confidence)).Of(BalancerAction.Expand)).TargetSize.Quote);
        Assert.Empty(Assess(With(0.0)).Commands);
        Assert.Contains(Assess(With(0.0)).Notes, n => n.Contains("a confidence of 0 leave 0.00 for each new symbol", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Where used margin leaves little room new symbols share it, and where it leaves none they are left out, and it is said")]
    public void Room()
    {
        // 7400 of 10000 used; 600 to the target, shared by three.
        var policy = PolicyOf(BalancerSettings.Default with { MaxSymbolExposure = 0.5m });
        Assert.Equal(200m, Assert.Single(Assess(Portfolio(10_000m, 1.0, 0.0, ("AUSDT", 3700m), ("BUSDT", 3700m)), policy).Of(BalancerAction.Expand)).TargetSize.Quote);
        var full = Assess(Portfolio(10_000m, 1.0, 0.0, ("AUSDT", 4000m), ("BUSDT", 4000m)), policy);
        Assert.Empty(full.Commands);
        Assert.Contains("Underdiversified: 2 symbols, at least 5 are wanted; no expansion, because 80.0 % of total margin is used and new margin stops at 80.0 %.", full.Notes);
        // Dust is no symbol.
        Assert.Contains(Assess(Portfolio(10_000m, 1.0, 0.0, ("AUSDT", 4000m), ("BUSDT", 3980m)), policy).Notes, n => n.Contains("less than 0.1 % of total margin", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Without room for more margin a hedge closes of the held leg, and says so; what it frees goes on counting as used, so that it is enough")]
    public void Hedge_without_room()
    {
        var portfolio = Legs(10_000m, 0.06, ("AUSDT", 1499m, 0m), ("BUSDT", 1499m, 0m), ("CUSDT", 1499m, 0m), ("DUSDT", 1499m, 0m), ("EUSDT", 1499m, 0m));
        var found = Assess(portfolio, due: BalancerChecks.Divergence);
        // Half of 7495 net has to go: 3747.5, by the largest first.
        Assert.Equal(["hedge AUSDT sell +0 -1499", "hedge BUSDT sell +0 -1499", "hedge CUSDT sell +0 -749.5"], found.Commands.Told());
        Assert.EndsWith(": closes of what is net long, because there is no margin for the other side; 3.0 % is felt after all hedges.", found.Commands[0].Reason, StringComparison.Ordinal);
        Assert.Equal((0m, 0m, 749.5m), (found.Commands[0].TargetSize.Quote, found.Commands[0].Hedge!.HeldTarget.Quote, found.Commands[2].Hedge!.HeldTarget.Quote));
        Assert.Equal(new Money(7495m), found.PartedWith);
        Assert.Empty(portfolio.Again(found, found.Commands, due: BalancerChecks.Divergence).Commands);
        // Prices together again: what is felt next is felt of what is left.
        Assert.Null((portfolio with { Divergence = 0.03 }).Again(found, found.Commands, due: BalancerChecks.Divergence).PartedWith);
        // Nobody said that they are together again.
        Assert.All(new double?[] { null, double.NaN, 2 }, unknown =>
            Assert.Equal(new Money(7495m), (portfolio with { Divergence = unknown }).Again(found, found.Commands, due: BalancerChecks.Divergence).PartedWith));
    }

    [Fact(DisplayName = "Whose holder opens no other side when asked is closed as far as it takes, and only after others have opened what they can")]
    public void Hedge_of_those_who_do_not_grow()
    {
        PortfolioSnapshot Without(PortfolioSnapshot snapshot, params string[] symbols) =>
            snapshot with { Positions = [.. snapshot.Positions!.Value.Select(p => p with { MayGrow = !symbols.Contains(p.Symbol.Name, StringComparer.Ordinal) })] };
        var portfolio = Legs(20_000m, 0.04, ("AUSDT", 1400m, 0m), ("BUSDT", 1200m, 0m), ("CUSDT", 1000m, 0m), ("DUSDT", 1000m, 0m), ("EUSDT", 1000m, 0m));
        // 5600 of net at 4 %: 4200 of it may stay, or 4800 with 800 opened; beyond 685.71 BUSDT would weigh too much.
        Assert.Equal(["hedge BUSDT sell +685.71 -0", "hedge CUSDT sell +114.29 -0"], Assess(Without(portfolio, "AUSDT"), due: BalancerChecks.Divergence).Commands.Told());
        var none = Without(portfolio, "AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT");
        var found = Assess(none, due: BalancerChecks.Divergence);
        Assert.Equal(["hedge AUSDT sell +0 -1400"], found.Commands.Told());
        Assert.EndsWith(": closes of what is net long, because its holder opens no other side now; 3.0 % is felt after all hedges.", found.Commands[0].Reason, StringComparison.Ordinal);
        Assert.Empty(none.Again(found, found.Commands, due: BalancerChecks.Divergence).Commands);
    }

    [Fact(DisplayName = "Whose opposite leg this look opens is given nothing for its weight: its holder does one of both, and the hedge would be lost")]
    public void Hedged_and_not_grown()
    {
        // Three symbols are below the average of 864.78, and DUSDT is one of them.
        var portfolio = Legs(20_000m, 0.5, ("AUSDT", 1250m, 1250m), ("BUSDT", 500m, 500m), ("CUSDT", 500m, 500m), ("DUSDT", 400m, 0m), ("EUSDT", 50m, 50m), ("FUSDT", 50m, 50m));
        var found = Assess(portfolio);
        Assert.Equal(["hedge DUSDT sell +88.68 -0", "rebalance AUSDT 2500 -> 1080.97", "rebalance EUSDT 100 -> 809.51", "rebalance FUSDT 100 -> 809.51"], found.Commands.Told());
        Assert.Empty(portfolio.Again(found, found.Commands).Commands);
    }

    [Fact(DisplayName = "What overload has cut is given nothing for its weight: not by the same look, and not within the hour")]
    public void Cut_and_not_grown()
    {
        var portfolio = Portfolio(10_000m, 1.0, 0.0, ("AUSDT", 2900m), ("BUSDT", 560m), ("CUSDT", 540m));
        var policy = PolicyOf(BalancerSettings.Default with { MaxMarginUtilisation = 0.36m, MaxSymbolExposure = 0.55m, MinDiversification = 1 });
        var found = Assess(portfolio, policy);
        Assert.Equal(["reduce_margin CUSDT 540 -> 0", "reduce_margin BUSDT 560 -> 200"], found.Commands.Told());
        Assert.Empty(portfolio.Again(found, found.Commands, policy).Commands);
        Assert.Equal(["rebalance AUSDT 2900 -> 1937.5", "rebalance BUSDT 200 -> 1162.5"], Assess(portfolio.After(found.Commands), policy).Commands.Told()); // An hour later nobody knows of it.
    }

    [Fact(DisplayName = "A portfolio whose legs cover each other feels little of a divergence: an alert, no hedge, and the reason")]
    public void Covered()
    {
        var found = Assess(Legs(20_000m, 0.05, ("AUSDT", 1000m, 800m), ("BUSDT", 700m, 1000m), ("CUSDT", 500m, 500m), ("DUSDT", 500m, 500m), ("EUSDT", 500m, 500m)));
        Assert.Single(found.Alerts);
        Assert.Empty(found.Of(BalancerAction.Hedge));
        Assert.Contains("Prices differ by 5.0 % between venues, the limit is 3.0 %; no hedge, because only 7.6923 % of the used margin is net, and 0.3846 % would be felt.", found.Notes);
    }

    [Fact(DisplayName = "The hedge takes the largest net exposure, not the largest position")]
    public void Largest_net()
    {
        var found = Assess(Legs(20_000m, 0.06, ("AUSDT", 1200m, 1200m), ("BUSDT", 0m, 1800m), ("CUSDT", 900m, 0m), ("DUSDT", 900m, 0m), ("EUSDT", 900m, 0m)), due: BalancerChecks.Divergence);
        Assert.Equal("BUSDT", found.Commands[0].Symbol!.Value.Name); // Its weight allows no more than 385.71; AUSDT, as heavy but even, is not hedged.
        Assert.DoesNotContain(found.Commands, c => c.Symbol!.Value.Name == "AUSDT");
        Assert.Equal(OrderSide.Buy, found.Commands[0].Hedge!.Side);
    }

    [Fact(DisplayName = "Everything at once comes in the order of priorities, numbered, and ends inside every limit")]
    public void Everything()
    {
        var portfolio = Portfolio(10_000m, 0.5, 0.045,
            ("AUSDT", 3600m), ("BUSDT", 1400m), ("CUSDT", 1400m), ("DUSDT", 1300m), ("EUSDT", 150m), ("FUSDT", 100m), ("GUSDT", 1300m));
        var policy = PolicyOf(BalancerSettings.Default with { MinDiversification = 8, MaxSymbolExposure = 0.20m });
        var found = Assess(portfolio, policy);
        Assert.Equal([BalancerAction.ReduceMargin, BalancerAction.Reduce, BalancerAction.Hedge, BalancerAction.Expand], found.Commands.Select(c => c.Action).Distinct());
        Assert.Equal(Enumerable.Range(1, found.Commands.Length).Select(i => (long)i), found.Commands.Select(c => c.Id));
        Assert.Equal(found.Commands.Select(c => c.Priority).Order(), found.Commands.Select(c => c.Priority));
        Assert.All(found.Commands, c => Assert.False(string.IsNullOrWhiteSpace(c.Reason)));
        Assert.Empty(Assess(portfolio.After(found.Commands.Where(c => c.Action != BalancerAction.Expand)), policy, BalancerChecks.All & ~BalancerChecks.Diversification).Commands);
    }

    [Fact(DisplayName = "A check that may not act now still alerts, and what it would have done is not reckoned with")]
    public void Not_due()
    {
        var portfolio = Portfolio(10_000m, 0.8, 0.045, ("BTCUSDT", 3000m), ("ETHUSDT", 2500m), ("SOLUSDT", 2000m), ("BNBUSDT", 1500m));
        var found = Assess(portfolio, due: BalancerChecks.SymbolExposure);
        Assert.Equal([AlertKind.MarginOverload, AlertKind.HighDivergence], found.Alerts.Select(a => a.Kind));
        Assert.Equal(["reduce BTCUSDT 3000 -> 1499", "reduce ETHUSDT 2500 -> 1499", "reduce SOLUSDT 2000 -> 1499"], found.Commands.Told());
        Assert.Empty(Assess(portfolio, due: BalancerChecks.None).Commands);
    }

    [Fact(DisplayName = "Where the average symbol is at the exposure limit itself weights are left alone until exposures are cut, and it is said")]
    public void Weights_wait()
    {
        var found = Assess(Portfolio(10_000m, 0.8, 0.0, ("AUSDT", 5000m), ("BUSDT", 1400m), ("CUSDT", 1000m)), due: BalancerChecks.SymbolWeight);
        Assert.Empty(found.Commands);
        Assert.Contains(found.Notes, n => n.Contains("The exposure check comes first", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Ties are broken by the symbol, so that the order of the snapshot changes nothing")]
    public void Ties()
    {
        (string, decimal)[] positions = [("CUSDT", 1800m), ("AUSDT", 1800m), ("BUSDT", 1800m), ("EUSDT", 1800m), ("DUSDT", 1800m)];
        var found = Assess(Portfolio(10_000m, 0.8, 0.0, positions));
        Assert.Equal("reduce_margin AUSDT 1800 -> 800", found.Commands.Told().First());
        Assert.Equal(["AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT"], found.Of(BalancerAction.Reduce).Select(c => c.Symbol!.Value.Name));
        Assert.Equal(found.Commands.AsEnumerable(), Assess(Portfolio(10_000m, 0.8, 0.0, [.. positions.Reverse()])).Commands);
    }
}
