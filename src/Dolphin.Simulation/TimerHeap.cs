namespace Dolphin.Simulation;

/// <summary>Entries in order of due time, owner, name and arming; adding and removing any entry costs a logarithm.</summary>
internal sealed class TimerHeap
{
    private TimerEntry[] _entries = new TimerEntry[64];
    private long _sequence;

    internal int Count { get; private set; }
    internal TimerEntry Earliest => _entries[0];

    internal void Add(TimerEntry entry)
    {
        entry.Sequence = _sequence++;
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        Up(Count++, entry);
    }

    internal TimerEntry TakeEarliest()
    {
        var earliest = _entries[0];
        Remove(earliest);
        return earliest;
    }

    /// <returns>False if it was not queued.</returns>
    internal bool Remove(TimerEntry entry)
    {
        var index = entry.Index;
        if (index == TimerEntry.NotQueued) return false;
        entry.Index = TimerEntry.NotQueued;
        var last = _entries[--Count];
        _entries[Count] = null!;
        if (index == Count) return true;
        if (index > 0 && Before(last, _entries[(index - 1) / 2])) Up(index, last);
        else Down(index, last);
        return true;
    }

    private void Up(int index, TimerEntry entry)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!Before(entry, _entries[parent])) break;
            Place(index, _entries[parent]);
            index = parent;
        }

        Place(index, entry);
    }

    private void Down(int index, TimerEntry entry)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Before(_entries[child + 1], _entries[child])) child++;
            if (!Before(_entries[child], entry)) break;
            Place(index, _entries[child]);
            index = child;
        }

        Place(index, entry);
    }

    private void Place(int index, TimerEntry entry)
    {
        _entries[index] = entry;
        entry.Index = index;
    }

    private static bool Before(TimerEntry a, TimerEntry b)
    {
        if (a.Due != b.Due) return a.Due < b.Due;
        if (!ReferenceEquals(a.Owner, b.Owner))
        {
            var byOwner = string.CompareOrdinal(a.Owner, b.Owner);
            if (byOwner != 0) return byOwner < 0;
        }

        if (!ReferenceEquals(a.Name, b.Name))
        {
            var byName = string.CompareOrdinal(a.Name, b.Name);
            if (byName != 0) return byName < 0;
        }

        return a.Sequence < b.Sequence;
    }
}
