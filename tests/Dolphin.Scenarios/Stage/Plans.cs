using System.Collections.Immutable;
using Dolphin.Actors;
using Dolphin.Actors.Execution;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Node;
using Dolphin.Backtest.Replay;
using Dolphin.Data;
using Dolphin.Data.Simulation;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Venues.Paper;

namespace Dolphin.Scenarios.Stage;

/// <summary>The plan that the stories trade: quick to open, on a market wide enough that orders flow in nearly every bar.</summary>
internal static class Plans
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Bar = TimeSpan.FromMinutes(1);
    public static readonly Money Deposit = new(100_000m);

    /// <summary>Three assets that move by a band of 0.4 % in most bars; their names sort as they stand.</summary>
    private static readonly ImmutableArray<AssetProfile> Universe =
    [
        new(new Symbol("AAAUSDT"), "one", 100m, 2, 3, DailyVolatility: 0.25, MarketShare: 0.4, SectorShare: 0.1, DailyQuoteVolume: 4e9, TradesPerSecond: 20),
        new(new Symbol("BBBUSDT"), "one", 2.5m, 4, 1, DailyVolatility: 0.30, MarketShare: 0.4, SectorShare: 0.1, DailyQuoteVolume: 1e9, TradesPerSecond: 10),
        new(new Symbol("CCCUSDT"), "two", 0.2m, 5, 0, DailyVolatility: 0.35, MarketShare: 0.4, SectorShare: 0.1, DailyQuoteVolume: 5e8, TradesPerSecond: 5),
    ];

    public static SimulatedMarket Market(ulong seed, int symbols = 3) => new(seed, Start, Bar, Universe[..symbols]);

    public static NodePlan Node(IMarketSource market, HedgeSettings? settings = null, SurvivalSettings? survival = null) => new(
        [.. market.Symbols.Select(symbol => AssetPlan.Alone(Hedge(market, symbol, settings ?? Quick), Deposit))],
        Survival(survival ?? SurvivalSettings.Reference, market.Interval), Shocks, Execution, Deposit, new VenueFees(Maker: 0.0002m, Taker: 0.0005m));

    /// <summary>Recommended values, but for a warm-up of five bars and a cool-down that a short story sees the end of.</summary>
    public static HedgeSettings Quick { get; } = new()
    {
        WarmUpBars = 5, Capital = 20_000m, RestartCoolDown = TimeSpan.FromMinutes(30), OpeningRetry = TimeSpan.FromMinutes(3),
    };

    public static HedgePlan Hedge(IMarketSource market, Symbol symbol, HedgeSettings settings)
    {
        var decimals = market.DecimalsOf(symbol);
        return new HedgePlan($"hedge-{symbol}", symbol, Policy(settings), Instruments.Infer(symbol, decimals.Price, decimals.Volume));
    }

    public static HedgePolicy Policy(HedgeSettings settings)
    {
        var errors = new List<string>();
        return HedgePolicy.Create(settings, "test", errors) ?? throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(settings));
    }

    public static SurvivalPolicy Survival(SurvivalSettings settings, TimeSpan pulse)
    {
        var errors = new List<string>();
        return settings.Set("pulse", pulse).ToPolicy(errors) ?? throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(settings));
    }

    public static ShockPolicy Shocks { get; } =
        new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24), VolatilityRatio: 4, Breadth: 0.8, WarmUp: TimeSpan.FromHours(1));

    public static ExecutionPolicy Execution { get; } = new(
        CareEvery: TimeSpan.FromSeconds(15), OrderLife: TimeSpan.FromMinutes(10), AnswerTimeout: TimeSpan.FromSeconds(10),
        NotFoundAfter: TimeSpan.FromSeconds(15), ExpectedTakerSlippageBps: 1.5, PassiveOffset: new Bps(1), FlattenOnPanic: false);

    public static PaperPolicy Venue(ulong seed, params ReadOnlySpan<PaperFault> faults)
    {
        var latency = new PaperLatency(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(20));
        return new PaperPolicy(
            seed, Deposit, MakerFee: 0.0002m, TakerFee: 0.0005m, LiquidationFee: 0.0125m, Leverage: 20m, Participation: 0.1m,
            HalfSpread: new Bps(0.5m), FullImpact: new Bps(5m), latency, latency, MaxOrderQuantity: new Quantity(1e9m),
            MaxOpenOrdersPerSymbol: 200, ClosedOrdersKept: 2_000, KnownIdsKept: 65_536, [.. faults]);
    }

    /// <param name="bars">Slices, one bar of every symbol each.</param>
    public static ReplayOptions Replay(
        string folder, ulong seed, int bars, NodePlan? plan = null, PaperPolicy? venue = null, IMarketSource? market = null, double? speed = null,
        long checkpointEvery = 150)
    {
        market ??= Market(seed);
        var from = Start.ToUnixTimeMilliseconds();
        var to = from + bars * (long)market.Interval.TotalMilliseconds;
        return new ReplayOptions(
            plan ?? Node(market), venue ?? Venue(seed), market,
            new RunIdentity(RunIdentity.CurrentFormat, Edition.Name, "sim", market.Fingerprint, "the plan of the stories", (long)seed, null, null, Deposit.Quote),
            new StateFolder(folder), from, to, speed, checkpointEvery, new JournalSettings());
    }
}
