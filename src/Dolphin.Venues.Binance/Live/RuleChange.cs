using System.Globalization;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Rest;

namespace Dolphin.Venues.Binance.Live;

/// <summary>What the venue lists of a symbol is not what everybody counts by, or it is not to be traded, or not for long any more.</summary>
/// <param name="What">As part of a sentence: <c>tick 0.1 is 0.5 now</c>.</param>
/// <param name="Now">By the newest list; null: it is not listed any more.</param>
/// <param name="CloseFrom">From when on what is held is closed, because the venue settles it; null where it trades on, or does not trade.</param>
public sealed record RuleChange(Symbol Symbol, string What, ListedSymbol? Now, DateTimeOffset? CloseFrom = null)
{
    public bool IsTrading => Now is { IsTrading: true };

    /// <summary>What follows, as part of a sentence; null: what follows from other rules.</summary>
    public string? Then =>
        !IsTrading ? "no order goes out there, not to close either, until it trades again"
        : CloseFrom is { } from ? string.Create(CultureInfo.InvariantCulture, $"nothing is opened there any more, and what is held is closed from {from:u} on")
        : null;

    /// <param name="began">What everybody counts by: what was listed when the feed began, whatever was listed between then and now.</param>
    /// <param name="now">By the newest list; null: not there.</param>
    /// <param name="isSettled">The venue has closed what was held of it.</param>
    /// <param name="at">When the newest list was made.</param>
    /// <param name="closeBefore">How long before its end what is held is to be closed.</param>
    /// <returns>Null if it trades, and an order that fits one fits the other.</returns>
    public static RuleChange? Between(ListedSymbol began, ListedSymbol? now, bool isSettled, DateTimeOffset at, TimeSpan closeBefore)
    {
        if (now is null) return Missing(began.Symbol, isSettled);
        var changes = new List<string>();
        if (!now.IsTrading) changes.Add($"it is {now.Status}");
        if (isSettled) changes.Add(Settled);
        var ends = now.IsTrading && now.IsEnding(at, closeBefore);
        if (ends) changes.Add(string.Create(CultureInfo.InvariantCulture, $"the venue settles it at {now.Delivery!.Value:u}"));
        Compare("tick", began.TickSize, now.TickSize);
        Compare("lot", began.LotSize, now.LotSize);
        Compare("min quantity", began.MinQuantity.Base, now.MinQuantity.Base);
        Compare("max quantity", began.MaxQuantity?.Base, now.MaxQuantity?.Base);
        Compare("min notional", began.MinNotional.Quote, now.MinNotional.Quote);
        Compare("percent price", began.PercentPrice, now.PercentPrice);
        return changes.Count == 0 ? null : new RuleChange(began.Symbol, string.Join(", ", changes), now, ends ? now.Delivery - closeBefore : null);

        void Compare(string name, decimal? before, decimal? after)
        {
            if (before != after) changes.Add($"{name} {Show(before)} is {Show(after)} now");
        }
    }

    /// <summary>Of a symbol that is not in the list.</summary>
    public static RuleChange Missing(Symbol symbol, bool isSettled) => new(symbol, "it is not listed" + (isSettled ? $", {Settled}" : ""), null);

    /// <summary>Of a symbol that was not in the list when the feed began, and is now: it has no streams.</summary>
    public static RuleChange Again(Symbol symbol) => new(symbol, "it is listed again, and the node began without it", null);

    private const string Settled = "it is settled";

    private static string Show(decimal? value) => value?.ToString("0.##################", CultureInfo.InvariantCulture) ?? "none";
}
