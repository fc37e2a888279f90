using Dolphin.Domain;
using Dolphin.Domain.Placement;
using Dolphin.Venues.Paper;

namespace Dolphin.Node.Plan;

/// <summary>Reads <c>dolphin.execution.placement</c>.</summary>
internal static class PlacementSection
{
    private const decimal BpsOfAll = 10_000m;

    /// <param name="venue">Whose fees it reckons with.</param>
    public static PlacementSettings Read(PlanSection s, PaperPolicy venue) => new(
        s.Flag("enabled"), s.Flag("exits"),
        new PlacementPolicy(
            s.Whole("rungs", 1, 10, "orders that rest at a time", 1),
            new Bps(s.Number("rung-spacing-bps", Range.Between(0m, 100m), "basis points")),
            new Bps(s.Number("reprice-beyond-bps", Range.Between(0m, 100m), "basis points")),
            s.Duration("reprice-after", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), "patience with a place in a queue"),
            s.Duration("timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), "for the whole"),
            new Bps(venue.MakerFee * BpsOfAll), new Bps(venue.TakerFee * BpsOfAll)));
}
