using System.Collections.Immutable;
using System.Text;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Remote;
using Dolphin.Venues.Tests.Contract;
using Dolphin.Venues.Tests.Paper;

namespace Dolphin.Venues.Tests.Remote;

/// <summary>What goes over the wire comes out as it went in, and nothing else is let in.</summary>
public sealed class WireJsonStories
{
    private static readonly DateTimeOffset At = Terms.Start.AddMilliseconds(7);
    private static readonly ClientOrderId Id = ClientOrderIds.For("hedge-BTCUSDT", 7, PositionSide.Long, 3);
    private static readonly NewOrder Order = new(
        Id, Terms.Btc, PositionSide.Long, OrderSide.Buy, OrderType.Limit, TimeInForce.PostOnly, new(0.10m), Price.Of(990.1m));
    private static readonly Fill Fill = new(
        Id, 12, Terms.Btc, PositionSide.Short, OrderSide.Sell, Price.Of(1_000m), new(0.1m), new(-0.02m), IsMaker: true, new(0.1m), At);

    [Fact(DisplayName = "Every command and every event comes out as it went in, to the last digit")]
    public void Round_trip()
    {
        foreach (var command in (VenueCommand[])
            [
                new VenueCommand.Submit(Order), new VenueCommand.Cancel(Id, Terms.Btc), new VenueCommand.CancelAll("hibernate-1-2"),
                new VenueCommand.Query(Id, new Symbol("币安USDT")), new VenueCommand.GetAccount("begin"),
            ])
        {
            var request = new OrderRequest.Order(command, At, 2_000);
            Assert.Equal(request, WireJson.Read<OrderRequest>(WireJson.Write(request)));
        }

        var view = new AccountView("begin", new(10_000m), new(-1.50m), new(3m), new(1m),
            [new(Terms.Btc, PositionSide.Long, new(0.1m), new(99m), new(1m), new(0.5m), new(-0.1m), Price.Of(990m), 12)]);
        foreach (var said in (VenueEvent[])
            [
                new VenueEvent.Accepted(Order, At), new VenueEvent.Rejected(Id, -2019, "no margin", At), new VenueEvent.OutcomeUnknown(Id, -1007, At),
                new VenueEvent.Filled(Fill, At), new VenueEvent.Closed(Id, OrderState.Cancelled, new(0.1m), At), new VenueEvent.CancelRejected(Id, -2011, "none", At),
                new VenueEvent.AllCancelled("x", 3, At), new VenueEvent.OrderStatus(Id, OrderState.Filled, new(0.1m), [Fill], At),
                new VenueEvent.FundingPaid(Terms.Btc, PositionSide.Long, 0.0001m, new(-0.01m), At), new VenueEvent.Liquidated(Fill, At), new VenueEvent.Account(view, At),
            ])
        {
            var answer = new OrderAnswer.Said(said);
            var read = Assert.IsType<OrderAnswer.Said>(WireJson.Read<OrderAnswer>(WireJson.Write(answer)));
            Assert.Equal(PaperJson.Text(said), PaperJson.Text(read.Event)); // As text, because arrays are equal only to themselves.
        }
    }

    [Fact(DisplayName = "So does the market")]
    public void Market()
    {
        var bar = new Bar(Terms.Start.ToUnixTimeMilliseconds(), Price.Of(1.10m), Price.Of(2m), Price.Of(1m), Price.Of(1.5m), new(7m));
        var closed = new MarketMessage.Closed(bar.OpenTimeMs, Terms.Minute, [new(Terms.Btc, bar), new(Terms.Eth, bar)], 2);
        var read = Assert.IsType<MarketMessage.Closed>(WireJson.Read<MarketMessage>(WireJson.Write(closed)));
        Assert.Equal(closed.Bars.AsEnumerable(), read.Bars);
        Assert.Equal((closed.OpenTimeMs, closed.Interval, 2), (read.OpenTimeMs, read.Interval, read.Merged));
        var funding = new MarketMessage.Funding([new(Terms.Btc, At, -0.0001m)], 1);
        Assert.Equal(funding.Rates.AsEnumerable(), Assert.IsType<MarketMessage.Funding>(WireJson.Read<MarketMessage>(WireJson.Write(funding))).Rates);
    }

