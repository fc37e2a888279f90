using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Sizing;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>One order from its intent until everybody concerned has stored its end.</summary>
/// <param name="Fills">In trade order, each once.</param>
/// <param name="Acknowledged">The venue has said anything at all about it.</param>
/// <param name="BookedTo">What the book has stored of the filled quantity.</param>
/// <param name="End">How the venue ended it; null while it may still be open there.</param>
/// <param name="Part">1, 2, 3, ... of an order of a <see cref="LegPlacement"/>; 0 of one that is alone.</param>
/// <param name="Withdrawn">Its placement, or its strategy, has asked for it back.</param>
/// <param name="Ahead">Lots that are thought to be ahead of it where it rests; null as long as nobody knows. After a crash that is so again until its level is seen.</param>
public sealed record OpenOrder(
    string StrategyId, long Sequence, NewOrder Order, Price DecisionPrice, DateTimeOffset At, ImmutableArray<Fill> Fills,
    bool Acknowledged, Quantity BookedTo, bool StrategyStored, OrderState? End, string EndReason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Part = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Withdrawn = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Ahead = null)
{
    public Quantity Cumulative => Fills.IsEmpty ? Quantity.Zero : Fills[^1].Cumulative;
    /// <summary>A strategy waits to hear of its end. Nobody does of a panic's order, and of a part only of the end of all.</summary>
    public bool IsAwaited => Part == 0 && StrategyId != Panic.Strategy;
    public bool IsSettled => End is not null && StrategyStored && BookedTo >= Cumulative;
}

/// <summary>How one leg of a strategy's newest decision ended.</summary>
public sealed record LegOutcome(PositionSide Leg, Quantity Cumulative, string Reason);

/// <summary>A strategy's newest decision that led to orders, for those who ask again.</summary>
public sealed record LastDecision(string StrategyId, long Sequence, ImmutableArray<LegOutcome> Ended);

/// <summary>What is stored of the desk.</summary>
/// <param name="Posture">The newest one heard: entering HIBERNATE cancels everything once, and a rewound replay must not do it again.</param>
/// <param name="Panic">For the same reason; null while all invariants hold.</param>
/// <param name="Unstored">What the venue did by itself and book or strategy has not stored; null if there is nothing.</param>
/// <param name="Placements">Legs that are worked; null if there is none.</param>
/// <param name="Fees">What the venue was seen to take; null while that is what the plan says.</param>
/// <param name="Market">What those are priced from; null where no book was ever shown.</param>
public sealed record OrderDeskState(
    ImmutableArray<OpenOrder> Open, ImmutableArray<LastDecision> Decisions, long Intents, long Rejected, Posture Posture,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PanicMemory? Panic = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UnstoredState? Unstored = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<LegPlacement>? Placements = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PlacementMarketState? Market = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VenueFees? Fees = null);

/// <summary>An invariant has failed, as far as the newest snapshot says.</summary>
/// <param name="Asked">The question what the venue holds, as long as it is not answered; null if nothing has to be asked.</param>
/// <param name="AskedAt">When it was last sent, or when what it is about came up.</param>
public sealed record PanicMemory(string? Asked, DateTimeOffset AskedAt);

/// <summary>
/// The open orders and what became of each strategy's last ones. Bounded: one decision a strategy, and for each of its legs one order or one placement with at most
/// <see cref="Domain.Placement.PlacementState.MostOrders"/> of them.
/// </summary>
public sealed class OrderDesk
{
    private readonly SortedDictionary<ClientOrderId, OpenOrder> _open = [];
    private readonly Dictionary<(string StrategyId, long Sequence, PositionSide Leg), ClientOrderId> _ids = []; // Never walked.
    private readonly SortedSet<ClientOrderId> _unawaited = [];
    private readonly SortedDictionary<(string StrategyId, long Sequence, PositionSide Leg), Worked> _placements = new(LegOrdering);
    private readonly SortedDictionary<string, LastDecision> _decisions = new(StringComparer.Ordinal);

    public long Intents { get; private set; }
    public long Rejected { get; private set; }
    public OrderCounts Counts => new(Intents, _open.Count, Rejected);
    /// <summary>What the venue was seen to take; null while that is what the plan says.</summary>
    public VenueFees? Fees { get; private set; }
    public bool HasOpen => _open.Count > 0 || _placements.Count > 0;

