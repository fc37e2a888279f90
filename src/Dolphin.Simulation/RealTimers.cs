namespace Dolphin.Simulation;

/// <summary>
/// The timers of a system in real time. They fire on one timer of a <see cref="TimeProvider"/>, by its monotonic clock: never early, one
/// entry after another. The time they tell is on that clock too: setting the wall clock moves neither.
/// </summary>
internal sealed class RealTimers : IDisposable
{
    private readonly SteadyClock _clock;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly TimerHeap _heap = new();
    private readonly Action<Exception> _onFailure;
    private long _wakeAt = long.MaxValue;
    private bool _firing;
    private bool _disposed;

    internal RealTimers(TimeProvider clock, Action<Exception> onFailure)
    {
        _clock = SteadyClock.Of(clock);
        _onFailure = onFailure;
        _start = _clock.GetTimestamp();
        _timer = clock.CreateTimer(static me => ((RealTimers)me!).FireDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal DateTimeOffset Now => _clock.GetUtcNow();
    internal TimeSpan Elapsed => _clock.GetElapsedTime(_start);

    internal void Arm(TimerEntry entry, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_disposed) return;
            entry.Due = Saturated(Elapsed.Ticks, delay.Ticks);
            _heap.Add(entry);
            if (!_firing && entry.Due < _wakeAt) WakeAt(entry.Due);
        }
    }

    internal void Disarm(TimerEntry entry)
    {
        entry.Cancelled = true;
        lock (_gate) _heap.Remove(entry);
    }

    private void WakeAt(long due)
    {
        _wakeAt = due;
        // Timers count whole milliseconds and may wake a little early; the remainder is waited for again.
        var wait = Math.Max(0, due - Elapsed.Ticks);
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
                var now = Elapsed.Ticks;
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
