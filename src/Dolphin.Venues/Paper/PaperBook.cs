using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>Everything the exchange holds about one symbol.</summary>
internal sealed class PaperBook(Instrument instrument)
{
    public Instrument Instrument { get; } = instrument;
    public Symbol Symbol => Instrument.Symbol;
    public PaperLeg Long { get; } = new(PositionSide.Long);
    public PaperLeg Short { get; } = new(PositionSide.Short);
    public List<RestingOrder> Orders { get; } = []; // In order of acceptance.
    public Bar Bar;
    public bool HasPrice;
    public decimal Consumed;
    /// <summary>The symbol has come to its end: no order is taken. Whoever shows the market says it again in each life.</summary>
    public bool IsSettled;
    /// <summary>When the first of <see cref="Orders"/> has work in the current bar, and which; <see cref="long.MaxValue"/> if none.</summary>
    public long CrossesMs = long.MaxValue;
    public RestingOrder? Crossing;
    /// <summary>Of both legs at the worst price of the bar, when it was asked for last; false: the book has traded since.</summary>
    public LegValues Floor;
    public bool IsInFloor;

    public PaperLeg Leg(PositionSide side) => side == PositionSide.Long ? Long : Short;
    public bool IsHeld => Long.IsHeld || Short.IsHeld;
}

/// <summary>An order that is open at the venue.</summary>
internal sealed class RestingOrder(NewOrder order, long number)
{
    public NewOrder Order { get; } = order;
    public long Number { get; } = number;
    public List<Fill> Fills { get; } = [];
    public decimal Cumulative => Fills.Count == 0 ? 0m : Fills[^1].Cumulative.Base;
    public decimal Remaining => Order.Quantity.Base - Cumulative;
    public bool IsImmediate => Order.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill;
    public PaperOrder Capture(OrderState state) => new(Order, Number, state, [.. Fills]);
}
