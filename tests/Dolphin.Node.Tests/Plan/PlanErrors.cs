using Dolphin.Node.Hocon;
using Dolphin.Node.Plan;

namespace Dolphin.Node.Tests.Plan;

/// <summary>What is wrong with a plan, and how it is said.</summary>
public sealed class PlanErrors
{
    [Fact(DisplayName = "Every mistake of a plan is reported at once, each with its key, line and column")]
    public void All_at_once()
    {
        var loaded = PlanStories.Load("""
            dolphin {
              account { capital = lots, levrage = 3 }
              hedging {
                k = 3
                max-interval = 4
                restart.after = [friction, boredom]
                symbols { BTCUSDT { eta = 0.9 } }
              }
              sizing.fraction = 200 %
              universe.symbols = [BTCUSDT, BTCUSDT, "B/T"]
              survival {
                pulse = 5
                postures.apex.rise-above = 0.5
                layers.L3_MC_FOREWARNER { age-deadbnd = 1s, well-inside = -1 }
              }
              venue.paper { faults = [{ kind = reject, rate = 3 }] }
              instruments.symbols { BTCUSDT { tick = 0 }, FOO { tick = 0.1 } }
              http.port = 99999
              simulation = 5
            }
            dolfin.account.capital = 1
            """);
        Assert.Null(loaded.Plan);
        Assert.Equal(
            [
                "2:23 dolphin.account.capital", "2:39 dolphin.account.levrage", "4:9 dolphin.hedging.k", "5:20 dolphin.hedging.max-interval",
                "6:32 dolphin.hedging.restart.after", "7:31 dolphin.hedging.symbols.BTCUSDT.eta", "9:21 dolphin.sizing.fraction",
                "10:22 dolphin.universe.symbols", "10:41 dolphin.universe.symbols", "12:13 dolphin.survival.pulse",
                "13:32 dolphin.survival.postures.apex.rise-above", "14:45 dolphin.survival.layers.L3_MC_FOREWARNER.age-deadbnd",
                "14:63 dolphin.survival.layers.L3_MC_FOREWARNER.well-inside", "16:27 dolphin.venue.paper.faults[0].code",
                "16:51 dolphin.venue.paper.faults[0].rate", "17:42 dolphin.instruments.symbols.BTCUSDT.tick",
                "17:51 dolphin.instruments.symbols.FOO.lot", "18:15 dolphin.http.port", "19:16 dolphin.simulation", "21:1 dolfin",
            ],
            loaded.Problems.Where(p => p.IsError).Select(p => $"{p.At.Line}:{p.At.Column} {p.Path}"));
    }

    [Fact(DisplayName = "A message says what came, what was expected and in which unit")]
    public void Wording()
    {
        Says("dolphin.account.capital = lots", "main.conf:1:27: error: dolphin.account.capital is 'lots'; expected a number, 1 to 1000000000 (quote currency).");
        Says("dolphin.execution.order-life = 500ms", "dolphin.execution.order-life is '500ms'; expected a time with its unit, 1s to 30d (of an open order).");
        Says("dolphin.execution.panic-action = run", "dolphin.execution.panic-action is 'run'; expected one of cancel-all, flatten.");
        Says("dolphin.hedging = null", "dolphin.hedging is null; expected an object.");
        Says("dolphin.http.enabled = maybe", "dolphin.http.enabled is 'maybe'; expected true or false.");
        Says("dolphin.hedging.eta = 0.5", "dolphin.hedging.eta is 0.5; expected 0.2 to 0.4");
        Says("dolphin.hedging.gamma2 = 0.5", "dolphin.hedging.max-risk is 1.1; expected more than 1 / gamma2 (gamma2 is 0.5)");
        Says("dolphin.replay.limits.max-bytes-per-file = 2 furlongs", "is '2 furlongs'; expected a size in bytes or with its unit");
        Says("dolphin.sensors.shock.slow-half-life = 1m", "dolphin.sensors.shock.slow-half-life is 1m; expected more than fast-half-life, 5m.");
        Says("dolphin.simulation.interval = 1500ms", "dolphin.simulation.interval is 1.5s; expected whole seconds.");
        Says("dolphin.simulation.start = \"2026-01-05T00:00:30Z\"", "dolphin.simulation.start is 2026-01-05 00:00:30Z; expected a whole multiple of interval, 1m, after 1970.");
        Says("dolphin.simulation.assets.BTCUSDT.sector-share = 50 %", "dolphin.simulation.assets.BTCUSDT.sector-share is 0.5; expected at most 1 together with market-share, 0.65.");
        Says("dolphin.simulation.assets = []", "dolphin.simulation.assets is an array of 0; expected an object.");
        Says("dolphin.universe.symbols = []", "dolphin.universe.symbols is an empty list; expected at least one symbol, or all.");
        Says("dolphin = 5", "dolphin is '5'; expected an object.");
        Says("dolphin.instruments.defaults.brackets = [[1, 2, 3]]", "dolphin.instruments.defaults.brackets[0] is an array of 3; expected rows");
    }

