using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Books;

/// <summary>One funding payment to or from one leg.</summary>
/// <param name="Amount">Quote; above zero is received, below zero is paid.</param>
public readonly record struct FundingPayment(Symbol Symbol, PositionSide Leg, Money Amount, DateTimeOffset At);

public enum BookingOutcome
{
    /// <summary>The book changed.</summary>
    Applied,
    /// <summary>Already in the book; nothing changed.</summary>
    Duplicate,
    /// <summary>Not bookable; nothing changed and <see cref="Booking{TBook}.Refusal"/> says why.</summary>
    Refused,
}

/// <summary>What booking something did. <paramref name="Book"/> is the book to go on with, in every case.</summary>
public readonly record struct Booking<TBook>(TBook Book, BookingOutcome Outcome, Refusal? Refusal)
{
    public bool Changed => Outcome == BookingOutcome.Applied;
}

/// <summary>
/// All that happened to one leg of one symbol: the sum of its fills, and of its funding. Exact base 10: at any mark,
/// realised + unrealised equals the signed cash flows of the fills + the value of what is held.
/// </summary>
/// <param name="Position">What is open now and what it cost.</param>
/// <param name="Realised">Quote; before fees and funding.</param>
/// <param name="Fees">Quote; above zero is paid.</param>
/// <param name="Funding">Quote; above zero is received.</param>
/// <param name="LastTradeId">The newest trade id in the book; trade ids of a leg rise. Zero if none.</param>
/// <param name="LastFundingAt">The newest funding time in the book, or null.</param>
/// <param name="FillCount">Fills applied.</param>
/// <param name="Checksum">Rolls over every fill in order: equal checksums mean equal fills. Zero for no fill.</param>
/// <param name="ExternalFills">Of the fills those that no order of ours brought: a person's beside us, or the venue's own.</param>
public sealed record PositionBook(
    Symbol Symbol, PositionSide Leg, LegPosition Position, Money Realised, Money Fees, Money Funding,
    long LastTradeId, DateTimeOffset? LastFundingAt, long FillCount, ulong Checksum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long ExternalFills = 0)
{
    public Quantity Quantity => Position.Quantity;
    public Money Cost => Position.Cost;

    public static PositionBook Empty(Symbol symbol, PositionSide leg) =>
        new(symbol, leg, default, Money.Zero, Money.Zero, Money.Zero, LastTradeId: 0, LastFundingAt: null, FillCount: 0, Checksum: 0);

    /// <summary>Quote; zero when flat, whatever the mark.</summary>
    public Money UnrealisedAt(Price mark) => Position.ProfitAt(Leg, mark);

    /// <summary>Quote; all this leg has earned and cost since it was empty.</summary>
    public Money EquityChangeAt(Price mark) => Realised + UnrealisedAt(mark) - Fees + Funding;

    /// <summary>Books a fill. A second copy changes nothing; one that cannot be true is refused and changes nothing.</summary>
    /// <param name="isExternal">No order of ours brought it. It is booked like any other, and counted.</param>
    public Booking<PositionBook> Apply(Fill fill, bool isExternal = false)
    {
        if (fill.Symbol != Symbol || fill.Leg != Leg)
            return Refuse("book.wrong-leg", $"Fill {fill.TradeId} of {fill.Order} is for {fill.Symbol.Name} {fill.Leg}; this is the book of {Symbol.Name} {Leg}. Not booked.");
        if (fill.TradeId <= LastTradeId) return new Booking<PositionBook>(this, BookingOutcome.Duplicate, null);
        if (fill.Quantity.Base <= 0m || fill.Price.QuotePerBase <= 0m)
            return Refuse("book.not-positive", $"Fill {fill.TradeId} of {fill.Order}: expected price and quantity above 0, got {fill.Price} and {fill.Quantity}. Not booked.");
        if (!Exact.Product(fill.Price.QuotePerBase, fill.Quantity.Base))
            return Refuse("book.not-exact", $"Fill {fill.TradeId} of {fill.Order}: {fill.Price} x {fill.Quantity} has more digits than a decimal holds. Not booked.");
        var increases = fill.Side == Leg.Increasing();
        if (!increases && fill.Quantity > Quantity)
            return Refuse("book.exceeds-leg", $"Fill {fill.TradeId} of {fill.Order} reduces {Symbol.Name} {Leg} by {fill.Quantity}; the book holds {Quantity}, so a fill is missing. Not booked.");
        var realised = Money.Zero;
        var position = increases ? Position.Increase(fill.Price, fill.Quantity) : Position.Reduce(Leg, fill.Price, fill.Quantity, out realised);
        return new Booking<PositionBook>(
            this with
            {
                Position = position, Realised = Realised + realised, Fees = Fees + fill.Fee, LastTradeId = fill.TradeId,
                FillCount = FillCount + 1, Checksum = FillChecksum.Next(Checksum, fill), ExternalFills = ExternalFills + (isExternal ? 1 : 0),
            },
            BookingOutcome.Applied, null);
    }

    /// <summary>Books a funding payment. One that is not newer than the last changes nothing.</summary>
    public Booking<PositionBook> Apply(FundingPayment payment)
    {
        if (payment.Symbol != Symbol || payment.Leg != Leg)
            return Refuse("book.wrong-leg", $"Funding at {payment.At:u} is for {payment.Symbol.Name} {payment.Leg}; this is the book of {Symbol.Name} {Leg}. Not booked.");
        return LastFundingAt is { } last && payment.At <= last
            ? new Booking<PositionBook>(this, BookingOutcome.Duplicate, null)
            : new Booking<PositionBook>(this with { Funding = Funding + payment.Amount, LastFundingAt = payment.At }, BookingOutcome.Applied, null);
    }

    private Booking<PositionBook> Refuse(string code, string reason) => new(this, BookingOutcome.Refused, new Refusal(code, reason));
}
