using System.Collections.Immutable;
using System.Diagnostics;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using static Dolphin.Domain.Placement.PlacementEvent;

namespace Dolphin.Domain.Placement;

/// <summary>
/// Makes the price instead of taking it (dolphin-survival-stack, "SmartPlacer"): a ladder of post-only orders that follows the market, until it has filled or its time
/// is up; then the posture says whether the rest is taken or left. Same state and input, same events.
/// </summary>
/// <remarks>
/// Orders that could still fill never add up to more than what is left to trade: a withdrawn order counts until its end is known, so nothing is ever bought
/// twice. From a book that is not valid nothing is priced, and nothing is taken blindly.
/// </remarks>
public static class SmartPlacer
{
    public static Decision<PlacementEvent> Decide(PlacementPolicy policy, PlacementState state, PlacementInput input) => input switch
    {
        _ when state.IsOver => Decision<PlacementEvent>.Refuse("placement.over", $"The placement of {state.Lots} lots is over; {input.GetType().Name} came. Nothing changed."),
        PlacementInput.Look i => OnLook(policy, state, i),
        PlacementInput.Filled i => OnFilled(state, i),
        PlacementInput.Ended i => OnEnded(state, i),
        _ => throw new UnreachableException($"No rule for {input}."),
    };

    /// <summary>The state after one event. Total: every event can be folded into every state.</summary>
    public static PlacementState Evolve(PlacementState state, PlacementEvent @event) => @event switch
    {
        OrderRested e => Sent(state, new PlacedOrder(e.Order, e.Ticks, e.Lots, 0, e.At, Withdrawn: false)),
        OrderTaken e => Sent(state, new PlacedOrder(e.Order, null, e.Lots, 0, e.At, Withdrawn: false)),
        OrderWithdrawn e => Changed(state, e.Order, o => o with { Withdrawn = true }),
        LotsFilled e => Changed(state with { Filled = state.Filled + e.Lots }, e.Order, o => o.Remaining == e.Lots ? null : o with { Filled = o.Filled + e.Lots }),
        OrderEnded e => Changed(state, e.Order, _ => null),
        Finished => state with { IsOver = true },
        _ => throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would lose an order."),
    };

    private static Decision<PlacementEvent> OnLook(PlacementPolicy policy, PlacementState state, PlacementInput.Look look)
    {
        if (state.Open.IsEmpty && state.Unplaced < state.LeastLots) return Decision<PlacementEvent>.Of(new Finished(state.Unplaced, look.At)); // Too little for an order.
        var left = state.Began + policy.Timeout - look.At;
        var isLate = left <= TimeSpan.Zero || state.Orders > PlacementState.MostOrders - policy.Rungs;
        var rests = look.MayWork && !isLate && !(look.MayTake && TakingIsCheaper(policy, look));
        var events = ImmutableArray.CreateBuilder<PlacementEvent>();
        foreach (var order in state.Open)
            if (order is { Ticks: { } ticks, Withdrawn: false } && (!rests || IsBehind(policy, state.Side, order, ticks, look) || WaitsInVain(policy, state.Side, order, ticks, look, left))) events.Add(new OrderWithdrawn(order.Number, look.At));
        if (rests) Rest(policy, state, look, left, events);
        else if (state.Open.IsEmpty) TakeOrLeave(state, look, isLate, events);
        return events.Count == 0 ? Decision<PlacementEvent>.Nothing : new Decision<PlacementEvent>(events.ToImmutable(), null);
    }

    // Resting costs its fee and what the market does to who rests; taking its fee and half the spread.
    private static bool TakingIsCheaper(PlacementPolicy policy, PlacementInput.Look look) =>
        look.Touch is { } touch && (double)policy.TakerFee.Value + touch.HalfSpreadBps < (double)policy.MakerFee.Value + look.Adverse;

    private static bool IsBehind(PlacementPolicy policy, OrderSide side, PlacedOrder order, long ticks, PlacementInput.Look look)
    {
        if (look.Touch is not { } touch || look.At - order.At < policy.RepriceAfter) return false;
        var (best, spacing) = (OwnBest(side, touch).Ticks, policy.SpacingAt(touch.Middle));
        var behind = side == OrderSide.Buy ? best - ticks : ticks - best;
        return behind > (policy.Rungs - 1) * spacing + PlacementPolicy.TicksOf(policy.RepriceBeyond, touch.Middle);
    }

