namespace Dolphin.Domain.SizeLearning;

/// <summary>How the size of positions is learned, known to be good, with what follows from the settings.</summary>
public sealed class SizeLearningPolicy
{
    /// <summary>The seed's range, and the constant that the learner is measured against.</summary>
    public const decimal Least = 0.5m, Most = 1.5m, Constant = 1m;

    private SizeLearningPolicy(SizeLearningSettings settings)
    {
        Settings = settings;
        Kept = PortableMath.Kept(1, settings.HalfLife);
        EvidenceNeeded = 1 / settings.FalseAlarm;
    }

    public SizeLearningSettings Settings { get; }
    /// <summary>What one closed episode leaves of the weight of those before it.</summary>
    public double Kept { get; }
    /// <summary>Evidence at which trust is earned.</summary>
    public double EvidenceNeeded { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.size-learning</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static SizeLearningPolicy? Create(SizeLearningSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        void Expect(double value, string key, double least, double most, string unit) =>
            check.Expect(value >= least && value <= most, key, value, FormattableString.Invariant($"{least} to {most} ({unit})"));
        Expect(settings.VolatilityReference, "context.volatility-reference", 0.0001, 1, "per root hour");
        Expect(settings.PnlScale, "context.pnl-scale", 0.001, 1, "of capital");
        Expect(settings.DivergenceFull, "context.divergence-full", 0.001, 1, "a fraction of price");
        Expect(settings.FundingFull, "context.funding-full", 0.00001, 0.1, "of notional in eight hours");
        Expect(settings.MarginFull, "context.margin-full", 0.1, 1, "used over total margin");
        Expect(settings.OutcomeBound, "outcome-bound", 0.001, 1, "of notional");
        Expect(settings.HalfLife, "half-life", 20, 100_000, "closed episodes");
        Expect(settings.PriorEpisodes, "prior-episodes", 1, 1_000, "episodes");
        Expect(settings.PriorSpread, "prior-spread", 0.00001, 1, "of notional");
        Expect(settings.FullAt, "full-at", 0.5, 10, "standard errors");
        Expect(settings.ExplorationShare, "exploration.share", 0, 0.5, "of episodes");
        Expect(settings.ExplorationReach, "exploration.reach", 0.01, 0.25, "of the multiplier");
        Expect(settings.FalseAlarm, "trust.false-alarm", 0.001, 0.2, "a probability");
        Expect(settings.MinEpisodes, "trust.min-episodes", 10, 10_000, "closed episodes");
        Expect(settings.LoseAt, "trust.lose-at", 0.1, 2, "evidence");
        Expect(settings.MaxOpen, "max-open", 1, 256, "episodes");
        check.Expect(settings.ExpireAfter >= TimeSpan.FromMinutes(1) && settings.ExpireAfter <= TimeSpan.FromDays(366), "expire-after", settings.ExpireAfter,
            $"{TimeSpan.FromMinutes(1)} to {TimeSpan.FromDays(366)}");
        return errors.Count == before ? new SizeLearningPolicy(settings) : null;
    }

    /// <summary>Brings the six into -1 to 1. What is not a finite number is missing and counts as 0; what is outside its range counts as its end.</summary>
    public ScaledContext Scale(in SizeContext context)
    {
        var missing = SizeFactors.None;
        double Known(double value, SizeFactors factor, double scaled)
        {
            if (double.IsFinite(value)) return Math.Clamp(scaled, -1, 1);
            missing |= factor;
            return 0;
        }
        var (c, s) = (context, Settings);
        var volatility = Math.Clamp(c.Volatility, 0, 1e9); // Beyond it the quotient is 1 anyway, and could be infinite over infinite.
        return new ScaledContext(
            Known(c.Confidence, SizeFactors.Confidence, 2 * c.Confidence - 1),
            Known(c.Volatility, SizeFactors.Volatility, (volatility - s.VolatilityReference) / (volatility + s.VolatilityReference)),
            Known(c.Pnl, SizeFactors.Pnl, c.Pnl / s.PnlScale),
            Known(c.Divergence, SizeFactors.Divergence, Math.Max(0, c.Divergence / s.DivergenceFull)),
            Known(c.Funding, SizeFactors.Funding, c.Funding / s.FundingFull),
            Known(c.Margin, SizeFactors.Margin, 2 * c.Margin / s.MarginFull - 1),
            missing);
    }
}
