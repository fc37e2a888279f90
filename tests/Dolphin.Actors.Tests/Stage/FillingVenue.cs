using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Tests.Stage;

/// <summary>Takes every order, fills it at once and never forgets.</summary>
internal sealed class FillingVenue(InMemoryJournal journal) : IVenue
{
    private readonly Dictionary<ClientOrderId, Fill> _known = []; // Looked up and added up only.
    private long _trade;

    /// <summary>Every order that ever left, with the number of events stored when it did.</summary>
    public List<(NewOrder Order, int Stored)> Sent { get; } = [];
    public IActorRef Client { get; set; } = ActorRefs.Nobody;
    public decimal Price { get; set; } = 100m;
    public Func<DateTimeOffset> Clock { get; set; } = () => DateTimeOffset.UnixEpoch;

    /// <summary>What it says of the account of one symbol, whose equity is always the same.</summary>
    public VenueEvent.Account Account(Symbol symbol, decimal equity)
    {
        VenuePosition Position(PositionSide leg) => new(
            symbol, leg, Held(leg), new Money(Held(leg).Base * Price), Money.Zero, Money.Zero, Money.Zero, Domain.Price.Of(Price), _trade);
        return new VenueEvent.Account(
            new AccountView(null, new Money(equity), Money.Zero, Money.Zero, Money.Zero, [Position(PositionSide.Long), Position(PositionSide.Short)]), Clock());
    }

    public void Send(VenueCommand command)
    {
        switch (command)
        {
            case VenueCommand.Submit { Order: var order }:
                Sent.Add((order, journal.Events.Length));
                var fill = new Fill(order.Id, ++_trade, order.Symbol, order.Leg, order.Side, Domain.Price.Of(Price), order.Quantity,
                    new Money(Price * order.Quantity.Base * 0.0005m), IsMaker: false, order.Quantity, Clock());
                _known.Add(order.Id, fill);
                Client.Tell(new VenueEvent.Accepted(order, fill.At), ActorRefs.NoSender);
                Client.Tell(new VenueEvent.Filled(fill, fill.At), ActorRefs.NoSender);
                Client.Tell(new VenueEvent.Closed(order.Id, OrderState.Filled, order.Quantity, fill.At), ActorRefs.NoSender);
                break;
            case VenueCommand.Query { Id: var id }:
                Client.Tell(_known.TryGetValue(id, out var filled)
                    ? new VenueEvent.OrderStatus(id, OrderState.Filled, filled.Cumulative, [filled], Clock())
                    : new VenueEvent.OrderStatus(id, OrderState.Unknown, Quantity.Zero, [], Clock()), ActorRefs.NoSender);
                break;
        }
    }

    /// <summary>What this venue knows, and what was sent, when the process ended after so many events.</summary>
    public FillingVenue AsKnown(InMemoryJournal rest, int kept, bool lastOrdersLost)
    {
        var then = new FillingVenue(rest) { _trade = _trade };
        then.Sent.AddRange(Sent.Where(s => s.Stored <= kept));
        foreach (var (order, stored) in then.Sent)
            if (!lastOrdersLost || stored < kept) then._known.Add(order.Id, _known[order.Id]);
        return then;
    }

    public Quantity Held(PositionSide leg) => new(_known.Values.Where(f => f.Leg == leg).Sum(f => f.Side == leg.Increasing() ? f.Quantity.Base : -f.Quantity.Base));
}
