using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.Balancing;

/// <summary>A wish that the portfolio grows.</summary>
/// <param name="Symbol">Empty for an expansion.</param>
/// <param name="At">When it was last said.</param>
/// <param name="Before">How often it had been in vain in a row before that.</param>
public sealed record Wish(string Symbol, DateTimeOffset At, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Before = 0);

/// <summary>What was asked of late, declined or cut of late: it is not asked for again at every look, with what is free just then.</summary>
/// <remarks>One wish a symbol, so it is bounded by the symbols that are ever held. Immutable; equal when the wishes are.</remarks>
public sealed class WishBook : IEquatable<WishBook>
{
    /// <summary>After an hour in vain a wish is worth another word, and each time in vain makes that twice as long. The seed allows one action a check in 30 s at most.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>Doublings: of an hour sixteen hours. A market, and what a sizer gives, is another one by the day after.</summary>
    public const int MostBefore = 4;

    private readonly ImmutableDictionary<string, Wish> _said;

    private WishBook(ImmutableDictionary<string, Wish> said) => _said = said;

    public static WishBook Empty { get; } = new(ImmutableDictionary.Create<string, Wish>(StringComparer.Ordinal));

    /// <summary>As it was.</summary>
    public static WishBook Of(IEnumerable<Wish> wishes) => new(wishes.ToImmutableDictionary(w => w.Symbol, w => w with { Before = Math.Clamp(w.Before, 0, MostBefore) }, StringComparer.Ordinal));

    /// <summary>In ordinal order of symbol.</summary>
    public ImmutableArray<Wish> Wishes => [.. _said.Values.OrderBy(w => w.Symbol, StringComparer.Ordinal)];

    public bool IsEmpty => _said.IsEmpty;

    /// <summary>It was wished for not long ago.</summary>
    /// <param name="symbol">Null for an expansion.</param>
    public bool Knows(Symbol? symbol, DateTimeOffset now) => Knows(symbol, now, Remembered);

    /// <param name="first">How long the first time is remembered.</param>
    public bool Knows(Symbol? symbol, DateTimeOffset now, TimeSpan first) => _said.TryGetValue(KeyOf(symbol), out var wish) && now - wish.At < first * (1 << wish.Before);

    public WishBook With(BalancerCommand wish) => With(wish.Symbol, wish.At);

    /// <param name="symbol">Null for an expansion.</param>
    public WishBook With(Symbol? symbol, DateTimeOffset at) => new(_said.SetItem(KeyOf(symbol), new Wish(KeyOf(symbol), at)));

    /// <summary>In vain once more.</summary>
    public WishBook Again(Symbol symbol, DateTimeOffset at) =>
        new(_said.SetItem(symbol.Name, new Wish(symbol.Name, at, _said.TryGetValue(symbol.Name, out var wish) ? Math.Min(wish.Before + 1, MostBefore) : 0)));

    public WishBook Without(Symbol symbol) => new(_said.Remove(symbol.Name));

    /// <summary>It came true: the next is another one.</summary>
    public WishBook Without(BalancerCommand wish) => new(_said.Remove(KeyOf(wish.Symbol)));

    public bool Equals(WishBook? other) => other is not null && Wishes.AsSpan().SequenceEqual(other.Wishes.AsSpan());
    public override bool Equals(object? obj) => Equals(obj as WishBook);
    public override int GetHashCode() => _said.Count;

    private static string KeyOf(Symbol? symbol) => symbol?.Name ?? "";
}
