using Dolphin.Actors.Market;
using Dolphin.Domain.Market;
using Dolphin.Venues;
using static Dolphin.Actors.Execution.ExecutionProtocol;

namespace Dolphin.Actors.Execution;

/// <summary>Legs that are worked through the book: many orders, and to their strategy one.</summary>
public sealed partial class ExecutionActor
{
    private readonly PlacementDesk _placements;

    private void OnBooks(MarketProtocol.BooksSeen seen)
    {
        _placements.Market.See(seen.Books, Now);
        foreach (var placement in _desk.Placements)
        {
            _placements.Follow(placement);
            Work(placement);
        }
    }

    private void Work(LegPlacement placement)
    {
        if (placement.EndReason is not null) return;
        var rules = RulesOf(placement.Symbol);
        var step = _placements.Look(placement, _risk.Read(Now), rules is not null && (rules.BarsExits || !placement.ReducesLeg), _tenure.Epoch, Now);
        if (rules is not null && step.Orders.Any(o => rules.Objection(o.Order, o.DecisionPrice) is not null))
            step = _placements.Look(placement, _risk.Read(Now), isBarred: true, _tenure.Epoch, Now); // It is counted in steps that the venue does not have any more.
        foreach (var order in step.Withdrawn) Cancel(_desk.Note(order with { Withdrawn = true }));
        if (step.IsOver) EndPlacement(placement);
        PersistAll(step.Orders, stored =>
        {
            Apply(stored);
            Send(stored.Order);
        });
    }

    private void TakePart(Fill fill, OpenOrder part)
    {
        if (fill.IsMaker) _placements.Market.Rested(fill, Now);
        if (_desk.PlacementOf(part.StrategyId, part.Sequence, part.Order.Leg) is { EndReason: null } placement && _desk.FilledOf(placement) >= placement.Quantity) EndPlacement(placement);
    }

    private void EndPlacement(LegPlacement placement)
    {
        var left = placement.Quantity - _desk.FilledOf(placement);
        TellEnd(_desk.Note(placement with { EndReason = left.Base == 0m ? Reasons.Of(OrderState.Filled) : $"worked by {placement.Orders} orders, {left} left" }));
    }

    private void TellEnd(LegPlacement placement)
    {
        if (placement.EndReason is not { } reason || _desk.PartsOf(placement).Any(part => _unstored.IsHeldBack(part.Order))) return; // Care comes back to it.
        _peers.Assets[placement.Symbol].Tell(new LegDone(placement.StrategyId, placement.Sequence, placement.Leg, _desk.FilledOf(placement), reason));
    }

    private void OnPlacementStored(LegPlacement placement)
    {
        var parts = _desk.PartsOf(placement).ToList();
        foreach (var part in parts) _unstored.StoredByStrategy(part.Order);
        Persist<ExecutionEvent>(
            new ExecutionEvent.PlacementEnded(placement.StrategyId, placement.Sequence, placement.Leg, _desk.FilledOf(placement), placement.EndReason!, Now), Apply);
        foreach (var part in parts) FinishIfSettled(part);
    }
}
