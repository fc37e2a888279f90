using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Plan;

/// <summary>The policy of every symbol: of the defaults, one for all that have no settings of their own, or the symbol's own, with the capital that is its share.</summary>
/// <param name="account">Quote; what is shared where a symbol has no capital of its own.</param>
/// <param name="defaults">Settings of every symbol without its own; the capital in it counts only if <paramref name="shares"/> does not have the symbol.</param>
public sealed class HedgingPlan(Money account, HedgeSettings defaults, bool defaultShares, ImmutableSortedDictionary<Symbol, (HedgeSettings Settings, bool Shares)> own)
{
    // By how many share the account: a plan is asked for one number, perhaps two.
    private readonly ConcurrentDictionary<int, HedgePolicy> _shared = new();

    /// <summary>The policy of a symbol without settings of its own, if it were alone.</summary>
    public HedgePolicy Default { get; } = Checked(defaults, "dolphin.hedging");

    /// <param name="strategies">How many strategies share the account; one or more.</param>
    public HedgePolicy PolicyFor(Symbol symbol, int strategies)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strategies, 1);
        return own.TryGetValue(symbol, out var found)
            ? PolicyOf(found.Settings, found.Shares, strategies, $"dolphin.hedging.symbols.{symbol}")
            : _shared.GetOrAdd(strategies, sharers => PolicyOf(defaults, defaultShares, sharers, "dolphin.hedging"));
    }

    private HedgePolicy PolicyOf(HedgeSettings settings, bool shares, int strategies, string path)
    {
        // Whole cents: 100,000 among three must not be a number without end.
        var capital = shares ? decimal.Round(account.Quote / strategies, 2, MidpointRounding.ToZero) : settings.Capital;
        return Checked(settings with { Capital = capital }, path);
    }

    private static HedgePolicy Checked(HedgeSettings settings, string path)
    {
        var errors = new List<string>();
        return HedgePolicy.Create(settings, path, errors)
            ?? throw new System.Diagnostics.UnreachableException($"A checked plan has no good policy: {string.Join(' ', errors)}");
    }
}
