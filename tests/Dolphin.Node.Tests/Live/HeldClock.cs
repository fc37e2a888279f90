namespace Dolphin.Node.Tests.Live;

/// <summary>A machine's clocks that stand until they are moved, for an engine in real time: its timers fire when the test says, which may be late.</summary>
internal sealed class HeldClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<HeldTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _set;

    /// <summary>What passes while the machine is awake; see <see cref="Sleep"/>.</summary>
    public HeldAwake Awake { get; } = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate) return _now.UtcTicks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now + _set;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    /// <summary>Somebody sets the wall clock. Nothing passes.</summary>
    public void SetWall(TimeSpan by)
    {
        lock (_gate) _set += by;
    }

    public void Pass(TimeSpan time)
    {
        Awake.Passed += time.Ticks;
        Sleep(time);
    }

    /// <summary>As long passes on every clock but that which stands still meanwhile.</summary>
    public void Sleep(TimeSpan time) => JumpTo(new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + time);

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

    internal sealed class HeldAwake : TimeProvider
    {
        private long _passed;

        public long Passed { get => Volatile.Read(ref _passed); set => Volatile.Write(ref _passed, value); }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Passed;
    }

    private sealed class HeldTimer(HeldClock clock, Action fire) : ITimer
    {
        private readonly Lock _gate = new();
        private DateTimeOffset? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate) _due = dueTime == Timeout.InfiniteTimeSpan ? null : new DateTimeOffset(clock.GetTimestamp(), TimeSpan.Zero) + dueTime;
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
