using System.Collections.Immutable;
using Dolphin.Domain.Market;
using Dolphin.Domain.Reporting;

namespace Dolphin.Actors.Scan;

/// <summary>What is said of scans.</summary>
public static class ScanProtocol
{
    /// <summary>On the topic of scans, once for each and after a recovery: the newest level. Who has heard its number already has heard it all.</summary>
    /// <param name="Window">The longest that is filled, whose leading eigenvector the loadings are on; null while none is.</param>
    /// <param name="Loadings">Of who takes part in that window, in ordinal order; of length 1 over all of them.</param>
    public sealed record Scanned(ScanPicture Picture, int? Window, ImmutableArray<AssetLoading> Loadings);

    public readonly record struct AssetLoading(Symbol Symbol, double Loading);
}
