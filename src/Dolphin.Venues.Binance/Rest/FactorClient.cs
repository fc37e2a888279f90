using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Dolphin.Data.Public;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;

namespace Dolphin.Venues.Binance.Rest;

/// <summary>Funding, basis, open interest and what takers do, from the public endpoints of Binance USD-M.</summary>
/// <param name="http">With a timeout.</param>
/// <param name="root">Such as <c>https://fapi.binance.com</c>.</param>
/// <param name="symbols">What is asked for; what the venue does not list is left out, and ages.</param>
/// <param name="budget">Shared with everybody of the process who asks that host: after a refusal of anybody nothing is asked until it is over.</param>
public sealed class FactorClient(HttpClient http, Uri root, ImmutableArray<Symbol> symbols, HostBudget budget)
{
    /// <summary>Weight that the venue allows an address in a minute, and how much of it may be used, by whomever, before a round is broken off.</summary>
    private const int VenueWeight = HostBudget.UsualWeight, MostUsed = VenueWeight * 4 / 5;

    /// <summary>Of one request: premiums of all symbols at once cost ten.</summary>
    public const int PremiumWeight = 10, SymbolWeight = 1;

    /// <summary>Rows of one answer of settled funding, the most that the venue gives, and how many answers are asked for at most: 600 symbols that settle every four hours have 18 in five days.</summary>
    public const int PageRows = 1_000, MostPages = 40;

    /// <summary>Rows of one answer of taker volumes, by the hour: the most that the venue gives.</summary>
    private const int MostHours = 500;

    private const int Day = 24;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>GET /fapi/v1/premiumIndex: the funding rate that is being made, and mark over index.</summary>
    public async Task<FactorAnswer> PremiumsAsync(CancellationToken cancellation)
    {
        var wanted = symbols.ToHashSet();
        var (answer, missed) = await AskAsync(new Uri(root, "/fapi/v1/premiumIndex"), PremiumWeight, "a list of symbols with markPrice, indexPrice, lastFundingRate and time", (json, headers) =>
        {
            if (Used(headers) is { } used) throw new FormatException(used);
            var values = ImmutableArray.CreateBuilder<FactorValue>();
            foreach (var row in json.EnumerateArray())
            {
                var symbol = new Symbol(row.GetProperty("symbol").GetString() ?? "");
                if (!wanted.Contains(symbol)) continue;
                var (at, mark, index) = (PublicJson.Time(row.GetProperty("time")), PublicJson.Number(row.GetProperty("markPrice")), PublicJson.Number(row.GetProperty("indexPrice")));
                if (row.TryGetProperty("lastFundingRate", out var rate) && rate.GetRawText().Trim('"').Length > 0) // Empty for contracts with a delivery.
                    values.Add(new FactorValue(symbol, Factors.Funding, PublicJson.Number(rate), at));
                if (index > 0) values.Add(new FactorValue(symbol, Factors.Basis, (mark - index) / index, at));
            }
            return new FactorAnswer.Values(values.ToImmutable());
        }, cancellation);
        return (FactorAnswer?)answer ?? missed!;
    }

