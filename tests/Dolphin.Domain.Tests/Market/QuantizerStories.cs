using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Market;

public sealed class QuantizerStories
{
    // Tick 0.1, lot 0.001, minimum 0.001 and 5 quote.
    private static readonly Instrument Btc = Instruments.Infer(new Symbol("BTCUSDT"), priceDecimals: 1, volumeDecimals: 3);
    private static readonly Instrument Coarse = Btc with { LotSize = 5m, MinQuantity = new Quantity(10m) };

    [Fact(DisplayName = "An increase goes down to whole lots and hands the rest back")]
    public void Increase() => Assert.Equal(
        new TradableChange(PositionSide.Long, new Quantity(0.123m), new Quantity(0.0004567m)),
        Change(PositionSide.Long, current: 1m, target: 1.1234567m, price: 1_000m));

    [Fact(DisplayName = "A reduction goes down to whole lots too, never past its target")]
    public void Reduction() => Assert.Equal(
        new TradableChange(PositionSide.Short, new Quantity(-0.123m), new Quantity(-0.0004567m)),
        Change(PositionSide.Short, current: 1.1234567m, target: 1m, price: 1_000m));

    [Fact(DisplayName = "An increase below the minimum notional is not traded and not lost")]
    public void MinNotional()
    {
        var change = Change(PositionSide.Long, current: 0m, target: 0.049m, price: 100m); // 4.90
        Assert.True(change.IsNothing);
        Assert.Equal(0.049m, change.Remainder.Base);
        Assert.False(Change(PositionSide.Long, current: 0m, target: 0.050m, price: 100m).IsNothing); // 5.00
    }

    [Fact(DisplayName = "A reduction is exempt from the minimum notional, as on the venue")]
    public void ClosingIsExempt() => Assert.Equal(-0.001m, Change(PositionSide.Long, current: 0.001m, target: 0m, price: 100m).Change.Base);

    [Fact(DisplayName = "Below the minimum quantity nothing is traded in either direction")]
    public void MinQuantity()
    {
        Assert.True(Quantizer.Tradable(Coarse, Price.Of(100m), PositionSide.Long, default, new Quantity(9m)).IsNothing);
        Assert.True(Quantizer.Tradable(Coarse, Price.Of(100m), PositionSide.Long, new Quantity(9m), default).IsNothing);
        Assert.Equal(10m, Quantizer.Tradable(Coarse, Price.Of(100m), PositionSide.Long, default, new Quantity(14m)).Change.Base);
    }

    [Fact(DisplayName = "A leg below zero is the caller's bug and throws")]
    public void NegativeLeg() => Assert.Throws<ArgumentOutOfRangeException>(() => Change(PositionSide.Long, current: 0m, target: -1m, price: 100m));

    [Fact(DisplayName = "Minus zero is zero")]
    public void NegativeZero() => Assert.Equal(-1m, Change(PositionSide.Long, current: 1m, target: -0.0m, price: 100m).Change.Base);

    [Fact(DisplayName = "For every change: traded plus remainder is what was wanted, in whole lots, in the right direction, within the filters")]
    public void Conservation() => Prop.ForAll(
        (from current in Gen.Choose(0, 200_000_000)
         from target in Gen.Choose(0, 200_000_000)
         from price in Gen.Choose(1, 2_000_000)
         from lot in Gen.Elements(0.00001m, 0.001m, 0.25m, 1m, 1000m)
         select (Current: current / 100_000m, Target: target / 100_000m, Price: price / 100m, Lot: lot)).ToArbitrary(),
        x =>
        {
            var instrument = Btc with { LotSize = x.Lot, MinQuantity = new Quantity(2m * x.Lot) };
            var change = Quantizer.Tradable(instrument, Price.Of(x.Price), PositionSide.Long, new Quantity(x.Current), new Quantity(x.Target));
            var size = Math.Abs(change.Change.Base);
            return change.Change.Base + change.Remainder.Base == x.Target - x.Current
                && size % x.Lot == 0m
                && size <= Math.Abs(x.Target - x.Current)
                && change.Change.Base * (x.Target - x.Current) >= 0m
                && (size == 0m || (size >= 2m * x.Lot && (change.Change.Base < 0m || size * x.Price >= 5m)));
        }).QuickCheckThrowOnFailure();

