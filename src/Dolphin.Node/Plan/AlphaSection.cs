using Dolphin.Actors.Alpha;
using Dolphin.Domain.Alpha;

namespace Dolphin.Node.Plan;

/// <summary>What <c>dolphin.alpha</c> asks for, but for the length of the run's bars.</summary>
/// <param name="TradesPlunges">Directional strategies take the signals of plunges.</param>
/// <param name="Hold">Null: the book has no word in how long a position is held.</param>
public sealed record AlphaSection(
    AlphaMeterPolicy Meter, AdaptiveBreakerPolicy Breaker, AlphaRankPolicy Rank, PlungePolicy Plunge, bool TradesPlunges, TradeHoldPolicy? Hold)
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(366);

    // Of three snapshots that do not come two may be an accident.
    private const int PatienceInPeriods = 3;

    /// <param name="period">Between two scans.</param>
    public AlphaPlan For(TimeSpan period) => new(Meter, Breaker, Rank, Plunge, PatienceInPeriods * period) { TradesPlunges = TradesPlunges, Hold = Hold };

    /// <param name="scans">The universe is scanned.</param>
    /// <returns>Null where it is not enabled, or after noting what is wrong. The ranges are the domain's own.</returns>
    internal static AlphaSection? Read(PlanSection s, bool scans)
    {
        var enabled = s.Flag("enabled");
        if (enabled && !scans) s.Error("enabled", "is true, and dolphin.scan.enabled is not: loadings and plunges come from the scan; expected both, or false");
        var (meter, breaker, rank, plunge) = (Meters(s.Section("meter")), Breakers(s.Section("breaker")), Ranks(s.Section("rank")), Plunges(s.Section("plunge")));
        var (trades, holds, hold) = (s.Section("plunge").Flag("trades"), s.Section("hold").Flag("enabled"), Holds(s.Section("hold")));
        return enabled && meter is not null && breaker is not null && rank is not null && plunge is not null && hold is not null
            ? new AlphaSection(meter, breaker, rank, plunge, trades, holds ? hold : null)
            : null;
    }

    private static AlphaMeterPolicy? Meters(PlanSection s)
    {
        var settings = new AlphaMeterSettings
        {
            MomentumWindow = s.Duration("momentum-window", TimeSpan.Zero, Year, "of a log return"),
            HalfLife = s.Duration("half-life", TimeSpan.Zero, Year, "of volatility and liquidity"),
            WarmUpBars = s.Whole("warm-up-bars", 2, 1_000_000, "bars", new AlphaMeterSettings().WarmUpBars),
        };
        return Noted(s, errors => AlphaMeterPolicy.Create(settings, s.Path, errors));
    }

    private static AdaptiveBreakerPolicy? Breakers(PlanSection s)
    {
        var settings = new AdaptiveBreakerSettings
        {
            Funding = Factor(s.Section("funding"), "of notional in eight hours"),
            TakerRatio = Factor(s.Section("taker-ratio"), "bought over sold"),
            Dvol = Factor(s.Section("dvol"), "per cent a year"),
            UnknownStress = (double)s.Number("unknown-stress", Range.Any, "0 to 1"),
            MostBoost = (double)s.Fraction("most-boost", Range.Any, "of a size"),
        };
        return Noted(s, errors => AdaptiveBreakerPolicy.Create(settings, s.Path, errors));
    }

    private static BreakerFactorSettings Factor(PlanSection s, string unit) => new(
        s.Duration("lag", TimeSpan.Zero, Year, "until a value counts"),
        s.Duration("fresh-for", TimeSpan.Zero, Year, "beyond the lag"),
        s.Duration("blind-after", TimeSpan.Zero, Year, "beyond the lag"),
        (double)s.Number("serene", Range.Any, unit), (double)s.Number("calm", Range.Any, unit), (double)s.Number("full", Range.Any, unit),
        (double)s.Number("weight", Range.Any, "of a size, at most"));

    private static AlphaRankPolicy? Ranks(PlanSection s)
    {
        var weights = s.Section("weights");
        var settings = new AlphaRankSettings
        {
            LoadingWeight = (double)weights.Number("loading", Range.Any, "beside the others"),
            MomentumWeight = (double)weights.Number("momentum", Range.Any, "beside the others"),
            VolatilityWeight = (double)weights.Number("volatility", Range.Any, "beside the others"),
            LiquidityWeight = (double)weights.Number("liquidity", Range.Any, "beside the others"),
            LoadingFull = (double)s.Number("loading-full", Range.Any, "even shares"),
            MomentumFull = (double)s.Fraction("momentum-full", Range.Any, "of log price"),
            VolatilityBest = (double)s.Fraction("volatility-best", Range.Any, "per root hour"),
            VolatilityWorst = (double)s.Fraction("volatility-worst", Range.Any, "per root hour"),
            LiquidityThin = (double)s.Number("liquidity-thin", Range.Any, "quote currency a day"),
            LiquidityFull = (double)s.Number("liquidity-full", Range.Any, "quote currency a day"),
            DepthThin = (double)s.Number("depth-thin", Range.Any, "quote currency"),
            DepthLiquid = (double)s.Number("depth-liquid", Range.Any, "quote currency"),
            SpreadLiquid = (double)s.Number("spread-liquid", Range.Any, "basis points"),
            SpreadThin = (double)s.Number("spread-thin", Range.Any, "basis points"),
            BookPenalty = (double)s.Fraction("book-penalty", Range.Any, "of the score"),
            BookBonus = (double)s.Fraction("book-bonus", Range.Any, "of the score"),
        };
        return Noted(s, errors => AlphaRankPolicy.Create(settings, s.Path, errors));
    }

    private static PlungePolicy? Plunges(PlanSection s)
    {
        var settings = new PlungeSettings
        {
            Best = s.Whole("best", 1, 100, "assets", new PlungeSettings().Best),
            DepthFull = (double)s.Number("depth-full", Range.Any, "of vel_div"),
            LeastStrength = (double)s.Number("least-strength", Range.Any, "0 to 1"),
            GoodFor = s.Duration("good-for", TimeSpan.Zero, Year, "after a plunge"),
        };
        return Noted(s, errors => PlungePolicy.Create(settings, s.Path, errors));
    }

    private static TradeHoldPolicy? Holds(PlanSection s)
    {
        var good = new TradeHoldSettings();
        var settings = new TradeHoldSettings
        {
            Bar = s.Duration("bar", TimeSpan.Zero, Year, "that is counted"),
            Contradictory = s.Whole("contradictory", 1, 100_000, "bars", good.Contradictory),
            Base = s.Whole("base", 1, 100_000, "bars", good.Base),
            Favourable = s.Whole("favourable", 1, 100_000, "bars", good.Favourable),
            ImbalanceDeadband = (double)s.Number("imbalance-deadband", Range.Any, "0 to 1"),
            ImbalanceFull = (double)s.Number("imbalance-full", Range.Any, "0 to 1"),
            HalfLife = (double)s.Number("half-life", Range.Any, "bars"),
        };
        return Noted(s, errors => TradeHoldPolicy.Create(settings, s.Path, errors));
    }

    private static T? Noted<T>(PlanSection s, Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        var policy = create(errors);
        s.NoteAtTheirKeys(errors);
        return policy;
    }
}
