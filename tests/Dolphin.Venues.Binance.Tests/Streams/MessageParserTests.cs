using System.Text;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Streams;

/// <summary>Messages as the venue sends them, in its documentation and in the recordings.</summary>
public sealed class MessageParserTests
{
    private static readonly SymbolGrid Grid = new(new(2), new(3));

    private static StreamMessage Read(string text)
    {
        var fault = MessageParser.Read(Encoding.UTF8.GetBytes(text), out var message);
        Assert.Equal(MessageFault.None, fault);
        return message;
    }

    private static MessageFault Refused(string text) => MessageParser.Read(Encoding.UTF8.GetBytes(text), out _);

    private static string Name(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    [Fact(DisplayName = "A futures diff of a combined connection: ids, times and levels, exactly")]
    public void Futures_diff()
    {
        var message = Read("""
            {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":5123107832006,"u":5123107837557,"pu":5123107831937,"b":[["58710.20","0.014"],["61510.90","0.000"]],"a":[["61800.30","2.510"]]}}
            """);
        Assert.Equal((MessageKind.DepthDiff, "BTCUSDT", "btcusdt@depth@0ms", 1723161256299), (message.Kind, Name(message.Symbol), Name(message.Stream), message.EventTimeMs));
        Assert.Equal(MessageFault.None, DiffIds.Read(message, out var ids));
        Assert.Equal(new DiffIds(5123107832006, 5123107837557, 5123107831937), ids);
        var levels = new LevelScratch();
        Assert.Equal(MessageFault.None, levels.ReadDiff(message, Grid));
        Assert.Equal([new(5871020, 14), new(6151090, 0)], levels.Bids.ToArray());
        Assert.Equal([new(6180030, 2510)], levels.Asks.ToArray());
    }

    [Fact(DisplayName = "A spot diff has no id of the one before it, and a bare one no stream")]
    public void Spot_diff()
    {
        var message = Read("""{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":1,"u":3,"b":[],"a":[["61837.64000000","1.54700000"]]}""");
        Assert.Equal(MessageFault.None, DiffIds.Read(message, out var ids));
        Assert.Equal(new DiffIds(1, 3, null), ids);
        Assert.True(message.Stream.IsEmpty);
        var levels = new LevelScratch();
        Assert.Equal(MessageFault.None, levels.ReadDiff(message, Grid));
        Assert.True(levels.Bids.IsEmpty);
        Assert.Equal([new(6183764, 1547)], levels.Asks.ToArray());
    }

    [Fact(DisplayName = "The order of fields, fields nobody knows and white space do not matter")]
    public void Any_layout()
    {
        const string plain = """{"stream":"x","data":{"e":"depthUpdate","s":"BTCUSDT","U":1,"u":3,"pu":0,"b":[["1.5","2"]],"a":[["2.5","3"],["3","0"]]}}""";
        foreach (var text in (string[])
        [
            plain,
            """{"data":{"a":[["2.5","3"],["3","0"]],"pu":0,"b":[["1.5","2"]],"u":3,"U":1,"s":"BTCUSDT","e":"depthUpdate"},"stream":"x"}""",
            """{"zz":{"e":"no","b":[1,{"x":null}]},"data":{"ps":"BTC","e":"depthUpdate","nested":[[["]]"]]],"s":"BTCUSDT","U":1,"u":3,"pu":0,"b":[["1.5","2"]],"a":[["2.5","3"],["3","0"]],"st":1.5e-3,"w":true},"stream":"x","\u0065":"bookTicker"}""",
            " { \"stream\" : \"x\" ,\n \"data\" : { \"e\" : \"depthUpdate\" , \"s\" : \"BTCUSDT\" , \"U\" : 1 , \"u\" : 3 , \"pu\" : 0 , \"b\" : [ [ \"1.5\" , \"2\" ] ] ,\r\n\"a\" : [ [ \"2.5\" , \"3\" ] , [\"3\",\"0\"] ]\t} } \n",
        ])
        {
            var message = Read(text);
            Assert.Equal((MessageKind.DepthDiff, "BTCUSDT", "x"), (message.Kind, Name(message.Symbol), Name(message.Stream)));
            var levels = new LevelScratch();
            Assert.Equal(MessageFault.None, levels.ReadDiff(message, Grid));
            Assert.Equal([new(150, 2_000)], levels.Bids.ToArray());
            Assert.Equal([new(250, 3_000), new(300, 0)], levels.Asks.ToArray());
        }
    }

    [Fact(DisplayName = "Book tickers: futures say what they are, spot does not")]
    public void Tickers()
    {
        foreach (var text in (string[])
        [
            """{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}}""",
            """{"u":5123107839020,"s":"BTCUSDT","b":"61800.20000000","B":"2.50700000","a":"61800.30000000","A":"2.51000000"}""",
        ])
        {
            var message = Read(text);
            Assert.Equal(MessageKind.BookTicker, message.Kind);
            Assert.Equal(MessageFault.None, BookTicker.Read(message, Grid, out var ticker));
            Assert.Equal(new BookTicker(5123107839020, new(6180020, 2507), new(6180030, 2510)), ticker);
        }
    }

    [Fact(DisplayName = "Trades and aggregates: who was the taker, which trades are in it, and an id that stands for no trade")]
    public void Trades()
    {
        Assert.Equal(MessageFault.None, Trade.Read(Read("""{"e":"trade","E":5,"T":4,"s":"X","t":7,"p":"1.25","q":"0.006","X":"MARKET","m":false}"""), Grid, out var single));
        Assert.Equal(new Trade(7, 7, 7, new(125, 6), 4, OrderSide.Buy), single);
        Assert.Equal(MessageFault.None, Trade.Read(Read("""{"e":"aggTrade","E":5,"a":16,"s":"X","p":"1.01","q":"10","f":20,"l":22,"T":1626992741421,"m":true}"""), Grid, out var several));
        Assert.Equal(new Trade(16, 20, 22, new(101, 10_000), 1626992741421, OrderSide.Sell), several);
        Assert.Equal(MessageFault.None, Trade.Read(Read("""{"e":"trade","T":1626992741421000,"t":8,"p":"0","q":"0","X":"NA","m":true}"""), Grid, out var none));
        Assert.Equal((default, 1626992741421), (none.At, none.TimeMs));
        Assert.Equal(MessageFault.PriceNotPositive, Trade.Read(Read("""{"e":"trade","T":4,"t":8,"p":"0.00","q":"1","m":true}"""), Grid, out _));
        Assert.Equal(MessageFault.FieldMissing, Trade.Read(Read("""{"e":"trade","T":4,"t":8,"p":"1","q":"1"}"""), Grid, out _));
        Assert.Equal(MessageFault.FieldWrong, Trade.Read(Read("""{"e":"trade","T":"4","t":8,"p":"1","q":"1","m":true}"""), Grid, out _));
    }

    [Fact(DisplayName = "Mark prices keep eight decimals and a funding rate of either sign; contracts without funding have none")]
    public void Marks()
    {
        Assert.Equal(MessageFault.None, MarkPrice.Read(
            Read("""{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000001","i":"11784.62659091","P":"11784.25641265","r":"-0.00038167","T":1562306400000}"""), out var mark));
        Assert.Equal(new MarkPrice(1179415000001, 1178462659091, -38167, 1562306400000), mark);
        Assert.Equal(MessageFault.None, MarkPrice.Read(Read("""{"e":"markPriceUpdate","p":"1","i":"2","r":"","T":0}"""), out mark));
        Assert.Null(mark.FundingRate8);
        Assert.Equal(MessageFault.NumberNotPlain, MarkPrice.Read(Read("""{"e":"markPriceUpdate","p":"NaN","i":"2","r":"","T":0}"""), out _));
    }

    [Fact(DisplayName = "All mark prices at once are a batch, read one by one")]
    public void Batch()
    {
        var batch = Read("""{"stream":"!markPrice@arr@1s","data":[{"e":"markPriceUpdate","s":"A","p":"1","i":"2","r":"0.0001","T":9}, {"e":"markPriceUpdate","s":"B","p":"3","i":"4","r":"0.0001","T":9},{"e":"markPriceUpdate","s":7}]}""");
        Assert.Equal(MessageKind.Batch, batch.Kind);
        var (at, names) = (0, new List<string>());
        while (MessageParser.TryReadNext(batch, ref at, out var one, out var fault)) names.Add(fault == MessageFault.None ? Name(one.Symbol) : fault.ToString());
        Assert.Equal(["A", "B", "FieldWrong"], names);
    }

    [Fact(DisplayName = "A liquidation is an order inside the message")]
    public void Liquidation()
    {
        var message = Read("""{"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014","p":"9910","ap":"9910.5","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893}}""");
        Assert.Equal(MessageKind.ForceOrder, message.Kind);
        Assert.Equal(MessageFault.None, ForceOrder.OrderOf(message, out var order));
        Assert.Equal("BTCUSDT", Name(order.Symbol));
        Assert.Equal(MessageFault.None, ForceOrder.Read(order, Grid, out var liquidation));
        Assert.Equal(new ForceOrder(OrderSide.Sell, 991000000000, 991050000000, 14, 1568014460893), liquidation);
        Assert.Equal(MessageFault.FieldMissing, ForceOrder.OrderOf(Read("""{"e":"forceOrder","E":1}"""), out _));
    }

    [Fact(DisplayName = "Answers to subscriptions and errors are replies; candles and what else there is are known as nothing in particular")]
    public void Others()
    {
        var done = Read("""{"result":null,"id":312}""");
        Assert.Equal((MessageKind.Reply, 312, false), (done.Kind, done.RequestId, done.IsError));
        var refused = Read("""{"code":-1121,"msg":"Invalid symbol."}""");
        Assert.Equal((MessageKind.Reply, true), (refused.Kind, refused.IsError));
        Assert.True(Read("""{"error":{"code":2,"msg":"Invalid request"},"id":1}""").IsError);
        Assert.Equal(MessageKind.Other, Read("""{"e":"kline","k":{"t":1}}""").Kind);
        Assert.Equal(MessageKind.Other, Read("{}").Kind);
        Assert.Equal(MessageKind.DepthSnapshot, Read("""{"lastUpdateId":1027024,"E":1,"T":1,"bids":[["4.0","431"]],"asks":[]}""").Kind);
    }

    [Theory(DisplayName = "What is not one JSON object is refused by that name")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"e\"}")]
    [InlineData("{\"e\":}")]
    [InlineData("{\"e\":\"trade\",}")]
    [InlineData("{\"e\":\"trade\"}}")]
    [InlineData("{\"e\":\"trade\"} x")]
    [InlineData("{\"e\":\"trade\"\"s\":\"X\"}")]
    [InlineData("{\"e\":\"tr\nade\"}")]
    [InlineData("{\"e\":\"tr\\xade\"}")]
    [InlineData("{\"e\":\"trade")]
    [InlineData("{\"E\":01}")]
    [InlineData("{\"E\":+1}")]
    [InlineData("{\"E\":1.}")]
    [InlineData("{\"E\":NaN}")]
    [InlineData("{\"m\":truE}")]
    [InlineData("{\"b\":[[\"1\",\"2\"]")]
    [InlineData("{\"b\":[[\"1\",\"2\"],\"a\":[]}")]
    [InlineData("{'e':1}")]
    public void Not_json(string text) => Assert.Equal(MessageFault.NotJson, Refused(text));

