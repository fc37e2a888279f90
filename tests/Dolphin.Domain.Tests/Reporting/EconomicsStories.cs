using System.Globalization;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Domain.Tests.Reporting;

/// <summary>What is counted as earned, as traded and as time in the market.</summary>
public sealed class EconomicsStories
{
    private static readonly Symbol Btc = new("BTCUSDT");
    private long _trade;

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-01-05T{time}Z", CultureInfo.InvariantCulture);

    private Fill Fill(string at, PositionSide leg, OrderSide side, decimal quantity, decimal price) => new(
        new ClientOrderId($"o-{++_trade}"), _trade, Btc, leg, side, Price.Of(price), new Quantity(quantity), new Money(0.25m), IsMaker: false, new Quantity(quantity), At(at));

    [Fact(DisplayName = "An opening and its closing are both turnover; time counts while either leg is held, once")]
    public void Dealt()
    {
        var dealt = Dealings.Begin(At("09:00"))
            .Trade(Fill("10:00", PositionSide.Long, OrderSide.Buy, 2m, 100m))
            .Trade(Fill("10:30", PositionSide.Short, OrderSide.Sell, 1m, 101m))
            .Trade(Fill("11:00", PositionSide.Long, OrderSide.Sell, 2m, 110m))
            .Trade(Fill("12:00", PositionSide.Short, OrderSide.Buy, 1m, 99m));
        Assert.Equal(new Money(200m + 101m + 220m + 99m), dealt.Turnover);
        Assert.Equal(TimeSpan.FromHours(2), dealt.HeldUntil(At("13:00")));
        Assert.Equal(0.5, Economics.Of(default, default, default, default, dealt, dealt.HeldUntil(At("13:00")), TimeSpan.FromHours(4)).TimeInMarket);
    }

    [Fact(DisplayName = "What is still held at the end counts up to the end")]
    public void Held_to_the_end() => Assert.Equal(
        TimeSpan.FromHours(3), Dealings.Begin(At("09:00")).Trade(Fill("10:00", PositionSide.Short, OrderSide.Sell, 1m, 100m)).HeldUntil(At("13:00")));

    [Fact(DisplayName = "A fill of one leg that is booked after a later one of the other turns no time back")]
    public void Late() => Assert.Equal(
        TimeSpan.FromHours(2),
        Dealings.Begin(At("09:00")).Trade(Fill("11:00", PositionSide.Long, OrderSide.Buy, 1m, 100m)).Trade(Fill("10:00", PositionSide.Short, OrderSide.Sell, 1m, 100m)).HeldUntil(At("13:00")));

    [Fact(DisplayName = "What a leg had lost before the run is brought in, is no turnover, and is not held against the run")]
    public void Brought_in()
    {
        var (bought, sold) = (Fill("09:00", PositionSide.Long, OrderSide.Buy, 2m, 120m), Fill("09:00", PositionSide.Short, OrderSide.Sell, 1m, 90m));
        var closing = Fill("10:00", PositionSide.Long, OrderSide.Sell, 2m, 105m);
        var dealt = Dealings.Begin(At("09:00")).Find(bought, Price.Of(100m)).Find(sold, Price.Of(100m)).Trade(closing);
        Assert.Equal(new Money(-40m - 10m), dealt.BroughtIn);
        Assert.Equal(new Money(210m), dealt.Turnover);

        var book = HedgedBook.Empty(Btc).Apply(bought).Book.Apply(sold).Book.Apply(closing).Book;
        var end = Price.Of(97m);
        var e = Economics.Of(book.Realised, book.UnrealisedAt(end), book.Fees, new Money(0.5m), dealt, dealt.HeldUntil(At("11:00")), TimeSpan.FromHours(2));
        Assert.Equal(new Money(10m + 3m), e.Gross); // Two from 100 to 105, and the short from 100 to 97.
        Assert.Equal(new Money(13m - 0.75m + 0.5m), e.Net);
        Assert.Equal(1d, e.TimeInMarket);
    }

    [Fact(DisplayName = "A run is the sum of its assets, and in the market for as long as they were on average")]
    public void Together()
    {
        Economics One(decimal gross, double time) => new(new Money(gross), new Money(2m), new Money(-1m), new Money(gross - 3m), new Money(100m), time, new Money(-5m));
        Assert.Equal(
            new Economics(new Money(4m), new Money(4m), new Money(-2m), new Money(-2m), new Money(200m), 0.5, new Money(-10m)),
            Economics.Sum([One(10m, 0.75), One(-6m, 0.25)]));
    }
}
