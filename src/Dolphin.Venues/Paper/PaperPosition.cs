using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.TwoLegs;

namespace Dolphin.Venues.Paper;

/// <summary>A leg that the account holds before the first bar: somebody opened it before there was a Dolphin.</summary>
/// <param name="Quantity">Base, above zero.</param>
/// <param name="Entry">Quote per base: what it was opened at, on average.</param>
public sealed record PaperPosition(Symbol Symbol, PositionSide Leg, Quantity Quantity, Price Entry)
{
    /// <summary>How the ids of the orders begin that opened such legs, before the trade id; reserved for the venue.</summary>
    public const string OrderPrefix = "before-";

    /// <summary>Why no book would have such a leg, as the end of a sentence; null if one would.</summary>
    public string? Objection()
    {
        if (Entry * Quantity is var notional && notional.Quote > Plausible.HighestNotional) return $"is worth {notional}; expected at most {Plausible.HighestNotional:0}";
        return PositionBook.Empty(Symbol, Leg).Apply(AsFill(1, DateTimeOffset.UnixEpoch)).Refusal is { } refusal ? $"cannot be booked: {refusal.Reason}" : null;
    }

    /// <summary>Why the venue would not trade such a quantity, or no book have it; null if all is well.</summary>
    public string? Objection(Instrument instrument) =>
        Quantity.Base % instrument.LotSize != 0m ? $"is {Quantity}; expected a multiple of the lot, {instrument.LotSize}"
        : Quantity < instrument.MinQuantity ? $"is {Quantity}; expected at least {instrument.MinQuantity}, the venue's smallest order"
        : Objection();

    /// <summary>The trade that stands for all that opened the leg: at its entry price, free of charge, because what it cost is in the entry or long paid.</summary>
    internal Fill AsFill(long tradeId, DateTimeOffset at) => new(
        new ClientOrderId(OrderPrefix + tradeId.ToString(System.Globalization.CultureInfo.InvariantCulture)), tradeId, Symbol, Leg, Leg.Increasing(), Entry, Quantity,
        Money.Zero, IsMaker: false, Quantity, at);
}
