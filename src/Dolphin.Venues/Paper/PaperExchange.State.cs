using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Paper;

/// <summary>What outlives the process: facts, and the state as a record.</summary>
public sealed partial class PaperExchange
{
    private readonly Dictionary<ClientOrderId, RestingOrder> _open = []; // Looked up only; the books hold the order.
    private readonly ClosedOrders _closed;
    private readonly KnownIds _known;
    private decimal _wallet;
    private long _factSequence;
    private long _lastFactMs = long.MinValue;
    private long _lastTradeId;
    private long _lastOrder;

    /// <summary>The newest fact; zero if none.</summary>
    public long FactSequence => _factSequence;

    /// <summary>How many submissions carried an id that had been here before, in whatever state its order was.</summary>
    public long DuplicateSubmissions { get; private set; }

    public int OpenOrders => _open.Count;

    private bool WasSeen(ClientOrderId id) => _open.ContainsKey(id) || _known.Contains(id);

    /// <summary>Folds one stored fact. Used for every new fact too, so that what is recovered is what was.</summary>
    /// <remarks>After a crash: <see cref="Restore(PaperBooks)"/> the snapshot's books (or begin with a new exchange), then apply the facts
    /// stored after it. Market and wire begin empty; clients find out by query what became of what was under way.</remarks>
    /// <exception cref="InvalidOperationException">The fact is not the next one.</exception>
    public void Apply(PaperFact fact)
    {
        if (fact.Sequence != _factSequence + 1)
            throw new InvalidOperationException($"Paper venue: expected fact {_factSequence + 1}, came fact {fact.Sequence} ({fact.GetType().Name}). Halted.");
        _factSequence = fact.Sequence;
        _lastFactMs = fact.At.ToUnixTimeMilliseconds();
        _clockMs = Math.Max(_clockMs, _lastFactMs);
        switch (fact)
        {
            case PaperFact.OrderAccepted f:
                AddOpen(new RestingOrder(f.Order, ++_lastOrder));
                _known.Add(f.Order.Id);
                break;
            case PaperFact.OrderRejected f:
                _closed.Add(new PaperOrder(f.Order, Number: 0, OrderState.Rejected, []));
                _known.Add(f.Order.Id);
                break;
            case PaperFact.DuplicateRefused:
                DuplicateSubmissions++;
                break;
            case PaperFact.OrderFilled f:
                var order = OpenOrder(f.Fill.Order, fact);
                order.Fills.Add(f.Fill);
                Book(f.Fill);
                _bySymbol[f.Fill.Symbol].Consumed += f.Fill.Quantity.Base;
                if (order.Remaining == 0m) RemoveOpen(order, OrderState.Filled);
                break;
            case PaperFact.OrderClosed f:
                RemoveOpen(OpenOrder(f.Id, fact), f.State);
                break;
            case PaperFact.FundingSettled f:
                foreach (var line in f.Lines)
                {
                    Listed(line.Symbol, fact).Leg(line.Leg).Fund(line.Amount.Quote);
                    _wallet += line.Amount.Quote;
                }
                break;
            case PaperFact.LegSettled f:
                Book(f.Fill);
                break;
            case PaperFact.LegLiquidated f:
                Book(f.Fill);
                break;
            case PaperFact.PositionsFound f:
                foreach (var fill in f.Fills) Book(fill);
                break;
            default:
                throw new UnreachableException($"Cannot fold {fact.GetType().Name}; skipping it would corrupt the books.");
        }
        SkipFundingUntil(_lastFactMs);

        void Book(Fill fill)
        {
            var book = Listed(fill.Symbol, fact);
            _wallet += book.Leg(fill.Leg).Book(fill);
            if (book.IsInFloor) _traded.Add(book);
            book.IsInFloor = false;
            _lastTradeId = fill.TradeId;
        }
    }

    /// <summary>Everything, as an immutable record; possible whenever all outputs have been taken.</summary>
    /// <exception cref="InvalidOperationException">Outputs are waiting for <see cref="Advance"/>.</exception>
    public PaperState Capture()
    {
        if (_outputs.Count > 0)
            throw new InvalidOperationException($"Paper venue: {_outputs.Count} outputs have not been taken; expected Advance before Capture. Nothing captured.");
        return new(CaptureBooks(), CaptureWorld(), CaptureWire(), _faults);
    }

    /// <summary>The durable part alone.</summary>
    public PaperBooks CaptureBooks() => new(
        _factSequence, InstantOf(_lastFactMs == long.MinValue ? 0 : _lastFactMs), new(_wallet), _lastTradeId, _lastOrder, DuplicateSubmissions,
        [.. _books.SelectMany(b => BothSides.Where(s => b.Leg(s).IsTouched).Select(s => b.Leg(s).Capture(b.Symbol)))],
        [.. _books.SelectMany(b => b.Orders).OrderBy(o => o.Number).Select(o => o.Capture(OrderState.Open))],
        [.. _closed.OldestFirst], _known.Capture());

    /// <summary>Puts back everything, so that this exchange goes on exactly as the captured one would have.</summary>
    /// <exception cref="InvalidOperationException">This exchange is not new, or the state names a symbol that is not listed.</exception>
    public void Restore(PaperState state)
    {
        Restore(state.Books);
        _faults = state.Faults;
        RestoreWorld(state.World);
        RestoreWire(state.Wire);
    }

