using System.Collections.Immutable;
using Dolphin.Actors.Books;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues;

namespace Dolphin.Actors.Execution;

/// <summary>What is stored of <see cref="UnstoredFacts"/>: only what no open order of the desk tells. Null in its place if there is nothing.</summary>
/// <param name="External">Fills that no order of ours brought and that book or strategy lacks.</param>
/// <param name="Funding">Payments that a book lacks.</param>
/// <param name="InDoubt">Orders the venue was asked about and has not answered.</param>
public sealed record UnstoredState(ImmutableArray<Fill> External, ImmutableArray<VenueEvent.FundingPaid> Funding, ImmutableArray<ClientOrderId> InDoubt);

/// <summary>
/// Everything that has happened to a leg and is not stored yet where it has to be: fills, of our own orders, of strangers' and the venue's own, by book and
/// strategy, funding by the book. Kept per leg in trade order, and told in that order until it is stored.
/// </summary>
/// <remarks>
/// A book takes a trade id that is not above its newest for one it has, so a newer fill that is stored first would lose the older one for good.
/// Two things keep them in order. Each message names the one before it that its receiver still lacks; who does not have that one stores nothing.
/// And while the venue owes an answer about an order of the leg, the order may have older fills that nobody here has heard of: fills of
/// others wait for the answer.
/// <para>
/// Bound: <see cref="MostOfALeg"/> payments and as many fills that are not of a strategy's own orders, for each leg: as many facts as a venue
/// tells again when it is opened. Beyond it the oldest is given up and returned, to be told: its receiver has been gone for very long, and the
/// ledger's sensor (L2) finds the difference as soon as there is a book to compare. Fills of a strategy's orders are bounded by its orders.
/// </para>
/// </remarks>
public sealed class UnstoredFacts
{
    public const int MostOfALeg = IVenue.ToldAgain;

    private readonly SortedDictionary<(Symbol Symbol, PositionSide Leg), Lane> _legs = [];
    private readonly SortedDictionary<ClientOrderId, Doubt> _inDoubt = [];

    public bool Any => _legs.Count > 0;

    /// <summary>In order of symbol, LONG first. A copy: telling changes the list.</summary>
    public IReadOnlyList<(Symbol Symbol, PositionSide Leg)> Legs => [.. _legs.Keys];

    /// <summary>Takes a fill of one of our orders. One that is here already stays as it is.</summary>
    /// <returns>The one that is given up for it, or null.</returns>
    public Fill? Add(Fill fill, OpenOrder order) => Add(new Waiting(fill, order.StrategyId, order.Sequence));

    /// <summary>Takes a fill that no order of ours brought. One that is here already stays as it is.</summary>
    /// <returns>The one that is given up for it, or null.</returns>
    public Fill? AddExternal(Fill fill) => Add(new Waiting(fill, StrategyId: null, Sequence: 0));

    /// <returns>The payment that is given up for it, or null.</returns>
    public VenueEvent.FundingPaid? Add(VenueEvent.FundingPaid paid)
    {
        var lane = LaneOf((paid.Symbol, paid.Leg));
        if (!lane.Funding.TryAdd(paid.At, (paid, Told: false)) || lane.Funding.Count <= MostOfALeg) return null;
        var oldest = lane.Funding.GetValueAtIndex(0).Paid;
        lane.Funding.RemoveAt(0);
        return oldest;
    }

    /// <summary>The venue has been asked about an order: older fills of it may come.</summary>
    public void Asked(NewOrder order) => _inDoubt.TryAdd(order.Id, new Doubt((order.Symbol, order.Leg), WasTooOld: false));

    public bool IsAsked(ClientOrderId id) => _inDoubt.ContainsKey(id);

