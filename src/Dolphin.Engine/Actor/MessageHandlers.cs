using System.Runtime.CompilerServices;

namespace Dolphin.Engine.Actor;

/// <summary>Handlers in order of declaration, looked up by a message's concrete type and remembered per type.</summary>
internal sealed class MessageHandlers
{
    private readonly List<Handler> _declared = [];
    private bool _closed;

    // The handlers that can match a concrete type, found once. A behaviour sees few types, so a scan over a small array
    // beats a hash; beyond ManyTypes a dictionary takes over.
    private const int ManyTypes = 12;
    private Type[] _types = [];
    private Handler[][] _chains = [];
    private Dictionary<Type, Handler[]>? _more;

    internal bool IsEmpty => _declared.Count == 0;

    internal void Add<T>(Action<T> handle, Predicate<T>? when)
    {
        if (when is null) Declare(typeof(T) == typeof(object) ? new Any((Action<object>)(object)handle) : new Plain<T>(handle));
        else Declare(new Guarded<T>(handle, when));
        if (typeof(T) == typeof(object) && when is null) _closed = true;
    }

    internal void Add<T>(Func<T, bool> handle) => Declare(new Deciding<T>(handle));
    internal void Add(Type type, Action<object> handle, Predicate<object>? when) => Declare(new Untyped(type, handle, when));
    internal void Add(Type type, Func<object, bool> handle) => Declare(new UntypedDeciding(type, handle));

    internal void AddAny(Action<object> handle)
    {
        Declare(new Any(handle));
        _closed = true;
    }

    private void Declare(Handler handler)
    {
        if (_closed)
            throw new InvalidOperationException($"A handler for {handler.Type} is declared after one that takes every message; it could never run.");
        _declared.Add(handler);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryHandle(object message)
    {
        var type = message.GetType();
        var types = _types;
        for (var i = 0; i < types.Length; i++)
        {
            if (ReferenceEquals(types[i], type)) return Run(_chains[i], message);
        }

        return Run(Find(type), message);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Run(Handler[] chain, object message)
    {
        foreach (var handler in chain)
        {
            if (handler.TryHandle(message)) return true;
        }

        return false;
    }

    private Handler[] Find(Type type)
    {
        if (_more is not null && _more.TryGetValue(type, out var known)) return known;
        var chain = new List<Handler>();
        foreach (var handler in _declared)
        {
            if (!handler.Type.IsAssignableFrom(type)) continue;
            chain.Add(handler);
            if (handler.Always) break;
        }

        var found = chain.ToArray();
        if (_types.Length < ManyTypes)
        {
            _chains = [.. _chains, found];
            _types = [.. _types, type];
        }
        else
        {
            (_more ??= []).Add(type, found);
        }

        return found;
    }

    /// <summary>Only called with a message whose type is assignable to <see cref="Type"/>.</summary>
    private abstract class Handler
    {
        internal abstract Type Type { get; }
        internal virtual bool Always => false;
        internal abstract bool TryHandle(object message);
    }

    private static T As<T>(object message) => typeof(T).IsValueType ? (T)message : Unsafe.As<object, T>(ref message);

    private sealed class Plain<T>(Action<T> handle) : Handler
    {
        internal override Type Type => typeof(T);
        internal override bool Always => true;

        internal override bool TryHandle(object message)
        {
            handle(As<T>(message));
            return true;
        }
    }

    private sealed class Guarded<T>(Action<T> handle, Predicate<T> when) : Handler
    {
        internal override Type Type => typeof(T);

        internal override bool TryHandle(object message)
        {
            var typed = As<T>(message);
            if (!when(typed)) return false;
            handle(typed);
            return true;
        }
    }

    private sealed class Deciding<T>(Func<T, bool> handle) : Handler
    {
        internal override Type Type => typeof(T);
        internal override bool TryHandle(object message) => handle(As<T>(message));
    }

    private sealed class Untyped(Type type, Action<object> handle, Predicate<object>? when) : Handler
    {
        internal override Type Type => type;
        internal override bool Always => when is null;

        internal override bool TryHandle(object message)
        {
            if (when is not null && !when(message)) return false;
            handle(message);
            return true;
        }
    }

    private sealed class UntypedDeciding(Type type, Func<object, bool> handle) : Handler
    {
        internal override Type Type => type;
        internal override bool TryHandle(object message) => handle(message);
    }

    private sealed class Any(Action<object> handle) : Handler
    {
        internal override Type Type => typeof(object);
        internal override bool Always => true;

        internal override bool TryHandle(object message)
        {
            handle(message);
            return true;
        }
    }
}