    [Fact(DisplayName = "An order needs at least a millisecond to the venue: less is an error in the plan, not of the venue that opens later")]
    public void Latency()
    {
        Says("dolphin.venue.paper.latency.outbound.base = 0s", "main.conf:1:45: error: dolphin.venue.paper.latency.outbound.base is '0s'; expected a time with its unit, 1ms to 1h (whole milliseconds).");
        Says("dolphin.venue.paper.latency.outbound.base = 500us", "dolphin.venue.paper.latency.outbound.base is '500us'; expected a time with its unit, 1ms to 1h");
        Says("dolphin.venue.paper.latency.outbound.base = 1500us", "dolphin.venue.paper.latency.outbound.base is 1.5 ms; expected whole milliseconds.");
        Says("dolphin.venue.paper.latency.inbound.base = 500us", "dolphin.venue.paper.latency.inbound.base is 0.5 ms; expected whole milliseconds.");
        Says("dolphin.venue.paper.latency.outbound.jitter = 2h", "dolphin.venue.paper.latency.outbound.jitter is '2h'; expected a time with its unit, 0s to 1h (whole milliseconds).");
    }

    [Fact(DisplayName = "A leg that the account cannot have held is refused with its path, and why")]
    public void Positions()
    {
        const string at = "dolphin.venue.paper.positions";
        Says($"dolphin.universe.symbols = [ETHUSDT], {at}.BTCUSDT.long {{ quantity = 1, entry = 2 }}", $"{at}.BTCUSDT is held, but the symbol is not in dolphin.universe.symbols");
        Says($"{at}.BTCUSDT.long {{ quantity = 0.0005, entry = 2 }}", $"{at}.BTCUSDT.long.quantity is 0.0005; expected a multiple of the lot, 0.001.");
        Says($"{at}.BTCUSDT.long {{ quantity = 0, entry = 2 }}", $"{at}.BTCUSDT.long.quantity is '0'; expected a number, above 0");
        Says($"{at}.BTCUSDT.short {{ quantity = 1 }}", $"{at}.BTCUSDT.short.entry is missing; expected a number");
        Says($"{at}.BTCUSDT.both {{ quantity = 1, entry = 2 }}", $"{at}.BTCUSDT.both is no leg; expected long or short.");
        Says($"{at}.BTCUSDT {{}}", $"{at}.BTCUSDT has neither long nor short");
        Says($"{at}.BTCUSDT.long {{ quantity = 1000000, entry = 1000000 }}", $"{at}.BTCUSDT.long.quantity is worth 1000000000000.00; expected at most 10000000000.");
        Says($"{at}.BTCUSDT.long {{ quantity = 1, entry = 2, price = 3 }}", $"{at}.BTCUSDT.long.price is not a known key");
    }

    [Theory(DisplayName = "What the plan accepts of the paper venue, at the edges of every range, the venue accepts too")]
    [InlineData("latency { outbound { base = 1ms, jitter = 0s }, inbound { base = 0s, jitter = 0s } }")]
    [InlineData("latency { outbound { base = 1h, jitter = 1h }, inbound { base = 1h, jitter = 1h } }")]
    [InlineData("maker-fee = -9.999 %, taker-fee = 0, liquidation-fee = 0, participation = 100 %, half-spread-bps = 0, full-impact-bps = 0")]
    [InlineData("maker-fee = 9.999 %, taker-fee = 0.999 %, liquidation-fee = 9.999 %, participation = 1e-9, half-spread-bps = 999.9, full-impact-bps = 999.9")]
    [InlineData("max-order-quantity = 1e12, max-open-orders-per-symbol = 1, closed-orders-kept = 1, known-ids-kept = 1")]
    [InlineData("fill-fraction = 100 %, positions.BTCUSDT.long { quantity = 0.001, entry = 0.000000001 }")]
    [InlineData("fill-fraction = 1e-9, positions.ADAUSDT { long { quantity = 1000000000000000, entry = 0.00001 }, short { quantity = 1, entry = 1000000000 } }")]
    [InlineData("faults = [{ kind = reject, rate = 100 %, code = -1 }, { kind = drop-answer, rate = 0 }, { kind = delay-delivery, rate = 0.1 %, delay = 1d }]")]
    public void Venue_agrees(string paper)
    {
        foreach (var account in (string[])["capital = 1, leverage = 1", "capital = 1000000000, leverage = 125"])
        {
            var loaded = PlanStories.Load($"dolphin {{ account {{ {account} }}, sizing.capital-per-strategy = 1000, hedging.fee = 0.05 %, venue.paper {{ {paper} }} }}");
            Assert.Empty(loaded.Problems.Where(p => p.IsError));
            Assert.Empty(loaded.Plan!.Paper.ToPolicy(1).Problems());
        }
    }

