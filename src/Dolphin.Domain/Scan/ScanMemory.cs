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
    byte[] Returns, byte[] Carried, ImmutableArray<ScanWindowMemory> Windows, Plunge Plunge, int Audited, long DriftRows, long DriftLargest)
{
    /// <summary>The same of a universe in which others have come, or are gone: who is new begins young, as if its place had been there and nothing had come of it.</summary>
    /// <param name="before">By place, the one that the asset had here; -1: it is new.</param>
    /// <returns>Null where somebody who is gone took part in a window at the last scan: what that window says of the next one would be his going.</returns>
    public ScanMemory? Placed(ImmutableArray<int> before)
    {
        var (assets, gone) = (Board.Length, Enumerable.Range(0, Board.Length).Except(before).ToArray());
        if (assets == 0 || Windows.Any(w => gone.Any(place => w.Standings[place] == (byte)Standing.Member))) return null;
        var (row, words, longest) = (Returns.Length / assets, (assets + 63) / 64, Returns.Length / assets / sizeof(int));
        var (returns, newWords) = (new byte[before.Length * row], (before.Length + 63) / 64);
        var carried = new byte[longest * newWords * sizeof(ulong)];
        for (var place = 0; place < before.Length; place++)
        {
            if (before[place] is not (>= 0 and var was)) continue;
            Returns.AsSpan(was * row, row).CopyTo(returns.AsSpan(place * row));
            for (var ago = 0; ago < longest; ago++)
            {
                // A word is stored lowest byte first, so that a bit is where it would be in a row of bytes.
                var bit = Carried[ago * words * sizeof(ulong) + was / 8] >> was % 8 & 1;
                carried[ago * newWords * sizeof(ulong) + place / 8] |= (byte)(bit << place % 8);
            }
        }

        ImmutableArray<T> Moved<T>(IReadOnlyList<T> of, T young) => [.. before.Select(was => was >= 0 ? of[was] : young)];
        return this with
        {
            Board = Moved(Board, default), LastUnknown = Moved(LastUnknown, Count - 1), Watched = Moved(Watched, true), Returns = returns, Carried = carried, Audited = 0,
            Windows = [.. Windows.Select(w => w with { Standings = [.. Moved(w.Standings, (byte)Standing.Young)], Loadings = Moved(w.Loadings, 0) })],
        };
    }
}

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
