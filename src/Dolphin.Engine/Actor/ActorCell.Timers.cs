using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

internal sealed partial class ActorCell
{
    private TimerScheduler? _timers;
    private Silence? _silence; // Null while nobody asks for a receive timeout: few actors do.

    /// <summary>How long nothing was heard, and how long that may be.</summary>
    private sealed class Silence(TimeSpan timeout, TimeSpan since)
    {
        internal TimeSpan Timeout => timeout;
        internal TimeSpan Since { get; set; } = since;
        internal TimerEntry? Timer { get; set; }
    }

    public TimeSpan? ReceiveTimeout => _silence?.Timeout;

    /// <summary>Asks for <see cref="Actor.ReceiveTimeout"/> whenever nothing was heard for that long; null turns it off.</summary>
    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout is { } t && t <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, $"A receive timeout of {_self} must be above zero, or null for none.");
        if (_silence?.Timer is { } running) _system.EngineScheduler.Disarm(running);
        _silence = timeout is { } span ? new Silence(span, _system.EngineScheduler.MonotonicClock) : null;
        if (_silence is not null) ArmReceiveTimer(_silence, _silence.Timeout);
    }

    private void ArmReceiveTimer(Silence silence, TimeSpan delay) => silence.Timer = _system.EngineScheduler.Schedule(
        delay, TimeSpan.Zero, _self, new ReceiveTimerFired(silence), sender: null, OwnerPath, "receive-timeout");

    /// <summary>Only notes when; re-arming a timer for every message would cost more than the message.</summary>
    private void NoteInfluence(object message)
    {
        if (message is not (INotInfluenceReceiveTimeout or ReceiveTimerFired)) _silence!.Since = _system.EngineScheduler.MonotonicClock;
    }

    private void ReceiveTimerHasFired(ReceiveTimerFired fired)
    {
        if (_silence is not { } silence || !ReferenceEquals(fired.Of, silence)) return;
        var heardNothing = _system.EngineScheduler.MonotonicClock - silence.Since;
        if (heardNothing < silence.Timeout)
        {
            ArmReceiveTimer(silence, silence.Timeout - heardNothing);
            return;
        }

        silence.Since = _system.EngineScheduler.MonotonicClock;
        ArmReceiveTimer(silence, silence.Timeout);
        ReceiveMessage(Actor.ReceiveTimeout.Instance);
    }

    private void CancelTimers() => _timers?.CancelAll();
}