    // At the best price behind a queue that will not be through in time, where a tick better is the head of a queue of its own. Who is so near to the front that the
    // patience for a place would see it through stays: on the way to another nobody fills. Farther behind it is the market that has to come, not the queue to go.
    private static bool WaitsInVain(PlacementPolicy policy, OrderSide side, PlacedOrder order, long ticks, PlacementInput.Look look, TimeSpan left)
    {
        if (look.Touch is not { } touch || ticks != OwnBest(side, touch).Ticks || !HasRoom(touch) || look.At - order.At < policy.RepriceAfter) return false;
        var patience = left > policy.RepriceAfter ? left : policy.RepriceAfter;
        return look.AheadOf(order.Number) is { } ahead && ahead > look.TakenPerSecond * patience.TotalSeconds;
    }

    private static void Rest(PlacementPolicy policy, PlacementState state, PlacementInput.Look look, TimeSpan left, ImmutableArray<PlacementEvent>.Builder events)
    {
        var unplaced = state.Unplaced;
        var free = Math.Min(policy.Rungs - state.Open.Length, unplaced / state.LeastLots); // What is too small for an order waits for the one that ends next.
        if (look.Touch is not { } touch || free <= 0) return;
        var first = FirstPrice(state, touch, look, left);
        var (step, spacing, order) = (state.Side == OrderSide.Buy ? -1 : 1, policy.SpacingAt(touch.Middle), state.Orders);
        for (long rung = 0; free > 0; rung++)
        {
            var ticks = first + step * rung * spacing;
            if (ticks < 1) return;
            if (state.Open.Any(o => o.Ticks == ticks && !o.Withdrawn)) continue;
            var lots = unplaced / free; // The rest goes to the last, which is the farthest.
            events.Add(new OrderRested(++order, ticks, lots, look.At));
            unplaced -= lots;
            free--;
        }
    }

    // Behind a queue that would not be through in time a better price is the head of a queue of its own, where there is room for one.
    private static long FirstPrice(PlacementState state, in Touch touch, PlacementInput.Look look, TimeSpan left)
    {
        var best = OwnBest(state.Side, touch);
        var isTooLong = best.Lots > 0 && best.Lots + state.LeastLots > look.TakenPerSecond * left.TotalSeconds;
        return isTooLong && HasRoom(touch) ? best.Ticks + (state.Side == OrderSide.Buy ? 1 : -1) : best.Ticks;
    }

    private static void TakeOrLeave(PlacementState state, PlacementInput.Look look, bool isLate, ImmutableArray<PlacementEvent>.Builder events)
    {
        if (look is { MayWork: true, MayTake: true, Touch: not null } && !(isLate && state.HasTaken)) // Once late, once is enough.
            events.Add(new OrderTaken(state.Orders + 1, state.Unplaced, look.At));
        else if (isLate || !look.MayWork) events.Add(new Finished(state.Unplaced, look.At));
    }

    private static Decision<PlacementEvent> OnFilled(PlacementState state, PlacementInput.Filled fill)
    {
        if (state.Find(fill.Order) is not { } order || fill.Lots < 1 || fill.Lots > order.Remaining)
        {
            return Decision<PlacementEvent>.Refuse("placement.impossible-fill",
                $"Expected a fill of an open order, of 1 lot to what remains of it ({state.Find(fill.Order)?.Remaining ?? 0}); came {fill.Lots} of order {fill.Order}. Nothing changed.");
        }

        var filled = new LotsFilled(fill.Order, fill.Lots, fill.At);
        return state.Filled + fill.Lots == state.Lots
            ? Decision<PlacementEvent>.Of(filled, new Finished(0, fill.At))
            : Decision<PlacementEvent>.Of(filled);
    }

    private static Decision<PlacementEvent> OnEnded(PlacementState state, PlacementInput.Ended ended) => state.Find(ended.Order) is null
        ? Decision<PlacementEvent>.Nothing // Told twice, or filled to the end.
        : Decision<PlacementEvent>.Of(new OrderEnded(ended.Order, ended.At));

    private static bool HasRoom(in Touch touch) => touch.Ask.Ticks - touch.Bid.Ticks > 1;

    private static Level OwnBest(OrderSide side, in Touch touch) => side == OrderSide.Buy ? touch.Bid : touch.Ask;

    private static PlacementState Sent(PlacementState state, PlacedOrder order) =>
        state with { Open = state.Open.Add(order), Orders = Math.Max(state.Orders, order.Number), HasTaken = state.HasTaken || order.Ticks is null };

    private static PlacementState Changed(PlacementState state, int number, Func<PlacedOrder, PlacedOrder?> change)
    {
        if (state.Find(number) is not { } order) return state;
        var changed = change(order);
        return state with { Open = changed is null ? state.Open.Remove(order) : state.Open.Replace(order, changed) };
    }
}
