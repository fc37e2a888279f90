using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using static Dolphin.Domain.Tests.Balancing.BalancerStage;

namespace Dolphin.Domain.Tests.Balancing;

/// <summary>The seed's five scenarios with its numbers. Where it gives no total margin, or no confidence, the test does and says so.</summary>
public sealed class SeedScenarios
{
    [Fact(DisplayName = "Scenario 1: 90 % of margin used is an alert and a reduction to 80 %, smallest positions first, at once")]
    public void Margin_overload()
    {
        var portfolio = Portfolio(10_000m, 0.8, 0.0, ("BTCUSDT", 3000m), ("ETHUSDT", 2500m), ("SOLUSDT", 2000m), ("BNBUSDT", 1500m));
        var found = Assess(portfolio);
        Assert.Equal((0.9, 4), (found.Metrics!.Utilisation, found.Metrics.SymbolCount));
        var alert = Assert.Single(found.Alerts);
        Assert.Equal((AlertKind.MarginOverload, true, 0.9, 0.85m), (alert.Kind, alert.Kind.IsCritical(), alert.Measured, alert.Limit));

        var reduction = Assert.Single(found.Of(BalancerAction.ReduceMargin));
        Assert.Equal((1, 1L, "BNBUSDT", 500m, -1000m), (reduction.Priority, reduction.Id, reduction.Symbol!.Value.Name, reduction.TargetSize.Quote, reduction.Change.Quote));
        Assert.Equal("Margin overload: 90.0 % of total margin is used, the limit is 85.0 %. Down to 80.0 %, smallest positions first: this one is the last, and a part of it suffices.", reduction.Reason);
        Assert.Equal(0.8, Assess(portfolio.After([reduction])).Metrics!.Utilisation);

        // The rest of what is wrong with this portfolio, and where all of it ends.
        Assert.Equal(
            ["reduce_margin BNBUSDT 1500 -> 500", "reduce BTCUSDT 3000 -> 1499", "reduce ETHUSDT 2500 -> 1499", "reduce SOLUSDT 2000 -> 1499", "expand 1 x 1199.2"],
            found.Commands.Told());
    }

