using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Actors.Execution;
using Dolphin.Domain;
using Dolphin.Domain.Books;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>A venue where a test says what happens. What it says waits in a stream until the test lets it flow; a broken wire loses the stream, and all that is sent.</summary>
internal sealed class FactVenue(Func<DateTimeOffset> clock) : IVenue, IVenueDoor
{
    private readonly SortedDictionary<ClientOrderId, (NewOrder Order, ImmutableArray<Fill> Fills, OrderState State)> _orders = [];
    private readonly Queue<VenueEvent> _external = new();
    private readonly Queue<object> _stream = new();
    private IActorRef _listener = ActorRefs.Nobody;
    private bool _connected = true;
    private long _trade;

    /// <summary>All that really happened, booked in order.</summary>
    public HedgedBook Truth { get; private set; } = HedgedBook.Empty(ActorStage.Btc);
    public List<Fill> Fills { get; } = [];
    public List<VenueCommand> Asked { get; } = [];
    public bool HasOpenOrder => _orders.Values.Any(o => o.State == OrderState.Open);
    public bool HasSomethingToSay => _stream.Count > 0;

    public IVenue Open(ITenure tenure, IActorRef listener)
    {
        _listener = listener;
        Break();
        Reconnect();
        return this;
    }

    public void Break()
    {
        _connected = false;
        _stream.Clear();
    }

    public void Reconnect()
    {
        if (_connected) return;
        _connected = true;
        _stream.Enqueue(ExecutionProtocol.WireReturned.Now);
        foreach (var said in _external) _stream.Enqueue(said);
    }

    public void Flow(int count = int.MaxValue)
    {
        for (; count > 0 && _stream.TryDequeue(out var said); count--) _listener.Tell(said, ActorRefs.NoSender);
    }

    public void Send(VenueCommand command)
    {
        if (!_connected) return;
        Asked.Add(command);
        switch (command)
        {
            case VenueCommand.Submit { Order: var order }:
                _orders.Add(order.Id, (order, [], OrderState.Open));
                Say(new VenueEvent.Accepted(order, clock()));
                break;
            case VenueCommand.Query { Id: var id }:
                var (_, fills, state) = _orders.TryGetValue(id, out var known) ? known : (null!, [], OrderState.Unknown);
                Say(new VenueEvent.OrderStatus(id, state, fills.IsEmpty ? Quantity.Zero : fills[^1].Cumulative, fills, clock()));
                break;
            case VenueCommand.Cancel { Id: var id } when _orders.TryGetValue(id, out var open) && open.State == OrderState.Open:
                Close(open.Order, open.Fills, OrderState.Cancelled);
                break;
        }
    }

    /// <summary>Fills a part of the oldest open order of a leg, as far as there is one and the leg has what it sells.</summary>
    public void Fill(PositionSide leg, decimal quantity, decimal price)
    {
        var (order, fills, _) = _orders.Values.FirstOrDefault(o => o.State == OrderState.Open && o.Order.Leg == leg);
        if (order is null) return;
        var done = fills.IsEmpty ? 0m : fills[^1].Cumulative.Base;
        var most = order.ReducesLeg ? Math.Min(order.Quantity.Base - done, Truth[leg].Quantity.Base) : order.Quantity.Base - done;
        quantity = Math.Min(quantity, most);
        if (quantity <= 0m) return;
        var fill = Happen(order, quantity, done + quantity, price);
        fills = fills.Add(fill);
        _orders[order.Id] = (order, fills, OrderState.Open);
        Say(new VenueEvent.Filled(fill, clock()));
        if (fill.Cumulative == order.Quantity) Close(order, fills, OrderState.Filled);
    }

    /// <summary>Closes a part of a leg by force, as far as it holds something.</summary>
    public void Liquidate(PositionSide leg, decimal quantity, decimal price)
    {
        quantity = Math.Min(quantity, Truth[leg].Quantity.Base);
        if (quantity <= 0m) return;
        var order = new NewOrder(new ClientOrderId($"autoclose-{_trade + 1}"), ActorStage.Btc, leg, leg.Reducing(), OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(quantity), null);
        SayExternal(new VenueEvent.Liquidated(Happen(order, quantity, quantity, price), clock()));
    }

    /// <summary>Somebody else trades on the account: one order in two fills, or in one if the change is a single unit. A reduction as far as the leg holds something.</summary>
    /// <param name="change">Base: above zero makes the leg larger.</param>
    public void Trade(PositionSide leg, decimal change, decimal price)
    {
        var quantity = change > 0m ? change : Math.Min(-change, Truth[leg].Quantity.Base);
        if (quantity <= 0m) return;
        var order = new NewOrder(
            new ClientOrderId($"web_{_trade + 1}"), ActorStage.Btc, leg, change > 0m ? leg.Increasing() : leg.Reducing(), OrderType.Market, TimeInForce.GoodTillCancel, new Quantity(quantity), null);
        var first = quantity > 1m ? 1m : quantity;
        SayExternal(new VenueEvent.Filled(Happen(order, first, first, price), clock()));
        if (quantity > first) SayExternal(new VenueEvent.Filled(Happen(order, quantity - first, quantity, price), clock()));
    }

    /// <summary>A second copy of a fill that was told before.</summary>
    public void Repeat(Fill fill) => Say(new VenueEvent.Filled(fill, clock()));

    /// <summary>One payment of a leg; times of payments rise.</summary>
    public void Fund(PositionSide leg, decimal amount)
    {
        var at = clock();
        if (Truth[leg].LastFundingAt is { } last && at <= last) at = last.AddMilliseconds(1);
        Truth = Truth.Apply(new FundingPayment(ActorStage.Btc, leg, new Money(amount), at)).Book;
        SayExternal(new VenueEvent.FundingPaid(ActorStage.Btc, leg, 0.0001m, new Money(amount), at));
    }

    public void CancelAll()
    {
        foreach (var (order, fills, state) in _orders.Values.ToList())
            if (state == OrderState.Open) Close(order, fills, OrderState.Cancelled);
    }

    private Fill Happen(NewOrder order, decimal quantity, decimal cumulative, decimal price)
    {
        var fill = new Fill(order.Id, ++_trade, order.Symbol, order.Leg, order.Side, Price.Of(price), new Quantity(quantity), new Money(price * quantity * 0.0005m),
            IsMaker: false, new Quantity(cumulative), clock());
        var booking = Truth.Apply(fill, isExternal: !ClientOrderIds.TryParse(order.Id, out _));
        Assert.True(booking.Changed, $"the venue of the test made a fill that cannot be: {booking.Refusal?.Reason}");
        Truth = booking.Book;
        Fills.Add(fill);
        return fill;
    }

    private void Close(NewOrder order, ImmutableArray<Fill> fills, OrderState state)
    {
        _orders[order.Id] = (order, fills, state);
        Say(new VenueEvent.Closed(order.Id, state, fills.IsEmpty ? Quantity.Zero : fills[^1].Cumulative, clock()));
    }

    private void SayExternal(VenueEvent said)
    {
        _external.Enqueue(said);
        if (_external.Count > IVenue.ToldAgain) _external.Dequeue();
        Say(said);
    }

    private void Say(VenueEvent said)
    {
        if (_connected) _stream.Enqueue(said);
    }
}
