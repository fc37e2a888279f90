using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Remote;
using Dolphin.Venues.Tests.Contract;

namespace Dolphin.Venues.Tests.Remote;

/// <summary>What stands before the matching engine: recvWindow and rate.</summary>
public sealed class OrderGateStories
{
    private static readonly DateTimeOffset Now = Terms.Start;
    private static readonly VenueCommand.Submit Submit = new(new NewOrder(
        new("a"), Terms.Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new(0.1m), null));

    private readonly OrderGate _gate = new();

    [Theory(DisplayName = "An order is let through up to its recvWindow, and up to a second from a clock that is ahead")]
    [InlineData(0, true)]
    [InlineData(2_000, true)]
    [InlineData(2_001, false)]
    [InlineData(60_000, false)]
    [InlineData(-1_000, true)]
    [InlineData(-1_001, false)]
    public void Receive_window(int ageMs, bool passes)
    {
        var refusal = _gate.Refuse(new OrderRequest.Order(Submit, Now.AddMilliseconds(-ageMs), 2_000), Now);
        if (passes) Assert.Null(refusal);
        else Assert.Equal((VenueCode.OutsideRecvWindow, "a"), (Assert.IsType<VenueEvent.Rejected>(refusal).Code, ((VenueEvent.Rejected)refusal).Id.Value));
    }

    [Theory(DisplayName = "A recvWindow is a millisecond to a minute")]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(60_001)]
    public void Bad_window(int window) =>
        Assert.Equal(VenueCode.BadRecvWindow, Assert.IsType<VenueEvent.Rejected>(_gate.Refuse(new OrderRequest.Order(Submit, Now, window), Now)).Code);

    [Fact(DisplayName = "A late cancel is refused as a cancel; what only takes risk away, or only asks, is never too late")]
    public void What_is_judged()
    {
        var late = Now.AddMinutes(-5);
        Assert.Equal(VenueCode.OutsideRecvWindow, Assert.IsType<VenueEvent.CancelRejected>(_gate.Refuse(new(new VenueCommand.Cancel(new("a"), Terms.Btc), late, 2_000), Now)).Code);
        foreach (var command in (VenueCommand[])[new VenueCommand.CancelAll("x"), new VenueCommand.Query(new("a"), Terms.Btc), new VenueCommand.GetAccount("y")])
            Assert.Null(_gate.Refuse(new OrderRequest.Order(command, late, 2_000), Now));
    }

    [Fact(DisplayName = "300 orders in ten seconds and 1,200 in a minute pass, the next is refused, and the window slides")]
    public void Rate()
    {
        var passed = new List<DateTimeOffset>();
        for (var now = Now; now < Now.AddMinutes(2); now = now.AddMilliseconds(10))
        {
            var refusal = _gate.Refuse(new OrderRequest.Order(Submit, now, 2_000), now);
            if (refusal is null) passed.Add(now);
            else Assert.Equal(VenueCode.TooManyOrders, Assert.IsType<VenueEvent.Rejected>(refusal).Code);
        }

        Assert.Equal(300, passed.Count(t => t < Now.AddSeconds(10)));
        Assert.Equal(1_200, passed.Count(t => t < Now.AddMinutes(1)));
        Assert.Equal(2_400, passed.Count);
        foreach (var t in passed)
        {
            Assert.InRange(passed.Count(u => u >= t && u < t.AddSeconds(10)), 1, 300);
            Assert.InRange(passed.Count(u => u >= t && u < t.AddMinutes(1)), 1, 1_200);
        }
    }

    [Fact(DisplayName = "A cancel costs nothing of the rate, so that there is always a way out; nor does an order that was late")]
    public void Free()
    {
        for (var i = 0; i < 5_000; i++)
        {
            Assert.Null(_gate.Refuse(new OrderRequest.Order(new VenueCommand.Cancel(new("a"), Terms.Btc), Now, 2_000), Now));
            Assert.NotNull(_gate.Refuse(new OrderRequest.Order(Submit, Now.AddMinutes(-1), 2_000), Now));
        }

        Assert.Null(_gate.Refuse(new OrderRequest.Order(Submit, Now, 2_000), Now));
    }
}
