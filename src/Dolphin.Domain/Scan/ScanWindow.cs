namespace Dolphin.Domain.Scan;

/// <summary>One window of an <see cref="EigenScan"/>: its correlation matrix, its leading pair and, when asked for, its spectrum.</summary>
public sealed class ScanWindow
{
    private readonly WindowSums _sums;
    private readonly CrossSums _cross;
    private readonly LeadingPair _leading;
    private readonly double _kept;
    private SymmetricEigen? _eigen; // With the first spectrum: whoever wants none pays for none.
    private StandardReturns? _standard;
    private Velocity _velocity;
    private double[] _values = [];
    private int _rank;
    private bool _isDual;
    private long _solvedAt = -1, _pairedAt = -1, _scans;

    internal ScanWindow(ScanPolicy policy, int window, int assets)
    {
        (Length, Assets, _kept) = (window, assets, policy.VelocityKept);
        _sums = new WindowSums(policy, window, assets);
        _cross = new CrossSums(window, 0, assets);
        _leading = new LeadingPair(window, assets);
    }

    /// <summary>Returns.</summary>
    public int Length { get; }

    /// <summary>Places of assets.</summary>
    public int Assets { get; }

    /// <summary>Two assets at least take part. Without that there are no values.</summary>
    public bool IsReady => _sums.MemberCount >= 2;

    /// <summary>How many assets take part: N of all that follows.</summary>
    public int Members => _sums.MemberCount;

    /// <summary>Places of who takes part, ascending.</summary>
    public ReadOnlySpan<int> MemberPlaces => _sums.Members.AsSpan(0, _sums.MemberCount);

    public Standing StandingOf(int asset) => _sums.Standings[asset];

    /// <summary>Largest eigenvalue of the correlation matrix, 1 to N; null until ready.</summary>
    public double? Leading => IsReady ? _leading.Value : null;

    /// <summary>lambda_w: the largest eigenvalue over N, above 0 to 1.</summary>
    public double? Share => IsReady ? _leading.Value / _sums.MemberCount : null;

    /// <summary>v_w: the smoothed change of <see cref="Share"/> per scan.</summary>
    public double? Velocity => _velocity.Value;

    /// <summary>Each asset's loading on the leading eigenvector, by place; of length 1, more positive than negative; 0 for who takes no part.</summary>
    public ReadOnlySpan<double> Loadings => _leading.Loadings[..Assets];

    /// <summary>Of the leading pair: |A v - lambda v|. 0 where the spectrum had to say it.</summary>
    public double Residual => _leading.Residual;

    /// <summary>Steps that the leading pair took in the last scan.</summary>
    public int Steps => _leading.Steps;

    /// <summary>How many times the leading pair could not be followed, or not be proved to be the leading one, and was taken from the spectrum.</summary>
    public long Resolved { get; private set; }

    /// <summary>Where values of unrelated assets end: (1 + sqrt(N / w))^2.</summary>
    public double Edge => MarchenkoPastur.Edge(_sums.MemberCount, Length);

    /// <summary>Whether <see cref="Eigenvalues"/> are of the last scan.</summary>
    public bool HasSpectrum => _solvedAt == _scans && IsReady;

    /// <summary>Whether <see cref="CopyVector"/> is of the last scan.</summary>
    public bool HasVectors => _pairedAt == _scans && IsReady;

    /// <summary>Largest first, without those that are nothing; empty without <see cref="HasSpectrum"/>.</summary>
    public ReadOnlySpan<double> Eigenvalues => HasSpectrum ? _values.AsSpan(0, _rank) : default;

    /// <summary>-sum p ln p / ln N, p the values over their sum: 0 where all assets move as one, 1 where none does as another; null without a spectrum.</summary>
    public double? Entropy { get; private set; }

    /// <summary>How many values are above <see cref="Edge"/>; null without a spectrum.</summary>
    public int? AboveEdge { get; private set; }

    /// <summary>Correlation of two assets over this window; NaN where one takes no part.</summary>
    public double Correlation(int a, int b)
    {
        if (_sums.Standings[a] != Standing.Member || _sums.Standings[b] != Standing.Member) return double.NaN;
        if (a == b) return 1;
        return Math.Clamp((_cross[a, b] - _sums.Sum(a) * (double)_sums.Sum(b) / Length) * _sums.Inverses.Span[a] * _sums.Inverses.Span[b] / Length, -1, 1);
    }

