using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>What a venue takes of a change that a strategy wants of its legs.</summary>
public static class LegSteps
{
    // A reduction is not judged by its notional, so any price will do.
    private static readonly Price Any = Price.Of(1m);

    /// <summary>The way from <paramref name="held"/> to <paramref name="wanted"/> that can be traded now.</summary>
    /// <param name="mayGrow">False where entries are not allowed: growth is then left whole, for the strategy to carry.</param>
    public static TradableChange Towards(Instrument instrument, PositionSide leg, Quantity held, Quantity wanted, bool mayGrow, Price price) =>
        wanted > held && !mayGrow
            ? new TradableChange(leg, default, wanted - held)
            : Quantizer.Tradable(instrument, price, leg, held, wanted);

    /// <summary>What one order can take off a leg on the way down to <paramref name="wanted"/>.</summary>
    public static TradableChange Down(Instrument instrument, PositionSide leg, Quantity held, Quantity wanted) =>
        Towards(instrument, leg, held, wanted, mayGrow: false, Any);

    /// <summary>Neither leg is large enough for an order that closes it.</summary>
    public static bool NothingToClose(Instrument instrument, Legs legs) =>
        Down(instrument, PositionSide.Long, legs.Long, default).IsNothing && Down(instrument, PositionSide.Short, legs.Short, default).IsNothing;

    public static Quantity Smaller(Quantity a, Quantity b) => a < b ? a : b;
}
