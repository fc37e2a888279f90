using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Sizing;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Exits;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.SizeLearning;
using Dolphin.Domain.Sizing;

namespace Dolphin.Benchmarks.Memory;

/// <summary>One kind of strategy; its symbols have no settings of their own and share a policy, as in a plan that says nothing else.</summary>
/// <param name="Holder">As what it holds legs.</param>
/// <param name="OwnPolicy">Makes one for a symbol with settings of its own.</param>
/// <param name="Sizing">By adaptive leverage and a learner, as plans/full.hocon has it; null: by its plan alone.</param>
internal sealed record StrategyKind(string Name, LegHolder Holder, Func<object> OwnPolicy, Func<string, Instrument, StrategyPlan> Plan, SizingPlan? Sizing = null)
{
    public static IReadOnlyList<StrategyKind> All { get; } =
    [
        Of<HedgePolicy>("hedge", LegHolder.BandLimitedHedging,
            static errors => HedgePolicy.Create(new HedgeSettings { Capital = 20_000m, OpeningRetry = TimeSpan.Zero }, "memory", errors),
            static (id, instrument, policy) => new HedgePlan(id, instrument.Symbol, policy, instrument)),
        Of<HedgePolicy>("hedge-sized", LegHolder.BandLimitedHedging,
            static errors => HedgePolicy.Create(new HedgeSettings { Capital = 20_000m, OpeningRetry = TimeSpan.Zero }, "memory", errors),
            static (id, instrument, policy) => new HedgePlan(id, instrument.Symbol, policy, instrument)) with { Sizing = Learned() },
        Of<CompressionPolicy>("compression", LegHolder.HedgeCompression,
            // A tenth of the usual residual: at the end of the tape it is still at work.
            static errors => CompressionPolicy.Create(new CompressionSettings { Residual = 0.01m, MaxVolatility = 1m }, "memory", errors),
            static (id, instrument, policy) => new CompressionPlan(id, instrument.Symbol, policy, instrument, Regime)),
        Of<ProtectorPolicy>("protector", LegHolder.ExposureProtector,
            static errors => ProtectorPolicy.Create(new ProtectorSettings(), "memory", errors),
            static (id, instrument, policy) => new ProtectorPlan(id, instrument.Symbol, policy, instrument)),
        Of<DirectionalPolicy>("directional", LegHolder.Directional,
            static errors => ExitPolicy.Create(new ExitSettings { WarmUpBars = 3 }, "memory", errors) is { } exits ? DirectionalPolicy.Create(new DirectionalSettings(), exits, "memory", errors) : null,
            // Early enough that the position it opens is still there when the tape has ended, or has been closed by it.
            static (id, instrument, policy) => new DirectionalPlan(
                id, instrument.Symbol, policy, instrument, new BetRequest(new Money(20_000m), 0.2m, 3m, EnvelopeCap: null, instrument.Brackets, Money.Zero),
                [new DirectionalSignal($"{id}-1", PositionSide.Long, 0.8, TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(90))])),
    ];

    /// <summary>By which a compression that has its asset to itself reads the regime.</summary>
    private static readonly RegimePolicy Regime = Good<RegimePolicy>(static errors => RegimePolicy.Create(new RegimeSettings(), "memory", errors));

    private static SizingPlan Learned() => new(
        new SizingPolicy(
            Good<LeveragePolicy>(static errors => LeveragePolicy.Create(new LeverageSettings(), "memory", errors)),
            Good<SizeLearningPolicy>(static errors => SizeLearningPolicy.Create(new SizeLearningSettings(), "memory", errors)), Seed: 7),
        new Money(20_000m), TimeSpan.FromDays(1), ImmutableSortedDictionary<Symbol, double>.Empty);

    public StrategyPlan PlanOf(Instrument instrument) => Plan(StrategyIds.Of(Holder, instrument.Symbol), instrument);

    /// <summary>Number <paramref name="index"/> of as many symbols as anyone likes.</summary>
    public static Instrument InstrumentOf(int index) => new(
        new Symbol(string.Create(CultureInfo.InvariantCulture, $"S{index:0000}USDT")), TickSize: 0.01m, LotSize: 0.001m, new Quantity(0.001m), new Money(5m),
        PercentPrice: 0.15m, Instruments.UsualBrackets);

    private static StrategyKind Of<T>(string name, LegHolder holder, Func<List<string>, T?> policy, Func<string, Instrument, T, StrategyPlan> plan) where T : class
    {
        var shared = Good(policy);
        return new StrategyKind(name, holder, () => Good(policy), (id, instrument) => plan(id, instrument, shared));
    }

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        List<string> errors = [];
        return create(errors) ?? throw new InvalidOperationException(string.Join('\n', errors));
    }
}
