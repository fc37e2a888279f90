using Dolphin.Engine.Event;

namespace Dolphin.Engine.Actor;

/// <summary>The root of all actors: a behaviour, its life-cycle hooks and its place in the tree.</summary>
public abstract class ActorBase
{
    private IActorRef? _formerSelf;

    protected ActorBase()
    {
        var cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"{GetType().Name} was created with new; an actor is created by ActorOf(Props), which gives it a context.");
        cell.Become(Receive);
    }

    protected IActorRef Sender => Context.Sender;
    protected IActorRef Self => _formerSelf ?? Context.Self;

    /// <exception cref="NotSupportedException">No actor runs on this thread: most likely code after an await, or a continuation.</exception>
    protected static IActorContext Context => ActorCell.Current ?? throw NoContext();

    internal static NotSupportedException NoContext() =>
        new("There is no active actor context on this thread; it was probably lost in an asynchronous operation. Use PipeTo(Self) or ReceiveAsync.");

    /// <summary>Runs the behaviour on a message. Override to see or hold back messages before the behaviour does.</summary>
    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message)) return true;
        Unhandled(message);
        return false;
    }

    /// <summary>Handles a message, or says with false that it does not.</summary>
    protected abstract bool Receive(object message);

    protected static Receive EmptyReceive => static _ => false;

    /// <summary>Publishes an <see cref="UnhandledMessage"/>; for a Terminated nobody handles, fails.</summary>
    /// <exception cref="DeathPactException">The message is <see cref="Terminated"/>.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    internal void UnhandledFromOutside(object message) => Unhandled(message);

    protected void Become(Receive receive) => Context.Become(receive);
    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);
    protected void UnbecomeStacked() => Context.UnbecomeStacked();
    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    /// <summary>The strategy by which this actor supervises its children; made once per instance.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    private SupervisorStrategy? _strategy;
    internal SupervisorStrategy StrategyInUse => _strategy ??= ActorCell.Current?.Props.SupervisorStrategy ?? SupervisorStrategy();

    /// <summary>Before the first message of the first instance, and by default of each later one.</summary>
    protected virtual void PreStart()
    {
        // A hook; the default has nothing to prepare.
    }

    /// <summary>After the actor has stopped; by default also before a restart.</summary>
    protected virtual void PostStop()
    {
        // A hook; the default has nothing to clean up.
    }

    /// <summary>On the failed instance, before it is replaced. By default stops the children and calls <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Context.GetChildren().ToList())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>On the new instance, after it has replaced the failed one. By default calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    public virtual void AroundPreStart() => PreStart();
    public virtual void AroundPostStop() => PostStop();
    public virtual void AroundPreRestart(Exception cause, object? message) => PreRestart(cause, message);
    public virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);

    /// <summary>Called once, right after the constructor.</summary>
    internal virtual void Started()
    {
        // Only actors that declare handlers in the constructor need to know when it is over.
    }

    /// <summary>Keeps Self usable after the instance has left its cell.</summary>
    internal void Clear(IActorRef self) => _formerSelf = self;
}

/// <summary>An actor whose handler takes any object.</summary>
public abstract class UntypedActor : ActorBase
{
    protected static new IUntypedActorContext Context => ActorCell.Current ?? throw NoContext();

    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    protected abstract void OnReceive(object message);

    protected void RunTask(Action action) => RunTask(() => { action(); return Task.CompletedTask; });

    /// <summary>Runs an asynchronous action as the actor; no other message is handled until it is done.</summary>
    protected void RunTask(Func<Task> action) => ActorTaskScheduler.RunTask(action);

    protected void Become(UntypedReceive receive) => Context.Become(receive);
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);
}
