using System.Collections.Immutable;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Node;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Data;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;

namespace Dolphin.Scenarios.Stage;

/// <summary>Plans in which Hermes decides who of three strategies has an asset's legs.</summary>
internal static class Governed
{
    /// <summary>An hour between two changes, and five minutes of the same wish before one.</summary>
    public static HermesSettings Quick { get; } = new() { MinDwell = TimeSpan.FromMinutes(60), Confirm = TimeSpan.FromMinutes(5), RetryAfter = TimeSpan.FromMinutes(5) };

    // Read from half an hour of minutes, and never chaotic or thin: the markets of these stories are wider than real ones.
    private static RegimeSettings Regime { get; } = new()
    {
        Slot = Plans.Bar, EfficiencyWindow = 30 * Plans.Bar, VarianceRatioWindow = 30 * Plans.Bar, VarianceRatioLag = 4 * Plans.Bar, VolOfVolWindow = 30 * Plans.Bar,
        Volatility = new FeatureTrigger(9, 8), VolOfVol = new FeatureTrigger(9, 8), Idle = new FeatureTrigger(1, 0.9),
    };

    public static NodePlan Node(IMarketSource market, HedgeSettings hedging, HermesSettings hermes)
    {
        var policy = Good(e => HermesPolicy.Create(hermes, Regime, "test", e));
        return Plans.Node(market) with { Assets = [.. market.Symbols.Select(symbol => Asset(market, symbol, hedging, policy))] };
    }

    private static AssetPlan Asset(IMarketSource market, Symbol symbol, HedgeSettings hedging, HermesPolicy hermes)
    {
        var hedge = Plans.Hedge(market, symbol, hedging);
        ImmutableArray<StrategyPlan> strategies =
        [
            hedge,
            new CompressionPlan($"compression-{symbol}", symbol, Good(e => CompressionPolicy.Create(new CompressionSettings(), "test", e)), hedge.Instrument),
            new ProtectorPlan($"protector-{symbol}", symbol, Good(e => ProtectorPolicy.Create(new ProtectorSettings(), "test", e)), hedge.Instrument),
        ];
        return new AssetPlan(symbol, hedge.Instrument, strategies, Plans.Deposit, hermes, Plans.Deposit * (hedging.Fraction * hedging.Leverage));
    }

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        return create(errors) ?? throw new ArgumentException(string.Join(Environment.NewLine, errors));
    }
}
