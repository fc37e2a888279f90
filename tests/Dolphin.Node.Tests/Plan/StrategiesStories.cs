using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Protection;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>Who a plan lets trade what, and what it says to a plan that cannot be meant.</summary>
public sealed class StrategiesStories
{
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");
    private static readonly Instrument Instrument = Instruments.Infer(Btc, 1, 3);

    private static StrategiesPlan Good(string text) => PlanStories.Load(text).Good().Strategies;
    private static void Bad(string text, params string[] says) => PlanStories.Load(text).Bad(says);

    [Fact(DisplayName = "Without a word every asset is a band-limited hedge's, and the fingerprint is that of before there was another")]
    public void Alone()
    {
        var strategies = Good("");
        Assert.True(strategies.IsHedgingAlone);
        Assert.IsType<HedgePlan>(Assert.Single(strategies.AssetOf(Btc, Instrument, 4).Strategies));
        Assert.Equal(PlanStories.Load("").Plan!.Fingerprint, PlanStories.Load("dolphin.compression.residual = 20 %, dolphin.hermes.confirm = 1h").Plan!.Fingerprint);
        Assert.NotEqual(PlanStories.Load("").Plan!.Fingerprint, PlanStories.Load("dolphin.hermes.enabled = true").Plan!.Fingerprint);
    }

    [Fact(DisplayName = "A symbol has the strategy that the plan names for it, with its share of the account")]
    public void Of_a_symbol()
    {
        var strategies = Good("dolphin.strategies { strategy = exposure-protector, symbols { BTCUSDT { strategy = hedge-compression } } }, dolphin.compression.symbols.BTCUSDT.residual = 20 %");
        var compression = Assert.IsType<CompressionPlan>(Assert.Single(strategies.AssetOf(Btc, Instrument, 4).Strategies));
        Assert.Equal((0.2m, 25_000m, 3m), (compression.Policy.Settings.Residual, compression.Policy.Settings.Capital, compression.Policy.Settings.Leverage));
        Assert.Equal("compression-BTCUSDT", compression.StrategyId);
        Assert.IsType<ProtectorPlan>(Assert.Single(strategies.AssetOf(Eth, Instrument with { Symbol = Eth }, 4).Strategies));
    }

    [Fact(DisplayName = "Hermes gives away every asset but those that are traded on signals; with none left for it the plan is refused")]
    public void Beside_Hermes()
    {
        var strategies = Good("dolphin { hermes.enabled = true, strategies.symbols.BTCUSDT.strategy = directional }");
        Assert.True(strategies.HasDirectional);
        var (btc, eth) = (strategies.AssetOf(Btc, Instrument, 4), strategies.AssetOf(Eth, Instrument with { Symbol = Eth }, 4));
        Assert.Null(btc.Hermes);
        Assert.IsType<DirectionalPlan>(Assert.Single(btc.Strategies));
        Assert.NotNull(eth.Hermes);
        Assert.Equal(3, eth.Strategies.Length);
        Bad("dolphin { hermes.enabled = true, strategies.strategy = directional }", "dolphin.hermes.enabled is true, and every asset is traded on signals");
        Assert.NotNull(Good("dolphin { hermes.enabled = true, strategies { strategy = directional, symbols.BTCUSDT.strategy = exposure-protector } }").AssetOf(Btc, Instrument, 4).Hermes);
    }

    [Fact(DisplayName = "Symbols without settings of their own share each policy; a symbol with its own has its own")]
    public void Shared_policies()
    {
        var sol = new Symbol("SOLUSDT");
        var strategies = Good("""
            dolphin {
              hermes.enabled = true
              hedging.symbols.SOLUSDT.k = 8.0
              compression.symbols.BTCUSDT.residual = 10 %
              protection.symbols.BTCUSDT.cooldown-ticks = 3
            }
            """);
        (HedgePolicy Hedge, CompressionPolicy Compression, ProtectorPolicy Protection) Of(string symbol)
        {
            var plans = strategies.AssetOf(new Symbol(symbol), Instrument with { Symbol = new Symbol(symbol) }, 4).Strategies;
            return (plans.OfType<HedgePlan>().Single().Policy, plans.OfType<CompressionPlan>().Single().Policy, plans.OfType<ProtectorPlan>().Single().Policy);
        }

        var (btc, eth, xrp, own) = (Of("BTCUSDT"), Of("ETHUSDT"), Of("XRPUSDT"), Of("SOLUSDT"));
        Assert.Same(eth.Hedge, xrp.Hedge);
        Assert.Same(eth.Compression, xrp.Compression);
        Assert.Same(eth.Protection, xrp.Protection);
        Assert.Same(eth.Hedge, btc.Hedge);
        Assert.NotSame(eth.Compression, btc.Compression);
        Assert.NotSame(eth.Protection, btc.Protection);
        Assert.NotSame(eth.Hedge, own.Hedge); // Equal or not: it was said.
        Assert.NotSame(eth.Compression, own.Compression); // Its capital and leverage are the hedge's.
        Assert.Same(eth.Protection, own.Protection);
        Assert.NotEqual(strategies.Hedging.PolicyFor(sol, 4).Settings.Capital, strategies.Hedging.PolicyFor(sol, 5).Settings.Capital);
        Assert.NotEqual(strategies.Hedging.PolicyFor(Eth, 4).Settings.Capital, strategies.Hedging.PolicyFor(Eth, 5).Settings.Capital);
    }

