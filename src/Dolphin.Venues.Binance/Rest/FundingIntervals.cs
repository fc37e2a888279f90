using System.Text.Json;
using Dolphin.Data.Public;
using Dolphin.Domain.Market;

namespace Dolphin.Venues.Binance.Rest;

/// <summary>How often each symbol's funding is settled: the answer of GET /fapi/v1/fundingInfo. Who is not in the list is paid as usual, every eight hours.</summary>
public sealed class FundingIntervals
{
    private readonly Dictionary<Symbol, TimeSpan?> _listed = []; // Null where it cannot be read: that one is not paid as usual, so nothing is known.

    private FundingIntervals()
    {
    }

    /// <summary>What cannot be read of one symbol costs no other one.</summary>
    /// <param name="list">A list of symbols with fundingIntervalHours.</param>
    /// <exception cref="InvalidOperationException">It is no list.</exception>
    public static FundingIntervals Read(JsonElement list)
    {
        var intervals = new FundingIntervals();
        foreach (var row in list.EnumerateArray())
        {
            try
            {
                var symbol = new Symbol(row.GetProperty("symbol").GetString() ?? "");
                intervals._listed[symbol] = null;
                intervals._listed[symbol] = FundingInterval.OfHours(PublicJson.Number(row.GetProperty("fundingIntervalHours")));
            }
            catch (Exception e) when (PublicJson.IsUnreadable(e))
            {
                // It stays listed, with an interval that nobody knows.
            }
        }

        return intervals;
    }

    /// <returns>Null where it is listed with something that is no interval.</returns>
    public TimeSpan? Of(Symbol symbol) => _listed.GetValueOrDefault(symbol, FundingInterval.Usual);
}
