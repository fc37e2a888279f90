namespace Dolphin.Domain.Placement;

/// <summary>Where a resting order stands in the queue at its price, as far as public data tells.</summary>
/// <param name="Ahead">Lots that would fill before it; 0 or more.</param>
/// <remarks>
/// A prudent estimate: only trades move it forward. What leaves the level without a trade is taken to have stood behind it, unless fewer lots are left than were
/// thought to be ahead. So no fill is counted on that a real queue might not have given.
/// </remarks>
public readonly record struct QueuePosition(long Ahead)
{
    /// <param name="standing">Lots at the price when the order arrived: it goes behind all of them.</param>
    public static QueuePosition Behind(long standing) => new(Math.Max(0, standing));

    /// <summary>Lots were traded at the price.</summary>
    /// <param name="reached">How many of them come after what stood ahead.</param>
    public QueuePosition AfterTrade(long lots, out long reached)
    {
        reached = Math.Max(0, lots - Ahead);
        return new QueuePosition(Math.Max(0, Ahead - lots));
    }

    /// <summary>The level has so many lots of others now.</summary>
    public QueuePosition AfterLevel(long lots) => lots < Ahead ? new QueuePosition(Math.Max(0, lots)) : this;
}