    [Theory(DisplayName = "A price between ticks goes away from the book when passive, into it when aggressive")]
    [InlineData(OrderSide.Buy, TickRounding.Passive, 100.1)]
    [InlineData(OrderSide.Buy, TickRounding.Aggressive, 100.2)]
    [InlineData(OrderSide.Sell, TickRounding.Passive, 100.2)]
    [InlineData(OrderSide.Sell, TickRounding.Aggressive, 100.1)]
    public void Ticks(OrderSide side, TickRounding rounding, double expected)
    {
        Assert.Equal((decimal)expected, Quantizer.ToTick(Btc, Price.Of(100.13m), side, rounding).QuotePerBase);
        Assert.Equal(100.1m, Quantizer.ToTick(Btc, Price.Of(100.1m), side, rounding).QuotePerBase);
    }

    [Fact(DisplayName = "A price below one tick becomes one tick, never zero")]
    public void LowestTick() => Assert.Equal(0.1m, Quantizer.ToTick(Btc, Price.Of(0.04m), OrderSide.Buy, TickRounding.Passive).QuotePerBase);

    [Theory(DisplayName = "A multiplier that is unknown or negative is 0, one above 1 is 1")]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(-0.5, 0)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1.5, 1)]
    [InlineData(0.1234567, 0.123456)]
    public void Multipliers(double multiplier, double expected) => Assert.Equal((decimal)expected, Quantizer.UnitInterval(multiplier));

    [Fact(DisplayName = "Every filter an order breaks is named, and a good order breaks none")]
    public void Filters()
    {
        var good = new NewOrder(new ClientOrderId("a"), Btc.Symbol, PositionSide.Long, OrderSide.Buy, OrderType.Limit, TimeInForce.PostOnly, new Quantity(0.1m), Price.Of(100m));
        Assert.Null(Code(good));
        Assert.Equal("order.lot", Code(good with { Quantity = new Quantity(0.1005m) }));
        Assert.Equal("order.lot", Code(good with { Quantity = default }));
        Assert.Equal("order.min-quantity", Quantizer.Check(Coarse, good with { Quantity = new Quantity(5m) }, Price.Of(100m))?.Code);
        Assert.Equal("order.tick", Code(good with { LimitPrice = Price.Of(100.05m) }));
        Assert.Equal("order.percent-price", Code(good with { LimitPrice = Price.Of(94.9m) }));
        Assert.Equal("order.limit-price", Code(good with { LimitPrice = null }));
        Assert.Equal("order.limit-price", Code(good with { Type = OrderType.Market }));
        Assert.Equal("order.min-notional", Code(good with { Quantity = new Quantity(0.049m) }));
        Assert.Null(Code(good with { Quantity = new Quantity(0.049m), Side = OrderSide.Sell }));
    }

    [Fact(DisplayName = "Brackets answer by notional and by leverage")]
    public void Brackets()
    {
        Assert.Equal(75m, Quantizer.BracketOf(Btc, new Money(50_000m))!.MaxLeverage);
        Assert.Equal(50m, Quantizer.BracketOf(Btc, new Money(50_000.01m))!.MaxLeverage);
        Assert.Null(Quantizer.BracketOf(Btc, new Money(200_000_001m)));
        Assert.Equal(250_000m, Quantizer.MaxNotional(Btc, 50m).Quote);
        Assert.Equal(0m, Quantizer.MaxNotional(Btc, 100m).Quote);
    }

    private static string? Code(NewOrder order) => Quantizer.Check(Btc, order, Price.Of(100m))?.Code;

    private static TradableChange Change(PositionSide leg, decimal current, decimal target, decimal price) =>
        Quantizer.Tradable(Btc, Price.Of(price), leg, new Quantity(current), new Quantity(target));
}
