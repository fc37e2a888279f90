using System.Globalization;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>What passes from one strategy to the next without a trade: both legs with what they cost, and the newest trade of each.</summary>
/// <param name="LongTradeId">The newest trade id the giver has taken of the long leg; 0 if none. What is not newer must not be taken again.</param>
public sealed record HandOver(LegPosition Long, LegPosition Short, long LongTradeId, long ShortTradeId)
{
    public LegPosition this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    public long LastTradeIdOf(PositionSide leg) => leg == PositionSide.Long ? LongTradeId : ShortTradeId;

    /// <summary>Says why no strategy may take this over, or null if one may.</summary>
    /// <param name="area">The strategy's area in refusal codes, such as <c>hedge</c>.</param>
    public Refusal? Check(string area, Instrument instrument) => Check(area, instrument, PositionSide.Long) ?? Check(area, instrument, PositionSide.Short);

    private Refusal? Check(string area, Instrument instrument, PositionSide leg)
    {
        var (quantity, cost) = (this[leg].Quantity.Base, this[leg].Cost.Quote);
        // Products and not the average: a division may overflow where the legs are absurd.
        var good = LastTradeIdOf(leg) >= 0 && (quantity == 0m
            ? cost == 0m
            : quantity is > 0m and <= Plausible.HighestQuantity && cost <= Plausible.HighestNotional
                && cost >= Plausible.LowestPrice * quantity && cost <= Plausible.HighestPrice * quantity);
        return good ? null : new Refusal($"{area}.absurd-legs", string.Create(CultureInfo.InvariantCulture,
            $"{instrument.Symbol.Name} {leg}: {quantity} for {cost}, newest trade {LastTradeIdOf(leg)}, is no position that any market gives. Not taken over; nothing changed."));
    }
}
