using System.Collections.Immutable;
using System.Globalization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.External;

/// <summary>What became of a value. Everything but <see cref="Taken"/> leaves the cache as it was, and the factor ages as if nothing had come.</summary>
public enum FactorOutcome
{
    Taken,
    /// <summary>Not newer than what there is. Sources repeat themselves: that is no fault, and not counted.</summary>
    Older,
    /// <summary>No finite number.</summary>
    NotANumber,
    /// <summary>Outside of what the factor can be.</summary>
    Absurd,
    /// <summary>Further ahead of the clock than <see cref="FactorPolicy.MostAhead"/>.</summary>
    Ahead,
    /// <summary>No such factor.</summary>
    Unknown,
    /// <summary>There are <see cref="FactorPolicy.MostKeys"/> others.</summary>
    Full,
}

public readonly record struct SeenFactor(DateTimeOffset At, double Value);

/// <summary>What is remembered of one factor of one asset.</summary>
/// <param name="InShock">Its newest value is one; leaving and coming back is another.</param>
/// <param name="Recent">What the next values are compared with, in order of time.</param>
/// <param name="Kept">What is told again after a restart, in order of time; without the newest.</param>
public sealed record FactorTrackState(
    Symbol? Asset, string Factor, double Value, DateTimeOffset At, bool InShock, DateTimeOffset? ShockAt, ImmutableArray<SeenFactor> Recent, ImmutableArray<SeenFactor> Kept);

/// <param name="Refused">Without repetitions.</param>
public sealed record FactorCount(string Factor, long Taken, long Refused, long Shocks);

/// <summary>All that a <see cref="FactorCache"/> remembers.</summary>
/// <param name="Began">Since when values are waited for.</param>
/// <param name="Tracks">By factor, then asset, in ordinal order.</param>
public sealed record FactorCacheState(
    DateTimeOffset? Began, DateTimeOffset? ShockAt, string Why, ImmutableArray<FactorTrackState> Tracks, ImmutableArray<FactorCount> Counts);

/// <summary>How fresh one factor is.</summary>
/// <param name="Assets">Of how many it is known.</param>
/// <param name="Newest">Null where it never came.</param>
/// <param name="Age">Of the middle asset, beyond freshness.</param>
public sealed record FactorFreshness(string Factor, int Assets, DateTimeOffset? Newest, TimeSpan Age);

/// <summary>The newest value of every external factor, how fresh it is, and whether it jumped. No clock of its own; not thread-safe.</summary>
public sealed class FactorCache(FactorPolicy policy)
{
    private const int RecentSlots = 16; // Of a shock's window: four minutes of an hour.
    private readonly SortedDictionary<Key, Track> _tracks = [];
    private readonly SortedDictionary<string, (long Taken, long Refused, long Shocks)> _counts = new(StringComparer.Ordinal);
    private DateTimeOffset? _began;

    private readonly record struct Key(string Factor, string Asset) : IComparable<Key>
    {
        public int CompareTo(Key other) => string.CompareOrdinal(Factor, other.Factor) is var order and not 0 ? order : string.CompareOrdinal(Asset, other.Asset);
    }

    private sealed class Track(Symbol? asset)
    {
        public Symbol? Asset => asset;
        public double Value;
        public DateTimeOffset At;
        public bool InShock;
        public DateTimeOffset? ShockAt;
        public List<SeenFactor> Recent = [], Kept = [];
    }

    /// <summary>Of the newest shock, and what it was.</summary>
    public DateTimeOffset? ShockAt { get; private set; }
    public string Why { get; private set; } = "";

    /// <summary>From now on expected factors age, if they did not before.</summary>
    public void Begin(DateTimeOffset now) => _began ??= now;

