using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Placement;

/// <summary>One order that was sent for a placement and may still be filled.</summary>
/// <param name="Number">1, 2, 3, ... within the placement.</param>
/// <param name="Ticks">Where it rests; null for one that takes.</param>
/// <param name="Lots">Of which <paramref name="Filled"/> are filled.</param>
/// <param name="Withdrawn">It was asked back; it may fill all the same until the venue says that it has ended.</param>
public sealed record PlacedOrder(int Number, long? Ticks, long Lots, long Filled, DateTimeOffset At, bool Withdrawn)
{
    public long Remaining => Lots - Filled;
}

/// <summary>A quantity on its way into the market.</summary>
/// <param name="Lots">What is to be traded, above zero.</param>
/// <param name="LeastLots">The venue's smallest order, from 1.</param>
/// <param name="Filled">Of <paramref name="Lots"/>.</param>
/// <param name="Open">In order of number; at most <see cref="PlacementPolicy.Rungs"/> + 1.</param>
/// <param name="Orders">How many were ever sent: the newest number.</param>
/// <param name="HasTaken">An order that takes was sent: what the market did not have for it then is left.</param>
public sealed record PlacementState(
    OrderSide Side, long Lots, long LeastLots, DateTimeOffset Began, long Filled, ImmutableArray<PlacedOrder> Open, int Orders, bool HasTaken, bool IsOver)
{
    /// <summary>Orders of one placement: a market that jumps about for a day ends there, as if its time were up.</summary>
    public const int MostOrders = 1_000;

    public static PlacementState Begin(OrderSide side, long lots, long leastLots, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leastLots);
        return new PlacementState(side, lots, leastLots, at, 0, [], 0, HasTaken: false, IsOver: false);
    }

    /// <summary>Lots that are neither filled nor in an order that could still fill.</summary>
    public long Unplaced => Lots - Filled - Open.Sum(o => o.Remaining);

    public PlacedOrder? Find(int number) => Open.FirstOrDefault(o => o.Number == number);
}
