using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>A clock that nobody waits by: when all who are at work want to wait it is the time that the first of them waits for.</summary>
/// <remarks>Only a question that is answered at all can be asked by it, since its patience never ends.</remarks>
internal sealed class JumpingTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<(long Due, TimerCallback Callback, object? State)> _waiting = [];
    private long _ticks;
    private int _working = 1;

    public TimeSpan Passed => new(Volatile.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Passed.Ticks;

    public override DateTimeOffset GetUtcNow() => start + Passed;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    /// <summary>So many more are at work, or fewer.</summary>
    public void AtWork(int more)
    {
        lock (_gate) _working += more;
        Jump();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != PublicRest.Patience && dueTime >= TimeSpan.Zero)
        {
            lock (_gate) _waiting.Add((_ticks + dueTime.Ticks, callback, state));
            Jump();
        }
        return new Timer(static _ => { }, null, Timeout.Infinite, Timeout.Infinite);
    }

    private void Jump()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _waiting.Count < _working) return;
            var first = _waiting.MinBy(w => w.Due);
            _waiting.Remove(first);
            Volatile.Write(ref _ticks, Math.Max(_ticks, first.Due));
            ThreadPool.QueueUserWorkItem(_ => first.Callback(first.State));
        }
    }
}
