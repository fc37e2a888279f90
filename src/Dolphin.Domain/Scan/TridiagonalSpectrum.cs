namespace Dolphin.Domain.Scan;

/// <summary>Eigenvalues and eigenvectors of a positive semidefinite, symmetric, tridiagonal matrix, eight at a time in lanes.</summary>
/// <remarks>
/// Values by Sturm counts: <see cref="SturmValues"/>. Vectors by twisted factorisations, <see cref="TwistedFactors"/>: n operations each and no work to make them
/// orthogonal, as long as values differ. Where they hardly differ the vectors may not be orthogonal: <see cref="TryVectors"/> looks, and says so.
/// </remarks>
internal sealed class TridiagonalSpectrum
{
    private const double Epsilon = 2.220446049250313e-16; // 2^-52

    /// <summary>Vectors whose product is larger than this are no longer called orthogonal.</summary>
    public const double MostOverlap = 1e-9;

    private readonly double[] _d, _e, _squares;
    private readonly int[] _block;
    private readonly SturmValues _sturm;
    private readonly TwistedFactors _factors;
    private double _scale;
    private int _n;

    public TridiagonalSpectrum(int capacity)
    {
        var padded = Lanes.Padded(capacity);
        (_d, _e, _squares) = (new double[padded], new double[padded], new double[padded]);
        (Values, _block) = (new double[padded], new int[padded]);
        (_sturm, _factors) = (new SturmValues(padded), new TwistedFactors(padded));
    }

    /// <summary>In parts of <see cref="Scale"/>; ascending within each unreduced block, blocks one after the other.</summary>
    public double[] Values { get; }

    /// <summary>What <see cref="Values"/> have to be multiplied by.</summary>
    public double Scale => _scale;

    /// <summary>The place of the first value above a level; 0 where the matrix has fallen apart and values are in no order.</summary>
    public int FirstAbove(double level)
    {
        if (_n == 0 || _block[_n - 1] != 0) return 0;
        var first = 0;
        while (first < _n - 1 && !(Values[first] > level)) first++;
        return first;
    }

    public double Largest
    {
        get
        {
            var largest = 0.0;
            for (var i = 0; i < _n; i++) largest = Math.Max(largest, Values[i]);
            return largest;
        }
    }

    /// <summary>All eigenvalues.</summary>
    public void Solve(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, int n)
    {
        _n = n;
        diagonal[..n].CopyTo(_d);
        offDiagonal[..Math.Max(0, n - 1)].CopyTo(_e);
        var scale = 0.0;
        for (var i = 0; i < n; i++)
            scale = Math.Max(scale, Math.Abs(_d[i]) + (i > 0 ? Math.Abs(_e[i - 1]) : 0) + (i + 1 < n ? Math.Abs(_e[i]) : 0));
        _scale = scale;
        if (scale == 0)
        {
            Array.Clear(Values, 0, n);
            for (var i = 0; i < n; i++) _block[i] = i;
            return;
        }

        // All of it at most one: the polynomials of eight rows then stay far from both ends of what a double can hold.
        var by = 1 / scale;
        for (var i = 0; i < n; i++)
        {
            _d[i] *= by;
            if (i + 1 == n) break;
            _e[i] *= by;
            if (Math.Abs(_e[i]) <= Epsilon) _e[i] = 0; // No more than the reduction has left of it by rounding: the matrix falls into two.
            _squares[i] = _e[i] * _e[i];
        }

        for (int first = 0, end; first < n; first = end)
        {
            for (end = first + 1; end < n && _e[end - 1] != 0; end++) { }
            for (var i = first; i < end; i++) _block[i] = first;
            if (end == first + 1) Values[first] = _d[first];
            else Bisect(first, end);
        }
    }

    private void Bisect(int first, int end)
    {
        double low = double.MaxValue, high = double.MinValue;
        for (var i = first; i < end; i++)
        {
            var reach = (i > first ? Math.Abs(_e[i - 1]) : 0) + (i + 1 < end ? Math.Abs(_e[i]) : 0);
            (low, high) = (Math.Min(low, _d[i] - reach), Math.Max(high, _d[i] + reach));
        }
        _sturm.Solve(_d.AsSpan(first, end - first), _squares.AsSpan(first, end - first), low - 4 * Epsilon, high + 4 * Epsilon, Values.AsSpan(first, end - first));
    }

