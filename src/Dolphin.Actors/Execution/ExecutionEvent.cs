using System.Text.Json.Serialization;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>Stored for ever: add cases and optional fields; never rename, retype or reuse one.</summary>
public abstract record ExecutionEvent
{
    private ExecutionEvent() { }

    /// <summary>Durable before the order leaves: whoever reads this may find the order at the venue, or not.</summary>
    /// <param name="DecisionPrice">The price the strategy saw; the slippage of what was taken is measured from it.</param>
    /// <param name="Epoch">Of the tenure that intends it; a journal that knows of a later tenure refuses it. 0 in what versions without it stored.</param>
    /// <param name="Part">1, 2, 3, ... of an order of a leg that is worked by several; 0 of one that is alone.</param>
    public sealed record Intended(
        string StrategyId, long Sequence, NewOrder Order, Price DecisionPrice, DateTimeOffset At,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Epoch = 0,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Part = 0) : ExecutionEvent;

    /// <summary>A leg of a decision is worked from now on, by as many orders as it takes. Stored before the first of them.</summary>
    /// <param name="Quantity">Above zero.</param>
    public sealed record PlacementBegan(
        string StrategyId, long Sequence, Symbol Symbol, PositionSide Leg, OrderSide Side, Quantity Quantity, Price DecisionPrice, DateTimeOffset At) : ExecutionEvent;

    /// <summary>Nothing more will come for the leg, and its strategy has stored all that did.</summary>
    public sealed record PlacementEnded(string StrategyId, long Sequence, PositionSide Leg, Quantity Cumulative, string Reason, DateTimeOffset At) : ExecutionEvent;

    /// <summary>The order is over, and its strategy and its book have stored all of it.</summary>
    public sealed record Finished(ClientOrderId Id, OrderState State, Quantity Cumulative, string Reason, DateTimeOffset At) : ExecutionEvent;

    /// <summary>A fill has shown that the venue takes something else than was known.</summary>
    /// <param name="Maker">Fraction of notional, as now known; below zero is a rebate.</param>
    /// <param name="Taker">Fraction of notional, as now known.</param>
    public sealed record FeesCharged(decimal Maker, decimal Taker, DateTimeOffset At) : ExecutionEvent;
}