    [Fact(DisplayName = "With Hermes an asset has every strategy that is allowed")]
    public void Under_Hermes()
    {
        var asset = Good("dolphin.hermes { enabled = true, allowed = [hedge-compression, band-limited-hedging] }").AssetOf(Btc, Instrument, 2);
        Assert.Equal([LegHolder.BandLimitedHedging, LegHolder.HedgeCompression], asset.Strategies.Select(s => s.Holder));
        Assert.Equal(new Money(50_000m), asset.Capital);
    }

    [Fact(DisplayName = "Every default of compression, protector, Hermes and the regime is the domain's")]
    public void Defaults()
    {
        var strategies = Good("dolphin.hermes.enabled = true");
        Assert.Equal(new CompressionSettings(), strategies.Compression.Default);
        Assert.Equal(new ProtectorSettings(), strategies.Protection.Default);
        var (code, reference) = (new HermesSettings(), strategies.Hermes!.Settings);
        Assert.Equal(code.Allowed.AsEnumerable(), reference.Allowed);
        Assert.Equal(code, reference with { Allowed = code.Allowed });
        Assert.Equal(new RegimeSettings(), strategies.Hermes.Regime.Settings);
    }

    [Fact(DisplayName = "A plan that gives two strategies one leg, or an unknown one, is refused where it says so")]
    public void Bad_holders()
    {
        Bad("dolphin.strategies.symbols.BTCUSDT.strategy = [band-limited-hedging, hedge-compression]", "dolphin.strategies.symbols.BTCUSDT.strategy");
        Bad("dolphin.strategies.symbols.BTCUSDT { strategy = hedge-compression, strategy = exposure-protector }", "dolphin.strategies.symbols.BTCUSDT.strategy is exposure-protector here and hedge-compression at", "expected one");
        Bad("dolphin.strategies.strategy = hedge-compression\ndolphin { strategies { strategy = directional } }", "dolphin.strategies.strategy is directional here and hedge-compression at");
        Good("dolphin.strategies.symbols.BTCUSDT { strategy = hedge-compression, strategy = hedge-compression }");
        Bad("dolphin.strategies.strategy = martingale", "dolphin.strategies.strategy", "band-limited-hedging");
        Bad("dolphin.hermes.allowed = [band-limited-hedging, martingale]", "dolphin.hermes.allowed");
        Bad("dolphin.hermes.allowed = [band-limited-hedging, band-limited-hedging]", "each strategy once");
    }

    [Fact(DisplayName = "A value outside its range is refused with its path, what it is and what was expected")]
    public void Bad_values()
    {
        Bad("dolphin.compression.residual = 90 %", "dolphin.compression.residual", "0.005 to 0.5");
        Bad("dolphin.compression.symbols.BTCUSDT.bounce = 0", "dolphin.compression.symbols.BTCUSDT.bounce");
        Bad("dolphin.protection.balance-tolerance = 0", "dolphin.protection.balance-tolerance", "above 0, at most 0.5");
        Bad("dolphin.hermes.confirm = 10h", "dolphin.hermes.confirm", "min-dwell");
        Bad("dolphin.hermes.regime.efficiency.window = 5m", "dolphin.hermes.regime");
        Bad("dolphin.hermes.regime.efficency.window = 5h", "did you mean 'efficiency'");
    }

    [Fact(DisplayName = "A strategy that is named for an asset of Hermes counts for nothing, and the plan is told so where it names it")]
    public void Ignored()
    {
        PlanStories.Load("dolphin { hermes.enabled = true, strategies.symbols.BTCUSDT.strategy = exposure-protector }")
            .Warns("dolphin.strategies.symbols.BTCUSDT.strategy is exposure-protector, and counts for nothing");
        PlanStories.Load("dolphin { hermes.enabled = true, strategies.strategy = hedge-compression }").Warns("dolphin.strategies.strategy is hedge-compression, and counts for nothing");
    }

    [Fact(DisplayName = "A protector whose target whole lots cannot reach from the legs that the venue begins with is refused where the target stands")]
    public void Out_of_reach()
    {
        const string Held = "venue.paper.positions.BTCUSDT { long { quantity = 0.003, entry = 100000 }, short { quantity = 0.002, entry = 99000 } }";
        Bad($"dolphin {{ {Held}, strategies.strategy = exposure-protector, protection.rebalance-target-ratio = 0.37 }}",
            "dolphin.protection.rebalance-target-ratio: BTCUSDT", "the nearest share that trimming reaches is 0.5");
        Bad($"dolphin {{ {Held}, strategies.symbols.BTCUSDT.strategy = exposure-protector, protection.symbols.BTCUSDT.rebalance-target-ratio = 0.37 }}",
            "dolphin.protection.symbols.BTCUSDT.rebalance-target-ratio: BTCUSDT");
        Good($"dolphin {{ {Held}, strategies.strategy = exposure-protector }}");
        Good($"dolphin {{ {Held}, protection.rebalance-target-ratio = 0.37 }}"); // A hedge has them.
    }
}
