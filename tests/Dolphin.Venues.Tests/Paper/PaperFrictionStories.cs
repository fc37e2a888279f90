using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Tests.Contract;
using static Dolphin.Venues.Tests.Contract.Terms;
using static Dolphin.Venues.Tests.Paper.PaperMatchingStories;

namespace Dolphin.Venues.Tests.Paper;

/// <summary>A venue that passes some orders by, whatever the market does.</summary>
public sealed class PaperFrictionStories
{
    private const int Many = 2_000;
    private static readonly PaperPolicy Hell = PaperRig.Bare with { Friction = PaperFriction.Hell, InitialWallet = new(10_000_000m), MaxOpenOrdersPerSymbol = 10_000 };

    private static Candle Flat => new(Btc, 1_000m, 1_000m, 1_000m, 1_000m, 1_000_000m);

    private static HashSet<string> FilledIds(PaperRig rig) => [.. rig.HeardOf<VenueEvent.Filled>().Select(e => e.Fill.Order.Value)];

    private static void Send(PaperRig rig, int count, Func<int, NewOrder> order)
    {
        for (var i = 0; i < count; i++) rig.Send(order(i));
    }

    [Fact(DisplayName = "Under HELL 48 % of the orders that enter and 35 % of those that leave are filled, and of the others nothing is")]
    public void Shares()
    {
        var rig = new PaperRig(Hell);
        rig.OpenMinute(Flat);
        Send(rig, Many, i => Order($"in-{i}", OrderSide.Buy, PositionSide.Long, 0.02m));
        rig.Run(Minute);
        var entered = FilledIds(rig).Count;
        Assert.InRange(entered / (double)Many, 0.45, 0.51); // Three standard errors.
        rig.OpenMinute(Flat);
        Send(rig, Many / 4, i => Order($"out-{i}", OrderSide.Sell, PositionSide.Long, 0.01m));
        rig.Run(Minute);
        Assert.InRange((FilledIds(rig).Count - entered) / (Many / 4.0), 0.28, 0.42);
        Assert.All(rig.HeardOf<VenueEvent.Filled>(), e => Assert.Equal(e.Fill.Cumulative, e.Fill.Quantity)); // Whole or not at all.
    }

    [Fact(DisplayName = "An order that is passed by rests through every bar until it is cancelled; the same order at another venue of the seed meets the same fate")]
    public void Fate()
    {
        var (rig, again) = (new PaperRig(Hell), new PaperRig(Hell));
        foreach (var each in (PaperRig[])[rig, again])
        {
            each.OpenMinute(Flat);
            Send(each, 50, i => Order($"in-{i}", OrderSide.Buy, PositionSide.Long, 0.02m));
            each.Run(Minute);
        }

        Assert.Equal(FilledIds(rig).Order(), FilledIds(again).Order());
        var passed = Enumerable.Range(0, 50).Select(i => $"in-{i}").First(id => !FilledIds(rig).Contains(id));
        for (var bar = 0; bar < 5; bar++)
        {
            rig.OpenMinute(Flat);
            rig.Run(Minute);
        }

        Assert.DoesNotContain(passed, FilledIds(rig));
        rig.Send(new VenueCommand.Cancel(new ClientOrderId(passed), Btc));
        rig.Run(Minute);
        Assert.Contains(rig.HeardOf<VenueEvent.Closed>(), e => e.Id.Value == passed && e.State == OrderState.Cancelled && e.Cumulative == Quantity.Zero);
    }

    [Fact(DisplayName = "A venue that comes back passes the same orders by")]
    public void Comes_back()
    {
        var rig = new PaperRig(Hell);
        rig.OpenMinute(Flat);
        Send(rig, 50, i => Order($"in-{i}", OrderSide.Buy, PositionSide.Long, 0.02m));
        rig.Run(TimeSpan.FromSeconds(10));
        var restored = new PaperExchange(Hell, Terms.Instruments, []);
        restored.Restore(PaperJson.Stored(rig.Exchange.Capture()));
        var later = new PaperRig(restored, rig.Now);
        later.Run(TimeSpan.FromSeconds(50));
        Assert.Empty(FilledIds(later));
    }

    [Fact(DisplayName = "What is closed by force is closed, and a share that is none is said")]
    public void Force_and_range()
    {
        var rig = new PaperRig(Hell with { InitialWallet = new(1_000m) });
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_000m, 1_000m, 1_000m, 1_000m));
        Send(rig, 8, i => Order($"in-{i}", OrderSide.Buy, PositionSide.Long, 2m));
        rig.Run(Minute);
        var held = rig.HeardOf<VenueEvent.Filled>().Sum(e => e.Fill.Quantity.Base);
        Assert.True(held > 0m, "The ids are drawn so that some enter.");
        rig.OpenMinute(new Candle(Btc, 1_000m, 1_000m, 500m, 500m, 1_000m));
        rig.Run(Minute);
        rig.OpenMinute(new Candle(Btc, 500m, 500m, 500m, 500m, 1_000m));
        rig.Run(Minute);
        Assert.Equal(held, rig.HeardOf<VenueEvent.Liquidated>().Sum(e => e.Fill.Quantity.Base));
        Assert.Contains("entries filled is 0; expected above 0", Assert.Single((Hell with { Friction = new PaperFriction(0m, 0.35m) }).Problems()), StringComparison.Ordinal);
    }
}
