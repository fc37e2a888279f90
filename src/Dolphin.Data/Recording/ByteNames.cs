using System.Runtime.CompilerServices;

namespace Dolphin.Data.Recording;

/// <summary>Numbers names by first appearance; finds a name by its UTF-8 bytes without making a string of it.</summary>
internal sealed class ByteNames
{
    private readonly List<byte[]> _names = [];
    private int[] _slots = new int[256]; // 0 is free, else index + 1; a power of two, at most half full.
    private int _last = -1;

    /// <returns>-1 for a name that was not added.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        // Rows come sorted by symbol or in the same order of symbols again and again: one of these two is nearly always it.
        if (_last >= 0 && name.SequenceEqual(_names[_last]))
            return _last;
        var follower = _last + 1 < _names.Count ? _last + 1 : 0;
        if (follower < _names.Count && name.SequenceEqual(_names[follower]))
            return _last = follower;
        var found = _slots[Slot(_slots, name)] - 1;
        if (found >= 0)
            _last = found;
        return found;
    }

    /// <summary>Adds a name that is not there yet; its index is the number of names before it.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        _names.Add(name.ToArray());
        _last = _names.Count - 1;
        if (_names.Count * 2 > _slots.Length)
        {
            var slots = new int[_slots.Length * 2];
            for (var i = 0; i < _names.Count - 1; i++)
                slots[Slot(slots, _names[i])] = i + 1;
            _slots = slots;
        }
        _slots[Slot(_slots, name)] = _names.Count;
    }

    private int Slot(int[] slots, ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var b in name)
            hash = (hash ^ b) * 16777619u;
        var slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] != 0 && !name.SequenceEqual(_names[slots[slot] - 1]))
            slot = (slot + 1) & (slots.Length - 1);
        return slot;
    }
}
