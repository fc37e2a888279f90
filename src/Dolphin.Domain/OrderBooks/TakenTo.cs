using Dolphin.Domain.Market;

namespace Dolphin.Domain.OrderBooks;

/// <summary>How far trades have gone into one side of a book, and how much was traded there.</summary>
/// <param name="Ticks">The lowest price of trades with the bids, the highest of those with the asks; 0 if there were none.</param>
/// <param name="Lots">Traded at that price, at most <see cref="Level.MostTicks"/>.</param>
/// <remarks>It is all of the trades that queues are moved by: who rests at a better price was filled, and who rests farther behind was not come to.</remarks>
public readonly record struct TakenTo(long Ticks, long Lots)
{
    /// <summary>What <see cref="LotsAt"/> says of a price that trades have gone through.</summary>
    public const long Through = long.MaxValue;

    /// <param name="side">Of who rested.</param>
    /// <param name="trade">At a price from 1.</param>
    public TakenTo After(OrderSide side, Level trade)
    {
        if (Ticks == 0 || IsFarther(side, trade.Ticks, Ticks)) return new TakenTo(trade.Ticks, Math.Min(Level.MostTicks, trade.Lots));
        return trade.Ticks == Ticks ? this with { Lots = Math.Min(Level.MostTicks, Lots + Math.Min(Level.MostTicks, trade.Lots)) } : this;
    }

    /// <summary>Lots that were traded at a price, as those who rest there count them.</summary>
    /// <param name="side">Of who rests.</param>
    public long LotsAt(OrderSide side, long ticks) => Ticks == ticks ? Lots : Ticks != 0 && IsFarther(side, Ticks, ticks) ? Through : 0;

    private static bool IsFarther(OrderSide side, long ticks, long than) => side == OrderSide.Buy ? ticks < than : ticks > than;
}
