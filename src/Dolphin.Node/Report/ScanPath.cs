using System.Collections.Immutable;
using Dolphin.Domain.Scan;

namespace Dolphin.Node.Report;

/// <summary>How a scan of a recording went: the share of each window in equal parts of it, and plunges.</summary>
internal sealed class ScanPath(ScanPolicy policy, int scans)
{
    public const int Parts = 60;

    /// <summary>Older ones fall out.</summary>
    public const int MostPlunges = 200;

    private readonly (double Sum, int Count)[,] _parts = new (double, int)[policy.Windows.Length, Parts];
    private readonly Queue<PlungeReport> _plunges = [];
    private int _taken;

    public ImmutableArray<PlungeReport> Plunges => [.. _plunges];

    public void Take(EigenScan scan, PlungeEvent? plunge)
    {
        var part = (int)((long)_taken++ * Parts / scans);
        for (var i = 0; i < scan.Windows.Length; i++)
        {
            if (scan.Windows[i].Share is not { } share) continue;
            ref var sum = ref _parts[i, part];
            sum = (sum.Sum + share, sum.Count + 1);
        }
        if (plunge is null) return;
        _plunges.Enqueue(plunge switch
        {
            PlungeEvent.Began e => new PlungeReport(DateTimeOffset.FromUnixTimeMilliseconds(e.AtMs), Began: true, e.VelDiv, null, null),
            PlungeEvent.Ended e => new PlungeReport(DateTimeOffset.FromUnixTimeMilliseconds(e.AtMs), Began: false, e.VelDiv, e.Depth, e.Scans),
            _ => throw new System.Diagnostics.UnreachableException($"Unknown plunge event {plunge.GetType().Name}."),
        });
        if (_plunges.Count > MostPlunges) _plunges.Dequeue();
    }

    /// <summary>Of window <paramref name="index"/>, oldest part first.</summary>
    public ImmutableArray<double?> Shares(int index) =>
        [.. Enumerable.Range(0, Parts).Select(part => _parts[index, part] is { Count: > 0 } sum ? sum.Sum / sum.Count : (double?)null)];
}
