using Dolphin.Data.Simulation;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;
using Dolphin.Domain.Survival;
using Dolphin.Node.Hocon;
using Dolphin.Node.Plan;
using Dolphin.Node.Tests.Hocon;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Tests.Plan;

/// <summary>From the words of a plan to the values a run works with.</summary>
public sealed class PlanStories
{
    [Fact(DisplayName = "An empty plan is the reference: complete, without an error or a warning")]
    public void Reference_is_complete()
    {
        var loaded = Load("");
        Assert.Empty(loaded.Problems);
        Assert.NotNull(loaded.Plan);
    }

    [Fact(DisplayName = "Every number of the domain's survival settings is in the reference, with the same value")]
    public void Reference_names_every_knob()
    {
        var reference = HoconConfig.Load([TradingPlan.Reference], _ => null);
        foreach (var entry in SurvivalSettings.Reference.Entries())
        {
            var text = Assert.IsType<HoconText>(reference.Find($"{SurvivalSettings.Root}.{entry.Path}")).Text;
            var value = entry.Knob.Unit == KnobUnit.Seconds && HoconUnits.TryDuration(text, out var span) ? span.TotalSeconds
                : HoconUnits.TryFraction(text, out var number) ? (double)number : double.NaN;
            Assert.True(value == entry.Value, $"{entry.Path} is {text} in the reference and {entry.Value} in the domain");
        }
    }

