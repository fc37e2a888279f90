using Dolphin.Domain.Market;
using FsCheck;
using FsCheck.Fluent;

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

    private static readonly ChangedRules Halted = ChangedRules.NotTrading(Sol, "it is SETTLING");
    private static readonly DateTimeOffset Delivery = new(2026, 1, 21, 9, 0, 0, TimeSpan.Zero);

    private static Arbitrary<NewOrder> Orders =>
        (from lots in Gen.Choose(1, 2_000)
         from ticks in Gen.Choose(0, 4_000)
         from reduces in Gen.Elements(true, false)
         select Order(lots * 0.005m, ticks == 0 ? null : ticks * 0.4m, reduces)).ToArbitrary();

    [Fact(DisplayName = "Of what does not trade no order goes out, an exit neither, and the word names the status and what happens next")]
    public void Not_trading()
    {
        Prop.ForAll(Orders, order => Halted.Objection(order, Mark) is { Code: "order.not-trading" } objection && objection.Reason.StartsWith("SOLUSDT: it is SETTLING. ", StringComparison.Ordinal))
            .QuickCheckThrowOnFailure();
        Assert.Equal("SOLUSDT: it is SETTLING. No order goes out there until it trades again.", Halted.Objection(Order(1m, null, reduces: false), Mark)!.Reason);
        Assert.Equal(
            "SOLUSDT: it is SETTLING. No order goes out there, not to close either: what is held stays until it trades again and is decided on anew, or until the venue settles it.",
            Halted.Objection(Order(1m, null, reduces: true), Mark)!.Reason);
    }

    [Fact(DisplayName = "Once an end is announced nothing is opened, and what reduces is judged as it was")]
    public void Ending()
    {
        var ending = Changed.EndingAt(Delivery, Delivery.AddHours(-2));
        Prop.ForAll(Orders, order => order.ReducesLeg
            ? ending.Objection(order, Mark) == Changed.Objection(order, Mark)
            : ending.Objection(order, Mark) is { Code: "order.delivery-announced" }).QuickCheckThrowOnFailure();
        Assert.EndsWith("Nothing is opened there until the venue takes that back.", ending.Objection(Order(1m, null, reduces: false), Mark)!.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What is held is to be closed from then on until the venue does it; never where nothing can go out, or no end is announced")]
    public void To_close()
    {
        var ending = Changed.EndingAt(Delivery, Delivery.AddHours(-2));
        Assert.Equal(
            [false, true, true, false],
            ((DateTimeOffset[])[Delivery.AddHours(-2).AddTicks(-1), Delivery.AddHours(-2), Delivery.AddTicks(-1), Delivery]).Select(ending.IsToClose));
        Assert.False(Changed.IsToClose(Delivery));
        Assert.False(Halted.IsToClose(Delivery));
    }

    private static decimal Amount(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