    [Theory(DisplayName = "What is malformed, incomplete, unknown or out of range is no message")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"$type\":\"order\"")]
    [InlineData("{\"$type\":\"order\"}")]
    [InlineData("{\"$type\":\"teleport\",\"sentAt\":\"2026-01-05T08:00:00+00:00\"}")]
    [InlineData("{\"sentAt\":\"2026-01-05T08:00:00+00:00\",\"recvWindowMs\":1}")]
    [InlineData("{\"$type\":\"order\",\"command\":{\"$type\":\"withdraw\",\"requestId\":\"a\"},\"sentAt\":\"2026-01-05T08:00:00+00:00\",\"recvWindowMs\":1}")]
    [InlineData("{\"$type\":\"order\",\"command\":null,\"sentAt\":\"2026-01-05T08:00:00+00:00\",\"recvWindowMs\":1}")]
    [InlineData("{\"$type\":\"order\",\"command\":{\"$type\":\"query\",\"id\":null,\"symbol\":\"A\"},\"sentAt\":\"2026-01-05T08:00:00+00:00\",\"recvWindowMs\":1}")]
    [InlineData("{\"$type\":\"order\",\"command\":{\"$type\":\"cancel-all\",\"requestId\":\"a\"},\"sentAt\":\"soon\",\"recvWindowMs\":1}")]
    public void Nonsense(string text) => Assert.Throws<WireFormatException>(() => WireJson.Read<OrderRequest>(Encoding.UTF8.GetBytes(text)));

    [Theory(DisplayName = "A number that no market has is no order: a price of zero, one beyond any decimal, a side by its number")]
    [InlineData("\"limitPrice\":990.1", "\"limitPrice\":0")]
    [InlineData("\"limitPrice\":990.1", "\"limitPrice\":-1")]
    [InlineData("\"limitPrice\":990.1", "\"limitPrice\":1e99")]
    [InlineData("\"quantity\":0.10", "\"quantity\":\"0.10\"")]
    [InlineData("\"side\":\"Buy\"", "\"side\":0")]
    [InlineData("\"side\":\"Buy\"", "\"side\":\"Borrow\"")]
    public void Out_of_range(string was, string becomes)
    {
        var good = Encoding.UTF8.GetString(WireJson.Write(new OrderRequest.Order(new VenueCommand.Submit(Order), At, 2_000)));
        Assert.Contains(was, good, StringComparison.Ordinal);
        Assert.Throws<WireFormatException>(() => WireJson.Read<OrderRequest>(Encoding.UTF8.GetBytes(good.Replace(was, becomes, StringComparison.Ordinal))));
    }

    [Fact(DisplayName = "A name too long or an amount too large is not handed to the matching engine; an id of the wrong length is, which has an answer to it")]
    public void Refuses_nonsense()
    {
        foreach (var command in (VenueCommand[])
            [
                new VenueCommand.Submit(Order with { Id = new(new string('a', 65)) }), new VenueCommand.Submit(Order with { Quantity = new(1_000_000_000_001m) }),
                new VenueCommand.Submit(Order with { LimitPrice = Price.Of(1_000_000_000_001m) }), new VenueCommand.Submit(Order with { Symbol = default }),
                new VenueCommand.Cancel(default, Terms.Btc), new VenueCommand.Query(Id, new(new string('B', 65))), new VenueCommand.CancelAll(new string('x', 129)),
                new VenueCommand.GetAccount(null!),
            ]) Assert.Throws<WireFormatException>(() => OrderGate.RefuseNonsense(command));
        OrderGate.RefuseNonsense(new VenueCommand.Submit(Order with { Id = new(new string('a', 37)) }));
    }
}
