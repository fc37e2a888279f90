using System.Globalization;
using System.Text;
using Dolphin.Data.Public;
using Dolphin.Domain;
using Dolphin.Domain.External;
using Dolphin.Domain.Market;
using Dolphin.Domain.OrderBooks;
using Dolphin.Venues.Binance.Live;
using Dolphin.Venues.Binance.Rest;
using Dolphin.Venues.Binance.Streams;

namespace Dolphin.Venues.Binance.Tests.Live;

/// <summary>The feed on real sockets against a venue that speaks the same protocol and misbehaves.</summary>
public sealed class FeedStories
{
    private static readonly string[] Three = ["BTCUSDT", "ETHUSDT", "XRPUSDT"];

    [Fact(DisplayName = "Books come up from snapshot and diffs, say what the venue says, and agree with every ticker of the same update")]
    public async Task Comes_up()
    {
        await using var venue = await StandInVenue.StartAsync(Three);
        await using var open = await OpenFeed.OnAsync(venue);

        await open.ComeUpAsync();
        await open.TurnUntil("a hundred tickers were compared", () => open[FeedCount.TickersCompared] > 100);
        await Settled(open);

        var summaries = open.Summaries();
        Assert.Equal(Three, summaries.Select(s => s.Symbol.Name));
        Assert.All(summaries, s => Assert.True(s is { IsValid: true, Updates: > 0, BidNotional: > 0, AskNotional: > 0, MeanInterval: > 0 }));
        Assert.Equal((0, 0, 0), (open[FeedCount.TickersDisagreed], open[FeedCount.BookGaps], open[FeedCount.BooksCrossed]));
        Assert.Equal((3, 0), (open[FeedCount.SnapshotsTaken], open.Feed.Counts.Dropped));
        Assert.Equal(new FeedHealth(2, 2, 3, 3, 3), open.Feed.Health);
    }

    [Fact(DisplayName = "While the venue does not say its time nobody is listened to; when it does, nothing that is right is dropped")]
    public async Task Time_is_not_said()
    {
        await using var venue = await StandInVenue.StartAsync(Three);
        venue.OnAsked = () => // For the list, which is asked for first: what is asked for next is the time.
        {
            venue.OnAsked = () => { };
            venue.Refuse(503);
        };
        await using var open = await OpenFeed.OnAsync(venue);

        await open.TurnUntil("the books and a hundred trades are there", () => open.Feed.Health.ValidBooks == 3 && open[FeedCount.Trades] > 100);

        Assert.Equal(["/fapi/v1/exchangeInfo", "/fapi/v1/time", "/fapi/v1/time"], venue.Asked.Take(3).Select(a => a.Path));
        Assert.Contains("/fapi/v1/time: expected 200; the venue answered 503", Assert.Single(open.Said), StringComparison.Ordinal);
        Assert.Equal(0, open.Feed.Counts.Dropped);
    }

    [Fact(DisplayName = "A diff that is lost makes the book invalid until another snapshot is bridged; the other books go on")]
    public async Task Gap()
    {
        await using var venue = await StandInVenue.StartAsync(Three);
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        venue.SnapshotOf = symbol => symbol == "BTCUSDT" ? "" : null; // Not to be had yet.

        _ = venue["BTCUSDT"].Diff(); // Nobody is told.
        await open.TurnUntil("the gap is seen", () => open[FeedCount.BookGaps] == 1 && open.Feed.Health.ValidBooks == 2);
        var seen = open.Summaries();
        Assert.Equal((false, null, 0d), (seen[0].IsValid, seen[0].Bid, seen[0].BidNotional));
        Assert.True(seen[1].IsValid);

        venue.SnapshotOf = _ => null;
        await open.ComeUpAsync();
        Assert.Equal(1, open[FeedCount.BookGaps]);
        await AgreesAsync(open, venue);
    }

    [Theory(DisplayName = "A diff with ids that are none takes no later one with it: its book is invalid, begins again, and says what the venue says")]
    [InlineData(9_000_000_000_000_000_000, false)]
    [InlineData(9_000_000_000_000_000_000, true)] // It says that it follows.
    [InlineData(1_000_000, false)]
    public async Task Ids_that_are_none(long last, bool follows)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        venue.Send("btcusdt@depth@100ms", Lie(follows ? venue["BTCUSDT"].Best.Id : last - 2, last));
        await open.TurnUntil("it is seen", () => open[FeedCount.BookGaps] >= 1);
        await open.ComeUpAsync();

