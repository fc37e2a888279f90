using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Dolphin.Engine.Actor;

/// <summary>Handlers in order of declaration, looked up by a message's concrete type and remembered per type.</summary>
/// <remarks>All instances of an actor class may share one, on any threads: what is remembered is replaced as a whole.</remarks>
internal sealed class MessageHandlers(MessageHandler[] declared)
{
    // The handlers that can match a concrete type, found once. A behaviour sees few types, so a scan over a small array
    // beats a hash; beyond ManyTypes a dictionary takes over.
    private const int ManyTypes = 12;
    private readonly record struct Route(Type Type, MessageHandler[] Chain);
    private Route[] _routes = [];
    private ConcurrentDictionary<Type, MessageHandler[]>? _more;

    internal ReadOnlySpan<MessageHandler> Declared => declared;

    /// <param name="actor">Who handles: an instance of the class whose handlers these are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryHandle(object actor, object message)
    {
        var type = message.GetType();
        var routes = Volatile.Read(ref _routes);
        for (var i = 0; i < routes.Length; i++)
        {
            if (ReferenceEquals(routes[i].Type, type)) return Run(routes[i].Chain, actor, message);
        }

        return Run(Find(type), actor, message);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Run(MessageHandler[] chain, object actor, object message)
    {
        foreach (var handler in chain)
        {
            if (handler.TryHandle(actor, message)) return true;
        }

        return false;
    }

    private MessageHandler[] Find(Type type)
    {
        if (Volatile.Read(ref _more) is { } more && more.TryGetValue(type, out var known)) return known;
        var chain = new List<MessageHandler>();
        foreach (var handler in declared)
        {
            if (!handler.Type.IsAssignableFrom(type)) continue;
            chain.Add(handler);
            if (handler.Always) break;
        }

        var found = chain.ToArray();
        var routes = Volatile.Read(ref _routes);
        if (routes.Length >= ManyTypes)
        {
            var fresh = new ConcurrentDictionary<Type, MessageHandler[]>();
            (Interlocked.CompareExchange(ref _more, fresh, null) ?? fresh).TryAdd(type, found);
        }
        else if (!routes.Any(r => ReferenceEquals(r.Type, type)))
        {
            Interlocked.CompareExchange(ref _routes, [.. routes, new Route(type, found)], routes); // Who comes second finds it again next time.
        }

        return found;
    }
}
