using System.Linq.Expressions;
using Akka.Configuration;
using Akka.Dispatch;
using Dolphin.Simulation;

namespace Dolphin.Hosting.Akka.Simulation;

/// <summary>What both schedulers share: the shape of an entry. When entries fire is the subclass's business.</summary>
internal abstract class EngineScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    public EngineSetup Setup { get; } = EngineSetup.Starting;

    protected abstract void Arm(Timer timer, TimeSpan delay);

    /// <summary>Takes an entry out. It does not fire afterwards, unless it is firing at this moment on another thread.</summary>
    protected abstract void Disarm(Timer timer);

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Start(Tell(receiver, message, sender, TimeSpan.Zero), delay, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Start(Tell(receiver, message, sender, interval), initialDelay, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Start(new Timer { Action = action }, delay, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Start(new Timer { Action = action.Run }, delay, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Start(new Timer { Action = action, Period = interval.Ticks }, initialDelay, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Start(new Timer { Action = action.Run, Period = interval.Ticks }, initialDelay, cancelable);

    private static Timer Tell(ICanTell receiver, object message, IActorRef sender, TimeSpan period) => new()
    {
        Receiver = receiver, Message = message, Sender = sender, Period = period.Ticks,
        Owner = receiver is IActorRef actor ? actor.Path.ToStringWithoutAddress() : "",
        Name = TimerNames.Of(message),
    };

    private void Start(Timer timer, TimeSpan delay, ICancelable? cancelable)
    {
        if (cancelable is { IsCancellationRequested: true }) return;
        timer.Cancelable = cancelable;
        Arm(timer, delay);
        if (cancelable is not null) timer.Registration = cancelable.Token.Register(() => Disarm(timer));
    }

    protected internal sealed class Timer : TimerEntry
    {
        public ICanTell? Receiver;
        public object? Message;
        public IActorRef? Sender;
        public Action? Action;
        public ICancelable? Cancelable;
        public CancellationTokenRegistration Registration;

        internal override bool IsOff => Cancelled || (Cancelable?.IsCancellationRequested ?? false);

        internal override void Fire()
        {
            if (IsOff) return;
            if (Receiver is not null) Receiver.Tell(Message!, Sender!);
            else Action!();
        }

        internal override void Over() => Registration.Unregister();
    }

    /// <summary>The name of an actor's own timer: ties between timers break by it.</summary>
    private static class TimerNames
    {
        // Akka.NET keeps the message of such a timer to itself. Without it ties break by who was armed first, which is as deterministic.
        private static readonly Func<object, object?> s_key = Compile();

        public static string Of(object message) => message is ReceiveTimeout ? "receive-timeout" : s_key(message) switch
        {
            string text => text,
            Enum constant => constant.ToString(),
            _ => "",
        };

        private static Func<object, object?> Compile()
        {
            if (typeof(ActorBase).Assembly.GetType("Akka.Actor.Scheduler.TimerScheduler+ITimerMsg") is not { } type || type.GetProperty("Key") is not { } key)
                return static _ => null;
            var message = Expression.Parameter(typeof(object));
            var body = Expression.Condition(
                Expression.TypeIs(message, type), Expression.Convert(Expression.Property(Expression.Convert(message, type), key), typeof(object)),
                Expression.Constant(null, typeof(object)));
            return Expression.Lambda<Func<object, object?>>(body, message).Compile();
        }
    }
}
