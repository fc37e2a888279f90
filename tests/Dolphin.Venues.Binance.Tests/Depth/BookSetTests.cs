using System.Text;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Depth;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Depth;

public sealed class BookSetTests
{
    private static readonly SymbolGrid Grid = new(new(1), new(3));

    private static byte[] Diff(string symbol, int id, string bid) => Encoding.UTF8.GetBytes(
        $$$"""{"stream":"x@depth","data":{"e":"depthUpdate","E":1,"T":1,"s":"{{{symbol}}}","U":{{{id}}},"u":{{{id}}},"pu":{{{id - 1}}},"b":[["{{{bid}}}","0.014"],["61510.9","0.000"]],"a":[["61800.3","2.510"]]}}""");

    private static (MessageFault Fault, DiffVerdict Verdict) Take(BookSet books, byte[] text)
    {
        Assert.Equal(MessageFault.None, MessageParser.Read(text, out var message));
        return (books.TakeDiff(message, 0, out _, out var verdict), verdict);
    }

    private static void Snapshot(BookSet books, int index, int id)
    {
        MessageParser.Read(Encoding.UTF8.GetBytes($$"""{"lastUpdateId":{{id}},"bids":[["61000","1"]],"asks":[["62000","1"]]}"""), out var message);
        Assert.Equal(MessageFault.None, books.TakeSnapshot(index, message, 0, out var verdict));
        Assert.Equal(SnapshotVerdict.Taken, verdict);
    }

    [Fact(DisplayName = "Each message goes to its symbol's book; a symbol that nobody added is refused, one cannot be added twice")]
    public void By_symbol()
    {
        var books = new BookSet();
        for (var i = 0; i < 500; i++) books.Add(new Symbol($"S{i}USDT"), Grid);
        for (var i = 0; i < 500; i++) Snapshot(books, i, 10);
        Assert.Equal((MessageFault.None, DiffVerdict.Apply), Take(books, Diff("S417USDT", 11, "61500.0")));
        Assert.Equal(new Level(615_000, 14), books[books.IndexOf("S417USDT"u8)].Levels.BestBid);
        Assert.Equal(new Level(610_000, 1_000), books[416].Levels.BestBid);
        Assert.Equal(MessageFault.UnknownSymbol, Take(books, Diff("S500USDT", 11, "1")).Fault);
        Assert.Throws<ArgumentException>(() => books.Add(new Symbol("S1USDT"), Grid));
    }

    [Fact(DisplayName = "A diff that is refused changes nothing, and because its ids are missing the next one is a gap")]
    public void Refused_diff()
    {
        var books = new BookSet();
        books.Add(new Symbol("BTCUSDT"), Grid);
        Snapshot(books, 0, 10);
        Take(books, Diff("BTCUSDT", 11, "61500.0"));
        foreach (var bad in (string[])["NaN", "-1", "0", "61500.05", "1e400"]) Assert.NotEqual(MessageFault.None, Take(books, Diff("BTCUSDT", 12, bad)).Fault);
        Assert.Equal((true, 11, new Level(615_000, 14)), (books[0].IsValid, books[0].LastId, books[0].Levels.BestBid));
        Assert.Equal((MessageFault.None, DiffVerdict.Gap), Take(books, Diff("BTCUSDT", 13, "61501.0")));
        Assert.False(books[0].IsValid);
    }

    [Fact(DisplayName = "From raw message to updated book nothing is allocated, refused messages included")]
    public void Allocates_nothing()
    {
        var books = new BookSet();
        books.Add(new Symbol("BTCUSDT"), Grid);
        Snapshot(books, 0, 10);
        var texts = Enumerable.Range(0, 200).Select(i => Diff("BTCUSDT", 11 + i, $"615{i % 100:00}.0")).ToArray();
        byte[][] others =
        [
            Diff("BTCUSDT", 5, "NaN"), Diff("NOBODY", 5, "1"), Diff("BTCUSDT", 5, "1"), """{"e":"kline","k":{"t":[1,2,{"x":"y"}]}}"""u8.ToArray(), "{\"e\":\"depth"u8.ToArray(),
            """{"e":"bookTicker","u":5,"s":"BTCUSDT","b":"61800.2","B":"2.507","a":"61800.3","A":"2.510"}"""u8.ToArray(),
            """{"e":"aggTrade","a":5,"f":5,"l":5,"s":"BTCUSDT","p":"61800.2","q":"2.507","T":5,"m":true}"""u8.ToArray(),
            """{"e":"markPriceUpdate","s":"BTCUSDT","p":"61800.2","i":"2.507","r":"-0.0001","T":5}"""u8.ToArray(),
            """{"e":"forceOrder","o":{"s":"BTCUSDT","S":"SELL","q":"0.014","p":"9910","ap":"9910.5","T":5}}"""u8.ToArray(),
        ];
        for (var i = 0; i < 100; i++) Any(texts[i]); // By then the book has the pages that it needs, and every path was taken once.
        foreach (var text in others) Any(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 100; i < 200; i++) Any(texts[i]);
        foreach (var text in others) Any(text);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((true, 210), (books[0].IsValid, books[0].LastId));

        void Any(byte[] text)
        {
            if (MessageParser.Read(text, out var message) != MessageFault.None) return;
            switch (message.Kind)
            {
                case MessageKind.DepthDiff: books.TakeDiff(message, 0, out _, out _); break;
                case MessageKind.BookTicker: BookTicker.Read(message, Grid, out _); break;
                case MessageKind.AggregateTrade: Trade.Read(message, Grid, out _); break;
                case MessageKind.MarkPrice: MarkPrice.Read(message, out _); break;
                case MessageKind.ForceOrder when ForceOrder.OrderOf(message, out var order) == MessageFault.None: ForceOrder.Read(order, Grid, out _); break;
            }
        }
    }
}
