using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Market;

public sealed class ChangedRulesTests
{
    private static readonly Symbol Sol = new("SOLUSDT");
    private static readonly Price Mark = Price.Of(1_000m);

    private static readonly Instrument Now = new(Sol, TickSize: 0.5m, LotSize: 0.01m, new Quantity(0.02m), new Money(20m), PercentPrice: 0.05m, Instruments.UsualBrackets);
    private static readonly ChangedRules Changed = new(Sol, "tick 0.1 is 0.5 now", Now, new Quantity(10m));

    private static NewOrder Order(decimal quantity, decimal? price, bool reduces) => new(
        new ClientOrderId("x"), Sol, PositionSide.Long, reduces ? OrderSide.Sell : OrderSide.Buy, price is null ? OrderType.Market : OrderType.Limit, TimeInForce.GoodTillCancel,
        new Quantity(quantity), price is { } p ? Price.Of(p) : null);

    [Fact(DisplayName = "Nothing is opened under rules that have changed, even where it would fit them")]
    public void Entries()
    {
        var objection = Changed.Objection(Order(1m, 1_000m, reduces: false), Mark);
        Assert.Equal(("order.rules-changed", "SOLUSDT: tick 0.1 is 0.5 now. Nothing is opened there until the node is started again."), (objection!.Code, objection.Reason));
    }

    [Theory(DisplayName = "What reduces goes on where it fits the new rules, and is refused with the rule where it does not")]
    [InlineData("1", "1000.5", null)]
    [InlineData("1", null, null)]
    [InlineData("0.01", null, "order.min-quantity")]
    [InlineData("0.025", null, "order.lot")]
    [InlineData("10.01", null, "order.max-quantity")]
    [InlineData("1", "1000.4", "order.tick")]
    [InlineData("1", "1051", "order.percent-price")]
    public void Exits(string quantity, string? price, string? code)
    {
        var objection = Changed.Objection(Order(Amount(quantity), price is null ? null : Amount(price), reduces: true), Mark);
        Assert.Equal(code, objection?.Code);
        if (objection is not null) Assert.StartsWith("SOLUSDT: tick 0.1 is 0.5 now. ", objection.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Where the venue says no rules any more, exits go on")]
    public void Unlisted() => Assert.Null((Changed with { Now = null, MaxQuantity = null }).Objection(Order(0.001m, 1_000.1m, reduces: true), Mark));

    private static decimal Amount(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
