using Dolphin.Engine.Event;

namespace Dolphin.Engine.Actor;

/// <summary>What a supervisor does with a child that failed.</summary>
public enum Directive
{
    /// <summary>Goes on with the same instance and state.</summary>
    Resume,
    /// <summary>Replaces the instance; the mailbox stays.</summary>
    Restart,
    /// <summary>Fails itself with the child's failure.</summary>
    Escalate,
    /// <summary>Stops the child for good.</summary>
    Stop,
}

public static class DirectiveExtensions
{
    /// <summary>Pairs a directive with the exception it answers, for <see cref="Actor.Decider.From(Directive, KeyValuePair{Type, Directive}[])"/>.</summary>
    public static KeyValuePair<Type, Directive> When<TException>(this Directive self) where TException : Exception => new(typeof(TException), self);
}

public interface IDecider
{
    Directive Decide(Exception cause);
}

public static class Decider
{
    public static DeployableDecider From(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs) => new(defaultDirective, pairs);
    public static DeployableDecider From(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) => new(defaultDirective, pairs);
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);
}

public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    public Directive Decide(Exception cause) => decider(cause);
}

/// <summary>Decides by a table: the first entry whose type the exception is of, then the default. So put derived types before their bases.</summary>
public class DeployableDecider : IDecider
{
    public DeployableDecider(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) : this(defaultDirective, pairs.ToArray()) { }

    public DeployableDecider(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs)
    {
        DefaultDirective = defaultDirective;
        Pairs = pairs;
    }

    public Directive DefaultDirective { get; }
    public KeyValuePair<Type, Directive>[] Pairs { get; }

    public Directive Decide(Exception cause)
    {
        foreach (var (type, directive) in Pairs)
        {
            if (type.IsInstanceOfType(cause)) return directive;
        }

        return DefaultDirective;
    }
}

/// <summary>How often a child has been restarted, and since when that is counted.</summary>
public sealed class ChildRestartStats
{
    internal ChildRestartStats(InternalActorRef child) => Child = child;

    public InternalActorRef Child { get; }
    internal bool IsStopping { get; set; }
    internal int Restarts { get; private set; }
    private TimeSpan? _windowStart;

    /// <summary>
    /// Counts a restart and says whether it is allowed. Without a window: up to <paramref name="maxRetries"/> in the child's
    /// life. With one: up to that many (one, if unlimited was asked for) within any such span from the first of them.
    /// </summary>
    internal bool RequestRestartPermission(int maxRetries, TimeSpan window, TimeSpan now)
    {
        if (maxRetries == 0) return false;
        if (window <= TimeSpan.Zero) return ++Restarts <= maxRetries || maxRetries < 0;
        var allowed = maxRetries < 0 ? 1 : maxRetries;
        if (_windowStart is not { } start || now - start > window)
        {
            _windowStart = now;
            Restarts = 1;
            return true;
        }

        return ++Restarts <= allowed;
    }
}

