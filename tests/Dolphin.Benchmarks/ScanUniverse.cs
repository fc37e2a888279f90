using Dolphin.Domain;
using Dolphin.Domain.Scan;

namespace Dolphin.Benchmarks;

/// <summary>Closes of one market and eight sectors, whose leading eigenvalue has, as recorded ones do, two thirds of the whole.</summary>
internal sealed class ScanUniverse(int assets, ulong seed = 7)
{
    private const long IntervalMs = 5_000;

    private readonly double[] _logs = new double[assets];
    private Chance _chance = new(seed);
    private long _atMs;

    /// <summary>A plunge is an object: none of them.</summary>
    public static ScanPolicy Policy { get; } =
        ScanPolicy.Create(ScanSettings.Default with { Plunge = 1 }, "scan", []) ?? throw new InvalidOperationException("Expected good settings.");

    /// <summary>The next interval, seen by each of the scans.</summary>
    public void Scan(params ReadOnlySpan<EigenScan> scans)
    {
        _atMs += IntervalMs;
        var market = _chance.NextNormal();
        Span<double> sectors = stackalloc double[8];
        foreach (ref var sector in sectors) sector = _chance.NextNormal();
        for (var i = 0; i < assets; i++)
        {
            _logs[i] += 1e-4 * (1.6 * market + 0.4 * sectors[i % 8] + _chance.NextNormal());
            var close = PortableMath.Exp(_logs[i]);
            foreach (var scan in scans) scan.Offer(i, close, _atMs);
        }
        foreach (var scan in scans) scan.Scan(_atMs);
    }
}
