using System.Globalization;
using Dolphin.Data.Public;
using Dolphin.Domain.External;

namespace Dolphin.Data.Deribit;

/// <summary>DVOL, Deribit's index of implied volatility, from its public API: docs.deribit.com, public/get_volatility_index_data.</summary>
/// <param name="http">With a timeout.</param>
/// <param name="root">Such as <c>https://www.deribit.com</c>.</param>
/// <param name="currency">BTC or ETH.</param>
public sealed class DvolClient(HttpClient http, Uri root, string currency, TimeProvider clock)
{
    /// <summary>How far back a minute's candle is looked for: the newest is enough, and some minutes may be missing.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromMinutes(10);

    /// <returns>The newest minute's close; the whole market has one.</returns>
    public async Task<FactorAnswer> FetchAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var query = string.Create(CultureInfo.InvariantCulture,
            $"/api/v2/public/get_volatility_index_data?currency={currency}&start_timestamp={(now - Back).ToUnixTimeMilliseconds()}&end_timestamp={now.ToUnixTimeMilliseconds()}&resolution=60");
        var (answer, missed) = await PublicJson.GetAsync(http, new Uri(root, query), "result.data, candles of a minute", (json, _) =>
        {
            var data = json.GetProperty("result").GetProperty("data");
            if (data.GetArrayLength() == 0) throw new FormatException("no candle of the last ten minutes");
            var newest = data.EnumerateArray().MaxBy(candle => candle[0].GetInt64());
            // The candle of a minute that is not over has changed when it is asked for again; its time must have, too.
            var end = PublicJson.Time(newest[0]) + TimeSpan.FromMinutes(1);
            return new FactorAnswer.Values([new FactorValue(null, Factors.Dvol, PublicJson.Number(newest[4]), end < now ? end : now)]);
        }, cancellation);
        return (FactorAnswer?)answer ?? missed!;
    }
}