/// <summary>A supervisor's rule: what to do with a failed child, and with its siblings.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Could not start, was killed, or lost a watched actor: stop. Anything else: restart.</summary>
    public static readonly IDecider DefaultDecider = Actor.Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);
    public static readonly OneForOneStrategy StoppingStrategy = new(static _ => Directive.Stop);

    private protected SupervisorStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider, bool loggingEnabled)
    {
        MaxNumberOfRetries = maxNrOfRetries ?? -1;
        Window = withinTimeRange ?? Timeout.InfiniteTimeSpan;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public IDecider Decider { get; }
    /// <summary>Restarts allowed; -1 is no limit.</summary>
    public int MaxNumberOfRetries { get; }
    /// <summary>Milliseconds in which they count; -1 or 0 is for ever.</summary>
    public int WithinTimeRangeMilliseconds => Window <= TimeSpan.Zero ? -1 : (int)Math.Min(Window.TotalMilliseconds, int.MaxValue);
    protected bool LoggingEnabled { get; }
    internal TimeSpan Window { get; }

    /// <summary>Applies the rule. False says: escalate.</summary>
    internal bool HandleFailure(
        ActorCell supervisor, InternalActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children)
    {
        var directive = Decider.Decide(cause);
        LogFailure(supervisor, child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                child.SendSystemMessage(new Resume(cause));
                return true;
            case Directive.Restart:
                ProcessFailure(supervisor, restart: true, child, cause, stats, children);
                return true;
            case Directive.Stop:
                ProcessFailure(supervisor, restart: false, child, cause, stats, children);
                return true;
            case Directive.Escalate:
                return false;
            default:
                throw new InvalidOperationException($"Directive {directive} for {child} is unknown; expected Resume, Restart, Stop or Escalate.");
        }
    }

    private protected abstract void ProcessFailure(
        ActorCell supervisor, bool restart, InternalActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children);

    /// <summary>A hook: a child has ended.</summary>
    internal virtual void HandleChildTerminated(ActorCell supervisor, InternalActorRef child, IEnumerable<IActorRef> children)
    {
        // Neither strategy acts on it.
    }

    private protected static void RestartChild(InternalActorRef child, Exception cause, bool suspendFirst)
    {
        if (suspendFirst) child.SendSystemMessage(new Suspend());
        child.SendSystemMessage(new Recreate(cause));
    }

    /// <summary>Resumes are warnings and the rest errors; an escalation is logged where it ends.</summary>
    private void LogFailure(ActorCell supervisor, InternalActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate) return;
        var system = supervisor.Engine;
        var told = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        var source = child.Path.ToStringWithAddress();
        var now = system.Scheduler.Now;
        LogEvent @event = directive == Directive.Resume
            ? new Warning(cause, source, GetType(), told, now)
            : new Error(cause, source, GetType(), told, now);
        if (@event.LogLevel() >= system.Settings.LogLevel) system.EventStream.Publish(@event);
    }
}

/// <summary>Only the child that failed is dealt with.</summary>
public class OneForOneStrategy : SupervisorStrategy
{
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider)) { }

    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : base(maxNrOfRetries, withinTimeRange, decider, loggingEnabled: true) { }

    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(maxNrOfRetries, TimeSpan.FromMilliseconds(withinTimeMilliseconds), decider, loggingEnabled) { }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(localOnlyDecider, loggingEnabled: true) { }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled)
        : base(maxNrOfRetries: null, withinTimeRange: null, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public OneForOneStrategy(IDecider decider) : base(maxNrOfRetries: null, withinTimeRange: null, decider, loggingEnabled: true) { }

    protected OneForOneStrategy() : this(DefaultDecider) { }

    public OneForOneStrategy WithMaxNrOfRetries(int maxNrOfRetries) => new(maxNrOfRetries, WithinTimeRangeMilliseconds, Decider, LoggingEnabled);

    private protected override void ProcessFailure(
        ActorCell supervisor, bool restart, InternalActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        if (restart && stats.RequestRestartPermission(MaxNumberOfRetries, Window, supervisor.System.Scheduler.MonotonicClock))
            RestartChild(child, cause, suspendFirst: false);
        else
            supervisor.Stop(child);
    }
}

/// <summary>What one child needs, all get: for children that cannot do without each other.</summary>
public class AllForOneStrategy : SupervisorStrategy
{
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider)) { }

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : base(maxNrOfRetries, withinTimeRange, decider, loggingEnabled: true) { }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(maxNrOfRetries, TimeSpan.FromMilliseconds(withinTimeMilliseconds), decider, loggingEnabled) { }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : base(maxNrOfRetries: null, withinTimeRange: null, Actor.Decider.From(localOnlyDecider), loggingEnabled: true) { }

    public AllForOneStrategy(IDecider decider) : base(maxNrOfRetries: null, withinTimeRange: null, decider, loggingEnabled: true) { }

    protected AllForOneStrategy() : this(DefaultDecider) { }

    private protected override void ProcessFailure(
        ActorCell supervisor, bool restart, InternalActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        var now = supervisor.System.Scheduler.MonotonicClock;
        if (restart && children.All(c => c.RequestRestartPermission(MaxNumberOfRetries, Window, now)))
        {
            foreach (var each in children) RestartChild(each.Child, cause, suspendFirst: !ReferenceEquals(each.Child, child));
        }
        else
        {
            foreach (var each in children) supervisor.Stop(each.Child);
        }
    }
}
