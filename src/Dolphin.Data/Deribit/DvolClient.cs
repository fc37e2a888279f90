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
    public Task<FactorAnswer> FetchAsync(CancellationToken cancellation) => CandlesAsync(Back, TimeSpan.FromMinutes(1), newestOnly: true, cancellation);

    /// <returns>The close of every hour of the last day, and of the one before it: a rise is one within a day.</returns>
    public Task<FactorAnswer> PastAsync(CancellationToken cancellation) => CandlesAsync(TimeSpan.FromHours(25), TimeSpan.FromHours(1), newestOnly: false, cancellation);

    private async Task<FactorAnswer> CandlesAsync(TimeSpan back, TimeSpan candle, bool newestOnly, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var query = string.Create(CultureInfo.InvariantCulture,
            $"/api/v2/public/get_volatility_index_data?currency={currency}&start_timestamp={(now - back).ToUnixTimeMilliseconds()}&end_timestamp={now.ToUnixTimeMilliseconds()}&resolution={candle.TotalSeconds:0}");
        var (answer, missed) = await PublicJson.GetAsync(http, new Uri(root, query), $"result.data, candles of {candle.TotalMinutes:0} min", (json, _) =>
        {
            var data = json.GetProperty("result").GetProperty("data");
            if (data.GetArrayLength() == 0) throw new FormatException($"no candle of the last {back.TotalMinutes:0} min");
            // A candle that is not over has changed when it is asked for again; its time must have, too.
            var values = data.EnumerateArray().OrderBy(c => c[0].GetInt64()).Select(c => (Close: PublicJson.Number(c[4]), End: PublicJson.Time(c[0]) + candle))
                .Select(c => new FactorValue(null, Factors.Dvol, c.Close, c.End < now ? c.End : now));
            return new FactorAnswer.Values([.. newestOnly ? values.TakeLast(1) : values]);
        }, cancellation);
        return (FactorAnswer?)answer ?? missed!;
    }
}
