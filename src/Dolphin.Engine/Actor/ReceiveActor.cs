namespace Dolphin.Engine.Actor;

/// <summary>An actor that declares its handlers by message type; the first that matches handles.</summary>
/// <remarks>
/// Handlers are declared in the constructor, or in the action given to Become. In declaration order the first whose type and
/// predicate match is used. After ReceiveAny nothing more can be declared.
/// </remarks>
public abstract class ReceiveActor : UntypedActor
{
    private MessageHandlers? _configuring;
    private readonly MessageHandlers _initial;

    protected ReceiveActor()
    {
        _configuring = _initial = new MessageHandlers();
        base.Become((Receive)new Switch(this, _initial).Receive);
    }

    internal sealed override void Started() => _configuring = null;

    protected sealed override void OnReceive(object message)
    {
        if (!_initial.TryHandle(message)) Unhandled(message);
    }

    /// <summary>Replaces the behaviour by the handlers that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure)
    {
        var handlers = Configured(configure);
        base.Become((Receive)new Switch(this, handlers).Receive);
    }

    /// <summary>Puts a behaviour on top; <see cref="ActorBase.UnbecomeStacked"/> takes it off again.</summary>
    protected void BecomeStacked(Action configure)
    {
        var handlers = Configured(configure);
        base.BecomeStacked((Receive)new Switch(this, handlers).Receive);
    }

    private MessageHandlers Configured(Action configure)
    {
        var before = _configuring;
        var handlers = _configuring = new MessageHandlers();
        try
        {
            configure();
        }
        finally
        {
            _configuring = before;
        }

        return handlers;
    }

    /// <summary>One behaviour. A class rather than a lambda so that the hot path is one delegate call.</summary>
    private sealed class Switch(ReceiveActor actor, MessageHandlers handlers)
    {
        internal bool Receive(object message)
        {
            if (!handlers.TryHandle(message)) actor.Unhandled(message);
            return true;
        }
    }

    private MessageHandlers Declaring => _configuring ?? throw new InvalidOperationException(
        $"{GetType().Name} declares a handler while it handles a message; handlers are declared in the constructor or inside Become(() => ...).");

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Declaring.Add(handler, shouldHandle);
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Declaring.Add(handler, shouldHandle);
    /// <summary>The handler says with true that it handled the message; with false the next one is tried.</summary>
    protected void Receive<T>(Func<T, bool> handler) => Declaring.Add(handler);
    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Declaring.Add(messageType, handler, shouldHandle);
    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Declaring.Add(messageType, handler, shouldHandle);
    protected void Receive(Type messageType, Func<object, bool> handler) => Declaring.Add(messageType, handler);
    protected void ReceiveAny(Action<object> handler) => Declaring.AddAny(handler);

    /// <summary>As Receive, with a handler that may await; the mailbox waits until the handler is done.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Declaring.Add(Awaiting(handler), shouldHandle);
    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Declaring.Add(Awaiting(handler), shouldHandle);
    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Declaring.Add(messageType, Awaiting(handler), shouldHandle);
    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Declaring.Add(messageType, Awaiting(handler), shouldHandle);
    protected void ReceiveAnyAsync(Func<object, Task> handler) => Declaring.AddAny(Awaiting(handler));

    private static Action<T> Awaiting<T>(Func<T, Task> handler) => message => ActorTaskScheduler.RunTask(() => handler(message));
}
