using Dolphin.Domain.Books;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Books;

public sealed class PositionBookStories
{
    private static readonly Symbol Btc = new("BTCUSDT");
    private static readonly PositionBook Long = PositionBook.Empty(Btc, PositionSide.Long);
    private static readonly PositionBook Short = PositionBook.Empty(Btc, PositionSide.Short);

    [Fact(DisplayName = "A long bought at 100 and 110 and sold at 120 earns 30 on two, before a fee of 0.60")]
    public void LongRoundTrip()
    {
        var book = Apply(Long, Fill(1, PositionSide.Long, OrderSide.Buy, 100m, 1m, 0.1m), Fill(2, PositionSide.Long, OrderSide.Buy, 110m, 1m, 0.2m));
        Assert.Equal(105m, book.Position.AveragePrice!.Value.QuotePerBase);
        Assert.Equal(30m, book.UnrealisedAt(Price.Of(120m)).Quote);
        book = Apply(book, Fill(3, PositionSide.Long, OrderSide.Sell, 120m, 2m, 0.3m));
        Assert.Equal((30m, 0.6m, 0m, 0m), (book.Realised.Quote, book.Fees.Quote, book.Quantity.Base, book.Cost.Quote));
        Assert.Null(book.Position.AveragePrice);
        Assert.Equal(29.4m, book.EquityChangeAt(Price.Of(1m)).Quote);
    }

    [Fact(DisplayName = "A short sold at 100 earns when it is bought back lower and loses when higher")]
    public void ShortRoundTrip()
    {
        var book = Apply(Short, Fill(1, PositionSide.Short, OrderSide.Sell, 100m, 2m), Fill(2, PositionSide.Short, OrderSide.Buy, 90m, 1m));
        Assert.Equal((10m, -5m), (book.Realised.Quote, book.UnrealisedAt(Price.Of(105m)).Quote));
        Assert.Equal(5m, Apply(book, Fill(3, PositionSide.Short, OrderSide.Buy, 105m, 1m)).Realised.Quote);
    }

    [Fact(DisplayName = "A cost that does not divide leaves its last digit in what remains, and nothing at the end")]
    public void Thirds()
    {
        var book = Apply(Long, Fill(1, PositionSide.Long, OrderSide.Buy, 100m, 1m), Fill(2, PositionSide.Long, OrderSide.Buy, 100.01m, 2m));
        book = Apply(book, Fill(3, PositionSide.Long, OrderSide.Sell, 100m, 1m)); // Releases 300.02 / 3 = 100.00666666...
        Assert.Equal(-0.00666666m, book.Realised.Quote);
        Assert.Equal(200.01333334m, book.Cost.Quote);
        book = Apply(book, Fill(4, PositionSide.Long, OrderSide.Sell, 100m, 2m));
        Assert.Equal((-0.02m, 0m), (book.Realised.Quote, book.Cost.Quote));
    }

    [Fact(DisplayName = "A fill or funding seen twice, or out of order, changes nothing")]
    public void Duplicates()
    {
        var fill = Fill(7, PositionSide.Long, OrderSide.Buy, 100m, 1m);
        var book = Apply(Long, fill);
        Assert.Equal(BookingOutcome.Duplicate, book.Apply(fill).Outcome);
        Assert.Equal(BookingOutcome.Duplicate, book.Apply(fill with { TradeId = 6 }).Outcome);
        Assert.Same(book, book.Apply(fill).Book);
        var payment = new FundingPayment(Btc, PositionSide.Long, new Money(-0.5m), DateTimeOffset.UnixEpoch);
        var funded = book.Apply(payment).Book;
        Assert.Equal(-0.5m, funded.Funding.Quote);
        Assert.Equal(BookingOutcome.Duplicate, funded.Apply(payment).Outcome);
        Assert.Equal(-0.25m, funded.Apply(payment with { Amount = new Money(0.25m), At = DateTimeOffset.UnixEpoch.AddHours(8) }).Book.Funding.Quote);
    }

