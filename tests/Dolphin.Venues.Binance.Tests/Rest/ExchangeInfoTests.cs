using System.IO.Compression;
using System.Text;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Venues.Binance.Rest;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Rest;

public sealed class ExchangeInfoTests
{
    private static ExchangeInfo Recorded(string name)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(RecordedFactAttribute.PathOf("07_raw_ws_rest_sessions_cryptofeed", name)), CompressionMode.Decompress));
        var line = reader.ReadLine()!;
        return ExchangeInfo.Read(Encoding.UTF8.GetBytes(line[line.IndexOf('{', StringComparison.Ordinal)..]));
    }

    [RecordedFact(DisplayName = "USD-M: 122 symbols, their grids, what they trade for at least, and the limits of asking")]
    public void Futures()
    {
        var info = Recorded("BINANCE_FUTURES.0.gz");
        Assert.Equal((122, 121, 0), (info.Symbols.Count, info.Symbols.Values.Count(s => s.IsTrading), info.Refused.Length));
        var btc = info.Symbols[new Symbol("BTCUSDT")];
        Assert.Equal((0.01m, 0.001m, new Quantity(0.001m), new Money(5m), 0.15m), (btc.TickSize, btc.LotSize, btc.MinQuantity, btc.MinNotional, btc.PercentPrice));
        Assert.Equal(("PERPETUAL", "USDT", new SymbolGrid(new(2), new(3))), (btc.ContractType, btc.QuoteAsset, btc.Grid));
        Assert.Equal(new DateTimeOffset(2021, 7, 21, 9, 4, 3, 909, TimeSpan.Zero), info.ServerTime);
        Assert.Contains(new RequestLimit("REQUEST_WEIGHT", TimeSpan.FromMinutes(1), 2_400), info.Limits);
        Assert.Contains(new RequestLimit("ORDERS", TimeSpan.FromSeconds(10), 300), info.Limits);
        Assert.All(info.Symbols.Values, s => Assert.False(s.IsEnding(info.ServerTime, TimeSpan.FromDays(30)) || s.IsSettled(info.ServerTime), $"{s}"));
        var quarter = info.Symbols[new Symbol("BTCUSDT_210924")];
        Assert.Equal((new DateTimeOffset(2021, 9, 24, 8, 0, 0, TimeSpan.Zero), false), (quarter.Delivery, quarter.IsPerpetual));
        Assert.True(quarter.IsEnding(quarter.Delivery!.Value.AddHours(-2), TimeSpan.FromHours(2)));
    }

    private static readonly DateTimeOffset Now = new(2026, 1, 21, 8, 0, 0, TimeSpan.Zero);

    [Theory(DisplayName = "A perpetual contract ends once an end is announced, another one when it is near; settled it is when its time is over and it does not trade, or when its status says so")]
    [InlineData("PERPETUAL", "TRADING", 4_133_404_800_000, null, false, false)]
    [InlineData("PERPETUAL", "TRADING", 0, null, false, false)]
    [InlineData("PERPETUAL", "TRADING", long.MaxValue, null, false, false)]
    [InlineData("PERPETUAL", "SETTLING", 4_133_404_800_000, null, false, false)]
    [InlineData("PERPETUAL", "TRADING", 1_769_072_400_000, "2026-01-22T09:00Z", true, false)]
    [InlineData("PERPETUAL", "TRADING", 1_768_978_800_000, "2026-01-21T07:00Z", true, false)]
    [InlineData("PERPETUAL DELIVERING", "PRE_SETTLE", 1_768_986_000_000, "2026-01-21T09:00Z", true, false)]
    [InlineData("PERPETUAL DELIVERING", "SETTLING", 1_768_982_400_000, "2026-01-21T08:00Z", true, true)]
    [InlineData("", "CLOSE", 4_133_404_800_000, null, false, true)]
    [InlineData("CURRENT_QUARTER", "TRADING", 1_769_072_400_000, "2026-01-22T09:00Z", false, false)]
    [InlineData("CURRENT_QUARTER", "TRADING", 1_768_989_600_000, "2026-01-21T10:00Z", true, false)]
    [InlineData("CURRENT_QUARTER DELIVERING", "DELIVERED", 1_768_978_800_000, "2026-01-21T07:00Z", true, true)]
    public void Ends(string type, string status, long deliveryMs, string? delivery, bool isEnding, bool isSettled)
    {
        var listed = ExchangeInfo.Read(Encoding.UTF8.GetBytes($$"""
            {"serverTime":1768982400000,"rateLimits":[],"symbols":[{"symbol":"X","status":"{{status}}","contractType":"{{type}}","deliveryDate":{{deliveryMs}},
              "filters":[{"filterType":"PRICE_FILTER","tickSize":"0.5"},{"filterType":"LOT_SIZE","stepSize":"1"}]}]}
            """)).Symbols[new Symbol("X")];
        Assert.Equal(delivery is null ? null : DateTimeOffset.Parse(delivery, System.Globalization.CultureInfo.InvariantCulture), listed.Delivery);
        Assert.Equal((isEnding, isSettled), (listed.IsEnding(Now, TimeSpan.FromHours(2)), listed.IsSettled(Now)));
    }

    [RecordedTheory(DisplayName = "Spot and COIN-M say the same in other words")]
    [InlineData("BINANCE.0.gz", 1_695, 1_262, "ETHBTC", 0.000001, 0.0001, 0.0001)]
    [InlineData("BINANCE_DELIVERY.0.gz", 36, 36, "BTCUSD_PERP", 0.1, 1, 0)]
    public void Other_markets(string name, int symbols, int trading, string symbol, double tick, double lot, double notional)
    {
        var info = Recorded(name);
        Assert.Equal((symbols, trading, 0), (info.Symbols.Count, info.Symbols.Values.Count(s => s.IsTrading), info.Refused.Length));
        var listed = info.Symbols[new Symbol(symbol)];
        Assert.Equal(((decimal)tick, (decimal)lot, (decimal)notional), (listed.TickSize, listed.LotSize, listed.MinNotional.Quote));
    }

    [Fact(DisplayName = "A symbol without sensible filters is left out with the reason, the others are read; what is no answer at all is refused with what was expected")]
    public void Bad_input()
    {
        var info = ExchangeInfo.Read("""
            {"serverTime":1626858243909,"rateLimits":[],"symbols":[
              {"symbol":"GOOD","status":"TRADING","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.5"},{"filterType":"LOT_SIZE","stepSize":"1","minQty":"2"}]},
              {"symbol":"GOOD","status":"TRADING","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.5"},{"filterType":"LOT_SIZE","stepSize":"1"}]},
              {"symbol":"ZERO","filters":[{"filterType":"PRICE_FILTER","tickSize":"0"},{"filterType":"LOT_SIZE","stepSize":"1"}]},
              {"symbol":"NAN","filters":[{"filterType":"PRICE_FILTER","tickSize":"NaN"},{"filterType":"LOT_SIZE","stepSize":"1"}]},
              {"symbol":"NONE"}, {"name":"X"}]}
            """u8.ToArray());
        Assert.Equal(["GOOD"], info.Symbols.Keys.Select(s => s.Name));
        Assert.Equal(new SymbolGrid(new(1, 5), new(0)), info.Symbols[new Symbol("GOOD")].Grid);
        Assert.Equal(5, info.Refused.Length);
        Assert.Equal(["GOOD", "NAN", "NONE", "ZERO"], info.Unreadable.Select(s => s.Name)); // Listed, whatever else.
        Assert.Contains("ZERO: expected a tick size and a lot size above zero with at most 12 decimals; came 0 and 1.", info.Refused);
        foreach (var text in (string[])["", "[]", "{}", "<html>", """{"serverTime":"now","rateLimits":[],"symbols":[]}""", """{"serverTime":1,"rateLimits":[{"interval":"FORTNIGHT"}],"symbols":[]}"""])
            Assert.Contains("expected", Assert.Throws<FormatException>(() => ExchangeInfo.Read(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);
    }
}
