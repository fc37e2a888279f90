using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Dolphin.Actors.Forewarning;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Forewarning;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;

namespace Dolphin.Actors.Tests.Forewarning;

/// <summary>A forewarner of one symbol with so few trials that a fit takes an instant, and whatever is fitted serves.</summary>
internal static class ForewarnerPlans
{
    public static readonly TimeSpan Five = TimeSpan.FromMinutes(5);
    public static readonly ForewarnerPolicy TakesAny = new() { LeastRecall = 0, MostFalseAlarm = 1, MayBeWorseBy = 2 };

    /// <summary>The market never moves from the model's.</summary>
    public static readonly FitnessSettings Still = new() { LeastReturns = 200, MovedBeyond = 1 };

    private static readonly Symbol Btc = new("BTCUSDT");

    public static ForewarnerPlan Plan(ForewarnerPolicy? policy = null, decimal fraction = 0.05m, decimal leverage = 1m, bool begins = true, int leastSample = 100) => new(
        policy ?? TakesAny, new FitnessSettings { LeastReturns = 200 }, new TrialSettings { Count = 200, Paths = 16, PathsPerTrial = 3, Law = new PathLaw { Length = TimeSpan.FromDays(1) } },
        new ForewarnerSubject([(Btc, Settings(fraction, leverage))]), Seed: 7, Five, Bar: Five, LookEvery: TimeSpan.FromMinutes(30), leastSample, WithoutModel: 0.5,
        begins ? Before() : [], AtOnce: true, Threads: 1);

    /// <summary>A fit of minutes of a core: whatever a story is about is over long before.</summary>
    public static ForewarnerPlan Slow(ForewarnerPlan plan) => plan with { Trials = new TrialSettings { Count = 100_000 }, AtOnce = false };

    private static StrategySettings Settings(decimal fraction, decimal leverage) => new(
        new HedgeSettings { Capital = 10_000m, Fraction = fraction, Leverage = leverage }, new CompressionSettings(), new ProtectorSettings(), TradedStrategies.Hedging);

    private static ImmutableArray<GatheredReturns> Before()
    {
        var chance = new Chance(1);
        float[] returns = [.. Enumerable.Range(0, 2_000).Select(i => (float)(0.0023 * (i / 288 % 3 * 0.5 + 0.5) * chance.NextNormal()))];
        return [new GatheredReturns(Btc, ClosedMs: 0, Log: 0, MemoryMarshal.AsBytes<float>(returns).ToArray())];
    }
}
