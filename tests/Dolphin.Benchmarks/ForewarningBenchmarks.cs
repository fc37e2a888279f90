using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Protection;

namespace Dolphin.Benchmarks;

/// <summary>Target: 4,500 trials of all three strategies, and their envelope, in two minutes on two cores; one score in 10 ms.</summary>
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(1), IterationCount(5)]
public class ForewarningBenchmarks
{
    private const int Fifty = 50;
    private static readonly StrategySettings Plan = new(new HedgeSettings { Capital = 6_250m }, new CompressionSettings(), new ProtectorSettings(), TradedStrategies.All);
    private static readonly ReturnSample Sample = Returns();
    private static readonly ParameterBox Box = ParameterBox.Of(TradedStrategies.All);
    private static readonly ImmutableArray<Trial> Labelled = Label(4_500);
    private static readonly SafetyEnvelope Fitted = EnvelopeFitter.Fit(Box, Labelled).Fitted!.Envelope;

    [Benchmark(Description = "Fifty trials of three strategies, one thread", OperationsPerInvoke = Fifty)]
    public ImmutableArray<Trial> OneThread() => Trials.Run(Plan, Sample, new TrialSettings { Count = Fifty });

    [Benchmark(Description = "Fifty trials of three strategies, all cores", OperationsPerInvoke = Fifty)]
    public ImmutableArray<Trial> AllCores() => Trials.Run(Plan, Sample, new TrialSettings { Count = Fifty }, Environment.ProcessorCount);

    [Benchmark(Description = "Envelope of 4,500 trials: 35 fits")]
    public FittedEnvelope? Fit() => EnvelopeFitter.Fit(Box, Labelled).Fitted;

    [Benchmark(Description = "One score with its distance")]
    public EnvelopeScore Score() => Fitted.Score(Plan);

    private static ReturnSample Returns()
    {
        var chance = new Chance(1);
        return new ReturnSample(TimeSpan.FromMinutes(5), [[.. Enumerable.Range(0, 8_640).Select(i => 0.0023 * (i / 288 % 3 * 0.5 + 0.5) * chance.NextNormal())]]);
    }

    // Catastrophes where fraction and leverage are high together, as the deciders' trials have them.
    private static ImmutableArray<Trial> Label(int count)
    {
        var points = LatinHypercube.Draw(count, Box.Dimensions, seed: 1);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var vector = points.AsSpan(i * Box.Dimensions, Box.Dimensions).ToImmutableArray();
            return new Trial(vector, TrialOutcome.Untouched, vector[0] + 0.8 * vector[1] > 1.1);
        })];
    }
}
