using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>An actor with timers of its own, which end with it.</summary>
public interface IWithTimers
{
    /// <summary>Set by the engine after the constructor; first usable in PreStart.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>
/// Timers of one actor, by key. Starting one replaces the one of the same key; a message of a timer that was cancelled or
/// replaced is not delivered, not even when it was in the mailbox already.
/// </summary>
public interface ITimerScheduler
{
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);
    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef? sender);
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef? sender);
    void StartSingleTimer(object key, object msg, TimeSpan timeout);
    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef? sender);
    bool IsTimerActive(object key);
    IReadOnlyCollection<object> ActiveTimers { get; }
    void Cancel(object key);
    void CancelAll();
}

internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly InsertionOrdered<object, Active> _active = new();
    private long _generation;

    private sealed record Active(TimerEntry Entry, long Generation);

    public IReadOnlyCollection<object> ActiveTimers => _active.Keys.ToArray();

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval, sender: null);
    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef? sender) => Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval, sender: null);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef? sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, interval: null, sender: null);
    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef? sender) => Start(key, msg, timeout, interval: null, sender);

    private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        if (interval is { } i) EngineScheduler.CheckInterval(i);
        Cancel(key);
        var tick = new TimerTick(this, key, ++_generation, message, repeats: interval is not null);
        var name = key switch
        {
            string text => text,
            Enum constant => constant.ToString(),
            _ => "", // Other keys need not have a text that means the same in every run; arming order decides among them.
        };
        var entry = cell.Engine.EngineScheduler.Schedule(delay, interval ?? TimeSpan.Zero, cell.SelfRef, tick, sender, cell.OwnerPath, name);
        _active.TryAdd(key, new Active(entry, tick.Generation));
    }

    public bool IsTimerActive(object key) => _active.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_active.Remove(key, out var active)) cell.Engine.EngineScheduler.Disarm(active.Entry);
    }

    public void CancelAll()
    {
        foreach (var active in _active.Values) cell.Engine.EngineScheduler.Disarm(active.Entry);
        _active.Clear();
    }

    /// <summary>True if the tick is of a timer that still runs; a single timer is over with it.</summary>
    internal bool TryDeliver(TimerTick tick)
    {
        if (!_active.TryGetValue(tick.Key, out var active) || active.Generation != tick.Generation) return false;
        if (!tick.Repeats) _active.Remove(tick.Key, out _);
        return true;
    }
}
