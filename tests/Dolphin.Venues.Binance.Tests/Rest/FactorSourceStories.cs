using System.Collections.Immutable;
using Dolphin.Data.Deribit;
using Dolphin.Data.Public;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;

namespace Dolphin.Venues.Binance.Tests.Rest;

/// <summary>Public endpoints that behave, and that do not: every answer is one, and none is an exception.</summary>
public sealed class FactorSourceStories
{
    private static readonly Symbol Btc = new("BTCUSDT"), Eth = new("ETHUSDT");
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_767_600_000_000);
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private const string Premiums = """
        [{"symbol":"BTCUSDT","markPrice":"30150.00000000","indexPrice":"30000.00000000","lastFundingRate":"-0.00012300","nextFundingTime":1767628800000,"interestRate":"0.00010000","time":1767600000000},
         {"symbol":"BTCUSDT_260327","markPrice":"31000","indexPrice":"30000","lastFundingRate":"","time":1767600000000},
         {"symbol":"DOGEUSDT","markPrice":"0.1","indexPrice":"0.1","lastFundingRate":"0.0001","time":1767600000000}]
        """;

    private static HostBudget Budget() => new(0.8, TimeProvider.System);

    private static async Task<T> AskAsync<T>(Func<string, string?> server, Func<FactorClient, Task<FactorAnswer>> ask, TimeSpan? timeout = null) where T : FactorAnswer
    {
        using var standIn = new StandIn(path => path == "/fapi/v1/fundingInfo" ? StandIn.Ok("[]") : server(path));
        using var http = PublicJson.NewClient(timeout ?? Patient);
        return Assert.IsType<T>(await ask(new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System)));
    }

    private static Task<FactorAnswer.Nothing> NothingAsync(Func<string, string?> server, TimeSpan? timeout = null) =>
        AskAsync<FactorAnswer.Nothing>(server, c => c.PremiumsAsync(CancellationToken.None), timeout);

    private static async Task<FactorAnswer> DvolAsync(Func<string, string?> server)
    {
        using var standIn = new StandIn(server);
        using var http = PublicJson.NewClient(Patient);
        return await new DvolClient(http, standIn.Root, "BTC", new Standing(At)).FetchAsync(CancellationToken.None);
    }

    private sealed class Standing(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }

    [Fact(DisplayName = "Premiums: funding and basis of the symbols that are traded; a symbol that the venue does not list is left out")]
    public async Task PremiumIndex()
    {
        var values = await AskAsync<FactorAnswer.Values>(_ => StandIn.Ok(Premiums), c => c.PremiumsAsync(CancellationToken.None));
        Assert.Equal([new FactorValue(Btc, Factors.Funding, -0.000123, At), new FactorValue(Btc, Factors.Basis, 0.005, At)], values.All.AsEnumerable());
    }

    [Fact(DisplayName = "Open interest symbol by symbol; one that the venue refuses as unknown does not end the round")]
    public async Task OpenInterest()
    {
        var values = await AskAsync<FactorAnswer.Values>(
            path => path.Contains("BTCUSDT", StringComparison.Ordinal) ? StandIn.Status("400 Bad Request", """{"code":-1121,"msg":"Invalid symbol."}""") : StandIn.Ok("""{"openInterest":"10659.509","symbol":"ETHUSDT","time":1767600000000}"""),
            c => c.OpenInterestAsync(CancellationToken.None));
        Assert.Equal([new FactorValue(Eth, Factors.OpenInterest, 10659.509, At)], values.All.AsEnumerable());
    }

    [Fact(DisplayName = "Takers: what they bought in 24 hours over what they sold, at the newest hour")]
    public async Task Takers()
    {
        using var standIn = new StandIn(_ => StandIn.Ok(
            """[{"buySellRatio":"2","sellVol":"100","buyVol":"200","timestamp":1767596400000},{"buySellRatio":"0.5","sellVol":"300","buyVol":"100","timestamp":1767600000000}]"""));
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc], Budget(), TimeProvider.System).TakerRatiosAsync(CancellationToken.None));
        Assert.Equal([new FactorValue(Btc, Factors.TakerRatio, 0.75, At)], values.All.AsEnumerable());
        Assert.Equal(["/futures/data/takerlongshortRatio?symbol=BTCUSDT&period=1h&limit=24"], standIn.Asked);
    }

    // ---- trouble of one symbol, trouble of the venue ---------------------------------------------------------------

    private static readonly ImmutableArray<Symbol> Ten = [.. Enumerable.Range(0, 10).Select(i => new Symbol($"A{i}USDT"))];
    private static readonly string Sold = StandIn.Ok("""[{"sellVol":"4","buyVol":"2","timestamp":1767600000000}]""");
    private static readonly string Trouble = StandIn.Status("503 Service Unavailable");

    /// <param name="sick">What the symbols of these numbers answer; null: what all do.</param>
    private static async Task<(FactorAnswer Answer, int Asked)> TakersAsync(Func<int, string?> sick, Func<FactorClient, Task<FactorAnswer>>? ask = null)
    {
        using var standIn = new StandIn(path => sick(path[path.IndexOf("symbol=A", StringComparison.Ordinal) + 8] - '0') ?? Sold);
        using var http = PublicJson.NewClient(Patient);
        var client = new FactorClient(http, standIn.Root, Ten, Budget(), TimeProvider.System);
        return (await (ask is null ? client.TakerRatiosAsync(CancellationToken.None) : ask(client)), standIn.Asked.Length);
    }

    public static TheoryData<string, string> Sick => new()
    {
        { StandIn.Ok("[]"), "sold" }, { StandIn.Ok("""[{"sellVol":"0","buyVol":"0","timestamp":1767600000000}]"""), "sold" }, { Trouble, "503" },
        { StandIn.Ok("<html>maintenance</html>"), "cannot be read" }, { StandIn.Status("400 Bad Request", """{"code":-1121,"msg":"Invalid symbol."}"""), "400" },
    };

    [Theory(DisplayName = "One symbol without rows, without sales, in trouble or unheard of costs nobody else the factor, nor its past; it is counted, and the reason said")]
    [MemberData(nameof(Sick))]
    public async Task One_sick(string answer, string why)
    {
        foreach (var ask in (Func<FactorClient, Task<FactorAnswer>>[])[c => c.TakerRatiosAsync(CancellationToken.None), c => c.TakerRatiosAsync(TimeSpan.FromHours(26), CancellationToken.None)])
        {
            var (given, asked) = await TakersAsync(i => i == 4 ? answer : null, ask);
            var values = Assert.IsType<FactorAnswer.Values>(given);
            Assert.Equal(Ten.RemoveAt(4).AsEnumerable(), values.All.Select(v => v.Asset!.Value));
            Assert.Equal((1, 10), (values.Lacking, asked));
            Assert.StartsWith("A4USDT: ", values.Why, StringComparison.Ordinal);
            Assert.Contains(why, values.Why, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "Trouble here and there ends no round; three times in a row it does, and what was gathered before counts")]
    public async Task Three_in_a_row()
    {
        var (here, asked) = await TakersAsync(i => i % 3 != 0 ? Trouble : null);
        Assert.Equal((4, 6, 10), (((FactorAnswer.Values)here).All.Length, ((FactorAnswer.Values)here).Lacking, asked));
        (var down, asked) = await TakersAsync(i => i is >= 2 and < 9 ? Trouble : null);
        Assert.Equal((2, 8, 5), (((FactorAnswer.Values)down).All.Length, ((FactorAnswer.Values)down).Lacking, asked));
        (var never, asked) = await TakersAsync(_ => Trouble);
        Assert.Contains("503 Service Unavailable, and no better 3 times in a row", Assert.IsType<FactorAnswer.Nothing>(never).Why, StringComparison.Ordinal);
        Assert.Equal(3, asked);
        (var empty, asked) = await TakersAsync(_ => StandIn.Ok("[]"));
        Assert.Contains("nothing that was sold", Assert.IsType<FactorAnswer.Nothing>(empty).Why, StringComparison.Ordinal);
        Assert.Equal(10, asked); // An answer is no trouble.
    }

    [Fact(DisplayName = "A refusal in the middle of a round ends it at once: what was gathered counts, nobody is asked until it is over")]
    public async Task Refused_in_the_middle()
    {
        var (answer, asked) = await TakersAsync(i => i == 3 ? StandIn.Status("429 Too Many Requests", "", "Retry-After: 9\r\n") : null, async client =>
        {
            var round = await client.TakerRatiosAsync(CancellationToken.None);
            Assert.InRange(Assert.IsType<FactorAnswer.Nothing>(await client.OpenInterestAsync(CancellationToken.None)).NotBefore!.Value.TotalSeconds, 1, 9);
            return round;
        });
        var values = Assert.IsType<FactorAnswer.Values>(answer);
        Assert.Equal((3, 7, 4), (values.All.Length, values.Lacking, asked));
    }

    [Fact(DisplayName = "Of a list of premiums a row that is broken costs that symbol what cannot be read of it, and nobody else anything")]
    public async Task Premium_rows()
    {
        var values = await AskAsync<FactorAnswer.Values>(
            _ => StandIn.Ok("""
                [{"symbol":"BTCUSDT","markPrice":"","indexPrice":"","lastFundingRate":"0.0001","time":1767600000000},17,{"markPrice":"1"},
                 {"symbol":"ETHUSDT","markPrice":"3030","indexPrice":"3000","lastFundingRate":"-0.0002","time":1767600000000}]
                """), c => c.PremiumsAsync(CancellationToken.None));
        Assert.Equal(
            [new FactorValue(Btc, Factors.Funding, 0.0001, At), new FactorValue(Eth, Factors.Funding, -0.0002, At), new FactorValue(Eth, Factors.Basis, 0.01, At)], values.All.AsEnumerable());
        Assert.Equal(1, values.Lacking);
        Assert.StartsWith("BTCUSDT: what cannot be read: ", values.Why, StringComparison.Ordinal);
        Assert.Equal("ETHUSDT: it is not in the list", (await AskAsync<FactorAnswer.Values>(_ => StandIn.Ok(Premiums), c => c.PremiumsAsync(CancellationToken.None))).Why);
    }

    [Fact(DisplayName = "Of a past of many pages a row that is broken is left out, and where a later page does not come the older ones count")]
    public async Task Funding_rows()
    {
        var full = string.Join(',', Enumerable.Range(0, FactorClient.PageRows).Select(i => Settled("ETHUSDT", 120 - 0.1 * i, i == 3 ? "" : "0.0001")));
        using var standIn = new StandIn(path => path.Contains($"startTime={Ms(120)}", StringComparison.Ordinal) ? StandIn.Ok($"[{full}]") : Trouble);
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).SettledAsync(At.AddDays(-5), CancellationToken.None));
        Assert.Equal((FactorClient.PageRows - 1, 2, 2), (values.All.Length, values.Lacking, standIn.Asked.Length));
    }

    private static long Ms(double hoursAgo) => At.AddHours(-hoursAgo).ToUnixTimeMilliseconds();
    private static string Settled(string symbol, double hoursAgo, string rate) => $$"""{"symbol":"{{symbol}}","fundingTime":{{Ms(hoursAgo)}},"fundingRate":"{{rate}}","markPrice":"30150.0"}""";

    [Fact(DisplayName = "Settled funding of the symbols that are traded, since a moment, each with its own time and in order of it")]
    public async Task Funding_past()
    {
        using var standIn = new StandIn(_ => StandIn.Ok($"[{Settled("ETHUSDT", 8, "-0.0002")},{Settled("BTCUSDT", 16, "0.0001")},{Settled("DOGEUSDT", 8, "0.01")}]"));
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).SettledAsync(At.AddDays(-5), CancellationToken.None));
        Assert.Equal([new FactorValue(Btc, Factors.Funding, 0.0001, At.AddHours(-16)), new FactorValue(Eth, Factors.Funding, -0.0002, At.AddHours(-8))], values.All.AsEnumerable());
        Assert.Equal([$"/fapi/v1/fundingRate?startTime={Ms(120)}&limit=1000"], standIn.Asked);
    }

    [Fact(DisplayName = "A past of many pages is asked for page by page: an instant that goes on in the next page is asked for again, and no rate of it is missing")]
    public async Task Funding_pages()
    {
        // 600 symbols settle every eight hours: a page ends in the middle of an instant.
        string[] names = ["BTCUSDT", "ETHUSDT", .. Enumerable.Range(0, 598).Select(i => $"X{i}USDT")];
        var all = Enumerable.Range(0, 15).SelectMany(i => names.Select(name => (At: Ms(120 - 8 * i), Name: name))).ToArray();
        using var standIn = new StandIn(path =>
        {
            var from = long.Parse(path.Split("startTime=")[1].Split('&')[0], System.Globalization.CultureInfo.InvariantCulture);
            return StandIn.Ok($"[{string.Join(',', all.Where(r => r.At >= from).Take(1_000).Select(r => $$"""{"symbol":"{{r.Name}}","fundingTime":{{r.At}},"fundingRate":"0.0001"}"""))}]");
        });
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).SettledAsync(At.AddDays(-6), CancellationToken.None));
        foreach (var symbol in new[] { Btc, Eth })
            Assert.Equal(Enumerable.Range(0, 15).Select(i => At.AddHours(8 * i - 120)), values.All.Where(v => v.Asset == symbol).Select(v => v.At).Distinct());
        Assert.InRange(standIn.Asked.Length, 10, 16);
    }

    [Fact(DisplayName = "A venue that answers the same full page for ever is asked so many times and no more; one that refuses is asked once")]
    public async Task Funding_bounded()
    {
        var same = StandIn.Ok($"[{string.Join(',', Enumerable.Repeat(Settled("BTCUSDT", 120, "0.0001"), FactorClient.PageRows))}]");
        using var standIn = new StandIn(_ => same);
        using var http = PublicJson.NewClient(Patient);
        Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc], Budget(), TimeProvider.System).SettledAsync(At.AddDays(-6), CancellationToken.None));
        Assert.Equal(FactorClient.MostPages, standIn.Asked.Length);

        using var refusing = new StandIn(_ => StandIn.Status("429 Too Many Requests", "", "Retry-After: 9\r\n"));
        var nothing = Assert.IsType<FactorAnswer.Nothing>(await new FactorClient(http, refusing.Root, [Btc], Budget(), TimeProvider.System).SettledAsync(At.AddDays(-6), CancellationToken.None));
        Assert.Equal((TimeSpan.FromSeconds(9), 1), (nothing.NotBefore!.Value, refusing.Asked.Length));
    }

    private sealed class Hands : TimeProvider
    {
        public TimeSpan Gone { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Gone.Ticks;
    }

    [Fact(DisplayName = "Funding that is paid every four hours, or every hour, is told as of eight; who is not in the list of intervals is paid every eight. The list is asked for once an hour")]
    public async Task Intervals()
    {
        var (hours, hands) = ("4", new Hands());
        using var standIn = new StandIn(path => StandIn.Ok(path.Contains("fundingInfo", StringComparison.Ordinal)
            ? $$"""[{"symbol":"BTCUSDT","adjustedFundingRateCap":"0.02","fundingIntervalHours":{{hours}}},7,{"symbol":"DOGEUSDT"}]"""
            : """
              [{"symbol":"BTCUSDT","markPrice":"1","indexPrice":"1","lastFundingRate":"0.0005","time":1767600000000},{"symbol":"ETHUSDT","markPrice":"1","indexPrice":"1","lastFundingRate":"0.0005","time":1767600000000}]
              """));
        using var http = PublicJson.NewClient(Patient);
        var client = new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), hands);
        async Task<double?[]> AskAsync()
        {
            var values = Assert.IsType<FactorAnswer.Values>(await client.PremiumsAsync(CancellationToken.None));
            Assert.Equal(2, values.All.Count(v => v.Factor == Factors.Basis));
            double? Of(Symbol symbol) => values.All.Where(v => v.Asset == symbol && v.Factor == Factors.Funding).Select(v => (double?)v.Value).SingleOrDefault();
            Assert.Equal(values.All.Length == 4 ? 0 : 1, values.Lacking);
            return [Of(Btc), Of(Eth)];
        }
        int Lists() => standIn.Asked.Count(path => path == "/fapi/v1/fundingInfo");

        Assert.Equal([0.001, 0.0005], await AskAsync());
        hours = "1";
        hands.Gone = TimeSpan.FromMinutes(59);
        Assert.Equal([0.001, 0.0005], await AskAsync());
        Assert.Equal(1, Lists());
        hands.Gone = TimeSpan.FromMinutes(60);
        Assert.Equal([0.004, 0.0005], await AskAsync());
        (hours, hands.Gone) = ("72", TimeSpan.FromHours(2));
        Assert.Equal([null, 0.0005], await AskAsync()); // What nobody knows is not guessed.
        (hours, hands.Gone) = ("half", TimeSpan.FromHours(3)); // No JSON: the list before counts.
        Assert.Equal([null, 0.0005], await AskAsync());
        hours = "4";
        Assert.Equal([0.001, 0.0005], await AskAsync());
        Assert.Equal(5, Lists());
    }

    [Fact(DisplayName = "As long as the list of intervals has never come there is a basis and no funding: a rate of an hour would look like an eighth of itself")]
    public async Task No_intervals()
    {
        using var standIn = new StandIn(path => path.Contains("fundingInfo", StringComparison.Ordinal) ? Trouble : StandIn.Ok(Premiums));
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc], Budget(), TimeProvider.System).PremiumsAsync(CancellationToken.None));
        Assert.Equal(Factors.Basis, Assert.Single(values.All).Factor);
        Assert.Equal(1, values.Lacking);
        Assert.Contains("/fapi/v1/fundingInfo: expected a list of symbols with fundingIntervalHours; came 503", values.Why, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Settled funding is told as of eight hours, by the distance from the settlement before: every four hours doubles it, every hour is eight times as much, and a symbol may change")]
    public async Task Settled_intervals()
    {
        string[] rows =
        [
            Settled("BTCUSDT", 24, "0.0001"), Settled("BTCUSDT", 16, "0.0001"), Settled("BTCUSDT", 12, "0.0001"), Settled("BTCUSDT", 8, "0.0001"), Settled("BTCUSDT", 7, "0.0001"),
            Settled("ETHUSDT", 8.0001, "-0.0003"), Settled("ETHUSDT", 4, "-0.0003"),
        ];
        using var standIn = new StandIn(_ => StandIn.Ok($"[{string.Join(',', rows)}]"));
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).SettledAsync(At.AddDays(-5), CancellationToken.None));
        Assert.Equal([0.0001, 0.0001, 0.0002, 0.0002, 0.0008], values.All.Where(v => v.Asset == Btc).Select(v => v.Value));
        Assert.Equal([-0.0006, -0.0006], values.All.Where(v => v.Asset == Eth).Select(v => v.Value));
    }

    [Fact(DisplayName = "Takers' past: the ratio of the day that ended with each hour, of every symbol in order of time; who has traded for less than a day has one")]
    public async Task Takers_past()
    {
        using var standIn = new StandIn(path => StandIn.Ok(path.Contains("BTCUSDT", StringComparison.Ordinal)
            ? $"[{string.Join(',', Enumerable.Range(0, 26).Select(i => $$"""{"sellVol":"1","buyVol":"{{i}}","timestamp":{{Ms(25 - i)}}}"""))}]"
            : $$"""[{"sellVol":"4","buyVol":"2","timestamp":{{Ms(1.5)}}}]"""));
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).TakerRatiosAsync(TimeSpan.FromHours(2), CancellationToken.None));
        Assert.Equal(
            [
                new FactorValue(Btc, Factors.TakerRatio, 11.5, At.AddHours(-2)), new FactorValue(Eth, Factors.TakerRatio, 0.5, At.AddHours(-1.5)),
                new FactorValue(Btc, Factors.TakerRatio, 12.5, At.AddHours(-1)), new FactorValue(Btc, Factors.TakerRatio, 13.5, At),
            ], values.All.AsEnumerable());
        Assert.EndsWith("&limit=26", standIn.Asked[0], StringComparison.Ordinal);
    }

    [Fact(DisplayName = "DVOL's past: the close of each hour of a day; of the hour that is not over, as it is now")]
    public async Task Dvol_past()
    {
        using var standIn = new StandIn(path =>
        {
            Assert.Contains("resolution=3600", path, StringComparison.Ordinal);
            return StandIn.Ok($"{{\"result\":{{\"data\":[[{Ms(0.5)},50,51,50,52],[{Ms(1.5)},49,49,49,51]]}}}}");
        });
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new DvolClient(http, standIn.Root, "BTC", new Standing(At)).PastAsync(CancellationToken.None));
        Assert.Equal([new FactorValue(null, Factors.Dvol, 51, At.AddHours(-0.5)), new FactorValue(null, Factors.Dvol, 52, At)], values.All.AsEnumerable());
    }

    [Fact(DisplayName = "DVOL: the newest minute's close, whatever the order of the candles; a minute that is not over counts from now")]
    public async Task Dvol()
    {
        var (old, now) = (At.AddMinutes(-2).ToUnixTimeMilliseconds(), At.AddSeconds(-20).ToUnixTimeMilliseconds());
        var values = Assert.IsType<FactorAnswer.Values>(await DvolAsync(path =>
        {
            Assert.Contains("currency=BTC", path, StringComparison.Ordinal);
            return StandIn.Ok($"{{\"jsonrpc\":\"2.0\",\"result\":{{\"data\":[[{now},50.1,51,50,50.75],[{old},49,49,49,49]],\"continuation\":null}}}}");
        }));
        Assert.Equal([new FactorValue(null, Factors.Dvol, 50.75, At)], values.All.AsEnumerable());
        var none = Assert.IsType<FactorAnswer.Nothing>(await DvolAsync(_ => StandIn.Ok("""{"result":{"data":[]}}""")));
        Assert.Contains("no candle of the last 10 min", none.Why, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "429 and 418 say how long they want to be left alone, in seconds or as a date; if they do not, a minute and two")]
    [InlineData("429 Too Many Requests", "Retry-After: 37\r\n", 37)]
    [InlineData("418 I'm a teapot", "Retry-After: 7200\r\n", 7_200)]
    [InlineData("429 Too Many Requests", "", 60)]
    [InlineData("418 I'm a teapot", "", 120)]
    [InlineData("429 Too Many Requests", "Retry-After: -5\r\n", 60)]
    [InlineData("429 Too Many Requests", "Date: Mon, 05 Jan 2026 08:00:00 GMT\r\nRetry-After: Mon, 05 Jan 2026 08:05:00 GMT\r\n", 300)]
    public async Task Left_alone(string status, string headers, int seconds)
    {
        var nothing = await NothingAsync(_ => StandIn.Status(status, "{}", headers));
        Assert.Equal(TimeSpan.FromSeconds(seconds), nothing.NotBefore);
        Assert.Contains("/fapi/v1/premiumIndex: expected a list of symbols", nothing.Why, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A round of many symbols ends at the first 429: a venue in trouble is asked once")]
    public async Task Round_ends()
    {
        using var standIn = new StandIn(_ => StandIn.Status("429 Too Many Requests", "", "Retry-After: 5\r\n"));
        using var http = PublicJson.NewClient(Patient);
        var nothing = Assert.IsType<FactorAnswer.Nothing>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).OpenInterestAsync(CancellationToken.None));
        Assert.Equal((TimeSpan.FromSeconds(5), 1), (nothing.NotBefore!.Value, standIn.Asked.Length));
    }

    [Fact(DisplayName = "After anybody's refusal nobody asks the host until it is over, and each hears how long that is")]
    public async Task Shared_refusal()
    {
        using var standIn = new StandIn(path => path.Contains("premiumIndex", StringComparison.Ordinal) ? StandIn.Status("418 I'm a teapot", "{}", "Retry-After: 120\r\n") : StandIn.Ok("[]"));
        using var http = PublicJson.NewClient(Patient);
        var budget = Budget();
        var (first, second) = (new FactorClient(http, standIn.Root, [Btc], budget, TimeProvider.System), new FactorClient(http, standIn.Root, [Eth], budget, TimeProvider.System));

        Assert.Equal(TimeSpan.FromSeconds(120), Assert.IsType<FactorAnswer.Nothing>(await first.PremiumsAsync(CancellationToken.None)).NotBefore);
        foreach (var ask in (Func<CancellationToken, Task<FactorAnswer>>[])[first.PremiumsAsync, first.OpenInterestAsync, second.TakerRatiosAsync, second.PremiumsAsync])
        {
            var nothing = Assert.IsType<FactorAnswer.Nothing>(await ask(CancellationToken.None));
            Assert.InRange(nothing.NotBefore!.Value.TotalSeconds, 1, 120);
            Assert.Contains("not asked", nothing.Why, StringComparison.Ordinal);
        }
        Assert.Single(standIn.Asked);
        Assert.Equal(1, budget.Refusals);
    }

    [Fact(DisplayName = "An address that has used most of its weight, by whomever, ends the round: what has come counts, and of all at once nothing has")]
    public async Task Weight()
    {
        const string used = "X-MBX-USED-WEIGHT-1M: 2100\r\n";
        using var standIn = new StandIn(_ => StandIn.Ok("""{"openInterest":"1","time":1767600000000}""", used));
        using var http = PublicJson.NewClient(Patient);
        var values = Assert.IsType<FactorAnswer.Values>(await new FactorClient(http, standIn.Root, [Btc, Eth], Budget(), TimeProvider.System).OpenInterestAsync(CancellationToken.None));
        Assert.Equal((Btc, 1), (Assert.Single(values.All).Asset!.Value, values.Lacking));
        Assert.StartsWith("ETHUSDT: the address has used 2100 of the 2400", values.Why, StringComparison.Ordinal);
        Assert.Single(standIn.Asked);
        Assert.Contains("2100 of the 2400", (await NothingAsync(_ => StandIn.Ok(Premiums, used))).Why, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "What is no such answer is said: broken JSON, another shape, no numbers, an error of the server, half an answer")]
    [InlineData("[{\"symbol\":\"BTCUSDT\",\"markPrice\"")]
    [InlineData("{\"code\":-1000}")]
    [InlineData("[{\"symbol\":\"BTCUSDT\"}]")]
    [InlineData("[{\"symbol\":\"BTCUSDT\",\"markPrice\":\"much\",\"indexPrice\":\"1\",\"time\":1767600000000}]")]
    [InlineData("[{\"symbol\":\"BTCUSDT\",\"markPrice\":\"1\",\"indexPrice\":\"1\",\"time\":99999999999999999}]")]
    [InlineData("[1,2,3]")]
    [InlineData("")]
    [InlineData("<html>maintenance</html>")]
    public async Task Malformed(string body) => Assert.Contains("came what cannot be read", (await NothingAsync(_ => StandIn.Ok(body))).Why, StringComparison.Ordinal);

    [Fact(DisplayName = "500, a connection that is cut in the middle, and nobody at the address are said in words")]
    public async Task Down()
    {
        Assert.Contains("came 500 Internal Server Error", (await NothingAsync(_ => StandIn.Status("500 Internal Server Error"))).Why, StringComparison.Ordinal);
        Assert.Contains("came 302 Found", (await NothingAsync(_ => StandIn.Status("302 Found", "", "Location: http://127.0.0.1:1/\r\n"))).Why, StringComparison.Ordinal);
        Assert.NotEmpty((await NothingAsync(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n[{")).Why);
        Assert.NotEmpty((await NothingAsync(_ => "what?")).Why);
        using var gone = new StandIn(_ => null);
        var root = gone.Root;
        gone.Dispose();
        using var http = PublicJson.NewClient(Patient);
        Assert.NotEmpty(Assert.IsType<FactorAnswer.Nothing>(await new FactorClient(http, root, [Btc], Budget(), TimeProvider.System).PremiumsAsync(CancellationToken.None)).Why);
    }

    [Fact(DisplayName = "A server that says nothing is given up after the timeout, and one that never stops after 4 MiB")]
    public async Task Without_end()
    {
        Assert.Contains("came nothing within 0.2 s", (await NothingAsync(_ => null, TimeSpan.FromMilliseconds(200))).Why, StringComparison.Ordinal);
        Assert.NotEmpty((await NothingAsync(_ => StandIn.Ok(new string(' ', PublicJson.MostBytes + 1)))).Why);
    }

    [Fact(DisplayName = "Absurd numbers arrive as they are, and the cache refuses them")]
    public async Task Absurd()
    {
        var values = await AskAsync<FactorAnswer.Values>(
            _ => StandIn.Ok("""[{"symbol":"BTCUSDT","markPrice":"1e300","indexPrice":"1","lastFundingRate":"7","time":1767600000000}]"""), c => c.PremiumsAsync(CancellationToken.None));
        var cache = new FactorCache(FactorPolicy.Create(new FactorSettings(), [], "test", [])!);
        Assert.All(values.All, v => Assert.Equal(FactorOutcome.Absurd, cache.Take(v, At)));
        Assert.Equal(2, values.All.Length);
    }

    [Fact(DisplayName = "Whoever has lost interest gets no answer")]
    public async Task Cancelled()
    {
        using var standIn = new StandIn(_ => null);
        using var http = PublicJson.NewClient(Patient);
        using var stop = new CancellationTokenSource();
        var asking = new FactorClient(http, standIn.Root, [Btc], Budget(), TimeProvider.System).PremiumsAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }
}
