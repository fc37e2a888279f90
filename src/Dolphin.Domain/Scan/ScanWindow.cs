using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Dolphin.Domain.Scan;

/// <summary>One window of an <see cref="EigenScan"/>: its correlation matrix, its leading pair and, when asked for, its spectrum.</summary>
public sealed class ScanWindow
{
    private readonly ReturnHistory _history;
    private readonly ShardWindow _own;
    private readonly WindowSums _sums;
    private readonly LeadingPair _leading;
    private readonly ImmutableArray<RowRange> _shards;
    private readonly int _number;
    private readonly double _kept;
    private SymmetricEigen? _eigen; // With the first spectrum: whoever wants none pays for none.
    private CrossSums? _afresh; // With the first rows that nobody else has: in one process, never.
    private Velocity _velocity;
    private double[] _values = [];
    private int _rank;
    private bool _isDual, _hasConverged;
    private long _solvedAt = -1, _pairedAt = -1, _scans;
    private double _before, _leftWeight; // Of the scan before: the leading value, and what of its vector is with those who have left.

    /// <param name="number">Of the window, shortest first.</param>
    /// <param name="own">The scan's own shard, which has all rows or none.</param>
    /// <param name="shards">Whose rows are whose where it has none.</param>
    internal ScanWindow(ScanPolicy policy, int number, ScanShard own, ImmutableArray<RowRange> shards)
    {
        (_number, _history, _own, _shards, _kept) = (number, own.History, own.Windows[number], shards, policy.VelocityKept);
        (_sums, _leading) = (_own.Sums, new LeadingPair(_own.Length, _own.Assets));
    }

    /// <summary>Returns.</summary>
    public int Length => _own.Length;

    /// <summary>Places of assets.</summary>
    public int Assets => _own.Assets;

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

    /// <summary>Scans in which other assets took part than before, ever: of their change of share only what that cannot explain is in <see cref="Velocity"/>.</summary>
    public long Reformed { get; private set; }

    /// <summary>Each asset's loading on the leading eigenvector, by place; of length 1, more positive than negative; 0 for who takes no part.</summary>
    public ReadOnlySpan<double> Loadings => _leading.Loadings[..Assets];

    /// <summary>Of the leading pair: |A v - lambda v|. 0 where the spectrum had to say it.</summary>
    public double Residual => _leading.Residual;

    /// <summary>Steps that the leading pair took in the last scan.</summary>
    public int Steps => _leading.Steps;

    /// <summary>How many times the leading pair could not be followed, or not be proved to be the leading one, and was taken from the spectrum.</summary>
    public long Resolved { get; private set; }

