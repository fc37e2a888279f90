using System.Collections.Immutable;
using Dolphin.Actors.Sizing;
using Dolphin.Domain.Forewarning;

namespace Dolphin.Actors.Forewarning;

/// <summary>What the forewarner watches, and how. Known to be good.</summary>
/// <param name="Seed">The run's; each fit's chances are drawn from it and the fit's number.</param>
/// <param name="Interval">Of a return; a whole number of the run's bars.</param>
/// <param name="Bar">Of the run's market: the next one is due so long after the last.</param>
/// <param name="LookEvery">How often the market is compared with the model's, and the time with the schedule.</param>
/// <param name="LeastSample">Returns that a symbol must have before the first fit.</param>
/// <param name="WithoutModel">What L3 hears as distance while no model serves, in margins: at 1 it would cost nothing, at 0 as much as outside.</param>
/// <param name="Before">What a market of before the run left, so that the first fit does not have to wait; empty: there is none.</param>
/// <param name="AtOnce">A fit is done within the instant that asks for it: virtual time would else go on while it runs. In real time a thread of its own does it.</param>
/// <param name="Threads">Says nothing about the result.</param>
public sealed record ForewarnerPlan(
    ForewarnerPolicy Policy, FitnessSettings Fitness, TrialSettings Trials, ForewarnerSubject Subject, ulong Seed, TimeSpan Interval, TimeSpan Bar, TimeSpan LookEvery, int LeastSample,
    double WithoutModel, ImmutableArray<GatheredReturns> Before, bool AtOnce, int Threads)
{
    /// <summary>What a node that has not heard of the envelope sizes by: as if all parameters were outside of it.</summary>
    public ImmutableArray<EnvelopeCap> CapsUnheard => [.. Subject.Live.Select(live => new EnvelopeCap(live.Symbol, SafetyEnvelope.LeverageOutside(live.Settings.Hedging.Leverage)))];
}
