using System.Diagnostics.CodeAnalysis;

namespace Dolphin.Engine.Actor;

/// <summary>A dictionary that is walked in order of insertion, so that what follows from a walk is the same in every run.</summary>
internal sealed class InsertionOrdered<TKey, TValue> where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _nodes = [];
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _order = [];

    internal int Count => _nodes.Count;
    internal bool ContainsKey(TKey key) => _nodes.ContainsKey(key);
    internal bool TryAdd(TKey key, TValue value)
    {
        if (_nodes.ContainsKey(key)) return false;
        _nodes.Add(key, _order.AddLast(new KeyValuePair<TKey, TValue>(key, value)));
        return true;
    }

    internal bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_nodes.TryGetValue(key, out var node))
        {
            value = node.Value.Value;
            return true;
        }

        value = default;
        return false;
    }

    internal bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_nodes.Remove(key, out var node))
        {
            value = node.Value.Value;
            _order.Remove(node);
            return true;
        }

        value = default;
        return false;
    }

    internal void Clear()
    {
        _nodes.Clear();
        _order.Clear();
    }

    internal IEnumerable<TKey> Keys => _order.Select(static p => p.Key);
    internal IEnumerable<TValue> Values => _order.Select(static p => p.Value);
}
