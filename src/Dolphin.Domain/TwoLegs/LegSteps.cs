using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;

namespace Dolphin.Domain.TwoLegs;

/// <summary>What a venue takes of a change that a strategy wants of its legs.</summary>
public static class LegSteps
{
    // A reduction is not judged by its notional, so any price will do.
    private static readonly Price Any = Price.Of(1m);

    /// <summary>What one order can take off a leg on the way down to <paramref name="wanted"/>. Nothing but the venue's own steps holds it back. Growth is left
    /// whole, for the strategy to carry.</summary>
    public static TradableChange Down(Instrument instrument, PositionSide leg, Quantity held, Quantity wanted) =>
        wanted > held ? new TradableChange(leg, default, wanted - held) : Quantizer.Tradable(instrument, Any, leg, held, wanted);

    /// <summary>What one order can add to a leg on the way up to <paramref name="wanted"/>; what it cannot is the strategy's to carry.</summary>
    /// <param name="wanted">Where it is below <paramref name="held"/> nothing is traded.</param>
    /// <param name="bounds">Of the order.</param>
    /// <param name="feeRate">Fraction of notional, as the venue charges it now.</param>
    public static TradableChange Up(
        Instrument instrument, PositionSide leg, Quantity held, Quantity wanted, Price price, in QuoteBounds bounds, decimal feeRate)
    {
        var missing = wanted - held;
        var order = OrderSizer.Size(instrument, price, missing, most: missing, grows: true, bounds, feeRate).Quantity;
        return new TradableChange(leg, order, missing - order);
    }

    /// <summary>Neither leg is large enough for an order that closes it.</summary>
    public static bool NothingToClose(Instrument instrument, Legs legs) =>
        Down(instrument, PositionSide.Long, legs.Long, default).IsNothing && Down(instrument, PositionSide.Short, legs.Short, default).IsNothing;

    public static Quantity Smaller(Quantity a, Quantity b) => a < b ? a : b;
}
