using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Dolphin.Domain.SizeLearning;

/// <summary>What the learner makes of one factor, the others being unknown.</summary>
/// <param name="Slope">By how much the expected return per notional changes when the factor goes from 0 to 1 of its scale.</param>
/// <param name="AtLeast">Multiplier at -1 of its scale.</param>
/// <param name="AtMost">Multiplier at 1 of its scale.</param>
public readonly record struct SizeFactorReport(SizeFactor Factor, ReturnEstimate Slope, decimal AtLeast, decimal AtMost);

/// <summary>How the size learner stands.</summary>
/// <param name="Expected">Return per notional in a context about which nothing is known.</param>
/// <param name="Neutral">Multiplier there.</param>
/// <param name="EvidenceNeeded">For trust to be earned; or, while it is trusted, for it not to be lost.</param>
/// <param name="Why">Why it is trusted, or why not.</param>
public sealed record SizeReport(
    EpisodeCounts Counts, int Open, ReturnEstimate? MeanReturn, Money RegretOffered, Money RegretUsed, bool Trusted, DateTimeOffset? TrustedSince, long TrustLosses,
    double Evidence, double EvidenceNeeded, string Why, ReturnEstimate Expected, decimal Neutral, ImmutableArray<SizeFactorReport> Factors,
    ReturnEstimate? ReturnUp, ReturnEstimate? ReturnDown)
{
    public static SizeReport Of(SizeLearningPolicy policy, SizeLearnerState state)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(state);
        var factors = ImmutableArray.CreateBuilder<SizeFactorReport>(SizeContext.Count);
        foreach (var factor in Enum.GetValues<SizeFactor>())
        {
            factors.Add(new SizeFactorReport(
                factor, state.Model.Slope(policy, factor), SizeLearner.Offer(policy, state.Model, ScaledContext.Only(factor, -1)),
                SizeLearner.Offer(policy, state.Model, ScaledContext.Only(factor, 1))));
        }
        return new SizeReport(
            state.Counts, state.Episodes.Open.Length, state.Returns.Estimate, state.RegretOffered, state.RegretUsed, state.Trusted, state.TrustedSince, state.TrustLosses,
            state.Trust.Evidence, state.Trusted ? policy.Settings.LoseAt : policy.EvidenceNeeded, WhyOf(policy, state),
            state.Model.At(policy, ScaledContext.Neutral), SizeLearner.Offer(policy, state.Model, ScaledContext.Neutral), factors.MoveToImmutable(),
            state.Up.Estimate, state.Down.Estimate);
    }

    private static string WhyOf(SizeLearningPolicy policy, SizeLearnerState state)
    {
        var (evidence, witnesses) = (state.Trust.Evidence, state.Counts.Witnesses);
        if (state.Trusted)
            return string.Create(CultureInfo.InvariantCulture, $"Trusted since {state.TrustedSince:u}: evidence is {evidence:0.##}, and trust is lost below {policy.Settings.LoseAt:0.##}.");
        var lost = state.LastLoss switch
        {
            TrustLoss.Evidence => " Trust was lost because the evidence was gone.",
            TrustLoss.Regret => " Trust was lost because the constant would have earned more.",
            _ => "",
        };
        if (witnesses < policy.Settings.MinEpisodes)
            return string.Create(CultureInfo.InvariantCulture, $"Not trusted: {witnesses} episodes have borne witness; expected {policy.Settings.MinEpisodes}.{lost}");
        return evidence < policy.EvidenceNeeded * (1 - SizeLearner.Rounding)
            ? string.Create(CultureInfo.InvariantCulture, $"Not trusted: evidence is {evidence:0.##}; expected {policy.EvidenceNeeded:0.##}.{lost}")
            : string.Create(CultureInfo.InvariantCulture, $"Not trusted: the constant would have earned {state.RegretOffered} more; expected less than the learner.{lost}");
    }

    /// <summary>The report as lines of text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        static string Percent(ReturnEstimate? e) => e is { } x ? string.Create(CultureInfo.InvariantCulture, $"{x.Mean:0.####%} ± {x.Error:0.####%}") : "not known";
        Line($"learned size: {Why}");
        Line($"  episodes    {Counts.Closed} closed ({Counts.Witnesses} witnesses, {Counts.Bounded} beyond the bound, {Counts.Explored} explored), {Open} open, {Counts.Expired} expired, {Counts.Withdrawn} withdrawn");
        Line($"  return      {Percent(MeanReturn)} of notional");
        Line($"  regret      {RegretOffered} as offered, {RegretUsed} as used, against the constant 1 (below zero: better than it)");
        Line($"  evidence    {Evidence:0.###} of {EvidenceNeeded:0.###}");
        Line($"  unknown     x {Neutral:0.00}, expects {Percent(Expected)}");
        foreach (var f in Factors)
            Line($"  {f.Factor.ToString().ToLowerInvariant(),-10}  x {f.AtLeast:0.00} to {f.AtMost:0.00}, slope {Percent(f.Slope)}");
        if (Counts.Explored > 0) Line($"  explored    up {Percent(ReturnUp)}, down {Percent(ReturnDown)}");
        return text.ToString();
    }
}
