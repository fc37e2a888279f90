using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;

namespace Dolphin.Domain.Placement;

/// <summary>The best of both sides: prices in ticks, quantities in lots of others, zero where only oneself is; the bid is below the ask.</summary>
public readonly record struct Touch(Level Bid, Level Ask)
{
    /// <summary>Null where a side is empty or the book is crossed: nothing is priced from that.</summary>
    public static Touch? Of(OrderBook book) => book is { HasBid: true, HasAsk: true, IsCrossed: false } ? new(book.BestBid, book.BestAsk) : null;

    /// <summary>Twice the middle, in ticks: a whole number.</summary>
    public long Middle2 => Bid.Ticks + Ask.Ticks;

    /// <summary>In ticks, exactly.</summary>
    public decimal Middle => Middle2 / 2m;

    /// <summary>How far the middle is against who was filled on a side at a price: above zero when they lost by it; basis points of that price.</summary>
    /// <param name="ticks">Of the fill, from 1.</param>
    public double AgainstBps(OrderSide side, long ticks)
    {
        var gained = (Middle2 - 2 * ticks) / (2.0 * ticks) * 10_000;
        return side == OrderSide.Buy ? -gained : gained;
    }

    /// <summary>Of the middle, in basis points.</summary>
    public double HalfSpreadBps => (Ask.Ticks - Bid.Ticks) / (double)Middle2 * 10_000;
}

/// <summary>Where an order that rests is thought to stand.</summary>
/// <param name="Order">Its number within the placement.</param>
public readonly record struct OrderQueue(int Order, QueuePosition Position);

/// <summary>What a placement hears.</summary>
public abstract record PlacementInput(DateTimeOffset At)
{
    /// <summary>The market as it is now.</summary>
    /// <param name="Touch">Null if the book may not be priced from.</param>
    /// <param name="MayWork">Whether the posture lets the placement go on at all; if not, everything is withdrawn and what is left is left.</param>
    /// <param name="MayTake">Whether the posture lets an order take.</param>
    /// <param name="Adverse">What resting has cost lately beyond its fee (<see cref="AdverseSelection.ExpectedAt"/>).</param>
    /// <param name="TakenPerSecond">Lots a second that the other side has lately taken from ours; 0 or more.</param>
    public sealed record Look(Touch? Touch, bool MayWork, bool MayTake, double Adverse, double TakenPerSecond, DateTimeOffset At) : PlacementInput(At)
    {
        /// <summary>Of its orders those whose place is known; an order that was not seen in the book yet keeps it, whatever it is.</summary>
        public ImmutableArray<OrderQueue> Queues { get; init; } = [];

        /// <summary>Lots ahead of an order; null where nobody knows.</summary>
        public long? AheadOf(int order)
        {
            foreach (var queue in Queues.AsSpan())
                if (queue.Order == order) return queue.Position.Ahead;
            return null;
        }
    }

    public sealed record Filled(int Order, long Lots, DateTimeOffset At) : PlacementInput(At);

    /// <summary>Nothing more of the order will fill: cancelled, refused or expired.</summary>
    public sealed record Ended(int Order, DateTimeOffset At) : PlacementInput(At);
}

/// <summary>What a placement does and what became of it.</summary>
public abstract record PlacementEvent(DateTimeOffset At)
{
    /// <summary>A post-only order is to rest at a price.</summary>
    public sealed record OrderRested(int Order, long Ticks, long Lots, DateTimeOffset At) : PlacementEvent(At);

    /// <summary>An order is to take what is there.</summary>
    public sealed record OrderTaken(int Order, long Lots, DateTimeOffset At) : PlacementEvent(At);

    /// <summary>An order is to be cancelled.</summary>
    public sealed record OrderWithdrawn(int Order, DateTimeOffset At) : PlacementEvent(At);

    public sealed record LotsFilled(int Order, long Lots, DateTimeOffset At) : PlacementEvent(At);

    public sealed record OrderEnded(int Order, DateTimeOffset At) : PlacementEvent(At);

    /// <param name="Unfilled">Lots that nobody traded; who asked decides again.</param>
    public sealed record Finished(long Unfilled, DateTimeOffset At) : PlacementEvent(At);
}