    /// <summary>The venue has told every fill that the order had at a time. Where something that waits for it happened later that needs another answer.</summary>
    /// <returns>True if that one is to be asked for at once. Once: a venue whose clock went back has to catch up, and is asked with each care.</returns>
    public bool Answered(ClientOrderId id, DateTimeOffset at)
    {
        if (!_inDoubt.TryGetValue(id, out var doubt)) return false;
        if (_legs.TryGetValue(doubt.Leg, out var lane) && lane.Fills.Values.Any(f => !f.Told && f.Fill.Order != id && f.Fill.At > at))
        {
            _inDoubt[id] = doubt with { WasTooOld = true };
            return !doubt.WasTooOld;
        }

        _inDoubt.Remove(id);
        return false;
    }

    /// <summary>All fills that the order can ever have are known.</summary>
    public void Known(ClientOrderId id) => _inDoubt.Remove(id);

    /// <summary>A fill of the order waits for an answer about another one: its end is not told before it.</summary>
    public bool IsHeldBack(NewOrder order) =>
        _legs.TryGetValue((order.Symbol, order.Leg), out var lane) && lane.Fills.Values.Any(f => f.Fill.Order == order.Id && !f.Told);

    /// <param name="of">The order itself, if the desk still has it: it says which leg to look at.</param>
    public void StoredByBook(ClientOrderId order, Quantity cumulative, NewOrder? of)
    {
        if (of is not null) StoredByBook((of.Symbol, of.Leg), order, cumulative);
        else foreach (var leg in Legs) StoredByBook(leg, order, cumulative);
    }

    private void StoredByBook((Symbol, PositionSide) leg, ClientOrderId order, Quantity cumulative) =>
        Settle(leg, f => f.Fill.Order == order && f.Fill.Cumulative <= cumulative, static f => f.BookLacks = false);

    public void StoredByStrategy(Symbol symbol, PositionSide leg, long tradeId) =>
        Settle((symbol, leg), f => f.Fill.TradeId == tradeId, static f => f.StrategyLacks = false);

    /// <summary>The strategy has stored all of the order, or the order is over and forgotten.</summary>
    public void StoredByStrategy(NewOrder order) =>
        Settle((order.Symbol, order.Leg), f => f.Fill.Order == order.Id, static f => f.StrategyLacks = false);

    public void Stored(BookProtocol.FundingStored stored)
    {
        if (!_legs.TryGetValue((stored.Symbol, stored.Leg), out var lane)) return;
        lane.Funding.Remove(stored.At);
        Leave((stored.Symbol, stored.Leg), lane);
    }

    public bool StrategyLacks(NewOrder order) =>
        _legs.TryGetValue((order.Symbol, order.Leg), out var lane) && lane.Fills.Values.Any(f => f.StrategyLacks && f.Fill.Order == order.Id);

    /// <summary>What is to be told of a leg now, in its order: the new alone, or everything once more.</summary>
    public List<object> Due((Symbol Symbol, PositionSide Leg) leg, bool again)
    {
        var due = new List<object>();
        if (!_legs.TryGetValue(leg, out var lane)) return due;
        var (bookAfter, strategyAfter) = (0L, 0L);
        foreach (var fill in lane.Fills.Values)
        {
            if (_inDoubt.Any(d => d.Value.Leg == leg && d.Key != fill.Fill.Order)) break; // Later ones would overtake what waits here.
            if (again || !fill.Told)
            {
                if (fill.BookLacks) due.Add(new BookProtocol.BookFill(fill.Fill, IsExternal: fill.StrategyId is null, bookAfter));
                if (fill.StrategyLacks) due.Add(fill.ToStrategy(strategyAfter));
                fill.Told = true;
            }

            if (fill.BookLacks) bookAfter = fill.Fill.TradeId;
            if (fill.StrategyLacks) strategyAfter = fill.Fill.TradeId;
        }

        DateTimeOffset? paidBefore = null;
        for (var i = 0; i < lane.Funding.Count; i++)
        {
            var (paid, told) = lane.Funding.GetValueAtIndex(i);
            if (again || !told) due.Add(new BookProtocol.BookFunding(paid, paidBefore));
            lane.Funding.SetValueAtIndex(i, (paid, true));
            paidBefore = paid.At;
        }

        return due;
    }

