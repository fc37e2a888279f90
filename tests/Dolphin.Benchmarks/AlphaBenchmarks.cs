using BenchmarkDotNet.Attributes;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.Market;

namespace Dolphin.Benchmarks;

/// <summary>What follows a scan of 400 assets: every one is scored, the queue brought up to date, and the snapshot made that every node reads.</summary>
[MemoryDiagnoser]
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(3), IterationCount(8)]
public class AlphaBenchmarks
{
    private const int Assets = 400;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly AlphaRankPolicy Rank = AlphaRankPolicy.Create(new AlphaRankSettings(), "alpha.rank", [])!;
    private static readonly PlungePolicy Plunge = PlungePolicy.Create(new PlungeSettings(), "alpha.plunge", [])!;

    private readonly Symbol[] _symbols = [.. Enumerable.Range(0, Assets).Select(i => new Symbol($"S{i:000}USDT"))];
    private readonly AdaptiveBreaker[] _breakers = new AdaptiveBreaker[Assets];
    private readonly AlphaInput[] _inputs = new AlphaInput[Assets];
    private AlphaRankQueue _queue = null!;
    private AlphaSnapshot _snapshot = null!;
    private long _sequence;

    [GlobalSetup]
    public void Setup()
    {
        var policy = AdaptiveBreakerPolicy.Create(new AdaptiveBreakerSettings(), "alpha.breaker", [])!;
        _queue = new AlphaRankQueue([.. _symbols]);
        for (var i = 0; i < Assets; i++)
        {
            _breakers[i] = new AdaptiveBreaker(policy);
            for (var hours = 24 * 6; hours >= 0; hours -= 8) // What six days leave of all three factors.
            {
                var at = Start.AddHours(-hours);
                _breakers[i].Observe(BreakerFactor.Funding, 0.0001 * (i % 5), at, Start);
                _breakers[i].Observe(BreakerFactor.TakerRatio, 0.9 + 0.01 * (i % 9), at, Start);
                _breakers[i].Observe(BreakerFactor.Dvol, 45 + i % 7, at, Start);
            }
        }

        _snapshot = Snapshot();
    }

    [Benchmark(Description = "Snapshot of 400 assets after a scan: breakers, scores, queue, ranks and a plunge's signals")]
    public AlphaSnapshot Snapshot()
    {
        var features = new AlphaFeatures[Assets];
        for (var i = 0; i < Assets; i++)
        {
            // Every score is another than before, and so is the order.
            var turn = (i * 7 + _sequence * 13) % Assets / (double)Assets;
            _inputs[i] = new AlphaInput(Loading: 0.05 * turn, Momentum: 0.02 * (turn - 0.5), Volatility: 0.01 + 0.02 * turn, Liquidity: 1e6 + 1e9 * turn, Depth: 1e5 * (1 + turn), Spread: 1 + 5 * turn);
            var breaker = _breakers[i].At(Start.AddSeconds(_sequence));
            _queue.Update(_symbols[i], AlphaRank.Score(Rank, _inputs[i], Assets).Score);
            features[i] = new AlphaFeatures(
                _symbols[i], Rank: null, Score: null, _inputs[i].Loading, _inputs[i].Momentum, _inputs[i].Volatility, _inputs[i].Liquidity,
                AlphaRank.Quality(Rank, _inputs[i].Depth, _inputs[i].Spread), 0, breaker.Cut, breaker.Boost);
        }

        return AlphaSnapshot.Create(1, ++_sequence, Start.AddSeconds(_sequence), features, _queue, Plunge, new PlungeEvent(Start.AddSeconds(_sequence), -0.01));
    }

    [Benchmark(Description = "A strategy reads its asset out of the snapshot")]
    public AlphaFeatures? Find() => _snapshot.Find(_symbols[217]);
}
