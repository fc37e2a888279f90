using Dolphin.Domain.Scan;

namespace Dolphin.Actors.Scan;

/// <summary>How the universe is scanned, and what is done when scans are late. Known to be good.</summary>
/// <param name="Interval">Between two scans; where bars are longer, a bar.</param>
/// <param name="EntropyEvery">Every so many scans the whole spectrum is taken too.</param>
/// <param name="LongestStep">In intervals: a longer one is no return.</param>
/// <param name="Sharing">Null: the scan's own actor has all rows.</param>
public sealed record ScanPlan(ScanPolicy Policy, ScanWatchPolicy Watch, TimeSpan Interval, int EntropyEvery, int LongestStep, ScanSharing? Sharing = null)
{
    /// <summary>Assets times returns of the longest window: 16 MB that are stored at once, 2,000 assets with windows up to 2,000.</summary>
    public const long MostReturns = 4_000_000;

    /// <returns>What is wrong with a universe of this size, in a sentence; null if it can be scanned.</returns>
    public string? Objection(int assets) => assets switch
    {
        < 2 or > EigenScan.MostAssets => $"the universe has {assets} assets; expected 2 to {EigenScan.MostAssets}, or dolphin.scan.enabled = false",
        _ when (long)assets * Policy.Longest > MostReturns => $"{assets} assets times {Policy.Longest} returns are {(long)assets * Policy.Longest}; expected at most {MostReturns}, by fewer assets or shorter windows",
        _ when Sharing is { } sharing && sharing.Shards * RowRange.BlockRows > assets => $"shards is {sharing.Shards} for {assets} assets; expected at most {Math.Max(1, assets / RowRange.BlockRows)}, one for each {RowRange.BlockRows} assets",
        _ => null,
    };
}

/// <summary>How rows are spread over shards.</summary>
/// <param name="Shards">2 to <see cref="MostShards"/>.</param>
/// <param name="Patience">How long a scan waits for them at most; what is missing then its head does itself.</param>
public sealed record ScanSharing(int Shards, TimeSpan Patience)
{
    public const int MostShards = EigenScan.MostAssets / RowRange.BlockRows;
}
