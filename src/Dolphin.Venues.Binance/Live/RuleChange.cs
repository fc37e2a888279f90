using System.Globalization;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Rest;

namespace Dolphin.Venues.Binance.Live;

/// <summary>What the venue lists of a symbol is not what it listed when the feed began.</summary>
/// <param name="What">As part of a sentence: <c>tick 0.1 is 0.5 now</c>.</param>
/// <param name="Now">Null: it is not listed any more.</param>
public sealed record RuleChange(Symbol Symbol, string What, ListedSymbol? Now)
{
    /// <returns>Null if an order that fits one fits the other.</returns>
    public static RuleChange? Between(ListedSymbol began, ListedSymbol? now)
    {
        if (now is null) return new RuleChange(began.Symbol, "it is not listed", null);
        var changes = new List<string>();
        if (now.Status != began.Status) changes.Add($"it is {now.Status}");
        Compare("tick", began.TickSize, now.TickSize);
        Compare("lot", began.LotSize, now.LotSize);
        Compare("min quantity", began.MinQuantity.Base, now.MinQuantity.Base);
        Compare("max quantity", began.MaxQuantity?.Base, now.MaxQuantity?.Base);
        Compare("min notional", began.MinNotional.Quote, now.MinNotional.Quote);
        Compare("percent price", began.PercentPrice, now.PercentPrice);
        return changes.Count == 0 ? null : new RuleChange(began.Symbol, string.Join(", ", changes), now);

        void Compare(string name, decimal? before, decimal? after)
        {
            if (before != after) changes.Add($"{name} {Show(before)} is {Show(after)} now");
        }
    }

    private static string Show(decimal? value) => value?.ToString("0.##################", CultureInfo.InvariantCulture) ?? "none";
}
