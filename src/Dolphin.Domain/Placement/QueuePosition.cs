using Dolphin.Domain.OrderBooks;

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

    /// <summary>Where it stands at a look at the book, by what was seen since the look before.</summary>
    /// <param name="before">Null: nobody has looked since it rests. Then all that stands there is ahead, and what was traded may have been before it came.</param>
    /// <param name="traded">Lots at its price; <see cref="TakenTo.Through"/> where trades went farther: nobody is ahead any more.</param>
    /// <param name="standing">Lots at its price now, of whomever; null where the look does not reach.</param>
    /// <param name="own">How many of those are one's own: nobody waits behind oneself. 0 or more.</param>
    /// <returns>Null as long as nothing is known of it.</returns>
    public static QueuePosition? Seen(QueuePosition? before, long traded, long? standing, long own)
    {
        var others = standing - own;
        if (before is not { } queue) return others is { } all ? Behind(all) : null;
        queue = queue.AfterTrade(traded, out _);
        return others is { } left ? queue.AfterLevel(left) : queue;
    }

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