    /// <summary>Eigenvectors, and values again, to what the factors L and D know: relative to themselves, not to the largest.</summary>
    /// <param name="from">First value wanted, by its place in <see cref="Values"/>; a multiple of eight.</param>
    /// <param name="panels">Room for [panel][row][eight vectors]; rows of other blocks are zero.</param>
    /// <param name="level">Values above it have to have vectors; others may have none.</param>
    /// <returns>False where vectors of neighbouring values are not orthogonal; then somebody else must find them.</returns>
    public bool TryVectors(int from, double level, Span<double> panels)
    {
        var n = _n;
        var panel = n * Lanes.Count;
        if (_scale == 0 || !_factors.TryFactorise(_d.AsSpan(0, n), _e.AsSpan(0, n), out var shift)) return false;
        var isWhole = n > 1 && _block[n - 1] == 0;
        Span<double> lambdas = stackalloc double[Lanes.Count];
        for (var at = from; at < n; at += Lanes.Count)
        {
            var room = panels.Slice((at - from) / Lanes.Count * panel, panel);
            if (!isWhole) room.Clear();
            for (var lane = 0; lane < Lanes.Count;)
            {
                // Lanes of the same block go together.
                var block = _block[Math.Min(at + lane, n - 1)];
                var more = lane + 1;
                while (more < Lanes.Count && at + more < n && _block[at + more] == block) more++;
                if (at + lane >= n) break;
                var end = block;
                while (end < n && _block[end] == block) end++;
                if (end == block + 1) room[block * Lanes.Count + lane] = 1;
                else
                {
                    for (var l = 0; l < Lanes.Count; l++) lambdas[l] = Values[at + Math.Clamp(l, lane, more - 1)] + shift;
                    var wanted = lane;
                    while (wanted < more && !(Values[at + wanted] > level)) wanted++;
                    if (!_factors.TryVectors(block, end, lambdas, room, wanted, more, isWhole)) return false;
                    for (var l = wanted; l < more; l++) Values[at + l] = lambdas[l] - shift;
                }
                lane = more;
            }
        }
        return AreOrthogonal(from, level, panels);
    }

    /// <summary>Vectors with small residuals are orthogonal where their values are apart; where they are not, each is compared with the one before it.</summary>
    private bool AreOrthogonal(int from, double level, ReadOnlySpan<double> panels)
    {
        var panel = _n * Lanes.Count;
        for (var a = from + 1; a < _n; a++)
        {
            for (var b = a - 1; b >= from && b > a - Lanes.Count && _block[b] == _block[a] && Values[b] > level && Values[a] - Values[b] < 1e-4 * Math.Abs(Values[a]) + 16 * Epsilon; b--)
            {
                var dot = 0.0;
                ReadOnlySpan<double> x = panels[PlaceOf(a - from, panel)..], y = panels[PlaceOf(b - from, panel)..];
                for (var i = 0; i < panel; i += Lanes.Count) dot += x[i] * y[i];
                if (!(Math.Abs(dot) <= MostOverlap)) return false;
            }
        }
        return true;
    }

    private static int PlaceOf(int vector, int panel) => vector / Lanes.Count * panel + vector % Lanes.Count;

    /// <summary>Values and vectors of all blocks, however close; allocates.</summary>
    public void SolveSlowly(Span<double> panels)
    {
        var (n, e, vectors) = (_n, _e.AsSpan(0, _n).ToArray(), new double[_n * _n]);
        _d.AsSpan(0, n).CopyTo(Values);
        ImplicitQl.Solve(Values, e, vectors, n);
        for (var i = 0; i < n; i++)
        {
            _block[i] = i == 0 ? 0 : -1; // In no order any more.
            var panel = panels.Slice(i / Lanes.Count * n * Lanes.Count, n * Lanes.Count);
            for (var row = 0; row < n; row++) panel[row * Lanes.Count + i % Lanes.Count] = vectors[i * n + row];
        }
    }
}
