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

    /// <summary>GET /fapi/v1/openInterest, symbol by symbol.</summary>
    public Task<FactorAnswer> OpenInterestAsync(CancellationToken cancellation) => EachAsync("/fapi/v1/openInterest?symbol={0}", "openInterest and time",
        (symbol, json) => new FactorValue(symbol, Factors.OpenInterest, PublicJson.Number(json.GetProperty("openInterest")), PublicJson.Time(json.GetProperty("time"))), cancellation);

    /// <summary>GET /futures/data/takerlongshortRatio, symbol by symbol: 24 hours, bought over sold.</summary>
    /// <remarks>A row's time is when its hour began or ended, which the venue does not say; it counts from the later of the two.</remarks>
    public Task<FactorAnswer> TakerRatiosAsync(CancellationToken cancellation) => EachAsync("/futures/data/takerlongshortRatio?symbol={0}&period=1h&limit=24", "rows with buyVol, sellVol and timestamp",
        (symbol, json) =>
        {
            double bought = 0, sold = 0;
            var newest = DateTimeOffset.MinValue;
            foreach (var row in json.EnumerateArray())
            {
                bought += PublicJson.Number(row.GetProperty("buyVol"));
                sold += PublicJson.Number(row.GetProperty("sellVol"));
                var at = PublicJson.Time(row.GetProperty("timestamp"));
                if (at > newest) newest = at;
            }
            if (!(sold > 0)) throw new FormatException("nothing was sold in a day");
            return new FactorValue(symbol, Factors.TakerRatio, bought / sold, newest);
        }, cancellation);

    // A symbol that the venue does not have is passed over; anything else that goes wrong ends the round, so that a venue in trouble is asked once and not a hundred times.
    private async Task<FactorAnswer> EachAsync(string path, string expected, Func<Symbol, JsonElement, FactorValue> read, CancellationToken cancellation)
    {
        var values = ImmutableArray.CreateBuilder<FactorValue>();
        FactorAnswer.Nothing? unlisted = null;
        foreach (var symbol in symbols)
        {
            var uri = new Uri(root, string.Format(CultureInfo.InvariantCulture, path, Uri.EscapeDataString(symbol.Name)));
            var (answer, missed) = await AskAsync(uri, SymbolWeight, expected, (json, headers) => new Row(read(symbol, json), Used(headers)), cancellation);
            if (answer is { Used: { } used }) return new FactorAnswer.Nothing(used, Minute);
            if (answer is not null) values.Add(answer.Value);
            else if (missed!.Why.Contains("came 400 ", StringComparison.Ordinal)) unlisted = missed;
            else return missed;
        }
        return values.Count == 0 && unlisted is not null ? unlisted : new FactorAnswer.Values(values.ToImmutable());
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

    private sealed record Row(FactorValue Value, string? Used);

    private string? Used(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-MBX-USED-WEIGHT-1M", out var texts) || !int.TryParse(texts.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var used)) return null;
        budget.Counted(used);
        return used > MostUsed ? $"the address has used {used} of the {VenueWeight} that the venue allows in a minute; expected at most {MostUsed}" : null;
    }
}
