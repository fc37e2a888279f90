using System.Collections.Immutable;
using System.Diagnostics;

namespace Dolphin.Domain.Survival;

/// <summary>Folds the reports of all sensors into R_total and a posture. No I/O, no clock of its own; not thread-safe.</summary>
/// <remarks>
/// R_total is the product of one damped f per layer. A layer's damped f is min(f(t), anchor + slope * (t - anchor time)); the anchor
/// moves only when a report arrives, and between reports no f rises faster than its slope, so R_total is a function of the reports
/// alone: asking more or less often gives the same bits. Only the posture is sampled: it falls at reports and evaluations, and climbs
/// at evaluations, one step per dwell. Call <see cref="Evaluate"/> (or <see cref="Assess"/>) once a pulse.
/// </remarks>
public sealed class SurvivalController
{
    /// <summary>The least a layer that is no invariant can be: decays underflow, but only an invariant is zero.</summary>
    public const double Floor = 1e-6;

    private const double SecondsPerTick = 1.0 / TimeSpan.TicksPerSecond;

    private readonly SurvivalPolicy _policy;
    private readonly LayerDefinition[] _layers;
    private readonly Slot[] _slots;
    private readonly ImmutableArray<string>[] _absentNames; // Three at most, as they were before there was a fourth: what a run without the layer stores stays the same.
    private readonly double _pulseSeconds;
    private readonly double _heartbeatLimitSeconds;

    private long _epoch;
    private long _sequence;
    private long _clock;
    private Posture _posture = Posture.Hibernate;
    private long _postureSince;
    private bool _unseenFall;
    private int _tripped = -1;

    // From the last computation of the product.
    private double _rTotal;
    private bool _invariantFailed;
    private int _binding = -1;

    private struct Slot
    {
        public bool Installed;
        public long InstalledAt;
        public bool Reported;
        public long ReportedAt; // The time of installation before the first report.
        public LayerReading? Reading;
        public LayerChannels Channels;
        public LayerChannels Filtered;
        public double Anchor;
        public long AnchorAt;
        public bool Degraded;
        public long Since;
        public bool Latched;
        public double AcknowledgedAt;
        public long CalmSince; // 0 when not calm.
        public double Damped; // At DampedAt: layers report at one instant, and each would have all the others computed again.
        public long DampedAt; // 0 when the slot has changed since.
    }

