using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Sizing;

public sealed class OrderSizerStories
{
    /// <summary>Lots of 0.01, at least 0.02 an order and 5 quote for one that opens.</summary>
    private static readonly Instrument Coin = Instruments.Infer(new Symbol("AAAUSDT"), 2, 2) with { MinQuantity = new Quantity(0.02m) };
    private static readonly Price Hundred = Price.Of(100m);

    private static SizedOrder Size(decimal wanted, decimal most, decimal least = 0m, decimal? max = null, bool grows = false, decimal fee = 0.001m) => OrderSizer.Size(
        Coin, Hundred, new Quantity(wanted), new Quantity(most), grows, new QuoteBounds(new Money(least), max is { } m ? new Money(m) : null), fee);

    [Fact(DisplayName = "What is wanted, in whole lots")]
    public void Wanted() => Assert.Equal(new SizedOrder(new Quantity(1.23m), SizedBy.Wanted, null), Size(1.239m, 5m));

    [Fact(DisplayName = "The lower bound is what is left after the fee: 50 quote of proceeds are 0.51 and not 0.50")]
    public void AfterFee()
    {
        Assert.Equal((0.51m, SizedBy.Min), (Size(0.1m, 5m, least: 50m).Quantity.Base, Size(0.1m, 5m, least: 50m).By));
        Assert.Equal(0.50m, Size(0.1m, 5m, least: 50m, fee: 0m).Quantity.Base);
    }

    [Fact(DisplayName = "The upper bound is what is paid with the fee: 50 quote pay for 0.49")]
    public void WithFee()
    {
        Assert.Equal((0.49m, SizedBy.Max), (Size(3m, 5m, max: 50m).Quantity.Base, Size(3m, 5m, max: 50m).By));
        Assert.Equal(0.50m, Size(3m, 5m, max: 50m, fee: 0m).Quantity.Base);
        Assert.Equal(0.50m, Size(3m, 5m, max: 50m, fee: -0.0001m).Quantity.Base); // A rebate, not enough for one lot more.
    }

    [Fact(DisplayName = "An order that opens has the venue's least notional too; one that reduces only its least quantity")]
    public void Venue()
    {
        Assert.Equal(0.05m, Size(0.01m, 5m, grows: true).Quantity.Base);
        Assert.Equal(0.02m, Size(0.01m, 5m).Quantity.Base);
    }

    [Fact(DisplayName = "What may be traded at most is never exceeded, and where it is too little nothing is sent, with the reason")]
    public void Most()
    {
        Assert.Equal((1m, SizedBy.Max), (Size(3m, 1.009m).Quantity.Base, Size(3m, 1.009m).By));
        var refused = Size(3m, 0.4m, least: 50m);
        Assert.Equal((0m, SizedBy.Nothing, "sizing.below-minimum"), (refused.Quantity.Base, refused.By, refused.Refusal?.Code));
        Assert.Equal("AAAUSDT at 100: at most 0.4 may be traded; the smallest order allowed is 0.51. Nothing is sent.", refused.Refusal!.Reason);
        Assert.Equal("sizing.no-lot-fits", Size(3m, 5m, least: 50m, max: 50m).Refusal?.Code);
        Assert.Equal("sizing.below-minimum", Size(3m, -1m).Refusal?.Code);
        Assert.Equal("sizing.no-lot-fits", Size(3m, 5m, max: -1m).Refusal?.Code);
    }

    [Fact(DisplayName = "Worked example: 100 quote at 3 times carry 300; with a fee of 1 % margin and fee take them at 291.26")]
    public void PaidFrom()
    {
        var bounds = QuoteBounds.PaidFrom(new Money(100m), leverage: 3m, feeRate: 0.01m);
        Assert.Equal(2.91m, OrderSizer.Size(Coin, Hundred, new Quantity(5m), new Quantity(5m), grows: true, bounds, feeRate: 0.01m).Quantity.Base);
        Assert.Equal(3m, OrderSizer.Size(Coin, Hundred, new Quantity(5m), new Quantity(5m), true, QuoteBounds.PaidFrom(new Money(100m), 3m, 0m), 0m).Quantity.Base);
        Assert.Equal(2m, OrderSizer.Size(Coin, Hundred, new Quantity(5m), new Quantity(5m), true, QuoteBounds.PaidFrom(new Money(100m), 3m, 0m).Beside(new Money(100m)), 0m).Quantity.Base);
        Assert.Equal(OrderSizer.NoLotFits, OrderSizer.Size(Coin, Hundred, new Quantity(5m), new Quantity(5m), true, QuoteBounds.PaidFrom(new Money(-1m), 3m, 0m), 0m).Refusal?.Code);
    }

