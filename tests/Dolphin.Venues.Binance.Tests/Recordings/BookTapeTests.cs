using System.Globalization;
using Dolphin.Data;
using Dolphin.Domain;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Recordings;

namespace Dolphin.Venues.Binance.Tests.Recordings;

/// <summary>Raw messages as bars and books.</summary>
public sealed class BookTapeTests : IDisposable
{
    private const long Begins = 1_700_000_000_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Symbol Btc = new("BTCUSDT");

    private readonly RecordingPlace _place = new();

    public void Dispose() => _place.Dispose();

    private static string Snapshot(long ms, int update = 1) => Line(ms, $$$"""{"lastUpdateId":{{{update}}},"bids":[["1000.0","2.001"]],"asks":[["1000.1","2.001"]]}""");

    private static string Diff(long ms, int update, string bid, string lots) =>
        Line(ms, $$$"""{"e":"depthUpdate","E":{{{ms}}},"s":"BTCUSDT","U":{{{update}}},"u":{{{update}}},"pu":{{{update - 1}}},"b":[["{{{bid}}}","{{{lots}}}"]],"a":[]}""");

    private static string Trade(long ms, int id, string price, string lots, bool sells) =>
        Line(ms, $$$"""{"e":"trade","E":{{{ms}}},"T":{{{ms}}},"s":"BTCUSDT","t":{{{id}}},"p":"{{{price}}}","q":"{{{lots}}}","X":"MARKET","m":{{{(sells ? "true" : "false")}}}}""");

    private static string Line(long ms, string json) => string.Create(CultureInfo.InvariantCulture, $"{ms * 1_000_000} {json}");

