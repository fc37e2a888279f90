using System.Collections.Immutable;

namespace Dolphin.Domain.Alpha;

/// <summary>What one factor says at a moment.</summary>
/// <param name="Value">The one that counts now: the newest that is at least a lag old. Null where there is none.</param>
/// <param name="ObservedAt">When it was observed.</param>
/// <param name="Staleness">0 up to fresh-for, 1 from blind-after on and where there is no value.</param>
/// <param name="Stress">0 to 1.</param>
/// <param name="Calmness">0 to 1. Beside it there is stress only where a calm value grows stale.</param>
public readonly record struct BreakerFactorReading(
    BreakerFactor Factor, double? Value, DateTimeOffset? ObservedAt, double Staleness, double Stress, double Calmness);

/// <summary>What the breaker says at a moment. While every value is fresh, one of cut and boost is 0.</summary>
/// <param name="Cut">0 to below 1: this share of a size is taken away.</param>
/// <param name="Boost">0 to the policy's most: this share is added. Posture and venue caps on leverage come after it and hold.</param>
/// <param name="Factors">All, in the order of <see cref="BreakerFactor"/>.</param>
/// <param name="Worst">Who cuts the most, of equals the first; null where nothing is cut.</param>
public sealed record BreakerReading(double Cut, double Boost, ImmutableArray<BreakerFactorReading> Factors, BreakerFactor? Worst)
{
    /// <summary>Those that count as not known: without a value, or with one that is too old.</summary>
    public BreakerFactors Unknown
    {
        get
        {
            var unknown = BreakerFactors.None;
            foreach (ref readonly var factor in Factors.AsSpan())
                if (factor.Staleness >= 1) unknown |= (BreakerFactors)(1 << (int)factor.Factor);
            return unknown;
        }
    }

    /// <summary>What a size is multiplied by; 1 is nominal.</summary>
    public double Multiplier => (1 - Cut) * (1 + Boost);
}

/// <summary>What somebody measured of a factor, and when it was true.</summary>
public readonly record struct BreakerObservation(DateTimeOffset At, double Value);

/// <summary>What an <see cref="AdaptiveBreaker"/> has kept: of each factor, in the order of <see cref="BreakerFactor"/>, oldest first.</summary>
public sealed record BreakerMemory(ImmutableArray<ImmutableArray<BreakerObservation>> Factors);

/// <summary>
/// The adaptive circuit breaker of one asset (seed dolphin-survival-stack, "Defensive Layers", ACB v4/v6): external factors, each at its own lag,
/// into one continuous cut; where all of them are known, fresh and calm, into a small boost instead, the inverse boost.
/// </summary>
/// <remarks>
/// <para>cut = 1 - product over factors of (1 - weight x stress), the form of R_total: no calm factor pays for a stressed one.
/// boost = most-boost x the calmness of the least calm factor. Both are monotone in every factor: more stress never cuts less nor boosts more.</para>
/// <para>Less information never means more risk. A value that ages keeps its stress, and never counts as less than staleness x unknown-stress; its
/// calmness shrinks with staleness. A factor without a value (in its first days, a lag long, there is none) has unknown-stress and no calmness,
/// which is at least what any calm value has.</para>
/// <para>Not thread-safe. Time is an argument: the same observations and moments give the same bits.</para>
/// </remarks>
public sealed class AdaptiveBreaker
{
    /// <summary>A lag is cut into so many slots, none shorter than a second; observations of one slot are kept as one, the worst of them. Five days
    /// make slots of under half an hour, and funding comes every eight hours.</summary>
    public const int SlotsPerLag = 256;

    /// <summary>How far an observation may be ahead of the clock: two machines' clocks, not a forecast.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(1);

    private readonly List<BreakerObservation>[] _history = [.. AdaptiveBreakerPolicy.Factors.Select(_ => new List<BreakerObservation>())];

    public AdaptiveBreaker(AdaptiveBreakerPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
    }

    public AdaptiveBreakerPolicy Policy { get; }

    /// <summary>Observations kept of one factor: bounded by the slots of a lag, whatever the rate at which they come.</summary>
    public int Kept(BreakerFactor factor) => _history[(int)factor].Count;

