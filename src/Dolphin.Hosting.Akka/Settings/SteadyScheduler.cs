using Akka.Configuration;
using Akka.Dispatch;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Settings;

/// <summary>Akka.NET's scheduler, which fires by what passes, with a time that nobody can set either: its own is the wall clock's, and it is sealed.</summary>
/// <remarks>Made by Akka.NET, from the name of the type.</remarks>
internal sealed class SteadyScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IDisposable
{
    private readonly HashedWheelTimerScheduler _wheel = new(config, log);

    // What it offers it offers by its interfaces alone.
    private IScheduler Wheel => _wheel;

    protected override DateTimeOffset TimeNow => SteadyClock.Machine.GetUtcNow();
    public override TimeSpan MonotonicClock => _wheel.MonotonicClock;
    public override TimeSpan HighResMonotonicClock => _wheel.HighResMonotonicClock;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Wheel.ScheduleTellOnce(delay, receiver, message, sender, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Wheel.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Wheel.Advanced.ScheduleOnce(delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) => Wheel.Advanced.ScheduleOnce(delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Wheel.Advanced.ScheduleRepeatedly(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Wheel.Advanced.ScheduleRepeatedly(initialDelay, interval, action.Run, cancelable);

    public void Dispose() => _wheel.Dispose();
}