    [Fact(DisplayName = "Scenario 1, further over: as many of the smallest as it takes are closed, and the next one in part")]
    public void Margin_overload_closes()
    {
        var found = Assess(
            Portfolio(10_000m, 0.8, 0.0, ("AUSDT", 1400m), ("BUSDT", 100m), ("CUSDT", 1400m), ("DUSDT", 100m), ("EUSDT", 200m), ("FUSDT", 1500m), ("GUSDT", 1500m), ("HUSDT", 1450m), ("IUSDT", 1450m)),
            due: BalancerChecks.MarginOverload);
        Assert.Equal(["reduce_margin BUSDT 100 -> 0", "reduce_margin DUSDT 100 -> 0", "reduce_margin EUSDT 200 -> 0", "reduce_margin AUSDT 1400 -> 700"], found.Commands.Told());
        Assert.All(found.Commands.Take(3), c => Assert.EndsWith("this one is closed.", c.Reason, StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Scenario 2: each symbol above 15 % of total margin is reduced to just below it; the one with 10 % is not")]
    public void Symbol_overexposure()
    {
        var portfolio = Portfolio(5_000m, 0.8, 0.0, ("BTCUSDT", 2000m), ("ETHUSDT", 1500m), ("SOLUSDT", 1000m), ("BNBUSDT", 500m));
        var reductions = Assess(portfolio, due: BalancerChecks.SymbolExposure).Commands;
        Assert.Equal(["reduce BTCUSDT 2000 -> 749.5", "reduce ETHUSDT 1500 -> 749.5", "reduce SOLUSDT 1000 -> 749.5"], reductions.Told());
        Assert.All(reductions, c => Assert.Equal(2, c.Priority));
        Assert.Equal("BTCUSDT has 40.0 % of total margin, the limit is 15.0 %: down to 14.99 %.", reductions[0].Reason);
        Assert.All(Assess(portfolio.After(reductions)).Metrics!.Positions, p => Assert.True(p.Exposure < 0.15));
    }

    [Fact(DisplayName = "Scenario 2 as a whole: all margin is used too, and a symbol that the overload has cut already is reduced by name all the same")]
    public void Symbol_overexposure_in_overload()
    {
        var found = Assess(Portfolio(5_000m, 0.8, 0.0, ("BTCUSDT", 2000m), ("ETHUSDT", 1500m), ("SOLUSDT", 1000m), ("BNBUSDT", 500m)));
        Assert.Equal(
            ["reduce_margin BNBUSDT 500 -> 0", "reduce_margin SOLUSDT 1000 -> 500", "reduce BTCUSDT 2000 -> 749.5", "reduce ETHUSDT 1500 -> 749.5", "reduce SOLUSDT 500 -> 500", "expand 2 x 599.6"],
            found.Commands.Told());
        Assert.Equal("SOLUSDT has 20.0 % of total margin, the limit is 15.0 %: the margin reduction takes it to 10.0 %, where it is to stay.", found.Commands[4].Reason);
    }

    [Fact(DisplayName = "Scenario 3: two symbols of five are an expansion by three, without names, each as large as confidence and limits allow")]
    public void Underdiversification()
    {
        var found = Assess(Portfolio(5_000m, 0.6, 0.0, ("BTCUSDT", 2500m), ("ETHUSDT", 2500m)));
        var expansion = Assert.Single(found.Of(BalancerAction.Expand));
        Assert.Equal((2, null, 3, 5), (expansion.Priority, expansion.Symbol, expansion.NewSymbols, expansion.SymbolsWanted));
        Assert.Equal(0.6m * 749.5m, expansion.TargetSize.Quote); // The symbol limit is the smaller of the two.
        Assert.Equal(3m * expansion.TargetSize.Quote, expansion.Change.Quote);
        Assert.StartsWith("Underdiversified: 2 symbols, at least 5 are wanted: 3 new symbols with 449.70 of margin each", expansion.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Scenario 4: prices 4.5 % apart are an alert and a hedge opposite to the largest net exposure, until 3 % of it is felt")]
    public void High_divergence()
    {
        var portfolio = Portfolio(20_000m, 0.8, 0.045, ("BTCUSDT", 2000m), ("ETHUSDT", 2000m)); // Total margin: the test's.
        var found = Assess(portfolio);
        var alert = Assert.Single(found.Alerts);
        Assert.Equal((AlertKind.HighDivergence, false, 0.045, 0.03m), (alert.Kind, alert.Kind.IsCritical(), alert.Measured, alert.Limit));
        var hedge = Assert.Single(found.Of(BalancerAction.Hedge));
        // 4000 net of 4000; 800 opposite make it 3200 net of 4800, two thirds, and two thirds of 4.5 % are 3 %.
        Assert.Equal((2, "hedge BTCUSDT opposite +800 -0"), (hedge.Priority, Assert.Single(new[] { hedge }.Told())));
        Assert.Equal((800m, 800m, 2000m), (Math.Round(hedge.TargetSize.Quote, 6), Math.Round(hedge.Change.Quote, 6), hedge.Hedge!.HeldTarget.Quote));
        Assert.Equal(2.0 / 3.0, Assess(portfolio.After([hedge])).Metrics!.NetShare, 9);
        Assert.Empty(Assess(portfolio.After([hedge])).Of(BalancerAction.Hedge));
    }

    [Fact(DisplayName = "Scenario 4 with two venues: what is held long is sold where the price is high, what is held short is bought where it is low")]
    public void High_divergence_two_venues()
    {
        VenuePrice[] venues = [new("kraken", Price.Of(62_700m)), new("binance", Price.Of(60_000m)), new("bybit", Price.Of(60_500m))];
        var longs = Legs(20_000m, 0.045, ("BTCUSDT", 2000m, 0m), ("ETHUSDT", 2000m, 0m)) with { Venues = [.. venues] };
        Assert.Equal(["hedge BTCUSDT sell +800 -0 at kraken"], Assess(longs).Of(BalancerAction.Hedge).Told());
        var shorts = Legs(20_000m, 0.045, ("BTCUSDT", 0m, 2000m), ("ETHUSDT", 0m, 2000m)) with { Venues = [.. venues] };
        Assert.Equal(["hedge BTCUSDT buy +800 -0 at binance"], Assess(shorts).Of(BalancerAction.Hedge).Told());
        Assert.Contains("at binance, where the price is low", Assess(shorts).Of(BalancerAction.Hedge).Single().Reason, StringComparison.Ordinal);
        // One venue, or one price: nothing to choose.
        Assert.Equal(["hedge BTCUSDT sell +800 -0"], Assess(longs with { Venues = [venues[0]] }).Of(BalancerAction.Hedge).Told());
        Assert.Equal(["hedge BTCUSDT sell +800 -0"], Assess(longs with { Venues = [venues[0], venues[0] with { Venue = "okx" }] }).Of(BalancerAction.Hedge).Told());
    }

    [Fact(DisplayName = "Scenario 5: a symbol with half of the used margin of five goes to a quarter, and the others get what it frees")]
    public void Symbol_imbalance()
    {
        var portfolio = Portfolio( // Total margin: the test's, so large that no symbol is overexposed.
            20_000m, 0.8, 0.0, ("BTCUSDT", 2500m), ("ETHUSDT", 1000m), ("SOLUSDT", 1000m), ("BNBUSDT", 250m), ("ADAUSDT", 250m));
        var found = Assess(portfolio);
        var btc = found.Metrics!.Positions.Single(p => p.Symbol.Name == "BTCUSDT");
        Assert.Equal((0.125, 0.5), (btc.Exposure, btc.Weight));
        Assert.Equal(["rebalance BTCUSDT 2500 -> 1250", "rebalance ADAUSDT 250 -> 875", "rebalance BNBUSDT 250 -> 875"], found.Commands.Told());
        Assert.All(found.Commands, c => Assert.Equal(3, c.Priority));
        Assert.Equal("BTCUSDT weighs 50.0 % of used margin, 2.50 times the average of 20.0 %; down to 1.25 times. What it frees goes to symbols below the average.", found.Commands[0].Reason);
        var after = Assess(portfolio.After(found.Commands));
        Assert.Equal((5_000m, 0.25), (after.Metrics!.UsedMargin.Quote, after.Metrics.Positions.Single(p => p.Symbol.Name == "BTCUSDT").Weight));
        Assert.Empty(after.Commands);
        Assert.Empty(found.Alerts);
    }
}