    [Fact(DisplayName = "A bomb of brackets, a field that stands twice, and a message of fifty megabytes are refused by name")]
    public void Hostile()
    {
        Assert.Equal(MessageFault.NotJson, Refused("{\"x\":" + new string('[', 100_000)));
        Assert.Equal(MessageFault.NotJson, Refused("{\"x\":" + new string('[', 100) + new string(']', 100) + "}"));
        Assert.Equal(MessageFault.FieldTwice, Refused("""{"e":"trade","e":"depthUpdate"}"""));
        Assert.Equal(MessageFault.FieldTwice, Refused("""{"data":{"u":1},"data":{"u":2}}"""));
        Assert.Equal(MessageFault.FieldWrong, Refused("""{"e":7}"""));
        Assert.Equal(MessageFault.FieldWrong, Refused("""{"stream":"x","data":7}"""));
        Assert.Equal(MessageFault.TooLong, MessageParser.Read(new byte[50 << 20], out _));
    }

    [Theory(DisplayName = "Levels with prices or quantities that no market has are refused as a whole")]
    [InlineData("""[["NaN","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["-1","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["1","-1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["1e5","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["1.","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[[".5","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["1 ","1"]]""", MessageFault.NumberNotPlain)]
    [InlineData("""[["0.00","1"]]""", MessageFault.PriceNotPositive)]
    [InlineData("""[["1.001","1"]]""", MessageFault.NumberOffGrid)]
    [InlineData("""[["1","0.0005"]]""", MessageFault.NumberOffGrid)]
    [InlineData("""[["99999999999999999999","1"]]""", MessageFault.NumberTooLarge)]
    [InlineData("""[["99999999999999999","1"]]""", MessageFault.NumberTooLarge)]
    [InlineData("""[["1","9223372036854775807"]]""", MessageFault.NumberTooLarge)]
    [InlineData("""[[1,2]]""", MessageFault.FieldWrong)]
    [InlineData("""[["1"]]""", MessageFault.FieldWrong)]
    [InlineData("""[["1","2","3"]]""", MessageFault.FieldWrong)]
    [InlineData("""["1","2"]""", MessageFault.FieldWrong)]
    [InlineData("""[["1","2"],]""", MessageFault.FieldWrong)]
    [InlineData("\"1\"", MessageFault.FieldWrong)]
    public void Bad_levels(string bids, MessageFault expected)
    {
        var fault = MessageParser.Read(Encoding.UTF8.GetBytes($$"""{"e":"depthUpdate","U":1,"u":1,"b":{{bids}},"a":[["5","5"]]}"""), out var message);
        var levels = new LevelScratch();
        if (fault == MessageFault.None) fault = levels.ReadDiff(message, Grid);
        Assert.Equal(expected, fault);
        Assert.True(levels.Bids.IsEmpty && levels.Asks.IsEmpty);
    }

