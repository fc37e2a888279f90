using BenchmarkDotNet.Attributes;
using Dolphin.Domain.Scan;

namespace Dolphin.Benchmarks;

/// <summary>Targets: 400 assets and four windows with leading pairs and velocities in 2 ms, all their eigenpairs in 15 (aim: 9); 2,000 assets within 5 s. No allocation.</summary>
[MemoryDiagnoser]
[MinColumn] // On a shared machine the least is nearest to the truth.
[InProcess] // The generated project of the default toolchain does not know this repository's output folders.
[WarmupCount(3), IterationCount(12)]
public class ScanBenchmarks
{
    [Params(400, 2000)]
    public int Assets { get; set; }

    private EigenScan _scan = null!;
    private ScanUniverse _universe = null!;

    [GlobalSetup]
    public void Fill()
    {
        (_scan, _universe) = (new EigenScan(ScanUniverse.Policy, Assets), new ScanUniverse(Assets));
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

    private void Scan() => _universe.Scan(_scan);
}
