using System.Collections.Immutable;
using Dolphin.Domain.Compression;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Hermes;

/// <summary>Everything a <see cref="RegimeReader"/> knows, for a snapshot. It follows from bars and quotes alone, so it is not in events.</summary>
/// <param name="SlotMs">Length of a slot when it was captured; a reader with other slots starts anew.</param>
/// <param name="Returns">Of finished slots, oldest first: billionths of log price; <see cref="int.MinValue"/> where unseen.</param>
/// <param name="Ranges">Of the same slots: thousandths of the log of the range; <see cref="short.MinValue"/> where price did not move.</param>
/// <param name="Slot">Number of the newest bar's slot since the epoch; so are all slots.</param>
/// <param name="SlotIsOpen">The newest slot is still being gathered.</param>
/// <param name="High">Highest price of the open slot; so is <paramref name="Low"/> the lowest.</param>
/// <param name="BaseLog">Log of the close before the open slot, or NaN where that was not seen.</param>
/// <param name="LastLog">Log of the newest close.</param>
/// <param name="LastClose">Quote per base.</param>
/// <param name="LastOpenMs">Unix milliseconds of the newest bar's open, or -1 before the first.</param>
/// <param name="AtMs">Unix milliseconds of the newest bar's close.</param>
/// <param name="On">Which triggers are on.</param>
/// <param name="SinceMs">Since when the regime has been what it is.</param>
public sealed record RegimeMemory(
    long SlotMs, ImmutableArray<int> Returns, ImmutableArray<short> Ranges, long Slot, bool SlotIsOpen, double High, double Low, double BaseLog,
    double LastLog, double LastClose, long LastOpenMs, long AtMs, double WeightedVariance, double Weight, QuoteAverage Spread, QuoteAverage Depth,
    RegimeFeatureSet On, Regime Regime, long SinceMs);

/// <summary>Average of something quoted now and then, weighted by time.</summary>
/// <param name="AtMs">Unix milliseconds of the newest quote, or -1 before the first.</param>
public readonly record struct QuoteAverage(double Value, long AtMs)
{
    public static QuoteAverage Empty => new(double.NaN, -1);

    internal QuoteAverage Take(double value, long atMs, double halfLifeMs)
    {
        if (AtMs < 0) return new QuoteAverage(value, atMs);
        var kept = PortableMath.Kept(atMs - AtMs, halfLifeMs);
        return new QuoteAverage(kept * Value + (1 - kept) * value, atMs);
    }
}

/// <summary>
/// Reads one asset's regime from its closed bars and, where there are any, its quotes. Incremental, and of one size: below a kilobyte at the longest
/// windows. Same bars and quotes in the same order, same reading, on every machine.
/// </summary>
/// <remarks>
/// Bars are gathered into slots; efficiency ratio, variance ratio, volatility of volatility and idle share change when a slot ends, volatility
/// with every bar, spread and depth with every quote. The regime is judged when a bar closes. A slot's range is its true range (J. W. Wilder,
/// New Concepts in Technical Trading Systems, 1978): a gap from the last close counts. Ranges and not squared returns measure volatility,
/// because the range of a quarter hour is the same whether it came as one bar or as fifteen. Not for several threads.
/// </remarks>
public sealed class RegimeReader
{
    private const double FourLn2 = 2.772588722239781;
    private const double MsPerHour = 3_600_000;

    private readonly RegimePolicy _policy;
    private readonly SlotRing _slots;
    private EfficiencySums _efficiency;
    private VarianceRatioSums _varianceRatio;
    private RangeSums _ranges;
    private long _slot, _lastOpenMs = -1, _atMs, _sinceMs;
    private double _high, _low, _baseLog = double.NaN, _lastLog, _lastClose;
    private double _weightedVariance, _weight;
    private QuoteAverage _spread = QuoteAverage.Empty, _depth = QuoteAverage.Empty;
    private RegimeFeatureSet _on;
    private Regime _regime;
    private RegimeFeatures _features = RegimeFeatures.None;
    private RegimeFeatureSet _missing = RegimeFeatureSets.Everything;
    private bool _slotIsOpen;

    public RegimeReader(RegimePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _slots = new SlotRing(policy.Capacity);
    }

