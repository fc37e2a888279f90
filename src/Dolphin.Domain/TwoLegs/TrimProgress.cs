using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>A wish whose orders have been asked for and have not, or not all, been filled.</summary>
/// <param name="Goal">Base; the legs that were wanted when it was begun. Later tries go there and not further.</param>
/// <param name="Tries">How often orders have been asked for.</param>
public sealed record TrimUnderWay(TrimWish Wish, Legs Goal, int Tries);

/// <summary>What a strategy remembers of the wishes it was told: of those that wait the newest, and the one under way.</summary>
/// <param name="LastId">The newest id that was taken.</param>
/// <param name="Waiting">Not begun, because a decision was under way; or null.</param>
public sealed record TrimProgress(long LastId, TrimWish? Waiting, TrimUnderWay? UnderWay)
{
    /// <summary>
    /// How often orders are asked for one wish. Where only resting orders are allowed one leg is often filled before the other, and bringing the other one
    /// after it takes a few looks; ten are minutes, not hours, of a direction.
    /// </summary>
    public const int MaxTries = 10;

    /// <summary>The next look at the market has something to do for a wish.</summary>
    public bool HasWork => Waiting is not null || UnderWay is not null;

    /// <summary>Somebody's wish waits or is under way.</summary>
    public bool IsFor(string who) => string.Equals(Waiting?.By, who, StringComparison.Ordinal) || string.Equals(UnderWay?.Wish.By, who, StringComparison.Ordinal);

    /// <summary>A wish that is not over: it waits, or its orders have been asked for.</summary>
    public bool IsUnderWay(long id) => Waiting?.Id == id || UnderWay?.Wish.Id == id;

    /// <summary>A wish is to wait; one that waited before it is forgotten, for the newer says what is right now.</summary>
    public static TrimProgress Want(TrimProgress? before, TrimWish wish) => new(Newest(before, wish), wish, before?.UnderWay);

    /// <summary>Orders have been asked for a wish. If they come to nothing it is over at once.</summary>
    public static TrimProgress Ask(TrimProgress? before, TrimWish wish, LegTargets targets)
    {
        var again = before?.UnderWay is { } underWay && underWay.Wish.Id == wish.Id ? underWay : null;
        return new TrimProgress(
            Newest(before, wish), before?.Waiting is { } waiting && waiting.Id > wish.Id ? waiting : null,
            targets.AsksForNothing ? null : new TrimUnderWay(wish, again?.Goal ?? targets.To, (again?.Tries ?? 0) + 1));
    }

    /// <summary>The legs have changed: a goal that is reached is over.</summary>
    public TrimProgress At(Legs legs) =>
        UnderWay is { } underWay && legs.Long <= underWay.Goal.Long && legs.Short <= underWay.Goal.Short ? this with { UnderWay = null } : this;

    /// <summary>A wish lapsed or was given up.</summary>
    public TrimProgress End(long id) => new(LastId, Waiting?.Id == id ? null : Waiting, UnderWay?.Wish.Id == id ? null : UnderWay);

    /// <summary>The strategy has no legs any more. Ids stay known.</summary>
    public TrimProgress Over() => HasWork ? new TrimProgress(LastId, null, null) : this;

    private static long Newest(TrimProgress? before, TrimWish wish) => Math.Max(before?.LastId ?? 0, wish.Id);
}