    /// <summary>Puts back the durable part alone: after a crash, before <see cref="Apply"/>.</summary>
    /// <exception cref="InvalidOperationException">This exchange is not new, or the state names a symbol that is not listed.</exception>
    public void Restore(PaperBooks books)
    {
        if (_factSequence != 0 || _clockMs != long.MinValue || _commands.Count > 0)
            throw new InvalidOperationException("Paper venue: a state can only be restored into a new exchange; this one has been used.");
        (_factSequence, _wallet, _lastTradeId, _lastOrder, DuplicateSubmissions) =
            (books.FactSequence, books.Wallet.Quote, books.LastTradeId, books.LastOrder, books.DuplicateSubmissions);
        _lastFactMs = books.FactSequence == 0 ? long.MinValue : books.LastFactAt.ToUnixTimeMilliseconds();
        _clockMs = _lastFactMs;
        foreach (var leg in books.Legs) Listed(leg.Symbol, books).Leg(leg.Leg).Restore(leg);
        foreach (var order in books.OpenOrders)
        {
            Listed(order.Order.Symbol, books);
            var open = new RestingOrder(order.Order, order.Number);
            open.Fills.AddRange(order.Fills);
            AddOpen(open);
        }
        foreach (var order in books.ClosedOrders) _closed.Add(order);
        _known.Restore(books.KnownIds);
        SkipFundingUntil(_lastFactMs);
    }

    private PaperWorld CaptureWorld() => new(
        _clockMs, _fundedUntilMs, _publishedSequence, _sliceOpenMs, TimeSpan.FromMilliseconds(_intervalMs), _sliceIsOpen,
        [.. _books.Where(b => b.HasPrice).Select(b => new PaperBar(b.Symbol, b.Bar, new(b.Consumed)))]);

    private void RestoreWorld(PaperWorld world)
    {
        (_clockMs, _publishedSequence, _sliceOpenMs, _sliceIsOpen) = (world.ClockMs, world.PublishedSequence, world.SliceOpenMs, world.SliceIsOpen);
        _intervalMs = world.SliceInterval.Ticks / TimeSpan.TicksPerMillisecond;
        SkipFundingUntil(world.FundedUntilMs);
        foreach (var bar in world.Bars)
        {
            var book = Listed(bar.Symbol, world);
            (book.Bar, book.HasPrice, book.Consumed) = (bar.Bar, true, bar.Consumed.Base);
        }
        foreach (var book in _books)
        {
            if (book.Orders.Count > 0) FindCrossing(book);
        }
    }

    // Places in an instant that is over say nothing any more. They are left out, because a rewound replay has none where it was spared
    // from sending what the venue knew, and would differ from an unbroken one in nothing else.
    private PaperWire CaptureWire()
    {
        var now = _clockMs == long.MinValue ? long.MinValue : InstantOf(_clockMs).UtcTicks;
        var (instant, next) = _instantTicks < now ? (long.MinValue, 0) : (_instantTicks, _instantNext);
        return new PaperWire(
            [.. _commands.UnorderedItems.OrderBy(i => i.Priority).Select(i => i.Element)],
            instant, next, [.. _reserved.Where(place => place.SentAtTicks >= now)],
            [.. _deliveries.UnorderedItems.OrderBy(i => i.Priority).Select(i => i.Element)],
            _lastDelivery, _lastDueMs);
    }

    private void RestoreWire(PaperWire wire)
    {
        (_instantTicks, _instantNext, _lastDelivery, _lastDueMs) = (wire.InstantTicks, wire.InstantNext, wire.LastDelivery, wire.LastDueMs);
        _reserved.AddRange(wire.Reserved);
        foreach (var item in wire.Commands)
        {
            if (item.Command is VenueCommand.Submit submit)
                _submitsOnWire[submit.Order.Id] = _submitsOnWire.GetValueOrDefault(submit.Order.Id) + 1;
            _commands.Enqueue(item, new ArrivalKey(item.ArrivesMs, item.SentAt.UtcTicks, item.SentIndex));
        }
        foreach (var delivery in wire.Deliveries) _deliveries.Enqueue(delivery, (delivery.DueMs, delivery.Number));
    }

    private void Commit(PaperFact fact)
    {
        Apply(fact);
        _outputs.Add(new PaperOutput(fact, null));
    }

    private void AddOpen(RestingOrder order)
    {
        _open.Add(order.Order.Id, order);
        _bySymbol[order.Order.Symbol].Orders.Add(order);
    }

    private void RemoveOpen(RestingOrder order, OrderState state)
    {
        _open.Remove(order.Order.Id);
        _bySymbol[order.Order.Symbol].Orders.Remove(order);
        _closed.Add(order.Capture(state));
    }

    // Funding comes first of all work of an instant, so a fact at that instant proves that it has been settled.
    private void SkipFundingUntil(long settledMs)
    {
        while (_fundingNext < _funding.Count && _fundingMs[_fundingNext] <= settledMs) _fundingNext++;
        _fundedUntilMs = Math.Max(_fundedUntilMs, settledMs);
    }

    private RestingOrder OpenOrder(ClientOrderId id, PaperFact fact) => _open.TryGetValue(id, out var order)
        ? order
        : throw new InvalidOperationException($"Paper venue: fact {fact.Sequence} ({fact.GetType().Name}) is about order {id}, which is not open. Halted.");

    private PaperBook Listed(Symbol symbol, object source) => _bySymbol.TryGetValue(symbol, out var book)
        ? book
        : throw new InvalidOperationException($"Paper venue: {source.GetType().Name} names {symbol}, which is not listed any more. Halted; list it again to go on.");
}
