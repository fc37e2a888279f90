using Dolphin.Engine.Actor;

namespace Dolphin.Engine.Persistence;

/// <summary>A persistent actor that declares its handlers by message type: Recover for what it replays, Command for the rest.</summary>
/// <remarks>
/// Handlers are declared in the constructor, or in the action given to Become (commands only). In declaration order the first whose
/// type and predicate match is used.
/// </remarks>
public abstract class ReceivePersistentActor : UntypedPersistentActor
{
    // Until the constructor is over; then what all instances of the class share, as far as they can.
    private HandlerDeclarations? _declaring = new(), _declaringRecovery = new();
    private MessageHandlers _commands = null!, _recover = null!;

    internal sealed override void Started()
    {
        _commands = _declaring!.ToHandlers(this, HandlerRole.Commands);
        _recover = _declaringRecovery!.ToHandlers(this, HandlerRole.Recovery);
        _declaring = _declaringRecovery = null;
    }

    protected sealed override void OnCommand(object message)
    {
        if (!_commands.TryHandle(this, message))
            Unhandled(message);
    }

    protected sealed override void OnRecover(object message)
    {
        if (!_recover.TryHandle(this, message))
            Unhandled(message);
    }

    /// <summary>Replaces the command handlers by those that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure) => base.Become(Configured(configure));

    /// <summary>Puts command handlers on top; <see cref="ActorBase.UnbecomeStacked"/> takes them off again.</summary>
    protected void BecomeStacked(Action configure) => base.BecomeStacked(Configured(configure));

    private UntypedReceive Configured(Action configure)
    {
        var before = _declaring;
        var declared = _declaring = new HandlerDeclarations();
        try
        {
            configure();
        }
        finally
        {
            _declaring = before;
        }

        var handlers = declared.ToHandlers();
        return message =>
        {
            if (!handlers.TryHandle(this, message))
                Unhandled(message);
        };
    }

    private HandlerDeclarations Commands => _declaring ?? throw new InvalidOperationException(
        $"{GetType().Name} declares a command handler while it handles a message; handlers are declared in the constructor or inside Become(() => ...).");

    private HandlerDeclarations Recovers => _declaringRecovery ?? throw new InvalidOperationException(
        $"{GetType().Name} declares a recovery handler after it was constructed; it would never be used.");

    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Recovers.Add(handler, shouldHandle);
    protected void Recover<T>(Predicate<T> shouldHandle, Action<T> handler) => Recovers.Add(handler, shouldHandle);
    protected void Recover(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Recovers.Add(messageType, handler, shouldHandle);
    protected void Recover(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Recovers.Add(messageType, handler, shouldHandle);
    protected void Recover<T>(Func<T, bool> handler) => Recovers.Add(handler);
    protected void Recover(Type messageType, Func<object, bool> handler) => Recovers.Add(messageType, handler);
    protected void RecoverAny(Action<object> handler) => Recovers.AddAny(handler);

    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Commands.Add(handler, shouldHandle);
    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => Commands.Add(handler, shouldHandle);
    protected void Command(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Commands.Add(messageType, handler, shouldHandle);
    protected void Command(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Commands.Add(messageType, handler, shouldHandle);
    protected void Command<T>(Func<T, bool> handler) => Commands.Add(handler);
    protected void Command(Type messageType, Func<object, bool> handler) => Commands.Add(messageType, handler);
    protected void Command(Action<object> handler) => Commands.AddAny(handler);
    protected void CommandAny(Action<object> handler) => Commands.AddAny(handler);

    /// <summary>As Command, with a handler that may await; the mailbox waits until it is done.</summary>
    protected void CommandAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) => Command(Awaiting(handler), shouldHandle);
    protected void CommandAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Command(shouldHandle, Awaiting(handler));
    protected void CommandAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Command(messageType, Awaiting(handler), shouldHandle);
    protected void CommandAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Command(messageType, shouldHandle, Awaiting(handler));
    protected void CommandAnyAsync(Func<object, Task> handler) => CommandAny(Awaiting(handler));

    private Action<T> Awaiting<T>(Func<T, Task> handler) => message => RunTask(() => handler(message));
}
