using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Protection;

namespace Dolphin.Domain.Forewarning;

/// <summary>How many trials there are, and what each of them meets.</summary>
public sealed record TrialSettings
{
    /// <summary>The seed asks for 4,500 and more.</summary>
    public int Count { get; init; } = 4_500;
    /// <summary>Paths that are drawn for all of them.</summary>
    public int Paths { get; init; } = 128;
    /// <summary>Of those, how many each trial plays, one after the other with a new account. Its outcome is the worst: one path says little of parameters.</summary>
    public int PathsPerTrial { get; init; } = 6;
    public PathLaw Law { get; init; } = new();
    public TrialTerms Terms { get; init; } = new();
    public CatastropheRule Rule { get; init; } = new();
    public ulong Seed { get; init; } = 1;
}

/// <summary>One trial: parameters, and the worst that came of them.</summary>
/// <param name="Vector">Of the box.</param>
public sealed record Trial(ImmutableArray<double> Vector, TrialOutcome Outcome, bool IsCatastrophe);

/// <summary>
/// Monte Carlo over the parameter box: every trial plays the real deciders of the strategies that trade. A trial is a function of its number, the seed and the
/// sample, so they are the same whatever the number of threads.
/// </summary>
public static class Trials
{
    // How far under water a compression finds its legs, and how uneven a protector finds them: whoever hands over chooses neither.
    private const double LeastUnderWater = 0.005, MostUnderWater = 0.03, LeastShare = 0.2, MostShare = 0.8;

    /// <param name="plan">What stays as it is; its <see cref="StrategySettings.Trades"/> says which deciders play.</param>
    /// <param name="threads">1 or more; says nothing about the result.</param>
    /// <param name="progress">Called with the number of trials done, from any of the threads.</param>
    public static ImmutableArray<Trial> Run(
        StrategySettings plan, ReturnSample sample, TrialSettings settings, int threads = 1, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(settings);
        var box = ParameterBox.Of(plan.Trades);
        var seeds = new Chance(settings.Seed);
        var paths = MarketPath.Draw(sample, settings.Law, settings.Paths, seeds.NextBits());
        var points = LatinHypercube.Draw(settings.Count, box.Dimensions, seeds.NextBits());
        var seedOfTrials = seeds.NextBits();
        var trials = new Trial[settings.Count];
        var done = 0;
        Parallel.For(0, settings.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
        {
            var vector = points.AsSpan(i * box.Dimensions, box.Dimensions);
            trials[i] = Play(box.At(plan, vector), [.. vector], paths, settings, seedOfTrials + (ulong)i);
            progress?.Invoke(Interlocked.Increment(ref done));
        });
        return [.. trials];
    }

    /// <summary>What parameters come to on every path that the trials are drawn from, one outcome each: the envelope's answer without an envelope.</summary>
    public static ImmutableArray<TrialOutcome> OnEveryPath(
        StrategySettings settings, ReturnSample sample, TrialSettings trial, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trial);
        var seeds = new Chance(trial.Seed);
        var paths = MarketPath.Draw(sample, trial.Law, trial.Paths, seeds.NextBits());
        var seed = seeds.NextBits();
        var outcomes = new TrialOutcome[paths.Length];
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            i => outcomes[i] = Play(settings, [paths[i]], trial with { PathsPerTrial = 1 }, seed + (ulong)i));
        return [.. outcomes];
    }

    /// <summary>The worst that parameters come to on some of the paths.</summary>
    public static TrialOutcome Play(StrategySettings settings, ImmutableArray<MarketPath> paths, TrialSettings trial, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(trial);
        var chance = new Chance(seed);
        var hedge = Good(errors => HedgePolicy.Create(settings.Hedging, "hedging", errors));
        var (capital, leverage) = (hedge.Settings.Capital, hedge.Settings.Leverage);
        var compression = Good(errors => CompressionPolicy.Create(settings.Compression with { Capital = capital, Leverage = leverage }, "compression", errors));
        var protector = Good(errors => ProtectorPolicy.Create(settings.Protection, "protection", errors));
        var leg = TrialTerms.LegOf(capital, hedge.Settings.Fraction, leverage);
        var worst = TrialOutcome.Untouched;
        for (var i = 0; i < trial.PathsPerTrial; i++)
        {
            // All are drawn whatever trades, so that a plan with one strategy more meets the same paths.
            var path = paths[chance.NextInt(paths.Length)];
            var underWater = decimal.Round((decimal)(LeastUnderWater + (MostUnderWater - LeastUnderWater) * chance.NextUnit()), 4);
            var share = decimal.Round((decimal)(LeastShare + (MostShare - LeastShare) * chance.NextUnit()), 3);
            if (settings.Trades.HasFlag(TradedStrategies.Hedging)) worst = worst.WorstWith(new HedgeTrial(trial.Terms, hedge).Play(path));
            if (settings.Trades.HasFlag(TradedStrategies.Compression))
                worst = worst.WorstWith(new CompressionTrial(trial.Terms, compression, leg, underWater).Play(path));
            if (settings.Trades.HasFlag(TradedStrategies.Protection))
                worst = worst.WorstWith(new ProtectorTrial(trial.Terms, protector, capital, leg, share).Play(path));
        }
        return worst;
    }

    private static Trial Play(StrategySettings settings, ImmutableArray<double> vector, ImmutableArray<MarketPath> paths, TrialSettings trial, ulong seed)
    {
        var outcome = Play(settings, paths, trial, seed);
        return new Trial(vector, outcome, trial.Rule.IsMetBy(outcome));
    }

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        return create(errors) ?? throw new UnreachableException($"The parameter box holds what no policy takes: {string.Join(' ', errors)}");
    }
}