    private BookTape Read(TimeSpan interval, IEnumerable<string> lines, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        BookTape.Read([_place.Write("session.txt", lines)], null, interval, from, to, nearBps: 25);

    // The bar under way when it begins lacks what was before it; then two trades, a bar without any, and one more.
    private static readonly string[] Session =
    [
        Snapshot(Begins + 300), Diff(Begins + 400, 2, "999.9", "1.000"), Trade(Begins + 500, 1, "1000.1", "9.000", sells: false),
        Trade(Begins + 1_100, 2, "1000.0", "0.500", sells: true), Trade(Begins + 1_900, 3, "1000.1", "0.200", sells: false), Diff(Begins + 1_950, 3, "1000.0", "1.501"),
        Diff(Begins + 2_400, 4, "999.8", "3.000"),
        Trade(Begins + 3_000, 4, "1000.0", "0.300", sells: true), Diff(Begins + 4_000, 5, "999.7", "1.000"),
    ];

    [Fact(DisplayName = "Bars are of the trades between two instants, and each has the book of its end; who takes of whom is counted")]
    public void Bars_and_books()
    {
        var tape = Read(Second, Session);
        var slices = tape.Slices(long.MinValue, long.MaxValue).ToList();
        Assert.Equal([1_000, 2_000, 3_000], slices.Select(s => s.OpenTimeMs - Begins));
        var bars = slices.Select(s => Assert.Single(s.Bars.ToArray())).ToList();
        Assert.Equal(new SymbolBar(Btc, new Bar(Begins + 1_000, Price.Of(1000.0m), Price.Of(1000.1m), Price.Of(1000.0m), Price.Of(1000.1m), new Quantity(0.7m))), bars[0]);
        Assert.Equal((Price.Of(1000.1m), Quantity.Zero), (bars[1].Bar.Close, bars[1].Bar.Volume)); // Nobody traded: it stands still.
        Assert.Equal((Price.Of(1000.0m), new Quantity(0.3m)), (bars[2].Bar.Close, bars[2].Bar.Volume));

        var books = slices.Select(s => Assert.Single(tape.BooksAtClose(s.OpenTimeMs))).ToList();
        Assert.All(books, b => Assert.True(b is { IsValid: true, Bid.Price.QuotePerBase: 1000.0m, Ask.Price.QuotePerBase: 1000.1m }));
        Assert.Equal([2.001m - 0.5m, 1.501m, 1.501m], books.Select(b => b.Bid!.Value.Quantity.Base));
        Assert.Equal([(0.5, 0.2), (0, 0), (0.3, 0)], books.Select(b => (Math.Round(b.BidsTaken, 9), Math.Round(b.AsksTaken, 9))));
        Assert.Equal([1, 1, 0], books.Select(b => b.Updates)); // Of each bar its own.
        Assert.Equal((DateTimeOffset.FromUnixTimeMilliseconds(Begins + 1_000), DateTimeOffset.FromUnixTimeMilliseconds(Begins + 4_000)), tape.Span);
        Assert.Equal(new Decimals(1, 3), tape.DecimalsOf(Btc));
        Assert.True(tape.HasBooks);
    }

    [Fact(DisplayName = "Where somebody wants to know of queues each bar's book has what stands near the best and was traded there in it; what the recording is does not change by it")]
    public void Queues()
    {
        var (plain, tape) = (Read(Second, Session), BookTape.Read([_place.Write("session.txt", Session)], null, Second, null, null, nearBps: 25, new LevelReach(new Bps(2m), 3)));
        Assert.Null(Assert.Single(plain.BooksAtClose(Begins + 1_000)).Queues);
        var queues = tape.Slices(0, long.MaxValue).Select(s => tape.BooksAtClose(s.OpenTimeMs).Single().Queues!).ToList();
        Assert.Equal([1.501m, 1.501m, 1.501m], queues.Select(q => q.StandingAt(OrderSide.Buy, Price.Of(1000.0m))!.Value.Base));
        Assert.All(queues, q => Assert.Equal(new Quantity(1m), q.StandingAt(OrderSide.Buy, Price.Of(999.9m))));
        Assert.Equal([0.5m, 0m, 0.3m], queues.Select(q => q.TradedAt(OrderSide.Buy, Price.Of(1000.0m))!.Value.Base));
        Assert.Equal([0.2m, 0m, 0m], queues.Select(q => q.TradedAt(OrderSide.Sell, Price.Of(1000.1m))!.Value.Base));
        Assert.Equal(plain.Fingerprint, tape.Fingerprint);
    }

    [Fact(DisplayName = "A gap makes the book one that may not be priced from, and the bars go on")]
    public void Gap()
    {
        var tape = Read(Second, [.. Session, Diff(Begins + 4_200, 9, "999.6", "1.000"), Trade(Begins + 4_300, 5, "1000.0", "0.1", sells: true), Trade(Begins + 5_100, 6, "1000.0", "0.1", sells: true)]);
        Assert.Equal([true, true, true, false], tape.Slices(0, long.MaxValue).Select(s => tape.BooksAtClose(s.OpenTimeMs).Single().IsValid));
        Assert.Null(tape.BooksAtClose(Begins + 4_000).Single().Bid);
    }

    [Fact(DisplayName = "Half an hour away is no interval between two updates, as on a live feed: how regularly they come is as before")]
    public void Outage()
    {
        var back = Begins + 1_800_000;
        IEnumerable<string> lines =
        [
            Snapshot(Begins), .. Enumerable.Range(2, 20).Select(u => Diff(Begins + 100 * u, u, "999.9", "1.000")), Trade(Begins + 2_150, 1, "1000.0", "0.1", sells: true),
            Diff(back, 900, "999.9", "1.000"), Diff(back + 100, 901, "999.9", "2.000"), Snapshot(back + 150, 901),
            .. Enumerable.Range(902, 20).Select(u => Diff(back + 100 * (u - 900), u, "999.9", "1.000")),
        ];
        var tape = Read(Second, lines);
        var books = tape.Slices(0, long.MaxValue).Select(s => tape.BooksAtClose(s.OpenTimeMs).Single()).ToList();
        Assert.Equal(0.1, books.Max(b => b.MeanInterval), 9);
        Assert.Equal(10, books[^1].Intervals);
    }

    [Fact(DisplayName = "A part of it is cut by time; asked between two bars it has no book, and outside of it no bar")]
    public void Cut()
    {
        var tape = Read(Second, Session, DateTimeOffset.FromUnixTimeMilliseconds(Begins + 2_000), DateTimeOffset.FromUnixTimeMilliseconds(Begins + 3_000));
        Assert.Equal(Begins + 2_000, Assert.Single(tape.Slices(long.MinValue, long.MaxValue)).OpenTimeMs);
        Assert.Empty(tape.BooksAtClose(Begins + 2_500));
        Assert.Equal((1L, 0L, 0L), (tape.BarsBetween(0, long.MaxValue), tape.BarsBetween(Begins + 2_001, long.MaxValue), tape.BarsBetween(long.MaxValue, 0)));
        Assert.Empty(tape.Slices(Begins + 2_001, long.MaxValue));
    }

    [Fact(DisplayName = "The same messages make the same market, and any other makes another")]
    public void Fingerprints()
    {
        var first = Read(Second, Session).Fingerprint;
        Assert.Equal(first, Read(Second, Session).Fingerprint);
        Assert.NotEqual(first, Read(TimeSpan.FromMilliseconds(500), Session).Fingerprint);
        Assert.NotEqual(first, Read(Second, Session.Select(l => l.Replace("\"999.8\",\"3.000\"", "\"999.8\",\"4.000\"", StringComparison.Ordinal))).Fingerprint);
        Assert.NotEqual(first, Read(Second, Session.Select(l => l.Replace("\"0.300\"", "\"0.301\"", StringComparison.Ordinal))).Fingerprint);
    }

    [Fact(DisplayName = "A recording that is shorter than a bar is refused in words, and so is one without receive times")]
    public void Refused()
    {
        Assert.Contains("expected at least one whole bar", Assert.Throws<InvalidDataException>(() => Read(TimeSpan.FromMinutes(1), Session)).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("receive time", Assert.Throws<InvalidDataException>(() => Read(Second, Session.Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..]))).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A file of raw messages is told from one of bars by its first lines, however long the bars are")]
    public void Told_apart()
    {
        Assert.True(BookTape.IsRaw(_place.Write("raw.txt", Session)));
        Assert.True(BookTape.IsRaw(_place.Write("raw.gz", ["# a session", .. Session])));
        Assert.False(BookTape.IsRaw(_place.Write("bars.csv", "open_time_ms,symbol,open,high,low,close,volume", "1700000000000,BTCUSDT,1,1,1,1,1")));
        Assert.False(BookTape.IsRaw(_place.Write("empty.txt")));
        Assert.True(BookTape.IsRaw(_place.Write("late.txt", [.. Enumerable.Repeat("the collector is starting", 50), .. Session])));
        Assert.False(BookTape.IsRaw(_place.Write("long.csv", [.. Enumerable.Repeat("1700000000000,BTCUSDT,1,1,1,1,1", 1000), .. Session])));
    }

    [RecordedFact(DisplayName = "The BTC perpetual of August 2024 is 3,447 bars of 100 ms with a book each, and no trade is lost between them")]
    public void Perpetual()
    {
        var path = RecordedFactAttribute.PathOf("04_l2_usdm_btc_spot_btc_2024-08-08", "usdm_btcusdt_20240808.gz");
        var tape = BookTape.Read([path], null, TimeSpan.FromMilliseconds(100), null, null, nearBps: 25);
        var slices = tape.Slices(long.MinValue, long.MaxValue).ToList();
        Assert.Equal(3_447, slices.Count);
        Assert.Equal(3_447, tape.BarsBetween(long.MinValue, long.MaxValue));
        var books = slices.Select(s => tape.BooksAtClose(s.OpenTimeMs).Single()).ToList();
        Assert.True(books.Count(b => b.IsValid) > 3_400);
        Assert.All(books.Where(b => b.IsValid), b => Assert.True(b.Bid!.Value.Price < b.Ask!.Value.Price));
        var volume = slices.Sum(s => s.Bars.Span[0].Bar.Volume.Base);
        Assert.Equal((double)volume, books.Sum(b => b.BidsTaken + b.AsksTaken), 1e-6);
        var longer = BookTape.Read([path], null, TimeSpan.FromSeconds(10), null, null, nearBps: 25);
        var within = slices.Where(s => s.OpensAt >= longer.Span.From && s.ClosesAt <= longer.Span.To).Sum(s => s.Bars.Span[0].Bar.Volume.Base);
        Assert.Equal(within, longer.Slices(0, long.MaxValue).Sum(s => s.Bars.Span[0].Bar.Volume.Base));
    }
}