    /// <summary>Takes what somebody measured.</summary>
    public FactorOutcome Take(in FactorValue value, DateTimeOffset now)
    {
        var outcome = Judge(value, now);
        if (outcome is FactorOutcome.Unknown or FactorOutcome.Older) return outcome;
        var count = _counts.GetValueOrDefault(value.Factor);
        if (outcome != FactorOutcome.Taken)
        {
            _counts[value.Factor] = count with { Refused = count.Refused + 1 };
            return outcome;
        }

        var (rule, key) = (policy.RuleOf(value.Factor)!, KeyOf(value));
        if (!_tracks.TryGetValue(key, out var track)) _tracks.Add(key, track = new Track(value.Asset));
        else Remember(track, rule);
        var isShock = rule.Shock is { } shock && track.Recent.Count > 0 && IsShock(shock, track, value);
        (track.Value, track.At) = (value.Value, value.At);
        if (isShock && !track.InShock) track.ShockAt = value.At;
        track.InShock = isShock;
        var together = isShock && track.ShockAt == value.At && IsTogether(value.Factor, value.At);
        if (together) (ShockAt, Why) = (value.At, string.Create(CultureInfo.InvariantCulture, $"{value.Factor}{(value.Asset is null ? "" : $" of {InShock(value.Factor, value.At)} of {Of(value.Factor)} assets")}, last {value.Value:0.######}"));
        _counts[value.Factor] = count with { Taken = count.Taken + 1, Shocks = count.Shocks + (together ? 1 : 0) };
        return FactorOutcome.Taken;
    }

    /// <summary>What L7 is told at a moment. Changes nothing.</summary>
    public FactorLevel LevelAt(DateTimeOffset now)
    {
        var age = TimeSpan.Zero;
        foreach (var freshness in FreshnessAt(now))
            if (freshness.Age > age) age = freshness.Age;
        return new FactorLevel(ShockAt, age, now, Why);
    }

    /// <summary>Every factor that is expected or has come, in ordinal order.</summary>
    /// <remarks>Of many assets the age is that of the middle one: a symbol that the venue halts is not a world that nobody sees any more, half of them are.</remarks>
    public ImmutableArray<FactorFreshness> FreshnessAt(DateTimeOffset now)
    {
        var rows = ImmutableArray.CreateBuilder<FactorFreshness>();
        foreach (var rule in policy.Rules)
        {
            var times = _tracks.Where(t => t.Key.Factor == rule.Factor).Select(t => t.Value.At).Order().ToArray();
            if (times.Length == 0 && !policy.Expected.Contains(rule.Factor, StringComparer.Ordinal)) continue;
            var age = times.Length == 0 ? now - (_began ?? now) : now - times[(times.Length - 1) / 2];
            rows.Add(new FactorFreshness(rule.Factor, times.Length, times.Length == 0 ? null : times[^1], age > rule.FreshFor ? age - rule.FreshFor : TimeSpan.Zero));
        }
        return rows.ToImmutable();
    }

    public ImmutableArray<FactorCount> Counts => [.. _counts.Select(c => new FactorCount(c.Key, c.Value.Taken, c.Value.Refused, c.Value.Shocks))];

    /// <summary>All that is kept, oldest first: what a listener that has forgotten needs.</summary>
    public ImmutableArray<FactorValue> History() =>
        [.. _tracks.SelectMany(t => t.Value.Kept.Append(new SeenFactor(t.Value.At, t.Value.Value)).Select(s => new FactorValue(t.Value.Asset, t.Key.Factor, s.Value, s.At))).OrderBy(v => v.At)];

    public FactorCacheState Capture() => new(
        _began, ShockAt, Why,
        [.. _tracks.Select(t => new FactorTrackState(t.Value.Asset, t.Key.Factor, t.Value.Value, t.Value.At, t.Value.InShock, t.Value.ShockAt, [.. t.Value.Recent], [.. t.Value.Kept]))], Counts);

    public void Restore(FactorCacheState state)
    {
        (_began, ShockAt, Why) = (state.Began, state.ShockAt, state.Why);
        foreach (var t in state.Tracks)
            _tracks[new Key(t.Factor, t.Asset?.Name ?? "")] = new Track(t.Asset) { Value = t.Value, At = t.At, InShock = t.InShock, ShockAt = t.ShockAt, Recent = [.. t.Recent], Kept = [.. t.Kept] };
        foreach (var c in state.Counts) _counts[c.Factor] = (c.Taken, c.Refused, c.Shocks);
    }