    [Fact(DisplayName = "Margin and fee together are never above the capital, whichever of the venue's two rates is taken, and one lot more of what was cut would be")]
    public void Affordable() => Prop.ForAll(
        (from wanted in Gen.Choose(1, 300_000)
         from capital in Gen.Choose(0, 100_000)
         from leverage in Gen.Choose(0, 12_500)
         from maker in Gen.Choose(-500, 5_000)
         from taker in Gen.Choose(0, 9_000)
         from price in Gen.Choose(1, 500_000)
         select (Wanted: wanted / 70m, Capital: capital / 10m, Leverage: leverage / 100m, Rates: new[] { maker / 100_000m, taker / 100_000m }, Price: price / 100m)).ToArbitrary(), c =>
        c.Rates.All(fee =>
        {
            var sized = OrderSizer.Size(Coin, Price.Of(c.Price), new Quantity(c.Wanted), new Quantity(c.Wanted), grows: true, QuoteBounds.PaidFrom(new Money(c.Capital), c.Leverage, fee), fee);
            if (sized.Refusal is { } refusal) return refusal.Code != OrderSizer.NoLotFits || Cost(Math.Max(5m / c.Price, Coin.MinQuantity.Base) + Coin.LotSize) > c.Capital;
            return sized.Quantity.Base <= c.Wanted && Cost(sized.Quantity.Base) <= c.Capital + 1e-9m
                && (sized.By != SizedBy.Max || fee < 0m || Cost(sized.Quantity.Base + Coin.LotSize) > c.Capital - 1e-9m);

            decimal Cost(decimal quantity) => c.Leverage == 0m ? decimal.MaxValue : quantity * c.Price * (1m / c.Leverage + fee);
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact(DisplayName = "Whatever comes out is whole lots, within both bounds with its fee, and not more than allowed")]
    public void Always() => Prop.ForAll(
        (from wanted in Gen.Choose(-10, 3_000)
         from most in Gen.Choose(-10, 3_000)
         from least in Gen.Choose(0, 3_000)
         from above in Gen.Choose(0, 3_000)
         from fee in Gen.Choose(-50, 200)
         from price in Gen.Choose(1, 500_000)
         from grows in Gen.Elements(true, false)
         select (Wanted: wanted / 700m, Most: most / 700m, Least: least / 10m, Max: (least + above) / 10m, Fee: fee / 100_000m, Price: price / 100m, grows)).ToArbitrary(), c =>
    {
        var sized = OrderSizer.Size(Coin, Price.Of(c.Price), new Quantity(c.Wanted), new Quantity(c.Most), c.grows, new QuoteBounds(new Money(c.Least), new Money(c.Max)), c.Fee);
        var quantity = sized.Quantity.Base;
        if (sized.Refusal is not null) return quantity == 0m && sized.By == SizedBy.Nothing;
        var notional = quantity * c.Price;
        return quantity % Coin.LotSize == 0m && quantity >= Coin.MinQuantity.Base && quantity <= c.Most
            && notional * (1m - c.Fee) >= c.Least - 1e-9m && notional * (1m + c.Fee) <= c.Max + 1e-9m && (!c.grows || notional >= Coin.MinNotional.Quote)
            && (sized.By != SizedBy.Wanted || (quantity <= c.Wanted && c.Wanted - quantity < Coin.LotSize))
            && (sized.By != SizedBy.Min || c.Wanted < quantity) && (sized.By != SizedBy.Max || c.Wanted > quantity);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
