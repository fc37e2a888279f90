using System.Collections;

namespace Dolphin.Domain.Balancing;

/// <summary>The newest <see cref="Bound"/> of something, oldest first. At the bound the oldest falls out and is counted.</summary>
/// <remarks>Immutable; two logs are equal when their items and their counts are.</remarks>
public sealed class RecentLog<T> : IReadOnlyList<T>, IEquatable<RecentLog<T>>
{
    /// <summary>The seed's retention of both streams.</summary>
    public const int Bound = 500;

    private readonly Shelf _shelf;
    private readonly int _first;

    private RecentLog(Shelf shelf, int first, int count, long dropped) => (_shelf, _first, Count, Dropped) = (shelf, first, count, dropped);

    public static RecentLog<T> Empty { get; } = new(new Shelf([], taken: 0), first: 0, count: 0, dropped: 0);

    /// <summary>As it was, oldest first. Of more than <see cref="Bound"/> the newest are kept, and the others counted.</summary>
    public static RecentLog<T> Of(IReadOnlyCollection<T> items, long dropped)
    {
        var tooMany = Math.Max(0, items.Count - Bound);
        T[] kept = [.. items.Skip(tooMany)];
        return new RecentLog<T>(new Shelf(kept, kept.Length), first: 0, kept.Length, dropped + tooMany);
    }

    public int Count { get; }
    /// <summary>How many have fallen out.</summary>
    public long Dropped { get; }

    /// <param name="index">0 of the oldest.</param>
    public T this[int index] => Items[index];

    private ArraySegment<T> Items => new(_shelf.Places, _first, Count);

    /// <param name="fallen">What fell out, if <see cref="Dropped"/> has risen.</param>
    public RecentLog<T> Add(T item, out T? fallen)
    {
        var full = Count == Bound;
        fallen = full ? this[0] : default;
        var stay = full ? Items[1..] : Items;
        var dropped = full ? Dropped + 1 : Dropped;
        if (_shelf.TryPut(item, at: _first + Count)) return new RecentLog<T>(_shelf, stay.Offset, stay.Count + 1, dropped);

        // Twice as much room as is taken, so that one copy serves as many additions as it copies.
        var places = new T[Math.Max(4, 2 * (stay.Count + 1))];
        stay.CopyTo(places);
        places[stay.Count] = item;
        return new RecentLog<T>(new Shelf(places, stay.Count + 1), first: 0, stay.Count + 1, dropped);
    }

    public ArraySegment<T>.Enumerator GetEnumerator() => Items.GetEnumerator();
    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    public bool Equals(RecentLog<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && Count == other.Count && Dropped == other.Dropped && this.SequenceEqual(other));

    public override bool Equals(object? obj) => Equals(obj as RecentLog<T>);
    public override int GetHashCode() => HashCode.Combine(Count, Dropped);

    /// <summary>Places that logs made one from another share: a place is filled once, by the first log that ends before it, and never again.</summary>
    private sealed class Shelf(T[] places, int taken)
    {
        private int _taken = taken;

        public T[] Places => places;

        public bool TryPut(T item, int at)
        {
            if (at == places.Length || Interlocked.CompareExchange(ref _taken, at + 1, at) != at) return false;
            places[at] = item;
            return true;
        }
    }
}
