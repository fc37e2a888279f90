using System.Collections.Immutable;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;

namespace Dolphin.Node.Plan;

/// <summary>Reads who may trade what: <c>dolphin.strategies</c>, <c>dolphin.compression</c>, <c>dolphin.protection</c>,
/// <c>dolphin.directional</c>, <c>dolphin.exit-brain</c> and <c>dolphin.hermes</c>.</summary>
/// <remarks>The ranges are the domain's own, which reports them with these keys.</remarks>
internal static class StrategiesReader
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <param name="hedging">Of the plan; null if something in it is wrong.</param>
    /// <returns>How to build it once nothing is wrong.</returns>
    public static Func<StrategiesPlan> Read(PlanSection dolphin, Func<HedgingPlan>? hedging, ImmutableArray<Symbol>? symbols)
    {
        var strategies = dolphin.Section("strategies");
        var holder = Holder(strategies);
        var own = strategies.Section("symbols").EachSymbol(symbols, strategies).ToImmutableSortedDictionary(e => new Symbol(e.Name), e => Holder(e.Section));
        var compression = Read(dolphin.Section("compression"), symbols, Compression);
        var protection = Read(dolphin.Section("protection"), symbols, Protection);
        var (hermes, regime) = Hermes(dolphin.Section("hermes"));
        var directional = DirectionalSection.Read(dolphin.Section("directional"), dolphin.Section("exit-brain"));
        return () => new StrategiesPlan(holder, own, hedging!(), compression, protection, hermes, regime!, directional!);
    }

    private static LegHolder Holder(PlanSection s)
    {
        s.RejectSecond("strategy"); // Two strategies on one leg.
        return s.Choice("strategy",
            ("band-limited-hedging", LegHolder.BandLimitedHedging), ("hedge-compression", LegHolder.HedgeCompression), ("exposure-protector", LegHolder.ExposureProtector),
            ("directional", LegHolder.Directional));
    }

    private static BySymbol<T> Read<T>(PlanSection s, ImmutableArray<Symbol>? symbols, Func<PlanSection, T> read) where T : class
    {
        var bySymbol = s.Section("symbols");
        var settings = read(s);
        return new BySymbol<T>(settings, bySymbol.EachSymbol(symbols, s).ToImmutableSortedDictionary(e => new Symbol(e.Name), e => read(e.Section)));
    }

    private static CompressionSettings Compression(PlanSection s)
    {
        var settings = new CompressionSettings
        {
            Fee = s.Fraction("fee", Range.Any, "of notional, one side"),
            Residual = s.Fraction("residual", Range.Any, "of the larger leg"),
            Bounce = s.Fraction("bounce", Range.Any, "of the price"),
            Offset = s.Fraction("offset", Range.Any, "of the price"),
            SigmaHorizon = s.Duration("sigma-horizon", TimeSpan.Zero, Year, "half-life"),
            WarmUpBars = s.Whole("warm-up-bars", 2, 1_000_000, "bars"),
            MinVolatility = s.Fraction("min-volatility", Range.Any, "per root hour"),
            MaxVolatility = s.Fraction("max-volatility", Range.Any, "per root hour"),
            PositionCap = s.Number("position-cap", Range.Any, "quote currency, one leg"),
            Epsilon = s.Number("epsilon", Range.Any, "quote currency"),
        };
        var errors = new List<string>();
        var policy = CompressionPolicy.Create(settings, s.Path, errors);
        s.NoteAtTheirKeys(errors, policy?.Warnings(s.Path));
        return settings;
    }

    private static ProtectorSettings Protection(PlanSection s)
    {
        var settings = new ProtectorSettings
        {
            TrailDistancePct = s.Fraction("trail-distance-pct", Range.Any, "of the price"),
            RebalanceTargetRatio = s.Fraction("rebalance-target-ratio", Range.Any, "of both legs' value"),
            RebalanceStepRatio = s.Fraction("rebalance-step-ratio", Range.Any, "of the way to the target"),
            MinOrderNotionalQuote = s.Number("min-order-notional-quote", Range.Any, "quote currency"),
            MaxOrderNotionalQuote = s.NumberOr("none", "max-order-notional-quote", Range.Any, "quote currency"),
            OrderSpacingTicks = s.Whole("order-spacing-ticks", 0, 1_000_000, "ticks"),
            CooldownTicks = s.Whole("cooldown-ticks", 0, 1_000_000, "ticks"),
            MinRebalanceSeconds = s.Whole("min-rebalance-seconds", 0, 604_800, "seconds"),
            MinPriceMovePct = s.Fraction("min-price-move-pct", Range.Any, "of the price"),
            BalanceTolerance = s.Fraction("balance-tolerance", Range.Any, "of the share"),
            DebugOrders = s.Flag("debug-orders"),
        };
        var errors = new List<string>();
        var policy = ProtectorPolicy.Create(settings, s.Path, errors);
        s.NoteAtTheirKeys(errors, policy?.Warnings(s.Path));
        return settings;
    }

    /// <returns>Hermes where it is enabled, and how regimes are read whether it is or not; null where something is wrong.</returns>
    private static (HermesPolicy? Hermes, RegimePolicy? Regime) Hermes(PlanSection s)
    {
        var (dominance, severe, locked, ailing, handOver) = (s.Section("dominance"), s.Section("severe"), s.Section("locked"), s.Section("ailing"), s.Section("hand-over"));
        var allowed = s.Texts("allowed", all: null, $"strategies: {string.Join(", ", LegHolders.Strategies.ToArray().Select(h => h.Name()))}",
            t => LegHolders.Parse(t) is { } known && LegHolders.Strategies.Contains(known)) ?? [];
        var settings = new HermesSettings
        {
            Allowed = [.. allowed.Select(LegHolders.Parse).OfType<LegHolder>()],
            MinDwell = s.Duration("min-dwell", TimeSpan.Zero, Year, "between two changes of holder"),
            Confirm = s.Duration("confirm", TimeSpan.Zero, Year, "without a break"),
            AnswerWithin = handOver.Duration("within", TimeSpan.Zero, Year, "until holder and heir have answered, each"),
            RetryAfter = handOver.Duration("retry-after", TimeSpan.Zero, Year, "after one that failed"),
            Dust = s.Number("dust", Range.Any, "quote currency"),
            Dominance = Trigger(dominance, ""),
            DominanceWeight = Trigger(dominance, "weight-"),
            SevereLegs = Trigger(severe, "legs-"),
            LockedGap = Trigger(locked, "gap-"),
            LockedEvenness = Trigger(locked, "evenness-"),
            AilingLoss = (double)ailing.Fraction("loss", Range.Any, "of the asset's capital"),
            AilingIdle = ailing.Duration("idle", TimeSpan.Zero, 2 * Year, "without a fill"),
            BoldBelow = (double)s.Number("bold-below", Range.Any, "variance ratio"),
        };
        var enabled = s.Flag("enabled");
        var errors = new List<string>();
        var policy = HermesPolicy.Create(settings, Regime(s.Section("regime")), s.Path, errors);
        s.NoteAtTheirKeys(errors, enabled ? policy?.Warnings(s.Path) : null);
        return (enabled ? policy : null, policy?.Regime);
    }

    private static RegimeSettings Regime(PlanSection s)
    {
        var (efficiency, ratio, volatility, volOfVol) = (s.Section("efficiency"), s.Section("variance-ratio"), s.Section("volatility"), s.Section("vol-of-vol"));
        var quotes = s.Section("quotes");
        return new RegimeSettings
        {
            Slot = s.Duration("slot", TimeSpan.Zero, Year, "of every window's grid"),
            Coverage = (double)s.Fraction("coverage", Range.Any, "of a window"),
            EfficiencyWindow = efficiency.Duration("window", TimeSpan.Zero, Year, "of the efficiency ratio"),
            Efficiency = Trigger(efficiency, ""),
            VarianceRatioWindow = ratio.Duration("window", TimeSpan.Zero, Year, "of the variance ratio"),
            VarianceRatioLag = ratio.Duration("lag", TimeSpan.Zero, Year, "the longer horizon"),
            VarianceRatio = Trigger(ratio, ""),
            VolatilityHalfLife = volatility.Duration("half-life", TimeSpan.Zero, Year, "of the volatility"),
            Volatility = Trigger(volatility, ""),
            VolOfVolWindow = volOfVol.Duration("window", TimeSpan.Zero, Year, "of the volatility of volatility"),
            VolOfVol = Trigger(volOfVol, ""),
            Idle = Trigger(s.Section("idle"), ""),
            Spread = Trigger(s.Section("spread"), ""),
            Depth = Trigger(s.Section("depth"), ""),
            QuoteHalfLife = quotes.Duration("half-life", TimeSpan.Zero, Year, "of spread and depth"),
            QuoteMaxAge = quotes.Duration("max-age", TimeSpan.Zero, Year, "of a quote"),
            QuoteHold = quotes.Duration("hold", TimeSpan.Zero, Year, "without a quote"),
        };
    }

    private static FeatureTrigger Trigger(PlanSection s, string prefix) => new(
        (double)s.Number($"{prefix}enter", Range.Any, "where it goes on"), (double)s.Number($"{prefix}leave", Range.Any, "where it goes off"));
}
