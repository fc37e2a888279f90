using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using static Dolphin.Venues.Tests.Contract.Terms;
using static Dolphin.Venues.Tests.Paper.PaperMatchingStories;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>A venue that fills only a part of what it could.</summary>
public sealed class PaperFractionStories
{
    private static readonly PaperPolicy Half = PaperRig.Bare with { FillFraction = 0.5m };

    private static Candle Quiet(decimal volume = 1_000m) => new(Btc, 1_000m, 1_000m, 1_000m, 1_000m, volume);
    private static Candle Dip => new(Btc, 1_000m, 1_000m, 980m, 1_000m, 1_000m);

    private static List<decimal> Filled(PaperRig rig) => [.. rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Quantity.Base)];

    private static void Minutes(PaperRig rig, int count, Candle candle)
    {
        for (var i = 0; i < count; i++)
        {
            rig.OpenMinute(candle);
            rig.Run(Minute);
        }
    }

    [Fact(DisplayName = "An order that takes gets half of what it lacks in each bar, to the last lot, and once in a bar")]
    public void Takes()
    {
        var rig = new PaperRig(Half);
        rig.OpenMinute(Quiet());
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.009m));
        rig.Run(Minute);
        Assert.Equal([0.005m], Filled(rig));
        Minutes(rig, 5, Quiet());
        Assert.Equal([0.005m, 0.002m, 0.001m, 0.001m], Filled(rig));
        Assert.Equal(OrderState.Filled, Assert.Single(rig.HeardOf<VenueEvent.Closed>()).State);
    }

    [Fact(DisplayName = "So does one that rests, each time the market trades through it")]
    public void Rests()
    {
        var rig = new PaperRig(Half);
        rig.OpenMinute(Dip);
        rig.Send(Limit("a", 990m, 0.006m));
        rig.Run(Minute);
        Assert.Equal([0.003m], Filled(rig));
        Minutes(rig, 2, Quiet());
        Assert.Equal([0.003m], Filled(rig));
        Minutes(rig, 2, Dip);
        Assert.Equal([0.003m, 0.002m, 0.001m], Filled(rig));
    }

    [Fact(DisplayName = "It is half of what the volume gives, where that is the smaller part")]
    public void Volume()
    {
        var rig = new PaperRig(Half);
        rig.OpenMinute(Quiet(volume: 0.08m)); // A tenth of it can be had.
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 1m));
        rig.Run(Minute);
        Assert.Equal([0.004m], Filled(rig));
    }

    [Fact(DisplayName = "What must be filled as a whole is not, and what is closed by force is closed as a whole")]
    public void All_or_nothing()
    {
        var rig = new PaperRig(Half with { InitialWallet = new(1_000m) });
        rig.OpenMinute(Quiet());
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.01m) with { Type = OrderType.Limit, LimitPrice = Price.Of(1_001m), TimeInForce = TimeInForce.FillOrKill });
        rig.Run(Minute);
        Assert.Empty(Filled(rig));
        rig.OpenMinute(Quiet());
        rig.Send(Order("b", OrderSide.Buy, PositionSide.Long, 9m));
        rig.Run(Minute);
        Minutes(rig, 20, Quiet());
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_000m, 880m, 880m, 1_000m));
        rig.Run(Minute);
        Minutes(rig, 1, Quiet());
        Assert.Equal(9m, Assert.Single(rig.HeardOf<VenueEvent.Liquidated>()).Fill.Quantity.Base);
    }

    [Fact(DisplayName = "A venue that comes back in the middle of a bar does not give a second half of it")]
    public void Comes_back()
    {
        var rig = new PaperRig(Half);
        rig.OpenMinute(Quiet());
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.008m));
        rig.Run(TimeSpan.FromSeconds(10));
        var restored = new PaperExchange(Half, Terms.Instruments, []);
        restored.Restore(PaperJson.Stored(rig.Exchange.Capture()));
        var later = new PaperRig(restored, rig.Now);
        later.Run(TimeSpan.FromSeconds(50));
        Assert.Equal([0.004m], Filled(rig));
        Assert.Empty(Filled(later));
    }
}
