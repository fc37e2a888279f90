using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

internal sealed partial class ActorCell
{
    private TimerScheduler? _timers;
    private TimeSpan? _receiveTimeout;
    private TimeSpan _lastInfluence;
    private long _receiveTimerGeneration;
    private TimerEntry? _receiveTimer;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    /// <summary>Asks for <see cref="Actor.ReceiveTimeout"/> whenever nothing was heard for that long; null turns it off.</summary>
    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout is { } t && t <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, $"A receive timeout of {_self} must be above zero, or null for none.");
        _receiveTimeout = timeout;
        _receiveTimerGeneration++;
        if (_receiveTimer is not null)
        {
            _system.EngineScheduler.Disarm(_receiveTimer);
            _receiveTimer = null;
        }

        if (timeout is null) return;
        _lastInfluence = _system.EngineScheduler.MonotonicClock;
        ArmReceiveTimer(timeout.Value);
    }

    private void ArmReceiveTimer(TimeSpan delay) => _receiveTimer = _system.EngineScheduler.Schedule(
        delay, TimeSpan.Zero, _self, new ReceiveTimerFired(_receiveTimerGeneration), sender: null, OwnerPath, "receive-timeout");

    /// <summary>Only notes when; re-arming a timer for every message would cost more than the message.</summary>
    private void NoteInfluence(object message)
    {
        if (message is not (INotInfluenceReceiveTimeout or ReceiveTimerFired)) _lastInfluence = _system.EngineScheduler.MonotonicClock;
    }

    private void ReceiveTimerHasFired(ReceiveTimerFired fired)
    {
        if (fired.Generation != _receiveTimerGeneration || _receiveTimeout is not { } timeout) return;
        var silence = _system.EngineScheduler.MonotonicClock - _lastInfluence;
        if (silence < timeout)
        {
            ArmReceiveTimer(timeout - silence);
            return;
        }

        _lastInfluence = _system.EngineScheduler.MonotonicClock;
        ArmReceiveTimer(timeout);
        ReceiveMessage(Actor.ReceiveTimeout.Instance);
    }

    private void CancelTimers() => _timers?.CancelAll();
}
