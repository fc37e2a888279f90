namespace Dolphin.Domain.Hermes;

/// <summary>Sums over a window of slots, in whole billionths of log price: what enters and leaves cancels exactly, so they never drift.</summary>
internal struct EfficiencySums
{
    private long _net, _path;
    private int _slots;

    public readonly int Slots => _slots;
    public readonly int Direction => Math.Sign(_net);

    public void Take(int nanoReturn, int sign)
    {
        _net += sign * (long)nanoReturn;
        _path += sign * Math.Abs((long)nanoReturn);
        _slots += sign;
    }

    /// <summary>|net movement| / path length of log price: 1 on a straight line, near 0 where price comes back.</summary>
    /// <remarks>P. J. Kaufman, Smarter Trading (1995). A market that did not move went nowhere: 0.</remarks>
    public readonly double Ratio => _path == 0 ? 0 : Math.Abs(_net) / (double)_path;
}

/// <summary>Sums of returns of one slot, and of all runs of <c>q</c> slots without a hole, for the variance ratio.</summary>
internal struct VarianceRatioSums
{
    private long _sum, _runSum;
    private Int128 _squares, _runSquares;
    private int _slots, _runs;

    public readonly int Slots => _slots;

    public void Take(int nanoReturn, int sign)
    {
        _sum += sign * (long)nanoReturn;
        _squares += sign * ((Int128)nanoReturn * nanoReturn);
        _slots += sign;
    }

    public void TakeRun(long nanoReturn, int sign)
    {
        _runSum += sign * nanoReturn;
        _runSquares += sign * ((Int128)nanoReturn * nanoReturn);
        _runs += sign;
    }

    /// <summary>VR(q): variance of overlapping q-slot returns over q times the variance of one-slot returns, the mean removed from both,
    /// without bias in small samples. NaN where price did not move, or hardly any run is whole.</summary>
    /// <remarks>
    /// A. W. Lo and A. C. MacKinlay, Stock Market Prices Do Not Follow Random Walks, Review of Financial Studies 1 (1988). 1 for a random walk,
    /// above 1 where moves are followed by moves in the same direction, below 1 where they are taken back. A steady drift alone leaves it at
    /// 1, because the mean is removed: that is what the efficiency ratio is for. With holes the paper's n - q + 1 is the count of whole runs.
    /// </remarks>
    public readonly double Ratio(int q)
    {
        Int128 n = _slots;
        if (_slots <= q || _runs < q) return double.NaN;
        var shortSpread = n * _squares - (Int128)_sum * _sum; // n^2 times the variance, exactly.
        if (shortSpread <= 0) return double.NaN;
        var longSpread = n * n * _runSquares - 2 * q * n * _sum * (Int128)_runSum + (Int128)_runs * q * q * _sum * (Int128)_sum; // n^2 times the sum of squares.
        var variance = (double)shortSpread / ((double)_slots * (_slots - 1));
        var scale = q * (double)_runs * (1.0 - (double)q / _slots);
        return (double)longSpread / ((double)_slots * _slots) / scale / variance;
    }
}

/// <summary>Sums of the logs of slots' ranges, in whole thousandths.</summary>
internal struct RangeSums
{
    /// <summary>Standard deviation of the log range of a Brownian motion whose volatility does not change: chance alone.</summary>
    /// <remarks>S. Alizadeh, M. W. Brandt and F. X. Diebold, Range-Based Estimation of Stochastic Volatility Models, Journal of Finance 57 (2002).</remarks>
    public const double SteadyDeviation = 0.29;

    private long _sum, _squares;
    private int _moved, _idle;

    public readonly int Slots => _moved + _idle;

    public void Take(short milliLogRange, int sign)
    {
        if (milliLogRange == SlotRing.Idle)
        {
            _idle += sign;
            return;
        }
        _sum += sign * (long)milliLogRange;
        _squares += sign * ((long)milliLogRange * milliLogRange);
        _moved += sign;
    }

    /// <summary>sqrt(max(0, var(ln range) - 0.29^2)): how much the market's pace itself varies. NaN where half of the slots did not move.</summary>
    public readonly double VolatilityOfVolatility
    {
        get
        {
            if (_moved < 2 || _moved < _idle) return double.NaN;
            var variance = (_moved * _squares - _sum * _sum) / ((double)_moved * (_moved - 1)) / 1e6;
            return Math.Sqrt(Math.Max(0, variance - SteadyDeviation * SteadyDeviation));
        }
    }

    public readonly double IdleShare => Slots == 0 ? double.NaN : _idle / (double)Slots;
}

/// <summary>The last slots of one asset: return and range of each, or that it was not seen.</summary>
internal sealed class SlotRing(int capacity)
{
    /// <summary>In place of a return: the slot, or the one before it, was not seen.</summary>
    public const int Absent = int.MinValue;
    /// <summary>In place of a range: the price did not move.</summary>
    public const short Idle = short.MinValue;

    private readonly int[] _returns = new int[capacity];
    private readonly short[] _ranges = new short[capacity];
    private int _next;

    public int Count { get; private set; }

    /// <param name="age">1 is the newest; at most <see cref="Count"/>.</param>
    public (int NanoReturn, short MilliLogRange) this[int age]
    {
        get
        {
            var at = _next - age;
            if (at < 0) at += _returns.Length;
            return (_returns[at], _ranges[at]);
        }
    }

    public void Push(int nanoReturn, short milliLogRange)
    {
        (_returns[_next], _ranges[_next]) = (nanoReturn, milliLogRange);
        _next = _next + 1 == _returns.Length ? 0 : _next + 1;
        if (Count < _returns.Length) Count++;
    }

    public bool IsRunWhole(int oldestAge, int slots, out long nanoReturn)
    {
        nanoReturn = 0;
        for (var age = oldestAge; age > oldestAge - slots; age--)
        {
            var part = this[age].NanoReturn;
            if (part == Absent) return false;
            nanoReturn += part;
        }
        return true;
    }
}
