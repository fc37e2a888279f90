using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Dolphin.Domain;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;

namespace Dolphin.Benchmarks;

/// <summary>
/// Target: a cycle of 500 positions, deciding and folding, in 1 ms, whatever there is to do. A look is that and the executor's part: it judges each command by who holds what.
/// </summary>
[MemoryDiagnoser]
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(3), IterationCount(8)]
public class BalancerBenchmarks
{
    private const int Positions = 500;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly BalancerPolicy Policy = Create();

    private readonly PortfolioSnapshot _quiet = Portfolio(i => 10m, divergence: 0.01);
    private readonly PortfolioSnapshot _diverging = Portfolio(i => 10m + i % 7, divergence: 0.09);
    // Three fifths overweight or closed: the overload closes what is small, the rest is unequal by far.
    private readonly PortfolioSnapshot _everything = Portfolio(i => i % 5 == 0 ? 70m : 2m + i % 3, divergence: 0.09);
    private readonly BalancerState _unanswered;

    public BalancerBenchmarks() => _unanswered = Everything();

    [Benchmark(Description = "Cycle of 500 positions, nothing to do")]
    public BalancerState Quiet() => Cycle(_quiet);

    [Benchmark(Description = "Cycle of 500 positions, hedges without room")]
    public BalancerState Diverging() => Cycle(_diverging);

    [Benchmark(Description = "Cycle of 500 positions, overloaded, diverging and uneven: hundreds of commands")]
    public BalancerState Everything() => Cycle(_everything);

    [Benchmark(Description = "The cycle after that, where nobody has answered one of them: all expire, and it is asked again")]
    public BalancerState Unanswered() => Cycle(_everything with { At = Start + BalancerCommand.Lifetime }, _unanswered);

    [Benchmark(Description = "A look at 500 positions with the executor, hedges without room")]
    public BalancerRound DivergingLook() => Look(_diverging);

    [Benchmark(Description = "A look at 500 positions with the executor, hundreds of commands")]
    public BalancerRound EverythingLook() => Look(_everything);

    private static BalancerRound Look(PortfolioSnapshot snapshot) =>
        BalancerRounds.Decide(Policy, BalancerState.Initial, ExecutorState.Initial, new BalancerInput.Cycle(snapshot, Start), () => ViewOf(snapshot));

    // As the actor makes it of its books, once a look that has commands.
    private static HoldersView ViewOf(PortfolioSnapshot snapshot)
    {
        var held = ImmutableSortedDictionary.CreateBuilder<Symbol, HeldPosition>();
        var price = Price.Of(100m);
        foreach (var position in snapshot.Positions!.Value)
        {
            var leg = new Quantity(position.Margin.Quote * 3m / 100m);
            held.Add(position.Symbol, new HeldPosition(
                new Instrument(position.Symbol, TickSize: 0.01m, LotSize: 0.0001m, new Quantity(0.0001m), new Money(0.01m), PercentPrice: 0.15m, Instruments.UsualBrackets), "hedge",
                new Legs(leg, Quantity.Zero), TiedUp: null, price, Leverage: 3m, MayGrow: true));
        }
        return new HoldersView(Start, [.. held.Keys], held.ToImmutable(), []);
    }

    private static BalancerState Cycle(PortfolioSnapshot snapshot, BalancerState? before = null)
    {
        var state = before ?? BalancerState.Initial;
        foreach (var e in BalancerDecider.Decide(Policy, state, new BalancerInput.Cycle(snapshot, snapshot.At)).Events) state = BalancerDecider.Evolve(state, e);
        return state;
    }

    private static PortfolioSnapshot Portfolio(Func<int, decimal> margin, double divergence)
    {
        // In an order that is not the one they are judged in.
        var positions = Enumerable.Range(0, Positions).Select(i => (i * 7) % Positions)
            .Select(i => PortfolioPosition.OfMargin(new Symbol($"S{i:000}USDT"), new Money(margin(i)))).ToImmutableArray();
        var used = positions.Sum(p => p.Margin.Quote);
        return new PortfolioSnapshot(new Money(divergence > 0.05 ? used / 0.9m : used / 0.5m), positions, 0.8, divergence, Start);
    }

    private static BalancerPolicy Create()
    {
        List<string> errors = [];
        return BalancerPolicy.Create(BalancerSettings.Default, "balancer", errors) ?? throw new InvalidOperationException(string.Join('\n', errors));
    }
}