    public UnstoredState? Capture() => _inDoubt.Count == 0 && _legs.Values.All(l => l.Funding.Count == 0 && l.Fills.Values.All(f => f.StrategyId is not null))
        ? null
        : new UnstoredState(
            [.. _legs.Values.SelectMany(l => l.Fills.Values).Where(f => f.StrategyId is null).Select(f => f.Fill)],
            [.. _legs.Values.SelectMany(l => l.Funding.Values).Select(f => f.Paid)], [.. _inDoubt.Keys]);

    /// <summary>After a recovery. What was stored meanwhile, and nobody remembers, is told once more: it is taken once.</summary>
    public void Restore(UnstoredState? state, IReadOnlyList<OpenOrder> open)
    {
        foreach (var order in open)
        {
            foreach (var fill in order.Fills)
            {
                Add(new Waiting(fill, order.StrategyId, order.Sequence)
                {
                    BookLacks = fill.Cumulative > order.BookedTo,
                    StrategyLacks = !order.IsAwaited || !order.StrategyStored, // Where nobody waits for the end it says nothing.
                });
            }
        }

        if (state is null) return;
        foreach (var fill in state.External) AddExternal(fill);
        foreach (var paid in state.Funding) Add(paid);
        foreach (var order in open.Where(o => state.InDoubt.Contains(o.Order.Id))) Asked(order.Order);
    }

    private Fill? Add(Waiting fill)
    {
        if (!fill.BookLacks && !fill.StrategyLacks) return null;
        var lane = LaneOf((fill.Fill.Symbol, fill.Fill.Leg));
        if (!lane.Fills.TryAdd(fill.Fill.TradeId, fill) || lane.Fills.Values.Count(f => f.IsForeign) <= MostOfALeg) return null;
        var oldest = lane.Fills.Values.First(f => f.IsForeign);
        oldest.StrategyLacks = false;
        if (oldest.StrategyId is null) oldest.BookLacks = false; // The desk keeps a panic's order until its book has all of it.
        if (!oldest.BookLacks) lane.Fills.Remove(oldest.Fill.TradeId);
        return oldest.Fill;
    }

    private void Settle((Symbol, PositionSide) leg, Func<Waiting, bool> which, Action<Waiting> settle)
    {
        if (!_legs.TryGetValue(leg, out var lane)) return;
        foreach (var fill in lane.Fills.Values.Where(which).ToList())
        {
            settle(fill);
            if (!fill.BookLacks && !fill.StrategyLacks) lane.Fills.Remove(fill.Fill.TradeId);
        }

        Leave(leg, lane);
    }

    private Lane LaneOf((Symbol, PositionSide) leg)
    {
        if (!_legs.TryGetValue(leg, out var lane)) _legs.Add(leg, lane = new Lane([], []));
        return lane;
    }

    private void Leave((Symbol, PositionSide) leg, Lane lane)
    {
        if (lane.Fills.Count == 0 && lane.Funding.Count == 0) _legs.Remove(leg);
    }

    /// <param name="WasTooOld">An answer was older than what waits for it.</param>
    private readonly record struct Doubt((Symbol Symbol, PositionSide Leg) Leg, bool WasTooOld);

    private sealed record Lane(SortedList<long, Waiting> Fills, SortedList<DateTimeOffset, (VenueEvent.FundingPaid Paid, bool Told)> Funding);

    /// <param name="StrategyId">Null: no order of ours.</param>
    private sealed record Waiting(Fill Fill, string? StrategyId, long Sequence)
    {
        public bool BookLacks { get; set; } = true;
        public bool StrategyLacks { get; set; } = true;
        public bool Told { get; set; }

        // What panic closed is, to the strategy, somebody else's doing; to be bounded it only counts while the strategy lacks it.
        public bool IsForeign => StrategyId is null || (StrategyId == Panic.Strategy && StrategyLacks);

        public object ToStrategy(long after) => StrategyId is null || StrategyId == Panic.Strategy
            ? new ExecutionProtocol.ExternalFill(Fill, after)
            : new ExecutionProtocol.OrderFilled(StrategyId, Sequence, Fill, after);
    }
}