    /// <summary>Rows that no shard's answer was there for, so that they were added up afresh, ever; 0 in one process.</summary>
    internal long RowsAfresh { get; private set; }

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
        var sum = _own.Cross.Has(Math.Max(a, b)) ? _own.Cross[a, b] : Lanes.SumOfProducts(_history.Of(a, Length), _history.Of(b, Length));
        return Math.Clamp((sum - _sums.Sum(a) * (double)_sums.Sum(b) / Length) * _sums.Inverses.Span[a] * _sums.Inverses.Span[b] / Length, -1, 1);
    }

    /// <summary>Loadings on the eigenvector of value <paramref name="k"/>, by place of asset; of length 1, 0 for who takes no part.</summary>
    /// <param name="k">0 to the number of <see cref="Eigenvalues"/> - 1.</param>
    /// <exception cref="InvalidOperationException">There are no vectors of the last scan.</exception>
    public void CopyVector(int k, Span<double> loadings)
    {
        if (!HasVectors) throw new InvalidOperationException($"Window {Length} has no vectors of scan {_scans}; expected Spectra(vectors: true) after it.");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, _rank);
        var (panel, lane) = _eigen!.PlaceOf(k);
        var from = _isDual ? _own.Standard.Panel(panel, Members) : _eigen.Panel(panel);
        var by = _isDual ? 1 / Math.Sqrt(_eigen.Values[k]) : 1;
        loadings[..Assets].Clear();
        for (var m = 0; m < Members; m++) loadings[_sums.Members[m]] = from[m * Lanes.Count + lane] * by;
    }

    /// <summary>The leading pair of the newest scan, before it is proved to be that.</summary>
    internal void Follow()
    {
        _scans = _history.Count;
        (Entropy, AboveEdge) = (null, null);
        if (!IsReady) return;
        _before = _leading.Value;
        _leftWeight = 0;
        if (_sums.LeftCount > 0)
            for (var i = 0; i < Assets; i++)
                if (_sums.Standings[i] != Standing.Member) _leftWeight += _leading.Loadings[i] * _leading.Loadings[i];
        _hasConverged = _leading.Follow(_history, _sums);
    }

    internal void End(ShardAnswers? answers)
    {
        if (!IsReady)
        {
            _velocity = default;
            return;
        }

        var isSure = _hasConverged
            && (_leading.IsLeading(Members, power: 1) || _leading.IsLeading(Members + 2 * SquaredCorrelations(answers), power: 2));
        if (!isSure) Resolve(answers);
        _velocity = _velocity.After(Share, _sums.JoinedCount + _sums.LeftCount > 0 ? MarketsPart() : null, _kept);
    }

    private double MarketsPart()
    {
        if (_velocity.Share is not null) Reformed++; // Not where it was not ready before.
        var joined = 0.0;
        foreach (var i in _sums.Joined.AsSpan(0, _sums.JoinedCount)) joined += Loadings[i] * Loadings[i];
        return new MemberChange(Members - _sums.JoinedCount, _sums.LeftCount, _leftWeight, _sums.JoinedCount, joined).MarketsPart(_before, _leading.Value);
    }

    internal ScanWindowMemory Capture() =>
        new(Length, [.. _sums.Standings.Select(s => (byte)s)], _leading.Value, _leading.Residual, [.. Loadings], _velocity, Resolved, Reformed);

    internal void Restore(ScanWindowMemory memory)
    {
        _scans = _history.Count;
        _leading.Restore(memory.Value, memory.Residual, memory.Loadings.AsSpan());
        (_velocity, Resolved, Reformed) = (memory.Velocity, memory.Resolved, memory.Reformed);
    }

    internal void Spectrum(ShardAnswers? answers, bool vectors)
    {
        if (!IsReady) return;
        if (!HasSpectrum) Solve(answers);
        if (vectors && !HasVectors) Pair();
    }

    /// <summary>Of all pairs, each once: block by block in their order, whoever has them.</summary>
    private double SquaredCorrelations(ShardAnswers? answers)
    {
        var total = 0.0;
        for (var shard = 0; shard < _shards.Length; shard++)
            for (var k = 0; k < _shards[shard].Blocks; k++)
            {
                var block = _shards[shard].Block(k);
                total += answers?.SquaresOf(shard, _number, k) ?? Holder(block).SquaredCorrelations(_sums, block);
            }
        return total / ((double)Length * Length);
    }

    /// <summary>Sums of a block: the scan's own, or made now.</summary>
    private CrossSums Holder(RowRange block)
    {
        if (_own.Cross.Has(block.First)) return _own.Cross;
        _afresh ??= CrossSums.OfBlocks(Length, Assets);
        _afresh.Become(block, _history);
        RowsAfresh += block.Count;
        return _afresh;
    }

    private void Solve(ShardAnswers? answers)
    {
        _isDual = _own.IsDual;
        _eigen ??= new SymmetricEigen(Math.Min(Length, Assets));
        if (_isDual) FillScans(answers);
        else FillAssets(answers);
        _eigen.Solve();
        _solvedAt = _scans;
        Read();
    }

    private void Pair()
    {
        _eigen!.SolveVectors();
        if (_isDual) _own.Standard.Load(_eigen, _sums);
        _pairedAt = _scans;
        Read();
    }

    /// <summary>The w x w matrix of scans: Z' Z.</summary>
    private void FillScans(ShardAnswers? answers)
    {
        _own.Standard.Fill(_history, _sums, 0, Assets); // All of it: vectors of assets are made of it.
        var matrix = _eigen!.Begin(Length);
        var (stride, length) = (SymmetricEigen.StrideOf(Length), _own.PartLength(default));
        matrix.Clear();
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            var rows = _shards[shard];
            if (answers?.PartOf(shard, _number, length) is not { } part)
            {
                _own.Standard.AddPart(_sums, rows.First, rows.End, matrix);
                if (!_own.Cross.Has(rows.First)) RowsAfresh += rows.Count;
                continue;
            }
            ReadOnlySpan<byte> from = part;
            for (var t = 0; t < Length; t++)
                foreach (ref var to in matrix.Slice(t * stride, Lanes.Padded(t + 1))) to += Next(ref from);
        }
    }

    /// <summary>The N x N matrix of members: correlations below the diagonal, and whole blocks of eight on it.</summary>
    private void FillAssets(ShardAnswers? answers)
    {
        var matrix = _eigen!.Begin(Members);
        var stride = SymmetricEigen.StrideOf(Members);
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            var rows = _shards[shard];
            var part = answers?.PartOf(shard, _number, _own.PartLength(rows));
            ReadOnlySpan<byte> from = part;
            for (var k = 0; k < rows.Blocks; k++)
            {
                var (first, end) = _sums.MembersIn(rows.Block(k));
                var holder = part is null && first < end ? Holder(rows.Block(k)) : null;
                for (var a = first; a < end; a++)
                {
                    var to = matrix[(a * stride)..];
                    holder?.CopyCorrelations(_sums, a, to);
                    if (holder is null)
                        for (var b = 0; b < a; b++) to[b] = Next(ref from);
                    to[a] = 1;
                    for (var b = a & -Lanes.Count; b < a; b++) matrix[b * stride + a] = to[b];
                }
            }
        }
    }

    private static double Next(ref ReadOnlySpan<byte> from)
    {
        var number = BinaryPrimitives.ReadDoubleLittleEndian(from);
        from = from[sizeof(double)..];
        return number;
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
    private void Resolve(ShardAnswers? answers)
    {
        Resolved++;
        Spectrum(answers, vectors: true);
        var vector = new double[Assets];
        CopyVector(0, vector);
        _leading.Become(_values[0], vector);
    }
}
