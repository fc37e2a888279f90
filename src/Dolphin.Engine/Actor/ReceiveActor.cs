namespace Dolphin.Engine.Actor;

/// <summary>An actor that declares its handlers by message type; the first that matches handles.</summary>
/// <remarks>
/// Handlers are declared in the constructor, or in the action given to Become. In declaration order the first whose type and
/// predicate match is used. After ReceiveAny nothing more can be declared.
/// </remarks>
public abstract class ReceiveActor : UntypedActor
{
    private HandlerDeclarations? _configuring;
    private readonly Switch _initial;

    protected ReceiveActor()
    {
        _configuring = new HandlerDeclarations();
        _initial = new Switch(this);
        base.Become((Receive)_initial.Receive);
    }

    internal sealed override void Started()
    {
        _initial.Handlers = _configuring!.ToHandlers(this, HandlerRole.Commands);
        _configuring = null;
    }

    protected sealed override void OnReceive(object message) => _initial.Receive(message);

    /// <summary>Replaces the behaviour by the handlers that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure)
    {
        base.Become((Receive)Configured(configure).Receive);
    }

    /// <summary>Puts a behaviour on top; <see cref="ActorBase.UnbecomeStacked"/> takes it off again.</summary>
    protected void BecomeStacked(Action configure)
    {
        base.BecomeStacked((Receive)Configured(configure).Receive);
    }

    private Switch Configured(Action configure)
    {
        var before = _configuring;
        var declared = _configuring = new HandlerDeclarations();
        try
        {
            configure();
        }
        finally
        {
            _configuring = before;
        }

        return new Switch(this) { Handlers = declared.ToHandlers() };
    }

    /// <summary>One behaviour. A class rather than a lambda so that the hot path is one delegate call.</summary>
    private sealed class Switch(ReceiveActor actor)
    {
        /// <summary>Those of the constructor are known when it is over, before the first message.</summary>
        internal MessageHandlers Handlers { get; set; } = null!;

        internal bool Receive(object message)
        {
            if (!Handlers.TryHandle(actor, message)) actor.Unhandled(message);
            return true;
        }
    }

    private HandlerDeclarations Declaring => _configuring ?? throw new InvalidOperationException(
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
