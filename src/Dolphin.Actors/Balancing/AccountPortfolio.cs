using System.Collections.Immutable;
using Dolphin.Actors.Strategies;
using Dolphin.Domain;
using Dolphin.Domain.Alpha;
using Dolphin.Domain.AutoExecution;
using Dolphin.Domain.Balancing;
using Dolphin.Domain.Market;
using Dolphin.Domain.Survival;
using Dolphin.Venues;

namespace Dolphin.Actors.Balancing;

/// <summary>Who could do something about a symbol now.</summary>
/// <param name="HolderOf">The id of the strategy that has its legs, or null.</param>
/// <param name="PriceOf">Quote per base, or null where the newest is old.</param>
/// <param name="MayGrow">Whoever has its legs opens them, or makes them larger, when asked to, and has not declined lately.</param>
public sealed record PortfolioPeople(Func<Symbol, string?> HolderOf, Func<Symbol, Price?> PriceOf, Func<Symbol, bool> MayGrow);

/// <summary>The venue's word on the account, as balancer and executor look at it.</summary>
/// <remarks>
/// Margin is what the venue reckons as initial margin of a leg: its value at the mark over the leverage. Total margin is equity, used and free together. A venue says
/// what all positions tie up, with open orders in it, but not what each does; so each is worked out, and both see the same number.
/// </remarks>
public static class AccountPortfolio
{
    /// <param name="account">Null: nobody has answered.</param>
    /// <param name="confidence">0 to 1, or null where nobody says.</param>
    /// <param name="divergence">Of venues' prices, 0 to 1, or null where nobody says.</param>
    public static PortfolioSnapshot Snapshot(VenueEvent.Account? account, decimal leverage, double? confidence, double? divergence, PortfolioPeople people, DateTimeOffset now)
    {
        if (account is null) return new PortfolioSnapshot(null, null, confidence, divergence, now);
        var positions = ImmutableArray.CreateBuilder<PortfolioPosition>();
        foreach (var (symbol, held) in Held(account.View))
        {
            // Without a price there is no margin: of such an account nothing is decided.
            if (held.Price is not { } price) return new PortfolioSnapshot(account.View.Equity, null, confidence, divergence, account.At);
            positions.Add(PortfolioPosition.OfLegs(symbol, Margin(held.Legs.Long, price, leverage), Margin(held.Legs.Short, price, leverage)) with
            {
                IsFrozen = people.PriceOf(symbol) is null || people.HolderOf(symbol) is null, MayGrow = people.MayGrow(symbol),
            });
        }
        return new PortfolioSnapshot(account.View.Equity, positions.DrainToImmutable(), confidence, divergence, account.At);
    }

    /// <param name="assets">What is traded here. Positions of other symbols are nobody's to trim, and are left out.</param>
    /// <param name="alpha">What ranks symbols; null where nobody does, or nobody was heard lately.</param>
    public static HoldersView Holders(
        VenueEvent.Account? account, ImmutableSortedDictionary<Symbol, AssetPlan> assets, ImmutableHashSet<Symbol> known, decimal leverage, PortfolioPeople people,
        in RiskView risk, DateTimeOffset now, AlphaSnapshot? alpha = null)
    {
        var held = ImmutableSortedDictionary.CreateBuilder<Symbol, HeldPosition>();
        foreach (var (symbol, position) in account is null ? [] : Held(account.View))
        {
            if (position.Price is { } price && assets.TryGetValue(symbol, out var asset))
                held.Add(symbol, new HeldPosition(asset.Instrument, people.HolderOf(symbol), position.Legs, TiedUp: null, price, leverage, people.MayGrow(symbol)));
        }
        var ranks = ImmutableArray.CreateBuilder<RankedSymbol>();
        foreach (var (symbol, asset) in assets)
        {
            if (!held.ContainsKey(symbol) && people.MayGrow(symbol) && people.HolderOf(symbol) is { } holder && people.PriceOf(symbol) is { } price)
                ranks.Add(new RankedSymbol(symbol, RankOf(symbol, alpha), asset.Instrument, holder, price, leverage));
        }
        return new HoldersView(now, known, held.ToImmutable(), ranks.DrainToImmutable(), risk.EntriesAllowed, risk.ExitsAllowed);
    }

    /// <summary>The alpha rank score, which is 0 or more. Who has none comes after all that have one; where alpha does not run, or was not heard lately, that is everybody, and
    /// equal ranks go by name.</summary>
    private static double RankOf(Symbol symbol, AlphaSnapshot? alpha) => alpha?.Find(symbol)?.Score ?? -1;

    // By symbol, in the order in which the venue names them; what is flat is left out.
    private static List<KeyValuePair<Symbol, (Legs Legs, Price? Price)>> Held(AccountView view)
    {
        var held = new List<KeyValuePair<Symbol, (Legs Legs, Price? Price)>>(view.Positions.Length);
        var places = new Dictionary<Symbol, int>(view.Positions.Length); // Looked up only.
        foreach (var position in view.Positions)
        {
            if (position.Quantity.Base <= 0m) continue;
            if (!places.TryGetValue(position.Symbol, out var place))
            {
                places.Add(position.Symbol, place = held.Count);
                held.Add(new(position.Symbol, (default, position.Mark)));
            }
            var (legs, price) = held[place].Value;
            legs = position.Leg == PositionSide.Long ? legs with { Long = legs.Long + position.Quantity } : legs with { Short = legs.Short + position.Quantity };
            held[place] = new(position.Symbol, (legs, price));
        }
        return held;
    }

    private static Money Margin(Quantity leg, Price price, decimal leverage) => new(price.QuotePerBase * leg.Base / leverage);
}
