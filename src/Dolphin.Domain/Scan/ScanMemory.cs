using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Dolphin.Domain.Scan;

/// <summary>All that an <see cref="EigenScan"/> goes on from, by place of asset: what was measured, and not what follows from it. Sums are added up afresh.</summary>
/// <param name="Count">Scans so far.</param>
/// <param name="LastUnknown">The scan at which each asset last had no return; -1: never.</param>
/// <param name="Returns">Of the longest window, asset after asset, oldest first; four bytes each. 1.2 MB of 400 assets and 750 returns.</param>
/// <param name="Carried">A bit for each asset and scan of the longest window, newest scan first.</param>
/// <param name="Windows">Shortest first.</param>
public sealed record ScanMemory(
    long Count, long LastScanMs, ImmutableArray<CloseMemory> Board, CloseCounts Closes, TickCounts Ticks, ImmutableArray<long> LastUnknown, ImmutableArray<bool> Watched,
    byte[] Returns, byte[] Carried, ImmutableArray<ScanWindowMemory> Windows, Plunge Plunge, int Audited, long DriftRows, long DriftLargest);

/// <summary>The newest closes of one asset, in billionths of log price.</summary>
public readonly record struct CloseMemory(
    long NewestLog, long Log, long DoubtedLog, long AtMs, int Silent, int Doubted, bool HasClose, bool IsNew, bool IsScanned, bool BeginsAnew);

/// <param name="Standings">A byte for each asset, a <see cref="Standing"/>.</param>
/// <param name="Value">The leading eigenvalue.</param>
/// <param name="Loadings">Where the next scan's iteration begins.</param>
/// <param name="Reformed">Scans in which other assets took part than before; 0 in memories from before it was counted.</param>
public sealed record ScanWindowMemory(
    int Length, byte[] Standings, double Value, double Residual, ImmutableArray<double> Loadings, Velocity Velocity, long Resolved,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Reformed = 0);
