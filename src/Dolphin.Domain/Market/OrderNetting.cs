using System.Collections.Immutable;

namespace Dolphin.Domain.Market;

/// <summary>Quantities of both legs of one symbol, each zero or more.</summary>
public readonly record struct Legs(Quantity Long, Quantity Short)
{
    public Quantity this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Quantity Gross => Long + Short;
    public Quantity Net => Long - Short;
    public bool AreFlat => Long.Base == 0m && Short.Base == 0m;
}

/// <summary>One order that a leg needs; the quantity is above zero.</summary>
public readonly record struct LegOrder(PositionSide Leg, OrderSide Side, Quantity Quantity)
{
    public bool ReducesLeg => Side == Leg.Reducing();
}

/// <summary>Turns targets into orders: at most one a leg, so that nobody pays for buying and selling the same thing.</summary>
public static class OrderNetting
{
    /// <returns>Reductions first, because they free the margin that increases need; LONG before SHORT among equals.</returns>
    public static ImmutableArray<LegOrder> Plan(Instrument instrument, Legs current, Legs target, Price price)
    {
        var longOrder = Quantizer.Tradable(instrument, price, PositionSide.Long, current.Long, target.Long).Order;
        var shortOrder = Quantizer.Tradable(instrument, price, PositionSide.Short, current.Short, target.Short).Order;
        return (longOrder, shortOrder) switch
        {
            (null, null) => [],
            ({ } only, null) => [only],
            (null, { } only) => [only],
            ({ ReducesLeg: false } second, { ReducesLeg: true } first) => [first, second],
            ({ } first, { } second) => [first, second],
        };
    }
}
