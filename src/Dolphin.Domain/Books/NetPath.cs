using Dolphin.Domain.Market;

namespace Dolphin.Domain.Books;

/// <summary>
/// What the net position of two legs earned along the path of prices: the sum of (net before) x (price change) from fill to fill and to
/// the mark. Prices between fills need not be known: they telescope.
/// </summary>
/// <param name="Net">Base; long minus short.</param>
/// <param name="LastPrice">Quote per base; the price of the last fill, or null before the first.</param>
/// <param name="Earned">Quote; exact, up to the last fill.</param>
public readonly record struct NetPath(Quantity Net, Price? LastPrice, Money Earned)
{
    /// <summary>Moves the path to a fill's price with the old net position, then takes the fill into it.</summary>
    /// <param name="side">Buying raises the net position and selling lowers it, whichever leg the fill belongs to.</param>
    public NetPath Through(Price price, OrderSide side, Quantity quantity) =>
        new(side == OrderSide.Buy ? Net + quantity : Net - quantity, price, EarnedAt(price));

    /// <summary>Quote; what the net position earned from the first fill to <paramref name="mark"/>.</summary>
    public Money EarnedAt(Price mark) => LastPrice is { } last ? Earned + new Money(Net.Base * (mark.QuotePerBase - last.QuotePerBase)) : Earned;
}
