using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Domain.Placement;
using Dolphin.Venues.Ticks;

namespace Dolphin.Backtest.Placement;

/// <summary>
/// Places the same quantity again and again on a recorded order book, once through <see cref="SmartPlacer"/> and once by taking it at the decision, and says what each came to.
/// Fed message by message; the same messages give the same figures.
/// </summary>
public sealed class PlacementTrial
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100); // As often as the venue tells of its book.
    private const int AdverseHorizon = 1; // Five seconds: longer than a ladder's patience with a place, shorter than a placement.

    private sealed class Running(PlacementState state, long middle2, bool isSmart)
    {
        public PlacementState State { get; set; } = state;
        public long Middle2 => middle2;
        public bool IsSmart => isSmart;
        public List<TickFill> Fills { get; } = [];
    }

    /// <summary>An order at the venue, as who sent it knows of it.</summary>
    private sealed class Sent(Running placement, int order, OrderSide side, long? ticks, long lots)
    {
        public Running Placement => placement;
        public int Order => order;
        public OrderSide Side => side;
        public long? Ticks => ticks;
        public long Lots => lots;
        public long Filled { get; set; }
        public bool IsAccepted { get; set; }
        public QueuePosition? Queue { get; set; }
        public DateTimeOffset? WithdrawnAt { get; set; }
        public QueueExpectation? Expected { get; set; }
    }

    private readonly record struct Awaited(DateTimeOffset Due, int Horizon, bool IsSmart, bool IsMaker, OrderSide Side, long Ticks, long Lots);

    private readonly PlacementTrialOptions _options;
    private readonly TickVenue _venue;
    private readonly PlacementTally _smart, _taking;
    private readonly List<Running> _running = []; // At most two for each Every within a timeout.
    private readonly SortedDictionary<long, Sent> _sent = []; // By the venue's number, until their ends are known.
    private readonly QueueTally _queues = new();
    private readonly Queue<Awaited>[] _awaited = [.. PlacementTally.Horizons.Select(_ => new Queue<Awaited>())];
    private OrderBook? _book;
    private DateTimeOffset? _first, _nextStart, _nextLook;
    private TakenRate _bidsTaken, _asksTaken;
    private TakenTo _bidsTakenTo, _asksTakenTo;
    private AdverseSelection _adverse;
    private long _lastOrder;
    private int _begun;

    public PlacementTrial(PlacementTrialOptions options)
    {
        if (options.Policy.Problems() is { IsEmpty: false } problems) throw new ArgumentException(problems[0], nameof(options));
        (_options, _venue) = (options, new TickVenue(options.Outbound, options.Inbound));
        _smart = new PlacementTally("smart placer", options.Policy.MakerFee, options.Policy.TakerFee);
        _taking = new PlacementTally("taking at once", options.Policy.MakerFee, options.Policy.TakerFee);
    }

    public PlacementArm Smart => _smart.Sum();
    public PlacementArm Taking => _taking.Sum();

    /// <summary>What was expected of the smart placer's queues and what came.</summary>
    public ImmutableArray<QueueRow> Queues => _queues.Sum();

    /// <summary>Placements that the recording was over before: in no figure.</summary>
    public int Unended => _running.Count;

    public AdverseSelection Adverse => _adverse;

    /// <summary>A message of the market is about to come; until then it was as it was.</summary>
    public void Advance(DateTimeOffset at)
    {
        if (_nextLook is not { } look) return;
        for (; look <= at; look += LookEvery)
        {
            _venue.Advance(look);
            Hear(look);
            Look(look);
        }

        _nextLook = look;
        _venue.Advance(at);
        Hear(at);
    }

    /// <param name="book">Null while it is not whole.</param>
    public void OnBook(OrderBook? book, DateTimeOffset at)
    {
        _book = book;
        _venue.OnBook(book, at);
        if (book is null || _first is not null) return;
        (_first, _nextStart, _nextLook) = (at, at + _options.Every, at + LookEvery);
    }

    public void OnTrade(Level trade, OrderSide taker, DateTimeOffset at)
    {
        _venue.OnTrade(trade, taker, at);
        if (taker == OrderSide.Sell) (_bidsTaken, _bidsTakenTo) = (_bidsTaken.After(trade.Lots, at), _bidsTakenTo.After(OrderSide.Buy, trade));
        else (_asksTaken, _asksTakenTo) = (_asksTaken.After(trade.Lots, at), _asksTakenTo.After(OrderSide.Sell, trade));
    }

    private void Look(DateTimeOffset at)
    {
        var touch = _book is { } book ? Touch.Of(book) : null;
        Judge(touch, at);
        Follow(touch, at);
        if (at >= _nextStart && touch is { } begin)
        {
            _nextStart += _options.Every;
            Begin(begin, at);
        }

        foreach (var placement in _running.ToArray())
        {
            if (!placement.IsSmart) continue;
            Decide(placement, new PlacementInput.Look(touch, MayWork: true, _options.MayTake, _adverse.ExpectedAt(at), TakenOf(placement.State.Side, at), at)
            {
                Queues = [.. from sent in _sent.Values where sent.Placement == placement && sent.Queue is not null select new OrderQueue(sent.Order, sent.Queue!.Value)],
            });
        }
    }

    private double TakenOf(OrderSide side, DateTimeOffset at) => (side == OrderSide.Buy ? _bidsTaken : _asksTaken).FadedTo(at).PerSecond;

    // As the node does: by what the look shows, and not from before the venue has said that an order rests. A recorded book has none of our lots.
    private void Follow(Touch? touch, DateTimeOffset at)
    {
        if (_book is { } book && touch is { } best)
        {
            foreach (var sent in _sent.Values)
            {
                if (!sent.IsAccepted || sent.Ticks is not { } ticks) continue;
                var (isBuy, isFirst) = (sent.Side == OrderSide.Buy, sent.Queue is null);
                sent.Queue = QueuePosition.Seen(sent.Queue, (isBuy ? _bidsTakenTo : _asksTakenTo).LotsAt(sent.Side, ticks), isBuy ? book.BidLotsAt(ticks) : book.AskLotsAt(ticks), own: 0);
                if (isFirst && (isBuy ? ticks >= best.Bid.Ticks : ticks <= best.Ask.Ticks) && sent is { WithdrawnAt: null, Queue: { } queue }) sent.Expected = Expect(sent, queue, at);
            }
        }

        (_bidsTakenTo, _asksTakenTo) = (default, default);
    }

    // At the best price, where the queue alone says when it fills.
    private QueueExpectation Expect(Sent sent, QueuePosition queue, DateTimeOffset at) => new(
        at, (queue.Ahead + sent.Lots - sent.Filled) / TakenOf(sent.Side, at), (sent.Placement.State.Began + _options.Policy.Timeout - at).TotalSeconds);

    private void Begin(in Touch touch, DateTimeOffset at)
    {
        var side = _options.Side ?? (_begun++ % 2 == 0 ? OrderSide.Buy : OrderSide.Sell);
        var state = PlacementState.Begin(side, _options.Lots, _options.LeastLots, at);
        _running.Add(new Running(state, touch.Middle2, isSmart: true));
        var taking = new Running(state, touch.Middle2, isSmart: false);
        _running.Add(taking);
        Act(taking, new PlacementEvent.OrderTaken(1, _options.Lots, at));
    }

    private void Decide(Running placement, PlacementInput input)
    {
        foreach (var @event in SmartPlacer.Decide(_options.Policy, placement.State, input).Events) Act(placement, @event);
    }

    private void Act(Running placement, PlacementEvent happened)
    {
        placement.State = SmartPlacer.Evolve(placement.State, happened);
        switch (happened)
        {
            case PlacementEvent.OrderRested e:
                _venue.Submit(Number(placement, e.Order, e.Ticks, e.Lots), placement.State.Side, e.Ticks, e.Lots, e.At);
                break;
            case PlacementEvent.OrderTaken e:
                _venue.Submit(Number(placement, e.Order, null, e.Lots), placement.State.Side, null, e.Lots, e.At);
                break;
            case PlacementEvent.OrderWithdrawn e:
                var (number, withdrawn) = _sent.First(o => o.Value.Placement == placement && o.Value.Order == e.Order);
                withdrawn.WithdrawnAt = e.At;
                _venue.Cancel(number, e.At);
                break;
            case PlacementEvent.Finished:
                End(placement);
                break;
        }
    }

    private long Number(Running placement, int order, long? ticks, long lots)
    {
        _sent.Add(++_lastOrder, new Sent(placement, order, placement.State.Side, ticks, lots));
        return _lastOrder;
    }

    private void Hear(DateTimeOffset now)
    {
        while (_venue.TryHear(now, out var report))
        {
            if (!_sent.TryGetValue(report.Order, out var sent)) continue;
            var placement = sent.Placement;
            if (report.Kind == TickReportKind.Accepted) sent.IsAccepted = true;
            else if (report.Kind == TickReportKind.Filled)
            {
                sent.Filled += report.Lots;
                if (sent.Filled == sent.Lots) Forget(report.Order, sent, report.At);
                placement.Fills.Add(new TickFill(report.Ticks, report.Lots, report.IsMaker, report.At));
                for (var horizon = 0; horizon < _awaited.Length; horizon++)
                    _awaited[horizon].Enqueue(new Awaited(report.At + PlacementTally.Horizons[horizon], horizon, placement.IsSmart, report.IsMaker, placement.State.Side, report.Ticks, report.Lots));
                Decide(placement, new PlacementInput.Filled(sent.Order, report.Lots, now));
            }
            else
            {
                Forget(report.Order, sent, null);
                Decide(placement, new PlacementInput.Ended(sent.Order, now));
                if (!placement.IsSmart) End(placement); // What the book did not have.
            }
        }
    }

    private void Forget(long number, Sent sent, DateTimeOffset? filledAt)
    {
        _sent.Remove(number);
        if (sent.Expected is { } expected) _queues.Add(expected, filledAt, sent.WithdrawnAt);
    }

    private void Judge(Touch? touch, DateTimeOffset at)
    {
        if (touch is not { } now) return; // Later, when there is a middle again.
        foreach (var queue in _awaited)
        {
            while (queue.TryPeek(out var fill) && fill.Due <= at)
            {
                queue.Dequeue();
                var against = now.AgainstBps(fill.Side, fill.Ticks);
                (fill.IsSmart ? _smart : _taking).Judge(fill.Horizon, against, fill.Lots);
                if (fill is { IsSmart: true, IsMaker: true, Horizon: AdverseHorizon }) _adverse = _adverse.After(against, fill.Lots, at);
            }
        }
    }

    private void End(Running placement)
    {
        if (!_running.Remove(placement)) return;
        var state = placement.State;
        foreach (var order in _sent.Where(o => o.Value.Placement == placement).Select(o => o.Key).ToList()) _sent.Remove(order);
        (placement.IsSmart ? _smart : _taking).Add(state.Side, state.Lots, placement.Middle2, state.Began, placement.Fills, state.Orders);
    }
}