    /// <summary>In order of id. A copy: handlers change the desk while they walk it.</summary>
    public IReadOnlyList<OpenOrder> Open => [.. _open.Values];
    /// <summary>Those of them whose own end no strategy waits for. A copy too.</summary>
    public IReadOnlyList<OpenOrder> Unawaited => _unawaited.Count == 0 ? [] : [.. _unawaited.Select(id => _open[id])];
    /// <summary>Legs that are worked, in order of strategy. A copy too.</summary>
    public IReadOnlyList<LegPlacement> Placements => _placements.Count == 0 ? [] : [.. _placements.Values.Select(w => w.Placement)];
    public LegPlacement? PlacementOf(string strategyId, long sequence, PositionSide leg) => _placements.GetValueOrDefault((strategyId, sequence, leg))?.Placement;
    /// <summary>Its orders that are open or not settled, in order of part.</summary>
    public IEnumerable<OpenOrder> PartsOf(LegPlacement placement) => _placements.GetValueOrDefault(LegOf(placement))?.Parts.Values.Select(id => _open[id]) ?? [];
    /// <summary>What was filled of it, by all of its orders.</summary>
    public Quantity FilledOf(LegPlacement placement) => PartsOf(placement).Aggregate(placement.Filled, static (sum, part) => sum + part.Cumulative);
    public OpenOrder? Find(ClientOrderId id) => _open.GetValueOrDefault(id);
    /// <summary>A strategy that may have an order of the symbol open at the venue, or works a leg of it, and is not the one named; null if there is none. Nobody's is a panic's.</summary>
    public string? OtherTraderOf(Symbol symbol, string strategyId)
    {
        foreach (var order in _open.Values)
            if (order.End is null && order.Order.Symbol == symbol && order.StrategyId != strategyId && order.StrategyId != Panic.Strategy) return order.StrategyId;
        foreach (var worked in _placements.Values)
            if (worked.Placement.Symbol == symbol && worked.Placement.StrategyId != strategyId) return worked.Placement.StrategyId;
        return null;
    }
    public LastDecision? LastOf(string strategyId) => _decisions.GetValueOrDefault(strategyId);
    public OpenOrder? Find(string strategyId, long sequence, PositionSide leg) => _ids.TryGetValue((strategyId, sequence, leg), out var id) ? _open[id] : null;

    public void Apply(ExecutionEvent @event)
    {
        switch (@event)
        {
            case ExecutionEvent.Intended e:
                Intents++;
                var intended = new OpenOrder(e.StrategyId, e.Sequence, e.Order, e.DecisionPrice, e.At, [],
                    Acknowledged: false, BookedTo: Quantity.Zero, StrategyStored: false, End: null, EndReason: "", e.Part);
                Add(intended with { StrategyStored = !intended.IsAwaited });
                if (_placements.TryGetValue(LegOf(intended), out var worked))
                    worked.Placement = worked.Placement with { Orders = Math.Max(worked.Placement.Orders, e.Part), HasTaken = worked.Placement.HasTaken || e.Order.Type == OrderType.Market };
                Decided(e.StrategyId, e.Sequence);
                break;
            case ExecutionEvent.PlacementBegan e:
                Add(new LegPlacement(e.StrategyId, e.Sequence, e.Symbol, e.Leg, e.Side, e.Quantity, e.DecisionPrice, e.At, Quantity.Zero, Orders: 0, HasTaken: false));
                Decided(e.StrategyId, e.Sequence);
                break;
            case ExecutionEvent.PlacementEnded e:
                _placements.Remove((e.StrategyId, e.Sequence, e.Leg));
                Ended(e.StrategyId, e.Sequence, new LegOutcome(e.Leg, e.Cumulative, e.Reason));
                break;
            case ExecutionEvent.Finished e:
                Remove(e);
                if (e.State == OrderState.Rejected) Rejected++;
                break;
            case ExecutionEvent.FeesCharged e:
                Fees = new VenueFees(e.Maker, e.Taker);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would lose an order.");
        }
    }

    private void Decided(string strategyId, long sequence)
    {
        if (LastOf(strategyId)?.Sequence != sequence) _decisions[strategyId] = new LastDecision(strategyId, sequence, []);
    }

