using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Survival;

/// <summary>When the whole market moves at once and far more than it has lately, that is a shock (seed: tier 4, impulse).</summary>
/// <param name="FastHalfLife">Of the realised variance "now"; never shorter than one bar.</param>
/// <param name="SlowHalfLife">Of the realised variance "lately".</param>
/// <param name="VolatilityRatio">A shock is a fast volatility above this many slow ones.</param>
/// <param name="Breadth">...while at least this fraction of the symbols that moved, moved the same way; in (0.5, 1].</param>
/// <param name="WarmUp">Nothing is a shock before the slow variance has seen this much market.</param>
public sealed record ShockPolicy(TimeSpan FastHalfLife, TimeSpan SlowHalfLife, double VolatilityRatio, double Breadth, TimeSpan WarmUp);

/// <param name="Closes">Last close per symbol, in ordinal order of symbol.</param>
/// <param name="FastVariance">Of the market's mean log return, per hour.</param>
/// <param name="Seen">Market time seen since the first slice.</param>
/// <param name="Factors">What was heard last of external factors; null where nobody tells of them.</param>
public sealed record ShockState(
    ImmutableArray<LastClose> Closes, double FastVariance, double SlowVariance, TimeSpan Seen, long LastOpenTimeMs,
    DateTimeOffset? LastShock, DateTimeOffset? LastSlice, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FactorLevel? Factors = null);

public sealed record LastClose(Symbol Symbol, double Close);

/// <summary>Watches the mean log return of all symbols and its breadth. A pure fold over slices.</summary>
public sealed class ShockDetector(ShockPolicy policy)
{
    private readonly Dictionary<Symbol, double> _closes = []; // Looked up only; captured in order.
    private double _fast, _slow;
    private TimeSpan _seen;
    private long _lastOpenTimeMs = long.MinValue;

    public DateTimeOffset? LastShock { get; private set; }

    /// <summary>When the newest slice closed; null before the first.</summary>
    public DateTimeOffset? LastSlice { get; private set; }

    /// <returns>True if this slice is, or goes on being, a shock. A slice that is not newer than the last changes nothing.</returns>
    public bool Observe(MarketSlice slice)
    {
        if (slice.OpenTimeMs <= _lastOpenTimeMs) return false;
        double sum = 0;
        int rising = 0, falling = 0, counted = 0;
        foreach (ref readonly var bar in slice.Bars.Span)
        {
            var close = (double)bar.Bar.Close.QuotePerBase;
            if (_closes.TryGetValue(bar.Symbol, out var before))
            {
                var change = Math.Log(close / before);
                sum += change;
                counted++;
                if (change > 0) rising++;
                else if (change < 0) falling++;
            }

            _closes[bar.Symbol] = close;
        }

        var elapsed = _lastOpenTimeMs == long.MinValue ? TimeSpan.Zero : TimeSpan.FromMilliseconds(slice.OpenTimeMs - _lastOpenTimeMs);
        _lastOpenTimeMs = slice.OpenTimeMs;
        LastSlice = slice.ClosesAt;
        if (counted == 0) return false;

        var mean = sum / counted;
        var perHour = mean * mean / elapsed.TotalHours;
        var fastHalfLife = policy.FastHalfLife > elapsed ? policy.FastHalfLife : elapsed;
        // The slow variance is compared before it learns: a shock must not hide itself.
        _fast += (perHour - _fast) * Weight(elapsed, fastHalfLife);
        var breadth = rising + falling == 0 ? 0 : (double)Math.Max(rising, falling) / (rising + falling);
        var isShock = _seen >= policy.WarmUp && breadth >= policy.Breadth
            && _fast > policy.VolatilityRatio * policy.VolatilityRatio * _slow;
        _slow = _seen == TimeSpan.Zero ? perHour : _slow + (perHour - _slow) * Weight(elapsed, policy.SlowHalfLife);
        _seen += elapsed;
        if (isShock) LastShock = slice.ClosesAt;
        return isShock;
    }

    public ShockState Capture() => new(
        [.. _closes.OrderBy(c => c.Key).Select(c => new LastClose(c.Key, c.Value))], _fast, _slow, _seen, _lastOpenTimeMs, LastShock, LastSlice);

    public void Restore(ShockState state)
    {
        foreach (var close in state.Closes) _closes[close.Symbol] = close.Close;
        (_fast, _slow, _seen, _lastOpenTimeMs, LastShock, LastSlice) =
            (state.FastVariance, state.SlowVariance, state.Seen, state.LastOpenTimeMs, state.LastShock, state.LastSlice);
    }

    private static double Weight(TimeSpan elapsed, TimeSpan halfLife) => 1 - Math.Exp(-Math.Log(2) * (elapsed / halfLife));
}
