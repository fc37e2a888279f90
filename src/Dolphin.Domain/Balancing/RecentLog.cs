using System.Collections;
using System.Collections.Immutable;

namespace Dolphin.Domain.Balancing;

/// <summary>The newest <see cref="Bound"/> of something, oldest first. At the bound the oldest falls out and is counted.</summary>
/// <remarks>Immutable; two logs are equal when their items and their counts are.</remarks>
public sealed class RecentLog<T> : IReadOnlyCollection<T>, IEquatable<RecentLog<T>>
{
    /// <summary>The seed's retention of both streams.</summary>
    public const int Bound = 500;

    private readonly ImmutableQueue<T> _items;

    private RecentLog(ImmutableQueue<T> items, int count, long dropped) => (_items, Count, Dropped) = (items, count, dropped);

    public static RecentLog<T> Empty { get; } = new(ImmutableQueue<T>.Empty, count: 0, dropped: 0);

    /// <summary>As it was, oldest first. Of more than <see cref="Bound"/> the newest are kept, and the others counted.</summary>
    public static RecentLog<T> Of(IReadOnlyCollection<T> items, long dropped)
    {
        var tooMany = Math.Max(0, items.Count - Bound);
        return new RecentLog<T>([.. items.Skip(tooMany)], items.Count - tooMany, dropped + tooMany);
    }

    public int Count { get; }
    /// <summary>How many have fallen out.</summary>
    public long Dropped { get; }

    /// <param name="fallen">What fell out, if <see cref="Dropped"/> has risen.</param>
    public RecentLog<T> Add(T item, out T? fallen)
    {
        fallen = default;
        return Count < Bound
            ? new RecentLog<T>(_items.Enqueue(item), Count + 1, Dropped)
            : new RecentLog<T>(_items.Dequeue(out fallen).Enqueue(item), Count, Dropped + 1);
    }

    public ImmutableQueue<T>.Enumerator GetEnumerator() => _items.GetEnumerator();
    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_items).GetEnumerator();

    public bool Equals(RecentLog<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && Count == other.Count && Dropped == other.Dropped && this.SequenceEqual(other));

    public override bool Equals(object? obj) => Equals(obj as RecentLog<T>);
    public override int GetHashCode() => HashCode.Combine(Count, Dropped);
}
