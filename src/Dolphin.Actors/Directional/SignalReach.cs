using System.Collections.Immutable;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Directional;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Directional;

/// <summary>Which signals an operator can give under one plan. What cannot be is answered at once, and never stored.</summary>
public sealed class SignalReach(IEnumerable<AssetPlan> assets)
{
    private readonly ImmutableSortedDictionary<Symbol, AssetPlan> _assets = assets.ToImmutableSortedDictionary(a => a.Symbol, a => a);

    /// <returns>Null if it can be given.</returns>
    public ControlAnswer? Objection(SignalWord word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (!_assets.TryGetValue(word.Symbol, out var asset)) return new ControlAnswer.NoSuchSymbol([.. _assets.Keys.Select(s => s.Name)]);
        if (!asset.Strategies.Any(s => s.Holder == LegHolder.Directional))
        {
            return new ControlAnswer.Refused(new Refusal("directional.not-in-plan",
                $"{word.Symbol}: expected an asset that is traded on signals; {asset.Strategies[0].StrategyId} trades it. dolphin.strategies of the plan says who does. Nothing changed."));
        }

        return DirectionalDecider.Objection(word.ToSignal(DateTimeOffset.UnixEpoch)) is { } malformed ? new ControlAnswer.Refused(malformed) : null;
    }
}