    [Fact(DisplayName = "A live bar is at most half of the time in which the end of a symbol has to be met")]
    public void Bars_before_delivery()
    {
        Says("dolphin.venues.binance.bar = 2h", "dolphin.venues.binance.bar is 2h, and close-before-delivery 2h; expected at most half of that");
        Assert.NotNull(PlanStories.Load("dolphin.venues.binance { bar = 2h, close-before-delivery = 4h }").Plan);
    }

    [Fact(DisplayName = "A misspelt key is never ignored, and the nearest known one is named")]
    public void Unknown_keys()
    {
        Says("dolphin.hedging.max-intervall = 2h", "dolphin.hedging.max-intervall is not a known key; did you mean 'max-interval'?");
        Says("dolphin.hedgign.k = 8", "dolphin.hedgign is not a known key; did you mean 'hedging'?");
        Says("dolphin.survival.categories.capital.recovery-per-minut = 1 %", "did you mean 'recovery-per-minute'?");
        Says("dolphin.hedging.symbols.BTCUSDT.kk = 8", "dolphin.hedging.symbols.BTCUSDT.kk is not a known key; did you mean 'k'?");
        Says("dolphin.journal.colour = red", "dolphin.journal.colour is not a known key; known here: max-concurrent-recoveries, max-file-size,");
    }

    [Fact(DisplayName = "Any key of the reference given a value that makes no sense is an error in the plan's file")]
    public void No_key_takes_anything()
    {
        foreach (var path in Leaves("", HoconConfig.Load([TradingPlan.Reference], _ => null)))
        {
            var loaded = PlanStories.Load($"{path} = \"~ wrong ~\"");
            Assert.Contains(loaded.Problems, p => p.IsError && p.At == new HoconPosition("main.conf", 1, path.Length + 4));
        }
    }

    [Fact(DisplayName = "What is allowed but hardly meant is a warning: a Pause that cannot be reached, a strategy that never reopens")]
    public void Warnings()
    {
        Warns("dolphin.hedging.max-interval = 9h", "Pause can never be reached");
        Warns("dolphin.hedging.gamma1 = 2", "Pause can never be reached");
        Warns("dolphin.hedging.reopen-below = never", "reopen-below is never");
        Warns("dolphin.hedging.restart.after = [friction, manual]", "Manual");
        Warns("dolphin { universe.symbols = [BTCUSDT], hedging.symbols.ETHUSDT.k = 7 }", "not in dolphin.universe.symbols");
        foreach (var own in (string[])["strategies.symbols.BTCUSD.strategy = hedge-compression", "compression.symbols.BTCUSD.residual = 0.1", "protection.symbols.BTCUSD.balance-tolerance = 0.1", "leverage.symbols.BTCUSD.weight = 2"])
            Warns($"dolphin {{ universe.symbols = [BTCUSDT], {own} }}", $"dolphin.{own[..own.IndexOf("BTCUSD", StringComparison.Ordinal)]}BTCUSD is for a symbol that is not in dolphin.universe.symbols, so it has no effect");
    }

    [Fact(DisplayName = "A file that is not HOCON, or not there, is one error with its place")]
    public void Not_hocon()
    {
        Says("dolphin { k = }", "main.conf:1:15: error: expected a value for 'k', found '}'.");
        using var place = new TemporaryFolder();
        var gone = Path.Combine(place.Path, "gone.hocon");
        Assert.Contains($"expected a file at \"{gone}\"", Assert.Single(TradingPlan.Load(gone, _ => null).Problems).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Leaves(string path, HoconObject o) => o.Names.SelectMany(name =>
    {
        var at = path.Length == 0 ? name : $"{path}.{name}";
        o.TryGet(name, out var value);
        return value is HoconObject inner ? Leaves(at, inner) : [at];
    });

    private static void Says(string plan, string message)
    {
        var loaded = PlanStories.Load(plan);
        Assert.Null(loaded.Plan);
        Assert.Contains(loaded.Problems, p => p.IsError && p.ToString().Contains(message, StringComparison.Ordinal));
    }

    private static void Warns(string plan, string message)
    {
        var loaded = PlanStories.Load(plan);
        Assert.NotNull(loaded.Plan);
        Assert.Contains(loaded.Problems, p => !p.IsError && p.Message.Contains(message, StringComparison.Ordinal));
    }
}
