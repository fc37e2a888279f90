using System.Collections.Immutable;
using Dolphin.Domain.Forewarning;

namespace Dolphin.Node.Plan;

/// <summary>What <c>dolphin.forewarner</c> asks for, but for the run's symbols, bars and seed.</summary>
/// <param name="Trials">Of a fit.</param>
/// <param name="WithoutModel">What L3 hears as distance while no model serves, in margins.</param>
/// <param name="Compare">How much of the newest market is compared with the model's.</param>
/// <param name="LeastSample">How much market there must be before the first fit.</param>
/// <param name="History">Recordings of a market before the run; relative to the plan.</param>
public sealed record ForewarnerSection(
    ForewarnerPolicy Policy, double MovedBeyond, int Trials, TimeSpan LookEvery, TimeSpan Compare, TimeSpan LeastSample, double WithoutModel, ImmutableArray<string> History)
{
    /// <returns>Null where it is not enabled.</returns>
    internal static ForewarnerSection? Read(PlanSection s)
    {
        var (enabled, minute, hour, day, month) = (s.Flag("enabled"), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(30));
        var policy = new ForewarnerPolicy
        {
            RefitEvery = s.Duration("refit-every", hour, month, "between two fits", day),
            RetryAfter = s.Duration("retry-after", minute, day, "after a fit without a model", hour),
            FitTimeout = s.Duration("fit-timeout", minute, day, "after which a fit is given up", hour),
            LeastRecall = (double)s.Fraction("least-recall", Range.Between(0m, 1m), "of held-out catastrophes"),
            MostFalseAlarm = (double)s.Fraction("most-false-alarm", Range.Between(0m, 1m), "of the other held-out trials"),
            MayBeWorseBy = (double)s.Fraction("may-be-worse-by", Range.Between(0m, 1m), "than the model that serves"),
        };
        var section = new ForewarnerSection(
            policy, (double)s.Fraction("moved-beyond", Range.MoreThan(0m).AtMost(1m), "Kolmogorov-Smirnov distance"), s.Whole("trials", 100, 100_000, "of a fit", 4_500),
            s.Duration("look-every", minute, day, "between two looks", hour), s.Duration("compare", hour, month, "of the newest market", day),
            s.Duration("least-sample", hour, TimeSpan.FromDays(14), "of market before the first fit", day),
            (double)s.Number("without-model", Range.Between(0m, 1m), "margins"),
            s.Texts("history", all: null, "names of recordings beside the plan", t => t.Length > 0 && !Path.IsPathRooted(t) && !t.Split('/', '\\').Contains("..")) ?? []);
        return enabled ? section : null;
    }
}