    /// <summary>GET /fapi/v1/fundingRate of all symbols at once, page by page in order of time: what was settled since a moment, at most <see cref="MostPages"/> pages, the oldest.</summary>
    /// <remarks>The venue counts these with fundingInfo, 500 in five minutes, apart from weight; here each is taken out of the weight too.</remarks>
    public async Task<FactorAnswer> SettledAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        var wanted = symbols.ToHashSet();
        var values = ImmutableArray.CreateBuilder<FactorValue>();
        var from = since.ToUnixTimeMilliseconds();
        for (var page = 0; page < MostPages; page++)
        {
            var uri = new Uri(root, string.Create(CultureInfo.InvariantCulture, $"/fapi/v1/fundingRate?startTime={from}&limit={PageRows}"));
            var (settled, missed) = await AskAsync(uri, SymbolWeight, "a list of symbols with fundingTime and fundingRate", (json, headers) =>
            {
                if (Used(headers) is { } used) throw new FormatException(used);
                return json.EnumerateArray().Select(row => new FactorValue(
                    new Symbol(row.GetProperty("symbol").GetString() ?? ""), Factors.Funding, PublicJson.Number(row.GetProperty("fundingRate")), PublicJson.Time(row.GetProperty("fundingTime")))).ToArray();
            }, cancellation);
            if (settled is null) return missed!;
            values.AddRange(settled.Where(v => wanted.Contains(v.Asset!.Value)));
            if (settled.Length < PageRows) break;
            // An instant may go on in the next page. What comes twice is taken once; a page of one instant alone is left behind.
            var last = settled.Max(v => v.At).ToUnixTimeMilliseconds();
            from = last > from ? last : from + 1;
        }
        return new FactorAnswer.Values([.. values.OrderBy(v => v.At)]);
    }

    /// <summary>GET /fapi/v1/openInterest, symbol by symbol.</summary>
    public Task<FactorAnswer> OpenInterestAsync(CancellationToken cancellation) => EachAsync("/fapi/v1/openInterest?symbol={0}", "openInterest and time",
        (symbol, json) => [new FactorValue(symbol, Factors.OpenInterest, PublicJson.Number(json.GetProperty("openInterest")), PublicJson.Time(json.GetProperty("time")))], cancellation);

    /// <summary>GET /futures/data/takerlongshortRatio, symbol by symbol: 24 hours, bought over sold.</summary>
    /// <remarks>A row's time is when its hour began or ended, which the venue does not say; it counts from the later of the two.</remarks>
    public Task<FactorAnswer> TakerRatiosAsync(CancellationToken cancellation) => TakerRatiosAsync(TimeSpan.Zero, cancellation);

    /// <summary>The same as it was at the end of each hour since so long ago, and now. The weight is that of <see cref="TakerRatiosAsync(CancellationToken)"/>.</summary>
    public Task<FactorAnswer> TakerRatiosAsync(TimeSpan back, CancellationToken cancellation)
    {
        var hours = Math.Min(MostHours, Day + (int)Math.Ceiling(back.TotalHours));
        return EachAsync($"/futures/data/takerlongshortRatio?symbol={{0}}&period=1h&limit={hours}", "rows with buyVol, sellVol and timestamp", (symbol, json) =>
        {
            var rows = json.EnumerateArray()
                .Select(row => (At: PublicJson.Time(row.GetProperty("timestamp")), Bought: PublicJson.Number(row.GetProperty("buyVol")), Sold: PublicJson.Number(row.GetProperty("sellVol"))))
                .OrderBy(row => row.At).ToArray();
            var values = new List<FactorValue>();
            for (var end = Math.Min(Day, rows.Length); end <= rows.Length; end++)
            {
                var day = rows.AsSpan(Math.Max(0, end - Day)..end);
                double bought = 0, sold = 0;
                foreach (var row in day) (bought, sold) = (bought + row.Bought, sold + row.Sold);
                if (sold > 0) values.Add(new FactorValue(symbol, Factors.TakerRatio, bought / sold, day[^1].At));
            }
            return values.Count > 0 ? values : throw new FormatException("nothing was sold in a day");
        }, cancellation);
    }

    // A symbol that the venue does not have is passed over; anything else that goes wrong ends the round, so that a venue in trouble is asked once and not a hundred times.
    private async Task<FactorAnswer> EachAsync(string path, string expected, Func<Symbol, JsonElement, IReadOnlyList<FactorValue>> read, CancellationToken cancellation)
    {
        var values = ImmutableArray.CreateBuilder<FactorValue>();
        FactorAnswer.Nothing? unlisted = null;
        foreach (var symbol in symbols)
        {
            var uri = new Uri(root, string.Format(CultureInfo.InvariantCulture, path, Uri.EscapeDataString(symbol.Name)));
            var (answer, missed) = await AskAsync(uri, SymbolWeight, expected, (json, headers) => new Row(read(symbol, json), Used(headers)), cancellation);
            if (answer is { Used: { } used }) return new FactorAnswer.Nothing(used, Minute);
            if (answer is not null) values.AddRange(answer.Values);
            else if (missed!.Why.Contains("came 400 ", StringComparison.Ordinal)) unlisted = missed;
            else return missed;
        }
        return values.Count == 0 && unlisted is not null ? unlisted : new FactorAnswer.Values([.. values.OrderBy(v => v.At)]);
    }

    private async Task<(T? Value, FactorAnswer.Nothing? Missed)> AskAsync<T>(
        Uri uri, int weight, string expected, Func<JsonElement, HttpResponseHeaders, T> read, CancellationToken cancellation) where T : class
    {
        if (await budget.AdmitAsync(weight, cancellation).ConfigureAwait(false) is var closed && closed > TimeSpan.Zero)
            return (null, new FactorAnswer.Nothing($"{uri.GetLeftPart(UriPartial.Path)}: not asked, {uri.Host} has refused this address", closed));
        var (answer, missed) = await PublicJson.GetAsync(http, uri, expected, read, cancellation).ConfigureAwait(false);
        if (missed is { NotBefore: { } wish }) budget.Refused(isBan: false, wish);
        return (answer, missed);
    }

    private sealed record Row(IReadOnlyList<FactorValue> Values, string? Used);

    private string? Used(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-MBX-USED-WEIGHT-1M", out var texts) || !int.TryParse(texts.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var used)) return null;
        budget.Counted(used);
        return used > MostUsed ? $"the address has used {used} of the {VenueWeight} that the venue allows in a minute; expected at most {MostUsed}" : null;
    }
}
