using System.Globalization;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;

namespace Dolphin.Benchmarks.Memory;

/// <summary>One kind of strategy, with a policy of its own for each symbol as a plan's reader makes it.</summary>
/// <param name="Holder">As what it holds legs.</param>
internal sealed record StrategyKind(string Name, LegHolder Holder, Func<string, Symbol, Instrument, StrategyPlan> Plan)
{
    public static IReadOnlyList<StrategyKind> All { get; } =
    [
        new("hedge", LegHolder.BandLimitedHedging, static (id, symbol, instrument) => new HedgePlan(id, symbol,
            Good(errors => HedgePolicy.Create(new HedgeSettings { Capital = 20_000m, OpeningRetry = TimeSpan.Zero }, "memory", errors)), instrument)),
        new("compression", LegHolder.HedgeCompression, static (id, symbol, instrument) => new CompressionPlan(id, symbol,
            // A tenth of the usual residual: at the end of the tape it is still at work.
            Good(errors => CompressionPolicy.Create(new CompressionSettings { Residual = 0.01m, MaxVolatility = 1m }, "memory", errors)), instrument)),
        new("protector", LegHolder.ExposureProtector, static (id, symbol, instrument) => new ProtectorPlan(id, symbol,
            Good(errors => ProtectorPolicy.Create(new ProtectorSettings(), "memory", errors)), instrument)),
    ];

    public StrategyPlan PlanOf(Instrument instrument) => Plan(StrategyIds.Of(Holder, instrument.Symbol), instrument.Symbol, instrument);

    /// <summary>Number <paramref name="index"/> of as many symbols as anyone likes.</summary>
    public static Instrument InstrumentOf(int index) => new(
        new Symbol(string.Create(CultureInfo.InvariantCulture, $"S{index:0000}USDT")), TickSize: 0.01m, LotSize: 0.001m, new Quantity(0.001m), new Money(5m),
        PercentPrice: 0.15m, Instruments.UsualBrackets);

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        List<string> errors = [];
        return create(errors) ?? throw new InvalidOperationException(string.Join('\n', errors));
    }
}
