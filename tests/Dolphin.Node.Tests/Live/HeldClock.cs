namespace Dolphin.Node.Tests.Live;

/// <summary>A wall clock that stands until it is moved, for an engine in real time: its timers fire when the test says, which may be late.</summary>
internal sealed class HeldClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<HeldTimer> _timers = [];
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    /// <summary>As if the process had been suspended until then: what was due meanwhile is due at once, and sees only the time it has become.</summary>
    public void JumpTo(DateTimeOffset time)
    {
        HeldTimer[] timers;
        lock (_gate)
        {
            _now = time;
            timers = [.. _timers];
        }

        foreach (var timer in timers) timer.FireIfDue(time);
    }

    private sealed class HeldTimer(HeldClock clock, Action fire) : ITimer
    {
        private readonly Lock _gate = new();
        private DateTimeOffset? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate) _due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + dueTime;
            return true;
        }

        public void FireIfDue(DateTimeOffset now)
        {
            lock (_gate)
            {
                if (_due is null || _due > now) return;
                _due = null;
            }

            fire();
        }

        public void Dispose()
        {
            lock (_gate) _due = null;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
