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

/// <summary>Fires by the machine's clock, or by one given.</summary>
internal sealed class RealTimeScheduler(TimeProvider clock, Action<Exception> onFailure) : EngineScheduler, IDisposable
{
    private readonly RealTimers _timers = new(clock, onFailure);

    public override DateTimeOffset Now => _timers.Now;
    public override TimeSpan MonotonicClock => _timers.Elapsed;
    private protected override void Arm(TimerEntry entry, TimeSpan delay) => _timers.Arm(entry, delay);
    internal override void Disarm(TimerEntry entry) => _timers.Disarm(entry);
    public void Dispose() => _timers.Dispose();
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
