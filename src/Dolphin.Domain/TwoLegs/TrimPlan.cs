using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>How far two legs go down for a wish: in whole orders of the venue, and never so that the legs are further apart than they may be.</summary>
/// <param name="Long">What is traded of the long leg; zero or below.</param>
/// <param name="Short">What is traded of the short leg; zero or below.</param>
/// <param name="TooSmall">Base by which each leg stays above the wish because the venue takes no such order. It is said and not carried: whoever asked
/// looks again, and asks again.</param>
/// <param name="HeldBack">Base by which each leg stays above the wish because less of it would leave the other one without a counterpart.</param>
public readonly record struct TrimPlan(TradableChange Long, TradableChange Short, Legs TooSmall, Legs HeldBack)
{
    public bool AsksForNothing => Long.IsNothing && Short.IsNothing;

    /// <summary>The way from <paramref name="held"/> to at most <paramref name="atMost"/>.</summary>
    /// <param name="slack">Base, zero or more: legs may be so far apart afterwards, or as far as they are now, whichever is more.</param>
    public static TrimPlan Of(Instrument instrument, Legs held, Legs atMost, Quantity slack)
    {
        var apart = held.Net.Abs() > slack ? held.Net.Abs() : slack;
        var wished = new Legs(Lower(held.Long, atMost.Long), Lower(held.Short, atMost.Short));
        var longChange = LegSteps.Down(instrument, PositionSide.Long, held.Long, wished.Long);
        var shortChange = LegSteps.Down(instrument, PositionSide.Short, held.Short, wished.Short);
        var net = held.Net + longChange.Change - shortChange.Change;
        // The leg that would become too small is taken less far. A lot less is enough, so that the other one never becomes the smaller of the two.
        var longHeldBack = net < -apart;
        var shortHeldBack = net > apart;
        if (longHeldBack) longChange = LegSteps.Down(instrument, PositionSide.Long, held.Long, held.Short + shortChange.Change - apart);
        if (shortHeldBack) shortChange = LegSteps.Down(instrument, PositionSide.Short, held.Short, held.Long + longChange.Change - apart);
        var left = new Legs(held.Long + longChange.Change - wished.Long, held.Short + shortChange.Change - wished.Short);
        return new TrimPlan(longChange, shortChange,
            new Legs(longHeldBack ? default : left.Long, shortHeldBack ? default : left.Short),
            new Legs(longHeldBack ? left.Long : default, shortHeldBack ? left.Short : default));
    }

    private static Quantity Lower(Quantity held, Quantity atMost) => atMost.Base <= 0m ? Quantity.Zero : LegSteps.Smaller(held, atMost);
}
