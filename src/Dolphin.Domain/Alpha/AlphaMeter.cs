using System.Collections.Immutable;

namespace Dolphin.Domain.Alpha;

/// <summary>How an asset is measured, before anyone trusts it: <see cref="AlphaMeterPolicy.Create"/> checks. Keys are under <c>dolphin.alpha.meter</c>.</summary>
public sealed record AlphaMeterSettings
{
    /// <summary>Key <c>momentum-window</c>, 1 min to 30 days. Four hours: in them an asset of the best volatility, 1 % per root hour, moves by the 2 % that have the whole part.</summary>
    public TimeSpan MomentumWindow { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Key <c>half-life</c>, 3 min to 365 days, of volatility and liquidity. A day, as the hedge's variance: busy and quiet hours differ by a factor of three.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Key <c>warm-up-bars</c>, 2 to 1 000 000: with fewer, volatility and liquidity are not known. Sixty give the variance a standard error of about 0.3.</summary>
    public int WarmUpBars { get; init; } = 60;
}

/// <summary>How an asset is measured, known to be good.</summary>
public sealed class AlphaMeterPolicy
{
    private AlphaMeterPolicy(AlphaMeterSettings settings) => Settings = settings;

    public AlphaMeterSettings Settings { get; }

    /// <summary>Checks everything at once.</summary>
    /// <param name="path">Where the settings were found, such as <c>dolphin.alpha.meter</c>; it begins every message.</param>
    /// <returns>The policy, or null after adding every mistake to <paramref name="errors"/>.</returns>
    public static AlphaMeterPolicy? Create(AlphaMeterSettings settings, string path, List<string> errors)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var check = new SettingsCheck(path, errors);
        check.Expect(settings.MomentumWindow >= TimeSpan.FromMinutes(1) && settings.MomentumWindow <= TimeSpan.FromDays(30), "momentum-window", settings.MomentumWindow, "1 min to 30 days");
        check.Expect(settings.HalfLife >= TimeSpan.FromMinutes(3) && settings.HalfLife <= TimeSpan.FromDays(365), "half-life", settings.HalfLife, "3 min to 365 days");
        check.Expect(settings.WarmUpBars is >= 2 and <= 1_000_000, "warm-up-bars", settings.WarmUpBars, "2 to 1000000 bars");
        return errors.Count == before ? new AlphaMeterPolicy(settings) : null;
    }
}

/// <summary>A close, kept to measure momentum from.</summary>
public readonly record struct AlphaPoint(long AtMs, double Close);

/// <summary>All that an <see cref="AlphaMeter"/> goes on from.</summary>
/// <param name="Points">Oldest first.</param>
public sealed record AlphaMeterMemory(
    double Close, long AtMs, int Bars, double VarianceSum, double VarianceWeight, double VolumeSum, double VolumeWeight, ImmutableArray<AlphaPoint> Points);

/// <summary>Momentum, volatility and liquidity of one asset, from its closed bars. NaN is not known yet.</summary>
/// <remarks>Time is an argument: the same bars give the same bits. A gap between bars is weighed by its length.</remarks>
public sealed class AlphaMeter(AlphaMeterPolicy policy)
{
    /// <summary>A momentum window is cut into so many; the first close of each is kept. Momentum is over the window and up to one part of it more.</summary>
    public const int PartsPerWindow = 24;

    private const double MsPerHour = 3_600_000d, HoursPerDay = 24;

    private readonly List<AlphaPoint> _points = [];
    private VarianceEstimate _variance;
    private double _close, _volume, _volumeWeight;
    private long _atMs;
    private int _bars;

    public AlphaMeter(AlphaMeterPolicy policy, AlphaMeterMemory memory) : this(policy)
    {
        (_close, _atMs, _bars, _variance) = (memory.Close, memory.AtMs, memory.Bars, new VarianceEstimate(memory.VarianceSum, memory.VarianceWeight));
        (_volume, _volumeWeight) = (memory.VolumeSum, memory.VolumeWeight);
        _points.AddRange(memory.Points);
    }

    /// <summary>Whether it measures the asset at a time: it has seen a bar, and the last one is at most so old. Momentum, volatility and liquidity are as of that bar: of an asset whose bars have stopped they say nothing.</summary>
    public bool Measures(long nowMs, TimeSpan patience) => _bars > 0 && nowMs - _atMs <= (long)patience.TotalMilliseconds;

    /// <summary>Log return over the window; NaN until there is a close that is as old, and after a gap in which there was none.</summary>
    public double Momentum => _points.Count > 0 && _atMs - _points[0].AtMs is var age && age >= Window && age <= Window + 2 * Part ? PortableMath.Log(_close / _points[0].Close) : double.NaN;

    /// <summary>Of log price, per root hour.</summary>
    public double Volatility => IsWarm && _variance.Weight > 0 ? Math.Sqrt(_variance.Weighted / _variance.Weight) : double.NaN;

    /// <summary>Quote currency traded in a day.</summary>
    public double Liquidity => IsWarm && _volumeWeight > 0 ? _volume / _volumeWeight : double.NaN;

    private long Window => (long)policy.Settings.MomentumWindow.TotalMilliseconds;
    private long Part => Window / PartsPerWindow;
    private bool IsWarm => _bars > policy.Settings.WarmUpBars;

    /// <param name="close">Above zero.</param>
    /// <param name="quoteVolume">Quote currency traded in the bar; zero or more.</param>
    /// <param name="atMs">When the bar closed; one that is not newer than the last is left out.</param>
    public void Observe(double close, double quoteVolume, long atMs)
    {
        if (!(close > 0) || !double.IsFinite(close) || !(quoteVolume >= 0) || !double.IsFinite(quoteVolume) || (_bars > 0 && atMs <= _atMs)) return;
        var halfLife = policy.Settings.HalfLife.TotalHours;
        if (_bars > 0)
        {
            _variance = _variance.After(_close, close, atMs - _atMs, halfLife);
            var hours = (atMs - _atMs) / MsPerHour;
            var kept = PortableMath.Kept(hours, halfLife);
            (_volume, _volumeWeight) = (kept * _volume + (1 - kept) * (quoteVolume / hours * HoursPerDay), kept * _volumeWeight + (1 - kept));
        }
        (_close, _atMs) = (close, atMs);
        if (_bars < int.MaxValue) _bars++;

        if (_points.Count == 0 || _points[^1].AtMs / Part != atMs / Part) _points.Add(new AlphaPoint(atMs, close));
        // The newest that is old enough is the first.
        var old = 0;
        while (old + 1 < _points.Count && atMs - _points[old + 1].AtMs >= Window) old++;
        _points.RemoveRange(0, old);
    }

    public AlphaMeterMemory Capture() => new(_close, _atMs, _bars, _variance.Weighted, _variance.Weight, _volume, _volumeWeight, [.. _points]);
}