    private void Ended(string strategyId, long sequence, LegOutcome outcome)
    {
        if (LastOf(strategyId) is { } last && last.Sequence == sequence) _decisions[strategyId] = last with { Ended = last.Ended.Add(outcome) };
    }

    private void Add(OpenOrder order)
    {
        _open.Add(order.Order.Id, order);
        if (order.Part > 0)
        {
            if (_placements.TryGetValue(LegOf(order), out var worked)) worked.Parts.Add(order.Part, order.Order.Id);
        }
        else _ids[LegOf(order)] = order.Order.Id;
        if (!order.IsAwaited) _unawaited.Add(order.Order.Id);
    }

    private void Add(LegPlacement placement) => _placements.Add(LegOf(placement), new Worked(placement));

    private void Remove(ExecutionEvent.Finished finished)
    {
        _open.Remove(finished.Id, out var order);
        _unawaited.Remove(finished.Id);
        if (order!.Part == 0)
        {
            _ids.Remove(LegOf(order));
            Ended(order.StrategyId, order.Sequence, new LegOutcome(order.Order.Leg, finished.Cumulative, finished.Reason));
        }
        else if (_placements.TryGetValue(LegOf(order), out var worked))
        {
            worked.Parts.Remove(order.Part);
            worked.Placement = worked.Placement with { Filled = worked.Placement.Filled + finished.Cumulative };
        }
    }

    // Of a panic's orders there may be several; nobody asks for those.
    private static (string, long, PositionSide) LegOf(OpenOrder order) => (order.StrategyId, order.Sequence, order.Order.Leg);
    private static (string, long, PositionSide) LegOf(LegPlacement placement) => (placement.StrategyId, placement.Sequence, placement.Leg);

    private static readonly Comparer<(string StrategyId, long Sequence, PositionSide Leg)> LegOrdering = Comparer<(string StrategyId, long Sequence, PositionSide Leg)>.Create(static (a, b) =>
        string.CompareOrdinal(a.StrategyId, b.StrategyId) is not 0 and var byName ? byName : a.Sequence != b.Sequence ? a.Sequence.CompareTo(b.Sequence) : a.Leg.CompareTo(b.Leg));

    private sealed class Worked(LegPlacement placement)
    {
        public LegPlacement Placement { get; set; } = placement;
        public SortedDictionary<int, ClientOrderId> Parts { get; } = [];
    }

    /// <summary>Notes what the venue or a receiver said of an open order. Not stored as events: the venue can always be asked again.</summary>
    public OpenOrder Note(OpenOrder changed) => _open[changed.Order.Id] = changed;

    /// <summary>Notes why nothing more will come of a placement. Not stored either: it is found out again.</summary>
    public LegPlacement Note(LegPlacement changed) => _placements[LegOf(changed)].Placement = changed;

    /// <summary>A fill of the order before this one has not been heard of: taken now, this one would hide it.</summary>
    public bool Lacks(Fill fill) => Find(fill.Order) is { } order && fill.Cumulative - fill.Quantity > order.Cumulative;

    /// <returns>False for a fill that is known already.</returns>
    public bool TryAdd(Fill fill, out OpenOrder order)
    {
        order = _open.GetValueOrDefault(fill.Order)!;
        if (order is null || fill.Cumulative <= order.Cumulative) return false;
        order = Note(order with { Fills = order.Fills.Add(fill), Acknowledged = true });
        return true;
    }

    public OrderDeskState Capture(Posture posture, PanicMemory? panic, UnstoredState? unstored, PlacementMarketState? market) => new(
        [.. _open.Values], [.. _decisions.Values], Intents, Rejected, posture, panic, unstored,
        _placements.Count == 0 ? null : [.. _placements.Values.Select(w => w.Placement)], market, Fees);

    public void Restore(OrderDeskState state)
    {
        foreach (var placement in state.Placements ?? []) Add(placement); // Before their orders, which are listed with them.
        foreach (ref readonly var order in state.Open.AsSpan()) Add(order);
        foreach (ref readonly var decision in state.Decisions.AsSpan()) _decisions.Add(decision.StrategyId, decision);
        (Intents, Rejected, Fees) = (state.Intents, state.Rejected, state.Fees);
    }
}
