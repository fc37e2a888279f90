using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using static Dolphin.Venues.Tests.Contract.Terms;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>What is the paper venue's own: times, prices and volume to the last digit.</summary>
public sealed class PaperMatchingStories
{
    private static readonly Candle Dip = new(Btc, 1_000m, 1_000m, 980m, 1_000m, 10_000m); // 1 per second down to second 20.

    [Fact(DisplayName = "A resting order is filled in the millisecond in which the path goes through it")]
    public void Fill_time()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip);
        rig.Send(Limit("a", 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal(Start.AddMilliseconds(10_001), Assert.Single(rig.HeardOf<VenueEvent.Filled>()).At);
    }

    [Fact(DisplayName = "Two resting orders are filled in the order in which the path reaches them")]
    public void Better_price_first()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip);
        rig.Send(Limit("low", 985m, 0.1m));
        rig.Send(Limit("high", 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal(["high", "low"], FilledIds(rig));
    }

    [Fact(DisplayName = "When a bar opens beyond several orders and has too little volume, the better price comes first, then age")]
    public void Gap_priority()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip with { Low = 1_000m });
        rig.Send(Limit("old-low", 985m, 1m));
        rig.Send(Limit("old-high", 990m, 1m));
        rig.Send(Limit("new-high", 990m, 1m));
        rig.Run(Minute);
        rig.OpenMinute(new Candle(Btc, 970m, 980m, 970m, 980m, Volume: 25m));
        rig.Run(Minute);
        Assert.Equal(["old-high", "new-high", "old-low"], FilledIds(rig));
        Assert.Equal([990m, 990m, 985m], rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Price.QuotePerBase));
        Assert.Equal([1m, 1m, 0.5m], rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Quantity.Base));
    }

    [Fact(DisplayName = "A bar's volume is shared by all orders of its symbol, and rounded down to whole lots")]
    public void Volume_is_shared()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip with { Volume = 10.019m });
        rig.Send(Limit("a", 990m, 0.8m));
        rig.Send(Limit("b", 985m, 0.8m));
        rig.Run(Minute);
        Assert.Equal([0.8m, 0.201m], rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Quantity.Base));
    }

    [Fact(DisplayName = "What volume left of a limit order rests, and is filled when a later bar trades through it again")]
    public void Rest_of_a_limit()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip with { Volume = 5m });
        rig.Send(Limit("a", 990m, 0.8m));
        rig.Run(Minute);
        rig.OpenMinute(Dip with { Low = 990m });
        rig.Run(Minute);
        rig.OpenMinute(Dip);
        rig.Run(Minute);
        var fills = rig.HeardOf<VenueEvent.Filled>();
        Assert.Equal([0.5m, 0.3m], fills.Select(e => e.Fill.Quantity.Base));
        Assert.Equal(Start.AddMinutes(2).AddMilliseconds(10_001), fills[1].At);
    }

    [Fact(DisplayName = "A market order pays half the spread and its impact, rounded against it to the tick")]
    public void Taking_costs()
    {
        var rig = new PaperRig(PaperRig.Bare with { HalfSpread = new(1m), FullImpact = new(4m) });
        rig.OpenMinute(Dip with { Low = 1_000m, Volume = 10m });
        rig.Send(Order("buy", OrderSide.Buy, PositionSide.Long, 0.5m)); // Half of what there is: 1 + 2 bp of 1000.
        rig.Run(Minute);
        rig.OpenMinute(Dip with { Low = 1_000m, Volume = 1_000m });
        rig.Send(Order("sell", OrderSide.Sell, PositionSide.Short, 0.5m)); // 1 + 0.02 bp: 999.898 goes down to the tick.
        rig.Run(Minute);
        Assert.Equal([1_000.3m, 999.8m], rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Price.QuotePerBase));
    }

    [Fact(DisplayName = "A limit order that takes never pays more than its limit, though the spread is wider")]
    public void Limit_caps_the_spread()
    {
        var rig = new PaperRig(PaperRig.Bare with { HalfSpread = new(50m) });
        rig.OpenMinute(Dip with { Low = 1_000m });
        rig.Send(Limit("a", 1_002m, 0.1m));
        rig.Run(Minute);
        Assert.Equal((Price.Of(1_002m), false), Assert.Single(rig.HeardOf<VenueEvent.Filled>().Select(e => (e.Fill.Price, e.Fill.IsMaker))));
    }

    [Fact(DisplayName = "A market order whose best price is outside the percent-price filter is refused with -4131")]
    public void Market_percent_price()
    {
        var rig = new PaperRig(PaperRig.Bare with { HalfSpread = new(900m), FullImpact = new(200m) });
        rig.OpenMinute(Dip with { Volume = 10m });
        rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 1m));
        rig.Run(Minute);
        Assert.Equal(VenueCode.MarketOrderPercentPrice, Assert.Single(rig.HeardOf<VenueEvent.Rejected>()).Code);
    }

    [Fact(DisplayName = "Before a symbol's first price a market order is refused; a limit order rests")]
    public void Before_the_first_price()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.Send(Order("m", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Send(Limit("l", 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal(VenueCode.MarketOrderPercentPrice, Assert.Single(rig.HeardOf<VenueEvent.Rejected>()).Code);
        Assert.Equal("l", Assert.Single(rig.HeardOf<VenueEvent.Accepted>()).Order.Id.Value);
    }

    [Fact(DisplayName = "A symbol without a bar stands still: market orders wait, immediate ones expire, and the next bar fills what waited")]
    public void Missing_bar()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip with { Low = 1_000m });
        rig.Run(Minute);
        rig.OpenMinute();
        rig.Send(Order("waits", OrderSide.Buy, PositionSide.Long, 0.1m));
        rig.Send(Order("ends", OrderSide.Buy, PositionSide.Long, 0.1m) with { TimeInForce = TimeInForce.ImmediateOrCancel });
        rig.Run(Minute);
        Assert.Equal(("ends", OrderState.Expired), Assert.Single(rig.HeardOf<VenueEvent.Closed>().Select(e => (e.Id.Value, e.State))));
        rig.OpenMinute(Dip with { Open = 1_010m, High = 1_010m, Low = 1_010m, Close = 1_010m });
        rig.Run(Minute);
        Assert.Equal((Price.Of(1_010m), Start.AddMinutes(2)), Assert.Single(rig.HeardOf<VenueEvent.Filled>().Select(e => (e.Fill.Price, e.At))));
    }

    [Fact(DisplayName = "A command that arrives at the very end of a slice meets the next one, or the last close if none is opened")]
    public void End_of_a_slice()
    {
        foreach (var opensNext in (bool[])[true, false])
        {
            var rig = new PaperRig(PaperRig.Bare);
            rig.OpenMinute(Dip with { Low = 1_000m });
            rig.Run(Minute - TimeSpan.FromMilliseconds(1));
            rig.Send(Order("a", OrderSide.Buy, PositionSide.Long, 0.1m));
            rig.Run(TimeSpan.FromMilliseconds(1));
            if (opensNext) rig.OpenMinute(Dip with { Open = 1_005m, High = 1_005m, Low = 1_005m, Close = 1_005m });
            rig.Run(Minute);
            var accepted = Assert.Single(rig.HeardOf<VenueEvent.Accepted>());
            Assert.Equal(Start.AddMinutes(1).AddMilliseconds(opensNext ? 0 : 1), accepted.At);
            Assert.Equal(opensNext ? [1_005m] : [], rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Price.QuotePerBase));
        }
    }

    [Fact(DisplayName = "At most so many orders of a symbol are open at once; one more is refused with -2025")]
    public void Open_orders_are_bounded()
    {
        var rig = new PaperRig(PaperRig.Bare with { MaxOpenOrdersPerSymbol = 2 });
        rig.OpenMinute(Dip with { Low = 1_000m });
        foreach (var id in (string[])["a", "b", "c"]) rig.Send(Limit(id, 990m, 0.1m));
        rig.Run(Minute);
        Assert.Equal(("c", VenueCode.MaxOpenOrdersExceeded), Assert.Single(rig.HeardOf<VenueEvent.Rejected>().Select(e => (e.Id.Value, e.Code))));
    }

    [Fact(DisplayName = "A slice that overlaps the one before, or a bar of another time, is refused in words")]
    public void Wrong_slices()
    {
        var rig = new PaperRig(PaperRig.Bare);
        rig.OpenMinute(Dip);
        rig.Run(TimeSpan.FromSeconds(30));
        Assert.Contains("begins before", Assert.Throws<ArgumentException>(() => rig.OpenMinute(Dip)).Message, StringComparison.Ordinal);
        var skewed = PaperRig.Slice(Start.AddMinutes(5), Dip) with { OpenTimeMs = Start.AddMinutes(6).ToUnixTimeMilliseconds() };
        Assert.Contains("expected the slice's time", Assert.Throws<ArgumentException>(() => rig.Open(skewed)).Message, StringComparison.Ordinal);
        var odd = PaperRig.Slice(Start.AddMinutes(7), Dip) with { Interval = TimeSpan.FromMilliseconds(3) };
        Assert.Contains("at least 4", Assert.Throws<ArgumentException>(() => rig.Open(odd)).Message, StringComparison.Ordinal);
    }

    internal static NewOrder Limit(string id, decimal price, decimal quantity) =>
        new(new(id), Btc, PositionSide.Long, OrderSide.Buy, OrderType.Limit, TimeInForce.GoodTillCancel, new(quantity), Price.Of(price));

    internal static NewOrder Order(string id, OrderSide side, PositionSide leg, decimal quantity) =>
        new(new(id), Btc, leg, side, OrderType.Market, TimeInForce.GoodTillCancel, new(quantity), null);

    private static IEnumerable<string> FilledIds(PaperRig rig) => rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Order.Value);
}
