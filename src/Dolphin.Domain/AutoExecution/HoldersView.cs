using System.Collections.Immutable;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;

namespace Dolphin.Domain.AutoExecution;

/// <summary>The two legs of one symbol and the strategy that decides on them.</summary>
/// <param name="Instrument">Its lots and smallest order.</param>
/// <param name="Holder">The id of the one strategy that may trade the legs, such as <c>hedge-SOLUSDT</c>; null where no strategy holds them.</param>
/// <param name="Legs">Base, each zero or more.</param>
/// <param name="TiedUp">Quote; the margin that the venue says both legs tie up. Null where it does not say; then it is their value at
/// <paramref name="Price"/> over the leverage.</param>
/// <param name="Price">Quote per base; the newest one.</param>
/// <param name="Leverage">Times, from 1; one for both legs.</param>
/// <param name="MayGrow">The holder makes a leg larger when asked to, and has not declined lately.</param>
public sealed record HeldPosition(Instrument Instrument, string? Holder, Legs Legs, Money? TiedUp, Price Price, decimal Leverage, bool MayGrow = false)
{
    /// <summary>Highest leverage that a venue gives; more is a mistake somewhere.</summary>
    public const decimal HighestLeverage = 1_000m;

    /// <summary>Quote; the margin of both legs. Only of a position that <see cref="IsUsable"/>.</summary>
    public Money Margin => TiedUp ?? new Money(Price.QuotePerBase * Legs.Gross.Base / Leverage);

    /// <summary>False where a number in it is one that no account has: nothing is decided on such a position.</summary>
    public bool IsUsable =>
        TwoLegs.Plausible.Is(Price) && Leverage is >= 1m and <= HighestLeverage && Good(Legs.Long) && Good(Legs.Short)
        && (TiedUp is { } margin ? margin.Quote is >= 0m and <= PortfolioSnapshot.HighestMargin : Price.QuotePerBase * Legs.Gross.Base <= PortfolioSnapshot.HighestMargin)
        && (Margin.Quote > 0m) == (Legs.Gross.Base > 0m);

    private static bool Good(Quantity leg) => leg.Base is >= 0m and <= TwoLegs.Plausible.HighestQuantity;
}

/// <summary>How good a symbol that could be opened is, and what it takes to open it.</summary>
/// <param name="Rank">Higher is better. One that is not a number is not ranked.</param>
/// <param name="Instrument">Its lots and smallest order.</param>
/// <param name="Holder">The id of the strategy that would open it.</param>
/// <param name="Price">Quote per base; the newest one.</param>
/// <param name="Leverage">Times, from 1.</param>
public readonly record struct RankedSymbol(Symbol Symbol, double Rank, Instrument Instrument, string Holder, Price Price, decimal Leverage);

/// <summary>What the auto executor knows when a command reaches it: who holds what, and what could be opened.</summary>
public sealed class HoldersView
{
    /// <param name="now">Its clock.</param>
    /// <param name="known">Symbols that could be traded.</param>
    /// <param name="held">Of every symbol with a position; a symbol that is not in it has none.</param>
    /// <param name="ranks">Of symbols that could be opened, in any order. Those that are held, not known or ranked twice are passed over.</param>
    /// <param name="entriesAllowed">As the survival controller says now. Where it is false nobody is asked to grow.</param>
    /// <param name="exitsAllowed">Where it is false nobody is asked for anything.</param>
    public HoldersView(
        DateTimeOffset now, ImmutableHashSet<Symbol> known, ImmutableSortedDictionary<Symbol, HeldPosition> held, ImmutableArray<RankedSymbol> ranks,
        bool entriesAllowed = true, bool exitsAllowed = true)
    {
        (Now, Held, EntriesAllowed, ExitsAllowed) = (now, held, entriesAllowed, exitsAllowed);
        var margins = ImmutableSortedDictionary.CreateBuilder<Symbol, Money>();
        foreach (var (symbol, position) in held)
        {
            // What nobody can count is as much as there can be: it is held, and whatever it is to be reduced to is less.
            margins.Add(symbol, position.IsUsable ? position.Margin : new Money(PortfolioSnapshot.HighestMargin));
        }
        Check = new ExecutorView(now, known, margins.ToImmutable(), Executed: []);
        Openable = BestFirst(known, held, ranks);
    }

    public DateTimeOffset Now { get; }
    public bool EntriesAllowed { get; }
    public bool ExitsAllowed { get; }
    public ImmutableSortedDictionary<Symbol, HeldPosition> Held { get; }
    /// <summary>Symbols that are not held, the best first; among equals in ordinal order.</summary>
    public ImmutableArray<RankedSymbol> Openable { get; }
    /// <summary>The same for <see cref="CommandCheck"/>. What has been executed is the executor's own memory, and not in it.</summary>
    internal ExecutorView Check { get; }

    private static ImmutableArray<RankedSymbol> BestFirst(
        ImmutableHashSet<Symbol> known, ImmutableSortedDictionary<Symbol, HeldPosition> held, ImmutableArray<RankedSymbol> ranks)
    {
        if (ranks.IsDefaultOrEmpty) return [];
        var open = new List<RankedSymbol>(ranks.Length);
        foreach (var ranked in ranks)
        {
            if (!double.IsNaN(ranked.Rank) && !string.IsNullOrEmpty(ranked.Symbol.Name) && known.Contains(ranked.Symbol) && TwoLegs.Plausible.Is(ranked.Price)
                && !(held.TryGetValue(ranked.Symbol, out var position) && !position.Legs.AreFlat))
            {
                open.Add(ranked);
            }
        }
        open.Sort(static (a, b) => b.Rank.CompareTo(a.Rank) is not 0 and var order ? order : a.Symbol.CompareTo(b.Symbol));
        var symbols = ImmutableArray.CreateBuilder<RankedSymbol>(open.Count);
        var seen = new HashSet<Symbol>(open.Count);
        foreach (var ranked in open)
        {
            if (seen.Add(ranked.Symbol)) symbols.Add(ranked);
        }
        return symbols.DrainToImmutable();
    }
}
