namespace Dolphin.Domain.Market;

/// <summary>A client order id: deterministic, 1 to 36 of the venue's allowed characters (<c>[.A-Z:/a-z0-9_-]</c>).</summary>
public readonly record struct ClientOrderId(string Value) : IComparable<ClientOrderId>
{
    public int CompareTo(ClientOrderId other) => string.CompareOrdinal(Value, other.Value);
    public override string ToString() => Value;
}

public enum OrderType { Market, Limit }

/// <summary>How long a LIMIT order lives. <c>PostOnly</c> is Binance's GTX: refused (-5022) rather than taking liquidity.</summary>
public enum TimeInForce { GoodTillCancel, ImmediateOrCancel, FillOrKill, PostOnly }

/// <summary>What is sent to a venue. Hedge mode: side and leg together say whether it opens or closes.</summary>
/// <param name="LimitPrice">Present exactly for LIMIT orders.</param>
public sealed record NewOrder(
    ClientOrderId Id, Symbol Symbol, PositionSide Leg, OrderSide Side, OrderType Type, TimeInForce TimeInForce,
    Quantity Quantity, Price? LimitPrice)
{
    /// <summary>In hedge mode an order that reduces its leg is reduce-only by nature: it can never open the other one.</summary>
    public bool ReducesLeg => Side == Leg.Reducing();
}

/// <summary>One execution. (Order, TradeId) is its identity: a second copy must change nothing.</summary>
/// <param name="Fee">Quote; above zero is paid, below zero is a rebate.</param>
/// <param name="Cumulative">Filled quantity of the order up to and with this fill; never falls.</param>
public sealed record Fill(
    ClientOrderId Order, long TradeId, Symbol Symbol, PositionSide Leg, OrderSide Side, Price Price, Quantity Quantity,
    Money Fee, bool IsMaker, Quantity Cumulative, DateTimeOffset At);
