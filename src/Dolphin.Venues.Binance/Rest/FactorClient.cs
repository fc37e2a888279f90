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
/// <param name="time">By which the list of intervals ages.</param>
public sealed class FactorClient(HttpClient http, Uri root, ImmutableArray<Symbol> symbols, HostBudget budget, TimeProvider time)
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

    /// <summary>Of a round so many requests in a row that bring nothing, and the venue is in trouble: it is asked no more.</summary>
    public const int MostFailures = 3;

    /// <summary>The venue changes an interval some times in a month, and says so before.</summary>
    private static readonly TimeSpan IntervalsFreshFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private FundingIntervals? _intervals;
    private long _intervalsAt;

    /// <summary>GET /fapi/v1/premiumIndex: the funding rate that is being made, and mark over index; and once an hour GET /fapi/v1/fundingInfo for the intervals that the rates are of.</summary>
    /// <remarks>Until the intervals have come once there is no funding: a rate of an hour would look like an eighth of itself. Afterwards the last list counts until there is a newer one.</remarks>
    public async Task<FactorAnswer> PremiumsAsync(CancellationToken cancellation)
    {
        var (gathered, missed) = await AskAsync(new Uri(root, "/fapi/v1/premiumIndex"), PremiumWeight, "a list of symbols with markPrice, indexPrice, lastFundingRate and time", (json, headers) =>
        {
            if (Used(headers) is { } used) throw new FormatException(used);
            var (round, listed) = (new Gathered(), new Dictionary<Symbol, JsonElement>());
            foreach (var row in json.EnumerateArray()) round.Try(() => listed[SymbolOf(row)] = row);
            foreach (var symbol in symbols)
                if (listed.TryGetValue(symbol, out var row)) AddPremium(round, symbol, row);
                else round.Lack(symbol, "it is not in the list");
            round.ToAnswerOrThrow();
            return round;
        }, cancellation);
        if (gathered is null) return missed!;
        var unknown = await LearnIntervalsAsync(cancellation);
        for (var i = gathered.Values.Count - 1; i >= 0; i--)
        {
            if (gathered.Values[i] is not { Factor: Factors.Funding, Asset: { } symbol } rate) continue;
            if (_intervals?.Of(symbol) is { } interval)
            {
                gathered.Values[i] = rate with { Value = FundingInterval.PerEightHours(rate.Value, interval) };
                continue;
            }
            gathered.Values.RemoveAt(i);
            gathered.Lack(symbol, unknown?.Why ?? "its fundingIntervalHours cannot be read; expected 1 to 8");
        }
        return gathered.ToAnswer();
    }

    /// <returns>Why there is no list of now; null where there is one.</returns>
    private async Task<FactorAnswer.Nothing?> LearnIntervalsAsync(CancellationToken cancellation)
    {
        if (_intervals is not null && time.GetElapsedTime(_intervalsAt) < IntervalsFreshFor) return null;
        var (intervals, missed) = await AskAsync(new Uri(root, "/fapi/v1/fundingInfo"), SymbolWeight, "a list of symbols with fundingIntervalHours", (json, headers) =>
        {
            if (Used(headers) is { } used) throw new FormatException(used);
            return FundingIntervals.Read(json);
        }, cancellation);
        if (intervals is null) return missed;
        (_intervals, _intervalsAt) = (intervals, time.GetTimestamp());
        return null;
    }

    // What cannot be read of one symbol, or of one price, costs no other value.
    private static void AddPremium(Gathered gathered, Symbol symbol, JsonElement row)
    {
        gathered.TryOf(symbol, () =>
        {
            if (row.TryGetProperty("lastFundingRate", out var rate) && rate.GetRawText().Trim('"').Length > 0) // Empty for contracts with a delivery.
                gathered.Values.Add(new FactorValue(symbol, Factors.Funding, PublicJson.Number(rate), At()));
        });
        gathered.TryOf(symbol, () =>
        {
            var (mark, index) = (PublicJson.Number(row.GetProperty("markPrice")), PublicJson.Number(row.GetProperty("indexPrice")));
            if (!(index > 0)) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"expected an indexPrice above zero; came {index}"));
            gathered.Values.Add(new FactorValue(symbol, Factors.Basis, (mark - index) / index, At()));
        });

        DateTimeOffset At() => PublicJson.Time(row.GetProperty("time"));
    }

    private static Symbol SymbolOf(JsonElement row) => new(row.GetProperty("symbol").GetString() ?? "");

    /// <summary>GET /fapi/v1/fundingRate of all symbols at once, page by page in order of time: what was settled since a moment, at most <see cref="MostPages"/> pages, the oldest. Of what interval a rate is their distance says.</summary>
    /// <remarks>The venue counts these with fundingInfo, 500 in five minutes, apart from weight; here each is taken out of the weight too.</remarks>
    public async Task<FactorAnswer> SettledAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        var (wanted, gathered) = (symbols.ToHashSet(), new Gathered());
        var from = since.ToUnixTimeMilliseconds();
        for (var page = 0; page < MostPages; page++)
        {
            var uri = new Uri(root, string.Create(CultureInfo.InvariantCulture, $"/fapi/v1/fundingRate?startTime={from}&limit={PageRows}"));
            var (settled, missed) = await AskAsync(uri, SymbolWeight, "a list of symbols with fundingTime and fundingRate", (json, headers) =>
            {
                if (Used(headers) is { } used) throw new FormatException(used);
                var last = from;
                foreach (var row in json.EnumerateArray())
                    gathered.Try(() =>
                    {
                        var (symbol, at) = (SymbolOf(row), PublicJson.Time(row.GetProperty("fundingTime")));
                        last = Math.Max(last, at.ToUnixTimeMilliseconds());
                        if (wanted.Contains(symbol)) gathered.TryOf(symbol, () => gathered.Values.Add(new FactorValue(symbol, Factors.Funding, PublicJson.Number(row.GetProperty("fundingRate")), at)));
                    });
                gathered.ToAnswerOrThrow();
                return new Page(json.GetArrayLength(), last);
            }, cancellation);
            if (settled is null)
            {
                if (gathered.Values.Count == 0) return missed!;
                foreach (var symbol in symbols) gathered.Lack(symbol, missed!.Why); // What is older is there, and who listens with a lag needs that first.
                break;
            }
            if (settled.Rows < PageRows) break;
            // An instant may go on in the next page. What comes twice is taken once; a page of one instant alone is left behind.
            from = settled.Last > from ? settled.Last : from + 1;
        }
        SettledFunding.Normalise(gathered.Values, Enumerable.Range(0, gathered.Values.Count));
        return gathered.ToAnswer();
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
            var values = ImmutableArray.CreateBuilder<FactorValue>();
            for (var end = Math.Min(Day, rows.Length); end <= rows.Length; end++)
            {
                var day = rows.AsSpan(Math.Max(0, end - Day)..end);
                double bought = 0, sold = 0;
                foreach (var row in day) (bought, sold) = (bought + row.Bought, sold + row.Sold);
                if (sold > 0) values.Add(new FactorValue(symbol, Factors.TakerRatio, bought / sold, day[^1].At));
            }
            return values.ToImmutable(); // None where nobody sold: newly listed, or halted.
        }, cancellation);
    }

    // One symbol's trouble is that symbol's, and what the others have is gathered. A venue in trouble is asked a few times and not a hundred; one that wants to be left alone is.
    private async Task<FactorAnswer> EachAsync(string path, string expected, Func<Symbol, JsonElement, ImmutableArray<FactorValue>> read, CancellationToken cancellation)
    {
        var (gathered, failures) = (new Gathered(), 0);
        FactorAnswer.Nothing? first = null, end = null;
        foreach (var symbol in symbols)
        {
            if (end is not null)
            {
                gathered.Lack(symbol, end.Why);
                continue;
            }

            var uri = new Uri(root, string.Format(CultureInfo.InvariantCulture, path, Uri.EscapeDataString(symbol.Name)));
            var (answer, missed) = await AskAsync(uri, SymbolWeight, expected, (json, headers) => new Row(read(symbol, json), Used(headers)), cancellation);
            if (answer is not null)
            {
                gathered.Values.AddRange(answer.Values);
                if (answer.Values.IsEmpty) missed = new FactorAnswer.Nothing($"{uri.GetLeftPart(UriPartial.Path)}: expected {expected}; came nothing that was sold in a day");
                if (answer.Used is { } used) end = new FactorAnswer.Nothing(used, Minute);
            }
            failures = answer is null && missed is not { Status: NotListed } ? failures + 1 : 0;
            if (missed is null) continue;
            first ??= missed;
            gathered.Lack(symbol, missed.Why);
            if (missed.NotBefore is not null) end = missed;
            else if (failures == MostFailures) end = missed with { Why = $"{missed.Why}, and no better {MostFailures} times in a row" };
        }
        return gathered.Values.Count == 0 && (end ?? first) is { } nothing ? nothing : gathered.ToAnswer();
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

    private const int NotListed = 400; // "Invalid symbol."

    private sealed record Row(ImmutableArray<FactorValue> Values, string? Used);

    /// <param name="Rows">Of whomever.</param>
    /// <param name="Last">Time of the newest, Unix milliseconds.</param>
    private sealed record Page(int Rows, long Last);

    /// <summary>What a round has so far, and of whom something is lacking.</summary>
    private sealed class Gathered
    {
        private readonly HashSet<Symbol> _lacking = [];
        private string _why = "";
        private Exception? _unreadable; // The newest.

        public List<FactorValue> Values { get; } = [];

        public void Lack(Symbol symbol, string why)
        {
            if (_lacking.Count == 0) _why = $"{symbol}: {why}";
            _lacking.Add(symbol);
        }

        /// <returns>False, and nothing was added, where it cannot be read.</returns>
        public bool Try(Action add)
        {
            try
            {
                add();
                return true;
            }
            catch (Exception e) when (PublicJson.IsUnreadable(e))
            {
                _unreadable = e;
                return false;
            }
        }

        public void TryOf(Symbol symbol, Action add)
        {
            if (!Try(add)) Lack(symbol, $"what cannot be read: {_unreadable!.Message.TrimEnd('.')}");
        }

        public FactorAnswer.Values ToAnswer() => new([.. Values.OrderBy(v => v.At)], _lacking.Count, _why);

        /// <exception cref="FormatException">There is no value, and something that might have been one.</exception>
        public FactorAnswer.Values ToAnswerOrThrow() =>
            Values.Count == 0 && _unreadable is { } e ? throw new FormatException(e.Message, e) : ToAnswer();
    }

    private string? Used(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-MBX-USED-WEIGHT-1M", out var texts) || !int.TryParse(texts.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var used)) return null;
        budget.Counted(used);
        return used > MostUsed ? $"the address has used {used} of the {VenueWeight} that the venue allows in a minute; expected at most {MostUsed}" : null;
    }
}
