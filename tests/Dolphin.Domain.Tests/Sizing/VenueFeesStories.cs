using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using FsCheck;
using FsCheck.Fluent;

namespace Dolphin.Domain.Tests.Sizing;

public sealed class VenueFeesStories
{
    private static readonly VenueFees Planned = VenueFees.Ordinary;

    private static Fill Filled(decimal price, decimal quantity, decimal fee, bool isMaker) => new(
        ClientOrderIds.For("hedge-AAAUSDT", 1, PositionSide.Long, 1), 1, new Symbol("AAAUSDT"), PositionSide.Long, OrderSide.Buy, Price.Of(price), new Quantity(quantity), new Money(fee), isMaker,
        new Quantity(quantity), DateTimeOffset.UnixEpoch);

    [Fact(DisplayName = "A fill shows the rate of its own kind of order, and says nothing of the other")]
    public void Learns()
    {
        Assert.Equal(new VenueFees(0.0002m, 0.0004m), Planned.After(Filled(100m, 2m, 0.08m, isMaker: false)));
        Assert.Equal(new VenueFees(-0.00005m, 0.0005m), Planned.After(Filled(100m, 2m, -0.01m, isMaker: true)));
        Assert.Same(Planned, Planned.After(Filled(100m, 2m, 0.1m, isMaker: false)));
    }

    [Fact(DisplayName = "What is mostly rounding, or no fee at all, shows nothing")]
    public void Ignores()
    {
        Assert.Same(Planned, Planned.After(Filled(100m, 0.009m, 0.01m, isMaker: false)));
        Assert.Same(Planned, Planned.After(Filled(100m, 2m, 30m, isMaker: false)));
        Assert.Same(Planned, Planned.After(Filled(100m, 2m, -3m, isMaker: true)));
    }

    [Fact(DisplayName = "A venue that rounds its fees to whole 1e-8 of quote is known by its rate to the digit, whatever is filled")]
    public void Rounded() => Prop.ForAll(
        (from rate in Gen.Choose(-500, 1_000) from ticks in Gen.Choose(1, 10_000_000) from lots in Gen.Choose(1, 100_000)
         select (Rate: rate / 1_000_000m, Price: ticks / 100m, Quantity: lots / 1_000m)).ToArbitrary(), c =>
    {
        var fee = decimal.Round(c.Price * c.Quantity * c.Rate, 8);
        var learned = Planned.After(Filled(c.Price, c.Quantity, fee, isMaker: true));
        return c.Price * c.Quantity < 1m ? learned == Planned : learned == Planned with { Maker = c.Rate };
    }).QuickCheckThrowOnFailure();
}
