using Dolphin.Actors.Node;
using Dolphin.Actors.Strategies;
using Dolphin.Domain.Hermes;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;
using Legs = Dolphin.Domain.Market.Legs;

namespace Dolphin.Actors.Market;

/// <summary>Says that nobody closes an asset's legs before the venue settles them, once for each end that is announced. Who holds legs closes them; what nobody holds stays.</summary>
internal sealed class UnheldNews
{
    private readonly AssetPlan _plan;
    private readonly RunBoard _board;
    private readonly Func<Symbol, ChangedRules?> _rules;
    private DateTimeOffset? _said;

    private UnheldNews(AssetPlan plan, RunBoard board, Func<Symbol, ChangedRules?> rules) => (_plan, _board, _rules) = (plan, board, rules);

    /// <returns>Null where nobody knows of changed rules.</returns>
    public static UnheldNews? Of(AssetPlan plan, StrategyContext shared) => shared.ChangedRules is { } rules ? new UnheldNews(plan, shared.Board, rules) : null;

    /// <summary>When the venue settles the symbol, from when on its legs are to be closed; null at other times, and once it has been told.</summary>
    public DateTimeOffset? Delivery(DateTimeOffset now) =>
        _rules(_plan.Symbol) is { Delivery: { } delivery } rules && rules.IsToClose(now) && delivery != _said ? delivery : null;

    public void Tell(Legs legs, DateTimeOffset delivery, DateTimeOffset now)
    {
        _said = delivery;
        var heir = _plan.Strategies.Any(s => s.Holder == LegHolder.BandLimitedHedging) ? LegHolder.BandLimitedHedging : _plan.Strategies[0].Holder;
        _board.Tell(new NotableEvent(now, NotableKind.Warning, _plan.Symbol.Name,
            $"nobody holds {_plan.Symbol}'s legs (long {legs.Long}, short {legs.Short}), so nobody closes them, and the venue settles them at {delivery:u}. To let Hermes decide again: dolphin hermes lift {_plan.Symbol}. "
            + $"To have them closed with the next bars, after that if an override holds: dolphin hermes override {_plan.Symbol} {heir.ShortName()}."));
    }
}
