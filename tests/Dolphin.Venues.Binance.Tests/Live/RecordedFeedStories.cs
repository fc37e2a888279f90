using System.Text;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Recordings;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>What the venue really sent, sent once more over real sockets.</summary>
public sealed class RecordedFeedStories
{
    [RecordedFact(DisplayName = "BTCUSDT of 2024-08-08 over sockets: 629 of 629 book tickers agree with the book, which is never crossed")]
    public async Task Recording_04()
    {
        var path = RecordedFactAttribute.PathOf("04_l2_usdm_btc_spot_btc_2024-08-08", "usdm_btcusdt_20240808.gz");
        var (before, snapshot, after) = Split(path);
        await using var venue = await StandInVenue.StartAsync([new StandInMarket("BTCUSDT", tick: 0.10m)]);
        venue.SnapshotOf = _ => snapshot;
        venue.ClockAhead = TimeOf(before[0].Item2) - TimeProvider.System.GetUtcNow(); // All of it comes at once, and what is ahead of its time is not late.
        await using var open = await OpenFeed.OnAsync(venue);
        await open.Until("everything is subscribed", () => venue.Sockets.Sum(s => s.Streams.Count()) == 5);

        foreach (var (stream, message) in before) venue.SendWhole(stream, message);
        await open.Until("the snapshot was taken", () => open[FeedCount.SnapshotsTaken] == 1);
        foreach (var (stream, message) in after) venue.SendWhole(stream, message);
        await open.Until("all of it has come", () => open.Feed.Read(0, b => b.Counts.Applied + b.Counts.BeforeSnapshot) == 6_551);

        Assert.Equal((629, 0), (open[FeedCount.TickersCompared], open[FeedCount.TickersDisagreed]));
        Assert.Equal((0, 0, 0, 0), (open[FeedCount.BooksCrossed], open[FeedCount.BookGaps], open[FeedCount.ConnectionsLost], open.Feed.Counts.Dropped));
        Assert.True(open.Summaries()[0].IsValid);
    }

    [RecordedFact(DisplayName = "Four symbols of 2021 over sockets, with the snapshots and the exchangeInfo of the same minute: every book is bridged and none ever crossed")]
    public async Task Recording_07()
    {
        const string folder = "07_raw_ws_rest_sessions_cryptofeed";
        string[] symbols = ["AKROUSDT", "CTKUSDT", "KEEPUSDT", "SUSHIUSDT"];
        var snapshots = Messages(RecordedFactAttribute.PathOf(folder, "BINANCE_FUTURES.http.0.0.gz")).ToDictionary(m => m.Symbol, m => m.Json, StringComparer.Ordinal);
        var listing = Messages(RecordedFactAttribute.PathOf(folder, "BINANCE_FUTURES.0.gz")).First().Json;
        var session = Session(RecordedFactAttribute.PathOf(folder, "BINANCE_FUTURES.ws.1.0.gz")).ToList();
        await using var venue = await StandInVenue.StartAsync(symbols);
        venue.SnapshotOf = symbol => snapshots[symbol];
        venue.List = () => listing;
        venue.ClockAhead = DateTimeOffset.FromUnixTimeMilliseconds(1_626_992_755_000) - TimeProvider.System.GetUtcNow(); // The middle of its half minute.
        await using var open = await OpenFeed.OnAsync(venue);
        await open.Until("everything is subscribed", () => venue.Sockets.Sum(s => s.Streams.Count()) == 20 && open.Feed.Clock.RoundTrip is not null);

        // The snapshots are of a second into the session: what came before is kept for them. CTKUSDT's has orders between two ticks, so its book begins
        // anew, finer; and since there is only this one snapshot of it, the session must not be beyond it by then.
        var books = session.Where(m => m.Stream.EndsWith("@depth@100ms", StringComparison.Ordinal)).ToList();
        var first = books.DistinctBy(m => m.Stream).ToList();
        var second = books.Except(first).First(m => m.Stream.StartsWith("ctk", StringComparison.Ordinal));
        foreach (var (stream, message) in first) venue.SendWhole(stream, message);
        await open.Until("three have their snapshots, and one is finer", () => open[FeedCount.SnapshotsTaken] == 3 && open.Feed.Counts[MessageFault.NumberOffGrid] == 1);
        venue.SendWhole(second.Stream, second.Message);
        await open.Until("the fourth has its snapshot", () => open[FeedCount.SnapshotsTaken] == 4);
        foreach (var (stream, message) in session.Except([.. first, second])) venue.SendWhole(stream, message);
        await open.Until("every book is bridged", () => open.Feed.Health.ValidBooks == 4 && open[FeedCount.TradesUnmarked] == 91); // Nobody recorded marks.

        Assert.Equal((0, 0, 0), (open[FeedCount.BooksCrossed], open[FeedCount.BookGaps], open[FeedCount.TickersDisagreed]));
    }

    private static (List<(string, string)> Before, string Snapshot, List<(string, string)> After) Split(string path)
    {
        var (before, after) = (new List<(string, string)>(), new List<(string, string)>());
        string? snapshot = null;
        foreach (var (_, json) in Messages(path))
        {
            if (StreamOf(json) is { } stream) (snapshot is null ? before : after).Add((stream, json));
            else snapshot ??= json;
        }
        return (before, snapshot!, after);
    }

    private static DateTimeOffset TimeOf(string json)
    {
        Assert.Equal(MessageFault.None, MessageParser.Read(Encoding.UTF8.GetBytes(json), out var message));
        return DateTimeOffset.FromUnixTimeMilliseconds(message.EventTimeMs!.Value);
    }

    private static IEnumerable<(string Stream, string Message)> Session(string path) =>
        Messages(path).Select(m => (StreamOf(m.Json), m.Json)).Where(m => m.Item1 is not null).Select(m => (m.Item1!, m.Json));

    private static List<(string Symbol, string Json)> Messages(string path)
    {
        using var source = MessageSource.Open(path);
        var messages = new List<(string, string)>();
        while (source.TryRead((line, fault) => Assert.Fail($"{path}:{line}: {fault.Text}"))) messages.Add((Encoding.UTF8.GetString(source.Symbol), Encoding.UTF8.GetString(source.Json)));
        return messages;
    }

    // Where the feed would have it from; null for what it does not ask for.
    private static string? StreamOf(string json)
    {
        Assert.Equal(MessageFault.None, MessageParser.Read(Encoding.UTF8.GetBytes(json), out var message));
        var name = Encoding.UTF8.GetString(message.Symbol).ToLowerInvariant();
        return message.Kind switch
        {
            MessageKind.DepthDiff => $"{name}@depth@100ms",
            MessageKind.BookTicker => $"{name}@bookTicker",
            MessageKind.AggregateTrade => $"{name}@aggTrade",
            MessageKind.Trade => $"{name}@trade",
            _ => null,
        };
    }
}
