using System.Collections.Immutable;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Protection;

namespace Dolphin.Domain.Tests.Forewarning;

/// <summary>A market, a plan and some trials, small enough for a test.</summary>
internal static class ForewarnerStage
{
    public static StrategySettings Plan(TradedStrategies trades = TradedStrategies.All, decimal fraction = 0.2m, decimal leverage = 3m) =>
        new(new HedgeSettings { Capital = 10_000m, Fraction = fraction, Leverage = leverage }, new CompressionSettings(), new ProtectorSettings(), trades);

    /// <summary>Five-minute returns of two symbols, normal with a volatility that doubles and halves by the day: tails and clusters.</summary>
    /// <param name="volatility">Of log price per root hour.</param>
    public static ReturnSample Sample(double volatility = 0.008, ulong seed = 1, int days = 20)
    {
        var chance = new Chance(seed);
        var each = volatility * Math.Sqrt(1.0 / 12);
        return new ReturnSample(TimeSpan.FromMinutes(5), [.. Enumerable.Range(0, 2).Select(_ =>
            Enumerable.Range(0, days * 288).Select(i => each * (i / 288 % 3) switch { 0 => 0.5, 1 => 1.0, _ => 1.5 } * chance.NextNormal()).ToImmutableArray())]);
    }

    public static TrialSettings Small(int count = 300) => new() { Count = count, Paths = 24, PathsPerTrial = 4, Law = new PathLaw { Length = TimeSpan.FromDays(2) } };

    /// <summary>Trials without any market: a catastrophe is where leverage and fraction together are too far up. One in twenty is mislabelled.</summary>
    public static ImmutableArray<Trial> Drawn(ParameterBox box, int count, ulong seed = 3)
    {
        var chance = new Chance(seed);
        var points = LatinHypercube.Draw(count, box.Dimensions, seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var vector = points.AsSpan(i * box.Dimensions, box.Dimensions).ToImmutableArray();
            return new Trial(vector, TrialOutcome.Untouched, (vector[0] + vector[1] > 1.2) ^ chance.NextBool(0.05));
        })];
    }
}