    /// <param name="installed">The layers that have a sensor. The others are absent and count exactly 1.</param>
    /// <param name="at">The controller's first moment; it starts in HIBERNATE and climbs.</param>
    /// <param name="epoch">Higher than that of every controller before.</param>
    /// <exception cref="ArgumentException">An installed layer is not in the policy.</exception>
    public SurvivalController(SurvivalPolicy policy, IEnumerable<LayerId> installed, DateTimeOffset at, long epoch)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(installed);
        _policy = policy;
        _layers = [.. policy.Layers];
        _slots = new Slot[_layers.Length];
        _absentNames = [.. _layers.Select(layer => layer.Response.ChannelNames is { Length: > 3 } names ? names[..3] : layer.Response.ChannelNames)];
        _pulseSeconds = policy.Pulse.TotalSeconds;
        _heartbeatLimitSeconds = policy.HeartbeatLimit.TotalSeconds;
        _epoch = epoch;
        _clock = _postureSince = at.UtcTicks;
        foreach (var layer in installed) Install(layer, at);
    }

    public SurvivalPolicy Policy => _policy;
    public long Epoch => _epoch;

    /// <summary>The latest time seen.</summary>
    public DateTimeOffset Clock => Time(_clock);

    /// <summary>As of the last report or evaluation.</summary>
    public Posture Posture => _posture;

    /// <summary>In [0, 1], as of the last accepted report or evaluation; 0 before the first.</summary>
    public double RTotal => _rTotal;

    /// <summary>Says that a layer has a sensor from now on. Installing twice changes nothing.</summary>
    /// <exception cref="ArgumentException">The policy has no such layer.</exception>
    public void Install(LayerId layer, DateTimeOffset at)
    {
        var index = IndexOf(layer);
        if (index < 0)
            throw new ArgumentException($"Layer {layer} is not in the policy, which has {string.Join(", ", _layers.Select(l => l.Id))}.", nameof(layer));
        ref var slot = ref _slots[index];
        if (slot.Installed) return;
        _clock = Math.Max(_clock, at.UtcTicks);
        var nominal = _layers[index].Response.Nominal;
        slot = new Slot
        {
            Installed = true, InstalledAt = _clock, ReportedAt = _clock, Channels = nominal, Filtered = nominal,
            Anchor = 1.0, AnchorAt = _clock, Since = _clock,
        };
    }

    /// <summary>Takes a report at the moment it was made.</summary>
    public ReportOutcome Report(in LayerReport report) => Report(report, report.At);

    /// <summary>Takes a report that arrives at <paramref name="now"/>. One from the future counts as of now: a fast clock buys no freshness.</summary>
    public ReportOutcome Report(in LayerReport report, DateTimeOffset now)
    {
        var index = IndexOf(report.Layer);
        if (index < 0 || !_slots[index].Installed) return ReportOutcome.NotInstalled;
        var response = _layers[index].Response;
        if (report.Reading is null || !response.TryRead(report.Reading, report.At, out var channels)) return ReportOutcome.Unreadable;

        ref var slot = ref _slots[index];
        var taken = Math.Min(report.At.UtcTicks, Math.Max(now.UtcTicks, _clock));
        if (taken < (slot.Reported ? slot.ReportedAt : slot.InstalledAt)) return ReportOutcome.Late;
        var between = Seconds(taken - slot.ReportedAt);
        if (slot.Reported)
        {
            channels = response.Merge(slot.Channels, between, channels);
            if (taken == slot.ReportedAt)
            {
                channels = response.Worst(slot.Channels, channels);
                if (channels == slot.Channels) return ReportOutcome.Late;
            }
        }

        _clock = Math.Max(_clock, now.UtcTicks);
        var before = Damped(index, _clock);
        slot.Filtered = slot.Reported ? Filter(response, slot, between, creditSeconds: Math.Min(between, _pulseSeconds)) : channels;
        slot.Channels = channels;
        slot.Reading = report.Reading;
        var gap = between - _pulseSeconds > _heartbeatLimitSeconds;
        slot.ReportedAt = taken;
        slot.Reported = true;
        if (_layers[index].Damping.Latch is { } latch) TurnLatch(ref slot, latch, gap);
        slot.Anchor = Math.Min(before, Gliding(index, _clock));
        if (_layers[index].Category == LayerCategory.Invariant) slot.Anchor = 1.0; // No damping: f alone counts.
        slot.AnchorAt = _clock;
        slot.DampedAt = 0;

        _rTotal = Product(_clock);
        if (_layers[index].Category == LayerCategory.Invariant && channels.A > 0) _tripped = index;
        FallIfNeeded(_rTotal, inReport: true);
        return ReportOutcome.Accepted;
    }

    /// <summary>R_total at <paramref name="now"/>, in [0, 1]; moves the posture. A time before the latest one seen counts as that one.</summary>
    public double Evaluate(DateTimeOffset now)
    {
        _clock = Math.Max(_clock, now.UtcTicks);
        _rTotal = Product(_clock);
        if (FallIfNeeded(_rTotal, inReport: false) || _unseenFall)
        {
            _unseenFall = false; // A fall is shown once before any step up.
            return _rTotal;
        }
        if (!_invariantFailed && _clock - _postureSince >= _policy.ClimbDwell.Ticks)
        {
            var climbed = _policy.Postures.Climb(_posture, _rTotal);
            if (climbed != _posture) (_posture, _postureSince) = (climbed, _clock);
        }
        return _rTotal;
    }

    /// <summary>Evaluates, and makes the snapshot to publish. Each has the next sequence number.</summary>
    public RiskSnapshot Assess(DateTimeOffset now)
    {
        var rTotal = Evaluate(now);
        var entries = ImmutableArray.CreateBuilder<LayerEntry>(_layers.Length);
        for (var i = 0; i < _layers.Length; i++) entries.Add(Entry(i));
        var snapshot = new RiskSnapshot(
            _epoch, ++_sequence, Time(_clock), rTotal, _posture, Time(_postureSince), _policy.Postures.MaxLeverage(_posture),
            _invariantFailed, _tripped < 0 ? null : _layers[_tripped].Id, _binding < 0 ? null : _layers[_binding].Id, entries.MoveToImmutable());
        _tripped = -1;
        return snapshot;
    }

    /// <summary>Answers an operator who wants to release a latched layer. Changes nothing: persist the event, then <see cref="Apply"/> it.</summary>
    public Decision<SurvivalEvent> DecideAcknowledge(LayerId layer, string @operator, DateTimeOffset at)
    {
        if (string.IsNullOrWhiteSpace(@operator))
            return Decision<SurvivalEvent>.Refuse("survival.no-operator", $"Acknowledging {layer} needs the operator's name; nothing was released.");
        var index = IndexOf(layer);
        if (index < 0 || !_slots[index].Installed)
            return Decision<SurvivalEvent>.Refuse("survival.not-installed", $"{layer} is not an installed layer; nothing was released.");
        if (!_slots[index].Latched)
            return Decision<SurvivalEvent>.Refuse("survival.not-latched", $"{layer} is not latched; there is nothing to acknowledge.");
        return Decision<SurvivalEvent>.Of(new SurvivalEvent.DrawdownAcknowledged(layer, @operator, _slots[index].Channels.A, at));
    }

    /// <summary>Folds one stored event: an assessment restores, an acknowledgement releases, the others only tell.</summary>
    public void Apply(SurvivalEvent @event)
    {
        switch (@event)
        {
            case SurvivalEvent.Assessed { State: { } state }:
                Restore(state);
                break;
            case SurvivalEvent.DrawdownAcknowledged e:
                Acknowledge(e);
                break;
            case SurvivalEvent.Assessed or SurvivalEvent.PostureChanged or SurvivalEvent.InvariantFailed or SurvivalEvent.InvariantRestored
                or SurvivalEvent.DrawdownLatched or SurvivalEvent.DrawdownReleased:
                break; // The assessment stored with it holds the state.
            default:
                throw new UnreachableException($"Cannot fold {@event.GetType().Name}; skipping it would corrupt the survival state.");
        }
    }

    /// <summary>Everything remembered, as a value.</summary>
    public SurvivalState Capture()
    {
        var layers = ImmutableArray.CreateBuilder<LayerState>();
        for (var i = 0; i < _slots.Length; i++)
        {
            ref readonly var slot = ref _slots[i];
            if (!slot.Installed) continue;
            layers.Add(new LayerState(
                _layers[i].Id, Time(slot.InstalledAt), slot.Reported ? Time(slot.ReportedAt) : null, slot.Reading, slot.Channels,
                slot.Filtered, slot.Anchor, Time(slot.AnchorAt), slot.Degraded, Time(slot.Since), slot.Latched, slot.AcknowledgedAt,
                slot.CalmSince == 0 ? null : Time(slot.CalmSince)));
        }
        return new SurvivalState(
            _epoch, _sequence, Time(_clock), _posture, Time(_postureSince), _unseenFall, _tripped < 0 ? null : _layers[_tripped].Id,
            layers.ToImmutable());
    }

    /// <summary>
    /// Goes on from a captured state. The installed layers stay those of this controller: what the state says of others is dropped, and
    /// a layer it does not know counts as installed at the state's clock. The epoch is the higher of the two.
    /// </summary>
    public void Restore(SurvivalState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _epoch = Math.Max(_epoch, state.Epoch);
        _sequence = state.Sequence;
        _clock = state.Clock.UtcTicks;
        (_posture, _postureSince, _unseenFall) = (state.Posture, state.PostureSince.UtcTicks, state.UnseenFall);
        _tripped = state.Tripped is { } tripped ? IndexOf(tripped) : -1;
        for (var i = 0; i < _slots.Length; i++)
        {
            if (!_slots[i].Installed) continue;
            _slots[i].Installed = false;
            Install(_layers[i].Id, state.Clock);
        }
        foreach (var layer in state.Layers)
        {
            var index = IndexOf(layer.Layer);
            if (index < 0 || !_slots[index].Installed) continue;
            _slots[index] = new Slot
            {
                Installed = true, InstalledAt = layer.InstalledAt.UtcTicks, Reported = layer.ReportedAt is not null,
                ReportedAt = (layer.ReportedAt ?? layer.InstalledAt).UtcTicks, Reading = layer.Reading, Channels = layer.Channels,
                Filtered = layer.Filtered, Anchor = layer.Anchor, AnchorAt = layer.AnchorAt.UtcTicks, Degraded = layer.Degraded,
                Since = layer.Since.UtcTicks, Latched = layer.Latched, AcknowledgedAt = layer.AcknowledgedAt,
                CalmSince = layer.CalmSince?.UtcTicks ?? 0,
            };
        }
    }

    // ---- one layer -------------------------------------------------------------------------------------------------

    private double Product(long now)
    {
        var product = 1.0;
        var lowest = 1.0;
        _invariantFailed = false;
        _binding = -1;
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[i];
            if (!slot.Installed) continue;
            var value = Damped(i, now);
            product *= value;
            if (value < lowest) (lowest, _binding) = (value, i);
            if (value == 0.0) _invariantFailed = true;
            if (value < 1.0 != slot.Degraded) (slot.Degraded, slot.Since) = (value < 1.0, now);
        }
        return product;
    }

    private double Damped(int index, long now)
    {
        ref var slot = ref _slots[index];
        if (!slot.Installed) return 1.0;
        if (slot.DampedAt != now) (slot.Damped, slot.DampedAt) = (DampedNow(index, now), now);
        return slot.Damped;
    }

    private double DampedNow(int index, long now)
    {
        ref readonly var slot = ref _slots[index];
        var f = Gliding(index, now);
        if (slot.Anchor >= 1.0) return f;
        var slope = slot.Latched ? 0.0 : _layers[index].Damping.RecoveryPerSecond;
        return Math.Min(f, slot.Anchor + slope * Seconds(now - slot.AnchorAt));
    }

    private double Gliding(int index, long now) => F(index, now, limited: true);

    private double F(int index, long now, bool limited)
    {
        ref readonly var slot = ref _slots[index];
        var layer = _layers[index];
        var elapsed = Seconds(now - slot.ReportedAt);
        var overdue = Math.Max(0.0, elapsed - _pulseSeconds);
        if (layer.Category == LayerCategory.Invariant)
        {
            if (!slot.Reported || overdue > _heartbeatLimitSeconds) return 0.0;
            return layer.Response.Evaluate(new LayerInputs(slot.Channels, elapsed, overdue)) >= 1.0 ? 1.0 : 0.0;
        }
        var inputs = new LayerInputs(FilteredAt(layer.Response, slot, elapsed), elapsed, overdue);
        var f = limited ? layer.Response.EvaluateGliding(inputs, layer.Damping.RecoveryPerSecond) : layer.Response.Evaluate(inputs);
        if (overdue > 0.0) f *= layer.Silence.At(overdue);
        var least = Math.Max(Floor, layer.Response.Least);
        return f >= least ? Math.Min(f, 1.0) : least; // NaN from a plugged-in response ends up at the floor too.
    }

    // ---- the filter ------------------------------------------------------------------------------------------------
    // The held reading acts from when it was taken until the next one: towards worse continuously, towards better only when the next
    // report confirms it, and for one pulse at most. So silence never improves a filtered value, and dropping a report that was no
    // worse than the one before never does either.

    private static LayerChannels FilteredAt(LayerResponse response, in Slot slot, double elapsed)
    {
        if (response.FilterSeconds <= 0.0) return slot.Channels;
        return Filter(response, slot, elapsed, creditSeconds: 0.0);
    }

    private static LayerChannels Filter(LayerResponse response, in Slot slot, double elapsed, double creditSeconds)
    {
        var time = response.FilterSeconds;
        if (time <= 0.0) return slot.Channels;
        return new LayerChannels(
            response.FiltersA ? Toward(slot.Filtered.A, slot.Channels.A, elapsed, creditSeconds, time) : slot.Channels.A,
            response.FiltersB ? Toward(slot.Filtered.B, slot.Channels.B, elapsed, creditSeconds, time) : slot.Channels.B,
            response.FiltersC ? Toward(slot.Filtered.C, slot.Channels.C, elapsed, creditSeconds, time) : slot.Channels.C,
            response.FiltersD ? Toward(slot.Filtered.D, slot.Channels.D, elapsed, creditSeconds, time) : slot.Channels.D);
    }

    private static double Toward(double filtered, double held, double elapsed, double creditSeconds, double time)
    {
        if (held == filtered) return held;
        var acting = held > filtered ? elapsed : creditSeconds;
        return acting <= 0.0 ? filtered : held + (filtered - held) * PortableMath.Exp(-acting / time);
    }

    // ---- the latch -------------------------------------------------------------------------------------------------

    private static void TurnLatch(ref Slot slot, CapitalLatch latch, bool gap)
    {
        var loss = slot.Channels.A;
        if (!slot.Latched)
        {
            if (loss <= latch.ReleaseBelow) slot.AcknowledgedAt = 0.0;
            var threshold = slot.AcknowledgedAt > 0.0 ? Math.Max(latch.At, slot.AcknowledgedAt + latch.RelatchStep) : latch.At;
            if (loss >= threshold) (slot.Latched, slot.CalmSince, slot.AcknowledgedAt) = (true, 0, 0.0);
            return;
        }
        if (loss > latch.ReleaseBelow)
        {
            slot.CalmSince = 0;
            return;
        }
        if (slot.CalmSince == 0 || gap) slot.CalmSince = slot.ReportedAt; // Silence is no evidence of calm.
        if (loss <= 0.0 || Seconds(slot.ReportedAt - slot.CalmSince) >= latch.ReleaseAfterSeconds)
            (slot.Latched, slot.CalmSince) = (false, 0);
    }

    private void Acknowledge(SurvivalEvent.DrawdownAcknowledged e)
    {
        var index = IndexOf(e.Layer);
        if (index < 0 || !_slots[index].Installed || !_slots[index].Latched) return;
        _clock = Math.Max(_clock, e.At.UtcTicks);
        ref var slot = ref _slots[index];
        (slot.Anchor, slot.AnchorAt) = (Damped(index, _clock), _clock);
        (slot.Latched, slot.CalmSince, slot.AcknowledgedAt, slot.DampedAt) = (false, 0, e.Loss, 0);
    }

    // ---- the posture -----------------------------------------------------------------------------------------------

    private bool FallIfNeeded(double rTotal, bool inReport)
    {
        var fallen = _policy.Postures.Fall(_posture, rTotal, _invariantFailed);
        if (fallen == _posture) return false;
        (_posture, _postureSince) = (fallen, _clock);
        _unseenFall |= inReport;
        return true;
    }

    // ---- small things ----------------------------------------------------------------------------------------------

    private LayerEntry Entry(int index)
    {
        ref readonly var slot = ref _slots[index];
        var layer = _layers[index];
        if (!slot.Installed)
            return new LayerEntry(
                layer.Id, layer.Category, LayerStatus.Absent, Reading: null, ReportedAt: null, _absentNames[index], default, default,
                OverdueSeconds: 0, F: 1.0, Damped: 1.0, Since: null, Latched: false, Acknowledged: false);
        var elapsed = Seconds(_clock - slot.ReportedAt);
        var overdue = Math.Max(0.0, elapsed - _pulseSeconds);
        var status = !slot.Reported ? LayerStatus.Awaiting : overdue > 0.0 ? LayerStatus.Overdue : LayerStatus.Reporting;
        return new LayerEntry(
            layer.Id, layer.Category, status, slot.Reading, slot.Reported ? Time(slot.ReportedAt) : null, layer.Response.ChannelNames,
            slot.Channels, FilteredAt(layer.Response, slot, elapsed), overdue, F(index, _clock, limited: false), Damped(index, _clock),
            Time(slot.Since), slot.Latched, slot.AcknowledgedAt > 0.0);
    }

    private int IndexOf(LayerId layer)
    {
        for (var i = 0; i < _layers.Length; i++)
            if (string.Equals(_layers[i].Id.Name, layer.Name, StringComparison.Ordinal)) return i;
        return -1;
    }

    private static double Seconds(long ticks) => ticks > 0 ? ticks * SecondsPerTick : 0.0;
    private static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);
}
