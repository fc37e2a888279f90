using System.Collections.Immutable;
using Dolphin.Actors.Sizing;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;

namespace Dolphin.Node.Plan;

/// <summary>What <c>dolphin.leverage</c> and <c>dolphin.size-learning</c> ask for, but for the run's seed. Without either of the two policies only the adaptive breaker multiplies and the safety envelope caps.</summary>
/// <param name="Leverage">Null: leverage is the plan's number.</param>
/// <param name="Learning">Null: nobody learns.</param>
public sealed record SizingSection(LeveragePolicy? Leverage, SizeLearningPolicy? Learning, TimeSpan PnlWindow, ImmutableSortedDictionary<Symbol, double> Weights)
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(366);

    /// <param name="capital">Of the account.</param>
    public SizingPlan For(Money capital, long seed) => new(new SizingPolicy(Leverage, Learning, (ulong)seed), capital, PnlWindow, Weights);

    /// <param name="others">The adaptive breaker multiplies, or the safety envelope caps.</param>
    /// <returns>Null where none of them is enabled. The ranges are the domain's own.</returns>
    internal static SizingSection? Read(PlanSection leverage, PlanSection learning, bool others, ImmutableArray<Symbol>? symbols)
    {
        var (adapts, learns) = (leverage.Flag("enabled"), learning.Flag("enabled"));
        var (levered, learned) = (Leverages(leverage), Learns(learning));
        var window = leverage.Duration("pnl-window", TimeSpan.FromHours(1), TimeSpan.FromDays(90), "over which profit is recent", TimeSpan.FromHours(1));
        var ordinary = Weight(leverage);
        var own = leverage.Section("symbols").EachSymbol(symbols, leverage).ToImmutableSortedDictionary(e => new Symbol(e.Name), e => Weight(e.Section));
        if (ordinary != 1) leverage.Error("weight", "is that of every symbol; expected 1 here, and others under symbols, such as { DOGEUSDT { weight = 2 } }");
        return adapts || learns || others ? new SizingSection(adapts ? levered : null, learns ? learned : null, window, own) : null;
    }

    private static double Weight(PlanSection s) => (double)s.Number("weight", Range.Between(0.1m, 10m), "times the risk of an ordinary symbol", 1m);

    private static LeveragePolicy? Leverages(PlanSection s)
    {
        var settings = new LeverageSettings
        {
            VolatilityReference = (double)s.Fraction("volatility-reference", Range.Any, "per root hour"),
            PnlScale = (double)s.Fraction("pnl-scale", Range.Any, "of capital"),
            MarginFull = (double)s.Fraction("margin-full", Range.Any, "used over total margin"),
            DivergenceFull = (double)s.Fraction("divergence-full", Range.Any, "of the price"),
            FundingFull = (double)s.Fraction("funding-full", Range.Any, "of notional in eight hours"),
        };
        var errors = new List<string>();
        var policy = LeveragePolicy.Create(settings, s.Path, errors);
        s.NoteAtTheirKeys(errors);
        return policy;
    }

    private static SizeLearningPolicy? Learns(PlanSection s)
    {
        var (context, exploration, trust) = (s.Section("context"), s.Section("exploration"), s.Section("trust"));
        var settings = new SizeLearningSettings
        {
            VolatilityReference = (double)context.Fraction("volatility-reference", Range.Any, "per root hour"),
            PnlScale = (double)context.Fraction("pnl-scale", Range.Any, "of capital"),
            DivergenceFull = (double)context.Fraction("divergence-full", Range.Any, "of the price"),
            FundingFull = (double)context.Fraction("funding-full", Range.Any, "of notional in eight hours"),
            MarginFull = (double)context.Fraction("margin-full", Range.Any, "used over total margin"),
            OutcomeBound = (double)s.Fraction("outcome-bound", Range.Any, "of notional"),
            HalfLife = (double)s.Number("half-life", Range.Any, "closed episodes"),
            PriorEpisodes = (double)s.Number("prior-episodes", Range.Any, "episodes"),
            PriorSpread = (double)s.Fraction("prior-spread", Range.Any, "of notional"),
            FullAt = (double)s.Number("full-at", Range.Any, "standard errors"),
            ExplorationShare = (double)exploration.Fraction("share", Range.Any, "of episodes"),
            ExplorationReach = (double)exploration.Number("reach", Range.Any, "of the multiplier"),
            FalseAlarm = (double)trust.Fraction("false-alarm", Range.Any, "a probability"),
            MinEpisodes = trust.Whole("min-episodes", 1, 1_000_000, "witnesses"),
            LoseAt = (double)trust.Number("lose-at", Range.Any, "evidence"),
            MaxOpen = s.Whole("max-open", 1, 100_000, "episodes"),
            ExpireAfter = s.Duration("expire-after", TimeSpan.Zero, 2 * Year, "without a close"),
        };
        var errors = new List<string>();
        var policy = SizeLearningPolicy.Create(settings, s.Path, errors);
        s.NoteAtTheirKeys(errors);
        return policy;
    }
}
