using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>What both schedulers share: validation and the shape of an entry. When entries fire is the subclass's business.</summary>
internal abstract class EngineScheduler : IScheduler, IAdvancedScheduler
{
    public abstract DateTimeOffset Now { get; }
    public abstract TimeSpan MonotonicClock { get; }
    public TimeSpan HighResMonotonicClock => MonotonicClock;
    public IAdvancedScheduler Advanced => this;

    /// <summary>Queues an entry that is due <paramref name="delay"/> from now.</summary>
    private protected abstract void Arm(TimerEntry entry, TimeSpan delay);

    /// <summary>Takes an entry out. It does not fire afterwards, unless it is firing at this moment on another thread.</summary>
    internal abstract void Disarm(TimerEntry entry);

    internal TimerEntry Schedule(
        TimeSpan delay, TimeSpan period, ICanTell receiver, object message, IActorRef? sender, string owner, string name)
    {
        CheckDelay(delay);
        var entry = new EngineTimer
        {
            Period = period.Ticks, Receiver = receiver, Message = message, Sender = sender, Owner = owner, Name = name,
        };
        Arm(entry, delay);
        return entry;
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, cancelable: null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable)
    {
        CheckDelay(delay);
        Start(new EngineTimer { Receiver = receiver, Message = message, Sender = sender, Owner = OwnerOf(receiver) }, delay, cancelable);
    }

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable: null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable)
    {
        CheckDelay(initialDelay);
        CheckInterval(interval);
        Start(
            new EngineTimer { Period = interval.Ticks, Receiver = receiver, Message = message, Sender = sender, Owner = OwnerOf(receiver) },
            initialDelay,
            cancelable);
    }

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, cancelable: null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable)
    {
        CheckDelay(delay);
        Start(new EngineTimer { Action = action }, delay, cancelable);
    }

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        ScheduleRepeatedly(initialDelay, interval, action, cancelable: null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        CheckDelay(initialDelay);
        CheckInterval(interval);
        Start(new EngineTimer { Period = interval.Ticks, Action = action }, initialDelay, cancelable);
    }

    private void Start(EngineTimer entry, TimeSpan delay, ICancelable? cancelable)
    {
        if (cancelable is { IsCancellationRequested: true }) return;
        entry.Cancelable = cancelable;
        Arm(entry, delay);
        if (cancelable is not null) entry.Registration = cancelable.Token.Register(() => Disarm(entry));
    }

    private static string OwnerOf(ICanTell receiver) => receiver is IActorRef actor ? actor.Path.ToStringWithoutAddress() : "";

    private static void CheckDelay(TimeSpan delay)
    {
        if (delay < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(delay), delay, "A delay must be zero or more; nothing was scheduled.");
    }

    internal static void CheckInterval(TimeSpan interval)
    {
        if (interval <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "An interval must be above zero; nothing was scheduled.");
    }
}

/// <summary>Fires on one timer of a <see cref="TimeProvider"/>, by its monotonic clock: never early, one entry after another.</summary>
internal sealed class RealTimeScheduler : EngineScheduler, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly TimerHeap _heap = new();
    private readonly Action<Exception> _onFailure;
    private long _wakeAt = long.MaxValue;
    private bool _firing;
    private bool _disposed;

    internal RealTimeScheduler(TimeProvider clock, Action<Exception> onFailure)
    {
        _clock = clock;
        _onFailure = onFailure;
        _start = clock.GetTimestamp();
        _timer = clock.CreateTimer(static me => ((RealTimeScheduler)me!).FireDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override DateTimeOffset Now => _clock.GetUtcNow();
    public override TimeSpan MonotonicClock => _clock.GetElapsedTime(_start);

    private protected override void Arm(TimerEntry entry, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_disposed) return;
            entry.Due = Saturated(MonotonicClock.Ticks, delay.Ticks);
            _heap.Add(entry);
            if (!_firing && entry.Due < _wakeAt) WakeAt(entry.Due);
        }
    }

    internal override void Disarm(TimerEntry entry)
    {
        entry.Cancelled = true;
        lock (_gate) _heap.Remove(entry);
    }

    private void WakeAt(long due)
    {
        _wakeAt = due;
        // Timers count whole milliseconds and may wake a little early; the remainder is waited for again.
        var wait = Math.Max(0, due - MonotonicClock.Ticks);
        var milliseconds = Math.Min(int.MaxValue - 1, (wait + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private void FireDue()
    {
        lock (_gate)
        {
            if (_firing || _disposed) return;
            _firing = true;
        }

        while (true)
        {
            TimerEntry entry;
            lock (_gate)
            {
                var now = MonotonicClock.Ticks;
                if (_disposed || _heap.Count == 0 || _heap.Earliest.Due > now)
                {
                    _firing = false;
                    _wakeAt = long.MaxValue;
                    if (!_disposed && _heap.Count > 0) WakeAt(_heap.Earliest.Due);
                    return;
                }

                entry = _heap.TakeEarliest();
                if (entry.IsOff) continue;
                if (entry.Period > 0)
                {
                    // A fixed rate; after a stall the missed beats are skipped, not fired in a burst.
                    entry.Due += entry.Period;
                    if (entry.Due <= now) entry.Due = now + entry.Period - ((now - entry.Due) % entry.Period);
                    _heap.Add(entry);
                }
            }

            try
            {
                entry.Fire();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The one thread of time must not die of one action.
                _onFailure(e);
            }

            if (entry.Period == 0) entry.Over();
        }
    }

    private static long Saturated(long now, long delay) => delay > long.MaxValue - now ? long.MaxValue : now + delay;

    public void Dispose()
    {
        lock (_gate) _disposed = true;
        _timer.Dispose();
    }
}

/// <summary>Fires when the driver moves virtual time.</summary>
internal sealed class VirtualScheduler(VirtualTime time) : EngineScheduler
{
    public override DateTimeOffset Now => time.Now;
    public override TimeSpan MonotonicClock => time.Elapsed;

    private protected override void Arm(TimerEntry entry, TimeSpan delay)
    {
        if (time.IsDriver) time.Arm(entry, delay);
        else time.Post(() => time.Arm(entry, delay));
    }

    internal override void Disarm(TimerEntry entry)
    {
        entry.Cancelled = true;
        if (time.IsDriver) time.Disarm(entry); // From elsewhere the mark is enough: the entry is skipped when its time comes.
    }
}
