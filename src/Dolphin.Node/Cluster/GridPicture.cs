using System.Collections.Immutable;
using Dolphin.Actors.Cluster;
using Dolphin.Domain.Reporting;

namespace Dolphin.Node.Running;

/// <summary>The health grid as people and programs are shown it.</summary>
internal static class GridPicture
{
    public static ClusterPicture Of(string node, HealthGrid grid) => new(node,
        [.. grid.Members.Union(grid.Health.Keys).Order(StringComparer.Ordinal).Select(name => Row(name, grid))]);

    private static ClusterNodeRow Row(string name, HealthGrid grid)
    {
        var said = grid.Health.GetValueOrDefault(name);
        return new ClusterNodeRow(
            name, grid.Reachable.Contains(name), said?.At, said?.Slice, said?.RTotal, said?.Posture, said?.Singletons ?? [], said?.Entities ?? [], said?.Halted ?? 0);
    }
}
