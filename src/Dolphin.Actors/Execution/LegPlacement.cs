using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Actors.Execution;

/// <summary>A leg of a decision that is worked through the book: several orders, of which those that could fill never add up to more than what is left, and one end.</summary>
/// <param name="Quantity">What the decision asks for.</param>
/// <param name="Filled">What those of its orders have filled that are over and forgotten.</param>
/// <param name="Orders">How many were ever sent: the newest part.</param>
/// <param name="HasTaken">One of them took.</param>
/// <param name="EndReason">Why nothing more will come; null while it goes on. Found out again after a crash.</param>
public sealed record LegPlacement(
    string StrategyId, long Sequence, Symbol Symbol, PositionSide Leg, OrderSide Side, Quantity Quantity, Price DecisionPrice, DateTimeOffset At,
    Quantity Filled, int Orders, bool HasTaken, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? EndReason = null)
{
    public bool ReducesLeg => Side == Leg.Reducing();
}
