using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Paper;
using Dolphin.Venues.Remote;
using Dolphin.Venues.Tests.Contract;

namespace Dolphin.Venues.Tests.Remote;

/// <summary>What the venue counts of its clients.</summary>
public sealed class VenueOracleStories
{
    private readonly VenueOracle _oracle = new();
    private long _fact;

    [Fact(DisplayName = "Orders of a newer epoch after an older one's are no overlap; one of the older epoch after them is")]
    public void Overlap()
    {
        Accept(1, epoch: 1);
        Accept(2, epoch: 1);
        Accept(3, epoch: 2);
        Assert.Equal(0, Orders.Overlaps);
        Accept(4, epoch: 1);
        Accept(5, epoch: 2);
        Assert.Equal((5, 1), (Orders.Accepted, Orders.Overlaps));
        Assert.Equal([(1L, 3L), (2L, 2L)], Report().Epochs.Select(e => (e.Epoch, e.Accepted)));
        Assert.Equal((At(1), At(4)), (Report().Epochs[0].FirstAt, Report().Epochs[0].LastAt));
    }

    [Fact(DisplayName = "An order of the older epoch between the newer gateway's hello and its first order is told apart")]
    public void Between()
    {
        _oracle.Entered(1);
        Accept(1, epoch: 1);
        _oracle.Entered(2);
        Accept(2, epoch: 1);
        Assert.Equal((0, 1), (Orders.Overlaps, Report().ThisLife.AcceptedAfterHigherSession));
        _oracle.Entered(1);
        Assert.Equal((3, 1, 2), (Report().ThisLife.Sessions, Report().ThisLife.OlderSessions, Report().ThisLife.HighestEpoch));
    }

    [Fact(DisplayName = "An id that comes again is counted and listed, with how often it came and how often it was accepted")]
    public void Duplicates()
    {
        Accept(1, epoch: 1);
        Accept(2, epoch: 1);
        for (var i = 0; i < 2; i++) _oracle.Fold(new PaperFact.DuplicateRefused(++_fact, At(9), Id(1, 1)));
        Assert.Equal((4, 2, 2, 0), (Orders.Received, Orders.Accepted, Orders.Duplicates, Orders.AcceptedTwice));
        var again = Assert.Single(Report().Repeated);
        Assert.Equal((Id(1, 1).Value, 3, 1, 1), (again.Id, again.Received, again.Accepted, again.Epoch));
        Accept(2, epoch: 1); // A venue that had forgotten the id.
        Assert.Equal(1, Orders.AcceptedTwice);
        Assert.Equal(2, Report().Repeated.Length);
    }

    [Fact(DisplayName = "What was refused before the books is counted by its reason, and an order among the received")]
    public void Refused()
    {
        _oracle.Refused(new VenueEvent.Rejected(Id(1, 1), VenueCode.OutsideRecvWindow, "late", At(0)));
        _oracle.Refused(new VenueEvent.CancelRejected(Id(1, 1), VenueCode.OutsideRecvWindow, "late", At(0)));
        _oracle.Refused(new VenueEvent.Rejected(Id(2, 1), VenueCode.TooManyOrders, "rate", At(0)));
        Assert.Equal((2, 1, 2, 0), (Report().ThisLife.Late, Report().ThisLife.OverRate, Orders.Received, Orders.Accepted));
    }

    [Fact(DisplayName = "However many orders come, only the newest are kept one by one; the totals go on")]
    public void Bounded()
    {
        const int many = VenueOracle.IdsKept + 500;
        for (var n = 1; n <= many; n++)
        {
            Accept(n, epoch: n);
            _oracle.Fold(new PaperFact.DuplicateRefused(++_fact, At(n), Id(n, n)));
        }

        var report = Report(newest: many);
        Assert.Equal((many, many), (report.Orders.Accepted, report.Orders.Duplicates));
        Assert.Equal(VenueOracle.IdsKept, report.Newest.Length);
        Assert.Equal(Id(many, many).Value, report.Newest[^1].Id);
        Assert.Equal(VenueOracle.RepeatedKept, report.Repeated.Length);
        Assert.Equal((VenueOracle.EpochsKept, many), (report.Epochs.Length, report.Epochs[^1].Epoch));
    }

    private OracleOrders Orders => Report().Orders;

    private OracleReport Report(int newest = 0) => _oracle.Report(new OracleBooks("v", At(0), _fact, 0, default, default, default, [], null, false, 0), newest);

    private void Accept(long sequence, long epoch)
    {
        var order = new NewOrder(Id(sequence, epoch), Terms.Btc, PositionSide.Long, OrderSide.Buy, OrderType.Market, TimeInForce.GoodTillCancel, new(0.1m), null);
        _oracle.Fold(new PaperFact.OrderAccepted(++_fact, At(sequence), order, At(sequence), 0));
    }

    private static ClientOrderId Id(long sequence, long epoch) => ClientOrderIds.For("hedge-BTCUSDT", sequence, PositionSide.Long, epoch);
    private static DateTimeOffset At(long second) => Terms.Start.AddSeconds(second);
}
