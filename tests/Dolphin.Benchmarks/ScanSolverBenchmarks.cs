using BenchmarkDotNet.Attributes;
using Dolphin.Domain;
using Dolphin.Domain.Scan;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace Dolphin.Benchmarks;

/// <summary>All eigenpairs of one correlation matrix of 400 assets and 750 returns: the scan's own solver, and a library's managed one on the same core.</summary>
[InProcess]
[MinColumn]
[WarmupCount(2), IterationCount(8)]
public class ScanSolverBenchmarks
{
    private const int Assets = 400, Returns = 750;

    private readonly double[] _matrix = new double[Assets * Assets];
    private readonly SymmetricEigen _eigen = new(Assets);
    private Matrix<double> _dense = null!;

    [GlobalSetup]
    public void Fill()
    {
        Control.UseSingleThread();
        LinearAlgebraControl.UseManaged();
        var chance = new Chance(7);
        var returns = new double[Assets][];
        double[] market = [.. Enumerable.Range(0, Returns).Select(_ => 1.6 * chance.NextNormal())];
        for (var i = 0; i < Assets; i++)
        {
            double[] own = [.. market.Select(m => m + chance.NextNormal())];
            var (mean, deviation) = (own.Average(), Math.Sqrt(own.Select(r => r * r).Average() - own.Average() * own.Average()));
            returns[i] = [.. own.Select(r => (r - mean) / deviation)];
        }
        for (var i = 0; i < Assets; i++)
            for (var j = 0; j < Assets; j++) _matrix[i * Assets + j] = returns[i].Zip(returns[j], (a, b) => a * b).Sum() / Returns;
        _dense = Matrix<double>.Build.Dense(Assets, Assets, _matrix);
    }

    [Benchmark(Baseline = true, Description = "All eigenpairs of a 400 x 400 matrix")]
    public double Own()
    {
        _eigen.Solve(_matrix, Assets);
        _eigen.SolveVectors();
        return _eigen.Values[0];
    }

    [Benchmark(Description = "The same by MathNet.Numerics, managed")]
    public double MathNet() => _dense.Evd(Symmetricity.Symmetric).EigenValues[Assets - 1].Real;
}
