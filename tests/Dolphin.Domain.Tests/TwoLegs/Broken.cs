using Dolphin.Domain.Market;
using Dolphin.Domain.Tests.Hedging;
using Dolphin.Domain.TwoLegs;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.TwoLegs;

/// <summary>Values as a broken feed, a broken venue or a hand-edited journal would give them.</summary>
internal static class Broken
{
    public static readonly DateTimeOffset Later = DateTimeOffset.UnixEpoch.AddYears(50);

    public static Gen<decimal> Amounts => Gen.Elements(0m, 1m, -1m, 0.0005m, 10m, 1e-28m, 1e15m, 1e9m, decimal.MaxValue, decimal.MinValue);
    public static Gen<Price> Prices => Gen.Elements(default, Price.Of(1e-28m), Price.Of(1e-9m), Price.Of(1m), Price.Of(99m), Price.Of(1e9m), Price.Of(decimal.MaxValue));
    public static Gen<double> Numbers => Gen.Elements(0d, 1d, 0.5d, -1d, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon);
    public static Gen<DateTimeOffset> Times => Gen.Choose(0, 100).Select(x => Later.AddMinutes(x));
    public static Gen<PositionSide> Sides => Gen.Elements(PositionSide.Long, PositionSide.Short);

    public static Gen<Fill> Fills =>
        from id in Gen.Choose(-1, 1_000_000)
        from leg in Sides
        from side in Gen.Elements(OrderSide.Buy, OrderSide.Sell)
        from price in Prices
        from quantity in Amounts
        from fee in Amounts
        from at in Times
        select new Fill(new ClientOrderId("x"), id, HedgeStage.Sol.Symbol, leg, side, price, new Quantity(quantity), new Money(fee), false, default, at);

    /// <summary>Half of them are legs that a market could give, so that something follows from them.</summary>
    public static Gen<HandOver> HandOvers =>
        from longQuantity in Gen.OneOf(Amounts, Gen.Elements(5m, 1e15m))
        from longCost in Gen.OneOf(Amounts, Gen.Elements(525m, 1e6m, 1e10m))
        from shortQuantity in Gen.OneOf(Amounts, Gen.Elements(6m, 1e15m))
        from shortCost in Gen.OneOf(Amounts, Gen.Elements(570m, 1e6m, 1e10m))
        from id in Gen.Choose(-1, 100)
        select new HandOver(new(new(longQuantity), new(longCost)), new(new(shortQuantity), new(shortCost)), id, id);

    public static Gen<TrimWish> Wishes =>
        from who in Gen.Elements("eve", "", " ")
        from id in Gen.Elements(-1L, 0L, 1L, 2L, 3L, 500L, long.MaxValue)
        from longAtMost in Amounts
        from shortAtMost in Amounts
        from until in Gen.OneOf(Times, Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue))
        select new TrimWish(who, id, new Quantity(longAtMost), new Quantity(shortAtMost), until);

    public static Gen<LegRisk> Risks =>
        from r in Numbers
        from entries in Gen.Elements(true, false)
        select new LegRisk(r, entries, ExitsAllowed: true);
}