        await AgreesAsync(open, venue);
        Assert.InRange(open[FeedCount.BookGaps], 1, 2); // Of its own, and of the first that is right.
    }

    [Fact(DisplayName = "The first diff of a connection may have ids that are none")]
    public async Task First_ids_that_are_none()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.Until("books are subscribed", () => venue.Sockets.Any(s => s.Wants("btcusdt@depth@100ms")));

        venue.Send("btcusdt@depth@100ms", Lie(8_999_999_999_999_999_999, 9_000_000_000_000_000_000));
        await open.ComeUpAsync();

        await AgreesAsync(open, venue);
        Assert.Equal(1, open[FeedCount.BookGaps]);
    }

    private static string Lie(long previous, long last) => $$"""{"e":"depthUpdate","E":{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}},"T":1,"s":"BTCUSDT","U":{{previous + 1}},"u":{{last}},"pu":{{previous}},"b":[],"a":[]}""";

    [Fact(DisplayName = "The same diff twice and diffs in the wrong order never make a wrong book")]
    public async Task Twice_and_out_of_order()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        var market = venue["BTCUSDT"];

        var twice = market.Diff();
        venue.Send("btcusdt@depth@100ms", twice);
        venue.Send("btcusdt@depth@100ms", twice);
        await open.TurnUntil("the second one is dropped", () => open[FeedCount.DroppedDuplicates] >= 1);
        Assert.Equal(0, open[FeedCount.BookGaps]);

        var (first, second) = (market.Diff(), market.Diff());
        venue.Send("btcusdt@depth@100ms", second);
        venue.Send("btcusdt@depth@100ms", first);
        await open.TurnUntil("the hole is seen", () => open[FeedCount.BookGaps] == 1);
        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
    }

    [Theory(DisplayName = "However a connection ends, its books are invalid at once and come back on another one")]
    [InlineData("abort")]
    [InlineData("half")]
    [InlineData("1001")]
    [InlineData("1008")]
    [InlineData("1011")]
    public async Task Connection_ends(string how)
    {
        await using var venue = await StandInVenue.StartAsync(Three);
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        venue.RefuseSockets = 503;

        foreach (var socket in venue.Sockets)
        {
            if (how == "abort") socket.Abort();
            else if (how == "half") socket.SendHalf(venue.Markets[0].Ticker());
            else socket.Close(int.Parse(how, CultureInfo.InvariantCulture), "going away");
        }
        await open.Until("nothing is there", () => open.Feed.Health is { LinesUp: 0, ValidBooks: 0 });
        Assert.All(open.Summaries(), s => Assert.Null(s.Bid));
        Assert.Equal(2, open[FeedCount.ConnectionsLost]);

        venue.RefuseSockets = 0;
        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
        Assert.Contains(open.Said, line => line.StartsWith("Books of 3 symbols", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "What is no JSON, has no sense, or is of nobody's symbol is dropped and counted, and nothing else happens")]
    public async Task Nonsense()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        const string books = "btcusdt@bookTicker";
        venue.SendWhole(books, "{\"stream\":\"btcusdt@bookTicker\",\"data\":{\"e\":\"bookTicker\",\"u\":99");
        venue.SendWhole(books, "\0\u0001garbage");
        venue.Send(books, """{"e":"bookTicker","u":9000000,"s":"BTCUSDT","b":"NaN","B":"1","a":"1000.1","A":"1","T":1,"E":1}""");
        venue.Send(books, """{"e":"bookTicker","u":9000001,"s":"BTCUSDT","b":"1000.2","B":"1","a":"1000.1","A":"1","T":1,"E":1}""");
        venue.Send(books, """{"e":"bookTicker","u":9000002,"s":"BTCUSDT","b":"1000.1","B":"1","a":"99999999999999999999","A":"1","T":1,"E":1}""");
        venue.Send(books, """{"e":"bookTicker","u":9000003,"s":"NOBODYUSDT","b":"1000.1","B":"1","a":"1000.2","A":"1","T":1,"E":1}""");
        venue.Send(books, """{"e":"kline","E":1,"s":"BTCUSDT"}""");
        await open.Until("all of them are counted", () => open.Feed.Counts.Dropped == 7);

        var counts = open.Feed.Counts;
        Assert.Equal("DroppedCrossedQuotes 1, DroppedUnexpected 1, NotJson 2, NumberNotPlain 1, NumberTooLarge 1, UnknownSymbol 1", string.Join(", ", counts.DroppedByWhy.Split(", ").Order(StringComparer.Ordinal)));
        Assert.True(open.Feed.Health is { LinesUp: 2, ValidBooks: 1 });
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "A diff with a number that is none makes its book begin again: its updates are missing")]
    public async Task Bad_diff()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        venue.Send("btcusdt@depth@100ms", venue["BTCUSDT"].Diff().Replace("\"b\":[[\"", "\"b\":[[\"-", StringComparison.Ordinal));
        await open.Until("the book is not valid", () => open.Feed.Health.ValidBooks == 0);
        Assert.Equal(1, open.Feed.Counts[MessageFault.NumberNotPlain]);
        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "A frame of fifty megabytes closes its connection before it is read, and is counted")]
    public async Task Huge_frame()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        venue.Sockets.First(s => s.Path.StartsWith("/public", StringComparison.Ordinal)).SendBytes(new byte[50 << 20]);
        await open.Until("it is refused", () => open[FeedCount.FramesTooLarge] == 1);
        await open.ComeUpAsync();

        Assert.True(open[FeedCount.Bytes] < 1 << 24);
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "A connection that is there and silent is given up for another one")]
    public async Task Silent_connection()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { SilentAfter = TimeSpan.FromSeconds(2) });
        await open.ComeUpAsync();

        await open.Until("both are given up", () => open[FeedCount.ConnectionsSilent] >= 2 && open.Feed.Health.LinesUp == 0);
        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "A book whose connection lives but which does not move is stale, and begins again when it moves")]
    public async Task Stale_book()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { StaleAfter = TimeSpan.FromSeconds(3) });
        await open.ComeUpAsync();

        await open.Until("ether is stale", () => open[FeedCount.BooksStale] >= 1 && !open.Summaries()[1].IsValid, () => venue.SendDiff(venue["BTCUSDT"]));
        Assert.True(open.Feed.Health.LinesUp == 2);

        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
    }

    [Theory(DisplayName = "After 429 and 418 nothing at all is asked until the venue's time is over")]
    [InlineData(429)]
    [InlineData(418)]
    public async Task Refused(int status)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        var answered = 0;
        venue.OnAsked = () => Interlocked.Increment(ref answered);
        await using var open = await OpenFeed.OnAsync(venue);
        const int atFirst = 7; // The list, five times the time, and how often funding is settled: a book wants nothing before it has seen a diff.
        await open.Until("all is asked that is asked at first", () => Volatile.Read(ref answered) == atFirst);
        var before = venue.Asked.Length;
        venue.Refuse(status, retryAfter: 2);

        await open.ComeUpAsync();

        var asked = venue.Asked[before..];
        Assert.All(asked, a => Assert.StartsWith("/fapi/v1/depth?symbol=BTCUSDT&limit=500", a.Path, StringComparison.Ordinal));
        Assert.True(TimeProvider.System.GetElapsedTime(asked[0].At, asked[1].At) >= TimeSpan.FromSeconds(2));
        Assert.Equal(1, open[status == 429 ? FeedCount.RestRefused : FeedCount.RestBanned]);
    }

    [Fact(DisplayName = "Whoever asks the host beside the feed asks nothing while the feed is banned, and the feed nothing while they are")]
    public async Task Refused_together()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        using var http = PublicJson.NewClient(TimeSpan.FromSeconds(30));
        var factors = new FactorClient(http, venue.Rest, [new Symbol("BTCUSDT")], open.Feed.Budget, TimeProvider.System);
        await open.ComeUpAsync();
        Assert.IsType<FactorAnswer.Values>(await factors.PremiumsAsync(default));

        venue.Ban(3_600);
        await open.Until("the feed is banned", () => open[FeedCount.RestBanned] == 1); // It asked what is listed.
        var asked = venue.Asked.Length;
        Assert.All([await factors.PremiumsAsync(default), await factors.OpenInterestAsync(default), await factors.TakerRatiosAsync(default)],
            answer => Assert.InRange(Assert.IsType<FactorAnswer.Nothing>(answer).NotBefore!.Value.TotalSeconds, 3_000, 3_600));
        Assert.Equal(asked, venue.Asked.Length);
    }

    [Fact(DisplayName = "Connections are replaced while the older ones still deliver: no book notices, no trade is missing")]
    public async Task Rotation()
    {
        await using var venue = await StandInVenue.StartAsync(Three);
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RotateAfter = TimeSpan.FromSeconds(2) });
        await open.ComeUpAsync();
        var snapshots = open[FeedCount.SnapshotsTaken];

        await open.TurnUntil("both were replaced twice", () => open[FeedCount.ConnectionsRotated] >= 4);

        Assert.Equal((snapshots, 0, 0, 0), (open[FeedCount.SnapshotsTaken], open[FeedCount.BookGaps], open[FeedCount.TradeGaps], open[FeedCount.ConnectionsLost]));
        Assert.True(open[FeedCount.DroppedDuplicates] > 0); // Of the time when both delivered.
        Assert.Equal(3, open.Feed.Health.ValidBooks);
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "The venue's pings are answered")]
    public async Task Pings()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();

        foreach (var socket in venue.Sockets) socket.SendPing();

        await open.Until("both were answered", () => venue.Sockets.All(s => s.Pongs == 1));
    }

    [Fact(DisplayName = "Subscriptions that are refused are tried again with waits, and the feed comes up when they are taken")]
    public async Task Subscriptions_refused()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        venue.IsRefusing = true;
        await using var open = await OpenFeed.OnAsync(venue);

        await open.Until("both were refused a few times", () => open[FeedCount.SubscriptionsRefused] >= 4);
        Assert.Equal(0, open.Feed.Health.LinesUp);
        venue.IsRefusing = false;
        await open.ComeUpAsync();
    }

    [Fact(DisplayName = "A connection whose subscriptions are never answered is given up for another one")]
    public async Task Subscriptions_unanswered()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        venue.IsDeaf = true;
        await using var open = await OpenFeed.OnAsync(venue);

        await open.Until("both were given up", () => venue.Opened >= 4);
        venue.IsDeaf = false;
        await open.ComeUpAsync();
        Assert.Contains(open.Said, line => line.Contains("1 of 1 subscriptions were not answered within 10 s", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Taking diffs, tickers, trades and marks allocates nothing")]
    public async Task Allocates_nothing()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        await Settled(open);
        var market = venue.Markets[0];
        byte[][] messages = [.. Enumerable.Range(0, 1_500).SelectMany(_ => (string[])[market.Diff(), market.Ticker(), market.Trade(), market.Mark()]).Select(Encoding.UTF8.GetBytes)];
        Take(messages.AsSpan(0, 3_000));

        // The lock is others' too: whoever has to wait for it for the first time may allocate what he waits with.
        Assert.Equal(0, Enumerable.Range(1, 3).Min(part => Take(messages.AsSpan(part * 1_000 + 2_000, 1_000))));
        Assert.Equal((1, 0), (open.Feed.Health.ValidBooks, open.Feed.Counts.Dropped));
        Assert.True(open[FeedCount.TickersCompared] >= 1_500);

        long Take(ReadOnlySpan<byte[]> texts)
        {
            IStreamReader reader = open.Feed;
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var text in texts)
            {
                MessageParser.Read(text, out var message);
                reader.Take(message, isAhead: false);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact(DisplayName = "A crossed snapshot is not taken; the next one is")]
    public async Task Crossed_snapshot()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        venue.SnapshotOf = _ => """{"lastUpdateId":1003,"E":1,"T":1,"bids":[["1000.2","1"]],"asks":[["1000.1","1"]]}""";
        await using var open = await OpenFeed.OnAsync(venue);

        await open.TurnUntil("it is refused", () => open[FeedCount.SnapshotsCrossed] >= 1);
        Assert.Equal(0, open.Feed.Health.ValidBooks);
        venue.SnapshotOf = _ => null;
        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "A symbol that is not traded any more has neither book nor bars; when it is again it begins anew")]
    public async Task Vanishes()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        await open.ComeUpAsync();

        venue["ETHUSDT"].Status = "SETTLING";
        await open.TurnUntil("it is noticed", () => open.Feed.Health is { Listed: 1, ValidBooks: 1 } && open[FeedCount.DroppedUnlisted] > 0);
        Bars(open);
        await open.TurnUntil("bitcoin has traded", () => Bars(open).Any(b => b.Symbol.Name == "BTCUSDT"));
        Assert.DoesNotContain(Bars(open), b => b.Symbol.Name == "ETHUSDT");
        Assert.Contains(open.Said, line => line.StartsWith("ETHUSDT is not traded any more (SETTLING)", StringComparison.Ordinal));

        venue["ETHUSDT"].Status = "TRADING";
        await open.ComeUpAsync();
        await open.TurnUntil("it has bars again", () => Bars(open).Any(b => b.Symbol.Name == "ETHUSDT"));
    }

    [Theory(DisplayName = "Whichever rule of a symbol becomes another, it is said once, and who trades can ask for it until the rules are those of the start again")]
    [InlineData("MinNotional", "50", "min notional 5 is 50 now")]
    [InlineData("MinQuantity", "0.01", "min quantity 0.001 is 0.01 now")]
    [InlineData("PercentPrice", "0.02", "percent price 0.05 is 0.02 now")]
    [InlineData("Status", "SETTLING", "it is SETTLING")]
    public async Task Rules_change(string rule, string value, string said)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        await open.ComeUpAsync();
        Assert.Empty(open.Feed.Changed);
        var (property, market) = (typeof(StandInMarket).GetProperty(rule)!, venue["ETHUSDT"]);
        var before = property.GetValue(market);

        property.SetValue(market, before is decimal ? decimal.Parse(value, CultureInfo.InvariantCulture) : value);
        await open.TurnUntil("the list was read", () => !open.Feed.Changed.IsEmpty);
        Assert.Equal(("ETHUSDT", said), (open.Feed.Changed.Single().Key.Name, open.Feed.Changed.Single().Value.What));
        var asked = Lists();
        await open.TurnUntil("it was read again", () => Lists() > asked + 1);
        Assert.Single(open.Said, line => line.StartsWith("ETHUSDT", StringComparison.Ordinal) && !line.Contains("mark", StringComparison.Ordinal));

        property.SetValue(market, before);
        await open.TurnUntil("it is as it was", () => open.Feed.Changed.IsEmpty);
        await open.ComeUpAsync();

        int Lists() => venue.Asked.Count(a => a.Path == "/fapi/v1/exchangeInfo");
    }

    [Fact(DisplayName = "Filters that change twice are compared with those of the start, and the book is counted in the newest")]
    public async Task Change_twice()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        await open.ComeUpAsync();
        foreach (var tick in (decimal[])[0.5m, 0.2m])
        {
            venue["BTCUSDT"].Retick(tick);
            await open.TurnUntil("it is known", () => open.Feed.Changed.Values.Any(c => c.What == string.Create(CultureInfo.InvariantCulture, $"tick 0.1 is {tick} now") && c.Now!.TickSize == tick));
            await open.ComeUpAsync();
            Assert.Equal(tick, open.Feed.Read(0, book => book.Grid.Price.ToDecimal(1)));
        }
        venue["BTCUSDT"].Retick(0.1m);
        await open.TurnUntil("it is as it was", () => open.Feed.Changed.IsEmpty);
        await open.ComeUpAsync();
    }

    [Fact(DisplayName = "An announced end is said once; when its time has come and it does not trade it is settled at its last mark price, until it trades again")]
    public async Task Delivery()
    {
        var eth = new Symbol("ETHUSDT");
        await using var venue = await StandInVenue.StartAsync("BTCUSDT", "ETHUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        await open.ComeUpAsync();

        var delivery = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds());
        venue["ETHUSDT"].DeliveryMs = delivery.ToUnixTimeMilliseconds();
        await open.TurnUntil("it is known", () => open.Feed.Changed.ContainsKey(eth));
        Assert.Equal(delivery.AddHours(-2), open.Feed.Changed[eth].CloseFrom);
        Assert.Single(open.Said, line => line.StartsWith("ETHUSDT: the venue settles it at ", StringComparison.Ordinal));
        Assert.Equal(2, open.Feed.Health.ValidBooks); // It trades on.
        Assert.Empty(open.Feed.Settled);

        venue["ETHUSDT"].Status = "SETTLING"; // A day too early: halted.
        await open.TurnUntil("it is halted", () => open.Feed.Changed.GetValueOrDefault(eth) is { IsTrading: false });
        Assert.Empty(open.Feed.Settled);
        venue["ETHUSDT"].DeliveryMs = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds();
        await open.TurnUntil("it is settled", () => open.Feed.Settled.ContainsKey(eth));
        Assert.InRange(open.Feed.Settled[eth]!.Value.QuotePerBase, 990m, 1_010m);
        Assert.Equal("it is SETTLING, it is settled", open.Feed.Changed[eth].What);
        Assert.Single(open.Said, line => line.StartsWith("ETHUSDT: the venue has settled it.", StringComparison.Ordinal));

        (venue["ETHUSDT"].Status, venue["ETHUSDT"].DeliveryMs) = ("TRADING", 4_133_404_800_000);
        await open.TurnUntil("it is back", () => open.Feed.Settled.IsEmpty && open.Feed.Changed.IsEmpty);
        await open.ComeUpAsync();
    }

    [Fact(DisplayName = "What is not listed is settled with the second list that lacks it; one that lacks half of all symbols is not believed, and one whose rules cannot be read is listed")]
    public async Task Not_listed()
    {
        var eth = new Symbol("ETHUSDT");
        await using var venue = await StandInVenue.StartAsync("ADAUSDT", "BTCUSDT", "ETHUSDT", "SOLUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        await open.ComeUpAsync();

        venue.List = () => """{"serverTime":1,"rateLimits":[],"symbols":[]}""";
        await open.TurnUntil("nobody believes it", () => open[FeedCount.ListsRefused] >= 3);
        Assert.Equal(4, open.Feed.Health.Listed);
        Assert.Empty(open.Feed.Changed);
        venue.List = () => null;

        venue["ETHUSDT"].MinQuantity = 0m;
        venue["ETHUSDT"].Tick = 0m;
        await open.Until("it cannot be read", () => open.Feed.Changed.GetValueOrDefault(eth) is { What: "it is not listed" });
        var asked = Lists();
        await open.Until("it was asked again", () => Lists() > asked + 3);
        Assert.Empty(open.Feed.Settled);
        (venue["ETHUSDT"].MinQuantity, venue["ETHUSDT"].Tick) = (0.001m, 0.1m);
        await open.TurnUntil("it is back", () => open.Feed.Changed.IsEmpty);

        venue["ETHUSDT"].Status = "";
        await open.TurnUntil("it is settled", () => open.Feed.Settled.ContainsKey(eth));
        Assert.Equal("it is not listed, it is settled", open.Feed.Changed[eth].What);
        Assert.Contains(open.Said, line => line.StartsWith("ETHUSDT is not traded any more (not listed)", StringComparison.Ordinal));

        int Lists() => venue.Asked.Count(a => a.Path == "/fapi/v1/exchangeInfo");
    }

    [Fact(DisplayName = "A feed begins with symbols that are not traded or not listed any more: it says so at once, and asks for no stream of what is not listed")]
    public async Task Begins_without()
    {
        var (ada, eth) = (new Symbol("ADAUSDT"), new Symbol("ETHUSDT"));
        await using var venue = await StandInVenue.StartAsync("ADAUSDT", "BTCUSDT", "ETHUSDT");
        (venue["ADAUSDT"].Status, venue["ETHUSDT"].Status) = ("", "SETTLING");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });

        Assert.Equal(["it is not listed", "it is SETTLING"], open.Feed.Changed.Values.Select(c => c.What));
        Assert.Equal(2, open.Said.Length);
        Assert.Empty(open.Feed.Settled);
        await open.TurnUntil("the other one is there, and who is not listed is settled", () => open.Feed.Health.ValidBooks == 1 && open.Feed.Settled.ContainsKey(ada));
        Assert.Null(open.Feed.Settled[ada]); // No price was heard in this life.
        Assert.DoesNotContain(venue.Sockets, s => s.Wants("adausdt@markPrice@1s"));
        Assert.Equal([new Symbol("BTCUSDT"), eth], open.Feed.Symbols.AsEnumerable());

        venue["ADAUSDT"].Status = "TRADING";
        await open.TurnUntil("it is listed again", () => open.Feed.Settled.IsEmpty && open.Feed.Changed[ada].What == "it is listed again, and the node began without it");
        venue["ETHUSDT"].Status = "TRADING";
        await open.TurnUntil("the other one trades", () => open.Feed.Health.ValidBooks == 2);
    }

    [Fact(DisplayName = "When a symbol's tick becomes another its book begins anew in the new one")]
    public async Task Filters_change()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue, s => s with { RelistEvery = TimeSpan.FromSeconds(1) });
        await open.ComeUpAsync();

        venue["BTCUSDT"].Tick = 0.07m;
        await open.TurnUntil("the list was read", () => open.Said.Any(line => line.Contains("tick 0.1 is 0.07 now", StringComparison.Ordinal)));
        Assert.True(open.Feed.Counts[MessageFault.NumberOffGrid] > 0);
        Assert.Equal("tick 0.1 is 0.07 now", open.Feed.Changed[new Symbol("BTCUSDT")].What);
        await open.ComeUpAsync();
        await AgreesAsync(open, venue);
    }

    [Fact(DisplayName = "Orders that rest between two ticks, from before the tick became coarser, make a finer book and not a wrong one")]
    public async Task Old_orders()
    {
        await using var venue = await StandInVenue.StartAsync([new StandInMarket("BTCUSDT") { PricePrecision = 2 }]);
        venue.SnapshotOf = symbol => venue[symbol].Snapshot().Replace("\"asks\":[", "\"asks\":[[\"1001.05\",\"0.007\"],", StringComparison.Ordinal);
        await using var open = await OpenFeed.OnAsync(venue);

        await open.ComeUpAsync();

        Assert.Equal(7, open.Feed.Read(0, b => b.Levels.AskLotsAt(100_105)));
        Assert.Equal(1, open.Feed.Counts[MessageFault.NumberOffGrid]);
        await AgreesAsync(open, venue);
        await open.TurnUntil("it has bars again", () => Bars(open) is [var bar] && bar.Bar.Close.QuotePerBase is > 990m and < 1010m);
    }

    [Fact(DisplayName = "Orders with parts of a lot, from before the lot became coarser, make a finer book and not one that is never there")]
    public async Task Old_lots()
    {
        await using var venue = await StandInVenue.StartAsync([new StandInMarket("BTCUSDT") { QuantityPrecision = 4 }]);
        venue.SnapshotOf = symbol => venue[symbol].Snapshot().Replace("\"asks\":[", "\"asks\":[[\"1001.7\",\"0.0075\"],", StringComparison.Ordinal);
        await using var open = await OpenFeed.OnAsync(venue);

        await open.ComeUpAsync();

        Assert.Equal(75, open.Feed.Read(0, b => b.Levels.AskLotsAt(10_017)));
        Assert.Equal(1, open.Feed.Counts[MessageFault.NumberOffGrid]);
        Assert.Equal(venue["BTCUSDT"].Best.BidQuantity, open.Summaries()[0].Bid!.Value.Quantity.Base.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture));
        await open.TurnUntil("it has bars again", () => Bars(open) is [var bar] && bar.Bar.Close.QuotePerBase is > 990m and < 1010m);
    }

    [Fact(DisplayName = "Trades become bars; without one the last price is carried; a missing trade makes a gap")]
    public async Task Folds_bars()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.Until("trades come", () => open.Feed.Health.LinesUp == 2, () => { venue.SendMark(venue.Markets[0]); venue.SendDiff(venue.Markets[0]); });
        Bars(open); // What was under way lacks its beginning.
        var market = venue.Markets[0];

        await Trades(open, market, "1000.3", "1001", "999.5", "1000.1");
        Assert.Equal(new Bar(60_000, Price.Of(1000.3m), Price.Of(1001m), Price.Of(999.5m), Price.Of(1000.1m), new Quantity(200m)), Assert.Single(Bars(open)).Bar);

        Assert.Equal(new Bar(60_000, Price.Of(1000.1m), Price.Of(1000.1m), Price.Of(1000.1m), Price.Of(1000.1m), Quantity.Zero), Assert.Single(Bars(open)).Bar);

        await Trades(open, market, "1000.2", "1000.3");
        venue.SendTrade(market, skip: 1);
        await open.Until("the gap is seen", () => open[FeedCount.TradeGaps] == 1);
        Assert.Empty(Bars(open));
        Assert.Single(Bars(open)); // The next one is whole.

        await Trades(open, market, "1000.4");
        venue.SendTrade(market, "5.0"); // Nobody believes that.
        await open.Until("it is dropped", () => open[FeedCount.DroppedAbsurd] == 1);
        Assert.Equal(Price.Of(1000.4m), Assert.Single(Bars(open)).Bar.Low);
    }

    [Fact(DisplayName = "Before its first trade a symbol is worth its mark price; a mark far from its index is not believed")]
    public async Task Marks()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("marks come", () => open.Feed.Health.LinesUp == 2 && open[FeedCount.MarkPrices] > 0, () => { venue.SendMark(market, "1000.17"); venue.SendDiff(market); });
        Bars(open);

        venue.SendMark(market, "123456");
        await open.Until("it is dropped", () => open[FeedCount.DroppedAbsurd] == 1);
        Assert.Equal(new Bar(60_000, Price.Of(1000.1m), Price.Of(1000.1m), Price.Of(1000.1m), Price.Of(1000.1m), Quantity.Zero), Assert.Single(Bars(open)).Bar);
    }

    [Fact(DisplayName = "Funding falls due once, at the rate that was told last before its time")]
    public async Task Funding()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        var due = market.FundingAtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 30_000;
        market.FundingRate = "-0.00031000";
        await open.Until("marks come", () => open[FeedCount.MarkPrices] > 1, () => venue.SendMark(market));
        var seen = open[FeedCount.MarkPrices];

        (market.FundingAtMs, market.FundingRate) = (due + 28_800_000, "0.00010000");
        venue.SendMark(market, eventMs: due);
        venue.SendMark(market, eventMs: due + 1);
        await open.Until("they were taken", () => open[FeedCount.MarkPrices] >= seen + 2);

        var funding = new List<FundingRate>();
        open.Feed.CloseBars(0, [], funding);
        open.Feed.CloseBars(0, [], funding);
        Assert.Equal([(new Symbol("BTCUSDT"), DateTimeOffset.FromUnixTimeMilliseconds(due), -0.00031m)], funding.Select(f => (f.Symbol, f.At, f.Rate)));
    }

    [Fact(DisplayName = "Where the venue names a later funding time before the old one is there, nothing is paid at either before it is there")]
    public async Task Funding_is_put_off()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("marks come", () => open[FeedCount.MarkPrices] > 1, () => venue.SendMark(market));
        var seen = open[FeedCount.MarkPrices];

        market.FundingAtMs += 14_400_000;
        venue.SendMark(market);
        market.FundingAtMs += 14_400_000;
        venue.SendMark(market);
        await open.Until("they were taken", () => open[FeedCount.MarkPrices] >= seen + 2);

        var funding = new List<FundingRate>();
        open.Feed.CloseBars(0, [], funding);
        Assert.Empty(funding);
    }

    [Theory(DisplayName = "A mark price that is not of now is dropped and counted, whatever it says, and takes no later one with it")]
    [InlineData(9_200_000_000_000_000_000, 9_200_000_000_000_000)]
    [InlineData(100_000_000_000_000, 100_000_003_600_000)]
    [InlineData(1, 3_600_001)]
    public async Task Marks_of_another_time(long eventMs, long fundingMs)
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("bars come", () => Bars(open).Count == 1, () => venue.SendMark(market));
        var (dropped, soon) = (open[FeedCount.DroppedTimes], market.FundingAtMs);

        market.FundingAtMs = fundingMs;
        venue.SendMark(market, eventMs: eventMs);
        venue.SendMark(market, eventMs: eventMs < 10 ? eventMs + 1 : eventMs - 1);
        await open.Until("they came", () => open[FeedCount.DroppedTimes] == dropped + 2);
        market.FundingAtMs = soon;
        var taken = open[FeedCount.MarkPrices];
        await open.Until("the next one counts", () => open[FeedCount.MarkPrices] > taken, () => venue.SendMark(market));
        Assert.Single(Bars(open));
        Assert.True(open.Feed.Counts.Dropped >= 2);
    }

    [Fact(DisplayName = "A mark price without an index is compared with the one before it; without either it is none")]
    public async Task Marks_without_an_index()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("one is refused", () => open[FeedCount.DroppedAbsurd] > 0, () => venue.SendMark(market, index: "0"));
        Assert.Equal(0, open[FeedCount.MarkPrices]);
        await open.Until("bars come", () => Bars(open).Count == 1, () => venue.SendMark(market, "1000.1"));
        var (absurd, taken) = (open[FeedCount.DroppedAbsurd], open[FeedCount.MarkPrices]);
        venue.SendMark(market, "5000", index: "0");
        venue.SendMark(market, "1001", index: "0");
        await open.Until("the other is taken", () => open[FeedCount.MarkPrices] == taken + 1);
        Assert.Equal(absurd + 1, open[FeedCount.DroppedAbsurd]);
        Assert.Equal(Price.Of(1001m), Assert.Single(Bars(open)).Bar.Close);
    }

    [Fact(DisplayName = "A trade with an id that is none takes no later one with it: its bar is none, and those after it go on")]
    public async Task Trades_after_a_wrong_id()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("trades come", () => open[FeedCount.Trades] > 0 && Bars(open).Count == 1, () => { venue.SendMark(market); venue.SendTrade(market); });
        venue.SendTrade(market, skip: 9_000_000_000_000_000);
        venue.SendTrade(market, skip: -9_000_000_000_000_001);
        await open.Until("both gaps were seen", () => open[FeedCount.TradeGaps] >= 2);
        Assert.Empty(Bars(open));
        var trades = open[FeedCount.Trades];
        venue.SendTrade(market);
        await open.Until("the next one counts", () => open[FeedCount.Trades] > trades);
        Assert.Single(Bars(open));
        Assert.Equal(0, open[FeedCount.DroppedDuplicates]);
    }

    [Fact(DisplayName = "A price that nobody has paid in the bar is none any more when the mark price has left it behind")]
    public async Task Forsaken_price()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        var market = venue.Markets[0];
        await open.Until("trades come", () => open[FeedCount.Trades] > 0 && Bars(open).Count == 1, () => { venue.SendMark(market); venue.SendTrade(market); });
        var taken = open[FeedCount.MarkPrices];
        venue.SendMark(market, "2000", index: "2000");
        await open.Until("the mark goes", () => open[FeedCount.MarkPrices] > taken);
        Bars(open);
        Assert.Empty(Bars(open));
        venue.SendMark(market, "1000", index: "1000");
        await open.Until("the mark comes back", () => open[FeedCount.MarkPrices] > taken + 1);
        Assert.Single(Bars(open));
    }

    [Fact(DisplayName = "Liquidations are counted, each once")]
    public async Task Liquidations()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        await using var open = await OpenFeed.OnAsync(venue);
        await open.ComeUpAsync();
        var liquidation = venue.Markets[0].Liquidation();

        venue.Send("btcusdt@forceOrder", liquidation);
        venue.Send("btcusdt@forceOrder", liquidation);

        await open.Until("both came", () => open[FeedCount.DroppedDuplicates] >= 1);
        Assert.Equal(1, open[FeedCount.Liquidations]);
    }

    [Fact(DisplayName = "How far the venue's clock is away is known to half of a round trip")]
    public async Task Clock_offset()
    {
        await using var venue = await StandInVenue.StartAsync("BTCUSDT");
        venue.ClockAhead = TimeSpan.FromSeconds(90);
        await using var open = await OpenFeed.OnAsync(venue);

        await open.Until("it was asked", () => open.Feed.Clock.RoundTrip is not null && venue.Asked.Count(a => a.Path == "/fapi/v1/time") == 5);

        var off = (open.Feed.Clock.Offset - TimeSpan.FromSeconds(90)).Duration();
        Assert.True(off <= open.Feed.Clock.RoundTrip!.Value / 2 + TimeSpan.FromMilliseconds(1), $"{off} with a round trip of {open.Feed.Clock.RoundTrip}"); // Its answer is in whole milliseconds.
    }

    [Fact(DisplayName = "Four hundred symbols are subscribed within the venue's limits: eleven connections, fifty streams a message, every stream once")]
    public async Task Many_symbols()
    {
        var symbols = Enumerable.Range(0, 400).Select(i => $"S{i:000}USDT").ToArray();
        await using var venue = await StandInVenue.StartAsync(symbols);
        await using var open = await OpenFeed.OnAsync(venue);

        await open.Until("everything was subscribed", () => venue.Sockets.Sum(s => s.Streams.Count()) == 400 * 5);

        Assert.Equal(11, venue.Sockets.Length);
        Assert.All(venue.Sockets, s => Assert.True(s.Streams.Count() <= 200 && s.Subscribes <= 4));
        Assert.All(venue.Sockets, s => Assert.All(s.Streams, name =>
            Assert.Equal(s.Path == "/public/stream", name.EndsWith("@depth@100ms", StringComparison.Ordinal) || name.EndsWith("@bookTicker", StringComparison.Ordinal))));
        Assert.Equal(2_000, venue.Sockets.SelectMany(s => s.Streams).Distinct(StringComparer.Ordinal).Count());
    }

    private static async Task Trades(OpenFeed open, StandInMarket market, params string[] prices)
    {
        var before = open[FeedCount.Trades];
        foreach (var price in prices) open.Venue.SendTrade(market, price);
        await open.Until("all trades came", () => open[FeedCount.Trades] == before + prices.Length);
    }

    private static List<SymbolBar> Bars(OpenFeed open)
    {
        var bars = new List<SymbolBar>();
        open.Feed.CloseBars(60_000, bars, []);
        return bars;
    }

    // Everything that was sent has been taken: the last ticker's update is in the book.
    private static Task Settled(OpenFeed open) => open.Until("the newest diff is in every book", () =>
        open.Venue.Markets.Select((m, i) => m.Best.Id == open.Feed.Read(i, b => b.LastId)).All(same => same));

    private static async Task AgreesAsync(OpenFeed open, StandInVenue venue)
    {
        await Settled(open);
        var summaries = open.Summaries();
        foreach (var (market, seen) in venue.Markets.Zip(summaries))
        {
            var best = market.Best;
            Assert.Equal(new BestQuote(Price.Of(decimal.Parse(best.Bid)), new Quantity(decimal.Parse(best.BidQuantity))), seen.Bid);
            Assert.Equal(new BestQuote(Price.Of(decimal.Parse(best.Ask)), new Quantity(decimal.Parse(best.AskQuantity))), seen.Ask);
        }
        Assert.Equal(0, open[FeedCount.TickersDisagreed]);
    }
}