    private FactorOutcome Judge(in FactorValue value, DateTimeOffset now)
    {
        if (policy.RuleOf(value.Factor) is not { } rule) return FactorOutcome.Unknown;
        if (!double.IsFinite(value.Value)) return FactorOutcome.NotANumber;
        if (value.Value < rule.Least || value.Value > rule.Most) return FactorOutcome.Absurd;
        if (value.At > now + FactorPolicy.MostAhead) return FactorOutcome.Ahead;
        if (_tracks.TryGetValue(KeyOf(value), out var track)) return value.At > track.At ? FactorOutcome.Taken : FactorOutcome.Older;
        return _tracks.Count < FactorPolicy.MostKeys ? FactorOutcome.Taken : FactorOutcome.Full;
    }

    // What was the newest becomes the past.
    private static void Remember(Track track, FactorRule rule)
    {
        var seen = new SeenFactor(track.At, track.Value);
        if (rule.Shock is { } shock)
        {
            var slot = Slot(shock.Window, RecentSlots);
            if (track.Recent.Count > 1 && track.Recent[^1].At.UtcTicks / slot == seen.At.UtcTicks / slot) track.Recent[^1] = seen;
            else track.Recent.Add(seen);
            // One at or before the window's beginning is what the newest is compared with.
            while (track.Recent.Count > 1 && track.Recent[1].At <= seen.At - shock.Window) track.Recent.RemoveAt(0);
        }

        if (rule.Kept == TimeSpan.Zero) return;
        var (ticks, kept) = (Slot(rule.Kept, FactorPolicy.SlotsKept), track.Kept);
        if (kept.Count > 0 && kept[^1].At.UtcTicks / ticks == seen.At.UtcTicks / ticks)
        {
            if (Math.Abs(seen.Value - rule.Neutral) >= Math.Abs(kept[^1].Value - rule.Neutral)) kept[^1] = seen;
        }
        else
        {
            kept.Add(seen);
        }
        // With one that is older than the lag: it is what counts now.
        while (kept.Count > 1 && kept[1].At <= seen.At - rule.Kept) kept.RemoveAt(0);
    }

    private static long Slot(TimeSpan span, int slots) => Math.Max(span.Ticks / slots, TimeSpan.TicksPerSecond);

    private static SeenFactor Before(Track track, DateTimeOffset moment)
    {
        var i = track.Recent.Count - 1;
        while (i > 0 && track.Recent[i].At > moment) i--;
        return track.Recent[i];
    }

    private static bool IsShock(FactorShockRule rule, Track track, in FactorValue value)
    {
        var (first, now) = (Before(track, value.At - rule.Window + FactorPolicy.MostAhead), value.Value);
        var before = first.Value;
        if (rule.RisesByPart ? now >= before * (1 + rule.Jump) : Math.Abs(now - before) >= rule.Jump) return true;
        // Between two settlements a flip is one step, by the minute it is many small ones: then the window's beginning knows of it.
        if (Flips(rule, track.Value, now) || Flips(rule, before, now)) return true;
        // One that was made in many steps is not left, to be made anew, by noise around zero: that is half a flip.
        if (track.InShock && first.At < track.At && Math.Abs(now) < rule.Flip / 2 && Math.Abs(now - before) >= rule.Flip / 2) return true;
        return now <= rule.Low || now >= rule.High;
    }

    private static bool Flips(FactorShockRule rule, double before, double now) => Math.Sign(now) * Math.Sign(before) < 0 && Math.Abs(now - before) >= rule.Flip;

    private bool IsTogether(string factor, DateTimeOffset at) => InShock(factor, at) >= Math.Max(1, (int)Math.Ceiling(policy.Breadth * Of(factor)));
    private int InShock(string factor, DateTimeOffset at) => _tracks.Count(t => t.Key.Factor == factor && t.Value.ShockAt is { } shock && shock > at - FactorPolicy.Together);
    private int Of(string factor) => _tracks.Count(t => t.Key.Factor == factor);
    private static Key KeyOf(in FactorValue value) => new(value.Factor, value.Asset?.Name ?? "");
}
