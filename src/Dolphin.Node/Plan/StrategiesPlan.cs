using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dolphin.Actors.Compression;
using Dolphin.Actors.Directional;
using Dolphin.Actors.Hedging;
using Dolphin.Actors.Protection;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Protection;
using Dolphin.Domain.Sizing;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Plan;

/// <summary>Who may trade each asset, and by which numbers.</summary>
/// <param name="Default">Who has an asset's legs where nothing else is said.</param>
/// <param name="Own">Symbols of which something else is said.</param>
/// <param name="Regime">How a market's regime is read, by Hermes or by a compression that has its asset to itself.</param>
/// <param name="Hermes">Null: no Hermes; each asset has its one strategy. An asset that is traded on signals is not Hermes' to give away either way.</param>
public sealed record StrategiesPlan(
    LegHolder Default, ImmutableSortedDictionary<Symbol, LegHolder> Own, HedgingPlan Hedging, BySymbol<CompressionSettings> Compression,
    BySymbol<ProtectorSettings> Protection, HermesPolicy? Hermes, RegimePolicy Regime, DirectionalSection Directional)
{
    // By the very settings they were made of, not by equal ones: 0.50 and 0.5 are equal, but they are written differently.
    private readonly ConditionalWeakTable<ProtectorSettings, ProtectorPolicy> _protections = [];
    private readonly ConditionalWeakTable<HedgePolicy, ConditionalWeakTable<CompressionSettings, CompressionPolicy>> _compressions = [];

    /// <summary>Every asset is a band-limited hedge's, and nobody decides anything else.</summary>
    public bool IsHedgingAlone => Hermes is null && Default == LegHolder.BandLimitedHedging && Own.Values.All(h => h == LegHolder.BandLimitedHedging);

    /// <summary>Some asset is traded on signals.</summary>
    public bool HasDirectional => Default == LegHolder.Directional || Own.Values.Any(h => h == LegHolder.Directional);

    /// <summary>Whose legs a symbol's are where Hermes does not decide it.</summary>
    public LegHolder HolderOf(Symbol symbol) => Own.GetValueOrDefault(symbol, Default);

    /// <summary>Who decides whose legs a symbol's are; null: the plan.</summary>
    private HermesPolicy? HermesOf(Symbol symbol) => HolderOf(symbol) == LegHolder.Directional ? null : Hermes;

    /// <summary>Assets of the same settings share their policies.</summary>
    /// <param name="assets">How many assets share the account; one or more.</param>
    public AssetPlan AssetOf(Symbol symbol, Instrument instrument, int assets)
    {
        var hedge = new HedgePlan(StrategyIds.Of(LegHolder.BandLimitedHedging, symbol), symbol, Hedging.PolicyFor(symbol, assets), instrument);
        var sizing = hedge.Policy.Settings;
        var capital = new Money(sizing.Capital);
        return HermesOf(symbol) is { } hermes
            ? new AssetPlan(symbol, instrument, [.. hermes.Settings.Allowed.Order().Select(Strategy)], capital, hermes, capital * (sizing.Fraction * sizing.Leverage))
            : AssetPlan.Alone(Strategy(HolderOf(symbol)), capital);

        StrategyPlan Strategy(LegHolder holder) => holder switch
        {
            LegHolder.BandLimitedHedging => hedge,
            LegHolder.HedgeCompression => new CompressionPlan(StrategyIds.Of(holder, symbol), symbol, CompressionOf(symbol, hedge), instrument, HermesOf(symbol) is null ? Regime : null),
            LegHolder.ExposureProtector => new ProtectorPlan(StrategyIds.Of(holder, symbol), symbol, ProtectionOf(symbol), instrument),
            LegHolder.Directional => new DirectionalPlan(
                StrategyIds.Of(holder, symbol), symbol, Directional.Policy, instrument, BetOf(hedge, instrument), Directional.Signals.GetValueOrDefault(symbol, [])),
            _ => throw new System.Diagnostics.UnreachableException($"No strategy for {holder}."),
        };
    }

    /// <summary>Strategies that are named for an asset which is Hermes' to give: a sentence that begins with the path of the key, for each.</summary>
    public IEnumerable<string> Ignored()
    {
        if (Hermes is null || Default == LegHolder.Directional) yield break; // There to name another is to give the asset to Hermes.
        if (Default != LegHolder.BandLimitedHedging) yield return Sentence("dolphin.strategies", Default);
        foreach (var (symbol, holder) in Own)
            if (holder != LegHolder.Directional && holder != Default) yield return Sentence($"dolphin.strategies.symbols.{symbol}", holder);

        static string Sentence(string path, LegHolder holder) =>
            $"{path}.strategy is {holder.Name()}, and counts for nothing: dolphin.hermes.enabled is true, so Hermes decides who has the legs; only directional is kept from it.";
    }

    /// <summary>Why a protector could never reach its target with what its asset begins with: a sentence that begins with the path of the key, for each such asset.</summary>
    /// <param name="instrument">Null where it is not known what the venue allows.</param>
    public IEnumerable<string> OutOfReach(ImmutableArray<PaperPosition> positions, Func<Symbol, Instrument?> instrument)
    {
        foreach (var legs in positions.GroupBy(p => p.Symbol))
        {
            if (HermesOf(legs.Key) is not null || HolderOf(legs.Key) != LegHolder.ExposureProtector || instrument(legs.Key) is not { } known) continue;
            var held = new Legs(Sum(legs, PositionSide.Long), Sum(legs, PositionSide.Short));
            if (ProtectionOf(legs.Key).Check(known, held) is { Code: "protector.target-out-of-reach" } refusal)
                yield return $"dolphin.protection{(Protection.Own.ContainsKey(legs.Key) ? $".symbols.{legs.Key}" : "")}.rebalance-target-ratio: {refusal.Reason}";
        }
    }

    private static Quantity Sum(IEnumerable<PaperPosition> legs, PositionSide side) => new(legs.Where(l => l.Leg == side).Sum(l => l.Quantity.Base));

    private static BetRequest BetOf(HedgePlan hedge, Instrument instrument)
    {
        var sizing = hedge.Policy.Settings;
        return new BetRequest(new Money(sizing.Capital), sizing.Fraction, sizing.Leverage, EnvelopeCap: null, instrument.Brackets, Money.Zero);
    }

    private ProtectorPolicy ProtectionOf(Symbol symbol) => _protections.GetValue(Protection.Of(symbol), static settings =>
        Good(errors => ProtectorPolicy.Create(settings, "dolphin.protection", errors)));

    // Capital and leverage are the asset's, whoever trades it.
    private CompressionPolicy CompressionOf(Symbol symbol, HedgePlan hedge) =>
        _compressions.GetValue(hedge.Policy, static _ => []).GetValue(Compression.Of(symbol), settings => Good(errors => CompressionPolicy.Create(
            settings with { Capital = hedge.Policy.Settings.Capital, Leverage = hedge.Policy.Settings.Leverage }, "dolphin.compression", errors)));

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
