using System.Diagnostics.CodeAnalysis;

namespace Dolphin.Engine.Actor;

/// <summary>A dictionary that is walked in order of insertion, so that what follows from a walk is the same in every run.</summary>
/// <remarks>Most actors have a handful of children, watchers and timers, or none: few entries are an array to look through, many a list with an index.</remarks>
internal sealed class InsertionOrdered<TKey, TValue> where TKey : notnull
{
    private const int Few = 8;
    private KeyValuePair<TKey, TValue>[] _few = []; // In order; not used once there were more.
    private int _count;
    private Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>>? _nodes;
    private LinkedList<KeyValuePair<TKey, TValue>>? _order;

    internal int Count => _nodes?.Count ?? _count;
    internal bool ContainsKey(TKey key) => _nodes?.ContainsKey(key) ?? IndexOf(key) >= 0;

    internal bool TryAdd(TKey key, TValue value)
    {
        if (ContainsKey(key)) return false;
        if (_nodes is null && _count == Few) Index();
        var entry = new KeyValuePair<TKey, TValue>(key, value);
        if (_nodes is not null)
        {
            _nodes.Add(key, _order!.AddLast(entry));
            return true;
        }

        if (_count == _few.Length) Array.Resize(ref _few, Math.Max(1, _count * 2));
        _few[_count++] = entry;
        return true;
    }

    internal bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_nodes is null)
        {
            var index = IndexOf(key);
            value = index >= 0 ? _few[index].Value : default;
            return index >= 0;
        }

        var found = _nodes.TryGetValue(key, out var node);
        value = found ? node!.Value.Value : default;
        return found;
    }

    internal bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_nodes is not null)
        {
            var found = _nodes.Remove(key, out var node);
            value = found ? node!.Value.Value : default;
            if (found) _order!.Remove(node!);
            return found;
        }

        var index = IndexOf(key);
        if (index < 0)
        {
            value = default;
            return false;
        }

        value = _few[index].Value;
        Array.Copy(_few, index + 1, _few, index, --_count - index);
        _few[_count] = default;
        return true;
    }

    internal void Clear()
    {
        (_few, _count) = ([], 0);
        (_nodes, _order) = (null, null);
    }

    internal IEnumerable<TKey> Keys => Entries.Select(static p => p.Key);
    internal IEnumerable<TValue> Values => Entries.Select(static p => p.Value);

    private IEnumerable<KeyValuePair<TKey, TValue>> Entries => _order is not null ? _order : new ArraySegment<KeyValuePair<TKey, TValue>>(_few, 0, _count);

    private int IndexOf(TKey key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (EqualityComparer<TKey>.Default.Equals(_few[i].Key, key)) return i;
        }

        return -1;
    }

    private void Index()
    {
        (_nodes, _order) = ([], []);
        for (var i = 0; i < _count; i++) _nodes.Add(_few[i].Key, _order.AddLast(_few[i]));
        (_few, _count) = ([], 0);
    }
}
