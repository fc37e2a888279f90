namespace Dolphin.Domain.Scan;

/// <summary>All eigenvalues, and on request all eigenvectors but those of nothing, of positive semidefinite matrices up to one size.</summary>
/// <remarks>
/// A reduction to tridiagonal form, bisection, twisted factorisations, and the reduction's reflections applied to their vectors. Allocates nothing after
/// construction, but for the rare matrix with values so close that <see cref="ImplicitQl"/> must part their vectors. Not for two threads at once.
/// </remarks>
public sealed class SymmetricEigen
{
    /// <summary>Values of at most this part of the largest are nothing but rounding: of fewer returns than assets, most are.</summary>
    public const double NullPart = 1e-12;

    private readonly HouseholderReduction _reduction;
    private readonly TridiagonalSpectrum _tridiagonal;
    private readonly Memory<double> _matrix; // And, once it is reduced, its vectors: panel after panel.
    private readonly double[] _values;
    private readonly int[] _places;
    private int _firstWithVector;

    /// <param name="capacity">The largest order; 1 or more.</param>
    public SymmetricEigen(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
        var padded = Lanes.Padded(capacity);
        _reduction = new HouseholderReduction(capacity);
        _tridiagonal = new TridiagonalSpectrum(capacity);
        _matrix = Lanes.Room(padded * StrideOf(capacity));
        (_values, _places) = (new double[capacity], new int[capacity]);
    }

    public int Capacity { get; }

    /// <summary>Of the matrix solved last.</summary>
    public int Order { get; private set; }

    /// <summary>How many values are more than <see cref="NullPart"/> of the largest.</summary>
    public int Rank { get; private set; }

    /// <summary>Whether the last vectors had to be found the slow way.</summary>
    public bool WasSlow { get; private set; }

    /// <summary>Largest first. One that rounding left below zero is zero.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Order);

    /// <summary>Eigenvalues of a matrix.</summary>
    /// <param name="matrix">n rows of n numbers, symmetric, positive semidefinite; only the lower triangle is read.</param>
    public void Solve(ReadOnlySpan<double> matrix, int n)
    {
        var room = Begin(n);
        var stride = StrideOf(n);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                room[i * stride + j] = matrix[i * n + j];
                if (j >= (i & -Lanes.Count)) room[j * stride + i] = matrix[i * n + j];
            }
        }
        Solve();
    }

    /// <summary>Eigenvectors of the matrix solved last, for the first <see cref="Rank"/> values; those become a little more exact.</summary>
    public void SolveVectors()
    {
        var n = Order;
        var nothing = NullPart * _tridiagonal.Largest;
        _firstWithVector = _tridiagonal.FirstAbove(nothing) & -Lanes.Count;
        var panels = _matrix.Span;
        WasSlow = !_tridiagonal.TryVectors(_firstWithVector, nothing, panels);
        if (WasSlow)
        {
            _firstWithVector = 0;
            _tridiagonal.SolveSlowly(panels);
        }
        var panel = n * Lanes.Count;
        for (var at = 0; at < n - _firstWithVector; at += Lanes.Count) _reduction.Restore(panels.Slice(at * n, panel), n);
        Sort();
    }

    /// <summary>Vector of value <paramref name="k"/> after <see cref="SolveVectors"/>: length 1, the sign is chance.</summary>
    /// <param name="k">0 to <see cref="Rank"/> - 1; 0 is the largest.</param>
    public void CopyVector(int k, Span<double> vector)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, Rank);
        var (panel, lane) = PlaceOf(k);
        var of = Panel(panel);
        for (var i = 0; i < Order; i++) vector[i] = of[i * Lanes.Count + lane];
    }

    /// <summary>From one row of <see cref="Begin"/>'s room to the next: odd multiples of eight, or the rows of a column would fall into few sets of the cache.</summary>
    internal static int StrideOf(int n) => Lanes.Padded(n) | Lanes.Count;

    /// <summary>Room for a matrix, rows <see cref="StrideOf"/> apart, of which the lower triangle and whole blocks of eight on the diagonal are to be filled.</summary>
    /// <remarks>What was there before is still there, but for zeros in the last eight rows: what no matrix fills is there.</remarks>
    internal Span<double> Begin(int n)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, Capacity);
        Order = n;
        var room = _matrix.Span[..(Lanes.Padded(n) * StrideOf(n))];
        room[^(Lanes.Count * StrideOf(n))..].Clear();
        return room;
    }

    /// <summary>Eigenvalues of what is in <see cref="Begin"/>'s room, which is destroyed.</summary>
    internal void Solve()
    {
        _reduction.Reduce(_matrix.Span, StrideOf(Order), Order);
        _tridiagonal.Solve(_reduction.Diagonal, _reduction.OffDiagonal, Order);
        _firstWithVector = Order;
        WasSlow = false;
        Sort();
    }

    /// <summary>How many panels have vectors, one after the other; a vector of nothing may be among them.</summary>
    internal int Panels => (Order - _firstWithVector + Lanes.Count - 1) / Lanes.Count;

    /// <summary>Eight vectors in lanes, row by row.</summary>
    internal ReadOnlySpan<double> Panel(int panel) => _matrix.Span.Slice(panel * Order * Lanes.Count, Order * Lanes.Count);

    internal (int Panel, int Lane) PlaceOf(int k) => Math.DivRem(_places[k] - _firstWithVector, Lanes.Count);

    private void Sort()
    {
        var scale = _tridiagonal.Scale;
        for (var i = 0; i < Order; i++) (_values[i], _places[i]) = (-Math.Max(0, _tridiagonal.Values[i] * scale), i);
        Array.Sort(_values, _places, 0, Order);
        for (var i = 0; i < Order; i++) _values[i] = -_values[i] + 0.0;
        for (Rank = 0; Rank < Order && _values[Rank] > NullPart * _values[0]; Rank++) { }
    }
}
