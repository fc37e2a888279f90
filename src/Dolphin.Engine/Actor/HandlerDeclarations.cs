using System.Collections.Concurrent;

namespace Dolphin.Engine.Actor;

/// <summary>What the handlers of an actor are for.</summary>
internal enum HandlerRole
{
    Commands,
    Recovery,
}

/// <summary>The handlers that an actor declares, in order, until it has declared all of them.</summary>
internal sealed class HandlerDeclarations
{
    // What the constructor of each actor class declared the first time; bounded by the classes there are. Hundreds of actors of one class would
    // otherwise keep a delegate and a handler for each message type each: more than the rest of a small actor.
    private static readonly ConcurrentDictionary<(Type Actor, HandlerRole Role), MessageHandlers> Shared = new();

    private readonly List<MessageHandler> _declared = [];
    private bool _closed;

    internal void Add<T>(Action<T> handle, Predicate<T>? when)
    {
        Declare(when is null ? new PlainHandler<T>(handle) : new GuardedHandler<T>(handle, when));
        if (typeof(T) == typeof(object) && when is null) _closed = true;
    }

    internal void Add<T>(Func<T, bool> handle) => Declare(new DecidingHandler<T>(handle));
    internal void Add(Type type, Action<object> handle, Predicate<object>? when) => Declare(new UntypedHandler(type, handle, when));
    internal void Add(Type type, Func<object, bool> handle) => Declare(new UntypedDecidingHandler(type, handle));
    internal void AddAny(Action<object> handle) => Add(handle, when: null);

    private void Declare(MessageHandler handler)
    {
        if (_closed)
            throw new InvalidOperationException($"A handler for {handler.Type} is declared after one that takes every message; it could never run.");
        _declared.Add(handler);
    }

    /// <summary>Of one behaviour of one instance.</summary>
    internal MessageHandlers ToHandlers() => new([.. _declared]);

    /// <summary>
    /// What a constructor declared: one table for all instances of the class, if all of them declare the same in the same order, and each handler is a
    /// method of the actor, or a function that captures nothing. Otherwise, as where a handler captures a parameter of the constructor, one of this instance.
    /// </summary>
    internal MessageHandlers ToHandlers(object actor, HandlerRole role)
    {
        var key = (actor.GetType(), role);
        if (!Shared.TryGetValue(key, out var shared))
        {
            if (ForEvery(actor) is not { } every) return ToHandlers();
            shared = Shared.GetOrAdd(key, static (_, handlers) => new MessageHandlers(handlers), every);
        }

        return StandFor(shared.Declared, actor) ? shared : ToHandlers();
    }

    private MessageHandler[]? ForEvery(object actor)
    {
        var every = new MessageHandler[_declared.Count];
        for (var i = 0; i < every.Length; i++)
        {
            if (_declared[i].ForEvery(actor) is not { } handler) return null;
            every[i] = handler;
        }

        return every;
    }

    private bool StandFor(ReadOnlySpan<MessageHandler> shared, object actor)
    {
        if (shared.Length != _declared.Count) return false;
        for (var i = 0; i < shared.Length; i++)
        {
            if (!shared[i].StandsFor(_declared[i], actor)) return false;
        }

        return true;
    }
}
