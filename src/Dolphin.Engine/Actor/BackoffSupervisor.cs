using Dolphin.Simulation;

namespace Dolphin.Engine.Actor;

/// <summary>How to bring a child back, later each time it fails.</summary>
/// <remarks>
/// The n-th wait is min * 2^n, at most max, lengthened by a random part of up to <c>randomFactor</c>. The random part depends on
/// the system's seed and the supervisor's path only, so that a run repeats itself.
/// </remarks>
public static class Backoff
{
    /// <summary>Restarts a child that failed, after a wait. A child that stops by itself ends the supervisor too.</summary>
    public static BackoffOptions OnFailure(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        OnFailure(childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries: -1);

    public static BackoffOptions OnFailure(
        Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        new(afterFailure: true, childProps, childName, minBackoff, maxBackoff, randomFactor) { MaxNrOfRetries = maxNrOfRetries };

    /// <summary>Starts a child again that stopped, for whatever reason, after a wait. Failures it survives are its strategy's business.</summary>
    public static BackoffOptions OnStop(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        OnStop(childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries: -1);

    public static BackoffOptions OnStop(
        Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        new(afterFailure: false, childProps, childName, minBackoff, maxBackoff, randomFactor) { MaxNrOfRetries = maxNrOfRetries };
}

/// <summary>Everything a <see cref="BackoffSupervisor"/> needs to know.</summary>
public sealed record BackoffOptions
{
    internal BackoffOptions(bool afterFailure, Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor)
    {
        if (minBackoff <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(minBackoff), minBackoff, $"The first wait of '{childName}' must be above zero.");
        if (maxBackoff < minBackoff)
            throw new ArgumentOutOfRangeException(nameof(maxBackoff), maxBackoff, $"The longest wait of '{childName}' must not be below the first, {minBackoff}.");
        if (randomFactor is < 0.0 or > 1.0 || double.IsNaN(randomFactor))
            throw new ArgumentOutOfRangeException(nameof(randomFactor), randomFactor, $"The random factor of '{childName}' must be in [0, 1].");
        (AfterFailure, ChildProps, ChildName) = (afterFailure, childProps, childName);
        (MinBackoff, MaxBackoff, RandomFactor) = (minBackoff, maxBackoff, randomFactor);
        AutoReset = minBackoff;
    }

    internal bool AfterFailure { get; }
    internal Props ChildProps { get; }
    internal string ChildName { get; }
    internal TimeSpan MinBackoff { get; }
    internal TimeSpan MaxBackoff { get; }
    internal double RandomFactor { get; }
    /// <summary>Null is manual.</summary>
    internal TimeSpan? AutoReset { get; init; }
    internal int MaxNrOfRetries { get; init; }
    internal OneForOneStrategy? Strategy { get; init; }
    internal object? ReplyWhileStopped { get; init; }
    internal Func<object, bool>? FinalStopMessage { get; init; }

    /// <summary>Waits start again from the shortest once a child has lived that long; by default as long as the shortest wait.</summary>
    public BackoffOptions WithAutoReset(TimeSpan resetBackoff) => this with { AutoReset = resetBackoff };
    /// <summary>Waits start again only when told <see cref="BackoffSupervisor.Reset"/>.</summary>
    public BackoffOptions WithManualReset() => this with { AutoReset = null };
    public BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy) => this with { Strategy = supervisorStrategy };
    public BackoffOptions WithDefaultStoppingStrategy() => this with { Strategy = SupervisorStrategy.StoppingStrategy };
    /// <summary>What senders are answered while there is no child; by default their messages become dead letters.</summary>
    public BackoffOptions WithReplyWhileStopped(object replyWhileStopped) => this with { ReplyWhileStopped = replyWhileStopped };
    /// <summary>Starts after which the supervisor gives up and stops; -1 is never.</summary>
    public BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries) => this with { MaxNrOfRetries = maxNrOfRetries };
    /// <summary>After such a message the child's end is final.</summary>
    public BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage) => this with { FinalStopMessage = isFinalStopMessage };
}

/// <summary>Stands in for one child: passes messages on, and brings it back after growing waits.</summary>
public sealed class BackoffSupervisor : UntypedActor
{
    /// <summary>Answered by <see cref="CurrentChild"/>.</summary>
    public sealed class GetCurrentChild
    {
        public static readonly GetCurrentChild Instance = new();
        private GetCurrentChild() { }
    }

    /// <param name="Ref">Null or nobody while there is none.</param>
    public sealed record CurrentChild(IActorRef Ref);

    /// <summary>Makes the next wait the shortest again.</summary>
    public sealed class Reset
    {
        public static readonly Reset Instance = new();
        private Reset() { }
    }

