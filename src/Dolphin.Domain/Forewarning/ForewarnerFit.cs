using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Forewarning;

/// <summary>What is tried, and whose parameters are judged.</summary>
/// <param name="Live">One a symbol, in ordinal order; not empty. The first is what trials vary.</param>
public sealed record ForewarnerSubject(ImmutableArray<(Symbol Symbol, StrategySettings Settings)> Live);

/// <summary>What a fit came to: a model with its card, or why there is none.</summary>
/// <param name="ChampionOnSame">How the model that serves judges the new one's held-out trials; null where none serves.</param>
public sealed record FitOutcome(long Number, ModelCard? Card, KeptModel? Model, EnvelopeProof? ChampionOnSame, Refusal? Why);

/// <summary>One fit from beginning to end: trials through the real deciders, an envelope around those that were safe, and what it says of the live parameters.</summary>
/// <remarks>A function of its arguments, whatever the number of threads. At 4,500 trials some minutes of one core.</remarks>
public static class ForewarnerFit
{
    /// <param name="champion">The model that serves, or null.</param>
    /// <param name="settings">Its seed is not used: <paramref name="seed"/> is the run's, and each fit's chances are drawn from it and the number.</param>
    public static FitOutcome Run(
        long number, ulong seed, ForewarnerSubject subject, ReturnSample sample, TrialSettings settings, SafetyEnvelope? champion, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(settings);
        var plan = subject.Live[0].Settings;
        var own = new Chance(new Chance(seed).NextBits() ^ (ulong)number).NextBits();
        var trials = Trials.Run(plan, sample, settings with { Seed = own }, threads, progress: null, cancellation);
        var (fitted, refusal) = EnvelopeFitter.Fit(ParameterBox.Of(plan.Trades), trials);
        if (fitted is null) return new FitOutcome(number, null, null, null, refusal);
        cancellation.ThrowIfCancellationRequested();
        // Most symbols have the same parameters.
        var judged = new Dictionary<StrategySettings, KeptStanding>();
        ImmutableArray<KeptStanding> standings = [.. subject.Live.Select(live =>
        {
            if (!judged.TryGetValue(live.Settings, out var standing)) judged.Add(live.Settings, standing = KeptStanding.Of(live.Symbol, live.Settings, fitted.Envelope));
            return standing with { Symbol = live.Symbol };
        })];
        return new FitOutcome(
            number, new ModelCard(number, own, fitted.Trials, fitted.Catastrophes, fitted.Nu, fitted.Gamma, fitted.Proof), KeptModel.Of(number, plan.Trades, fitted.Envelope, sample, standings),
            champion is null ? null : EnvelopeProof.Of(champion, fitted.HeldOut), null);
    }
}
