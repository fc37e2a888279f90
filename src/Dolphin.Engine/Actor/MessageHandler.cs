using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dolphin.Engine.Actor;

/// <summary>What an actor does with messages of one type.</summary>
internal abstract class MessageHandler
{
    internal abstract Type Type { get; }
    /// <summary>It handles every message of its type.</summary>
    internal virtual bool Always => false;

    /// <summary>Only called with a message whose type is assignable to <see cref="Type"/>.</summary>
    internal abstract bool TryHandle(object actor, object message);

    /// <summary>The same for every instance of the actor's class; null if this one calls something that is this instance's own.</summary>
    internal virtual MessageHandler? ForEvery(object actor) => null;

    /// <summary>Shared, it does for this actor what <paramref name="declared"/> would do.</summary>
    internal virtual bool StandsFor(MessageHandler declared, object actor) => false;

    private protected static T As<T>(object message) => typeof(T).IsValueType ? (T)message : Unsafe.As<object, T>(ref message);
}

/// <summary>Calls what was declared.</summary>
internal sealed class PlainHandler<T>(Action<T> handle) : MessageHandler
{
    internal override Type Type => typeof(T);
    internal override bool Always => true;

    internal override bool TryHandle(object actor, object message)
    {
        handle(As<T>(message));
        return true;
    }

    internal override MessageHandler? ForEvery(object actor)
    {
        if (!handle.HasSingleTarget) return null;
        if (!ReferenceEquals(handle.Target, actor)) return handle.Target is null || HasNoState(handle.Target.GetType()) ? this : null;
        var method = handle.Method;
        if (method.IsStatic || method.DeclaringType is not { } actorClass) return null;
        var open = method.CreateDelegate(typeof(Action<,>).MakeGenericType(actorClass, typeof(T)));
        return (MessageHandler)Activator.CreateInstance(
            typeof(MethodHandler<,>).MakeGenericType(actorClass, typeof(T)), BindingFlags.Instance | BindingFlags.NonPublic, binder: null, [open, method], culture: null)!;
    }

    // Such is the object that a lambda is a method of when it captures nothing.
    private static bool HasNoState(Type target) =>
        target.BaseType == typeof(object) && target.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0;

    internal override bool StandsFor(MessageHandler declared, object actor) => declared is PlainHandler<T> other && other.Calls(handle);

    private bool Calls(Action<T> other) => handle.Equals(other);

    /// <summary>It calls that method of that object, and nothing else.</summary>
    internal bool Calls(object target, MethodInfo method) => handle.HasSingleTarget && ReferenceEquals(handle.Target, target) && handle.Method.Equals(method);
}

/// <summary>Calls a method of the actor, whichever instance it is.</summary>
internal sealed class MethodHandler<TActor, T> : MessageHandler where TActor : class
{
    private readonly Action<TActor, T> _handle;
    private readonly MethodInfo _method;

    internal MethodHandler(Action<TActor, T> handle, MethodInfo method) => (_handle, _method) = (handle, method);

    internal override Type Type => typeof(T);
    internal override bool Always => true;

    internal override bool TryHandle(object actor, object message)
    {
        _handle(Unsafe.As<TActor>(actor), As<T>(message));
        return true;
    }

    internal override bool StandsFor(MessageHandler declared, object actor) => declared is PlainHandler<T> own && own.Calls(actor, _method);
}

/// <summary>Handles what satisfies a condition.</summary>
internal sealed class GuardedHandler<T>(Action<T> handle, Predicate<T> when) : MessageHandler
{
    internal override Type Type => typeof(T);

    internal override bool TryHandle(object actor, object message)
    {
        var typed = As<T>(message);
        if (!when(typed)) return false;
        handle(typed);
        return true;
    }
}

/// <summary>Says itself whether it handled the message.</summary>
internal sealed class DecidingHandler<T>(Func<T, bool> handle) : MessageHandler
{
    internal override Type Type => typeof(T);
    internal override bool TryHandle(object actor, object message) => handle(As<T>(message));
}

/// <summary>Of a type that is only known when it runs.</summary>
internal sealed class UntypedHandler(Type type, Action<object> handle, Predicate<object>? when) : MessageHandler
{
    internal override Type Type => type;
    internal override bool Always => when is null;

    internal override bool TryHandle(object actor, object message)
    {
        if (when is not null && !when(message)) return false;
        handle(message);
        return true;
    }
}

/// <summary>Both.</summary>
internal sealed class UntypedDecidingHandler(Type type, Func<object, bool> handle) : MessageHandler
{
    internal override Type Type => type;
    internal override bool TryHandle(object actor, object message) => handle(message);
}
