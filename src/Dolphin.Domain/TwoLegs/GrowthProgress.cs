using Dolphin.Domain.Market;

namespace Dolphin.Domain.TwoLegs;

/// <summary>What a strategy remembers of the growth it was asked for.</summary>
/// <param name="LastId">The newest id that was taken.</param>
/// <param name="UnderWay">Its orders are not final yet; or null.</param>
/// <param name="Excess">Base by which each leg got more of a growth of both than the other did: at most one is above zero, and is to be taken back.</param>
/// <param name="Evenings">How often that was tried.</param>
public sealed record GrowthProgress(long LastId, GrowWish? UnderWay, Legs Excess, int Evenings)
{
    public bool HasExcess => !Excess.AreFlat;

    /// <summary>A wish has been taken.</summary>
    public static GrowthProgress Take(GrowthProgress? before, GrowWish wish) => new(Math.Max(before?.LastId ?? 0, wish.Id), wish, default, Evenings: 0);

    /// <summary>Nothing of it is left to do. Ids stay known.</summary>
    public GrowthProgress Over() => UnderWay is null && !HasExcess ? this : new GrowthProgress(LastId, null, default, Evenings: 0);
}