    /// <summary>Goes on from a snapshot. With another length of slot it starts anew; with other windows it keeps what they need.</summary>
    public RegimeReader(RegimePolicy policy, RegimeMemory memory) : this(policy)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.SlotMs != policy.SlotMs) return;
        for (var i = Math.Max(0, memory.Returns.Length - policy.Capacity); i < memory.Returns.Length; i++) Push(memory.Returns[i], memory.Ranges[i]);
        (_slot, _slotIsOpen, _high, _low, _baseLog) = (memory.Slot, memory.SlotIsOpen, memory.High, memory.Low, memory.BaseLog);
        (_lastLog, _lastClose, _lastOpenMs, _atMs) = (memory.LastLog, memory.LastClose, memory.LastOpenMs, memory.AtMs);
        (_weightedVariance, _weight, _spread, _depth) = (memory.WeightedVariance, memory.Weight, memory.Spread, memory.Depth);
        (_on, _regime, _sinceMs) = (memory.On, memory.Regime, memory.SinceMs);
        (_features, _missing) = Measure();
    }

    public RegimePolicy Policy => _policy;
    public Regime Regime => _regime;
    /// <summary>Whether the market is one that compression is for.</summary>
    public RegimeGate Gate => _regime == Regime.Ranging ? RegimeGate.Open : RegimeGate.Shut;

    /// <summary>The reading as of the newest bar.</summary>
    public RegimeReading Reading => new(_regime, _on, _features, _missing, SeenSlots(), _sinceMs, _atMs, _lastOpenMs >= 0);

    /// <summary>The reading for a decision at <paramref name="at"/>: Unknown when no bar has closed for two slots. One may be late; after two
    /// the market that was read is no longer there. The next bar brings the regime back, unless the gap was too long.</summary>
    public RegimeReading ReadingAt(DateTimeOffset at)
    {
        var reading = Reading;
        return reading.HasBars && at.ToUnixTimeMilliseconds() - _atMs > 2 * _policy.SlotMs
            ? reading with { Regime = Regime.Unknown, SinceMs = _atMs + 2 * _policy.SlotMs, IsStale = true }
            : reading;
    }

    public RegimeMemory Capture()
    {
        var returns = ImmutableArray.CreateBuilder<int>(_slots.Count);
        var ranges = ImmutableArray.CreateBuilder<short>(_slots.Count);
        for (var age = _slots.Count; age >= 1; age--)
        {
            returns.Add(_slots[age].NanoReturn);
            ranges.Add(_slots[age].MilliLogRange);
        }
        return new RegimeMemory(
            _policy.SlotMs, returns.MoveToImmutable(), ranges.MoveToImmutable(), _slot, _slotIsOpen, _high, _low, _baseLog, _lastLog, _lastClose,
            _lastOpenMs, _atMs, _weightedVariance, _weight, _spread, _depth, _on, _regime, _sinceMs);
    }

    /// <summary>Takes spread and depth of one moment; either may be unknown. They count from the next bar on.</summary>
    /// <param name="spreadBps">Basis points of the middle; null where unknown.</param>
    /// <param name="depth">Quote currency on the weaker side; null where unknown.</param>
    /// <returns>False, and nothing changed, if nothing in it is a finite number at or above zero that is newer than what was known.</returns>
    public bool ObserveQuote(double? spreadBps, double? depth, long atMs)
    {
        var halfLife = _policy.Settings.QuoteHalfLife.TotalMilliseconds;
        var taken = false;
        if (spreadBps is { } s && double.IsFinite(s) && s >= 0 && atMs > _spread.AtMs) (_spread, taken) = (_spread.Take(s, atMs, halfLife), true);
        if (depth is { } d && double.IsFinite(d) && d >= 0 && atMs > _depth.AtMs) (_depth, taken) = (_depth.Take(d, atMs, halfLife), true);
        return taken;
    }

    /// <summary>Takes one closed bar.</summary>
    /// <param name="interval">The bar's length.</param>
    /// <returns>False, and nothing changed, if the bar is not newer than the last one, has a price of zero, or does not fit into a slot
    /// (<see cref="RegimePolicy.Objection"/>).</returns>
    public bool Observe(in Bar bar, TimeSpan interval)
    {
        var intervalMs = interval.Ticks / TimeSpan.TicksPerMillisecond;
        if (intervalMs <= 0 || intervalMs > _policy.SlotMs || bar.OpenTimeMs < 0 || (_lastOpenMs >= 0 && bar.OpenTimeMs <= _lastOpenMs)) return false;
        var close = (double)bar.Close.QuotePerBase;
        var (high, low) = ((double)bar.High.QuotePerBase, (double)bar.Low.QuotePerBase);
        (high, low) = (Math.Max(Math.Max(high, low), close), Math.Min(Math.Min(high, low), close)); // A bar is not trusted to be in order.
        if (!(low > 0)) return false;

        var slot = bar.OpenTimeMs / _policy.SlotMs;
        if (_lastOpenMs >= 0 && slot > _slot) EndSlotsBefore(slot);
        var follows = _lastOpenMs >= 0;
        ObserveVolatility(
            follows ? Math.Max(high, _lastClose) : high, follows ? Math.Min(low, _lastClose) : low,
            (follows ? bar.OpenTimeMs - _lastOpenMs : intervalMs) / MsPerHour);
        if (!_slotIsOpen || slot != _slot)
        {
            // Only a close at the very end of the slot before is where this one starts; after a hole the first return is unknown.
            var adjacent = follows && slot == _slot + 1;
            (_slot, _slotIsOpen, _baseLog) = (slot, true, adjacent ? _lastLog : double.NaN);
            (_high, _low) = adjacent ? (Math.Max(high, _lastClose), Math.Min(low, _lastClose)) : (high, low);
        }
        else
        {
            (_high, _low) = (Math.Max(high, _high), Math.Min(low, _low));
        }
        (_lastClose, _lastLog, _lastOpenMs, _atMs) = (close, PortableMath.Log(close), bar.OpenTimeMs, bar.OpenTimeMs + intervalMs);
        if (_atMs >= (slot + 1) * _policy.SlotMs) EndSlot();
        Judge();
        return true;
    }

    private void ObserveVolatility(double high, double low, double hours)
    {
        // M. Parkinson, The Extreme Value Method for Estimating the Variance of the Rate of Return, Journal of Business 53 (1980).
        var range = PortableMath.Log(high / low);
        var kept = PortableMath.Kept(hours, _policy.Settings.VolatilityHalfLife.TotalHours);
        _weightedVariance = kept * _weightedVariance + (1 - kept) * (range * range / FourLn2 / hours);
        _weight = kept * _weight + (1 - kept);
    }

    // What is missing at the end of a slot is missing; what was seen of it counts.
    private void EndSlotsBefore(long slot)
    {
        if (_slotIsOpen) EndSlot();
        var unseen = Math.Min(slot - _slot - 1, _policy.Capacity);
        for (var i = 0L; i < unseen; i++) Push(SlotRing.Absent, SlotRing.Idle);
    }

    private void EndSlot()
    {
        _slotIsOpen = false;
        if (double.IsNaN(_baseLog))
        {
            Push(SlotRing.Absent, SlotRing.Idle);
            return;
        }
        var nano = Math.Clamp(Math.Round((_lastLog - _baseLog) * 1e9), -int.MaxValue, int.MaxValue);
        var range = PortableMath.Log(_high / _low);
        var milli = range > 0 ? Math.Clamp(Math.Round(PortableMath.Log(range) * 1e3), -short.MaxValue, short.MaxValue) : SlotRing.Idle;
        Push((int)nano, (short)milli);
    }

    private void Push(int nanoReturn, short milliLogRange)
    {
        if (_slots.Count >= _policy.EfficiencySlots && _slots[_policy.EfficiencySlots].NanoReturn is var left and not SlotRing.Absent) _efficiency.Take(left, -1);
        if (_slots.Count >= _policy.VolOfVolSlots && _slots[_policy.VolOfVolSlots] is { NanoReturn: not SlotRing.Absent } old) _ranges.Take(old.MilliLogRange, -1);
        if (_slots.Count >= _policy.VarianceRatioSlots)
        {
            if (_slots[_policy.VarianceRatioSlots].NanoReturn is var gone and not SlotRing.Absent) _varianceRatio.Take(gone, -1);
            if (_slots.IsRunWhole(_policy.VarianceRatioSlots, _policy.LagSlots, out var goneRun)) _varianceRatio.TakeRun(goneRun, -1);
        }
        _slots.Push(nanoReturn, milliLogRange);
        if (nanoReturn == SlotRing.Absent) return;
        _efficiency.Take(nanoReturn, 1);
        _ranges.Take(milliLogRange, 1);
        _varianceRatio.Take(nanoReturn, 1);
        if (_slots.Count >= _policy.LagSlots && _slots.IsRunWhole(_policy.LagSlots, _policy.LagSlots, out var run)) _varianceRatio.TakeRun(run, 1);
    }

    private void Judge()
    {
        (_features, _missing) = Measure();
        foreach (var feature in RegimeFeatureSets.All)
        {
            var on = _policy.Trigger(feature).After(_on.Has(feature), _features[feature]);
            // A measure that is gone cannot turn itself off; quotes hold for a while, what bars give is back with the bars.
            if (on && _missing.Has(feature) && Forgotten(feature)) on = false;
            _on = on ? _on | RegimeFeatureSets.Of(feature) : _on & ~RegimeFeatureSets.Of(feature);
        }
        var regime = !IsCovered() ? Regime.Unknown
            : (_on & RegimeFeatureSets.Chaotic) != RegimeFeatureSet.None ? Regime.Chaotic
            : (_on & RegimeFeatureSets.Thin) != RegimeFeatureSet.None ? Regime.Thin
            : (_on & RegimeFeatureSets.Trending) != RegimeFeatureSet.None ? Regime.Trending
            : Regime.Ranging;
        if (regime == _regime && _sinceMs != 0) return;
        (_regime, _sinceMs) = (regime, _atMs);
    }

    private bool Forgotten(RegimeFeature feature) => feature switch
    {
        RegimeFeature.Spread => _atMs - _spread.AtMs > _policy.Settings.QuoteHold.TotalMilliseconds,
        RegimeFeature.Depth => _atMs - _depth.AtMs > _policy.Settings.QuoteHold.TotalMilliseconds,
        _ => false,
    };

    private (RegimeFeatures Features, RegimeFeatureSet Missing) Measure()
    {
        var features = new RegimeFeatures(
            _weight >= 0.5 ? Math.Sqrt(_weightedVariance / _weight) : double.NaN, // One half-life has passed.
            Covers(_ranges.Slots, _policy.VolOfVolSlots) ? _ranges.VolatilityOfVolatility : double.NaN,
            IsFresh(_spread) ? _spread.Value : double.NaN,
            IsFresh(_depth) ? _depth.Value : double.NaN,
            Covers(_ranges.Slots, _policy.VolOfVolSlots) ? _ranges.IdleShare : double.NaN,
            Covers(_efficiency.Slots, _policy.EfficiencySlots) ? _efficiency.Ratio : double.NaN,
            Covers(_varianceRatio.Slots, _policy.VarianceRatioSlots) ? _varianceRatio.Ratio(_policy.LagSlots) : double.NaN,
            _efficiency.Direction);
        var missing = RegimeFeatureSet.None;
        foreach (var feature in RegimeFeatureSets.All)
            if (double.IsNaN(features[feature])) missing |= RegimeFeatureSets.Of(feature);
        return (features, missing);
    }

    private bool IsFresh(QuoteAverage quote) => quote.AtMs >= 0 && _atMs - quote.AtMs <= _policy.Settings.QuoteMaxAge.TotalMilliseconds;

    private bool Covers(int seen, int slots) => seen >= _policy.Settings.Coverage * slots;

    private bool IsCovered() =>
        Covers(_efficiency.Slots, _policy.EfficiencySlots) && Covers(_ranges.Slots, _policy.VolOfVolSlots)
        && Covers(_varianceRatio.Slots, _policy.VarianceRatioSlots);

    // Of the longest window: what a reader that warms up is waiting for.
    private int SeenSlots() => _policy.Capacity == _policy.VarianceRatioSlots ? _varianceRatio.Slots
        : _policy.Capacity == _policy.EfficiencySlots ? _efficiency.Slots : _ranges.Slots;
}
