using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>How far the order of one leg has come.</summary>
/// <param name="Ordered">Signed base: above zero makes the leg larger; zero if this leg has no order.</param>
/// <param name="Filled">Base, zero or more, in the direction of the order.</param>
/// <param name="Final">Base: all the order ever filled, once that is known.</param>
public readonly record struct PendingLeg(Quantity Ordered, Quantity Filled, Quantity? Final)
{
    public bool IsSettled => Filled >= Ordered.Abs() || (Final is { } final && Filled >= final);
    /// <summary>Signed base that was ordered and not filled.</summary>
    public Quantity Unfilled => Ordered.Base >= 0m ? Ordered - Filled : Ordered + Filled;
}

/// <summary>The decision whose orders are not final yet. While there is one, nothing new is decided.</summary>
/// <typeparam name="TKind">What a decision of the strategy can be for. Its names are stored.</typeparam>
public sealed record PendingDecision<TKind>(LegTargets Targets, TKind Kind, PendingLeg Long, PendingLeg Short)
    where TKind : struct, Enum
{
    public long Sequence => Targets.Sequence;
    public PendingLeg this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public bool IsSettled => Long.IsSettled && Short.IsSettled;
    /// <summary>Nothing of what was asked for was filled.</summary>
    public bool GotNothing => Long.Filled.Base == 0m && Short.Filled.Base == 0m;
    /// <summary>All that was asked for was filled.</summary>
    public bool GotAll => Long.Unfilled.Base == 0m && Short.Unfilled.Base == 0m;
}
