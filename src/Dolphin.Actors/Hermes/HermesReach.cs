using System.Collections.Immutable;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Hermes;

/// <summary>What an operator can say to Hermes under one plan. What cannot be is answered at once, and never stored.</summary>
public sealed class HermesReach(IEnumerable<AssetPlan> assets)
{
    private readonly ImmutableSortedDictionary<Symbol, AssetPlan> _assets = assets.ToImmutableSortedDictionary(a => a.Symbol, a => a);

    /// <returns>Null if it can be said.</returns>
    public ControlAnswer? Objection(OperatorWord word)
    {
        if (!_assets.TryGetValue(word.Symbol, out var asset)) return new ControlAnswer.NoSuchSymbol([.. _assets.Keys.Select(s => s.Name)]);
        if (asset.Hermes is null)
        {
            return new ControlAnswer.Refused(new Refusal("hermes.not-enabled",
                $"{word.Symbol}: expected an asset on which Hermes decides; {asset.Strategies[0].StrategyId} has it for itself. dolphin.hermes.enabled = true in the plan switches Hermes on. Nothing changed."));
        }

        return word.Holder is not { } holder || asset.Hermes.Allows(holder)
            ? null
            : new ControlAnswer.Refused(new Refusal("hermes.not-in-plan",
                $"{word.Symbol}: expected one of {string.Join(", ", asset.Strategies.Select(s => s.Holder.Name()))} or nobody, which are what the plan has there; found {holder.Name()}. Nothing changed."));
    }
}
