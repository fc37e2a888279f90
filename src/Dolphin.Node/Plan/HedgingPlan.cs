using System.Collections.Immutable;
using Dolphin.Domain;
using Dolphin.Domain.Hedging;
using Dolphin.Domain.Market;

namespace Dolphin.Node.Plan;

/// <summary>One policy for every symbol: the defaults, or a symbol's own, with the capital that is its share.</summary>
/// <param name="account">Quote; what is shared where a symbol has no capital of its own.</param>
/// <param name="defaults">Settings of every symbol without its own; the capital in it counts only if <paramref name="shares"/> does not have the symbol.</param>
public sealed class HedgingPlan(Money account, HedgeSettings defaults, bool defaultShares, ImmutableSortedDictionary<Symbol, (HedgeSettings Settings, bool Shares)> own)
{
    /// <summary>The policy of a symbol without settings of its own, if it were alone.</summary>
    public HedgePolicy Default { get; } = Checked(defaults, "dolphin.hedging");

    /// <param name="strategies">How many strategies share the account; one or more.</param>
    public HedgePolicy PolicyFor(Symbol symbol, int strategies)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strategies, 1);
        var (settings, shares) = own.TryGetValue(symbol, out var found) ? found : (defaults, defaultShares);
        // Whole cents: 100,000 among three must not be a number without end.
        var capital = shares ? decimal.Round(account.Quote / strategies, 2, MidpointRounding.ToZero) : settings.Capital;
        return Checked(settings with { Capital = capital }, $"dolphin.hedging.symbols.{symbol}");
    }

    private static HedgePolicy Checked(HedgeSettings settings, string path)
    {
        var errors = new List<string>();
        return HedgePolicy.Create(settings, path, errors)
            ?? throw new System.Diagnostics.UnreachableException($"A checked plan has no good policy: {string.Join(' ', errors)}");
    }
}
