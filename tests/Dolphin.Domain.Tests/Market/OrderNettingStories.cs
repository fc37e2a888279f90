using Dolphin.Domain.Market;

namespace Dolphin.Domain.Tests.Market;

public sealed class OrderNettingStories
{
    private static readonly Instrument Sol = Instruments.Infer(new Symbol("SOLUSDT"), priceDecimals: 2, volumeDecimals: 2);

    [Fact(DisplayName = "Closing all and rebuilding a little is one order for the difference")]
    public void Nets() => Assert.Equal(
        [new LegOrder(PositionSide.Long, OrderSide.Sell, new Quantity(9.9m)), new LegOrder(PositionSide.Short, OrderSide.Buy, new Quantity(0.2m))],
        Plan(new Legs(new(10m), new(10m)), new Legs(new(0.1m), new(9.8m))));

    [Fact(DisplayName = "Reductions go first, because they free margin")]
    public void ReductionsFirst() => Assert.Equal(
        [new LegOrder(PositionSide.Short, OrderSide.Buy, new Quantity(1m)), new LegOrder(PositionSide.Long, OrderSide.Buy, new Quantity(1m))],
        Plan(new Legs(new(1m), new(1m)), new Legs(new(2m), default)));

    [Fact(DisplayName = "Among equals the long leg goes first")]
    public void LongFirst() => Assert.Equal(
        [PositionSide.Long, PositionSide.Short], Plan(default, new Legs(new(1m), new(1m))).Select(o => o.Leg));

    [Fact(DisplayName = "A leg at its target, or too near to it, needs no order")]
    public void Nothing()
    {
        Assert.Empty(Plan(new Legs(new(1m), new(1m)), new Legs(new(1.009m), new(1m))));
        Assert.Equal([PositionSide.Short], Plan(new Legs(new(1m), new(1m)), new Legs(new(1m), new(0.5m))).Select(o => o.Leg));
    }

    private static LegOrder[] Plan(Legs current, Legs target) => [.. OrderNetting.Plan(Sol, current, target, Price.Of(150m))];
}
