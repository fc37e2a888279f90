using System.Collections.Immutable;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>A wish that the portfolio grows.</summary>
/// <param name="Symbol">Empty for an expansion.</param>
/// <param name="At">When it was last said.</param>
public sealed record Wish(string Symbol, DateTimeOffset At);

/// <summary>What was asked of late, declined or cut of late: it is not asked for again at every look, with what is free just then.</summary>
/// <remarks>One wish a symbol, so it is bounded by the symbols that are ever held. Immutable; equal when the wishes are.</remarks>
public sealed class WishBook : IEquatable<WishBook>
{
    /// <summary>After an hour in vain a wish is worth another word. The seed allows one action a check in 30 s at most.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private readonly ImmutableDictionary<string, DateTimeOffset> _said;

    private WishBook(ImmutableDictionary<string, DateTimeOffset> said) => _said = said;

    public static WishBook Empty { get; } = new(ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal));

    /// <summary>As it was.</summary>
    public static WishBook Of(IEnumerable<Wish> wishes) => new(wishes.ToImmutableDictionary(w => w.Symbol, w => w.At, StringComparer.Ordinal));

    /// <summary>In ordinal order of symbol.</summary>
    public ImmutableArray<Wish> Wishes => [.. _said.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => new Wish(w.Key, w.Value))];

    public bool IsEmpty => _said.IsEmpty;

    /// <summary>It was wished for not long ago.</summary>
    /// <param name="symbol">Null for an expansion.</param>
    public bool Knows(Symbol? symbol, DateTimeOffset now) => _said.TryGetValue(KeyOf(symbol), out var at) && now - at < Remembered;

    public WishBook With(BalancerCommand wish) => With(wish.Symbol, wish.At);

    /// <param name="symbol">Null for an expansion.</param>
    public WishBook With(Symbol? symbol, DateTimeOffset at) => new(_said.SetItem(KeyOf(symbol), at));

    /// <summary>It came true: the next is another one.</summary>
    public WishBook Without(BalancerCommand wish) => new(_said.Remove(KeyOf(wish.Symbol)));

    public bool Equals(WishBook? other) => other is not null && Wishes.AsSpan().SequenceEqual(other.Wishes.AsSpan());
    public override bool Equals(object? obj) => Equals(obj as WishBook);
    public override int GetHashCode() => _said.Count;

    private static string KeyOf(Symbol? symbol) => symbol?.Name ?? "";
}
