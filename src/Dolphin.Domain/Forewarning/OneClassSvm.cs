using System.Collections.Immutable;

namespace Dolphin.Domain.Forewarning;

/// <summary>How a one-class SVM is fitted.</summary>
/// <param name="Nu">Above 0, at most 1: at most this share of the points is left outside, and at least this share supports the boundary.</param>
/// <param name="Gamma">Above 0; the kernel is exp(-gamma |x - y|^2).</param>
/// <param name="Tolerance">Above 0; how far the fit may stay from its optimum, in units of the decision value. LIBSVM's default is 0.001.</param>
public readonly record struct SvmSettings(double Nu, double Gamma, double Tolerance = 1e-3)
{
    /// <summary>Bytes of kernel rows that a fit may keep; what does not fit is computed again.</summary>
    public long CacheBytes { get; init; } = 64 << 20;
    /// <summary>Steps after which a fit ends, whether or not it has converged. A thousand points need some thousand.</summary>
    public int MostSteps { get; init; } = 2_000_000;
}

/// <summary>What a fit came to.</summary>
/// <param name="Steps">Pairs of coefficients that were moved.</param>
/// <param name="Converged">False: it ended at its bound of steps, and its decision values are not to be trusted.</param>
public sealed record SvmFit(OneClassSvm Model, int Steps, bool Converged);

/// <summary>
/// A boundary around a cloud of points: f(x) = sum of a_i exp(-gamma |x_i - x|^2) - rho, above zero inside. Schoelkopf, Platt, Shawe-Taylor, Smola and
/// Williamson, Estimating the Support of a High-Dimensional Distribution, 2001; in the scale of LIBSVM, whose coefficients lie in 0 to 1 and sum to nu l.
/// </summary>
/// <remarks>Immutable. The same points and settings give the same bits on every machine.</remarks>
public sealed class OneClassSvm
{
    /// <summary>Bounds of what can be fitted; the largest kernel matrix is then of 20,000 rows, computed as they are needed.</summary>
    public const int MostPoints = 20_000, MostDimensions = 256;

    private readonly double[] _points; // One support vector after the other.
    private readonly double[] _coefficients;

    internal OneClassSvm(double[] points, double[] coefficients, int dimensions, double gamma, double rho) =>
        (_points, _coefficients, Dimensions, Gamma, Rho) = (points, coefficients, dimensions, gamma, rho);

    public int Dimensions { get; }
    public double Gamma { get; }
    public double Rho { get; }
    /// <summary>How many points support the boundary.</summary>
    public int Count => _coefficients.Length;
    public ImmutableArray<double> Coefficients => [.. _coefficients];
    /// <summary>All support vectors, one after the other.</summary>
    internal ReadOnlySpan<double> Points => _points;
    public ReadOnlySpan<double> this[int support] => _points.AsSpan(support * Dimensions, Dimensions);

    /// <summary>Fits a boundary around the points.</summary>
    /// <param name="points">One after the other, each of <paramref name="dimensions"/> finite numbers.</param>
    /// <exception cref="ArgumentException">No points, too many, a number that is not finite, or settings out of their range: a bug of the caller.</exception>
    public static SvmFit Fit(ReadOnlySpan<double> points, int dimensions, in SvmSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MostDimensions);
        var count = points.Length / dimensions;
        if (points.Length % dimensions != 0 || count is < 1 or > MostPoints)
            throw new ArgumentException($"Expected 1 to {MostPoints} points of {dimensions} numbers; came {points.Length} numbers.", nameof(points));
        foreach (var x in points)
            if (!double.IsFinite(x)) throw new ArgumentException($"Expected finite numbers; came {x}.", nameof(points));
        if (!(settings is { Nu: > 0 and <= 1, Gamma: > 0, Tolerance: > 0, CacheBytes: >= 0, MostSteps: > 0 } && double.IsFinite(settings.Gamma)))
            throw new ArgumentException($"Expected nu in (0, 1], gamma and tolerance above 0; came {settings}.", nameof(settings));

        var solver = new SvmSolver(new KernelRows(points.ToArray(), dimensions, settings.Gamma, settings.CacheBytes), settings);
        var (coefficients, rho, steps, converged) = solver.Solve();
        var support = Enumerable.Range(0, count).Where(i => coefficients[i] > 0).ToArray();
        var kept = new double[support.Length * dimensions];
        for (var s = 0; s < support.Length; s++)
            points.Slice(support[s] * dimensions, dimensions).CopyTo(kept.AsSpan(s * dimensions));
        return new SvmFit(new OneClassSvm(kept, [.. support.Select(i => coefficients[i])], dimensions, settings.Gamma, rho), steps, converged);
    }

    /// <summary>The decision value: above zero inside, zero at the boundary, -<see cref="Rho"/> infinitely far away.</summary>
    public double Decide(ReadOnlySpan<double> point)
    {
        MustFit(point);
        var sum = 0.0;
        for (var i = 0; i < _coefficients.Length; i++)
            sum += _coefficients[i] * PortableMath.Exp(-Gamma * KernelRows.SquaredDistance(this[i], point));
        return sum - Rho;
    }

    /// <summary>The decision value, and in which direction it rises fastest.</summary>
    /// <param name="gradient">Filled with df/dx, as many numbers as a point has.</param>
    public double Decide(ReadOnlySpan<double> point, Span<double> gradient)
    {
        MustFit(point);
        gradient.Clear();
        var sum = 0.0;
        for (var i = 0; i < _coefficients.Length; i++)
        {
            var support = this[i];
            var pull = _coefficients[i] * PortableMath.Exp(-Gamma * KernelRows.SquaredDistance(support, point));
            sum += pull;
            for (var d = 0; d < point.Length; d++) gradient[d] += 2 * Gamma * pull * (support[d] - point[d]);
        }
        return sum - Rho;
    }

    private void MustFit(ReadOnlySpan<double> point)
    {
        if (point.Length != Dimensions) throw new ArgumentException($"Expected a point of {Dimensions} numbers; came {point.Length}.", nameof(point));
    }
}