    [Fact(DisplayName = "More levels than a message may have are refused, and the next message is read as ever")]
    public void Too_many_levels()
    {
        var levels = new LevelScratch();
        var many = string.Join(',', Enumerable.Repeat("[\"1\",\"1\"]", LevelScratch.MostLevels + 1));
        Assert.Equal(MessageFault.TooManyLevels, levels.ReadDiff(Read($$"""{"e":"depthUpdate","b":[{{many}}],"a":[]}"""), Grid));
        Assert.Equal(MessageFault.None, levels.ReadDiff(Read("""{"e":"depthUpdate","b":[["1","1"]],"a":[]}"""), Grid));
        Assert.Equal([new Level(100, 1_000)], levels.Bids.ToArray());
    }

    [Theory(DisplayName = "Grids: the venue's steps, counted exactly")]
    [InlineData("0.10", "61800.30", 618003)]
    [InlineData("0.00001000", "0.2546100000", 25461)]
    [InlineData("0.25", "10.75", 43)]
    [InlineData("5", "65", 13)]
    [InlineData("0.01", "0", 0)]
    public void Grids(string step, string number, long steps)
    {
        var grid = DecimalGrid.Of(decimal.Parse(step, System.Globalization.CultureInfo.InvariantCulture))!.Value;
        var at = 0;
        Assert.Equal(MessageFault.None, grid.Read(Encoding.UTF8.GetBytes(number), ref at, out var read));
        Assert.Equal((steps, number.Length), (read, at));
        Assert.Equal(decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture), grid.ToDecimal(read));
        at = 0;
        Assert.Equal(MessageFault.NumberOffGrid, new DecimalGrid(2, 25).Read("10.80"u8, ref at, out _));
        Assert.Null(DecimalGrid.Of(0m));
        Assert.Null(DecimalGrid.Of(0.00000000000001m));
    }
}
