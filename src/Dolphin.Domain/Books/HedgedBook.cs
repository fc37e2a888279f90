using Dolphin.Domain.Market;

namespace Dolphin.Domain.Books;

/// <summary>
/// Both legs of one symbol, and the same fills seen as one net position. Two legs are one net position plus a cost: the profits of the
/// legs cancel each other wherever they overlap, and what holding both really added is fees and funding on each side.
/// </summary>
public sealed record HedgedBook(PositionBook Long, PositionBook Short, NetPath Path)
{
    public Symbol Symbol => Long.Symbol;
    public PositionBook this[PositionSide leg] => leg == PositionSide.Long ? Long : Short;
    public Legs Legs => new(Long.Quantity, Short.Quantity);
    public Money Fees => Long.Fees + Short.Fees;
    public Money Funding => Long.Funding + Short.Funding;
    public Money Realised => Long.Realised + Short.Realised;
    public long FillCount => Long.FillCount + Short.FillCount;
    /// <summary>Fills that no order of ours brought.</summary>
    public long ExternalFills => Long.ExternalFills + Short.ExternalFills;

    public static HedgedBook Empty(Symbol symbol) =>
        new(PositionBook.Empty(symbol, PositionSide.Long), PositionBook.Empty(symbol, PositionSide.Short), default);

    /// <param name="isExternal">No order of ours brought it.</param>
    public Booking<HedgedBook> Apply(Fill fill, bool isExternal = false)
    {
        var booking = this[fill.Leg].Apply(fill, isExternal);
        return booking.Changed
            ? new Booking<HedgedBook>(With(booking.Book) with { Path = Path.Through(fill.Price, fill.Side, fill.Quantity) }, booking.Outcome, null)
            : new Booking<HedgedBook>(this, booking.Outcome, booking.Refusal);
    }

    public Booking<HedgedBook> Apply(FundingPayment payment)
    {
        var booking = this[payment.Leg].Apply(payment);
        return new Booking<HedgedBook>(booking.Changed ? With(booking.Book) : this, booking.Outcome, booking.Refusal);
    }

    public Money UnrealisedAt(Price mark) => Long.UnrealisedAt(mark) + Short.UnrealisedAt(mark);

    /// <summary>Quote; what both legs together changed equity by, as an account sees it.</summary>
    public Money EquityChangeAt(Price mark) => Long.EquityChangeAt(mark) + Short.EquityChangeAt(mark);

    /// <summary>Quote; what the net position alone earned, before any cost.</summary>
    public Money NetPathAt(Price mark) => Path.EarnedAt(mark);

    /// <summary>Quote, above zero is paid: fees and funding of both legs.</summary>
    public Money CostOfTwoLegs => Fees - Funding;

    /// <summary>
    /// Quote; equity change minus (net path - fees + funding). Zero exactly, at every mark; anything else means that a fill was booked
    /// differently in the two views.
    /// </summary>
    public Money IdentityGapAt(Price mark) => EquityChangeAt(mark) - (NetPathAt(mark) - Fees + Funding);

    private HedgedBook With(PositionBook book) => book.Leg == PositionSide.Long ? this with { Long = book } : this with { Short = book };
}