    /// <summary>Loadings on the eigenvector of value <paramref name="k"/>, by place of asset; of length 1, 0 for who takes no part.</summary>
    /// <param name="k">0 to the number of <see cref="Eigenvalues"/> - 1.</param>
    /// <exception cref="InvalidOperationException">There are no vectors of the last scan.</exception>
    public void CopyVector(int k, Span<double> loadings)
    {
        if (!HasVectors) throw new InvalidOperationException($"Window {Length} has no vectors of scan {_scans}; expected Spectra(vectors: true) after it.");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, _rank);
        var (panel, lane) = _eigen!.PlaceOf(k);
        var from = _isDual ? _standard!.Panel(panel, Members) : _eigen.Panel(panel);
        var by = _isDual ? 1 / Math.Sqrt(_eigen.Values[k]) : 1;
        loadings[..Assets].Clear();
        for (var m = 0; m < Members; m++) loadings[_sums.Members[m]] = from[m * Lanes.Count + lane] * by;
    }

    internal void Take(ReturnHistory history, ReadOnlySpan<int> returns, ReadOnlySpan<long> fresh, Span<long> leaving, ReadOnlySpan<bool> watched)
    {
        for (var i = 0; i < Assets; i++) leaving[i] = history.Oldest(i, Length);
        _cross.Update(fresh, leaving, watched);
        _sums.Take(returns, history);
    }

    internal void Follow(ReturnHistory history, ReadOnlySpan<long> lastUnknown, ReadOnlySpan<bool> watched)
    {
        _scans = history.Count;
        (Entropy, AboveEdge) = (null, null);
        _sums.Judge(history, lastUnknown, watched);
        if (!IsReady)
        {
            _velocity = default;
            return;
        }

        var isSure = _leading.Follow(history, _sums)
            && (_leading.IsLeading(Members, power: 1) || _leading.IsLeading(Members + 2 * _cross.SquaredCorrelations(_sums), power: 2));
        if (!isSure) Resolve(history);
        _velocity = _velocity.After(Share, !_sums.HasChanged, _kept);
    }

    internal long Audit(int asset, ReturnHistory history) => _cross.Audit(asset, history);

    internal ScanWindowMemory Capture() =>
        new(Length, [.. _sums.Standings.Select(s => (byte)s)], _leading.Value, _leading.Residual, [.. Loadings], _velocity, Resolved);

    internal void Restore(ScanWindowMemory memory, ReturnHistory history, ReadOnlySpan<bool> watched)
    {
        _scans = history.Count;
        _sums.Restore(history, memory.Standings);
        for (var i = 0; i < Assets; i++)
            if (watched[i]) _cross.Audit(i, history);
        _leading.Restore(memory.Value, memory.Residual, memory.Loadings.AsSpan());
        (_velocity, Resolved) = (memory.Velocity, memory.Resolved);
    }

    internal void Spectrum(ReturnHistory history, bool vectors)
    {
        if (!IsReady) return;
        if (!HasSpectrum) Solve(history);
        if (vectors && !HasVectors) Pair();
    }

    private void Solve(ReturnHistory history)
    {
        _isDual = Length < Members;
        _eigen ??= new SymmetricEigen(Math.Min(Length, Assets));
        if (_isDual) FillScans(history);
        else _cross.CopyCorrelations(_sums, _eigen.Begin(Members), SymmetricEigen.StrideOf(Members));
        _eigen.Solve();
        _solvedAt = _scans;
        Read();
    }

    private void Pair()
    {
        _eigen!.SolveVectors();
        if (_isDual) _standard!.Load(_eigen, _sums);
        _pairedAt = _scans;
        Read();
    }

    /// <summary>The w x w matrix of scans: Z' Z.</summary>
    private void FillScans(ReturnHistory history)
    {
        _standard ??= new StandardReturns(Length, Assets);
        _standard.Fill(history, _sums, 0, Assets);
        var matrix = _eigen!.Begin(Length);
        matrix.Clear();
        _standard.AddPart(_sums, 0, Assets, matrix);
    }

    private void Read()
    {
        var (by, sum, above, entropy) = (_isDual ? 1.0 / Length : 1.0, 0.0, 0, 0.0);
        _rank = _eigen!.Rank;
        if (_values.Length < _eigen.Capacity) _values = new double[_eigen.Capacity];
        for (var k = 0; k < _rank; k++)
        {
            _values[k] = _eigen.Values[k] * by;
            sum += _values[k];
            if (_values[k] > Edge) above++;
        }
        for (var k = 0; k < _rank; k++)
        {
            var p = _values[k] / sum;
            entropy -= p * PortableMath.Log(p);
        }
        (Entropy, AboveEdge) = (entropy / PortableMath.Log(Members), above);
    }

    /// <summary>Where two values are about as large, or none stands out: the whole spectrum knows which is the leading one.</summary>
    private void Resolve(ReturnHistory history)
    {
        Resolved++;
        Spectrum(history, vectors: true);
        var vector = new double[Assets];
        CopyVector(0, vector);
        _leading.Become(_values[0], vector);
    }
}