    /// <summary>Takes what somebody measured.</summary>
    /// <param name="at">When it was true, not when it was heard.</param>
    /// <returns>False, and nothing is changed, where it is no number, not newer than the one before, or further ahead of <paramref name="now"/> than
    /// <see cref="MostAhead"/>. The factor then ages as if nothing had come.</returns>
    public bool Observe(BreakerFactor factor, double value, DateTimeOffset at, DateTimeOffset now)
    {
        var history = _history[(int)factor];
        if (!double.IsFinite(value) || at > now + MostAhead || (history.Count > 0 && at <= history[^1].At)) return false;
        var lag = Policy.Settings.Of(factor).Lag;
        var inEffect = InEffect(history, now - lag);
        if (inEffect > 0) history.RemoveRange(0, inEffect); // What came before it can never count again.
        var slot = Math.Max(lag.Ticks / SlotsPerLag, TimeSpan.TicksPerSecond);
        // Never into the one that counts now: its time would move, and it would stop counting for a lag.
        if (history.Count > 0 && history[^1].At > now - lag && history[^1].At.UtcTicks / slot == at.UtcTicks / slot)
            history[^1] = new BreakerObservation(at, Policy.Worse(factor, history[^1].Value, value));
        else
            history.Add(new BreakerObservation(at, value));
        return true;
    }

    /// <summary>Takes what was measured while it did not listen, as if it had been told in time; repeated, it comes to the same.</summary>
    /// <param name="told">In order of time.</param>
    public void Recall(BreakerFactor factor, IEnumerable<BreakerObservation> told, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(told);
        var history = _history[(int)factor];
        // What it has heard itself comes behind what it is told of the same moment: it may be the worst of a slot.
        var all = told.Concat(history).OrderBy(o => o.At).ToArray();
        history.Clear();
        for (var i = 0; i < all.Length; i++)
        {
            if (i + 1 < all.Length && all[i + 1].At == all[i].At) continue;
            Observe(factor, all[i].Value, all[i].At, now);
        }
    }

    /// <summary>All that it has kept, by factor.</summary>
    public BreakerMemory Capture() => new([.. _history.Select(h => h.ToImmutableArray())]);

    /// <summary>Goes on from what another has kept.</summary>
    public void Restore(BreakerMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        foreach (var factor in AdaptiveBreakerPolicy.Factors)
        {
            _history[(int)factor].Clear();
            if ((int)factor < memory.Factors.Length) _history[(int)factor].AddRange(memory.Factors[(int)factor]); // One that is younger than the memory has seen nothing.
        }
    }

    /// <summary>What counts at <paramref name="now"/>. Changes nothing.</summary>
    public BreakerReading At(DateTimeOffset now)
    {
        var readings = ImmutableArray.CreateBuilder<BreakerFactorReading>(AdaptiveBreakerPolicy.Factors.Length);
        var (left, calmness, most) = (1.0, 1.0, 0.0);
        BreakerFactor? worst = null;
        foreach (var factor in AdaptiveBreakerPolicy.Factors)
        {
            var reading = Read(factor, now);
            readings.Add(reading);
            var cut = Policy.Settings.Of(factor).Weight * reading.Stress;
            if (cut > most) (worst, most) = (factor, cut);
            left *= 1 - cut;
            calmness = Math.Min(calmness, reading.Calmness);
        }
        return new BreakerReading(1 - left, Policy.Settings.MostBoost * calmness, readings.MoveToImmutable(), worst);
    }

    private BreakerFactorReading Read(BreakerFactor factor, DateTimeOffset now)
    {
        var (settings, unknown) = (Policy.Settings.Of(factor), Policy.Settings.UnknownStress);
        var history = _history[(int)factor];
        var index = InEffect(history, now - settings.Lag);
        if (index < 0) return new BreakerFactorReading(factor, null, null, Staleness: 1, Stress: unknown, Calmness: 0);
        var observation = history[index];
        var age = now - settings.Lag - observation.At;
        var staleness = Math.Clamp((double)(age - settings.FreshFor).Ticks / (settings.BlindAfter - settings.FreshFor).Ticks, 0, 1);
        var stress = Math.Max(Policy.Stress(factor, observation.Value), staleness * unknown);
        var calmness = (1 - staleness) * Policy.Calmness(factor, observation.Value);
        return new BreakerFactorReading(factor, observation.Value, observation.At, staleness, stress, calmness);
    }

    // The newest at or before the moment; -1 where there is none. From the end: with a lag of 0 it is the last.
    private static int InEffect(List<BreakerObservation> history, DateTimeOffset moment)
    {
        var i = history.Count - 1;
        while (i >= 0 && history[i].At > moment) i--;
        return i;
    }
}
