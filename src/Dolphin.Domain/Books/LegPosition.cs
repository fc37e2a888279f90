using Dolphin.Domain.Market;

namespace Dolphin.Domain.Books;

/// <summary>
/// The open quantity of one leg and exactly what it cost. The average price is derived, for display only: a stored average would have
/// to be rounded, and every later sum would inherit the error.
/// </summary>
/// <param name="Quantity">Base; zero or more.</param>
/// <param name="Cost">Quote; what opening <paramref name="Quantity"/> moved. Exactly zero when flat.</param>
public readonly record struct LegPosition(Quantity Quantity, Money Cost)
{
    /// <summary>Quote; decimals of the cost that a partial reduction releases. What rounding leaves stays in the remaining cost.</summary>
    public const int ReleaseDecimals = 8;

    /// <summary>Cost per unit, or null when flat. For people; never calculate with it.</summary>
    public Price? AveragePrice => Quantity.Base > 0m && Cost.Quote > 0m ? Price.Of(Cost.Quote / Quantity.Base) : null;

    /// <summary>What closing everything at <paramref name="price"/> would realise, before fees.</summary>
    public Money ProfitAt(PositionSide leg, Price price) => new(leg.Sign() * (Quantity.Base * price.QuotePerBase - Cost.Quote));

    public LegPosition Increase(Price price, Quantity quantity) => new(Quantity + quantity, Cost + price * quantity);

    /// <summary>Closes a part; a part larger than what is held closes what is held.</summary>
    /// <param name="realised">Quote; proceeds minus released cost, with the sign of the leg.</param>
    public LegPosition Reduce(PositionSide leg, Price price, Quantity quantity, out Money realised)
    {
        var part = quantity < Quantity ? quantity : Quantity;
        // Rounding towards zero keeps the remaining cost at or above zero; the full close releases all of it, to the last digit.
        var released = part == Quantity
            ? Cost.Quote
            : decimal.Round(Cost.Quote * (part.Base / Quantity.Base), ReleaseDecimals, MidpointRounding.ToZero);
        realised = new Money(leg.Sign() * (part.Base * price.QuotePerBase - released));
        return new LegPosition(Quantity - part, new Money(Cost.Quote - released));
    }
}