    [Fact(DisplayName = "What cannot be true is refused with its reason and changes nothing")]
    public void Refusals()
    {
        var book = Apply(Long, Fill(1, PositionSide.Long, OrderSide.Buy, 100m, 1m));
        Refused("book.wrong-leg", Fill(2, PositionSide.Short, OrderSide.Buy, 100m, 1m));
        Refused("book.wrong-leg", Fill(2, PositionSide.Long, OrderSide.Buy, 100m, 1m) with { Symbol = new Symbol("ETHUSDT") });
        Refused("book.exceeds-leg", Fill(2, PositionSide.Long, OrderSide.Sell, 100m, 1.001m));
        Refused("book.not-positive", Fill(2, PositionSide.Long, OrderSide.Buy, 100m, 0m));
        Refused("book.not-positive", Fill(2, PositionSide.Long, OrderSide.Buy, 100m, 1m) with { Price = default });
        Refused("book.not-exact", Fill(2, PositionSide.Long, OrderSide.Buy, 1.23456789012345678901m, 1.23456789012345678901m));
        Assert.Equal("book.wrong-leg", book.Apply(new FundingPayment(Btc, PositionSide.Short, default, DateTimeOffset.UnixEpoch)).Refusal?.Code);

        void Refused(string code, Fill fill)
        {
            var booking = book.Apply(fill);
            Assert.Equal((code, BookingOutcome.Refused), (booking.Refusal?.Code, booking.Outcome));
            Assert.Same(book, booking.Book);
        }
    }

    [Fact(DisplayName = "A fill that no order of ours brought is booked like any other and counted, each once")]
    public void External()
    {
        var fill = Fill(2, PositionSide.Long, OrderSide.Buy, 101m, 2m);
        var ours = Apply(Long, Fill(1, PositionSide.Long, OrderSide.Buy, 100m, 1m));
        var book = ours.Apply(fill, isExternal: true).Book;
        Assert.Equal((2L, 1L), (book.FillCount, book.ExternalFills));
        Assert.Equal(ours.Apply(fill).Book, book with { ExternalFills = 0 });
        Assert.Same(book, book.Apply(fill, isExternal: true).Book);
    }

    [Fact(DisplayName = "Trailing zeros are not digits: a price times a quantity with many of them is exact")]
    public void TrailingZeros() =>
        Assert.Equal(36.6707m, Apply(Long, Fill(1, PositionSide.Long, OrderSide.Buy, 90.10m, 0.40700000000000000000000000m)).Cost.Quote);

    [Fact(DisplayName = "The checksum agrees exactly for the same fills in the same order; trailing zeros and order ids do not count")]
    public void Checksums()
    {
        var a = Fill(1, PositionSide.Long, OrderSide.Buy, 100m, 1m);
        var b = Fill(2, PositionSide.Long, OrderSide.Buy, 101.5m, 2m);
        var sum = Apply(Long, a, b).Checksum;
        Assert.NotEqual(0ul, sum);
        Assert.Equal(sum, Apply(Long, a with { Price = Price.Of(100.000m), Order = new ClientOrderId("other") }, b with { Quantity = new Quantity(2.0m) }).Checksum);
        Assert.NotEqual(sum, Apply(Long, a, b with { Price = Price.Of(101.6m) }).Checksum);
        Assert.NotEqual(sum, Apply(Long, a, b with { Fee = new Money(0.01m) }).Checksum);
        Assert.NotEqual(sum, Apply(Long, a, b with { TradeId = 3 }).Checksum);
        Assert.NotEqual(sum, Apply(Long, a with { Price = b.Price, Quantity = b.Quantity }, b with { Price = a.Price, Quantity = a.Quantity }).Checksum);
        Assert.Equal(13_256_796_964_268_380_699ul, sum); // Pinned: stored checksums must stay comparable.
    }

    internal static PositionBook Apply(PositionBook book, params Fill[] fills) => fills.Aggregate(book, (b, f) =>
    {
        var booking = b.Apply(f);
        Assert.Equal(BookingOutcome.Applied, booking.Outcome);
        return booking.Book;
    });

    internal static Fill Fill(long id, PositionSide leg, OrderSide side, decimal price, decimal quantity, decimal fee = 0m) => new(
        new ClientOrderId("o"), id, Btc, leg, side, Price.Of(price), new Quantity(quantity), new Money(fee), IsMaker: false,
        new Quantity(quantity), DateTimeOffset.UnixEpoch.AddSeconds(id));
}
