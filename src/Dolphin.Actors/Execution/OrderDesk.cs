using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Actors.Node;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>One order from its intent until everybody concerned has stored its end.</summary>
/// <param name="Fills">In trade order, each once.</param>
/// <param name="Acknowledged">The venue has said anything at all about it.</param>
/// <param name="BookedTo">What the book has stored of the filled quantity.</param>
/// <param name="End">How the venue ended it; null while it may still be open there.</param>
public sealed record OpenOrder(
    string StrategyId, long Sequence, NewOrder Order, Price DecisionPrice, DateTimeOffset At, ImmutableArray<Fill> Fills,
    bool Acknowledged, Quantity BookedTo, bool StrategyStored, OrderState? End, string EndReason)
{
    public Quantity Cumulative => Fills.IsEmpty ? Quantity.Zero : Fills[^1].Cumulative;
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
public sealed record OrderDeskState(
    ImmutableArray<OpenOrder> Open, ImmutableArray<LastDecision> Decisions, long Intents, long Rejected, Posture Posture,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PanicMemory? Panic = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UnstoredState? Unstored = null);

/// <summary>An invariant has failed, as far as the newest snapshot says.</summary>
/// <param name="Asked">The question what the venue holds, as long as it is not answered; null if nothing has to be asked.</param>
/// <param name="AskedAt">When it was last sent, or when what it is about came up.</param>
public sealed record PanicMemory(string? Asked, DateTimeOffset AskedAt);

/// <summary>The open orders and what became of each strategy's last ones. Bounded: two orders and one decision a strategy.</summary>
public sealed class OrderDesk
{
    private readonly SortedDictionary<ClientOrderId, OpenOrder> _open = [];
    private readonly Dictionary<(string StrategyId, long Sequence, PositionSide Leg), ClientOrderId> _ids = []; // Never walked.
    private readonly SortedSet<ClientOrderId> _ofPanic = [];
    private readonly SortedDictionary<string, LastDecision> _decisions = new(StringComparer.Ordinal);

    public long Intents { get; private set; }
    public long Rejected { get; private set; }
    public OrderCounts Counts => new(Intents, _open.Count, Rejected);
    public bool HasOpen => _open.Count > 0;

    /// <summary>In order of id. A copy: handlers change the desk while they walk it.</summary>
    public IReadOnlyList<OpenOrder> Open => [.. _open.Values];
    /// <summary>Those of them that no strategy asked for.</summary>
    public IReadOnlyList<OpenOrder> OpenOfPanic => _ofPanic.Count == 0 ? [] : [.. _ofPanic.Select(id => _open[id])];
    public OpenOrder? Find(ClientOrderId id) => _open.GetValueOrDefault(id);
    public LastDecision? LastOf(string strategyId) => _decisions.GetValueOrDefault(strategyId);
    public OpenOrder? Find(string strategyId, long sequence, PositionSide leg) => _ids.TryGetValue((strategyId, sequence, leg), out var id) ? _open[id] : null;

    public void Apply(ExecutionEvent @event)
    {
        switch (@event)
        {
            case ExecutionEvent.Intended e:
                Intents++;
                Add(new OpenOrder(e.StrategyId, e.Sequence, e.Order, e.DecisionPrice, e.At, [],
                    Acknowledged: false, BookedTo: Quantity.Zero, StrategyStored: e.StrategyId == Panic.Strategy, // Nobody waits for its end.
                    End: null, EndReason: ""));
                if (LastOf(e.StrategyId)?.Sequence != e.Sequence) _decisions[e.StrategyId] = new LastDecision(e.StrategyId, e.Sequence, []);
                break;
            case ExecutionEvent.Finished e:
                _open.Remove(e.Id, out var order);
                _ids.Remove(LegOf(order!));
                _ofPanic.Remove(e.Id);
                if (e.State == OrderState.Rejected) Rejected++;
                if (LastOf(order!.StrategyId) is { } last && last.Sequence == order.Sequence)
                    _decisions[order.StrategyId] = last with { Ended = last.Ended.Add(new LegOutcome(order.Order.Leg, e.Cumulative, e.Reason)) };
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would lose an order.");
        }
    }

    private void Add(OpenOrder order)
    {
        _open.Add(order.Order.Id, order);
        _ids[LegOf(order)] = order.Order.Id;
        if (order.StrategyId == Panic.Strategy) _ofPanic.Add(order.Order.Id);
    }

    // Of a panic's orders there may be several; nobody asks for those.
    private static (string, long, PositionSide) LegOf(OpenOrder order) => (order.StrategyId, order.Sequence, order.Order.Leg);

    /// <summary>Notes what the venue or a receiver said of an open order. Not stored as events: the venue can always be asked again.</summary>
    public OpenOrder Note(OpenOrder changed) => _open[changed.Order.Id] = changed;

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

    public OrderDeskState Capture(Posture posture, PanicMemory? panic, UnstoredState? unstored) =>
        new([.. _open.Values], [.. _decisions.Values], Intents, Rejected, posture, panic, unstored);

    public void Restore(OrderDeskState state)
    {
        foreach (ref readonly var order in state.Open.AsSpan()) Add(order);
        foreach (ref readonly var decision in state.Decisions.AsSpan()) _decisions.Add(decision.StrategyId, decision);
        (Intents, Rejected) = (state.Intents, state.Rejected);
    }
}
