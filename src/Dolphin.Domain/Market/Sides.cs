namespace Dolphin.Domain.Market;

/// <summary>Which leg of a hedge-mode position. Both can be held at once.</summary>
public enum PositionSide { Long, Short }

public enum OrderSide { Buy, Sell }

public static class Sides
{
    /// <summary>The order side that makes the leg larger: buying for LONG, selling for SHORT.</summary>
    public static OrderSide Increasing(this PositionSide leg) => leg == PositionSide.Long ? OrderSide.Buy : OrderSide.Sell;
    public static OrderSide Reducing(this PositionSide leg) => leg == PositionSide.Long ? OrderSide.Sell : OrderSide.Buy;
    public static PositionSide Opposite(this PositionSide leg) => leg == PositionSide.Long ? PositionSide.Short : PositionSide.Long;
    /// <summary>+1 for LONG, -1 for SHORT: the sign of the leg in the net position.</summary>
    public static int Sign(this PositionSide leg) => leg == PositionSide.Long ? 1 : -1;
}
