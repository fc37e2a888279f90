using BenchmarkDotNet.Attributes;
using Dolphin.Domain;
using Dolphin.Domain.Scan;

namespace Dolphin.Benchmarks;

/// <summary>Targets: 400 assets and four windows with leading pairs and velocities in 2 ms, all their eigenpairs in 15 (aim: 9); 2,000 assets within 5 s. No allocation.</summary>
/// <remarks>A universe of one market and eight sectors, whose leading eigenvalue has, as recorded ones do, two thirds of the whole.</remarks>
[MemoryDiagnoser]
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(3), IterationCount(12)]
public class ScanBenchmarks
{
    private const long IntervalMs = 5_000;

    [Params(400, 2000)]
    public int Assets { get; set; }

    private EigenScan _scan = null!;
    private double[] _logs = null!;
    private Chance _chance = new(7);
    private long _atMs;

    [GlobalSetup]
    public void Fill()
    {
        // A plunge is an object: none of them.
        var policy = ScanPolicy.Create(ScanSettings.Default with { Plunge = 1 }, "scan", []) ?? throw new InvalidOperationException("Expected good settings.");
        (_scan, _logs) = (new EigenScan(policy, Assets), new double[Assets]);
        for (var t = 0; t < 900; t++) Scan();
    }

    [Benchmark(Description = "A scan: sums, leading pairs and velocities of four windows")]
    public double? Leading()
    {
        Scan();
        return _scan.VelDiv;
    }

    [Benchmark(Description = "The same, and all eigenvalues of four windows")]
    public double? Values()
    {
        Scan();
        _scan.Spectra(vectors: false);
        return _scan.Windows[0].Entropy;
    }

    [Benchmark(Description = "The same, and all eigenpairs of four windows that are not nothing")]
    public double? Pairs()
    {
        Scan();
        _scan.Spectra(vectors: true);
        return _scan.Windows[0].Entropy;
    }

    private void Scan()
    {
        _atMs += IntervalMs;
        var market = _chance.NextNormal();
        Span<double> sectors = stackalloc double[8];
        foreach (ref var sector in sectors) sector = _chance.NextNormal();
        for (var i = 0; i < Assets; i++)
        {
            _logs[i] += 1e-4 * (1.6 * market + 0.4 * sectors[i % 8] + _chance.NextNormal());
            _scan.Offer(i, PortableMath.Exp(_logs[i]), _atMs);
        }
        _scan.Scan(_atMs);
    }
}
