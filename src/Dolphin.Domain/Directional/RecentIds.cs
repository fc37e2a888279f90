using System.Collections.Immutable;

namespace Dolphin.Domain.Directional;

/// <summary>The newest <see cref="Bound"/> ids that were taken, oldest first; at the bound the oldest is forgotten. Two are equal when their ids are.</summary>
/// <remarks>Sixteen: a symbol is asked for a few things a minute, and what is older than that is refused by its time.</remarks>
public sealed record RecentIds(ImmutableArray<string> Ids)
{
    public const int Bound = 16;

    public static RecentIds None { get; } = new([]);

    public bool Contains(string id) => !Ids.IsDefaultOrEmpty && Ids.Contains(id, StringComparer.Ordinal);

    public RecentIds With(string id) => Contains(id) ? this : Ids.IsDefaultOrEmpty ? new([id]) : new((Ids.Length < Bound ? Ids : Ids.RemoveAt(0)).Add(id));

    public bool Equals(RecentIds? other) =>
        other is not null && (Ids.IsDefaultOrEmpty ? other.Ids.IsDefaultOrEmpty : !other.Ids.IsDefault && Ids.AsSpan().SequenceEqual(other.Ids.AsSpan()));

    public override int GetHashCode() => Ids.IsDefaultOrEmpty ? 0 : HashCode.Combine(Ids.Length, Ids[^1]);
}