    /// <summary>Answered by <see cref="RestartCount"/>.</summary>
    public sealed class GetRestartCount
    {
        public static readonly GetRestartCount Instance = new();
        private GetRestartCount() { }
    }

    public sealed record RestartCount(int Count);

    private sealed class StartChild
    {
        internal static readonly StartChild Instance = new();
    }

    private sealed record ResetIfStill(int Count);

    private readonly BackoffOptions _options;
    private SplitMix64 _chance;
    private IActorRef? _child;
    private int _restarts;
    private bool _waitsForEndAfterFailure;
    private bool _endIsFinal;

    internal BackoffSupervisor(BackoffOptions options)
    {
        _options = options;
        _chance = new SplitMix64(Context.System.Settings.Seed ^ SplitMix64.Fingerprint(Self.Path.ToStringWithoutAddress()));
    }

    public static Props Props(BackoffOptions options) => Actor.Props.CreateBy(() => new BackoffSupervisor(options));

    /// <summary>As <see cref="Backoff.OnStop(Actor.Props, string, TimeSpan, TimeSpan, double)"/>.</summary>
    public static Props Props(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        Props(Backoff.OnStop(childProps, childName, minBackoff, maxBackoff, randomFactor));

    protected override void PreStart() => Start();

    protected override SupervisorStrategy SupervisorStrategy()
    {
        var given = _options.Strategy ?? new OneForOneStrategy(Actor.SupervisorStrategy.DefaultDecider);
        if (!_options.AfterFailure) return given;
        // A restart becomes a stop, a wait and a start. Everything else is as the strategy says.
        return new OneForOneStrategy(given.MaxNumberOfRetries, given.WithinTimeRangeMilliseconds, cause =>
        {
            var directive = given.Decider.Decide(cause);
            if (directive != Directive.Restart) return directive;
            _waitsForEndAfterFailure = true;
            return Directive.Stop;
        });
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartChild:
                Start();
                break;
            case ResetIfStill reset:
                if (reset.Count == _restarts) _restarts = 0;
                break;
            case Terminated ended when ended.ActorRef.Equals(_child):
                ChildEnded();
                break;
            case GetCurrentChild:
                Sender.Tell(new CurrentChild(_child ?? ActorRefs.Nobody));
                break;
            case Reset:
                if (_options.AutoReset is null) _restarts = 0;
                else Unhandled(message);
                break;
            case GetRestartCount:
                Sender.Tell(new RestartCount(_restarts));
                break;
            default:
                PassOn(message);
                break;
        }
    }

    private void Start()
    {
        if (_child is not null) return;
        _child = Context.Watch(Context.ActorOf(_options.ChildProps, _options.ChildName));
        if (_options.AutoReset is { } after)
            Context.System.Scheduler.ScheduleTellOnce(after, Self, new ResetIfStill(_restarts), Self);
    }

    private void ChildEnded()
    {
        _child = null;
        var failed = _waitsForEndAfterFailure;
        _waitsForEndAfterFailure = false;
        if (_endIsFinal || (_options.AfterFailure && !failed) || (_options.MaxNrOfRetries >= 0 && _restarts >= _options.MaxNrOfRetries))
        {
            Context.Stop(Self);
            return;
        }

        var wait = DelayOf(_restarts, _options.MinBackoff, _options.MaxBackoff, _options.RandomFactor, _chance.NextDouble());
        _restarts++;
        Context.System.Scheduler.ScheduleTellOnce(wait, Self, StartChild.Instance, Self);
    }

    private void PassOn(object message)
    {
        if (_child is not null && Sender.Equals(_child))
        {
            Context.Parent.Forward(message);
        }
        else if (_child is not null)
        {
            if (_options.FinalStopMessage?.Invoke(message) ?? false) _endIsFinal = true;
            _child.Forward(message);
        }
        else if (_options.ReplyWhileStopped is { } reply)
        {
            Sender.Tell(reply);
        }
        else
        {
            Context.System.DeadLetters.Forward(message);
        }
    }

    /// <summary>The wait before the start after <paramref name="restarts"/> earlier ones.</summary>
    /// <param name="chance">In [0, 1): how much of the random part is used.</param>
    internal static TimeSpan DelayOf(int restarts, TimeSpan min, TimeSpan max, double randomFactor, double chance)
    {
        if (restarts >= 30) return max; // 2^30 times any sensible minimum is beyond the maximum.
        var ticks = Math.Min(max.Ticks, min.Ticks * Math.Pow(2, restarts)) * (1.0 + (chance * randomFactor));
        return TimeSpan.FromTicks((long)Math.Min(ticks, long.MaxValue / 2.0));
    }
}
