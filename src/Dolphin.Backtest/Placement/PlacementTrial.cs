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

    private readonly record struct Awaited(DateTimeOffset Due, int Horizon, bool IsSmart, bool IsMaker, OrderSide Side, long Ticks, long Lots);

    private readonly PlacementTrialOptions _options;
    private readonly TickVenue _venue;
    private readonly PlacementTally _smart, _taking;
    private readonly List<Running> _running = []; // At most two for each Every within a timeout.
    private readonly Dictionary<long, (Running Placement, int Order)> _byOrder = [];
    private readonly Queue<Awaited>[] _awaited = [.. PlacementTally.Horizons.Select(_ => new Queue<Awaited>())];
    private OrderBook? _book;
    private DateTimeOffset? _first, _nextStart, _nextLook;
    private TakenRate _bidsTaken, _asksTaken;
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
        if (taker == OrderSide.Sell) _bidsTaken = _bidsTaken.After(trade.Lots, at);
        else _asksTaken = _asksTaken.After(trade.Lots, at);
    }

    private void Look(DateTimeOffset at)
    {
        var touch = _book is { } book ? Touch.Of(book) : null;
        Judge(touch, at);
        if (at >= _nextStart && touch is { } begin)
        {
            _nextStart += _options.Every;
            Begin(begin, at);
        }

        foreach (var placement in _running.ToArray())
        {
            var taken = (placement.State.Side == OrderSide.Buy ? _bidsTaken : _asksTaken).FadedTo(at).PerSecond;
            if (placement.IsSmart) Decide(placement, new PlacementInput.Look(touch, MayWork: true, _options.MayTake, _adverse.ExpectedAt(at), taken, at));
        }
    }

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
                _venue.Submit(Number(placement, e.Order), placement.State.Side, e.Ticks, e.Lots, e.At);
                break;
            case PlacementEvent.OrderTaken e:
                _venue.Submit(Number(placement, e.Order), placement.State.Side, null, e.Lots, e.At);
                break;
            case PlacementEvent.OrderWithdrawn e:
                _venue.Cancel(_byOrder.First(o => o.Value == (placement, e.Order)).Key, e.At);
                break;
            case PlacementEvent.Finished:
                End(placement);
                break;
        }
    }

    private long Number(Running placement, int order)
    {
        _byOrder.Add(++_lastOrder, (placement, order));
        return _lastOrder;
    }

    private void Hear(DateTimeOffset now)
    {
        while (_venue.TryHear(now, out var report))
        {
            if (!_byOrder.TryGetValue(report.Order, out var owner)) continue;
            var (placement, order) = owner;
            if (report.Kind == TickReportKind.Filled)
            {
                placement.Fills.Add(new TickFill(report.Ticks, report.Lots, report.IsMaker, report.At));
                for (var horizon = 0; horizon < _awaited.Length; horizon++)
                    _awaited[horizon].Enqueue(new Awaited(report.At + PlacementTally.Horizons[horizon], horizon, placement.IsSmart, report.IsMaker, placement.State.Side, report.Ticks, report.Lots));
                Decide(placement, new PlacementInput.Filled(order, report.Lots, now));
            }
            else
            {
                _byOrder.Remove(report.Order);
                Decide(placement, new PlacementInput.Ended(order, now));
                if (!placement.IsSmart) End(placement); // What the book did not have.
            }
        }
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
        foreach (var order in _byOrder.Where(o => o.Value.Placement == placement).Select(o => o.Key).ToList()) _byOrder.Remove(order);
        (placement.IsSmart ? _smart : _taking).Add(state.Side, state.Lots, placement.Middle2, state.Began, placement.Fills, state.Orders);
    }
}
