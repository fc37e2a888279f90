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

namespace Dolphin.Backtest.Tests.Stage;

/// <summary>A market of two assets and a plan that trades it often: small enough that a story can replay it several times.</summary>
internal static class Small
{
    public const ulong Seed = 5;
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Bar = TimeSpan.FromMinutes(1);
    public static readonly Money Deposit = new(50_000m);

    // Wide enough to leave a band of 0.4 % in most bars.
    private static readonly ImmutableArray<AssetProfile> Universe =
    [
        new(new Symbol("AAAUSDT"), "one", 100m, 2, 3, DailyVolatility: 0.25, MarketShare: 0.4, SectorShare: 0.1, DailyQuoteVolume: 4e9, TradesPerSecond: 20),
        new(new Symbol("BBBUSDT"), "two", 0.2m, 5, 0, DailyVolatility: 0.30, MarketShare: 0.4, SectorShare: 0.1, DailyQuoteVolume: 1e9, TradesPerSecond: 10),
    ];

    public static SimulatedMarket Market(ulong seed = Seed) => new(seed, Start, Bar, Universe);

    /// <summary>A market of many assets that move as the small one's first does.</summary>
    public static SimulatedMarket Wide(int assets) =>
        new(Seed, Start, Bar, [.. Enumerable.Range(0, assets).Select(i => Universe[0] with { Symbol = new Symbol($"A{i:000}USDT"), MarketShare = 0.1 })]);

    public static string Strategy(int index) => $"hedge-{Universe[index].Symbol}";

    public static RunIdentity Identity(IMarketSource market) => new(
        RunIdentity.CurrentFormat, Edition.Name, "sim", market.Fingerprint, "0123456789abcdef0123456789abcdef", (long)Seed, null, null, Deposit.Quote);

    /// <param name="slices">One bar of each of the two assets.</param>
    /// <param name="checkpointEvery">Bars of one asset each.</param>
    public static ReplayOptions Options(
        string folder, int slices, IMarketSource? market = null, double? speed = null, long checkpointEvery = 100, RunIdentity? identity = null)
    {
        market ??= Market();
        var from = Start.ToUnixTimeMilliseconds();
        return new ReplayOptions(
            Plan(market), Venue, market, identity ?? Identity(market), new StateFolder(folder), from,
            from + slices * (long)market.Interval.TotalMilliseconds, speed, checkpointEvery, new JournalSettings());
    }

    private static NodePlan Plan(IMarketSource market) => new(
        [.. market.Symbols.Select(symbol => AssetPlan.Alone(Hedge(market, symbol), Deposit))],
        Good(errors => SurvivalSettings.Reference.Set("pulse", market.Interval).ToPolicy(errors)),
        new ShockPolicy(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24), VolatilityRatio: 4, Breadth: 0.8, WarmUp: TimeSpan.FromHours(1)),
        new ExecutionPolicy(
            CareEvery: TimeSpan.FromSeconds(15), OrderLife: TimeSpan.FromMinutes(10), AnswerTimeout: TimeSpan.FromSeconds(10),
            NotFoundAfter: TimeSpan.FromSeconds(15), ExpectedTakerSlippageBps: 1.5, PassiveOffset: new Bps(1), FlattenOnPanic: false),
        Deposit, new VenueFees(Venue.MakerFee, Venue.TakerFee));

    public static HedgePlan Hedge(IMarketSource market, Symbol symbol)
    {
        var settings = new HedgeSettings { WarmUpBars = 5, Capital = 20_000m, RestartCoolDown = TimeSpan.FromMinutes(30), OpeningRetry = TimeSpan.FromMinutes(3) };
        var decimals = market.DecimalsOf(symbol);
        return new HedgePlan($"hedge-{symbol}", symbol, Good(errors => HedgePolicy.Create(settings, "test", errors)),
            Instruments.Infer(symbol, decimals.Price, decimals.Volume));
    }

    private static PaperPolicy Venue { get; } = new(
        Seed, Deposit, MakerFee: 0.0002m, TakerFee: 0.0005m, LiquidationFee: 0.0125m, Leverage: 20m, Participation: 0.1m,
        HalfSpread: new Bps(0.5m), FullImpact: new Bps(5m), Latency, Latency, MaxOrderQuantity: new Quantity(1e9m),
        MaxOpenOrdersPerSymbol: 200, ClosedOrdersKept: 2_000, KnownIdsKept: 65_536, []);

    private static PaperLatency Latency => new(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(20));

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        return create(errors) ?? throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }
}
