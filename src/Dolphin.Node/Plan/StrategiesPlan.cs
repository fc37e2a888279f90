using System.Collections.Immutable;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;

namespace Dolphin.Node.Plan;

/// <summary>Who may trade each asset, and by which numbers.</summary>
/// <param name="Default">Who has an asset's legs where nothing else is said.</param>
/// <param name="Own">Symbols of which something else is said.</param>
/// <param name="Hermes">Null: no Hermes; each asset has its one strategy.</param>
public sealed record StrategiesPlan(
    LegHolder Default, ImmutableSortedDictionary<Symbol, LegHolder> Own, HedgingPlan Hedging, BySymbol<CompressionSettings> Compression,
    BySymbol<ProtectorSettings> Protection, HermesPolicy? Hermes)
{
    /// <summary>Every asset is a band-limited hedge's, and nobody decides anything else.</summary>
    public bool IsHedgingAlone => Hermes is null && Default == LegHolder.BandLimitedHedging && Own.Values.All(h => h == LegHolder.BandLimitedHedging);

    /// <param name="assets">How many assets share the account; one or more.</param>
    public AssetPlan AssetOf(Symbol symbol, Instrument instrument, int assets)
    {
        var hedge = new HedgePlan(StrategyIds.Of(LegHolder.BandLimitedHedging, symbol), symbol, Hedging.PolicyFor(symbol, assets), instrument);
        var capital = new Money(hedge.Policy.Settings.Capital);
        return Hermes is { } hermes
            ? new AssetPlan(symbol, instrument, [.. hermes.Settings.Allowed.Order().Select(Strategy)], capital, hermes)
            : AssetPlan.Alone(Strategy(Own.GetValueOrDefault(symbol, Default)), capital);

        StrategyPlan Strategy(LegHolder holder) => holder switch
        {
            LegHolder.BandLimitedHedging => hedge,
            LegHolder.HedgeCompression => new CompressionPlan(StrategyIds.Of(holder, symbol), symbol, CompressionOf(symbol, hedge), instrument),
            LegHolder.ExposureProtector => new ProtectorPlan(StrategyIds.Of(holder, symbol), symbol, Good(errors => ProtectorPolicy.Create(Protection.Of(symbol), "dolphin.protection", errors)), instrument),
            _ => throw new System.Diagnostics.UnreachableException($"No strategy for {holder}."),
        };
    }

    // Capital and leverage are the asset's, whoever trades it.
    private CompressionPolicy CompressionOf(Symbol symbol, HedgePlan hedge)
    {
        var settings = Compression.Of(symbol) with { Capital = hedge.Policy.Settings.Capital, Leverage = hedge.Policy.Settings.Leverage };
        return Good(errors => CompressionPolicy.Create(settings, "dolphin.compression", errors));
    }

    private static T Good<T>(Func<List<string>, T?> create) where T : class
    {
        var errors = new List<string>();
        return create(errors) ?? throw new System.Diagnostics.UnreachableException($"A checked plan has no good policy: {string.Join(' ', errors)}");
    }
}

/// <summary>Settings of every symbol, and those of symbols with their own.</summary>
public sealed record BySymbol<T>(T Default, ImmutableSortedDictionary<Symbol, T> Own) where T : class
{
    public T Of(Symbol symbol) => Own.GetValueOrDefault(symbol, Default);
}
