using System.Collections.Immutable;
using Dolphin.Data.Recording;
using Dolphin.Domain.Market;
using Dolphin.Domain.Scan;

namespace Dolphin.Node.Report;

/// <summary>What <c>dolphin scan</c> found; its JSON.</summary>
/// <param name="VelDiv">v of the shortest window minus v of the longest, per scan; null with one window, or until both are known.</param>
/// <param name="Plunges">Began and ended, in order; the newest <see cref="ScanPath.MostPlunges"/>.</param>
public sealed record ScanReport(
    ImmutableArray<string> Data, DateTimeOffset From, DateTimeOffset To, int Scans, int Assets, CloseCounts Closes, TickCounts Ticks, double? VelDiv,
    ImmutableArray<PlungeReport> Plunges, ImmutableArray<ScanWindowReport> Windows, ImmutableArray<string> Notes)
{
    public const int Heaviest = 10;

    internal static ScanReport Of(ImmutableArray<string> data, CloseMatrix matrix, EigenScan scan, ScanPath path)
    {
        var windows = ImmutableArray.CreateBuilder<ScanWindowReport>();
        for (var i = 0; i < scan.Windows.Length; i++) windows.Add(ScanWindowReport.Of(scan.Windows[i], matrix, path.Shares(i)));
        return new ScanReport(
            data, DateTimeOffset.FromUnixTimeMilliseconds(matrix.TimesMs[0]), DateTimeOffset.FromUnixTimeMilliseconds(matrix.TimesMs[^1]), matrix.Rows, matrix.Symbols.Length,
            scan.Closes, scan.Ticks, scan.VelDiv, path.Plunges, windows.ToImmutable(), matrix.Notes);
    }
}

/// <summary>A plunge that began or, with its depth and length, ended.</summary>
public sealed record PlungeReport(DateTimeOffset At, bool Began, double VelDiv, double? Depth, int? Scans);

/// <param name="Reformed">Scans in which other assets took part than before: only what that cannot explain is in the velocity.</param>
/// <param name="Leading">Largest eigenvalue; like all that follows null, or empty, where fewer than two assets take part.</param>
/// <param name="Share">Largest eigenvalue over the number of members.</param>
/// <param name="Edge">Of Marchenko and Pastur.</param>
/// <param name="Eigenvalues">Largest first, without those that are nothing.</param>
/// <param name="Shares">How <paramref name="Share"/> went over the recording: means of equal parts of it, null where there was none.</param>
public sealed record ScanWindowReport(
    int Window, int Members, int Young, int Gaps, int Still, int Wild, long Reformed, double? Leading, double? Share, double? Velocity, double? Edge, int? AboveEdge, double? Entropy,
    ImmutableArray<LoadingReport> Heaviest, ImmutableArray<double> Eigenvalues, ImmutableArray<double?> Shares)
{
    internal static ScanWindowReport Of(ScanWindow window, CloseMatrix matrix, ImmutableArray<double?> shares)
    {
        var standings = Enumerable.Range(0, matrix.Symbols.Length).Select(window.StandingOf).ToList();
        int CountOf(Standing standing) => standings.Count(s => s == standing);
        var loadings = window.Loadings.ToArray();
        return new ScanWindowReport(
            window.Length, window.Members, CountOf(Standing.Young), CountOf(Standing.Gaps), CountOf(Standing.Still), CountOf(Standing.Wild), window.Reformed,
            window.Leading, window.Share, window.Velocity, window.IsReady ? window.Edge : null, window.AboveEdge, window.Entropy,
            window.IsReady
                ? [.. window.MemberPlaces.ToArray().OrderByDescending(p => Math.Abs(loadings[p])).ThenBy(p => p).Take(ScanReport.Heaviest).Select(p => new LoadingReport(matrix.Symbols[p], loadings[p]))]
                : [],
            [.. window.Eigenvalues], shares);
    }
}

/// <param name="Loading">On the leading eigenvector, of length 1 over all members.</param>
public sealed record LoadingReport(Symbol Symbol, double Loading);