    [Fact(DisplayName = "The plan that is shipped is good, trades sixteen assets and comes back after C1 and C2")]
    public void Shipped_plan()
    {
        var loaded = TradingPlan.Load(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "hedge-16.hocon"), _ => null);
        Assert.Empty(loaded.Problems);
        var plan = loaded.Plan!;
        Assert.Equal(16, plan.Symbols!.Value.Length);
        Assert.All(plan.Symbols.Value, s => Assert.True(plan.Instruments.Known.ContainsKey(s), $"{s} has no filters"));
        Assert.Equal(ExitCauses.Friction | ExitCauses.Capital, plan.Strategies.Hedging.Default.Settings.RestartAfter);
        Assert.Equal(6_250m, plan.Strategies.Hedging.PolicyFor(new Symbol("BTCUSDT"), 16).Settings.Capital);
    }

    [Fact(DisplayName = "What is shipped to be read is what is compiled in")]
    public void Shipped_defaults()
    {
        foreach (var name in (string[])["reference.conf", "instruments.conf", "simulation.conf"])
            Assert.Equal(TradingPlan.Reference.Folder.Open(name, "").Text, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
    }

    [Fact(DisplayName = "A symbol's own words count for it alone; the rest of its settings are everybody's")]
    public void Overrides()
    {
        var plan = Good("""
            dolphin {
              hedging { k = 7, symbols { BTCUSDT { k = 9, restart.cool-down = 1h } } }
              sizing.symbols { ETHUSDT { capital-per-strategy = 5000, leverage = 2 } }
            }
            """);
        var (btc, eth, sol) = (plan.Strategies.Hedging.PolicyFor(new Symbol("BTCUSDT"), 3), plan.Strategies.Hedging.PolicyFor(new Symbol("ETHUSDT"), 3), plan.Strategies.Hedging.PolicyFor(new Symbol("SOLUSDT"), 3));
        Assert.Equal((9m, TimeSpan.FromHours(1), ExitCauses.Friction), (btc.Settings.K, btc.Settings.RestartCoolDown, btc.Settings.RestartAfter));
        Assert.Equal((7m, TimeSpan.FromHours(4)), (sol.Settings.K, sol.Settings.RestartCoolDown));
        Assert.Equal((5000m, 2m, 7m), (eth.Settings.Capital, eth.Settings.Leverage, eth.Settings.K));
        Assert.Equal((33_333.33m, 3m), (sol.Settings.Capital, sol.Settings.Leverage)); // A third, in whole cents.
    }

    [Fact(DisplayName = "The strategies' fee is the venue's taker fee unless it is said")]
    public void Fee_follows_the_venue()
    {
        Assert.Equal(0.0004m, Good("dolphin.venue.paper.taker-fee = 4e-4").Strategies.Hedging.Default.Settings.Fee);
        Assert.Equal(0.0002m, Good("dolphin.venue.paper.taker-fee = 4e-4, dolphin.hedging.fee = 0.02 %").Strategies.Hedging.Default.Settings.Fee);
    }

    [Fact(DisplayName = "A symbol without configured filters gets the steps of its recording and the defaults for the rest")]
    public void Inferred_instrument()
    {
        var plan = Good("dolphin.instruments.defaults.min-notional = 7");
        var inferred = plan.Instruments.For(new Symbol("NEWUSDT"), priceDecimals: 3, volumeDecimals: 0);
        Assert.Equal((0.001m, 1m, new Money(7m)), (inferred.TickSize, inferred.LotSize, inferred.MinNotional));
        var known = plan.Instruments.For(new Symbol("BTCUSDT"), priceDecimals: 8, volumeDecimals: 8);
        Assert.Equal((0.1m, 0.001m, new Money(100m)), (known.TickSize, known.LotSize, known.MinNotional));
    }

    [Fact(DisplayName = "A plan can add a survival layer of its own")]
    public void Own_layer()
    {
        var plan = Good("dolphin.survival.layers.L10_LATENCY { category = microstructure, kind = gauge, value-deadband = 5, value-midpoint = 20, value-steepness = 0.2, filter = 5s }");
        Assert.Equal(new LayerId("L10_LATENCY"), plan.Survival.Layers[^1].Id);
    }

    [Fact(DisplayName = "The simulated market has the shipped plan's symbols, with the venue's steps, and can be made")]
    public void Simulation()
    {
        var plan = TradingPlan.Load(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "hedge-16.hocon"), _ => null).Plan!;
        var market = new SimulatedMarket((ulong)plan.Simulation.Seed, plan.Simulation.Start, plan.Simulation.Interval, plan.Simulation.Assets);
        Assert.Equal(plan.Symbols!.Value.ToArray(), market.Symbols.ToArray());
        foreach (var symbol in market.Symbols)
        {
            var inferred = Instruments.Infer(symbol, market.DecimalsOf(symbol).Price, market.DecimalsOf(symbol).Volume);
            var known = plan.Instruments.Known[symbol];
            Assert.Equal((inferred.TickSize, inferred.LotSize), (known.TickSize, known.LotSize));
        }
    }

    [Fact(DisplayName = "What is set to null is taken out: an asset, a layer, a symbol's own settings")]
    public void Taken_out()
    {
        var plan = Good("dolphin { simulation.assets.XMRUSDT = null, survival.layers.L8_ESOF_SERVICE = null, hedging.symbols.BTCUSDT = null, instruments.symbols.BTCUSDT = null }");
        Assert.Equal(15, plan.Simulation.Assets.Length);
        Assert.Equal(8, plan.Survival.Layers.Length);
        Assert.DoesNotContain(plan.Survival.Layers, l => l.Id == LayerId.EsofService);
        Assert.False(plan.Instruments.Known.ContainsKey(new Symbol("BTCUSDT")));
    }

    [Fact(DisplayName = "Every shipped plan is good")]
    public void Shipped_plans()
    {
        var plans = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "hocon", "plans"), "*.hocon");
        Assert.NotEmpty(plans);
        Assert.All(plans, p => Assert.Empty(TradingPlan.Load(p, _ => null).Problems));
    }

    [Fact(DisplayName = "The plan for Binance with every sense has scan, alpha, live factors, a forewarner of 4,500 trials, worked entries and an EsoF that only watches, and legs of 1,250")]
    public void Every_sense()
    {
        var plan = TradingPlan.Load(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", "binance-full.hocon"), _ => null).Good();
        Assert.Equal(16, plan.Symbols!.Value.Length);
        Assert.True(plan is { Scan: not null, Alpha.TradesPlunges: false, Exf.Origin: FactorOrigin.Live, Forewarner.Trials: >= 4_500, Esof.Acts: false });
        Assert.True(plan.Execution.Placement is { Enabled: true, Exits: false });
        Assert.Equal(6_250m, plan.Strategies.Hedging.PolicyFor(new Symbol("BTCUSDT"), 16).Settings.Capital);
    }

    [Theory(DisplayName = "The shipped books hold both legs of sixteen assets, the longs bought above where the shorts were sold, in the proportion their file states")]
    [InlineData("compression-may", 16)]
    [InlineData("protector-crash", 16)]
    [InlineData("full-crash", 16, "BNBUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT")]
    [InlineData("full", 0)]
    public void Shipped_books(string name, int assets, params string[] lopsided)
    {
        var plan = TradingPlan.Load(Path.Combine(AppContext.BaseDirectory, "hocon", "plans", $"{name}.hocon"), _ => null).Plan!;
        var books = plan.Paper.Unseeded.Positions.GroupBy(p => p.Symbol).ToArray();
        Assert.Equal(assets, books.Length);
        Assert.All(books, legs =>
        {
            var (bought, sold) = (legs.Single(l => l.Leg == PositionSide.Long), legs.Single(l => l.Leg == PositionSide.Short));
            Assert.True(bought.Entry > sold.Entry, $"{legs.Key} is not under water.");
            var lot = plan.Instruments.Known[legs.Key].LotSize;
            if (lopsided.Contains(legs.Key.Name))
            {
                var (small, large) = (LegSteps.Smaller(bought.Quantity, sold.Quantity).Base, Math.Max(bought.Quantity.Base, sold.Quantity.Base));
                Assert.InRange(large * 0.2m - small, 0m, lot);
                return;
            }
            Assert.InRange(sold.Quantity.Base * sold.Entry.QuotePerBase, 3_750m - lot * sold.Entry.QuotePerBase, 3_750m);
            Assert.InRange(sold.Quantity.Base * 0.8m - bought.Quantity.Base, 0m, lot);
        });
    }

    [Fact(DisplayName = "Fault switches are read with their rates and codes")]
    public void Faults()
    {
        var paper = Good("dolphin.venue.paper.faults = [{ kind = reject, rate = 0.1 %, code = -2019 }, { kind = delay-delivery, rate = 1, id-prefix = x, delay = 3s }]").Paper.ToPolicy(7);
        Assert.Equal([new PaperFault(PaperFaultKind.Reject, 1000, "", -2019, TimeSpan.Zero), new PaperFault(PaperFaultKind.DelayDelivery, 1_000_000, "x", 0, TimeSpan.FromSeconds(3))], paper.Faults.ToArray());
        Assert.Equal(7UL, paper.Seed);
        Assert.Empty(paper.Problems());
    }

    [Fact(DisplayName = "What the account held before is read for each leg")]
    public void Positions()
    {
        var paper = Good("dolphin.venue.paper.positions { BTCUSDT { long { quantity = 0.05, entry = 105000.123 }, short { quantity = 0.04, entry = 95000 } }, ADAUSDT.short { quantity = 700, entry = 0.6 } }").Paper.ToPolicy(7);
        Assert.Equal(
            [
                new PaperPosition(new Symbol("BTCUSDT"), PositionSide.Long, new Quantity(0.05m), Price.Of(105_000.123m)),
                new PaperPosition(new Symbol("BTCUSDT"), PositionSide.Short, new Quantity(0.04m), Price.Of(95_000m)),
                new PaperPosition(new Symbol("ADAUSDT"), PositionSide.Short, new Quantity(700m), Price.Of(0.6m)),
            ], paper.Positions.ToArray());
        Assert.Empty(paper.Problems());
    }

    [Fact(DisplayName = "The fingerprint knows what can change a decision, and nothing else")]
    public void Fingerprint()
    {
        var plain = Good("").Fingerprint;
        Assert.Equal(64, plain.Length);
        Assert.Equal(plain, Good("# only a comment\ndolphin { http.port = 9999, log.files = 3 }").Fingerprint);
        Assert.Equal(plain, Good("dolphin.hedging.k = 8").Fingerprint);
        Assert.NotEqual(plain, Good("dolphin.hedging.k = 9").Fingerprint);
        Assert.NotEqual(plain, Good("dolphin.instruments.symbols.BTCUSDT.tick = 0.01").Fingerprint);
        Assert.Equal(plain, Good("dolphin.venue.paper { positions {}, fill-fraction = 100 % }").Fingerprint);
        Assert.NotEqual(plain, Good("dolphin.venue.paper.fill-fraction = 0.5").Fingerprint);
        Assert.Equal(plain, Good("dolphin.venue.paper.friction { entries-filled = 1, exits-filled = 100 % }").Fingerprint);
        Assert.NotEqual(plain, Good("dolphin.venue.paper.friction.exits-filled = 35 %").Fingerprint);
        Assert.NotEqual(plain, Good("dolphin.venue.paper.positions.BTCUSDT.long { quantity = 0.05, entry = 105000 }").Fingerprint);
    }

    internal static CheckedPlan Load(string text) => TradingPlan.Load(HoconStories.Layer(text), _ => null);

    private static TradingPlan Good(string text) => Load(text).Good();
}
